"""Learning rates that change from epoch to epoch: a schedule writes `optimizer.lr`, after each epoch's steps.

The rates are PyTorch's.  PyTorch computes most of them from the rate before, so that theirs drift from these
by rounding; here each is computed from the first, so one schedule rules an optimiser at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from math import cos, isfinite, pi
from typing import Any, ClassVar, Protocol, TypeAlias

from ..base.checks import one_of, whole
from ..base.messages import number
from ..engine import Value
from ..errors import CheckpointError
from .settings import Stored, contents, fraction, jsonable, nonnegative, settings

__all__ = [
    "AnySchedule",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "Schedule",
    "StepLR",
]


class HasRate(Protocol):
    """What a schedule rules: an optimiser, or anything with a learning rate."""

    lr: float


AnySchedule: TypeAlias = "Schedule | ReduceLROnPlateau"


class _Rate:
    """Stands for the optimiser while a schedule is made of a saved state that may prove wrong."""

    lr = 0.0


class _Resumable(Stored):
    """Something that counts epochs for an optimiser, and can be saved."""

    form = "schedule"
    progress: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    """What changes from epoch to epoch, and what checks it when it is loaded."""

    def __init__(self, optimizer: HasRate) -> None:
        if not hasattr(optimizer, "lr"):
            raise TypeError(
                f"a schedule writes the lr of an optimizer, and {type(optimizer).__name__} has none"
            )
        self.optimizer = optimizer
        self.last_epoch = 0

    def state_dict(self) -> dict[str, Any]:
        """The settings and how far the schedule has come, as numbers that JSON keeps exactly."""
        progress = {name: getattr(self, name) for name in self.progress}
        return {"kind": type(self).__name__, **jsonable(settings(self)), **progress}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from `state`, settings included; CheckpointError, and no change, if it is not of its kind."""
        saved = contents(state, self, self.progress)
        try:
            progress = {name: check(saved.pop(name)) for name, check in self.progress.items()}
            made = type(self)(_Rate(), **saved)
        except (TypeError, ValueError) as error:
            raise CheckpointError(f"the state of {type(self).__name__} cannot be: {error}") from error
        self.__dict__ |= made.__dict__ | progress | {"optimizer": self.optimizer}

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={x!r}" for name, x in settings(self).items())
        return f"{type(self).__name__}({listed}) at epoch {self.last_epoch}"


class Schedule(_Resumable):
    """The base of the schedules with a formula, `lr_at`; making one sets the optimiser's lr to `lr_at(0)`."""

    progress: ClassVar = {
        "base_lr": lambda x: nonnegative(x, "base_lr", 0.01),
        "last_epoch": lambda x: whole(x, "last_epoch", least=0),
    }

    def __init__(self, optimizer: HasRate) -> None:
        super().__init__(optimizer)
        self.base_lr = float(optimizer.lr)
        optimizer.lr = self.lr_at(0)

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        raise NotImplementedError(
            f"{type(self).__name__} has no lr_at: a schedule computes the rate of an epoch there"
        )

    def step(self) -> None:
        """Go on to the next epoch."""
        self.optimizer.lr = self.lr_at(self.last_epoch + 1)
        self.last_epoch += 1

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """As the base's; the optimiser's lr becomes that of the epoch."""
        super().load_state_dict(state)
        self.optimizer.lr = self.lr_at(self.last_epoch)


class StepLR(Schedule):
    """base_lr gamma^⌊epoch/step_size⌋: times gamma every step_size epochs.

    >>> from types import SimpleNamespace
    >>> schedule = StepLR(SimpleNamespace(lr=0.8), step_size=2, gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(6)]
    [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]
    """

    def __init__(self, optimizer: HasRate, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = whole(step_size, "step_size"), nonnegative(gamma, "gamma", 0.1)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        return float(self.base_lr * self.gamma ** (epoch // self.step_size))


class MultiStepLR(Schedule):
    """Times gamma from each of the `milestones` on, twice at one that is listed twice."""

    def __init__(self, optimizer: HasRate, milestones: Iterable[int], gamma: float = 0.1) -> None:
        if not isinstance(milestones, Iterable):
            raise TypeError(f"milestones are a list of epochs, such as [30, 80], got {milestones!r}")
        self.milestones = tuple(sorted(whole(epoch, "a milestone", least=0) for epoch in milestones))
        self.gamma = nonnegative(gamma, "gamma", 0.1)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        return float(self.base_lr * self.gamma ** bisect_right(self.milestones, epoch))


class ExponentialLR(Schedule):
    """base_lr gamma^epoch."""

    def __init__(self, optimizer: HasRate, gamma: float) -> None:
        self.gamma = nonnegative(gamma, "gamma", 0.95)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        return float(self.base_lr * self.gamma**epoch)


class CosineAnnealingLR(Schedule):
    """eta_min + (base_lr - eta_min)(1 + cos(π epoch/T_max))/2: down to eta_min in T_max epochs, and up again.

    Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5, without its restarts.
    """

    def __init__(self, optimizer: HasRate, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = whole(T_max, "T_max"), nonnegative(eta_min, "eta_min", 0)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        return self.eta_min + (self.base_lr - self.eta_min) * (1 + cos(pi * epoch / self.T_max)) / 2


class LinearLR(Schedule):
    """A warm-up: base_lr times a factor that goes from start_factor to end_factor in total_iters epochs."""

    def __init__(
        self, optimizer: HasRate, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = fraction(start_factor, "start_factor", 1 / 3)
        if not self.start_factor:
            raise ValueError(
                "start_factor is above 0, got 0.0: with a learning rate of 0 nothing would be learnt"
            )
        self.end_factor = fraction(end_factor, "end_factor", 1)
        self.total_iters = whole(total_iters, "total_iters")
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        part = min(epoch, self.total_iters) / self.total_iters
        return self.base_lr * (self.start_factor + (self.end_factor - self.start_factor) * part)


class PolynomialLR(Schedule):
    """base_lr (1 - epoch/total_iters)^power, 0 from epoch total_iters on."""

    def __init__(self, optimizer: HasRate, total_iters: int = 5, power: float = 1.0) -> None:
        self.total_iters, self.power = whole(total_iters, "total_iters"), nonnegative(power, "power", 1)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        return float(self.base_lr * (1 - min(epoch, self.total_iters) / self.total_iters) ** self.power)


class ReduceLROnPlateau(_Resumable):
    """Times `factor` when a metric has not improved for more than `patience` epochs; never below min_lr.

    The metric improves if it is less than (1 - threshold) times the best so far ("rel"), or than the best
    minus threshold ("abs"); in mode "max" more than (1 + threshold) times, or plus.  nan and infinity are
    none.  After a reduction `cooldown` epochs are not counted; a reduction by no more than eps is not made.
    Keras's callback reduces one epoch earlier, at patience epochs without improvement
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
