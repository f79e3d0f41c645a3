"""What validation computes after every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import DomainError
from .examples import Examples
from .metrics import evaluate
from .objectives import objective
from .task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Validation"]


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
            try:
                found = {"loss": self.objective.loss(self.rows)}
            except DomainError as error:
                raise DomainError(f"in the validation: {error}") from error
            if metrics:
                found |= evaluate(metrics, self.objective.predictions(), self.task.examples.y)
        return found
