"""Where numbers stand on arrows: each slides along its own, never onto a circle or another number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ...style.shapes import Point, Rectangle

__all__ = ["Label", "crossings", "settle"]

PLACES = tuple(round(0.16 + 0.03 * k, 2) for k in range(23))
"""Shares of the visible way at which a number may stand."""
BEST = 0.18
"""How far from the middle, where arrows cross, a number stands best."""
MET = 100.0
"""What it costs to stand on another number."""
ROUNDS = 8
ALIGNED = 0.8
"""The cost of a number, on the average, up to which they stand in line."""
CROSSED, CLOSE, FAR = 1.0, 0.4, 0.4
"""What it costs that another arrow runs under a number, or close to it, and how far it is from the best."""
ASIDE = 7.0
"""Points beside a number in which no other arrow should run either."""
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
    spots = [_spots(labels, k, circles, radius, texts) for k in written]
    rows = [[own[share] for own in spots] for share in PLACES if all(share in own for own in spots)]
    in_line = [row for row in rows if not any(a.meets(b) for a, b in combinations(row, 2))]
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
    for _ in range(ROUNDS):
        before = list(chosen)
        for k, own in enumerate(spots):
            others = [spot for j, spot in enumerate(chosen) if spot and j != k]
            costs = [spot.cost + MET * sum(map(spot.meets, others)) for spot in own]
            chosen[k] = own[costs.index(min(costs))] if own else None
        if chosen == before:
            break
    kept: list[_Spot | None] = []
    for spot in chosen:
        kept.append(None if spot is None or any(other and spot.meets(other) for other in kept) else spot)
    return kept


def crossings(labels: Sequence[Label], written: Sequence[int], points: Sequence[Point | None]) -> int:
    """How many arrows run under numbers that are not theirs."""
    return sum(
        k != j and _touches(other, point, *(side / 2 for side in labels[k].size))
        for k, point in zip(written, points, strict=True)
        if point
        for j, other in enumerate(labels)
    )


def _spots(
    labels: Sequence[Label], own: int, circles: Sequence[Point], radius: float, texts: Sequence[Rectangle]
) -> dict[float, _Spot]:
    """By the share of its way: where a number touches no circle and no text."""
    w, h = (side / 2 for side in labels[own].size)
    spots = {}
    for share in PLACES:
        point = labels[own].at(share)
        if _clear(point, w + NEAR, h + NEAR, circles, radius, texts):
            cost = _in_the_way(labels, own, point) + FAR * abs(abs(share - 0.5) - BEST)
            spots[share] = _Spot(*point, w, h, cost)
    return spots


def _clear(
    point: Point, w: float, h: float, circles: Sequence[Point], radius: float, texts: Sequence[Rectangle]
) -> bool:
    x, y = point
    return not any(abs(x - cx) < radius + w and abs(y - cy) < radius + h for cx, cy in circles) and not any(
        left - w < x < right + w and top - h < y < bottom + h for left, top, right, bottom in texts
    )


def _in_the_way(labels: Sequence[Label], own: int, point: Point) -> float:
    """What other arrows cost that run under a number that stands there, or close to it."""
    w, h = (side / 2 for side in labels[own].size)
    near = [
        other for k, other in enumerate(labels) if k != own and _touches(other, point, w + ASIDE, h + ASIDE)
    ]
    return CLOSE * len(near) + CROSSED * sum(_touches(other, point, w, h) for other in near)


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
