"""What stands beside a network: a caption and a note for each column, a title, a description."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from microgrid import nn
from microgrid.base.phrases import Phrase, count, join, say

from ...words.units import activation_name, layer_caption
from ..net import Column, Link, Unit

__all__ = ["Entering", "caption", "note", "sentence", "title"]

COUNTED = re.compile("[₀-₉]+(?:,[₀-₉]+)*")
"""What tells the units of a layer apart."""

MOST_KINDS, MOST_LAYERS, MOST_SIZES = 3, 2, 10
"""How many activations and how many layers a caption names, and how many columns a title counts."""


class Entering(NamedTuple):
    """A link with the module whose weight it has, and what names the layer that this is: its place."""

    link: Link
    owner: nn.Module | None
    layer: str


def caption(units: Sequence[Unit], entering: Sequence[Entering]) -> tuple[Phrase, str]:
    """What a column is, and its kind: of one layer, or of several beside each other."""
    arrows: dict[int, list[Entering]] = {row: [] for row in range(len(units))}
    for arrow in entering:
        arrows[arrow.link.head[1]].append(arrow)
    layers: dict[frozenset[str], list[int]] = {}
    for row, several in arrows.items():
        layers.setdefault(frozenset(arrow.layer for arrow in several if arrow.link.weight), []).append(row)
    if len(layers) > MOST_LAYERS:
        layers = {frozenset(): list(arrows)}
    parts = [
        _layer([units[row] for row in rows], [arrow for row in rows for arrow in arrows[row]])
        for rows in layers.values()
    ]
    kinds = [kind for _, kind in parts]
    shown = next((kind for kind in kinds if kind != "operation"), "operation")
    skip = [say("+ skip")] if any(arrow.link.kind == "skip" for arrow in entering) else []
    return join(", ", [join(" | ", dict.fromkeys(text for text, _ in parts)), *skip]), shown


def _layer(units: Sequence[Unit], entering: Sequence[Entering]) -> tuple[Phrase, str]:
    weighted = [arrow.link for arrow in entering if arrow.link.weight]
    activations = _activations(units)
    if not weighted:
        return join(", ", _listed(activations) or [say("sum")]), "operation"
    sources = len({link.tail for link in weighted})
    owners = [arrow.owner for arrow in entering if arrow.link.weight]
    of = owners[0] if all(type(owner) is type(owners[0]) for owner in owners) else None
    more, kind, name = [], "linear", "Linear"
    if all(arrow.link.piece is not None and arrow.link.weight for arrow in entering):
        pieces = len({link.piece for link in weighted})
        kind, name, more = "maxout", "Maxout", [count(pieces, "{n} piece", "{n} pieces")]
        activations = [text for text in activations if text != activation_name("maximum")]
    elif isinstance(of, nn.BatchNorm):
        text = layer_caption(type(of).__name__, None, len(units))
        return join(", ", [text, *_listed(activations)]), "norm"
    elif isinstance(of, nn.Conv):
        text = layer_caption(type(of).__name__, *of.channels)
        return join(", ", [text, say("kernel {n}", n=of.kernel), *_listed(activations)]), "conv"
    elif len({link.weight for link in weighted}) < len(weighted):
        kind, more = "conv", [say("shared weights")]
    return join(", ", [layer_caption(name, sources, len(units)), *more, *_listed(activations)]), kind


def _activations(units: Sequence[Unit]) -> list[str]:
    named = dict.fromkeys(unit.activation for unit in units if unit.activation not in (None, "norm", "add"))
    return [activation_name(op) for op in named if op]


def _listed(activations: Sequence[str]) -> list[str]:
    """They as one part of a caption, or none."""
    return [join("/", activations[:MOST_KINDS])] if activations else []


def note(units: Sequence[Unit], last: bool) -> Phrase:
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
    together = {COUNTED.sub("", unit.name) for unit in units}
    named = [together.pop()] if len(together) == 1 and len(units) > 1 else []
    return join(": ", [*named, join(", ", parts)])


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
        "Network {title}, from left to right: {columns}. It has {parameters}.",
        title=called,
        columns=join("; ", parts),
        parameters=count(len(parameters), "{n} parameter", "{n} parameters"),
    )
