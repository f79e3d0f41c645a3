"""The captions below the pictures of a walk: broken into lines that fit, and all with the same room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from ..drawing.lettering import BASELINE, measure
from ..drawing.painter import MARGIN
from ..drawing.scene import Group, Text
from ..picture.boxes import Line
from ..style.text import wrap
from ..style.theme import FONTS, Theme

__all__ = ["Subtitles"]

MOST_LINES = 4
BETWEEN = " " * 6
"""Two statements on one line."""
AFTER_PHASE = 10.0
"""Between the name of the phase and how far the walk is."""
GAP, GAP_ON_SLIDE = 18.0, 6.0
"""Between the picture and its caption."""


class Subtitles:
    """Writes under a picture of this width, in letters `scale` times as large as those of a small picture."""

    def __init__(
        self,
        texts: Sequence[str],
        width: float,
        theme: Theme,
        scale: float,
        margin: float = MARGIN,
        gap: float = GAP,
    ) -> None:
        self._width, self._theme, self._scale, self._margin = width - 2 * margin, theme, scale, margin
        self._gap = gap
        self._lines = list(map(self._broken, texts))

    @cached_property
    def height(self) -> float:
        """Of the longest."""
        lines = FONTS["phase"].leading + max(map(len, self._lines)) * FONTS["caption"].leading
        return self._scale * (self._gap + lines)

    @property
    def smallest(self) -> float:
        """The size of the smallest text."""
        return self._scale * min(FONTS["progress"].size, FONTS["caption"].size)

    def group(self, k: int, way: str, phase: str, progress: str, bottom: float) -> Group:
        """The caption of frame k below a picture that ends at `bottom`, after the way in which its step goes,
        its phase and how far the walk is."""
        top, left = bottom + self._scale * self._gap, self._margin
        texts = [self._text(Line(f"{way} {phase}".lstrip(), "phase"), left, top)]
        if not way:
            texts = [replace(texts[0], color=self._theme.text)]
        left += texts[0].width + self._scale * AFTER_PHASE
        texts.append(replace(self._text(Line(progress, "progress"), left, top), at=(left, texts[0].at[1])))
        top += self._scale * FONTS["phase"].leading
        for text in self._lines[k]:
            texts.append(self._text(Line(text, "caption"), self._margin, top))
            top += self._scale * FONTS["caption"].leading
        return Group("caption", tuple(texts))

    def _text(self, line: Line, left: float, top: float) -> Text:
        font = replace(line.font, size=round(line.font.size * self._scale, 2))
        at = (round(left, 2), round(top + font.leading / 2 + BASELINE * font.size, 2))
        width = self._scale * measure(line.text, line.kind)
        return Text(at, line.text, font, self._theme.ink(line.kind), width, anchor="start")

    def _fits(self, line: str) -> bool:
        return self._scale * measure(line, "caption") <= self._width

    def _wrapped(self, text: str) -> list[str]:
        """In lines that fit, if possible as parts of an equation."""
        lines = _equations(text, self._fits)
        return lines if all(map(self._fits, lines)) else wrap(text, self._fits)

    def _broken(self, text: str) -> list[str]:
        parts = text.split("\n")
        if len(parts) == 1 and not self._fits(text):  # rather between two statements than within one
            parts = re.split(r"   |(?<=;) ", text)
        lines = _rows([line for part in parts for line in self._wrapped(part)], self._fits)
        return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]


def _equations(text: str, fits: Callable[[str], bool]) -> list[str]:
    """A chain of equations, broken before some of its signs."""
    first, *others = text.split(" = ")
    lines = [first]
    for other in others:
        longer = f"{lines[-1]} = {other}"
        if fits(longer):
            lines[-1] = longer
        else:
            lines.append(f"= {other}")
    return lines


def _rows(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    """The lines side by side where they fit, but for a sentence that is the first of them."""
    rows = lines[:1]
    for line in lines[1:]:
        if (len(rows) > 1 or not rows[0].endswith(".")) and fits(rows[-1] + BETWEEN + line):
            rows[-1] += BETWEEN + line
        else:
            rows.append(line)
    return rows
