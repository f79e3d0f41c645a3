"""Where the number of each arrow stands: on its line, near its head, and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..style.shapes import Point, Rectangle
from . import curves as bends
from .curves import Curve

__all__ = ["CROSSED", "LAID_ON", "Number", "Spot", "between"]

Spot = tuple[Point, int, float]
"""The middle of a number, and where on the curve of its arrow that is."""

FEW = 60
"""Arrows in a gap up to which numbers look for places where no other arrow passes."""
SQUARE = 16.0
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
        (x, y), (width, height) = middle, self.size
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2


class _Passing:
    """The points of arrows in the squares of a grid."""

    def __init__(self, curves: Mapping[int, Curve], left: float, right: float) -> None:
        self._squares: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
        squares = self._squares
        for arrow, curve in curves.items():
            for (x, y), _, _ in bends.points_on(curve, STEP - 1, left, right):
                square = int(x // SQUARE), int(y // SQUARE)
                if square in squares:
                    squares[square].append((x, y, arrow))
                else:
                    squares[square] = [(x, y, arrow)]

    def count(self, area: Rectangle, besides: int, most: float) -> int:
        """How many arrows pass an area, besides one; so many at most are counted."""
        left, top, right, bottom = area[0] - 1, area[1] - 1, area[2] + 1, area[3] + 1
        found: set[int] = set()
        rows = range(int(top // SQUARE), int(bottom // SQUARE) + 1)
        for i in range(int(left // SQUARE), int(right // SQUARE) + 1):
            for j in rows:
                for x, y, arrow in self._squares.get((i, j), ()):
                    if left <= x <= right and top <= y <= bottom and arrow != besides:
                        found.add(arrow)
                        if len(found) >= most:
                            return len(found)
        return len(found)


class _Taken:
    """Rectangles of numbers, by the rows of a grid as high as the highest of them."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        self._height = max(number.size[1] for number in numbers) + 2
        self._rows: dict[int, list[Rectangle]] = {}

    def add(self, area: Rectangle) -> None:
        self._rows.setdefault(int(area[1] // self._height), []).append(area)

    def touches(self, area: Rectangle) -> bool:
        row = int(area[1] // self._height)
        return any(_touch(area, other) for r in (row - 1, row, row + 1) for other in self._rows.get(r, ()))


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


def _touch(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] + 1 and b[0] < a[2] + 1 and a[1] < b[3] + 1 and b[1] < a[3] + 1
