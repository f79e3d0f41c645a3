"""How much of a picture is shown, at the same places: its structure, its values, or all."""

from __future__ import annotations

from dataclasses import replace

from .boxes import Arrow, Box, Line, Picture

__all__ = ["shown"]

HIDDEN = {
    "structure": frozenset({"value", "gradient", "pending", "local"}),
    "values": frozenset({"gradient", "pending", "local"}),
    "all": frozenset[str](),
}
"""The kinds of lines that are left blank."""


def shown(picture: Picture, show: str) -> Picture:
    """The picture with blank lines in boxes of the same size.

    Where numbers are hidden, neither colours nor arrows show how large they are.
    """
    hidden = HIDDEN[show]
    if not hidden:
        return picture
    boxes = {box.name: _blanked(box, hidden) for box in picture.boxes}

    def same(arrow: Arrow) -> Arrow:
        label = _blanked(arrow.label, hidden) if arrow.label else None
        tail, head = boxes[arrow.tail.name], boxes[arrow.head.name]
        return replace(arrow, tail=tail, head=head, label=label, strength=None)

    return replace(
        picture,
        boxes=tuple(boxes.values()),
        arrows=tuple(map(same, picture.arrows)),
        root=boxes[picture.root.name] if picture.root else None,
        show=show,
    )


def _blanked(box: Box, hidden: frozenset[str]) -> Box:
    lines = tuple(_blank(line, hidden) for line in box.lines)
    description = "" if box.kind == "local" and "local" in hidden else box.description
    return replace(box, lines=lines, least_width=box.text_size[0], description=description)


def _blank(line: Line, hidden: frozenset[str]) -> Line:
    if line.kind in hidden:
        return replace(line, text="", least=line.width)
    is_early = line.early and "value" in hidden
    return replace(line, text=line.early, least=line.width) if is_early else line
