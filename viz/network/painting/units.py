"""The circles of a network with what is in them and around them: names, values, icons, biases."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from microgrid.base.phrases import said, speaker
from microgrid.ops import TABLE

from ...drawing.scene import Group, Path, Text
from ...style.shapes import SHAPES, Point, Rectangle
from ...style.theme import Font, Paint
from ...words.numbers import Numbers
from ..net import EXTREMES, End, Link, Net, Parameter, Unit
from .looks import Looks
from .places import Places
from .shapes import circle, cross, icon
from .texts import Sizes, fitting, text, wide

__all__ = ["Circles"]

WITH_ICON = 15.0
"""The radius from which a circle holds a curve below its text."""
BIAS_ANGLE = math.radians(112)
"""Where a bias sits on its circle: just left of the lowest point, where few arrows arrive."""
PIECE, PIECE_OUT = 4.8, 2.0
"""A small circle for each piece of a maxout, on circles of radius 20: its radius, and how far out it is."""
PIECES_APART, ALL_PIECES = math.radians(44), math.radians(100)
"""From one to the next, seen from the middle of the circle, and from the first to the last at most."""
NAMED = 10.0
"""The size that the name of a unit has in its circle, if there is room for it."""
BESIDE, SLACK = 6.0, 1.6
BROADEST = 0.45
"""Of the way between two columns, what the text under a circle may take up."""
_SIGNS = {"mul": "×", "add": "+", "sub": "−", "div": "÷", "maximum": "max", "minimum": "min"}


class Circles:
    """The circles of a row, with their texts: numbers to as many digits as those of `every` circle."""

    def __init__(
        self,
        net: Net,
        places: Places,
        looks: Looks,
        show: str,
        precision: int,
        lang: str,
        every: Iterable[End],
    ) -> None:
        self._net, self._places, self._looks = net, places, looks
        self._lang, self._say = lang, speaker(lang)
        self._slopes, self._exact = show == "gradients", Numbers(17)
        self._sizes = Sizes(places.radius)
        self._free = places.step - 2 * places.radius
        """Between two circles, above each other."""
        self._pieces: dict[End, int] = {}
        for link in net.links:
            if link.piece is not None and net.unit(link.head).activation in EXTREMES:
                self._pieces[link.head] = max(self._pieces.get(link.head, 0), link.piece + 1)
        values = [value for unit in map(net.unit, every) if (value := self._value(unit)) is not None]
        self.values = fitting(values, precision, self._sizes.inside, self._chord())
        self._precision = precision

    def _unit(self, end: End) -> Unit:
        return self._net.unit(end)

    def _value(self, unit: Unit) -> float | None:
        return unit.grad if self._slopes and unit.grad is not None else unit.value

    def _chord(self) -> float:
        """The room for a text in a circle."""
        r, size = self._places.radius, self._sizes.inside.size
        lifted = self._lift() + 0.36 * size
        room = 2 * math.sqrt(max(r * r - lifted * lifted, 0.0)) - SLACK
        return room - (1.2 * PIECE * self._looks.scale if any(n > 1 for n in self._pieces.values()) else 0.0)

    def piece(self, end: End, piece: int | None) -> tuple[Point, float] | None:
        """Where the arrows to a piece of a maxout end: a small circle on the left of the large one."""
        several = self._pieces.get(end, 0)
        if piece is None or several < 2:
            return None
        apart = min(PIECES_APART, ALL_PIECES / (several - 1))
        angle = math.pi + (piece - (several - 1) / 2) * apart
        scale, (x, y) = self._looks.scale, self._places.centers[end]
        away = self._places.radius + PIECE_OUT * scale
        # so small that those of many pieces do not touch
        radius = min(PIECE * scale, 0.45 * away * apart)
        return (x + away * math.cos(angle), y - away * math.sin(angle)), radius

    def _lift(self) -> float:
        """How far above the middle a text stands that has a curve below."""
        return 0.26 * self._places.radius if self._places.radius >= WITH_ICON else 0.0

    def groups(self) -> Iterator[Group]:
        for end, center in self._places.centers.items():
            yield self._circle(end, center)
        for end, center in self._places.centers.items():
            yield from self._name(end, center)
            if end[0] == self._places.again:
                continue
            yield from self._small(end)
            for k, bias in enumerate(self._unit(end).biases):
                small = self.piece(end, k) if len(self._unit(end).biases) == self._pieces.get(end) else None
                at = small[0] if small else self._on_circle(center, k)
                yield self._bias(self._unit(end), bias, at)

    def _small(self, end: End) -> Iterator[Group]:
        """The pieces of a maxout."""
        border = self._looks.unit(self._unit(end)).paint.stroke
        paint = Paint(self._looks.theme.background, border, 0.8 * self._looks.scale)
        for k in range(self._pieces.get(end, 0)):
            if small := self.piece(end, k):
                yield Group("piece", (Path(circle(*small), paint),), data=(("of", self._unit(end).id),))

    # ---------------------------------------------------------------- in the circle

    def _circle(self, end: End, center: Point) -> Group:
        unit, r = self._unit(end), self._places.radius
        style = self._looks.unit(unit)
        if end[0] == self._places.again:
            style = self._looks.paler(style)
        items: list[Path | Text] = [Path(circle(center, r), style.paint)]
        below = self._icon(unit, center, style.ink)
        if style.crossed:
            items.append(Path(cross(center, r), Paint("none", style.paint.stroke, 1.5 * self._looks.scale)))
        value = self._value(unit)
        words = unit.name if value is None else self.values[value]
        if style.crossed:
            words, below = "", []
        is_gradient = self._slopes and unit.grad is not None
        ink = self._looks.gradient if is_gradient and unit.state != "dead" else style.ink
        font = replace(self._sizes.inside, italic=is_gradient and bool(self._looks.theme.slanted))
        named = replace(font, size=max(font.size, NAMED))  # its indices are small
        if value is None and wide(words, named) <= self._chord() + SLACK:
            font = named
        if value is None and wide(words, font) > self._chord() + SLACK:
            words = words.partition("⁽")[0]  # the layer is that of the column
            words = words if wide(words, font) <= self._chord() + SLACK else ""
        lift = self._lift() if below else 0.0
        if words:
            items.append(text(words, (center[0], center[1] - lift), font, ink))
        items += below
        role = f" {unit.role}" if unit.state == "on" else f" {unit.role} {unit.state}"
        if end[0] == self._places.again:
            return Group("again", tuple(items), self._description(unit), data=(("of", unit.id),))
        return Group(f"node{role}", tuple(items), self._description(unit), data=(("node", unit.id),))

    def _icon(self, unit: Unit, center: Point, ink: str) -> list[Path | Text]:
        """The curve of the activation, below the text."""
        r = self._places.radius
        if r < WITH_ICON or not unit.activation:
            return []
        at = (center[0], center[1] + 0.46 * r)
        paint = Paint("none", ink, round(max(0.07 * r, 1.1), 2))
        if commands := icon(unit.activation, at, (0.95 * r, 0.42 * r)):
            return [Path(commands, paint)]
        sign = _SIGNS.get(unit.activation, "")
        return [text(sign, at, self._sizes.inside, ink)] if sign and unit.activation in TABLE else []

    # ---------------------------------------------------------------- around it

    def _ground(self, words: str, middle: Point, font: Font) -> Path:
        """What keeps arrows out of a text beside a circle."""
        size = (wide(words, font) + 2.0, font.size)
        return Path(SHAPES["op"].path(middle, size), Paint(self._looks.theme.background, "none", 0.0))

    def _name(self, end: End, center: Point) -> Iterator[Group]:
        unit = self._unit(end)
        for name, at, font in self._names(end, center) if self._value(unit) is not None else ():
            items = (self._ground(name, at, font), text(name, at, font, self._looks.theme.text))
            yield Group("name", items, data=(("of", unit.id),))

    def _names(self, end: End, center: Point) -> Iterator[tuple[str, Point, Font]]:
        """The name of a unit whose value is in the circle, where there is room for it."""
        unit, r, (x, y) = self._unit(end), self._places.radius, center
        font = self._sizes.name
        away = r + BESIDE + wide(unit.name, font) / 2
        if end[0] == 0:
            yield unit.name, (x - away, y), font
        elif end[0] == len(self._net.columns) - 1:
            yield unit.name, (x + away, y), font
        elif self._names_above():
            small = self._sizes.number
            yield unit.name, (x, y - r - 2.5 - small.size / 2), small

    def _names_above(self) -> bool:
        return self._free >= 2.6 * self._sizes.number.size + 4

    @cached_property
    def kept_free(self) -> dict[End, tuple[float, float]]:
        """Above and below each circle the room for texts, whether or not they are there now."""
        size, last = self._sizes.number.size, len(self._net.columns) - 1
        return {
            end: (
                2.5 + size if 0 < end[0] < last and self._names_above() else 0.0,
                3.5 + size if len(self._unit(end).biases) == 1 and self._free >= 1.8 * size else 0.0,
            )
            for end in self._places.centers
        }

    @cached_property
    def texts_beside(self) -> list[Rectangle]:
        """What stands above and below circles, for others to keep away from."""
        rectangles = []
        for end, center in self._places.centers.items():
            unit = self._unit(end)
            named = self._names(end, center) if self._value(unit) is not None else iter(())
            written = [(words, at, font) for words, at, font in named]
            written += [self._bias_text(unit, k, center) for k in range(len(unit.biases))]
            for words, (x, y), font in filter(lambda one: one[0], written):
                w, h = wide(words, font) / 2, font.size / 2
                rectangles.append((x - w, y - h, x + w, y + h))
        return rectangles

    def _bias_text(self, unit: Unit, k: int, center: Point) -> tuple[str, Point, Font]:
        """The number of a bias under its circle, "" where there is no room for it."""
        font, parameter = self._sizes.number, unit.biases[k]
        at = (center[0], center[1] + self._places.radius + 3.5 + font.size / 2)
        number = self._looks.number(parameter)
        if len(unit.biases) > 1 or self._free < 1.8 * font.size or self._looks.words in ("width", "none"):
            return "", at, font
        if number is None or self._looks.words == "names":
            words = parameter.name
        else:
            letter = re.split("[₀-₉⁽]", parameter.name)[0]  # b, and β of a batch normalisation
            words = f"{'grad' if self._slopes else f'{letter} ='} {Numbers(self._precision)(number)}"
        fits = len(self._places.columns) < 2 or wide(words, font) < BROADEST * self._places.gap
        return words if fits else "", at, font

    def _on_circle(self, center: Point, k: int) -> Point:
        r, angle = self._places.radius, BIAS_ANGLE + 0.45 * k
        return (center[0] + r * math.cos(angle), center[1] + r * math.sin(angle))

    def _bias(self, unit: Unit, bias: Parameter, at: Point) -> Group:
        paint, radius = self._looks.bias(bias)
        dot = Path(circle(at, radius), paint)
        items: list[Path | Text] = [dot]
        center = next(c for end, c in self._places.centers.items() if self._unit(end) is unit)
        words, middle, font = self._bias_text(unit, unit.biases.index(bias), center)
        if words:
            color = self._looks.color(self._looks.number(bias)).stroke
            items = [self._ground(words, middle, font), dot, text(words, middle, font, color)]
        return Group("bias", tuple(items), self.told(bias), data=(("of", unit.id), *self.data(bias)))

    # ---------------------------------------------------------------- for those who read

    def _description(self, unit: Unit) -> str:
        facts = [unit.name]
        if unit.value is not None:
            facts.append(self._say("value {x}", x=Numbers(6)(unit.value)))
        if unit.grad is not None:
            facts.append(self._say("gradient {x}", x=Numbers(6)(unit.grad)))
        states = {
            "off": self._say("off for this sample"),
            "dead": self._say("dead: off for all samples"),
            "dropped": self._say("dropped out"),
        }
        facts += [states[unit.state]] if unit.state in states else []
        return "\n".join([*facts, *([said(unit.note, self._lang)] if unit.note else [])])

    def told(self, parameter: Parameter) -> str:
        """A parameter in words."""
        facts = [parameter.name]
        if parameter.value is not None:
            facts = [f"{parameter.name} = {Numbers(6)(parameter.value)}"]
        if parameter.grad is not None:
            facts.append(self._say("gradient {x}", x=Numbers(6)(parameter.grad)))
        return "\n".join(facts)

    def ids(self, link: Link) -> tuple[str, str]:
        return self._unit(link.tail).id, self._unit(link.head).id

    def told_link(self, link: Link) -> str:
        """An arrow in words."""
        ends = f"{self._unit(link.tail).name} → {self._unit(link.head).name}"
        facts = [self.told(link.weight)] if link.weight else []
        facts += [f"× {Numbers(6)(link.factor)}"] if link.factor != 1 else []
        return "\n".join([ends, *facts])

    @staticmethod
    def data(parameter: Parameter | None) -> tuple[tuple[str, str], ...]:
        """A parameter as programs read it back: its place in `named_parameters`, and its exact value."""
        if parameter is None:
            return ()
        facts = [("weight", parameter.place), ("value", parameter.value), ("grad", parameter.grad)]
        return tuple((name, str(fact)) for name, fact in facts if fact not in (None, ""))
