"""From what a picture says, and where Graphviz put it, to shapes and colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from microgrid.base.phrases import Say, said, speaker
from microgrid.naming.scopes import scope_name

from ..options import Options
from ..picture import looks
from ..picture.boxes import Arrow, Box, Line, Picture
from ..placement import curves
from ..style.shapes import SHAPES, Command, Point, Rectangle, polygon
from ..style.text import clean, shorten, wrap
from ..style.theme import FONTS, THEMES, Paint, Theme
from .layout import SCOPE_MARGIN, Layout
from .legends import blocks
from .lettering import BASELINE, letter, measure, sign_of_box
from .scene import Group, Path, Scene, Text

__all__ = [
    "ARROW_HALF",
    "ARROW_LENGTH",
    "IN_HEAD",
    "MARGIN",
    "SCOPE_SIDE",
    "around_it",
    "arrow_head",
    "extent",
    "moved_title",
    "paint",
    "title_lines",
]

MARGIN = 24.0
SCOPE_SIDE = SCOPE_MARGIN * 0.6
BELOW_TITLE = 14.0
ARROW_LENGTH, ARROW_HALF = 10.0, 4.3
IN_HEAD = 0.85
"""How much of an arrowhead its line ends before the tip."""
EDGE_WIDTH = 1.5
THINNEST, WIDEST = 0.5, 3.0
"""Of arrows whose width stands for a number."""
LANE = 4.6
"""Between the lines of routes that go the same way."""
LONGEST_SCOPE = 60
MOST_PASSING = 400
"""Arrows up to which the names of scopes keep out of their way: in larger pictures nobody sees it."""
NARROWEST_TITLE = 360.0
"""A title has room for some thirty characters, however small the picture."""
SMALLER_TITLES = (0.05, 0.1, 0.15, 0.2, 0.25)
"""By which shares of its size a title may be smaller, for the sake of a line less."""

Outline = Callable[[Point], float]
"""How far a point is outside a box."""


def paint(
    picture: Picture,
    layout: Layout,
    options: Options,
    least_width: float = 0.0,
    is_walk: bool = False,
    page: Point | None = None,
    margin: float = MARGIN,
) -> Scene:
    """Draw a picture whose boxes have their places, in the middle of a page of at least this width.

    `is_walk`: whether it is the picture that the frames of a walk are made from.  A `page` of a given size
    has the title at its top and the legend at its bottom, wherever the picture ends.
    """
    theme, say = THEMES[options.theme], speaker(options.lang)
    scopes = _scopes(picture, layout)
    left, top, right, bottom = extent(picture, layout, scopes)
    wide = max(right - left, least_width, NARROWEST_TITLE) if page is None else page[0] - 2 * margin
    below = blocks(picture, options, theme, wide, is_walk)
    width = max(right - left, *(block.size[0] for block in below), least_width)
    room = max(width, NARROWEST_TITLE) if page is None else page[0] - 2 * margin
    lines, above = _above(options, room)
    width = max(width, *(line.width for line in lines), 0.0) if page is None else room
    foot = sum(block.size[1] for block in below)
    height = bottom - top if page is None else page[1] - 2 * margin - above - foot
    x = margin + (width - (right - left)) / 2 - left
    y = margin + above + (height - (bottom - top)) / 2 - top
    end = margin + above + height
    layout = layout.moved(x, y)
    scopes = {path: _moved(rectangle, x, y) for path, rectangle in scopes.items()}
    groups = [_scope(path, rectangle, picture, theme, say) for path, rectangle in scopes.items()]
    outlines = {box.name: _outline(box, layout.centers[box.name], picture, theme) for box in picture.boxes}
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        groups += _arrow(arrow, route, outlines, layout, picture, theme)
    few = scopes and len(layout.curves) <= MOST_PASSING
    passing = curves.sampled(layout.curves if few else [], 2.0)[:2]
    groups += [
        _scope_name(said(picture.scopes.get(path, path[-1]), options.lang), rectangle, theme, passing)
        for path, rectangle in scopes.items()
    ]
    groups += [_box(box, layout.centers[box.name], picture, theme) for box in picture.boxes]
    if lines:
        groups.append(moved_title(lines, margin, margin))
    for block in below:
        groups.append(block.group(margin, end))
        end += block.size[1]
    return Scene(
        size=(round(width + 2 * margin, 2), round(end + margin, 2)),
        background=theme.background,
        title=clean(options.title or "") or picture.title,
        description=picture.sentence,
        groups=tuple(groups),
        lang=options.lang,
    )


def extent(
    picture: Picture, layout: Layout, scopes: Mapping[tuple[str, ...], Rectangle] | None = None
) -> Rectangle:
    """What boxes, arrows and scopes take up."""
    frames = _scopes(picture, layout) if scopes is None else scopes
    rectangles = [*frames.values()]
    for box in picture.all_boxes:
        (x, y), (w, h) = layout.centers[box.name], box.size
        rectangles.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    rectangles += [(x, y, x, y) for route in layout.curves for curve in route for x, y in curve]
    return _around(rectangles)


def around_it(picture: Picture, options: Options, width: float, is_walk: bool = False) -> Point:
    """Of the title above and the legend below a picture on a page of this width: the width that they need,
    and their height."""
    below = blocks(picture, options, THEMES[options.theme], width, is_walk)
    _, above = _above(options, width)
    return max([0.0, *(block.size[0] for block in below)]), above + sum(block.size[1] for block in below)


# ---------------------------------------------------------------- boxes


def _box(box: Box, center: Point, picture: Picture, theme: Theme) -> Group:
    look = looks.of(picture, box, theme)
    outline = Path(box.shape.path(center, box.size), look.paint)
    kind = f"node {box.kind}{' root' if box is picture.root else ''}" if box.kind != "symbol" else "symbol"
    text_theme = theme.faded if picture.is_faded(box) else theme
    mark = sign_of_box(look.sign, box.shape, outline, text_theme)
    lines = _lines(box, center, text_theme, look.text)
    return Group(kind, (outline, *mark, *lines), box.description, box.node)


def _lines(box: Box, center: Point, theme: Theme, color: str | None = None) -> list[Text]:
    """The lines of text, stacked around the centre."""
    return [
        letter(line, (center[0] + x, center[1] + y + BASELINE * line.font.size), theme, anchor, color)
        for line, (x, y), anchor in box.places
        if line.text
    ]


# ---------------------------------------------------------------- arrows


def _arrow(
    arrow: Arrow,
    route: tuple[curves.Curve, ...],
    outlines: dict[str, Outline],
    layout: Layout,
    picture: Picture,
    theme: Theme,
) -> list[Group]:
    """The line, in two parts if a label interrupts it, its head, and the label."""
    lanes: list[int | None] = [None]
    if picture.emphasis and not picture.emphasis.shows(arrow.edges):
        theme = theme.faded if arrow.edges or picture.is_faded(arrow.head) else theme
        lanes = [*picture.emphasis.through(arrow.head.node)] if arrow.is_bond else []
    elif picture.emphasis:
        lanes = [*picture.emphasis.lines(arrow.edges)]
    lanes = lanes or [None]
    width = EDGE_WIDTH if arrow.strength is None else THINNEST + (WIDEST - THINNEST) * arrow.strength
    lines, heads = list[Path](), list[Path]()
    for n, lane in enumerate(lanes):
        line = Paint("none", theme.edge, width) if lane is None else theme.routes[lane]
        parts = [curves.beside(curve, (n - (len(lanes) - 1) / 2) * LANE) for curve in route]
        # The layout's curves go from centre to centre: cut them at the boxes, and the line inside the head.
        parts[0] = curves.trim(parts[0], outlines[arrow.tail.name])
        back = curves.trim(curves.reverse(parts[-1]), outlines[arrow.head.name])
        shaft = curves.trim(back, curves.beyond(back[0], ARROW_LENGTH * IN_HEAD))
        parts[-1] = curves.reverse(shaft)
        shapes = [_path(part) for part in parts]
        if arrow.label and arrow.label.is_blank:  # nothing stands in the gap
            shapes = [(*shapes[0], ("L", parts[-1][:1]), *shapes[-1][1:])]
        lines = [*(Path(shape, line) for shape in reversed(shapes)), *lines]
        heads.append(arrow_head(back[0], shaft[0], line.stroke))
    node = arrow.edges[0].node if arrow.edges else arrow.head.node
    data = () if lanes == [None] else (("route", "true"),)
    groups = [Group("edge", (*lines, *heads), node=node, operand=arrow.operand, data=data)]
    if arrow.label and not arrow.label.is_blank:
        texts = _lines(arrow.label, layout.centers[arrow.label.name], theme)
        description = arrow.label.description
        groups.append(Group("local", tuple(texts), description, node, arrow.operand))
    return groups


def _outline(box: Box, center: Point, picture: Picture, theme: Theme) -> Outline:
    """That of a box, border included."""
    shape, border = box.shape, looks.of(picture, box, theme).paint.width
    size = (box.size[0] + border, box.size[1] + border)
    return lambda point: shape.outside(center, size, point)


def _path(curve: curves.Curve) -> tuple[Command, ...]:
    return (("M", curve[:1]), *(("C", curve[i : i + 3]) for i in range(1, len(curve), 3)))


def arrow_head(tip: Point, base: Point, color: str, size: float = 1.0) -> Path:
    """An arrowhead at `tip`, coming from `base`."""
    length = math.dist(tip, base) or 1.0
    dx, dy = (tip[0] - base[0]) / length, (tip[1] - base[1]) / length
    back = (tip[0] - size * ARROW_LENGTH * dx, tip[1] - size * ARROW_LENGTH * dy)
    half = size * ARROW_HALF
    sides = [(back[0] + side * dy * half, back[1] - side * dx * half) for side in (1, -1)]
    return Path(polygon(tip, *sides), Paint(color, "none", 0.0))


# ---------------------------------------------------------------- scopes


def _scopes(picture: Picture, layout: Layout) -> dict[tuple[str, ...], Rectangle]:
    """The rectangle around each scope, the outer before the inner."""
    members: dict[tuple[str, ...], list[Rectangle]] = {}
    for box in picture.boxes if layout.placed else picture.all_boxes:
        (x, y), (w, h) = layout.centers[box.name], box.size
        for depth in range(1, len(box.scope) + 1):
            members.setdefault(box.scope[:depth], []).append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    frames: dict[tuple[str, ...], Rectangle] = {}
    for path in sorted(members, key=len, reverse=True):
        inner = [rectangle for other, rectangle in frames.items() if other[:-1] == path]
        left, top, right, bottom = _around(members[path] + inner)
        side = SCOPE_SIDE
        frames[path] = (left - side, top - SCOPE_MARGIN, right + side, bottom + side)  # above: its name
    return dict(sorted(frames.items()))


def _scope(path: tuple[str, ...], rectangle: Rectangle, picture: Picture, theme: Theme, say: Say) -> Group:
    left, top, right, bottom = rectangle
    center, size = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
    frame = Path(SHAPES["op"].path(center, size), theme.scope)
    return Group(
        "scope", (frame,), say("scope {scope}", scope=scope_name(picture.scopes, path)), scope="/".join(path)
    )


def _scope_name(name: str, rectangle: Rectangle, theme: Theme, passing: Any) -> Group:
    """The name at the top, on a ground that keeps the arrows out of it: at the left, or where fewer of them
    are `passing`, by arrays of their points' x and y, at the right or in the middle."""
    left, top, right, _ = rectangle
    line = Line(_fitting(name, right - left - 14), "scope")
    width, bottom = letter(line, (0.0, 0.0), theme).width, top + line.font.leading + 1
    x, y = passing
    here = x[(top < y) & (y < bottom) & (left < x) & (x < right)].tolist()

    def crossed(start: float) -> int:
        return sum(start - 4 < each < start + width + 4 for each in here)

    start = min((left + 8, right - 8 - width, (left + right - width) / 2), key=crossed)
    text = letter(line, (start, top + line.font.size + 2), theme, anchor="start")
    near, far = start - 4, start + 4 + width
    ground = polygon((near, top + 2), (far, top + 2), (far, bottom), (near, bottom))
    return Group("scope-name", (Path(ground, Paint(theme.scope.fill, "none", 0.0)), text))


def _fitting(name: str, width: float) -> str:
    """A scope's name, cut to the width of its rectangle."""
    limit = LONGEST_SCOPE
    while limit > 1 and measure(shorten(name, limit), "scope") > width:
        limit -= 1
    return shorten(name, limit)


def _around(rectangles: list[Rectangle]) -> Rectangle:
    lefts, tops, rights, bottoms = zip(*rectangles, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _moved(rectangle: Rectangle, x: float, y: float) -> Rectangle:
    return rectangle[0] + x, rectangle[1] + y, rectangle[2] + x, rectangle[3] + y


# ---------------------------------------------------------------- title


def title_lines(title: str, room: float, theme: Theme, size: float = FONTS["title"].size) -> list[Text]:
    """A title in lines of this width, placed from its corner on; somewhat smaller if it needs a line less
    then."""

    def lines(size: float) -> list[str]:
        scale = size / FONTS["title"].size
        return wrap(title, lambda line: scale * measure(line, "title") <= room) if title else []

    sizes = [round(size * (1 - share), 2) for share in SMALLER_TITLES]
    size = next((smaller for smaller in sizes if len(lines(smaller)) < len(lines(size))), size)
    said = [Line(line, "title", size) for line in lines(size)]
    places = [(0.0, size + row * line.font.leading) for row, line in enumerate(said)]
    return [letter(line, at, theme, anchor="start") for line, at in zip(said, places, strict=True)]


def _above(options: Options, room: float) -> tuple[list[Text], float]:
    """The title, and the height that is kept for it."""
    lines = title_lines(clean(options.title or ""), room, THEMES[options.theme])
    return lines, sum(line.font.leading for line in lines) + BELOW_TITLE * bool(lines)


def moved_title(lines: list[Text], left: float, top: float) -> Group:
    """The title with its corner at a place."""
    return Group("title", tuple(replace(line, at=(left + line.at[0], top + line.at[1])) for line in lines))
