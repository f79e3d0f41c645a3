"""What is said of false claims in so many words: of kinks, of functions for their derivatives, of indices."""

from __future__ import annotations

import pytest

from microgrid import check, parse
from microgrid.expressions.parse import free_names

NUMBERS = (0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9, -2.2, 1.1, 0.3, -0.8)


def answer(graph, claim):
    return check(parse(graph, **dict(zip(free_names(graph), NUMBERS, strict=False))), claim)[0]


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu"])
def test_the_derivatives_at_two_kinks_are_told_apart(name):
    why = str(answer(f"a = {name}(w*x); c = {name}(v*x); L = a + c", "dL/dx = w").why)
    assert "step" not in why
    assert f"over the claim is ({name}'(v*x)*v + {name}'(w*x)*w)/w, and" in why


def test_the_derivative_at_a_kink_is_one_on_both_sides():
    told = answer("a = relu(w*x); L = a*(v + w)", "dL/dx = relu'(w*x)*w*(v^2 + x)").why
    assert "over the claim is (v + w)/(v^2 + x), and" in told


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu"])
@pytest.mark.parametrize(("graph", "claim", "right"), [
    ("z = w*x + b; a = {}(z); L = (a - y)**2", "dL/dw = 2*(a - y)*{}(z)*x", "2*(a - y)*{}'(z)*x"),
    ("z = w*x + b; a = {}(z); L = (a - y)**2", "dL/dw = 2*(a - y)*a*x", "2*(a - y)*{}'(z)*x"),
    ("a = {}(w*x); L = (a - y)**2", "dL/dw = 2*(a - y)*{}(w*x)*x", "2*(a - y)*{}'(w*x)*x"),
    ("a = {}(w*x); L = (a - y)**2", "dL/dw = 2*(a - y)*a*x", "2*(a - y)*{}'(w*x)*x"),
])  # fmt: skip
def test_a_function_with_a_kink_for_its_derivative(name, graph, claim, right):
    found = answer(graph.format(name), claim.format(name))
    assert found.slip == "outer-derivative"
    assert found.correction == f"dL/dw = {right.format(name)}"


def test_nothing_is_found_that_divides_by_a_unit_which_is_off():
    found = answer("a = relu(w*x); c = a*v; L = c - y", "dL/dw = v*x*a*a")
    assert "/a" not in found.correction


TWO_UNITS = "h1 = tanh(w11*x1 + w12*x2); h2 = tanh(w21*x1 + w22*x2); L = (h1 - y1)**2 + (h2 - y2)**2"


@pytest.mark.parametrize(("claim", "correction"), [
    (r"\frac{\partial L}{\partial w_{ji}} = 2(h_i - y_i)(1 - h_i^2) x_j", "∂L/∂w21 = 2*(h2 - y2)*(1 - h2^2)*x1"),
    ("∂L/∂w_ij = 2(h_j − y_j)(1 − h_j²) x_i", "∂L/∂w12 = 2*(h1 - y1)*(1 - h1^2)*x2"),
    (r"\frac{\partial L}{\partial w_{12}} = 2(h_2 - y_2)(1 - h_2^2) x_1", "∂L/∂w_12 = 2*(h1 - y1)*(1 - h1^2)*x2"),
    ("dL/dw21 = 2*(h1 - y1)*dh1/dw12", "dL/dw21 = 2*(h2 - y2)*dh2/dw21"),
])  # fmt: skip
def test_indices_exchanged_on_one_side(claim, correction):
    found = answer(TWO_UNITS, claim)
    assert found.slip == "transposed"
    assert found.correction == correction
