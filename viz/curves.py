"""Cutting curves where they meet the outline of a box, so that arrows touch what they point at."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from .shapes import Point

__all__ = ["Curve", "beside", "reverse", "trim", "within"]

Curve = tuple[Point, ...]
"""A chain of cubic curves: a point, then three for each curve, as Graphviz gives them."""

SAMPLES, HALVINGS = 20, 13
"""Together they find an end to a hundredth of a point on curves of a thousand."""


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


def within(center: Point, radius: float) -> Callable[[Point], bool]:
    """Whether a point lies in a circle."""
    return lambda point: math.dist(center, point) <= radius


def trim(curve: Curve, inside: Callable[[Point], bool]) -> Curve:
    """The rest of a curve from where it first leaves an outline; all of it if it starts outside.

    >>> line = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
    >>> [round(x, 6) for x, y in trim(line, within((0.0, 0.0), 6.0))]
    [6.0, 14.0, 22.0, 30.0]
    """
    if not inside(curve[0]):
        return curve
    for start in range(0, len(curve) - 1, 3):
        piece = curve[start : start + 4]
        for step in range(1, SAMPLES + 1):
            if not inside(_point(piece, step / SAMPLES)):
                low, high = (step - 1) / SAMPLES, step / SAMPLES
                for _ in range(HALVINGS):
                    middle = (low + high) / 2
                    low, high = (middle, high) if inside(_point(piece, middle)) else (low, middle)
                return (*_split(piece, high), *curve[start + 4 :])
    return curve


def _point(piece: Curve, t: float) -> Point:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = piece
    s = 1.0 - t
    a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _split(piece: Curve, t: float) -> Curve:
    """The part of one cubic curve from parameter t on, by de Casteljau's construction."""
    ends = [piece[-1]]
    points = piece
    while len(points) > 1:
        points = tuple((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(points))
        ends.append(points[-1])
    return tuple(reversed(ends))
