// Where boxes are too small to be read the picture says less, in letters that can be: on each box its name and, where
// there is room, its value; where boxes are too small for that, so on each scope; and of what stands beside scopes a list.

const BRIEF = 6.5; // pixels of the smallest letters, below which this is so
const CARD = 11, LEAST_CARD = 7; // letters of a card, in pixels, and those that they may shrink to
const ROOMY = {width: 18, height: 12}, LETTER = 4, INDEX = 3; // the least card, and the width of a letter at least, and of one in h₁⁽²⁾
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
    for (const {scopes} of [whole, ...at.values()]) for (const scope of scopes) scope.around = aroundOf(scope, scopes);
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
    for (const scope of this.whole.scopes) cards.push(...this.cardsOf(scope) ?? [this.cardOf(scope)]);
    for (const box of this.whole.boxes) (this.isRoomy(box) ? cards : lists).push({indices: [box.index], place: box.place});
    for (const card of cards) this.add(card);
    for (const list of this.joined(lists)) this.add(list);
    this.tell(this.active);
  }

  hasRoom({width, height}, least) {
    return width * this.scales[0] >= Math.max(ROOMY.width, least) && height * this.scales[1] >= ROOMY.height;
  }

  // Whether a box has room for its name.
  isRoomy({index, place}) {
    return this.hasRoom(place, this.nameOf(index).length * LETTER + AIR);
  }

  nameOf(index) {
    return (this.picture.boxes[index].name?.shown ?? "").split(/ = | ≈ |: /)[0];
  }

  // The cards of a scope: those of what is in it, if all of them have room, or itself; null if it has none.  Scopes
  // side by side are all drawn in the same way.
  cardsOf(scope) {
    const inner = scope.scopes.map((one) => this.cardsOf(one)), themselves = scope.scopes.map((one) => this.cardOf(one));
    const cards = scope.boxes.map(({index, place}) => ({indices: [index], place}));
    const haveRoom = scope.boxes.every((box) => this.isRoomy(box)) && inner.every(Boolean);
    if (haveRoom && inner.some(([{scope: own}], k) => own === scope.scopes[k])) return cards.concat(themselves);
    if (haveRoom) return cards.concat(...inner);
    const card = this.cardOf(scope);
    const name = scope.result === null ? "" : this.nameOf(scope.result); // an unnamed neuron says nothing
    return this.hasRoom(card.place, name.length * INDEX + AIR) ? [card] : null;
  }

  // Of a scope as a whole; one that is too low takes of what is free above and below it.
  cardOf(scope) {
    const {x, y, width, height} = scope.place, least = ROOMY.height / this.scales[1];
    const more = Math.min(scope.around, Math.max(0, (least - height) / 2));
    return {scope, place: {x, y: y - more, width, height: height + 2 * more}};
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

// How far a scope may reach above and below its frame, as far as the middle of the way to the next beside it.
function aroundOf({place}, scopes) {
  const beside = scopes.map((other) => other.place).filter((one) => one !== place && one.x < place.x + place.width && place.x < one.x + one.width);
  const ways = beside.map((one) => Math.max(one.y - place.y - place.height, place.y - one.y - one.height));
  return Math.max(0, Math.min(...ways, Infinity) / 2);
}

function indicesIn({boxes, scopes}) {
  return [...boxes.map(({index}) => index), ...scopes.flatMap(indicesIn)];
}

// The lines of a card, one above the other about its middle, in letters that fit its width, or the name alone, upwards
// where it is high enough.
function inscribe(picture, card, lines) {
  const {svg} = picture, listed = isList(card);
  const texts = lines.map((line, k) => {
    const text = element(svg, "text", {
      "text-anchor": "middle", "font-size": CARD, y: (k - (lines.length - 1) / 2) * (CARD + 2) + CARD * 0.36,
      class: k || listed ? "" : "first",
    });
    text.textContent = line;
    return text;
  });
  card.at.replaceChildren(...texts);
  if (listed) return enlist(picture.brief, card, texts);
  for (const text of texts) {
    const fit = () => CARD * card.width / (text.getComputedTextLength() || 1);
    if (fit() < LEAST_CARD && text.textContent.includes(" = ")) text.textContent = text.textContent.split(" = ")[0];
    const size = Math.min(CARD, fit()), upright = size < LEAST_CARD && texts.length === 1 && text.getComputedTextLength() < card.height;
    if (upright) text.setAttribute("transform", "rotate(-90)");
    else text.setAttribute("font-size", String(size));
    if (size < LEAST_CARD && !upright) text.remove();
  }
}

function isList({indices}) {
  return indices?.length > 1;
}

// A list stands at the middle of its boxes, as far as the picture's sides let it; the names alone where it would
// cover a card.
function enlist(brief, card, texts) {
  const [across, down] = brief.scales, [x, y] = card.middle, [width] = brief.picture.size;
  const widest = () => Math.max(...texts.map((text) => text.getComputedTextLength()));
  const left = () => Math.min(Math.max(x * across, widest() / 2 + 2), width * across - widest() / 2 - 2) - widest() / 2;
  const high = texts.length * (CARD + 2) / 2, top = y * down - high, bottom = y * down + high;
  const covers = brief.cards.some(({place, ...other}) => !isList(other) && place.x * across < left() + widest() && left() < (place.x + place.width) * across
    && place.y * down < bottom && top < (place.y + place.height) * down);
  if (covers) for (const text of texts) [text.textContent] = text.textContent.split(" = ");
  card.at.setAttribute("transform", `translate(${(left() + widest() / 2) / across} ${y}) scale(${1 / across} ${1 / down})`);
}
