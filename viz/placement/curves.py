"""Cutting curves where they meet the outline of a box, so that arrows touch what they point at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from microgrid.base.numeric.arrays import numpy

from ..style.shapes import Point

__all__ = ["Curve", "aside", "beside", "beyond", "cut", "points_on", "reverse", "sampled", "trim"]

Curve = tuple[Point, ...]
"""A chain of cubic curves: a point, then three for each curve, as Graphviz gives them too."""

CLOSE = 0.005
"""Points from an outline that cannot be seen."""
TRIES = 40
"""Five do for most curves."""
SHARES, BENDS = (0.12, 0.24, 0.36), (5.0, -5.0, 10.0, -10.0, 16.0, -16.0)
"""How far the ends of a curve are moved, as shares of their boxes, and its middle, in points."""


def reverse(curve: Curve) -> Curve:
    return curve[::-1]


def beside(curve: Curve, distance: float) -> Curve:
    """The curve moved to the side of where it leads.

    >>> beside(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)), 2.0)[0]
    (0.0, 2.0)
    """
    (x0, y0), (x1, y1) = curve[0], curve[-1]
    length = math.hypot(x1 - x0, y1 - y0)
    if distance == 0 or length == 0:
        return curve
    dx, dy = distance * (y0 - y1) / length, distance * (x1 - x0) / length
    return tuple((x + dx, y + dy) for x, y in curve)


def beyond(center: Point, radius: float) -> Callable[[Point], float]:
    """How far a point lies outside a circle; negative within."""
    return lambda point: math.dist(center, point) - radius


def trim(curve: Curve, outside: Callable[[Point], float]) -> Curve:
    """The rest of a curve from where it leaves an outline; all of it if it starts or stays on one side.

    `outside` says how far outside a point is, on any scale that grows steadily; negative within.

    >>> line = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
    >>> [round(x, 2) for x, y in trim(line, beyond((0.0, 0.0), 6.0))]
    [6.0, 14.0, 22.0, 30.0]
    """
    here = outside(curve[0])
    if here >= 0:
        return curve
    for start in range(0, len(curve) - 1, 3):
        there = outside(curve[start + 3])
        if there > 0:
            return (*_rest(curve[start : start + 4], outside, here, there), *curve[start + 4 :])
        here = there
    return curve


def _rest(piece: Curve, outside: Callable[[Point], float], inner: float, outer: float) -> Curve:
    """The part of one cubic curve beyond an outline that its end lies outside of: false position, in
    Illinois' form (Dowell and Jarratt 1971)."""
    low, high, side = 0.0, 1.0, 0
    rest = piece
    for _ in range(TRIES):
        t = high - outer * (high - low) / (outer - inner)
        rest = _split(piece, t)
        distance = outside(rest[0])
        if -CLOSE < distance < CLOSE:
            break
        # Where the same end is kept twice in a row, its distance counts half, or it would be kept for ever.
        if distance > 0:
            inner = inner / 2 if side > 0 else inner
            high, outer, side = t, distance, 1
        else:
            outer = outer / 2 if side < 0 else outer
            low, inner, side = t, distance, -1
    return rest


def cut(curve: Curve, start: int, t: float) -> tuple[Curve, Curve]:
    """The two parts of a curve, before and after parameter t of the cubic curve that begins with a point."""
    piece = curve[start : start + 4]
    before = reverse(_split(reverse(piece), 1 - t))
    return (*curve[:start], *before), (*_split(piece, t), *curve[start + 4 :])


def points_on(
    curve: Curve, step: float, left: float = -math.inf, right: float = math.inf
) -> Iterator[tuple[Point, int, float]]:
    """Points about so far from each other, each with where to `cut` the curve there.

    Of the cubic curves, those that are not wholly to the left or to the right.
    """
    for start in range(0, len(curve) - 1, 3):
        piece = curve[start : start + 4]
        if max(piece[0][0], piece[3][0]) < left or min(piece[0][0], piece[3][0]) > right:
            continue
        count = max(2, math.ceil(math.dist(piece[0], piece[3]) / step))
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
        for n in range(count + (start + 4 == len(curve))):
            t = n / count
            s = 1.0 - t
            # as in `_split`, written out, since this is done for tens of thousands of points
            qx, qy = s * bx + t * cx, s * by + t * cy
            vx, vy = s * (s * ax + t * bx) + t * qx, s * (s * ay + t * by) + t * qy
            wx, wy = s * qx + t * (s * cx + t * dx), s * qy + t * (s * cy + t * dy)
            yield (s * vx + t * wx, s * vy + t * wy), start, t


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


def sampled(
    routes: Sequence[Sequence[Curve]], step: float, left: float = -math.inf, right: float = math.inf
) -> tuple[Any, Any, Any]:
    """The points of `points_on` on all curves of some routes, all at once: arrays of x, y, and of which
    route each is."""
    np = numpy()
    pieces, counts, sizes, owners = list[Curve](), list[int](), list[int](), list[int]()
    for n, route in enumerate(routes):
        for curve in route:
            for start in range(0, len(curve) - 1, 3):
                piece = curve[start : start + 4]
                if max(piece[0][0], piece[3][0]) < left or min(piece[0][0], piece[3][0]) > right:
                    continue
                count = max(2, math.ceil(math.dist(piece[0], piece[3]) / step))
                pieces.append(piece)
                counts.append(count)
                sizes.append(count + (start + 4 == len(curve)))
                owners.append(n)
    if not pieces:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    size = np.array(sizes)
    which = np.repeat(np.arange(len(pieces)), size)
    k = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
    t = k / np.array(counts)[which]
    s = 1.0 - t
    found = []
    for axis in (0, 1):
        a, b, c, d = (np.array([piece[end][axis] for piece in pieces])[which] for end in range(4))
        q = s * b + t * c
        v, w = s * (s * a + t * b) + t * q, s * q + t * (s * c + t * d)
        found.append(s * v + t * w)
    return *found, np.array(owners)[which]


def _split(piece: Curve, t: float) -> Curve:
    """The part of one cubic curve from parameter t on, by de Casteljau's construction."""
    (ax, ay), (bx, by), (cx, cy), d = piece
    s = 1.0 - t
    px, py, qx, qy = s * ax + t * bx, s * ay + t * by, s * bx + t * cx, s * by + t * cy
    rx, ry = s * cx + t * d[0], s * cy + t * d[1]
    vx, vy, wx, wy = s * px + t * qx, s * py + t * qy, s * qx + t * rx, s * qy + t * ry
    return (s * vx + t * wx, s * vy + t * wy), (wx, wy), (rx, ry), d
