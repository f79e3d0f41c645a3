"""Links that pass columns run over them: up beside their own, along a track, and down to their head."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...style.shapes import Point
from ..net import Link
from .places import Places

__all__ = ["height", "passing", "route", "spacing"]

NEAREST, APART = 14.0, 7.0
"""Of tracks: the lowest one above the circles, and from one to the next."""
MOST_TRACKS = 60.0
"""All tracks together are no higher; many of them run closer."""
SIDE, LANE = 9.0, 3.5
"""Beside a column: the nearest way up, and from one to the next."""
LEAVING = math.radians(38)
"""How far above the horizontal, seen from the middle of a circle, an arc leaves it or comes to it."""


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
    start = (x + side * r * math.cos(LEAVING), y - r * math.sin(LEAVING))
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
