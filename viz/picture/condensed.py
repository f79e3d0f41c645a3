"""A picture written more closely: its boxes with fewer lines, in smaller letters."""

from __future__ import annotations

from dataclasses import replace

from microgrid.base.phrases import speaker

from ..options import Options
from ..style.density import AIRY, Density
from .boxes import BETWEEN, Arrow, Box, Line, Picture
from .fewer import elided, unframed, with_parameters_inside
from .showing import shown

__all__ = ["brief", "condensed", "finished"]


def finished(picture: Picture, options: Options, density: Density) -> Picture:
    """What has been composed, with as many boxes and as closely written as is asked for."""
    if options.parameters != "boxes":
        picture = with_parameters_inside(picture, options.parameters)
    if density.is_unframed:
        picture = unframed(picture)
    if density.elides:
        picture = elided(picture, speaker(options.lang))
    if picture.scale:
        picture = replace(picture, scale=picture.scale.among({box.node for box in picture.boxes}))
    return shown(condensed(picture, density), options.show)


def condensed(picture: Picture, density: Density) -> Picture:
    """The picture with its boxes written so.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> from viz.options import Options
    >>> from viz.picture.compose import compose
    >>> from viz.style.density import CLOSE
    >>> from viz.words.numbers import Numbers
    >>> picture = compose(read(Value(2.0, "x")), Options(), Numbers())
    >>> [line.text for line in condensed(picture, CLOSE).boxes[0].lines]
    ['x = 2']
    """
    if density == AIRY:
        return picture
    boxes = {box.name: _condensed(box, density) for box in picture.all_boxes}
    widths: dict[tuple[str, ...], float] = {}
    units = [box for box in boxes.values() if box.kind == "folded"]
    for box in units:
        widths[box.scope] = max(box.text_size[0], widths.get(box.scope, 0.0))
    boxes |= {box.name: replace(box, least_width=widths[box.scope]) for box in units}

    def within(arrow: Arrow) -> Arrow:
        label = boxes[arrow.label.name] if arrow.label else None
        return replace(arrow, tail=boxes[arrow.tail.name], head=boxes[arrow.head.name], label=label)

    return replace(
        picture,
        boxes=tuple(boxes[box.name] for box in picture.boxes),
        arrows=tuple(map(within, picture.arrows)),
        root=boxes[picture.root.name] if picture.root else None,
    )


def _condensed(box: Box, density: Density) -> Box:
    lines = _inline(box.lines, density.inline)
    if box.kind != "folded":
        lines = _side_by_side(lines)
    else:
        lines = tuple(replace(line, text=brief(line.text)) for line in lines)
    if density.size is not None:
        lines = tuple(replace(line, size=density.size) for line in lines)
    padding = 1.0 if box.kind in ("local", "symbol") else density.padding
    return replace(box, lines=lines, padding=padding, least_width=0.0)


def _side_by_side(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """A value and its gradient on one line, where that is no longer than the line above it."""
    for k in range(2, len(lines)):
        above, value, gradient = lines[k - 2 : k + 1]
        if value.kind == "value" and gradient.kind in ("gradient", "pending"):
            size = above.font.size
            written = [replace(line, size=size).width for line in (above, value, gradient)]
            if written[1] + BETWEEN * size + written[2] <= written[0]:
                return (*lines[:k], replace(gradient, joins=True), *lines[k + 1 :])
    return lines


def brief(text: str) -> str:
    """A line without what is explained in brackets at its end, which the description says too.

    >>> brief("‖grad‖ = 0.5 (3 parameters)")
    '‖grad‖ = 0.5'
    """
    return text.partition(" (")[0] if text.startswith("‖") else text


def _inline(lines: tuple[Line, ...], longest: int) -> tuple[Line, ...]:
    """A name and its value on one line, if they are short enough."""
    if len(lines) < 2 or not lines[1].beside:
        return lines
    name, value, *rest = lines
    text = value.beside
    return (Line(text, "name", early=name.text), *rest) if len(text) <= longest else lines
