"""Boxes of the page of steps that open in place: what is drawn then, where, and what it says."""

from __future__ import annotations

import json
import re
import time
from itertools import combinations
from typing import Any

import pytest

import microgrid as mg
import viz
from helpers.graphs import lecture, named
from helpers.pages import AXE, Open, texts
from helpers.walks import layers
from microgrid import Value, parameter
from viz.words.numbers import Numbers

WRITE = Numbers()
BOXES = """() => Object.fromEntries([...document.querySelectorAll("#picture g.node")].map((group) => {
    const {x, y, width, height} = group.querySelector("path").getBBox();
    return [group.dataset.node, [x + width / 2, y + height / 2, width, height]];
}))"""


def unfolded(steps: viz.Steps) -> list[dict[str, Any]]:
    found = re.search(r'id="graph">(.*?)</script>', steps.html(verify=False), re.DOTALL)
    assert found
    return list(json.loads(found[1])["unfolded"])


def opened(page: Any, last: int) -> None:
    page.evaluate("last => stepper.page.chooseBox(last)", last)
    page.get_by_role("button", name="Open in the picture").click()
    page.wait_for_function("last => stepper.page.picture.open === last", arg=last)


def softmax() -> Value:
    w = [parameter(0.3 * k - 0.4, f"w{k}") for k in range(3)]
    return named(mg.nn.losses.cross_entropy_with_logits([a * 1.5 for a in w], 1), "L")


@pytest.mark.parametrize("collapse", ["neuron", "layer"])
def test_a_scope_opens_where_it_stands_and_its_neighbours_keep_their_order(visit: Open, collapse: str) -> None:
    steps = viz.steps(layers(2, 3, 2, 1), collapse=collapse)
    page = visit(steps, "#step=999")
    before = page.evaluate(BOXES)
    lasts = [one["last"] for one in unfolded(steps)]
    assert len(lasts) == sum(unit.kind == "scope" for unit in steps._choices.units)
    for last in lasts:
        opened(page, last)
        after = page.evaluate(BOXES)
        others = before.keys() - {str(last)}
        assert others <= after.keys()
        inside = {str(i) for unit in steps._choices.units if unit.last == last for i in unit.nodes}
        assert inside & after.keys() == after.keys() - others
        assert len(inside & after.keys()) > 1
        for a, b in combinations(sorted(others), 2):  # whatever stands left of another, or above it, does so still
            (ax, ay, aw, _), (bx, by, *_) = before[a], before[b]
            (cx, cy, *_), (dx, dy, *_) = after[a], after[b]
            if abs(ax - bx) > aw:
                assert (ax < bx) == (cx < dx), (last, a, b)
            elif abs(ax - bx) < 1:
                assert (ay < by) == (cy < dy), (last, a, b)
        page.locator("#folding").click()
        page.wait_for_function("() => stepper.page.picture.open === null")
        assert page.evaluate(BOXES) == before


@pytest.mark.parametrize("make", [lambda: layers(2, 3, 2, 1), softmax])
def test_what_is_inside_says_what_the_engine_computed(visit: Open, make: Any) -> None:
    steps = viz.steps(make(), **({} if make is softmax else {"collapse": "neuron"}))
    page = visit(steps, "#step=999")
    data, grads = steps[-1].data, steps[-1].grads
    for one in unfolded(steps):
        opened(page, one["last"])
        (unit,) = [unit for unit in steps._choices.units if unit.last == one["last"]]
        seen = 0
        for i in unit.nodes:
            box = page.locator(f"#picture g.node[data-node='{i}']")
            if not box.count():
                continue
            lines = [text for text in box.locator("text").all_text_contents() if text]
            gradient = grads[i]
            role = page.evaluate("i => stepper.page.graph.nodes[i].role", i)
            assert WRITE(data[i]) in lines
            assert role == "constant" or lines[-1].endswith(WRITE(0.0 if gradient is None else gradient))
            seen += 1
        assert seen > 1
        slopes = [text.split(" = ")[-1] for text in texts(page, "#picture g.local text")]
        assert "" not in slopes


def test_a_walk_goes_on_in_the_open_picture(visit: Open) -> None:
    steps = viz.steps(layers(2, 3, 2, 1), collapse="neuron")
    page = visit(steps, "#step=0")
    opened(page, unfolded(steps)[0]["last"])
    captions = []
    for k in range(len(steps)):
        page.evaluate("k => stepper.page.go(k)", k)
        captions.append(str(page.evaluate("stepper.page.frame.caption")))
        assert page.evaluate("""() => stepper.page.frame.active.every((i) => {
            const {owner} = stepper.page.picture.graph;
            return document.querySelector(`#picture g.node[data-node="${owner[i]}"]`).classList.contains("active");
        })""")  # fmt: skip
    assert captions == [frame.caption for frame in steps]
    page.evaluate("stepper.page.training.take(1)")
    assert page.locator("g.broken").count() == 0


def test_the_address_opens_what_was_open(visit: Open) -> None:
    steps = viz.steps(layers(2, 3, 2, 1), collapse="layer")
    last = unfolded(steps)[-1]["last"]
    page = visit(steps, "#step=3")
    opened(page, last)
    assert f"unfold={last}" in page.url
    page.reload()
    page.wait_for_function("last => stepper.page.picture.open === last", arg=last)
    page.locator("#language").select_option("es")
    assert page.locator("#folding").inner_text() == "Cerrar capa 3"
    page.locator("#folding").press("Enter")
    page.wait_for_function("() => stepper.page.picture.open === null")
    assert "unfold" not in page.url


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install axe-core)")
def test_axe_finds_no_fault_in_an_open_picture(visit: Open) -> None:
    steps = viz.steps(layers(2, 3, 2, 1), collapse="neuron")
    page = visit(steps.html(verify=False), "#step=999")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    opened(page, unfolded(steps)[0]["last"])
    faults = [(fault["id"], [node["html"][:150] for node in fault["nodes"]])
              for fault in page.evaluate("axe.run()")["violations"]]  # fmt: skip
    assert faults == []


def test_pages_stay_small_and_quick_and_their_bytes_are_the_same() -> None:
    assert unfolded(viz.steps(lecture())) == []
    steps = viz.steps(layers(2, 8, 8, 1), collapse="neuron")
    start = time.process_time()
    page = steps.html(verify=False)
    assert time.process_time() - start < 15
    assert len(page.encode()) < 600_000
    assert 1 <= len(unfolded(steps)) < 17
    again = viz.steps(layers(2, 3, 2, 1), collapse="neuron").html(verify=False)
    assert again == viz.steps(layers(2, 3, 2, 1), collapse="neuron").html(verify=False)
