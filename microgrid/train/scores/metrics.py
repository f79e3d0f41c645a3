"""What is watched beside the loss: functions of predictions and targets, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isclose, prod
from typing import Any, NoReturn, SupportsFloat, TypeAlias

from ... import arguments
from ...arguments import Floats
from ...base.context import no_grad
from ...base.messages import number, short
from ...engine import Value
from ...nn.losses import Loss

__all__ = ["Metric", "Metrics", "check", "evaluate", "named"]

Metric: TypeAlias = "Callable[[Floats, Floats], SupportsFloat]"
"""A number told from the arrays of predictions and targets."""
Metrics: TypeAlias = (
    "str | Metric | Iterable[str | Metric | tuple[str, str | Metric]] | Mapping[str, str | Metric]"
)
"""One or several metrics, of which a str names "accuracy"; a mapping or pairs give them other names."""

COLUMNS = ("epoch", "loss", "lr", "seconds")


def named(metrics: Metrics, targets: Floats, threshold: float | None, loss: Loss) -> dict[str, Metric]:
    """The metrics by name: functions go by their own names, a mapping gives them others.

    `targets` are all that they will be shown, those of the validation included.
    """
    by_name: dict[str, Metric] = {}
    listed = [metrics] if isinstance(metrics, str) or callable(metrics) else metrics
    if not isinstance(listed, Iterable):
        raise TypeError(f'metrics are "accuracy" or functions of (predictions, targets), got {metrics!r}')
    for metric in listed.items() if isinstance(listed, Mapping) else listed:
        name, function = metric if isinstance(metric, tuple) else (_name(metric), metric)
        if function == "accuracy":
            function = Accuracy(targets, threshold, loss)
        elif not callable(function):
            raise TypeError(
                f'a metric is "accuracy" or a function of (predictions, targets), got {function!r}'
            )
        else:
            arguments.called(function, f"the metric {short(name)}", "predictions", "targets")
        if name in by_name or name in COLUMNS or name.startswith("validation_"):
            raise ValueError(
                f"two columns would be called {short(name)}: pass a mapping, {{another name: metric}}"
            )
        by_name[name] = function
    if threshold is not None and not any(isinstance(function, Accuracy) for function in by_name.values()):
        raise ValueError(
            f'threshold={threshold:g} is for "accuracy", and metrics has none: pass metrics="accuracy"'
        )
    return by_name


def check(metrics: dict[str, Metric], outputs: tuple[int, ...], targets: Floats) -> None:
    """ValueError where a metric cannot be told from outputs of this shape for each sample."""
    for metric in metrics.values():
        if isinstance(metric, Accuracy):
            metric.several(outputs, targets)


def _name(metric: Any) -> str:
    return metric if isinstance(metric, str) else getattr(metric, "__name__", type(metric).__name__)


def evaluate(metrics: dict[str, Metric], predictions: Floats, targets: Floats) -> dict[str, float]:
    """The metrics of those predictions."""
    return {
        name: number(
            metric(predictions, targets), finite=False, where=f"the metric {short(name)} is a number"
        )
        for name, metric in metrics.items()
    }


def undecided(loss: Loss) -> float | None:
    """The prediction, of 0 and ½, that a loss finds as wrong for the target 0 as for 1: it parts no from yes.

    None if that is neither, or both, or if the loss takes no single numbers: who weights one answer more than
    the other has to say where yes begins.
    """

    def cost(prediction: float, target: int) -> float:
        return float(loss([Value(prediction)], [target]).data)

    between = []
    for prediction in (0.0, 0.5):
        try:
            with no_grad():
                if isclose(cost(prediction, 0), cost(prediction, 1), rel_tol=1e-9):
                    between.append(prediction)
        except Exception:  # the loss is anybody's, and was asked about numbers that it may never meet
            continue
    return between[0] if len(between) == 1 else None


class Accuracy:
    """The share of predictions on the side, or in the class, of their target.

    One number for each sample: yes is what is above `threshold`, by default 0 for targets -1 and 1, and what
    the loss cannot decide for 0 and 1.  A list of numbers: the place of the largest is the class; targets are
    numbers of classes, or 1 at the class and 0 elsewhere.
    """

    def __init__(self, targets: Floats, threshold: float | None, loss: Loss) -> None:
        import numpy as np

        self.answers = np.unique(targets).tolist()
        self.signs = set(self.answers) <= {-1, 1} and -1 in self.answers
        self.given = threshold
        self.threshold: Any = threshold  # None where it is not known, and refused before it is used
        if threshold is None and set(self.answers) <= {-1, 0, 1}:
            self.threshold = 0.0 if self.signs else undecided(loss)
        if not self.signs and any(not answer.is_integer() or answer < 0 for answer in self.answers):
            self._refuse()

    def __call__(self, predictions: Floats, targets: Floats) -> float:
        if self.several(predictions.shape[1:], targets):
            classes = targets.argmax(axis=1) if targets.ndim == 2 else targets
            return float((predictions.argmax(axis=1) == classes).mean())
        return float(((predictions.ravel() > self.threshold) == (targets.ravel() > 0)).mean())

    def several(self, outputs: tuple[int, ...], targets: Floats) -> bool:
        """Whether outputs of this shape are one for each class; ValueError if what is right is unknown."""
        if len(outputs) == 1 and outputs[0] > 1:
            if targets.ndim == 2 and not ((targets == 1).sum(axis=1) == 1).all():
                self._refuse()
            if self.given is not None:
                raise ValueError(
                    f"threshold={self.given:g} is for a single output, and the model has {outputs[0]}: of "
                    "several outputs the largest decides: leave threshold= out"
                )
            return True
        if prod(outputs) != prod(targets.shape[1:]) or not (self.signs or set(self.answers) <= {0, 1}):
            self._refuse()
        if self.threshold is None:
            raise ValueError(
                "accuracy does not know from which prediction on the answer is yes, as the loss finds "
                "neither 0 nor ½ as wrong for the target 0 as for 1: pass fit threshold=, such as 0 for "
                "logits or 0.5 for probabilities"
            )
        return False

    def _refuse(self) -> NoReturn:
        some = ", ".join(f"{answer:g}" for answer in self.answers[:5])
        raise ValueError(
            "accuracy needs targets -1 and 1, 0 and 1, or classes with an output for each, and there are "
            f"{some}: pass a function of (predictions, targets) that says what counts as right"
        )
