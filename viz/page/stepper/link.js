// A link to what is shown, or a file of it: the page of steps and the page that trains give both away.

const LONGEST = 2000; // characters of a link
const SAVED = /(<script type="application\/json" id="saved">)[^<]*(?=<\/script>)/;

// Copies a link that ends with an address, or says why not; `field` shows it where a browser lets no page copy.
async function copyAddress(address, field, word, say, copied = word("copied")) {
  const link = `${location.href.split("#")[0]}#${address}`;
  field.hidden = true;
  if (location.protocol === "about:") return say(word("no_address"));
  if (link.length > LONGEST) return say(word("too_long", {length: thousands(link.length), most: thousands(LONGEST)}));
  const note = location.protocol === "file:" ? ` ${word("link_to_file")}` : "";
  try {
    await navigator.clipboard.writeText(link);
    say(copied + note);
  } catch {
    field.hidden = false;
    field.value = link;
    field.select();
    say(word("copy_this") + note);
  }
}

function saveFile(blob, name) {
  const url = URL.createObjectURL(blob), link = document.createElement("a");
  Object.assign(link, {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// What the file of a page is called: the name it was opened by, and how far it is.
function fileName(step, suffix) {
  const [, own] = /([^/]+?)(?:\.html?)?$/.exec(decodeURI(location.pathname)) ?? [];
  const name = location.protocol === "about:" || !own ? "microgrid" : own;
  return `${name}-${step}.${suffix}`;
}

// The file as it was opened, before its code changed what is shown; nothing inside a notebook, which saves no files.
let asOpened = "";

function keepAsOpened() {
  if (location.protocol !== "about:") asOpened = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
}

// The page as a file that opens with a state, which it finds by `savedState`; false where there can be none.
function saveWith(state, step) {
  if (!asOpened) return false;
  const json = JSON.stringify(state).replaceAll("<", "\\u003c");
  saveFile(new Blob([asOpened.replace(SAVED, (_, tag) => tag + json)], {type: "text/html"}), fileName(step, "html"));
  return true;
}

// What was shown when this page was saved; null for one that Python wrote.
function savedState() {
  return JSON.parse(document.getElementById("saved").textContent);
}

// The menu that has these buttons closes by Escape, and by a press elsewhere.
function listenToMenu(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
