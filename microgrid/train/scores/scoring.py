"""What a trained model says of samples, and how right it is, at the speed of a replayed graph."""

from __future__ import annotations

from typing import Any

from ...arguments import ArrayLike, Floats
from ...base.messages import number
from ...engine import Value
from ...functions import mean
from ...nn.losses import Loss
from ...nn.module import Model
from ..examples import Examples
from ..recorder import flattened
from ..task import Task
from .held_out import Validation
from .metrics import Metrics, named

__all__ = ["evaluate", "predict"]


def predict(model: Model, X: ArrayLike, *, replay: bool = True) -> Floats:
    """The model's outputs for the samples X, an array with a row (or a number) for each, in evaluation mode.

    Its graph is recorded once and replayed, unless Python decides by data; `replay=False` asks for Python.

    >>> from microgrid import nn
    >>> predict(nn.MLP(2, [3, 1]), [[0.5, 1.0], [0.0, 2.0]]).shape
    (2,)
    """
    examples = Examples(X, None, "predict")
    task = Task(model, _outputs_alone, None, _parameters(model, "predict"), examples)
    with task.as_it_was():
        validation = Validation(task, examples, replay)
        validation(_now(task), {})
        return validation.objective.predictions()


def evaluate(
    model: Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss,
    metrics: Metrics = (),
    threshold: float | None = None,
    replay: bool = True,
) -> dict[str, float]:
    """The loss of samples and their metrics, as `fit` computes those of its validation, in evaluation mode.

    `metrics`, `threshold` and `replay` are as `fit` takes them.

    >>> from microgrid import nn
    >>> found = evaluate(nn.MLP(1, [1]), [[0.5], [1.0]], [0, 1], loss="mse", metrics="accuracy")
    >>> list(found)
    ['loss', 'accuracy']
    """
    examples = Examples(X, y, "evaluate")
    task = Task(model, loss, None, _parameters(model, "evaluate"), examples)
    if threshold is not None:
        threshold = number(threshold, where="threshold is a real number")
    with task.as_it_was():
        if examples.y.shape[1:] == (1,) and task.single():
            examples.flatten()
        return Validation(task, examples, replay)(
            _now(task), named(metrics, examples.y, threshold, task.loss)
        )


def _parameters(model: Model, what: str) -> list[Value]:
    """The parameters of what can be asked for outputs."""
    if isinstance(model, type) or not hasattr(model, "parameters") or not callable(model):
        got = f"the class {model.__name__}: make one" if isinstance(model, type) else type(model).__name__
        raise TypeError(f"{what} asks a callable with parameters(), such as a Module, got {got}")
    return list(model.parameters())


def _now(task: Task) -> Floats:
    import numpy as np

    return np.array([p.data for p in task.trained], dtype=np.float64)


def _outputs_alone(predictions: list[Any], targets: list[Any]) -> Value:
    """Stands where a loss does, so that all outputs are recorded."""
    total: Value = mean(flattened(predictions))
    return total
