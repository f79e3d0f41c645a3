// The network as the reader has it: hidden layers, activation, dropout, and what is added to the loss.

class Layers {
  constructor() {
    const {mlp, activations} = page.original;
    byId("layers").hidden = !mlp;
    byId("penalty").replaceChildren(make("option", {value: "", "data-word": "none"}),
      ...Object.keys(page.original.penalties).map((name) => make("option", {value: name}, name)));
    byId("penalty").addEventListener("change", () => this.penalise());
    page.settings.number(byId("strength"), () => this.strength, (x) => { this.strength = x; this.penalise(); }, (x) => x >= 0, "strength_rule");
    if (!mlp) return;
    this.hidden = mlp.sizes.slice(1, -1);
    this.activation = mlp.activation;
    this.weights = `${mlp.sizes.join()} ${page.original.seed}`;
    byId("activation").replaceChildren(...Object.keys(activations).filter((name) => name !== "input")
      .map((name) => make("option", {value: name}, activations[name].label.en)));
    byId("activation").value = this.activation;
    byId("activation").addEventListener("change", () => { this.activation = byId("activation").value; this.rebuild(); });
    page.settings.number(byId("dropout"), () => this.dropout, (x) => { this.dropout = x; this.rebuild(); }, (x) => x >= 0 && x < 1, "dropout_rule");
    byId("hidden").value = this.hidden.join("-");
    byId("hidden").addEventListener("change", () => this.read());
    byId("hidden").addEventListener("blur", () => {
      if (!byId("hidden").hasAttribute("aria-invalid")) return;
      byId("hidden").value = this.hidden.join("-");
      byId("hidden").removeAttribute("aria-invalid");
    });
  }

  dropout = 0;
  strength = 0.001;

  penalise() {
    page.send({do: "penalty", name: byId("penalty").value, strength: this.strength});
  }

  get sizes() {
    const {sizes} = page.original.mlp;
    return [sizes[0], ...this.hidden, sizes.at(-1)];
  }

  // "16-16", or nothing for no hidden layer.
  read() {
    const field = byId("hidden"), parts = field.value.trim() ? field.value.trim().split(/[\s,;×-]+/).map(Number) : [];
    const before = this.hidden;
    this.hidden = parts;
    const count = this.sizes.slice(1).reduce((sum, n, k) => sum + n * (this.sizes[k] + 1), 0);
    if (parts.length > 6 || parts.some((n) => !Number.isInteger(n) || n < 1 || n > 32) || count > page.original.maxParameters) {
      this.hidden = before;
      field.setAttribute("aria-invalid", "true");
      return page.say(word("hidden_rule", {typed: field.value, kept: before.join("-") || "–", most: thousands(page.original.maxParameters)}), true);
    }
    field.removeAttribute("aria-invalid");
    field.value = parts.join("-");
    page.say("");
    return this.rebuild();
  }

  // The model that was handed in where nothing of it is changed, and otherwise one with the weights of the seed.
  rebuild() {
    const {original} = page, {mlp} = original, {seed} = page.settings;
    const weights = `${this.sizes.join()} ${seed}`, goesOn = page.steps > 0 && weights === this.weights;
    const anew = page.steps > 0 && !goesOn;
    this.weights = weights;
    const same = this.sizes.join() === mlp.sizes.join() && this.activation === mlp.activation && this.dropout === 0 && seed === original.seed;
    page.facts = same ? original : rebuilt(original, {sizes: this.sizes, activation: this.activation, dropout: this.dropout, seed});
    page.facts.netNumber = page.networks = (page.networks ?? 0) + 1;
    page.last = null;
    if (goesOn) page.send({do: "network", facts: page.facts});
    else {
      page.send({do: "reset", seed, facts: page.facts});
      page.steps = 0;
      page.curve.clear();
      page.say(anew ? word("anew") : "");
    }
    page.said = "";
    byId("remarks").replaceChildren();
    translate();
    layOut();
    page.pick(page.table.first);
  }
}
