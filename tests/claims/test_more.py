"""What sympy says is missing is what is said; letters beside numbers, numbers for eta, hints and counterexamples."""

from __future__ import annotations

import pytest
import sympy as sp

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
