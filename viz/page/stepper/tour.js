// A tour of the page in five stops, for whoever asks for it.

// Where each stop is, and what it shows there.
const STOPS = [
  {at: "picture", show: (page) => page.go(0)},
  {at: "controls", show: (page) => page.go(page.frames.findIndex(({phase}) => phase === "forward"))},
  {at: "walk", show: (page) => page.go(page.frames.findIndex(({phase}) => phase === "backward"))},
  {at: "node", show: (page) => {
    page.choose(page.picture.first[0]);
    page.picture.reveal(page.picture.first[0]);
  }},
  {at: "train", show: (page) => page.go(page.frames.length - 1)},
];

// What the card may cover least of all: the boxes of the step, then what a stop speaks of and other boxes.
const COSTS = {active: 60, told: 20, box: 20, caption: 10, label: 6, other: 0.7};
const AWAY = 8, GRID = 8, EDGING = 6; // pixels: from the window's border, between places that are tried, around a box

// What is told of at each stop, besides the picture.
const TOLD = {
  picture: [], controls: ["controls"], walk: ["phase", "controls"], node: ["node", "change"], train: ["train", "train-buttons"],
};

class Tour {
  constructor(page) {
    this.page = page;
    this.stop = null; // while nobody is on it
    const click = (id, action) => by(id).addEventListener("click", action);
    click("tour-start", () => this.stop === null ? this.start() : this.end());
    click("tour-back", () => this.go(this.stop - 1));
    click("tour-next", () => this.stop === STOPS.length - 1 ? this.end() : this.go(this.stop + 1));
    click("tour-end", () => this.end());
    by("tour").addEventListener("keydown", (event) => this.press(event));
    addEventListener("resize", () => requestAnimationFrame(() => this.place()));
  }

  start() {
    const {page, page: {step, chosen, unit}} = this;
    page.pause();
    page.training.stop();
    this.before = {step, chosen, unit};
    foldPanel(page, false);
    by("tour").hidden = false;
    this.go(0);
  }

  go(stop) {
    this.stop = Math.max(stop, 0);
    const {at, show} = STOPS[this.stop];
    show(this.page);
    this.page.picture.settle();
    this.mark(at);
    by(at).scrollIntoView({block: "nearest", behavior: "instant"});
    this.speak();
    by("tour-next").focus({preventScroll: true});
  }

  mark(at) {
    for (const {at: place} of STOPS) by(place).classList.toggle("toured", place === at);
  }

  speak() {
    const {stop, page: {word}} = this;
    by("tour-start").setAttribute("aria-expanded", String(stop !== null));
    if (stop === null) return;
    by("tour-title").textContent = word("tour_stop", {stop: stop + 1, of: STOPS.length});
    by("tour-text").textContent = word(`tour_${STOPS[stop].at}`);
    by("tour-back").disabled = stop === 0;
    by("tour-next").textContent = word(stop === STOPS.length - 1 ? "tour_done" : "tour_next");
    this.place();
  }

  // Puts the card where it covers the least of what is shown; of places that are alike, at the one nearest to what
  // it speaks of.
  place() {
    if (this.stop === null) return;
    const card = by("tour"), {width, height} = card.getBoundingClientRect(), {at} = STOPS[this.stop];
    const all = covered(this.page, at), told = by(at).getBoundingClientRect();
    const [x, y] = [(told.left + told.right - width) / 2, (told.top + told.bottom - height) / 2]; // right on it
    const [right, bottom] = [innerWidth - width - AWAY, innerHeight - height - AWAY];
    let best = {cost: Infinity, left: AWAY, top: AWAY};
    for (let top = AWAY; top <= Math.max(bottom, AWAY); top += GRID) {
      for (let left = AWAY; left <= Math.max(right, AWAY); left += GRID) {
        const place = {left, top, right: left + width, bottom: top + height};
        const far = Math.hypot(left - x, top - y);
        const cost = all.reduce((sum, [rectangle, weight]) => sum + weight * shared(place, rectangle), far);
        if (cost < best.cost) best = {cost, left, top};
      }
    }
    Object.assign(card.style, {left: `${best.left}px`, top: `${best.top}px`, bottom: "auto"});
  }

  // Back to where the page was before.
  end() {
    const {page, before} = this;
    this.stop = null;
    this.mark(null);
    by("tour").hidden = true;
    Object.assign(page, {chosen: before.chosen, unit: before.unit});
    page.go(before.step);
    this.speak();
    by("tour-start").focus();
  }

  press(event) {
    const actions = {
      Escape: () => this.end(), ArrowLeft: () => this.stop > 0 && this.go(this.stop - 1),
      ArrowRight: () => this.stop < STOPS.length - 1 && this.go(this.stop + 1),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }
}

// [rectangle, weight] of what the card should not lie on.
function covered({picture}, at) {
  const {left, top, right, bottom} = picture.frame.getBoundingClientRect(), found = [];
  const inSight = (element, weight) => {
    const box = element.getBoundingClientRect();
    found.push([{left: Math.max(box.left - EDGING, left), top: Math.max(box.top - EDGING, top),
      right: Math.min(box.right + EDGING, right), bottom: Math.min(box.bottom + EDGING, bottom)}, weight]);
  };
  for (const {group} of picture.boxes.filter(Boolean)) {
    inSight(group, group.matches(".active, .chosen") ? COSTS.active : COSTS.box);
  }
  for (const label of [...picture.locals, ...picture.symbols]) inSight(label, COSTS.label);
  for (const id of TOLD[at]) {
    found.push([by(id).getBoundingClientRect(), COSTS.told]);
  }
  for (const id of ["phase", "caption"]) found.push([letters(by(id)), COSTS.caption]);
  const others = [".heading", ".tools", "#controls", "#train-buttons", "#panel", "#zoom"];
  for (const one of others) found.push([document.querySelector(one).getBoundingClientRect(), COSTS.other]);
  return found;
}

// Where the letters of a paragraph are, which may be far from filling its line.
function letters(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
}

// The area that two rectangles have in common.
function shared(one, other) {
  const along = (from, to) => Math.max(0, Math.min(one[to], other[to]) - Math.max(one[from], other[from]));
  return along("left", "right") * along("top", "bottom");
}
