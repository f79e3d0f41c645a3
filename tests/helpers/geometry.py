"""An SVG read back into boxes, arrows and texts, and what is wrong with where they are: each check returns a list."""

from __future__ import annotations

import html
import itertools
import json
import math
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from helpers.pages import CHROMIUM
from helpers.pictures import SVG
from viz.formats.svg import FAMILIES
from viz.style.text_width import text_width

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
Key = tuple[str, float, bool]
"""A text with its size, and whether it is bold: what its width depends on."""
Widths = Callable[[str, float, bool], float]

ABOVE, BELOW = 0.76, 0.24
"""How far letters reach above and below their baseline, in font sizes."""
SLACK = 0.25
"""Points that nobody sees."""
STEPS = 24
"""Points taken of each curve."""


@dataclass(frozen=True)
class Text:
    text: str
    at: Point
    size: float
    rectangle: Rectangle


@dataclass(frozen=True)
class Box:
    """`key` is its data-node, `kind` all of its class."""

    key: str
    kind: str
    outline: tuple[Point, ...]
    texts: tuple[Text, ...]

    @property
    def extent(self) -> Rectangle:
        return around(self.outline)

    @property
    def center(self) -> Point:
        left, top, right, bottom = self.extent
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True)
class Arrow:
    """Its lines as points close to each other, the width of its line, and the tips of its heads."""

    key: str
    lines: tuple[tuple[Point, ...], ...]
    width: float
    tips: tuple[Point, ...] = ()

    @property
    def ends(self) -> list[Point]:
        """The two ends that are farthest from each other."""
        points = [line[k] for line in self.lines for k in (0, -1)] + list(self.tips)
        return list(max(itertools.combinations(points, 2), key=lambda pair: math.dist(*pair)))


@dataclass(frozen=True)
class Drawing:
    size: Point
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    numbers: tuple[tuple[str, Text], ...] = ()
    """Texts on arrows, by the data-edge of the arrow."""
    others: tuple[Text, ...] = field(default=())
    """Titles, legends, names of scopes."""

    def box(self, text: str) -> Box:
        """The first box with a text."""
        return next(box for box in self.boxes if any(line.text == text for line in box.texts))


# ---------------------------------------------------------------- reading


def read(
    svg: str,
    widths: Widths = text_width,
    boxes: Sequence[str] = ("node", "symbol"),
    arrows: Sequence[str] = ("edge",),
    numbers: Sequence[str] = ("local",),
) -> Drawing:
    """What an SVG shows; the classes of its groups say what is what."""
    root = ET.fromstring(svg)
    found: dict[str, list[object]] = {"boxes": [], "arrows": [], "numbers": [], "others": []}
    for group in root.iter(f"{SVG}g"):
        kind, *_ = (group.get("class") or "").split() or [""]
        texts = tuple(_text(text, widths) for text in group.findall(f"{SVG}text"))
        paths = group.findall(f"{SVG}path")
        if kind in boxes:
            outline = tuple(itertools.chain(*_flat(paths[0].get("d", ""))))
            found["boxes"].append(Box(group.get("data-node", ""), group.get("class", ""), outline, texts))
        elif kind in arrows:
            found["arrows"].append(_arrow(group, paths))
        elif kind in numbers:
            found["numbers"] += [(group.get("data-edge", ""), text) for text in texts]
        else:
            found["others"] += texts
    size = float(root.get("width", "0")), float(root.get("height", "0"))
    return Drawing(size, **{kind: tuple(several) for kind, several in found.items()})  # type: ignore[arg-type]


def _arrow(group: ET.Element, paths: list[ET.Element]) -> Arrow:
    lines = [path for path in paths if path.get("fill") == "none"]
    heads = [path for path in paths if path.get("fill") != "none"]
    return Arrow(
        group.get("data-edge", ""),
        tuple(tuple(part) for line in lines for part in _flat(line.get("d", ""))),
        max((float(line.get("stroke-width", "1")) for line in lines), default=0.0),
        tuple(_flat(head.get("d", ""))[0][0] for head in heads),
    )


def _text(element: ET.Element, widths: Widths) -> Text:
    text, size = element.text or "", float(element.get("font-size", "0"))
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    width = widths(text, size, element.get("font-weight") == "bold")
    left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", "start"), 0.0)
    return Text(text, (x, y), size, (left, y - ABOVE * size, left + width, y + BELOW * size))


def _flat(d: str) -> list[list[Point]]:
    """The parts of a path as points on them."""
    parts: list[list[Point]] = []
    for letter, numbers in re.findall(r"([MLCAZ])([^MLCAZ]*)", d):
        values = [float(x) for x in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        points = list(zip(values[::2], values[1::2], strict=False))
        if letter == "M":
            parts.append(points[:1])
        elif letter == "L":
            start = parts[-1][-1]
            parts[-1] += [_between(start, points[0], k / STEPS) for k in range(1, STEPS + 1)]
        elif letter == "C":
            for k in range(0, len(points), 3):
                a, b, c, e = parts[-1][-1], *points[k : k + 3]
                parts[-1] += [_cubic(a, b, c, e, n / STEPS) for n in range(1, STEPS + 1)]
    return parts


def _between(a: Point, b: Point, t: float) -> Point:
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])


def _cubic(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    x, y = (sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
    return x, y


# ---------------------------------------------------------------- the widths that a browser reports

_MEASURE = """<!DOCTYPE html><meta charset="utf-8"><svg xmlns="http://www.w3.org/2000/svg" font-family="{family}"
text-rendering="geometricPrecision">{texts}</svg><pre id="widths"></pre><script>
document.getElementById("widths").textContent = JSON.stringify(
    [...document.querySelectorAll("text")].map(text => text.getComputedTextLength()));
</script>"""


def in_browser(svgs: Iterable[str]) -> Widths:
    """The widths of all texts of some SVGs, measured by chromium in one call; our own where there is none."""
    if CHROMIUM is None:
        return text_width
    keys = list(dict.fromkeys(key for svg in svgs for key in _keys(svg)))
    texts = "".join(
        f'<text xml:space="preserve" font-size="{size}" font-weight="{"bold" if bold else "normal"}">'
        f"{html.escape(text)}</text>"
        for text, size, bold in keys
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "texts.html"
        page.write_text(_MEASURE.format(family=FAMILIES, texts=texts), encoding="utf-8")
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                   "--dump-dom", page.as_uri()]  # fmt: skip
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120)
    answer = re.search(r'<pre id="widths">(.*?)</pre>', done.stdout, re.DOTALL)
    assert answer, done.stderr
    known = dict(zip(keys, json.loads(answer[1]), strict=True))
    return lambda text, size, bold: known[text, size, bold]


def _keys(svg: str) -> Iterator[Key]:
    for text in ET.fromstring(svg).iter(f"{SVG}text"):
        yield text.text or "", float(text.get("font-size", "0")), text.get("font-weight") == "bold"


# ---------------------------------------------------------------- what is wrong


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


def arrows_through_boxes(drawing: Drawing) -> list[str]:
    """Arrows within a box that they do not join, or well within one that they do."""
    wrong = []
    extents = [(box, box.extent, _grown(box.extent, 4)) for box in drawing.boxes]
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


def arrows_too_near(drawing: Drawing) -> list[str]:
    """Pairs of arrows nearer than a point for more than 12, but for the last 20 before a head.

    Two arrows that cross are near each other where they do: they may, unless it is at less than 2 degrees.  Where 16
    units are joined to 16 others, some straight arrows cross at 3 degrees, so they are within a point of each other for
    38, wherever the units stand; yet eyes can tell them apart.
    """
    sampled = [_dense(arrow) for arrow in drawing.arrows]
    wrong = []
    for a, b in _neighbours(sampled):
        length = _longest_near(sampled[a], sampled[b])
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
    reach = np.array([_grown(around(points), NEAR / 2) if len(points) > 1 else (0.0,) * 4 for points in curves])
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
    away = min(_to_segment(c, a, b), _to_segment(d, a, b), _to_segment(a, c, d), _to_segment(b, c, d))
    return away > NEAR + 0.5  # they may be 0.2 from straight


def _longest_near(first: list[Point], second: list[Point]) -> float:
    """The longest way of one curve along another, in points, without crossings."""
    one, two = np.array(first), np.array(second)
    left, top, right, bottom = _grown(around(second), NEAR)
    some = np.flatnonzero((one[:, 0] >= left) & (one[:, 0] <= right) & (one[:, 1] >= top) & (one[:, 1] <= bottom))
    if not len(some):
        return 0.0
    apart = np.hypot(one[some, None, 0] - two[None, :, 0], one[some, None, 1] - two[None, :, 1])
    nearest = apart.argmin(axis=1)
    pairs = [(int(i), int(j)) for i, j, far in zip(some, nearest, apart.min(axis=1), strict=True) if far < NEAR]
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
        yield from (_between(a, b, k / count) for k in range(count))


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


# ---------------------------------------------------------------- rectangles and outlines


def around(points: Iterable[Point]) -> Rectangle:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def within(r: Rectangle, p: Point) -> bool:
    return r[0] <= p[0] <= r[2] and r[1] <= p[1] <= r[3]


def contains(outline: Sequence[Point], point: Point) -> bool:
    """Whether a point lies within a polygon, by the crossings of a ray."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside


def _distance(point: Point, outline: Sequence[Point]) -> float:
    return min(_to_segment(point, a, b) for a, b in zip(outline, [*outline[1:], outline[0]], strict=True))


def _to_segment(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = min(max(((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length, 0.0), 1.0) if length else 0.0
    return math.dist(point, _between(a, b, t))


def _grown(r: Rectangle, by: float) -> Rectangle:
    return r[0] - by, r[1] - by, r[2] + by, r[3] + by


def _solids(drawing: Drawing) -> list[tuple[Rectangle, str]]:
    return [(box.extent, _name(box)) for box in drawing.boxes] + [
        (text.rectangle, repr(text.text)) for _, text in drawing.numbers
    ]


def _name(box: Box) -> str:
    return repr(box.texts[0].text) if box.texts else f"box {box.key}"
