"""A picture with fewer boxes: parameters in the boxes that use them, and long columns cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from microgrid.base.phrases import ENGLISH, Say

from ..options import MOST_UNITS
from .boxes import Arrow, Box, Line, Picture

__all__ = ["elided", "listed", "shown", "unframed", "with_parameters_inside"]

PLACES = 10
"""Of a column that is cut short, or of parameters in one box."""
INSIDE = ("parameter", "constant")
LEAVES = (*INSIDE, "input")


def with_parameters_inside(picture: Picture, how: str = "inside") -> Picture:
    """Without the boxes of parameters and constants that one box alone uses, or several if they are "named":
    formulas name them, and the description of the first box has what they said.

    If they are "listed", lines of that box say what parameters and their gradients are, and the targets of
    losses keep their boxes.

    >>> from microgrid import Value, parameter
    >>> from viz.graph.trace import read
    >>> from viz.options import Options
    >>> from viz.picture.compose import compose
    >>> from viz.words.numbers import Numbers
    >>> picture = compose(read(parameter(2.0, "w") * Value(3.0, "x")), Options(), Numbers())
    >>> [box.lines[0].text for box in with_parameters_inside(picture).boxes]
    ['x', 'w · x']
    """
    readers: dict[str, list[str]] = {}
    for arrow in picture.arrows:
        of_this = readers.setdefault(arrow.tail.name, [])
        if arrow.head.name not in of_this:
            of_this.append(arrow.head.name)
    seen = picture.emphasis.nodes if picture.emphasis else frozenset[int]()
    inner = {
        box.name: box
        for box in picture.boxes
        if box.kind in INSIDE and readers.get(box.name) and seen.isdisjoint(box.members)
        if how == "named" or len(readers[box.name]) == 1
        if not (how == "listed" and box.is_target)
    }
    held: dict[str, list[Box]] = {}
    for name, box in inner.items():
        held.setdefault(readers[name][0], []).append(box)
    boxes = {
        box.name: _holding(box, held.get(box.name, []), how == "listed")
        for box in picture.boxes
        if box.name not in inner
    }
    if how != "listed" and any(box.kind == "parameter" for box in inner.values()):
        picture = replace(picture, holds_parameters=True)
    return _of(picture, boxes, [arrow for arrow in picture.arrows if arrow.tail.name not in inner])


def _holding(box: Box, inner: list[Box], is_listed: bool) -> Box:
    members = tuple(sorted({*box.members, *(i for one in inner for i in one.members)}))
    formula = " ".join(line.text for line in box.lines if line.kind == "name")
    parameters = sorted(
        (one for one in inner if one.kind == "parameter"), key=lambda one: _place(formula, one.lines[0].text)
    )
    texts = [box.description, *(one.description for one in parameters)]
    lines = listed([(one.node, one.lines) for one in parameters]) if is_listed else ()
    return replace(
        box, lines=(*box.lines, *lines), members=members, description="\n".join(filter(None, texts))
    )


def _place(formula: str, name: str) -> int:
    """Where a name stands in a formula, those that it leaves out after all others."""
    place = formula.find(name)
    return place if place >= 0 else len(formula)


def listed(parameters: Sequence[tuple[int | None, Sequence[Line]]]) -> tuple[Line, ...]:
    """What the boxes of parameters would say, each on one line of another box: ``w = 2  ∂L/∂w = 6``.

    >>> told = [Line("w", "name"), Line("2", "value", beside="w = 2"), Line("grad 6", "gradient")]
    >>> [line.text for line in listed([(0, told)])]
    ['w = 2', 'grad 6']
    """
    lines: list[Line] = []
    for k in shown(len(parameters), PLACES):
        if k is None:
            lines.append(Line("⋮", "parameter"))
            continue
        node, told = parameters[k]
        name, value = (told[0].text, told[1]) if told[0].kind == "name" else ("", told[0])
        text = value.beside or value.text
        lines.append(Line(text, "parameter", early=name, node=node))
        if told[-1].kind in ("gradient", "pending"):
            lines.append(replace(told[-1], node=node, joins=True))
    return tuple(lines)


def shown(count: int, most: int | None) -> list[int | None]:
    """Which of so many have a place of their own, of those that stand below each other: all, or the first
    and the last around an ellipsis.

    >>> shown(5, 4), shown(3, 4)
    ([0, 1, None, 4], [0, 1, 2])
    """
    if most is None or count <= most:
        return list(range(count))
    return [*range(most - 2), None, count - 1]


def elided(picture: Picture, say: Say = ENGLISH) -> Picture:
    """With the first and the last units of each layer that has very many, and how many it has in all."""
    stands_for: dict[str, Box] = {}
    for units in _layers(picture):
        names = {box.name for box in units}
        inner = any(arrow.tail.name in names and arrow.head.name in names for arrow in picture.arrows)
        if inner:
            continue
        places = shown(len(units), PLACES)
        hidden = [box for k, box in enumerate(units) if k not in places and box is not picture.root]
        are_leaves = units[0].kind in LEAVES
        if are_leaves:
            text = say("{n:,} of {of:,} numbers are not shown", n=len(hidden), of=len(units))
            size = say("{n} numbers", n=len(units))
        else:
            text = say("{n:,} of {of:,} units are not shown", n=len(hidden), of=len(units))
            size = say("{n} units", n=len(units))
        dots = Box(
            name=f"u{hidden[0].name}",
            kind="elided",
            lines=(Line("⋮", "name"), Line(size, "literal")),
            node=None,
            scope=units[0].scope,
            description=text,
            members=tuple(i for box in hidden for i in box.members),
        )
        if not units[0].scope:
            dots = replace(dots, layer=dots.name)
            stands_for |= {box.name: replace(box, layer=dots.name) for box in units}
        stands_for |= {box.name: dots for box in hidden}
    if not stands_for:
        return picture
    boxes: dict[str, Box] = {}
    for box in picture.boxes:
        standing = stands_for.get(box.name, box)
        boxes[standing.name] = standing
    hidden_names = {name for name, box in stands_for.items() if box.name != name}
    arrows = [
        arrow for arrow in picture.arrows if hidden_names.isdisjoint((arrow.tail.name, arrow.head.name))
    ]
    return _of(picture, boxes, arrows)


def _layers(picture: Picture) -> list[list[Box]]:
    """Boxes that are units of one layer: of scopes in one scope, or of one kind with the same operands and
    the same readers, as a network has them that was written without scopes."""
    reads: dict[str, set[str]] = {}
    readers: dict[str, set[str]] = {}
    for arrow in picture.arrows:
        reads.setdefault(arrow.head.name, set()).add(arrow.tail.name)
        readers.setdefault(arrow.tail.name, set()).add(arrow.head.name)
    layers: dict[tuple[object, ...], list[Box]] = {}
    for box in picture.boxes:
        alike = frozenset(reads.get(box.name, ())), frozenset(readers.get(box.name, ()))
        key = (box.scope,) if box.kind == "folded" else (box.kind, box.scope, *alike)
        layers.setdefault(key, []).append(box)
    return [units for units in layers.values() if len(units) > MOST_UNITS]


def unframed(picture: Picture) -> Picture:
    """Without the frames of scopes."""

    def bare(box: Box) -> Box:
        return replace(box, scope=())

    arrows = [replace(arrow, label=bare(arrow.label) if arrow.label else None) for arrow in picture.arrows]
    return _of(picture, {box.name: bare(box) for box in picture.boxes}, arrows)


def _of(picture: Picture, boxes: dict[str, Box], arrows: list[Arrow]) -> Picture:
    return replace(
        picture,
        boxes=tuple(boxes.values()),
        arrows=tuple(
            replace(arrow, tail=boxes[arrow.tail.name], head=boxes[arrow.head.name]) for arrow in arrows
        ),
        root=boxes.get(picture.root.name) if picture.root else None,
    )
