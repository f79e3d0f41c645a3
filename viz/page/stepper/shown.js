// What follows the step and the choice: the caption with its buttons, the picture, the panel, the field to change a leaf.

function described(page) {
  if (page.unit) return describeUnit(page, page.unit);
  if (page.chosen === null) return [make("p", {class: "note invitation"}, invitation(page))];
  const unit = page.graph.units.get(page.graph.owner[page.chosen]);
  const goOut = () => page.chooseBox(unit.last);
  const around = unit && (unit.made ?? scopeName(page.graph, page.lang, unit.scope));
  const out = unit ? [paragraph(make("button",
    {type: "button", class: "link", id: "out", onclick: goOut}, `↑ ${around}`))] : [];
  return [...out, ...describeNode(page, page.chosen)];
}

function invitation(page) {
  const changeable = page.graph.nodes.some((node) => isOpen(page.graph, node.index));
  return [page.word("choose"), changeable ? page.word("choose_change") : ""].filter(Boolean).join(" ");
}

function showWalk(page) {
  const {step, question, frame} = page, last = page.frames.length - 1, updating = step - last;
  const way = page.graph.ways[frame.phase] ?? "", {count} = page.training;
  const phase = frame.phase === "update" ? page.word("update") : page.word(`caption phase ${frame.phase}`);
  const trained = count ? page.word("trained", {count: thousands(count)}) : "";
  by("phase").textContent = `${way} ${phase}${trained && `  ·  ${trained}`}`.trim();
  by("phase").classList.toggle("pass", way !== "" || frame.phase === "update");
  const lines = frame.caption.split("\n").flatMap((line, i) => i ? [make("br"), line] : [line]);
  by("caption").replaceChildren(...lines);
  by("caption").classList.toggle("wrong", frame.broken);
  by("caption").classList.toggle("many", lines.length > 5);
  by("compared").textContent = compared(page);
  by("count").textContent = updating > 0 ? page.word("count_update", {step: updating, last: page.updates.length})
    : page.word("count", {step, last});
  Object.assign(by("slider"), {max: last, value: Math.min(step, last)});
  by("slider").setAttribute("aria-valuetext", `${step}: ${frame.caption}`);
  for (const id of ["first", "back"]) by(id).disabled = step === 0;
  by("last").disabled = step >= last;
  by("next").disabled = page.updates.length ? frame.broken && frame.phase === "update" : step >= last;
  by("undo").disabled = !page.past.length;
  by("play").textContent = page.word(page.timer === null ? "play" : "pause");
  by("predict").setAttribute("aria-pressed", String(page.predicting));
  by("question").hidden = !question;
  by("question").classList.remove("answered");
  if (question) by("asked").textContent = page.word("ask", question);
}

function showPicture(page) {
  const {tabled} = page;
  by("as-table").setAttribute("aria-pressed", String(tabled));
  for (const id of ["picture", "zoom"]) by(id).hidden = tabled;
  by("numbers").hidden = !tabled;
  if (tabled) refresh(by("numbers"), tableOfNumbers(page));
  const drawn = Object.create(page, {graph: {value: page.picture.graph}}); // a page whose boxes are those drawn
  const chosen = page.unit?.last ?? (page.chosen === null ? null : drawn.graph.owner[page.chosen]);
  showOpen(page);
  page.picture.show({
    frame: page.question ? page.all[page.step + 1] : page.frame, // a question lights what it asks for
    place: page.question ? page.step + 1 : page.step,
    ended: page.frame.phase === "end" && !page.changes.size,
    overview: page.overview, chosen, box: (i) => boxOf(drawn, i), arrow: (edge) => arrowOf(drawn, edge),
  });
}

// The field and the slider stay the same elements while someone types or drags.
function showWhatIf(page) {
  const key = `${page.chosen} ${page.lang}`;
  if (page.whatIfOf !== key) {
    by("change").replaceChildren(...(page.chosen === null ? [] : whatIf(page, page.chosen)));
  }
  page.whatIfOf = key;
  if (!by("what-if")) return;
  const now = page.numbers.data[page.chosen], field = by("what-if");
  if (field !== document.activeElement) {
    field.value = writeExact(now);
    field.setAttribute("aria-invalid", "false");
    by("what-if-help").hidden = true;
  }
  by("what-if-slider").value = now;
  by("reset").disabled = !page.changes.has(page.chosen);
}
