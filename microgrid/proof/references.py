"""What an operation is to a mathematician: its definition and sympy's derivatives, in any number of digits.

The engine's formulas are not used in a definition, so that its numbers are compared with something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

from ..base.formula import mpmath_vocabulary, sympy_vocabulary
from ..custom import CustomOp
from ..engine import Value
from ..ops import Op

__all__ = ["UNABLE", "at_kink", "computed", "defined"]

Function: TypeAlias = Callable[..., Sequence[Any]]
"""Takes operands, in mpmath's numbers, and gives the value and the partials there."""

UNABLE = (ArithmeticError, AttributeError, NameError, NotImplementedError, TypeError, ValueError)
"""What a function raises that has no answer for this kind of number, or at this point."""


def defined(v: Value) -> Function | None:
    """v's operation by its definition; None where that has no derivative (at a kink).

    A custom operation that has no sympy form is defined by its value, whose slopes are differences; None if
    that is computed in doubles.
    """
    if v._row is None or at_kink(v):
        return None
    if reference := _reference(v._row):
        return _with_constant(v, reference)
    return _differences(v._row.functions[0]) if isinstance(v._row, CustomOp) and computed(v) else None


def _differences(value: Callable[..., Any]) -> Function:
    from mpmath import mp

    def reference(*xs: Any) -> Sequence[Any]:
        with mp.workdps(2 * mp.dps):  # a difference loses up to half of its digits
            units = [tuple(int(j == k) for j in range(len(xs))) for k in range(len(xs))]
            return value(*xs), *(mp.diff(value, xs, unit) for unit in units)

    return reference


def computed(v: Value) -> Function | None:
    """v's operation by the formulas of its row; None for a custom operation that works in doubles only."""
    from mpmath import mp

    row = v._row
    if isinstance(row, CustomOp):
        value, partials = row.functions
        operands = [mp.mpf(parent.data) for parent in v.parents]
        try:
            in_doubles = any(isinstance(x, float) for x in (value(*operands), *partials(*operands)))
        except UNABLE:
            in_doubles = True
        return None if in_doubles else lambda *xs: (value(*xs), *partials(*xs))
    if row is None:
        return None
    count, forward = 1 + row.arity, row.bind("forward", mpmath_vocabulary())
    return _with_constant(v, lambda *xs: forward(*xs)[:count])


def at_kink(v: Value) -> bool:
    """Whether v's operation stands where its derivative is a convention."""
    row = v._row
    if row is None or row.kink == "False":
        return False
    constant = () if v.constant is None else (v.constant,)
    return bool(row.bind("kink")(*(parent.data for parent in v.parents), *constant))


def _with_constant(v: Value, function: Function) -> Function:
    from mpmath import mp

    if v.constant is None:
        return function
    constant = mp.mpf(v.constant)
    return lambda *xs: function(*xs, constant)


@cache
def _reference(row: Op) -> Function | None:
    import sympy as sp

    symbols = [sp.Dummy(letter, real=True) for letter in row.arguments]
    if not isinstance(row, CustomOp):
        form = row.bind("definition", sympy_vocabulary())(*symbols)
    else:
        try:
            form = sp.sympify(row.sympy(*symbols)) if row.sympy is not None else None
        except UNABLE:
            form = None
        if form is None:
            return None
    # powsimp: x**y*y/x has no value at 0, y*x**(y - 1) has
    slopes = [sp.powsimp(sp.diff(form, symbol)) for symbol in symbols[: row.arity]]
    try:
        function: Function = sp.lambdify(symbols, [form, *slopes], "mpmath", cse=True)
    except UNABLE:
        return None
    return function
