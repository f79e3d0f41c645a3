// What buttons, keys, the slider and the address bar do.

const KEYS = [ // what is on the keys, and the word for what they do
  [["←", "→"], "key_step"], [["Home", "End"], "key_ends"], [["key_space"], "key_play"],
  [["F", "B"], "key_pass"], [["S"], "key_train"], [["U"], "key_undo"], [["/"], "key_find"], [["↑", "↓"], "key_nodes"], [["key_enter"], "key_open"], [["P"], "key_predict"],
  [["Esc"], "key_withdraw"], [["T"], "key_table"], [["+", "−", "0"], "key_zoom"], [["?"], "key_help"],
];

function listen(page) {
  const click = (id, action) => by(id).addEventListener("click", action);
  click("first", () => page.go(0));
  click("undo", () => page.undo());
  click("back", () => page.go(page.step - 1));
  click("play", () => page.play());
  click("next", () => page.next());
  click("last", () => page.go(page.frames.length - 1));
  click("forward", () => page.jump("forward"));
  click("backward", () => page.jump("seed"));
  click("predict", () => page.predict());
  click("as-table", () => page.table());
  click("help", () => by("keys").showModal());
  click("fold-panel", () => foldPanel(page));
  click("reveal", () => page.quiz.reveal());
  click("smaller", () => page.picture.zoom(0.8));
  click("whole", () => page.picture.whole());
  click("larger", () => page.picture.zoom(1.25));
  by("slider").addEventListener("input", () => page.go(Number(by("slider").value)));
  by("language").addEventListener("change", () => {
    page.speak(by("language").value);
    page.tell();
  });
  // Not as forms: a notebook's frame lets none be sent.
  click("folding", () => unfoldInPicture(page, null));
  click("save-scores", () => page.quiz.save());
  click("forget-scores", () => page.quiz.forget());
  click("check", () => page.quiz.answer());
  click("close", () => by("keys").close());
  by("answer").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or it would press the button that gets the focus
    page.quiz.answer();
  });
  addEventListener("hashchange", () => showAddress(page, location.hash.slice(1)));
  addEventListener("keydown", (event) => press(page, event));
}

// The panel beside the picture, away and back again.
function foldPanel(page, folded = !by("panel").hidden) {
  by("panel").hidden = folded;
  by("fold-panel").setAttribute("aria-expanded", String(!folded));
  if (!folded) page.show();
}

function press(page, event) {
  if (event.key === "Escape" && page.question && !by("keys").open) return page.quiz.withdraw();
  // A field has all keys for itself, and a slider the arrows, Home and End, but no letters.
  const here = event.target, onSlider = here.matches("input[type=range]") && event.key.length === 1;
  const typing = here.matches("input, select, textarea") && !onSlider;
  if (event.ctrlKey || event.altKey || event.metaKey || by("keys").open || typing) return;
  const actions = {
    ArrowLeft: () => page.go(page.step - 1), ArrowRight: () => page.next(),
    ArrowUp: () => page.picture.focus(-1), ArrowDown: () => page.picture.focus(1),
    Home: () => page.go(0), End: () => page.go(page.frames.length - 1),
    f: () => page.jump("forward"), b: () => page.jump("seed"), s: () => page.training.take(1), u: () => page.undo(), p: () => page.predict(), t: () => page.table(),
    "/": () => {
      foldPanel(page, false);
      by("find").focus();
    },
    "?": () => by("keys").showModal(), "+": () => page.picture.zoom(1.25), "-": () => page.picture.zoom(0.8),
    0: () => page.picture.whole(),
  };
  // Space presses what has the focus: a box of the picture opens, and a button is the browser's own to press.
  if (here.matches("g")) actions[" "] = () => page.choose(page.picture.current);
  else if (!here.matches("button, summary")) actions[" "] = () => page.play();
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
