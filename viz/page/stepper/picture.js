// The picture: the SVG that Python laid out, with the numbers of the moment written into it.

// Scales: of a large picture, which scrolls; of a small one; and the most that someone may choose.
const SMALLEST = 0.6, LARGEST = 1.5, MOST = 4;
const LEGIBLE = 11, FEW = 30; // pixels that texts are high at first in pictures of so many boxes
const READABLE = 5, SEEN = 4; // pixels they may be reduced to for all columns, or for the whole, to be in sight
const SLIVER = 0.5; // of the frame: a whole picture that is narrower or lower, and not readable, fills it instead
const PADDING = 26; // pixels of the frame around the picture, both sides together
const BLANK = ""; // for what is not known
const LEAST = 7; // pixels that letters are reduced to where a step has to be in sight with what it reads
const MOST_ENDS = 8; // how many lit edges are brought into sight besides what is active

class Picture {
  // choose(index) is called for a box that is clicked, drag(index, pixels) for a leaf that is moved sideways;
  // `open` is the box that is drawn open, by its last node.
  constructor(graph, {choose, drag}, svg, open = null) {
    this.graph = graph;
    this.open = open;
    this.frame = document.getElementById("picture");
    this.svg = svg;
    if (!svg.isConnected) this.frame.replaceChildren(svg); // texts are measured where they are shown
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
    this.ghosts = element(this.svg, "g", {class: "ghosts", "aria-hidden": "true"});
    this.svg.append(this.ghosts);
    this.first = this.firstBoxes();
    const gaps = this.edges.map(gapIn).filter(Boolean);
    this.gaps = new Map(gaps.map((gap) => [gap.edge.dataset.edge, gap])); // of arrows with room for a number
    const sizes = [...this.svg.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")));
    this.letters = Math.min(...sizes);
    this.rove(graph.root);
    this.target = [this.first[0], this.first]; // what was to be seen last
    this.scale = null; // until someone chooses: the whole picture, as far as it stays legible,
    this.reach = Infinity; // the largest at which the steps so far were in sight with what they read
    this.stretched = false; // to the width and the height of the frame, where whole it would be a thread
    this.begins = true; // the walk: then many boxes are seen from afar, if what is in scopes can be said for each
    this.overview = false; // or all of it, as a training step changes all of it
    this.brief = new Brief(this);
    this.resize();
  }

  // Takes the frame from another picture, with its scale.
  enter(scale) {
    this.frame.replaceChildren(this.svg);
    this.scale = scale;
    this.stretched = false;
    this.place = null;
    this.resize();
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

  // Where the computation begins: the inputs or, where there are none, all leaves.
  firstBoxes() {
    const {graph} = this, shown = graph.nodes.filter(({index, op}) => !op && graph.owner[index] === index && this.boxes[index]);
    const inputs = shown.filter(({role}) => role === "input"), some = inputs.length ? inputs : shown;
    const all = some.length ? some.map(({index}) => index) : [this.boxes.findIndex(Boolean)];
    const left = (i) => this.boxes[i].group.getBBox();
    return all.sort((a, b) => left(a).x - left(b).x || left(a).y - left(b).y);
  }

  // What the picture and its scopes are called.
  speak(title, word, lang) {
    this.lang = lang;
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
    const {left, top, width, height} = this.frame.getBoundingClientRect();
    this.zoomAt(factor, left + width / 2, top + height / 2);
  }

  // What is at a point of the window stays there.
  zoomAt(factor, x, y) {
    const now = Math.max(...this.scales()), before = this.svg.getBoundingClientRect();
    this.stretched = false;
    this.scale = Math.min(Math.max(now * factor, Math.min(this.room(), SMALLEST) / 2), MOST);
    if (!this.resize()) return;
    const after = this.svg.getBoundingClientRect();
    const to = (place, start, length, begin, size) => begin + (place - start) / length * size - place;
    this.frame.scrollBy({
      left: to(x, before.left, before.width, after.left, after.width),
      top: to(y, before.top, before.height, after.top, after.height), behavior: "instant",
    });
  }

  // All of it.  Where that would be a thread that no one can read: with scopes, which then say what is in them,
  // stretched to the frame; else as wide or as high as the frame, and once more, all of it.
  whole() {
    const room = this.room(), [across, down] = this.shares(), share = Math.min(across, down) / Math.max(across, down);
    const filled = Math.min(room / share, LEGIBLE / this.letters), isSliver = share < SLIVER && room * this.letters < SEEN;
    this.stretched = this.scopes.length > 0 && room * this.letters < SEEN;
    this.scale = Math.min(isSliver && !this.stretched && this.scale !== filled ? filled : room, LARGEST);
    if (this.resize()) this.reveal(...this.target, true);
  }

  // So large again that it can be read, at some boxes.
  approach([index, ...others]) {
    this.scale = null;
    this.begins = false;
    if (this.resize()) this.reveal(index, others, true);
  }

  isStretched() {
    if (this.scale !== null) return this.stretched;
    const isMany = this.boxes.filter(Boolean).length > FEW, canSay = this.scopes.length > 0;
    return this.begins && isMany && canSay && this.shares()[0] * this.letters < READABLE;
  }

  // The scale at which all of it is in sight; where the frame is not shown and has no size, a small one.
  room() {
    return Math.max(Math.min(...this.shares()), 0.001);
  }

  // The scales at which its width is in sight, and its height.
  shares() {
    const [width, height] = this.size, {offsetWidth, offsetHeight} = this.frame; // with no bars to scroll by
    return [(offsetWidth - PADDING) / width, (offsetHeight - PADDING) / height];
  }

  // At first: letters as high as they should be; of many boxes all columns, if they can still be read.
  legible() {
    const few = this.boxes.filter(Boolean).length <= FEW, [across] = this.shares();
    const most = across * this.letters >= READABLE ? Math.min(across, SMALLEST) : SMALLEST;
    return Math.min(Math.max(this.room(), few ? LEGIBLE / this.letters : most), LARGEST);
  }

  // The scale that it has.
  own() {
    return this.scale ?? (this.isWhole() ? Math.min(this.room(), LARGEST) : Math.min(this.legible(), this.reach));
  }

  // Across and down, which differ where it is stretched.
  scales() {
    const scale = this.own();
    return this.isStretched() ? this.shares().map((share) => Math.min(Math.max(share, 0.001), SMALLEST)) : [scale, scale];
  }

  isWhole() {
    return this.overview && this.room() * this.letters >= SEEN;
  }

  // Gives the picture the size of its scale; returns whether it had another.
  resize() {
    const scales = this.scales(), {size} = this, [width, height] = size.map((length, k) => `${length * scales[k]}px`);
    this.brief.lay(...scales);
    if (this.svg.style.width === width && this.svg.style.height === height) return false;
    Object.assign(this.svg.style, {width, height});
    this.svg.setAttribute("preserveAspectRatio", this.isStretched() ? "none" : "xMidYMid");
    this.svg.classList.toggle("stretched", this.isStretched());
    // Where there is nothing to move a finger moves the page.
    this.frame.style.touchAction = size[1] * scales[1] > this.frame.clientHeight ? "none" : "pan-y";
    return true;
  }

  // Scrolls the picture, and only the picture, to where something happens: to a node, with others if there is
  // room, which is made where the scale is nobody's choice.  Where all of it is in sight nothing moves, unless the picture was `resized`: then a scroll under way
  // leads to where the node was before.
  reveal(index, others = [], resized = false) {
    this.target = [index, others];
    const shown = [index, ...others].map((node) => this.boxes[this.graph.owner[node]]).filter(Boolean);
    if (!shown.length) return;
    const outer = this.frame.getBoundingClientRect(), places = () => shown.map(({group}) => group.getBoundingClientRect());
    const share = shareOf(around(places()), outer), scale = this.own();
    if (share < 1 && this.scale === null && !this.begins && !this.isWhole() && share * scale * this.letters >= LEAST) {
      this.reach = share * scale;
      resized = this.resize() || resized;
    }
    const inner = fitting(places(), outer);
    const x = (inner.left + inner.right - outer.left - outer.right) / 2;
    const y = (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
    const seen = inner.left >= outer.left + EDGE && inner.right <= outer.right - EDGE
      && inner.top >= outer.top + EDGE && inner.bottom <= outer.bottom - EDGE;
    const {scrollLeft, scrollTop} = this.frame, behavior = still() ? "instant" : "smooth";
    // Not scrollBy: while one smooth scroll is under way, those of the next steps would add up.
    this.goal = seen && !resized ? null : {left: scrollLeft + x, top: scrollTop + y};
    if (this.goal) this.frame.scrollTo({...this.goal, behavior});
  }

  // Ends a scroll under way where it leads to.
  settle() {
    this.frame.scrollTo({...this.goal ?? {}, behavior: "instant"});
  }

  // Shows a moment, `view`: {frame, place, ended, chosen, box(index), arrow(edge)}: a frame of the walk and
  // which it is, whether the recorded gradients are all known, the box that is chosen, and what stands in
  // boxes and on arrows.
  show(view) {
    const {graph} = this, forward = view.frame.phase === "forward";
    const active = new Set(view.frame.active.map((index) => graph.owner[index]));
    const lit = view.frame.arrows ??= new Set(view.frame.lit.map((edge) => graph.arrow.get(edge) ?? edge));
    const waiting = [];
    this.boxes.forEach((box, index) => {
      const {group, title, name, value, gradient} = box, says = view.box(index), {broken} = says;
      waiting[index] = says.waiting;
      put(value, says.value ?? (broken ? "✗" : BLANK), says.value === null);
      if (gradient) put(gradient, says.gradient ?? BLANK, says.gradient === null);
      ghost(this, box, says.before);
      flag(group, {waiting: waiting[index], active: active.has(index), broken, pale: says.pale});
      flag(group, {chosen: view.chosen === index});
      const lines = [name, value, gradient].map((line) => line?.shown).filter(Boolean).join(", ");
      const told = `${lines}: ${says.description}`; // what is seen, then the rest
      if (box.told !== told) group.setAttribute("aria-label", box.told = told);
      if (box.exact !== says.exact) title.textContent = box.exact = says.exact;
    });
    for (const route of this.routes) flag(route, {early: !view.ended || !!this.graph.claim});
    const used = new Set(view.frame.lit.map((edge) => edge.split(":")[0])); // operations in circles of their own
    for (const symbol of this.symbols) {
      const {node} = symbol.dataset;
      flag(symbol, {waiting: waiting[node], active: used.has(node)});
    }
    for (const label of this.locals) {
      const {node, edge} = label.dataset, says = view.arrow(edge), gap = this.gaps.get(edge);
      label.text ??= changeable(label.querySelector("text"));
      const isOther = put(label.text, says.text ?? BLANK, false);
      flag(label, {waiting: waiting[graph.owner[node]], lit: lit.has(edge)});
      if (gap) flag(gap.edge, {open: says.text === null});
      if (gap && isOther) fitGap(gap, label.text);
      if (label.told === says.description) continue;
      label.setAttribute("aria-label", label.told = says.description);
      label.querySelector("title").textContent = says.description;
    }
    for (const edge of this.edges) {
      const {node, edge: place} = edge.dataset, isLit = place ? lit.has(place) : used.has(node);
      flag(edge, {waiting: waiting[graph.owner[node]]});
      light(edge, isLit ? forward ? "forward" : "backward" : null, graph.arrows);
    }
    this.brief.tell(active);
    if (view.place === this.place && !view.overview) return; // the picture stays where someone has scrolled it
    this.place = view.place;
    this.overview = view.overview;
    this.begins = view.frame.phase === "start";
    const resized = this.scale === null && this.resize();
    if (view.overview && (this.scale !== null || this.isWhole())) return; // a training step changes numbers all over
    const ends = view.frame.lit.slice(0, MOST_ENDS).flatMap((edge) => endsOf(graph, edge));
    if (view.frame.phase === "start") return this.reveal(this.first[0], this.first, resized);
    this.reveal(view.frame.active[0] ?? graph.root, ends, resized);
  }
}

// The two nodes that an edge, "operation:operand", joins.
function endsOf(graph, edge) {
  const [node, operand] = edge.split(":").map(Number);
  return [node, graph.nodes[node].parents[operand]];
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
