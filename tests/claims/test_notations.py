"""The lectures' scalar formulas in LaTeX are read and true; what is no scalar formula is refused by name."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from microgrid import ExpressionError, Value, check, nn, parse
from microgrid.expressions.parse import free_names

NUMBERS = (0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9, -2.2, 1.1, 0.3, -0.8, 1.9, 0.55, -1.6, 2.4)


def _rows():
    graph = ""
    for line in Path(__file__).with_name("lectures.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("graph "):
            graph = line.removeprefix("graph ")
        elif line and not line.startswith("#"):
            yield graph, line


@pytest.mark.parametrize(("graph", "claim"), list(_rows()))
def test_a_formula_of_the_lectures_is_read_and_true(graph, claim):
    nodes = parse(graph, **dict(zip(free_names(graph), NUMBERS, strict=False)))
    report = check(nodes, claim)
    assert report.ok, report.text()
    again = check(nodes, report.latex().removeprefix("\\begin{align*}\n").partition(" &&")[0].replace("&", ""))
    assert again.ok  # what is printed can be read


LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"


@pytest.mark.parametrize(("claim", "told"), [
    (r"\frac{\partial L}{\partial w} = \sum_i x_i", r"\\sum is refused"),
    (r"\frac{\partial L}{\partial w} = \begin{pmatrix} 1 \end{pmatrix}", r"\\begin is refused"),
    (r"\nabla L = 2", r"\\nabla is refused"),
    ("∂L/∂w = ∑ᵢ xᵢ", "a sum over an index is refused"),
    ("dL/dw = 2 e", "a product is written with"),
    ("dL/dq = 2", "no node is called 'q'"),
    ("dL/dw = 2*e*x = -12", "one '='"),
    ("L = e^2", "a claim is about a derivative"),
    ("dL/dw = e(x + 1)", "written with \\*"),
    ("dL/dw = sigmoid", "is an operation"),
    ("dL/dw = 2*(e*x", "never closed"),
])  # fmt: skip
def test_what_is_no_claim_is_refused_with_its_place(claim, told):
    with pytest.raises(ExpressionError, match=told) as caught:
        check(parse(LINE, w=2, b=1, x=3, y=9), claim)
    assert "^" in str(caught.value).splitlines()[-1]


def test_a_node_that_is_called_like_an_operation_may_not_stand_before_a_bracket():
    x = Value(2.0, "x")
    h = x * x
    h.label = "tanh"
    y = h * x
    y.label = "y"
    assert check(y, "dy/dx = 3*x^2", "dy/dx = 3*tanh").ok
    with pytest.raises(ExpressionError, match="a node and an operation"):
        check(y, "dy/dx = tanh(x)")


def test_names_of_all_notations_are_one():
    nodes = parse("y_hat = w_1*x; L = (y_hat - y)**2", w_1=2, x=3, y=1)
    assert check(nodes, "dL/dw_1 = 2*(y_hat - y)*x", "∂L/∂w₁ = 2(ŷ − y)x", r"\frac{dL}{dw_1} = 2(\hat y - y)x").ok


def test_what_is_true_at_the_given_values_alone_is_false():
    answer = check(parse(LINE, w=2, b=1, x=3, y=9), "dL/dw = -12")[0]
    assert answer.true is False
    assert answer.agrees
    assert answer.counterexample.actual != -12


@pytest.mark.parametrize(("claim", "slip"), [
    ("dL/dw11^(1) = dL/dh1^(1)*(1 - h1^(1)^2)*x1", "none"),
    ("∂L/∂w₁₁⁽¹⁾ = ∂L/∂h₁⁽¹⁾·(1 − h₁⁽¹⁾²)·x₁", "none"),
    (r"\frac{\partial L}{\partial b_{1}^{(1)}} = \frac{\partial L}{\partial h_1^{(1)}} (1 - (h_1^{(1)})^2)", "none"),
    (r"\frac{\partial L}{\partial w_{1j}^{(1)}} = \frac{\partial L}{\partial z_1^{(1)}} x_j", "none"),
    (r"\frac{\partial L}{\partial w_{21}^{(1)}} = \frac{\partial L}{\partial z_1^{(1)}} x_1", "wrong-variable"),
])  # fmt: skip
def test_the_names_of_layers_are_read(claim, slip):
    random.seed(1)
    model = nn.MLP(2, [2, 1], activation="tanh", output="sigmoid")
    loss = nn.losses.mse(model([0.5, -1.0]), 1.0)
    loss.label = "L"
    answer = check(loss, claim)[0]
    assert answer.true is (slip == "none")
    assert answer.slip == slip
