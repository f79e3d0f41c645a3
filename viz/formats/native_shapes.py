"""Writes a drawing's groups as the native shapes of presentation programs: boxes that hold their text, and
connectors that are glued to them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..drawing.scene import Group, Path, Scene, Text
from ..style.shapes import Command, Point, Rectangle
from ..style.theme import Paint
from .drawingml import (
    BODY,
    around,
    at,
    clear_of,
    extent,
    fill,
    frame_of,
    geometry,
    item_frame,
    paragraphs,
    pen,
    place,
    properties,
)

__all__ = ["shapes"]

NEAR = 6.0
"""Points between an arrow's end and the box that it belongs to."""
STRAIGHT = 15.0
"""Points by which a line may curve and still be a straight connector, if no box is in its way then."""
HEAD = 16.0
"""Points from the end of a line to the tip of its head, at most."""
STEPS, CLEAR = 24, 2.0
"""Points of a line at which a box could be in its way, and how far a box has to stay away from them."""
FIRST_OWN = 4
"""Of the places on a box where connectors may be glued: the four before it are the middles of its sides,
which every program knows."""


def shapes(scene: Scene) -> str:
    """All that is drawn, from the back to the front, as the elements of a slide."""
    return _Slide(scene).written()


@dataclass(eq=False)
class _Box:
    """A box and its text: where it is, and where on its border connectors end."""

    number: int
    frame: Rectangle
    sites: list[Point] = field(default_factory=list)

    def away(self, point: Point) -> float:
        """How far a point is outside."""
        left, top, right, bottom = self.frame
        x, y = point
        return math.hypot(max(left - x, 0.0, x - right), max(top - y, 0.0, y - bottom))

    def site(self, point: Point) -> int:
        """The number of the place on the border where something is glued."""
        if point not in self.sites:
            self.sites.append(point)
        return FIRST_OWN + self.sites.index(point)


@dataclass(frozen=True)
class _Line:
    """An arrow's line from its tail to the tip of its head, and the kind of head at either end."""

    commands: tuple[Command, ...]
    paint: Paint
    begins: bool = False
    ends: bool = False
    is_double: bool = False

    @property
    def points(self) -> tuple[Point, Point]:
        return self.commands[0][1][0], self.commands[-1][1][-1]


class _Slide:
    """Numbers the shapes of one slide and glues its connectors."""

    def __init__(self, scene: Scene) -> None:
        self._groups, self._background, self._width = scene.groups, scene.background, scene.size[0]
        self._last = 1  # of the numbers that are given away: the slide itself has the first
        self._boxes = {
            k: _Box(self._next(), frame_of(group.paths[0].commands))
            for k, group in enumerate(self._groups)
            if _is_box(group)
        }
        self._heads = [
            frame_of(path.commands)
            for group in self._groups
            if _is_arrow(group)
            for path in group.paths
            if path.paint.fill != "none"
        ]

    def written(self) -> str:
        lines = {
            k: _lines(group, self._background) for k, group in enumerate(self._groups) if _is_arrow(group)
        }
        # arrows first, since they say where boxes have places to be glued to
        arrows = {
            k: "".join(self._line(line, group) for line in lines[k])
            for k, group in enumerate(self._groups)
            if k in lines
        }
        return "".join(arrows[k] if k in arrows else self._group(k) for k in range(len(self._groups)))

    def _next(self) -> int:
        self._last += 1
        return self._last

    # ------------------------------------------------------------ boxes and what else is no arrow

    def _group(self, k: int) -> str:
        group, parts = self._groups[k], list[str]()
        items: Iterable[Path | Text] = group.items
        if k in self._boxes:
            box, outline = self._boxes[k], group.paths[0]
            inside = [text for text in group.texts if text.text and _within(text, box.frame)]
            parts.append(self._shape(box.number, outline, _named(group), inside, box.sites))
            items = [item for item in group.items if item is not outline and item not in inside]
        if group.kind == "title":
            return self._words(group.texts, _named(group), is_title=True)
        for item in items:
            if isinstance(item, Path):
                parts.append(self._shape(self._next(), item, _named(group)))
            elif group.kind == "local" and item.text:
                parts.append(self._number(item, _named(group)))
            elif item.text:
                parts.append(self._words([item], _named(group)))
        return parts[0] if len(parts) == 1 else self._together(group, parts)

    def _together(self, group: Group, parts: Sequence[str]) -> str:
        """Several shapes that move as one."""
        if not parts:
            return ""
        left, top, right, bottom = around(item_frame(item) for item in group.items)
        corner, size = (left, top), (right - left, bottom - top)
        own = at("a:off", corner) + extent("a:ext", size) + at("a:chOff", corner) + extent("a:chExt", size)
        head = f"<p:nvGrpSpPr>{properties(self._next(), _named(group))}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        return f"<p:grpSp>{head}<p:grpSpPr><a:xfrm>{own}</a:xfrm></p:grpSpPr>{''.join(parts)}</p:grpSp>"

    def _shape(
        self,
        number: int,
        path: Path,
        named: tuple[str, str],
        texts: Sequence[Text] = (),
        sites: Sequence[Point] = (),
    ) -> str:
        """An outline, filled or not, with text in its middle."""
        frame = frame_of(path.commands)
        body = f"<p:txBody>{BODY}{paragraphs(texts)}</p:txBody>" if texts else ""
        head = f"<p:nvSpPr>{properties(number, named)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        look = place(frame) + geometry(path, frame, sites) + fill(path.paint.fill) + pen(path.paint)
        return f"<p:sp>{head}<p:spPr>{look}</p:spPr>{body}</p:sp>"

    def _number(self, text: Text, named: tuple[str, str]) -> str:
        """A number that covers its arrow, which the drawing interrupts there, and no head of any: its ground
        ends as far before its middle as behind it, since the text stays there."""
        frame = clear_of(item_frame(text), self._heads)
        return self._words([text], named, self._background if frame else "none", frame)

    def _words(
        self,
        texts: Sequence[Text],
        named: tuple[str, str],
        ground: str = "none",
        frame: Rectangle | None = None,
        is_title: bool = False,
    ) -> str:
        """Lines of text with no outline: a text box, or the title of the slide."""
        frame = frame or around(map(item_frame, texts))
        kind = '<p:cNvSpPr txBox="1"/><p:nvPr/>'
        if is_title:  # as wide as the slide: another program's letters may need more room
            frame = frame[0], frame[1], self._width - frame[0], frame[3]
            kind = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr>'
        head = f"<p:nvSpPr>{properties(self._next(), named)}{kind}</p:nvSpPr>"
        look = f'{place(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill(ground)}'
        body = f"<p:txBody>{BODY}{paragraphs(texts)}</p:txBody>"
        return f"<p:sp>{head}<p:spPr>{look}</p:spPr>{body}</p:sp>"

    # ------------------------------------------------------------ arrows

    def _line(self, line: _Line, group: Group) -> str:
        """A straight line as a connector; a curve keeps its course, which no connector can."""
        frame = frame_of(line.commands)
        stroke = pen(line.paint, line.begins, line.ends, line.is_double)
        if not self._may_be_straight(line):
            head = f"<p:nvSpPr>{properties(self._next(), _named(group))}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
            shape = place(frame) + geometry(Path(line.commands, line.paint), frame) + fill("none") + stroke
            return f"<p:sp>{head}<p:spPr>{shape}</p:spPr></p:sp>"
        (x, y), (to_x, to_y) = line.points
        flips = ' flipH="1"' * (to_x < x) + ' flipV="1"' * (to_y < y)
        frame = min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)
        glue = self._glue("a:stCxn", line.points[0]) + self._glue("a:endCxn", line.points[1])
        head = (
            f"<p:nvCxnSpPr>{properties(self._next(), _named(group))}"
            f"<p:cNvCxnSpPr>{glue}</p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr>"
        )
        straight = '<a:prstGeom prst="straightConnector1"><a:avLst/></a:prstGeom>'
        return f"<p:cxnSp>{head}<p:spPr>{place(frame, flips)}{straight}{stroke}</p:spPr></p:cxnSp>"

    def _may_be_straight(self, line: _Line) -> bool:
        """Whether a straight line looks the same, or nearly so and has its way free."""
        bend = _bend(line.commands)
        if not 1 <= bend <= STRAIGHT:
            return bend < 1
        (x, y), (to_x, to_y) = line.points
        points = [(x + k / STEPS * (to_x - x), y + k / STEPS * (to_y - y)) for k in range(STEPS + 1)]
        own = [self._box_at(end) for end in line.points]
        others = [box for box in self._boxes.values() if box not in own]
        return not any(box.away(point) < CLEAR for box in others for point in points)

    def _box_at(self, end: Point) -> _Box | None:
        """The box that an arrow begins or ends at."""
        box = min(self._boxes.values(), key=lambda box: box.away(end), default=None)
        return box if box is not None and box.away(end) <= NEAR else None

    def _glue(self, element: str, end: Point) -> str:
        box = self._box_at(end)
        return f'<{element} id="{box.number}" idx="{box.site(end)}"/>' if box else ""


def _named(group: Group) -> tuple[str, str]:
    """What the list of a slide's objects calls it, and what is read aloud."""
    number = dict(group.data).get("node", group.node)  # a network's diagram numbers its circles itself
    node = "" if number is None else f" {number}"
    operand = "" if group.operand is None else f":{group.operand}"
    kind = group.kind.split()[0]
    return f"{kind}{node}{operand}{' ' * bool(group.scope)}{group.scope}", group.description


def _is_box(group: Group) -> bool:
    """Whether it is a node: an outline, and the text in it."""
    return group.kind.split()[0] in ("node", "symbol") and bool(group.paths)


def _is_arrow(group: Group) -> bool:
    return group.kind.split()[0] in ("edge", "link")


def _lines(group: Group, background: str) -> list[_Line]:
    """The lines of an arrow, each of which may be in two parts, around a label, and end in a head.

    A double line is drawn as one with another over it that has the colour of the ground.
    """
    strokes = [path for path in group.paths if path.paint.fill == "none" and path.paint.stroke != "none"]
    parts = [path for path in strokes if path.paint.stroke != background]
    is_double = len(parts) < len(strokes)
    tips = [path.commands[0][1][0] for path in group.paths if path.paint.fill != "none"]
    lines: list[_Line] = []
    while parts:
        part = parts.pop(0)
        commands = part.commands
        if len(parts) + 1 > max(1, len(tips) - len(lines)):  # more parts than lines: the next belongs to it
            other = parts.pop(0).commands
            first, then = min(
                ((commands, other), (other, commands)),
                key=lambda pair: math.dist(_end(pair[0]), _start(pair[1])),
            )
            commands = (*first, ("L", (_start(then),)), *then[1:])
        start, end = _start(commands), _end(commands)
        ends, begins = _tip(end, start, tips), _tip(start, end, tips)
        if ends:
            commands = (*commands, ("L", (ends,)))
        if begins:
            commands = (("M", (begins,)), ("L", (_start(commands),)), *commands[1:])
        lines.append(_Line(commands, part.paint, bool(begins), bool(ends), is_double))
    return lines


def _start(commands: Sequence[Command]) -> Point:
    return commands[0][1][0]


def _end(commands: Sequence[Command]) -> Point:
    return commands[-1][1][-1]


def _tip(end: Point, other: Point, tips: Sequence[Point]) -> Point | None:
    """The tip of the head at one end of a line, if it has one there and not at the other."""
    tip = min(tips, key=lambda tip: math.dist(tip, end), default=None)
    return tip if tip and math.dist(tip, end) < min(HEAD, math.dist(tip, other)) else None


def _bend(commands: Sequence[Command]) -> float:
    """How far a line strays from the straight way between its ends, at most."""
    (x, y), (to_x, to_y) = _start(commands), _end(commands)
    length = math.hypot(to_x - x, to_y - y) or 1.0
    points = [point for _, points in commands for point in points]
    return max(abs((px - x) * (to_y - y) - (py - y) * (to_x - x)) / length for px, py in points)


# ---------------------------------------------------------------- where things are


def _within(text: Text, frame: Rectangle) -> bool:
    """Whether a text stands in the middle of a box, or on a line with others in it, and not beside it."""
    (x, y), (left, top, right, bottom) = text.at, frame
    is_inside = abs(x - (left + right) / 2) < 1
    if text.anchor != "middle":
        is_inside = left < x < x + text.width < right + 1
    return is_inside and top < y < bottom
