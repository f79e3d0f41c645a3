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
