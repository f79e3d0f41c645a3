"""What stands under the columns of a network: what each is, and what is known of its units besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from microgrid.base.phrases import count, said

from ...drawing.scene import Group
from ...style.text import clean, shorten, wrap
from ...style.theme import Font, Theme
from ...words.units import mean_of
from ..net import Column, Net
from .texts import CAPTION, NOTE, READABLE, text, wide

__all__ = ["Captions"]

BETWEEN = 10.0
"""Between the captions of two columns."""
WIDEST = 150.0
"""A caption breaks into lines that are no longer, however far the columns are apart."""
MOST_LINES = 3


@dataclass(frozen=True)
class _Caption:
    lines: tuple[str, ...]
    notes: tuple[str, ...]


class Captions:
    """The captions of all columns, in lines for columns that are `gap` apart."""

    def __init__(self, net: Net, elided: Sequence[bool], gap: float, lang: str) -> None:
        room = min(max(gap - BETWEEN, 1.0), WIDEST)
        words = [clean(said(column.caption, lang)) for column in net.columns]
        self.font = self._font(words, room, CAPTION)
        notes = [_note(column, cut, lang) for column, cut in zip(net.columns, elided, strict=True)]
        self.note_font = self._font(notes, room, NOTE)
        self._columns = [
            _Caption(
                tuple(self._lines(word, self.font, room)), tuple(self._lines(note, self.note_font, room))
            )
            for word, note in zip(words, notes, strict=True)
        ]
        # a batch moves nothing: there is room for what is said of its inputs with a single sample, too
        batch = wide(said(mean_of(99), lang), self.note_font)
        self._reserved = [batch if column.kind == "input" else 0.0 for column in net.columns]
        self._rows = max(len(column.lines) for column in self._columns)
        self._noted = max(1, *(len(column.notes) for column in self._columns))

    @staticmethod
    def _font(words: Sequence[str], room: float, font: Font) -> Font:
        """As large as the longest word lets it be, so that lines break between words."""
        longest = max((wide(part, font) for text in words for part in text.split()), default=0.0)
        size = font.size if longest <= room else font.size * room / longest
        return Font(round(max(READABLE, size), 2))

    @staticmethod
    def _lines(words: str, font: Font, room: float) -> list[str]:
        if not words:
            return []
        lines = wrap(words, lambda line: wide(line, font) <= room)
        return (
            lines
            if len(lines) <= MOST_LINES
            else [*lines[: MOST_LINES - 1], shorten(lines[MOST_LINES - 1], 8) + "…"]
        )

    @property
    def height(self) -> float:
        return self._rows * self.font.leading + self._noted * self.note_font.leading

    def width(self, column: int) -> float:
        """That of the longest line under a column."""
        caption = self._columns[column]
        lines = [wide(line, self.font) for line in caption.lines]
        return max([*lines, *(wide(line, self.note_font) for line in caption.notes), self._reserved[column]])

    def groups(self, xs: Sequence[float], top: float, theme: Theme) -> Iterator[Group]:
        for k, (x, caption) in enumerate(zip(xs, self._columns, strict=True)):
            y, items = top, []
            for lines, font, ink in (
                (caption.lines, self.font, theme.text),
                (caption.notes, self.note_font, theme.dim),
            ):
                for line in lines:
                    items.append(text(line, (x, y + font.leading / 2), font, ink))
                    y += font.leading
            yield Group("caption", tuple(items), data=(("column", str(k)),))


def _note(column: Column, elided: bool, lang: str) -> str:
    """What the column says of itself; of one that is not drawn in full at least how many units it has."""
    if column.note:
        return clean(said(column.note, lang))
    units = len(column.units)
    return said(count(units, "{n} unit", "{n} units"), lang) if elided else ""
