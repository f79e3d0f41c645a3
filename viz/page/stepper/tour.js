// A tour of the page in five stops, for whoever asks for it.

// Where each stop is, and what it shows there.
const STOPS = [
  {at: "picture", show: (page) => page.go(0)},
  {at: "controls", show: (page) => page.go(page.frames.findIndex(({phase}) => phase === "forward"))},
  {at: "walk", show: (page) => page.go(page.frames.findIndex(({phase}) => phase === "backward"))},
  {at: "node", show: (page) => page.choose(page.picture.first[0])},
  {at: "train", show: (page) => page.go(page.frames.length - 1)},
];

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
    this.mark(at);
    this.speak();
    by(at).scrollIntoView({block: "nearest", behavior: "instant"});
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
