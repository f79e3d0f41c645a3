"""What stands under the columns of a network: what each is, and what is known of its units besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microgrid.base.phrases import count, said

from ...drawing.scene import Group
from ...style.text import clean, wrap
from ...style.theme import Font, Theme
from ..net import Column, Net
from .texts import CAPTION, NOTE, READABLE, text, wide

__all__ = ["Captions"]

BETWEEN = 10.0
"""Between the captions of two columns."""
WIDEST = 150.0
"""A caption breaks into lines that are no longer, however far the columns are apart."""
MOST_LINES, MOST_NOTES = 3, 2
NARROW = 140.0
"""Between columns that are nearer, notes have two lines."""
EDGE = 8.0
TIERS = 2


@dataclass(frozen=True)
class _Caption:
    lines: tuple[str, ...]
    notes: tuple[str, ...]


class Captions:
    """The captions of all columns, in lines for columns that are `gap` apart."""

    def __init__(self, net: Net, elided: Sequence[bool], gap: float, lang: str) -> None:
        words = [clean(said(column.caption, lang)) for column in net.columns]
        longest = max(wide(part, Font(READABLE)) for text in words for part in (text.split() or [""]))
        self._tiers = 1 if longest <= gap - BETWEEN else TIERS
        """Where words would break, every second caption stands below its neighbours, with twice the width."""
        gap *= self._tiers
        room = min(max(gap - BETWEEN, 1.0), WIDEST)
        self.font = self._font(words, room, CAPTION)
        notes = [
            _note(column, cut, lang) if self._tiers == 1 or len(column.units) > 1 else ""
            for column, cut in zip(net.columns, elided, strict=True)
        ]
        wide_room = max(gap - BETWEEN, 1.0)
        fits = all(wide(note, NOTE) <= wide_room for note in notes)
        self.note_font = NOTE if fits else Font(READABLE)
        self._columns = [
            _Caption(
                self._lines(word, self.font, room),
                self._lines(note, self.note_font, wide_room)[:MOST_NOTES],
            )
            for word, note in zip(words, notes, strict=True)
        ]
        self._rows = max(len(column.lines) for column in self._columns)
        self._noted = 1 if gap >= NARROW else MOST_NOTES  # whatever they are, so that nothing moves
        if self._tiers > 1 and all(len(column.units) == 1 for column in net.columns):
            self._noted = 0

    @staticmethod
    def _font(words: Sequence[str], room: float, font: Font) -> Font:
        """As large as the longest word lets it be, so that lines break between words."""
        longest = max((wide(part, font) for text in words for part in text.split()), default=0.0)
        size = font.size if longest <= room else font.size * room / longest
        return Font(round(max(READABLE, size), 2))

    @staticmethod
    def _lines(words: str, font: Font, room: float) -> tuple[str, ...]:
        lines = wrap(words, lambda line: wide(line, font) <= room) if words else []
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
        return tuple(lines)

    @property
    def height(self) -> float:
        return self._tiers * self._tier

    @property
    def _tier(self) -> float:
        return self._rows * self.font.leading + self._noted * NOTE.leading

    def width(self, column: int) -> float:
        """That of the longest line of a caption."""
        return max((wide(line, self.font) for line in self._columns[column].lines), default=0.0)

    def groups(self, xs: Sequence[float], top: float, page: float, theme: Theme) -> Iterator[Group]:
        """The texts under their columns, those at the edges within the page of this width."""
        for k, (x, caption) in enumerate(zip(xs, self._columns, strict=True)):
            y, items = top + k % self._tiers * self._tier, []
            for lines, font, ink in (
                (caption.lines, self.font, theme.text),
                (caption.notes, self.note_font, theme.dim),
            ):
                for line in lines:
                    half = wide(line, font) / 2 + EDGE
                    middle = min(max(x, half), page - half)
                    items.append(text(line, (middle, y + font.leading / 2), font, ink))
                    y += font.leading
            yield Group("caption", tuple(items), data=(("column", str(k)),))


def _note(column: Column, elided: bool, lang: str) -> str:
    """What the column says of itself; of one that is not drawn in full at least how many units it has."""
    if column.note:
        return clean(said(column.note, lang))
    units = len(column.units)
    return said(count(units, "{n} unit", "{n} units"), lang) if elided else ""
