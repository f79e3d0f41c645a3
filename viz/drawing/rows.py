"""A long computation in rows, one below the other, each from left to right, as a text is read.

Graphviz lays out each row; what leads from one to the next returns on a line of its own between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from ..options import SLIDES, Options
from ..picture.boxes import Arrow, Box, Picture
from ..picture.fewer import unframed
from ..placement.curves import Curve
from ..style.shapes import Point
from . import layout
from .apart import apart
from .layout import Layout, Route

__all__ = ["in_rows", "placed", "rounded"]

MOST_ROWS, MOST_RETURNING = 8, 3
"""Rows of a picture, and lines between two of them: more are no longer read as one text."""
LANE, BEFORE_LANE, CORNER = 9.0, 12.0, 8.0
"""Points between lines that return side by side, between them and boxes, and of their rounded corners."""
CROSSING = 0.1
"""What a line that returns costs, as a share of what a row does that is as long as the others."""

Place = Callable[[Picture, frozenset[str], frozenset[str]], Layout]
"""Lays out a row from left to right, in which some boxes stand first and others last."""


@dataclass(frozen=True)
class _Column:
    """Boxes one below the other, in a layout from left to right."""

    names: tuple[str, ...]
    left: float
    right: float
    height: float


def placed(picture: Picture, options: Options, gaps: float = 1.0) -> tuple[Picture, Layout]:
    """A picture laid out as its options ask for; in rows there is no room for the frames of scopes."""

    def place(part: Picture, first: frozenset[str], last: frozenset[str]) -> Layout:
        return layout.place(part, "LR", options.engine, options.timeout, gaps, (first, last))

    if options.rankdir != "rows":
        found = layout.place(picture, options.rankdir, options.engine, options.timeout, gaps)
        if not options.slide:  # there, what arrows need is known when it is known how large they are
            again = partial(layout.place, picture, options.rankdir, "columns", options.timeout, gaps)
            found = apart(picture, found, again if options.engine == "auto" else None)
        return picture, found
    picture = unframed(picture)
    base = place(picture, frozenset(), frozenset())
    return picture, in_rows(picture, base, SLIDES[options.slide or "16:9"], place) or base


def in_rows(picture: Picture, base: Layout, page: Point, place: Place) -> Layout | None:
    """A picture whose layout from left to right is `base`, in as many rows as make it largest on a page of
    these proportions; None where it is largest in one."""
    found = list(_columns(picture, base))
    where = {name: k for k, column in enumerate(found) for name in column.names}
    where = _with_their_users(picture, where)
    used = sorted(set(where.values()))  # a column of leaves alone may be left by all of them
    columns = [found[k] for k in used]
    where = {name: used.index(k) for name, k in where.items()}
    ways = [(where[arrow.tail.name], where[arrow.head.name]) for arrow in picture.arrows]
    crossing = [sum(a <= k < b for a, b in ways) for k in range(len(columns))]
    best, cuts = min(page[0] / base.size[0], page[1] / base.size[1]), list[int]()
    for count in range(2, min(MOST_ROWS, len(columns)) + 1):
        ends = _cuts(columns, crossing, count)
        if max(crossing[end - 1] for end in ends[:-1]) > MOST_RETURNING:
            continue
        rows = [columns[a:b] for a, b in pairwise([0, *ends])]
        wide = max(row[-1].right - row[0].left for row in rows) + 2 * BEFORE_LANE
        high = sum(max(column.height for column in row) for row in rows)
        high += sum(2 * BEFORE_LANE + LANE * crossing[end - 1] for end in ends[:-1])
        scale = min(page[0] / wide, page[1] / high)
        if scale > best:
            best, cuts = scale, ends
    if not cuts:
        return None
    row_at = [row for row, (a, b) in enumerate(pairwise([0, *cuts])) for _ in range(a, b)]
    return _stacked(picture, {name: row_at[k] for name, k in where.items()}, len(cuts), place)


def _with_their_users(picture: Picture, where: dict[str, int]) -> dict[str, int]:
    """The column of each box; what is not computed goes with the first that reads it."""
    heads = {arrow.head.name for arrow in picture.arrows}
    users: dict[str, list[int]] = {}
    for arrow in picture.arrows:
        users.setdefault(arrow.tail.name, []).append(where[arrow.head.name])
    return {
        name: k if name in heads or name not in users else max(k, min(users[name]))
        for name, k in where.items()
    }


def _columns(picture: Picture, base: Layout) -> Iterator[_Column]:
    """From left to right; boxes that overlap to the left and right are in one."""
    boxes = sorted(picture.boxes, key=lambda box: base.centers[box.name][0] - box.size[0] / 2)
    open_boxes: list[Box] = []

    def column() -> _Column:
        places = [(base.centers[box.name], box.size) for box in open_boxes]
        tops, bottoms = [y - h / 2 for (_, y), (_, h) in places], [y + h / 2 for (_, y), (_, h) in places]
        left, right = min(x - w / 2 for (x, _), (w, _) in places), max(x + w / 2 for (x, _), (w, _) in places)
        return _Column(tuple(box.name for box in open_boxes), left, right, max(bottoms) - min(tops))

    for box in boxes:
        if open_boxes and base.centers[box.name][0] - box.size[0] / 2 >= column().right:
            yield column()
            open_boxes = []
        open_boxes.append(box)
    yield column()


def _cuts(columns: Sequence[_Column], crossing: Sequence[int], count: int) -> list[int]:
    """Where each of so many rows ends: rows of about the same length, with few lines between them."""
    total = len(columns)
    target = (columns[-1].right - columns[0].left) / count
    best: list[list[tuple[float, int]]] = [[(math.inf, 0)] * (total + 1) for _ in range(count + 1)]
    best[0][0] = (0.0, 0)
    for row in range(1, count + 1):
        for end in range(row, total + 1):
            for start in range(row - 1, end):
                length = (columns[end - 1].right - columns[start].left) / target
                cost = best[row - 1][start][0] + length**4 + CROSSING * crossing[end - 1]
                best[row][end] = min(best[row][end], (cost, start))
    ends = [total]
    for row in range(count, 1, -1):
        ends.append(best[row][ends[-1]][1])
    return ends[::-1]


# ---------------------------------------------------------------- rows below each other


def _stacked(picture: Picture, row_of: dict[str, int], count: int, place: Place) -> Layout:
    rows = [_Row(picture, row_of, row, place) for row in range(count)]
    returns = [
        (rows[row_of[arrow.tail.name]].routes[k][-1][-1][1], k, row_of[arrow.head.name])
        for k, arrow in enumerate(picture.arrows)
        if row_of[arrow.tail.name] != row_of[arrow.head.name]
    ]
    # What leaves a row further up has the lane further down, and enters further up: so lines do not cross.
    lanes = {row: [k for _, k, head in sorted(returns) if head == row] for row in range(count)}
    left = LANE * max(map(len, lanes.values())) + BEFORE_LANE
    widest = max(row.layout.size[0] for row in rows)
    centers: dict[str, Point] = {}
    tops: list[float] = []
    bottom = 0.0
    for row, laid in enumerate(rows):
        top = bottom + (2 * BEFORE_LANE + LANE * (len(lanes[row]) - 1) if row else 0.0)
        tops.append(top)
        laid.layout = laid.layout.moved(left, top)
        centers |= laid.layout.centers
        bottom = top + laid.layout.size[1]
    routes: list[Route] = []
    far = 0
    right = left + widest
    for k, arrow in enumerate(picture.arrows):
        tail, head = rows[row_of[arrow.tail.name]], rows[row_of[arrow.head.name]]
        if tail is head:
            routes.append(tail.routes[k])
            continue
        (leaving,), (entering, *rest) = tail.routes[k], head.routes[-1 - k]
        to = row_of[arrow.head.name]
        order = lanes[to].index(k)
        is_next = to == row_of[arrow.tail.name] + 1
        far += not is_next
        start, end = leaving[-1], entering[0]
        out = left + tail.layout.size[0] + LANE * (len(lanes[to]) - order) if is_next else right + LANE * far
        gutter = tops[to] - BEFORE_LANE - LANE * order
        back = left - BEFORE_LANE / 2 - LANE * order
        corners = [start, (out, start[1]), (out, gutter), (back, gutter), (back, end[1]), end]
        routes.append(((*leaving, *rounded(corners)[1:], *entering[1:]), *rest))
    width = max(x for route in routes for curve in route for x, _ in curve)
    names = {box.name for box in picture.all_boxes}
    centers = {name: center for name, center in centers.items() if name in names}
    return Layout((max(width, right), bottom), centers, tuple(routes))


class _Row:
    """The part of a picture in one row, and its routes, by their places among the picture's arrows: what
    leaves it as it is, and what enters as ``-1 - place``."""

    def __init__(self, picture: Picture, row_of: dict[str, int], row: int, place: Place) -> None:
        self._arrows: list[Arrow] = []
        self._keys: list[int] = []
        first: list[Box] = []
        last: list[Box] = []
        for k, arrow in enumerate(picture.arrows):
            tail, head = row_of[arrow.tail.name], row_of[arrow.head.name]
            if tail == head == row:
                self._add(k, arrow)
            elif tail == row:
                last.append(_port(f"out{k}"))
                self._add(k, replace(arrow, head=last[-1], label=None))
            elif head == row:
                first.append(_port(f"in{k}"))
                self._add(-1 - k, replace(arrow, tail=first[-1]))
        boxes = [box for box in picture.boxes if row_of[box.name] == row]
        part = replace(picture, boxes=(*first, *boxes, *last), arrows=tuple(self._arrows))
        ports = [frozenset(box.name for box in side) for side in (first, last)]
        self.layout = place(part, ports[0], ports[1])

    def _add(self, key: int, arrow: Arrow) -> None:
        self._keys.append(key)
        self._arrows.append(arrow)

    @property
    def routes(self) -> dict[int, Route]:
        return dict(zip(self._keys, self.layout.curves, strict=True))


def _port(name: str) -> Box:
    """Where a line enters or leaves a row."""
    return Box(name, "local", (), None)


def rounded(corners: Sequence[Point]) -> Curve:
    """A line through these points with rounded corners, as a chain of cubic curves."""
    curve: list[Point] = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        reach = min(CORNER, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _towards(corner, before, reach), _towards(corner, after, reach)
        curve += _straight(curve[-1], enter)
        curve += [_towards(corner, before, 0.45 * reach), _towards(corner, after, 0.45 * reach), leave]
    return (*curve, *_straight(curve[-1], corners[-1]))


def _straight(a: Point, b: Point) -> list[Point]:
    return [(a[0] + (b[0] - a[0]) * k / 3, a[1] + (b[1] - a[1]) * k / 3) for k in (1, 2, 3)]


def _towards(a: Point, b: Point, distance: float) -> Point:
    share = distance / (math.dist(a, b) or 1.0)
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
