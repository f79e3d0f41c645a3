"""Lines of text with a place: what paints boxes, titles and what stands below a picture shares."""

from __future__ import annotations

from ..picture.boxes import Line
from ..style.shapes import Point
from ..style.text_width import text_width
from ..style.theme import FONTS, Theme
from .scene import Text

__all__ = ["BASELINE", "letter", "measure"]

BASELINE = 0.36
"""How far below the middle of a line its baseline is, in font sizes: half the height of a capital."""


def letter(line: Line, at: Point, theme: Theme, anchor: str = "middle", color: str | None = None) -> Text:
    """A line of text whose baseline's middle (or start) is at a point."""
    place = (round(at[0], 2), round(at[1], 2))
    width = measure(line.text, line.kind)
    return Text(place, line.text, line.font, color or theme.ink(line.kind), width, anchor)


def measure(text: str, kind: str) -> float:
    """The width of a text of a kind of `theme.FONTS`, in points."""
    return text_width(text, FONTS[kind].size, FONTS[kind].bold)
