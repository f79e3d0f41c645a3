"""Lines of text and signs with a place: what paints boxes, titles and what stands below a picture shares."""

from __future__ import annotations

from dataclasses import replace

from ..picture.boxes import Line
from ..style.shapes import SHAPES, Point, Shape
from ..style.text_width import text_width
from ..style.theme import FONTS, Paint, Theme
from .scene import Path, Text

__all__ = ["BASELINE", "SIGN", "letter", "measure", "sign", "sign_of_box"]

BASELINE = 0.36
"""How far below the middle of a line its baseline is, in font sizes: half the height of a capital."""


SIGN = 6.0
"""The radius of the circle around a plus or minus sign."""


def letter(line: Line, at: Point, theme: Theme, anchor: str = "middle", color: str | None = None) -> Text:
    """A line of text whose baseline's middle (or start) is at a point."""
    place = (round(at[0], 2), round(at[1], 2))
    font = theme.font(line.kind)
    if line.size is not None:
        font = replace(font, size=line.size)
    return Text(place, line.text, font, color or theme.ink(line.kind), line.width, anchor)


def measure(text: str, kind: str) -> float:
    """The width of a text of a kind of `theme.FONTS`, in points."""
    return text_width(text, FONTS[kind].size, FONTS[kind].bold)


def sign_of_box(which: int, shape: Shape, outline: Path, theme: Theme) -> tuple[Path, ...]:
    """The sign of a gradient in the upper right corner of a box; nothing for 0."""
    if not which:
        return ()
    points = [point for _, places in outline.commands for point in places]
    right, top = max(x for x, _ in points), min(y for _, y in points)
    dx, dy = shape.corner((right - min(x for x, _ in points), max(y for _, y in points) - top))
    return sign(which, (right - dx, top + dy), theme)


def sign(which: int, at: Point, theme: Theme) -> tuple[Path, ...]:
    """A plus or minus in a circle."""
    x, y = at
    half, pen = 0.55 * SIGN, Paint("none", theme.text, 1.6)
    circle = Path(SHAPES["symbol"].path(at, (2 * SIGN, 2 * SIGN)), Paint(theme.background, theme.text, 1.0))
    across = Path((("M", ((x - half, y),)), ("L", ((x + half, y),))), pen)
    down = Path((("M", ((x, y - half),)), ("L", ((x, y + half),))), pen)
    return (circle, across, down) if which > 0 else (circle, across)
