"""What an arrow, a bias or a circle looks like: by sign, size, state, and by what the picture shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ...style.theme import Paint, Theme, mix
from ..net import Link, Net, Parameter, Unit

__all__ = ["Looks", "Style"]

THINNEST, WIDEST = 0.55, 3.6
"""Of arrows on circles of radius 20: of a weight near zero, and of the largest in its layer."""
PLAIN = 1.1
"""An arrow without a number."""
MOST_SIGNED = 24
"""Arrows to the pieces of a column of maxouts up to which their colours are those of signs."""
FADED = 0.22
"""How much of its colour an arrow keeps that passes nothing on."""
DASHES, GREY = ((), (9.0, 4.0), (3.0, 3.5)), 0.5
"""Of weights that several arrows share, where there are more than colours or, without colours, dashes."""
PALER = 0.4
"""How much of its colour a circle keeps that is drawn again at the start of a row."""
OF_UNITS, OF_ROUTE = 3, 0.9
"""Whose colour gradients of units have, the magenta one of the routes, and how much of it, so that they are
read on every circle."""
OFF = (2.6, 2.2)
"""The dashes of the outline of a unit that is off."""
PALE = 0.3
"""How grey it is, without an outline, where dashes mean something else."""


@dataclass(frozen=True)
class Style:
    """How a circle is drawn, and what its text is written in."""

    paint: Paint
    ink: str
    crossed: bool = False


class Looks:
    """The looks of one network, in a theme."""

    def __init__(self, net: Net, show: str, weights: str, theme: Theme, scale: float) -> None:
        self.theme, self.scale = theme, scale
        self.words, self.alike, self._slopes = weights, weights == "none", show == "gradients"
        self.named = all(link.weight is None or link.weight.value is None for link in net.links)
        """Whether arrows are called by their names, since nothing is known of their numbers."""
        groups = len({link.shared for link in net.links} - {None})
        self.tells_apart = groups <= (len(theme.routes) - 2) * (2 if theme.routes[1].dash else len(DASHES))
        """Whether each weight that several arrows have has a line of its own."""
        self._by_piece = self._columns_of_pieces(net)
        self._largest: dict[int, float] = {}
        for link in net.links:
            size = abs(self.number(link.weight) or 0.0)
            if math.isfinite(size):
                layer = link.head[0]
                self._largest[layer] = max(self._largest.get(layer, 0.0), size)
        self._off = {
            (k, row)
            for k, column in enumerate(net.columns)
            for row, unit in enumerate(column.units)
            if unit.state != "on"
        }
        self._biggest = max((abs(n) for n in self._biases(net) if math.isfinite(n)), default=0.0)

    def _columns_of_pieces(self, net: Net) -> frozenset[int]:
        """Columns of maxouts with so many arrows that their colours say which piece they belong to, where no
        single sample says which piece passes."""
        entering: dict[int, list[Link]] = {}
        for link in net.links:
            entering.setdefault(link.head[0], []).append(link)
        return frozenset(
            column
            for column, links in entering.items()
            if len(links) > MOST_SIGNED
            and all(link.active and link.piece is not None and link.shared is None for link in links)
            and 0 < max(link.piece or 0 for link in links) < len(self.theme.routes) - 2
        )

    def piece(self, link: Link) -> int | None:
        """The piece of a maxout whose colour the arrow has."""
        return link.piece if link.head[0] in self._by_piece else None

    def _biases(self, net: Net) -> list[float]:
        units = [unit for column in net.columns for unit in column.units]
        return [self.number(bias) or 0.0 for unit in units for bias in unit.biases]

    def number(self, parameter: Parameter | None) -> float | None:
        """What the picture shows of a parameter: its value, or its gradient."""
        if parameter is None:
            return None
        return parameter.grad if self._slopes else parameter.value

    def color(self, number: float | None, shared: int | None = None) -> Paint:
        """The line of a number, by its sign, or of a parameter that several arrows have."""
        routes = self.theme.routes
        if shared is not None and self.tells_apart:
            again, place = divmod(shared, len(routes) - 2)
            line = routes[2 + place]
            if again and line.dash:  # without colours
                return replace(line, stroke=mix(line.stroke, self.theme.background, GREY))
            return replace(line, dash=DASHES[again]) if again else line
        if number is None or number == 0 or math.isnan(number):
            return Paint("none", self.theme.edge, PLAIN)
        return routes[0] if number > 0 else routes[1]

    @property
    def gradient(self) -> str:
        """What the gradient of a unit is written in: no colour of a sign."""
        if self.theme.slanted:  # letters tell it apart
            return self.theme.gradient
        return mix(self.theme.routes[OF_UNITS].stroke, self.theme.text, OF_ROUTE)

    def fades(self, link: Link) -> bool:
        """Whether an arrow passes nothing on: its tail is off, or dropout lets nothing through."""
        return not link.active or link.tail in self._off

    @property
    def faded(self) -> Paint:
        """The line of an arrow that passes nothing on."""
        return Paint("none", mix(self.theme.dim, self.theme.background, FADED), PLAIN)

    def arrow(self, link: Link) -> Paint:
        number = self.number(link.weight)
        piece = self.piece(link)
        line = self.color(number, link.shared) if piece is None else self.theme.routes[2 + piece]
        width = (
            PLAIN if self.alike or number is None else self._width(number, self._largest.get(link.head[0]))
        )
        dash = tuple(self.scale * part * 0.6 for part in line.dash)
        stroke = self.faded.stroke if self.fades(link) else line.stroke
        return Paint("none", stroke, round(self.scale * width, 2), dash)

    def _width(self, number: float, largest: float | None) -> float:
        share = abs(number) / largest if largest and math.isfinite(number) else 0.0
        return THINNEST + (WIDEST - THINNEST) * min(share, 1.0)

    def bias(self, parameter: Parameter) -> tuple[Paint, float]:
        """The dot of a bias, hollow where it is negative and colours are lost, and its radius."""
        number = self.number(parameter)
        line = self.color(number)
        share = abs(number) / self._biggest if number and self._biggest and math.isfinite(number) else 0.0
        ground = self.theme.background
        fill = ground if line.dash or not number else line.stroke
        return Paint(fill, line.stroke, 1.1 * self.scale), self.scale * (2.1 + 1.7 * min(share, 1.0))

    def paler(self, style: Style) -> Style:
        """Of a circle that has been drawn before."""
        fill = mix(style.paint.fill, self.theme.background, PALER)
        return replace(style, paint=replace(style.paint, fill=fill))

    def unit(self, unit: Unit) -> Style:
        theme = self.theme
        box = theme.boxes[{"input": "input", "parameter": "parameter"}.get(unit.role, "op")]
        paint = replace(box, width=box.width * min(self.scale, 1.3))
        if unit.role == "output":
            paint = replace(paint, width=2.1 * paint.width)
        if unit.state == "off":
            grey = mix(theme.dim, theme.background, 0.08)
            if theme.routes[1].dash:  # there, dashes say that a weight is negative
                grey = mix(theme.dim, theme.background, PALE)
                return Style(Paint(grey, grey, paint.width), theme.text)
            dash = tuple(self.scale * part for part in OFF)
            return Style(Paint(grey, theme.dim, paint.width, dash), theme.dim)
        if unit.state == "dead":
            return Style(Paint(theme.dim, theme.dim, paint.width), theme.background)
        if unit.state == "dropped":
            grey = mix(theme.dim, theme.background, 0.08)
            return Style(Paint(grey, theme.dim, paint.width), theme.dim, crossed=True)
        return Style(paint, theme.text)
