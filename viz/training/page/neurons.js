// A walk over the neurons, of a network that the reader has put together: what each computes of one sample, the loss, and
// the gradients back.  It needs no picture from Python: the diagram shows how far it has come.

const MOST_TERMS = 4; // of a sum that are written out
const ENDING = new Set(["run", "steps", "reset", "back", "data", "look", "choose", "penalty"]); // what changes its numbers

class NeuronWalk {
  // `told`: the parameters and what they make of the chosen sample, as the computing half says.
  constructor({parameters, look}) {
    Object.assign(this, {parameters, look, step: 0, before: page.circles});
    const {units, lines} = page.diagram, hidden = units.filter(({column}) => column > 0);
    this.into = new Map(units.map((unit) => [unit, lines.filter(({to}) => to === unit)]));
    this.outOf = new Map(units.map((unit) => [unit, lines.filter(({from}) => from === unit)]));
    this.sums = new Map(hidden.map((unit) => [unit, this.sumOf(unit)]));
    const back = [...hidden].sort((a, b) => b.column - a.column || a.row - b.row);
    this.frames = [{way: ""}, ...hidden.map((unit) => ({way: "forward", unit})), {way: "loss"},
      ...back.map((unit) => ({way: "backward", unit})), {way: "end"}];
    this.show();
    byId("walk-next").focus();
  }

  get frame() {
    return this.frames[this.step];
  }

  value(unit) { return this.look.values[unit.output]; }
  gradient(unit) { return this.look.gradients[unit.output]; }

  // b + w₁ x₁ + w₂ x₂, in this order, as the engine adds.
  sumOf(unit) {
    let sum = 0;
    for (const place of unit.biases) sum += this.parameters[place];
    for (const {place, from} of this.into.get(unit)) sum += this.parameters[place] * this.value(from);
    return sum;
  }

  // The slope of its activation where it stands; that of an output is 1.
  slope(unit) {
    if (!unit.activation) return 1;
    const {constant} = page.original.activations[unit.activation];
    return ROWS[unit.activation].partials(this.sums.get(unit), constant ?? undefined, this.value(unit))[0];
  }

  // ∂L/∂z
  delta(unit) {
    const slope = this.slope(unit), gradient = this.gradient(unit);
    return gradient === 0 ? 0 : gradient * slope;
  }

  // Whether the diagram has a number for it yet, and whether this step is about it.
  knows(unit) {
    const {way} = this.frame, done = (which) => this.frames.slice(0, this.step + 1).some((frame) => frame.way === which && frame.unit === unit);
    return way === "backward" || way === "end" ? unit.column > 0 && done("backward") : unit.column === 0 || done("forward");
  }

  isActive(unit) { return this.frame.unit === unit; }

  lights({from, to}) {
    const {way, unit} = this.frame;
    return way === "forward" ? to === unit : way === "backward" && from === unit;
  }

  // ---------------------------------------------------------------- what is said

  caption() {
    const {way, unit} = this.frame, row = page.rows[this.look.sample], n = this.look.sample + 1;
    if (way === "forward") return this.forward(unit);
    if (way === "backward") return this.backward(unit);
    if (way === "") return [toldOf(row, this.look.sample), word("walk_start")];
    if (way === "end") return [word("walk_done", {n})];
    const outputs = page.diagram.units.filter(({role}) => role === "output"), targets = row.slice(page.facts.inputs);
    const given = [...outputs.map((one) => `${one.name} = ${shown(this.value(one))}`), `y = ${targets.map(shown).join(", ")}`];
    return [`L = ${page.facts.lossName}(${given.join(", ")}) = ${shown(this.look.loss)}`,
      ...outputs.map((one) => `${gradientOf(one.name)} = ${shown(this.gradient(one))}`)];
  }

  forward(unit) {
    const {names} = page.facts.net, weights = this.into.get(unit), {biases, activation} = unit;
    const symbols = [...biases.map((place) => names[place]), ...weights.map(({place, from}) => `${names[place]} · ${from.name}`)];
    const numbers = [...biases.map((place) => factor(this.parameters[place])),
      ...weights.map(({place, from}) => `${factor(this.parameters[place])} · ${factor(this.value(from))}`)];
    const z = sumName(unit), lines = [`${z} = ${added(symbols)}`, `= ${added(numbers)} = ${shown(this.sums.get(unit))}`];
    return activation ? [...lines, `${unit.name} = ${nameOf(activation)}(${z}) = ${shown(this.value(unit))}`] : lines;
  }

  backward(unit) {
    const {names} = page.facts.net, later = this.outOf.get(unit), lines = [], {activation} = unit;
    const gradient = shown(this.gradient(unit)), z = sumName(unit), own = gradientOf(unit.name);
    if (later.length) {
      lines.push(`${own} = ${added(later.map(({place, to}) => `${names[place]} · ${gradientOf(sumName(to))}`))}`,
        `= ${added(later.map(({place, to}) => `${factor(this.parameters[place])} · ${factor(this.delta(to))}`))} = ${gradient}`);
    } else lines.push(`${own} = ${gradient}`);
    if (activation) {
      lines.push(`${gradientOf(z)} = ${own} · ${nameOf(activation)}′(${z}) = ${factor(this.gradient(unit))} · `
        + `${factor(this.slope(unit))} = ${shown(this.delta(unit))}`);
    }
    const delta = this.delta(unit), weights = this.into.get(unit).map(({place, from}) =>
      `${gradientOf(names[place])} = ${gradientOf(z)} · ${from.name} = ${shown(delta * this.value(from))}`);
    return [...lines, ...shortened([...weights, ...unit.biases.map((place) => `${gradientOf(names[place])} = ${shown(delta)}`)])];
  }

  // ---------------------------------------------------------------- how it is shown

  go(step) {
    this.step = Math.min(Math.max(step, 0), this.frames.length - 1);
    this.show();
  }

  show() {
    const {way, unit} = this.frame, last = this.frames.length - 1;
    if (unit) page.pick(page.diagram.units.indexOf(unit)); // its parameters stand in the table
    page.circles = way === "backward" || way === "end" ? "gradients" : "values";
    byId("neurons").hidden = false;
    tell(byId("walk-phase"), word(`walk_${way || "begin"}`));
    byId("walk-caption").replaceChildren(...this.caption().map((line) => make("p", {}, line)));
    tell(byId("walk-count"), word("walk_count", {step: this.step, last}));
    byId("walk-back").disabled = this.step === 0;
    byId("walk-next").disabled = this.step === last;
    page.dirty = true;
  }

  close() {
    [page.walk, page.circles, page.dirty] = [null, this.before, true];
    byId("neurons").hidden = true;
  }
}

const gradientOf = (name) => `∂L/∂${name}`;
const sumName = ({name, activation}) => activation ? name.replace(/^h/, "z") : name;
const nameOf = (activation) => page.original.activations[activation].label[page.lang];
const factor = (x) => x < 0 ? `(${shown(x)})` : shown(x);
const shortened = (terms) => terms.length > MOST_TERMS ? [...terms.slice(0, MOST_TERMS - 1), "…", terms.at(-1)] : terms;
const added = (terms) => shortened(terms).join(" + ");

function listenToWalk() {
  byId("walk-next").addEventListener("click", () => page.walk?.go(page.walk.step + 1));
  byId("walk-back").addEventListener("click", () => page.walk?.go(page.walk.step - 1));
  byId("walk-close").addEventListener("click", () => { page.walk?.close(); byId("walk").focus(); });
  byId("neurons").addEventListener("keydown", (event) => {
    const act = {ArrowRight: () => page.walk.go(page.walk.step + 1), ArrowLeft: () => page.walk.go(page.walk.step - 1),
      Escape: () => byId("walk-close").click()}[event.key];
    if (!act || !page.walk) return;
    event.preventDefault();
    act();
  });
}
