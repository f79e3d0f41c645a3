"""A monitor is shown the batches of a training that it asks for, and the steps that follow them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ...arguments import Floats
from ...engine import Value
from ..objectives import Objective
from ..recorder import Recorded
from ..task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Observer", "Watching"]


class Observer(Protocol):
    """What looks on while `fit` trains: a `Monitor`, or something of your own with these methods."""

    def wants(self, epoch: int, step: int) -> bool: ...

    def observe(self, *, epoch: int, step: int, program_parameters: Floats, X: Floats, y: Floats) -> None: ...

    def updated(self, before: Floats, after: Floats) -> None: ...


@runtime_checkable
class Noting(Observer, Protocol):
    """One that need not compute at once: shown what was recorded, it says whether to `note` batches."""

    def share(self, modules: list[Any], parameters: Sequence[Value], example: Recorded) -> bool: ...

    def note(self, *, epoch: int, step: int, program_parameters: Floats, X: Floats, y: Floats) -> None: ...


class Watching:
    """A monitor at a training: it is told the loss, and shown all parameters of the model, in its order."""

    def __init__(self, monitor: Observer, task: Task, objective: Objective) -> None:
        import numpy as np

        self.monitor, self.task, self.objective = monitor, task, objective
        self.wants = monitor.wants
        if hasattr(monitor, "follow"):
            monitor.follow(task.loss)
        self.values = values = task.model.parameters()
        self.share()
        places = {id(v): k for k, v in enumerate(task.trained)}
        found = [(k, places[id(v)]) for k, v in enumerate(values) if id(v) in places]
        self.trained = np.array(found, dtype=int).reshape(-1, 2).T
        self.others = [(k, v) for k, v in enumerate(values) if id(v) not in places]

    def share(self) -> None:
        """Show what is recorded now to a monitor that can make use of it."""
        self.look, example = self.monitor.observe, self.objective.example()
        if (
            example is not None
            and isinstance(self.monitor, Noting)
            and self.monitor.share(self.task.modules, self.values, example)
        ):
            self.look = self.monitor.note

    def before(self, epoch: int, step: int, places: NDArray[np.int64]) -> Floats:
        """Show the batch with the samples at the places; the parameters, for `after` the step."""
        parameters, examples = self._parameters(), self.task.examples
        self.look(
            epoch=epoch,
            step=step,
            program_parameters=parameters,
            X=examples.X[places],
            y=examples.y[places],
        )
        return parameters

    def after(self, before: Floats) -> None:
        self.monitor.updated(before, self._parameters())

    def _parameters(self) -> Floats:
        """The model's parameters in its order, those that are not trained included."""
        import numpy as np

        numbers = np.empty(self.trained.shape[1] + len(self.others))
        here, there = self.trained
        numbers[here] = self.objective.parameters[there]
        for k, v in self.others:
            numbers[k] = v.data
        return numbers
