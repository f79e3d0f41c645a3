"""The pictures of a slide, each as large as its place, with the size of the smallest text on it."""

from __future__ import annotations

import io
import itertools
import random
import re
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.text

from viz.drawing.scene import Text
from viz.formats import tikz as in_tikz

from .form import Draws, Slide, said

__all__ = ["EDGE", "LEAST", "PAGE", "Box", "Placed", "body", "drawn", "page", "share"]

PAGE = 160 / 25.4 * 72, 90 / 25.4 * 72
"""Points of a page of Beamer, 16 by 9; the page of reveal.js is the same, larger."""
EDGE = 8.0
"""Points free along its edges, as in the pictures that fill a page."""
TOP, GAP = 44.0, 10.0
"""Points from the page's top to what stands below the title, and between text and pictures."""
LEAST = 8.0
"""Points: the smallest text."""
LETTERS = 9.7
"""Points of the text of plots, whose small text is 0.83 of it."""
TEXT, TALL = 0.36, 0.42
"""The share of the width that lines take beside a picture, and of the height above one."""


@dataclass(frozen=True)
class Box:
    """A place on the page: width and height, in points."""

    width: float
    height: float


@dataclass(frozen=True)
class Placed:
    """A picture with its size on the page, in points; `smallest` is its smallest text's."""

    figure: Any
    width: float
    height: float
    smallest: float

    @property
    def is_plot(self) -> bool:
        return hasattr(self.figure, "savefig")

    @property
    def is_graphviz(self) -> bool:
        return hasattr(self.figure, "pipe")

    def svg(self) -> str:
        if self.is_plot:
            file = io.StringIO()
            with mpl.rc_context({"svg.hashsalt": "microgrid"}):
                self.figure.savefig(file, format="svg", metadata={"Date": None})
            return file.getvalue()
        if self.is_graphviz:
            return str(self.figure.pipe(format="svg", encoding="utf-8"))
        return str(self.figure.svg())

    def pdf(self) -> bytes:
        """A plot, or a graph of Graphviz's own."""
        if self.is_graphviz:
            return bytes(self.figure.pipe(format="pdf"))
        file = io.BytesIO()
        with mpl.rc_context({"pdf.fonttype": 42}):
            self.figure.savefig(file, format="pdf", metadata={"CreationDate": None})
        return file.getvalue()

    def tikz(self) -> str:
        return in_tikz.tikz(self.figure._scene)


def body(slide: Slide) -> Box:
    """The place of the lines."""
    width, height = PAGE[0] - 2 * EDGE, PAGE[1] - TOP - EDGE
    if slide.beside is None:
        return Box(width, height)
    return Box(width, TALL * height) if slide.below else Box(TEXT * width, height)


def share(slide: Slide) -> Box:
    """The place of the pictures."""
    width, height = PAGE[0] - 2 * EDGE, PAGE[1] - TOP - EDGE
    if not slide.lines:
        return Box(width, height)
    if slide.below:
        return Box(width, (1 - TALL) * height - GAP)
    return Box((1 - TEXT) * width - GAP, height)


def page(slide: Slide, lang: str, size: str) -> Any:
    """The picture or walk that fills a slide, on a page of this kind."""
    assert slide.page is not None
    made = _made(slide.page, lang=lang, slide=size, title=said(slide.title, lang))
    if len(made) != 1:
        raise ValueError(f"a page is one picture, and {said(slide.title, lang)!r} makes {len(made)}")
    return made[0]


def drawn(slide: Slide, lang: str) -> list[Placed]:
    """The pictures beside or below the lines, or in the place of lines: in a row, of equal width."""
    if slide.beside is None:
        return []
    with mpl.rc_context({"font.size": LETTERS}):
        made = _made(slide.beside, lang=lang)
        room = share(slide)
        each = Box((room.width - GAP * (len(made) - 1)) / len(made), room.height)
        placed = [_placed(figure, each) for figure in made]
    for picture in placed:
        if picture.smallest < LEAST - 0.01:
            title, size = said(slide.title, lang), picture.smallest
            raise ValueError(f"on the slide {title!r} the smallest text of a picture has {size:.1f} points")
    return placed


def _made(draws: Draws, **how: Any) -> tuple[Any, ...]:
    random.seed(1)
    made = draws(**how)
    return tuple(map(_figure, made if isinstance(made, tuple) else (made,)))


def _figure(made: Any) -> Any:
    """Of Axes, their figure."""
    if hasattr(made, "dtype"):
        made = made.flat[0]
    return made.figure if hasattr(made, "get_figure") else made


def _placed(figure: Any, room: Box) -> Placed:
    if hasattr(figure, "savefig"):
        height = min(room.height, room.width / 1.2)
        figure.set_size_inches(room.width / 72, height / 72)
        figure.draw_without_rendering()
        _tidy(figure)
        return Placed(figure, room.width, height, min(_sizes(figure)))
    if hasattr(figure, "pipe"):
        width, height = _graphviz_size(figure)
        smallest = 14.0
    else:
        width, height = figure._scene.size
        smallest = min(item.font.size for item in figure._scene.items() if isinstance(item, Text))
    scale = min(room.width / width, room.height / height, 1.0)
    return Placed(figure, scale * width, scale * height, scale * smallest)


def _tidy(figure: Any) -> None:
    """Fewer numbers along an axis where they meet, and two lines for a label longer than its axis."""
    for ax in figure.axes:
        for axis, side in ((ax.xaxis, 0), (ax.yaxis, 1)):
            while _meet(
                [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()], side
            ):
                axis.set_ticks(
                    axis.get_ticklocs()[::2], [label.get_text() for label in axis.get_ticklabels()][::2]
                )
                figure.draw_without_rendering()
        label = ax.yaxis.label
        extent = label.get_window_extent()
        if extent.y0 < 0 or extent.y1 > figure.bbox.height:
            words = label.get_text()
            middle = min(
                (k for k, char in enumerate(words) if char == " "), key=lambda k: abs(k - len(words) / 2)
            )
            label.set_text(words[:middle] + "\n" + words[middle + 1 :])
            figure.draw_without_rendering()


def _meet(boxes: list[Any], side: int) -> bool:
    spans = sorted((box.intervalx, box.intervaly)[side].tolist() for box in boxes)
    return any(first[1] > second[0] for first, second in itertools.pairwise(spans))


def _sizes(figure: Any) -> list[float]:
    """Of the texts of a plot that are seen."""
    found = figure.findobj(matplotlib.text.Text)
    return [text.get_fontsize() for text in found if text.get_visible() and text.get_text().strip()]


def _graphviz_size(figure: Any) -> tuple[float, float]:
    """Points, as the SVG says."""
    match = re.search(
        r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', figure.pipe(format="svg", encoding="utf-8")
    )
    assert match
    return float(match[1]), float(match[2])
