// Finds a node by its name.

const MOST_NAMES = 400; // that are suggested

function showNames(page) {
  const names = [...new Set(page.graph.nodes.map((node) => node.name))].slice(0, MOST_NAMES);
  by("names").replaceChildren(...names.map((name) => make("option", {value: name})));
}

// The nodes that a text may mean: those with that name, that begin with it, or that have it in their formula.
function found(page, text) {
  const wanted = text.trim().toLowerCase(), {nodes} = page.graph;
  if (!wanted) return [];
  const kinds = [
    (node) => node.name.toLowerCase() === wanted,
    (node) => node.name.toLowerCase().startsWith(wanted),
    (node) => (node.heading || node.name).toLowerCase().includes(wanted),
  ];
  const all = kinds.flatMap((fits) => nodes.filter(fits).map(({index}) => index));
  return [...new Set(all)];
}

// Chooses the first of them, or the next at each further press.
function find(page) {
  const field = by("find"), places = found(page, field.value);
  by("find-help").textContent = places.length || !field.value.trim() ? "" : page.word("find_none", {name: field.value.trim()});
  if (!places.length) return;
  const place = page.found === field.value ? (places.indexOf(page.chosen) + 1) % places.length : 0, i = places[place];
  page.found = field.value;
  page.choose(i, page.graph.units.get(i) ?? null);
  page.picture.reveal(i);
  if (places.length > 1) {
    by("find-help").textContent = page.word("find_some", {place: place + 1, count: places.length});
  }
}

function listenToFind(page) {
  by("find").addEventListener("keydown", (event) => event.key === "Enter" && find(page));
  // One of the names that are suggested.
  by("find").addEventListener("input", (event) => {
    if (!(event instanceof InputEvent) || event.inputType === "insertReplacementText") find(page);
  });
}
