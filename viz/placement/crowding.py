"""Arrows that run along each other so closely that eyes take them for one: which do, and how they part.

The arrows of two operands may come to one box from one direction, and long ones may share a way.  Those that
cross are near each other where they do, which is no harm, unless it is at a very small angle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import Any

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

_Line = Any
"""Points one after the other, an array of NumPy's (points, 2); imported only where arrows are looked at."""
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
        self._lines: dict[int, _Line] = {}
        self._parts: _Parts | None = None
        """Those of all lines, until one of them changes."""
        self._found: dict[int, tuple[dict[int, float], frozenset[int]]] = {}
        """What has been found beside an arrow, and which ones are near it, until one of these changes."""

    def add(self, n: int, route: Sequence[Curve]) -> None:
        """Arrow n, from outline to outline; an end with a head is its last."""
        line = self._sampled(route)
        if self._found:
            self._forget(self._near(n, line))
        self._lines[n], self._parts = line, None

    def drop(self, n: int) -> None:
        self._forget(m for m, (_, near) in list(self._found.items()) if m == n or n in near)
        del self._lines[n]
        self._parts = None

    def beside(self, n: int) -> dict[int, float]:
        """How far arrow n runs along others, by these."""
        if n not in self._found:
            near = self._near(n, self._lines[n])
            self._found[n] = self._along(self._lines[n], near), frozenset(near)
        return self._found[n][0]

    def along(self, n: int, route: Sequence[Curve]) -> float:
        """How far arrow n would run along others on this route, in all."""
        line = self._sampled(route)
        return sum(self._along(line, self._near(n, line)).values())

    def _forget(self, arrows: Iterable[int]) -> None:
        for m in arrows:
            self._found.pop(m, None)

    def _sampled(self, route: Sequence[Curve]) -> _Line:
        import numpy as np

        points = np.concatenate([bends.sampled(curve, STEP / self.scale) for curve in route])
        x, y = route[-1][-1]
        return points[np.hypot(points[:, 0] - x, points[:, 1] - y) > AT_HEAD / self.scale]

    def _near(self, n: int, line: _Line) -> dict[int, list[tuple[int, int]]]:
        """By other arrows that are near this line: the points on it where they are, each with the part of the
        other that is nearest."""
        import numpy as np

        if self._parts is None:
            self._parts = _Parts(self._lines, SQUARE / self.scale)
        at, parts = self._parts.around(line)
        other = self._parts.owner[parts] != n
        at, parts = at[other], parts[other]
        far = self._parts.distance(line[at], parts)
        is_near = far < NEAR / self.scale
        at, parts, far = at[is_near], parts[is_near], far[is_near]
        owner = self._parts.owner[parts]
        nearest = np.lexsort((far, at, owner))
        found: dict[int, list[tuple[int, int]]] = {}
        for m, k, part in zip(
            owner[nearest].tolist(),
            at[nearest].tolist(),
            self._parts.part[parts[nearest]].tolist(),
            strict=True,
        ):
            places = found.setdefault(m, [])
            if not places or places[-1][0] != k:
                places.append((k, part))
        return found

    def _along(self, line: _Line, near: dict[int, list[tuple[int, int]]]) -> dict[int, float]:
        """How far a line runs along those that are near it."""
        most = LONGEST / self.scale
        found = {}
        for m, places in near.items():
            if len(places) * STEP > LONGEST / 2:
                length = self._longest(places, line, self._lines[m])
                if length > most:
                    found[m] = length
        return found

    def _longest(self, places: list[tuple[int, int]], one: _Line, two: _Line) -> float:
        """The longest way along another without a crossing that can be seen."""
        longest, run = 0.0, [places[0]]
        for place in (*places[1:], (len(one) + 9, 0)):
            if place[0] != run[-1][0] + 1:
                points = one[run[0][0] : run[-1][0] + 1].tolist()
                length = sum(math.dist(a, b) for a, b in pairwise(points))
                if length > longest and not _crosses(run, one, two):
                    longest = length
                run = []
            run.append(place)
        return longest


class _Parts:
    """The parts of many lines, between one point and the next, in a grid of squares that knows what is near.

    `owner` says of which arrow each is, `part` the which from its tail.
    """

    def __init__(self, lines: dict[int, _Line], size: float) -> None:
        import numpy as np

        parts = [(n, line) for n, line in lines.items() if len(line) > 1]
        none = np.empty((0, 2))
        self._size = size
        self._start = np.concatenate([none, *(line[:-1] for _, line in parts)])
        self._way = np.concatenate([none, *(line[1:] - line[:-1] for _, line in parts)])
        self.owner = np.repeat([n for n, _ in parts], [len(line) - 1 for _, line in parts]).astype(int)
        self.part = np.concatenate([np.empty(0, int), *(np.arange(len(line) - 1) for _, line in parts)])
        squares = self._square(self._start + self._way / 2)
        self._order = np.argsort(squares, kind="stable")
        self._squares = squares[self._order]

    def _square(self, points: _Line) -> Any:
        """The number of the square that each point is in."""
        import numpy as np

        columns, rows = np.floor(points / self._size).astype(int).T
        return COLUMN * columns + rows

    def around(self, points: _Line) -> tuple[Any, Any]:
        """Which points have which parts in their square or in one beside it, as two lists side by side."""
        import numpy as np

        squares = (self._square(points)[:, None] + np.array(AROUND)).ravel()
        first = np.searchsorted(self._squares, squares, "left")
        count = np.searchsorted(self._squares, squares, "right") - first
        at = np.repeat(np.arange(len(squares)) // len(AROUND), count)
        before = np.repeat(np.cumsum(count) - count, count)
        return at, self._order[np.arange(count.sum()) - before + np.repeat(first, count)]

    def distance(self, points: _Line, parts: Any) -> Any:
        """How far each point is from the part beside it in the list."""
        import numpy as np

        way, apart = self._way[parts], points - self._start[parts]
        length = (way * way).sum(axis=1)
        t = np.clip((apart * way).sum(axis=1) / np.where(length, length, 1.0), 0.0, 1.0)
        return np.hypot(*(t[:, None] * way - apart).T)


def _crosses(run: Sequence[tuple[int, int]], one: _Line, two: _Line) -> bool:
    """Whether two lines change sides where they are near, at an angle that can be seen."""
    (i0, j0), (i1, j1) = run[0], run[-1]
    j0, j1 = (j0, j1 + 1) if j1 >= j0 else (j0 + 1, j1)
    ax, ay = one[i1][0] - one[i0][0], one[i1][1] - one[i0][1]
    bx, by = two[j1][0] - two[j0][0], two[j1][1] - two[j0][1]
    angle = abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))

    def side(i: int, j: int) -> Any:
        return ax * (two[j][1] - one[i][1]) - ay * (two[j][0] - one[i][0])

    changes = side(i0, j0) * side(i1, j1) < 0
    return bool(changes and min(angle, 180 - angle) >= CROSSING)


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
