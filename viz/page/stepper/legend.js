// The legend: a sample of every colour, border and arrow that the picture has, in the picture's own colours.

const SAMPLE = {width: 44, height: 24}, LONGEST_SAMPLE = 6; // pixels, letters

// A small box with the look of those of a kind.
function boxSample(look, kind, classes = "") {
  const {width, height} = SAMPLE, [left, top, right, bottom] = [3, 3, width - 3, height - 3];
  const middle = height / 2, corner = kind === "input" ? middle - 3 : 4;
  const d = kind === "parameter" ? `M${left},${middle} L${left + 6},${top} H${right - 6} L${right},${middle} L${right - 6},${bottom} H${left + 6} Z`
    : `M${left + corner},${top} H${right - corner} A${corner},${corner} 0 0 1 ${right},${top + corner} V${bottom - corner}
      A${corner},${corner} 0 0 1 ${right - corner},${bottom} H${left + corner} A${corner},${corner} 0 0 1 ${left},${bottom - corner}
      V${top + corner} A${corner},${corner} 0 0 1 ${left + corner},${top} Z`;
  return sample([["path", {...look, d}]], `box-look ${classes}`);
}

// Shapes as a picture of their own, which the style sheet treats as it does the large one.
function sample(shapes, classes) {
  const svg = element(document.querySelector("#picture svg"), "svg", {}), group = element(svg, "g", {class: classes});
  for (const [name, value] of Object.entries({...SAMPLE, viewBox: `0 0 ${SAMPLE.width} ${SAMPLE.height}`, "aria-hidden": "true"})) {
    svg.setAttribute(name, String(value));
  }
  group.append(...shapes.map(([name, attributes]) => element(svg, name, attributes)));
  svg.append(group);
  return svg;
}

// An arrow as steps light them, or as it is.
function arrowSample(kind, edge) {
  const y = SAMPLE.height / 2, right = SAMPLE.width - 2, line = (attributes) => ["path", {fill: "none", ...attributes}];
  if (!kind) {
    const stroke = edge.querySelector("path[stroke]")?.getAttribute("stroke");
    return sample([line({d: `M2,${y}H${right - 8}`, stroke, "stroke-width": 1.5}),
      ["path", {d: `M${right},${y}l-10,-4.3v8.6Z`, fill: stroke}]], "arrow-look");
  }
  const head = kind === "forward" ? `M${right},${y}l-14,-6v12Z` : `M2,${y}l14,-6v12Z`;
  const lines = kind === "forward" ? [["outer", `M2,${y}H${right - 12}`]]
    : [["outer", `M14,${y}H${right}`], ["core", `M14,${y}H${right}`]];
  return sample([...lines.map(([name, d]) => line({class: name, d})), ["path", {class: "head", d: head}]], `arrow-look ${kind}-look`);
}

function textSample(text, kind) {
  return make("span", {class: `sample ${kind}`, "aria-hidden": "true"}, text);
}

// [sample, what it means] for all that there is.
function legendEntries(page) {
  const {graph, word, picture} = page, {svg} = picture, entries = [];
  const lookOf = (path) => Object.fromEntries(["fill", "stroke", "stroke-width", "stroke-dasharray"].filter((name) =>
    path.hasAttribute(name)).map((name) => [name, path.getAttribute(name)]));
  const first = (selector) => svg.querySelector(`${selector} > path`);
  for (const kind of ["input", "parameter", "constant", "op", "folded", "symbol"]) {
    const path = first(kind === "symbol" ? "g.symbol" : `g.node.${kind}:not(.root)`) ?? first(`g.node.${kind}`);
    if (path) entries.push([boxSample(lookOf(path), kind), word(kind === "folded" ? "legend_folded" : kind === "symbol" ? "op" : kind)]);
  }
  const root = first("g.node.root"), other = first("g.node.op:not(.root)");
  if (root) entries.push([boxSample({...lookOf(root), fill: "none"}, "op"), word("legend_root")]);
  if (svg.querySelector("g.scope")) entries.push([boxSample(lookOf(first("g.scope")), "op"), word("scope")]);
  const box = lookOf(other ?? root ?? first("g.node"));
  entries.push([boxSample(box, "op", "waiting-look"), word("legend_waiting")]);
  entries.push([boxSample(box, "op", "active-look"), word("legend_active")]);
  entries.push([boxSample(box, "op", "broken-look"), word("impossible")]);
  const {target} = graph.nodes.find((node) => node.role !== "constant") ?? graph.nodes[graph.root];
  entries.push([textSample(characters(target) > LONGEST_SAMPLE ? "grad" : target, "gradient"), word("legend_gradient", {root: graph.nodes[graph.root].name})]);
  if (svg.querySelector("g.local")) entries.push([textSample("2e", "local"), word("legend_local")]);
  const edge = svg.querySelector("g.edge");
  if (edge) {
    entries.push([arrowSample(null, edge), word("legend_arrow")]);
    entries.push([arrowSample("forward", edge), word("legend_forward")]);
    entries.push([arrowSample("backward", edge), word("legend_backward")]);
  }
  if (graph.colored) entries.push([textSample("■", "colored"), word("legend_colored")]);
  if (svg.querySelector("g.routes") && !graph.claim) entries.push([textSample("━", "routes"), word("legend_routes")]);
  return entries;
}

function showLegend(page) {
  by("legend-list").replaceChildren(...legendEntries(page).map(
    ([shown, meaning]) => make("li", {}, make("span", {class: "swatch"}, shown), make("span", {}, meaning))));
}

// What a claim covers and what it forgot, each with its line, and the verdict.
function showClaim(page) {
  const {graph, lang, picture} = page, list = by("claim");
  if (!graph.claim) return;
  const strokes = [...picture.svg.querySelectorAll("g.routes > path")].map((path) => path.getAttribute("stroke"));
  list.hidden = false;
  picture.svg.classList.add("claimed"); // whose lines are told apart from the start
  list.replaceChildren(...graph.claim[lang].map((sentence, k) => make("li", {},
    strokes[k] ? sample([["path", {d: "M2,12H42", fill: "none", stroke: strokes[k], "stroke-width": 4}]], "arrow-look") : "",
    make("span", {}, sentence))));
}
