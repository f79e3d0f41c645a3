"""The page in a browser computes with the code that test_logic.py tests without one."""

from __future__ import annotations

import pytest

import microgrid as mg
import viz
from helpers.graphs import named
from helpers.pages import Open, frames_in, frames_of
from helpers.walks import every_operation
from microgrid import Value


def test_every_operation_of_a_changed_page_is_the_engines(visit: Open) -> None:
    y = every_operation()
    page = visit(viz.steps(y, max_nodes=None, engine="dot"))
    for name, x in (("x", 0.35), ("y", 0.8)):
        i, leaf = next((i, v) for i, v in enumerate(mg.graph.order(y)) if v.label == name)
        page.evaluate("([i, x]) => stepper.page.change(i, x)", [i, x])
        leaf.data = x
    mg.recompute(y)
    here, there = frames_in(page)[-1], frames_of(viz.steps(y, max_nodes=None, engine="dot"))[-1]
    for which in ("data", "grads"):
        assert [x is None for x in here[which]] == [x is None for x in there[which]]
        known = [(a, b) for a, b in zip(here[which], there[which], strict=True) if b is not None]
        assert [a for a, _ in known] == pytest.approx([b for _, b in known], rel=1e-12, abs=1e-13)


def test_pointing_at_a_node_shows_every_digit(visit: Open) -> None:
    page = visit(viz.steps(named(Value(0.1, "a") + Value(0.2, "b"), "c")), "#step=4")
    assert page.locator("g.node[data-node='2'] title").text_content().split("\n") == [
        "c = a + b", "operation", "value 0.30000000000000004", "gradient 1",
    ]  # fmt: skip
