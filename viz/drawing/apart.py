"""Keeps arrows apart that a layout leads along each other: moves them aside, or turns to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from ..picture.boxes import Box, Picture
from ..placement import crowding, curves
from ..placement.numbers import struck
from ..placement.sheet import numbered
from ..style.shapes import Point
from .layout import Layout, Route, in_columns

__all__ = ["apart", "parted", "without_room"]

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


def without_room(layout: Layout, picture: Picture) -> frozenset[int | None]:
    """Boxes to whose arrows there is no room for numbers, by their nodes: in columns, those of a bundle in
    which a number lies on another or is crossed by an arrow.

    A bundle are arrows between two columns that share boxes: if some had numbers and others widths, the two
    could not be compared.
    """
    if layout.placed is None:
        return frozenset()
    areas = {n: _written(arrow.label, layout) for n, arrow in enumerate(picture.arrows) if arrow.label}
    crossed = struck(areas, layout.curves)
    arrows = {n: picture.arrows[n] for n in areas}
    tails = {n: (numbered(layout.placed.sheet, n), arrow.tail.name) for n, arrow in arrows.items()}
    found, more = set[str](), {arrows[n].head.name for n in crossed}
    while more > found:
        found = more
        shared = {tails[n] for n, arrow in arrows.items() if arrow.head.name in found}
        more = found | {arrow.head.name for n, arrow in arrows.items() if tails[n] in shared}
    return frozenset(box.node for box in picture.boxes if box.name in found)


def _written(label: Box, layout: Layout) -> tuple[float, float, float, float]:
    """What the digits of a number take up."""
    (x, y), (width, height) = layout.centers[label.name], label.digits
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2
