// The data: the input plane of two inputs with what the model makes of it, or the curve over a single input.

const PIXELS = 48, ALONG = 240, PLOT = 300, EDGES = {left: 44, right: 8, top: 8, bottom: 30};
const INNER = {width: PLOT - EDGES.left - EDGES.right, height: PLOT - EDGES.top - EDGES.bottom};

class Plane {
  constructor(facts) {
    this.facts = facts;
    this.svg = draw("svg", {viewBox: `0 0 ${PLOT} ${PLOT}`, role: "group", "aria-label": word("data")});
    this.marks = draw("g");
    this.curve = draw("g", {class: "curves"});
    this.axes = draw("g", {class: "axes"});
    this.svg.append(this.axes, this.curve, this.marks);
    this.stop = roving(this.svg, () => [...this.marks.children], {onFocus: (place) => page.lookAt(place)});
    this.data(facts.rows);
  }

  get flat() {
    return this.facts.inputs === 2;
  }

  // The window: all samples and some more.
  data(rows) {
    this.rows = rows;
    const range = (k) => {
      const numbers = rows.map((row) => row[k]), low = Math.min(...numbers, Infinity), high = Math.max(...numbers, -Infinity);
      if (!(low <= high)) return [-1, 1];
      const more = 0.12 * (high - low) || 1;
      return [low - more, high + more];
    };
    this.x = range(0);
    this.y = range(1);
    this.points = this.grid();
    this.drawAxes();
    this.marked(rows);
  }

  // The samples in the window as it is.
  marked(rows) {
    this.rows = rows;
    this.marks.replaceChildren(...rows.map((row, k) => this.mark(row, k)));
    this.stop(Math.max(0, Math.min(page.sample ?? 0, rows.length - 1)));
  }

  moved(rows, place) {
    this.rows = rows;
    const mark = this.marks.children[place], [shape] = mark.children, [x, y] = this.placeOf(rows[place]);
    shape.replaceWith(this.shape(kindOf(rows[place]), this.across(x), this.down(y)));
    put(mark, "aria-label", toldOf(rows[place], place));
  }

  // Where a sample stands: at its two inputs, or at its input and its target.
  placeOf(row) {
    return [row[0], row[1]];
  }

  from(across, down) {
    const {x: [left, right], y: [low, high]} = this;
    return [left + (right - left) * (across - EDGES.left) / INNER.width, low + (high - low) * (PLOT - EDGES.bottom - down) / INNER.height];
  }

  grid() {
    const {x: [left, right], y: [low, high]} = this;
    if (!this.flat) return Float64Array.from({length: ALONG}, (_, k) => left + (right - left) * k / (ALONG - 1));
    const points = new Float64Array(2 * PIXELS * PIXELS);
    for (let r = 0, s = 0; r < PIXELS; r++) {
      for (let c = 0; c < PIXELS; c++) {
        points[s++] = left + (right - left) * (c + 0.5) / PIXELS;
        points[s++] = high - (high - low) * (r + 0.5) / PIXELS;
      }
    }
    return points;
  }

  // From numbers to the picture, and back.
  across(x) { return EDGES.left + INNER.width * (x - this.x[0]) / (this.x[1] - this.x[0]); }
  down(y) { return PLOT - EDGES.bottom - INNER.height * (y - this.y[0]) / (this.y[1] - this.y[0]); }

  drawAxes() {
    const {left, top, bottom, right} = EDGES, low = PLOT - bottom, end = PLOT - right;
    const text = (x, y, anchor, number) => draw("text", {x, y, "text-anchor": anchor}, write(number, 3));
    const names = this.flat ? ["x₁", "x₂"] : ["x", "y"];
    this.axes.replaceChildren(
      draw("rect", {x: left, y: top, width: INNER.width, height: INNER.height}),
      text(left, PLOT - 12, "start", this.x[0]), text(end, PLOT - 12, "end", this.x[1]),
      text(left - 5, top + 10, "end", this.y[1]), text(left - 5, low, "end", this.y[0]),
      draw("text", {x: (left + end) / 2, y: PLOT - 12, "text-anchor": "middle", class: "name"}, names[0]),
      draw("text", {x: left - 10, y: (top + low) / 2, "text-anchor": "end", class: "name"}, names[1]));
  }

  // A sample: a round mark for the first class, a square one for the second, and so on; round for a number.
  mark(row, k) {
    const kind = kindOf(row), shape = this.shape(kind, this.across(row[0]), this.down(row[1]));
    const mark = draw("g", {class: `sample class${kind}`, role: "button", tabindex: "-1", "aria-label": toldOf(row, k)}, shape);
    mark.addEventListener("click", () => { mark.focus(); page.lookAt(k); });
    return mark;
  }

  shape(kind, x, y) {
    const r = this.rows.length > 400 ? 2.6 : 4.2;
    if (kind % 3 === 1) return draw("rect", {x: x - r, y: y - r, width: 2 * r, height: 2 * r});
    return kind % 3 === 2 ? draw("path", {d: `M${x},${y - 1.3 * r}L${x + 1.2 * r},${y + r}H${x - 1.2 * r}Z`}) : draw("circle", {cx: x, cy: y, r});
  }

  update({batch, steps}, plane) {
    const drawn = batch.length < this.rows.length ? new Set(batch) : new Set();
    [...this.marks.children].forEach((mark, k) => {
      mark.classList.toggle("drawn", drawn.has(k));
      mark.classList.toggle("looked", k === page.sample);
      put(mark, "aria-pressed", k === page.sample);
    });
    if (!plane || this.flat) return;
    this.curve.replaceChildren(...Array.from({length: this.facts.predictions}, (_, j) => {
      const at = [...plane[j]].map((y, k) => [this.across(this.points[k]), Math.max(-50, Math.min(PLOT + 50, this.down(y)))]);
      const d = at.filter(([, y]) => Number.isFinite(y)).map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
      return draw("path", {d, class: `curve class${this.facts.classes.length ? j : j + 1}`});
    }));
  }

  // The model's answer in colours, and a line where it changes from one class to the other.
  paint(canvas, plane) {
    if (!this.flat || !plane) return;
    if (canvas.width !== PIXELS || canvas.height !== PIXELS) [canvas.width, canvas.height] = [PIXELS, PIXELS];
    const context = canvas.getContext("2d"), image = this.image ??= context.createImageData(PIXELS, PIXELS), colors = palette();
    const {threshold, scale, predictions} = this.facts;
    if (predictions > 1) this.classes(image, plane, colors);
    else colored(this.pixels ??= new Uint32Array(image.data.buffer), 0, plane[0], threshold, scale, ramp(colors, 0.55), PIXELS);
    context.putImageData(image, 0, 0);
    if (!this.line) this.curve.replaceChildren(this.line = draw("path", {class: "boundary"}));
    put(this.line, "d", predictions > 1 ? "" : this.boundary(plane[0], threshold));
  }

  classes({data}, plane, {ground, classes}) {
    for (let s = 0; s < plane[0].length; s++) {
      let best = 0;
      for (let j = 1; j < this.facts.predictions; j++) if (plane[j][s] > plane[best][s]) best = j;
      const color = blend(ground, classes[best % classes.length], 0.4);
      for (let k = 0; k < 3; k++) data[4 * s + k] = color[k];
      data[4 * s + 3] = 255;
    }
  }

  // Where the prediction is the threshold, between neighbouring points: marching squares.
  boundary(values, threshold) {
    const {facts} = this, parts = [], wide = INNER.width / PIXELS, high = INNER.height / PIXELS;
    if (!facts.classes.length) return "";
    const at = (r, c) => values[r * PIXELS + c] - threshold, cut = between;
    const place = (r, c) => `${(EDGES.left + (c + 0.5) * wide).toFixed(1)},${(EDGES.top + (r + 0.5) * high).toFixed(1)}`;
    for (let r = 0; r + 1 < PIXELS; r++) {
      for (let c = 0; c + 1 < PIXELS; c++) {
        const [a, b, d, e] = [at(r, c), at(r, c + 1), at(r + 1, c + 1), at(r + 1, c)], ends = [];
        if (a > 0 !== b > 0) ends.push(place(r, c + cut(a, b)));
        if (b > 0 !== d > 0) ends.push(place(r + cut(b, d), c + 1));
        if (e > 0 !== d > 0) ends.push(place(r + 1, c + cut(e, d)));
        if (a > 0 !== e > 0) ends.push(place(r + cut(a, e), c));
        for (let k = 0; k + 1 < ends.length; k += 2) parts.push(`M${ends[k]}L${ends[k + 1]}`);
      }
    }
    return parts.join("");
  }
}

// The share of the way at which numbers of two signs come to 0; half of it where they are too large to say.
function between(a, b) {
  return Number.isFinite(a / (a - b)) ? a / (a - b) : 0.5;
}

// Which class a sample is of, by its place; 0 where targets are numbers.
function kindOf(row) {
  const {classes, inputs} = page.original, targets = row.slice(inputs);
  if (!classes.length) return 0;
  return targets.length > 1 ? targets.indexOf(Math.max(...targets)) : Math.max(0, classes.indexOf(targets[0]));
}

function toldOf(row, k) {
  const {inputs, classes} = page.original, target = row.length - inputs > 1 ? kindOf(row) : row[inputs];
  const numbers = row.slice(0, inputs).map((x) => write(x, 3)), point = numbers.slice(0, 8).join(", ") + (inputs > 8 ? ", …" : "");
  return word(classes.length ? "sample_class" : "sample_number", {n: k + 1, point, target: write(target, 3)});
}
