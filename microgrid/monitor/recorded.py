"""The graph that a monitor replays, of a sample or a whole batch: recorded in a copy of the model."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from .. import arguments
from ..arguments import Floats
from ..base.nodes import CONSTANT
from ..engine import Value
from ..errors import GraphError
from ..nn.losses import Loss
from ..nn.module import Model, outputs
from ..nn.regularizers import dropouts
from ..programs.recording import record

__all__ = ["Graph", "recorded"]


@dataclass
class Graph:
    """The summed loss of some samples, the inputs of each, and all leaves that change, masks included."""

    total: Value
    samples: list[list[Value]]
    columns: list[Value]
    classes: int = 0
    """Where targets are numbers of classes, how many there are: each has a column, 1 for the class."""
    dropouts: list[Any] = field(default_factory=list)
    """What draws the masks, each anew for every sample."""

    def rows(self, X: Floats, y: Floats) -> Floats:
        """What the columns are for a batch: a row for each sample, or one for all where all are recorded."""
        import numpy as np

        rows = np.concatenate([X.reshape(len(X), -1), targets(y, self.classes)], axis=1)
        rows = rows.reshape(1, -1) if len(self.samples) > 1 else rows
        if not self.dropouts:
            return rows
        return np.concatenate([rows, *(dropout.draw(len(rows)) for dropout in self.dropouts)], axis=1)


def recorded(
    model: Model,
    modules: list[Any],
    parameters: Sequence[Value],
    loss: Loss,
    X: Floats,
    y: Floats,
    whole: bool,
) -> Graph:
    """That of one sample for all, or of the `whole` batch; GraphError if Python decides by data."""
    # a copy over the same parameters: its dropouts draw and its statistics move, not the model's
    copies: dict[int, Any] = {id(p): p for p in parameters}
    copy = deepcopy(model, copies)
    drawing = [copies[id(m)] for m in dropouts(modules)]
    graph = _record(copy, drawing, loss, X, y, range(len(X) if whole else 1))
    other = graph if whole else _record(copy, drawing, loss, X, y, [len(X) - 1])
    if _computation(graph.total) != _computation(other.total):
        raise GraphError(
            "the model computes one sample otherwise than another (Python decided by data): a monitor "
            "replays one graph for all samples"
        )
    return graph


def _record(model: Any, drawing: list[Any], loss: Loss, X: Floats, y: Floats, places: Sequence[int]) -> Graph:
    xs = [[Value(x, f"x{i}") for i, x in enumerate(X[k].ravel().tolist())] for k in places]
    samples = [arguments.nested(x, X.shape[1:]) for x in xs]
    predictions = outputs(model, samples)
    width = 1 if isinstance(predictions[0], Value) else len(predictions[0])
    classes = width if y.ndim == 1 and width > 1 else 0
    rows = targets(y, classes)[list(places)].tolist()
    ts = [[Value(t, f"y{i}") for i, t in enumerate(row)] for row in rows]
    shape = (classes,) if classes else y.shape[1:]
    total = loss(predictions, [arguments.nested(t, shape) for t in ts]) * len(xs)
    columns = [leaf for x, t in zip(xs, ts) for leaf in (*x, *t)]
    columns += [mask for dropout in drawing for mask in dropout.masks]
    return Graph(total, xs, columns, classes, drawing)


def targets(y: Floats, classes: int) -> Floats:
    """The targets as columns; the number of a class as 1 in its column and 0 in the others."""
    import numpy as np

    if not classes:
        return y.reshape(len(y), -1)
    if not np.isin(y, np.arange(classes)).all():
        raise ValueError(f"the model tells {classes} classes apart: targets are their numbers, from 0")
    columns: Floats = np.eye(classes)[y.astype(int)]
    return columns


def _computation(total: Value) -> tuple[Any, ...]:
    """What a graph computes, whatever its inputs: operations, their operands, numbers written in the code."""
    r = record([total], [], None)
    # of an operation with one operand the number is the exponent or the slope
    constants = [
        x for x, code, b, role in zip(r.data, r.code, r.b, r.role) if role == CONSTANT or (code and b < 0)
    ]
    return r.code, r.a, r.b, constants
