"""The loss of a batch and its gradient, three ways: an example replayed, a batch replayed, all in Python.

An objective has `parameters`, an array that an optimiser moves, `reached`, which of them the loss depends on,
and the `shape` of a sample's outputs.  `value_and_grad(rows, places)` and `loss(rows)`, the loss without the
penalty, take rows that `encode` made, and where they stand, for workers that hold them; the next call may
write its gradient over the last one.  `predictions()` are the outputs for the rows of the last call.
`fault()` says why what was recorded is not what Python computes now; `runs_on()` what computes;
`overlooked()` names the Values in the model that are never trained, as they are no parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from ..arguments import Floats
from ..base.context import no_grad
from ..base.messages import warn
from ..engine import Value
from ..errors import DomainError, MicrogridError
from .examples import Examples
from .programs import Penalty, Programs, changed, give, reached, with_masks
from .recorder import PROBES, Coupled, Recorded, Unrecordable, overlooked, record_batch, record_example
from .shards.workers import Workers
from .task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places: TypeAlias = NDArray[np.int64]

__all__ = ["Eager", "Objective", "ReplayedBatches", "ReplayedExamples", "build", "objective"]

Objective: TypeAlias = "Eager | ReplayedExamples | ReplayedBatches"


def objective(task: Task, size: int, replay: bool) -> tuple[Objective, str]:
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
        why = str(error)
    return Eager(task), why  # outside, as what Python says of a mistake is not an error in handling this one


def build(goal: Objective, size: int) -> None:
    """Have C code built for the steps; a warning where batches of this `size` would not run it."""
    if isinstance(goal, Eager):
        return  # which is said where it is found
    if isinstance(goal, ReplayedExamples) and size > 1:
        goal.programs.build()
        return
    one = "a batch is one sample" if size == 1 else "this model's program takes a whole batch as one"
    warn(
        f'fit runs on {goal.runs_on()}, in spite of backend="c": C code takes several samples at a time, and '
        f"{one}",
        RuntimeWarning,
    )


class Eager:
    """Everything in Python, for every sample of every batch."""

    def __init__(self, task: Task) -> None:
        import numpy as np

        self.task = task
        self.parameters = np.array([v.data for v in task.trained])
        self.reached = np.full(len(task.trained), True)
        with task.untouched(), no_grad():  # so that what is wrong with model or data is said now
            rows = task.examples.rows[task.examples.spread(PROBES)]
            outputs = task.predict(task.samples(rows))
            task.objective(outputs, task.answers(rows))
            task.added()
        self.shape = shape(outputs)[1:]

    def encode(self, examples: Examples) -> Floats:
        return examples.rows

    def value_and_grad(self, rows: Floats, places: Places | None = None) -> tuple[float, Floats]:
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

        data = np.frompyfunc(lambda v: v.data, 1, 1)(np.array(self.outputs, dtype=object))
        numbers: Floats = data.astype(np.float64)
        return numbers

    def refresh(self) -> None:
        """Nothing is recorded."""

    def runs_on(self) -> str:
        return "Python"

    def overlooked(self) -> dict[str, Value]:
        return {}

    def example(self) -> None:
        """No graph of one sample stands for all."""

    def fault(self) -> str:
        return ""


class ReplayedExamples:
    """One example's graph, replayed for all rows of a batch at once; the penalty by a program of its own."""

    def __init__(self, task: Task) -> None:
        import numpy as np

        self.task = task
        example, self.encoding, self.reduce = record_example(task)
        self.programs, self.shape = Programs(task, example), shape(example.predictions[0])
        penalty = task.added()
        self.penalty = None if penalty is None else Penalty(penalty, task.trained)
        self.parameters = np.array([v.data for v in task.trained])
        self._gradient = np.empty_like(self.parameters)
        self.reached = reached(example, penalty, task.trained)
        self.workers: Workers | None = None

    def encode(self, examples: Examples) -> Floats:
        return self.encoding(examples.rows)

    def value_and_grad(self, rows: Floats, places: Places | None = None) -> tuple[float, Floats]:
        self.X = with_masks(rows, self.programs.recorded.masks)
        found = None if places is None else self._elsewhere(places, rows.shape[1])
        # where it is not finite, it is found out here which sample makes it so
        value, gradient = found or self.programs.value_and_grad(
            self.X, self.parameters, self.reduce, self._gradient
        )
        if self.penalty is not None:
            added, slope = self.penalty.value_and_grad(self.parameters)
            value += added
            gradient += slope
        return value, gradient

    def _elsewhere(self, places: Places, columns: int) -> tuple[float, Floats] | None:
        """The same by the workers, if there are any; None too if it is not finite."""
        if self.workers is None:
            return None
        masks = self.X[:, columns:] if self.programs.recorded.masks else None
        found = self.workers.sums(self.programs.work, self.parameters, places, masks)
        if found is None or self.reduce == "sum":
            return found
        return found[0] / len(places), found[1] / len(places)

    def loss(self, rows: Floats) -> float:
        self.X = with_masks(rows, self.programs.recorded.masks)
        self.programs.check(self.X, self.parameters)
        each = self._forward()[:, 0]
        return float(each.mean() if self.reduce == "mean" else each.sum())

    def predictions(self) -> Floats:
        return self._forward()[:, 1:].reshape(len(self.X), *self.shape)

    def _forward(self) -> Floats:
        return self.programs.outputs(self.X, self.parameters)

    def refresh(self) -> None:
        """Record again, after what is a constant of the graph has changed."""
        with self.task.untouched():
            example = Recorded(self.task, self.encoding(self.task.examples.rows[:1]), self.encoding)
            penalty = self.task.added()
        self.programs = Programs(self.task, example)
        self.penalty = None if penalty is None else Penalty(penalty, self.task.trained)
        self.reached[:] = reached(example, penalty, self.task.trained)

    def runs_on(self) -> str:
        return self.programs.total.runs_on

    def overlooked(self) -> dict[str, Value]:
        return overlooked(self.task, self.programs.recorded)

    def example(self) -> Recorded | None:
        """What was recorded, where no other number than what is given and trained may change it later."""
        return self.programs.recorded if self.programs.recorded.closed() else None

    def fault(self) -> str:
        try:
            example, _, _ = record_example(self.task, offset=1)
        except (Unrecordable, Coupled) as error:
            return str(error)
        return changed(self.programs.recorded, example)


class ReplayedBatches:
    """The graphs of whole batches, one for each size: for models and losses that mix the samples."""

    def __init__(self, task: Task, size: int) -> None:
        import numpy as np

        self.task, self.size = task, size
        batch, self.encoding = record_batch(task, task.examples.rows[:size])
        self.penalty = task.added()
        self.sizes = {size: Programs(task, batch, self.penalty)}
        self.shape = shape(batch.predictions)[1:]
        self.parameters = np.array([v.data for v in task.trained])
        self._gradient = np.empty_like(self.parameters)
        self.reached = reached(batch, self.penalty, task.trained)

    def encode(self, examples: Examples) -> Floats:
        return self.encoding(examples.rows)

    def value_and_grad(self, rows: Floats, places: Places | None = None) -> tuple[float, Floats]:
        self._prepare(rows)
        value, gradient = self.programs.value_and_grad(self.X, self.parameters, "sum", self._gradient)
        if self.programs.norms:
            self._absorb()
        return value, gradient

    def _prepare(self, rows: Floats) -> None:
        """Find the programs for as many rows, and their inputs."""
        if len(rows) not in self.sizes:
            with self.task.untouched():
                self.sizes[len(rows)] = Programs(
                    self.task, Recorded(self.task, rows, self.encoding), self.penalty
                )
        self.programs = self.sizes[len(rows)]
        self.X = with_masks(rows.reshape(1, -1), self.programs.recorded.masks)

    def _absorb(self) -> None:
        """Move the running statistics by those of this batch, which stand after the loss, norm by norm."""
        numbers, first = self._forward().tolist(), 1
        for norm, n in self.programs.norms:
            norm.absorb(numbers[first : first + n], numbers[first + n : first + 2 * n])
            first += 2 * n

    def loss(self, rows: Floats) -> float:
        self._prepare(rows)
        self.programs.check(self.X, self.parameters)
        return float(self._forward()[0])

    def predictions(self) -> Floats:
        numbers = self._forward()[1 + len(self.programs.statistics) :]
        return numbers.reshape(shape(self.programs.recorded.predictions))

    def _forward(self) -> Floats:
        numbers: Floats = self.programs.outputs(self.X, self.parameters)[0]
        return numbers

    def refresh(self) -> None:
        """Record again, after what is a constant of the graphs has changed."""
        rows = self.encoding(self.task.examples.rows[: self.size])
        with self.task.untouched():
            batch, self.penalty = Recorded(self.task, rows, self.encoding), self.task.added()
        self.sizes = {self.size: Programs(self.task, batch, self.penalty)}
        self.reached[:] = reached(batch, self.penalty, self.task.trained)

    def runs_on(self) -> str:
        return self.sizes[self.size].total.runs_on

    def overlooked(self) -> dict[str, Value]:
        return overlooked(self.task, self.sizes[self.size].recorded)

    def example(self) -> None:
        """As for `Eager`."""

    def fault(self) -> str:
        rows = self.encoding(self.task.examples.rows[: self.size])
        try:
            with self.task.untouched():
                return changed(self.sizes[self.size].recorded, Recorded(self.task, rows, self.encoding))
        except MicrogridError as error:
            return str(error)


# ---------------------------------------------------------------- what they share


@contextmanager
def out_of_range() -> Iterator[None]:
    """What leaves the range of doubles in Python is the DomainError that it is in a program."""
    try:
        yield
    except (OverflowError, ZeroDivisionError) as error:
        raise DomainError(str(error)) from error


def shape(predictions: Any) -> tuple[int, ...]:
    import numpy as np

    return np.shape(np.array(predictions, dtype=object))
