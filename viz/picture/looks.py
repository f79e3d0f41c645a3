"""How each box looks: as its role in the theme, unless it steps back, is coloured by its gradient, or has a style of
the reader's own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import VizError
from ..graph.folding import Unit, gradient_norm, outputs
from ..graph.trace import Node, Trace
from ..style.theme import FADED, NO_BORDER, Paint, Theme, contrast, mix

__all__ = ["LEAST", "Look", "Scale", "color", "look", "scale_of", "styles"]

DECADES = 12
"""What is smaller than the largest gradient by more than so many powers of ten is drawn like zero."""
LEAST = 0.12
"""The place of what is just large enough not to be."""
ROUNDING = 1e-8
"""Sizes that differ by no more, relatively, have one colour."""

LEAST_CONTRAST = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

KEYS = ("fill", "stroke", "width", "dash", "text")


@dataclass(frozen=True)
class Look:
    """The shape of a box, and the colour of all text in it, or None where each kind of text has its own."""

    paint: Paint
    text: str | None = None


@dataclass(frozen=True)
class Scale:
    """From the size of a gradient to a place between 0 and 1, by powers of ten from `low` to `high`; infinity is beside
    the largest, and nan has no place."""

    low: float
    high: float
    sizes: Mapping[int, float]
    """The magnitude for each box, by the node that it is named after."""
    only: float | None
    """The magnitude that all have that are not zero; None where they differ by more than rounding, 0 where all are."""

    @property
    def unseen(self) -> float | None:
        """The largest magnitude that is drawn like zero; None if there is none."""
        return max((size for size in self.sizes.values() if self.place(size) == 0), default=None)

    def place(self, size: float) -> float:
        if size == 0 or math.isnan(size):
            return size
        if self.only is not None or size == math.inf:
            return 1.0
        power = math.log10(size)
        if power < self.low - 1e-9:
            return 0.0
        return LEAST + (1 - LEAST) * min(max((power - self.low) / max(self.high - self.low, 1), 0.0), 1.0)


def scale_of(trace: Trace, units: Sequence[Unit]) -> Scale | None:
    """The scale on which the gradients of these units lie; None where there are none."""
    used = outputs(trace, units)
    sizes: dict[int, float] = {}
    for unit in units:
        node = trace.nodes[unit.last]
        size = gradient_norm(trace, unit, used[unit.last]) if unit.scope is not None else node.grad
        if size is not None and node.role != "constant":
            sizes[unit.last] = abs(size)
    powers = [math.log10(size) for size in sizes.values() if 0 < size < math.inf]
    if not sizes:
        return None
    high = math.ceil(max(powers, default=0.0) - 1e-9)
    low = max(math.floor(min(powers, default=0.0) + 1e-9), high - DECADES)
    found = [size for size in sizes.values() if size and not math.isnan(size)] or [0.0]
    return Scale(
        low, high, sizes, max(found) if math.isclose(min(found), max(found), rel_tol=ROUNDING) else None
    )


def look(
    kind: str,
    node: int,
    theme: Theme,
    *,
    root: bool = False,
    faded: bool = False,
    scale: Scale | None = None,
    styles: Mapping[int, Mapping[str, Any]] | None = None,
) -> Look:
    """What a box of a kind, named after a node, is drawn with."""
    found = Look(theme.boxes.get(kind, NO_BORDER))
    if root:
        found = replace(found, paint=replace(found.paint, width=theme.root_width))
    if scale and kind != "symbol" and node in scale.sizes:
        size = scale.sizes[node]
        fill = theme.background if math.isnan(size) else color(theme, scale.place(size))
        found = Look(replace(found.paint, fill=fill), _ink(fill))
    if styles and kind != "symbol" and node in styles:
        own = dict(styles[node])
        text = own.pop("text", None)
        if (
            "fill" in own
            and not text
            and min(contrast(ink, own["fill"]) for ink in theme.inks) < LEAST_CONTRAST
        ):
            text = _ink(own["fill"])
        found = Look(replace(found.paint, **own), text or (None if "fill" in own else found.text))
    if faded:
        paint = found.paint
        paint = replace(paint, fill=_fade(paint.fill, theme), stroke=_fade(paint.stroke, theme))
        found = Look(paint, _fade(found.text, theme) if found.text else None)
    return found


def _ink(ground: str) -> str:
    """Black or white, whichever can be read better."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def color(theme: Theme, place: float) -> str:
    """The colour at a place of the theme's scale."""
    steps = len(theme.scale) - 1
    k = min(int(place * steps), steps - 1)
    return mix(theme.scale[k + 1], theme.scale[k], place * steps - k)


def _fade(shade: str, theme: Theme) -> str:
    return mix(shade, theme.background, FADED)


# ---------------------------------------------------------------- a style of the reader's own


def styles(trace: Trace, style: Callable[[Node], Mapping[str, Any] | None]) -> dict[int, dict[str, Any]]:
    """What `node_style` says of each node, checked."""
    if not callable(style):
        raise TypeError(f"node_style is a function of a node, got {type(style).__name__}")
    found = {}
    for node in trace.nodes:
        said = style(node)
        if said is None:
            continue
        if not isinstance(said, Mapping):
            raise TypeError(f"node_style returns a dict or None, got {type(said).__name__} for {_told(node)}")
        found[node.index] = {key: _checked(key, value, node) for key, value in said.items()}
    return found


def _checked(key: str, value: Any, node: Node) -> Any:
    where = f"node_style: {key}={value!r} for {_told(node)}"
    if key not in KEYS:
        raise VizError(f"{where} is unknown: a style has {', '.join(KEYS)}")
    if key in ("fill", "stroke", "text"):
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise VizError(f"{where} is no colour: write it as #rrggbb, such as #ffeb99")
        return value.lower()
    if key == "width":
        if not _is_length(value, 20.0):
            raise VizError(f"{where} is no width: a number of points from 0 to 20")
        return float(value)
    if not isinstance(value, tuple | list) or not all(_is_length(part, 100.0) and part > 0 for part in value):
        raise VizError(
            f"{where} is no dash: a tuple of the lengths of dashes and gaps, in points, such as (5, 3)"
        )
    return tuple(map(float, value))


def _is_length(value: object, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _told(node: Node) -> str:
    return f"the node {node.label!r}" if node.label else f"node {node.index}"
