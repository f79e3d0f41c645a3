"""A style of the reader's own for each node: what `node_style` says, checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from ..errors import VizError
from ..graph.trace import Node, Trace

__all__ = ["Style", "styles"]


class Style(TypedDict, total=False):
    """What of a box is to be otherwise: colours as #rrggbb, lengths in points."""

    fill: str
    stroke: str
    width: float
    dash: tuple[float, ...]
    text: str


KEYS = tuple(Style.__annotations__)


def styles(trace: Trace, style: Callable[[Node], Mapping[str, Any] | None]) -> dict[int, Style]:
    """What `node_style` says of each node, checked."""
    if not callable(style):
        raise TypeError(f"node_style is a function of a node, got {type(style).__name__}")
    checked: dict[int, Style] = {}
    for node in trace.nodes:
        own = style(node)
        if own is None:
            continue
        if not isinstance(own, Mapping):
            raise TypeError(
                f"node_style returns a dict or None, got {type(own).__name__} for {_called(node)}"
            )
        checked[node.index] = cast(Style, {key: _checked(key, value, node) for key, value in own.items()})
    return checked


def _checked(key: str, value: Any, node: Node) -> Any:
    where = f"node_style: {key}={value!r} for {_called(node)}"
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


def _called(node: Node) -> str:
    return f"the node {node.label!r}" if node.label else f"node {node.index}"
