// The playground: what is typed becomes a graph, its steps, a proof, an answer to a claim, a training.
"use strict";

(async () => {
  const WORDS = {
    es: {
      playground: "banco de pruebas", write: "Lo que escribes", expression: "Expresión", example: "Ejemplo",
      code: "Fórmulas", program: "Programa (el último Value, o el que se llame L)", values: "Valores",
      params: "Parámetros", draw: "Dibujar", steps: "Paso a paso", proof: "Demostrar", train: "Entrenar", stop: "Parar",
      share: "Copiar enlace", copied: "Enlace copiado: lleva dentro lo que has escrito.", claim: "Afirmación que comprobar",
      check: "Comprobar", rate: "Tasa de aprendizaje", epochs: "Pasos", results: "resultados", line: "recta",
      perceptron: "perceptrón", reuse: "reuso de pesos", vanishing: "desvanecimiento", network: "red 2-2-1",
      private: "Todo se ejecuta en tu máquina; no se envía nada a ninguna parte. Una vez cargado, funciona sin red.",
      ready: "Python está listo ({seconds} s).", done: "{seconds} s",
    },
    en: {
      code: "Formulas", program: "Program (its last Value, or the one called L)", copied: "Link copied: it holds what you wrote.",
      ready: "Python is ready ({seconds} s).", done: "{seconds} s", line: "line", perceptron: "perceptron",
      reuse: "reuse of weights", vanishing: "vanishing gradient", network: "network 2-2-1",
    },
  }; // prettier-ignore
  const EXAMPLES = {
    line: ["z = w*x; yhat = z + b; e = yhat - y; L = e**2", "w=2, b=1, x=3, y=9", "w, b", "dL/dw = 2*e*x"],
    perceptron: ["z = w1*x1 + w2*x2 + b; yhat = sigmoid(z); L = -log(yhat)", "w1=0.6, w2=-0.4, b=0.1, x1=1, x2=2", "w1, w2, b", "dL/dw1 = (yhat - 1)*x1"],
    reuse: ["z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", "w1=0.8, w2=-0.5, x=1.5", "w1, w2", "dyhat/dw1 = w1*(x + w2*x)"],
    vanishing: ["yhat = sigmoid(w3*sigmoid(w2*sigmoid(w1*x)))", "w1=0.5, w2=0.6, w3=0.7, x=1", "w1, w2, w3", ""],
    network: ["from microgrid import nn\nimport random\nrandom.seed(1)\nmodel = nn.MLP(2, [2, 1], activation=\"tanh\")\nL = nn.losses.mse(model([1, 0]), 1)", null, "", ""],
  }; // prettier-ignore
  const cells = window.microgridCells;
  const at = (id) => document.getElementById(id);
  const asked = new URLSearchParams(location.hash.slice(1));
  let lang = asked.get("lang") ?? (navigator.language.startsWith("es") ? "es" : "en");
  const english = new Map();
  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  const word = (name) => WORDS[lang]?.[name] ?? english.get(name) ?? WORDS.en[name];

  function speak(to) {
    lang = to === "es" ? "es" : "en";
    document.documentElement.lang = lang;
    cells.speak(lang);
    for (const node of document.querySelectorAll("[data-say]")) {
      if (!english.has(node.dataset.say)) english.set(node.dataset.say, node.textContent);
      node.textContent = word(node.dataset.say);
    }
    for (const link of document.querySelectorAll("nav a")) {
      if (link.dataset.lang === lang) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const option of at("examples").options) option.textContent = word(option.value);
    document.title = `microgrid: ${word("playground")}`;
    showKind();
  }

  const kind = () => document.querySelector("[name=kind]:checked").value;

  function showKind() {
    at("values-row").hidden = kind() === "python";
    at("code-label").textContent = kind() === "python" ? word("program") : word("code");
    at("code").rows = Math.max(kind() === "python" ? 6 : 2, at("code").value.split("\n").length + 1);
  }

  function write(code, values, params, claim) {
    document.querySelector(`[name=kind][value=${values === null ? "python" : "expression"}]`).checked = true;
    at("code").value = code;
    at("values").value = values ?? "";
    at("params").value = params;
    at("claim").value = claim;
    showKind();
  }

  /** The address of what is written. */
  function address() {
    const held = new URLSearchParams({ lang, kind: kind(), code: at("code").value });
    for (const name of ["values", "params", "claim"]) if (at(name).value) held.set(name, at(name).value);
    return `${location.href.split("#")[0]}#${held}`;
  }

  // ------------------------------------------------------------------ doing

  const started = performance.now();
  const seconds = (from) => ((performance.now() - from) / 1000).toFixed(1);
  const literal = (text) => JSON.stringify(text); // JSON's texts are Python's
  const helper = await (await fetch(new URL("playground.py", document.baseURI))).text();
  let isTaught = false;
  let isBusy = false;

  cells.listeners.add((data) => {
    const bar = document.querySelector(".loading");
    if (data.total) {
      bar.hidden = false;
      at("progress").value = data.loaded / data.total;
    }
    if (data.ready) {
      bar.hidden = true;
      at("progress").value = 1;
      if (!isBusy) at("status").textContent = fill(word("ready"), { seconds: seconds(started) });
    } else at("status").textContent = cells.progress(data) ?? at("status").textContent;
  });

  function teach() {
    isTaught = true;
    cells.ask(helper, ["early"], () => {});
  }

  function call(what) {
    const result = `given(${[kind(), at("code").value, at("values").value, at("params").value].map(literal)}, ${literal(lang)})`;
    const more = {
      check: () => `, ${literal(at("claim").value)}`,
      train: () => `, ${Number(at("rate").value.replace(",", ".")) || 0.01}, ${Math.min(10000, parseInt(at("epochs").value) || 20)}`,
    };
    return `${what}(${result}, ${literal(lang)}${more[what]?.() ?? ""})`;
  }

  function act(what) {
    if (isBusy) return;
    isBusy = true;
    history.replaceState(null, "", address());
    const began = performance.now();
    if (!isTaught) teach();
    at("stop").hidden = false;
    at("results").dataset.state = "running";
    at("status").textContent = cells.say("running");
    let isEmpty = false;
    cells.ask(call(what), what === "draw" && lang === "en" ? ["early"] : [], (data) => {
      if (!isEmpty) {
        at("results").replaceChildren();
        isEmpty = true;
      }
      if (data.kind) cells.append(at("results"), data);
      if (!data.done) return;
      isBusy = false;
      if (data.stopped) isTaught = false;
      at("stop").hidden = true;
      at("status").textContent = data.stopped ?? fill(word("done"), { seconds: seconds(began) });
      at("results").dataset.state = data.good ? "done" : "failed";
    });
  }

  at("what").addEventListener("submit", (event) => {
    event.preventDefault();
    act("draw");
  });
  for (const button of document.querySelectorAll("[data-do]")) {
    if (button.type !== "submit") button.addEventListener("click", () => act(button.dataset.do));
  }
  at("what").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.target.id === "claim") {
      event.preventDefault();
      act("check");
    } else if (event.target.id === "code" && (event.ctrlKey || event.metaKey)) act("draw");
  });
  at("stop").addEventListener("click", () => cells.stop());
  at("share").addEventListener("click", async () => {
    history.replaceState(null, "", address());
    await navigator.clipboard?.writeText(address()).catch(() => {});
    at("status").textContent = word("copied");
  });
  for (const radio of document.querySelectorAll("[name=kind]")) radio.addEventListener("change", showKind);
  for (const link of document.querySelectorAll("nav a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      speak(link.dataset.lang);
      history.replaceState(null, "", address());
    });
  }
  for (const name of Object.keys(EXAMPLES)) at("examples").add(new Option(name, name));
  at("examples").addEventListener("change", () => {
    write(...EXAMPLES[at("examples").value]);
    act("draw");
  });

  write(...EXAMPLES.line);
  if (asked.has("code")) {
    const values = asked.get("kind") === "python" ? null : (asked.get("values") ?? "");
    write(asked.get("code"), values, asked.get("params") ?? "", asked.get("claim") ?? "");
  }
  speak(lang);
  if (asked.get("kind") !== "python") act("draw"); // a program of somebody else's runs once its reader wants it
  else cells.ask("0;", [], () => {});
})();
