// A training: batches as they are drawn, the loss and its gradient, a step of the optimiser.  It knows no browser.

const DIVERGED = 100; // times the first loss: as `microgrid.train.fit` warns

class Training {
  // What `viz/training/facts.py` says of the model, its data and its optimiser.
  constructor(facts) {
    this.facts = facts;
    this.build(facts);
    this.rows = facts.rows;
    this.seed = facts.seed;
    this.penalty = {name: "", strength: 0};
    this.batchSize = facts.batch;
    this.choose(facts.optimizer.kind, facts.optimizer.settings);
    this.start = Float64Array.from(facts.parameters, Number);
    this.reset();
  }

  build({model, loss, dropped, normal, inputs, predictions, reduce}) {
    Object.assign(this, {dropped, normal, inputs, predictions, reduce});
    this.passes = {};
    this.make = () => ({model: new Tape(model), loss: new Tape(loss)});
  }

  // A pass over samples of its own: "train", "look", "all" and "plane" do not disturb each other.
  pass(name) {
    return this.passes[name] ??= this.make();
  }

  choose(kind, settings) {
    const before = this.variant?.memory ?? [], kept = this.memory ?? [];
    this.kind = kind;
    this.settings = {...settings};
    const other = OPTIMIZERS[kind].variant(this.settings);
    if (this.parameters) { // what both remember stays, as in Python where a setting changes
      const starts = other.starts(this.settings), same = this.keeps;
      this.memory = other.memory.map((letter, j) => {
        const place = same === kind ? before.indexOf(letter) : -1;
        return place < 0 ? new Float64Array(this.parameters.length).fill(starts[j]) : kept[place];
      });
      if (same !== kind) this.taken = 0;
    }
    this.keeps = kind;
    this.variant = other;
  }

  // The same training goes on with another network of as many parameters: another activation, or dropout.
  goOn(facts) {
    this.facts = facts;
    this.build(facts);
    this.start = Float64Array.from(facts.parameters, Number);
    this.fault = this.best = this.firstLoss = null;
  }

  reset() {
    this.parameters = Float64Array.from(this.start);
    this.gradient = new Float64Array(this.start.length);
    this.steps = this.epoch = 0;
    this.fault = this.best = this.firstLoss = null;
    this.batch = [];
    this.queue = [];
    this.mixed = false;
    this.running = Float64Array.from([...this.normal.map(({mean}) => mean), ...this.normal.map(({variance}) => variance)]);
    this.twister = new Twister(this.seed);
    const {kind, memory, steps} = this.facts.optimizer, kept = kind === this.kind && memory;
    this.taken = kept ? steps : 0; // of the optimiser, which may have been at work before
    const starts = this.variant.starts(this.settings);
    this.memory = this.variant.memory.map((letter, j) =>
      kept && memory[letter] ? Float64Array.from(memory[letter], Number) : new Float64Array(this.start.length).fill(starts[j]));
  }

  // After anything was chosen anew: before the first step as if it had been so from the start; later on, settings and
  // the count of steps alone do not tell any more how the parameters came about.
  changed() {
    if (this.steps) this.mixed = true;
    else this.reset();
  }

  // ---------------------------------------------------------------- batches

  // The samples of the next step: all in their order, or some, drawn without replacement anew in each epoch.
  draw() {
    const count = this.rows.length;
    if (this.batchSize >= count) {
      this.epoch++;
      return Array.from({length: count}, (_, k) => k);
    }
    if (!this.queue.length) {
      this.queue = this.twister.order(count);
      this.epoch++;
    }
    return this.queue.splice(0, this.batchSize);
  }

  // The inputs of a pass: samples, and beside training masks of dropouts that are all 1, and running statistics.
  fill(pass, samples, drawing) {
    const {model, loss} = pass, {inputs, predictions, rows, dropped} = this;
    model.hold(samples.length);
    loss.hold(samples.length);
    for (let j = 0; j < inputs; j++) model.row(j).forEach((_, s, row) => { row[s] = rows[samples[s]][j]; });
    if (!drawing) this.rest(model);
    for (let s = 0; s < samples.length; s++) {
      for (let j = 0; j < dropped.length; j++) {
        if (drawing) model.row(inputs + j)[s] = this.twister.random() >= dropped[j] ? 1 / (1 - dropped[j]) : 0;
      }
      for (let j = inputs; j < rows[samples[s]].length; j++) loss.row(predictions + j - inputs)[s] = rows[samples[s]][j];
    }
  }

  rest(model) {
    const {inputs, dropped, running} = this;
    for (let j = 0; j < dropped.length; j++) model.row(inputs + j).fill(1);
    running.forEach((number, j) => model.row(inputs + dropped.length + j).fill(number));
  }

  // ---------------------------------------------------------------- loss and gradient

  forward(pass, drawing = false) {
    const {model, loss} = pass;
    model.forward(this.parameters, drawing);
    for (let j = 0; j < this.predictions; j++) loss.row(j).set(model.output(j));
    loss.forward([]);
    let total = 0;
    const each = loss.output(0);
    for (let s = 0; s < each.length; s++) total += each[s];
    return this.reduce === "mean" ? total / each.length : total;
  }

  backward(pass, ofInputs = false) {
    const {model, loss} = pass, ones = new Float64Array(loss.count).fill(1);
    loss.clear();
    model.clear();
    loss.seed(0, ones);
    loss.backward(true);
    for (let j = 0; j < this.predictions; j++) model.seed(j, loss.adjoint(j));
    model.backward(ofInputs);
    return model.gU;
  }

  // The loss of a batch and, in `gradient`, what it changes by with each parameter.
  differentiate(samples) {
    const pass = this.pass("train");
    this.fill(pass, samples, true);
    const value = this.forward(pass, true), adjoints = this.backward(pass);
    const share = this.reduce === "mean" ? samples.length : 1;
    for (let i = 0; i < this.gradient.length; i++) this.gradient[i] = adjoints[i] / share;
    return value + this.penalise();
  }

  // The running statistics move towards those of the batch, the variance divided by one sample less, as Python's do.
  absorb(count) {
    const {model} = this.pass("train"), first = this.inputs + this.dropped.length, {length} = this.normal;
    this.running = this.running.map((old, j) => {
      const {momentum} = this.normal[j % length], [own] = model.row(first + j);
      return (1 - momentum) * old + momentum * (j < length ? own : own * (count / (count - 1)));
    });
  }

  // What a penalty adds to the loss, and to the gradient: that of each parameter by itself, times its strength.
  penalise() {
    const {name, strength} = this.penalty, count = this.parameters.length;
    if (!name || !strength) return 0;
    const tape = this.passes[name] ??= new Tape(this.facts.penalties[name]);
    tape.hold(count);
    tape.row(0).set(this.parameters);
    tape.forward([]);
    tape.clear();
    tape.seed(0, new Float64Array(count).fill(strength));
    tape.backward(true);
    const slopes = tape.adjoint(0), each = tape.output(0);
    let total = 0;
    for (let i = 0; i < count; i++) {
      total += each[i];
      this.gradient[i] += slopes[i];
    }
    return strength * total;
  }

  // ---------------------------------------------------------------- steps

  // One step; false, and nothing has changed, where a number would not be finite: `fault` says which.
  step() {
    if (this.fault || !this.rows.length) return false;
    const samples = this.draw();
    if (this.normal.length && samples.length < 2) return this.stop({what: "batch", value: samples.length});
    const loss = this.differentiate(samples);
    this.batch = samples;
    if (!Number.isFinite(loss)) return this.stop({what: "loss", value: loss, loss});
    const bad = this.gradient.findIndex((g) => !Number.isFinite(g));
    if (bad >= 0) return this.stop({what: "gradient", place: bad, value: this.gradient[bad], loss});
    this.firstLoss ??= loss;
    if (!this.best || loss < this.best.loss) this.best = {...this.state(), loss};
    const x = new Float64Array(this.parameters.length), kept = this.memory.map(() => new Float64Array(x.length));
    this.variant.step(this.taken + 1, this.settings, this.parameters, this.gradient, this.memory, x, kept);
    for (const [j, row] of [x, ...kept].entries()) {
      const place = row.findIndex((number) => !Number.isFinite(number));
      if (place >= 0) return this.stop({what: j ? this.variant.memory[j - 1] : "parameter", place, value: row[place], loss});
    }
    [this.parameters, this.memory] = [x, kept];
    this.absorb(samples.length);
    this.steps++;
    this.taken++;
    this.loss = loss;
    return true;
  }

  stop(fault) {
    this.fault = {...fault, step: this.steps + 1, lr: this.settings.lr, best: this.best?.steps ?? null};
    return false;
  }

  get diverged() {
    return this.firstLoss > 0 && this.loss > DIVERGED * this.firstLoss;
  }

  state() {
    return {parameters: Float64Array.from(this.parameters), running: this.running, memory: this.memory.map((row) => Float64Array.from(row)),
      steps: this.steps, taken: this.taken, epoch: this.epoch, letters: [...this.variant.memory], kind: this.kind};
  }

  // Back to where the loss was lowest.
  goBack() {
    const {best} = this;
    this.fault = null;
    if (!best) return this.reset();
    [this.parameters, this.running] = [Float64Array.from(best.parameters), best.running];
    const fits = best.kind === this.kind && best.letters.join() === this.variant.memory.join();
    this.memory = fits ? best.memory.map((row) => Float64Array.from(row)) : this.variant.starts(this.settings)
      .map((start) => new Float64Array(this.parameters.length).fill(start));
    Object.assign(this, {steps: best.steps, epoch: best.epoch, loss: best.loss, taken: fits ? best.taken : 0, queue: []});
    return undefined;
  }

  // ---------------------------------------------------------------- looking at it

  // The mean loss of all samples, as no dropout drops: what the page calls the loss of the data.
  evaluate() {
    if (!this.rows.length) return NaN;
    const pass = this.pass("all");
    this.fill(pass, this.rows.map((_, k) => k), false);
    return this.forward(pass);
  }

  // What each circle holds for one sample, and how the loss of this sample changes with it.
  look(sample) {
    const pass = this.pass("look");
    this.fill(pass, [sample], false);
    const loss = this.forward(pass);
    this.backward(pass, true);
    const read = (memories, lane, slot) => memories[lane ? 1 : 0][slot * (lane ? pass.model.width : 1)];
    const {U, V, gU, gV} = pass.model;
    return {
      loss, sample,
      values: pass.model.outputs.map(([lane, slot]) => read([U, V], lane, slot)),
      gradients: pass.model.outputs.map(([lane, slot]) => read([gU, gV], lane, slot)),
    };
  }

  // What a circle's activation lets through over all samples, after `evaluate`: "dead" where its slope is 0 for each,
  // "saturated" where it is below a hundredth for nine of ten, "" otherwise and where nothing is bent.
  states() {
    if (!this.rows.length) return [];
    const {model} = this.pass("all"), {count, width} = model;
    this.bends ??= this.facts.model.outputs.map(([lane, slot]) => lane ? model.maker(slot) : null);
    return this.bends.map((made) => {
      if (!made) return "";
      const {row, operands, place} = made, [x, y] = operands.map((one) => [one.lane ? model.V : model.U,
        one.at(0, place) * (one.lane ? width : 1), one.lane]), to = made.slot * width;
      let flat = 0, small = 0;
      for (let s = 0; s < count; s++) {
        const second = y ? y[0][y[1] + (y[2] ? s : 0)] : undefined;
        const slope = Math.abs(row.partials(x[0][x[1] + (x[2] ? s : 0)], second, model.V[to + s])[0]);
        if (slope === 0) flat++;
        if (slope < 0.01) small++;
      }
      return flat === count ? "dead" : small >= 0.9 * count && flat < 0.5 * count ? "saturated" : "";
    });
  }

  // The root mean square of the gradient in each layer's weights, by the columns that they lead to.
  norms() {
    const sums = new Map();
    for (const [, , column, , place] of this.facts.net.links) {
      if (place < 0) continue;
      const [total, count] = sums.get(column) ?? [0, 0];
      sums.set(column, [total + this.gradient[place] ** 2, count + 1]);
    }
    return [...sums].map(([column, [total, count]]) => [column, Math.sqrt(total / count)]);
  }

  // All outputs, predictions first and then circles, at points of the input plane.
  at(points) {
    const {model} = this.pass("plane"), count = points.length / this.inputs;
    model.hold(count);
    for (let j = 0; j < this.inputs; j++) model.row(j).forEach((_, s, row) => { row[s] = points[s * this.inputs + j]; });
    this.rest(model);
    model.forward(this.parameters);
    return model.outputs.map((_, k) => new Float32Array(model.output(k)));
  }
}
