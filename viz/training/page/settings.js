// What the reader chooses: the optimiser with its settings, the batch, the seed, how fast steps are taken.

class Settings {
  constructor() {
    const {optimizer, batch, seed} = page.facts;
    this.kind = optimizer.kind;
    this.values = {...optimizer.settings};
    this.batchSize = batch;
    this.all = batch >= page.facts.rows.length;
    this.seed = seed;
    byId("optimizer").replaceChildren(...Object.keys(page.facts.formulas).map((kind) => make("option", {value: kind}, kind)));
    byId("optimizer").value = this.kind;
    byId("optimizer").addEventListener("change", () => this.other(byId("optimizer").value));
    this.number(byId("rate"), () => this.values.lr, (x) => this.change({lr: x}), (x) => x >= 0, "rate_rule");
    this.number(byId("batch"), () => Math.min(this.batchSize, page.rows.length), (x) => this.batch(x),
      (x) => Number.isInteger(x) && x >= 1, "batch_rule");
    this.number(byId("seed"), () => this.seed, (x) => this.reseed(x),
      (x) => Number.isInteger(x) && x >= 0 && x <= Number.MAX_SAFE_INTEGER, "seed_rule");
    byId("pace").addEventListener("change", () => page.send({do: "pace", rate: Number(byId("pace").value)}));
    this.show();
  }

  // A field for a number: what cannot be is said, and what was there before stays.
  number(field, get, set, allowed, rule, fields = () => ({})) {
    const show = () => { field.value = String(get()); field.removeAttribute("aria-invalid"); };
    const take = () => {
      const x = read(field.value, page.lang);
      if (!Number.isFinite(x) || !allowed(x)) {
        field.setAttribute("aria-invalid", "true");
        return page.say(word(rule, {...fields(), typed: field.value, kept: write(get(), 6)}), true);
      }
      field.removeAttribute("aria-invalid");
      page.say("");
      set(x);
      return show();
    };
    field.addEventListener("change", take);
    field.addEventListener("blur", () => { if (field.hasAttribute("aria-invalid")) show(); });
    show();
    return show;
  }

  // What an optimiser begins with when it is chosen: the settings that were handed in, or its own; SGD keeps the rate.
  first(kind, lr) {
    const given = page.original.optimizer;
    if (kind === given.kind) return {...given.settings};
    return {...OPTIMIZERS[kind].settings, ...(kind === "SGD" ? {lr} : {})};
  }

  other(kind) {
    this.kind = kind;
    this.values = this.first(kind, this.values.lr);
    page.send({do: "choose", kind, settings: this.values});
    byId("rate").value = String(this.values.lr);
    this.show();
  }

  change(values) {
    const changed = {...this.values, ...values};
    if (!OPTIMIZERS[this.kind].allowed(changed)) {
      this.show();
      return page.say(word("not_together", {names: Object.keys(values).join(", ")}), true);
    }
    this.values = changed;
    page.send({do: "choose", kind: this.kind, settings: changed});
    page.send({do: "mend"});
    return this.show();
  }

  // Whether a setting by itself may have this value.
  inside(name, x) {
    if (typeof this.values[name] === "boolean") return typeof x === "boolean";
    const [low, high, above, below] = page.facts.ranges[this.kind][name];
    return Number.isFinite(x) && (low === null || (above ? x > low : x >= low)) && (high === null || (below ? x < high : x <= high));
  }

  batch(size) {
    this.all = size >= page.rows.length; // then it stays so when samples are added
    this.batchSize = Math.min(size, page.rows.length);
    if (size > page.rows.length) page.say(word("batch_all", {n: page.rows.length}));
    page.send({do: "batch", size: this.batchSize});
  }

  reseed(seed) {
    this.seed = seed;
    if (page.original.mlp) page.layers.rebuild(); // the weights are drawn by it too
    else page.reset();
  }

  // After samples were added or taken away.
  counted() {
    if (this.all || this.batchSize > page.rows.length) this.batchSize = Math.max(1, page.rows.length);
    byId("batch").value = String(this.batchSize);
    page.send({do: "batch", size: this.batchSize});
  }

  // The settings of this optimiser but the learning rate, and its formulas.
  show() {
    const ranges = page.facts.ranges[this.kind];
    byId("settings").replaceChildren(...Object.entries(this.values).filter(([name]) => name !== "lr").map(([name, value]) => {
      const field = make("input", typeof value === "boolean" ? {type: "checkbox", id: `set-${name}`}
        : {type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", id: `set-${name}`});
      if (typeof value === "boolean") {
        field.checked = value;
        field.addEventListener("change", () => this.change({[name]: field.checked}));
      } else {
        const [low, high] = ranges[name];
        this.number(field, () => this.values[name], (x) => this.change({[name]: x}), (x) => this.inside(name, x), "setting_rule",
          () => ({name, low: low ?? "−∞", high: high ?? "∞"}));
      }
      return make("label", {for: `set-${name}`}, make("span", {}, name), field);
    }));
    const holds = OPTIMIZERS[this.kind].holds(this.values);
    tell(byId("formulas"), page.facts.formulas[this.kind][holds]);
  }
}
