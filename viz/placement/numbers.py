"""Where the number of each arrow stands: on its line, near its head, and on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..style.shapes import Point, Rectangle
from . import curves as bends
from .curves import Curve

__all__ = ["Number", "Spot", "between"]

Spot = tuple[Point, int, float]
"""The middle of a number, and where on the curve of its arrow that is."""

FEW = 30
"""Arrows in a gap up to which numbers look for places where no other arrow passes."""
STEP = 6.0
"""Points between the places on an arrow that are tried."""
CROSSED = 10.0
"""What it costs to stand where another arrow passes, in steps away from the head."""


@dataclass(frozen=True)
class Number:
    """What stands on an arrow: its size, and between which two places along the arrows."""

    arrow: int
    size: Point
    left: float
    right: float
    is_ahead: bool
    """Whether the arrow's curve ends where its head is."""

    def around(self, middle: Point) -> Rectangle:
        (x, y), (width, height) = middle, self.size
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def between(numbers: Sequence[Number], curves: Mapping[int, Curve]) -> tuple[dict[int, Spot], bool]:
    """Places for the numbers between two columns, by arrow, and whether there is room for all of them.

    `curves` are those of all arrows that pass there.
    """
    lines: dict[int, tuple[Rectangle, list[Point]]] = {}
    if len(curves) <= FEW:
        left, right = min(n.left for n in numbers) - STEP, max(n.right for n in numbers) + 3 * STEP
        for arrow, curve in curves.items():
            points = [p for p, _, _ in bends.points_on(curve, STEP - 1) if left <= p[0] <= right]
            if points:
                xs, ys = zip(*points)
                lines[arrow] = (min(xs), min(ys), max(xs), max(ys)), points
    best: tuple[float, dict[int, Spot]] | None = None
    for order in (numbers, numbers[::-1]):
        cost, spots = _in_turn(order, curves, lines)
        if best is None or cost < best[0]:
            best = cost, spots
        if cost < CROSSED:
            break
    cost, spots = best or (0.0, {})
    return spots, cost < CROSSED


def _in_turn(
    numbers: Sequence[Number], curves: Mapping[int, Curve], lines: Mapping[int, tuple[Rectangle, list[Point]]]
) -> tuple[float, dict[int, Spot]]:
    """Each number where it costs least once those before it have their places."""
    total, spots, taken = 0.0, dict[int, Spot](), list[Rectangle]()
    for number in numbers:
        points = list(bends.points_on(curves[number.arrow], STEP))
        others = [line for arrow, line in lines.items() if arrow != number.arrow]
        best: tuple[float, Spot] | None = None
        for away, spot in enumerate(points[::-1] if number.is_ahead else points):
            area = number.around(spot[0])
            if area[0] < number.left or area[2] > number.right or any(_touch(area, other) for other in taken):
                continue
            passing = sum(
                _touch(area, reach) and any(_holds(area, p) for p in line) for reach, line in others
            )
            cost = CROSSED * passing + away / len(points)
            if best is None or cost < best[0]:
                best = cost, spot
            if not passing:
                break
        if best is None:
            middle = (number.left + number.right) / 2
            best = 10 * CROSSED, min(points, key=lambda spot: abs(spot[0][0] - middle))
        total += best[0] if best[0] >= CROSSED else 0.0
        spots[number.arrow] = best[1]
        taken.append(number.around(best[1][0]))
    return total, spots


def _touch(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] + 1 and b[0] < a[2] + 1 and a[1] < b[3] + 1 and b[1] < a[3] + 1


def _holds(r: Rectangle, p: Point) -> bool:
    return r[0] - 1 <= p[0] <= r[2] + 1 and r[1] - 1 <= p[1] <= r[3] + 1
