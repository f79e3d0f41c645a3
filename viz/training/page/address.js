// The address says what the reader has chosen, as far as it differs from the page as Python wrote it, and how many
// steps were taken: from the same numbers the same steps lead to the same parameters, to the last bit.

const MOST_TAKEN = 100000; // steps that a link may ask for
const MOST_EDITS = 50; // samples that a link has of those moved, removed and added
const LATER = 250; // milliseconds after which the address follows what is changed
const MOST_TYPED = 30; // characters of a link that a complaint repeats

// What is chosen by the elements that choose it, in the order in which a link is followed.
const CHOSEN = {
  lang: () => page.lang,
  dataset: () => byId("dataset").value,
  hidden: () => page.layers.hidden?.join("-"),
  activation: () => page.layers.activation,
  dropout: () => page.layers.dropout,
  optimizer: () => page.settings.kind,
  rate: () => page.settings.values.lr,
  batch: () => page.settings.batchSize,
  seed: () => page.settings.seed,
  penalty: () => byId("penalty").value,
  strength: () => page.layers.strength,
  sample: () => page.sample + 1,
  circle: () => byId("circle").querySelector(`[value="${page.picked}"]`) ? page.picked : page.table.first, // of inputs, no table
  circles: () => page.walk?.before ?? page.circles,
  pace: () => byId("pace").value,
};
const EDITS = ["moved", "removed", "added"];

const choosing = (name) => byId(name === "lang" ? "language" : name);
const chosen = () => Object.fromEntries(Object.entries(CHOSEN).map(([name, of]) => [name, of()]));

// What would be chosen if only the optimiser and the samples were what they are now.
function usual() {
  const {settings, original, first, rows} = page, {lr} = settings.first(settings.kind, first.rate);
  return {...first, circle: page.table.first, rate: lr, batch: original.batch >= original.rows.length ? rows.length : first.batch};
}

// A list of lists: "3:0.5:0.25,7:1:0".
const listed = (items) => items.map((item) => item.map(encodeURIComponent).join(":")).join(",");

// Without the steps where these settings do not lead to the parameters.
function addressOf({steps, mixed}) {
  const now = chosen(), before = usual(), {settings} = page, fields = [], put = (name, text) => fields.push(`${name}=${text}`);
  const first = settings.first(settings.kind), own = Object.entries(settings.values).filter(([name, x]) => name !== "lr" && x !== first[name]);
  for (const name of Object.keys(CHOSEN)) {
    if (now[name] !== before[name]) put(name, encodeURIComponent(now[name]));
    if (name === "dataset" && page.samples) page.samples.edits().forEach((items, k) => items.length && put(EDITS[k], listed(items)));
    if (name === "optimizer" && own.length) put("settings", listed(own));
  }
  if (steps && !mixed && steps <= MOST_TAKEN) put("steps", steps);
  return fields.join("&");
}

// Of a saved page, whose empty address opens what is saved, even the beginning has a link of its own.
const linkOf = (told) => addressOf(told) || (page.saved ? "steps=0" : "");

const countEdits = () => (page.samples?.edits() ?? []).flat().length;

// The address follows what is shown once it rests, where the page has one.
function tellAddress(told) {
  clearTimeout(page.telling);
  page.telling = setTimeout(() => {
    if (told !== page.last || page.dirty) return; // there is other news, or will be
    const lost = page.saved && told.steps && (told.mixed || told.steps > MOST_TAKEN); // the file has what the address has not
    const address = lost || countEdits() > MOST_EDITS ? "" : linkOf(told), start = location.href.split("#")[0];
    const url = address && start.length + address.length < LONGEST ? `${start}#${address}` : start;
    try {
      if (url !== location.href) history.replaceState(null, "", url);
    } catch { /* inside a notebook */ }
  }, LATER);
}

// ---------------------------------------------------------------- the way back

// Chooses what an address says, as if it were typed; what cannot be is said, and the page goes on.
function followAddress(text) {
  const fields = new URLSearchParams(text), complaints = [];
  const passOver = (name, typed) => complaints.push(word("link_rule", {name, typed: typed.length > MOST_TYPED ? `${typed.slice(0, MOST_TYPED)}…` : typed}));
  for (const name of Object.keys(CHOSEN)) {
    if (fields.has(name)) complaints.push(...choose(name, fields.get(name), passOver));
    if (name === "dataset" && EDITS.some((edit) => fields.has(edit))) {
      const texts = EDITS.map((edit) => fields.get(edit) ?? "");
      const edits = texts.map((typed) => typed.split(",").filter(Boolean).map((part) => part.split(":").map((x) => read(x))));
      const other = fields.has(name) && choosing(name).value !== fields.get(name); // the changes are of a data set that is not here
      if (other || !page.samples?.follow(...edits)) passOver(word("data"), texts.filter(Boolean).join(" "));
    }
    if (name === "optimizer" && fields.has("settings") && !followSettings(fields.get("settings"))) passOver(word("settings"), fields.get("settings"));
  }
  const steps = fields.get("steps");
  if (steps !== null) {
    if (/^\d+$/.test(steps) && Number(steps) <= MOST_TAKEN) Number(steps) && page.send({do: "run", until: Number(steps)});
    else complaints.push(word("link_steps", {typed: steps.slice(0, MOST_TYPED), most: thousands(MOST_TAKEN)}));
  }
  const known = new Set([...Object.keys(CHOSEN), ...EDITS, "settings", "steps"]);
  for (const [name, typed] of fields) if (!known.has(name)) passOver(name.slice(0, MOST_TYPED), typed);
  if (complaints.length) page.say([...complaints.slice(0, 3), ...(complaints.length > 3 ? ["…"] : [])].join(" "), true);
}

// One control: the sentences about what it refuses.
function choose(name, typed, passOver) {
  const field = choosing(name), before = field.value, isSelect = field.tagName === "SELECT";
  field.value = typed;
  if (field.closest("#layers")?.hidden || (isSelect && (field.value !== typed || field.selectedOptions[0].hidden))) {
    field.value = before;
    passOver(field.getAttribute("aria-label") ?? document.querySelector(`label[for="${field.id}"] > span`).textContent, typed);
    return [];
  }
  page.say("");
  field.dispatchEvent(new Event("change"));
  const refused = byId("message").classList.contains("wrong") ? [byId("message").textContent] : [];
  field.dispatchEvent(new Event("blur")); // a field that has refused shows what it keeps
  page.say("");
  return refused;
}

// "momentum:0.9,nesterov:true", all at once: some are not possible without others.
function followSettings(text) {
  const {settings} = page, values = {};
  for (const part of text.split(",")) {
    const [name, typed] = part.split(":"), x = {true: true, false: false}[typed] ?? read(typed ?? "");
    if (name === "lr" || !Object.hasOwn(settings.values, name) || !settings.inside(name, x)) return false;
    values[name] = x;
  }
  if (!OPTIMIZERS[settings.kind].allowed({...settings.values, ...values})) return false;
  settings.change(values);
  return true;
}

// ---------------------------------------------------------------- what is given away

// Once all that was asked for is known: a training that runs rests.
async function atRest() {
  page.send({do: "pause"});
  while (page.dirty || page.waiting || page.running) await new Promise(requestAnimationFrame);
  return page.last;
}

const sayShared = (text) => tell(byId("share-help"), text);

async function copyLink() {
  const told = page.running || page.dirty || page.waiting ? await atRest() : page.last, edits = countEdits();
  byId("link").hidden = true;
  if (edits > MOST_EDITS) return sayShared(word("many_edits", {n: edits, most: MOST_EDITS}));
  const why = told.mixed ? word("copied_mixed") : told.steps > MOST_TAKEN ? word("copied_far", {most: thousands(MOST_TAKEN)}) : word("copied");
  return copyAddress(linkOf(told), byId("link"), word, sayShared, why);
}

async function savePage() {
  await atRest();
  page.port({do: "keep"}); // `arrived` goes on
}

function keepPage(training) {
  const {kept, stride, step} = page.curve, state = {address: addressOf({steps: 0}), training, curve: {kept, stride, step}};
  if (!saveWith(state, training.steps)) sayShared(word("no_address"));
}

// What the page opens with: what its link says, or what it was saved with.
function listenToShare() {
  page.first = chosen();
  const saved = page.saved = savedState(), own = location.hash.slice(1);
  followAddress(own || (saved?.address ?? ""));
  if (saved && !own) {
    page.send({do: "restore", kept: saved.training});
    Object.assign(page.curve, saved.curve, {stale: true});
  }
  byId("copy-link").addEventListener("click", copyLink);
  byId("save-page").addEventListener("click", savePage);
  listenToMenu(byId("share"));
  addEventListener("hashchange", () => location.reload()); // a link that is typed into a page that is open
}
