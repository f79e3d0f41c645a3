// What stands in each box of the picture and on each arrow at a moment, and what is said of it to those who
// point at it or cannot see it.

// {value, gradient, waiting, broken, description, exact}: texts, null for what is not known, and whether the
// value is still to come and whether it is impossible; `pale` where the colour would tell of a gradient that
// is not known.
function boxOf(page, i) {
  const unit = page.graph.units.get(i);
  const ofUnit = () => unit.kind === "scope" ? foldedBox(page, unit) : mergedBox(page, unit);
  const box = unit ? ofUnit() : nodeBox(page, i);
  return {...box, pale: page.graph.colored && (box.gradient === null || page.changes.size > 0)};
}

function nodeBox(page, i) {
  const {graph, numbers, write} = page, {data, grads} = page.known;
  const broken = numbers.errors[i] !== null && numbers.errors[i].kind !== "above";
  return {
    value: data[i] === null ? null : write(data[i]),
    gradient: grads[i] === null ? null : graph.nodes[i].derivative + write(grads[i]),
    waiting: data[i] === null && !broken, broken, before: before(page, i),
    description: descriptionOf(page, i), exact: exactly(page, i),
  };
}

// What is not written in a node's box.
function descriptionOf({graph, lang, numbers, word, known: {data, grads}}, i) {
  const node = graph.nodes[i], parts = [word(node.role)];
  if (numbers.errors[i]) parts.push(word("impossible"));
  else if (data[i] === null) parts.push(word("pending_value"));
  if (node.role !== "constant" && grads[i] === null) parts.push(word("pending_gradient"));
  if (node.scope) parts.push(word("in_scope", {scope: scopeName(graph, lang, node.scope)}));
  return parts.join(", ");
}

// A line for each fact, with every digit.
function exactly(page, i) {
  const {graph, word} = page, {data, grads} = page.known;
  const parts = [graph.nodes[i].heading, descriptionOf(page, i)];
  if (data[i] !== null) parts.push(`${word("value")} ${writeExact(data[i])}`);
  if (grads[i] !== null) parts.push(`${word("gradient")} ${writeExact(grads[i])}`);
  return parts.filter(Boolean).join("\n");
}

function foldedBox(page, unit) {
  const {word} = page, [value, gradient] = summary(page, unit), broken = brokenIn(page, unit) !== undefined;
  const waiting = unit.outputs.some((i) => page.known.data[i] === null);
  const scope = scopeName(page.graph, page.lang, unit.scope);
  const parts = [word("in_scope", {scope}), count(word, unit.nodes.length, "node")];
  if (broken) parts.push(word("impossible"));
  else if (waiting) parts.push(word("pending_value"));
  if (gradient === null) parts.push(word("pending_gradient"));
  const exact = [...parts, value, gradient].filter(Boolean).join("\n");
  return {value, gradient, waiting, broken, description: parts.join(", "), exact};
}

const MOST_RESULTS = 6; // of a piece that are written one by one, as viz/picture/compose.py has it

// That of a sum or a piece is like that of a node, its result; what is not possible may be inside.
function mergedBox(page, unit) {
  const {graph, known: {data, grads}} = page, {outputs} = unit;
  const broken = brokenIn(page, unit) !== undefined, isKnown = outputs.every((i) => data[i] !== null);
  const box = {...nodeBox(page, unit.last), waiting: !isKnown && !broken, broken};
  if (outputs.length === 1) return box;
  if (outputs.length > MOST_RESULTS) {
    const [value, gradient] = summary(page, unit);
    return {...box, value, gradient};
  }
  const all = (of) => valuesText(graph, outputs.map((i) => of[i]));
  const gradient = outputs.some((i) => grads[i] !== null) ? `grad ${all(grads)}` : null;
  return {...box, value: isKnown ? all(data) : null, gradient};
}

// {text, description} of the derivative on an arrow, through a whole scope where that is folded.
function arrowOf(page, edge) {
  const {graph, numbers, word, known: {data}} = page;
  const [i, k] = edge.split(":").map(Number), node = graph.nodes[i];
  const unit = graph.units.get(graph.owner[i]), done = data[unit ? unit.outputs[0] : i] !== null;
  const slope = done && (unit ? slopeThrough(graph, numbers, unit, edge) : numbers.partials[i][k]);
  const isFixed = unit?.kind === "piece" && !isRecorded(page, unit);
  const formula = unit ? !isFixed && unit.labels[edge] : numbers.same[i] && node.formulas[k];
  const parent = node.parents[k], name = unit ? word("through", {
    scope: titleOf(page, unit.last), source: titleOf(page, graph.owner[parent], parent),
  }) : node.locals[k];
  return {
    text: done ? (formula ? `${formula} = ` : "") + page.write(slope) : null,
    description: `${name} = ${done ? writeExact(slope) : word("pending_value")}`,
  };
}

// What a box is called: a scope by its path, others by their node.
function titleOf({graph, lang}, box, node = box) {
  const unit = graph.units.get(box);
  return unit?.kind === "scope" ? scopeName(graph, lang, unit.scope) : graph.nodes[node].name;
}
