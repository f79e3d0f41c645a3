// The page: which step is shown, what is predicted, chosen and changed, and what follows from that.

const PAUSE = 1600; // milliseconds between two steps, at speed 1
const MOST_UNDONE = 200; // changes that can be taken back

/** @type {(id: string) => any} */
const by = (id) => document.getElementById(id);

class Page {
  constructor(graph) {
    this.graph = graph;
    this.lang = graph.lang;
    this.changes = new Map(); // from a leaf to the number that someone gave it
    this.step = 0;
    this.timer = null; // while it plays

    this.chosen = null; // the node that the panel is about, or
    this.unit = null; // the folded scope
    this.more = new Map(); // from a list in the panel to how often it was asked for more

    this.tabled = false; // whether the table stands in place of the picture
    this.opened = new Set(); // the scopes whose nodes have rows in it
    this.turned = null; // the page of it that someone turned to

    this.predicting = false;
    this.question = null; // that waits for an answer
    this.quiz = new Quiz(this);
    this.found = ""; // what was searched for last
    this.training = new Training(this);
    this.log = []; // what was changed and trained, for the address
    this.past = []; // the states that "undo" goes back to
    this.comparison = null; // with the numbers before the change that was made last
    this.onshown = null; // who else wants to know of each change

    document.body.classList.add("live"); // without this code there is nothing to press
    this.write = (x) => write(x, graph.precision);
    this.word = this.word.bind(this);
    this.boxActions = {choose: (i) => this.chooseBox(i), drag: (i, distance) => this.drag(i, distance)};
    this.picture = new Picture(graph, this.boxActions, document.querySelector("#picture svg"));
    this.pictures = new Map([[null, this.picture]]); // by the box that is open in it
    listenToView(this);
    this.compute();
    listen(this);
    listenToTraining(this);
    listenToFind(this);
    listenToShare(this);
    this.tour = new Tour(this);
    showNames(this);
    this.speak(graph.lang);
    const saved = savedIn(this), own = location.hash.slice(1);
    if (saved) this.predicting = saved.predicting;
    showAddress(this, own.includes("step=") ? own : saved?.address ?? own);
  }

  // ---------------------------------------------------------------- words

  word(name, fields = {}) {
    return fill(this.graph.words[this.lang][name] ?? name, fields);
  }

  // A phrase of the table of operations, in the language of the page.
  phrase(text) {
    return this.graph.words[this.lang].phrases[text] ?? text;
  }

  speak(lang) {
    this.lang = document.documentElement.lang = by("language").value = lang;
    /** @type {(what: string) => NodeListOf<HTMLElement>} */
    const all = (what) => document.querySelectorAll(`[data-${what}]`);
    for (const element of all("word")) element.textContent = this.word(element.dataset.word);
    for (const element of all("label")) element.setAttribute("aria-label", this.word(element.dataset.label));
    for (const element of all("hint")) element.title = this.word(element.dataset.hint);
    this.picture.speak(this.graph.words[lang].drawing, this.word, lang);
    const rowOf = ([keys, what]) => make("tr", {},
      make("td", {}, keys.flatMap((key) => [make("kbd", {}, this.word(key)), " "])),
      make("td", {}, this.word(what)));
    by("keys-list").replaceChildren(...KEYS.map(rowOf));
    showLegend(this);
    showClaim(this);
    this.tour.speak();
    this.compute();
    this.show();
  }

  // Why a node is not possible with the changed numbers.
  explain(i) {
    const {nodes} = this.graph, {kind, node} = this.numbers.errors[i];
    if (kind === "above") {
      return `${this.word("error_above", {name: nodes[node].name})} ${this.explain(node)}`;
    }
    const {sign, needs} = nodes[i], call = this.captions.substituted(i);
    return this.word(`error_${kind}`, {call, op: sign, needs: this.phrase(needs)});
  }

  // ---------------------------------------------------------------- numbers

  compute() {
    this.numbers = compute(this.graph, this.changes);
    const explain = (i) => this.explain(i);
    this.captions = new Captions(this.graph, this.numbers, this.write, this.word, explain, this.lang);
    this.frames = walk(this.graph, this.numbers, this.captions);
    this.ending = known(this.graph, this.frames, this.frames.length - 1);
    this.adjoints = this.ending.grads.map((gradient) => gradient ?? 0);
    const {training} = this, grads = training && gradientsOf(this.graph, this.numbers);
    this.updates = training?.chosen.length
      ? updateFrames(this.graph, this.numbers, grads, this.captions, training.chosen, training.rate) : [];
  }

  // The walk, and after it the third pass, in which what is trained gets its new numbers.
  get all() {
    return [...this.frames, ...this.updates];
  }

  get frame() {
    return this.frames[this.step] ?? this.updates[this.step - this.frames.length];
  }

  change(i, x) {
    const node = this.graph.nodes[i];
    if (!isOpen(this.graph, i)) return;
    this.remember(`change ${i}`);
    this.comparison = comparisonOf(this, i);
    this.changes = new Map(this.changes);
    if (x === node.data) this.changes.delete(i);
    else this.changes.set(i, x);
    this.log = noted(this.log, {leaf: i, x});
    this.compute();
    if (Object.is(x, this.comparison.numbers.data[i])) this.comparison = null;
    this.quiz.renew();
    this.tell(true);
  }

  // A leaf moved sideways in the picture: a pixel is a step of its slider.
  drag(i, distance) {
    const step = stepOf(this.graph.nodes[i]);
    if (distance) this.change(i, tidy(this.numbers.data[i] + distance * step, step));
  }

  // What "undo" comes back to; what is changed in one go, such as by a slider, is one change.
  remember(gesture = null) {
    const {changes, step, training, comparison, log} = this;
    if (gesture === null || this.gesture !== gesture) {
      this.past.push({changes: new Map(changes), step, training: training.state(), comparison, log});
      if (this.past.length > MOST_UNDONE) this.past.shift();
    }
    this.gesture = gesture;
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.training.stop();
    this.gesture = null;
    Object.assign(this, {changes: before.changes, comparison: before.comparison, log: before.log});
    Object.assign(this.training, before.training);
    this.compute();
    this.go(before.step);
    this.quiz.renew();
  }

  changeNothing() {
    this.comparison = null;
    this.changes = new Map();
    this.log = [];
    this.compute();
    this.quiz.renew();
  }

  // ---------------------------------------------------------------- steps

  // `overview`: with the whole picture in sight, if it can be read.
  go(step, overview = false) {
    this.question = this.turned = null;
    this.overview = overview;
    this.step = step < this.all.length ? Math.max(step, 0) : this.frames.length - 1; // beyond all: the walk's end
    this.gesture = null;
    this.show();
    if (this.training.timer === null) this.tell();
  }

  // Tells the address what is shown; what is dragged, a little later, since browsers take only so many.
  tell(later = false) {
    clearTimeout(this.telling);
    if (later) {
      this.telling = setTimeout(() => this.tell(), LATER);
      return;
    }
    try {
      history.replaceState(null, "", `#${addressOf(this)}`);
    } catch { /* inside a notebook the page has no address */ }
  }

  next() {
    if (this.step === this.all.length - 1) return this.updates.length ? this.forwardAgain() : this.pause();
    const frame = this.all[this.step + 1];
    if (this.quiz.ask(frame)) return;
    const why = this.predicting && !this.question && !frame.broken ? this.quiz.unasked(frame) : null;
    this.go(this.step + 1);
    if (why) this.quiz.aside(this.word(why));
  }

  // After the update the next forward pass, with the new numbers.
  forwardAgain() {
    if (this.updates.some(({broken}) => broken)) return;
    this.training.take(1);
    this.go(this.frames.findIndex(({phase}) => phase === "forward"));
  }

  play() {
    if (this.timer !== null) return this.pause();
    this.training.stop();
    if (this.step >= this.frames.length - 1) this.go(0);
    this.next();
    if (!this.question) this.tick();
    this.show();
  }

  tick() {
    this.timer = setTimeout(() => {
      this.next();
      if (this.step >= this.frames.length - 1) this.pause();
      if (this.timer !== null) this.tick();
    }, PAUSE / Number(by("speed").value));
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.show();
  }

  jump(phase) {
    this.go(this.graph.moments.findIndex((moment) => moment.phase === phase));
  }

  // ---------------------------------------------------------------- what is shown

  // A box of the picture: a node, or all of a folded scope.
  chooseBox(index) {
    this.choose(index, this.picture.graph.units.get(index) ?? null);
  }

  choose(index, unit = null) {
    Object.assign(this, {chosen: unit ? null : index, unit});
    this.more.clear();
    this.picture.rove(index);
    this.show();
    // As stepper.css has it, the panel of a narrow page is below the picture.
    const isNarrow = matchMedia("(max-width: 48rem)").matches;
    if (isNarrow) by("node").scrollIntoView({behavior: still() ? "instant" : "smooth"});
  }

  show() {
    if (!this.frames) return;
    this.step = Math.min(this.step, this.all.length - 1);
    this.known = known(this.graph, this.all, this.step);
    showWalk(this);
    showPicture(this);
    refresh(by("node"), described(this));
    showWhatIf(this);
    // of a sum or a piece with one result those of the result
    const isNode = this.unit && this.unit.kind !== "scope" && this.unit.outputs.length === 1;
    const derived = isNode ? this.unit.last : this.chosen;
    refresh(by("derivatives"), derived === null ? [] : describeDerivatives(this, derived));
    refresh(by("verdict"), verdictOf(this));
    this.training.show();
    this.quiz.show();
    this.onshown?.();
  }

  // ---------------------------------------------------------------- what buttons do

  predict() {
    this.predicting = !this.predicting;
    this.question = null;
    this.show();
  }

  table() {
    this.tabled = !this.tabled;
    this.show();
  }

  // Another page of the table, until the next step.
  turnTable(to) {
    this.turned = to;
    this.show();
  }

  // The rows of a scope's nodes, or no more.
  unfold(unit) {
    if (!this.opened.delete(unit)) this.opened.add(unit);
    this.show();
  }

  // More of a list in the panel.
  showMore(id) {
    this.more.set(id, (this.more.get(id) ?? 0) + 1);
    this.show();
  }
}

function start() {
  keepAsOpened();
  const page = new Page(prepare(JSON.parse(by("graph").textContent)));
  globalThis.stepper = {page, write, writeExact, read, known, compute, descend, ROWS}; // for the curious, and for tests
}
