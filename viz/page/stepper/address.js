// The address says what is shown: the step, what was changed and trained, the node that is open, and the language.

const LATER = 250; // milliseconds after which the address follows what is dragged
const PATIENCE = 3000; // milliseconds that what an address asks for may take

// What has been done to the numbers, in its order: {leaf, x} for one that was given another number, and {steps, rate}
// for training.  What a later change makes of no account is left out.
function noted(log, entry) {
  const last = log.at(-1);
  if (entry.steps !== undefined) {
    if (!entry.steps) return log;
    if (last?.rate !== entry.rate) return [...log, entry];
    return [...log.slice(0, -1), {...last, steps: last.steps + entry.steps}];
  }
  const since = log.findLastIndex(({steps}) => steps !== undefined) + 1;
  return [...log.slice(0, since), ...log.slice(since).filter(({leaf}) => leaf !== entry.leaf), entry];
}

function addressOf(page) {
  const {graph, training, log, chosen, unit, opened, lang} = page, parts = [`step=${page.step}`];
  const node = unit?.last ?? chosen, first = trainables(graph);
  if (node !== null) parts.push(`node=${node}`);
  if (opened.size) parts.push(`open=${[...opened].map(({last}) => last)}`);
  if (page.picture?.open) parts.push(`unfold=${page.picture.open}`);
  if (!first.length && training.chosen.length) parts.push(`train=${training.chosen}`);
  if (log.length) {
    parts.push(`do=${log.map(({leaf, x, steps, rate}) => steps ? `t${steps}:${rate}` : `${leaf}:${x}`)}`);
  }
  if (training.rate !== graph.training.rate) parts.push(`eta=${training.rate}`);
  if (lang !== graph.lang) parts.push(`lang=${lang}`);
  return parts.join("&");
}

// What an address has done to the numbers.
function doneIn(text) {
  const entries = (text ?? "").split(",").filter(Boolean).map((part) => {
    const [what, number] = part.split(":"), x = Number(number);
    if (!Number.isFinite(x)) return null;
    return what.startsWith("t") ? {steps: Number(what.slice(1)), rate: x} : {leaf: Number(what), x};
  });
  return entries.every(Boolean) ? entries : [];
}

// Makes the page what an address says; what it says amiss is passed over.
function showAddress(page, text) {
  const fields = new URLSearchParams(text), {graph, training} = page;
  const indices = (name) => (fields.get(name) ?? "").split(",").filter(Boolean).map(Number).filter((i) => graph.nodes[i]);
  const lang = fields.get("lang") ?? graph.lang, rate = Number(fields.get("eta") ?? graph.training.rate);
  if (!fields.has("step")) return;
  if (graph.words[lang] && lang !== page.lang) page.speak(lang);
  if (Number.isFinite(rate) && rate >= 0) training.rate = rate;
  if (training.offered.length) training.chosen = indices("train").filter((i) => training.offered.some(({index}) => index === i));
  redo(page, doneIn(fields.get("do")));
  page.opened = new Set(indices("open").map((i) => graph.units.get(i)).filter(Boolean));
  const [node] = indices("node");
  if (node !== undefined) Object.assign(page, graph.units.get(node) ? {unit: graph.units.get(node), chosen: null} : {chosen: node, unit: null});
  if (fields.has("unfold")) unfoldInPicture(page, Number(fields.get("unfold")));
  page.go(Number(fields.get("step")) || 0);
  if (fields.get("view") !== "whole") return; // as the page that trains opens it
  foldPanel(page, true);
  page.picture.whole();
}

// Does to the recorded numbers what a log says, as long as that takes no time.
function redo(page, log) {
  const {graph, training} = page, until = performance.now() + PATIENCE;
  if (JSON.stringify(log) === JSON.stringify(page.log)) return page.compute();
  Object.assign(page, {changes: new Map(), log: [], comparison: null});
  Object.assign(training, {count: 0, losses: [], curve: [], outcome: null});
  const {rate} = training;
  page.compute();
  for (const entry of log) {
    if (entry.steps === undefined) {
      if (!graph.nodes[entry.leaf] || !isOpen(graph, entry.leaf)) continue;
      page.changes = new Map(page.changes).set(entry.leaf, entry.x);
      page.log = noted(page.log, entry);
      page.numbers = compute(graph, page.changes);
      continue;
    }
    training.rate = entry.rate;
    for (let left = entry.steps; left > 0 && !training.outcome && performance.now() < until; left -= 50) {
      training.advance(Math.min(left, 50));
    }
  }
  training.rate = rate;
  page.compute();
}
