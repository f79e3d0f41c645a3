"""What stands below a picture: what boxes, borders and colours mean, and the routes with their products."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from microgrid.base.phrases import Say, speaker

from ..options import Options
from ..picture import looks
from ..picture.boxes import Line, Picture
from ..picture.scale import LEAST, Scale
from ..style.shapes import SHAPES, Point
from ..style.text import wrap
from ..style.theme import FONTS, Paint, Theme
from ..words import scope_texts
from ..words.numbers import Numbers
from .lettering import BASELINE, SIGN, letter, measure, sign
from .scene import Group, Path, Text

__all__ = ["Block", "blocks"]

LEGEND = {
    "input": "input", "parameter": "parameter", "symbol": "operation", "op": "operation",
    "constant": "constant", "folded": "scope, collapsed",
}  # fmt: skip
SWATCH, ROW, GAP, WITHIN, ABOVE = (34.0, 18.0), 26.0, 22.0, 8.0, 26.0
BAR, SHADES = (180.0, 14.0), 24
ROUTE = 26.0
"""The length of the line that says which route is which."""
LONGEST_SAMPLE = 14
NORM = scope_texts.NORM.partition(" ")[0]
"""How the line of a scope begins that says how large its gradients are."""


@dataclass(frozen=True)
class Block:
    """A strip of its own; `draw` is told its upper left corner."""

    kind: str
    size: Point
    draw: Callable[[float, float], Iterator[Path | Text]]

    def group(self, left: float, top: float) -> Group:
        return Group(self.kind, tuple(self.draw(left, top)))


@dataclass(frozen=True)
class Part:
    """A sample or a text; `draw` is told the left end of its middle line."""

    width: float
    draw: Callable[[float, float], tuple[Path | Text, ...]]


Entry = list[Part]
"""What stands side by side, in one row."""


def blocks(
    picture: Picture, options: Options, theme: Theme, room: float = math.inf, is_walk: bool = False
) -> list[Block]:
    """The strips below a picture, from top to bottom, in rows that are no longer than `room` if they can.

    `is_walk`: whether the picture is to be that of a moment, in which something is lit.
    """
    strips, say = [], speaker(options.lang)
    if picture.emphasis and picture.emphasis.sentences:
        count, is_shown = len(picture.emphasis.routes), picture.show == "all"
        strips.append(_routes(picture.emphasis.sentences, count, theme, room, is_shown))
    if picture.scale:
        strips.append(_rows("scale", _scale(picture.scale, Numbers(options.precision), theme, say), room))
    if options.legend and (entries := _entries(picture, theme, say, is_walk)):
        strips.append(_rows("legend", entries, room))
    return strips


def _rows(kind: str, entries: Sequence[Entry], room: float) -> Block:
    """Entries side by side, in as many rows as they need."""
    rows: list[list[Entry]] = [[]]
    for entry in entries:
        if rows[-1] and _length([*rows[-1], entry]) > room:
            rows.append([])
        rows[-1].append(entry)

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        for k, row in enumerate(rows):
            x, middle = left, top + ABOVE + SWATCH[1] / 2 + k * ROW
            for entry in row:
                for part in entry:
                    yield from part.draw(x, middle)
                    x += part.width + WITHIN
                x += GAP - WITHIN

    return Block(kind, (max(map(_length, rows)), ABOVE + SWATCH[1] + (len(rows) - 1) * ROW), draw)


def _length(row: Sequence[Entry]) -> float:
    """Of entries side by side."""
    widths = [sum(part.width + WITHIN for part in entry) - WITHIN for entry in row]
    return sum(widths) + GAP * (len(row) - 1)


# ---------------------------------------------------------------- samples


def _text(text: str, theme: Theme, kind: str = "legend") -> Part:
    def draw(left: float, middle: float) -> tuple[Text, ...]:
        line = Line(text, kind)
        return (letter(line, (left, middle + BASELINE * line.font.size), theme, anchor="start"),)

    return Part(measure(text, kind), draw)


def _box(kind: str, paint: Paint) -> Part:
    """A small box, with corners as round as those of a large one, in proportion."""
    shape = SHAPES[kind]
    shape = shape if math.isinf(shape.radius) else replace(shape, radius=0.4 * shape.radius)

    def draw(left: float, middle: float) -> tuple[Path, ...]:
        return (Path(shape.path((left + SWATCH[0] / 2, middle), SWATCH), paint),)

    return Part(SWATCH[0], draw)


def _shades(places: Sequence[float], width: float, theme: Theme, is_signed: bool) -> Part:
    """A bar with the colours at these places of the scale."""
    step = width / len(places)

    def draw(left: float, middle: float) -> tuple[Path, ...]:
        shades = [
            # a bit wider than its place, or the ground would show between two shades
            Path(
                SHAPES["local"].path((left + (k + 0.5) * step, middle), (step + 0.3, BAR[1])),
                Paint(looks.color(theme, place, is_signed), "none", 0.0),
            )
            for k, place in enumerate(places)
        ]
        border = SHAPES["local"].path((left + width / 2, middle), (width, BAR[1]))
        return (*shades, Path(border, Paint("none", theme.edge, 1.0)))

    return Part(width, draw)


def _strengths(theme: Theme) -> Part:
    """Lines of growing width, as arrows have them whose numbers are left out."""

    def draw(left: float, middle: float) -> tuple[Path, ...]:
        rows = ((middle - 7, 0.5), (middle - 1, 1.5), (middle + 6, 3.0))
        return tuple(
            Path((("M", ((left, y),)), ("L", ((left + ROUTE, y),))), Paint("none", theme.edge, width))
            for y, width in rows
        )

    return Part(ROUTE, draw)


def _sign(which: int, theme: Theme) -> Part:
    return Part(2 * SIGN, lambda left, middle: sign(which, (left + SIGN, middle), theme))


# ---------------------------------------------------------------- what a picture has in it


def _entries(picture: Picture, theme: Theme, say: Say, is_walk: bool) -> list[Entry]:
    """A sample of everything there is, with its name."""
    kinds = {box.kind for box in picture.boxes}
    colored = {box.kind for box in picture.boxes if picture.scale and box.node in picture.scale.sizes}
    # those whose inside is a gradient's colour have theirs empty here
    paints = {
        kind: replace(theme.boxes[kind], fill="none") if kind in colored else theme.boxes[kind]
        for kind in LEGEND
        if kind in kinds
    }
    named = {kind: say(LEGEND[kind]) for kind in paints}
    if "symbol" in kinds:
        named["op"] = say("result of an operation")
    entries = [[_box(kind, paint), _text(named[kind], theme)] for kind, paint in paints.items()]
    if picture.root and picture.root.kind in paints:
        border = replace(paints[picture.root.kind], fill="none", width=theme.root_width)
        entries.append([_box(picture.root.kind, border), _text(say("thick border: the result"), theme)])
    if any(box.scope for box in picture.boxes):
        entries.append([_box("op", theme.scope), _text(say("scope"), theme)])
    if "elided" in kinds:
        entries.append([_text("…", theme, "name"), _text(say("more of the graph"), theme)])
    entries += [
        [_text(text, theme, kind), _text(means, theme)] for text, kind, means in _inks(picture, theme, say)
    ]
    if picture.holds_parameters:
        words = say("parameters stand in the formulas of boxes")
        entries.append([_text("w", theme, "name"), _text(words, theme)])
    if any(arrow.strength is not None for arrow in picture.arrows):
        entries.append([_strengths(theme), _text(say("wider: a larger local derivative"), theme)])
    if picture.emphasis and any(picture.is_faded(box) for box in picture.boxes):
        faded = theme.faded.boxes["op"]
        means = "not on these routes" if picture.emphasis.routes else "not highlighted"
        entries.append([_box("op", faded), _text(say(means), theme)])
    if is_walk:
        entries.append([_box("op", theme.active), _text(say("this step"), theme)])
    return entries


def _inks(picture: Picture, theme: Theme, say: Say) -> Iterator[tuple[str, str, str]]:
    """What is written in a colour of its own: the first text of each kind, the kind, and what it means."""
    inside = {"gradient": say("gradient"), "pending": say("not computed yet")}
    texts = [(line, box) for box in picture.boxes for line in box.lines if line.kind in inside]
    for kind, means in inside.items():
        for line, box in texts:
            # in a box with a colour of its own, all text has one colour
            is_norm = line.text.startswith(NORM)
            is_told = line.kind == kind and not is_norm and line.text
            if is_told and looks.of(picture, box, theme).text is None:
                yield _sample(line.text) if kind == "gradient" else line.text, kind, means
                break
    if any(line.text.startswith(NORM) and looks.of(picture, box, theme).text is None for line, box in texts):
        yield NORM, "gradient", say("norm of the gradients in the box")
    # where gradients are not shown their lines are empty, and so are those of local derivatives
    labels = [arrow.label.lines[0].text for arrow in picture.arrows if arrow.label]
    locals = [text for text in labels if text]
    if locals:
        sample = next((text for text in locals if len(text) <= LONGEST_SAMPLE), "")
        yield sample or locals[0].rpartition(" = ")[2], "local", say("local derivative")


def _sample(text: str) -> str:
    """What begins the line of a gradient, if it is short: ``∂L/∂w``, ``grad``."""
    name = text.partition(" = ")[0].partition(" ")[0]
    return name if len(name) <= LONGEST_SAMPLE else "∂L/∂w"


# ---------------------------------------------------------------- colours


def _scale(scale: Scale, numbers: Numbers, theme: Theme, say: Say) -> list[Entry]:
    """The colour of what is zero, and of the only other size there is, or of the only finite one and of
    infinity, or a bar from the smallest to the largest."""
    limits = scale.low, scale.high
    while not scale.is_single and len({f"{end:.{numbers.precision}g}" for end in limits}) == 1:
        numbers = replace(numbers, precision=numbers.precision + 1)  # by some digit they differ
    low, high = map(numbers, limits)
    row: list[Entry] = []

    def shades(*places: float) -> Part:
        return _shades(places, SWATCH[0] if len(places) == 1 else BAR[0], theme, scale.is_signed)

    def bar(start: float, end: float) -> Part:
        return shades(*(start + (end - start) * k / (SHADES - 1) for k in range(SHADES)))

    if scale.unseen is not None:
        row.append([shades(0.0), _text(f"< {low}" if scale.unseen else "0", theme)])
    for which in _signs(scale):
        mark = [_sign(which, theme)] if scale.is_signed and theme.marks_signs else []
        minus = numbers.minus if which < 0 else ""
        if scale.is_single and not scale.has_infinity:
            row.append([shades(which), *mark, _text(minus + high, theme)])
        elif scale.is_single:
            row.append([shades(which * LEAST), *mark, _text(minus + low, theme)])
            row.append([shades(which), *mark, _text(numbers(which * math.inf), theme)])
        else:
            top = f"{minus}{high}, {numbers(which * math.inf)}" if scale.has_infinity else minus + high
            ends = [_text(minus + low, theme), bar(which * LEAST, which), _text(top, theme)]
            row.append([*mark, *(ends if which > 0 else [ends[2], bar(-1, -LEAST), ends[0]])])
    if scale.is_logarithmic:
        named = say("gradient, logarithmic" if scale.is_signed else "size of the gradient, logarithmic")
    else:
        named = say("gradient" if scale.is_signed else "size of the gradient")
    return [[_text(named, theme)], *row]


def _signs(scale: Scale) -> list[int]:
    """Those that a scale has: of the gradients of the picture."""
    places = [scale.place(size) for size in scale.sizes.values()]
    return [which for which in (-1, 1) if any(which * place > 0 for place in places)]


# ---------------------------------------------------------------- routes


def _routes(sentences: tuple[str, ...], count: int, theme: Theme, room: float, is_shown: bool) -> Block:
    """A sentence for each route, with the line that it is drawn with, then the sum; or, without numbers, what
    each route is called, and room for the rest."""
    leading, indent = FONTS["legend"].leading * 1.15, ROUTE + 8

    def wrapped(text: str) -> list[str]:
        return wrap(text, lambda row: measure(row, "legend") + indent <= room)

    rows = [(k, n, row) for k, text in enumerate(sentences) for n, row in enumerate(wrapped(text))]
    names = {(k, n): row for k in range(count) for n, row in enumerate(wrapped(_name(sentences[k])))}
    width = max(measure(row, "legend") for _, _, row in rows) + indent

    def draw(left: float, top: float) -> Iterator[Path | Text]:
        for place, (k, n, row) in enumerate(rows):
            middle = top + ABOVE + (place + 0.5) * leading
            if k < count and n == 0:
                yield Path((("M", ((left, middle),)), ("L", ((left + ROUTE, middle),))), theme.routes[k])
            if text := row if is_shown else names.get((k, n), ""):
                yield from _text(text, theme).draw(left + indent, middle)

    return Block("routes", (width, ABOVE + len(rows) * leading), draw)


def _name(sentence: str) -> str:
    """What a sentence about a route is about: its stops or, where there is one route, the derivative.

    >>> _name("w → h → L:  3 · 2 = 6"), _name("∂L/∂w = 6")
    ('w → h → L', '∂L/∂w')
    """
    stops, colon, _ = sentence.rpartition(":  ")
    return stops if colon else sentence.partition(" = ")[0]
