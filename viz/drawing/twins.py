"""Neurons of a layer in their order: Graphviz has none for boxes that are joined alike, which may change places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..picture.boxes import Arrow, Box, Picture
from ..style.shapes import Point
from . import curves

if TYPE_CHECKING:
    from .layout import Layout

__all__ = ["in_order", "twins"]

Route = tuple[curves.Curve, ...]


def twins(picture: Picture) -> list[list[Box]]:
    """The folded scopes side by side that have arrows from and to the same boxes, in the order of the computation."""
    joined: dict[str, Counter[tuple[str, str, bool]]] = {box.name: Counter() for box in picture.boxes}
    for arrow in picture.arrows:
        joined[arrow.head.name]["from", arrow.tail.name, arrow.label is None] += 1
        joined[arrow.tail.name]["to", arrow.head.name, arrow.label is None] += 1
    alike: dict[object, list[Box]] = {}
    for box in picture.boxes:
        if box.kind == "folded":
            alike.setdefault((box.scope, box.size[1], frozenset(joined[box.name].items())), []).append(box)
    return [boxes for boxes in alike.values() if len(boxes) > 1]


def in_order(picture: Picture, layout: Layout, among: Sequence[Sequence[Box]]) -> Layout:
    """The layout, of ranks from left to right, in which twins stand one below the other as they were computed.

    A twin takes the place of another, and so do its arrows and their labels: since all twins are joined alike and
    equally high, nothing else moves.  Their arrows come without a gap for their labels.
    """
    place = {box.name: box.name for box in picture.boxes}
    for boxes in among:
        spots = [layout.centers[box.name] for box in boxes]
        if max(x for x, _ in spots) - min(x for x, _ in spots) < 1:
            names = sorted((box.name for box in boxes), key=lambda name: layout.centers[name][1])
            place |= {box.name: name for box, name in zip(boxes, names, strict=True)}
    moved = {box.name for boxes in among for box in boxes}
    found: dict[tuple[str, str], list[tuple[Arrow, Route]]] = {}
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        found.setdefault((arrow.tail.name, arrow.head.name), []).append((arrow, route))
    centers = layout.centers | {name: layout.centers[other] for name, other in place.items()}
    routes = []
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        if moved.isdisjoint((arrow.tail.name, arrow.head.name)):
            routes.append(route)
            continue
        other, route = found[place[arrow.tail.name], place[arrow.head.name]].pop(0)
        if arrow.label and other.label:
            center = centers[arrow.label.name] = layout.centers[other.label.name]
            route = _with_gap(route, arrow.label, center)
        routes.append(route)
    return replace(layout, centers=centers, curves=tuple(routes))


def _with_gap(route: Route, label: Box, center: Point) -> Route:
    """The two parts of an arrow, without what is behind its label."""
    first, second = route

    def outside(point: Point) -> float:
        return label.shape.outside(center, label.size, point)

    return curves.reverse(curves.trim(curves.reverse(first), outside)), curves.trim(second, outside)
