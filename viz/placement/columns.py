"""Places for boxes in aligned columns, and routes for their arrows: plain geometry, without Graphviz.

Columns follow the computation, units keep their order, chains stand on one line, and arrows between
neighbouring columns are straight (after Sugiyama, Tagawa and Toda 1981).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from ..graph.natural import numbered
from ..picture.boxes import Box, Picture
from ..style.shapes import Point
from . import across, lanes, order
from .crowding import MOST_ARROWS
from .curves import Curve
from .order import Item
from .ranks import Path, forwards, ranks
from .sheet import Sheet

__all__ = ["MOST_LANES", "Placed", "Spacing", "place", "stands_in_layers"]

MOST_LANES = 20_000
"""Places where arrows pass a column, up to which there is room for each."""


LEAST_CHAIN, CHAINED = 12, 0.75
"""Boxes on one line, and their share of the columns, that make a picture a chain."""


@dataclass(frozen=True)
class Spacing:
    """Points between columns, between boxes of one, and at an arrow that passes one.

    `slope` is the least width of the gap between two columns for each point that an arrow climbs in it.
    """

    columns: float = 46.0
    boxes: float = 18.0
    lanes: float = 12.0
    slope: float = 0.3
    frame: float = 22.0
    """From the frame of a scope to what it holds."""

    def scaled(self, share: float) -> Spacing:
        """With such a share of what is between boxes."""
        slope = self.slope * min(1.0, 2 * share)
        return replace(self, columns=share * self.columns, boxes=share * self.boxes, slope=slope)


def stands_in_layers(picture: Picture) -> bool:
    """Whether a picture has layers: scopes, as boxes or as frames, as networks record them."""
    return any(box.scope or box.kind == "folded" or box.layer for box in picture.boxes)


@dataclass
class Placed:
    """The size of a picture, the centre of each box by its name, and the route of each arrow."""

    sheet: Sheet
    drawn: lanes.Drawn
    rankdir: str

    @property
    def size(self) -> Point:
        bottom = max(y + item.across / 2 for y, item in zip(self.sheet.y, self.sheet.items))
        size = self.drawn.along.end, bottom
        return size[::-1] if self.sheet.upright else size

    @property
    def centers(self) -> dict[str, Point]:
        sheet, picture = self.sheet, self.sheet.picture
        middle = self.drawn.along.middle
        spots = {box.name: (middle[sheet.items[k].column], sheet.y[k]) for k, box in enumerate(picture.boxes)}
        for arrow, spot in zip(picture.arrows, self.drawn.spots, strict=True):
            if arrow.label and spot:
                spots[arrow.label.name] = spot[0]
        return {name: self._turned(spot) for name, spot in spots.items()}

    @property
    def routes(self) -> list[tuple[Curve, ...]]:
        if self.rankdir == "LR":
            return self.drawn.routes
        return [tuple(tuple(map(self._turned, part)) for part in route) for route in self.drawn.routes]

    def _turned(self, point: Point) -> Point:
        along, side = point
        if self.rankdir in ("RL", "BT"):
            along = self.drawn.along.end - along
        return (side, along) if self.sheet.upright else (along, side)

    def stretched(self, across: float, down: float) -> Placed:
        """With boxes so many times as far from each other."""
        wider, higher = (down, across) if self.sheet.upright else (across, down)
        halves = [item.across / 2 for item in self.sheet.items]
        tops = [higher * y - half for y, half in zip(self.sheet.y, halves)]
        least = min(tops)
        y = [top - least + half for top, half in zip(tops, halves)]
        sheet = replace(self.sheet, y=y)
        return Placed(sheet, lanes.redraw(sheet, self.drawn, wider), self.rankdir)

    def parted(self, scale: float = 1.0) -> tuple[Placed, float]:
        """With arrows that ran along each other apart, and how far some still do; `scale` is how large it is
        shown."""
        if len(self.sheet.ways) > MOST_ARROWS:
            return self, 0.0
        sheet, drawn, left = lanes.parted(self.sheet, self.drawn, scale)
        return Placed(sheet, lanes.settled(sheet, drawn), self.rankdir), left


def place(
    picture: Picture,
    rankdir: str = "LR",
    spacing: Spacing | None = None,
    ends: tuple[Set[str], Set[str]] = (frozenset(), frozenset()),
    chains_only: bool = False,
) -> Placed | None:
    """Where everything goes; None for a picture with more arrows past columns than there is room for, and
    with `chains_only` for any that is no chain of layers or blocks one after the other.

    `ends` are the names of boxes that stand before all others, and behind them.  The same picture has the
    same places each time.
    """
    spacing = spacing or Spacing()
    upright = rankdir in ("TB", "BT")
    boxes = picture.boxes
    number = {box.name: k for k, box in enumerate(boxes)}
    joined = [(number[arrow.tail.name], number[arrow.head.name]) for arrow in picture.arrows]
    ahead = forwards(len(boxes), joined)
    joined = [pair if is_ahead else pair[::-1] for pair, is_ahead in zip(joined, ahead, strict=True)]
    rank, light = ranks([box.scope for box in boxes], joined)
    layer_at = {box.layer: rank[k] for k, box in enumerate(boxes) if box.layer and box.kind != "elided"}
    rank = [layer_at.get(box.layer, rank[k]) for k, box in enumerate(boxes)]
    first, last = ({number[name] for name in names} for names in ends)
    if first:
        rank = [0 if k in first else column + 1 for k, column in enumerate(rank)]
    if last:
        end = max(rank) + 1
        rank = [end if k in last else column for k, column in enumerate(rank)]
    if sum(rank[b] - rank[a] - 1 for a, b in joined) > MOST_LANES:
        return None
    items = [
        Item(rank[k], box.scope, box.size[0 if upright else 1], k, light[k]) for k, box in enumerate(boxes)
    ]
    _sequences(items, boxes, rank)
    ways = _ways(items, joined)
    _fill(items)
    columns = order.arrange(items, spacing.boxes)
    above = spacing.frame if not upright else spacing.frame * 0.6
    room = across.Room(spacing.boxes, spacing.lanes, above, spacing.frame * 0.6)
    y, line = across.heights(items, columns, room, _chains(items, ways))
    sheet = Sheet(
        picture,
        items,
        columns,
        y,
        line,
        ways,
        ahead,
        upright,
        rankdir == "TB",
        spacing.columns,
        spacing.slope,
    )
    if chains_only and not _is_a_chain(sheet):
        return None
    return Placed(sheet, lanes.draw(sheet), rankdir)


def _is_a_chain(sheet: Sheet) -> bool:
    """Whether most columns have a box on one line."""
    on_lines = Counter(sheet.line[k] for k, item in enumerate(sheet.items) if item.box >= 0)
    longest = max(on_lines.values())
    return longest >= LEAST_CHAIN and longest >= CHAINED * len(sheet.columns)


def _sequences(items: list[Item], boxes: Sequence[Box], rank: Sequence[int]) -> None:
    """Units in the order of the picture, which is their natural one, and all else by the numbers in names."""
    stems: dict[tuple[int, Path, str, str], list[tuple[tuple[int, ...], int]]] = {}
    for k, box in enumerate(boxes):
        if box.kind == "folded" or box.layer:
            items[k].sequence, items[k].unit = box.layer or "scope", (k,)
        elif box.lines and (found := numbered(box.lines[0].text)):
            stem, numbers = found
            stems.setdefault((rank[k], box.scope, box.kind, stem), []).append((numbers, k))
    for (_, _, kind, stem), several in stems.items():
        for numbers, k in several if len(several) > 1 else ():
            items[k].sequence, items[k].unit = f"{kind} {stem}", (*numbers, k)


def _ways(items: list[Item], ends: Sequence[tuple[int, int]]) -> list[list[int]]:
    """For each arrow the items from its tail to its head, with a lane in each column that it passes."""
    reach: dict[tuple[str, ...], tuple[int, int]] = {}
    for item in items:
        for depth in range(1, len(item.scope) + 1):
            first, last = reach.get(item.scope[:depth], (item.column, item.column))
            reach[item.scope[:depth]] = min(first, item.column), max(last, item.column)
    ways = []
    for tail, head in ends:
        way = [tail]
        for column in range(items[tail].column + 1, items[head].column):
            shared = items[tail].scope[: order.together(items, tail, head)]
            scope = shared
            for path in (items[head].scope, items[tail].scope):
                deepest = len(shared)
                while (
                    deepest < len(path)
                    and reach[path[: deepest + 1]][0] <= column <= reach[path[: deepest + 1]][1]
                ):
                    deepest += 1
                if deepest > len(scope):
                    scope = path[:deepest]
            way.append(len(items))
            items.append(Item(column, scope, 0.0))
        way.append(head)
        for a, b in pairwise(way):
            items[a].after.append(b)
            items[b].before.append(a)
        ways.append(way)
    return ways


def _fill(items: list[Item]) -> None:
    """Something in every column that a scope spans, so that nothing else goes there."""
    seen: dict[tuple[str, ...], set[int]] = {}
    for item in items:
        for depth in range(1, len(item.scope) + 1):
            seen.setdefault(item.scope[:depth], set()).add(item.column)
    for scope, there in sorted(seen.items(), reverse=True):
        for column in range(min(there), max(there) + 1):
            if column not in there:
                items.append(Item(column, scope, 0.0, light=True))
                for depth in range(1, len(scope)):
                    seen[scope[:depth]].add(column)


def _chains(items: Sequence[Item], ways: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """What should be on one line: a box with the only one that reads it and reads little else, and lanes."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for way in ways:
        if len(way) == 2:
            after.setdefault(way[0], []).append(way[1])
            if not items[way[0]].light:
                before.setdefault(way[1], []).append(way[0])
    spine = [
        (tails[0], head)
        for head, tails in before.items()
        if len(set(tails)) == 1 and len(set(after[tails[0]])) == 1
    ]
    passing = [(a, b) for way in ways for a, b in pairwise(way[1:-1])]
    return spine + passing
