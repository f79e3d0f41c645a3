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
