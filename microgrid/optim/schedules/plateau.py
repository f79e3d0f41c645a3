"""The schedule that looks at a metric: the rate falls where that does not improve."""

from __future__ import annotations

from math import isfinite
from typing import ClassVar

from ...base.checks import one_of, whole
from ...base.messages import number
from ...engine import Value
from ..settings import fraction, nonnegative
from .base import HasRate, Resumable

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(Resumable):
    """Times `factor` when a metric has not improved for more than `patience` epochs; never below min_lr.

    The metric improves if it is less than (1 - threshold) times the best so far (`threshold_mode` "rel"), or
    than the best minus threshold ("abs"); in mode "max" more than (1 + threshold) times, or plus.  nan and
    infinity are none.  After a reduction `cooldown` epochs are not counted; a reduction by no more than eps
    is not made.  Keras's callback reduces one epoch earlier, at patience epochs without improvement
    (keras/src/callbacks/reduce_lr_on_plateau.py).
    """

    progress: ClassVar = {
        "best": lambda x: None if x is None else number(x, where="best is a number"),
        "bad_epochs": lambda x: whole(x, "bad_epochs", least=0),
        "cooling": lambda x: whole(x, "cooling", least=0),
        "last_epoch": lambda x: whole(x, "last_epoch", least=0),
    }

    def __init__(
        self,
        optimizer: HasRate,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        one_of(mode, "mode", ("min", "max"))
        one_of(threshold_mode, "threshold_mode", ("rel", "abs"))
        self.mode, self.threshold_mode = mode, threshold_mode
        self.factor = fraction(factor, "factor", 0.1, one=False)
        self.patience, self.cooldown = whole(patience, "patience", 0), whole(cooldown, "cooldown", 0)
        self.threshold = nonnegative(threshold, "threshold", 1e-4)
        self.min_lr, self.eps = nonnegative(min_lr, "min_lr", 0), nonnegative(eps, "eps", 1e-8)
        self.best: float | None = None
        self.bad_epochs = self.cooling = 0
        super().__init__(optimizer)

    def step(self, metric: Value | float) -> None:
        """Look at the metric, a number or a Value, of the epoch that ended."""
        data = metric.data if isinstance(metric, Value) else metric
        value = number(data, finite=False, where="a metric is a real number")
        self.last_epoch += 1
        improved = self._improves(value)
        if improved:
            self.best = value
        self.bad_epochs = 0 if improved or self.cooling else self.bad_epochs + 1
        self.cooling = max(self.cooling - 1, 0)
        if self.bad_epochs > self.patience:
            reduced = max(self.optimizer.lr * self.factor, self.min_lr)
            if self.optimizer.lr - reduced > self.eps:
                self.optimizer.lr = reduced
            self.bad_epochs, self.cooling = 0, self.cooldown

    def _improves(self, metric: float) -> bool:
        if self.best is None or not isfinite(metric):
            return isfinite(metric)
        margin = self.threshold if self.mode == "max" else -self.threshold
        bound = self.best + margin if self.threshold_mode == "abs" else self.best * (1 + margin)
        return metric > bound if self.mode == "max" else metric < bound
