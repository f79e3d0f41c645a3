"""derive(): the chain, its links and its numbers, against backward passes; each line is itself a true claim."""

from __future__ import annotations

import re

import pytest
import sympy as sp

import microgrid as mg
from microgrid import check, derive, parse
from microgrid.cli.commands import main
from microgrid.graph import order
from microgrid.proof.derivatives import derive as formulas

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


def test_the_direct_path_is_among_the_local_derivatives():
    nodes = parse("z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", w1=2, w2=-1, x=3)
    written = derive(nodes, "w1").text()
    assert "∂yhat/∂w1(direct) = z1 + z2" in written
    assert "∂yhat/∂z1 · ∂z1/∂w1 + ∂yhat/∂w1(direct)" in written
    assert "(directo) = z1 + z2" in derive(nodes, "w1").text("es")
    assert derive(nodes, "w1").latex().count(r"\right|_{\text{direct}}") == 2


def test_one_local_derivative_has_no_brackets_and_no_heading_of_its_own():
    assert derive(parse("L = abs(a - y)", a=2, y=1), "y").text().splitlines()[:2] == [
        "the chain rule",
        "  ∂L/∂y = -abs'(a - y)",
    ]


def test_verify_writes_a_network_of_sigmoids_with_their_results():
    graph = (
        "z1 = w11*x1 + w12*x2 + b1; h1 = sigmoid(z1); z2 = w21*x1 + w22*x2 + b2; h2 = sigmoid(z2);"
        "z3 = v1*h1 + v2*h2 + c; yhat = sigmoid(z3); L = (yhat - y)**2"
    )
    names = {v: k / 7 for k, v in enumerate(mg.expressions.parse.free_names(graph), start=-6)}
    nodes = parse(graph, **names)
    nodes["L"].backward()
    found = {one.by: one for one in formulas(order(nodes["L"]), 120).formulas}
    assert found["w11"].text == "2*(yhat - y)*yhat*(1 - yhat)*v1*h1*(1 - h1)*x1"
    values = {name: v.data for name, v in nodes.items()}
    for name, one in found.items():
        assert "exp" not in one.text
        value = float(sp.sympify(one.text, {key: sp.Symbol(key) for key in values}).subs(values))
        assert value == pytest.approx(nodes[name].grad, rel=1e-12)


def test_verify_writes_a_network_of_tanh_with_their_results():
    nodes = parse("h1 = tanh(w*h0); h2 = tanh(w*h1); L = (h2 - y)**2", w=0.5, h0=1, y=1)
    nodes["L"].backward()
    found = {one.by: one for one in formulas(order(nodes["L"]), 120).formulas}
    assert found["w"].text == "2*(h2 - y)*(1 - h2**2)*(h1 + w*(1 - h1**2)*h0)"
    assert "h_{1}^{2}" in found["w"].latex or "h1^{2}" in found["w"].latex
    for name, one in found.items():
        assert "tanh" not in one.text
        value = float(
            sp.sympify(one.text, {key: sp.Symbol(key) for key in nodes}).subs({k: v.data for k, v in nodes.items()})
        )
        assert value == pytest.approx(nodes[name].grad, rel=1e-12)
