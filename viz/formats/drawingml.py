"""The elements that a slide's shapes are written in: places, outlines, pens and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from ..drawing.scene import Path, Text
from ..style.markup import escape, quoteattr
from ..style.shapes import Command, Point, Rectangle
from ..style.theme import Paint

__all__ = [
    "BODY",
    "EMU",
    "LEADING",
    "MIDDLE",
    "NAMESPACES",
    "around",
    "at",
    "clear_of",
    "extent",
    "fill",
    "frame_of",
    "geometry",
    "item_frame",
    "paragraphs",
    "pen",
    "place",
    "properties",
]

EMU = 12_700
"""Of the units that presentations measure in, to the point."""
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TYPEFACE = "Arial"
"""Every presentation program has it or one as wide; it is narrower than the letters that boxes have room
for."""
SPACE = 0.278
"""How wide a space of the typeface is, in its size."""
FREE, LEAST_GROUND = 1.5, 0.5
"""Points around the head of an arrow that the ground of a number leaves free, and the share of a ground
without which there is none."""
LEADING, MIDDLE = 1.2, 0.35
"""Of a line of text, in its size: its height, and how far its middle is above the baseline."""


def properties(number: int, named: tuple[str, str]) -> str:
    """A shape's number, what it is called, and what is read aloud of it."""
    name, description = named
    return f'<p:cNvPr id="{number}" name={quoteattr(name)} descr={quoteattr(description)}/>'


def _emu(points: float) -> int:
    return round(points * EMU)


def at(element: str, point: Point) -> str:
    """A place, in an element of this name."""
    return f'<{element} x="{_emu(point[0])}" y="{_emu(point[1])}"/>'


def extent(element: str, size: Point) -> str:
    """A width and a height."""
    return f'<{element} cx="{_emu(size[0])}" cy="{_emu(size[1])}"/>'


def place(frame: Rectangle, flips: str = "") -> str:
    """Where a shape is; `flips` says how a connector runs from corner to corner."""
    left, top, right, bottom = frame
    inner = at("a:off", (left, top)) + extent("a:ext", (right - left, bottom - top))
    return f"<a:xfrm{flips}>{inner}</a:xfrm>"


def geometry(path: Path, frame: Rectangle, sites: Sequence[Point] = ()) -> str:
    """An outline of one's own, with the places where connectors may be glued to it."""
    left, top, right, bottom = frame
    corner = (left, top)
    across, down = (left + right) / 2, (top + bottom) / 2
    middles = [(across, top), (left, down), (across, bottom), (right, down)]
    places = [*middles, *sites] if sites else []
    glue = "".join(f'<a:cxn ang="0">{at("a:pos", _less(site, corner))}</a:cxn>' for site in places)
    width, height = _emu(right - left), _emu(bottom - top)
    open_line = ' fill="none"' if path.paint.fill == "none" else ""
    drawn = "".join(_command(command, corner) for command in path.commands)
    return (
        f"<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst>{glue}</a:cxnLst>"
        f'<a:rect l="l" t="t" r="r" b="b"/><a:pathLst><a:path w="{width}" h="{height}"{open_line}>{drawn}'
        "</a:path></a:pathLst></a:custGeom>"
    )


_COMMANDS = {"M": "moveTo", "L": "lnTo", "C": "cubicBezTo"}


def _command(command: Command, corner: Point) -> str:
    letter, points = command
    if letter == "Z":
        return "<a:close/>"
    places = "".join(at("a:pt", _less(point, corner)) for point in points)
    return f"<a:{_COMMANDS[letter]}>{places}</a:{_COMMANDS[letter]}>"


def _less(point: Point, corner: Point) -> Point:
    return point[0] - corner[0], point[1] - corner[1]


def fill(color: str) -> str:
    """What fills an outline: a color, #rrggbb, or "none"."""
    return "<a:noFill/>" if color == "none" else f"<a:solidFill>{_color(color)}</a:solidFill>"


def _color(color: str) -> str:
    return f'<a:srgbClr val="{color[1:].upper()}"/>'


def pen(paint: Paint, begins: bool = False, ends: bool = False, is_double: bool = False) -> str:
    """What draws a line, with an arrowhead where it begins or ends."""
    if paint.stroke == "none" or not paint.width:
        return "<a:ln><a:noFill/></a:ln>"
    dash = ""
    if paint.dash:
        pairs = zip(paint.dash[::2], paint.dash[1::2] or paint.dash, strict=False)
        thousandths = [(round(1e5 * on / paint.width), round(1e5 * off / paint.width)) for on, off in pairs]
        dash = "".join(f'<a:ds d="{on}" sp="{off}"/>' for on, off in thousandths)
        dash = f"<a:custDash>{dash}</a:custDash>"
    size = "med" if paint.width > 2 else "lg"
    heads = f'<a:headEnd type="triangle" w="{size}" len="{size}"/>' * begins
    heads += f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>' * ends
    inner = f"<a:solidFill>{_color(paint.stroke)}</a:solidFill>{dash}<a:miter/>{heads}"
    kind = ' cmpd="dbl"' * is_double
    return f'<a:ln w="{_emu(paint.width)}"{kind}>{inner}</a:ln>'


# ---------------------------------------------------------------- text

BODY = (
    '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr" rtlCol="0">'
    "<a:noAutofit/></a:bodyPr>"
)
"""Of a shape whose text stands in its middle, and is not broken anew."""


def paragraphs(texts: Sequence[Text]) -> str:
    """Lines below each other, as far apart as they are drawn; texts on one line stay apart."""
    rows = [list(row) for _, row in groupby(texts, key=lambda text: text.at[1])]
    above = [LEADING * texts[0].font.size]
    above += [row[0].at[1] - before[0].at[1] for before, row in pairwise(rows)]
    return "".join(_paragraph(row, leading) for row, leading in zip(rows, above, strict=True))


def _paragraph(row: Sequence[Text], leading: float) -> str:
    align = "ctr" if row[0].anchor == "middle" or len(row) > 1 else "l"
    runs = _run(row[0]) + "".join(_run(text, _between(before, text)) for before, text in pairwise(row))
    return (
        f'<a:p><a:pPr algn="{align}"><a:lnSpc><a:spcPts val="{round(100 * leading)}"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef></a:pPr>{runs}</a:p>'
    )


def _between(before: Text, text: Text) -> str:
    """What keeps two texts of a line apart: programs do not agree on where they count tab stops from."""
    gap = text.at[0] - (before.at[0] + before.width)
    return "\u00a0" * max(2, round(gap / (SPACE * text.font.size)))


def _run(text: Text, before: str = "") -> str:
    font = text.font
    looks = ' b="1"' * font.bold + ' i="1"' * font.italic
    size = round(100 * font.size)
    letters = "".join(f'<a:{script} typeface="{TYPEFACE}"/>' for script in ("latin", "ea", "cs"))
    return (
        f'<a:r><a:rPr sz="{size}"{looks} dirty="0">{fill(text.color)}{letters}</a:rPr>'
        f"<a:t>{before}{escape(text.text)}</a:t></a:r>"
    )


# ---------------------------------------------------------------- room


def frame_of(commands: Sequence[Command]) -> Rectangle:
    """What an outline takes up: curves by their handles, which those of boxes do not leave."""
    xs, ys = zip(*(point for _, points in commands for point in points), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def item_frame(item: Path | Text) -> Rectangle:
    if isinstance(item, Path):
        return frame_of(item.commands)
    (x, y), high = item.at, LEADING * item.font.size
    left = x - item.width / 2 if item.anchor == "middle" else x
    top = y - MIDDLE * item.font.size - high / 2
    return left, top, left + item.width, top + high


def around(frames: Iterable[Rectangle]) -> Rectangle:
    lefts, tops, rights, bottoms = zip(*frames, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def clear_of(frame: Rectangle, heads: Iterable[Rectangle]) -> Rectangle | None:
    """As much of the ground of a number as leaves the heads of arrows free, with the same middle; nothing
    where that is too little.

    >>> clear_of((0.0, 0.0, 20.0, 10.0), [(19.0, 0.0, 25.0, 6.0)])
    (2.5, 0.0, 17.5, 10.0)
    """
    left, top, right, bottom = frame
    (x, y), (w, h) = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    wide, high = w, h
    for start, above, end, below in heads:
        aside, off = max(start - x, x - end) - FREE, max(above - y, y - below) - FREE
        if aside < wide and off < high:
            wide, high = (max(aside, 0.0), high) if aside / w >= off / h else (wide, max(off, 0.0))
    is_enough = min(wide / w, high / h) >= LEAST_GROUND
    return (x - wide, y - high, x + wide, y + high) if is_enough else None
