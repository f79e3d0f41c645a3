// Graphs with folded scopes: the nodes inside, unpacked from what viz/page/columns.py wrote, and what their
// boxes say.

// A node that stands in no box of its own.  Its texts are made when someone asks for them.
class Member {
  #graph; // private, or whoever prints a node prints the graph

  constructor(graph, kind, scope) {
    this.#graph = graph;
    this.kind = kind;
    this.op = kind.op;
    this.role = kind.role;
    this.constant = kind.constant;
    this.scope = scope;
    this.index = this.data = null; // until it is unpacked
    this.partials = [];
    this.parents = [];
    this.uses = [];
    this.stale = false;
  }

  get sign() { return this.kind.sign; }
  get needs() { return this.kind.needs; }
  get convention() { return this.kind.convention; }
  get pattern() { return this.kind.pattern; }
  get derivative() { return this.label ? `${this.target} = ` : "grad "; }
  get formulas() { return this.parents.map(() => ""); }
  get name() { return ownName(this.#graph, this.index); }
  get label() { return nameParts(this.#graph, this.index).isLabel ? this.name : ""; }
  get called() { return this.name === this.made ? "" : this.name; }
  get heading() { return this.op ? equal(this.label, this.made) : this.label; }
  get target() { return `∂${atom(this.#graph, this.#graph.root)}/∂${atom(this.#graph, this.index)}`; }
  get shared() { return this.parents.map((_, k) => isShared(this.#graph, this, k)); }

  get made() {
    const {parts, operands, tight} = this.pattern;
    // Operands need no brackets in a function, in a sum, and alone where the operation does not bind tightly.
    const clear = parts[0].endsWith("(") || parts[1] === " + " || operands.length === 1 && !tight[0];
    const operand = (k) => (clear ? nameOf : closed)(this.#graph, this.parents[k]);
    return parts[0] + operands.map((k, hole) => operand(k) + parts[hole + 1]).join("");
  }

  get locals() {
    const own = atom(this.#graph, this.index);
    return this.parents.map((parent, k) => isShared(this.#graph, this, k) ? `∂${subscript(k + 1)}${own}`
      : `∂${own}/∂${atom(this.#graph, parent)}`);
  }
}

function subscript(number) {
  return [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}

// What a node is called within the formulas of others: after a digit, 1 for a label and 2 where it needs no brackets, added; nothing where it
// is its operation on the names of its operands, and a plus where all but the last of a sum is left out.
function nameParts({folded, nodes}, i) {
  const name = folded.names[i], flags = Number(name[0]);
  if (name && name !== "+") return {text: name.slice(1), isLabel: flags % 2 === 1, isClosed: flags > 1};
  return {text: name ? `… + ${nameOf({folded, nodes}, nodes[i].parents.at(-1))}` : nodes[i].made, isLabel: false,
    isClosed: false};
}

function nameOf(graph, i) {
  return nameParts(graph, i).text;
}

// What it is called itself, by which no other node is.
function ownName(graph, i) {
  return graph.folded.own[i] ?? nameOf(graph, i);
}

// A name as it stands in a product.
function closed(graph, i) {
  return nameParts(graph, i).isClosed ? nameOf(graph, i) : `(${nameOf(graph, i)})`;
}

// Its own name as it stands in a derivative.
function atom(graph, i) {
  return graph.folded.own[i] ?? closed(graph, i);
}

// Whether a node depends on its k-th operand through another one too.
function isShared({nodes}, node, k) {
  const start = node.parents[k], others = node.parents.filter((_, j) => j !== k);
  if (nodes[start].uses.length === 1 || !others.length) return false;
  const depends = new Set([start]);
  for (let i = start + 1; i < node.index; i++) {
    if (nodes[i].parents.some((parent) => depends.has(parent))) depends.add(i);
  }
  return others.some((parent) => depends.has(parent));
}

// The places that were written as their differences.
function places(differences) {
  let place = 0;
  return differences.map((difference) => place += difference);
}

// Puts the members between the nodes that have boxes, their numbers in, and the edges into the moments.
function unpack(graph) {
  const {folded, nodes: boxed} = graph;
  if (!folded) return;
  const members = places(folded.members), stale = new Set(folded.stale);
  const nodes = graph.nodes = Array(boxed.length + members.length);
  members.forEach((i, m) => {
    nodes[i] = new Member(graph, folded.kinds[folded.kind[m]], folded.scopes[folded.scope[m]]);
  });
  // What each of these hands out is for the next node that needs one.
  const [others, parents, data, partials] = [boxed, folded.parents, folded.data, folded.partials].map(taker);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] ??= others();
    if (!(node instanceof Member)) continue;
    node.index = i;
    node.parents = Array.from({length: node.kind.arity}, () => i - parents());
    node.stale = stale.has(i);
    if (node.kind.follows) follow(nodes, node);
    else {
      node.data = Number(data());
      node.partials = node.parents.map(() => Number(partials()));
    }
  }
  for (const moment of graph.moments.filter(({scope}) => scope)) {
    const edges = places(moment.edges).flatMap((i) => nodes[i].parents.map((_, k) => [i, k]));
    moment.edges = edges.filter(([i, k]) => nodes[nodes[i].parents[k]].role !== "constant");
    moment.computed = places(moment.computed);
  }
}

// A function that returns the items of a list in turn.
function taker(items) {
  let next = 0;
  return () => items[next++];
}

// The numbers of plain arithmetic, which are the recorded ones to the last bit.
function follow(nodes, node) {
  const [x, second] = node.parents.map((parent) => Number(nodes[parent].data)), y = node.constant ?? second;
  node.data = ROWS[node.op].value(x, y);
  node.partials = ROWS[node.op].partials(x, y, node.data);
}

// Adds to the graph: `units`, the boxes of several nodes by their last nodes, {kind: "scope" | "sum" |
// "piece", scope, nodes, outputs, parameters, last}, and for the last two kinds what viz/page/merged_boxes.py
// wrote; `owner`, for each node its box's last node; `arrow`, for each edge between boxes the first of those
// that one arrow stands for, by which the picture knows it; and `edges`, for each of these first ones all of
// them.
function fold(graph) {
  const {nodes} = graph;
  graph.owner = nodes.map((_, i) => i);
  graph.units = new Map();
  graph.arrow = new Map();
  graph.edges = new Map();
  for (const [scope, differences, texts] of graph.folded?.units ?? []) {
    const inside = places(differences), last = inside.at(-1);
    for (const i of inside) graph.owner[i] = last;
    graph.units.set(last, {kind: "scope", labels: {}, ...texts, scope, nodes: inside, last});
  }
  for (const unit of graph.units.values()) {
    Object.assign(unit, partsOf(graph, unit.nodes));
    unit.outputs = unit.ordered ?? unit.outputs;
    join(graph, unit);
  }
}

function partsOf(graph, nodes) {
  const parameters = nodes.filter((i) => graph.nodes[i].role === "parameter");
  return {outputs: outputsOf(graph, nodes), parameters};
}

// The outputs and the parameters of a scope, folded or not, with all that is in it.
function scopeOf(graph, path) {
  graph.scopes ??= new Map();
  if (!graph.scopes.has(path)) {
    const inside = ({scope}) => `${scope}/`.startsWith(`${path}/`);
    graph.scopes.set(path, partsOf(graph, graph.nodes.filter(inside).map((node) => node.index)));
  }
  return graph.scopes.get(path);
}

function join(graph, unit) {
  const first = new Map();
  for (const i of unit.nodes) {
    graph.nodes[i].parents.forEach((parent, k) => {
      const tail = graph.owner[parent], edge = `${i}:${k}`;
      if (tail === unit.last) return;
      if (!first.has(tail)) {
        first.set(tail, edge);
        graph.edges.set(edge, []);
      }
      graph.arrow.set(edge, first.get(tail));
      graph.edges.get(first.get(tail)).push([i, k]);
    });
  }
}

// The derivative of a folded scope's output by way of all edges that an arrow stands for, as
// viz/graph/folding.py has it.
function slopeThrough(graph, numbers, unit, edge) {
  numbers.through ??= new Map();
  if (!numbers.through.has(unit)) {
    numbers.through.set(unit, slopesThrough(graph, numbers, unit, unit.outputs));
  }
  const slopes = numbers.through.get(unit);
  return graph.edges.get(edge).reduce((sum, [i, k]) => sum + (slopes.get(`${i}:${k}`) ?? 0), 0);
}

// The nodes of a box, whichever boxes are drawn.
function insideOf(unit) {
  return unit.inside ??= new Set(unit.nodes);
}

// From outside or, where a path starts inside, from its `start`.
function slopesThrough(graph, numbers, unit, outputs, start = null) {
  const adjoints = new Map(outputs.map((i) => [i, 1])), slopes = new Map();
  for (const i of [...unit.nodes].reverse()) {
    if (!adjoints.has(i)) continue;
    graph.nodes[i].parents.forEach((parent, k) => {
      const term = times(adjoints.get(i), numbers.partials[i][k]);
      const isInside = insideOf(unit).has(parent) && parent !== start;
      if (isInside) adjoints.set(parent, (adjoints.get(parent) ?? 0) + term);
      else slopes.set(`${i}:${k}`, term);
    });
  }
  return slopes;
}

// What a folded box says at a moment of what is known, in the words of viz/words/scope_texts.py: [values,
// gradient], each null before anything is.
function summary(page, unit) {
  const {word, write, known: {data, grads}} = page;
  const values = valuesOf(page, unit, unit.outputs.filter((i) => data[i] !== null).map((i) => data[i]));
  return [values, normOf(word, write, unit, grads)];
}

// The norm of the gradients of a scope's parameters or, where it has none, of its outputs; null if none is
// known.
function normOf(word, write, {outputs, parameters}, grads) {
  const of = parameters.length ? parameters : outputs, known = of.filter((i) => grads[i] !== null);
  if (!known.length) return null;
  const x = write(known.reduce((sum, i) => Math.hypot(sum, grads[i]), 0));
  const kind = parameters.length ? "parameter" : "output";
  return word("norm", {x, what: count(word, of.length, kind, known.length)});
}

function valuesOf(page, {outputs}, values) {
  const {label} = page.graph.nodes[outputs[0]], {word, write} = page;
  if (!values.length) return null;
  if (outputs.length === 1) {
    return label ? equal(label, write(values[0])) : `${word("value")} ${write(values[0])}`;
  }
  return rangeOf(word, write, values, outputs.length);
}

// The least and the largest of so many values, as far as they are known.
function rangeOf(word, write, values, number) {
  const [low, high] = [Math.min, Math.max].map((end) => write(values.reduce((x, y) => end(x, y))));
  return count(word, number, "value", values.length, {low, high});
}

// "1 parameter", "12 parameters", "3 of 12 parameters"
function count(word, number, kind, known = number, fields = {}) {
  const which = known < number ? "part" : number === 1 ? "one" : "several";
  return word(`${which}_${kind}`, {n: thousands(known), of: thousands(number), ...fields});
}

// The first node of a scope that is not possible with the changed numbers.
function brokenIn(page, unit) {
  return page.numbers.broken.find((i) => page.graph.owner[i] === unit.last);
}
