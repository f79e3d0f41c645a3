"""What was recorded of a task, as programs, and what is wrong where their numbers are not finite."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..arguments import Floats
from ..base.context import at_once, errstate
from ..engine import Value
from ..errors import DomainError, NonFiniteGradient
from ..programs import program
from ..programs.c.choice import Backend
from ..programs.recording import record
from ..transforms import recompute
from .recorder import Recorded, Unrecordable, check_same
from .shards.shard import Work
from .task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Penalty", "Programs", "changed", "give", "reached", "with_masks"]


class Programs:
    """What was recorded, as programs, each compiled when it is first run.

    `total` is the loss with the penalty; `forward` the loss, the statistics of normalisations and the
    predictions.
    """

    def __init__(self, task: Task, recorded: Recorded, penalty: Value | None = None) -> None:
        self.recorded, self.trained = recorded, task.trained
        self._total = recorded.loss if penalty is None else recorded.loss + penalty
        norms = [norm for norm in task.norms if norm.training]
        self.norms = [(norm, len(norm.statistics[0])) for norm in norms]
        self.statistics = [v for norm in norms for part in norm.statistics for v in part]

    @cached_property
    def total(self) -> program.Program:
        return self._compiled("kernel")

    def build(self) -> None:
        """Have the steps' program built as C now, so that what hinders it is said before the first step."""
        self.total = self._compiled("c")

    def _compiled(self, backend: Backend) -> program.Program:
        total = program.compile(self._total, self.recorded.columns, self.trained, backend=backend)
        total.quiet = True  # what is not finite ends the training, which says so
        return total

    @cached_property
    def forward(self) -> program.Program:
        return program.compile(
            [self.recorded.loss, *self.statistics, *self.recorded.outputs],
            self.recorded.columns,
            self.trained,
        )

    @cached_property
    def work(self) -> Work:
        """What workers are sent."""
        import numpy as np

        if not self.recorded.ranges:
            return Work(self.total)
        low, high = np.array([(r.low, r.high) for r in self.recorded.ranges]).T
        return Work(self.total, self.limits, low, high)

    @cached_property
    def limits(self) -> program.Program:
        return program.compile([r.node for r in self.recorded.ranges], self.recorded.columns, self.trained)

    def check(self, X: Floats, parameters: Floats) -> None:
        """DomainError where the loss would raise it in Python, as for a prediction that is no probability."""
        import numpy as np

        if not self.recorded.ranges:
            return
        reads(self.limits, parameters)
        numbers = self.limits(X)
        low, high = np.array([(r.low, r.high) for r in self.recorded.ranges]).T
        outside = np.argwhere((numbers < low) | (numbers > high))
        if len(outside):
            sample, k = map(int, outside[0])
            of = self.recorded.ranges[k]
            raise DomainError(f"{of.name}: {float(numbers[sample, k]):.6g} {of.rule}")

    def value_and_grad(
        self, X: Floats, parameters: Floats, reduce: program.Reduction, out: Floats
    ) -> tuple[float, Floats]:
        """The loss with the penalty, and its gradient, which is written into `out`."""
        self.check(X, parameters)
        reads(self.total, parameters)
        try:
            return self.total.value_and_grad(X, reduce, out)
        except (DomainError, NonFiniteGradient) as error:
            raise type(error)(self._fault(X, parameters)) from error

    def outputs(self, X: Floats, parameters: Floats) -> Floats:
        """A row for each of X: the loss, the statistics, and the predictions."""
        reads(self.forward, parameters)
        try:
            numbers: Floats = self.forward(X)
        except DomainError as error:
            raise DomainError(self._fault(X, parameters)) from error
        return numbers

    def _fault(self, X: Floats, parameters: Floats) -> str:
        """What is not finite: the loss or a gradient of the first such row, or else their sum."""
        import numpy as np

        with errstate(domain="ieee", gradient="ignore"):
            values, gradients, _ = self.total.on_numpy.value_and_grad(parameters, X, None)
        if not np.isfinite(values).all():
            k = int(np.argmin(np.isfinite(values)))
            what = f"the loss is {values[k]}"
        elif not np.isfinite(gradients).all():
            k, i = map(int, np.argwhere(~np.isfinite(gradients))[0])
            label = f", {self.trained[i].label!r}," if self.trained[i].label else ""
            what = f"the gradient of parameters[{i}]{label} is {gradients[k, i]}"
        else:
            return "the sum of the samples' losses, or of their gradients, exceeds the range of doubles"
        give([*self.recorded.columns, *self.trained], np.concatenate([X[k], parameters]))
        return what + reason(self._total, self.trained)


class Penalty:
    """A penalty as a program of the parameters."""

    def __init__(self, root: Value, trained: list[Value]) -> None:
        self.root, self.trained = root, trained
        self.program = program.compile(root, [], trained)
        self.program.quiet = True  # as the loss with it is
        self._gradient = self.program.parameters.copy()  # which every call writes

    def value_and_grad(self, parameters: Floats) -> tuple[float, Floats]:
        reads(self.program, parameters)
        try:
            return self.program.value_and_grad(out=self._gradient)
        except (DomainError, NonFiniteGradient) as error:
            give(self.trained, parameters)
            raise type(error)(
                f"the penalty or its gradient is not finite{reason(self.root, self.trained)}"
            ) from error


def reads(replayed: program.Program, parameters: Floats) -> None:
    """Let it read the parameters where they are moved: nothing is copied at a step."""
    if replayed.parameters is not parameters:
        replayed.share(parameters)


def reason(root: Value, trained: list[Value]) -> str:
    """What is wrong, as the engine words it: by labels, where a program knows slots.  The leaves are set."""
    before = [v.grad for v in trained]
    try:
        with errstate(domain="raise", gradient="raise"):
            recompute(root).backward()
    except (ArithmeticError, ValueError) as error:
        return f": {error}"
    finally:
        for v, gradient in zip(trained, before):
            v.grad = gradient
    return ""


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


def reached(recorded: Recorded, penalty: Value | None, trained: list[Value]) -> NDArray[np.bool_]:
    """Which of the trained parameters are used: the others are left alone, as they are in Python."""
    import numpy as np

    recordings = [recorded.recording]
    if penalty is not None:
        recordings.append(record([penalty], [], trained))
    used = [np.array(recording.wanted)[-len(trained) :] >= 0 for recording in recordings]
    either: NDArray[np.bool_] = np.logical_or.reduce(used)
    return either


def changed(before: Recorded, after: Recorded) -> str:
    """Why two graphs do not compute the same, whatever the parameters; "" if they do."""
    try:
        check_same([before.recording, after.recording])
    except Unrecordable:
        return "with the trained parameters it records another, so Python decides by the parameters"
    return ""


def give(values: list[Value], numbers: Floats) -> None:
    """Set the data of Values, in one step."""
    at_once(arguments.changes(values, numbers.tolist()))
