"""Where the number of each arrow stands: on its line, near its head, and on nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from microgrid.base.numeric.arrays import numpy

from ..style.shapes import Point, Rectangle
from . import curves as bends
from .curves import Curve
from .sheet import AT_HEAD, Along, Sheet, frames_at, numbered

__all__ = ["Spot", "Standing", "moved", "struck"]

Spot = tuple[Point, int, float]
"""The middle of a number, and where on the curve of its arrow that is."""

FINE = 2.0
"""Points between those of an arrow that are looked at, where one that crosses a number is found."""
FEW = 60
"""Arrows in a gap up to which numbers look for places where no other arrow passes."""
SQUARE, COLUMN = 16.0, 1 << 30
"""Of the grid that knows where arrows pass: points, and from the number of a square to the next column's."""
STEP = 6.0
"""Points between the places on an arrow that are tried."""
CROSSED, LAID_ON = 10.0, 1000.0
"""What it costs to stand where another arrow passes, and on a number; all the way to the tail costs 1."""


@dataclass(frozen=True)
class Number:
    """What stands on an arrow: its size, and between which two places along the arrows."""

    arrow: int
    size: Point
    left: float
    right: float
    is_ahead: bool
    """Whether the arrow's curve ends where its head is."""

    def around(self, middle: Point) -> Rectangle:
        return _around(middle, self.size)


def _around(middle: Point, size: Point) -> Rectangle:
    (x, y), (width, height) = middle, size
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


class _Passing:
    """The points of arrows, by the squares of a grid."""

    def __init__(self, curves: Mapping[int, Curve], left: float, right: float) -> None:
        np = numpy()
        self._squares: dict[int, tuple[int, int]] = {}
        """By its number, where the points of each square begin and end among all points."""
        if not curves:
            return
        x, y, of = bends.sampled([(curve,) for curve in curves.values()], STEP - 1, left, right)
        squares = COLUMN * np.floor(x / SQUARE).astype(int) + np.floor(y / SQUARE).astype(int)
        order = np.argsort(squares, kind="stable")
        arrows = np.array(list(curves), dtype=int)[of]
        self._points = list(zip(*(each[order].tolist() for each in (x, y, arrows)), strict=True))
        first = 0
        for name, same in groupby(squares[order].tolist()):
            self._squares[name] = first, first + sum(1 for _ in same)
            first = self._squares[name][1]

    def count(self, area: Rectangle, besides: int, most: float) -> int:
        """How many arrows pass an area, besides one; so many at most are counted."""
        left, top, right, bottom = area[0] - 1, area[1] - 1, area[2] + 1, area[3] + 1
        found: set[int] = set()
        rows = range(int(top // SQUARE), int(bottom // SQUARE) + 1)
        for column in range(int(left // SQUARE), int(right // SQUARE) + 1):
            for row in rows:
                if square := self._squares.get(COLUMN * column + row):
                    for x, y, arrow in self._points[slice(*square)]:
                        if left <= x <= right and top <= y <= bottom and arrow != besides:
                            found.add(arrow)
                            if len(found) >= most:
                                return len(found)
        return len(found)


class _Taken:
    """Rectangles of numbers, by the rows of a grid as high as the highest of them, with a point free at two
    sides."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        self._height = max(number.size[1] for number in numbers) + 2
        self._rows: dict[int, list[Rectangle]] = {}

    def add(self, area: Rectangle) -> None:
        left, top, right, bottom = area
        row = self._rows.setdefault(int(top // self._height), [])
        row.append((left, top, right + 1, bottom + 1))

    def touches(self, area: Rectangle) -> bool:
        left, top, right, bottom = area[0], area[1], area[2] + 1, area[3] + 1
        row = int(top // self._height)
        for r in (row - 1, row, row + 1):
            for other in self._rows.get(r, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return True
        return False


def between(
    numbers: Sequence[Number], curves: Mapping[int, Curve], gives_up: bool = False
) -> tuple[dict[int, Spot], float]:
    """Places for the numbers between two columns, by arrow, and what they cost.

    `curves` are those of all arrows that pass there.  `gives_up`: where there are no places that cost
    nothing, none are looked for, since the gap will be wider.
    """
    left, right = min(n.left for n in numbers), max(n.right for n in numbers)
    passing = _Passing(curves if len(curves) <= FEW else {}, left, right)
    tried: dict[int, list[Spot]] = {}
    best: tuple[float, dict[int, Spot]] | None = None
    for order in (numbers, numbers[::-1]):
        cost, spots = _in_turn(order, curves, passing, tried, gives_up)
        if best is None or cost < best[0]:
            best = cost, spots
        if cost < CROSSED:
            break
    cost, spots = best or (0.0, {})
    return spots, cost


def _in_turn(
    numbers: Sequence[Number],
    curves: Mapping[int, Curve],
    passing: _Passing,
    tried: dict[int, list[Spot]],
    gives_up: bool,
) -> tuple[float, dict[int, Spot]]:
    """Each number where it costs least once those before it have their places.

    `tried` keeps the places on each arrow, by arrow, for the next time.
    """
    total, spots, taken = 0.0, dict[int, Spot](), _Taken(numbers)
    for number in numbers:
        if number.arrow not in tried:
            places = [*bends.points_on(curves[number.arrow], STEP, number.left, number.right)]
            tried[number.arrow] = places[::-1] if number.is_ahead else places
        points = tried[number.arrow]
        best: tuple[float, Spot] | None = None
        fewest: float = 1 if gives_up else len(curves) + 1
        for away, spot in enumerate(points):
            area = number.around(spot[0])
            if area[0] < number.left or area[2] > number.right or taken.touches(area):
                continue
            crossed = passing.count(area, number.arrow, fewest)
            if crossed < fewest:  # of places where as many pass, the first is nearest
                best = CROSSED * crossed + away / len(points), spot
                fewest = crossed
            if not crossed:
                break
        if best is None:
            if gives_up:
                return CROSSED, spots
            middle = (number.left + number.right) / 2
            best = LAID_ON, min(points, key=lambda spot: abs(spot[0][0] - middle))
        total += best[0] if best[0] >= CROSSED else 0.0
        spots[number.arrow] = best[1]
        taken.add(number.around(best[1][0]))
    return total, spots


# ---------------------------------------------------------------- of a whole picture


class Standing:
    """Where the numbers of a picture stand, while gaps between its columns become wider."""

    def __init__(self, sheet: Sheet, spots: Sequence[Spot | None] | None = None) -> None:
        self._sheet = sheet
        self.spots: list[Spot | None] = list(spots or [None] * len(sheet.ways))
        self.passing: dict[int, list[int]] = {}
        self.numbers: dict[int, list[int]] = {}
        """By gap, which the column before it names: what arrows pass it, and whose numbers stand in it."""
        self._frames = frames_at(sheet, before=True)
        for n, (arrow, way) in enumerate(zip(sheet.picture.arrows, sheet.ways, strict=True)):
            for item in way[:-1]:
                self.passing.setdefault(sheet.items[item].column, []).append(n)
            if arrow.label:
                self.numbers.setdefault(numbered(sheet, n), []).append(n)
        for arrows in self.numbers.values():
            arrows.sort(key=lambda n: (sheet.y[sheet.ways[n][-1]], n))

    def find(
        self, gaps: Collection[int], along: Along, curves: Sequence[Curve], gives_up: bool
    ) -> dict[int, bool]:
        """Say where the numbers of these gaps stand, and return the gaps that are too narrow: whether two lie
        on each other there, or only on another arrow.  `gives_up`: nothing is said of gaps that are too
        narrow in any way."""
        tight = dict[int, bool]()
        for gap in gaps:
            numbers = [self._number(n, gap, along) for n in self.numbers[gap]]
            found, cost = between(numbers, {n: curves[n] for n in self.passing[gap]}, gives_up)
            for n, spot in found.items():
                self.spots[n] = spot
            if cost >= CROSSED:
                tight[gap] = cost >= LAID_ON
        return tight

    def move(self, gaps: Collection[int], curves: Sequence[Curve]) -> None:
        """Put the numbers of these gaps where they stood, on other curves."""
        for gap in gaps:
            for n in self.numbers[gap]:
                self.spots[n] = moved(self.spots[n], curves[n])

    def struck(self, gaps: Iterable[int], routes: Sequence[Sequence[Curve]]) -> set[int]:
        """The arrows of these gaps whose numbers lie on others, or are crossed by other arrows."""
        areas = dict[int, Rectangle]()
        for n in (n for gap in gaps for n in self.numbers[gap]):
            label, spot = self._sheet.picture.arrows[n].label, self.spots[n]
            if label and spot:
                size = label.digits[::-1] if self._sheet.upright else label.digits
                areas[n] = _around(spot[0], size)
        return struck(areas, routes)

    def _number(self, n: int, gap: int, along: Along) -> Number:
        sheet, label = self._sheet, self._sheet.picture.arrows[n].label
        width, height = label.size if label else (0.0, 0.0)
        before_head = max(AT_HEAD, self._frames.get(sheet.ways[n][-1], 0.0))
        left, right = along.right[gap] + 2, along.left[gap + 1] - before_head
        return Number(n, (height, width) if sheet.upright else (width, height), left, right, sheet.ahead[n])


def moved(spot: Spot | None, curve: Curve) -> Spot | None:
    """The same place on another curve."""
    if not spot:
        return None
    start = min(spot[1], len(curve) - 4)
    return bends.cut(curve, start, spot[2])[1][0], start, spot[2]


def struck(areas: Mapping[int, Rectangle], routes: Sequence[Sequence[Curve]]) -> set[int]:
    """Of numbers, by their arrows, those that lie on another or that another arrow crosses.

    >>> level = [((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))]
    >>> struck({1: (10.0, -4.0, 20.0, 4.0), 2: (10.0, 6.0, 20.0, 14.0)}, [level, [], []])
    {1}
    """
    np = numpy()
    if not areas:
        return set()
    left, top, right, bottom = map(np.array, zip(*areas.values(), strict=True))
    found = set[int]()
    for n, area in areas.items():
        overlap = (left <= area[2]) & (area[0] <= right) & (top <= area[3]) & (area[1] <= bottom)
        if len(np.flatnonzero(overlap)) > 1:  # each overlaps itself
            found.add(n)
    x, y, of = bends.sampled(routes, FINE)
    order = np.argsort(x)
    x, y, of = x[order], y[order], of[order]
    first, end = np.searchsorted(x, left, "right"), np.searchsorted(x, right, "left")
    for n, upper, lower, start, stop in zip(areas, top, bottom, first, end, strict=True):
        here = slice(start, stop)
        if ((upper < y[here]) & (y[here] < lower) & (of[here] != n)).any():
            found.add(n)
    return found
