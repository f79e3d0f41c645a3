"""How a picture writes a number: whole numbers in full, others to a few digits, and 0 only for zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["ASCII_MINUS", "MINUS", "Numbers"]

MINUS = "\N{MINUS SIGN}"
ASCII_MINUS = "-"

LARGEST_WHOLE = 10**6
"""From here on numbers are written with an exponent."""


@dataclass(frozen=True)
class Numbers:
    """Writes numbers to `precision` significant digits.  Minus zero is written 0.

    >>> write = Numbers()
    >>> write(-12.0), write(2 / 3), write(1.2e-9), write(float("-inf"))
    ('−12', '0.6667', '1.2e−9', '−∞')

    A trailing zero says that digits were cut, unless only the noise of floating point was:

    >>> write(6.99996), write(0.1 + 0.2)
    ('7.000', '0.3')

    Digits before the point are never cut, up to a million:

    >>> write(59874.14), write(5987414.1)
    ('59874', '5.987e6')
    """

    precision: int = 4
    minus: str = MINUS

    def __call__(self, x: float) -> str:
        if math.isnan(x):
            return "nan"
        sign = self.minus if x < 0 else ""
        return sign + (self._size(abs(x)) if math.isfinite(x) else "∞" if self.minus == MINUS else "inf")

    def _size(self, x: float) -> str:
        if x < LARGEST_WHOLE and x.is_integer():
            return str(int(x))
        mantissa, _, exponent = f"{x:#.{self.precision}g}".partition("e")
        mantissa = mantissa.removesuffix(".")
        if "." in mantissa and math.isclose(float(f"{x:.{self.precision}g}"), x, rel_tol=1e-12):
            mantissa = mantissa.rstrip("0").removesuffix(".")
        if not exponent:
            return mantissa
        if x >= 1 and round(x) < LARGEST_WHOLE:
            return str(round(x))
        power = int(exponent)
        return f"{mantissa}e{self.minus if power < 0 else ''}{abs(power)}"
