"""An SVG read back into boxes, arrows and texts, with the widths that a browser reports."""

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
            parts[-1] += [between(start, points[0], k / STEPS) for k in range(1, STEPS + 1)]
        elif letter == "C":
            for k in range(0, len(points), 3):
                a, b, c, e = parts[-1][-1], *points[k : k + 3]
                parts[-1] += [_cubic(a, b, c, e, n / STEPS) for n in range(1, STEPS + 1)]
    return parts


def between(a: Point, b: Point, t: float) -> Point:
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


def to_segment(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = min(max(((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length, 0.0), 1.0) if length else 0.0
    return math.dist(point, between(a, b, t))


def grown(r: Rectangle, by: float) -> Rectangle:
    return r[0] - by, r[1] - by, r[2] + by, r[3] + by
