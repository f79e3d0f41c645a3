"""Where everything goes: in columns of our own where a picture has layers, and otherwise as Graphviz says.

That places empty boxes of known size, once, and never sees a user's text.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from ..errors import LayoutError
from ..picture.boxes import Arrow, Box, Picture
from ..placement import clock, columns, curves, turns
from ..placement.columns import Placed
from ..placement.curves import Curve
from ..style.shapes import Point
from . import engines

__all__ = ["Layout", "in_columns", "place"]

POINTS = 72.0  # to the inch, which is what Graphviz measures lengths in
SCOPE_MARGIN = 22
NODE_GAP = 0.24
"""Inches between boxes of a rank."""
RANK_GAP, RANK_GAP_AT_LABELS = 0.6, 0.36
"""Inches between ranks; labels of arrows are in ranks of their own, with a gap on either side."""

# Attributes of edges.  Graphviz's manual says of `weight`: the heavier, the shorter and straighter the edge.
TO_LABEL, FROM_LABEL = " [headclip=true]", " [tailclip=true weight=3]"
"""An arrow ends where its label begins; the weight keeps a local derivative near the operation it belongs to,
where its arrow is long."""
CHAIN = " [weight=3]"
"""Keeps a long chain straight, which its leaves would pull aside."""
BOND = " [weight=100]"
"""Keeps an operation's circle in the rank before its result, and level with it."""

MOST_TRIED = 400
"""Boxes up to which a picture without scopes is placed in columns to see whether it is a chain."""
ROUNDS, LARGE = 500, 250
"""Rounds of improvement that Graphviz may have, and the boxes from which on they are counted: arrows become
some 5 % longer, and a chain of 361 boxes in which each reads the same leaf takes 1.3 s instead of minutes."""

Route = tuple[Curve, ...]
"""An arrow from the centre of one box to that of the other: one curve, or two with a gap for the label."""


@dataclass(frozen=True)
class Layout:
    """Positions in points, y downwards: the centre of each box by its name, and the route of each arrow, in
    the order in which the picture has them."""

    size: Point
    centers: dict[str, Point]
    curves: tuple[Route, ...]
    placed: Placed | None = None
    """In columns, where they were not Graphviz's."""
    crowded: float = 0.0
    """How far arrows run along each other, in points, where this has been asked."""

    def moved(self, dx: float, dy: float) -> Layout:
        def move(point: Point) -> Point:
            return round(point[0] + dx, 2), round(point[1] + dy, 2)

        centers = {name: move(center) for name, center in self.centers.items()}
        routes = tuple(tuple(tuple(map(move, curve)) for curve in route) for route in self.curves)
        return replace(self, centers=centers, curves=routes)

    def stretched(self, across: float, down: float, picture: Picture) -> Layout:
        """With wider gaps: boxes keep their size and move apart, at least as far as they are.

        What was outside of a box is outside of it still, since all outlines are convex.
        """

        if self.placed:
            return in_columns(self.placed.stretched(across, down))

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
    """Lay a picture out: one that has layers, scopes as boxes or as frames, in columns of our own, where
    units keep their order; so a long chain of blocks, unless an engine is named; so any for the engine
    "columns", or in a browser without viz.js; and any other with Graphviz, the `dot` on the PATH, the one
    of pygraphviz, or viz.js.

    `gaps` is what a closer picture leaves of those between boxes; `ends` are the names of boxes that stand
    before all others, and behind them.
    """
    in_layers = columns.stands_in_layers(picture) or engine == "columns" or not engines.there_is(engine)
    if in_layers or (engine == "auto" and len(picture.boxes) <= MOST_TRIED):
        try:
            with clock.at_most(timeout):
                spacing = columns.Spacing().scaled(gaps)
                placed = columns.place(picture, rankdir, spacing, ends, chains_only=not in_layers)
        except TimeoutError:
            raise engines.too_slow("the layout", timeout) from None
        if placed:
            return in_columns(placed)
    graphviz = "auto" if engine == "columns" else engine

    end = time.monotonic() + timeout

    def ask(rows: Sequence[Sequence[str]]) -> Layout:
        source = _source(picture, rankdir, gaps, ends, rows)
        return _read(engines.run(source, graphviz, end - time.monotonic() if rows else timeout), picture)

    return _in_order(ask, picture, rankdir)


def _in_order(ask: Callable[[Sequence[Sequence[str]]], Layout], picture: Picture, rankdir: str) -> Layout:
    """As Graphviz says, which minds crossings alone; then again with boxes of a rank in the order of their
    numbers, unless too many arrows cross for that: if not all boxes, then inputs and units, or inputs."""
    found = ask(())
    if len(picture.boxes) > ROUNDS or turns.stands_in_order(picture, found.centers, rankdir):
        return found
    most = turns.most_crossings(picture, found.curves)
    for kinds in turns.WHOSE_ORDER:
        try:
            other = ask(turns.wanted(picture, found.centers, rankdir, kinds))
        except LayoutError:  # it takes too long: what is there will do
            break
        if turns.crossings(picture, other.curves) <= most:
            return other
    return found


def in_columns(placed: Placed) -> Layout:
    return Layout(placed.size, placed.centers, tuple(placed.routes), placed)


# ---------------------------------------------------------------- what Graphviz is asked


def _source(
    picture: Picture,
    rankdir: str,
    gaps: float = 1.0,
    ends: tuple[Set[str], Set[str]] = (frozenset(), frozenset()),
    rows: Sequence[Sequence[str]] = (),
) -> str:
    boxes = picture.all_boxes
    rank_gap = RANK_GAP_AT_LABELS if any(arrow.label for arrow in picture.arrows) else RANK_GAP
    limits = _limits(len(boxes))
    chained = _chained(picture.arrows) if limits else set[str]()
    edges = [
        f"{tail.name} -> {head.name}" + (CHAIN if arrow.tail.name in chained else _attributes(arrow, tail))
        for arrow in picture.arrows
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
            *(f"{{rank=same; {' -> '.join(row)} [style=invis]}}" for row in rows),
            "}\n",
        ]
    )


def _edges(arrow: Arrow) -> list[tuple[Box, Box]]:
    """An arrow by way of its label is two edges to Graphviz, which keeps everything else off the label."""
    if arrow.label is None:
        return [(arrow.tail, arrow.head)]
    return [(arrow.tail, arrow.label), (arrow.label, arrow.head)]


def _attributes(arrow: Arrow, tail: Box) -> str:
    """Of the edge from `tail`, the arrow's tail or its label."""
    if arrow.label is None:
        return BOND if arrow.is_bond else ""
    return FROM_LABEL if tail is arrow.label else TO_LABEL


def _limits(boxes: int) -> str:
    """What Graphviz is told of a large picture: how many rounds, for each box, to go on improving."""
    return f" nslimit={max(0.1, ROUNDS / boxes):.2f} nslimit1=1" if boxes > LARGE else ""


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


def _read(plain: str, picture: Picture) -> Layout:
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
        routes = [tuple(edges[a.name, b.name].pop(0) for a, b in _edges(arrow)) for arrow in picture.arrows]
    except (KeyError, IndexError) as error:
        raise LayoutError(f"Graphviz left out {error}", plain[:500]) from error
    return Layout(size, centers, tuple(routes))
