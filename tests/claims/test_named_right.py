"""Slips that another formula explains, too, are called by what somebody forgot, and corrected as a lecture writes."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from microgrid import check, parse

ENTROPY = "Z = exp(a) + exp(b); p = exp(a)/Z; q = exp(b)/Z; L = -(s*log(p) + t*log(q))"


def leaves(text: str, names: str) -> dict[str, float]:
    return {name: 2.0 + k for k, name in enumerate(names.split())}


@pytest.mark.parametrize(
    ("graph", "names", "claim", "slip", "why", "corrected"),
    [
        (
            "z = w*x; L = softplus(z)", "w x", "dL/dw = sigmoid(z)*(1 - sigmoid(z))*x",
            "factor-extra", "the factor 1 - sigmoid(z) is too many", "dL/dw = sigmoid(z)*x",
        ),
        (
            "y = x**n", "x n", "dy/dn = n*x**(n - 1)",
            "wrong-variable", "this is dy/dx", "dy/dn = x^n*log(x)",
        ),
        (
            "m = (a + b + c)/3; L = (m - t)**2", "a b c t", "dL/da = 2*(m - t)",
            "factor-missing", "the factor 1/3 is missing", "dL/da = 2*(m - t)/3",
        ),
        (
            "z = w*x; L = relu(z)**2", "w x", "d^2L/dw^2 = x**2",
            "factor-missing", "the factor 2*relu'(z) is missing", "d^2L/dw^2 = 2*x^2*relu'(z)",
        ),
        (
            "y = (6*x**2 + 2)**4", "x", "dy/dx = 4*(6*x**2 + 2)*12*x",  # of the lectures, without the cube
            "exponent", "6*x^2 + 2 has the exponent 1, and 3 is right", "dy/dx = 4*(6*x^2 + 2)^3*12*x",
        ),
        (
            "z = 1/x; L = 3*z**2", "x", "dL/dx = 6*z*1/x**2",
            "sign", "the sign of the whole is turned", "dL/dx = -6*z/x^2",
        ),
    ],
)  # fmt: skip
def test_what_was_forgotten_is_named(graph: str, names: str, claim: str, slip: str, why: str, corrected: str) -> None:
    answer = check(parse(graph, **leaves(graph, names)), claim)[0]
    assert (answer.slip, answer.why, answer.correction) == (slip, why, corrected)
    assert check(parse(graph, **leaves(graph, names)), corrected).ok


def test_targets_that_have_to_add_up_to_one_are_said() -> None:
    nodes = parse(ENTROPY, s=0.25, t=0.75, a=1.0, b=2.0)
    answer = check(nodes, "dL/da = p - s")[0]
    assert answer.hint == "where s + t = 1 the claim is true"
    a, b, s = sp.symbols("a b s")
    p, q = sp.exp(a) / (sp.exp(a) + sp.exp(b)), sp.exp(b) / (sp.exp(a) + sp.exp(b))
    loss = -(s * sp.log(p) + (1 - s) * sp.log(q))
    assert sp.simplify(sp.diff(loss, a) - (p - s)) == 0  # by sympy, it is
    assert check(nodes, "dL/da = p - t")[0].hint == ""


def test_what_rounding_leaves_of_a_zero_is_a_zero() -> None:
    found = check(parse(ENTROPY, s=2.0, t=2.0, a=2.0, b=2.0), "dL/da = p - s")[0].counterexample
    assert found is not None
    p = Fraction(1, 2)  # of two equal scores
    assert (found.claimed, found.actual) == (p - 2, p * 4 - 2)
