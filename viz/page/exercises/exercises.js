// The page of exercises: shows one at a time, marks answers with what each mistake shows, keeps the score, prints.

const by = (id) => document.getElementById(id);
const MOST_PRINTED = 60;

// An element with a class and a text; what users wrote is always text, never markup.
function element(tag, {text = "", ...properties} = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...(text === "" ? [] : [text]), ...children);
  return made;
}

function table([head, ...rows]) {
  const row = (tag, texts) => element("tr", {}, ...texts.map((text, k) => {
    const cell = element(k ? tag : "th", {text});
    if (!k && tag === "td") cell.scope = "row";
    return cell;
  }));
  const first = row("th", head);
  first.firstChild.replaceWith(element("td"));
  return element("table", {}, element("thead", {}, first), element("tbody", {}, ...rows.map((texts) => row("td", texts))));
}

function filled(template, fields) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
}

// ---------------------------------------------------------------- what an answer shows

function isNear(answer, number, tolerance) {
  return Math.abs(answer - number) <= tolerance * (1 + 1e-9);
}

// [whether it is right, what there is to say]: the same as Blank.judged in Python.
function judged(blank, answer, words, share) {
  const {expected, tolerance, mistakes, hint} = blank;
  if (isNear(answer, expected, tolerance)) return [true, filled(words.right, {value: blank.answer})];
  const known = mistakes.find(([value]) => isNear(answer, value, tolerance));
  if (known) return [false, known[1]];
  const close = Math.abs(answer - expected) <= share * Math.abs(expected);
  return [false, close ? words.close : filled(words.wrong, {hint})];
}

// ---------------------------------------------------------------- the page

class Sheet {
  constructor(data) {
    this.data = data;
    this.place = 0;
    // Of each exercise and blank: what was typed, as which number it was read, and whether the first try was right.
    this.tried = data.texts[data.lang].exercises.map((exercise) => exercise.blanks.map(() => null));
    by("number").append(...this.tried.map((_, k) => element("option", {value: String(k)})));
    by("number").addEventListener("change", () => this.go(Number(by("number").value), true));
    by("back").addEventListener("click", () => this.go(this.place - 1, true));
    by("next").addEventListener("click", () => this.go(this.place + 1, true));
    by("form").addEventListener("submit", (event) => { event.preventDefault(); this.check(); });
    by("reveal").addEventListener("click", () => this.reveal());
    by("print").addEventListener("click", () => window.print());
    by("language").addEventListener("change", () => this.speak(by("language").value));
    window.addEventListener("beforeprint", () => this.print());
    window.addEventListener("hashchange", () => this.go(this.linked()));
    document.addEventListener("keydown", (event) => this.key(event));
    this.lang = data.lang;
    this.place = this.linked();
    this.speak(data.lang);
  }

  get texts() { return this.data.texts[this.lang]; }
  get words() { return this.texts.words; }
  get exercises() { return this.texts.exercises; }
  get exercise() { return this.exercises[this.place]; }

  // All that is said, in a language; what was typed stays, and so does what it is worth.
  speak(lang) {
    const typed = this.lang === lang ? [] : this.exercise.blanks.map((_, k) => this.typed(k));
    this.lang = document.documentElement.lang = by("language").value = lang;
    const {texts, words} = this, svg = document.querySelector("#picture svg");
    document.title = by("title").textContent = texts.title;
    by("origin").textContent = texts.origin;
    for (const place of document.querySelectorAll("[data-word]")) place.textContent = words[place.dataset.word];
    for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", words[place.dataset.label]);
    for (const [k, option] of [...by("number").options].entries()) option.textContent = this.exercises[k].title;
    svg.setAttribute("lang", lang);
    svg.querySelector("title").textContent = texts.picture;
    for (const [node, title] of Object.entries(texts.boxes)) {
      const box = svg.querySelector(`g.node[data-node="${node}"]`);
      box.setAttribute("aria-label", title);
      box.querySelector("title").textContent = title;
    }
    this.go(this.place);
    for (const [k, text] of typed.entries()) this.put(k, text);
  }

  // The place that the address names, #q17.
  linked() {
    const number = Number(/^#q(\d+)$/.exec(location.hash)?.[1]);
    return Math.max(0, this.exercises.findIndex((exercise) => exercise.number === number));
  }

  key(event) {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    event.preventDefault();
    this.go(this.place + (event.key === "PageDown" ? 1 : -1), true);
  }

  go(place, asked = false) {
    if (place < 0 || place >= this.exercises.length) return;
    this.place = place;
    const {exercise} = this;
    by("number").value = String(place);
    by("back").disabled = place === 0;
    by("next").disabled = place === this.exercises.length - 1;
    by("heading").textContent = exercise.title;
    by("given").textContent = exercise.given;
    by("known").textContent = exercise.known;
    by("tasks").replaceChildren(...exercise.tasks.map((text) => element("p", {text})));
    by("table").replaceChildren(...(exercise.table.length ? [table(exercise.table)] : []));
    by("blanks").replaceChildren(...exercise.blanks.map((blank, k) => this.blank(blank, k)));
    by("judgement").textContent = "";
    for (const [k] of exercise.blanks.entries()) this.tell(k);
    this.draw();
    this.score();
    if (asked) {
      history.replaceState(null, "", `#q${exercise.number}`);
      by("heading").focus();
    }
  }

  blank(blank, k) {
    const told = element("p", {className: "told", id: `told${k}`});
    told.setAttribute("role", "status");
    if (blank.options) {
      const options = blank.options.map(({text}, m) => {
        const input = element("input", {type: "radio", name: `blank${k}`, value: String(m), id: `blank${k}_${m}`});
        input.checked = this.tried[this.place][k]?.typed === String(m);
        return element("label", {}, input, element("span", {text}));
      });
      const field = element("fieldset", {id: `field${k}`}, element("legend", {text: blank.question}), ...options, told);
      return field;
    }
    const input = element("input", {id: `blank${k}`, type: "text", inputMode: "text"});
    input.value = this.tried[this.place][k]?.typed ?? "";
    input.setAttribute("aria-describedby", `told${k}`);
    const label = element("label", {htmlFor: `blank${k}`, text: `${blank.asked} =`});
    return element("div", {className: "blank", id: `field${k}`}, label, input, told);
  }

  typed(k) {
    const {options} = this.exercise.blanks[k];
    if (!options) return by(`blank${k}`).value.trim();
    return document.querySelector(`input[name="blank${k}"]:checked`)?.value ?? "";
  }

  put(k, text) {
    if (!this.exercise.blanks[k].options) by(`blank${k}`).value = text;
    else if (text !== "") by(`blank${k}_${text}`).checked = true;
  }

  // Marks what was typed; of what is empty, or has been emptied, nothing is said.
  check() {
    const {exercise, words} = this, tried = this.tried[this.place];
    let given = 0, wrong = null;
    for (const [k, blank] of exercise.blanks.entries()) {
      const typed = this.typed(k);
      if (typed === "") {
        if (tried[k]) tried[k] = {typed, right: null, first: tried[k].first, shown: false};
        this.tell(k);
        continue;
      }
      given += 1;
      const before = tried[k];
      if (before?.typed !== typed || before.shown) {
        const answer = blank.options ? Number(typed) : read(typed, this.lang);
        const [right] = this.marked(blank, answer), first = before?.first ?? (right === null ? null : right);
        tried[k] = {typed, answer, right, first, shown: false};
      }
      this.tell(k);
      if (tried[k].right !== true) wrong ??= k;
    }
    const right = tried.filter((one) => one?.right).length;
    by("judgement").textContent = given ? filled(words.filled, {right, all: exercise.blanks.length}) : words.empty;
    this.draw();
    this.score();
    if (wrong !== null) (by(`blank${wrong}`) ?? by(`blank${wrong}_${this.typed(wrong)}`)).focus();
  }

  // [whether it is right, null of what is no number, and what there is to say].
  marked(blank, answer) {
    if (blank.options) return [blank.options[answer].right, blank.options[answer].feedback];
    return Number.isFinite(answer) ? judged(blank, answer, this.words, this.data.near) : [null, this.words.not_read];
  }

  // What there is to say of a blank as it was tried last.
  text(k) {
    const blank = this.exercise.blanks[k], {typed, answer, shown} = this.tried[this.place][k] ?? {typed: ""};
    if (typed === "") return "";
    if (!shown || blank.options) return this.marked(blank, answer)[1];
    return filled(this.words.shown, {value: blank.solution ? `${blank.solution} = ${blank.answer}` : blank.answer});
  }

  tell(k) {
    const said = this.tried[this.place][k], told = by(`told${k}`), field = by(`field${k}`), text = this.text(k);
    told.replaceChildren();
    told.classList.toggle("right", said?.right === true);
    field.classList.toggle("right", said?.right === true);
    by(`blank${k}`)?.setAttribute("aria-invalid", String(text !== "" && said.right !== true));
    if (text) told.append(element("span", {className: "mark", text: said.right ? "✓ " : "✗ "}), text);
  }

  reveal() {
    const tried = this.tried[this.place];
    for (const [k, blank] of this.exercise.blanks.entries()) {
      if (tried[k]?.right) continue;
      const place = blank.options?.findIndex((option) => option.right), typed = blank.options ? String(place) : blank.answer;
      tried[k] = {typed, answer: place, right: true, first: tried[k]?.first ?? false, shown: true};
      this.put(k, typed);
      this.tell(k);
    }
    by("judgement").textContent = "";
    this.draw();
    this.score();
  }

  // Numbers in the boxes: those that are given, and those that have been found.
  draw(svg = document.querySelector("#picture svg"), place = this.place) {
    const exercise = this.exercises[place], numbers = {...exercise.numbers}, found = new Set();
    for (const [k, {slot, answer, name}] of exercise.blanks.entries()) {
      if (!slot || !this.tried[place][k]?.right || svg.closest("#paper")) continue;
      numbers[slot] = slot.startsWith("gradient") ? `${name} = ${answer}` : answer;
      found.add(slot);
    }
    svg.querySelector("desc").textContent = exercise.described;
    for (const text of svg.querySelectorAll("text[data-slot]")) {
      text.textContent = numbers[text.dataset.slot] ?? "";
      text.classList.toggle("new", found.has(text.dataset.slot));
    }
  }

  score() {
    const all = this.tried.flat().filter((one) => one !== null && one.first !== null);
    const right = all.filter((one) => one.first).length;
    by("score").textContent = filled(this.words.score, {right, asked: all.length});
  }

  // All exercises on paper, with lines to write on.
  print() {
    const {exercises} = this, near = Math.max(0, Math.min(this.place, exercises.length - MOST_PRINTED));
    const articles = exercises.slice(near, near + MOST_PRINTED).map((exercise, k) => {
      const svg = document.querySelector("#picture svg").cloneNode(true);
      const answers = exercise.blanks.map((blank) => blank.options
        ? element("div", {className: "wide"}, blank.question,
          element("ul", {}, ...blank.options.map(({text}) => element("li", {text: `☐ ${text}`}))))
        : element("div", {}, `${blank.asked} = `, element("span", {className: "dots"})));
      const article = element("article", {}, element("h2", {text: exercise.title}), svg,
        element("p", {text: exercise.given}), element("p", {text: exercise.known}), ...exercise.tasks.map((text) => element("p", {text})),
        element("div", {className: "answers"}, ...answers));
      by("paper").append(article);
      this.draw(svg, near + k);
      return article;
    });
    by("paper").hidden = false;
    by("paper").replaceChildren(...articles);
  }
}

function start() {
  window.sheet = new Sheet(JSON.parse(by("data").textContent));
  document.body.classList.add("live");
}
