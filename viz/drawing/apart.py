"""Keeps arrows apart that a layout leads along each other: moves them aside, or turns to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from ..picture.boxes import Box, Picture
from ..placement import crowding, curves
from ..style.shapes import Point
from .layout import Layout, Route, in_columns

__all__ = ["apart", "parted"]

CLEAR, MOST_ROUTES, MOST_MOVED = 3.0, 60, 12
"""Points between an arrow that is moved aside and boxes, how many other routes are looked at, and of how many
arrows: where more are too near another, columns keep them apart."""


def apart(picture: Picture, found: Layout, again: Callable[[], Layout] | None) -> Layout:
    """A layout whose arrows do not run along each other: moved aside, or where Graphviz has led many of them
    the same way, `again` in columns, which give each its own."""
    found = parted(found, picture)
    if not found.crowded or found.placed or again is None:
        return found
    return min(found, parted(again(), picture), key=lambda layout: layout.crowded)


def parted(layout: Layout, picture: Picture, scale: float = 1.0) -> Layout:
    """A layout with arrows that ran along each other apart, as far as that can be; `scale` is how large it is
    shown."""
    if layout.placed:
        placed, left = layout.placed.parted(scale)
        return replace(in_columns(placed), crowded=left)
    return layout if len(picture.arrows) > crowding.MOST_ARROWS else _aside(layout, picture, scale)


def _aside(layout: Layout, picture: Picture, scale: float) -> Layout:
    """Curves that ran along each other moved aside, within their boxes and around others."""
    routes = list(layout.curves)
    boxes = {box.name: (layout.centers[box.name], box) for box in picture.all_boxes}

    def within(box: Box) -> Callable[[Point], float]:
        return lambda point: box.shape.outside(layout.centers[box.name], box.size, point)

    def seen(n: int, route: Sequence[curves.Curve]) -> Route:
        """What is between the outlines of boxes."""
        arrow = picture.arrows[n]
        first = curves.trim(route[0], within(arrow.tail))
        route = (first, *route[1:])
        last = curves.reverse(curves.trim(curves.reverse(route[-1]), within(arrow.head)))
        return (*route[:-1], last)

    def is_clear(n: int, route: Route) -> bool:
        arrow = picture.arrows[n]
        own = {arrow.tail.name, arrow.head.name, arrow.label.name if arrow.label else ""}
        points = [p for curve in route for p, _, _ in curves.points_on(curve, 2 * CLEAR)]
        (left, top), (right, bottom) = (tuple(map(side, zip(*points))) for side in (min, max))
        return not any(
            abs(x - cx) < box.size[0] / 2 + CLEAR and abs(y - cy) < box.size[1] / 2 + CLEAR
            for name, ((cx, cy), box) in boxes.items()
            if name not in own
            and left < cx + box.size[0] / 2 + CLEAR
            and cx - box.size[0] / 2 - CLEAR < right
            and top < cy + box.size[1] / 2 + CLEAR
            and cy - box.size[1] / 2 - CLEAR < bottom
            for x, y in points
        )

    def others(n: int) -> Iterator[crowding.Other]:
        arrow = picture.arrows[n]
        for route in islice(curves.aside(routes[n], arrow.tail.size, arrow.head.size), MOST_ROUTES):
            part = seen(n, route)
            if is_clear(n, part):
                yield part, partial(routes.__setitem__, n, tuple(route))

    left = crowding.part(
        crowding.Crowd(scale), [seen(n, route) for n, route in enumerate(routes)], others, MOST_MOVED
    )
    return replace(layout, curves=tuple(routes), crowded=left)
