// Where boxes are too small to be read the picture says less, in letters that can be: on each box its name and, where
// there is room, its value; where boxes are too small for that, so on each scope; and of what stands beside scopes a list.

const BRIEF = 6.5; // pixels of the smallest letters, below which this is so
const CARD = 11, LEAST_CARD = 7; // letters of a card, in pixels, and those that they may shrink to
const ROOMY = {width: 18, height: 12}, LETTER = 4; // the least card, and the width of a letter at least
const TWO_LINES = 26; // the height from which on it has two lines
const AIR = 4; // pixels that letters keep from the sides of a card
const MOST_LISTED = 6; // names in a list

class Brief {
  constructor(picture) {
    this.picture = picture;
    this.group = element(picture.svg, "g", {class: "cards", "aria-hidden": "true"});
    picture.svg.append(this.group);
    this.cards = [];
    this.scales = null;
  }

  // What there is to be said: each scope with its scopes and boxes, the picture itself being the outermost.
  read() {
    const {picture} = this, {graph, boxes} = picture, at = new Map();
    const whole = {path: "", boxes: [], scopes: []};
    const inside = (path) => {
      if (!path) return whole;
      if (at.has(path)) return at.get(path);
      return inside(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    };
    const frames = [...picture.scopes].sort((a, b) => a.dataset.scope.length - b.dataset.scope.length);
    for (const group of frames) {
      const {scope: path} = group.dataset, scope = {path, boxes: [], scopes: [], place: group.getBBox()};
      inside(path.slice(0, Math.max(0, path.lastIndexOf("/")))).scopes.push(scope);
      at.set(path, scope);
    }
    const scopeOf = (index) => graph.units.get(index)?.scope ?? graph.nodes[index].scope ?? "";
    boxes.forEach(({group}, index) => {
      const own = graph.units.get(index)?.kind === "scope" ? scopeOf(index).replace(/\/?[^/]*$/, "") : scopeOf(index);
      inside(own).boxes.push({index, place: group.querySelector("path").getBBox()});
    });
    for (const scope of at.values()) scope.result = this.resultOf(scope);
    return whole;
  }

  // The only box of a scope that something outside of it reads, as a neuron has one; null where there are several.
  resultOf(scope) {
    const {graph} = this.picture, within = new Set(indicesIn(scope)), read = new Set();
    graph.nodes.forEach((node, i) => {
      if (within.has(graph.owner[i])) return;
      for (const parent of node.parents) if (within.has(graph.owner[parent])) read.add(graph.owner[parent]);
    });
    if (within.has(graph.owner[graph.root])) read.add(graph.owner[graph.root]);
    const results = [...read].filter((i) => graph.nodes[i].op);
    return results.length === 1 ? results[0] : null;
  }

  // Lays the cards for the scales across and down; where boxes can be read there are none.
  lay(across, down) {
    const {picture} = this, isBrief = Math.min(across, down) * picture.letters < BRIEF && picture.frame.clientWidth > 0;
    picture.svg.classList.toggle("brief", isBrief);
    if (this.scales?.[0] === across && this.scales[1] === down) return;
    this.scales = [across, down];
    this.cards = [];
    this.group.replaceChildren();
    if (!isBrief) return;
    this.whole ??= this.read();
    const cards = [], lists = [];
    for (const scope of this.whole.scopes) cards.push(...this.cardsOf(scope) ?? [{scope, place: scope.place}]);
    for (const box of this.whole.boxes) (this.hasRoom(box.place, box.index) ? cards : lists).push({indices: [box.index], place: box.place});
    for (const card of cards) this.add(card);
    for (const list of this.joined(lists)) this.add(list);
    this.tell(this.active);
  }

  hasRoom({width, height}, index = null) {
    const least = index === null ? ROOMY.width : Math.max(ROOMY.width, this.nameOf(index).length * LETTER + AIR);
    return width * this.scales[0] >= least && height * this.scales[1] >= ROOMY.height;
  }

  nameOf(index) {
    return (this.picture.boxes[index].name?.shown ?? "").split(/ = | ≈ |: /)[0];
  }

  // The cards of a scope: those of what is in it, if all of them have room, or itself; null if it has none.  Scopes
  // side by side are all drawn in the same way.
  cardsOf(scope) {
    const inner = scope.scopes.map((one) => this.cardsOf(one)), themselves = scope.scopes.map((one) => ({scope: one, place: one.place}));
    const cards = scope.boxes.map(({index, place}) => ({indices: [index], place}));
    const haveRoom = scope.boxes.every(({index, place}) => this.hasRoom(place, index)) && inner.every(Boolean);
    if (haveRoom && inner.some(([{scope: own}], k) => own === scope.scopes[k])) return cards.concat(themselves);
    if (haveRoom) return cards.concat(...inner);
    return this.hasRoom(scope.place) ? [{scope, place: scope.place}] : null;
  }

  // Boxes without room of their own, those whose names would run into each other in one list.
  joined(boxes) {
    const [across, down] = this.scales, lists = [];
    for (const {indices, place} of boxes) {
      const x = (place.x + place.width / 2) * across, y = (place.y + place.height / 2) * down;
      const near = lists.find((list) => Math.abs(list.x - x) < 60 && Math.abs(list.y - y) < CARD * (list.indices.length + 1));
      if (near) near.indices.push(...indices);
      else lists.push({indices: [...indices], place, x, y});
    }
    return lists;
  }

  add(card) {
    const [across, down] = this.scales, {x, y, width, height} = card.place, {svg} = this.picture;
    const group = element(svg, "g", {class: card.scope ? "card scope-card" : "card"});
    if (card.scope) {
      const cover = element(svg, "rect", {x, y, width, height});
      cover.addEventListener("click", () => this.picture.approach(indicesIn(card.scope)));
      group.append(cover);
    }
    const at = element(svg, "g", {transform: `translate(${x + width / 2} ${y + height / 2}) scale(${1 / across} ${1 / down})`});
    group.append(at);
    this.group.append(group);
    this.cards.push({...card, group, at, middle: [x + width / 2, y + height / 2], width: width * across - AIR, height: height * down, told: null});
  }

  // What the cards say now; those are active in which a node is.
  tell(active) {
    this.active = active;
    for (const card of this.cards) {
      const inside = card.indices ?? indicesIn(card.scope);
      card.group.classList.toggle("active", Boolean(active && inside.some((i) => active.has(i))));
      const lines = this.linesOf(card), told = lines.join("\n");
      if (card.told === told) continue;
      card.told = told;
      inscribe(this.picture, card, lines);
    }
  }

  linesOf({scope, indices, height}) {
    const {picture} = this, {boxes, graph} = picture;
    const name = (i) => this.nameOf(i);
    const value = (i) => (boxes[i].value?.shown ?? "").split(" = ").at(-1);
    const both = (i) => [name(i), value(i)].filter(Boolean);
    if (scope && scope.result === null) return [scopeName(graph, picture.lang, scope.path)];
    const [index, ...others] = scope ? [scope.result] : indices;
    if (!others.length) return height >= TWO_LINES ? both(index) : [both(index).join(" = ")];
    const lines = indices.map((i) => both(i).join(" = "));
    return lines.length <= MOST_LISTED ? lines : [lines[0], "⋮", lines.at(-1)];
  }
}

function indicesIn({boxes, scopes}) {
  return [...boxes.map(({index}) => index), ...scopes.flatMap(indicesIn)];
}

// The lines of a card, one above the other about its middle, in letters that fit its width, or the name alone.
function inscribe(picture, card, lines) {
  const {svg} = picture, isList = card.indices?.length > 1 || !card.width;
  const texts = lines.map((line, k) => {
    const text = element(svg, "text", {
      "text-anchor": "middle", "font-size": CARD, y: (k - (lines.length - 1) / 2) * (CARD + 2) + CARD * 0.36,
      class: k || isList ? "" : "first",
    });
    text.textContent = line;
    return text;
  });
  card.at.replaceChildren(...texts);
  if (isList) {
    const [across, down] = picture.brief.scales, half = Math.max(...texts.map((text) => text.getComputedTextLength())) / 2;
    const middle = Math.min(Math.max(card.middle[0] * across, half + 2), picture.size[0] * across - half - 2) / across;
    return card.at.setAttribute("transform", `translate(${middle} ${card.middle[1]}) scale(${1 / across} ${1 / down})`);
  }
  for (const text of texts) {
    const fit = () => CARD * card.width / (text.getComputedTextLength() || 1);
    if (fit() < LEAST_CARD && text.textContent.includes(" = ")) text.textContent = text.textContent.split(" = ")[0];
    const size = Math.min(CARD, fit());
    text.setAttribute("font-size", String(size));
    if (size < LEAST_CARD) text.remove();
  }
}
