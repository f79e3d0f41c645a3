// Predict first: what a step asks for, and what an answer shows about whoever gave it.

// {kind, name, asked, expected, slack, ...} for a step that computes one number, or a scope that gives one;
// otherwise null.  `slack` is how far from `expected` an answer may be because the page writes numbers with
// few digits.
function questionOf(page, frame) {
  const {graph, numbers} = page, unit = graph.units.get(frame.box);
  if (unit) return frame.broken ? null : mergedQuestion(page, frame, unit);
  if (frame.phase === "forward" && frame.active.length > 1 && !frame.broken) {
    const outputs = outputsOf(graph, frame.active);
    if (outputs.length > 1) return null;
    const node = graph.nodes[outputs[0]];
    const asked = `${scopeName(graph, page.lang, frame.scope)}: ${node.name}`, slack = slackOf(page, node);
    return {kind: "scope", name: node.name, asked, expected: numbers.data[node.index], slack};
  }
  if (frame.phase === "forward" && frame.active.length === 1 && !numbers.errors[frame.node]) {
    const node = graph.nodes[frame.node], {name, made, called} = node;
    const expected = numbers.data[frame.node], slack = slackOf(page, node);
    return {kind: "forward", name, asked: equal(called, made), expected, slack};
  }
  if (frame.phase === "seed" && frame.active.length) {
    const {target} = graph.nodes[graph.root];
    return {kind: "seed", name: target, asked: target, expected: 1, slack: 0};
  }
  if (frame.phase === "backward" && (frame.terms.length === 1 || frame.box !== null)) {
    const {node, operand, target, outer, slope, before, term, after} = termToAsk(graph, frame);
    const from = graph.nodes[node], name = graph.nodes[target].target;
    const passed = `${from.target} · ${from.locals[operand]}`;
    return askedBack(page, {name, passed, outer, slope, before, term, after});
  }
  if (frame.phase === "update" && !frame.broken) return askedUpdate(page, frame);
  return null;
}

// What a training step makes of a parameter.
function askedUpdate(page, {node: i, sets}) {
  const {graph, numbers, training: {rate}, adjoints} = page, node = graph.nodes[i], before = numbers.data[i];
  const [[, , expected]] = sets, gradient = adjoints[i];
  const slack = total([unseen(page, 1, before), unseen(page, rate, gradient), unseen(page, gradient, rate)]);
  return {kind: "update", name: node.name, asked: page.captions.rule(node), before, outer: gradient, expected, slack};
}

function askedBack(page, {name, passed, outer, slope, before, term, after}) {
  const asked = before === null ? `${name} = ${passed}` : `${name} = ${page.write(before)} + ${passed}`;
  // before + outer · slope: of each number what is not written, times what it is multiplied by
  const parts = [unseen(page, 1, before ?? 0), unseen(page, outer, slope), unseen(page, slope, outer)];
  return {kind: "backward", name, asked, expected: after, before, term, outer, slope, slack: total(parts)};
}

// Of what an operation passes on, what is asked for: what a parameter gets, if one does.
function termToAsk(graph, {terms}) {
  const {target} = terms.find((term) => graph.nodes[term.target].role === "parameter") ?? terms[0];
  return terms.findLast((term) => term.target === target);
}

// The value of a sum or a piece, or what it passes on to one of its operands.
function mergedQuestion(page, frame, unit) {
  const {graph, numbers} = page, node = graph.nodes[unit.last];
  if (frame.phase === "forward") {
    if (unit.outputs.length > 1) return null;
    const slack = total(unit.flows.map(
      ([i, edges]) => unseen(page, slopeTo(page.captions, unit, unit.last, edges), numbers.data[i])));
    return {kind: "forward", name: node.name, asked: unit.made, expected: numbers.data[unit.last], slack};
  }
  const flows = unit.flows.filter(([i]) => frame.active.includes(i));
  const asked = flows.find(([i]) => graph.nodes[i].role === "parameter") ?? flows[0], [target] = asked;
  const {after} = frame.terms.findLast((one) => one.target === target);
  const {target: name, parts, term} = flowOf(page.captions, unit, asked, page.ending.grads);
  if (parts.length > 1) return null;
  const [{outer, slope, passed, local}] = parts, {before} = frame.terms.find((one) => one.target === target);
  return askedBack(page, {name, passed: `${passed} · ${local}`, outer, slope, before, term, after});
}

// How far a result moves if its operands are what the page writes of them: with 0.30000000000000004 written
// as 0.3, 0 is the answer to 0.1 + 0.2 − 0.3.
function slackOf(page, node) {
  const {data, partials} = page.numbers;
  return total(node.parents.map((parent, k) => unseen(page, partials[node.index][k], data[parent])));
}

// What a factor makes of the digits of x that are not written.
function unseen(page, factor, x) {
  const rest = Math.abs(x - read(page.write(x)));
  return rest > 0 ? Math.abs(factor) * rest : 0;
}

function total(parts) {
  const sum = parts.reduce((soFar, part) => soFar + part, 0);
  return Number.isFinite(sum) ? sum : 0;
}

function asWritten(answer, number, write) {
  return answer === number || answer === read(write(number));
}

// An answer is right to 1 percent, or if it is what the page would write.
function near(answer, number, write, slack = 0) {
  if (asWritten(answer, number, write)) return true;
  return Number.isFinite(number) && Math.abs(answer - number) <= 0.01 * Math.abs(number) + slack;
}

// [whether it is right, the word that says why]; the order matters where several mistakes give one number.
function judge(question, answer, write) {
  const {kind, expected, before, term, outer, slope, slack} = question, adds = kind === "backward" && before;
  const exactly = (number) => asWritten(answer, number, write), is = (number) => near(answer, number, write);
  if (exactly(expected)) return [true, "right"];
  if (kind === "update") return judgeUpdate(question, answer, write);
  // Each of these may be near enough to what is expected.
  if (adds && exactly(term)) return [false, "not_added"];
  if (adds && exactly(before)) return [false, "before"];
  if (adds && exactly(before - term)) return [false, "sign_added"];
  if (exactly(-expected)) return [false, "sign"];
  if (near(answer, expected, write, slack)) return [true, "right"];
  if (adds && is(term)) return [false, "not_added"];
  if (kind === "backward" && before !== null && is(before)) return [false, "before"];
  if (is(-expected)) return [false, "sign"];
  if (kind === "backward" && before !== null && is(-term)) return [false, "not_added"];
  if (kind === "backward" && before !== null && is(before - term)) return [false, "sign_added"];
  if (kind === "backward" && is(slope)) return [false, "only_local"];
  if (kind === "backward" && is(outer)) return [false, "only_gradient"];
  if (kind === "backward" && slope !== 0 && is((before ?? 0) + outer / slope)) return [false, "inverse"];
  const isClose = Number.isFinite(expected) && Math.abs(answer - expected) <= 0.05 * Math.abs(expected);
  return [false, isClose ? "close_by" : "wrong"];
}

// The same for a new number of a parameter: near what it was, so that only what it moves by tells mistakes apart.
function judgeUpdate({expected, before, outer, slack}, answer, write) {
  const is = (number) => asWritten(answer, number, write) || Math.abs(answer - number) <= 0.01 * Math.abs(move) + slack;
  const move = expected - before;
  if (is(expected)) return [true, "right"];
  if (is(before - move)) return [false, "update_sign"];
  if (is(before - outer)) return [false, "update_rate"];
  if (is(move) || is(-move)) return [false, "update_only"];
  if (asWritten(answer, before, write)) return [false, "update_before"];
  return [false, Math.abs(answer - expected) <= 0.05 * Math.abs(move) ? "close_by" : "wrong"];
}
