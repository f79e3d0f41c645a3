// The network: circles in columns, a line for each weight, as wide as it is large and in the colour of its sign.

const LARGEST = 24, SIDE = 44, FOOT = 36, HEAD = 6, FEW = 60;
const FULLEST = 0.55; // of a colour under a number, so that it can be read in both themes

class Diagram {
  constructor(net, width, height) {
    Object.assign(this, {net, width, height});
    this.units = net.columns.flatMap((column, c) => column.units.map((unit, r) => ({...unit, column: c, row: r})));
    this.place();
    this.build();
  }

  place() {
    const {columns} = this.net, most = Math.max(...columns.map(({units}) => units.length));
    const {width, height} = this, room = height - FOOT - HEAD, step = Math.min(room / most, 3.1 * LARGEST);
    this.radius = Math.min(LARGEST, 0.46 * step, 0.16 * (width - 2 * SIDE) / Math.max(1, columns.length - 1));
    this.gap = (width - 2 * SIDE) / Math.max(1, columns.length - 1);
    for (const unit of this.units) {
      const count = columns[unit.column].units.length, own = Math.min(room / count, step * 1.25);
      unit.x = SIDE + unit.column * this.gap;
      unit.y = HEAD + room / 2 + (unit.row - (count - 1) / 2) * own;
    }
  }

  at(column, row) {
    return this.units.find((unit) => unit.column === column && unit.row === row);
  }

  build() {
    const svg = this.svg = draw("svg", {viewBox: `0 0 ${this.width} ${this.height}`, role: "group", "aria-label": word("diagram"), class: this.net.links.length > FEW ? "many" : "few"});
    this.lines = this.net.links.map(([fromColumn, fromRow, toColumn, toRow, place, factor]) => {
      const a = this.at(fromColumn, fromRow), b = this.at(toColumn, toRow), r = this.radius;
      const start = a.x + r, end = b.x - r, high = toColumn - fromColumn > 1 ? Math.min(a.y, b.y) - 1.6 * this.gap / 3 : null;
      const d = high === null ? `M${start},${a.y}L${end},${b.y}` : `M${start},${a.y}C${start + this.gap / 2},${high} ${end - this.gap / 2},${high} ${end},${b.y}`;
      const line = draw("path", {d, class: "link"});
      svg.append(line);
      return {line, place, factor, column: toColumn, from: a, to: b};
    });
    this.letters = draw("g", {class: "letters", "aria-hidden": "true"}); // which each circle says by its own name
    for (const unit of this.units) this.circle(unit);
    svg.append(this.letters);
    this.net.columns.forEach(({caption}, c) => {
      const x = Math.min(Math.max(SIDE + c * this.gap, SIDE), this.width - SIDE);
      const [first, ...rest] = caption[page.lang].split(", ");
      const text = draw("text", {x, y: this.height - FOOT + 18, class: "column"}, draw("tspan", {}, first));
      if (rest.length) text.append(draw("tspan", {x, dy: 14}, rest.join(", ")));
      svg.append(text);
    });
    this.nodes = () => this.units.map(({node}) => node);
    this.stop = roving(svg, this.nodes, {onKey: (event, place) => {
      if (event.key !== "Enter" && event.key !== " ") return false;
      event.preventDefault();
      page.pick(place);
      return true;
    }});
    this.stop(0);
  }

  circle(unit) {
    const {x, y} = unit, r = this.radius;
    const node = unit.node = draw("g", {class: `unit ${unit.role}`, role: "button", "aria-pressed": "false"});
    unit.disc = draw("circle", {cx: x, cy: y, r, fill: "transparent"}); // until there is news
    node.append(unit.disc);
    if (r >= 15) this.letters.append(unit.number = draw("text", {x, y: y + 4, class: "number"}));
    if (unit.role === "input") this.letters.append(draw("text", {x: x - r - 14, y: y + 4, class: "name"}, unit.name));
    else if (unit.role === "output") this.letters.append(draw("text", {x: x + r + 13, y: y + 4, class: "name"}, unit.name));
    node.addEventListener("click", () => page.pick(this.units.indexOf(unit)));
    unit.node.append(unit.title = draw("title"));
    this.svg.append(node);
  }

  // Lines from the parameters, circles from what the looked-at sample makes of them.
  update({parameters, look, states}, read = true) {
    const largest = [], {gradients} = page.circles === "gradients" ? {gradients: true} : {gradients: false};
    for (const {place, column} of this.lines) {
      if (place >= 0) largest[column] = Math.max(largest[column] ?? 0, Math.abs(parameters[place]) || 0);
    }
    const {thin, wide} = page.facts.looks;
    for (const {line, place, column, from, to} of this.lines) {
      const w = place < 0 ? 0 : parameters[place], share = largest[column] ? Math.min(1, Math.abs(w) / largest[column]) : 0;
      const off = states[from.output] === "dead";
      const walked = page.walk?.lights({from, to}) ? " walked" : "";
      put(line, "class", `link ${off ? "off" : place < 0 ? "fixed" : w < 0 ? "negative" : "positive"}${walked}`);
      put(line, "stroke-width", (place < 0 ? thin : thin + (wide - thin) * share).toFixed(2));
    }
    const numbers = look ? gradients ? look.gradients : look.values : [];
    const ofColumn = [];
    for (const unit of this.units) ofColumn[unit.column] = Math.max(ofColumn[unit.column] ?? 0, Math.abs(numbers[unit.output]) || 0);
    const {ground, positive, negative} = palette();
    for (const unit of this.units) {
      const x = page.walk && !page.walk.knows(unit) ? undefined : numbers[unit.output], state = states[unit.output] || "on", most = ofColumn[unit.column];
      unit.value = x;
      put(unit.node, "class", `unit ${unit.role} ${state}${page.walk?.isActive(unit) ? " walked" : ""}`);
      const share = most && Number.isFinite(x) ? FULLEST * Math.min(1, Math.abs(x) / most) : 0;
      const plane = page.circles === "plane" && page.canvas;
      put(unit.disc, "fill", plane ? "transparent" : state === "dead" ? "var(--dim)" : inRgb(blend(ground, x < 0 ? negative : positive, share)));
      if (unit.number && (read || plane)) {
        tell(unit.number, plane || x === undefined ? "" : this.fitting(x));
        put(unit.number, "class", `number${state === "dead" ? " on-color" : ""}`);
      }
      if (read && (!page.running || unit.node === document.activeElement || page.picked === this.units.indexOf(unit))) this.describe(unit, look, states);
      put(unit.node, "aria-pressed", page.picked === this.units.indexOf(unit));
    }
  }

  // A number in as many digits as there is room for in a circle.
  fitting(x) {
    const most = Math.floor((2 * this.radius - 5) / 6.4);
    return [3, 2].map((digits) => write(x, digits)).find((text) => text.length <= most) ?? write(x, 1);
  }

  describe(unit, look, states) {
    const facts = [unit.name];
    if (look) facts.push(word("value_is", {x: shown(look.values[unit.output])}), word("gradient_is", {x: shown(look.gradients[unit.output])}));
    if (states[unit.output]) facts.push(word(states[unit.output]));
    put(unit.node, "aria-label", facts.join(", "));
    tell(unit.title, facts.join("\n"));
  }

  // What each circle computes over the input plane, on a canvas behind them.
  paint(canvas, plane, side, flat) {
    const context = canvas.getContext("2d"), scale = canvas.width / this.width;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (page.circles !== "plane" || !plane) return;
    if (!flat) return this.curves(context, plane, scale);
    const every = Math.max(1, Math.floor(side / (2 * this.radius))), across = Math.floor(side / every); // as fine as a circle shows
    const {small, inner, image, pixels, mask} = this.tiles ??= tiles(across, this.units.length), table = ramp(palette(), 0.85);
    this.units.forEach((unit, k) => {
      const values = plane[unit.output];
      let most = 0;
      for (let s = 0; s < values.length; s++) if (Math.abs(values[s]) > most) most = Math.abs(values[s]);
      colored(pixels, k * across * across, values, 0, most || 1, table, across, side, every, mask);
    });
    inner.putImageData(image, 0, 0);
    const size = 2 * this.radius * scale;
    this.units.forEach((unit, k) => context.drawImage(small, 0, k * across, across, across,
      (unit.x - this.radius) * scale, (unit.y - this.radius) * scale, size, size));
    return undefined;
  }

  // Over a single input: a curve in each circle, around its own zero.
  curves(context, plane, scale) {
    const {positive} = palette();
    context.strokeStyle = inRgb(positive);
    context.lineWidth = 1.6 * scale;
    for (const unit of this.units) {
      const values = plane[unit.output], size = 0.72 * this.radius * scale;
      let most = 0;
      for (const x of values) if (Math.abs(x) > most) most = Math.abs(x);
      context.beginPath();
      values.forEach((x, k) => context.lineTo(unit.x * scale + size * (2 * k / (values.length - 1) - 1), unit.y * scale - 0.8 * size * (most ? x / most : 0)));
      context.stroke();
    }
  }
}

// Room for the pixels of all circles, one below the other, and which of a square are inside a circle.
function tiles(across, count) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [across, across * count];
  const inner = small.getContext("2d"), image = inner.createImageData(across, across * count), middle = (across - 1) / 2;
  const mask = Uint8Array.from({length: across * across}, (_, s) =>
    Number(Math.hypot(s % across - middle, Math.floor(s / across) - middle) <= across / 2));
  return {small, inner, image, pixels: new Uint32Array(image.data.buffer), mask};
}

const LEVELS = 255; // of each sign

// The colours from −1 to 1 as pixels: from the ground to the colour of the sign, of which `most` is the largest share.
function ramp(colors, most) {
  const known = colors.ramps ??= new Map();
  if (!known.has(most)) {
    known.set(most, Uint32Array.from({length: 2 * LEVELS + 1}, (_, k) => {
      const toward = k < LEVELS ? colors.negative : colors.positive;
      const [r, g, b] = blend(colors.ground, toward, most * Math.abs(k - LEVELS) / LEVELS);
      return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
    }));
  }
  return known.get(most);
}

// A square of values as pixels, `from` the first of them, `across` of them in each direction: of the `side` times `side`
// values each `every`-th.  A value is a share of `reach` above or below `middle`; nothing is where the mask has a 0.
function colored(pixels, from, values, middle, reach, table, across, side = across, every = 1, mask = null) {
  for (let r = 0, s = 0; r < across; r++) {
    for (let c = 0, at = every * r * side; c < across; c++, s++, at += every) {
      if (mask && !mask[s]) continue;
      const part = (values[at] - middle) / reach;
      const level = part - part !== 0 ? 0 : part > 1 ? LEVELS : part < -1 ? -LEVELS : Math.round(part * LEVELS);
      pixels[from + s] = table[level + LEVELS];
    }
  }
}
