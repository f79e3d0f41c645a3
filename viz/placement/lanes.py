"""How arrows go from box to box, straight or through their lanes, and where their numbers stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

from ..style.shapes import Point
from . import curves as bends
from .clock import look_at_the_clock
from .crowding import Crowd, Other, part
from .curves import Curve
from .numbers import Spot, Standing, moved
from .sheet import Along, Sheet, columns, least

__all__ = ["Drawn", "draw", "parted", "redraw", "settled"]

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
ASIDE = (0.0, 1.5, -1.5, 3.0, -3.0, 5.0, -5.0, 8.0, -8.0, 11.0, -11.0)
LANE_ASIDE = (0.0, 3.0, -3.0, 5.0, -5.0)
"""How far the ends of an arrow move along the sides of boxes, and its lane, where it runs along another."""
MOST_ASIDE, LEAST_APART = 0.43, 1.0
"""How far from the middle of a side, as a share of it, and how near another arrow's end that may be."""
MOST_TRIED, MOST_MOVED = 160, 60
"""Ways aside that are tried of each arrow, and arrows too near another up to which any is moved."""


@dataclass
class Drawn:
    """Where columns are, the route of each arrow, in two parts where its number interrupts it, where that
    stands, and how far from the middle of its boxes it leaves and arrives."""

    along: Along
    routes: list[tuple[Curve, ...]]
    spots: list[Spot | None]
    leaving: list[float]
    arriving: list[float]


def draw(sheet: Sheet) -> Drawn:
    """Arrows and numbers, with as much between columns as they need."""
    leaving, arriving = _ports(sheet)
    gaps = least(sheet, leaving, arriving)
    numbers = Standing(sheet)
    curves: list[Curve] = [()] * len(sheet.ways)
    looked_at: Collection[int] = numbers.numbers
    drawn: Collection[int] = range(len(curves))
    for tried in range(MOST_TRIES):
        look_at_the_clock()
        along = columns(sheet, gaps)
        for n in drawn:
            curves[n] = _curve(sheet, along, n, leaving[n], arriving[n])
        tight = numbers.find(looked_at, along, curves, gives_up=tried < TRIES)
        wider = [gap for gap, has_no_room in tight.items() if has_no_room or tried < TRIES]
        if not wider or tried + 1 == MOST_TRIES:
            break
        for gap in wider:
            gaps[gap] += WIDER
        looked_at, drawn = wider, {n for gap in wider for n in numbers.passing[gap]}
    for n in set(range(len(curves))).difference(drawn):  # the rest moves with what has become wider
        curves[n] = _curve(sheet, along, n, leaving[n], arriving[n])
    numbers.move(set(numbers.numbers).difference(looked_at), curves)
    routes = [_route(sheet, n, curve, numbers.spots[n]) for n, curve in enumerate(curves)]
    return Drawn(along, routes, numbers.spots, leaving, arriving)


def redraw(sheet: Sheet, drawn: Drawn, wider: float) -> Drawn:
    """What has been drawn, its columns so many times as far apart."""
    leaving, arriving = drawn.leaving, drawn.arriving
    old = drawn.along
    shifts = [wider * middle - middle for middle in old.middle]
    first = shifts[0]
    along = Along(
        *([x + shift - first for x, shift in zip(side, shifts)] for side in (old.middle, old.left, old.right))
    )
    routes, spots = [], list[Spot | None]()
    for n, spot in enumerate(drawn.spots):
        curve = _curve(sheet, along, n, leaving[n], arriving[n])
        spot = moved(spot, curve)
        routes.append(_route(sheet, n, curve, spot))
        spots.append(spot)
    return Drawn(along, routes, spots, leaving, arriving)


def parted(sheet: Sheet, drawn: Drawn, scale: float = 1.0) -> tuple[Sheet, Drawn, float]:
    """The same with arrows that ran along each other moved aside, at their ends and in their lanes, and how
    far some still do; `scale` is how large they are shown."""
    y, leaving, arriving = list(sheet.y), list(drawn.leaving), list(drawn.arriving)
    found = Drawn(drawn.along, list(drawn.routes), list(drawn.spots), leaving, arriving)
    shifted = replace(sheet, y=y)
    beside: dict[tuple[int, int], list[int]] = {}
    for n, way in enumerate(sheet.ways):
        for at in (0, -1):
            beside.setdefault((way[at], at), []).append(n)

    def fits(n: int, at: int, aside: float) -> bool:
        """Whether an arrow may leave its box (or arrive, at -1) so far from its middle."""
        ends, k = (leaving, arriving)[at], sheet.ways[n][at]
        if aside == ends[n]:
            return True
        if abs(aside) > MOST_ASIDE * sheet.items[k].across:
            return False
        return all(m == n or abs(aside - ends[m]) >= LEAST_APART for m in beside[k, at])

    def others(n: int) -> Iterator[Other]:
        way = sheet.ways[n]
        label, spot = sheet.picture.arrows[n].label, found.spots[n]
        before = leaving[n], arriving[n], [y[lane] for lane in way[1:-1]]
        lanes = LANE_ASIDE if len(way) > 2 else (0.0,)
        aside = sorted(product(ASIDE, ASIDE, lanes), key=lambda by: sum(map(abs, by)))
        tried = 0
        for out, into, lane in aside[1:]:
            ends = before[0] + out, before[1] + into
            if not (fits(n, 0, ends[0]) and fits(n, -1, ends[1])):
                continue
            for k, item in enumerate(way[1:-1]):
                y[item] = before[2][k] + lane
            curve = _curve(shifted, drawn.along, n, *ends)
            heights = [y[item] for item in way[1:-1]]
            for k, item in enumerate(way[1:-1]):
                y[item] = before[2][k]
            at = moved(spot, curve)
            if label and at and _is_on_another(shifted, found, n, at):
                continue
            route = _route(shifted, n, curve, at)

            def choose(
                ends: tuple[float, float] = ends,
                heights: Sequence[float] = heights,
                route: tuple[Curve, ...] = route,
                at: Spot | None = at,
            ) -> None:
                leaving[n], arriving[n] = ends
                found.routes[n], found.spots[n] = route, at
                for item, height in zip(way[1:-1], heights, strict=True):
                    y[item] = height

            yield route, choose
            tried += 1
            if tried >= MOST_TRIED:
                return

    left = part(Crowd(scale), drawn.routes, others, MOST_MOVED)
    return shifted, found, left


def settled(sheet: Sheet, drawn: Drawn) -> Drawn:
    """The same arrows, and numbers that others cross where fewer do, as columns and boxes stand now."""
    numbers = Standing(sheet, drawn.spots)
    crossed = numbers.struck(numbers.numbers, drawn.routes)
    gaps = [gap for gap, arrows in numbers.numbers.items() if not crossed.isdisjoint(arrows)]
    if not gaps:
        return drawn
    ends = zip(drawn.leaving, drawn.arriving, strict=True)
    curves = [_curve(sheet, drawn.along, n, *end) for n, end in enumerate(ends)]
    numbers.find(gaps, drawn.along, curves, gives_up=False)
    routes = list(drawn.routes)
    for gap in gaps:
        arrows = numbers.numbers[gap]
        for n in arrows:
            routes[n] = _route(sheet, n, curves[n], numbers.spots[n])
        if len(numbers.struck([gap], routes)) >= len(crossed.intersection(arrows)):
            for n in arrows:
                routes[n], numbers.spots[n] = drawn.routes[n], drawn.spots[n]
    return replace(drawn, routes=routes, spots=numbers.spots)


def _is_on_another(sheet: Sheet, drawn: Drawn, n: int, spot: Spot) -> bool:
    """Whether a number would lie on that of another arrow."""
    arrows, ((x, y), _, _) = sheet.picture.arrows, spot
    here = arrows[n].label
    for m, other in enumerate(drawn.spots):
        there = arrows[m].label
        if m != n and other and here and there:
            way, side = (1, 0) if sheet.upright else (0, 1)
            near = abs(other[0][0] - x) < (here.size[way] + there.size[way]) / 2 + 1
            if near and abs(other[0][1] - y) < (here.size[side] + there.size[side]) / 2 + 1:
                return True
    return False


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
    far = here[1] + rise * way * ((along.right[column] - along.left[column]) / 2 + CLEAR)
    half = sheet.highest(column) / 2 + CLEAR
    first = bisect_left(sheet.columns[column], min(here[1], far) - half, key=sheet.y.__getitem__)
    for other in islice(sheet.columns[column], first, None):
        item = sheet.items[other]
        if sheet.y[other] > max(here[1], far) + half:
            break
        reach = sheet.length(sheet.picture.boxes[item.box]) / 2 if item.box >= 0 else along.right[column]
        edge = along.middle[column] + way * (reach + CLEAR)
        if item.box < 0:
            edge = along.right[column] if way > 0 else along.left[column]
        if other == k or (edge - here[0]) * way <= 0:
            continue
        at_edge = here[1] + rise * (edge - here[0])
        low, high = sorted((here[1], at_edge))
        room = item.across / 2 + CLEAR
        if low < sheet.y[other] + room and high > sheet.y[other] - room:
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
