"""The learning rates that a training may have: the loss while the rate grows from step to step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import fsum, isfinite
from typing import TYPE_CHECKING, Any

from ... import arguments, optim, pictures
from ...arguments import ArrayLike
from ...base.checks import generator, whole
from ...base.context import at_once, errstate
from ...base.phrases import LANG
from ...errors import DomainError, NonFiniteGradient
from ...nn.losses import Loss
from ...nn.module import Model
from ...optim.settings import positive
from ..examples import Examples
from ..handed import trainable
from ..held import Held
from ..objectives import objective
from ..task import Task
from .descend import Descent, made_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RateRange", "lr_range"]

NEAR = 5
"""Over how many steps before and after a step its running mean goes: one of those before would lag."""
LEFT = 4.0
"""How many times the lowest loss ends the range: beyond, the training only diverges."""


class RateRange:
    """The losses of batches at growing learning rates, and `suggested`, the rate at which they fall fastest.

    `rates` and `losses` are those of the steps, `smoothed` their running means.  `suggested` is where the
    running mean falls fastest over the logarithm of the rate; None where it falls nowhere.  `lowest` is the
    rate at which it is lowest, which is too much already.
    """

    def __init__(self, rates: Sequence[float], losses: Sequence[float]) -> None:
        self.rates, self.losses = list(rates), list(losses)
        self.smoothed: list[float] = []
        for k in range(len(self.losses)):
            near = min(NEAR, k, len(self.losses) - 1 - k)
            self.smoothed.append(fsum(self.losses[k - near : k + near + 1]) / (2 * near + 1))
        self.lowest = self.rates[self.smoothed.index(min(self.smoothed))]
        falls = {
            self.rates[k]: self.smoothed[k + NEAR] - self.smoothed[k - NEAR]
            for k in range(2 * NEAR, self.rates.index(self.lowest))
            if k + NEAR < len(self.rates)
        }
        steepest = min(falls, key=falls.__getitem__, default=None)
        self.suggested = steepest if steepest is not None and falls[steepest] < 0 else None

    def plot(self, *, ax: Any = None, lang: str = LANG) -> Any:
        """The losses over the rates, by `viz.plots.learning_rates`."""
        return pictures.plots().learning_rates(self, ax=ax, lang=lang)

    def __repr__(self) -> str:
        ends = f"{len(self.rates)} steps with learning rates from {self.rates[0]:.2g} to {self.rates[-1]:.2g}"
        if self.suggested is None:
            return f"{ends}: the loss falls nowhere"
        return f"{ends}: the loss falls fastest at {self.suggested:.2g}, and is lowest at {self.lowest:.2g}"


def lr_range(
    model: Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss,
    optimizer: Descent = optim.SGD,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 100,
    batch_size: int | None = None,
    seed: int | Sequence[int] | np.random.Generator | None = None,
) -> RateRange:
    """Train with a learning rate that grows from `low` to `high`: where the loss falls, and where it rises.

    After Smith 2017, arXiv:1506.01186: a rate somewhat below the fastest fall is a good one to begin with.
    It ends where the loss is four times the lowest, or not finite.  `optimizer` makes one of a list of
    Values, as in `fit`; batches of `batch_size` are full ones, drawn without replacement by `seed`.  The
    model and its random sources are as they were before.  ValueError unless low is below high.

    >>> import random
    >>> from microgrid import datasets, nn
    >>> random.seed(1)
    >>> X, y = datasets.moons(100, labels=(-1, 1), seed=1)
    >>> found = lr_range(nn.MLP(2, [8, 1]), X, y, loss="hinge")
    >>> 0.01 < found.suggested < found.lowest < 10
    True
    """
    low, high = positive(low, "low", 1e-5), positive(high, "high", 10)
    if not low < high:
        raise ValueError(f"low is below high, got {low:g} and {high:g}: 1e-5 and 10 are usual")
    steps, rng = whole(steps, "steps", least=10), generator(seed)
    examples = Examples(X, y, "lr_range")
    values = arguments.leaves(trainable(model, "lr_range"), "parameters")
    moved = made_of(optimizer, values)
    task = Task(model, loss, None, values, examples)
    before = [v.data for v in values], [v.grad if v.has_grad else -0.0 for v in values]
    rates, losses = list[float](), list[float]()
    with Held() as held:
        try:
            with held.let(), task.untouched(), task.mode(True):
                if examples.y.shape[1:] == (1,) and task.single():
                    examples.flatten()
                size = len(examples)
                if batch_size is not None:
                    size = min(whole(batch_size, "batch_size"), size)
                _grow(task, moved, _batches(len(examples), size, rng), size, low, high, steps, rates, losses)
        finally:
            at_once(arguments.changes(values, before[0]), arguments.changes(values, before[1], "grad"))
    return RateRange(rates, losses)


def _grow(
    task: Task,
    moved: optim.Optimizer,
    places: Iterator[NDArray[np.int64]],
    size: int,
    low: float,
    high: float,
    steps: int,
    rates: list[float],
    losses: list[float],
) -> None:
    """A step at each rate, until the loss has left."""
    goal, _ = objective(task, size, True)
    rows = goal.encode(task.examples)
    with moved.on(goal.parameters, goal.reached), errstate(gradient="raise"):
        for k in range(steps):
            moved.lr = low * (high / low) ** (k / (steps - 1))
            try:
                value, gradient = goal.value_and_grad(rows[next(places)])
                if not isfinite(value) or (losses and value > LEFT * max(losses[0], min(losses))):
                    break
                moved.step(gradient)
            except (DomainError, NonFiniteGradient):
                if not losses:
                    raise
                break
            rates.append(moved.lr)
            losses.append(value)


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Full batches for ever; all samples in their order where that is one."""
    import numpy as np

    while True:
        order = np.arange(count) if size == count else rng.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]
