"""From what a picture says, and where Graphviz put it, to shapes and colours."""

from __future__ import annotations

import math
from dataclasses import replace

from . import curves
from .layout import SCOPE_MARGIN, Layout
from .metrics import text_width
from .options import Options
from .picture import Arrow, Box, Line, Picture
from .scene import Group, Path, Scene, Text
from .shapes import SHAPES, Point, polygon
from .text import clean, shorten, wrap
from .theme import FONTS, THEMES, Paint, Theme

__all__ = ["paint"]

MARGIN = 24.0
ARROW_LENGTH, ARROW_HALF = 10.0, 4.3
BASELINE = 0.36
"""How far below the middle of a line its baseline is, in font sizes: half the height of a capital."""

LEGEND = {"input": "input", "parameter": "parameter", "op": "operation", "constant": "constant"}
NO_BORDER = Paint("none", "none", 0.0)
SWATCH, LEGEND_GAP, LEGEND_HEIGHT = (34.0, 18.0), 22.0, 44.0
LONGEST_SCOPE = 60
NARROWEST_TITLE = 360.0
"""A title has room for some thirty characters, however small the picture."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def paint(picture: Picture, layout: Layout, options: Options, least_width: float = 0.0) -> Scene:
    """Draw a picture whose boxes have their places, in the middle of a page of at least this width."""
    theme = THEMES[options.theme]
    scopes = _scopes(picture, layout)
    left, top, right, bottom = _around([(0.0, 0.0, *layout.size), *scopes.values()])
    legend = [kind for kind in LEGEND if any(box.kind == kind for box in picture.boxes)] if options.legend else []
    width = max(right - left, _legend_width(legend), least_width)
    title = clean(options.title or "")
    title_lines = wrap(title, lambda line: _measure(line, "title") <= max(width, NARROWEST_TITLE)) if title else []
    above = FONTS["title"].leading * len(title_lines) + 14 if title_lines else 0.0
    width = max(width, *(_measure(line, "title") for line in title_lines), 0.0)
    x, y = MARGIN + (width - (right - left)) / 2 - left, MARGIN + above - top
    end = y + bottom + (LEGEND_HEIGHT if legend else 0.0)
    layout = layout.moved(x, y)
    scopes = {path: _moved(rectangle, x, y) for path, rectangle in scopes.items()}
    groups = [_scope(path, rectangle, theme) for path, rectangle in scopes.items()]
    for arrow, route in zip(picture.arrows, layout.curves, strict=True):
        groups += _arrow(arrow, route, layout, theme, arrow.head is picture.root)
    groups += [_scope_name(path, rectangle, theme) for path, rectangle in scopes.items()]
    groups += [_box(box, layout.centers[box.name], theme, box is picture.root) for box in picture.boxes]
    if title_lines:
        groups.append(_title(title_lines, theme))
    if legend:
        groups.append(_legend(legend, MARGIN, end - SWATCH[1] / 2, theme))
    return Scene(
        size=(round(width + 2 * MARGIN, 2), round(end + MARGIN, 2)),
        background=theme.background,
        title=title or f"Computational graph of {picture.heading}",
        description=picture.sentence,
        groups=tuple(groups),
    )


# ---------------------------------------------------------------- boxes


def _box(box: Box, center: Point, theme: Theme, is_root: bool) -> Group:
    look = _border(box, theme, is_root)
    outline = Path(box.shape.path(center, box.size), look)
    kind = f"node {box.kind}{' root' if is_root else ''}" if box.kind != "symbol" else "symbol"
    return Group(kind, (outline, *_lines(box, center, theme)), box.description, box.node)


def _border(box: Box, theme: Theme, is_root: bool) -> Paint:
    look = theme.boxes.get(box.kind, NO_BORDER)
    return replace(look, width=theme.root_width) if is_root else look


def _lines(box: Box, center: Point, theme: Theme) -> list[Text]:
    """The lines of text, stacked around the centre."""
    y = center[1] - box.text_size[1] / 2
    texts = []
    for line in box.lines:
        middle = y + line.font.leading / 2
        texts.append(_text(line, (center[0], middle + BASELINE * line.font.size), theme))
        y += line.font.leading
    return texts


def _text(line: Line, at: Point, theme: Theme, anchor: str = "middle") -> Text:
    place = (round(at[0], 2), round(at[1], 2))
    return Text(place, line.text, line.font, theme.ink(line.kind), _measure(line.text, line.kind), anchor)


def _measure(text: str, kind: str) -> float:
    return text_width(text, FONTS[kind].size, FONTS[kind].bold)


# ---------------------------------------------------------------- arrows


def _arrow(arrow: Arrow, route: tuple[curves.Curve, ...], layout: Layout, theme: Theme, to_root: bool) -> list[Group]:
    """The line, in two parts if a label interrupts it, its head, and the label."""
    boxes = [box for box in (arrow.tail, arrow.label, arrow.head) if box]
    items: list[Path] = []
    line = Paint("none", theme.edge, 1.5)
    for tail, head, curve in zip(boxes, boxes[1:], route, strict=False):
        curve = _trimmed(curve, tail, layout, _border(tail, theme, False))
        border = _border(head, theme, to_root and head is arrow.head)
        curve = curves.reverse(_trimmed(curves.reverse(curve), head, layout, border))
        if head is arrow.head:
            tip = curve[-1]
            curve = curves.reverse(curves.trim(curves.reverse(curve), curves.within(tip, ARROW_LENGTH * 0.85)))
            items.append(_head(tip, curve[-1], theme))
        items.insert(0, Path((("M", curve[:1]), *_cubics(curve)), line))
    groups = [Group("edge", tuple(items), node=arrow.head.node, operand=arrow.operand)]
    if arrow.label:
        texts = _lines(arrow.label, layout.centers[arrow.label.name], theme)
        description = arrow.label.description
        groups.append(Group("local", tuple(texts), description, arrow.label.node, arrow.operand))
    return groups


def _trimmed(curve: curves.Curve, box: Box, layout: Layout, border: Paint) -> curves.Curve:
    """A curve from where it leaves its first box, border included."""
    center, shape = layout.centers[box.name], box.shape
    size = (box.size[0] + border.width, box.size[1] + border.width)
    return curves.trim(curve, lambda point: shape.contains(center, size, point))


def _cubics(curve: curves.Curve) -> list[tuple[str, tuple[Point, ...]]]:
    return [("C", curve[i : i + 3]) for i in range(1, len(curve), 3)]


def _head(tip: Point, base: Point, theme: Theme) -> Path:
    """An arrowhead at `tip`, coming from `base`."""
    length = math.dist(tip, base) or 1.0
    dx, dy = (tip[0] - base[0]) / length, (tip[1] - base[1]) / length
    back = (tip[0] - ARROW_LENGTH * dx, tip[1] - ARROW_LENGTH * dy)
    sides = [(back[0] + side * dy * ARROW_HALF, back[1] - side * dx * ARROW_HALF) for side in (1, -1)]
    return Path(polygon(tip, *sides), Paint(theme.edge, "none", 0.0))


# ---------------------------------------------------------------- scopes


def _scopes(picture: Picture, layout: Layout) -> dict[tuple[str, ...], Rectangle]:
    """The rectangle around each scope, the outer before the inner."""
    members: dict[tuple[str, ...], list[Rectangle]] = {}
    for box in picture.all_boxes:
        (x, y), (w, h) = layout.centers[box.name], box.size
        for depth in range(1, len(box.scope) + 1):
            members.setdefault(box.scope[:depth], []).append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    found: dict[tuple[str, ...], Rectangle] = {}
    for path in sorted(members, key=len, reverse=True):
        inner = [rectangle for other, rectangle in found.items() if other[:-1] == path]
        left, top, right, bottom = _around(members[path] + inner)
        side = SCOPE_MARGIN * 0.6
        found[path] = (left - side, top - SCOPE_MARGIN, right + side, bottom + side)
    return dict(sorted(found.items()))


def _scope(path: tuple[str, ...], rectangle: Rectangle, theme: Theme) -> Group:
    left, top, right, bottom = rectangle
    center, size = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
    return Group("scope", (Path(SHAPES["op"].path(center, size), theme.scope),), "scope " + "/".join(path))


def _scope_name(path: tuple[str, ...], rectangle: Rectangle, theme: Theme) -> Group:
    """The name in the upper left corner, on a ground that keeps the arrows out of it."""
    left, top, right, _ = rectangle
    name = Line(_fitting(path[-1], right - left - 14), "scope")
    text = _text(name, (left + 8, top + name.font.size + 2), theme, anchor="start")
    near, far, bottom = left + 4, left + 12 + text.width, top + name.font.leading + 1
    ground = polygon((near, top + 2), (far, top + 2), (far, bottom), (near, bottom))
    return Group("scope-name", (Path(ground, Paint(theme.scope.fill, "none", 0.0)), text))


def _fitting(name: str, width: float) -> str:
    """A scope's name, cut to the width of its rectangle."""
    limit = LONGEST_SCOPE
    while limit > 1 and _measure(shorten(name, limit), "scope") > width:
        limit -= 1
    return shorten(name, limit)


def _around(rectangles: list[Rectangle]) -> Rectangle:
    lefts, tops, rights, bottoms = zip(*rectangles, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _moved(rectangle: Rectangle, x: float, y: float) -> Rectangle:
    return rectangle[0] + x, rectangle[1] + y, rectangle[2] + x, rectangle[3] + y


# ---------------------------------------------------------------- title and legend


def _title(lines: list[str], theme: Theme) -> Group:
    font = FONTS["title"]
    places = [(MARGIN, MARGIN + font.size + row * font.leading) for row in range(len(lines))]
    texts = [_text(Line(line, "title"), at, theme, anchor="start") for line, at in zip(lines, places, strict=True)]
    return Group("title", tuple(texts))


def _legend_width(kinds: list[str]) -> float:
    return sum(SWATCH[0] + 8 + _measure(LEGEND[kind], "legend") + LEGEND_GAP for kind in kinds)


def _legend(kinds: list[str], left: float, middle: float, theme: Theme) -> Group:
    """A small box of each of these kinds with its name, in a row."""
    items: list[Path | Text] = []
    for kind in kinds:
        name = LEGEND[kind]
        items.append(Path(SHAPES[kind].path((left + SWATCH[0] / 2, middle), SWATCH), theme.boxes[kind]))
        left += SWATCH[0] + 8
        line = Line(name, "legend")
        items.append(_text(line, (left, middle + BASELINE * line.font.size), theme, anchor="start"))
        left += _measure(name, "legend") + LEGEND_GAP
    return Group("legend", tuple(items))
