// Sharing: a link to what is shown, the picture as a file, paper; and files of text, such as scores.

function saveFile(blob, name) {
  const url = URL.createObjectURL(blob), link = make("a", {href: url, download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// What the file of a page is called: the name it was opened by, or the graph's.
function fileName(page, suffix) {
  const [, own] = /([^/]+?)(?:\.html?)?$/.exec(decodeURI(location.pathname)) ?? [];
  const name = location.protocol === "about:" || !own ? "microgrid" : own;
  return `${name}-${page.step}.${suffix}`;
}

async function savePicture(page, kind) {
  if (location.protocol === "about:") {
    by("share-help").textContent = page.word("no_address");
    return;
  }
  const {fontFamily} = getComputedStyle(page.picture.svg), shown = withCaption(page);
  const blob = kind === "svg" ? svgOf(shown, fontFamily, page.picture.svg) : await pngOf(shown, fontFamily);
  saveFile(blob, fileName(page, kind));
}

async function copyLink(page) {
  const {word} = page, link = `${location.href.split("#")[0]}#${addressOf(page)}`, field = by("link");
  const say = (text) => by("share-help").textContent = text;
  field.hidden = true;
  if (location.protocol === "about:") return say(word("no_address"));
  if (link.length > LONGEST) return say(word("too_long", {length: thousands(link.length), most: thousands(LONGEST)}));
  const note = location.protocol === "file:" ? ` ${word("link_to_file")}` : "";
  try {
    await navigator.clipboard.writeText(link);
    say(word("copied") + note);
  } catch { // where a browser lets no page write there
    field.hidden = false;
    field.value = link;
    field.select();
    say(word("copy_this") + note);
  }
}

// The file as it was opened, before this code changed what is shown; nothing inside a notebook, which saves no files.
let asOpened = "";

function keepAsOpened() {
  if (location.protocol !== "about:") asOpened = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
}

const SAVED = /(<script type="application\/json" id="saved">)[^<]*(?=<\/script>)/;

// The page as a file that opens with what is shown now: what has no room in a link.
function savePage(page) {
  if (!asOpened) return by("share-help").textContent = page.word("no_address");
  const {predicting, quiz: {records}} = page, state = {address: addressOf(page), predicting, scores: records};
  const json = JSON.stringify(state).replaceAll("<", "\\u003c");
  return saveFile(new Blob([asOpened.replace(SAVED, (_, tag) => tag + json)], {type: "text/html"}), fileName(page, "html"));
}

// What was shown when this page was saved; null for one that Python wrote.
function savedIn(page) {
  return page.saved ??= JSON.parse(by("saved").textContent);
}

function listenToShare(page) {
  const click = (id, action) => by(id).addEventListener("click", action);
  click("copy-link", () => copyLink(page));
  click("save-svg", () => savePicture(page, "svg"));
  click("save-png", () => savePicture(page, "png"));
  click("save-page", () => savePage(page));
  click("print", () => print());
  by("share").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !by("share").open) return;
    by("share").open = false;
    by("share").querySelector("summary").focus();
  });
  // A press elsewhere closes it.
  addEventListener("pointerdown", (event) => {
    if (!by("share").contains(event.target)) by("share").open = false;
  });
}
