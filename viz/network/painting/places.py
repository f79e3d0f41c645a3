"""Where everything of a network stands: columns of circles, as large as a page or good taste lets them be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

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
BROAD, CLOSEST = 0.19, 2.5
"""Of the way between two columns a radius is at most this share; it is no shorter than so many radii."""
APART, NATURAL_SHARE = 0.3, 0.36
"""On a page without a size of its own, in columns of few units and of more."""
STEEP = 0.5
"""Columns on a page without a size are as far apart as this share of their height, and at least as:"""
LEAST_GAP = 185.0
ASIDE = 1.5
"""Between a circle and the steepest arrow that passes it."""
LOOSEST, LOOSER = 1.7, 0.1
"""How much further apart the units of a short column are at most, and for each unit that it has less."""


@dataclass(frozen=True)
class Room:
    """What else stands on the page: heights above and below the circles, widths beside them at radius 1.

    `size` is that of a slide; without one the page becomes as large as what stands on it.
    """

    above: float
    below: float
    left: float
    right: float
    size: Point | None = None
    least_width: float = 0.0
    gap: float = 0.0
    """What captions need between two columns."""


@dataclass(frozen=True)
class Places:
    """The page, and the middle of each unit that is shown; those that are left out stand behind `dots`."""

    size: Point
    radius: float
    step: float
    columns: tuple[float, ...]
    centers: dict[End, Point]
    dots: tuple[Point, ...]
    area: Rectangle
    """Around all circles."""


def place(columns: Sequence[Sequence[int | None]], room: Room, loose: Collection[int] = ()) -> Places:
    """Columns from left to right in their own order, each in the middle of the height.

    Short columns among the `loose` ones are spread, so that their arrows are less steep.
    """
    tall = max(map(len, columns))
    size, grid = _on_slide(len(columns), tall, room) if room.size else _natural(len(columns), tall, room)
    xs = tuple(round(grid.start + k * grid.gap, 2) for k in range(len(columns)))
    middle = room.above + (size[1] - room.above - room.below) / 2
    centers: dict[End, Point] = {}
    dots: list[Point] = []
    for k, (x, column) in enumerate(zip(xs, columns, strict=True)):
        own = _loosened(len(column), tall, grid.step) if k in loose else grid.step
        for y, unit in zip(_heights(len(column), own, middle), column, strict=True):
            if unit is None:
                dots.append((x, y))
            else:
                centers[k, unit] = (x, y)
    radius, half = grid.radius, grid.step * (tall - 1) / 2 + grid.radius
    area = (xs[0] - radius, middle - half, xs[-1] + radius, middle + half)
    return Places(size, radius, grid.step, xs, centers, tuple(dots), area)


@dataclass(frozen=True)
class _Grid:
    """How large circles are, from one to the next, where the first column is, and from one to the next."""

    radius: float
    step: float
    start: float
    gap: float


def _natural(count: int, tall: int, room: Room) -> tuple[Point, _Grid]:
    """A page as large as circles of a good size need."""
    radius = NATURAL if tall <= MANY else TIGHT
    step = radius / (APART if tall <= FEW else NATURAL_SHARE)
    gap = max(LEAST_GAP, STEEP * step * (tall - 1), room.gap)
    left, right = room.left + radius, room.right + radius
    inner = gap * (count - 1)
    width = max(inner + left + right, room.least_width) + 2 * MARGIN
    height = room.above + 2 * radius + step * (tall - 1) + room.below
    start = (width - inner - left - right) / 2 + left
    return (round(width, 2), round(height, 2)), _Grid(radius, step, start, gap)


def _on_slide(count: int, tall: int, room: Room) -> tuple[Point, _Grid]:
    """Circles as large as the page lets them be."""
    width, height = room.size or (0.0, 0.0)
    free = height - room.above - room.below
    step, radius = _spread(tall, free)
    if count == 1:
        return (width, height), _Grid(radius, step, (width + room.left - room.right) / 2, width)
    inner = width - 2 * MARGIN - room.left - room.right
    gap = (inner - 2 * radius) / (count - 1)
    if radius > BROAD * gap:
        radius = max(SMALLEST, BROAD * inner / (count - 1 + 2 * BROAD))
        gap = (inner - 2 * radius) / (count - 1)
        step = min((free - 2 * radius) / max(tall - 1, 1), SPREAD * radius)
    radius = min(radius, _clear_of_neighbours(step, gap, step * (tall - 1)))
    if radius < SMALLEST or gap < CLOSEST * radius or (tall > 1 and step < 2 * radius):
        # circles that would do with the columns far apart are too many columns, not too many circles
        crowded = gap < CLOSEST * SMALLEST or step - ASIDE >= max(radius, SMALLEST)
        many = f"{count} columns" if crowded else f"columns of {tall} circles"
        part = f"{many} cannot be read on a slide: draw a part of the model, or leave out "
        raise TooLarge(message(part, Option("slide")))
    return (width, height), _Grid(radius, step, MARGIN + room.left + radius, gap)


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
