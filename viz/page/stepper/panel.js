// The panel beside the picture: a node's formula, derivatives, chain rule and paths, what changes it, and the
// verdict.

const LONGEST_LIST = 24; // paths that are written out; beyond, only how many there are

// An element with attributes, listeners (on...) and children; a text is only ever text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

// New content, with the focus and what is unfolded where they were.
function refresh(element, content) {
  /** @type {any} */
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  const open = element.querySelector("details")?.open;
  element.replaceChildren(...content.flat().filter((child) => child !== null));
  if (open) element.querySelector("details")?.setAttribute("open", "");
  if (!active) return;
  // The elements are new ones: the one that had the focus is found again by its id, its node, or its kind.
  const {id, dataset, tagName} = active, named = ["node", "scope"].find((what) => what in dataset);
  const where = id ? `#${id}` : named ? `[data-${named}="${dataset[named]}"]` : tagName;
  (element.querySelector(where) ?? element.querySelector(tagName))?.focus();
}

const heading = (text) => make("h3", {}, text);
const paragraph = (...children) => make("p", {}, ...children);
const note = (text) => make("p", {class: "note"}, text);
const list = (items) => make("ul", {}, items);

function number(page, x, kind = "") {
  return make("span", {class: `number ${kind}`, title: writeExact(x)}, page.write(x));
}

// ---------------------------------------------------------------- a node

function describeNode(page, i) {
  const {graph, word} = page, node = graph.nodes[i], x = page.known.data[i];
  const parts = [
    make("h2", {}, node.heading || word(node.role)),
    note([word(node.role), scopeName(graph, page.lang, node.scope)].filter(Boolean).join(", ")),
  ];
  if (page.numbers.errors[i]) return [...parts, make("p", {class: "wrong"}, page.explain(i))];
  if (x === null) return [...parts, note(word(page.predicting ? "hidden" : "pending_value"))];
  parts.push(paragraph(node.op ? page.captions.forward(i) : equal(node.name, page.write(x))));
  if (atKink(page, i)) parts.push(note(word("kink", {convention: page.phrase(node.convention)})));
  return parts;
}

function atKink(page, i) {
  const node = page.graph.nodes[i], [x, y] = node.parents.map((parent) => page.numbers.data[parent]);
  return node.op && ROWS[node.op] && ROWS[node.op].kink(x, node.constant ?? y);
}

function describeDerivatives(page, i) {
  const {graph, word} = page, node = graph.nodes[i], parts = [], unit = page.unit;
  const {errors} = page.numbers, ended = ["end", "update"].includes(page.frame.phase);
  if (unit) parts.push(...derivativesOfUnit(page, unit));
  else if (node.op && page.known.data[i] !== null && !errors[i]) parts.push(...localDerivatives(page, i));
  if (node.role === "constant") return parts;
  if (errors[graph.root]) return [...parts, heading(word("chain")), note(word("error_backward"))];
  if (page.predicting && !ended) return [...parts, heading(word("chain")), note(word("hidden"))];
  const complete = isComplete(page.frames, page.step, i);
  return [...parts, ...chainRule(page, i, complete), ...waysToRoot(page, i, complete)];
}

function localDerivatives(page, i) {
  const {graph, numbers} = page, node = graph.nodes[i];
  const items = [];
  node.parents.forEach((parent, k) => {
    if (graph.nodes[parent].role === "constant") return;
    const formula = numbers.same[i] ? node.formulas[k] : "";
    const before = `${node.locals[k]} = ${formula ? `${formula} = ` : ""}`;
    items.push(make("li", {}, before, number(page, numbers.partials[i][k], "local")));
  });
  return items.length ? [heading(page.word("locals")), list(items)] : [];
}

// ∂L/∂w = ∂L/∂z · ∂z/∂w + … in symbols and, once the gradient is complete, in numbers, and added up.
function chainRule(page, i, complete) {
  const {graph, captions, word} = page, node = graph.nodes[i], title = heading(word("chain"));
  if (i === graph.root) return [title, paragraph(`${node.target} = 1`), note(word("no_use"))];
  const uses = usesOf(page, i).map(({passed, local, outer, slope}) => ({
    symbols: `${passed} · ${local}`,
    factors: captions.product([outer, slope], true),
    term: page.write(times(outer, slope)),
  }));
  const symbols = uses.length > LONGEST_LIST ? "" : uses.map((use) => use.symbols).join(" + ");
  if (!complete) {
    const equation = symbols ? [paragraph(equal(node.target, symbols))] : [];
    return [title, ...equation, note(word("pending_gradient"))];
  }
  const written = symbols === "" ? [] : [
    symbols,
    captions.sum(uses.map(({factors}) => factors)),
    captions.sum(uses.map(({term}) => term)),
  ];
  const sum = equal(node.target, ...written, page.write(page.adjoints[i]));
  return [title, paragraph(sum), note(word("chain_text"))];
}

// What each use of a node passes back to it: {passed, local, outer, slope}.  A sum or a piece is one use.
function usesOf(page, i) {
  const {graph, numbers, captions, adjoints} = page, seen = new Set();
  return graph.nodes[i].uses.flatMap(([use, k]) => {
    const unit = graph.units.get(graph.owner[use]), {target: passed, locals} = graph.nodes[use];
    if (!unit || unit.kind === "scope" || graph.owner[i] === unit.last) {
      return [{passed, local: locals[k], outer: adjoints[use], slope: numbers.partials[use][k]}];
    }
    if (seen.has(unit)) return [];
    seen.add(unit);
    return flowOf(captions, unit, unit.flows.find(([target]) => target === i), page.ending.grads).parts;
  });
}

// Each path from the root down to the node, with the product of its local derivatives.
function waysToRoot(page, i, complete) {
  const {graph, captions, word} = page, title = heading(word("ways"));
  if (i === graph.root) return [];
  const root = graph.nodes[graph.root].name, ways = waysOf(page, i);
  const count = ways?.length ?? captions.counts[i];
  if (!ways) return [title, paragraph(word("ways_many", {count: captions.many(count), root}))];
  const ones = !ways.some((legs) => legs.length > graph.limits.factors);
  const items = ways.map((legs) => {
    const visited = [i, ...legs.map(({head}) => head)];
    const names = visited.map((node) => graph.nodes[node].name).reverse().join(" ← ");
    const slopes = legs.map(({slope}) => slope).reverse();
    const product = slopes.reduce((soFar, slope) => soFar * slope, 1);
    const sum = equal(captions.product(slopes, ones), page.write(product));
    return make("li", {}, ...complete ? [`${names}: `, make("span", {class: "local"}, sum)] : [names]);
  });
  const counted = count === 1 ? word("way") : word("several_ways", {count});
  return [title, note(word("ways_text", {count: counted, root})), list(items)];
}

// The paths from a node to the root as legs {head, slope}, from box to box where steps go so; null of too
// many.
function waysOf(page, i) {
  const {graph, numbers, captions} = page;
  if (graph.boxwise) {
    const ways = boxPaths(graph, numbers, i, LONGEST_LIST);
    return ways.length ? ways : null;
  }
  if (captions.counts[i] > LONGEST_LIST) return null;
  return paths(graph, i).map((steps) => steps.map(([head, k]) => ({head, slope: numbers.partials[head][k]})));
}

// ---------------------------------------------------------------- what if

function whatIf(page, i) {
  const {graph, word} = page, node = graph.nodes[i];
  const title = heading(word("what_if")), custom = graph.fixed[i];
  if (node.op || node.role === "constant") return [];
  if (custom !== null) return [title, note(word("fixed", {name: node.name, op: graph.nodes[custom].op}))];
  const step = stepOf(node), label = word("what_if_label", {name: node.name});
  const field = make("input", {
    id: "what-if", inputmode: "text", autocomplete: "off", spellcheck: "false",
    "aria-describedby": "what-if-help",
    oninput: () => {
      const x = read(field.value, page.lang), fine = Number.isFinite(x);
      help.hidden = fine;
      field.setAttribute("aria-invalid", String(!fine));
      if (fine) page.change(i, x);
    },
  });
  const slider = make("input", {
    id: "what-if-slider", type: "range", min: node.data - 200 * step, max: node.data + 200 * step, step,
    "aria-label": label, oninput: () => page.change(i, tidy(Number(slider.value), step)),
  });
  const help = make("p", {id: "what-if-help", class: "note", hidden: true}, word("not_a_number"));
  const reset = make("button", {type: "button", id: "reset", onclick: () => page.change(i, node.data)},
    word("reset", {value: page.write(node.data)}));
  const line = make("p", {class: "line"}, make("label", {for: "what-if"}, label), field);
  return [title, line, slider, help, paragraph(reset)];
}

// ---------------------------------------------------------------- verdict

function verdictOf(page) {
  const {word} = page, {verdict} = page.graph;
  if (!verdict) return [paragraph(make("strong", {}, `– ${word("unverified")}`))];
  const kind = !verdict.ok ? "failed" : verdict.verdict === "verified" ? "verified" : "open";
  const finding = ({level, status, mark, text, details}) => make("li", {},
    make("strong", {}, `${mark} ${word(`status_${status}`)}: `), `${word(`level_${level}`)}. `,
    make("span", {class: "note"}, text[page.lang]),
    details[page.lang].length ? list(details[page.lang].map((detail) => make("li", {}, detail))) : null);
  const formulas = verdict.formulas.map((formula) => make("li", {}, formula));
  const report = make("details", {},
    make("summary", {}, `${{verified: "✓", failed: "✗", open: "–"}[kind]} ${word(kind)}`),
    note(word(kind === "verified" ? "verified_text" : "findings_text")),
    list(verdict.findings.map(finding)), formulas.length ? list(formulas) : null);
  if (!page.changes.size) return [report];
  const names = [...page.changes.keys()].map((i) => page.graph.nodes[i].name).join(", ");
  return [report, note(word("changed_text")), note(word("changed", {names})),
    paragraph(make("button", {type: "button", id: "reset-all", onclick: () => page.changeNothing()},
      word("reset_all")))];
}
