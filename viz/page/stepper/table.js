// The table: the numbers of the picture, a row for each box; the nodes of a folded scope have theirs when it
// is opened.

const MOST_ROWS = 200; // on a page of the table; each step makes them all anew

function tableOfNumbers(page) {
  const {graph, word} = page, scoped = graph.nodes.some((node) => node.scope);
  const rows = tableRows(page), pages = Math.ceil(rows.length / MOST_ROWS);
  const here = tablePage(page, rows, pages);
  const columns = ["node", "value", "gradient", "role", "operands", ...scoped ? ["scope"] : []];
  const kind = (name) => ["value", "gradient"].includes(name) ? "number" : null;
  const head = (name) => make("th", {scope: "col", class: kind(name)}, word(name));
  const shown = rows.slice(here * MOST_ROWS, (here + 1) * MOST_ROWS);
  const table = make("table", {},
    make("thead", {}, make("tr", {}, columns.map(head))),
    make("tbody", {}, shown.map(
      ([i, unit]) => unit?.kind === "scope" ? scopeRow(page, unit) : nodeRow(page, i, scoped, unit))));
  if (pages < 2) return [table];
  const turn = (id, to, possible) => make("button",
    {type: "button", id, disabled: !possible, onclick: () => page.turnTable(to)}, word(id));
  const first = here * MOST_ROWS;
  const place = word("rows", {
    from: thousands(first + 1), to: thousands(first + shown.length), of: thousands(rows.length),
  });
  const before = turn("rows_before", here - 1, here > 0);
  const after = turn("rows_after", here + 1, here < pages - 1);
  return [make("p", {class: "line"}, before, after, place), table];
}

// [index, unit]: for each box its node or its folded scope, and after a scope that is open the nodes inside.
function tableRows({graph, opened}) {
  const rows = [];
  graph.nodes.forEach((node, i) => {
    const unit = graph.units.get(graph.owner[i]);
    if (!unit) return rows.push([i, null]);
    if (unit.last !== i) return null;
    rows.push([i, unit]);
    return opened.has(unit) ? rows.push(...unit.nodes.map((inside) => [inside, null])) : null;
  });
  return rows;
}

// The page of the table that someone turned to, otherwise that of what the step is about.
function tablePage(page, rows, pages) {
  if (page.turned !== null) return Math.min(page.turned, pages - 1);
  const active = new Set(page.frame.active.map((i) => page.graph.owner[i]));
  const place = rows.findIndex(([i]) => active.has(page.graph.owner[i]));
  return Math.max(0, Math.floor(place / MOST_ROWS));
}

// The row of a node or, with a unit, of a sum or a piece.
function nodeRow(page, i, scoped, unit) {
  const {graph, word} = page, node = graph.nodes[i], {data, grads} = page.known;
  const cell = (x, why) => x === null ? unknown(word(why)) : make("td", {class: "number"}, number(page, x));
  const impossible = () => make("td", {class: "number"}, make("span", {class: "wrong"}, word("impossible")));
  const opener = make("button", {
    type: "button", class: "link", "data-node": i, onclick: () => unit ? page.chooseBox(i) : page.choose(i),
  }, unit?.made || node.heading || page.write(node.data));
  const value = unit && unit.outputs.length > 1 ? make("td", {class: "number"}, boxOf(page, i).value ?? BLANK)
    : cell(data[i], "pending_value");
  const isInside = !unit && (graph.owner[i] !== i || graph.units.has(i));
  const operands = unit ? unit.flows.map(([operand]) => operand) : node.parents;
  return make("tr", {class: page.frame.active.includes(i) ? "active" : null},
    make("th", {scope: "row", class: isInside ? "inside" : null}, opener),
    page.numbers.errors[i] ? impossible() : value,
    node.role === "constant" ? make("td") : cell(grads[i], "pending_gradient"),
    make("td", {}, word(node.role)),
    make("td", {}, operands.map((parent) => graph.nodes[parent].name).join(", ")),
    scoped ? make("td", {}, scopeName(graph, page.lang, node.scope)) : null);
}

// An empty cell, which says why to those who cannot see that it is empty.
function unknown(why) {
  return make("td", {class: "number", title: why, "aria-label": why});
}

function scopeRow(page, unit) {
  const {graph, word} = page, [values, gradient] = summary(page, unit), open = page.opened.has(unit);
  const broken = brokenIn(page, unit) !== undefined;
  const active = page.frame.active.some((i) => graph.owner[i] === unit.last);
  const scope = scopeName(graph, page.lang, unit.scope);
  const toggle = make("button", {
    type: "button", class: "link", id: `scope-${unit.last}`, "aria-expanded": String(open),
    "aria-label": word("inside_of", {scope}), onclick: () => page.unfold(unit),
  }, open ? "▾" : "▸");
  const opener = make("button", {
    type: "button", class: "link", "data-scope": unit.last, onclick: () => page.chooseBox(unit.last),
  }, scope);
  const cell = (said, why) => said === null ? unknown(word(why)) : make("td", {class: "number"}, said);
  return make("tr", {class: active ? "active" : null},
    make("th", {scope: "row"}, toggle, opener),
    broken ? make("td", {class: "number"}, make("span", {class: "wrong"}, word("impossible")))
      : cell(values, "pending_value"),
    cell(gradient, "pending_gradient"),
    make("td", {}, word("scope")),
    make("td", {}, count(word, unit.nodes.length, "node")),
    make("td", {}, scope));
}
