"""The outlines of boxes: how much room a text needs in one, its path, and whether a point lies inside."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["SHAPES", "Command", "Point", "Rectangle", "Shape", "polygon"]

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Command = tuple[str, tuple[Point, ...]]
"""One step of a path, as in SVG: M and L to a point, C a cubic curve, Z to close."""

_ROUND = 0.5523
"""4/3·(√2 − 1): a cubic curve with handles of this share of the radius is a quarter circle, up to 0.03 %."""

SLANT = 11.0
"""How far the corners of a hexagon are drawn in."""


@dataclass(frozen=True)
class Shape:
    """A rectangle with rounded corners (`radius`; infinite for a pill), or a hexagon."""

    radius: float = 0.0
    hexagon: bool = False
    padding: Point = (12.0, 8.0)
    """What the outline keeps free to the left and right, and above and below the text."""

    def size(self, width: float, height: float, share: float = 1.0) -> Point:
        """The outer size for a text of this size, with a share of the padding."""
        x, y = share * self.padding[0], share * self.padding[1]
        if self.hexagon:
            x = max(x, SLANT + 1)
        h = height + 2 * y
        return max(width + 2 * x, h if self.radius > h else 0.0), h

    def inset(self, height: float, above: float) -> float:
        """How far the outline of a box so high is from its side there, so far above or below its middle."""
        if self.hexagon:
            return SLANT * above / (height / 2)
        radius = min(self.radius, height / 2)
        over = min(above, height / 2) - (height / 2 - radius)
        return radius - math.sqrt(max(radius * radius - over * over, 0.0)) if over > 0 else 0.0

    def reach(self, size: Point, aside: float, upright: bool = False) -> float:
        """How far the outline is from the middle, to the right or `upright` below, so far aside of it; 0
        where there is none.

        >>> Shape(radius=5.0).reach((40.0, 10.0), 3.0)
        19.0
        """
        along, across = (size[1] / 2, size[0] / 2) if upright else (size[0] / 2, size[1] / 2)
        aside = abs(aside)
        if aside > across:
            return 0.0
        if self.hexagon:
            if upright:
                return min(along, along * (across - aside) / SLANT)
            return along - SLANT * aside / across
        radius = min(self.radius, along, across)
        over = aside - (across - radius)
        return along - radius + math.sqrt(radius * radius - over * over) if over > 0 else along

    def path(self, center: Point, size: Point) -> tuple[Command, ...]:
        (x, y), (w, h) = center, (size[0] / 2, size[1] / 2)
        if self.hexagon:
            inner = w - SLANT
            return polygon(
                (x - w, y),
                (x - inner, y - h),
                (x + inner, y - h),
                (x + w, y),
                (x + inner, y + h),
                (x - inner, y + h),
            )
        r = min(self.radius, w, h)
        if r == 0:
            return polygon((x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h))
        k = r * (1 - _ROUND)
        left, right, top, bottom = x - w, x + w, y - h, y + h
        return (
            ("M", ((left + r, top),)),
            ("L", ((right - r, top),)),
            ("C", ((right - k, top), (right, top + k), (right, top + r))),
            ("L", ((right, bottom - r),)),
            ("C", ((right, bottom - k), (right - k, bottom), (right - r, bottom))),
            ("L", ((left + r, bottom),)),
            ("C", ((left + k, bottom), (left, bottom - k), (left, bottom - r))),
            ("L", ((left, top + r),)),
            ("C", ((left, top + k), (left + k, top), (left + r, top))),
            ("Z", ()),
        )

    def corner(self, size: Point) -> Point:
        """How far to the left of its right side, and below its top, the middle of a box's corner is."""
        if self.hexagon:
            return SLANT, 0.0
        inward = min(self.radius, size[0] / 2, size[1] / 2) * (1 - math.sqrt(0.5))
        return inward, inward

    def contains(self, center: Point, size: Point, point: Point) -> bool:
        """Whether a point lies within the outline."""
        return self.outside(center, size, point) <= 0

    def outside(self, center: Point, size: Point, point: Point) -> float:
        """How far a point is from the outline, about: negative within.  All outlines are convex."""
        w, h = size[0] / 2, size[1] / 2
        x, y = abs(point[0] - center[0]), abs(point[1] - center[1])
        if self.hexagon:
            return max(y - h, x - w + SLANT * y / h)
        r = min(self.radius, w, h)
        x, y = x - w + r, y - h + r  # from the middle of the corner's circle
        return (math.hypot(x, y) if x > 0 and y > 0 else max(x, y)) - r


def polygon(*points: Point) -> tuple[Command, ...]:
    """The path around some corners."""
    first, *others = points
    return (("M", (first,)), *(("L", (point,)) for point in others), ("Z", ()))


PILL = float("inf")

SHAPES = {
    "input": Shape(radius=PILL, padding=(20.0, 8.0)),
    "parameter": Shape(hexagon=True, padding=(19.0, 8.0)),
    "op": Shape(radius=4.0, padding=(13.0, 8.0)),
    "constant": Shape(radius=4.0, padding=(9.0, 5.0)),
    "symbol": Shape(radius=PILL, padding=(9.0, 6.0)),
    "local": Shape(padding=(4.0, 1.0)),
    "folded": Shape(radius=12.0, padding=(16.0, 10.0)),
    "elided": Shape(padding=(6.0, 2.0)),
}
"""By kind of box."""
