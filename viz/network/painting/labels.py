"""Where numbers stand on arrows: each slides along its own, never onto a circle or another number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...style.shapes import Point, Rectangle

__all__ = ["MANY", "Label", "crossings", "settle"]

PLACES = tuple(round(0.16 + 0.03 * k, 2) for k in range(23))
"""Shares of the visible way at which a number may stand."""
BEST = 0.18
"""How far from the middle, where arrows cross, a number stands best."""
MET = 100.0
"""What it costs to stand on another number."""
ROUNDS, FEW_ROUNDS = 8, 3
MANY = 100
"""Arrows in a gap above which it costs nothing to stand on another arrow: there is no place without one,
and few rounds are enough."""
SQUARE = 24.0
"""The side of the squares by which what is near a place is found."""
ALIGNED = 0.8
"""The cost of a number, on the average, up to which they stand in line."""
CROSSED, CLOSE, FAR = 1.0, 0.4, 0.4
"""What it costs that another arrow runs under a number, or close to it, and how far it is from the best."""
ASIDE = 7.0
"""Points beside a number in which no other arrow should run either."""
HEAD, BEFORE_HEAD = 0.35, 8.0
"""Of an arrow, what stays free of its number: its head, as a share of the radius, and points more."""
NEAR = 1.5
"""Points between two numbers, and between a number and a circle."""


@dataclass(frozen=True)
class Label:
    """A number of this size on the way from one point to another."""

    tail: Point
    tip: Point
    size: Point

    def at(self, share: float) -> Point:
        (x0, y0), (x1, y1) = self.tail, self.tip
        return (round(x0 + share * (x1 - x0), 2), round(y0 + share * (y1 - y0), 2))


@dataclass(frozen=True)
class _Spot:
    """A place that a number may have, and what it costs beside other arrows."""

    x: float
    y: float
    w: float
    h: float
    cost: float

    def meets(self, other: _Spot) -> bool:
        """Whether two numbers would touch."""
        wide, high = self.w + other.w + NEAR, self.h + other.h + NEAR
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < high

    @property
    def area(self) -> Rectangle:
        """What no other number may touch, with what has to be free around it."""
        w, h = self.w + NEAR, self.h + NEAR
        return self.x - w, self.y - h, self.x + w, self.y + h


class _Squares:
    """Which of many things may be near a place: those in the same squares of a grid."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], set[int]] = {}

    @classmethod
    def of_arrows(cls, labels: Sequence[Label]) -> _Squares:
        """Arrows by their numbers, each in the squares that it passes."""
        squares = cls()
        for k, label in enumerate(labels):
            (x0, y0), (x1, y1) = label.tail, label.tip
            steps = max(1, math.ceil(max(abs(x1 - x0), abs(y1 - y0)) / SQUARE))
            for step in range(steps):
                (xa, ya), (xb, yb) = (
                    (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
                    for share in (step / steps, (step + 1) / steps)
                )
                squares.add(k, (min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)))
        return squares

    @classmethod
    def of_rectangles(cls, areas: Sequence[Rectangle]) -> _Squares:
        squares = cls()
        for k, area in enumerate(areas):
            squares.add(k, area)
        return squares

    def add(self, k: int, area: Rectangle) -> None:
        for square in _squares(area):
            self._found.setdefault(square, set()).add(k)

    def remove(self, k: int, area: Rectangle) -> None:
        for square in _squares(area):
            self._found[square].discard(k)

    def near(self, area: Rectangle) -> set[int]:
        return set().union(*(self._found.get(square, ()) for square in _squares(area)))


def _squares(area: Rectangle) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (math.floor(side / SQUARE) for side in area)
    for i in range(left, right + 1):
        for j in range(top, bottom + 1):
            yield i, j


def settle(
    labels: Sequence[Label],
    written: Sequence[int],
    circles: Sequence[Point],
    radius: float,
    texts: Sequence[Rectangle] = (),
    scattered: bool = True,
) -> list[Point | None]:
    """The middle of each number, None for one that finds no place.

    `written` says which arrows have one; the others, circles and other texts are only in the way.  All stand
    at the same share of their ways, if none is in the way of another there; else, if they may be `scattered`,
    each where it is best.
    """
    room = _Room(labels, circles, radius, texts)
    spots = [room.spots(k) for k in written]
    rows = [[own[share] for own in spots] for share in PLACES if all(share in own for own in spots)]
    in_line = [row for row in rows if _are_apart(row)]
    best = min(in_line, key=_total, default=None)
    if best and _total(best) <= ALIGNED * len(best):
        return [(spot.x, spot.y) for spot in best]
    if not scattered:
        return [None] * len(written)
    return [(spot.x, spot.y) if spot else None for spot in _scattered([[*own.values()] for own in spots])]


def _total(spots: Sequence[_Spot]) -> float:
    return sum(spot.cost for spot in spots)


def _scattered(spots: Sequence[Sequence[_Spot]]) -> list[_Spot | None]:
    """One spot for each, better and better in turn; None where another number stands already."""
    chosen = [min(own, key=lambda spot: spot.cost, default=None) for own in spots]
    taken = _Squares()
    for k, spot in enumerate(chosen):
        if spot:
            taken.add(k, spot.area)
    for _ in range(ROUNDS if len(spots) <= MANY else FEW_ROUNDS):
        before = list(chosen)
        for k, own in enumerate(spots):
            current = chosen[k]
            if current is None:
                continue
            taken.remove(k, current.area)
            best = min(own, key=lambda spot: spot.cost + MET * len(_met(spot, chosen, taken)))
            chosen[k] = best
            taken.add(k, best.area)
        if chosen == before:
            break
    return _kept(chosen)


def _are_apart(row: Sequence[_Spot]) -> bool:
    taken = _Squares()
    for k, spot in enumerate(row):
        if _met(spot, row, taken):
            return False
        taken.add(k, spot.area)
    return True


def _kept(spots: Sequence[_Spot | None]) -> list[_Spot | None]:
    """Those that touch none before them that is kept."""
    taken = _Squares()
    kept: list[_Spot | None] = []
    for k, spot in enumerate(spots):
        if spot and not _met(spot, spots, taken):
            taken.add(k, spot.area)
            kept.append(spot)
        else:
            kept.append(None)
    return kept


def _met(spot: _Spot, spots: Sequence[_Spot | None], taken: _Squares) -> list[int]:
    """The numbers that one would touch there."""
    return [k for k in taken.near(spot.area) if (other := spots[k]) and spot.meets(other)]


def crossings(labels: Sequence[Label], written: Sequence[int], points: Sequence[Point | None]) -> int:
    """How many arrows run under numbers that are not theirs."""
    arrows = _Squares.of_arrows(labels)
    under = 0
    for k, point in zip(written, points, strict=True):
        if point:
            w, h = (side / 2 for side in labels[k].size)
            near = arrows.near(_around(point, w, h)) - {k}
            under += sum(_touches(labels[j], point, w, h) for j in near)
    return under


class _Room:
    """What is in the way of numbers between two columns."""

    def __init__(
        self, labels: Sequence[Label], circles: Sequence[Point], radius: float, texts: Sequence[Rectangle]
    ) -> None:
        self._labels = labels
        self._circles, self._radius, self._texts = circles, radius, texts
        self._arrows = _Squares.of_arrows(labels) if len(labels) <= MANY else _Squares()
        self._round = _Squares.of_rectangles([_around(center, radius, radius) for center in circles])
        self._written = _Squares.of_rectangles(texts)
        self._before_head = HEAD * radius + BEFORE_HEAD

    def spots(self, own: int) -> dict[float, _Spot]:
        """By the share of its way: where a number touches no circle and no text."""
        w, h = (side / 2 for side in self._labels[own].size)
        spots = {}
        for share in PLACES:
            point = self._labels[own].at(share)
            if self._is_clear(point, w + NEAR, h + NEAR) and self._shows_head(own, share, w, h):
                cost = self._in_the_way(own, point, w, h) + FAR * abs(abs(share - 0.5) - BEST)
                spots[share] = _Spot(*point, w, h, cost)
        return spots

    def _shows_head(self, own: int, share: float, w: float, h: float) -> bool:
        """Whether a number there leaves the head of its arrow to be seen, and a piece of its line."""
        (x0, y0), (x1, y1) = self._labels[own].tail, self._labels[own].tip
        length = math.dist((x0, y0), (x1, y1))
        covered = min(
            half * length / abs(step) for half, step in ((w, x1 - x0), (h, y1 - y0)) if abs(step) > 1e-9
        )
        return (1 - share) * length - covered >= self._before_head

    def _is_clear(self, point: Point, w: float, h: float) -> bool:
        x, y = point
        area = _around(point, w, h)
        for k in self._round.near(area):
            cx, cy = self._circles[k]
            if abs(x - cx) < self._radius + w and abs(y - cy) < self._radius + h:
                return False
        for k in self._written.near(area):
            left, top, right, bottom = self._texts[k]
            if left - w < x < right + w and top - h < y < bottom + h:
                return False
        return True

    def _in_the_way(self, own: int, point: Point, w: float, h: float) -> float:
        """What other arrows cost that run under a number that stands there, or close to it."""
        wide, high = w + ASIDE, h + ASIDE
        found = self._arrows.near(_around(point, wide, high)) - {own}
        near = [self._labels[k] for k in found if _touches(self._labels[k], point, wide, high)]
        return CLOSE * len(near) + CROSSED * sum(_touches(other, point, w, h) for other in near)


def _around(point: Point, w: float, h: float) -> Rectangle:
    x, y = point
    return x - w, y - h, x + w, y + h


def _touches(label: Label, point: Point, w: float, h: float) -> bool:
    """Whether an arrow runs through the rectangle of these halves around a point, by Liang and Barsky."""
    (x0, y0), (x1, y1) = label.tail, label.tip
    enter, leave = 0.0, 1.0
    for start, step, middle, half in ((x0, x1 - x0, point[0], w), (y0, y1 - y0, point[1], h)):
        if abs(step) < 1e-9:
            if abs(start - middle) > half:
                return False
            continue
        a, b = (middle - half - start) / step, (middle + half - start) / step
        enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
    return enter < leave
