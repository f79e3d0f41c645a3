"""Terms computed at real points, in as many digits as wanted; None where a term has no real value."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ...base.deadline import work_time
from .terms import Term, collect, reachable

__all__ = [
    "UNDEFINED",
    "at_point",
    "Known",
    "Signs",
    "across",
    "differs",
    "evaluate",
    "may_differ",
    "samples",
]

LARGEST = 1e5
"""An exponent beyond which a power has no value here: it would have millions of digits."""
FLAT = {"exp": 150, "sinh": 150, "cosh": 150, "tanh": 75, "erf": 12}
"""Operands beyond which 1 - tanh(x) and its like need more digits than are there to compare two formulas."""
Signs = tuple[bool, ...]

DOUBLE = 15
"""Digits for which Python's floats do, twenty times faster."""

UNDEFINED = (ArithmeticError, ValueError, TypeError)


def evaluate(roots: Sequence[Term], point: Mapping[Term, Any], digits: int = 50) -> list[Any]:
    """The values of terms, in mpmath's numbers, where `point` has the values of the symbols.

    >>> from .terms import Terms
    >>> x = Terms().symbol("x")
    >>> [float(value) for value in evaluate([x * x, x / 4], {x: Fraction(3)})]
    [9.0, 0.75]
    """
    values = _all(reachable(roots), point, digits)
    return [values[root] for root in roots]


def at_point(order: Sequence[Term], point: Mapping[Term, Any]) -> tuple[Signs, dict[Term, Any]]:
    """On which side of each of its conditions a graph is at a point, and the values of its terms there."""
    values = _all(order, point, DOUBLE)
    return tuple(bool(values[t]) for t in order if t.kind == "above"), values


def _all(order: Sequence[Term], point: Mapping[Term, Any], digits: int) -> dict[Term, Any]:
    values: dict[Term, Any] = {}
    _fill(order, values, point, digits)
    return values


def _fill(order: Sequence[Term], values: dict[Term, Any], point: Mapping[Term, Any], digits: int) -> None:
    from mpmath import fp, mp

    numbers = fp if digits == DOUBLE else mp
    with mp.workdps(digits):
        for term in order:
            try:
                value = _value(term, values, point, numbers)
            except UNDEFINED:
                value = None
            if isinstance(value, numbers.mpc) or (isinstance(value, numbers.mpf) and value - value != 0):
                value = None
            values[term] = value


class Known:
    """Terms at a few points, each computed once; whoever asks works with 50 digits."""

    def __init__(self, points: Sequence[Mapping[Term, Any]], until: float = math.inf) -> None:
        self.points, self.until = points, until
        self.columns: list[dict[Term, Any]] = [{} for _ in points]

    def __call__(self, term: Term) -> tuple[Any, ...] | None:
        """The values of a term, or None if it has none at one of the points.

        TimeoutError if the thread has worked until the time that was set.
        """
        self.hurry()
        if self.columns and term not in self.columns[0]:
            first = self.columns[0]
            order = collect([term], lambda t: () if t in first else t.args)
            for point, column in zip(self.points, self.columns, strict=True):
                new = [t for t in order if t not in column]
                _fill(new, column, point, 50)
        found = tuple(column[term] for column in self.columns)
        return None if None in found else found

    def hurry(self) -> None:
        if work_time() > self.until:
            raise TimeoutError


def _value(term: Term, values: Mapping[Term, Any], point: Mapping[Term, Any], mp: Any) -> Any:
    kind, data = term.kind, term.data
    if kind == "where":
        chosen = values[term.args[0]]
        return None if chosen is None else values[term.args[1] if chosen else term.args[2]]
    if kind == "symbol":
        given = point[term]
        return _exact(given, mp) if isinstance(given, Fraction) else mp.mpf(given)
    if kind == "number":
        return _exact(data, mp)
    operands = [values[part] for part in term.args]
    if None in operands:
        return None
    if kind in ("name", "call"):
        return operands[0]
    if kind == "sum":
        total = _exact(data[0], mp)
        for operand, factor in zip(operands, data[1], strict=True):
            total += operand if factor == 1 else operand * factor.numerator / factor.denominator
        return total
    if kind == "product":
        total = _exact(data[0], mp)
        for operand, exponent in zip(operands, data[1], strict=True):
            total *= operand if exponent == 1 else _power(operand, exponent, mp)
        return total
    if kind == "power":
        return _power(operands[0], operands[1], mp)
    if kind == "above":
        return None if operands[0] == 0 else operands[0] > 0
    if kind == "both":
        return operands[0] and operands[1]
    if kind == "either":
        return operands[0] or operands[1]
    if data == "pi":
        return +mp.pi
    if abs(operands[0]) > FLAT.get(data, math.inf):
        raise OverflowError
    return getattr(mp, data)(*operands)


def _exact(number: Fraction, mp: Any) -> Any:
    return mp.mpf(number.numerator) / number.denominator


def _power(base: Any, exponent: Any, mp: Any) -> Any:
    if abs(exponent) > LARGEST:
        raise OverflowError
    if isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return base ** int(exponent)
        exponent = _exact(exponent, mp)
    if base == 0 and exponent <= 0:
        raise ZeroDivisionError
    return mp.power(base, exponent)


def may_differ(a: Term, b: Term, point: Mapping[Term, Any]) -> bool:
    """Whether it is worth the while to look at a point with more digits than floats have; a number that they
    do not hold may be one there.
    """
    first, second = evaluate([a, b], point, DOUBLE)
    if first is None or second is None:
        return True
    return bool(abs(first - second) > 1e-9 * max(abs(first), abs(second)))


def differs(a: Term, b: Term, point: Mapping[Term, Any]) -> bool | None:
    """Whether two terms have different values at a point; None where one has none.

    What is left of a difference has to stay when the digits become four times as many: rounding would not.
    """
    first = evaluate([a, b], point)
    if None in first:
        return None
    size = max(map(abs, first))
    if not abs(first[0] - first[1]) > size * 1e-30:
        return False
    rough = first[0] - first[1]
    for digits in (200, 600):
        sharper = evaluate([a, b], point, digits)
        if None in sharper:
            return None
        if not abs(rough - (sharper[0] - sharper[1])) <= abs(rough) / 100:
            return False
    return True


# ---------------------------------------------------------------- where to look

SMALL = (1, 2, -1, 3, -2, Fraction(1, 2), 0, -3, 4, 5, Fraction(-1, 2), 10)
"""Numbers that a hand can work with, the simplest first."""


def samples(
    symbols: Sequence[Term], given: Mapping[Term, Any], rng: random.Random
) -> Iterator[dict[Term, Fraction]]:
    """Points without end, ever other ones: near the given values, small, positive, and far apart.

    Coordinates are fractions with a denominator that is no power of two, so that nothing is 0 by accident.
    """
    reach = [abs(float(given[s])) if s in given and math.isfinite(float(given[s])) else 1.0 for s in symbols]
    near = (Fraction(1, 20), 1, 10, 100, Fraction(1, 3))
    for count in itertools.count():
        for kind in range(6):
            point = {}
            for symbol, size in zip(symbols, reach, strict=True):
                unit = Fraction(rng.randrange(-9973, 9974) or 1, 9973)
                if kind == 0 and symbol in given and math.isfinite(float(given[symbol])):
                    x = Fraction(given[symbol]) + unit * Fraction(max(size, 1.0)) / 7
                elif kind == 1:
                    x = unit * 2
                elif kind == 2:
                    x = abs(unit)
                elif kind == 3:
                    x = abs(unit) * 3 + Fraction(1, 7)
                elif kind == 4:
                    x = unit * Fraction(max(size, 1.0)).limit_denominator(1000) * 3
                else:
                    x = unit * near[count % len(near)]
                point[symbol] = x
            yield point


def across(kink: Term, point: Mapping[Term, Fraction]) -> Iterator[dict[Term, Fraction]]:
    """Points on the other side of a condition, where going along one coordinate leads there."""
    difference = kink.args[0]
    step = Fraction(1, 1000)
    for symbol in [term for term in reachable([difference]) if term.kind == "symbol"]:
        here, there = (
            evaluate([difference], {**point, symbol: point[symbol] + move}, 30)[0] for move in (0, step)
        )
        if here is None or there is None or here == there:
            continue
        way = -Fraction(float(here / (there - here))) * step
        for stretch in (Fraction(5, 4), Fraction(2)):
            yield {**point, symbol: point[symbol] + way * stretch}
