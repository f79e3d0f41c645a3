// The page: what is seen is brought up to date as often as screens show it, from what the computing half tells.

const FRAME = 12; // milliseconds at least from one picture to the next: as often as screens show one
const READ = 100; // and from one number to the next, which someone reads

const page = {
  facts: JSON.parse(byId("facts").textContent), lang: "en", running: false, circles: "values", sample: 0, picked: 0, last: null,
  steps: 0, // as far as is known, also while there is no news yet of a network that was changed

  send(message) {
    if (this.walk && ENDING.has(message.do)) this.walk.close();
    this.port(message);
    this.dirty = true;
  },

  // A sentence for the reader: `wrong` where something cannot be.
  say(text, wrong = false) {
    tell(byId("message"), text);
    byId("message").classList.toggle("wrong", wrong);
  },

  pick(place) {
    this.picked = place;
    this.dirty = true;
  },

  lookAt(sample) {
    if (sample === this.sample && this.looked) return;
    [this.sample, this.looked] = [sample, true];
    this.send({do: "look", sample});
  },

  setRows(rows) {
    const other = rows.length !== this.rows.length;
    this.rows = rows;
    this.send({do: "data", rows});
    if (other) this.settings.counted();
    if (this.sample >= rows.length) this.lookAt(Math.max(0, rows.length - 1));
    about();
  },

  reset() {
    this.send({do: "reset", seed: this.settings.seed});
    this.steps = 0;
    this.curve.clear();
    this.say("");
    this.said = "";
  },
};

// The computing half: a Worker made of the very text that stands in this page, or the page itself without one.
function connect() {
  let worker;
  try {
    const url = URL.createObjectURL(new Blob([`"use strict";(${computing})().serveWorker();`], {type: "text/javascript"}));
    worker = new Worker(url);
  } catch {
    return alone();
  }
  const sent = [];
  let known = false;
  worker.onmessage = ({data}) => { known = true; arrived(data); };
  worker.onerror = (event) => {
    if (known) return page.say(word("worker_failed", {why: event.message ?? ""}), true);
    page.port = alone();
    sent.forEach((message) => page.port(message));
    return undefined;
  };
  return (message) => {
    if (!known) sent.push(message);
    worker.postMessage(message);
  };
}

function alone() {
  return serve((told) => arrived(told));
}

function arrived(told) {
  if (told.kept) return keepPage(told.kept);
  page.waiting = false;
  page.last = told;
  page.running = told.running;
  page.steps = told.steps;
  page.curve.add(told.losses);
  if (told.steps < page.curve.step) page.curve.clear(told.steps);
  page.stale = true;
  return undefined;
}

// Ask for news where there may be some, and show what there is.
function tick(time) {
  requestAnimationFrame(tick);
  const stale = page.last && (page.stale || page.dirty);
  if (!page.waiting && (page.running || page.dirty) && time - page.asked >= FRAME) {
    page.waiting = true;
    page.dirty = false;
    page.asked = time;
    page.port({do: "frame"}); // while this picture is shown, the next is computed
  }
  if (stale) {
    page.stale = false;
    show(page.last);
  }
}

function show(told) {
  if (told.parameters.length !== page.facts.parameters.length) return; // of a network that is no more
  page.pictures = (page.pictures ?? 0) + 1;
  if (page.walkAsked && !told.running && told.look?.sample === page.sample) {
    page.walkAsked = false;
    page.walk = new NeuronWalk(told);
  }
  const now = performance.now(), read = !told.running || !(now - page.readAt < READ);
  page.diagram.update(told, read);
  if (page.canvas) {
    page.plane.update(told, told.plane);
    page.plane.paint(byId("heat"), told.plane);
    if (read || page.pictures % 2) page.diagram.paint(byId("glow"), told.plane, PIXELS, page.plane.flat);
  }
  if (!read) return; // once it rests, there is a picture with its numbers
  page.readAt = now;
  page.table.update(told);
  if (page.curve.stale) page.curve.draw();
  numbers(told);
  remarks(told);
  if (!told.running) tellAddress(told);
  tell(byId("run"), word(told.running ? "pause" : "run"));
  put(byId("run"), "aria-pressed", told.running);
}

function numbers({steps, epoch, loss, dataLoss, look, batch}) {
  tell(byId("steps"), word("steps", {n: thousands(steps), epoch: thousands(epoch)}));
  const count = batch.length ? word("loss_batch", {x: shown(loss ?? NaN), n: batch.length}) : "";
  tell(byId("losses"), [word("loss_data", {x: shown(dataLoss)}), steps ? count : ""].filter(Boolean).join(" · "));
  if (look) {
    const row = page.rows[look.sample], outputs = look.values.slice(0, page.facts.predictions).map((x) => shown(x)).join(", ");
    if (row) tell(byId("looked"), word("looked", {sample: toldOf(row, look.sample), outputs, loss: shown(look.loss)}));
  } else tell(byId("looked"), word("no_samples"));
}

// What goes wrong in trainings, said as it happens: one sentence about each.
function remarks({fault, diverged, loss, firstLoss, states, norms, steps}) {
  const {names} = page.facts.net, texts = [];
  if (fault) {
    const where = fault.place === undefined ? "" : names[fault.place];
    const kind = ["loss", "gradient", "parameter", "batch"].includes(fault.what) ? fault.what : "memory";
    texts.push(word(`fault_${kind}`, {step: thousands(fault.step), name: where, value: write(fault.value, 4), letter: fault.what, lr: write(fault.lr, 6)}));
    if (kind !== "batch") texts.push(word("fault_way", {n: fault.best === null ? "0" : thousands(fault.best)}));
  } else if (diverged) texts.push(word("diverged", {step: thousands(steps), first: shown(firstLoss), loss: shown(loss), lr: write(page.settings.values.lr, 6)}));
  byId("back").hidden = !(fault || diverged);
  for (const state of ["dead", "saturated"]) {
    const units = page.diagram.units.filter(({output, role}) => role === "hidden" && states[output] === state).map(({name}) => name);
    if (units.length) texts.push(word(`${state}_unit${units.length > 1 ? "s" : ""}`, {n: units.length, names: units.slice(0, 6).join(", ") + (units.length > 6 ? ", …" : "")}));
  }
  if (steps && norms.length > 1 && !fault) {
    const [, last] = norms.at(-1), [column, first] = norms[0];
    if (last > 0 && first < last / 1000) texts.push(word("vanishing", {first: column, ratio: write(first === 0 ? Infinity : last / first, 2), last: norms.at(-1)[0]}));
    else if (first > 0 && last < first / 1000 && Number.isFinite(first)) texts.push(word("exploding", {first: column, ratio: write(last === 0 ? Infinity : first / last, 2), last: norms.at(-1)[0]}));
  }
  const text = texts.join(" ");
  if (text !== page.said) {
    page.said = text;
    byId("remarks").replaceChildren(...texts.map((sentence) => make("p", {}, sentence)));
  }
}

// ---------------------------------------------------------------- the page

function translate() {
  document.documentElement.lang = page.lang;
  for (const element of document.querySelectorAll("[data-word]")) tell(element, word(element.dataset.word));
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const element of document.querySelectorAll("[data-hint]")) element.title = word(element.dataset.hint);
  const {title, loss} = page.facts;
  byId("title").textContent = document.title = page.facts.title ?? word("title", {model: page.facts.net.title});
  about();
}

function about() {
  tell(byId("about"), word("about", {model: page.facts.net.title, loss: page.facts.lossName, n: page.rows.length}));
}

// The network, as large as there is room for it: its letters have the same size on every screen.
function layOut() {
  const width = Math.max(300, byId("net").clientWidth), height = Math.round(Math.max(300, Math.min(470, 0.8 * width)));
  page.diagram = new Diagram(page.facts.net, width, height);
  const dense = Math.min(2, Math.max(1, devicePixelRatio)); // as fine as the screen, and no finer than anyone sees
  const canvas = make("canvas", {id: "glow", width: Math.round(dense * width), height: Math.round(dense * height), "aria-hidden": "true"});
  byId("network").replaceChildren(canvas, page.diagram.svg);
  page.table.circles(page.diagram);
  page.dirty = true;
}

function build() {
  const {facts} = page;
  layOut();
  page.canvas = facts.inputs <= 2 && facts.net.columns[0].units.length === facts.inputs;
  for (const part of document.querySelectorAll(".of-plane")) part.hidden = !page.canvas;
  byId("of-many").hidden = page.canvas;
  page.plane = null;
  if (page.canvas) {
    page.plane = new Plane({...facts, rows: page.rows});
    page.samples?.on(page.plane);
    byId("samples").replaceChildren(make("canvas", {id: "heat", "aria-hidden": "true"}), page.plane.svg);
    page.send({do: "view", points: page.plane.points});
  }
  const kept = page.curve;
  page.curve = new Curve();
  if (kept) Object.assign(page.curve, {kept: kept.kept, stride: kept.stride, step: kept.step}), page.curve.draw();
  byId("history").replaceChildren(page.curve.svg);
  byId("circles").querySelector("[value=plane]").hidden = !page.canvas;
  if (!page.built) {
    page.picked = page.table.first;
    page.circles = page.canvas ? "plane" : "values";
  }
  byId("circles").value = page.circles;
  page.built = true;
}

function start() {
  keepAsOpened();
  const {facts} = page;
  page.original = facts;
  page.lang = facts.lang;
  page.rows = facts.rows;
  page.asked = 0;
  page.table = new Parameters(byId("parameters"), byId("circle"));
  page.port = connect();
  page.send({do: "start", facts});
  build();
  page.settings = new Settings();
  page.layers = new Layers();
  if (page.canvas) {
    page.samples = new Samples();
    page.samples.on(page.plane);
  }
  page.settings.number(byId("sample"), () => page.sample + 1, (n) => page.lookAt(n - 1),
    (n) => Number.isInteger(n) && n >= 1 && n <= page.rows.length, "sample_rule", () => ({most: page.rows.length}));
  translate();
  byId("language").value = page.lang;
  byId("language").addEventListener("change", () => {
    page.lang = byId("language").value;
    translate();
    build();
    page.settings.show();
    page.walk?.close();
    [page.said, page.dirty] = ["", true];
  });
  byId("run").addEventListener("click", () => page.send({do: page.running ? "pause" : "run"}));
  byId("one").addEventListener("click", () => page.send({do: "steps", count: 1}));
  byId("ten").addEventListener("click", () => page.send({do: "steps", count: 10}));
  byId("reset").addEventListener("click", () => page.reset());
  byId("back").addEventListener("click", () => page.send({do: "back"}));
  byId("walk").hidden = typeof DecompressionStream === "undefined";
  byId("walk").addEventListener("click", openWalk);
  listenToWalk();
  byId("circles").addEventListener("change", () => { [page.circles, page.dirty] = [byId("circles").value, true]; });
  new ResizeObserver(() => { if (page.last && Math.max(300, byId("net").clientWidth) !== page.diagram.width) layOut(); }).observe(byId("net"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { [page.colors, page.dirty] = [null, true]; });
  page.send({do: "pace", rate: Number(byId("pace").value)});
  listenToShare();
  window.trainer = {page}; // for who looks from outside
  requestAnimationFrame(tick);
}
