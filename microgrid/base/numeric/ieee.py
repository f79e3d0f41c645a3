"""Floats that go on where Python raises: 1/0 is inf, the logarithm of -1 nan, as IEEE 754 has it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

__all__ = ["Ieee", "WORDS"]


class Ieee(float):
    """A float whose quotients and powers, and the words below, are inf or nan where Python's raise.

    >>> Ieee(-1) / 0, Ieee(0) / 0, Ieee(0) ** -2, 2 * Ieee(1e308)
    (-inf, nan, inf, inf)
    """

    # fmt: off
    def __add__(self, other: float) -> Ieee: return Ieee(float(self) + other)
    def __radd__(self, other: float) -> Ieee: return Ieee(other + float(self))
    def __sub__(self, other: float) -> Ieee: return Ieee(float(self) - other)
    def __rsub__(self, other: float) -> Ieee: return Ieee(other - float(self))
    def __mul__(self, other: float) -> Ieee: return Ieee(float(self) * other)
    def __rmul__(self, other: float) -> Ieee: return Ieee(other * float(self))
    def __truediv__(self, other: float) -> Ieee: return quotient(self, other)
    def __rtruediv__(self, other: float) -> Ieee: return quotient(other, self)
    def __pow__(self, other: float) -> Ieee: return power(self, other)  # type: ignore[override]
    def __rpow__(self, other: float) -> Ieee: return power(other, self)  # type: ignore[override]
    def __neg__(self) -> Ieee: return Ieee(-float(self))
    def __abs__(self) -> Ieee: return Ieee(abs(float(self)))
    # fmt: on


def quotient(x: float, y: float) -> Ieee:
    if y != 0:
        return Ieee(float(x) / float(y))
    return Ieee(math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y))


def power(x: float, y: float) -> Ieee:
    if y == 0.5 and x < 0:  # a square root, as NumPy takes it: also of -inf, where C's pow gives inf
        return Ieee(math.nan)
    is_odd = float(y).is_integer() and y % 2 == 1
    try:
        return Ieee(math.pow(x, y))
    except OverflowError:
        return Ieee(-math.inf if x < 0 and is_odd else math.inf)
    except ValueError:  # a power of zero below 0, or a root of what is below 0
        return Ieee(math.nan if x else math.copysign(math.inf, x) if is_odd else math.inf)


def _word(name: str) -> Callable[..., Ieee]:
    function: Callable[..., float] = getattr(math, name)
    pole = {"log": 0.0, "log1p": -1.0}.get(name)

    def word(*xs: float) -> Ieee:
        try:
            return Ieee(function(*xs))
        except OverflowError:
            return Ieee(math.copysign(math.inf, xs[0]) if name == "sinh" else math.inf)
        except ValueError:
            return Ieee(-math.inf if xs[0] == pole else math.nan)

    return word


WORDS: dict[str, Any] = {
    name: _word(name)
    for name in (
        "acos", "asin", "atan", "atan2", "cos", "cosh", "erf", "erfc", "exp", "expm1", "hypot", "log",
        "log1p", "sin", "sinh", "sqrt", "tan", "tanh",
    )
}  # fmt: skip
"""What the words of formulas mean there."""
WORDS |= {"abs": abs, "inf": Ieee(math.inf), "nan": Ieee(math.nan), "pi": Ieee(math.pi), "pow": power}
