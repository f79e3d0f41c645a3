// The parameters of the chosen circle with their gradients and what the optimiser remembers of them, as a table.

class Parameters {
  constructor(table, select) {
    this.table = table;
    this.select = select;
    select.addEventListener("change", () => page.pick(Number(select.value)));
  }

  // The circles that have parameters, to choose from.
  circles({units}) {
    this.units = units;
    const options = units.map((unit, k) => [unit, k]).filter(([unit]) => this.placesOf(unit).length);
    this.select.replaceChildren(...options.map(([unit, k]) => make("option", {value: k}, unit.name)));
    this.first = options.length ? options[0][1] : 0;
  }

  // The weights of the lines that lead to a circle, and its biases.
  placesOf(unit) {
    const leading = page.diagram.lines.filter(({place, column, line, to}) => place >= 0 && to === unit);
    return [...new Set([...leading.map(({place}) => place), ...unit.biases])];
  }

  update({parameters, gradient, memory, letters, batch}) {
    const unit = this.units[page.picked], places = this.placesOf(unit);
    if (this.select.value !== String(page.picked)) this.select.value = String(page.picked);
    const key = [page.facts.netNumber, page.picked, letters.join(), page.lang].join(" ");
    if (key !== this.key) {
      this.key = key;
      const head = ["parameter", "value", "gradient"].map((name) => make("th", {scope: "col"}, word(name)));
      const kept = letters.map((letter) => make("th", {scope: "col"}, letter));
      this.cells = places.map(() => Array.from({length: 2 + letters.length}, () => make("td")));
      this.table.replaceChildren(make("thead", {}, make("tr", {}, ...head, ...kept)), make("tbody", {},
        ...places.map((place, row) => make("tr", {}, make("th", {scope: "row"}, page.facts.net.names[place]), ...this.cells[row]))));
    }
    places.forEach((place, row) => {
      const known = batch.length > 0;
      [parameters[place], known ? gradient[place] : null, ...memory.map((kept) => kept[place])]
        .forEach((x, k) => tell(this.cells[row][k], x === null ? "" : write(x, 3)));
    });
  }
}
