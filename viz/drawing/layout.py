"""Where everything goes: Graphviz places empty boxes of known size, once, and never sees a user's text.

Then the neurons of a layer are put in their order, which Graphviz does not know of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from ..errors import LayoutError
from ..graph import effort
from ..picture.boxes import Arrow, Box, Picture
from ..style.shapes import Point
from . import curves, engines
from .curves import Curve
from .loose import swing

__all__ = ["Layout", "place"]

POINTS = 72.0  # to the inch, which is what Graphviz measures lengths in
SCOPE_MARGIN = 22
NODE_GAP = 0.24
"""Inches between boxes of a rank."""
RANK_GAP, RANK_GAP_AT_LABELS = 0.6, 0.36
"""Inches between ranks; labels of arrows are in ranks of their own, with a gap on either side."""

# Attributes of edges.  Graphviz's manual says of `weight`: the heavier, the shorter and straighter the edge.
TO_LABEL, FROM_LABEL, FROM_LABEL_UNCUT = " [headclip=true]", " [tailclip=true weight=3]", " [weight=3]"
"""An arrow ends where its label begins, unless `in_order` cuts it; the weight keeps a local derivative near
the operation it belongs to, where its arrow is long."""
CHAIN = " [weight=3]"
"""Keeps a long chain straight, which its leaves would pull aside."""
BOND = " [weight=100]"
"""Keeps an operation's circle in the rank before its result, and level with it."""

Route = tuple[Curve, ...]
"""An arrow from the centre of one box to that of the other: one curve, or two with a gap for the label."""


@dataclass(frozen=True)
class Layout:
    """Positions in points, y downwards: the centre of each box by its name, and the route of each arrow, in
    the order in which the picture has them."""

    size: Point
    centers: dict[str, Point]
    curves: tuple[Route, ...]

    def moved(self, dx: float, dy: float) -> Layout:
        def move(point: Point) -> Point:
            return round(point[0] + dx, 2), round(point[1] + dy, 2)

        centers = {name: move(center) for name, center in self.centers.items()}
        routes = tuple(tuple(tuple(map(move, curve)) for curve in route) for route in self.curves)
        return Layout(self.size, centers, routes)

    def stretched(self, across: float, down: float, picture: Picture) -> Layout:
        """With wider gaps: boxes keep their size and move apart, at least as far as they are.

        What was outside of a box is outside of it still, since all outlines are convex.
        """

        def move(point: Point) -> Point:
            return across * point[0], down * point[1]

        centers = {name: move(center) for name, center in self.centers.items()}
        routes = [tuple(tuple(map(move, curve)) for curve in route) for route in self.curves]
        for k, (arrow, route) in enumerate(zip(picture.arrows, routes, strict=True)):
            if arrow.label and len(route) == 2:
                routes[k] = _up_to(arrow.label, centers[arrow.label.name], route)
        return Layout(move(self.size), centers, tuple(routes))


def _up_to(label: Box, center: Point, route: Route) -> Route:
    """The two parts of an arrow, continued to where its label begins."""

    def outside(point: Point) -> float:
        return label.shape.outside(center, label.size, point)

    def edge(end: Point) -> Curve:
        """From an end to the label, straight towards its middle."""
        thirds = [tuple(a + (b - a) * k / 3 for a, b in zip(end, center)) for k in range(4)]
        return curves.reverse(curves.trim(tuple(thirds[::-1]), outside))  # type: ignore[arg-type]

    first, second = route
    if outside(first[-1]) > 0:
        first = (*first, *edge(first[-1])[1:])
    if outside(second[0]) > 0:
        second = (*curves.reverse(edge(second[0]))[:-1], *second)
    return first, second


def place(
    picture: Picture,
    rankdir: str = "LR",
    engine: str = "auto",
    timeout: float = 60.0,
    gaps: float = 1.0,
    ends: tuple[Set[str], Set[str]] = (frozenset(), frozenset()),
) -> Layout:
    """Lay a picture out with Graphviz: the `dot` on the PATH, or the one that pygraphviz brings along.

    `gaps` is what a closer picture leaves of those between boxes; `ends` are the names of boxes that stand
    before all others, and behind them.
    """
    loose = any(arrow.is_loose for arrow in picture.arrows)
    # Where ranks are columns, twins are equally high and change places without needing more room.
    among = twins(picture) if rankdir in ("LR", "RL") and not loose else []
    uncut = {box.name for boxes in among for box in boxes}
    layout = _read(
        engines.run(_source(picture, rankdir, uncut, gaps, ends), engine, timeout), picture, rankdir
    )
    return in_order(picture, layout, among) if among else layout


# ---------------------------------------------------------------- what Graphviz is asked


def _source(
    picture: Picture,
    rankdir: str,
    uncut: Set[str] = frozenset(),
    gaps: float = 1.0,
    ends: tuple[Set[str], Set[str]] = (frozenset(), frozenset()),
) -> str:
    boxes = picture.all_boxes
    rank_gap = RANK_GAP_AT_LABELS if any(arrow.label for arrow in picture.arrows) else RANK_GAP
    number = {box.name: k for k, box in enumerate(picture.boxes)}
    arrows = [arrow for arrow in picture.arrows if not arrow.is_loose]
    joined = [(number[arrow.tail.name], number[arrow.head.name]) for arrow in arrows]
    work = effort.work(len(picture.boxes), joined) + len(boxes) - len(picture.boxes)
    limits = effort.limits(len(boxes), work)
    chained = _chained(arrows) if limits else set[str]()
    edges = [
        f"{tail.name} -> {head.name}"
        + (CHAIN if arrow.tail.name in chained else _attributes(arrow, tail, uncut))
        for arrow in arrows
        for tail, head in _edges(arrow)
    ]
    return "\n".join(
        [
            "digraph {",
            f"graph [rankdir={rankdir} nodesep={gaps * NODE_GAP:g} ranksep={gaps * rank_gap:g}{limits}]",
            'node [shape=box fixedsize=true label="" penwidth=0]',
            "edge [arrowhead=none headclip=false tailclip=false]",
            *_clusters(boxes),
            *edges,
            *(
                f"{{rank={rank}; {' '.join(sorted(names))}}}"
                for rank, names in zip(("source", "sink"), ends, strict=True)
                if names
            ),
            "}\n",
        ]
    )


def _edges(arrow: Arrow) -> list[tuple[Box, Box]]:
    """An arrow by way of its label is two edges to Graphviz, which keeps everything else off the label."""
    if arrow.label is None:
        return [(arrow.tail, arrow.head)]
    return [(arrow.tail, arrow.label), (arrow.label, arrow.head)]


def _attributes(arrow: Arrow, tail: Box, uncut: Set[str]) -> str:
    """Of the edge from `tail`, the arrow's tail or its label; arrows at boxes in `uncut` are not clipped."""
    if arrow.label is None:
        return BOND if arrow.is_bond else ""
    if not uncut.isdisjoint((arrow.tail.name, arrow.head.name)):
        return FROM_LABEL_UNCUT if tail is arrow.label else ""
    return FROM_LABEL if tail is arrow.label else TO_LABEL


def _chained(arrows: Sequence[Arrow]) -> set[str]:
    """The operations that only one other reads, and that beside leaves: long chains."""
    heads, users = {arrow.head.name for arrow in arrows}, Counter(arrow.tail.name for arrow in arrows)
    inner = [arrow for arrow in arrows if arrow.tail.name in heads and not (arrow.label or arrow.is_bond)]
    operands = Counter(arrow.head.name for arrow in inner)
    return {a.tail.name for a in inner if users[a.tail.name] == operands[a.head.name] == 1}


def _clusters(boxes: list[Box]) -> list[str]:
    """The boxes, those of a scope in a cluster, and clusters within clusters."""
    lines: list[str] = []
    open_scopes: tuple[str, ...] = ()
    in_scopes = sorted(boxes, key=lambda box: box.scope)  # stable: the order within a scope stays
    for count, box in enumerate(in_scopes):
        while open_scopes != box.scope[: len(open_scopes)]:
            lines.append("}")
            open_scopes = open_scopes[:-1]
        for depth in range(len(open_scopes), len(box.scope)):
            lines.append(f"subgraph cluster_{count}_{depth} {{ margin={SCOPE_MARGIN}")
        open_scopes = box.scope
        width, height = box.size
        lines.append(f"{box.name} [width={width / POINTS:.4f} height={height / POINTS:.4f}]")
    return lines + ["}"] * len(open_scopes)


# ---------------------------------------------------------------- what Graphviz answered


def _read(plain: str, picture: Picture, rankdir: str) -> Layout:
    """The places in Graphviz's `plain` format, whose y points upwards."""
    size: Point = (0.0, 0.0)
    centers: dict[str, Point] = {}
    edges: dict[tuple[str, str], list[Curve]] = {}

    def point(x: str, y: str) -> Point:
        return float(x) * POINTS, size[1] - float(y) * POINTS

    for line in plain.splitlines():
        match line.split():
            case ["graph", _, width, height]:
                size = (float(width) * POINTS, float(height) * POINTS)
            case ["node", name, x, y, *_]:
                centers[name] = point(x, y)
            case ["edge", tail, head, count, *rest]:
                numbers = rest[: 2 * int(count)]
                curve = tuple(map(point, numbers[::2], numbers[1::2]))
                edges.setdefault((tail, head), []).append(curve)
    try:  # parallel arrows take their curves in turn
        centers = {box.name: centers[box.name] for box in picture.all_boxes}
        routes = [
            (swing(centers[arrow.tail.name], centers[arrow.head.name], size, rankdir),)
            if arrow.is_loose
            else tuple(edges[a.name, b.name].pop(0) for a, b in _edges(arrow))
            for arrow in picture.arrows
        ]
    except (KeyError, IndexError) as error:
        raise LayoutError(f"Graphviz left out {error}", plain[:500]) from error
    return Layout(size, centers, tuple(routes))


# ---------------------------------------------------------------- neurons of a layer in their order


def twins(picture: Picture) -> list[list[Box]]:
    """Folded scopes side by side, with arrows from and to the same boxes, in the order of the computation."""
    arrows: dict[str, Counter[tuple[str, str, bool]]] = {box.name: Counter() for box in picture.boxes}
    for arrow in picture.arrows:
        arrows[arrow.head.name]["from", arrow.tail.name, arrow.label is None] += 1
        arrows[arrow.tail.name]["to", arrow.head.name, arrow.label is None] += 1
    alike: dict[object, list[Box]] = {}
    for box in picture.boxes:
        if box.kind == "folded":
            alike.setdefault((box.scope, box.size[1], frozenset(arrows[box.name].items())), []).append(box)
    return [boxes for boxes in alike.values() if len(boxes) > 1]


def in_order(picture: Picture, layout: Layout, among: Sequence[Sequence[Box]]) -> Layout:
    """The layout, its ranks from left to right, with twins one below the other as they were computed.

    A twin takes the place of another, and so do its arrows and their labels: since all twins are joined alike
    and equally high, nothing else moves.  Their arrows come without a gap for their labels.
    """
    place = {box.name: box.name for box in picture.boxes}
    for boxes in among:
        spots = [layout.centers[box.name] for box in boxes]
        if max(x for x, _ in spots) - min(x for x, _ in spots) < 1:  # all in one rank, but for rounding
            names = sorted((box.name for box in boxes), key=lambda name: layout.centers[name][1])
            place |= {box.name: name for box, name in zip(boxes, names, strict=True)}
    moved = {box.name for boxes in among for box in boxes}
    drawn: dict[tuple[str, str], list[tuple[Arrow, Route]]] = {}
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        drawn.setdefault((arrow.tail.name, arrow.head.name), []).append((arrow, route))
    centers = layout.centers | {name: layout.centers[other] for name, other in place.items()}
    routes = []
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        if moved.isdisjoint((arrow.tail.name, arrow.head.name)):
            routes.append(route)
            continue
        other, route = drawn[place[arrow.tail.name], place[arrow.head.name]].pop(0)
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
