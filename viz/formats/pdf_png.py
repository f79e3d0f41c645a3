"""Writes drawings as PDF or PNG, one or many in turn, in which only what changes is drawn anew."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from microgrid.base.messages import warn

from ..drawing.scene import Group, Path, Scene, Text
from ..style.shapes import Point, Rectangle, polygon
from ..style.theme import Paint
from .font import POINTS, missing
from .matplotlib_figure import bounds, draw, figure, settings
from .png_file import png_file

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["pdf", "png", "png_for_paper", "pngs", "rasters", "scale"]

SHARPNESS = 2.5
"""Pixels to the point in a PNG; fewer where its longer side would exceed:"""
LONGEST_SIDE = 4_000
"""Pixels: no slide, page or chat shows more."""
LEGIBLE = 0.7
"""Pixels to the point below which text cannot be read; for that a picture may exceed `LONGEST_SIDE`."""
PRINTED = 1_600
"""Pixels of the longer side of a PNG that a notebook keeps for paper: 250 to the inch across an A4 page."""
MOST_PIXELS = 40_000_000
"""Of any picture."""
MOST_OF_A_SIDE = 30_000
"""Pixels, of a picture that is very long."""
MOST_ANEW = 0.5
"""Of the page: if more has changed, all of it is drawn."""


def pdf(*scenes: Scene) -> bytes:
    """Each drawing as a page of its own size; text stays text."""
    from matplotlib.backends.backend_pdf import PdfPages

    _warn_of_missing(scenes, "pdf")
    file = io.BytesIO()
    # without a date, so that the same graph gives the same bytes
    metadata = {"Creator": "microgrid", "Title": scenes[0].title, "CreationDate": None}
    with settings(), PdfPages(file, metadata=metadata) as pages:
        for scene in scenes:
            pages.savefig(figure(scene), facecolor=scene.background)
    return file.getvalue()


def png(scene: Scene, sharpness: float = SHARPNESS) -> bytes:
    """The drawing as a PNG file of `sharpness` pixels to the point, fewer where it exceeds 1,600 points.

    Its longer side then has 4,000 pixels, or more where text could not be read otherwise.
    """
    _warn_of_missing([scene], "png")
    return png_file(next(_pixels([scene], sharpness)), scene.title)


def png_for_paper(scene: Scene) -> bytes:
    """The drawing as the PNG file that a notebook keeps beside its SVG, and so without a word on letters."""
    sharpness = min(SHARPNESS, PRINTED / max(scene.size))
    return png_file(next(_pixels([scene], sharpness)), scene.title)


def pngs(scenes: Sequence[Scene], sharpness: float = SHARPNESS) -> list[bytes]:
    """A PNG file of each drawing, as `png` makes them."""
    _warn_of_missing(scenes, "png")
    return [
        png_file(pixels, scene.title)
        for scene, pixels in zip(scenes, _pixels(scenes, sharpness), strict=True)
    ]


def rasters(scenes: Iterable[Scene], sharpness: float) -> Iterator[Image]:
    """The drawings as pixels in red, green and blue."""
    from PIL import Image

    for pixels in _pixels(scenes, sharpness):
        yield Image.fromarray(pixels).convert("RGB")


def _pixels(scenes: Iterable[Scene], sharpness: float) -> Iterator[Any]:
    """Lines, columns, and red, green, blue and opacity of each drawing, until the next is asked for."""
    import numpy as np

    canvas: _Canvas | None = None
    for scene in scenes:
        with settings():
            if canvas is None or not canvas.fits(scene):
                canvas = _Canvas(scene, sharpness)
            canvas.show(scene.groups)
        yield np.asarray(canvas.renderer.buffer_rgba())


class _Canvas:
    """Pixels that show one scene after another, if these have the same size and as many groups."""

    def __init__(self, scene: Scene, sharpness: float) -> None:
        from matplotlib.backends.backend_agg import RendererAgg

        self._scene = scene
        self._scale = scale(scene.size, sharpness)
        width, height = (max(1, round(self._scale * side)) for side in scene.size)
        self.size = (width, height)
        make: Any = RendererAgg
        self.renderer = make(width, height, POINTS * self._scale)
        self._paper = _paper(scene)
        self._places: list[tuple[Group, Rectangle]] = []
        """What is there, and where."""

    def fits(self, scene: Scene) -> bool:
        same = (scene.size, scene.background) == (self._scene.size, self._scene.background)
        return same and len(scene.groups) == len(self._places)

    def show(self, groups: tuple[Group, ...]) -> None:
        """Draw what is not there yet."""
        before = self._places or [(self._paper, bounds(self._paper))] * len(groups)
        self._places = [
            old if old[0] is group else (group, bounds(group))
            for old, group in zip(before, groups, strict=True)
        ]
        changed = [k for k, (old, new) in enumerate(zip(before, self._places, strict=True)) if old is not new]
        stale = dict.fromkeys(places[k][1] for places in (before, self._places) for k in changed)
        width, height = self._scene.size
        area = sum((right - left) * (bottom - top) for left, top, right, bottom in stale)
        if area > MOST_ANEW * width * height:
            stale = {bounds(self._paper): None}
        for rectangle in stale:
            self._draw_within(rectangle)

    def _draw_within(self, rectangle: Rectangle) -> None:
        """Draw all there is within a rectangle, from the paper up, to the border of its pixels."""
        from matplotlib.transforms import Bbox

        width, height = self.size
        left, top = (max(0, math.floor(self._scale * side) - 1) for side in rectangle[:2])
        right, bottom = (math.ceil(self._scale * side) + 1 for side in rectangle[2:])
        clip = Bbox([[left, max(0, height - bottom)], [min(width, right), height - top]])
        near = [group for group, place in self._places if self._touch(place, (left, top, right, bottom))]
        draw(self.renderer, [self._paper, *near], self._scene.size[1], clip, outlined=True)

    def _touch(self, place: Rectangle, pixels: Rectangle) -> bool:
        left, top, right, bottom = (side / self._scale for side in pixels)
        return place[0] < right and place[2] > left and place[1] < bottom and place[3] > top


def _paper(scene: Scene) -> Group:
    """The ground of a page, beyond its edges."""
    width, height = scene.size
    corners = (-9.0, -9.0), (width + 9.0, -9.0), (width + 9.0, height + 9.0), (-9.0, height + 9.0)
    return Group("paper", (Path(polygon(*corners), Paint(scene.background, "none")),))


def scale(size: Point, sharpness: float = SHARPNESS) -> float:
    """Pixels to the point of a PNG of this size."""
    width, height = size
    longest = max(size)
    legible = max(LONGEST_SIDE / longest, LEGIBLE)
    return min(sharpness, legible, math.sqrt(MOST_PIXELS / (width * height)), MOST_OF_A_SIDE / longest)


def _warn_of_missing(scenes: Sequence[Scene], kind: str) -> None:
    texts = dict.fromkeys(
        (item.text, item.font.bold) for s in scenes for item in s.items() if isinstance(item, Text)
    )
    lacking = dict.fromkeys(char for text in texts for char in missing(*text))
    if lacking:
        warn(
            f"the font for .{kind} files lacks {' '.join(lacking)}, shown as \N{REPLACEMENT CHARACTER}: "
            "save as .svg or .html, which use the reader's fonts"
        )
