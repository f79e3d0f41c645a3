"""What is known of a placement before its arrows are drawn, and how wide the gaps between its columns are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..picture.boxes import Box, Picture
from .order import Item

__all__ = ["AT_HEAD", "Along", "Sheet", "columns", "frames_at", "least", "numbered"]

AT_NUMBERS = 16.0
"""Of a gap with numbers: what the beginning of an arrow takes."""
AT_HEAD, FRAME, NAMED = 12.0, 14.0, 24.0
"""Before a box, what the head of an arrow and the frame of a scope take, and that at its name."""


@dataclass
class Along:
    """Where columns are: the middle of each, its edges, and where the last ends."""

    middle: list[float]
    left: list[float]
    right: list[float]

    @property
    def end(self) -> float:
        return self.right[-1]


@dataclass
class Sheet:
    """What is known before arrows are drawn: all in points along the arrows and across them."""

    picture: Picture
    items: Sequence[Item]
    columns: Sequence[Sequence[int]]
    y: Sequence[float]
    line: Sequence[int]
    ways: Sequence[Sequence[int]]
    ahead: Sequence[bool]
    upright: bool
    is_named_before: bool
    """Whether names of frames, which are at their top, stand where arrows come from; if they are upright."""
    gap: float
    slope: float
    borders: dict[tuple[int, float], float] = field(default_factory=dict)
    tallest: dict[int, float] = field(default_factory=dict)

    def highest(self, column: int) -> float:
        """How far the largest item of a column reaches across it."""
        if column not in self.tallest:
            self.tallest[column] = max(self.items[k].across for k in self.columns[column])
        return self.tallest[column]

    def length(self, box: Box) -> float:
        return box.size[1 if self.upright else 0]

    def border(self, k: int, side: float) -> float:
        """How far from its middle the outline of box k is, so far to the side."""
        if (k, side) in self.borders:
            return self.borders[k, side]
        box = self.picture.boxes[k]
        self.borders[k, side] = box.shape.reach(box.size, side, self.upright)
        return self.borders[k, side]


def least(sheet: Sheet, leaving: Sequence[float], arriving: Sequence[float]) -> list[float]:
    """What is between columns at least."""
    frames, starts = [0.0] * len(sheet.columns), frames_at(sheet, before=True)
    for side in (starts, frames_at(sheet, before=False)):
        most: dict[int, float] = {}
        for k, length in side.items():
            column = sheet.items[k].column - (side is starts)
            most[column] = max(most.get(column, 0.0), length)
        for column, length in most.items():
            frames[column] += length
    gaps = [max(sheet.gap, frames[k] + FRAME) for k in range(len(sheet.columns) - 1)]
    for n, (arrow, way) in enumerate(zip(sheet.picture.arrows, sheet.ways, strict=True)):
        for a, b in pairwise(way):
            start = sheet.y[a] + (leaving[n] if a == way[0] else 0.0)
            end = sheet.y[b] + (arriving[n] if b == way[-1] else 0.0)
            column = sheet.items[a].column
            gaps[column] = max(gaps[column], sheet.slope * abs(end - start))
        if arrow.label:
            column = numbered(sheet, n)
            needed = sheet.length(arrow.label) + AT_NUMBERS + max(AT_HEAD, starts.get(way[-1], 0.0))
            gaps[column] = max(gaps[column], needed)
    return gaps


def frames_at(sheet: Sheet, before: bool) -> dict[int, float]:
    """By box, what frames that begin at its column (or end there) take up before it (or behind).

    Names of frames reach beside their boxes, so all of that column keep away from them.
    """
    edge: dict[tuple[str, ...], int] = {}
    for item in sheet.items:
        for depth in range(1, len(item.scope) + 1):
            path = item.scope[:depth]
            edge[path] = (min if before else max)(edge.get(path, item.column), item.column)
    has_names = before == sheet.is_named_before and sheet.upright
    found = {
        k: count * (NAMED if has_names else FRAME)
        for k, item in enumerate(sheet.items)
        if (count := sum(edge[item.scope[:d]] == item.column for d in range(1, len(item.scope) + 1)))
        and item.box >= 0
    }
    if has_names:
        most: dict[int, float] = {}
        for k, length in found.items():
            most[sheet.items[k].column] = max(length, most.get(sheet.items[k].column, 0.0))
        for k, item in enumerate(sheet.items):
            if item.box >= 0 and item.column in most:
                found.setdefault(k, most[item.column])
    return found


def numbered(sheet: Sheet, n: int) -> int:
    """The gap, by the column before it, where an arrow's number stands: at its head."""
    way = sheet.ways[n]
    return sheet.items[way[-2]].column if sheet.ahead[n] else sheet.items[way[0]].column


def columns(sheet: Sheet, gaps: Sequence[float]) -> Along:
    along = Along([], [], [])
    left = 0.0
    for k, column in enumerate(sheet.columns):
        boxes = [sheet.picture.boxes[sheet.items[i].box] for i in column if sheet.items[i].box >= 0]
        width = max((sheet.length(box) for box in boxes), default=0.0)
        along.left.append(left)
        along.middle.append(left + width / 2)
        along.right.append(left + width)
        left += width + (gaps[k] if k < len(gaps) else 0.0)
    return along
