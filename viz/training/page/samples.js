// The samples as the reader has them: another data set, and samples added, moved and taken away, by hand or keys.

const MOVE = 0.02; // of the window, with Alt and an arrow key

class Samples {
  constructor() {
    const {dataSets, classes} = page.facts;
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

  choose(name) {
    page.setRows(name ? page.facts.dataSets[name] : page.original.rows);
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
    const at = [inside(page.plane.x, x), inside(page.plane.y, y)];
    return page.facts.inputs === 2 ? [...at, ...targets] : at;
  }

  add(x, y) {
    const {classes, predictions, maxSamples, threshold} = page.facts, kind = Number(byId("kind").value || 0);
    if (page.rows.length >= maxSamples) {
      page.say(word("too_many", {n: thousands(maxSamples)}), true);
      return null;
    }
    const targets = predictions > 1 && classes.length ? Array.from({length: page.original.targets}, (_, j) => Number(j === kind))
      : [classes.length ? classes[kind] : threshold];
    page.setRows([...page.rows, this.rowAt(x, y, targets)]);
    page.plane.marked(page.rows);
    page.lookAt(page.rows.length - 1);
    return page.rows.length - 1;
  }

  move(place, x, y) {
    const rows = [...page.rows];
    rows[place] = this.rowAt(x, y, rows[place].slice(page.facts.inputs));
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
