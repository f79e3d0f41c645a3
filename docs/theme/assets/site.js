// A line to cite, with the link, for each cell and figure: copied where the browser allows, else shown.
(() => {
  const meta = document.querySelector('meta[name="mg-cite"]');
  if (!meta) return;
  const spanish = meta.dataset.lang === "es";
  const said = spanish ? { cite: "Citar", done: "Copiado" } : { cite: "Cite", done: "Copied" };
  fold([...document.querySelectorAll("article h2")].find((h) => /^(Solutions|Soluciones)/.test(h.textContent)));
  const heading = document.querySelector("article h1");
  const page = heading ? heading.firstChild.textContent.trim() : document.title;
  for (const part of document.querySelectorAll(".mg-cell, .mg-figure")) {
    const bar = part.querySelector(part.classList.contains("mg-cell") ? ".mg-bar" : "figcaption");
    const button = Object.assign(document.createElement("button"), { className: "mg-cite", type: "button" });
    button.textContent = said.cite;
    button.title = `${said.cite}: ${part.dataset.what}`;
    button.addEventListener("click", async () => {
      const link = location.href.split("#")[0] + "#" + part.id;
      const line = meta.content.replace("{page}", page).replace("{what}", part.dataset.what.toLowerCase()) + " " + link;
      try {
        await navigator.clipboard.writeText(line);
        button.textContent = said.done;
        setTimeout(() => { button.textContent = said.cite; }, 2000);
      } catch {
        prompt(said.cite, line);
      }
    });
    bar.append(button);
  }

  // The solutions of a lesson: open for those who read without this script, or come by a link to one of them.
  function fold(title) {
    if (!title) return;
    const box = Object.assign(document.createElement("details"), { className: "mg-solutions" });
    box.append(Object.assign(document.createElement("summary"), { textContent: spanish ? "Mostrar" : "Show" }));
    let next = title.nextElementSibling;
    while (next && next.tagName !== "H2") {
      const after = next.nextElementSibling;
      box.append(next);
      next = after;
    }
    title.after(box);
    const wanted = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (wanted && box.contains(wanted)) box.open = true;
  }
})();
