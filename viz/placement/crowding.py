"""Arrows that run along each other so closely that eyes take them for one: which do, and how they part.

The arrows of two operands may come to one box from one direction, and long ones may share a way.  Those that
cross are near each other where they do, which is no harm, unless it is at a very small angle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product

from ..style.shapes import Point
from . import curves as bends
from .clock import look_at_the_clock
from .curves import Curve

__all__ = ["MOST_ARROWS", "Crowd", "Other", "aside", "part"]

NEAR, LONGEST, AT_HEAD, CROSSING = 1.3, 10.0, 17.0, 2.2
"""Points: how near is too near, and for how long; how much before a head may be; degrees of a crossing that
can be seen.  All a little stricter than what is promised, which is 1, 12, 20 and 2."""
STEP, SQUARE = 3.0, 4.0
"""Between points on an arrow, and of the grid that finds those nearby."""
COLUMN = 1 << 30
AROUND = tuple(COLUMN * i + j for i in (-1, 0, 1) for j in (-1, 0, 1))
"""From the number of a square to that of the next column, and to those of the squares around it."""
MOST_ARROWS = 400
"""Up to which it is asked: of more, nobody follows one."""
SHARES, BENDS = (0.12, 0.24, 0.36), (5.0, -5.0, 10.0, -10.0, 16.0, -16.0)
"""How far the ends of a curve are moved, as shares of their boxes, and its middle, in points."""
ROUNDS, TRIES = 3, 300
"""Of trying all arrows that are too near another, and routes that are tried in all."""

Other = tuple[Sequence[Curve], Callable[[], None]]
"""Another route of an arrow, and what has to be done to give it that."""


class Crowd:
    """The arrows of a picture, as points on them, in a grid that knows what is near.

    `scale` is how large they will be drawn.

    >>> def line(y):
    ...     return tuple((x, y) for x in (0.0, 100.0, 200.0, 300.0))
    >>> crowd = Crowd()
    >>> for n, y in enumerate((0.0, 0.5, 9.0)):
    ...     crowd.add(n, (line(y),))
    >>> [sorted(crowd.beside(n)) for n in range(3)]
    [[1], [0], []]
    """

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._points: dict[int, list[Point]] = {}
        self._squares: dict[int, list[tuple[int, int]]] = {}

    def add(self, n: int, route: Sequence[Curve]) -> None:
        """Arrow n, from outline to outline; an end with a head is its last."""
        points = self._sampled(route)
        self._points[n] = points
        for k, square in self._where(points):
            self._squares.setdefault(square, []).append((n, k))

    def drop(self, n: int) -> None:
        for k, square in self._where(self._points.pop(n)):
            self._squares[square].remove((n, k))

    def beside(self, n: int) -> dict[int, float]:
        """How far arrow n runs along others, by these."""
        return self._along(n, self._points[n])

    def along(self, n: int, route: Sequence[Curve]) -> float:
        """How far arrow n would run along others on this route, in all."""
        return sum(self._along(n, self._sampled(route)).values())

    def _sampled(self, route: Sequence[Curve]) -> list[Point]:
        step, tip, reach = STEP / self.scale, route[-1][-1], AT_HEAD / self.scale
        points = [p for curve in route for p, _, _ in bends.points_on(curve, step)]
        return [p for p in points if math.dist(p, tip) > reach]

    def _where(self, points: Sequence[Point]) -> Iterator[tuple[int, int]]:
        """The square of each part of a line, by its middle, as one number."""
        size = 2 * SQUARE / self.scale
        for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
            yield k, COLUMN * int((x0 + x1) // size) + int((y0 + y1) // size)

    def _along(self, n: int, points: Sequence[Point]) -> dict[int, float]:
        near: dict[int, list[tuple[int, int]]] = {}
        size, least, squares = SQUARE / self.scale, NEAR / self.scale, self._squares
        for k, p in enumerate(points):
            square = COLUMN * int(p[0] // size) + int(p[1] // size)
            best: dict[int, tuple[float, int]] = {}
            for beside in AROUND:
                for m, part in squares.get(square + beside, ()):
                    if m != n:
                        other = self._points[m]
                        far = _to_segment(p, other[part], other[part + 1])
                        if far < least and (m not in best or far < best[m][0]):
                            best[m] = far, part
            for m, (_, part) in best.items():
                near.setdefault(m, []).append((k, part))
        found = {}
        for m, places in near.items():
            length = self._longest(places, points, self._points[m])
            if length > LONGEST / self.scale:
                found[m] = length
        return found

    def _longest(self, places: list[tuple[int, int]], one: Sequence[Point], two: Sequence[Point]) -> float:
        """The longest way along another without a crossing that can be seen."""
        longest, run = 0.0, [places[0]]
        for place in (*places[1:], (len(one) + 9, 0)):
            if place[0] != run[-1][0] + 1:
                length = sum(math.dist(a, b) for a, b in pairwise(one[run[0][0] : run[-1][0] + 1]))
                if length > longest and not _crosses(run, one, two):
                    longest = length
                run = []
            run.append(place)
        return longest


def _to_segment(p: Point, a: Point, b: Point) -> float:
    (x, y), (x0, y0) = p, a
    dx, dy = b[0] - x0, b[1] - y0
    length = dx * dx + dy * dy
    t = min(max(((x - x0) * dx + (y - y0) * dy) / length, 0.0), 1.0) if length else 0.0
    return math.hypot(x0 + t * dx - x, y0 + t * dy - y)


def _crosses(run: Sequence[tuple[int, int]], one: Sequence[Point], two: Sequence[Point]) -> bool:
    """Whether two lines change sides where they are near, at an angle that can be seen."""
    (i0, j0), (i1, j1) = run[0], run[-1]
    j0, j1 = (j0, j1 + 1) if j1 >= j0 else (j0 + 1, j1)
    ax, ay = one[i1][0] - one[i0][0], one[i1][1] - one[i0][1]
    bx, by = two[j1][0] - two[j0][0], two[j1][1] - two[j0][1]
    angle = abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))

    def side(i: int, j: int) -> float:
        return ax * (two[j][1] - one[i][1]) - ay * (two[j][0] - one[i][0])

    return side(i0, j0) * side(i1, j1) < 0 and min(angle, 180 - angle) >= CROSSING


def part(
    crowd: Crowd,
    routes: Sequence[Sequence[Curve]],
    others: Callable[[int], Iterator[Other]],
    most: int,
) -> float:
    """Put arrows that run along others on other routes, the one that has most of it first, and return how
    far some still do.  `others` are the routes that an arrow could take, the nearest first; where more
    than `most` are too near another, all stay where they are: then it is infinitely far.
    """
    for n, route in enumerate(routes):
        crowd.add(n, route)
    left, tried = 0.0, 0
    for _ in range(ROUNDS):
        look_at_the_clock()
        crowded: dict[int, float] = {}
        for n in range(len(routes)):
            if beside := crowd.beside(n):
                crowded[n] = sum(beside.values())
            if len(crowded) > most:
                return math.inf
        left = sum(crowded.values()) / 2
        changed = False
        if tried > TRIES:
            break
        for n in sorted(crowded, key=lambda n: (-crowded[n], n)):
            now = sum(crowd.beside(n).values())
            if not now or tried > TRIES:
                continue
            best, take, chosen = now, None, None
            for route, choose in others(n):
                tried += 1
                length = crowd.along(n, route)
                if length < best - 1:
                    best, take, chosen = length, route, choose
                if not length or tried > TRIES:
                    break
            if take and chosen:
                crowd.drop(n)
                crowd.add(n, take)
                chosen()
                changed = True
        if not changed:
            break
    else:
        left = sum(sum(crowd.beside(n).values()) for n in range(len(routes))) / 2
    return left


def aside(route: Sequence[Curve], tail: Point, head: Point) -> Iterator[Sequence[Curve]]:
    """A route from the middle of one box to that of another, in one part or two, with its ends moved within
    boxes of these sizes and its middle bent aside, by little before by much.

    >>> line = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
    >>> [(x, y)] = {other[0][-1] for other in [next(aside((line,), (0.0, 0.0), (10.0, 10.0)))]}
    >>> round(math.hypot(x - 30.0, y), 1)
    1.2
    """
    first, last = route[0][0], route[-1][-1]
    far = math.dist(first, last) or 1.0
    across = -(last[1] - first[1]) / far, (last[0] - first[0]) / far

    def ends(size: Point) -> list[Point]:
        moves = [(way * share * size[side] * (1 - side), way * share * size[side] * side)
                 for share in SHARES for side in (0, 1) for way in (1, -1)]  # fmt: skip
        return [(0.0, 0.0), *moves]

    ways = [
        (start, end, bend)
        for start, end in product(ends(tail), ends(head))
        for bend in (0.0, *BENDS)
        if (start == (0.0, 0.0) or end == (0.0, 0.0)) and (start, end, bend) != ((0.0, 0.0), (0.0, 0.0), 0.0)
    ]
    ways.sort(key=lambda way: abs(way[2]) + sum(map(abs, (*way[0], *way[1]))))
    count = sum(map(len, route)) - 1
    for (sx, sy), (ex, ey), bend in ways:
        other, k = list[Curve](), 0
        for curve in route:
            moved = []
            for x, y in curve:
                t = k / count
                b = bend * 4 * t * (1 - t) if len(route) == 1 else 0.0
                s, e = (1 - t) ** 2, t * t
                moved.append((x + s * sx + e * ex + b * across[0], y + s * sy + e * ey + b * across[1]))
                k += 1
            other.append(tuple(moved))
        if len(route) > 1:  # around its number it stays where it was
            other = [(*other[0][:-1], route[0][-1]), (route[1][0], *other[1][1:])]
        yield other
