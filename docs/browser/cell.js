// Gives the code of a page Run, Edit and Stop: Python runs in a worker, and nothing leaves the machine.
//
// What the page has to have: this script, in the folder of all other files of the browser's Python, and blocks
//
//   <div class="mg-cell" data-tags="needs-numpy ..."> ... <pre><code>PYTHON</code></pre> ...
//     <div class="mg-bar">buttons are put here, if there is one</div>
//     <div class="mg-output">what the cell shows, which is replaced when it runs; made if there is none</div>
//   </div>
//
// in an order in which they can be run one after the other: running a cell runs first those above it that have
// not run.  The language is that of <html lang>.  `window.microgridCells` is {run(cell), runAll(), stop(), cells,
// ...}, told by the event "microgrid-cells"; a cell that has ended has `data-state` "done", "failed" or "stopped".
"use strict";

(() => {
  const here = new URL(".", document.currentScript.src).href;
  const WORDS = {
    en: {
      run: "Run", edit: "Edit", stop: "Stop", undo: "Undo edits", above: "Run all", code: "Code of this cell",
      loading: "Loading Python: {done} of {total} MB", starting: "Starting Python …", running: "Running …",
      fetching: "Fetching {name}, {size} MB …", stopped: "Stopped. Names are forgotten: run the cells again.",
      waiting: "Waiting for the cells above …", details: "Where it happened", picture: "picture",
      numpy: "This cell needs NumPy and matplotlib, which this site was built without: run it in a Python of your own.",
      disk: "Cells run where the site comes from a server: python -m http.server in its folder.",
      failed: "Python could not be loaded: {why}", ready: "Python is ready",
    },
    es: {
      run: "Ejecutar", edit: "Editar", stop: "Parar", undo: "Deshacer cambios", above: "Ejecutar todo",
      code: "Código de esta celda", loading: "Cargando Python: {done} de {total} MB", starting: "Arrancando Python…",
      running: "En marcha…", fetching: "Descargando {name}, {size} MB…",
      stopped: "Parado. Se han olvidado los nombres: vuelve a ejecutar las celdas.",
      waiting: "Esperando a las celdas de arriba…", details: "Dónde ha ocurrido", picture: "figura",
      numpy: "Esta celda necesita NumPy y matplotlib, que este sitio no trae: ejecútala en tu propio Python.",
      disk: "Las celdas se ejecutan si un servidor sirve el sitio: python -m http.server en su carpeta.",
      failed: "No se ha podido cargar Python: {why}", ready: "Python está listo",
    },
  }; // prettier-ignore
  let lang = document.documentElement.lang.slice(0, 2) === "es" ? "es" : "en";
  const say = (word, fields = {}) => WORDS[lang][word].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

  function made(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  // ------------------------------------------------------------------ the worker, one for the page

  let worker = null;
  let isReady = false;
  let next = 0;
  const asked = new Map(); // by number, of a cell that runs: who is told what it shows
  const listeners = new Set(); // who is told how the loading goes

  function python() {
    if (worker) return worker;
    isReady = false;
    worker = new Worker(`${here}worker.js`, { type: "module" });
    worker.onmessage = ({ data }) => {
      if ("id" in data) {
        asked.get(data.id)?.(data);
        if (data.done) asked.delete(data.id);
        return;
      }
      if (data.ready) {
        isReady = true;
        keep();
      }
      if (data.failed) end(say("failed", { why: data.failed }));
      for (const listener of listeners) listener(data);
    };
    worker.onerror = (event) => end(say("failed", { why: event.message ?? "worker.js" }));
    return worker;
  }

  /** Keep all files for when there is no network, once nobody waits for them. */
  function keep() {
    if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${here}sw.js`).catch(() => {});
  }

  function end(why) {
    worker?.terminate();
    worker = null;
    isReady = false;
    const left = [...asked.values()];
    asked.clear();
    for (const tell of left) tell({ done: true, good: false, stopped: why });
  }

  /** Run code: `tell` is given what it shows, and at last {done, good}. */
  function ask(code, tags, tell) {
    const id = ++next;
    asked.set(id, tell);
    python().postMessage({ run: id, code, tags });
  }

  /** How loading goes, as a line of text. */
  function progress(data) {
    if (data.ready) return say("running");
    if (data.fetching) return say("fetching", { name: data.fetching, size: megabytes(data.bytes) });
    if (data.fetched) return say("running");
    if (data.total && data.loaded < data.total) {
      return say("loading", { done: megabytes(data.loaded), total: megabytes(data.total) });
    }
    return data.total ? say("starting") : null;
  }

  // ------------------------------------------------------------------ what is shown

  /** An element for one output of a cell. */
  function shown({ kind, text, more }) {
    if (kind === "svg" || kind === "png") {
      const source =
        kind === "png"
          ? `data:image/png;base64,${text}`
          : URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      return made("figure", { className: "mg-figure" }, made("img", { src: source, alt: more || say("picture") }));
    }
    if (kind === "html") {
      const page = made("iframe", { className: "mg-page", title: more, srcdoc: text });
      page.sandbox = "allow-scripts allow-forms allow-downloads";
      return page;
    }
    if (kind === "error") {
      const lines = made("details", {}, made("summary", { textContent: say("details") }));
      lines.append(made("pre", { textContent: more, tabIndex: 0 }));
      return made("div", { className: "mg-text mg-error" }, made("p", { textContent: text }), lines);
    }
    if (kind === "missing") return made("p", { className: "mg-missing", textContent: say(text) });
    return made("pre", { className: `mg-text mg-${kind}`, textContent: text, tabIndex: 0 });
  }

  /** Append an output; what is printed line by line becomes one block. */
  function append(output, data) {
    const last = output.lastElementChild;
    if (data.kind === "text" && last?.matches("pre.mg-text:not(.mg-warning)")) last.textContent += data.text;
    else output.append(shown(data));
  }

  // ------------------------------------------------------------------ cells

  const cells = [];

  function cellOf(node) {
    const code = node.querySelector("pre code") ?? node.querySelector("pre");
    const first = code.textContent.replace(/\n$/, "");
    const bar = node.querySelector(".mg-bar") ?? node.insertBefore(made("div", { className: "mg-bar" }), node.firstChild);
    const output = node.querySelector(".mg-output") ?? node.appendChild(made("div", { className: "mg-output" }));
    output.setAttribute("aria-live", "polite");
    const cell = { node, output, first, edited: null, hasRun: false };
    const button = (word, act) => made("button", { type: "button", className: "mg-button", textContent: say(word), onclick: act });
    cell.runs = button("run", () => run(cell));
    cell.edits = button("edit", () => edit(cell));
    cell.stops = button("stop", () => end(say("stopped")));
    cell.undoes = button("undo", () => undo(cell));
    cell.status = made("span", { className: "mg-status" });
    cell.status.setAttribute("role", "status");
    cell.stops.hidden = cell.undoes.hidden = true;
    bar.append(cell.runs, cell.edits, cell.stops, cell.undoes, cell.status);
    cell.block = code.closest(".highlight") ?? code.closest("pre");
    return cell;
  }

  const source = (cell) => (cell.edited && !cell.edited.hidden ? cell.edited.value : cell.first);

  function edit(cell) {
    if (!cell.edited) {
      cell.edited = made("textarea", { className: "mg-edit", value: cell.first, spellcheck: false });
      cell.edited.setAttribute("aria-label", say("code"));
      cell.edited.setAttribute("autocapitalize", "off");
      const fit = () => (cell.edited.rows = cell.edited.value.split("\n").length + 1);
      cell.edited.oninput = () => {
        fit();
        cell.undoes.hidden = cell.edited.value === cell.first;
      };
      cell.edited.onkeydown = (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
          event.preventDefault();
          run(cell);
        } else if (event.key === "Escape") cell.runs.focus();
      };
      cell.block.after(cell.edited);
      fit();
    }
    cell.edited.hidden = false;
    cell.block.hidden = true;
    cell.edits.hidden = true;
    cell.edited.focus();
  }

  function undo(cell) {
    cell.edited.value = cell.first;
    cell.edited.hidden = cell.undoes.hidden = true;
    cell.block.hidden = cell.edits.hidden = false;
  }

  /** Run a cell, after those above it that have not run; whether all went well. */
  async function run(cell) {
    const before = cells.slice(0, cells.indexOf(cell)).filter((other) => !other.hasRun && !other.runs.disabled);
    if (before.length) cell.status.textContent = say("waiting");
    for (const other of before) {
      if (!(await one(other)) && other.node.dataset.state === "stopped") {
        cell.status.textContent = "";
        return false;
      }
    }
    return one(cell);
  }

  function one(cell) {
    if (location.protocol === "file:") {
      cell.output.replaceChildren(shown({ kind: "text", text: say("disk") }));
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      cell.runs.disabled = true;
      cell.stops.hidden = false;
      cell.node.dataset.state = "running";
      cell.node.setAttribute("aria-busy", "true");
      cell.status.textContent = isReady ? say("running") : say("starting");
      const listen = (data) => (cell.status.textContent = progress(data) ?? cell.status.textContent);
      listeners.add(listen);
      let isEmpty = false;
      ask(source(cell), (cell.node.dataset.tags ?? "").split(" "), (data) => {
        // what was there stays where a cell cannot run, and is told why beside it
        if (!isEmpty && data.kind !== "missing") cell.output.replaceChildren();
        else if (!isEmpty) cell.output.querySelector(".mg-missing")?.remove();
        isEmpty = true;
        if (data.kind) append(cell.output, data);
        if (!data.done) return;
        listeners.delete(listen);
        cell.hasRun = data.good;
        cell.node.dataset.state = data.stopped ? "stopped" : data.good ? "done" : "failed";
        cell.node.removeAttribute("aria-busy");
        cell.status.textContent = data.stopped ?? "";
        cell.runs.disabled = false;
        cell.stops.hidden = true;
        if (data.stopped) for (const other of cells) other.hasRun = false;
        resolve(data.good);
      });
    });
  }

  async function runAll() {
    for (const cell of cells) if (!cell.hasRun) await one(cell);
  }

  function begin() {
    const isStyled = document.querySelector('link[href$="cell.css"]');
    if (!isStyled) document.head.append(made("link", { rel: "stylesheet", href: `${here}cell.css` }));
    for (const node of document.querySelectorAll(".mg-cell")) cells.push(cellOf(node));
    const speak = (to) => (lang = to);
    const stop = () => end(say("stopped"));
    window.microgridCells = { cells, run, runAll, stop, ask, append, listeners, progress, say, speak };
    document.dispatchEvent(new Event("microgrid-cells"));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
