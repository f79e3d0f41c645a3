"""What each box is drawn with: by its role in the theme, its gradient, the reader's style, and emphasis."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..style.theme import FADED, NO_BORDER, Paint, Theme, contrast, mix
from .boxes import Box, Picture

__all__ = ["Look", "color", "of"]

LEAST_CONTRAST = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""


@dataclass(frozen=True)
class Look:
    """The shape of a box, and the colour of all text in it, or None where each kind of text has its own."""

    paint: Paint
    text: str | None = None
    sign: int = 0
    """Of the gradient, 1 or -1, where the theme marks it because its colours do not show it."""


def of(picture: Picture, box: Box, theme: Theme) -> Look:
    """What a box of a picture is drawn with."""
    look = Look(theme.boxes.get(box.kind, NO_BORDER))
    if box.kind == "local":
        return look
    if box is picture.root:
        look = replace(look, paint=replace(look.paint, width=theme.root_width))
    if box.node is not None and box.kind != "symbol":
        look = _styled(_scaled(look, picture, box.node, theme), picture, box.node, theme)
    return _faded(look, theme) if picture.is_faded(box) else look


def _scaled(look: Look, picture: Picture, node: int, theme: Theme) -> Look:
    """With the colour of the node's gradient, where gradients have colours."""
    if picture.show != "all" or picture.scale is None or node not in picture.scale.sizes:
        return look
    place = picture.scale.place(picture.scale.sizes[node])
    fill = theme.background if math.isnan(place) else color(theme, place, picture.scale.is_signed)
    sign = (place > 0) - (place < 0) if picture.scale.is_signed and theme.marks_signs else 0
    return Look(replace(look.paint, fill=fill), _ink(fill), sign)


def _styled(look: Look, picture: Picture, node: int, theme: Theme) -> Look:
    """As the reader asks, with text that can be read on the fill that he chose."""
    if picture.styles is None or node not in picture.styles:
        return look
    style, old = picture.styles[node], look.paint
    paint = Paint(
        fill=style.get("fill", old.fill),
        stroke=style.get("stroke", old.stroke),
        width=style.get("width", old.width),
        dash=style.get("dash", old.dash),
    )
    if "text" in style:
        return replace(look, paint=paint, text=style["text"])
    if "fill" not in style:
        return replace(look, paint=paint)
    is_readable = min(contrast(ink, paint.fill) for ink in theme.inks) >= LEAST_CONTRAST
    return Look(paint, None if is_readable else _ink(paint.fill))


def _faded(look: Look, theme: Theme) -> Look:
    paint = replace(look.paint, fill=_fade(look.paint.fill, theme), stroke=_fade(look.paint.stroke, theme))
    return replace(look, paint=paint, text=_fade(look.text, theme) if look.text else None)


def _fade(shade: str, theme: Theme) -> str:
    return mix(shade, theme.background, FADED)


def _ink(ground: str) -> str:
    """Black or white, whichever can be read better."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def color(theme: Theme, place: float, is_signed: bool = False) -> str:
    """The colour at a place of the theme's scale, from 0 to 1, or of the one with signs, from -1 to 1."""
    colors = theme.diverging if is_signed else theme.scale
    share = (place + 1) / 2 if is_signed else place
    steps = len(colors) - 1
    k = min(int(share * steps), steps - 1)
    return mix(colors[k + 1], colors[k], share * steps - k)
