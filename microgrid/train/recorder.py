"""Records examples, or whole batches, and finds out whether what was recorded stands for all the others."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from .. import arguments
from ..arguments import Floats
from ..base.context import no_grad
from ..base.nodes import CONSTANT, INPUT
from ..engine import Value
from ..errors import MicrogridError
from ..graph import leaves
from ..nn.module import Module, walk
from ..nn.pairing import noted
from ..nn.regularizers import every_mask
from ..ops import ROWS
from ..programs.program import Reduction
from ..programs.recording import Recording, record
from .task import Task

__all__ = [
    "PROBES",
    "Coupled",
    "Encoding",
    "Recorded",
    "Unrecordable",
    "check_same",
    "flattened",
    "overlooked",
    "record_batch",
    "record_example",
]

PROBES = 32
"""How many examples, spread over the data, have to have the graph that is replayed for all."""
NODES = 1_000_000
"""How many nodes these may have together, at 96 bytes each; but two examples are always compared."""
SAME = 1e-9
"""How far a recorded loss may be from Python's own, relative to the size of the terms, or to 1."""


class Unrecordable(Exception):
    """Why a model cannot be replayed."""


class Coupled(Exception):
    """The loss of a batch is no mean and no sum of the losses of its examples."""


class Encoding:
    """How targets become columns: as they are, or with `classes` as 1 at the class and 0 elsewhere."""

    def __init__(self, task: Task, classes: int = 0) -> None:
        self.inputs, self.classes = task.examples.inputs, classes
        self.shape = (classes,) if classes else task.examples.y.shape[1:]

    def __call__(self, rows: Floats) -> Floats:
        """Rows of examples, their targets encoded."""
        import numpy as np

        if not self.classes:
            return rows
        hot = np.eye(self.classes)[rows[:, self.inputs].astype(int)]
        return np.hstack([rows[:, : self.inputs], hot])


class Recorded:
    """The graph of encoded rows, one for most models; its leaves, `columns`, are their numbers and masks."""

    def __init__(self, task: Task, rows: Floats, encoding: Encoding) -> None:
        n, shape = encoding.inputs, task.examples.X.shape[1:]
        self.inputs, self.classes = n, encoding.classes
        inputs = [[Value(x, f"x{i}") for i, x in enumerate(row)] for row in rows[:, :n].tolist()]
        targets = [[Value(t, f"y{i}") for i, t in enumerate(row)] for row in rows[:, n:].tolist()]
        with every_mask(task.model) if task.dropouts and hasattr(task.model, "modules") else nullcontext():
            self.predictions = task.predict([arguments.nested(xs, shape) for xs in inputs])
        self.masks = task.masks()
        with noted() as self.ranges:
            self.loss = task.objective(
                self.predictions, [arguments.nested(ts, encoding.shape) for ts in targets]
            )
        self.outputs = flattened(self.predictions)
        self.columns = [leaf for xs, ts in zip(inputs, targets) for leaf in (*xs, *ts)]
        self.columns += [leaf for _, masks in self.masks for leaf in masks]
        self.recording = record([self.loss, *self.outputs], self.columns, task.trained)

    def closed(self) -> bool:
        """Whether all leaves are columns, trained, or numbers that stand in the computation itself."""
        import numpy as np

        recording = self.recording
        fixed = np.frombuffer(recording.role, np.int8, recording.leaves) == CONSTANT
        wanted = np.array(recording.wanted)
        fixed[wanted[wanted >= 0]] = True
        return bool(fixed.all())


def overlooked(task: Task, recorded: Recorded) -> dict[str, Value]:
    """The Values in the model, by name, that the loss depends on and that are neither parameter nor input."""
    recording, wanted = recorded.recording, set(recorded.recording.wanted)
    kept = any(recording.role[i] == INPUT and i not in wanted for i in range(recording.leaves))
    if not kept or not isinstance(task.model, Module):
        return {}
    under = set(leaves(recorded.loss)).difference(recorded.columns)
    return {
        name: v for name, v in walk(task.model) if isinstance(v, Value) and v.role == "input" and v in under
    }


def flattened(predictions: Any) -> list[Value]:
    """All outputs in order."""
    if isinstance(predictions, Value):
        return [predictions]
    if hasattr(predictions, "__iter__"):
        return [output for part in predictions for output in flattened(part)]
    raise TypeError(
        f"a model gives Values, or lists of them, got {type(predictions).__name__} {predictions!r}"
    )


def record_example(task: Task, offset: int = 0) -> tuple[Recorded, Encoding, Reduction]:
    """An example for all, the encoding of targets, and whether a batch has the "mean" or "sum" of the losses.

    Unrecordable if examples spread over the data have different graphs or constants, or another loss than
    that of targets as numbers; Coupled if the loss of a batch of them is no mean or sum.
    """
    rows = task.examples.rows[task.examples.spread(PROBES, offset)]
    with task.untouched():
        _, (first,) = _attempt(task, [rows[:1]])
        most = max(2, NODES // len(first.recording.code))
        if len(rows) > most:
            rows = rows[[k * (len(rows) - 1) // (most - 1) for k in range(most)]]
        encoding, examples = _attempt(task, [row[None, :] for row in rows], first)
        check_same([example.recording for example in examples])
        answers = task.answers(rows)
        each = [task.objective(e.predictions, [t]).data for e, t in zip(examples, answers)]
        batch = task.objective([p for e in examples for p in e.predictions], answers).data
    for example, alone in zip(examples, each):
        _check_loss(example, alone)
    total, slack = sum(each), SAME * sum(map(abs, each))
    mean_like = abs(batch - total / len(each)) <= slack / len(each)
    sum_like = abs(batch - total) <= slack
    if mean_like == sum_like and len(each) > 1:  # neither; or both, where all losses are 0
        raise Coupled
    return examples[-1], encoding, "mean" if mean_like else "sum"


def record_batch(task: Task, rows: Floats) -> tuple[Recorded, Encoding]:
    """The graph of a batch, and the encoding of targets; Unrecordable if their order makes another graph."""
    with task.untouched():
        encoding, batches = _attempt(task, [rows[::-1], rows])
        check_same([batch.recording for batch in batches])
        _check_loss(batches[1], task.objective(batches[1].predictions, task.answers(rows)).data)
    return batches[1], encoding


def _attempt(
    task: Task, batches: list[Floats], first: Recorded | None = None
) -> tuple[Encoding, list[Recorded]]:
    """The batches recorded by the first encoding that the loss accepts; Unrecordable if it accepts none.

    `first` is the first batch, if it was recorded before.
    """
    examples, reason = task.examples, ""
    encodings = [Encoding(task)]
    try:
        if examples.y.ndim == 1 and examples.whole and examples.y.min() >= 0:
            encodings.append(Encoding(task, _width(task, batches[0])))
        for encoding in encodings:
            try:
                known = [first] if first is not None and first.classes == encoding.classes else []
                more = [Recorded(task, encoding(rows), encoding) for rows in batches[len(known) :]]
                return encoding, known + more
            except TypeError as error:  # as from a loss that needs to know the class, not a Value of it
                reason = reason or str(error)
    except (MicrogridError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        reason = str(error)
    raise Unrecordable(f"with Values for the numbers it fails, {reason}")


def _width(task: Task, rows: Floats) -> int:
    """How many outputs an example has."""
    with no_grad():
        return len(flattened(task.predict(task.samples(rows))[0]))


def check_same(recordings: list[Recording]) -> None:
    """Unrecordable unless all have the same operations on the same operands, with the same constants."""
    first = recordings[0]
    # of an operation without a constant the number is a partial
    constant = {number for number, row in enumerate(ROWS) if row is None or row.constant is not None}
    fixed = sorted({i for i, number in enumerate(first.code) if number in constant}.difference(first.wanted))
    for other in recordings[1:]:
        if other.code != first.code:
            sizes = f"{len(first.code)} and {len(other.code)} nodes"
            raise Unrecordable(f"examples have different graphs, of {sizes}, so Python decides by the data")
        if other.a != first.a or other.b != first.b or other.wanted != first.wanted:
            raise Unrecordable(
                "examples have graphs that are connected differently, so Python decides by the data"
            )
        for i in fixed:
            x, y = first.data[i], other.data[i]
            if x != y:
                raise Unrecordable(
                    f"a constant is {x} for one example and {y} for another, so Python looks at data"
                )


def _check_loss(recorded: Recorded, expected: float) -> None:
    if abs(recorded.loss.data - expected) > SAME * max(1.0, abs(expected)):
        raise Unrecordable(
            f"the loss is {expected} where targets are numbers, and {recorded.loss.data} where they are "
            "Values of these numbers"
        )
