"""How arrows go from box to box, straight or through their lanes, and where their numbers stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ..picture.boxes import Box, Picture
from ..style.shapes import Point
from . import curves as bends
from .curves import Curve
from .numbers import CROSSED, LAID_ON, Number, Spot, between
from .order import Item

__all__ = ["Along", "Drawn", "Sheet", "draw", "redraw"]

AT_NUMBERS = 16.0
"""Of a gap with numbers: what the beginning of an arrow takes."""
PORTS, PORTS_OF_NUMBERS = 11.0, 26.0
"""Between arrows at the side of a box, if it is long enough."""
USED = 0.72
"""The share of a side where arrows may arrive."""
WIDER, TRIES, MOST_TRIES = 30.0, 4, 16
"""How much more room there is between columns where numbers would lie on each other, and how often."""
CORNER = 12.0
"""How round the way into a lane is."""
CLEAR = 3.0
"""Between an arrow and a box that it passes."""
AT_HEAD, FRAME, NAMED = 12.0, 14.0, 24.0
"""Before a box, what the head of an arrow and the frame of a scope take, and that at its name."""


@dataclass
class Along:
    """Where columns are: the middle of each, its edges, and where the last ends."""

    middle: list[float]
    left: list[float]
    right: list[float]

    @property
    def end(self) -> float:
        return self.right[-1]


@dataclass
class Sheet:
    """What is known before arrows are drawn: all in points along the arrows and across them."""

    picture: Picture
    items: Sequence[Item]
    columns: Sequence[Sequence[int]]
    y: Sequence[float]
    line: Sequence[int]
    ways: Sequence[Sequence[int]]
    ahead: Sequence[bool]
    upright: bool
    is_named_before: bool
    """Whether names of frames, which are at their top, stand where arrows come from; if they are upright."""
    gap: float
    slope: float
    borders: dict[tuple[int, float], float] = field(default_factory=dict)

    def length(self, box: Box) -> float:
        return box.size[1 if self.upright else 0]

    def border(self, k: int, side: float) -> float:
        """How far from its middle the outline of box k is, so far to the side."""
        if (k, side) in self.borders:
            return self.borders[k, side]
        shape, size = self.picture.boxes[k].shape, self.picture.boxes[k].size
        low, high = 0.0, self.length(self.picture.boxes[k]) / 2
        for _ in range(20):
            half = (low + high) / 2
            at = (side, half) if self.upright else (half, side)
            low, high = (half, high) if shape.outside((0.0, 0.0), size, at) < 0 else (low, half)
        self.borders[k, side] = low
        return low


@dataclass
class Drawn:
    """Where columns are, the route of each arrow, in two parts where its number interrupts it, and where
    that stands."""

    along: Along
    routes: list[tuple[Curve, ...]]
    spots: list[Spot | None]


def draw(sheet: Sheet) -> Drawn:
    """Arrows and numbers, with as much between columns as they need."""
    leaving, arriving = _ports(sheet)
    gaps = _gaps(sheet, leaving, arriving)
    for tried in range(MOST_TRIES):
        along = _columns(sheet, gaps)
        curves = [_curve(sheet, along, n, leaving[n], arriving[n]) for n in range(len(sheet.ways))]
        spots, tight = _numbers(sheet, along, curves)
        if not tight or (tried >= TRIES and not any(tight.values())):
            break
        for gap, has_no_room in tight.items():
            if has_no_room or tried < TRIES:
                gaps[gap] += WIDER
    return Drawn(along, [_route(sheet, n, curve, spots[n]) for n, curve in enumerate(curves)], spots)


def redraw(sheet: Sheet, drawn: Drawn, wider: float) -> Drawn:
    """What has been drawn, its columns so many times as far apart."""
    leaving, arriving = _ports(sheet)
    old = drawn.along
    shifts = [wider * middle - middle for middle in old.middle]
    first = shifts[0]
    along = Along(
        *([x + shift - first for x, shift in zip(side, shifts)] for side in (old.middle, old.left, old.right))
    )
    routes, spots = [], list[Spot | None]()
    for n, spot in enumerate(drawn.spots):
        curve = _curve(sheet, along, n, leaving[n], arriving[n])
        if spot:
            start = min(spot[1], len(curve) - 4)
            spot = (bends.cut(curve, start, spot[2])[1][0], start, spot[2])
        routes.append(_route(sheet, n, curve, spot))
        spots.append(spot)
    return Drawn(along, routes, spots)


def _ports(sheet: Sheet) -> tuple[list[float], list[float]]:
    """How far from the middle of its box each arrow leaves and arrives: in the order of their other ends, an
    arrow along a straight line of boxes in the middle."""
    leaving, arriving = [0.0] * len(sheet.ways), [0.0] * len(sheet.ways)
    for found, at, beside in ((leaving, 0, 1), (arriving, -1, -2)):
        sides: dict[int, list[int]] = {}
        for n, way in enumerate(sheet.ways):
            sides.setdefault(way[at], []).append(n)
        for k, arrows in sides.items():
            arrows.sort(key=lambda n: (sheet.y[sheet.ways[n][beside]], n))
            numbered = any(sheet.picture.arrows[n].label for n in arrows)
            room = USED * sheet.items[k].across
            step = min(PORTS_OF_NUMBERS if numbered else PORTS, room / max(len(arrows) - 1, 1))
            center = (len(arrows) - 1) / 2
            straight = [
                place for place, n in enumerate(arrows) if sheet.line[sheet.ways[n][beside]] == sheet.line[k]
            ]
            if len(straight) == 1:
                center = straight[0]
                step = min(step, room / 2 / max(center, len(arrows) - 1 - center, 1))
            for place, n in enumerate(arrows):
                found[n] = (place - center) * step
    return leaving, arriving


def _gaps(sheet: Sheet, leaving: Sequence[float], arriving: Sequence[float]) -> list[float]:
    """What is between columns at least."""
    frames, starts = [0.0] * len(sheet.columns), _frames(sheet, before=True)
    for side in (starts, _frames(sheet, before=False)):
        most: dict[int, float] = {}
        for k, length in side.items():
            column = sheet.items[k].column - (side is starts)
            most[column] = max(most.get(column, 0.0), length)
        for column, length in most.items():
            frames[column] += length
    gaps = [max(sheet.gap, frames[k] + FRAME) for k in range(len(sheet.columns) - 1)]
    for n, (arrow, way) in enumerate(zip(sheet.picture.arrows, sheet.ways, strict=True)):
        for a, b in pairwise(way):
            start = sheet.y[a] + (leaving[n] if a == way[0] else 0.0)
            end = sheet.y[b] + (arriving[n] if b == way[-1] else 0.0)
            column = sheet.items[a].column
            gaps[column] = max(gaps[column], sheet.slope * abs(end - start))
        if arrow.label:
            column = _numbered(sheet, n)
            needed = sheet.length(arrow.label) + AT_NUMBERS + max(AT_HEAD, starts.get(way[-1], 0.0))
            gaps[column] = max(gaps[column], needed)
    return gaps


def _frames(sheet: Sheet, before: bool) -> dict[int, float]:
    """By box, what frames that begin at its column (or end there) take up before it (or behind)."""
    edge: dict[tuple[str, ...], int] = {}
    for item in sheet.items:
        for depth in range(1, len(item.scope) + 1):
            path = item.scope[:depth]
            edge[path] = (min if before else max)(edge.get(path, item.column), item.column)
    return {
        k: count * (NAMED if before == sheet.is_named_before and sheet.upright else FRAME)
        for k, item in enumerate(sheet.items)
        if (count := sum(edge[item.scope[:d]] == item.column for d in range(1, len(item.scope) + 1)))
        and item.box >= 0
    }


def _numbered(sheet: Sheet, n: int) -> int:
    """The gap, by the column before it, where an arrow's number stands: at its head."""
    way = sheet.ways[n]
    return sheet.items[way[-2]].column if sheet.ahead[n] else sheet.items[way[0]].column


def _columns(sheet: Sheet, gaps: Sequence[float]) -> Along:
    along = Along([], [], [])
    left = 0.0
    for k, column in enumerate(sheet.columns):
        boxes = [sheet.picture.boxes[sheet.items[i].box] for i in column if sheet.items[i].box >= 0]
        width = max((sheet.length(box) for box in boxes), default=0.0)
        along.left.append(left)
        along.middle.append(left + width / 2)
        along.right.append(left + width)
        left += width + (gaps[k] if k < len(gaps) else 0.0)
    return along


# ---------------------------------------------------------------- curves


def _curve(sheet: Sheet, along: Along, n: int, leaving: float, arriving: float) -> Curve:
    """From outline to outline: straight between neighbouring columns, otherwise through the lanes."""
    way, items, y = sheet.ways[n], sheet.items, sheet.y
    tail, head = way[0], way[-1]
    first = (along.middle[items[tail].column] + sheet.border(tail, leaving), y[tail] + leaving)
    last = (along.middle[items[head].column] - sheet.border(head, arriving), y[head] + arriving)
    out = (along.right[items[tail].column], first[1])
    into = (along.left[items[head].column], last[1])
    if len(way) == 2:
        start = first if _is_clear(sheet, along, first, last, tail) else out
        end = last if _is_clear(sheet, along, last, start, head) else into
        return _smooth(list(dict.fromkeys((first, start, end, last))))
    through = [
        (edge[items[lane].column], y[lane]) for lane in way[1:-1] for edge in (along.left, along.right)
    ]
    start = first if _is_clear(sheet, along, first, through[0], tail) else out
    end = last if _is_clear(sheet, along, last, through[-1], head) else into
    return _smooth(list(dict.fromkeys((first, start, *through, end, last))))


def _is_clear(sheet: Sheet, along: Along, here: Point, there: Point, k: int) -> bool:
    """Whether a straight line from box k passes the others of its column, some of which may be longer."""
    column = sheet.items[k].column
    if here[0] == there[0]:
        return True
    rise = (there[1] - here[1]) / (there[0] - here[0])
    way = 1.0 if there[0] > here[0] else -1.0
    for other in sheet.columns[column]:
        item = sheet.items[other]
        reach = sheet.length(sheet.picture.boxes[item.box]) / 2 if item.box >= 0 else along.right[column]
        edge = along.middle[column] + way * (reach + CLEAR)
        if item.box < 0:
            edge = along.right[column] if way > 0 else along.left[column]
        if other == k or (edge - here[0]) * way <= 0:
            continue
        at_edge = here[1] + rise * (edge - here[0])
        low, high = sorted((here[1], at_edge))
        half = item.across / 2 + CLEAR
        if low < sheet.y[other] + half and high > sheet.y[other] - half:
            return False
    return True


def _smooth(points: Sequence[Point]) -> Curve:
    """A chain of curves through some points: straight lines, or bends that keep their direction at lanes."""
    curve = [points[0]]
    for k, (a, b) in enumerate(pairwise(points)):
        dx, dy = b[0] - a[0], b[1] - a[1]
        if len(points) == 2 or abs(dy) < 0.01:
            curve += [(a[0] + dx / 3, a[1] + dy / 3), (a[0] + 2 * dx / 3, a[1] + 2 * dy / 3), b]
            continue
        level_before, level_after = k > 0, k < len(points) - 2  # where a level part joins
        if level_before == level_after:
            bend, straight = dx / 2, 1 / 3
        else:  # nearly straight up to the lane, or it would cross what leads to the next box
            bend, straight = min(dx / 4, CORNER), 0.7
        near = (a[0] + bend, a[1]) if level_before else (a[0] + straight * dx, a[1] + straight * dy)
        far = (b[0] - bend, b[1]) if level_after else (b[0] - straight * dx, b[1] - straight * dy)
        curve += [near, far, b]
    return tuple(curve)


def _numbers(
    sheet: Sheet, along: Along, curves: Sequence[Curve]
) -> tuple[list[Spot | None], dict[int, bool]]:
    """Where the numbers stand, and the gaps that are too narrow: whether two lie on each other there, or only
    on another arrow."""
    spots: list[Spot | None] = [None] * len(curves)
    tight, frames = dict[int, bool](), _frames(sheet, before=True)
    passing: dict[int, dict[int, Curve]] = {}
    there: dict[int, list[Number]] = {}
    for n, (arrow, way) in enumerate(zip(sheet.picture.arrows, sheet.ways, strict=True)):
        for item in way[:-1]:
            passing.setdefault(sheet.items[item].column, {})[n] = curves[n]
        if arrow.label:
            gap = _numbered(sheet, n)
            size = arrow.label.size[::-1] if sheet.upright else arrow.label.size
            left, right = along.right[gap] + 2, along.left[gap + 1] - max(AT_HEAD, frames.get(way[-1], 0.0))
            there.setdefault(gap, []).append(Number(n, size, left, right, sheet.ahead[n]))
    for gap, numbers in there.items():
        numbers.sort(key=lambda number: (sheet.y[sheet.ways[number.arrow][-1]], number.arrow))
        found, cost = between(numbers, passing[gap])
        for n, spot in found.items():
            spots[n] = spot
        if cost >= CROSSED:
            tight[gap] = cost >= LAID_ON
    return spots, tight


def _route(sheet: Sheet, n: int, curve: Curve, spot: Spot | None) -> tuple[Curve, ...]:
    """The curve in the direction of the arrow, in two parts around its number."""
    label = sheet.picture.arrows[n].label
    parts: tuple[Curve, ...] = (curve,)
    if label and spot:
        size = label.size[::-1] if sheet.upright else label.size
        first, second = bends.cut(curve, *spot[1:])

        def outside(point: Point) -> float:
            return label.shape.outside(spot[0], size, point)

        parts = bends.reverse(bends.trim(bends.reverse(first), outside)), bends.trim(second, outside)
    return parts if sheet.ahead[n] else tuple(map(bends.reverse, parts[::-1]))
