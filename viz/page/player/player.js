// Shows the frames of a walk in turn: each group of the picture says from which frame to which it is there.

const PAUSE = 2000; // milliseconds between two steps, at speed 1

/** @type {(id: string) => any} */
const by = (id) => document.getElementById(id);

class Player {
  constructor({walks, lang}) {
    this.walks = walks;
    this.step = 0;
    this.timer = null; // while it plays
    document.body.classList.add("live"); // without this code there is nothing to press
    this.listen();
    this.speak(lang);
    this.follow();
  }

  get frames() {
    return this.walk.frames;
  }

  word(name) {
    return this.walk.words[name];
  }

  speak(lang) {
    this.walk = this.walks[lang];
    document.documentElement.lang = by("language").value = lang;
    by("title").textContent = document.title = this.walk.title;
    for (const picture of by("picture").children) picture.hidden = picture.lang !== lang;
    /** @type {(what: string) => NodeListOf<HTMLElement>} */
    const all = (what) => document.querySelectorAll(`[data-${what}]`);
    for (const element of all("word")) element.textContent = this.word(element.dataset.word);
    for (const element of all("label")) element.setAttribute("aria-label", this.word(element.dataset.label));
    for (const element of all("hint")) element.title = this.word(element.dataset.hint);
    this.groups = [...by("picture").querySelectorAll(`:scope > [lang="${lang}"] g[data-from]`)];
    for (const [id, pass] of [["forward", "forward"], ["backward", "seed"]]) {
      by(id).hidden = !this.frames.some((frame) => frame.pass === pass);
    }
    this.show();
  }

  show() {
    const {step, frames} = this, last = frames.length - 1, {phase, caption} = frames[step];
    for (const group of this.groups) {
      const isThere = Number(group.dataset.from) <= step && step < Number(group.dataset.to);
      group.setAttribute("visibility", isThere ? "visible" : "hidden");
    }
    by("phase").textContent = phase;
    by("phase").classList.toggle("pass", frames[step].turning);
    by("caption").replaceChildren(
      ...caption.split("\n").flatMap((line, i) => i ? [document.createElement("br"), line] : [line]));
    by("count").textContent = this.word("count").replace("{step}", step).replace("{last}", last);
    Object.assign(by("slider"), {max: last, value: step});
    by("slider").setAttribute("aria-valuetext", `${step}: ${caption}`);
    for (const id of ["first", "back"]) by(id).disabled = step === 0;
    for (const id of ["next", "last"]) by(id).disabled = step === last;
    by("play").textContent = this.word(this.timer === null ? "play" : "pause");
  }

  go(step) {
    this.step = Math.min(Math.max(step, 0), this.frames.length - 1);
    this.show();
    try {
      history.replaceState(null, "", `#step=${this.step}`);
    } catch { /* inside a notebook the page has no address */ }
  }

  // The address says which step is meant.
  follow() {
    const address = /^#step=(\d+)$/.exec(location.hash);
    if (address) this.go(Number(address[1]));
  }

  jump(pass) {
    this.go(this.frames.findIndex((frame) => frame.pass === pass));
  }

  play() {
    if (this.timer !== null) return this.pause();
    if (this.step === this.frames.length - 1) this.go(0);
    this.tick();
    this.show();
  }

  tick() {
    this.timer = setTimeout(() => {
      this.go(this.step + 1);
      if (this.step === this.frames.length - 1) this.pause();
      else this.tick();
    }, PAUSE / Number(by("speed").value));
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.show();
  }

  // ---------------------------------------------------------------- buttons and keys

  listen() {
    const actions = {
      first: () => this.go(0), back: () => this.go(this.step - 1), play: () => this.play(),
      next: () => this.go(this.step + 1), last: () => this.go(this.frames.length - 1),
      forward: () => this.jump("forward"), backward: () => this.jump("seed"),
    };
    for (const [id, action] of Object.entries(actions)) by(id).addEventListener("click", action);
    by("slider").addEventListener("input", () => this.go(Number(by("slider").value)));
    by("language").addEventListener("change", () => this.speak(by("language").value));
    const keys = {
      ArrowLeft: "back", ArrowRight: "next", PageUp: "back", PageDown: "next", Home: "first", End: "last",
      " ": "play", f: "forward", b: "backward",
    };
    addEventListener("hashchange", () => this.follow());
    addEventListener("keydown", (event) => {
      // A list has all keys for itself, a slider the arrows, Home and End, and a button the space bar.
      const here = /** @type {Element} */ (event.target), name = keys[event.key] ?? keys[event.key.toLowerCase()];
      const onSlider = here.matches("input[type=range]") && event.key.length === 1;
      if (!name || event.ctrlKey || event.altKey || event.metaKey || here.matches("select")) return;
      if ((here.matches("input") && !onSlider) || (here.matches("button") && event.key === " ")) return;
      event.preventDefault();
      actions[name]();
    });
  }
}

globalThis.player = new Player(JSON.parse(by("frames").textContent)); // for the curious, and for tests
