"""Draws with matplotlib's renderers, in the font it brings along, so that no machine's fonts matter."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..drawing.scene import Group, Path, Scene, Text
from ..style.shapes import Rectangle
from . import font
from .font import POINTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["POINTS", "bounds", "draw", "figure", "settings"]


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


def draw(
    renderer: Any, groups: Iterable[Group], height: float, clip: Any = None, outlined: bool = False
) -> None:
    """Draw groups on a page of this height, and nothing outside of a box in pixels.

    `outlined`: letters as shapes, where nobody searches for text.
    """
    from matplotlib.transforms import Affine2D

    scale = renderer.points_to_pixels(1.0)
    place = Affine2D.from_values(scale, 0, 0, -scale, 0, scale * height)
    for item in (item for group in groups for item in group.items):
        context = renderer.new_gc()
        context.set_clip_rectangle(clip)
        if isinstance(item, Path):
            _path(renderer, context, item, place)
        elif item.text:
            _text(renderer, context, item, place, outlined)
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
            width = size * font.width(font.drawable(item.text, item.font.bold), item.font.bold)
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


def _text(renderer: Any, context: Any, text: Text, place: Any, outlined: bool) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.path import Path as Outline

    bold, size = text.font.bold, text.font.size
    words = font.drawable(text.text, bold)
    italic = text.font.italic and font.slants(words, bold)
    left, baseline = text.at
    if text.anchor == "middle":
        left -= size * font.width(words, bold) / 2
    if outlined and font.draws_letter_by_letter(words):
        vertices, codes = font.outline(words, bold, italic)
        vertices = (left, baseline) + vertices * (size, -size)
        context.set_linewidth(0.0)
        context.set_snap(False)
        renderer.draw_path(context, Outline(vertices, codes), place, to_rgba(text.color))
        return
    x, y = place.transform((left, baseline))
    if renderer.flipy():
        y = renderer.get_canvas_width_height()[1] - y
    face = font.properties(bold, italic).copy()
    face.set_size(size)
    context.set_foreground(to_rgba(text.color), isRGBA=True)
    renderer.draw_text(context, x, y, words, face, 0.0)
