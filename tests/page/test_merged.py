"""The page of a walk from box to box: what the boxes, the panel and the questions say of sums of products."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import microgrid as mg
import viz
from helpers.graphs import named, several_results
from helpers.lecture_graphs import softmax_cross_entropy
from helpers.pages import Open, caption, shown, texts
from microgrid import Value, parameter
from viz.words.numbers import Numbers


def neuron() -> tuple[dict[str, Value], Value]:
    """L = (z − y)², z = w₁x₁ + w₂x₂ + b."""
    leaves = {"w1": parameter(2.0, "w1"), "w2": parameter(0.5, "w2"), "b": parameter(1.0, "b")}
    leaves |= {"x1": Value(3.0, "x1"), "x2": Value(-1.0, "x2"), "y": Value(4.0, "y")}
    w1, w2, b, x1, x2, y = leaves.values()
    z = named(w1 * x1 + w2 * x2 + b, "z")
    return leaves, named((z - y) ** 2, "L")


def page_of(visit: Open, y: Value, step: int) -> Any:
    return visit(viz.steps(y, sums="merged"), f"#step={step}")


WALKS = {"sum": (lambda: neuron()[1], 9), "softmax": (softmax_cross_entropy, 7), "several": (several_results, 23)}


@pytest.mark.parametrize(
    ("name", "step"), [(name, step) for name, (_, count) in WALKS.items() for step in range(count)]
)
def test_the_page_and_the_slides_show_the_same(visit: Open, name: str, step: int) -> None:
    """Every number in a box or on an arrow, and the caption; the page has a dash for what is not known."""
    steps = viz.steps(WALKS[name][0](), sums="merged")
    assert len(steps) == WALKS[name][1]
    page = visit(steps, f"#step={step}")
    assert caption(page) == steps[step].caption
    svg = "{http://www.w3.org/2000/svg}"
    frame = list(ET.fromstring(steps.svg(step)).iter(f"{svg}g"))
    nodes = [g for g in frame if g.get("class", "").startswith("node")]
    frames = [[t.text for t in g.iter(f"{svg}text") if t.text != "grad –"] for g in nodes]
    boxes = [[t for t in box.locator("text").all_text_contents() if t] for box in page.locator("g.node").all()]
    assert boxes == frames
    arrows = [t.text for g in frame if g.get("class") == "local" for t in g.iter(f"{svg}text")]
    assert [t for t in texts(page, "g.local text") if t] == arrows


def test_a_piece_of_several_results_is_computed_anew(visit: Open) -> None:
    y = several_results()
    place = {v.label: i for i, v in enumerate(mg.graph.order(y))}
    page = page_of(visit, y, 22)
    page.evaluate(f"stepper.page.change({place['z1']}, 11)")
    leaf = mg.graph.order(y)[place["z1"]]
    leaf.data = 11.0
    mg.recompute(y)
    powers = [math.exp(z) for z in (11.0, 6.0, 11.0, 7.0)]
    shares = ", ".join(Numbers(3)(power / sum(powers)) for power in powers)
    assert f"({shares})" in shown(page, "p")
    y.backward()
    assert shown(page, "z₁")[-1] == f"∂L/∂z₁ = {Numbers()(leaf.grad)}"


def test_a_changed_leaf_changes_the_sum_and_its_derivatives(visit: Open) -> None:
    leaves, y = neuron()
    place = {v: i for i, v in enumerate(mg.graph.order(y))}
    page = page_of(visit, y, 8)
    page.evaluate(f"stepper.page.change({place[leaves['w1']]}, 3)")
    leaves["w1"].data = 3.0
    mg.recompute(y)
    y.backward()
    write = Numbers()
    assert shown(page, "z")[1] == write(9.5)
    assert shown(page, "w₁") == ["w₁", "3", f"∂L/∂w₁ = {write(leaves['w1'].grad)}"]
    assert "w₁ = 3" in texts(page, "g.local text")
    page.evaluate("stepper.page.go(1)")
    assert caption(page) == "z = w₁x₁ + w₂x₂ + b = 3 · 3 + 0.5 · (−1) + 1 = 9.5"


def test_a_sum_is_asked_for_and_what_its_parameter_gets(visit: Open) -> None:
    page = page_of(visit, neuron()[1], 0)
    page.keyboard.press("p")
    page.keyboard.press("ArrowRight")
    assert page.locator("#asked").inner_text() == "Your prediction: z = w₁x₁ + w₂x₂ + b ="
    page.locator("#answer").fill("6.5")
    page.locator("#check").click()
    assert page.locator("#judgement").inner_text().startswith("Right: 6.5.")
    page.evaluate("stepper.page.go(6)")
    page.keyboard.press("ArrowRight")
    assert page.locator("#asked").inner_text() == "Your prediction: ∂L/∂w₁ = ∂L/∂z · x₁ ="
    page.locator("#answer").fill("3")
    page.locator("#check").click()
    assert "the local derivative alone" in page.locator("#judgement").inner_text()
    page.locator("#answer").fill("15")
    page.locator("#check").click()
    assert page.locator("#judgement").inner_text().startswith("Right at try 2: 15.")


def test_the_panel_of_a_sum(visit: Open) -> None:
    page = page_of(visit, neuron()[1], 8)
    page.locator("g.node[aria-label^='z =']").click()
    panel = page.locator("#panel").inner_text()
    assert "z = w₁x₁ + w₂x₂ + b = 2 · 3 + 0.5 · (−1) + 1 = 6.5" in panel
    assert "∂z/∂w₁ = x₁ = 3" in panel
    assert "∂z/∂b = 1" in panel
    assert "L ← z − y ← z: 5 · 1 = 5" in panel
    page.locator("g.node[aria-label^='w₁,']").click()
    panel = page.locator("#panel").inner_text()
    assert "∂L/∂w₁ = ∂L/∂z · x₁ = 5 · 3 = 15" in panel
    assert "L ← z − y ← z ← w₁: 5 · 1 · 3 = 15" in panel


def test_the_table_has_a_row_for_each_box(visit: Open) -> None:
    page = page_of(visit, neuron()[1], 8)
    page.keyboard.press("t")
    rows = [row.inner_text().split("\t") for row in page.locator("#numbers tbody tr").all()]
    assert len(rows) == 9
    assert ["z = w₁x₁ + w₂x₂ + b", "6.5", "5", "operation", "w₁, x₁, w₂, x₂, b"] in rows
