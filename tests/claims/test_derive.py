"""derive(): the chain, its links and its numbers, against backward passes; each line is itself a true claim."""

from __future__ import annotations

import re

import pytest

import microgrid as mg
from microgrid import check, derive, parse
from microgrid.cli.commands import main

LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"
DAG = "z1 = w1*x; z2 = w2*(z1 + x); yhat = sigmoid(w1*(z1 + z2)); L = (yhat - y)**2"
MANY = "a = w*w; b = a*a + w; c = b*b*a; d = c*b + a; L = d*d"


def test_the_line_is_written_as_in_the_lecture():
    written = str(derive(parse(LINE, w=2, b=1, x=3, y=9), "w")).splitlines()
    assert "  ∂L/∂w = ∂L/∂e · ∂e/∂yhat · ∂yhat/∂z · ∂z/∂w" in written
    assert "        = 2·e · 1 · 1 · x" in written
    assert written[-1] == "        = (-4) · 1 · 1 · 3 = -12"


@pytest.mark.parametrize(("graph", "values", "by"), [
    (LINE, {"w": 2, "b": 1, "x": 3, "y": 9}, "w"),
    (DAG, {"w1": 2, "w2": -1, "x": 0.3, "y": 1}, "w1"),
    (MANY, {"w": 1.5}, "w"),
    ("h = tanh(w*x); o = v*h; L = (o - t)**2/2 + h*w", {"w": 0.3, "x": 2, "v": -1, "t": 0.5}, "w"),
])  # fmt: skip
def test_numbers_are_those_of_a_backward_pass_and_formulas_are_true_claims(graph, values, by):
    nodes = parse(graph, **values)
    derivations = derive(nodes, by)
    nodes["L"].backward()
    assert derivations.steps[-1].value == pytest.approx(nodes[by].grad, rel=1e-12)
    for link in derivations.links:
        of, below = link.rate.of.name, link.rate.by[0].name
        assert check({**nodes, "result": nodes[of]}, f"d{of}/d{below} = d{of}/d{below}").ok
    for step in derivations.steps:
        claim = " + ".join("*".join(f"d{k.rate.of.name}/d{k.rate.by[0].name}" for k in c) for c in step.chains)
        assert check(nodes, f"dL/d{step.rate.by[0].name} = {claim}").ok


def test_a_slope_is_written_with_the_result_and_without_exponentials():
    written = derive(parse(DAG, w1=2, w2=-1, x=3, y=1), "w1").text()
    assert "∂yhat/∂w1 = yhat·(1 - yhat)·(z1 + z2)" in written
    assert "exp" not in written
    assert "∂h/∂z = 1 - h^2" in derive(parse("z = w*x; h = tanh(z)", w=1, x=2), "w").text()


def test_without_values_there_are_no_numbers(capsys):
    assert main(["derive", LINE, "--by", "w,b"]) == 0
    assert "= -12" not in capsys.readouterr().out
    assert main(["derive", LINE, "w=2", "b=1", "x=3", "y=9", "--by", "w", "--latex"]) == 0
    told = capsys.readouterr().out
    assert told.count(r"\frac{\partial L}{\partial w} &=") == 1
    assert re.search(r"-4\) \\cdot 1 \\cdot 1 \\cdot 3 = -12", told)
    assert main(["derive", LINE, "--by", "q"]) == 2
    assert main(["derive", "z = w*x; y = b*2", "--by", "w"]) == 2


def test_a_node_that_the_result_does_not_depend_on_is_refused():
    nodes = parse(LINE, w=2, b=1, x=3, y=9)
    with pytest.raises(mg.GraphError, match="does not depend"):
        derive({**nodes, "result": nodes["z"]}, "b")


def test_at_a_kink_the_numbers_are_those_of_the_convention():
    nodes = parse("z = w*x; h = relu(z); L = (h - y)**2", w=0, x=2, y=1)
    derivations = derive(nodes, "w")
    nodes["L"].backward()
    assert derivations.steps[-1].value == nodes["w"].grad == 0.0
    assert "?" not in str(derivations)
