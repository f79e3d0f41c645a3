// Training in the page: the learning rate, training steps and what came of them.

const RATES = {least: -5, most: 1, places: 100}; // the slider's powers of ten, and its places between two of them
const MOST_CHOSEN = 12; // leaves that are offered where there is no parameter
const SHOWN = {parameters: 2, losses: 4}; // how many are written in a line
const CURVE = {width: 300, height: 56, most: 240, span: 20}; // the loss drawn: points, and from which span on as logarithms
const RUN = {pause: 90, most: 20000}; // milliseconds between two training steps, and the most at a press

class Training {
  constructor(page) {
    this.page = page;
    this.rate = page.graph.training.rate;
    this.chosen = trainables(page.graph);
    this.offered = this.chosen.length ? [] : page.graph.nodes.filter((node) => isOpen(page.graph, node.index));
    this.count = 0;
    this.losses = []; // before the first training step and after each, as many as are written
    this.curve = []; // [training step, loss], thinned out where they are many
    this.timer = null; // while it runs
    this.outcome = null; // why it stopped, as a word, and the last numbers that were possible
  }

  state() {
    const {rate, chosen, count, losses, curve, outcome} = this;
    return {rate, chosen: [...chosen], count, losses: [...losses], curve: [...curve], outcome};
  }

  // ---------------------------------------------------------------- steps

  // So many training steps, from wherever the walk stands, up to the end of the new forward pass.
  take(steps, kept = true) {
    const {page} = this;
    if (!this.chosen.length) return this.show();
    if (kept) page.remember();
    this.advance(steps);
    page.comparison = null;
    page.compute();
    page.go(page.frames.findLastIndex(({phase}) => phase === "forward"), true);
    if (this.outcome) this.stop();
  }

  // The training steps alone, as many as are possible.
  advance(steps) {
    const {page} = this, {graph} = page;
    let {changes, numbers} = page, done = 0;
    this.outcome = null;
    if (!this.losses.length) this.losses = [numbers.data[graph.root]];
    if (!this.curve.length) this.curve = [[this.count, numbers.data[graph.root]]];
    while (done < steps && !this.outcome) {
      const next = descend(graph, changes, numbers, this.chosen, this.rate);
      if (next.stopped !== undefined) {
        this.outcome = {word: "stopped_here", node: next.stopped};
        break;
      }
      const moved = this.chosen.some((i) => next.numbers.data[i] !== numbers.data[i]);
      if (!moved) {
        this.outcome = {word: "still"};
        break;
      }
      const before = {changes, count: this.count, losses: this.losses, curve: [...this.curve]};
      ({changes, numbers} = next);
      done += 1;
      this.count += 1;
      this.losses = [...this.losses.slice(-SHOWN.losses), numbers.data[graph.root]];
      if (!numbers.errors[graph.root]) this.curve.push([this.count, numbers.data[graph.root]]);
      if (this.curve.length > CURVE.most) this.curve = this.curve.filter((_, k) => k % 2 === 0);
      if (numbers.errors[graph.root]) this.outcome = {word: "diverged", node: numbers.broken[0], before};
    }
    Object.assign(page, {changes, numbers, log: noted(page.log, {steps: done, rate: this.rate})});
  }

  run() {
    if (this.timer !== null) return this.stop();
    this.page.pause();
    this.page.remember();
    const until = this.count + RUN.most;
    const tick = () => {
      this.take(1, false);
      if (this.outcome || this.count >= until || !this.chosen.length) return this.stop();
      this.timer = setTimeout(tick, RUN.pause / Number(by("speed").value));
    };
    this.timer = setTimeout(tick, 0);
    this.show();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.show();
    this.page.tell();
  }

  // The recorded numbers again, and no training step taken.
  reset() {
    this.stop();
    this.page.remember();
    Object.assign(this, {count: 0, losses: [], curve: [], outcome: null});
    this.page.comparison = null;
    this.page.changeNothing();
    this.page.go(this.page.step);
  }

  // Back to the last numbers with which the graph was possible.
  comeBack() {
    const {before} = this.outcome;
    const last = this.page.log.at(-1);
    this.page.remember();
    this.page.changes = before.changes;
    this.page.log = [...this.page.log.slice(0, -1), ...last.steps > 1 ? [{...last, steps: last.steps - 1}] : []];
    Object.assign(this, {count: before.count, losses: before.losses, curve: before.curve, outcome: null});
    this.page.compute();
    this.page.go(this.page.step);
    by("rate").focus();
  }

  // ---------------------------------------------------------------- the learning rate, and what is trained

  // What someone typed; returns whether it is a rate.
  typed(text) {
    const rate = read(text, this.page.lang), fine = Number.isFinite(rate) && rate >= 0;
    by("rate").setAttribute("aria-invalid", String(!fine));
    by("rate-help").textContent = fine ? "" : this.page.word("rate_help");
    if (fine) this.setRate(rate);
    return fine;
  }

  setRate(rate) {
    this.rate = rate;
    this.page.compute();
    this.page.go(this.page.step);
  }

  slid(place) {
    this.setRate(Number((10 ** (place / RATES.places)).toPrecision(2)));
  }

  // With the arrow keys, as in any number field.
  turn(steps) {
    const place = Math.round(Math.log10(this.rate || 10 ** RATES.least) * RATES.places / 10) * 10 + 10 * steps;
    by("rate").setAttribute("aria-invalid", "false");
    by("rate-help").textContent = "";
    this.slid(Math.min(Math.max(place, RATES.least * RATES.places), RATES.most * RATES.places));
    by("rate").value = writeExact(this.rate);
  }

  choose(i, on) {
    this.page.remember();
    this.chosen = this.offered.map(({index}) => index).filter((j) => j === i ? on : this.chosen.includes(j));
    this.outcome = null;
    this.page.compute();
    this.page.go(this.page.step);
  }

  // ---------------------------------------------------------------- what is shown

  show() {
    const {page} = this, {word, write} = page, isReady = this.chosen.length > 0;
    const isStuck = page.numbers.errors[page.graph.root] !== null;
    this.showChoice();
    for (const id of ["one-step", "ten-steps", "run"]) by(id).disabled = !isReady || isStuck;
    if (this.timer !== null) by("run").disabled = false;
    by("run").textContent = word(this.timer === null ? "run" : "stop");
    by("train-reset").disabled = !this.count && !page.changes.size;
    const field = by("rate");
    field.setAttribute("aria-valuenow", this.rate);
    if (field !== document.activeElement) {
      field.value = writeExact(this.rate);
      field.setAttribute("aria-invalid", "false");
      by("rate-help").textContent = "";
    }
    by("rate-slider").value = this.rate > 0 ? Math.round(Math.log10(this.rate) * RATES.places) : RATES.least * RATES.places;
    by("rate-slider").setAttribute("aria-valuetext", write(this.rate));
    by("consequence").textContent = isReady && !isStuck && this.timer === null ? this.announced() : "";
    by("trained").replaceChildren(...this.story().map((text) => paragraph(text)));
    by("curve").toggleAttribute("hidden", this.curve.length < 3); // shapes have no property of that name
    by("curve-note").textContent = this.curve.length > 2 ? this.drawn() : "";
    by("way-back").hidden = !this.outcome?.before;
    if (this.outcome?.before) {
      by("way-back").textContent = word("way_back", {count: thousands(this.outcome.before.count)});
    }
  }

  showChoice() {
    const {page: {word, graph}, offered} = this, custom = graph.fixed.find((use) => use !== null);
    by("which").hidden = !offered.length;
    by("untrainable").hidden = offered.length > 0 || this.chosen.length > 0;
    const cannot = custom === undefined ? word("untrainable")
      : word("untrainable_custom", {op: graph.nodes[custom].op});
    by("untrainable").textContent = cannot;
    const shown = offered.slice(0, MOST_CHOSEN);
    if (by("which-list").childElementCount !== shown.length) {
      by("which-list").replaceChildren(...shown.map(({index, name}) => {
        const box = make("input", {type: "checkbox", id: `train-${index}`, onchange: () => this.choose(index, box.checked)});
        return make("span", {class: "choice"}, box, make("label", {for: `train-${index}`}, name));
      }));
    }
    for (const {index} of shown) by(`train-${index}`).checked = this.chosen.includes(index);
  }

  // What a step would do: not before the numbers that it starts from are in the picture, nor to whoever predicts them.
  announced() {
    const {page} = this, {text, gives} = this.consequence();
    return gives && (page.predicting || page.known.data[page.graph.root] === null) ? "" : text;
  }

  // What one training step with this rate would do, and whether that gives numbers away; worked out once for the same numbers.
  consequence() {
    const {page: {numbers, lang}, rate, chosen} = this, key = [numbers, lang, rate, chosen];
    if (!this.foreseen || key.some((part, k) => part !== this.foreseen.key[k])) {
      this.foreseen = {key, ...this.foretold()};
    }
    return this.foreseen;
  }

  foretold() {
    const {page, chosen} = this, {graph, numbers, word, write} = page;
    const next = descend(graph, page.changes, numbers, chosen, this.rate);
    if (next.stopped !== undefined) return {text: word("would_stop", {name: graph.nodes[next.stopped].name}), gives: false};
    const pair = (i) => `${graph.nodes[i].name}: ${write(numbers.data[i])} → ${write(next.numbers.data[i])}`;
    const moved = (i) => Math.abs(next.numbers.data[i] - numbers.data[i]);
    const farthest = [...chosen].sort((i, j) => moved(j) - moved(i)).slice(0, SHOWN.parameters);
    const some = chosen.filter((i) => farthest.includes(i)).map(pair), more = chosen.length > some.length ? ["…"] : [];
    const loss = next.numbers.errors[graph.root] ? word("would_break", {name: graph.nodes[graph.root].name})
      : pair(graph.root);
    return {text: word("would", {loss, parameters: [...some, ...more].join(", ")}).replace("….", "…"), gives: true};
  }

  // Draws the loss over the training steps, in logarithms where it spans much; returns what is drawn.
  drawn() {
    const {width, height, span} = CURVE, losses = this.curve.map(([, loss]) => loss);
    const isWide = losses.every((loss) => loss > 0) && Math.max(...losses) > span * Math.min(...losses);
    const heights = losses.map((loss) => isWide ? Math.log10(loss) : loss);
    const least = Math.min(...heights), range = Math.max(...heights) - least || 1, [first] = this.curve[0];
    const last = this.curve.at(-1)[0] - first || 1;
    const points = this.curve.map(([step], k) => {
      const x = 2 + (step - first) / last * (width - 4), y = height - 2 - (heights[k] - least) / range * (height - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
    by("curve-line").setAttribute("d", `M${points.join("L")}`);
    const {word, graph: {nodes, root}} = this.page;
    return word(isWide ? "curve_logarithmic" : "curve", {name: nodes[root].name});
  }

  // How far it has come, and why it goes no further.
  story() {
    const {page, count, losses, outcome} = this, {graph, word, write} = page, lines = [];
    const root = graph.nodes[graph.root].name;
    if (count) {
      const shown = losses.slice(-SHOWN.losses).map((x) => Number.isNaN(x) ? "✗" : write(x)).join(" → ");
      const which = page.predicting ? "" : ` ${root}: ${shown}`; // the last of them is one that is asked
      lines.push(word("training_steps", {count: thousands(count)}) + which);
    }
    const [before, after] = losses.slice(-2);
    if (outcome?.word === "still") lines.push(word("still"));
    else if (outcome?.word === "stopped_here") lines.push(word("stopped_here", {name: graph.nodes[outcome.node].name}));
    else if (outcome?.word === "diverged") {
      const fields = {count: thousands(count), why: page.explain(outcome.node), rate: write(this.rate)};
      lines.push(word("diverged", fields));
    } else if (count && after > before) lines.push(word("rising", {name: root, rate: write(this.rate)}));
    return lines;
  }
}

// The buttons and fields of training.
function listenToTraining(page) {
  const training = () => page.training, field = by("rate"), slider = by("rate-slider");
  Object.assign(slider, {min: RATES.least * RATES.places, max: RATES.most * RATES.places, step: 1});
  field.setAttribute("aria-valuemin", "0");
  field.addEventListener("input", () => training().typed(field.value));
  field.addEventListener("keydown", (event) => {
    const steps = {ArrowUp: 1, ArrowDown: -1}[event.key];
    if (!steps) return;
    event.preventDefault();
    training().turn(steps);
  });
  slider.addEventListener("input", () => training().slid(Number(slider.value)));
  const phone = matchMedia("(max-width: 48rem) and (min-height: 34.01rem)"); // as stepper.css has it
  const settle = () => by(phone.matches ? "controls" : "consequence").after(by("train-buttons")); // in sight of the picture
  phone.addEventListener("change", settle);
  settle();
  by("one-step").addEventListener("click", () => training().take(1));
  by("ten-steps").addEventListener("click", () => training().take(10));
  by("run").addEventListener("click", () => training().run());
  by("train-reset").addEventListener("click", () => training().reset());
  by("way-back").addEventListener("click", () => training().comeBack());
}
