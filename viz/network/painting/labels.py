"""Where numbers stand on arrows: each slides along its own, never onto a circle or another number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ...style.shapes import Point, Rectangle

__all__ = ["Label", "crossings", "settle"]

PLACES = tuple(0.14 + 0.02 * k for k in range(37))
"""Shares of the visible way at which a number may stand."""
BEST = 0.5
MET = 100.0
"""What it costs to stand on another number."""
ROUNDS = 8
ALIGNED = 0.8
"""The cost of a number, on the average, up to which they stand in line."""
CROSSED, CLOSE, FAR = 1.0, 0.4, 0.4
"""What it costs that another arrow runs under a number, or close to it, and that a number is at one end."""
ASIDE = 3.5
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


def settle(
    labels: Sequence[Label],
    written: Sequence[int],
    circles: Sequence[Point],
    radius: float,
    texts: Sequence[Rectangle] = (),
) -> tuple[list[Point | None], bool]:
    """The middle of each number, None for one that finds no place, and whether they stand in line.

    `written` says which arrows have one; the others, circles and other texts are only in the way.

    All at the same share of their ways, if none is in the way of another there; else each where it is best.
    """
    in_the_way = [
        {
            share: CROSSED * _crossed(labels, k, labels[k].at(share))
            + CLOSE * _crossed(labels, k, labels[k].at(share), ASIDE)
            for share in _free(labels[k], circles, radius, texts)
        }
        for k in written
    ]
    labels = [labels[k] for k in written]

    def cost(k: int, share: float) -> float:
        return in_the_way[k][share] + FAR * abs(share - BEST)

    common = [share for share in PLACES if all(share in places for places in in_the_way)]
    aligned = [
        (sum(cost(k, share) for k in range(len(labels))), share)
        for share in common
        if not any(_meet(a, b, share, share) for a, b in combinations(labels, 2))
    ]
    if aligned and min(aligned)[0] <= ALIGNED * len(labels):
        return [label.at(min(aligned)[1]) for label in labels], True
    chosen: list[float | None] = [
        min(places, key=lambda s: cost(k, s), default=None) for k, places in enumerate(in_the_way)
    ]
    for _ in range(ROUNDS):
        before = list(chosen)
        for k, label in enumerate(labels):
            others = [(labels[j], share) for j, share in enumerate(chosen) if share is not None and j != k]
            costs = {
                share: cost(k, share) + MET * sum(_meet(label, other, share, s) for other, s in others)
                for share in in_the_way[k]
            }
            chosen[k] = min(costs, key=costs.__getitem__, default=None)
        if chosen == before:
            break
    return _without_meetings(labels, chosen), False


def crossings(labels: Sequence[Label], written: Sequence[int], points: Sequence[Point | None]) -> int:
    """How many arrows run under numbers that are not theirs."""
    return sum(_crossed(labels, k, point) for k, point in zip(written, points, strict=True) if point)


def _without_meetings(labels: Sequence[Label], chosen: Sequence[float | None]) -> list[Point | None]:
    """The places without those on which another number stands already."""
    kept: list[tuple[Label, float]] = []
    points: list[Point | None] = []
    for label, share in zip(labels, chosen, strict=True):
        free = share is not None and not any(_meet(label, other, share, s) for other, s in kept)
        if share is not None and free:
            kept.append((label, share))
        points.append(label.at(share) if share is not None and free else None)
    return points


def _free(label: Label, circles: Sequence[Point], radius: float, texts: Sequence[Rectangle]) -> list[float]:
    """Where no circle and no text is near."""
    w, h = label.size[0] / 2 + NEAR, label.size[1] / 2 + NEAR

    def clear(point: Point) -> bool:
        x, y = point
        return all(
            math.hypot(max(abs(x - cx) - w, 0.0), max(abs(y - cy) - h, 0.0)) >= radius for cx, cy in circles
        ) and not any(
            left - w < x < right + w and top - h < y < bottom + h for left, top, right, bottom in texts
        )

    return [share for share in PLACES if clear(label.at(share))]


def _meet(a: Label, b: Label, share: float, other: float) -> bool:
    (x0, y0), (x1, y1) = a.at(share), b.at(other)
    wide, high = (a.size[0] + b.size[0]) / 2 + NEAR, (a.size[1] + b.size[1]) / 2 + NEAR
    return abs(x0 - x1) < wide and abs(y0 - y1) < high


def _crossed(labels: Sequence[Label], own: int, point: Point, aside: float = 0.0) -> int:
    """How many other arrows run under a number that stands there, or so close to it."""
    w, h = (side / 2 + aside for side in labels[own].size)
    return sum(_touches(other, point, w, h) for k, other in enumerate(labels) if k != own)


def _touches(label: Label, point: Point, w: float, h: float) -> bool:
    """Whether an arrow runs through the rectangle of these halves around a point, by Liang and Barsky."""
    (x0, y0), (x1, y1) = label.tail, label.tip
    enter, leave = 0.0, 1.0
    for start, step, middle, half in ((x0, x1 - x0, point[0], w), (y0, y1 - y0, point[1], h)):
        if abs(step) < 1e-9:
            if abs(start - middle) > half:
                return False
            continue
        a, b = sorted(((middle - half - start) / step, (middle + half - start) / step))
        enter, leave = max(enter, a), min(leave, b)
    return enter < leave
