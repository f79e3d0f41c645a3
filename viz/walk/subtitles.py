"""The captions below the pictures of a walk: broken into lines that fit, and all with the same room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..drawing.lettering import BASELINE, measure
from ..drawing.painter import MARGIN
from ..drawing.scene import Group, Text
from ..picture.boxes import Line
from ..style.text import wrap
from ..style.theme import FONTS, Theme

__all__ = ["Subtitles", "Texts"]

MOST_LINES, MOST_IN_A_ROW = 4, 3
"""Lines of a caption, and statements that are short enough to stand side by side in one."""
BETWEEN = " " * 6
"""Two statements on one line."""
AFTER_PHASE = 10.0
"""Between the name of the phase and how far the walk is."""
GAP, GAP_ON_SLIDE = 18.0, 6.0
"""Between the picture and its caption."""


@dataclass(frozen=True)
class Texts:
    """The captions of all frames; `fewer` has so many of the statements of a frame, and says how many more
    there are unless the first says all."""

    whole: Sequence[str]
    fewer: Callable[[int, int], str]


class Subtitles:
    """Writes under a picture of this width, in letters `scale` times as large as those of a small picture and
    none smaller than `least`."""

    def __init__(
        self,
        texts: Texts,
        width: float,
        theme: Theme,
        scale: float,
        margin: float = MARGIN,
        gap: float = GAP,
        least: float = 0.0,
        most: int = MOST_LINES,
    ) -> None:
        self._width, self._theme, self._margin, self._most = width - 2 * margin, theme, margin, most
        self._scales = {
            kind: max(scale, least / FONTS[kind].size) for kind in ("phase", "progress", "caption")
        }
        self._gap = scale * gap
        self._lines = [self._broken(texts, k) for k in range(len(texts.whole))]

    @cached_property
    def height(self) -> float:
        """Of the longest."""
        return self._gap + self._leading("phase") + max(map(len, self._lines)) * self._leading("caption")

    @property
    def smallest(self) -> float:
        """The size of the smallest text."""
        return min(scale * FONTS[kind].size for kind, scale in self._scales.items())

    def group(self, k: int, way: str, phase: str, progress: str, bottom: float) -> Group:
        """The caption of frame k below a picture that ends at `bottom`, after the way in which its step goes,
        its phase and how far the walk is."""
        top, left = bottom + self._gap, self._margin
        texts = [self._text(Line(f"{way} {phase}".lstrip(), "phase"), left, top)]
        if not way:
            texts = [replace(texts[0], color=self._theme.text)]
        left += texts[0].width + self._scales["phase"] * AFTER_PHASE
        texts.append(replace(self._text(Line(progress, "progress"), left, top), at=(left, texts[0].at[1])))
        top += self._leading("phase")
        for text in self._lines[k]:
            texts.append(self._text(Line(text, "caption"), self._margin, top))
            top += self._leading("caption")
        return Group("caption", tuple(texts))

    def _leading(self, kind: str) -> float:
        return self._scales[kind] * FONTS[kind].leading

    def _text(self, line: Line, left: float, top: float) -> Text:
        scale = self._scales[line.kind]
        font = replace(line.font, size=round(line.font.size * scale, 2))
        at = (round(left, 2), round(top + font.leading / 2 + BASELINE * font.size, 2))
        width = scale * measure(line.text, line.kind)
        return Text(at, line.text, font, self._theme.ink(line.kind), width, anchor="start")

    def _fits(self, line: str) -> bool:
        return self._scales["caption"] * measure(line, "caption") <= self._width

    def _wrapped(self, text: str) -> list[str]:
        """In lines that fit, if possible as parts of an equation."""
        lines = _equations(text, self._fits)
        return lines if all(map(self._fits, lines)) else wrap(text, self._fits)

    def _broken(self, texts: Texts, k: int) -> list[str]:
        """A caption in lines that fit; of too many, whole statements are left out, and how many is said."""
        text = texts.whole[k]
        rows = self._in_rows(text)
        for count in range(min(text.count("\n"), MOST_IN_A_ROW * self._most), 0, -1):
            if len(rows) <= self._most:
                break
            rows = self._in_rows(texts.fewer(k, count))
        return rows

    def _in_rows(self, text: str) -> list[str]:
        parts = text.split("\n")
        if len(parts) == 1 and not self._fits(text):  # rather between two statements than within one
            parts = re.split(r"   |(?<=;) ", text)
        return _rows([line for part in parts for line in self._wrapped(part)], self._fits)


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
