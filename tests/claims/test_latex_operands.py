"""Operands without brackets in LaTeX: read as textbooks mean them, said, and refused where two readings are."""

from __future__ import annotations

import pytest

from microgrid import ExpressionError, check, parse

NODES = "u = a*b; h = tanh(w*x); L = sin(u)*exp(a) + h + log(x**2)"
VALUES = {"a": 1, "b": 2, "w": 0.5, "x": 1}


@pytest.mark.parametrize(("claim", "read"), [
    (r"\frac{\partial L}{\partial b} = a e^{a} \cos ab", r"\cos ab is read as cos(a*b)"),
    (r"\frac{\partial L}{\partial b} = a \cos ab \exp a", r"\cos ab is read as cos(a*b)"),
    (r"\frac{\partial L}{\partial b} = a \cos a b\, e^{a}", r"\cos a b is read as cos(a*b)"),
    (r"\frac{\partial h}{\partial w} = (1 - \tanh^2 wx)x", r"\tanh^2 wx is read as tanh(w*x)^2"),
    (r"\frac{\partial L}{\partial b} = \cos u \cdot a e^a", ""),
    (r"\frac{\partial L}{\partial b} = a\cos{u} e^a", ""),
    (r"\frac{\partial L}{\partial b} = \cos u \frac{\partial u}{\partial b} \log e^{e^a}", ""),
])  # fmt: skip
def test_the_operand_is_the_product_of_all_plain_names(claim, read):
    answer = check(parse(NODES, **VALUES), claim)[0]
    assert answer.true
    assert answer.hint == read


def test_it_is_said_in_spanish_and_for_machines_too():
    report = check(parse(NODES, **VALUES), r"\frac{\partial L}{\partial b} = a \cos ab")
    assert not report.ok
    assert r"\cos ab se lee como cos(a*b)" in report.text("es")
    assert report.to_dict()["claims"][0]["hint"] == r"\cos ab is read as cos(a*b)"


@pytest.mark.parametrize(("right", "told"), [
    (r"\cos u\, a e^a", "put it in brackets"),
    (r"\cos a/b", "put it in brackets"),
    (r"\log \frac{a}{b} x", "put it in brackets"),
    (r"\log a \frac{a}{b}", "put it in brackets"),
    (r"\cos^{-1} u", "the inverse function or one over"),
])  # fmt: skip
def test_what_may_be_read_in_two_ways_is_refused(right, told):
    with pytest.raises(ExpressionError, match=told):
        check(parse(NODES, **VALUES), rf"\frac{{\partial L}}{{\partial b}} = {right}")


@pytest.mark.parametrize("claim", [
    r"\frac{\partial L}{\partial b} &= a e^{a} \cos(u) \\",
    r"\frac{\partial L}{\partial b} = a e^{a} \cos(u).",
    "∂L/∂b = a·exp(a)·cos(u).",
    r"∂L/∂b &= a·e^{a}·\cos(u) \\",
])  # fmt: skip
def test_what_a_row_or_a_sentence_ends_with_is_left_out(claim):
    assert check(parse(NODES, **VALUES), claim).ok


def test_a_sum_sign_is_refused_by_name():
    with pytest.raises(ExpressionError, match="Σ is refused: write its terms"):
        check(parse(NODES, **VALUES), "∂L/∂b = Σᵢ xᵢ")
