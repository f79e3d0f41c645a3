"""What stands below a picture: which box is what, what the colours mean, and the routes with their products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .digits import Numbers
from .language import Say, speaker
from .lettering import BASELINE, letter, measure
from .looks import Scale, color
from .options import Options
from .picture import Line, Picture
from .scene import Group, Path, Text
from .shapes import SHAPES, Point
from .theme import FONTS, Paint, Theme

__all__ = ["Block", "blocks"]

LEGEND = {
    "input": "input", "parameter": "parameter", "op": "operation", "constant": "constant", "folded": "scope, collapsed",
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
    found, say = [], speaker(options.lang)
    if picture.emphasis and picture.emphasis.sentences:
        found.append(_routes(picture.emphasis.sentences, len(picture.emphasis.routes), theme))
    if picture.scale:
        found.append(_scale(picture.scale, theme, say))
    if options.legend and (kinds := [kind for kind in LEGEND if any(box.kind == kind for box in picture.boxes)]):
        found.append(_legend(kinds, theme, say))
    return found


def _legend(kinds: list[str], theme: Theme, say: Say) -> Block:
    """A small box of each of these kinds with its name, in a row."""
    names = {kind: say(LEGEND[kind]) for kind in kinds}
    width = sum(SWATCH[0] + 8 + measure(name, "legend") + GAP for name in names.values())

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        middle = top + ABOVE + SWATCH[1] / 2
        for kind in kinds:
            yield Path(SHAPES[kind].path((left + SWATCH[0] / 2, middle), SWATCH), theme.boxes[kind])
            left += SWATCH[0] + 8
            yield _text(names[kind], left, middle, theme)
            left += measure(names[kind], "legend") + GAP

    return Block("legend", (width, ABOVE + SWATCH[1]), draw)


def _scale(scale: Scale, theme: Theme, say: Say) -> Block:
    """A bar of the colours, with the powers of ten that its ends stand for."""
    numbers = Numbers()
    name = say("size of the gradient")
    ends = [numbers(10.0**power) for power in (scale.low, scale.high)]
    lengths = [measure(text, "legend") for text in (name, *ends)]
    width = lengths[0] + 16 + lengths[1] + 8 + BAR[0] + 8 + lengths[2]

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        middle = top + ABOVE + SWATCH[1] / 2
        yield _text(name, left, middle, theme)
        left += lengths[0] + 16
        yield _text(ends[0], left, middle, theme)
        left += lengths[1] + 8
        step = BAR[0] / SHADES
        for k in range(SHADES):
            center = (left + (k + 0.5) * step, middle)
            shade = color(theme, k / (SHADES - 1))
            yield Path(SHAPES["local"].path(center, (step + 0.3, BAR[1])), Paint(shade, "none", 0.0))
        yield Path(SHAPES["local"].path((left + BAR[0] / 2, middle), BAR), Paint("none", theme.edge, 1.0))
        yield _text(ends[1], left + BAR[0] + 8, middle, theme)

    return Block("scale", (width, ABOVE + SWATCH[1]), draw)


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
