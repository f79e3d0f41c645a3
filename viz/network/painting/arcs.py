"""Links that pass columns run over them: between two rows of circles where there is room, or over all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from ...style.shapes import Point
from ..net import End, Link
from .places import Places

__all__ = ["between_rows", "height", "over", "passing", "route", "sampled", "spacing"]

NEAREST, APART = 14.0, 7.0
"""Of tracks: the lowest one above the circles, and from one to the next."""
MOST_TRACKS = 60.0
"""All tracks together are no higher; many of them run closer."""
SIDE, LANE = 9.0, 3.5
"""Beside a column: the nearest way up, and from one to the next."""
CLOSE = 5.0
"""Between two arcs that pass between the same rows."""
LEAVING, STEEP = math.radians(38), math.radians(55)
"""How far above the horizontal, seen from the middle of a circle, an arc leaves it or comes to it,
over all columns and between rows."""


def passing(links: Iterable[Link]) -> dict[Link, int]:
    """The track of each link that passes a column: those of one tail to one column share theirs.

    Spans that overlap are stacked, the short ones below, and those that only meet at an end share a height.
    """
    spans: dict[tuple[int, int], list[int]] = {}
    long = [link for link in links if link.head[0] - link.tail[0] > 1]
    for link in long:
        tails = spans.setdefault((link.tail[0], link.head[0]), [])
        if link.tail[1] not in tails:
            tails.append(link.tail[1])
    floors: dict[tuple[int, int], int] = {}
    for span in sorted(spans, key=lambda span: (span[1] - span[0], span)):
        below = [other for other in floors if other[0] < span[1] and span[0] < other[1]]
        floors[span] = max((floors[other] + len(spans[other]) for other in below), default=0)
    tracks = {}
    for link in long:
        span = (link.tail[0], link.head[0])
        rows = sorted(
            spans[span]
        )  # that of the highest unit lies on top, so that ways up do not cross tracks
        tracks[link] = floors[span] + len(rows) - 1 - rows.index(link.tail[1])
    return tracks


def between_rows(
    links: Sequence[Link], places: Places, texts: Mapping[End, tuple[float, float]]
) -> dict[Link, float]:
    """The height at which a link passes between two rows of circles, close above both its ends.

    `texts` has what a circle keeps free above and below it.  Links for which there is no such way are left
    out: those of the first row, and those whose gap is full.
    """
    found: dict[Link, float] = {}
    taken: list[tuple[float, float, float]] = []
    for link in links:
        low = min(places.centers[link.tail][1], places.centers[link.head][1]) - 0.9 * places.radius
        for top, bottom in reversed(list(_gaps(link, places, texts))):
            levels = [(top + bottom) / 2, top, bottom]
            start, end = places.columns[link.tail[0]], places.columns[link.head[0]]
            near = [y for left, right, y in taken if left < end and start < right]
            free = [y for y in levels if y <= low and all(abs(y - other) >= CLOSE for other in near)]
            if free:
                found[link] = round(free[0], 2)
                taken.append((start, end, free[0]))
                break
    return found


def _gaps(
    link: Link, places: Places, texts: Mapping[End, tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """What is free between two rows in all columns that a link passes, from the top."""
    gaps = [(-math.inf, math.inf)]
    for column in range(link.tail[0] + 1, link.head[0]):
        own = sorted((y, end) for end, (_, y) in places.centers.items() if end[0] == column)
        free = [
            (y + places.radius + texts[end][1] + 2.0, below - places.radius - texts[under][0] - 2.0)
            for (y, end), (below, under) in pairwise(own)
            if below - y < 1.5 * places.step  # no ellipsis stands there
        ]
        gaps = [(max(a, c), min(b, d)) for a, b in gaps for c, d in free if max(a, c) + 1.0 < min(b, d)]
    yield from (gap for gap in gaps if math.isfinite(gap[0]))


def over(link: Link, places: Places, level: float) -> tuple[tuple[Point, ...], Point]:
    """`route` between two rows: up from the tail, level over what is passed, down to the head from above."""
    r, (xa, ya), (xb, yb) = places.radius, places.centers[link.tail], places.centers[link.head]
    reach = min(1.9 * r, (places.columns[link.tail[0] + 1] - xa) - r)
    dx, dy = (r + 1.5) * math.cos(STEEP), (r + 1.5) * math.sin(STEEP)
    start, tip = (xa + dx, ya - dy), (xb - dx, yb - dy)
    up, down = xa + reach, xb - reach
    points = (
        start,
        (start[0] + 0.35 * (up - start[0]), min(start[1], level)),
        (start[0] + 0.5 * (up - start[0]), level),
        (up, level),
        (up, level),
        (down, level),
        (down, level),
        (tip[0] - 0.4 * (tip[0] - down), level),
        (tip[0] - 0.35 * (tip[0] - down) * math.cos(STEEP), tip[1] - 0.6 * max(tip[1] - level, 4.0)),
        tip,
    )
    along = (tip[0] - points[-2][0], tip[1] - points[-2][1])
    length = math.hypot(*along)
    return points, (along[0] / length, along[1] / length)


def sampled(points: Sequence[Point]) -> Iterator[Point]:
    """Points on a curve, close enough for numbers to keep off it."""
    for i in range(0, len(points) - 1, 3):
        a, b, c, d = points[i : i + 4]
        steps = max(2, int(math.dist(a, d) / 4.0))
        for k in range(steps + 1):
            t = k / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d))) for axis in (0, 1))
            yield x, y


def height(tracks: dict[Link, int]) -> float:
    """What the tracks need above the circles."""
    return NEAREST + spacing(tracks) * max(tracks.values()) + 4.0 if tracks else 0.0


def spacing(tracks: dict[Link, int]) -> float:
    return min(APART, MOST_TRACKS / (max(tracks.values(), default=0) or 1))


def route(link: Link, places: Places, track: float, lane: int) -> tuple[tuple[Point, ...], Point]:
    """The points of the curve from circle to circle, and the direction in which it arrives."""
    r, (xa, ya), (xb, yb) = places.radius, places.centers[link.tail], places.centers[link.head]
    way = r + SIDE + LANE * lane
    up, down = xa + way, xb - way
    turn = max(0.0, min(1.6 * r, (down - up) / 2))
    start, rise = _side(xa, ya, up, up + turn, track, r)
    tip, fall = _side(xb, yb, down, down - turn, track, r)
    across = ((up + turn, track), (down - turn, track), (down - turn, track))
    points = (start, *rise, *across, *reversed([tip, *fall[:-1]]))
    along = (tip[0] - fall[0][0], tip[1] - fall[0][1])
    length = math.hypot(*along)
    return points, (along[0] / length, along[1] / length)


def _side(
    x: float, y: float, lane: float, inward: float, track: float, r: float
) -> tuple[Point, list[Point]]:
    """From a circle beside its column up to the track: where it begins, then three points for each curve."""
    side = 1 if lane > x else -1
    away = r + 1.2
    start = (x + side * away * math.cos(LEAVING), y - away * math.sin(LEAVING))
    if start[1] - track < 2.4 * r:
        first = (start[0] + 0.55 * (lane - start[0]), start[1] - 0.8 * r * math.tan(LEAVING))
        return start, [first, (lane, track), (inward, track)]
    turn = abs(inward - lane)
    return start, [
        (start[0] + 0.7 * (lane - start[0]), start[1] - 0.2 * r),
        (lane, start[1] - 0.4 * r),
        (lane, start[1] - r),
        (lane, start[1] - r),
        (lane, track + turn),
        (lane, track + turn),
        (lane, track + turn * 0.4),
        (lane + side * turn * 0.4, track),
        (inward, track),
    ]
