// The panel beside the picture, for a folded scope: its values, its gradient, and the nodes inside as a list
// to open.

const LISTED = {outputs: 8, inside: 48}; // how many nodes each list shows at first, and...
const GROWTH = 48; // ...how many more at each press of its button

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
    make("h2", {}, unit.scope), note(`${word("scope")}: ${counts.join(", ")}`), ...facts,
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
