"""The page in Spanish, in Chromium: in every state of it, nothing that is shown or read aloud is English."""

from __future__ import annotations

import math
import random
import re

import pytest

import viz
from helpers.pages import Open
from microgrid import Value, custom_op, parameter
from microgrid.base.spanish import TABLE as TRANSLATIONS
from microgrid.nn import MLP
from microgrid.ops import TABLE

# ---------------------------------------------------------------- graphs


def lecture() -> Value:
    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")
    loss = (w * x + b - y) ** 2
    loss.label = "L"
    return loss


def domains() -> Value:
    """log and a quotient, which other numbers make impossible, and a kink."""
    x, h = Value(2.0, "x"), Value(0.0, "h")
    return x.log() / x + h.relu() + x**0.5


def network() -> Value:
    random.seed(1)
    return (MLP(2, [2, 1])([Value(1.0, "a"), Value(2.0, "b")]) - 1.0) ** 2


def by_custom() -> Value:
    sine = custom_op("pagesine", value=lambda x: math.sin(float(x)), partials=[lambda x: math.cos(float(x))])
    return sine(Value(2.0, "x")) * 3.0


def wrong() -> Value:
    cube = custom_op("pagecube", value=lambda x: x**3, partials=[lambda x: 2 * x**2], sympy=lambda x: x**3)
    return cube(Value(2.0, "x"))


def many_paths() -> Value:
    z = Value(1.0, "x")
    for _ in range(6):
        z = z + z
    return z


GRAPHS = {
    "lecture": lecture, "domains": domains, "network": network, "custom": by_custom, "wrong": wrong,
    "paths": many_paths,
}  # fmt: skip
NAMES = {
    "microgrid", "Python", "JavaScript", "sympy", "custom_op", "English", "Español", "ReLU", "relu", "log", "pow",
    "powc", "mul", "add", "sub", "div", "sqrt", "pagesine", "pagecube", "Piecewise", "True", "layer", "neuron", "nan",
    "grad", "Linear", "Δx",
}  # fmt: skip
"""Of operations, labels, programs and languages; sympy's formulas have words of their own."""

WORD = re.compile(r"[^\W\d_₀-₉]{2,}(?:_op)?")
SPANISH = {word for text in TRANSLATIONS.values() for word in WORD.findall(re.sub(r"\{.*?\}", " ", text))}


# ---------------------------------------------------------------- what is said

TEXTS = """() => {
  const said = [];
  const all = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = all.currentNode; node; node = all.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest("script, style, noscript")) said.push(node.data);
    } else {
      for (const name of ["title", "aria-label", "aria-valuetext", "aria-description", "placeholder", "alt"]) {
        if (node.hasAttribute(name)) said.push(node.getAttribute(name));
      }
    }
  }
  return said;
}"""
IN_EACH_STATE = f"""(states) => {{
  const texts = {TEXTS}, {{page}} = stepper, said = new Set();
  for (const [step, node] of states) {{
    page.go(step);
    page.choose(node);
    texts().forEach((text) => said.add(text));
  }}
  return [...said];
}}"""


def foreign(texts: list[str]) -> set[str]:
    """The words, shown, hidden or read aloud, that are neither Spanish nor names."""
    return {word for text in texts for word in WORD.findall(text)} - SPANISH - NAMES


@pytest.mark.parametrize(("name", "collapse"), [*((name, None) for name in GRAPHS), ("network", "layer")])
def test_no_english_is_left(visit: Open, name: str, collapse: str | None) -> None:
    walk = viz.steps(GRAPHS[name](), lang="es", collapse=collapse)
    page = visit(walk.html())
    nodes, last = range(len(walk[0].data)), len(walk) - 1
    states = [(step, step % len(nodes)) for step in range(len(walk))]
    states += [(step, node) for node in nodes for step in (0, last)]
    assert foreign(page.evaluate(IN_EACH_STATE, states)) == set()
    page.locator("#as-table").click()
    assert foreign(page.evaluate(IN_EACH_STATE, states[:4])) == set()


def test_impossible_numbers_are_explained_in_spanish(visit: Open) -> None:
    walk = viz.steps(domains(), lang="es")
    page = visit(walk.html(verify=False), "#step=5")
    for value in ("-1", "0", "1e308", "x"):
        page.locator("g.node.leaf[aria-label^='x']").click()
        page.locator("#what-if").fill(value)
        assert foreign(page.evaluate(TEXTS)) == set()
        assert foreign(page.evaluate(IN_EACH_STATE, [(5, node) for node in range(len(walk[0].data))])) == set()
        if value == "-1":
            told = page.evaluate("stepper.page.explain(stepper.page.numbers.errors.findIndex((error) => error))")
            assert told == "log(−1) no es un número real: log necesita x > 0."


def test_predictions_are_judged_in_spanish(visit: Open) -> None:
    page = visit(viz.steps(lecture(), lang="es").html(verify=False))
    page.locator("#predict").click()
    judged = set()
    for step in (0, 4, 6, 12):  # a value, the seed, and two uses of the chain rule
        for answer in ("?", "12345", "-6", "-4", "3"):
            page.evaluate(f"stepper.page.go({step}); stepper.page.next()")
            if page.locator("#question").is_visible():
                page.locator("#answer").fill(answer)
                page.evaluate("stepper.page.quiz.answer()")
                judged.add(page.locator("#judgement").text_content())
                assert foreign(page.evaluate(TEXTS)) == set(), (step, answer)
    assert any(text.startswith("Correcto") for text in judged)
    assert len(judged) > 5


@pytest.mark.parametrize("name", ["network", "custom"])
def test_the_switch_changes_everything(visit: Open, name: str) -> None:
    """An English page is, when switched, the Spanish one, and the other way round."""
    said = {}
    for lang in ("en", "es"):
        page = visit(viz.steps(GRAPHS[name](), lang=lang).html(verify=name == "custom"), "#step=4")
        page.evaluate("stepper.page.choose(0)")
        other = "es" if lang == "en" else "en"
        said[lang, lang] = page.evaluate(TEXTS)
        page.locator("#language").select_option(other)
        said[lang, other] = page.evaluate(TEXTS)
    assert said["en", "es"] == said["es", "es"]
    assert said["es", "en"] == said["en", "en"]
    assert said["en", "en"] != said["es", "es"]


def test_findings_in_the_page_are_those_of_the_report(visit: Open) -> None:
    page = visit(viz.steps(wrong(), lang="es").html())
    verdict = page.locator("#verdict").text_content()
    assert "No verificado" in verdict
    assert "pagecube: hay un error en la derivada parcial respecto de x1" in verdict
    assert "la regla de la cadena y sympy dan derivadas distintas respecto de x" in verdict
    page.locator("#language").select_option("en")
    assert "pagecube: the partial with respect to x1 is wrong" in page.locator("#verdict").text_content()


def test_without_javascript_the_page_is_spanish_too(visit: Open) -> None:
    page = visit(viz.steps(lecture(), lang="es"), java_script_enabled=False)
    assert page.locator("noscript").inner_text().startswith("Esta página calcula con JavaScript")
    assert page.locator("svg desc").first.text_content().startswith("Grafo computacional de 8 nodos")


def test_a_phrase_of_the_table_is_mathematics_or_has_its_spanish() -> None:
    for text in {text for row in TABLE.values() for text in (row.needs or row.domain, row.convention)} - {"", "True"}:
        assert text in TRANSLATIONS or not re.search("[a-z]{2}", text)
