// Predict first: asks for what the next step computes, before it is shown, and says what was right.

const KEPT = "microgrid predictions "; // before the path of a page, under which a browser keeps its scores

// The questions that were asked, {step, asked, answers, expected, right}: right at the first try.
class Quiz {
  constructor(page) {
    this.page = page;
    this.records = kept() ?? savedIn(page)?.scores ?? [];
  }

  get asked() {
    return this.records.length;
  }

  get right() {
    return this.records.filter(({right}) => right).length;
  }

  // Asks for what the next step computes, if that is one number.  Returns whether it did.
  ask(frame) {
    const wanted = this.page.predicting && !this.page.question && this.wants(frame);
    const question = wanted ? questionOf(this.page, frame) : null;
    if (!question || Number.isNaN(question.expected)) return false;
    this.page.pause();
    this.page.question = question;
    by("answer").value = "";
    this.judged("");
    this.page.show();
    by("answer").focus();
    return true;
  }

  // Whether whoever made the page has this step's number asked: all, a kind of numbers, or those of some nodes.
  wants(frame) {
    const {graph, graph: {ask}} = this.page, isForward = frame.phase === "forward", isUpdate = frame.phase === "update";
    const targets = isForward || isUpdate ? frame.active : frame.terms.map(({target}) => target);
    if (ask === "updates") return isUpdate;
    if (ask === "values") return isForward;
    if (ask === "gradients") return !isForward && !isUpdate;
    if (ask === "parameters") return !isForward && !isUpdate && targets.some((i) => graph.nodes[i].role === "parameter");
    return !Array.isArray(ask) || targets.some((i) => ask.includes(i));
  }

  // The word for why a step has no question, if it computes anything.
  unasked(frame) {
    if (frame.broken) return "not_asked_impossible";
    if (!this.wants(frame)) return null;
    const question = questionOf(this.page, frame);
    if (question) return Number.isNaN(question.expected) ? "not_asked_nan" : null;
    return frame.active.length > 1 ? "not_asked" : null;
  }

  // An open question, after a change of the numbers.
  renew() {
    const {page, page: {question}} = this, frame = page.all[page.step + 1];
    if (!question) return page.show();
    const why = this.unasked(frame);
    page.question = why ? null : {...questionOf(page, frame), record: question.record};
    page.show();
    return why ? this.aside(page.word(why)) : this.judged(page.word("asked_anew"));
  }

  answer() {
    const {page, page: {question}} = this, answer = read(by("answer").value, page.lang);
    if (Number.isNaN(answer)) {
      return this.judged(page.word(this.infinite() ? "not_read_infinite" : "not_read"), true);
    }
    const [right, why] = judge(question, answer, page.write);
    const show = (x) => x === undefined || x === null ? "" : page.write(x);
    const fields = {name: question.name, value: show(question.expected), before: show(question.before),
      gradient: show(question.outer), local: show(question.slope), hint: page.word(`hint_${question.kind}`)};
    const {answers} = this.note(question, answer, right), tries = answers.length;
    const said = right && tries > 1 ? page.word("right_later", {...fields, tries}) : page.word(why, fields);
    this.judged(`${said} ${right ? this.score() : ""}`, !right);
    if (right) this.advance();
  }

  // What was answered; an answer of null is none.
  note(question, answer, right) {
    if (!question.record) {
      const {step} = this.page, {asked, expected} = question;
      question.record = {step: step + 1, asked, answers: [], expected, right};
      this.records.push(question.record);
    }
    question.record.answers.push(answer);
    question.record.expected = question.expected;
    keep(this.records);
    return question.record;
  }

  // The scores as a file of comma-separated values.
  save() {
    const {word} = this.page, quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
    const heads = ["count_step", "asked", "answers", "expected", "at_once"].map((name) => word(`score_${name}`));
    const rows = this.records.map(({step, asked, answers, expected, right}) => [
      step, asked, answers.map((x) => x === null ? word("reveal") : x).join(" "), expected, word(right ? "yes" : "no")]);
    const lines = [heads, ...rows].map((row) => row.map(quoted).join(","));
    saveFile(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], {type: "text/csv"}), fileName(this.page.step, "csv"));
  }

  forget() {
    this.records = [];
    keep(this.records);
    this.show();
  }

  show() {
    by("scores").hidden = !this.page.predicting && !this.asked;
    by("score").textContent = this.page.word("score", {right: this.right, asked: this.asked});
    for (const id of ["save-scores", "forget-scores"]) by(id).disabled = !this.asked;
  }

  // Whether an answer may be infinite.
  infinite() {
    const {data, partials} = this.page.numbers;
    return [data, ...partials].some((numbers) => numbers.some((x) => Math.abs(x) === Infinity));
  }

  reveal() {
    this.note(this.page.question, null, false);
    const value = this.page.write(this.page.question.expected);
    this.judged(`${this.page.word("shown", {value})} ${this.score()}`, true);
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

// What the browser has of this page's scores; inside a notebook, or where it keeps nothing, none.
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT + location.pathname));
  } catch {
    return null;
  }
}

function keep(records) {
  try {
    localStorage.setItem(KEPT + location.pathname, JSON.stringify(records));
  } catch { /* they are kept as long as the page is open */ }
}
