// The picture: the SVG that Python laid out, with the numbers of the moment written into it.

// Scales: of a large picture, which scrolls; of a small one; and the most that someone may choose.
const SMALLEST = 0.6, LARGEST = 1.5, MOST = 4;
const PADDING = 26; // pixels of the frame around the picture, both sides together
const BORDERS = 20; // pixels between an outline and its text, both sides together
const BLANK = "–";
const MOST_ENDS = 8; // how many lit edges are brought into sight besides what is active

class Picture {
  // choose(index) is called for a box that is clicked, drag(index, pixels) for a leaf that is moved sideways.
  constructor(graph, choose, drag) {
    this.graph = graph;
    this.frame = document.getElementById("picture");
    this.svg = this.frame.querySelector("svg");
    this.size = ["width", "height"].map((side) => Number(this.svg.getAttribute(side)));
    this.svg.setAttribute("role", "group");
    this.svg.removeAttribute("lang"); // the page has one, which changes
    this.svg.querySelector("desc").remove(); // it holds the last numbers, and each box says its own
    this.svg.removeAttribute("aria-describedby");
    /** @type {NodeListOf<HTMLElement>} */
    this.scopes = this.svg.querySelectorAll("g.scope");
    /** @type {(kind: string) => any[]} */
    const all = (kind) => [...this.svg.querySelectorAll(`g.${kind}[data-node]`)];
    this.symbols = all("symbol");
    this.edges = all("edge");
    this.locals = all("local");
    this.routes = this.svg.querySelectorAll("g.routes");
    for (const group of [...this.edges, ...this.symbols]) group.setAttribute("aria-hidden", "true");
    for (const label of this.locals) label.setAttribute("role", "img");
    this.boxes = []; // by node
    for (const group of all("node")) this.addBox(group, choose, drag);
    this.rove(graph.root);
    this.target = [graph.root]; // what was to be seen last
    this.scale = null; // until someone chooses: the whole picture, as far as it stays legible
    this.resize();
    new ResizeObserver(() => this.reveal(this.target[0], this.target[1], this.resize())).observe(this.frame);
  }

  addBox(group, choose, drag) {
    const {graph} = this, index = Number(group.dataset.node), unit = graph.units.get(index);
    const outline = group.querySelector("path");
    const texts = [...group.querySelectorAll("text")].map((text) => changeable(text, outline));
    // Above them is the name, if there is one; a constant has no gradient.
    const gradient = graph.nodes[index].role === "constant" && !unit ? null : texts.pop();
    const title = group.querySelector("title");
    this.boxes[index] = {group, title, gradient, value: texts.pop(), name: texts[0]};
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "-1");
    group.addEventListener("click", () => choose(index));
    group.addEventListener("keydown", (event) => event.key === "Enter" && choose(index));
    group.addEventListener("focus", () => this.rove(index));
    if (!unit && isOpen(graph, index)) {
      group.classList.add("leaf");
      const move = (distance) => drag(index, distance);
      group.addEventListener("pointerdown", (down) => dragged(group, down, move));
    }
  }

  // What the picture and its scopes are called.
  speak(title, word, lang) {
    this.svg.querySelector("title").textContent = title;
    const frames = this.svg.querySelectorAll("g.scope-name text");
    for (const [k, group] of this.scopes.entries()) {
      const path = group.dataset.scope, within = path.slice(0, Math.max(0, path.lastIndexOf("/")));
      const whole = scopeName(this.graph, lang, path), outer = within && scopeName(this.graph, lang, within);
      // a frame has the last part of its name in its corner, unless it is cut there
      if (!frames[k].textContent.endsWith("…")) {
        frames[k].textContent = whole.slice(outer.length).replace(/^(, |\/)/, "");
      }
      const name = word("in_scope", {scope: scopeName(this.graph, lang, group.dataset.scope)});
      group.setAttribute("aria-label", name);
      group.querySelector("title").textContent = name;
    }
  }

  // One node at a time can be reached with the Tab key; up and down go from there.
  rove(index) {
    index = this.graph.owner[index];
    if (!this.boxes[index]) return;
    this.boxes[this.current]?.group.setAttribute("tabindex", "-1");
    this.boxes[index].group.setAttribute("tabindex", "0");
    this.current = index;
  }

  // The focus to the node before or after (step -1 or 1) the one that has it, or to the one that had it last.
  focus(step) {
    let index = this.current;
    if (this.boxes[index].group === document.activeElement) {
      do index += step; while (index >= 0 && index <= this.graph.root && !this.boxes[index]);
    }
    this.boxes[index]?.group.focus({preventScroll: true});
    this.reveal(index);
  }

  zoom(factor) {
    const now = this.scale ?? this.legible();
    this.scale = Math.min(Math.max(now * factor, Math.min(this.room(), SMALLEST) / 2), MOST);
    this.resize();
  }

  whole() {
    this.scale = Math.min(this.room(), LARGEST);
    this.resize();
  }

  // The scale at which all of it is in sight; where the frame is not shown and has no size, a small one.
  room() {
    const [width, height] = this.size, {clientWidth, clientHeight} = this.frame;
    return Math.max(Math.min((clientWidth - PADDING) / width, (clientHeight - PADDING) / height), 0.02);
  }

  legible() {
    return Math.min(Math.max(this.room(), SMALLEST), LARGEST);
  }

  // Gives the picture the size of its scale; returns whether it had another.
  resize() {
    const scale = this.scale ?? this.legible();
    const [width, height] = this.size.map((length) => `${length * scale}px`);
    if (this.svg.style.width === width) return false;
    Object.assign(this.svg.style, {width, height});
    return true;
  }

  // Scrolls the picture, and only the picture, to where something happens: to a node, with others if there is
  // room.  Where all of it is in sight nothing moves, unless the picture was `resized`: then a scroll under way
  // leads to where the node was before.
  reveal(index, others = [], resized = false) {
    this.target = [index, others];
    const shown = [index, ...others].map((node) => this.boxes[this.graph.owner[node]]).filter(Boolean);
    if (!shown.length) return;
    const outer = this.frame.getBoundingClientRect();
    const all = around(shown.map(({group}) => group.getBoundingClientRect()));
    const fits = all.right - all.left <= outer.width && all.bottom - all.top <= outer.height;
    const inner = fits ? all : shown[0].group.getBoundingClientRect();
    const x = (inner.left + inner.right - outer.left - outer.right) / 2;
    const y = (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
    const seen = inner.left >= outer.left && inner.right <= outer.right
      && inner.top >= outer.top && inner.bottom <= outer.bottom;
    const {scrollLeft, scrollTop} = this.frame, behavior = still() ? "instant" : "smooth";
    // Not scrollBy: while one smooth scroll is under way, those of the next steps would add up.
    if (!seen || resized) this.frame.scrollTo({left: scrollLeft + x, top: scrollTop + y, behavior});
  }

  // Shows a moment, `view`: {frame, place, ended, chosen, box(index), arrow(edge)}: a frame of the walk and
  // which it is, whether the recorded gradients are all known, the box that is chosen, and what stands in
  // boxes and on arrows.
  show(view) {
    const {graph} = this, forward = view.frame.phase === "forward";
    const active = new Set(view.frame.active.map((index) => graph.owner[index]));
    const lit = view.frame.arrows ??= new Set(view.frame.lit.map((edge) => graph.arrow.get(edge) ?? edge));
    const waiting = [];
    this.boxes.forEach(({group, title, name, value, gradient}, index) => {
      const says = view.box(index), {broken} = says;
      waiting[index] = says.waiting;
      put(value, says.value ?? (broken ? "✗" : BLANK), says.value === null);
      if (gradient) put(gradient, says.gradient ?? BLANK, says.gradient === null);
      flag(group, {waiting: waiting[index], active: active.has(index), broken, pale: says.pale});
      flag(group, {chosen: view.chosen === index});
      const lines = [name, value, gradient].filter(Boolean).map((line) => line.shown).join(", ");
      group.setAttribute("aria-label", `${lines}: ${says.description}`); // what is seen, then the rest
      title.textContent = says.exact;
    });
    for (const route of this.routes) flag(route, {early: !view.ended});
    const used = new Set(view.frame.lit.map((edge) => edge.split(":")[0])); // operations in circles of their own
    for (const symbol of this.symbols) {
      const {node} = symbol.dataset;
      flag(symbol, {waiting: waiting[node], active: used.has(node)});
    }
    for (const edge of this.edges) {
      const {node, edge: place} = edge.dataset, isLit = place ? lit.has(place) : used.has(node);
      flag(edge, {waiting: waiting[graph.owner[node]]});
      light(edge, isLit ? forward ? "forward" : "backward" : null, graph.arrows);
    }
    for (const label of this.locals) {
      const {node, edge} = label.dataset, says = view.arrow(edge);
      label.text ??= changeable(label.querySelector("text"));
      put(label.text, says.text ?? BLANK, false);
      flag(label, {waiting: waiting[graph.owner[node]], lit: lit.has(edge)});
      label.setAttribute("aria-label", says.description);
      label.querySelector("title").textContent = says.description;
    }
    if (view.place === this.place) return; // the picture stays where someone has scrolled it
    this.place = view.place;
    const ends = view.frame.lit.slice(0, MOST_ENDS).flatMap((edge) => endsOf(graph, edge));
    this.reveal(view.frame.active[0] ?? (view.frame.phase === "start" ? 0 : graph.root), ends);
  }
}

// The two nodes that an edge, "operation:operand", joins.
function endsOf(graph, edge) {
  const [node, operand] = edge.split(":").map(Number);
  return [node, graph.nodes[node].parents[operand]];
}

// The rectangle around some rectangles.
function around(rectangles) {
  const reach = (side, most) => most(...rectangles.map((rectangle) => rectangle[side]));
  return {left: reach("left", Math.min), top: reach("top", Math.min),
    right: reach("right", Math.max), bottom: reach("bottom", Math.max)};
}

// Tells how far, in pixels to the right since the last time, the mouse has been moved with its button down.
// A finger scrolls.
function dragged(group, down, tell) {
  if (down.pointerType === "touch" || down.button !== 0) return;
  let last = down.clientX;
  const move = (event) => {
    tell(event.clientX - last);
    last = event.clientX;
  };
  group.setPointerCapture(down.pointerId);
  group.addEventListener("pointermove", move);
  const stop = () => group.removeEventListener("pointermove", move);
  group.addEventListener("lostpointercapture", stop, {once: true});
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// A line of text that changes, within an outline or alone on an arrow.
function changeable(text, outline = null) {
  return {text, outline, original: text.textContent, shown: text.textContent, room: null};
}

// Another text, squeezed where it is longer than what the box was made for.
function put(line, content, pending) {
  line.text.classList.toggle("pending", pending);
  if (line.shown === content) return;
  line.room ??= line.outline ? line.outline.getBBox().width - BORDERS
    : line.text.getComputedTextLength() + 12; // on an arrow: what Python left around the label
  line.text.textContent = line.shown = content;
  line.text.removeAttribute("textLength");
  if (content.length > line.original.length && line.text.getComputedTextLength() > line.room) {
    line.text.setAttribute("textLength", String(line.room));
    line.text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
}

function flag(element, flags) {
  for (const [name, on] of Object.entries(flags)) element.classList.toggle(name, Boolean(on));
}
