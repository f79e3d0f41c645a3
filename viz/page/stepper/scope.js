// The panel beside the picture, for a box of several nodes: a folded scope with its values and its gradient,
// a sum or a piece with its formula and its derivatives, and the nodes inside as a list to open.

const LISTED = {outputs: 8, inside: 48}; // how many nodes each list shows at first, and...
const GROWTH = 48; // ...how many more at each press of its button

function describeUnit(page, unit) {
  return unit.kind === "scope" ? describeScope(page, unit) : describeMerged(page, unit);
}

function describeMerged(page, unit) {
  const {graph, word} = page, {nodes, last} = unit, {role, scope} = graph.nodes[last];
  const broken = brokenIn(page, unit), isKnown = unit.outputs.every((i) => page.known.data[i] !== null);
  const facts = broken !== undefined ? make("p", {class: "wrong"}, page.explain(broken))
    : isKnown ? paragraph(mergedForward(page.captions, unit))
    : note(word(page.predicting ? "hidden" : "pending_value"));
  return [
    make("h2", {}, unit.made), note([word(role), scopeName(graph, page.lang, scope)].filter(Boolean).join(", ")), facts,
    unfoldButton(page, unit),
    make("details", {},
      make("summary", {}, word("inside", {count: thousands(nodes.length)})), nodeList(page, nodes, "inside")),
  ];
}

// ∂z/∂w₁ = x₁ = 3, for each operand and each output.
function derivativesOfUnit(page, unit) {
  const {captions} = page, items = [];
  if (brokenIn(page, unit) !== undefined || unit.outputs.some((i) => page.known.data[i] === null)) return [];
  for (const [, edges, locals, names] of unit.flows) {
    unit.outputs.forEach((output, k) => {
      const slope = slopeTo(captions, unit, output, edges), known = [names[k], inBrackets(page.write(slope))];
      const hasFormula = !known.includes(locals[k]) && (unit.kind === "sum" || isRecorded(page, unit));
      const formula = hasFormula ? `${unit.labels[edges[0].join(":")] || locals[k]} = ` : "";
      items.push(make("li", {}, `${names[k]} = ${formula}`, number(page, slope, "local")));
    });
  }
  return items.length && items.length <= LONGEST_LIST ? [heading(page.word("locals")), list(items)] : [];
}

function describeScope(page, unit) {
  const {graph, word} = page, {nodes, outputs, parameters} = unit, [values, gradient] = summary(page, unit);
  const operations = nodes.filter((i) => graph.nodes[i].op).length;
  const counts = [
    count(word, nodes.length, "node"),
    count(word, operations, "operation"),
    count(word, parameters.length, "parameter"),
  ];
  const broken = brokenIn(page, unit);
  const facts = broken !== undefined ? [make("p", {class: "wrong"}, page.explain(broken))]
    : [paragraph(values ?? note(word(page.predicting ? "hidden" : "pending_value")))];
  return [
    make("h2", {}, scopeName(graph, page.lang, unit.scope)), note(`${word("scope")}: ${counts.join(", ")}`), ...facts,
    unfoldButton(page, unit),
    ...gradient ? [paragraph(make("span", {class: "gradient"}, gradient))] : [],
    heading(word("outputs")), nodeList(page, outputs, "outputs"),
    make("details", {},
      make("summary", {}, word("inside", {count: thousands(nodes.length)})), nodeList(page, nodes, "inside")),
  ];
}

// Nodes with their numbers, each a button that opens it; of many the first, with a button for more.
function nodeList(page, nodes, id) {
  const {graph, known, word} = page, most = LISTED[id] + GROWTH * (page.more.get(id) ?? 0);
  const items = nodes.slice(0, most).map((i) => {
    const node = graph.nodes[i], {data, grads} = {data: known.data[i], grads: known.grads[i]};
    const attributes = {type: "button", class: "link", "data-node": i, onclick: () => page.choose(i)};
    return make("li", {},
      make("button", attributes, node.heading || node.name),
      data === null ? "" : " = ", data === null ? "" : number(page, data),
      grads === null ? ""
        : make("span", {class: "note"}, ` ${word("gradient")} `, number(page, grads, "gradient")));
  });
  const rest = nodes.length - items.length, grow = () => page.showMore(id);
  return [list(items), rest ? paragraph(make("button", {type: "button", id: `more-${id}`, onclick: grow},
    word("more", {count: thousands(rest)}))) : null];
}
