"""What stands beside a network: a caption and a note for each column, a title, a description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from microgrid import nn
from microgrid.base.phrases import Phrase, count, join, say

from ..words.units import activation_name, layer_caption, layer_name
from .net import Column, Link, Unit

__all__ = ["caption", "note", "sentence", "title"]

MOST_KINDS, MOST_SIZES = 3, 10
"""How many activations a caption names, and how many columns a title counts."""


def caption(
    units: Sequence[Unit], entering: Sequence[Link], owners: Sequence[nn.Module | None]
) -> tuple[Phrase, str]:
    """What a column is, and its kind; `owners` are the modules of the weights of the links that enter."""
    weighted = [link for link in entering if link.weight]
    sources = len({link.tail for link in weighted})
    activations = _activations(units)
    skip = [say("+ skip")] if any(link.kind == "skip" for link in entering) else []
    if not weighted:
        return join(", ", [*(_listed(activations) or [say("sum")]), *skip]), "operation"
    more, kind, name, nin = [], "linear", "Linear", sources
    of = owners[0]
    same = all(isinstance(owner, type(of)) for owner in owners)
    if any(link.piece is not None for link in weighted):
        pieces = len({link.piece for link in weighted})
        kind, name, more = "maxout", "Maxout", [count(pieces, "{n} piece", "{n} pieces")]
        activations = [text for text in activations if text != activation_name("maximum")]
    elif same and isinstance(of, nn.BatchNorm):
        text = layer_caption(type(of).__name__, None, len(units))
        return join(", ", [text, *_listed(activations), *skip]), "norm"
    elif same and isinstance(of, nn.Conv):
        text = layer_caption(type(of).__name__, *of.channels)
        return join(", ", [text, say("kernel {n}", n=of.kernel), *_listed(activations), *skip]), "conv"
    elif len(weighted) > 1 and len({link.weight for link in weighted}) < len(weighted):
        kind, more = "conv", [say("shared weights")]
    return join(", ", [layer_caption(name, nin, len(units)), *more, *_listed(activations), *skip]), kind


def _activations(units: Sequence[Unit]) -> list[str]:
    named = dict.fromkeys(unit.activation for unit in units if unit.activation not in (None, "norm", "add"))
    return [activation_name(op) for op in named if op]


def _listed(activations: Sequence[str]) -> list[str]:
    """They as one part of a caption, or none."""
    return [join("/", activations[:MOST_KINDS])] if activations else []


def note(units: Sequence[Unit], layer: int, last: bool) -> Phrase:
    """How many units a column has, and how many are off, dead or dropped."""
    states = Counter(unit.state for unit in units)
    parts: list[str] = [count(len(units), "{n} unit", "{n} units")]
    if off := states["off"]:
        parts.append(say("{n} off", n=off))
    if dead := states["dead"]:
        parts.append(say("{n} dead", n=dead))
    if dropped := states["dropped"]:
        parts.append(say("{n} dropped", n=dropped))
    if last:
        return join(", ", parts if len(parts) > 1 else [])
    return join(": ", [layer_name(layer), join(", ", parts)])


def title(name: str, columns: Sequence[Column]) -> str:
    """The model's name and its sizes."""
    sizes = "-".join(str(len(column.units)) for column in columns) if len(columns) <= MOST_SIZES else ""
    return f"{name} {sizes}".strip()


def sentence(called: str, columns: Sequence[Column], links: Sequence[Link]) -> Phrase:
    """The network in words, for who does not see it."""
    parameters = {link.weight.place or link.weight.name for link in links if link.weight}
    parameters |= {b.place or b.name for column in columns for unit in column.units for b in unit.biases}
    parts = [
        join(", ", [column.caption, count(len(column.units), "{n} unit", "{n} units")]) for column in columns
    ]
    return say(
        "Network {title}, from left to right: {columns}. It has {n} parameters.",
        title=called,
        columns=join("; ", parts),
        n=len(parameters),
    )
