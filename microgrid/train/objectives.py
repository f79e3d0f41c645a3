"""The loss of a batch and its gradient, three ways: one example replayed, a whole batch replayed, all of it in Python.

An objective has `parameters`, an array that an optimiser moves, and `reached`, which of them the loss depends on.
`value_and_grad(rows)` and `loss(rows)`, the loss without the penalty, take rows that `encode` made; `predictions()`
are the outputs for the rows of the last call.  `fault()` says why what was recorded is not what Python computes now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .. import program
from ..context import no_grad
from ..engine import Value
from ..errors import DomainError
from ..recording import record
from .examples import Examples
from .metrics import evaluate
from .recorder import PROBES, Coupled, Recorded, Unrecordable, record_batch, record_example
from .task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Eager", "ReplayedBatches", "ReplayedExamples", "Validation", "give", "objective"]


def objective(task: Task, size: int, replay: bool) -> tuple[Any, str]:
    """The fastest objective that computes what Python does, and why that is Python's own, if it is.

    `size` is how many samples a batch has; the model is in the mode that the objective is for.
    """
    if not replay:
        return Eager(task), ""
    try:
        if not any(norm.training for norm in task.norms):
            try:
                return ReplayedExamples(task), ""
            except Coupled:
                pass
        return ReplayedBatches(task, size), ""
    except Unrecordable as error:
        return Eager(task), str(error)


class Eager:
    """Everything in Python, for every sample of every batch."""

    def __init__(self, task: Task) -> None:
        import numpy as np

        self.task = task
        self.parameters = np.array([v.data for v in task.trained])
        self.reached = np.full(len(task.trained), True)
        with task.untouched(), no_grad():  # so that what is wrong with model or data is said now
            rows = task.examples.rows[task.examples.spread(PROBES)]
            task.objective(task.predict(task.samples(rows)), task.answers(rows))
            task.added()

    def encode(self, examples: Examples) -> Floats:
        return examples.rows

    def value_and_grad(self, rows: Floats) -> tuple[float, Floats]:
        import numpy as np

        trained = self.task.trained
        with out_of_range():
            total, penalty = self._forward(rows), self.task.added()
            total = total if penalty is None else total + penalty
        for v in trained:
            v.grad = 0.0
        total.backward()
        self.reached[:] = [v.has_grad for v in trained]
        return total.data, np.array([v.grad for v in trained])

    def loss(self, rows: Floats) -> float:
        with out_of_range(), no_grad():
            return self._forward(rows).data

    def _forward(self, rows: Floats) -> Value:
        give(self.task.trained, self.parameters)
        self.outputs = self.task.predict(self.task.samples(rows))
        return self.task.objective(self.outputs, self.task.answers(rows))

    def predictions(self) -> Floats:
        import numpy as np

        found: Floats = np.frompyfunc(lambda v: v.data, 1, 1)(np.array(self.outputs, dtype=object)).astype(np.float64)
        return found

    def refresh(self) -> None:
        """Nothing is recorded."""

    def fault(self) -> str:
        return ""


class ReplayedExamples:
    """One example's graph, replayed for all rows of a batch at once; the penalty by a program of its own."""

    def __init__(self, task: Task) -> None:
        self.task = task
        example, self.encoding, self.reduce = record_example(task)
        penalty = task.added()
        self.penalty = None if penalty is None else program.compile(penalty, [], task.trained)
        self.reached = reached(task, [example.loss] if penalty is None else [example.loss, penalty])
        self._compile(example)
        self.parameters = self.program.parameters

    def _compile(self, example: Recorded) -> None:
        self.masks, self.shape = example.masks, shape(example.predictions[0])
        self.program = program.compile(example.loss, example.columns, self.task.trained)
        self.forward = program.compile(example.outputs, example.columns, self.task.trained)

    def encode(self, examples: Examples) -> Floats:
        return self.encoding(examples.rows)

    def value_and_grad(self, rows: Floats) -> tuple[float, Floats]:
        value: float
        self.X = with_masks(rows, self.masks)
        value, gradient = self.program.value_and_grad(self.X, self.reduce)
        if self.penalty is not None:
            self.penalty.parameters = self.parameters
            added, slope = self.penalty.value_and_grad()
            value += added
            gradient += slope
        return value, gradient

    def loss(self, rows: Floats) -> float:
        self.X = with_masks(rows, self.masks)
        each = self.program(self.X)
        return float(each.mean() if self.reduce == "mean" else each.sum())

    def predictions(self) -> Floats:
        self.forward.parameters = self.parameters
        found: Floats = self.forward(self.X)
        return found.reshape(len(found), *self.shape)

    def refresh(self) -> None:
        """Record again, after what is a constant of the graph has changed."""
        with self.task.untouched():
            self._compile(Recorded(self.task, self.encoding(self.task.examples.rows[:1]), self.encoding))
        self.parameters = self.program.parameters

    def fault(self) -> str:
        try:
            example, _, _ = record_example(self.task, offset=1)
        except (Unrecordable, Coupled) as error:
            return str(error)
        return changed(self.program, program.compile(example.loss, example.columns, self.task.trained))


class ReplayedBatches:
    """The graphs of whole batches, one for each size, for models and losses that look at all samples together."""

    def __init__(self, task: Task, size: int) -> None:
        import numpy as np

        self.task, self.size = task, size
        found, self.encoding = record_batch(task, task.examples.rows[:size])
        self.programs = {size: Batch(task, found)}
        self.parameters = np.array([v.data for v in task.trained])
        self.reached = self.programs[size].reached

    def encode(self, examples: Examples) -> Floats:
        return self.encoding(examples.rows)

    def value_and_grad(self, rows: Floats) -> tuple[float, Floats]:
        batch = self._batch(rows)
        value, gradient = batch.total.value_and_grad(self.X, "sum")
        if batch.norms:
            batch.forward.parameters = self.parameters
            batch.absorb(self.X)
        return value, gradient

    def loss(self, rows: Floats) -> float:
        batch = self._batch(rows)
        batch.loss.parameters = self.parameters
        return float(batch.loss(self.X)[0])

    def _batch(self, rows: Floats) -> Batch:
        """The programs for as many rows; their inputs go to X."""
        if len(rows) not in self.programs:
            with self.task.untouched():
                self.programs[len(rows)] = Batch(self.task, Recorded(self.task, rows, self.encoding))
        self.last = batch = self.programs[len(rows)]
        self.X = with_masks(rows.reshape(1, -1), batch.masks)
        batch.total.parameters = self.parameters
        return batch

    def predictions(self) -> Floats:
        self.last.forward.parameters = self.parameters
        found: Floats = self.last.forward(self.X)[0, self.last.statistics :]
        return found.reshape(self.last.shape)

    def refresh(self) -> None:
        """Record again, after what is a constant of the graphs has changed."""
        self.programs.clear()

    def fault(self) -> str:
        try:
            found, _ = record_batch(self.task, self.task.examples.rows[: self.size])
        except Unrecordable as error:
            return str(error)
        return changed(self.programs[self.size].total, Batch(self.task, found).total)


class Batch:
    """The programs of a batch: the loss, the same with the penalty, and statistics followed by predictions."""

    def __init__(self, task: Task, found: Recorded) -> None:
        penalty = task.added()
        total = found.loss if penalty is None else found.loss + penalty
        norms = [norm for norm in task.norms if norm.training]
        statistics = [v for norm in norms for part in norm.statistics for v in part]
        self.norms, self.statistics = [(norm, len(norm.statistics[0])) for norm in norms], len(statistics)
        self.masks, self.shape = found.masks, shape(found.predictions)
        self.loss = program.compile(found.loss, found.columns, task.trained)
        self.total = self.loss if penalty is None else program.compile(total, found.columns, task.trained)
        self.forward = program.compile([*statistics, *found.outputs], found.columns, task.trained)
        self.reached = reached(task, [total])

    def absorb(self, X: Floats) -> None:
        """Move the running statistics by those of this batch."""
        numbers, first = self.forward(X)[0].tolist(), 0
        for norm, n in self.norms:
            norm.absorb(numbers[first : first + n], numbers[first + n : first + 2 * n])
            first += 2 * n


class Validation:
    """The loss and the metrics of samples that are not trained on, with the model in evaluation mode."""

    def __init__(self, task: Task, held: Examples, replay: bool) -> None:
        self.task = Task(task.model, task.loss, None, task.trained, held)
        with task.mode(False):
            self.objective, self.why = objective(self.task, len(held), replay)
        self.rows = self.objective.encode(held)

    def __call__(self, parameters: Floats, metrics: dict[str, Any]) -> dict[str, float]:
        with self.task.mode(False):
            if self.task.norms:  # whose running statistics are constants of the graph
                self.objective.refresh()
            self.objective.parameters[:] = parameters
            found = {"loss": self.objective.loss(self.rows)}
            if metrics:
                found |= evaluate(metrics, self.objective.predictions(), self.task.examples.y)
        return found


# ---------------------------------------------------------------- what they share


def reached(task: Task, roots: list[Value]) -> NDArray[np.bool_]:
    """Which of the trained parameters the roots depend on: the others are left alone, as they are in Python."""
    import numpy as np

    found: NDArray[np.bool_] = np.array(record(roots, [], task.trained).wanted) >= 0
    return found


@contextmanager
def out_of_range() -> Iterator[None]:
    """What leaves the range of doubles in Python is the DomainError that it is in a program."""
    try:
        yield
    except (OverflowError, ZeroDivisionError) as error:
        raise DomainError(str(error)) from error


def with_masks(rows: Floats, masks: list[tuple[Any, list[Value]]]) -> Floats:
    """The rows with columns of masks, those that as many forward passes in Python would have drawn."""
    import numpy as np

    if not masks:
        return rows
    columns = [rows]
    for dropout, leaves in masks:
        dropout.masks = leaves  # it draws as many as it has, and other graphs may have left it others
        columns.append(dropout.draw(len(rows)))
    return np.hstack(columns)


def shape(predictions: Any) -> tuple[int, ...]:
    import numpy as np

    return np.shape(np.array(predictions, dtype=object))


def changed(before: program.Program, after: program.Program) -> str:
    """Why two programs do not do the same, whatever their parameters; "" if they do."""
    n, a, b = before.code.parameters, before.code, after.code
    if (a.lanes, a.uniform, a.initial[n:]) == (b.lanes, b.uniform, b.initial[n:]):
        return ""
    return "with the trained parameters it records another, so Python decides by the parameters"


def give(values: list[Value], numbers: Floats) -> None:
    """Set the data of Values."""
    for v, x in zip(values, numbers.tolist()):
        v.data = x
