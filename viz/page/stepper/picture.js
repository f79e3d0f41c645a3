// The picture: the SVG that Python laid out, with the numbers of the moment written into it.

const SMALLEST = 0.6, LARGEST = 1.5, MOST = 4; // scales: of a large picture that scrolls, of a small one, by hand

class Picture {
  constructor(graph, choose, drag) {
    this.graph = graph;
    this.frame = document.getElementById("picture");
    this.svg = this.frame.querySelector("svg");
    this.size = [Number(this.svg.getAttribute("width")), Number(this.svg.getAttribute("height"))];
    this.svg.setAttribute("role", "group");
    this.svg.removeAttribute("lang"); // which the page tells
    this.svg.querySelector("desc").remove(); // it holds the last numbers, and each box says its own
    this.svg.removeAttribute("aria-describedby");
    this.scopes = this.svg.querySelectorAll("g.scope");
    const all = (kind) => [...this.svg.querySelectorAll(`g.${kind}[data-node]`)];
    this.symbols = all("symbol");
    this.edges = all("edge");
    this.locals = all("local");
    this.routes = this.svg.querySelectorAll("g.routes");
    for (const group of [...this.edges, ...this.symbols]) group.setAttribute("aria-hidden", "true");
    for (const label of this.locals) label.setAttribute("role", "img");
    this.boxes = [];
    for (const group of all("node")) {
      const index = Number(group.dataset.node), unit = graph.units.get(index);
      const outline = group.querySelector("path");
      const texts = [...group.querySelectorAll("text")].map((text) => changeable(text, outline));
      const gradient = graph.nodes[index].role === "constant" && !unit ? null : texts.pop();
      this.boxes[index] = {group, title: group.querySelector("title"), gradient, value: texts.pop(), name: texts[0]};
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", "-1");
      group.addEventListener("click", () => choose(index));
      group.addEventListener("keydown", (event) => event.key === "Enter" && choose(index));
      group.addEventListener("focus", () => this.rove(index));
      if (!unit && isOpen(graph, index)) {
        group.classList.add("leaf");
        group.addEventListener("pointerdown", (down) => dragged(group, down, (distance) => drag(index, distance)));
      }
    }
    this.rove(graph.root);
    this.target = [graph.root];
    this.scale = null; // until someone chooses: the whole picture, as far as it stays legible
    this.resize();
    new ResizeObserver(() => this.resize() && this.reveal(...this.target)).observe(this.frame);
  }

  // What the picture and its scopes are called.
  speak(title, word) {
    this.svg.querySelector("title").textContent = title;
    for (const group of this.scopes) {
      const name = word("in_scope", {scope: group.dataset.scope});
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

  // The scale at which all of it is in sight.
  room() {
    const [width, height] = this.size;
    return Math.max(Math.min((this.frame.clientWidth - 26) / width, (this.frame.clientHeight - 26) / height), 0.02);
  }

  legible() {
    return Math.min(Math.max(this.room(), SMALLEST), LARGEST);
  }

  // Whether that made a difference.
  resize() {
    const scale = this.scale ?? this.legible(), [width, height] = this.size.map((length) => `${length * scale}px`);
    if (this.svg.style.width === width) return false;
    Object.assign(this.svg.style, {width, height});
    return true;
  }

  // Scrolls the picture, and only the picture, to where something happens: to a node, with others if there is room.
  reveal(index, others = []) {
    this.target = [index, others];
    const shown = [index, ...others].map((node) => this.boxes[this.graph.owner[node]]).filter(Boolean);
    if (!shown.length) return;
    const outer = this.frame.getBoundingClientRect(), all = around(shown.map(({group}) => group.getBoundingClientRect()));
    const fits = all.right - all.left <= outer.width && all.bottom - all.top <= outer.height;
    const inner = fits ? all : shown[0].group.getBoundingClientRect();
    const x = (inner.left + inner.right - outer.left - outer.right) / 2;
    const y = (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
    const seen = inner.left >= outer.left && inner.right <= outer.right
      && inner.top >= outer.top && inner.bottom <= outer.bottom;
    const {scrollLeft, scrollTop} = this.frame, behavior = still() ? "instant" : "smooth";
    if (!seen) this.frame.scrollTo({left: scrollLeft + x, top: scrollTop + y, behavior}); // scrollBy would add up
  }

  // view: {frame, place, ended, chosen, box(index), arrow(edge)}: a frame of the walk and which it is, whether the
  // recorded gradients are all known, the box that is chosen, and what stands in boxes and on arrows.
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
      flag(group, {waiting: waiting[index], active: active.has(index), forward, broken, chosen: view.chosen === index});
      flag(group, {pale: says.pale});
      const lines = [name, value, gradient].filter(Boolean).map((line) => line.shown).join(", ");
      group.setAttribute("aria-label", `${lines}: ${says.description}`); // what is seen, then the rest
      title.textContent = says.exact;
    });
    for (const route of this.routes) flag(route, {early: !view.ended});
    for (const symbol of this.symbols) flag(symbol, {waiting: waiting[symbol.dataset.node]});
    for (const edge of this.edges) {
      flag(edge, {waiting: waiting[graph.owner[edge.dataset.node]], lit: lit.has(edge.dataset.edge), forward});
    }
    for (const label of this.locals) {
      const says = view.arrow(label.dataset.edge);
      label.text ??= changeable(label.querySelector("text"));
      put(label.text, says.text ?? BLANK, false);
      flag(label, {waiting: waiting[graph.owner[label.dataset.node]], lit: lit.has(label.dataset.edge), forward});
      label.setAttribute("aria-label", says.description);
      label.querySelector("title").textContent = says.description;
    }
    if (view.place === this.place) return; // the picture stays where someone has scrolled it
    this.place = view.place;
    const ends = view.frame.lit.slice(0, MOST_ENDS).flatMap((edge) => endsOf(graph, edge));
    this.reveal(view.frame.active[0] ?? (view.frame.phase === "start" ? 0 : graph.root), ends);
  }
}

const BLANK = "–", MOST_ENDS = 8, BORDERS = 20; // pixels between an outline and its text, both sides together

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
  group.addEventListener("lostpointercapture", () => group.removeEventListener("pointermove", move), {once: true});
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
  line.room ??= line.outline ? line.outline.getBBox().width - BORDERS : line.text.getComputedTextLength() + 12;
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
