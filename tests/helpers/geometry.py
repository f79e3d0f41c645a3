"""What is wrong with where boxes, arrows and texts of a picture are: each check returns a list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from helpers.read_back import (
    Arrow,
    Box,
    Drawing,
    Point,
    Rectangle,
    Text,
    Widths,
    around,
    between,
    contains,
    grown,
    in_browser,
    overlap,
    read,
    to_segment,
    within,
)

__all__ = [
    "Arrow", "Box", "Drawing", "Point", "Rectangle", "Text", "Widths", "around", "arrows_through_boxes",
    "arrows_too_near", "bent", "contains", "faults", "in_browser", "names_struck", "numbers_struck",
    "out_of_line", "out_of_order", "overlap", "overlaps", "read", "texts_outside", "within",
]  # fmt: skip

Points = npt.NDArray[np.float64]

SLACK = 0.25
"""Points that nobody sees."""


def texts_outside(drawing: Drawing) -> list[str]:
    """Texts that are not within the outline of their box, and what is not on the page."""
    wrong = []
    for box in drawing.boxes:
        for text in box.texts:
            left, top, right, bottom = text.rectangle
            corners = itertools.product((left + SLACK, right - SLACK), (top + SLACK, bottom - SLACK))
            if not all(contains(box.outline, corner) for corner in corners):
                wrong.append(f"{text.text!r} is not within its box")
    for rectangle, name in [*_solids(drawing), *((text.rectangle, repr(text.text)) for text in drawing.others)]:
        if (
            min(rectangle[:2]) < -SLACK
            or rectangle[2] > drawing.size[0] + SLACK
            or rectangle[3] > drawing.size[1] + SLACK
        ):
            wrong.append(f"{name} is not on the page")
    return wrong


def overlaps(drawing: Drawing) -> list[str]:
    """Boxes and numbers that lie on each other, and other texts on any of them."""
    solids = _solids(drawing)
    others = [(text.rectangle, repr(text.text)) for text in drawing.others]
    pairs = itertools.chain(itertools.combinations(solids, 2), itertools.product(solids, others))
    return [f"{name} lies on {other}" for (a, name), (b, other) in pairs if overlap(a, b)]


def numbers_struck(drawing: Drawing) -> list[str]:
    """Numbers on arrows that another arrow crosses."""
    return _struck(drawing, drawing.numbers)


def names_struck(drawing: Drawing) -> list[str]:
    """Names of frames, and what else stands beside boxes, that an arrow crosses."""
    return _struck(drawing, [("", text) for text in drawing.others])


def _struck(drawing: Drawing, texts: Sequence[tuple[str, Text]]) -> list[str]:
    wrong = []
    for arrow in drawing.arrows:
        points = [point for line in arrow.lines for point in (*_resampled(line), line[-1])]
        for key, text in texts:
            area = grown(text.rectangle, -SLACK)
            if key != arrow.key and any(within(area, point) for point in points):
                wrong.append(f"arrow {arrow.key} strikes {text.text!r} through")
    return wrong


def arrows_through_boxes(drawing: Drawing) -> list[str]:
    """Arrows within a box that they do not join, or well within one that they do."""
    wrong = []
    extents = [(box, box.extent, grown(box.extent, 4)) for box in drawing.boxes]
    for arrow in drawing.arrows:
        points = [point for line in arrow.lines for point in (*_resampled(line), line[-1])]
        reach, ends = around(points), arrow.ends
        for box, extent, larger in extents:
            if not overlap(reach, extent):
                continue
            inside = [p for p in points if within(extent, p) and contains(box.outline, p)]
            if not inside:
                continue
            joined = any(within(larger, end) and _distance(end, box.outline) < 4 for end in ends)
            if any(_distance(p, box.outline) > (3 if joined else 0.5) for p in inside):
                wrong.append(f"arrow {arrow.key} goes through {_name(box)}")
    return wrong


NEAR, LONGEST, AT_HEAD, CROSSING = 1.0, 12.0, 20.0, 2.0
"""Points: how near is too near, and for how long; how much of an arrow before its head may be; degrees at which
straight arrows that cross can be told apart."""
COARSE = 8
"""Of points, which are at most a point apart, every so many are looked at first."""


def arrows_too_near(drawing: Drawing) -> list[str]:
    """Pairs of arrows nearer than a point for more than 12, but for the last 20 before a head.

    Two arrows that cross are near each other where they do: they may, unless it is at less than 2 degrees.  Where 16
    units are joined to 16 others, some straight arrows cross at 3 degrees, so they are within a point of each other for
    38, wherever the units stand; yet eyes can tell them apart.
    """
    sampled = [_dense(arrow) for arrow in drawing.arrows]
    arrays = [np.array(points).reshape(-1, 2) for points in sampled]
    wrong = []
    for a, b in _neighbours(sampled):
        length = _longest_near(sampled[a], sampled[b], arrays[a], arrays[b])
        if length > LONGEST:
            keys = drawing.arrows[a].key, drawing.arrows[b].key
            wrong.append(f"arrows {keys[0]} and {keys[1]} are one for {length:.0f} pt")
    return wrong


def _direction(points: list[Point]) -> float | None:
    """The angle of a straight line, None for another."""
    if len(points) < 2:
        return None
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = math.dist(points[0], points[-1]) or 1.0
    away = max(abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length for x, y in points)
    return math.atan2(y1 - y0, x1 - x0) if away < 0.2 else None


def _neighbours(curves: list[list[Point]]) -> list[tuple[int, int]]:
    """The pairs of curves that may be near each other for long: their surroundings overlap, and if both are straight
    they neither cross at an angle that can be seen nor are wholly apart."""
    reach = np.array([grown(around(points), NEAR / 2) if len(points) > 1 else (0.0,) * 4 for points in curves])
    ways = [_direction(points) for points in curves]
    pairs = []
    for a in range(len(curves)):
        left, top, right, bottom = reach[a]
        r = reach[a + 1 :]
        beside = (r[:, 0] < right) & (left < r[:, 2]) & (r[:, 1] < bottom) & (top < r[:, 3])
        pairs += [(a, a + 1 + int(k)) for k in np.flatnonzero(beside)]
    return [(a, b) for a, b in pairs if not _are_told_apart(curves[a], curves[b], ways[a], ways[b])]


def _are_told_apart(one: list[Point], two: list[Point], first: float | None, second: float | None) -> bool:
    """Whether two straight lines are farther from each other than is near, or cross at an angle that can be seen."""
    if first is None or second is None:
        return False
    sine = abs(math.sin(first - second))
    if sine > 2 * NEAR / LONGEST:  # they cannot be near for long
        return True
    (a, b), (c, d) = (one[0], one[-1]), (two[0], two[-1])

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    if side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0:
        return sine >= math.sin(math.radians(CROSSING))
    away = min(to_segment(c, a, b), to_segment(d, a, b), to_segment(a, c, d), to_segment(b, c, d))
    return away > NEAR + 0.5  # they may be 0.2 from straight


def _longest_near(first: list[Point], second: list[Point], one: Points, two: Points) -> float:
    """The longest way of one curve along another, in points, without crossings; both as lists and as arrays."""
    far = np.hypot(*(one[::COARSE, None] - two[None, ::COARSE]).transpose(2, 0, 1)) > NEAR + 2 * COARSE
    some, others = (
        np.flatnonzero(np.repeat(~far.all(axis=k), COARSE)[: len(points)]) for k, points in ((1, one), (0, two))
    )
    if not len(some):
        return 0.0
    two = two[others]
    apart = np.hypot(one[some, None, 0] - two[None, :, 0], one[some, None, 1] - two[None, :, 1])
    nearest = apart.argmin(axis=1)
    pairs = [(int(i), int(j)) for i, j, far in zip(some, others[nearest], apart.min(axis=1), strict=True) if far < NEAR]
    longest, run = 0.0, list[tuple[int, int]]()
    for pair in [*pairs, (len(first) + 9, 0)]:
        if run and pair[0] != run[-1][0] + 1:
            length = sum(math.dist(first[i], first[j]) for (i, _), (j, _) in itertools.pairwise(run))
            if length > longest and not _crosses(run, first, second):
                longest = length
            run = []
        run.append(pair)
    return longest


def _crosses(run: list[tuple[int, int]], first: list[Point], second: list[Point]) -> bool:
    """Whether two curves change sides on a stretch where they are near, at an angle that can be seen."""
    (i0, j0), (i1, j1) = run[0], run[-1]
    ax, ay = first[i1][0] - first[i0][0], first[i1][1] - first[i0][1]
    bx, by = second[j1][0] - second[j0][0], second[j1][1] - second[j0][1]
    if not (ax or ay) or not (bx or by):
        return True
    angle = abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))

    def side(i: int, j: int) -> float:
        return ax * (second[j][1] - first[i][1]) - ay * (second[j][0] - first[i][0])

    return side(i0, j0) * side(i1, j1) < 0 and min(angle, 180 - angle) >= CROSSING


def _dense(arrow: Arrow) -> list[Point]:
    """Points at most a point apart, those near a head left out."""
    points = [point for line in arrow.lines for point in _resampled(line)]
    return [p for p in points if all(math.dist(p, tip) > AT_HEAD for tip in arrow.tips)]


def _resampled(line: Sequence[Point]) -> Iterator[Point]:
    for a, b in itertools.pairwise(line):
        count = max(1, math.ceil(math.dist(a, b)))
        yield from (between(a, b, k / count) for k in range(count))


def out_of_line(drawing: Drawing, axis: int = 0, apart: float = 12.0) -> list[str]:
    """Boxes beside a column (a row, with axis 1) instead of in it: nearly, but not within 1 px."""
    centers = sorted((box.center[axis], _name(box)) for box in drawing.boxes)
    return [
        f"{name} stands {b - a:.1f} beside the column of {other}"
        for (a, other), (b, name) in itertools.pairwise(centers)
        if 1 < b - a < apart
    ]


def out_of_order(boxes: Sequence[Box], axis: int = 1) -> list[str]:
    """Of boxes in the order that they should have from top to bottom (axis 0: from left to right)."""
    return [
        f"{_name(b)} stands before {_name(a)}" for a, b in itertools.pairwise(boxes) if b.center[axis] <= a.center[axis]
    ]


def bent(boxes: Sequence[Box], axis: int = 1) -> list[str]:
    """Of boxes that should stand on one line."""
    return [
        f"{_name(b)} is off the line of {_name(a)} by {abs(b.center[axis] - a.center[axis]):.1f}"
        for a, b in itertools.pairwise(boxes)
        if abs(b.center[axis] - a.center[axis]) > 1
    ]


def faults(drawing: Drawing) -> list[str]:
    """All that is wrong with any picture."""
    return [
        *texts_outside(drawing),
        *overlaps(drawing),
        *arrows_through_boxes(drawing),
        *arrows_too_near(drawing),
    ]


def _distance(point: Point, outline: Sequence[Point]) -> float:
    return min(to_segment(point, a, b) for a, b in zip(outline, [*outline[1:], outline[0]], strict=True))


def _solids(drawing: Drawing) -> list[tuple[Rectangle, str]]:
    return [(box.extent, _name(box)) for box in drawing.boxes] + [
        (text.rectangle, repr(text.text)) for _, text in drawing.numbers
    ]


def _name(box: Box) -> str:
    return repr(box.texts[0].text) if box.texts else f"box {box.key}"
