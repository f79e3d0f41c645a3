// Predict first: what a step asks, and what an answer shows about its author.

// {kind, name, expected, ...} for a step that computes one number, or a scope that gives one; otherwise null.
function questionOf(page, frame) {
  const {graph, numbers} = page;
  if (frame.phase === "forward" && frame.active.length > 1 && !frame.broken) {
    const outputs = outputsOf(graph, frame.active);
    if (outputs.length > 1) return null;
    const node = graph.nodes[outputs[0]];
    const asked = `${frame.scope}: ${node.name}`, slack = slackOf(page, node);
    return {kind: "scope", name: node.name, asked, expected: numbers.data[node.index], slack};
  }
  if (frame.phase === "forward" && frame.active.length === 1 && !numbers.errors[frame.node]) {
    const node = graph.nodes[frame.node], {name, made, called} = node;
    return {kind: "forward", name, asked: equal(called, made), expected: numbers.data[frame.node], slack: slackOf(page, node)};
  }
  if (frame.phase === "seed" && frame.active.length) {
    const {target} = graph.nodes[graph.root];
    return {kind: "seed", name: target, asked: target, expected: 1, slack: 0};
  }
  if (frame.phase === "backward" && frame.terms.length === 1) {
    const {node, operand, target, outer, slope, before, term, after} = frame.terms[0];
    const from = graph.nodes[node], name = graph.nodes[target].target;
    const passed = `${from.target} · ${from.locals[operand]}`;
    const asked = before === null ? `${name} = ${passed}` : `${name} = ${page.write(before)} + ${passed}`;
    const slack = total([[1, before ?? 0], [outer, slope], [slope, outer]].map(([by, x]) => unseen(page, by, x)));
    return {kind: "backward", name, asked, expected: after, before, term, outer, slope, slack};
  }
  return null;
}

// How far a result moves if its operands are what the page writes of them: with 0.30000000000000004 written as 0.3,
// 0 is the answer to 0.1 + 0.2 − 0.3.
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

// [right?, the word that says why]; the order matters where several mistakes give one number.
function judge(question, answer, write) {
  const {kind, expected, before, term, outer, slope, slack} = question, adds = kind === "backward" && before;
  const exactly = (number) => asWritten(answer, number, write), is = (number) => near(answer, number, write);
  if (exactly(expected)) return [true, "right"];
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
  if (Number.isFinite(expected) && Math.abs(answer - expected) <= 0.05 * Math.abs(expected)) return [false, "close_by"];
  return [false, "wrong"];
}

// A round of questions, and how many were answered right at once.
class Quiz {
  constructor(page) {
    Object.assign(this, {page, asked: 0, right: 0});
  }

  // Asks for what the next step computes, if that is one number.  Returns whether it did.
  ask(frame) {
    const question = this.page.predicting && !this.page.question ? questionOf(this.page, frame) : null;
    if (!question || Number.isNaN(question.expected)) return false;
    this.page.pause();
    this.page.question = question;
    by("answer").value = "";
    this.judged("");
    this.page.show();
    by("answer").focus();
    return true;
  }

  // The word for why a step has no question, if it computes anything.
  unasked(frame) {
    if (frame.broken) return "not_asked_impossible";
    const question = questionOf(this.page, frame);
    if (question) return Number.isNaN(question.expected) ? "not_asked_nan" : null;
    return frame.active.length > 1 ? "not_asked" : null;
  }

  // An open question, after a change of the numbers.
  renew() {
    const {page, page: {question}} = this, frame = page.frames[page.step + 1];
    if (!question) return page.show();
    const why = this.unasked(frame);
    page.question = why ? null : {...questionOf(page, frame), tried: question.tried};
    page.show();
    return why ? this.aside(page.word(why)) : this.judged(page.word("asked_anew"));
  }

  answer() {
    const {page, page: {question}} = this, answer = read(by("answer").value, page.lang);
    if (Number.isNaN(answer)) return this.judged(page.word(this.infinite() ? "not_read_infinite" : "not_read"), true);
    const [right, why] = judge(question, answer, page.write);
    const show = (x) => x === undefined || x === null ? "" : page.write(x);
    const fields = {name: question.name, value: show(question.expected), before: show(question.before),
      gradient: show(question.outer), local: show(question.slope), hint: page.word(`hint_${question.kind}`)};
    if (!question.tried) this.asked += 1;
    if (!question.tried && right) this.right += 1;
    question.tried = true;
    this.judged(`${page.word(why, fields)} ${right ? this.score() : ""}`, !right);
    if (right) this.advance();
  }

  // Whether an answer may be infinite.
  infinite() {
    const {data, partials} = this.page.numbers;
    return [data, ...partials].some((numbers) => numbers.some((x) => Math.abs(x) === Infinity));
  }

  reveal() {
    if (!this.page.question.tried) this.asked += 1;
    this.judged(`${this.page.word("shown", {value: this.page.write(this.page.question.expected)})} ${this.score()}`, true);
    this.advance();
  }

  advance() {
    this.page.go(this.page.step + 1);
    this.aside(by("judgement").textContent, by("judgement").classList.contains("wrong"));
    by("next").focus();
  }

  // What stays to be read where the question was.
  aside(text, wrong = false) {
    by("question").hidden = false;
    by("question").classList.add("answered");
    this.judged(text, wrong);
  }

  // No answer, and no number either.
  withdraw() {
    this.page.question = null;
    this.page.show();
    by("next").focus();
  }

  score() {
    return `(${this.page.word("score", {right: this.right, asked: this.asked})})`;
  }

  judged(text, wrong = false) {
    by("judgement").textContent = text;
    by("judgement").classList.toggle("wrong", wrong);
  }
}
