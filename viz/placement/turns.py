"""Whether boxes side by side stand in the order of their numbers, and what it costs where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

from ..graph.natural import numbered
from ..picture.boxes import Picture
from ..style.shapes import Point
from . import curves as bends
from .curves import Curve

__all__ = ["WHOSE_ORDER", "crossings", "most_crossings", "stands_in_order", "wanted"]

WHOSE_ORDER = (("input", "op", "parameter"), ("input", "op"), ("input",))
"""Kinds of boxes whose order is asked for, from most to fewest."""
MORE, TIMES = 6, 1.5
"""How many crossings, and how many times as many, the order of numbers may cost."""
MOST_COUNTED = 200
"""Arrows up to which crossings are counted: of more, the order of numbers is worth whatever it costs."""
STEPS = 6
"""Straight parts that stand for a curve."""


def wanted(
    picture: Picture, centers: Mapping[str, Point], rankdir: str, kinds: Sequence[str]
) -> list[list[str]]:
    """By rank and stem, the names of boxes in the order of their numbers."""
    along = 1 if rankdir in ("TB", "BT") else 0
    found: dict[tuple[int, str, str], list[tuple[tuple[int, ...], int, str]]] = {}
    for k, box in enumerate(picture.boxes):
        if box.kind in kinds and box.lines and (name := numbered(box.lines[0].text)):
            rank = round(centers[box.name][along])
            found.setdefault((rank, box.kind, name[0]), []).append((name[1], k, box.name))
    return [[name for _, _, name in sorted(row)] for row in found.values() if len(row) > 1]


def stands_in_order(picture: Picture, centers: Mapping[str, Point], rankdir: str) -> bool:
    """Whether all boxes of a rank whose names differ in numbers alone stand as these do."""
    across = 0 if rankdir in ("TB", "BT") else 1
    rows = wanted(picture, centers, rankdir, WHOSE_ORDER[0])
    return all(centers[a][across] < centers[b][across] for row in rows for a, b in pairwise(row))


def most_crossings(picture: Picture, routes: Sequence[Sequence[Curve]]) -> float:
    """Up to how many crossings the order of numbers is worth in place of these routes."""
    count = crossings(picture, routes)
    return max(count + MORE, TIMES * count)


def crossings(picture: Picture, routes: Sequence[Sequence[Curve]]) -> int:
    """How many pairs of arrows cross, of those that neither begin nor end at one box; 0 of very many."""
    if len(routes) > MOST_COUNTED:
        return 0
    lines = [[p for curve in route for p in _points(curve)] for route in routes]
    spans = [
        (min(x for x, _ in line), min(y for _, y in line), max(x for x, _ in line), max(y for _, y in line))
        for line in lines
    ]
    count = 0
    for (m, one), (n, two) in combinations(enumerate(picture.arrows), 2):
        if not {one.tail.name, one.head.name}.isdisjoint((two.tail.name, two.head.name)):
            continue
        a, b = spans[m], spans[n]
        if a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]:
            count += _lines_cross(lines[m], lines[n])
    return count


def _lines_cross(one: Sequence[Point], two: Sequence[Point]) -> bool:
    """Whether any straight part of one line crosses one of another; most are nowhere near each other."""
    others = [
        (c, d, min(c[0], d[0]), max(c[0], d[0]), min(c[1], d[1]), max(c[1], d[1])) for c, d in pairwise(two)
    ]
    for a, b in pairwise(one):
        left, right, top, bottom = min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])
        for c, d, least, most, upper, lower in others:
            if least <= right and left <= most and upper <= bottom and top <= lower and _cross(a, b, c, d):
                return True
    return False


def _points(curve: Curve) -> list[Point]:
    points = [curve[0]]
    for start in range(0, len(curve) - 1, 3):
        points += [bends.cut(curve, start, t / STEPS)[0][-1] for t in range(1, STEPS)]
        points.append(curve[start + 3])
    return points


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)
