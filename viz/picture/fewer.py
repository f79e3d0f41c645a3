"""A picture with fewer boxes: parameters in the boxes that use them, and long columns cut short."""

from __future__ import annotations

from dataclasses import replace

from microgrid.base.phrases import ENGLISH, Say

from ..options import MOST_UNITS
from .boxes import Arrow, Box, Line, Picture

__all__ = ["elided", "unframed", "with_parameters_inside"]

FIRST, LAST = 5, 4
"""How many of them are shown, before and behind those that are not."""
INSIDE = ("parameter", "constant")
LEAVES = (*INSIDE, "input")


def with_parameters_inside(picture: Picture, shared: bool = False) -> Picture:
    """Without the boxes of parameters and constants that one box alone uses, or several if they are `shared`:
    formulas name them, and the description of the first box has what they said.

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
    shown = picture.emphasis.nodes if picture.emphasis else frozenset[int]()
    inner = {
        box.name: box
        for box in picture.boxes
        if box.kind in INSIDE and readers.get(box.name) and shown.isdisjoint(box.members)
        if shared or len(readers[box.name]) == 1
    }
    held: dict[str, list[Box]] = {}
    for name, box in inner.items():
        held.setdefault(readers[name][0], []).append(box)
    boxes = {
        box.name: _holding(box, held.get(box.name, [])) for box in picture.boxes if box.name not in inner
    }
    if any(box.kind == "parameter" for box in inner.values()):
        picture = replace(picture, holds_parameters=True)
    return _of(picture, boxes, [arrow for arrow in picture.arrows if arrow.tail.name not in inner])


def _holding(box: Box, inner: list[Box]) -> Box:
    members = tuple(sorted({*box.members, *(i for one in inner for i in one.members)}))
    texts = [box.description, *(one.description for one in inner if one.kind == "parameter")]
    return replace(box, members=members, description="\n".join(filter(None, texts)))


def elided(picture: Picture, say: Say = ENGLISH) -> Picture:
    """With the first and the last units of each layer that has very many, and how many it has in all."""
    stands_for: dict[str, Box] = {}
    for units in _layers(picture):
        names = {box.name for box in units}
        inner = any(arrow.tail.name in names and arrow.head.name in names for arrow in picture.arrows)
        if inner:
            continue
        hidden = [box for box in units[FIRST:-LAST] if box is not picture.root]
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
        shown = stands_for.get(box.name, box)
        boxes[shown.name] = shown
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
