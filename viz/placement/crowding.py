"""Arrows that run along each other so closely that eyes take them for one: which do, and how they part.

The arrows of two operands may come to one box from one direction, and long ones may share a way.  Those that
cross are near each other where they do, which is no harm, unless it is at a very small angle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from microgrid.base.numeric.arrays import numpy

from . import curves as bends
from .clock import look_at_the_clock
from .curves import Curve

__all__ = ["MOST_ARROWS", "Crowd", "Other", "part"]

NEAR, LONGEST, AT_HEAD, CROSSING = 1.3, 10.0, 17.0, 2.2
"""Points: how near is too near, and for how long; how much before a head may be; degrees of a crossing that
can be seen.  All a little stricter than what is promised, which is 1, 12, 20 and 2."""
STEP, SQUARE = 3.0, 4.0
"""Between points on an arrow, and of the grid that finds those nearby."""
CELLS, STRIDE = 1 << 16, 40503
"""Of the table that knows what is in a square: squares above each other have cells side by side, and those of
the next column are so many cells further, modulo their number, which is far from all that are near."""
MOST_ARROWS = 400
"""Up to which it is asked: of more, nobody follows one."""
ROUNDS, TRIES, AT_ONCE = 3, 800, 8
"""Of trying all arrows that are too near another, routes that are tried in all, and at once."""

_Line = tuple[Any, Any]
"""Points one after the other, as an array of x and one of y."""
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
        (line,) = self._sampled([route])
        if self._found:
            self._forget(self._near([n], [line])[0])
        self._lines[n], self._parts = line, None

    def fill(self, routes: Sequence[Sequence[Curve]]) -> None:
        """Arrows 0, 1, 2, ... of an empty crowd, which takes less time than one after the other."""
        self._lines = dict(enumerate(self._sampled(routes)))

    def drop(self, n: int) -> None:
        self._forget(m for m, (_, near) in list(self._found.items()) if m == n or n in near)
        del self._lines[n]
        self._parts = None

    def beside(self, n: int) -> dict[int, float]:
        """How far arrow n runs along others, by these."""
        if n not in self._found:
            missing = [m for m in self._lines if m not in self._found]
            lines = [self._lines[m] for m in missing]
            for m, line, near in zip(missing, lines, self._near(missing, lines), strict=True):
                self._found[m] = self._along(line, near), frozenset(near)
        return self._found[n][0]

    def along(self, n: int, routes: Sequence[Sequence[Curve]]) -> list[float]:
        """How far arrow n would run along others on each of these routes, in all."""
        lines = self._sampled(routes)
        found = self._near([n] * len(lines), lines)
        return [sum(self._along(line, near).values()) for line, near in zip(lines, found, strict=True)]

    def _forget(self, arrows: Iterable[int]) -> None:
        for m in arrows:
            self._found.pop(m, None)

    def _sampled(self, routes: Sequence[Sequence[Curve]]) -> list[_Line]:
        """Points on each route that are not at its head."""
        np = numpy()
        if not routes:
            return []
        x, y, of = bends.sampled(routes, STEP / self.scale)
        hx, hy = (np.array([route[-1][-1][axis] for route in routes])[of] for axis in (0, 1))
        seen = np.flatnonzero(np.hypot(x - hx, y - hy) > AT_HEAD / self.scale)
        ends = np.cumsum(np.bincount(of[seen], minlength=len(routes))).tolist()
        x, y = x[seen], y[seen]
        return [(x[first:end], y[first:end]) for first, end in pairwise([0, *ends])]

    def _near(self, arrows: Sequence[int], lines: Sequence[_Line]) -> list[dict[int, list[tuple[int, int]]]]:
        """Of each line, which is that of an arrow, by other arrows that are near it: the points on it where
        they are, each with the part of the other that is nearest."""
        np = numpy()
        found: list[dict[int, list[tuple[int, int]]]] = [{} for _ in lines]
        if not lines:
            return found
        if self._parts is None:
            self._parts = _Parts(self._lines, SQUARE / self.scale)
        sizes = np.array([len(line[0]) for line in lines])
        of = np.repeat(np.arange(len(lines)), sizes)
        x, y = (np.concatenate([line[axis] for line in lines]) for axis in (0, 1))
        at, parts = self._parts.around((x, y), np.array(arrows)[of])
        far = self._parts.distance((x[at], y[at]), parts)
        is_near = np.flatnonzero(far < NEAR / self.scale)
        at, parts, far = at[is_near], parts[is_near], far[is_near]
        owner = self._parts.owner[parts]
        nearest = np.lexsort((parts, far, at, owner, of[at]))
        at, parts, owner = at[nearest], parts[nearest], owner[nearest]
        first = np.cumsum(sizes) - sizes
        for line, m, k, part in zip(
            of[at].tolist(),
            owner.tolist(),
            (at - first[of[at]]).tolist(),
            self._parts.part[parts].tolist(),
            strict=True,
        ):
            places = found[line].setdefault(m, [])
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
        for place in (*places[1:], (len(one[0]) + 9, 0)):
            if place[0] != run[-1][0] + 1:
                points = zip(*(xs[run[0][0] : run[-1][0] + 1].tolist() for xs in one), strict=True)
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
        np = numpy()
        parts = [(n, line) for n, line in lines.items() if len(line[0]) > 1]
        sizes = np.array([len(x) - 1 for _, (x, _) in parts], dtype=int)
        none = np.zeros(0)
        self._size = size
        self._start, self._way = list[Any](), list[Any]()
        """By axis: where each begins, and how far it is from there to its end."""
        for axis in (0, 1):
            along = [line[axis] for _, line in parts]
            self._start.append(np.concatenate([none, *(xs[:-1] for xs in along)]))
            self._way.append(np.concatenate([none, *(xs[1:] - xs[:-1] for xs in along)]))
        self.owner = np.repeat(np.array([n for n, _ in parts], dtype=int), sizes)
        self.part = np.concatenate([np.zeros(0, int), *map(np.arange, sizes.tolist())])
        (x, y), (across, down) = self._start, self._way
        columns, rows = self._squares((x + across / 2, y + down / 2))
        self._low, self._high = (int(rows.min()), int(rows.max())) if len(rows) else (0, 0)
        cells = self._cells(columns, rows)
        self._order = np.argsort(cells, kind="stable")
        self._begin = np.cumsum(np.bincount(cells + 1, minlength=CELLS + self._high - self._low + 6))
        """By cell, how many parts are in those before it."""
        of = self.owner[self._order]
        changes = np.concatenate([np.ones(min(len(of), 1), int), (of[1:] != of[:-1]).astype(int)])
        self._owners = of, np.cumsum(changes)
        """By cell, of which arrow each part is, and how often that has changed up to there."""

    def _squares(self, points: _Line) -> Any:
        """In which column and row of squares each point is."""
        np = numpy()
        return tuple(np.floor(xs / self._size).astype(int) for xs in points)

    def _cells(self, columns: Any, rows: Any) -> Any:
        """Those of squares, at least two from the first and the last."""
        return (columns * STRIDE & CELLS - 1) + rows.clip(self._low - 1, self._high + 1) - self._low + 2

    def around(self, points: _Line, arrows: Any) -> tuple[Any, Any]:
        """Which points, each of one of these arrows, have which parts of others in their square or in one
        beside it, as two lists side by side; and some parts that are further away."""
        np = numpy()
        columns, rows = self._squares(points)
        cells = np.concatenate([self._cells(columns + k, rows) for k in (-1, 0, 1)])
        first, end = self._begin[cells - 1], self._begin[cells + 2]
        some = np.flatnonzero(end > first)
        at, first, end = some % len(points[0]), first[some], end[some]
        of, changed = self._owners
        others = (changed[first] != changed[end - 1]) | (of[first] != arrows[at])
        at, first = (
            at[others],
            first[others],
        )  # nearly everywhere an arrow has nothing around but its own parts
        count = end[others] - first
        before = np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(at, count)
        parts = self._order[np.arange(len(at)) - before + np.repeat(first, count)]
        others = self.owner[parts] != arrows[at]
        return at[others], parts[others]

    def distance(self, points: _Line, parts: Any) -> Any:
        """How far each point is from the part beside it in the list."""
        np = numpy()
        wx, wy = (way[parts] for way in self._way)
        ax, ay = (xs - start[parts] for xs, start in zip(points, self._start, strict=True))
        length, along = wx * wx + wy * wy, ax * wx + ay * wy
        t = (along / np.where(length, length, 1.0)).clip(0.0, 1.0)
        return np.hypot(t * wx - ax, t * wy - ay)


def _crosses(run: Sequence[tuple[int, int]], one: _Line, two: _Line) -> bool:
    """Whether two lines change sides where they are near, at an angle that can be seen."""
    (i0, j0), (i1, j1) = run[0], run[-1]
    j0, j1 = (j0, j1 + 1) if j1 >= j0 else (j0 + 1, j1)
    (x1, y1), (x2, y2) = one, two
    ax, ay, bx, by = x1[i1] - x1[i0], y1[i1] - y1[i0], x2[j1] - x2[j0], y2[j1] - y2[j0]
    angle = abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))

    def side(i: int, j: int) -> Any:
        return ax * (y2[j] - y1[i]) - ay * (x2[j] - x1[i])

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
    crowd.fill(routes)
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
            for route, choose, length in _tried(crowd, n, others(n)):
                tried += 1
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


def _tried(
    crowd: Crowd, n: int, others: Iterator[Other]
) -> Iterator[tuple[Sequence[Curve], Callable[[], None], float]]:
    """Other routes of an arrow with how far it would run along others there: a few at once, which takes
    little longer than one."""
    while several := list(islice(others, AT_ONCE)):
        for (route, choose), length in zip(
            several, crowd.along(n, [route for route, _ in several]), strict=True
        ):
            yield route, choose, length
