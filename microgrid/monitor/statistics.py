"""A model's layers as its graph, replayed, shows them for a batch: the units and their gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import nan

from ..arguments import Floats
from ..engine import Value
from ..errors import GraphError
from ..graph import order
from ..naming.names import own_names
from ..naming.scopes import scope_name, scope_names, scope_path
from ..nn.tables.units import layers, operations
from ..programs import program
from ..programs.lowering import lower
from ..programs.recording import record
from .recorded import Graph
from .scopes import with_offsets

__all__ = ["LayerStats", "Watch"]

RANGES = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "erf": (-1.0, 1.0),
}
"""The activations that saturate, and the values they saturate at."""
CACHE = 12_000
"""How many derivatives are computed at once: what a processor holds near."""
SATURATED = 0.015
"""Nearer to an end than this share of the range: tanh beyond ±0.97, sigmoid below 0.015 or above 0.985."""


@dataclass(frozen=True)
class LayerStats:
    """One layer at one moment of training; the arrays have a row for each sample and a column for each unit.

    `gradients` are the derivatives of that sample's loss; where samples share a normalisation, of the losses'
    sum.  `preactivations` are the operands of the units' activations; of other units, their values.
    `update_to_weight` is the length of the step over that of the layer's parameters before it, nan until
    `updated`.
    """

    activations: Floats
    preactivations: Floats
    gradients: Floats
    operations: tuple[str, ...]
    """The operation of each unit."""
    update_to_weight: float = nan
    name: str = ""
    """What is said of the layer, as in pictures: "layer 1" of the scope "layer0"."""

    @property
    def dead(self) -> float:
        """The share of the ReLUs that are 0 for every sample, and so never learn; nan without ReLUs."""
        relus = self.activations[:, [op == "relu" for op in self.operations]]
        return float((relus == 0).all(axis=0).mean()) if relus.size else nan

    @property
    def saturated(self) -> float:
        """The share of numbers near an end of their activation's range (`SATURATED`); nan if none has one."""
        import numpy as np

        bounded = [k for k, op in enumerate(self.operations) if op in RANGES]
        if not bounded:
            return nan
        low, high = np.array([RANGES[self.operations[k]] for k in bounded]).T
        place = (self.activations[:, bounded] - low) / (high - low)
        return float(((place < SATURATED) | (place > 1 - SATURATED)).mean())

    @property
    def activation_norm(self) -> float:
        """The length of the layer's vector of activations, the mean over the samples."""
        return _mean_length(self.activations)

    @property
    def gradient_norm(self) -> float:
        """The length of the layer's vector of gradients, the mean over the samples."""
        return _mean_length(self.gradients)


def _mean_length(rows: Floats) -> float:
    import numpy as np

    return float(np.linalg.norm(rows, axis=1).mean())


class Watch:
    """A graph and the model's parameters under it, as two programs: one of the units, one of gradients."""

    def __init__(self, graph: Graph, parameters: Sequence[Value]) -> None:
        import numpy as np

        self.graph, self.size = graph, len(parameters)
        self.layers = layers(operations(graph.total), graph.samples, parameters)
        if not self.layers:
            raise GraphError(
                "the model names no layers: compute each in a block, with microgrid.scope('layer0'): ..."
            )
        units = [v for layer in self.layers for row in layer.units for v in row]
        operands = [v for layer in self.layers for row in layer.operands for v in row]
        distinct = list(dict.fromkeys(units))
        places = {v: self.size + k for k, v in enumerate(distinct)}
        self.slopes = np.array([places[v] for v in units])
        columns = graph.columns
        recording = record([graph.total, *distinct, *units, *operands], columns, parameters)
        offsets = with_offsets(recording, len(distinct))
        self.loss = program.Program(offsets, lower(offsets, len(columns)), columns, True)
        del recording.outputs[: 1 + len(distinct)]
        self.values = program.Program(recording, lower(recording, len(columns)), columns, False)
        self.values.quiet = self.loss.quiet = True  # the monitor says it
        self.weights = np.array([k for layer in self.layers for k in layer.parameters], dtype=int)
        self.owners = np.repeat(np.arange(len(self.layers)), [len(layer.parameters) for layer in self.layers])
        self.operations = [tuple(v.op for v in layer.units[0]) for layer in self.layers]

    @cached_property
    def names(self) -> dict[str, str]:
        """What texts call the layers: found when first asked for, which takes longer than all else here."""
        nodes = order(self.graph.total)
        called = scope_names(nodes, own_names(nodes))
        return {layer.scope: scope_name(called, scope_path(layer.scope)) for layer in self.layers}

    def look(self, parameters: Floats, X: Floats, y: Floats) -> tuple[dict[str, LayerStats], bool]:
        """The layers by scope, with these parameters, on this batch; whether every number is finite."""
        import numpy as np

        self.check(parameters)
        rows = self.graph.rows(X, y)
        self.values.parameters[:] = self.loss.parameters[: self.size] = parameters
        values = self.values(rows)
        finite = bool(np.isfinite(rows).all() and np.isfinite(values).all())
        gradients, few = np.empty((len(rows), len(self.slopes))), max(16, CACHE // self.loss.parameters.size)
        for first in range(0, len(rows), few):
            losses, slopes = self.loss.value_and_grad(rows[first : first + few], reduce=None)
            gradients[first : first + few] = slopes[:, self.slopes]
            finite = finite and bool(np.isfinite(losses).all() and np.isfinite(slopes).all())
        stats, first, units = {}, 0, gradients.shape[1]
        for layer, ops in zip(self.layers, self.operations, strict=True):
            width = len(ops)
            last = first + len(layer.units) * width
            stats[layer.scope] = LayerStats(
                values[:, first:last].reshape(-1, width),
                values[:, units + first : units + last].reshape(-1, width),
                gradients[:, first:last].reshape(-1, width),
                ops,
            )
            first = last
        return stats, finite

    def check(self, *numbers: Floats) -> None:
        """ValueError for what are no parameters of this model."""
        if any(x.shape != (self.size,) for x in numbers):
            shapes = " and ".join(str(x.shape) for x in numbers)
            an = "an array of shape" if len(numbers) == 1 else "arrays"
            raise ValueError(f"the model has {self.size} parameters, got {an} {shapes}")

    def moved(self, stats: Mapping[str, LayerStats], before: Floats, after: Floats) -> dict[str, LayerStats]:
        """The layers with how long the step is over the parameters before it."""
        import numpy as np

        count = len(self.layers)
        with np.errstate(all="ignore"):
            step, weight = (
                np.sqrt(np.bincount(self.owners, x[self.weights] ** 2, count))
                for x in (after - before, before)
            )
            ratios = (step / weight).tolist()
        return {
            layer.scope: replace(stats[layer.scope], update_to_weight=ratio)
            for layer, ratio in zip(self.layers, ratios, strict=True)
        }

    def named(self, stats: Mapping[str, LayerStats]) -> dict[str, LayerStats]:
        """The layers with their names."""
        return {scope: replace(of, name=self.names[scope]) for scope, of in stats.items()}
