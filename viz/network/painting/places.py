"""Where everything of a network stands: columns of circles, as large as a page or good taste lets them be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from microgrid.base.phrases import Option, message

from ...errors import TooLarge
from ...style.shapes import Point, Rectangle
from ..net import End

__all__ = ["ABOVE", "MARGIN", "Places", "Room", "place"]

MARGIN, ABOVE = 22.0, 15.0
"""Kept free at both sides of the page, and above and below."""
LARGEST, SMALLEST = 36.0, 10.2
"""Of circles, their radius; on a page without a size of its own they have:"""
NATURAL, TIGHT = 23.0, 18.0
FEW, MANY = 5, 8
"""Units in the longest column up to which they stand apart, and up to which circles have that size."""
SHARE, SPREAD = 0.46, 5.2
"""A circle's radius is at most this share of the way to the next one, which is at most so many radii."""
BROAD, BROAD_IN_ROWS, CLOSEST = 0.19, 0.25, 2.5
"""Of the way between two columns a radius is at most this share; it is no shorter than so many radii."""
APART, NATURAL_SHARE = 0.3, 0.36
"""On a page without a size of its own, in columns of few units and of more."""
STEEP = 0.5
"""Columns on a page without a size are as far apart as this share of their height, and at least as:"""
LEAST_GAP = 185.0
ASIDE = 1.5
"""Between a circle and the steepest arrow that passes it."""
MOST_ROWS, LARGER = 6, 1.15
"""Rows of columns on a slide, and how much larger one more has to make the circles."""
RETURN, BETWEEN_ROWS = 26.0, 14.0
"""Beside the columns and between their rows, for the line from the end of one to the next."""
LOOSEST, LOOSER = 1.7, 0.1
"""How much further apart the units of a short column are at most, and for each unit that it has less."""


@dataclass(frozen=True)
class Room:
    """What else stands on the page: heights above and below the circles, widths beside them at radius 1.

    `size` is that of a slide; without one the page becomes as large as what stands on it.  `head` and `foot`
    are at the edges of the page, the other heights around the circles of each row of columns.
    """

    above: float
    below: float
    left: float
    right: float
    size: Point | None = None
    least_width: float = 0.0
    gap: float = 0.0
    """What captions need between two columns."""
    head: float = 0.0
    foot: float = 0.0


@dataclass(frozen=True)
class Places:
    """The page, and the middle of each unit that is shown; those that are left out stand behind `dots`.

    On a slide, columns may stand in several rows, each with places of its own: those of the columns `here`,
    in `columns` under their numbers.  A row begins with the column with which the one before ended, `again`.
    """

    size: Point
    radius: float
    step: float
    columns: tuple[float, ...]
    centers: dict[End, Point]
    dots: tuple[Point, ...]
    area: Rectangle
    """Around all circles."""
    gap: float
    here: range
    again: int | None = None

    @property
    def new(self) -> range:
        """The columns that no row before has."""
        return self.here if self.again is None else self.here[1:]


def place(
    columns: Sequence[Sequence[int | None]],
    room: Room,
    loose: Collection[int] = (),
    cuts: Sequence[int] = (),
) -> list[Places]:
    """Columns from left to right in their own order, each in the middle of the height of its row.

    Short columns among the `loose` ones are spread, so that their arrows are less steep.  On a slide there
    are several rows, which end at some of the `cuts`, where circles are so larger.
    """
    tall = max(map(len, columns))
    if room.size:
        rows, grid, room = _in_rows(len(columns), tall, room, cuts)
        size = room.size or (0.0, 0.0)
    else:
        rows = [range(len(columns))]
        size, grid = _natural(len(columns), tall, room)
    band = (size[1] - room.head - room.foot) / len(rows)
    return [
        _row(
            columns,
            here,
            loose,
            size,
            grid,
            room.head + k * band + room.above,
            band - room.above - room.below,
        )
        for k, here in enumerate(rows)
    ]


def _row(
    columns: Sequence[Sequence[int | None]],
    here: range,
    loose: Collection[int],
    size: Point,
    grid: _Grid,
    top: float,
    height: float,
) -> Places:
    """The places of the columns of one row."""
    tall = max(map(len, columns))
    xs = tuple(round(grid.start + (k - here.start) * grid.gap, 2) for k in range(len(columns)))
    middle = top + height / 2
    centers: dict[End, Point] = {}
    dots: list[Point] = []
    for k in here:
        x, column = xs[k], columns[k]
        own = _loosened(len(column), tall, grid.step) if k in loose else grid.step
        for y, unit in zip(_heights(len(column), own, middle), column, strict=True):
            if unit is None:
                dots.append((x, y))
            else:
                centers[k, unit] = (x, y)
    radius, half = grid.radius, grid.step * (tall - 1) / 2 + grid.radius
    area = (xs[here[0]] - radius, middle - half, xs[here[-1]] + radius, middle + half)
    again = here.start or None
    return Places(size, radius, grid.step, xs, centers, tuple(dots), area, grid.gap, here, again)


def _in_rows(count: int, tall: int, room: Room, cuts: Sequence[int]) -> tuple[list[range], _Grid, Room]:
    """The rows in which circles are largest: as few as possible, unless more make them clearly larger; and
    what has to be around each."""
    refused: list[TooLarge] = []
    best: tuple[list[range], _Grid, Room] | None = None
    for many in range(1, MOST_ROWS + 1):
        rows = _rows(count, cuts, many)
        if len(rows) < many:
            continue
        part = room
        if many > 1:
            sides = max(room.left, RETURN), max(room.right, RETURN)
            part = replace(room, above=room.above + BETWEEN_ROWS, left=sides[0], right=sides[1])
        try:
            grid = _on_slide(max(map(len, rows)), tall, part, many)
        except TooLarge as error:
            refused.append(error)
            continue
        if best is None or grid.readable > LARGER * best[1].readable:
            best = rows, grid, part
    if best is None:
        raise refused[0]
    return best


def _rows(count: int, cuts: Sequence[int], many: int) -> list[range]:
    """So many rows of columns, the longest as short as can be; each begins with the last one of the row
    before."""
    for longest in range(2, count + 1):
        rows, start = list[range](), 0
        while start + longest < count:
            end = max((cut for cut in cuts if start < cut < start + longest), default=None)
            if end is None or len(rows) + 1 == many:
                break
            rows.append(range(start, end + 1))
            start = end
        else:
            return [*rows, range(start, count)]
    return [range(count)]


@dataclass(frozen=True)
class _Grid:
    """How large circles are, from one to the next, where the first column is, and from one to the next."""

    radius: float
    step: float
    start: float
    gap: float

    @property
    def readable(self) -> float:
        """The radius, or a smaller one that would leave room between columns."""
        return min(self.radius, BROAD * self.gap)


def _natural(count: int, tall: int, room: Room) -> tuple[Point, _Grid]:
    """A page as large as circles of a good size need."""
    radius = NATURAL if tall <= MANY else TIGHT
    step = radius / (APART if tall <= FEW else NATURAL_SHARE)
    gap = max(LEAST_GAP, STEEP * step * (tall - 1), room.gap)
    left, right = room.left + radius, room.right + radius
    inner = gap * (count - 1)
    width = max(inner + left + right, room.least_width) + 2 * MARGIN
    height = room.head + room.above + 2 * radius + step * (tall - 1) + room.below + room.foot
    start = (width - inner - left - right) / 2 + left
    return (round(width, 2), round(height, 2)), _Grid(radius, step, start, gap)


def _on_slide(count: int, tall: int, room: Room, rows: int) -> _Grid:
    """Circles as large as the page lets them be."""
    width, height = room.size or (0.0, 0.0)
    free = (height - room.head - room.foot) / rows - room.above - room.below
    step, radius = _spread(tall, free)
    if count == 1:
        return _Grid(radius, step, (width + room.left - room.right) / 2, width)
    inner = width - 2 * MARGIN - room.left - room.right
    gap = (inner - 2 * radius) / (count - 1)
    broad = BROAD if rows == 1 else BROAD_IN_ROWS
    if radius > broad * gap:
        radius = max(SMALLEST, broad * inner / (count - 1 + 2 * broad))
        gap = (inner - 2 * radius) / (count - 1)
        step = min((free - 2 * radius) / max(tall - 1, 1), SPREAD * radius)
    radius = min(radius, _clear_of_neighbours(step, gap, step * (tall - 1)))
    if radius < SMALLEST or gap < CLOSEST * radius or (tall > 1 and step < 2 * radius):
        # circles that would do with the columns far apart are too many columns, not too many circles
        crowded = gap < CLOSEST * SMALLEST or step - ASIDE >= max(radius, SMALLEST)
        many = f"{count} columns" if crowded else f"columns of {tall} circles"
        part = f"{many} cannot be read on a slide: draw a part of the model, or leave out "
        raise TooLarge(message(part, Option("slide")))
    return _Grid(radius, step, MARGIN + room.left + radius, gap)


def _clear_of_neighbours(step: float, gap: float, height: float) -> float:
    """The largest radius of circles that the steepest arrow passes at some distance, above its own."""
    return step * gap / math.hypot(gap, height) - ASIDE


def _spread(tall: int, free: float) -> tuple[float, float]:
    """The way from circle to circle and their radius, in a height that they may fill."""
    if tall == 1:
        return free, min(LARGEST, free / 2)
    # 2 r + (tall - 1) step = free
    radius = min(LARGEST, free / (2 + (tall - 1) / NATURAL_SHARE))
    step = (free - 2 * radius) / (tall - 1)
    if radius < NATURAL:  # many: the circles rather than the ways between them
        step = free / (tall - 1 + 2 * SHARE)
        radius = max(SMALLEST, min(NATURAL * 0.8 if tall > MANY // 2 else NATURAL, SHARE * step))
        step = (free - 2 * radius) / (tall - 1)
    return min(step, SPREAD * radius), radius


def _heights(count: int, step: float, middle: float) -> Iterator[float]:
    for row in range(count):
        yield round(middle + (row - (count - 1) / 2) * step, 2)


def _loosened(count: int, tall: int, step: float) -> float:
    """The way between the circles of a column that is shorter than the longest."""
    return step * min(LOOSEST, 1 + LOOSER * (tall - count))
