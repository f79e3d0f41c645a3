"""What stands below a network: which colour, width, outline and mark means what, as far as there are such."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from microgrid.base.phrases import Say

from ...drawing.scene import Group, Path, Text
from ...style.shapes import Point
from ...style.theme import Font, Paint
from ..net import EXTREMES, Net, Parameter, Unit
from .looks import PLAIN, WIDEST, Looks
from .shapes import arrow, circle, cross
from .texts import LEGEND, text, wide

__all__ = ["Entry", "entries", "row_width", "rows", "strip"]

SWATCH, BESIDE, BETWEEN = 26.0, 5.0, 18.0
ROUND = 6.0
"""The radius of a circle in the legend."""


@dataclass(frozen=True)
class Entry:
    """A mark, drawn to the right of a point, and what it means."""

    words: str
    draw: Callable[[Point], Iterator[Path]]
    swatch: float = SWATCH

    def width(self, font: Font = LEGEND) -> float:
        return self.swatch + (BESIDE if self.swatch else 0.0) + wide(self.words, font)


def entries(net: Net, looks: Looks, show: str, say: Say) -> list[Entry]:
    return [*_lines(net, looks, show, say), *_circles(net, looks, show, say)]


def _lines(net: Net, looks: Looks, show: str, say: Say) -> Iterator[Entry]:
    weighted = [link for link in net.links if link.weight]
    numbers = [number for link in weighted if (number := looks.number(link.weight)) is not None]
    signs = [link for link in weighted if looks.piece(link) is None]
    alone = [link for link in signs if link.shared is None or not looks.tells_apart]
    signed = [looks.number(link.weight) or 0.0 for link in alone]
    what = say("gradient") if show == "gradients" else say("weight")
    for sign, number in ((">", 1.0), ("<", -1.0)):
        if any(number * other > 0 for other in signed):
            yield Entry(f"{what} {sign} 0", _arrow(looks, looks.color(number), WIDEST * 0.6))
    pieces = sorted({piece for link in weighted if (piece := looks.piece(link)) is not None})
    for piece in pieces:
        yield Entry(say("piece {n}", n=piece + 1), _arrow(looks, looks.theme.routes[2 + piece], WIDEST * 0.6))
    if len(alone) < len(signs):
        shared = sorted({link.shared for link in weighted if link.shared is not None})
        yield Entry(say("drawn alike: one weight in several places"), _several(looks, shared[:3]))
    if numbers and not looks.alike:
        yield Entry(say("width: size, within the layer"), _wedge(looks))
    if any(link.kind == "skip" for link in net.links):
        yield Entry(say("skip connection"), _arrow(looks, looks.color(None), PLAIN))
    if any(looks.fades(link) for link in net.links):
        yield Entry(say("passes nothing on"), _arrow(looks, looks.faded, PLAIN))


def _circles(net: Net, looks: Looks, show: str, say: Say) -> Iterator[Entry]:
    units = [unit for column in net.columns for unit in column.units]
    biases = [bias for unit in units for bias in unit.biases]
    if biases:
        yield Entry(say("bias"), _dot(looks, biases), 2 * ROUND)
    if any(link.piece for link in net.links if net.unit(link.head).activation in EXTREMES):
        yield Entry(say("piece of a maxout, its bias inside"), _small(looks), 2 * ROUND)
    states = {
        "off": say("off for this sample"),
        "dead": say("dead: off for all samples"),
        "dropped": say("dropped out"),
    }
    for state, words in states.items():
        if any(unit.state == state for unit in units):
            yield Entry(words, _circle(looks, Unit("", "", "hidden", state=state)), 2 * ROUND)
    if show == "gradients" and any(unit.grad is not None for unit in units):
        mark = "italic: gradient of the unit" if looks.theme.slanted else "magenta: gradient of the unit"
        yield Entry(say(mark), lambda at: iter(()), 0.0)


def _arrow(looks: Looks, line: Paint, width: float) -> Callable[[Point], Iterator[Path]]:
    paint = Paint("none", line.stroke, width, tuple(part * 0.6 for part in line.dash))

    def draw(at: Point) -> Iterator[Path]:
        yield from arrow(at, (at[0] + SWATCH, at[1]), paint)

    return draw


def _several(looks: Looks, shared: list[int]) -> Callable[[Point], Iterator[Path]]:
    def draw(at: Point) -> Iterator[Path]:
        for k, number in enumerate(shared):
            y = at[1] + 4.0 * (k - (len(shared) - 1) / 2)
            line = looks.color(1.0, number)
            dash = tuple(part * 0.6 for part in line.dash)
            yield Path(
                (("M", ((at[0], y),)), ("L", ((at[0] + SWATCH, y),))), Paint("none", line.stroke, 2.0, dash)
            )

    return draw


def _wedge(looks: Looks) -> Callable[[Point], Iterator[Path]]:
    def draw(at: Point) -> Iterator[Path]:
        (x, y), half = at, WIDEST / 2
        outline = (
            ("M", ((x, y - 0.3),)),
            ("L", ((x + SWATCH, y - half),)),
            ("L", ((x + SWATCH, y + half),)),
            ("L", ((x, y + 0.3),)),
            ("Z", ()),
        )
        yield Path(outline, Paint(looks.theme.edge, "none", 0.0))

    return draw


def _dot(looks: Looks, biases: list[Parameter]) -> Callable[[Point], Iterator[Path]]:
    strongest = max(biases, key=lambda bias: abs(looks.number(bias) or 0.0))

    def draw(at: Point) -> Iterator[Path]:
        yield Path(circle((at[0] + ROUND, at[1]), 3.2), looks.bias(strongest)[0])

    return draw


def _small(looks: Looks) -> Callable[[Point], Iterator[Path]]:
    border = looks.unit(Unit("", "", "hidden")).paint.stroke

    def draw(at: Point) -> Iterator[Path]:
        yield Path(circle((at[0] + ROUND, at[1]), 4.6), Paint(looks.theme.background, border, 1.0))
        yield Path(circle((at[0] + ROUND, at[1]), 2.4), Paint(looks.theme.dim, "none", 0.0))

    return draw


def _circle(looks: Looks, unit: Unit) -> Callable[[Point], Iterator[Path]]:
    style = looks.unit(unit)

    def draw(at: Point) -> Iterator[Path]:
        middle = (at[0] + ROUND, at[1])
        yield Path(circle(middle, ROUND), Paint(style.paint.fill, style.paint.stroke, 1.3, style.paint.dash))
        if style.crossed:
            yield Path(cross(middle, ROUND), Paint("none", style.paint.stroke, 1.3))

    return draw


def rows(items: list[Entry], width: float, font: Font = LEGEND) -> list[list[Entry]]:
    """The entries in as few rows of at most this width as they need, in their order."""
    lines: list[list[Entry]] = []
    for item in items:
        if lines and sum(other.width(font) + BETWEEN for other in lines[-1]) + item.width(font) <= width:
            lines[-1].append(item)
        else:
            lines.append([item])
    return lines


def row_width(row: list[Entry], font: Font = LEGEND) -> float:
    return sum(item.width(font) for item in row) + BETWEEN * (len(row) - 1)


def strip(lines: list[list[Entry]], middle: float, top: float, looks: Looks, font: Font = LEGEND) -> Group:
    """The rows, each in the middle of the page."""
    items: list[Path | Text] = []
    for k, line in enumerate(lines):
        x, y = middle - row_width(line, font) / 2, top + (k + 0.5) * font.leading
        for item in line:
            items += item.draw((x, y))
            x += item.swatch + (BESIDE if item.swatch else 0.0)
            width = wide(item.words, font)
            items.append(text(item.words, (x + width / 2, y), font, looks.theme.text))
            x += width + BETWEEN
    return Group("legend", tuple(items))
