// Predict first: asks for what the next step computes, before it is shown, and says what was right.

// A round of questions, and how many were answered right at once.
class Quiz {
  constructor(page) {
    this.page = page;
    this.asked = this.right = 0;
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
    if (Number.isNaN(answer)) {
      return this.judged(page.word(this.infinite() ? "not_read_infinite" : "not_read"), true);
    }
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
