"""The schedules with a formula of the epoch: steps, powers, lines, cosines and cycles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from math import cos, pi

from ...base.checks import one_of, whole
from ..settings import fraction, nonnegative, positive
from .base import HasRate, Schedule

__all__ = [
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "PolynomialLR",
    "StepLR",
    "WarmupCosineLR",
]


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
    """base_lr gamma^epoch: times gamma after every epoch."""

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
        return _cosine(self.base_lr, self.eta_min, epoch / self.T_max)


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


class CosineAnnealingWarmRestarts(Schedule):
    """As CosineAnnealingLR to eta_min, then from base_lr again: in T_0 epochs, T_0 T_mult, T_0 T_mult², ...

    Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5.
    """

    def __init__(self, optimizer: HasRate, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> None:
        self.T_0, self.T_mult = whole(T_0, "T_0"), whole(T_mult, "T_mult")
        self.eta_min = nonnegative(eta_min, "eta_min", 0)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        length, since = self.T_0, epoch % self.T_0 if self.T_mult == 1 else epoch
        while since >= length:
            since, length = since - length, length * self.T_mult
        return _cosine(self.base_lr, self.eta_min, since / length)


class WarmupCosineLR(Schedule):
    """Up from base_lr start_factor to base_lr in `warmup` epochs, then along a cosine to eta_min at `total`.

    PyTorch has it as a SequentialLR of LinearLR and CosineAnnealingLR, Keras as CosineDecay with
    warmup_target.
    """

    def __init__(
        self, optimizer: HasRate, warmup: int, total: int, start_factor: float = 1 / 3, eta_min: float = 0.0
    ) -> None:
        self.warmup, self.total = whole(warmup, "warmup"), whole(total, "total", least=2)
        if self.warmup >= self.total:
            raise ValueError(f"warmup is less than total, got {self.warmup} of {self.total} epochs")
        self.start_factor = fraction(start_factor, "start_factor", 1 / 3)
        self.eta_min = nonnegative(eta_min, "eta_min", 0)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        if epoch < self.warmup:
            return self.base_lr * (self.start_factor + (1 - self.start_factor) * epoch / self.warmup)
        done = (min(epoch, self.total) - self.warmup) / (self.total - self.warmup)
        return _cosine(self.base_lr, self.eta_min, done)


class OneCycleLR(Schedule):
    """Up from max_lr/div_factor to max_lr in the share pct_start of the total_steps, then far down.

    It ends at max_lr/div_factor/final_div_factor and stays there; `anneal_strategy` is "cos" or "linear".
    With `three_phase` it goes down as long as up, and then to the end.  Smith and Topin 2019,
    arXiv:1708.07120.  PyTorch also moves the momentum, unless cycle_momentum=False, and steps it after each
    batch.
    """

    def __init__(
        self,
        optimizer: HasRate,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        one_of(anneal_strategy, "anneal_strategy", ("cos", "linear"))
        self.max_lr, self.total_steps = positive(max_lr, "max_lr", 0.1), whole(total_steps, "total_steps", 2)
        self.pct_start, self.anneal_strategy = fraction(pct_start, "pct_start", 0.3), anneal_strategy
        self.div_factor = positive(div_factor, "div_factor", 25)
        self.final_div_factor = positive(final_div_factor, "final_div_factor", 1e4)
        self.three_phase = bool(three_phase)
        super().__init__(optimizer)

    def lr_at(self, epoch: int) -> float:
        low, up, end = (
            self.max_lr / self.div_factor,
            self.pct_start * self.total_steps,
            self.total_steps - 1.0,
        )
        turns = [(0.0, low), (up - 1, self.max_lr)]
        turns += [(2 * up - 2, low)] if self.three_phase else []
        turns = [turn for turn in turns if turn[0] < end] + [(end, low / self.final_div_factor)]
        for (since, a), (until, b) in pairwise(turns):
            if epoch <= until and since < until:
                done = (epoch - since) / (until - since)
                return _cosine(a, b, done) if self.anneal_strategy == "cos" else (b - a) * done + a
        return turns[-1][1]


def _cosine(start: float, end: float, done: float) -> float:
    """From start to end along half a cosine."""
    return end + (start - end) * (1 + cos(pi * done)) / 2
