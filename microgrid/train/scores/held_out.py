"""Samples that are not trained on: their loss and metrics after each epoch."""

from __future__ import annotations

from ...arguments import Floats
from ...errors import DomainError
from ..examples import Examples
from ..objectives import objective
from ..task import Task
from .metrics import Metric, evaluate

__all__ = ["Validation"]


class Validation:
    """The loss and the metrics of samples that are not trained on, with the model in evaluation mode."""

    def __init__(self, task: Task, held_out: Examples, replay: bool) -> None:
        self.task = Task(task.model, task.loss, None, task.trained, held_out)
        with task.mode(False):
            self.objective, self.why_eager = objective(self.task, len(held_out), replay)
        self.rows = self.objective.encode(held_out)

    def __call__(self, parameters: Floats, metrics: dict[str, Metric]) -> dict[str, float]:
        with self.task.mode(False):
            if self.task.norms:  # whose running statistics are constants of the graph
                self.objective.refresh()
            self.objective.parameters[:] = parameters
            try:
                numbers = {"loss": self.objective.loss(self.rows)}
            except DomainError as error:
                raise DomainError(f"in the validation: {error}") from error
            if metrics:
                numbers |= evaluate(metrics, self.objective.predictions(), self.task.examples.y)
        return numbers
