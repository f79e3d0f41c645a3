"""Cutting curves where they meet the outline of a box, so that arrows touch what they point at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ..style.shapes import Point

__all__ = ["Curve", "beside", "beyond", "cut", "points_on", "reverse", "sampled", "trim"]

Curve = tuple[Point, ...]
"""A chain of cubic curves: a point, then three for each curve, as Graphviz gives them too."""

CLOSE = 0.005
"""Points from an outline that cannot be seen."""
TRIES = 40
"""Five do for most curves."""


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


def sampled(curve: Curve, step: float) -> Any:
    """The points of `points_on`, all at once: an array (points, 2)."""
    import numpy as np

    parts = []
    for start in range(0, len(curve) - 1, 3):
        a, b, c, d = np.array(curve[start : start + 4])
        count = max(2, math.ceil(math.dist(a, d) / step))
        t = (np.arange(count + (start + 4 == len(curve))) / count)[:, None]
        s = 1.0 - t
        q = s * b + t * c
        v, w = s * (s * a + t * b) + t * q, s * q + t * (s * c + t * d)
        parts.append(s * v + t * w)
    return np.concatenate(parts)


def _split(piece: Curve, t: float) -> Curve:
    """The part of one cubic curve from parameter t on, by de Casteljau's construction."""
    (ax, ay), (bx, by), (cx, cy), d = piece
    s = 1.0 - t
    px, py, qx, qy = s * ax + t * bx, s * ay + t * by, s * bx + t * cx, s * by + t * cy
    rx, ry = s * cx + t * d[0], s * cy + t * d[1]
    vx, vy, wx, wy = s * px + t * qx, s * py + t * qy, s * qx + t * rx, s * qy + t * ry
    return (s * vx + t * wx, s * vy + t * wy), (wx, wy), (rx, ry), d
