// Boxes that are sums of products or pieces: what is said of them, as viz/walk/box_captions.py has it, and
// the paths from box to box.

const MOST_LINES = 6; // operands that have a line each
const MOST_VALUES = 8; // of a box with several outputs
const MOST_TERMS = 4; // products that are written out

// One number, or several in brackets, with a digit less; a dash for what is not known.
function valuesText(graph, values) {
  if (values.length === 1) return write(values[0], graph.precision);
  const texts = values.map((x) => x === null ? "–" : write(x, Math.max(graph.precision - 1, 1)));
  const shown = texts.length <= MOST_VALUES ? texts : [...texts.slice(0, MOST_VALUES - 1), "…", texts.at(-1)];
  return `(${shown.join(", ")})`;
}

// Whether a box has the numbers that were recorded.
function isRecorded({graph, numbers}, unit) {
  const isSame = (i) => Object.is(numbers.data[i], graph.nodes[i].data);
  return unit.outputs.every(isSame) && unit.flows.every(([i]) => isSame(i));
}

// A formula with these numbers in its holes; nothing where it is longer than anyone reads.
function filled(captions, {pattern}) {
  if (!pattern) return "";
  const text = pattern.parts[0] + pattern.operands.map((i, hole) => {
    const number = captions.write(captions.numbers.data[i]);
    return (pattern.tight[hole] ? inBrackets(number) : number) + pattern.parts[hole + 1];
  }).join("");
  return characters(text) > captions.graph.limits.made ? "" : text;
}

function mergedForward(captions, unit) {
  const {graph, numbers: {data}} = captions, last = graph.nodes[unit.last];
  const values = valuesText(graph, unit.outputs.map((i) => data[i]));
  if (unit.stale && isRecorded(captions, unit)) {
    return captions.placed(last, captions.say("stale", {equation: `${unit.made} = ${values}`}));
  }
  const equation = [unit.made, filled(captions, unit), values].filter(Boolean).join(" = ");
  const warning = isRecorded(captions, unit) && unit.warning && unit.warning[captions.lang];
  return captions.placed(last, warning ? `${equation}   (${warning})` : equation);
}

// The derivative of an output by way of some edges into its box.
function slopeTo(captions, unit, output, edges) {
  const {graph, numbers} = captions, key = `${unit.last} ${output}`;
  numbers.outputs ??= new Map();
  if (!numbers.outputs.has(key)) numbers.outputs.set(key, slopesThrough(graph, numbers, unit, [output]));
  return edges.reduce((sum, edge) => sum + (numbers.outputs.get(key).get(edge.join(":")) ?? 0), 0);
}

// What comes to an output from outside of its box.
function outerOf({graph, numbers}, unit, output, grads) {
  const inside = (use) => insideOf(unit).has(use), {uses} = graph.nodes[output];
  if (!uses.some(([use]) => inside(use))) return grads[output] ?? 0;
  return uses.filter(([use]) => !inside(use)).reduce(
    (sum, [use, k]) => sum + times(grads[use] ?? 0, numbers.partials[use][k]), output === graph.root ? 1 : 0);
}

// For one operand of a box {target, outer, local, parts: [[outer, slope]], term}: what each output passes on.
function flowOf(captions, unit, [target, edges, formulas, names], grads) {
  const {graph} = captions, locals = unit.kind === "sum" || isRecorded(captions, unit) ? formulas : names;
  const all = unit.outputs.map((i, k) => {
    const outer = outerOf(captions, unit, i, grads), slope = slopeTo(captions, unit, i, edges);
    return {outer, slope, passed: graph.nodes[i].target, local: locals[k]};
  });
  const some = all.filter(({outer, slope}) => outer && slope), parts = some.length ? some : all.slice(0, 1);
  const term = parts.reduce((sum, {outer, slope}) => sum + times(outer, slope), 0);
  return {target: graph.nodes[target].target, node: target, parts, term};
}

function mergedLine(captions, {target, parts, term}, before, after) {
  const {write} = captions, [{outer, slope, passed, local}] = parts;
  if (parts.length === 1 && outer === 0 && !Number.isFinite(slope)) {
    return captions.say("nothing", {outer: passed, target, after: write(after)});
  }
  const products = parts.map((part) => captions.times(part.outer, part.slope));
  const fields = {target, outer: passed, local, ...captions.sumOf(products, term, before, after)};
  const name = parts.length === 1 ? ["backward", "again"] : ["several", "several again"];
  return captions.say(name[before === null ? 0 : 1], fields);
}

function mergedBackward(captions, unit, terms, grads, more) {
  const before = new Map(), after = new Map();
  for (const term of terms) {
    if (!before.has(term.target)) before.set(term.target, term.before);
    after.set(term.target, term.after);
  }
  const flows = unit.flows.filter(([target]) => after.has(target));
  const shown = flows.length <= MOST_LINES ? flows : flows.slice(0, MOST_LINES - 1);
  const lines = shown.map((flow) => {
    const [target] = flow;
    const text = mergedLine(captions, flowOf(captions, unit, flow, grads), before.get(target), after.get(target));
    return more(target) ? captions.say("more", {text}) : text;
  });
  const rest = flows.length - shown.length;
  if (rest) lines.push(captions.say(rest === 1 ? "one more operand" : "more operands", {count: thousands(rest)}));
  return captions.placed(captions.graph.nodes[unit.last], lines.join("\n"));
}

// Every way from a node to the result from box to box, as viz/graph/routes.py has it: its legs {tail, head,
// slope} in the direction of the computation; none where there are more than `most`.
function boxPaths(graph, numbers, start, most) {
  const onTheWay = new Set([start]), legs = new Map(), found = [], stack = [[graph.root, []]];
  for (let i = start + 1; i <= graph.root; i++) {
    if (graph.nodes[i].parents.some((parent) => onTheWay.has(parent))) onTheWay.add(i);
  }
  while (stack.length) {
    const [at, path] = stack.pop();
    if (at === start) {
      found.push(path);
      if (found.length > most) return [];
      continue;
    }
    if (!legs.has(at)) legs.set(at, legsTo(graph, numbers, at, start, onTheWay));
    for (const leg of [...legs.get(at)].reverse()) stack.push([leg.tail, [leg, ...path]]);
  }
  return found;
}

function legsTo(graph, numbers, head, start, onTheWay) {
  const unit = graph.units.get(graph.owner[head]);
  if (!unit) {
    const legs = graph.nodes[head].parents.map((tail, k) => ({tail, head, slope: numbers.partials[head][k]}));
    return legs.filter(({tail}) => onTheWay.has(tail));
  }
  const slopes = slopesThrough(graph, numbers, unit, [head], start), legs = new Map();
  for (const [edge, slope] of slopes) {
    const [i, k] = edge.split(":").map(Number), tail = graph.nodes[i].parents[k];
    if (!onTheWay.has(tail)) continue;
    legs.set(tail, {tail, head, slope: (legs.get(tail)?.slope ?? 0) + slope});
  }
  return [...legs.values()].sort((a, b) => a.tail - b.tail);
}
