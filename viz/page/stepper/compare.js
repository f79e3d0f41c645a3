// A change, and what it changes: the old numbers beside the new ones, and what the gradient foretold.

// {leaf, numbers, adjoints}: what was before the leaf got its first new number, until something else happens.
function comparisonOf(page, leaf) {
  if (page.comparison?.leaf === leaf) return page.comparison;
  return {leaf, numbers: page.numbers, adjoints: page.adjoints};
}

// The number a node had before, as it was written, or null where that is what stands there.
function before(page, i) {
  const {comparison, numbers, known, write} = page;
  if (!comparison || known.data[i] === null || known.data[i] !== numbers.data[i]) return null;
  const old = comparison.numbers.data[i];
  if (comparison.numbers.errors[i] || old === numbers.data[i]) return null;
  const text = write(old);
  return text === write(numbers.data[i]) ? null : text;
}

// w: 2 → 2.1. ΔL = −1.11; ∂L/∂w · Δw = −12 · 0.1 = −1.2.
function compared(page) {
  const {comparison, graph, numbers, word, write, captions} = page;
  if (!comparison) return "";
  const {leaf} = comparison, {root, nodes} = graph, old = comparison.numbers;
  const [from, to] = [old.data[leaf], numbers.data[leaf]], change = to - from, name = nodes[leaf].name;
  const move = `${name}: ${write(from)} → ${write(to)}`;
  if (old.errors[root] || numbers.errors[root] || page.predicting) return word("compared_leaf", {move});
  const gradient = comparison.adjoints[leaf], foretold = times(gradient, change);
  const fields = {
    move, root: nodes[root].name, difference: write(numbers.data[root] - old.data[root]),
    product: `${nodes[leaf].target} · Δ${name} = ${captions.times(gradient, change)}`, foretold: write(foretold),
  };
  return word("compared", fields);
}

// The old number beside the new one in its box or, where there is no room, below it.
function ghost(picture, box, text) {
  const {value, group} = box, pair = text && `${text} ${value.shown}`;
  if (box.pair === pair || (!text && !box.pair)) return;
  box.pair = pair;
  if (!text) {
    box.ghost.remove();
    value.text.setAttribute("x", box.middle);
    return;
  }
  box.middle ??= value.text.getAttribute("x");
  box.ghost ??= element(group, "text", {"text-anchor": "middle", "font-size": value.text.getAttribute("font-size")});
  if (!box.ghost.isConnected) picture.ghosts.append(box.ghost);
  box.ghost.textContent = text;
  const [old, now] = [text, value.shown].map((shown) => lengthOf(value.text, shown));
  const middle = Number(box.middle), gap = 10, isBeside = old + now + gap <= (value.room ??= roomAt(value));
  const {y, height} = box.outer ??= value.outline.getBBox();
  box.ghost.classList.toggle("below", !isBeside);
  box.ghost.setAttribute("x", String(isBeside ? middle - (now + gap) / 2 : middle));
  box.ghost.setAttribute("y", isBeside ? value.text.getAttribute("y") : String(y + height + 12));
  value.text.setAttribute("x", isBeside ? String(middle + (old + gap) / 2) : box.middle);
}

const RULER = {ink: null, family: "", size: ""};

// How long a text is in the letters of another.  Asking the browser for that of a text just written would make it
// lay out all the others, each time.
function lengthOf(like, text) {
  RULER.ink ??= /** @type {any} */ (document.createElement("canvas")).getContext("2d");
  RULER.family ||= getComputedStyle(like).fontFamily;
  const size = like.getAttribute("font-size");
  if (RULER.size !== size) RULER.ink.font = `${size}px ${RULER.family}`;
  RULER.size = size;
  return RULER.ink.measureText(text).width;
}
