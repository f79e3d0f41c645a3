"""A monitor is shown the batches of a training that it asks for, and the steps that follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...arguments import Floats
from ..objectives import Objective
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


class Watching:
    """A monitor at a training: it is told the loss, and shown all parameters of the model, in its order."""

    def __init__(self, monitor: Observer, task: Task, objective: Objective) -> None:
        self.monitor, self.task, self.objective = monitor, task, objective
        self.wants = monitor.wants
        if hasattr(monitor, "follow"):
            monitor.follow(task.loss)
        self.values = task.model.parameters()
        places = {v: k for k, v in enumerate(task.trained)}
        self.trained = [(k, places[v]) for k, v in enumerate(self.values) if v in places]

    def before(self, epoch: int, step: int, places: NDArray[np.int64]) -> Floats:
        """Show the batch with the samples at the places; the parameters, for `after` the step."""
        parameters, examples = self._parameters(), self.task.examples
        self.monitor.observe(
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

        numbers = np.array([v.data for v in self.values])
        for k, place in self.trained:
            numbers[k] = self.objective.parameters[place]
        return numbers
