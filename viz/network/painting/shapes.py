"""The shapes of a network diagram: circles, crosses, arrows, and the curves of activations."""

from __future__ import annotations

import math
from functools import lru_cache

from microgrid.ops import TABLE

from ...drawing.scene import Path
from ...style.shapes import SHAPES, Command, Point, polygon
from ...style.theme import Paint

__all__ = ["arrow", "base", "circle", "cross", "curve", "head", "icon", "is_flat", "line"]

HEAD, HEAD_HALF = 7.0, 2.3
"""The length of an arrowhead, whatever the width of its line, and half of its own width beside a thin one."""
REACH, STEPS = 3.0, 24
"""An activation is shown from -REACH to REACH, at so many places in each half."""


def circle(center: Point, radius: float) -> tuple[Command, ...]:
    return SHAPES["input"].path(center, (2 * radius, 2 * radius))


def line(*points: Point) -> tuple[Command, ...]:
    first, *others = points
    return (("M", (first,)), *(("L", (point,)) for point in others))


def curve(*points: Point) -> tuple[Command, ...]:
    """A point, then three for each cubic curve."""
    return (("M", points[:1]), *(("C", points[i : i + 3]) for i in range(1, len(points), 3)))


def cross(center: Point, radius: float) -> tuple[Command, ...]:
    """The two diagonals of a circle."""
    x, y, d = *center, radius * math.sqrt(0.5)
    return (*line((x - d, y - d), (x + d, y + d)), *line((x - d, y + d), (x + d, y - d)))


def arrow(tail: Point, tip: Point, paint: Paint, scale: float = 1.0) -> tuple[Path, Path]:
    """A straight line and its head; both end at the same places for every width."""
    length = math.dist(tail, tip) or 1.0
    along = ((tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length)
    return Path(line(tail, base(tip, along, scale)), paint), head(tip, along, paint, scale)


def base(tip: Point, along: Point, scale: float) -> Point:
    """Where the line ends, within the head."""
    back = 0.8 * HEAD * scale
    return (tip[0] - back * along[0], tip[1] - back * along[1])


def head(tip: Point, along: Point, paint: Paint, scale: float = 1.0) -> Path:
    """An arrowhead that comes from where `along`, of length 1, points away from."""
    length, half = HEAD * scale, HEAD_HALF * scale + 0.45 * paint.width
    back = (tip[0] - length * along[0], tip[1] - length * along[1])
    sides = [(back[0] - side * along[1] * half, back[1] + side * along[0] * half) for side in (1, -1)]
    return Path(polygon(tip, *sides), Paint(paint.stroke, "none", 0.0))


def icon(activation: str, center: Point, size: Point) -> tuple[Command, ...]:
    """The curve of an operation of one operand, as its row has it, within a rectangle; () for another."""
    points = _curve(activation)
    (x, y), (width, height) = center, size
    return line(*((x + u * width, y - v * height) for u, v in points)) if points else ()


@lru_cache(maxsize=256)
def _curve(activation: str) -> tuple[Point, ...]:
    """Within half a unit from the origin in both directions, where the function is defined."""
    row = TABLE.get(activation)
    if row is None or row.arity != 1:
        return ()
    points = []
    for k in range(-STEPS, STEPS + 1):
        x = REACH * k / STEPS
        z = row.attempt(x, row.constant)[0]
        if math.isfinite(z):
            points.append((x, min(max(z, -2 * REACH), 2 * REACH)))
    if len(points) < 2:
        return ()
    low, high = (side(z for _, z in points) for side in (min, max))
    middle, spread = (low + high) / 2, high - low or math.inf
    return tuple((x / (2 * REACH), (z - middle) / spread) for x, z in points)


def is_flat(activation: str) -> bool:
    """Whether an activation has a flat piece, on which its unit is off."""
    points = _curve(activation)
    ends = points[:2], points[-2:]
    return any(len(end) == 2 and end[0][1] == end[1][1] for end in ends)
