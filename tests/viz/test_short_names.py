"""Results without labels have short names where the formulas that follow would be long, in all that is said of them."""

from __future__ import annotations

import re

import pytest

import microgrid as mg
import viz
from helpers.lecture_graphs import LECTURE_GRAPHS
from helpers.pictures import says
from microgrid import Value, parameter
from viz.graph.folding import fold
from viz.graph.trace import read


def blocks(count: int, last: str = "") -> Value:
    """Residual blocks h + tanh(w·h) without labels but for the weights."""
    h = Value(1.0, "x")
    for k in range(1, count + 1):
        h = h + mg.tanh(parameter(0.1 * k, f"w{k}") * h)
    h.label = last
    return h


def sigmoids(count: int) -> Value:
    h = Value(0.5, "x")
    for k in range(1, count + 1):
        h = mg.sigmoid(parameter(0.1 * k, f"w{k}") * h + parameter(0.2, f"b{k}"))
    return h


def test_each_block_of_a_chain_is_said_in_the_name_of_the_one_before_it() -> None:
    y = blocks(4)
    steps = viz.steps(y, lang="es")
    for texts in (says(viz.draw(y), "node"), [re.split(" = (?=[\\d−])", step.caption)[0] for step in steps]):
        made = [text.partition(" = ")[2].split(" = ")[0] for text in texts if re.match("h.* = .* \\+ tanh", text)]
        assert made[:4] == ["x + tanh(w₁ · x)", *(f"h{a} + tanh(w{b} · h{a})" for a, b in ("₁₂", "₂₃", "₃₄"))]
    assert not any("…" in text for text in says(viz.draw(y), "node"))
    assert [v.label for v in mg.graph.order(y) if v.op] == [""] * 12


def test_a_chain_in_which_nothing_is_read_twice_is_cut_at_its_activations() -> None:
    formulas = [text for text in says(viz.draw(sigmoids(3), sums="merged"), "node") if "σ" in text]
    assert formulas == [f"h{k} = σ(w{k} · {x} + b{k})" for k, x in zip("₁₂₃", ("x", "h₁", "h₂"))]


@pytest.mark.filterwarnings("ignore:drawn")
@pytest.mark.parametrize("graph", ["batch norm of layers", "attention by hand, without labels"])
def test_no_formula_of_a_slide_has_a_gap(graph: str) -> None:
    texts = says(viz.draw(LECTURE_GRAPHS[graph][0](), slide="16:9"), "node")
    assert len(texts) >= 15
    assert not any("…" in text for text in texts)


def test_what_is_short_and_what_is_named_stays_as_it_is() -> None:
    assert not any(node.is_short for node in read(blocks(1)).nodes)
    assert not any(node.is_short for node in read(sigmoids(2)).nodes)
    x = Value(2.0, "h1")
    h = x
    for _ in range(3):
        h = h + mg.tanh(h * x)
    assert [node.label for node in read(h).nodes if node.is_short] == ["h2", "h3", "h4"]  # h1 is taken
    names = [node.label for node in read(blocks(3, "yhat")).nodes if node.op and node.label]
    assert names == ["h1", "h2", "yhat"]


@pytest.mark.parametrize("name", ["residual chain", "attention by hand, without labels"])
def test_sums_and_pieces_are_merged_as_without_short_names(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    y = LECTURE_GRAPHS[name][0]()
    named = [unit.nodes for unit in fold(read(y), None, sums=True)]
    monkeypatch.setattr("microgrid.naming.names.short_names", lambda nodes, named: {})
    plain = read(y)
    assert not any(node.is_short for node in plain.nodes)
    assert [unit.nodes for unit in fold(plain, None, sums=True)] == named


def test_reports_know_nothing_of_short_names() -> None:
    assert "h1" not in mg.naming.names.names(blocks(3)).values()
