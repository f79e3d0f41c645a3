"""What sympy says is missing is what is said; letters beside numbers, numbers for eta, hints and counterexamples."""

from __future__ import annotations

import pytest
import sympy as sp

import microgrid as mg
from microgrid import check, parse
from microgrid.expressions.parse import free_names

NUMBERS = (0.7, -1.3, 2.1, 0.4, -0.6, 1.7, 0.9, -2.2, 1.1, 0.3, -0.8)


def answer(graph, claim):
    return check(parse(graph, **dict(zip(free_names(graph), NUMBERS, strict=False))), claim)[0]


@pytest.mark.parametrize(("formula", "by", "claim", "slip", "missing"), [
    ("x**2*sin(x)", "x,x", "4*x*cos(x) - x^2*sin(x)", "path-missing", "2*sin(x)"),
    ("(a + b)**3", "a", "3*a^2 + 6*a*b", "path-missing", "3*b^2"),
    ("x**3*exp(x)", "x,x", "6*x^2*exp(x) + x^3*exp(x)", "path-missing", "6*exp(x)*x"),
    ("w**2*x**2", "w,x", "4*w", "factor-missing", "x"),
    ("sin(2*x)", "x", "cos(2*x)", "factor-missing", "2"),
    ("x**5", "x,x", "20", "factor-missing", "x^3"),
])  # fmt: skip
def test_what_is_missing_is_what_sympy_says(formula, by, claim, slip, missing):
    below = by.split(",")
    order = "^2" if len(below) == 2 else ""
    left = f"d{order}f/(d{' d'.join(below)})"
    found = answer(f"f = {formula}", f"{left} = {claim}")
    right = sp.diff(sp.sympify(formula), *below)
    assert found.slip == slip
    own = sp.sympify(claim.replace("^", "**"))
    lost = sp.sympify(missing.replace("^", "**"))
    assert sp.simplify(right - (own * lost if slip == "factor-missing" else own + lost)) == 0
    assert sp.simplify(sp.sympify(found.missing[0].replace("^", "**")) - lost) == 0
    assert check(parse(f"f = {formula}", **dict.fromkeys(free_names(formula), 0.7)), found.correction).ok


NETWORK = "z1 = w11*x1 + w12*x2; z2 = w21*x1 + w22*x2; L = z1**2 + z2**2"


@pytest.mark.parametrize(("claim", "true"), [
    ("dL/dw_{i1} = 2*z_i*x1", True),
    (r"\frac{\partial L}{\partial w_{i1}} = 2 z_i x_1", True),
    (r"\frac{\partial L}{\partial w_{1j}} = 2 z_1 x_j", True),
    ("∂L/∂wᵢ₁ = 2zᵢx₁", True),
    ("∂L/∂wᵢⱼ = 2zᵢxⱼ", True),
    ("∂L/∂wᵢ₁ = 2zᵢx₂", False),
    (r"\frac{\partial L}{\partial w_{i2}} = 2 z_i x_1", False),
])  # fmt: skip
def test_a_letter_beside_a_number_means_every_number(claim, true):
    found = answer(NETWORK, claim)
    assert found.true is true
    if not true:
        assert "i = 1" in found.why


LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"


@pytest.mark.parametrize(("claim", "eta"), [
    ("w <- w - 0.1*2*e*x", "0.1"),
    ("w <- w - 0.1*dL/dw", "0.1"),
    ("w ← w − 0.1·∂L/∂w", "0.1"),
    ("w <- w - dL/dw/10", "0.1"),
    ("w <- w - 0.2*e*x", "0.1"),
    ("w <- w - 5*dL/dw", "5"),
    ("w <- w - 1*2*e*x", "1"),
])  # fmt: skip
def test_a_number_is_read_as_eta_and_that_is_said(claim, eta):
    found = answer(LINE, claim)
    assert found.true is True
    assert found.why == f"it holds with eta = {eta}"


@pytest.mark.parametrize(("claim", "slip"), [
    ("w <- w + 0.1*2*e*x", "sign"),
    ("w <- w - 0.1*2*e", "factor-missing"),
    ("w <- w - 0.1*2*e*w", "wrong-variable"),
    ("w <- w - dL/dw", "factor-missing"),
    ("w <- w - 2*e*x", "factor-missing"),
    ("w <- w - eta*0.5*dL/dw", "factor-extra"),
])  # fmt: skip
def test_an_update_with_a_number_may_be_false(claim, slip):
    assert answer(LINE, claim).slip == slip


def test_where_eta_is_a_node_a_number_is_a_number():
    assert answer(f"{LINE}; R = L*eta", "w <- w - 0.1*dR/dw").true is False


def test_of_a_power_of_the_node_e_it_is_said_that_it_is_the_node():
    found = answer("z = w*x; e = z - y; L = exp(z) + e", "dL/dw = e^z*x + x")
    assert found.true is False
    assert "exp(...) for the power of e the claim is true" in found.hint
    assert "e is the node" in check(parse("e = a*x; L = e**2 + x", a=2, x=3), "dL/dx = e^x").text()
    assert answer("z = w*x; e = z - y; L = exp(z) + e", "dL/dw = x + e^2").hint == ""


@pytest.mark.parametrize(("graph", "claim", "true"), [
    ("y = abs(x)", "dy/dx = x/|x|", True),
    ("y = abs(x)", r"\frac{dy}{dx} = \frac{x}{|x|}", True),
    ("y = abs(x)", r"\frac{dy}{dx} = \frac{\left| x \right|}{x}", True),
    ("y = abs(x)*w", "∂y/∂w = |x|", True),
    ("y = abs(x)*abs(w)", "∂y/∂w = |x|w/|w|", True),
    ("y = abs(x*abs(w))", "∂y/∂w = |x|·(w/|w|)", True),
    ("y = abs(x)", "dy/dx = |x|", False),
    ("z = w*x; phi = sigmoid(z)", "∂φ/∂w = φ'(z)·x", True),
    ("z = w*x; phi = sigmoid(z)", "∂φ/∂w = φ′(z)", False),
    ("z = w*x; phi = 1/(1 + exp(-z))", "∂φ/∂w = φ′(z)·x", True),
    ("z = w*x; phi = z**2", "∂φ/∂w = φ′(w)", True),
])  # fmt: skip
def test_bars_and_primes_of_nodes_are_read(graph, claim, true):
    assert answer(graph, claim).true is true


@pytest.mark.parametrize(("claim", "told"), [
    ("dy/dx = |x", "never closed"),
    ("∂φ/∂w = φ'(y)", "not computed from 'y'.* write sigmoid'"),
    ("dphi/dw = " + "|" * 200, "inside one another"),
])  # fmt: skip
def test_what_bars_and_primes_cannot_mean_is_refused(claim, told):
    with pytest.raises(mg.ExpressionError, match=told):
        answer("z = w*x; phi = sigmoid(z); y = phi*2 + w; x2 = y*x", claim)


@pytest.mark.parametrize(("claim", "mark"), [("∂L/∂w = 2·e", "∂L/∂w = "), ("dL/dw = 2*e", "dL/dw = ")])
def test_the_corrected_line_has_the_letter_of_the_claim(claim, mark):
    found = answer(LINE, claim)
    assert found.correction.startswith(mark)
    assert answer(LINE, found.correction).true is True


@pytest.mark.parametrize("w", [1, 40, -60])
def test_a_counterexample_shows_numbers_that_a_reader_tells_apart(w):
    nodes = parse("z = w*x; h = sigmoid(z)", w=w, x=1.5)
    found = check(nodes, "dh/dw = 2*h*(1 - h)*x")[0]
    assert found.slip == "factor-extra"
    at = found.counterexample
    h = 1 / (1 + 2.718281828459045 ** -(at.values["w"] * at.values["x"]))
    assert at.claimed == pytest.approx(2 * h * (1 - h) * at.values["x"])
    assert abs(at.claimed) > 1e-6
    assert (at.values["w"] == w) is (w == 1)
