// Boxes that open in place: the picture in which one is open, laid out by Python, in place of that in which none is.

// What was packed by viz/page/unfolding.py.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

// The graph as it is drawn with one box open: what differs are the boxes and arrows.  The walk goes on by those of
// the closed picture.
function opened(graph, {last, units}) {
  const drawn = Object.create(graph), whole = graph.units.get(last);
  Object.assign(drawn, {owner: [...graph.owner], units: new Map(graph.units), arrow: new Map(), edges: new Map(), scopes: null});
  drawn.units.delete(last);
  for (const i of whole.nodes) drawn.owner[i] = i;
  for (const [scope, differences, texts] of units) {
    const inside = places(differences), own = inside.at(-1);
    for (const i of inside) drawn.owner[i] = own;
    drawn.units.set(own, {kind: "scope", labels: {}, ...texts, scope, nodes: inside, last: own});
  }
  for (const unit of drawn.units.values()) {
    if (graph.units.get(unit.last) !== unit) {
      Object.assign(unit, partsOf(graph, unit.nodes));
      unit.outputs = unit.ordered ?? unit.outputs;
    }
    join(drawn, unit);
  }
  return drawn;
}

// Shows the picture in which a box is open, or for null that in which none is.
async function unfoldInPicture(page, last) {
  const found = page.graph.unfolded.find((one) => one.last === last), key = found?.last ?? null;
  if (page.picture.open === key) return;
  if (!page.pictures.has(key)) {
    const drawn = opened(page.graph, found), text = await unpacked(found.svg);
    const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    page.pictures.set(key, new Picture(drawn, page.boxActions, svg, key));
  }
  const {scale} = page.picture;
  page.picture = page.pictures.get(key);
  page.picture.enter(scale);
  page.picture.speak(page.graph.words[page.lang].drawing, page.word, page.lang);
  showLegend(page);
  page.show();
  const {nodes} = found ? page.graph.units.get(last) : {nodes: []};
  page.picture.reveal(nodes[0] ?? page.picture.target[0], nodes);
  page.tell();
}

// The button in the panel of a box that opens.
function unfoldButton(page, unit) {
  const {picture, graph, word} = page, isOpen = picture.open === unit.last;
  if (!graph.unfolded.some(({last}) => last === unit.last)) return null;
  return paragraph(make("button", {
    type: "button", id: "unfold", "aria-pressed": String(isOpen), onclick: () => unfoldInPicture(page, isOpen ? null : unit.last),
  }, word("unfold")));
}

// Above the picture: what is open in it, and the way back.
function showOpen(page) {
  const {picture: {open}, graph, word, lang} = page, unit = graph.units.get(open);
  by("folding").hidden = !unit;
  if (unit) by("folding").textContent = word("fold", {scope: unit.made ?? scopeName(graph, lang, unit.scope)});
}
