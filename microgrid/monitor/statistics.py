"""A model's layers as its graph, replayed, shows them for a batch: the units and their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import nan
from typing import Any

from .. import arguments
from ..arguments import Floats
from ..base.nodes import CONSTANT
from ..engine import Value
from ..errors import GraphError
from ..graph import order
from ..naming.names import own_names
from ..naming.scopes import scope_name, scope_names, scope_path
from ..nn.losses import Loss
from ..nn.module import Model, outputs
from ..nn.regularizers import dropouts
from ..nn.tables.units import layers
from ..programs import program
from ..programs.lowering import lower
from ..programs.recording import record
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
    """A model's graph, of a sample or a whole batch, as two programs: one of the units, one of gradients."""

    def __init__(
        self,
        model: Model,
        modules: list[Any],
        loss: Loss,
        X: Floats,
        y: Floats,
        whole: bool,
    ) -> None:
        import numpy as np

        self.whole, self.samples = whole, len(X) if whole else 1
        parameters = model.parameters()
        # a copy over the same parameters: its dropouts draw and its statistics move, not the model's
        copies: dict[int, Any] = {id(p): p for p in parameters}
        self.model = deepcopy(model, copies)
        self.dropouts = [copies[id(m)] for m in dropouts(modules)]
        self.size = len(parameters)
        total, xs, columns = self._record(loss, X, y, range(self.samples))
        other = total if whole else self._record(loss, X, y, [len(X) - 1])[0]
        if _computation(total) != _computation(other):
            raise GraphError(
                "the model computes one sample otherwise than another (Python decided by data): a monitor "
                "replays one graph for all samples"
            )
        nodes = order(total)
        self.layers = layers(nodes, xs, parameters)
        called = scope_names(nodes, own_names(nodes))
        self.names = [scope_name(called, scope_path(layer.scope)) for layer in self.layers]
        if not self.layers:
            raise GraphError(
                "the model names no layers: compute each in a block, with microgrid.scope('layer0'): ..."
            )
        units = [v for layer in self.layers for row in layer.units for v in row]
        operands = [v for layer in self.layers for row in layer.operands for v in row]
        distinct = list(dict.fromkeys(units))
        places = {v: self.size + k for k, v in enumerate(distinct)}
        self.slopes = [places[v] for v in units]
        self.values = program.compile([*units, *operands], columns, parameters)
        recording = with_offsets(total, columns, parameters, distinct)
        self.loss = program.Program(recording, lower(recording, len(columns)), columns, True)
        self.values.quiet = self.loss.quiet = True  # the monitor says it
        self.weights = {layer.scope: np.array(layer.parameters, dtype=int) for layer in self.layers}
        self.operations = [tuple(v.op for v in layer.units[0]) for layer in self.layers]

    def _record(
        self, loss: Loss, X: Floats, y: Floats, places: Sequence[int]
    ) -> tuple[Value, list[list[Value]], list[Value]]:
        """The summed loss of some samples, the inputs of each, and all leaves that change, masks included."""
        xs = [[Value(x, f"x{i}") for i, x in enumerate(X[k].ravel().tolist())] for k in places]
        samples = [arguments.nested(x, X.shape[1:]) for x in xs]
        predictions = outputs(self.model, samples)
        width = 1 if isinstance(predictions[0], Value) else len(predictions[0])
        self.classes = width if y.ndim == 1 and width > 1 else 0
        ts = [
            [Value(t, f"y{i}") for i, t in enumerate(row)] for row in self._targets(y)[list(places)].tolist()
        ]
        shape = (self.classes,) if self.classes else y.shape[1:]
        total = loss(predictions, [arguments.nested(t, shape) for t in ts]) * len(xs)
        columns = [leaf for x, t in zip(xs, ts) for leaf in (*x, *t)]
        return total, xs, columns + [mask for dropout in self.dropouts for mask in dropout.masks]

    def _targets(self, y: Floats) -> Floats:
        """The targets as columns; the number of a class as 1 in its column and 0 in the others."""
        import numpy as np

        if not self.classes:
            return y.reshape(len(y), -1)
        if not np.isin(y, np.arange(self.classes)).all():
            raise ValueError(
                f"the model tells {self.classes} classes apart: targets are their numbers, from 0"
            )
        columns: Floats = np.eye(self.classes)[y.astype(int)]
        return columns

    def look(self, parameters: Floats, X: Floats, y: Floats) -> tuple[dict[str, LayerStats], bool]:
        """The layers by scope, with these parameters, on this batch; whether every number is finite."""
        import numpy as np

        if parameters.shape != (self.size,):
            raise ValueError(
                f"the model has {self.size} parameters, got an array of shape {parameters.shape}"
            )
        rows = np.concatenate([X.reshape(len(X), -1), self._targets(y)], axis=1)
        rows = rows.reshape(1, -1) if self.whole else rows
        rows = np.concatenate([rows, *(dropout.draw(len(rows)) for dropout in self.dropouts)], axis=1)
        self.values.parameters[:] = self.loss.parameters[: self.size] = parameters
        values = self.values(rows)
        losses, slopes = self.loss.value_and_grad(rows, reduce=None)
        finite = all(np.isfinite(numbers).all() for numbers in (rows, values, losses, slopes))
        gradients = slopes[:, self.slopes]
        stats, first, units = {}, 0, gradients.shape[1]
        for layer, operations, name in zip(self.layers, self.operations, self.names, strict=True):
            last = first + self.samples * len(operations)
            parts = values[:, first:last], values[:, units + first : units + last], gradients[:, first:last]
            activations, preactivations, arriving = (part.reshape(-1, len(operations)) for part in parts)
            stats[layer.scope] = LayerStats(activations, preactivations, arriving, operations, name=name)
            first = last
        return stats, finite

    def ratios(self, before: Floats, step: Floats) -> dict[str, float]:
        """How long a step is over the parameters before it, by scope."""
        import numpy as np

        lengths = {
            scope: [np.linalg.norm(x[ks]) for x in (step, before)] for scope, ks in self.weights.items()
        }
        return {scope: float(moved / weight) for scope, (moved, weight) in lengths.items()}


def _computation(total: Value) -> tuple[Any, ...]:
    """What a graph computes, whatever its inputs: operations, their operands, numbers written in the code."""
    r = record([total], [], None)
    # of an operation with one operand the number is the exponent or the slope
    constants = [
        x for x, code, b, role in zip(r.data, r.code, r.b, r.role) if role == CONSTANT or (code and b < 0)
    ]
    return r.code, r.a, r.b, constants
