"""One row of text serves every kind of number: exact fractions, integers modulo a prime, arrays, Values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from microgrid import Value, grad, ops
from microgrid.base.formula import RATIONAL, numpy_vocabulary
from microgrid.graph import order, sweep
from microgrid.proof.composition import PRIME, Residue

X, Y = Fraction(7, 3), Fraction(-5, 4)
RATIONAL_ROWS = {  # value and partials, by hand
    "add": ((X, Y), (X + Y, 1, 1)),
    "sub": ((X, Y), (X - Y, 1, -1)),
    "mul": ((X, Y), (X * Y, Y, X)),
    "div": ((X, Y), (X / Y, 1 / Y, -X / (Y * Y))),
    "neg": ((X,), (-X, -1)),
    "powc": ((X, 3), (X * X * X, 3 * X * X)),
}
rational = pytest.mark.parametrize(("name", "operands", "want"), [(n, *case) for n, case in RATIONAL_ROWS.items()])


def residue(x: Fraction | int) -> Residue:
    return Residue(x.numerator * pow(x.denominator, -1, PRIME))


@rational
def test_fractions_stay_exact(name, operands, want):
    found = ops.TABLE[name].bind("forward", RATIONAL)(*operands)[: len(want)]
    assert found == want
    assert not any(isinstance(x, float) for x in found)


@rational
def test_residues_are_the_images_of_the_fractions(name, operands, want):
    images = [residue(x) if isinstance(x, Fraction) else x for x in operands]
    found = ops.TABLE[name].bind("forward", RATIONAL)(*images)[: len(want)]
    assert [Residue(x) if isinstance(x, int) else x for x in found] == [residue(x) for x in want]


def test_a_negative_power_of_a_residue_is_the_power_of_its_inverse():
    assert residue(X) ** -3 == residue(X**-3)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_half_at_a_tie_is_an_exact_half(name):
    found = ops.TABLE[name].bind("forward", RATIONAL)(X, X)
    assert found == (X, Fraction(1, 2), Fraction(1, 2))
    assert not any(isinstance(x, float) for x in found)


def test_a_whole_gradient_in_fractions_is_exact():
    """y = (x*w - 1/3)**2 / w at x = 1/3, w = 1/7, which no double holds."""
    x, w = Value(1 / 3), Value(1 / 7)
    nodes = order((x * w - 1 / 3) ** 2 / w)
    values = {x: Fraction(1, 3), w: Fraction(1, 7)}
    partials = {}
    for v in nodes:
        if v.op:
            constant = () if v.constant is None else (Fraction(v.constant),)
            operands = [values[parent] for parent in v.parents]
            values[v], *slopes = ops.TABLE[v.op].bind("forward", RATIONAL)(*operands, *constant)
            partials[v] = slopes[: len(v.parents)]
        elif v not in values:
            values[v] = Fraction(1, 3)
    gradients = sweep(nodes, lambda v: partials[v], Fraction(1))
    a, b, third = Fraction(1, 3), Fraction(1, 7), Fraction(1, 3)
    assert gradients[x] == 2 * (a * b - third)
    assert gradients[w] == 2 * (a * b - third) * a / b - (a * b - third) ** 2 / b**2


@pytest.mark.parametrize("name", [name for name, row in ops.TABLE.items() if row.samples])
def test_arrays_take_the_branches_of_their_elements(name):
    row = ops.TABLE[name]
    points = [s if len(s) == len(row.arguments) else (*s, row.constant) for s in row.samples]
    found = row.bind("forward", numpy_vocabulary())(*np.array(points).T)[: 1 + row.arity]
    for k, column in enumerate(found):
        want = [row.attempt(*point)[k] for point in points]
        np.testing.assert_allclose(np.broadcast_to(column, len(points)), want, rtol=1e-14)


def test_values_as_numbers_give_a_graph():
    x = Value(0.3)
    (slope,) = [grad(x.tanh(), x)]
    assert slope.op
    assert grad(slope, x).data == pytest.approx(-2 * np.tanh(0.3) * (1 - np.tanh(0.3) ** 2), rel=1e-14)
