// Elements of the page, its words, and the colours of its style sheet.

const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Set only what has changed: the browser then has nothing to do.
function put(element, attribute, value) {
  if (element.getAttribute(attribute) !== String(value)) element.setAttribute(attribute, value);
}

function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A text of the page in its language, with its fields: "{n} samples".
function word(name, fields = {}) {
  const text = page.facts.words[page.lang][name] ?? name;
  return text.replace(/\{(\w+)\}/g, (all, field) => field in fields ? fields[field] : all);
}

// A number as captions have it.
const shown = (x) => write(x, 4);

function colorOf(name) {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));
}

function palette() {
  return page.colors ??= {ground: colorOf("--background"), positive: colorOf("--positive"), negative: colorOf("--negative"),
    classes: page.facts.classColors.map((_, k) => colorOf(`--class${k}`))};
}

// From one colour towards another: share 0 is the first.
const blend = (a, b, share) => a.map((x, k) => Math.round(x + (b[k] - x) * share));

const inRgb = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

// One stop for the keyboard in a group of many: the arrow keys go from one to the next.
function roving(group, items, {onFocus = () => {}, onKey = () => false} = {}) {
  const stop = (place) => items().forEach((item, k) => item.setAttribute("tabindex", k === place ? "0" : "-1"));
  group.addEventListener("keydown", (event) => {
    const all = items(), place = all.indexOf(document.activeElement);
    if (place < 0 || onKey(event, place)) return;
    const way = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : way && !event.altKey ? place + way : null;
    if (next === null || next === undefined || !all[next]) return;
    event.preventDefault();
    stop(next);
    all[next].focus();
  });
  group.addEventListener("focusin", () => {
    const place = items().indexOf(document.activeElement);
    if (place >= 0) { stop(place); onFocus(place); }
  });
  return stop;
}
