"""What stands under the columns of a network: what each is, and what is known of its units besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from microgrid.base.phrases import count, join, said, say

from ...drawing.scene import Group, Path, Text
from ...style.shapes import Command
from ...style.text import clean, wrap
from ...style.theme import Font, Paint, Theme
from ..net import Column, Net
from ..repeats import Repeat, repeats
from .places import Places
from .shapes import curve
from .texts import CAPTION, NOTE, ON_PAPER, READABLE, text, wide

__all__ = ["Captions"]

BETWEEN = 10.0
"""Between the captions of two columns."""
WIDEST = 150.0
"""A caption breaks into lines that are no longer, however far the columns are apart."""
MOST_LINES, MOST_NOTES = 3, 2
NARROW = 140.0
"""Between columns that are nearer, notes have two lines."""
EDGE = 8.0
BRACE, MOST_BRACED = 7.0, 2
"""The height of a brace over columns that say the same, and the lines of what they say."""
TIERS = 2


@dataclass(frozen=True)
class _Caption:
    lines: tuple[str, ...]
    notes: tuple[str, ...]


class Captions:
    """The captions of all columns, in lines for columns that are `gap` apart."""

    def __init__(
        self, net: Net, elided: Sequence[bool], gap: float, lang: str, is_small: bool = False
    ) -> None:
        self._net, self._lang = net, lang
        self._caption, self._note = (ON_PAPER[font] if is_small else font for font in (CAPTION, NOTE))
        every = [clean(said(column.caption, lang)) for column in net.columns]
        self.said_once = repeats(every, [k for k, cut in enumerate(elided) if cut])
        once = {k for one in self.said_once for k in range(one.start, one.stop)}
        words = ["" if k in once else text for k, text in enumerate(every)]
        longest = max(wide(part, Font(READABLE)) for text in words for part in (text.split() or [""]))
        self._tiers = 1 if longest <= gap - BETWEEN else TIERS
        """Where words would break, every second caption stands below its neighbours, with twice the width."""
        gap *= self._tiers
        room = min(max(gap - BETWEEN, 1.0), WIDEST)
        self.font = self._font(words, room, self._caption)
        notes = [
            _note(column, cut, lang) if k not in once and (self._tiers == 1 or len(column.units) > 1) else ""
            for k, (column, cut) in enumerate(zip(net.columns, elided, strict=True))
        ]
        wide_room = max(gap - BETWEEN, 1.0)
        fits = all(wide(note, self._note) <= wide_room for note in notes)
        self.note_font = self._note if fits else Font(READABLE)
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
        braced = BRACE + MOST_BRACED * self._caption.leading if self.said_once else 0.0
        return max(self._tiers * self._tier, braced)

    @property
    def _tier(self) -> float:
        return self._rows * self.font.leading + self._noted * self._note.leading

    def width(self, column: int) -> float:
        """That of the longest line of a caption."""
        return max((wide(line, self.font) for line in self._columns[column].lines), default=0.0)

    def groups(self, places: Places, top: float, theme: Theme) -> Iterator[Group]:
        """The texts under the columns of a row, those at the edges within the page."""
        page = places.size[0]
        for k in places.new:
            x, caption = places.columns[k], self._columns[k]
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
            if items:
                yield Group("caption", tuple(items), data=(("column", str(k)),))
        for one in self.said_once:
            if part := one.part(places.new):
                yield self._braced(one, part, places, top, theme)

    def _braced(self, one: Repeat, part: list[int], places: Places, top: float, theme: Theme) -> Group:
        """What columns of a row say that is the same again and again, once, below a brace."""
        columns = range(one.start, one.start + one.period)
        what = join("; ", [self._net.columns[k].caption for k in columns])
        times = len(part) // one.period
        words = clean(said(say("{n} × ({what})", n=times, what=what) if times > 1 else what, self._lang))
        left, right = (places.columns[part[k]] + side * places.radius for k, side in ((0, -1), (-1, 1)))
        room = max(right - left, places.gap - BETWEEN)
        font, lines = _lines_of(words, room, (self._caption.size, self._note.size, READABLE))
        items: list[Path | Text] = [Path(_brace(left, right, top), Paint("none", theme.dim, 1.0))]
        y = top + BRACE
        for line in lines:
            half = wide(line, font) / 2 + EDGE
            middle = min(max((left + right) / 2, half), places.size[0] - half)
            items.append(text(line, (middle, y + font.leading / 2), font, theme.text))
            y += font.leading
        data = (("columns", f"{part[0]} {part[-1]}"), ("times", str(times)))
        return Group("caption", tuple(items), data=data)


def _lines_of(words: str, room: float, sizes: Sequence[float]) -> tuple[Font, list[str]]:
    """In few lines, as large as that lets them be."""
    font, lines = Font(READABLE), list[str]()
    for size in sizes:
        font = Font(size)
        lines = wrap(words, partial(_fits, font, room))
        if len(lines) <= MOST_BRACED and all(wide(word, font) <= room for word in words.split()):
            return font, lines
    if len(lines) > MOST_BRACED:
        lines = [*lines[: MOST_BRACED - 1], f"{lines[MOST_BRACED - 1][:-1]}…"]
    return font, lines


def _fits(font: Font, room: float, line: str) -> bool:
    return wide(line, font) <= room


def _brace(left: float, right: float, top: float) -> tuple[Command, ...]:
    """Level, with its ends up and its point down."""
    middle, half, r = (left + right) / 2, 0.5 * BRACE, min(0.5 * BRACE, (right - left) / 4)
    y = top + half
    return (
        *curve((left, top), (left, y), (left, y), (left + r, y)),
        ("L", ((middle - r, y),)),
        *curve((middle - r, y), (middle, y), (middle, y), (middle, top + BRACE))[1:],
        *curve((middle, top + BRACE), (middle, y), (middle, y), (middle + r, y))[1:],
        ("L", ((right - r, y),)),
        *curve((right - r, y), (right, y), (right, y), (right, top))[1:],
    )


def _note(column: Column, elided: bool, lang: str) -> str:
    """What the column says of itself; of one that is not drawn in full at least how many units it has."""
    if column.note:
        return clean(said(column.note, lang))
    units = len(column.units)
    return said(count(units, "{n} unit", "{n} units"), lang) if elided else ""
