// The samples as the reader has them: another data set, and samples added, moved and taken away, by hand or keys.

const MOVE = 0.02; // of the window, with Alt and an arrow key

class Samples {
  constructor() {
    const {dataSets, classes} = page.facts;
    this.begin(page.rows);
    byId("dataset").replaceChildren(make("option", {value: "", "data-word": "given"}),
      ...Object.keys(dataSets).map((name) => make("option", {value: name}, name)));
    byId("dataset").addEventListener("change", () => this.choose(byId("dataset").value));
    byId("kind").replaceChildren(...classes.map((target, k) => make("option", {value: k}, write(target, 3))));
    byId("kind").parentElement.hidden = classes.length < 2;
    byId("edit").addEventListener("click", () => this.edit(!this.editing));
    byId("add").addEventListener("click", () => {
      const place = this.add((page.plane.x[0] + page.plane.x[1]) / 2, (page.plane.y[0] + page.plane.y[1]) / 2);
      if (place !== null) page.plane.marks.children[place].focus();
    });
    byId("remove").addEventListener("click", () => this.remove(page.sample));
    this.edit(false);
  }

  edit(editing) {
    this.editing = editing;
    put(byId("edit"), "aria-pressed", editing);
    byId("samples").classList.toggle("editing", editing);
    byId("editing").hidden = !editing;
  }

  // The samples that are changed from here on.
  begin(rows) {
    this.base = rows;
    this.origin = new WeakMap(rows.map((row, k) => [row, k]));
  }

  // What was changed of the data set: [n, x, y] of samples moved, [n] of those removed, and [x, y, class] of those
  // added, where n, from 1, is a sample's place in the data set.
  edits() {
    const {origin, base} = this, there = new Set(page.rows.map((row) => origin.get(row)));
    const places = page.rows.map((row) => [origin.get(row), row]);
    return [
      places.filter(([k, row]) => k !== undefined && row !== base[k]).map(([k, [x, y]]) => [k + 1, x, y]),
      base.map((_, k) => [k + 1]).filter(([n]) => !there.has(n - 1)),
      places.filter(([k]) => k === undefined).map(([, row]) => [row[0], row[1], kindOf(row)]),
    ];
  }

  // The way back; false, and nothing is changed, where these cannot be changes of this data set.
  follow(moved, removed, added) {
    const {base} = this, {classes, maxSamples} = page.facts, gone = new Set(removed.map(([n]) => n - 1));
    const isPlace = (n) => Number.isInteger(n) && n >= 1 && n <= base.length, isPoint = (x, y) => Number.isFinite(x) && Number.isFinite(y);
    if (!moved.every(([n, x, y]) => isPlace(n) && isPoint(x, y)) || !removed.every(([n]) => isPlace(n))) return false;
    if (!added.every(([x, y, kind]) => isPoint(x, y) && Number.isInteger(kind) && kind >= 0 && kind < Math.max(1, classes.length))) return false;
    const rows = [...base];
    for (const [n, x, y] of moved) this.origin.set(rows[n - 1] = rowOf([x, y], base[n - 1].slice(page.facts.inputs)), n - 1);
    const others = added.map(([x, y, kind]) => rowOf([x, y], this.targetsOf(kind)));
    if (rows.length - gone.size + others.length > maxSamples) return false;
    page.setRows([...rows.filter((_, k) => !gone.has(k)), ...others]);
    page.plane.marked(page.rows);
    return true;
  }

  choose(name) {
    this.begin(name ? page.facts.dataSets[name] : page.original.rows);
    page.setRows(this.base);
    page.plane?.data(page.rows);
    page.send({do: "view", points: page.plane.points});
    page.reset();
  }

  // Listens to the plane, which is built anew in another language.
  on(plane) {
    const {svg, marks} = plane;
    const there = (event) => {
      const box = svg.getBoundingClientRect();
      return plane.from((event.clientX - box.left) / box.width * PLOT, (event.clientY - box.top) / box.height * PLOT);
    };
    let held = null;
    svg.addEventListener("pointerdown", (event) => {
      if (!this.editing || event.button) return;
      const mark = event.target.closest?.(".sample"), place = mark ? [...marks.children].indexOf(mark) : this.add(...there(event));
      if (place === null) return;
      event.preventDefault();
      held = place;
      svg.setPointerCapture(event.pointerId);
      marks.children[place].focus();
    });
    svg.addEventListener("pointermove", (event) => { if (held !== null) this.move(held, ...there(event)); });
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { held = null; });
    svg.addEventListener("keydown", (event) => {
      const place = [...marks.children].indexOf(document.activeElement);
      if (!this.editing || place < 0) return;
      const [across, down] = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key] ?? [0, 0];
      if (event.altKey && (across || down)) {
        const [x, y] = plane.placeOf(page.rows[place]), wide = plane.x[1] - plane.x[0], high = plane.y[1] - plane.y[0];
        this.move(place, x + MOVE * wide * across, y + MOVE * high * down);
        marks.children[place].focus();
      } else if (event.key === "Delete" || event.key === "Backspace") this.remove(place);
      else return;
      event.preventDefault();
    });
  }

  // A sample at a place: its inputs and, over a single input, its target; otherwise that of the chosen class.
  rowAt(x, y, targets) {
    const inside = ([low, high], number) => Math.min(high, Math.max(low, Number(number.toPrecision(4))));
    return rowOf([inside(page.plane.x, x), inside(page.plane.y, y)], targets);
  }

  targetsOf(kind) {
    const {classes, predictions, threshold} = page.facts;
    if (predictions > 1 && classes.length) return Array.from({length: page.original.targets}, (_, j) => Number(j === kind));
    return [classes.length ? classes[kind] : threshold];
  }

  add(x, y) {
    const {maxSamples} = page.facts;
    if (page.rows.length >= maxSamples) {
      page.say(word("too_many", {n: thousands(maxSamples)}), true);
      return null;
    }
    page.setRows([...page.rows, this.rowAt(x, y, this.targetsOf(Number(byId("kind").value || 0)))]);
    page.plane.marked(page.rows);
    page.lookAt(page.rows.length - 1);
    return page.rows.length - 1;
  }

  move(place, x, y) {
    const rows = [...page.rows];
    const before = rows[place], origin = this.origin.get(before);
    rows[place] = this.rowAt(x, y, before.slice(page.facts.inputs));
    if (origin !== undefined) this.origin.set(rows[place], origin);
    page.setRows(rows);
    page.plane.moved(rows, place);
  }

  remove(place) {
    if (!page.rows.length) return;
    page.setRows(page.rows.filter((_, k) => k !== place));
    page.plane.marked(page.rows);
    const next = Math.min(place, page.rows.length - 1);
    page.looked = false;
    if (next >= 0) {
      page.lookAt(next);
      page.plane.marks.children[next].focus();
    }
  }
}

// A sample of two inputs, or of one and its target.
const rowOf = (point, targets) => page.facts.inputs === 2 ? [...point, ...targets] : point;
