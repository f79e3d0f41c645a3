"""Partials far from 0, where a square leaves the range of doubles and the partial itself does not."""

from __future__ import annotations

import pytest
from mpmath import mp, mpf

import microgrid as mg
from microgrid import Value
from microgrid.ops import TABLE

TINY = 5e-324
FAR = {
    "softsign": lambda x: 1 / (1 + abs(x)) ** 2,
    "atan": lambda x: 1 / (1 + x**2),
    "log": lambda x: 1 / x,
    "sqrt": lambda x: 1 / (2 * mp.sqrt(x)),
}


@pytest.mark.parametrize("name", FAR)
@pytest.mark.parametrize("x", [1e150, 3e154, 1e157, 7e160])
def test_a_partial_is_right_where_the_square_of_its_operand_is_infinite(name: str, x: float) -> None:
    with mp.workdps(60):
        want = FAR[name](mpf(x))
        for sign in (1, -1) if name in ("softsign", "atan") else (1,):
            v = Value(sign * x)
            getattr(mg, name)(v).backward()
            assert abs(mpf(v.grad) - want) <= mpf(2.0**-50) * want + 2 * TINY
            assert v.grad > 0
            numpy = TABLE[name].forward_ieee(sign * x)[1]
            assert abs(mpf(numpy) - want) <= mpf(2.0**-50) * want + 2 * TINY
