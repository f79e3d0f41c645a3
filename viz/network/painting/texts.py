"""Sizes of a network's texts, which follow those of its circles, and numbers as long as there is room."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...drawing.lettering import BASELINE
from ...drawing.scene import Text
from ...drawing.slide import READABLE
from ...style.shapes import Point
from ...style.text_width import text_width
from ...style.theme import Font
from ...words.numbers import MINUS, Numbers

__all__ = ["CAPTION", "LEGEND", "NOTE", "ON_PAPER", "READABLE", "Sizes", "fitting", "text", "wide"]

CAPTION, NOTE, LEGEND = Font(11.5), Font(9.5), Font(10.0)
ON_PAPER = {CAPTION: Font(9.0), NOTE: Font(READABLE), LEGEND: Font(READABLE)}
"""On LaTeX's small pages, where circles need the height more."""
TINY, ABOUT_ZERO, MUCH = 0.1, "≈0", "…"
"""What is written in a circle that has no room for a digit of its number."""


class Sizes:
    """The fonts for circles of a radius."""

    def __init__(self, radius: float) -> None:
        self.inside = Font(_between(READABLE, 0.43 * radius, 15.0))
        self.name = Font(_between(10.0, 0.62 * radius, 18.0), bold=True)
        self.number = Font(_between(READABLE, 0.42 * radius, 12.5))


def _between(least: float, size: float, most: float) -> float:
    return round(min(max(size, least), most), 2)


def wide(words: str, font: Font) -> float:
    return text_width(words, font.size, font.bold)


def text(words: str, middle: Point, font: Font, color: str) -> Text:
    """A line of text around a point."""
    at = (round(middle[0], 2), round(middle[1] + BASELINE * font.size, 2))
    return Text(at, words, font, color, wide(words, font))


def fitting(values: Iterable[float], precision: int, font: Font, width: float) -> dict[float, str]:
    """Each of some numbers, all to as many digits as fit the width; what is still too long with fewer.

    >>> fitting([0.123, -1.0, 1e-9], 3, Font(10.0), 30.0)
    {-1.0: '−1', 1e-09: '1e−9', 0.123: '0.123'}
    """
    numbers = sorted(set(values), key=lambda x: (math.isnan(x), x))
    written = {x: _shortest(x, precision, font, width) for x in numbers}
    for digits in range(precision, 0, -1):
        write = Numbers(digits)
        if sum(wide(write(x), font) <= width for x in numbers) >= 0.8 * len(numbers):
            fits = {x: write(x) for x in numbers if wide(write(x), font) <= width}
            return written | fits
    return written


def _shortest(x: float, precision: int, font: Font, width: float) -> str:
    """A number to as many digits as fit, or whether it is small or large."""
    forms = [Numbers(digits)(x) for digits in range(precision, 0, -1)]
    if x and math.isfinite(x):
        mantissa, _, power = f"{x:.0e}".partition("e")
        forms.append(f"{mantissa}e{int(power)}".replace("-", MINUS))
    forms.append(ABOUT_ZERO if abs(x) < TINY else MUCH)
    return next((form for form in forms if wide(form, font) <= width), forms[-1])
