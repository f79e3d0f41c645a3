"""What stands below a picture: which box is what, what colours mean, and the routes with their products."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from microgrid.base.phrases import Say, speaker

from ..options import Options
from ..picture.boxes import Line, Picture
from ..picture.looks import color
from ..picture.scale import LEAST, Scale
from ..style.shapes import SHAPES, Point
from ..style.theme import FONTS, Paint, Theme
from ..words.numbers import Numbers
from .lettering import BASELINE, letter, measure
from .scene import Group, Path, Text

__all__ = ["Block", "blocks"]

LEGEND = {
    "input": "input", "parameter": "parameter", "op": "operation", "constant": "constant",
    "folded": "scope, collapsed",
}  # fmt: skip
SWATCH, GAP, ABOVE = (34.0, 18.0), 22.0, 26.0
BAR, SHADES = (180.0, 14.0), 24
ROUTE = 26.0
"""The length of the line that says which route is which."""


@dataclass(frozen=True)
class Block:
    """A strip of its own; `draw` is told its upper left corner."""

    kind: str
    size: Point
    draw: Callable[[float, float], Iterator[Path | Text]]

    def group(self, left: float, top: float) -> Group:
        return Group(self.kind, tuple(self.draw(left, top)))


def blocks(picture: Picture, options: Options, theme: Theme) -> list[Block]:
    """The strips below a picture, from top to bottom."""
    strips, say = [], speaker(options.lang)
    if picture.emphasis and picture.emphasis.sentences:
        strips.append(_routes(picture.emphasis.sentences, len(picture.emphasis.routes), theme))
    if picture.scale:
        strips.append(_scale(picture.scale, theme, say))
    if options.legend and (kinds := _kinds(picture, theme)):
        strips.append(_legend(kinds, theme, say))
    return strips


def _legend(kinds: dict[str, Paint], theme: Theme, say: Say) -> Block:
    """A small box of each of these kinds with its name, in a row."""
    names = {kind: say(LEGEND[kind]) for kind in kinds}
    width = sum(SWATCH[0] + 8 + measure(name, "legend") + GAP for name in names.values())

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        middle = top + ABOVE + SWATCH[1] / 2
        for kind, paint in kinds.items():
            yield Path(SHAPES[kind].path((left + SWATCH[0] / 2, middle), SWATCH), paint)
            left += SWATCH[0] + 8
            yield _text(names[kind], left, middle, theme)
            left += measure(names[kind], "legend") + GAP

    return Block("legend", (width, ABOVE + SWATCH[1]), draw)


def _kinds(picture: Picture, theme: Theme) -> dict[str, Paint]:
    """The kinds of boxes there are; those whose inside is a gradient's colour have theirs empty here."""
    colored = {box.kind for box in picture.boxes if picture.scale and box.node in picture.scale.sizes}
    return {
        kind: replace(theme.boxes[kind], fill="none") if kind in colored else theme.boxes[kind]
        for kind in LEGEND
        if any(box.kind == kind for box in picture.boxes)
    }


def _scale(scale: Scale, theme: Theme, say: Say) -> Block:
    """The colour of what is zero, and of the only other size there is, or of the only finite one and of
    infinity, or a bar between powers of ten."""
    numbers = Numbers()
    row: list[str | list[float]] = [say("size of the gradient")]
    low, high = numbers(10.0**scale.low), numbers(10.0**scale.high)
    if scale.unseen is not None:
        row += [[0.0], f"< {low}" if scale.unseen else "0"]
    if scale.only:
        row += [[1.0], numbers(scale.only)]
    elif scale.only is None and scale.low == scale.high:
        row += [[LEAST], low, [1.0], numbers(math.inf)]
    elif scale.only is None:
        top = f"{high}, {numbers(math.inf)}" if math.inf in scale.sizes.values() else high
        row += [low, [LEAST + (1 - LEAST) * k / (SHADES - 1) for k in range(SHADES)], top]

    bars = [not isinstance(part, str) for part in row]
    gaps = [8.0 if a != b else GAP for a, b in pairwise(bars)] + [0.0]  # more between two texts

    def length(part: str | list[float]) -> float:
        return measure(part, "legend") if isinstance(part, str) else SWATCH[0] if len(part) == 1 else BAR[0]

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        middle = top + ABOVE + SWATCH[1] / 2
        for part, gap in zip(row, gaps, strict=True):
            if isinstance(part, str):
                yield _text(part, left, middle, theme)
            else:
                yield from _shades(part, left, middle, length(part), theme)
            left += length(part) + gap

    return Block("scale", (sum(map(length, row)) + sum(gaps), ABOVE + SWATCH[1]), draw)


def _shades(places: list[float], left: float, middle: float, width: float, theme: Theme) -> Iterator[Path]:
    """A bar with the colours at these places of the scale."""
    step = width / len(places)
    for k, place in enumerate(places):
        center = (left + (k + 0.5) * step, middle)
        # a bit wider than its place, or the ground would show between two shades
        shade = SHAPES["local"].path(center, (step + 0.3, BAR[1]))
        yield Path(shade, Paint(color(theme, place), "none", 0.0))
    border = SHAPES["local"].path((left + width / 2, middle), (width, BAR[1]))
    yield Path(border, Paint("none", theme.edge, 1.0))


def _routes(sentences: tuple[str, ...], count: int, theme: Theme) -> Block:
    """A line of text for each route, with the line that it is drawn with, then the sum."""
    leading = FONTS["legend"].leading * 1.15
    several = count if count > 1 else 0
    width = max(measure(sentence, "legend") for sentence in sentences) + (ROUTE + 8 if several else 0.0)

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        for k, sentence in enumerate(sentences):
            middle = top + ABOVE + (k + 0.5) * leading
            if k < several:
                yield Path((("M", ((left, middle),)), ("L", ((left + ROUTE, middle),))), theme.routes[k])
            yield _text(sentence, left + (ROUTE + 8 if several else 0.0), middle, theme)

    return Block("routes", (width, ABOVE + len(sentences) * leading), draw)


def _text(text: str, left: float, middle: float, theme: Theme) -> Text:
    line = Line(text, "legend")
    return letter(line, (left, middle + BASELINE * line.font.size), theme, anchor="start")
