"""The arrows of a network, straight or as arcs over columns, and the numbers on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...drawing.rows import rounded
from ...drawing.scene import Group, Path
from ...style.shapes import SHAPES, Point
from ...style.theme import Font, Paint
from ...words.numbers import Numbers
from ..net import End, Link
from . import arcs
from .labels import MANY, Label, crossings, settle
from .looks import Looks
from .places import Places
from .shapes import arrow, base, curve, head, line
from .texts import READABLE, Sizes, text, wide
from .units import Circles

__all__ = ["Arrows", "returning"]

GAP = 1.5
"""Between the border of a circle and the ends of arrows."""
PARALLEL = 6.0
"""Between arrows that join the same circles, on circles of radius 20."""
MOST_NUMBERS = 36
"""Arrows into a column up to which `weights="auto"` looks for room for their numbers."""
MOST_SCATTERED = 12
"""The same where the numbers do not stand in line."""
BESIDE_ROW, BRACKET, AROUND = 5.0, 4.0, 14.0
"""Of the line from the end of a row to the next: where it begins and turns, and its bracket."""
CROSSED = 0.6
"""Arrows close to a number that are accepted, on the average."""


@dataclass(frozen=True)
class _Way:
    """A link with its place: a straight way, or an arc with the stretch of it that is level."""

    link: Link
    tail: Point
    tip: Point
    points: tuple[Point, ...] = ()
    along: Point = (0.0, 0.0)


class Arrows:
    """The links between units that are shown."""

    def __init__(self, links: Sequence[Link], places: Places, looks: Looks, circles: Circles) -> None:
        self._places, self._looks, self._circles = places, looks, circles
        self._scale = looks.scale
        self._tracks = arcs.passing(links)
        self._levels = arcs.between_rows(list(self._tracks), places, circles.kept_free)
        self._ways = list(self._routes(links))
        self.left_out = 0
        """Numbers that have been asked for and found no place."""

    def _routes(self, links: Sequence[Link]) -> Iterator[_Way]:
        several: dict[tuple[End, End], list[Link]] = {}
        for link in links:
            several.setdefault((link.tail, link.head), []).append(link)
        lanes: dict[tuple[int, int], list[int]] = {}
        for link in sorted(self._tracks, key=lambda link: link.tail[1]):
            rows = lanes.setdefault((link.tail[0], link.head[0]), [])
            rows += [] if link.tail[1] in rows else [link.tail[1]]
        for link in links:
            if link in self._tracks:
                lane = lanes[link.tail[0], link.head[0]].index(link.tail[1])
                yield self._arc(link, lane)
            else:
                alike = several[link.tail, link.head]
                yield self._straight(link, alike.index(link) - (len(alike) - 1) / 2)

    def _straight(self, link: Link, lane: float) -> _Way:
        """From circle to circle, beside others that join the same two."""
        (xa, ya), (xb, yb) = self._places.centers[link.tail], self._places.centers[link.head]
        small = self._circles.piece(link.head, link.piece)
        if small:
            (xb, yb), lane = small[0], 0.0
        length = math.hypot(xb - xa, yb - ya)
        dx, dy = (xb - xa) / length, (yb - ya) / length
        aside = lane * min(PARALLEL * self._scale, 0.5 * self._places.radius)
        r = math.sqrt(self._places.radius**2 - aside**2) + GAP
        x, y = -aside * dy, aside * dx
        tail = (round(xa + x + r * dx, 2), round(ya + y + r * dy, 2))
        r = small[1] + GAP if small else r
        return _Way(link, tail, (round(xb + x - r * dx, 2), round(yb + y - r * dy, 2)))

    def _arc(self, link: Link, lane: int) -> _Way:
        if between := self._levels.get(link):
            points, along = arcs.over(link, self._places, between)
            return _Way(link, points[3], points[5], points, along)
        top = self._places.area[1] - arcs.NEAREST - self._looks.scale * 2
        track = top - arcs.spacing(self._tracks) * self._tracks[link]
        points, along = arcs.route(link, self._places, track, lane)
        level = [point for point in points if point[1] == track]
        return _Way(link, level[0], level[-1], points, along)

    def groups(self) -> Iterator[Group]:
        """The arrows, those that pass nothing on behind the others, arcs in front."""
        for way in sorted(self._ways, key=lambda way: (not self._looks.fades(way.link), bool(way.points))):
            yield self._group(way)

    def _group(self, way: _Way) -> Group:
        link, paint = way.link, self._looks.arrow(way.link)
        if way.points:
            *before, tip = way.points
            end = base(tip, way.along, self._scale)
            items: tuple[Path, ...] = (
                Path(curve(*before, end), paint),
                head(tip, way.along, paint, self._scale),
            )
        else:
            items = arrow(way.tail, way.tip, paint, self._scale)
        return Group(f"link {link.kind}", items, self._circles.told_link(link), data=self._data(link))

    def _data(self, link: Link) -> tuple[tuple[str, str], ...]:
        ends = self._circles.ids(link)
        factor = () if link.factor == 1 else (("factor", repr(link.factor)),)
        return (("tail", ends[0]), ("head", ends[1]), *self._circles.data(link.weight), *factor)

    # ---------------------------------------------------------------- numbers

    def numbers(self, words: str, precision: int) -> Iterator[Group]:
        """The numbers on the arrows into each column, if there is room for all or they are insisted on."""
        if words in ("width", "none"):
            return
        layers: dict[tuple[int, bool], list[_Way]] = {}
        for way in self._ways:
            layers.setdefault((way.link.head[0], bool(way.points)), []).append(way)
        for layer in layers.values():
            yield from self._layer(layer, words, precision)

    def _layer(self, ways: Sequence[_Way], words: str, precision: int) -> Iterator[Group]:
        insisted = words != "auto"
        _, top, _, bottom = self._places.area
        if not insisted and len(ways) > min(MOST_NUMBERS, (bottom - top) / READABLE):
            return
        left, right = min(way.tail[0] for way in ways), max(way.tip[0] for way in ways)
        beyond = 2.5 * self._places.radius
        circles = [c for c in self._places.centers.values() if left - beyond < c[0] < right + beyond]
        near = [box for box in self._circles.texts_beside if left < box[2] and box[0] < right]
        others = [way for way in self._ways if way.points and way not in ways]
        near += [(x, y, x, y) for way in others for x, y in arcs.sampled(way.points) if left < x < right]
        size = Sizes(self._places.radius).number.size
        sizes = [(Font(size), digits) for digits in range(precision, 1, -1)] if len(ways) <= MANY else []
        for font, digits in [*sizes, (Font(READABLE), min(precision, 2))]:
            texts = [self._words(way.link, words, digits) for way in ways]
            least = wide("−0." + "8" * digits, font) if self._known(ways, words) else 0.0
            labels = [
                Label(way.tail, way.tip, (max(wide(text, font), least if text else 0.0), 0.95 * font.size))
                for way, text in zip(ways, texts, strict=True)
            ]
            written = [k for k, text in enumerate(texts) if text]
            if not written:
                return
            scattered = insisted or len(written) <= MOST_SCATTERED
            points = settle(labels, written, circles, self._places.radius + 1, near, scattered)
            if None not in points and crossings(labels, written, points) <= CROSSED * len(written):
                break
        else:
            if not insisted:
                return
        for k, point in zip(written, points, strict=True):
            if point:
                yield self._number(ways[k].link, texts[k], point, font)
            else:
                self.left_out += 1

    def _known(self, ways: Iterable[_Way], words: str) -> bool:
        return words != "names" and any(self._looks.number(way.link.weight) is not None for way in ways)

    def _words(self, link: Link, words: str, digits: int) -> str:
        number = self._looks.number(link.weight)
        if link.weight is None:
            return "" if link.factor in (0, 1) else f"× {Numbers(digits)(link.factor)}"
        if number is None:
            return link.weight.name if self._looks.named else ""
        return link.weight.name if words == "names" else Numbers(digits)(number)

    def _number(self, link: Link, words: str, point: Point, font: Font) -> Group:
        """On a ground that keeps the arrow out of it."""
        theme, line = self._looks.theme, self._looks.arrow(link)
        ground = Paint(theme.background, "none", 0.0)
        size = (wide(words, font) + 2.4, font.size * 1.02)
        color = theme.dim if self._looks.fades(link) or link.weight is None else line.stroke
        items = (Path(SHAPES["op"].path(point, size), ground), text(words, point, font, color))
        tail, head = self._circles.ids(link)
        return Group("number", items, data=(("tail", tail), ("head", head)))


def returning(before: Places, row: Places, level: float, paint: Paint) -> Group:
    """A line from the last column of a row to the first one of the next, which is the same: level between
    them, with a bracket where a column has several units."""
    column = before.here[-1]
    items: list[Path] = []
    ends: list[Point] = []
    for places, side in ((before, 1), (row, -1)):
        own = [center for end, center in places.centers.items() if end[0] == column]
        top, bottom = min(y for _, y in own), max(y for _, y in own)
        x, r = places.columns[column] + side * (places.radius + BESIDE_ROW), places.radius
        if len(own) > 1:
            inner = x - side * BRACKET
            corners = (inner, top - r), (x, top - r), (x, bottom + r), (inner, bottom + r)
            items.append(Path(line(*corners), paint))
        ends.append((x, (top + bottom) / 2))
    (right, y0), (left, y1) = ends
    out, back, tip = right + AROUND, left - AROUND, (left, y1)
    corner = [(right, y0), (out, y0), (out, level), (back, level), (back, y1), base(tip, (1.0, 0.0), 1.0)]
    items += [Path(curve(*rounded(corner)), paint), head(tip, (1.0, 0.0), paint)]
    return Group("return", tuple(items), data=(("column", str(column)),))
