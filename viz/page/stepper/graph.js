// The graph: its numbers as recorded or computed anew from changed leaves, gradients, uses and paths.

// Makes what viz/page/graph_json.py wrote into what this code works with: {nodes: [{parents, op, constant,
// data, partials, ...}], moments: [{phase, scope, computed, edges}], ...}, each node after its operands.
function prepare(graph) {
  graph.moments = graph.moments.map(
    ([phase, scope, computed, edges, box = null]) => ({phase, scope, computed, edges, box}));
  unpack(graph);
  graph.nodes.forEach((node, index) => Object.assign(node, {
    index, uses: [],
    data: Number(node.data), constant: node.constant === null ? null : Number(node.constant),
    partials: node.partials.map(Number),
  }));
  for (const node of graph.nodes) {
    node.parents.forEach((parent, k) => graph.nodes[parent].uses.push([node.index, k]));
  }
  graph.root = graph.nodes.length - 1;
  graph.boxwise = graph.moments.some(({box}) => box !== null); // whether steps go from box to box
  graph.rank = graph.order && new Map(graph.order.map((i, place) => [i, place]));
  // Where the recorded numbers are infinite already, changed ones may become so too.
  graph.ieee = graph.nodes.some((node) => node.op && !Number.isFinite(node.data));
  graph.fixed = firstUses(graph, (node) => node.op && !ROWS[node.op]);
  fold(graph);
  return graph;
}

// What a scope is called in a language.
function scopeName(graph, lang, scope) {
  return graph.words?.[lang]?.scopes?.[scope] ?? scope;
}

// Whether the page may give a node another value: an input or a parameter from which nothing is computed that
// only Python can compute.
function isOpen(graph, i) {
  const {op, role} = graph.nodes[i];
  return !op && role !== "constant" && graph.fixed[i] === null;
}

// What a slider moves a leaf by; it goes 200 steps to either side of the recorded value.
function stepOf(node) {
  return Math.max(2, 2 * Math.abs(node.data)) / 200;
}

// For each node, an operation computed from it, near or far, that is wanted; or null.
function firstUses(graph, wanted) {
  const first = Array(graph.nodes.length).fill(null);
  for (const node of [...graph.nodes].reverse()) {
    for (const [use] of node.uses) first[node.index] ??= wanted(graph.nodes[use]) ? use : first[use];
  }
  return first;
}

// The numbers {data, partials, same, errors, broken} with some leaves changed, `changes` being a Map from
// index to number.  What does not depend on a changed leaf keeps its recorded bits.  `same` says whether the
// formula of a node's derivatives is the recorded one still.  An impossible operation has an error {kind:
// "domain" | "pole" | "overflow"} and is in `broken`; what depends on it has {kind: "above", node: where it
// happened}.
function compute(graph, changes = new Map()) {
  const numbers = {data: [], partials: [], errors: [], same: [], broken: []};
  const stale = [];
  for (const node of graph.nodes) {
    const i = node.index;
    numbers.data[i] = changes.has(i) ? changes.get(i) : node.data;
    numbers.partials[i] = node.partials;
    numbers.errors[i] = null;
    numbers.same[i] = true;
    const isChanged = numbers.data[i] !== node.data && !Number.isNaN(node.data); // nan is not equal to itself
    stale[i] = isChanged || node.parents.some((parent) => stale[parent]);
    if (node.op && stale[i]) operate(graph, node, numbers);
  }
  return numbers;
}

function operate(graph, node, numbers) {
  const i = node.index, row = ROWS[node.op];
  const wrong = node.parents.find((parent) => numbers.errors[parent]);
  if (wrong !== undefined) {
    const error = numbers.errors[wrong];
    return refuse(numbers, i, {kind: "above", node: error.kind === "above" ? error.node : wrong});
  }
  const xs = node.parents.map((parent) => numbers.data[parent]);
  const x = xs[0], y = node.constant ?? xs[1], z = row.value(x, y);
  if (!Number.isFinite(z) && !graph.ieee && Number.isFinite(x) && Number.isFinite(y ?? 0)) {
    return refuse(numbers, i, {kind: row.domain(x, y) ? "overflow" : row.pole(x, y) ? "pole" : "domain"});
  }
  numbers.data[i] = z;
  numbers.partials[i] = row.partials(x, y, z);
  const old = node.parents.map((parent) => graph.nodes[parent].data);
  numbers.same[i] = row.branch(x, y, z) === row.branch(old[0], node.constant ?? old[1], node.data);
}

function refuse(numbers, i, error) {
  numbers.data[i] = NaN;
  numbers.partials[i] = [];
  numbers.errors[i] = error;
  if (error.kind !== "above") numbers.broken.push(i);
}

// Of nodes that belong together those that others use, or that are the root.
function outputsOf(graph, nodes) {
  const inside = new Set(nodes);
  return nodes.filter((i) => i === graph.root || graph.nodes[i].uses.some(([use]) => !inside.has(use)));
}

// One contribution of the chain rule; as in the engine, 0 times infinity is 0 here.
function times(adjoint, partial) {
  return adjoint ? adjoint * partial : 0;
}

// How many paths lead from each node to the root, but for those beyond a limit.
function pathCounts(graph) {
  const {limits, nodes, root} = graph, counts = nodes.map((node) => node.index === root ? 1 : 0);
  for (const {index, uses} of [...nodes].reverse()) {
    for (const [use] of uses) counts[index] = Math.min(counts[index] + counts[use], limits.count);
  }
  return counts;
}

// Every path from a node to the root as a list of [node, operand] steps, if there are few enough to read.
function paths(graph, start) {
  const found = [];
  const stack = [[start, []]];
  while (stack.length) {
    const [at, steps] = stack.pop();
    if (at === graph.root) found.push(steps);
    for (const [use, k] of [...graph.nodes[at].uses].reverse()) stack.push([use, [...steps, [use, k]]]);
  }
  return found;
}
