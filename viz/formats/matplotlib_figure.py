"""Draws with matplotlib's renderers, in the font it brings along, so that no machine's fonts matter."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from ..drawing.scene import Group, Path, Scene, Text
from ..style.shapes import Rectangle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["bounds", "draw", "figure", "missing", "settings"]

POINTS = 72
"""To the inch, which is what matplotlib measures pages in."""


@contextmanager
def settings() -> Iterator[None]:
    """Inside, matplotlib has its defaults: a notebook's settings, as of cut figures, are meant for plots."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        # Some settings are deprecated, and setting them to their defaults says so.
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        defaults = matplotlib.rcParamsDefault.items()
        matplotlib.rcParams.update({name: value for name, value in defaults if "backend" not in name})
        # Letters that are fitted to pixels make a line up to 5 % wider or narrower than its letters are, and
        # so no longer in the middle of its box.
        matplotlib.rcParams["text.hinting"] = "no_hinting"
        matplotlib.rcParams["pdf.fonttype"] = 42  # fonts that can be searched, and that publishers accept
        yield


def figure(scene: Scene) -> Figure:
    """The drawing as a figure of its size, in one artist: one for each path and text takes twice as long."""
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    class Drawing(Artist):
        def draw(self, renderer: Any) -> None:
            draw(renderer, scene.groups, scene.size[1])

    width, height = scene.size
    page = Figure(figsize=(width / POINTS, height / POINTS), facecolor=scene.background)
    page.add_artist(Drawing())
    return page


def draw(renderer: Any, groups: Iterable[Group], height: float, clip: Any = None) -> None:
    """Draw groups on a page of this height, and nothing outside of a box in pixels."""
    from matplotlib.transforms import Affine2D

    scale = renderer.points_to_pixels(1.0)
    place = Affine2D.from_values(scale, 0, 0, -scale, 0, scale * height)
    for item in (item for group in groups for item in group.items):
        context = renderer.new_gc()
        context.set_clip_rectangle(clip)
        if isinstance(item, Path):
            _path(renderer, context, item, place)
        elif item.text:
            _text(renderer, context, item, place)
        context.restore()


def bounds(group: Group) -> Rectangle:
    """A rectangle that a group's ink does not leave."""
    sides: list[Rectangle] = []
    for item in group.items:
        if isinstance(item, Path):
            xs, ys = zip(*(point for _, points in item.commands for point in points), strict=True)
            margin = 2 * item.paint.width  # what a border's corners stick out
            sides.append((min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin))
        else:
            (x, y), size = item.at, item.font.size
            width = size * _width(_drawable(item.text, item.font.bold), item.font.bold)
            left = x - width / 2 if item.anchor == "middle" else x
            # more than any letter rises above its baseline, hangs below it, or leans to the side
            sides.append((left - size / 4, y - 1.5 * size, left + width + size / 4, y + size / 2))
    lefts, tops, rights, bottoms = zip(*sides or [(0.0, 0.0, 0.0, 0.0)], strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _path(renderer: Any, context: Any, path: Path, place: Any) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.path import Path as Outline

    paint = path.paint
    codes = {
        "M": [Outline.MOVETO],
        "L": [Outline.LINETO],
        "C": [Outline.CURVE4] * 3,
        "Z": [Outline.CLOSEPOLY],
    }
    vertices = [point for _, points in path.commands for point in points or ((0.0, 0.0),)]
    outline = Outline(vertices, [code for letter, _ in path.commands for code in codes[letter]])
    context.set_linewidth(0.0 if paint.stroke == "none" else paint.width)
    context.set_foreground(to_rgba(paint.stroke), isRGBA=True)
    context.set_joinstyle("miter")
    context.set_capstyle("butt")
    if paint.dash and paint.width:
        context.set_dashes(0.0, paint.dash)
    renderer.draw_path(context, outline, place, None if paint.fill == "none" else to_rgba(paint.fill))


def _text(renderer: Any, context: Any, text: Text, place: Any) -> None:
    from matplotlib.colors import to_rgba

    words = _drawable(text.text, text.font.bold)
    slants = text.font.italic and all(ord(char) in _characters(text.font.bold, True) for char in words)
    font = _font(text.font.bold, slants).copy()
    font.set_size(text.font.size)
    left, baseline = text.at
    if text.anchor == "middle":
        left -= text.font.size * _width(words, text.font.bold) / 2
    x, y = place.transform((left, baseline))
    if renderer.flipy():
        y = renderer.get_canvas_width_height()[1] - y
    context.set_foreground(to_rgba(text.color), isRGBA=True)
    renderer.draw_text(context, x, y, words, font, 0.0)


# ---------------------------------------------------------------- the font


@cache
def _font(bold: bool, italic: bool = False) -> Any:
    """Its italics have the same widths, and a few rare characters less."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    face = "Bold" * bold + "Oblique" * italic
    return FontProperties(fname=f"{get_data_path()}/fonts/ttf/DejaVuSans{'-' + face if face else ''}.ttf")


@lru_cache(maxsize=4096)
def _width(text: str, bold: bool) -> float:
    """How wide a text is for each point of its size; many frames show the same."""
    from matplotlib.font_manager import get_font

    font = get_font(_font(bold).get_file())
    font.set_size(100, POINTS)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0]) / 64 / 100  # FreeType counts in 1/64 of a pixel


def _drawable(text: str, bold: bool) -> str:
    """The text with a replacement character for what the font lacks; an SVG has the reader's fonts for it."""
    lacking = missing(text, bold)
    composed = unicodedata.normalize("NFC", text)
    return "".join("\N{REPLACEMENT CHARACTER}" if char in lacking else char for char in composed)


def missing(text: str, bold: bool) -> list[str]:
    """The characters of a text that the font lacks."""
    known = _characters(bold)
    return [char for char in unicodedata.normalize("NFC", text) if ord(char) not in known]


@cache
def _characters(bold: bool, italic: bool = False) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_font(bold, italic).get_file()).get_charmap())
