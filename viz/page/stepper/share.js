// Sharing: a link to what is shown, the picture as a file, paper, and the page itself.

const sayShared = (text) => { by("share-help").textContent = text; };

async function savePicture(page, kind) {
  if (location.protocol === "about:") return sayShared(page.word("no_address"));
  const {fontFamily} = getComputedStyle(page.picture.svg), shown = withCaption(page);
  const blob = kind === "svg" ? svgOf(shown, fontFamily, page.picture.svg) : await pngOf(shown, fontFamily);
  return saveFile(blob, fileName(page.step, kind));
}

function copyLink(page) {
  return copyAddress(addressOf(page), by("link"), (...said) => page.word(...said), sayShared);
}

// The page as a file that opens with what is shown now: what has no room in a link.
function savePage(page) {
  const {predicting, quiz: {records}} = page, state = {address: addressOf(page), predicting, scores: records};
  if (!saveWith(state, page.step)) sayShared(page.word("no_address"));
}

// What was shown when this page was saved.
function savedIn(page) {
  return page.saved ??= savedState();
}

function listenToShare(page) {
  const click = (id, action) => by(id).addEventListener("click", action);
  click("copy-link", () => copyLink(page));
  click("save-svg", () => savePicture(page, "svg"));
  click("save-png", () => savePicture(page, "png"));
  click("save-page", () => savePage(page));
  click("print", () => print());
  listenToMenu(by("share"));
}
