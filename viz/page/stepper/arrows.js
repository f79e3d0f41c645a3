// The arrows that a step lights, as viz/walk/direction.py draws them: forward thick, backward a double line
// whose head is at the operand that receives.

// Lights an arrow, "forward" or "backward", or no more (null).  What it looks like then is drawn when it first
// is: in a group beside its own paths, of which the style sheet shows one.
function light(edge, way, sizes) {
  flag(edge, {lit: way !== null, forward: way === "forward", backward: way === "backward"});
  if (way !== null && !edge.querySelector(`g.${way}`)) drawLit(edge, way === "backward", sizes);
}

function drawLit(edge, backward, {length, half, inside, head}) {
  const own = [...edge.querySelectorAll(":scope > path")];
  const lines = own.filter((path) => path.hasAttribute("stroke"));
  const heads = own.filter((path) => !path.hasAttribute("stroke")), each = lines.length / heads.length;
  const group = element(edge, "g", {class: backward ? "backward" : "forward"}), isRoute = edge.dataset.route === "true";
  edge.append(group);
  heads.forEach((old, lane) => {
    const parts = lines.slice(lines.length - each * (lane + 1), lines.length - each * lane);
    const [tip] = old.getAttribute("d").slice(1).split("L");
    const ds = parts.map((part, k) => part.getAttribute("d") + (k ? "" : `L${tip}`)); // the last part is first
    const strokes = isRoute ? ["glow", ""] : backward ? ["outer", "core"] : ["outer"];
    const shown = strokes.map((kind) => parts.map((part, k) => {
      const line = element(edge, "path", {d: ds[k], fill: "none", class: kind});
      if (isRoute && !kind) for (const name of ["stroke", "stroke-width", "stroke-dasharray"]) {
        if (part.hasAttribute(name)) line.setAttribute(name, part.getAttribute(name));
      }
      group.append(line);
      return line;
    }));
    const ends = shown.map((kind) => kind.at(backward ? -1 : 0)), [end] = ends, total = end.getTotalLength();
    const at = (distance) => end.getPointAtLength(backward ? distance : total - distance);
    const start = at(0), size = Math.min(isRoute ? 1 : head, total / length), reach = length * inside * size;
    for (const line of ends) {
      if (line.hasAttribute("stroke-dasharray")) continue; // a route's own
      line.setAttribute("stroke-dasharray", backward ? `0 ${reach} ${total}` : `${total - reach} ${total}`);
    }
    group.append(element(edge, "path", {d: headAt(start, at(reach), length * size, half * size), class: "head",
      ...isRoute ? {fill: old.getAttribute("fill")} : {}}));
  });
}

// An arrowhead at a tip, coming from a base.
function headAt(tip, base, length, half) {
  const far = Math.hypot(tip.x - base.x, tip.y - base.y) || 1;
  const dx = (tip.x - base.x) / far, dy = (tip.y - base.y) / far;
  const [x, y] = [tip.x - length * dx, tip.y - length * dy];
  return `M${tip.x},${tip.y} L${x + dy * half},${y - dx * half} L${x - dy * half},${y + dx * half} Z`;
}

function element(like, name, attributes) {
  const made = document.createElementNS(like.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// ---------------------------------------------------------------- the gap for a number

const GAP = 8, LABEL = 12; // units that Python left open around the label of an arrow, and that a text may have of them
const HEAD = 6, STUB = 3, PIECES = 12; // units that stay of a line before its head and after its box, and parts it is drawn in

// The gap that an arrow has for its number, and in the arrow what closes it while that is not known; null where it
// has none.
function gapIn(edge) {
  const lines = [...edge.querySelectorAll(":scope > path[stroke]")];
  if (lines.length !== 2 || !edge.dataset.edge) return null;
  const paths = lines.map((line) => line.getAttribute("d")); // the part to the head stands first
  const [last, first] = paths.map((d) => d.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number));
  const group = element(edge, "g", {class: "bridge"}), from = first.slice(-2), to = last.slice(0, 2);
  group.append(element(edge, "path", {
    d: `M${from}L${to}`, fill: "none",
    stroke: lines[0].getAttribute("stroke"), "stroke-width": lines[0].getAttribute("stroke-width"),
  }));
  edge.append(group);
  return {edge, lines, paths, from, to};
}

// Makes it as wide as its number is now, and some ground on both sides: with other numbers the formula before it may
// be left out, and a longer number takes something of the lines beside it.
function fitGap({edge, lines, paths, from, to}, line) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]], whole = Math.hypot(dx, dy), [c, s] = [dx / whole, dy / whole];
  const {text} = line, size = Number(text.getAttribute("font-size")), across = (long, slope) => (long + GAP) / Math.max(Math.abs(slope), 1e-9);
  const wide = line.squeezed ? Number(text.getAttribute("textLength")) : lengthOf(text, text.textContent);
  const length = text.textContent ? Math.min(across(wide, c), Math.max(whole, across(size, s))) : whole; // steep ones pass above and below
  const [x, y] = ["x", "y"].map((name) => Number(text.getAttribute(name)));
  const middle = (x - from[0]) * c + (y - 0.35 * size - from[1]) * s, rounded = (z) => Math.round(z * 100) / 100;
  const start = length > whole ? middle - length / 2 : Math.min(Math.max(middle - length / 2, 0), whole - length);
  const at = (distance) => [rounded(from[0] + c * distance), rounded(from[1] + s * distance)];
  const now = lines.map((part) => part.getAttribute("d")), [last, first] = paths, end = start + length;
  const next = Math.abs(length - whole) < 0.5 ? paths : [
    end > whole ? shortened(lines[0], last, end - whole, 0, HEAD) : `M${at(end)}L${last.slice(1)}`,
    start < 0 ? shortened(lines[1], first, 0, -start, STUB) : `${first}L${at(start)}`];
  next.forEach((d, k) => lines[k].setAttribute("d", d));
  if (next.every((d, k) => d === now[k])) return;
  for (const lit of edge.querySelectorAll(":scope > g:is(.forward, .backward)")) lit.remove(); // of the other gap
}

// A path without so many units at its begin and its end, of which `least` stay; measured by a line that is shown.
function shortened(line, d, begin, end, least) {
  line.setAttribute("d", d);
  const total = line.getTotalLength(), most = Math.max(total - least, 0);
  const from = Math.min(begin, most), to = total - Math.min(end, most), rounded = (z) => Math.round(z * 100) / 100;
  const points = Array.from({length: PIECES + 1}, (_, k) => line.getPointAtLength(from + (to - from) * k / PIECES));
  return `M${points.map(({x, y}) => `${rounded(x)},${rounded(y)}`).join("L")}`;
}
