"""Several descents from one start: optimisers, each with its best learning rate, and sizes of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from math import fsum, inf
from typing import Any, TypeAlias

from ... import optim
from ...arguments import ArrayLike, called
from ...base.checks import whole
from ...base.messages import short
from ...base.phrases import LANG, count, said, speaker
from ...engine import Value
from ...functions import mean
from ...optim import Optimizer
from ..examples import Examples, batches
from .descend import Descent, Start, made_of, place, walked
from .path import Path

__all__ = ["Paths", "Rated", "compare_batches", "compare_optimizers"]

Rated: TypeAlias = Callable[[list[Value], float], Optimizer]
"""What makes an optimiser of Values and a learning rate."""

RATES = tuple(float(f"{digit}e{power}") for power in range(-4, 3) for digit in (1, 3))
"""The learning rates among which each optimiser has its best one: half a decade apart."""


class Paths(dict[str, Path]):
    """Paths by their labels, and `f`, the function of Values that they go down, as the plots take both."""

    def __init__(self, f: Callable[..., Value], paths: Mapping[str, Path]) -> None:
        super().__init__(paths)
        self.f = f

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        ends = [f"{label:{width}}  f {p.values[0]:.6g} to {p.values[-1]:.6g}" for label, p in self.items()]
        return "\n".join(ends)


def compare_optimizers(
    f: Callable[..., Value],
    start: Start,
    steps: int,
    optimizers: Mapping[str, Rated] | None = None,
    *,
    lr: float | Sequence[float] = RATES,
    lang: str = LANG,
) -> Paths:
    """Paths of gradient descent, momentum, NAG, Adagrad, Adadelta, RMSprop and Adam from one start.

    Each has the learning rate of `lr` by which f is lowest on the way, in the mean of its points, and its
    label says which: one rate for all would favour those that it suits.  By default these are 0.0001, 0.0003,
    0.001 and so on up to 300; a number is one rate for all.  Momentum is 0.9, others are the defaults.
    `optimizers` are other ones: names, and functions of the Values and the rate.  `f` and `start` as in
    `descend`, `steps` is how many each takes.  No rate at all is a ValueError.

    >>> paths = compare_optimizers(lambda x, y: x**2 + 10*y**2, (-3.0, 1.0), 20)
    >>> list(paths)[:2], len(paths)
    (['gradient descent, η = 0.03', 'momentum, η = 0.03'], 7)
    """
    say = speaker(lang)
    if optimizers is None:
        optimizers = {
            say("gradient descent"): lambda ps, rate: optim.SGD(ps, rate),
            say("momentum"): lambda ps, rate: optim.SGD(ps, rate, momentum=0.9),
            "NAG": lambda ps, rate: optim.SGD(ps, rate, momentum=0.9, nesterov=True),
            "Adagrad": optim.Adagrad,
            "Adadelta": optim.Adadelta,
            "RMSprop": optim.RMSprop,
            "Adam": optim.Adam,
        }
    if not isinstance(optimizers, Mapping) or not optimizers:
        raise TypeError(
            'optimizers are functions of Values and a rate by their names, {"SGD": optim.SGD}, or None for '
            f"the usual seven, got {type(optimizers).__name__} {short(optimizers)}"
        )
    for name, make in optimizers.items():
        if not callable(make):
            raise TypeError(
                f"what makes {short(name)} is a function of Values and a rate, such as optim.SGD, got "
                f"{type(make).__name__} {short(make)}"
            )
        called(make, f"what makes {short(name)}", "parameters", "lr")
    rates = [lr] if isinstance(lr, int | float) else list(lr)
    if not rates:
        raise ValueError("lr is a learning rate, or several from which the best is taken, got none")
    steps, paths = whole(steps, "steps"), {}
    single = isinstance(start, Value) or not hasattr(start, "__iter__")
    values, names, objective = place(f, start)
    for name, make in optimizers.items():
        best = None
        for rate in rates:
            optimizer = made_of(lambda ps, make=make, rate=rate: make(ps, rate), values)
            label = f"{name}, η = {rate:g}"
            objectives = repeat(objective, steps + 1)
            path = walked(values, names, objectives, optimizer, None, single, label, quiet=True)
            if best is None or _height(path) < _height(best):
                best = path
        if best is not None:
            paths[best.label] = best
    return Paths(f, paths)


def _height(path: Path) -> float:
    """The mean of f along the path: the end alone would forgive a first step of any size."""
    return inf if path.stopped else fsum(path.values) / len(path)


def compare_batches(
    loss: Callable[..., Value],
    start: Sequence[float],
    X: ArrayLike,
    y: ArrayLike,
    make_optimizer: Descent,
    epochs: int,
    *,
    sizes: Mapping[str, int] | None = None,
    seed: int | None = None,
    lang: str = LANG,
) -> Paths:
    """Paths of batch, mini-batch and stochastic descent from one start, for as many epochs each.

    `loss` is a function of the variables, a sample and its target, ``lambda b, w, x, y: (b + w*x - y)**2``.
    A step goes down the mean over its batch, so that all have the same learning rate, that of the optimiser
    of `make_optimizer`; what differs is how many steps an epoch has, which the labels say.  In each epoch the
    samples are drawn anew without replacement, by `seed`.  `sizes` are other sizes by names; by default all
    samples, a quarter, and one.  The paths' `gradients` are those of the batches, their `values` those of the
    result's `f`, the mean over all samples.
    """
    examples, say = Examples(X, y, "compare_batches"), speaker(lang)
    n, epochs = len(examples), whole(epochs, "epochs")
    if sizes is None:
        sizes = {say("batch"): n, say("mini-batch"): max(2, n // 4), say("stochastic"): 1}
    samples = list(zip(map(_alone, examples.X.tolist()), map(_alone, examples.y.tolist()), strict=True))

    def over(chosen: Sequence[int]) -> Callable[..., Value]:
        return lambda *variables: mean([loss(*variables, *samples[i]) for i in chosen])

    f = over(range(n))
    _check(loss, len(place(f, start)[0]))
    paths = {}
    for name, size in sizes.items():
        size = min(whole(size, f"the size of {name}"), n)
        values, names, _ = place(f, start)
        names = _variables(loss, names)
        objectives = _objectives(over, values, n, size, epochs, seed)

        each = said(count(-(-n // size), "{n} step an epoch", "{n} steps an epoch"), lang)
        optimizer = made_of(make_optimizer, values)
        height = partial(f, *values)
        path = walked(values, names, objectives, optimizer, None, label=f"{name}, {each}", height=height)
        paths[path.label] = path
    return Paths(f, paths)


def _objectives(
    over: Callable[[Sequence[int]], Callable[..., Value]],
    values: list[Value],
    n: int,
    size: int,
    epochs: int,
    seed: int | None,
) -> Iterator[Callable[[], Value]]:
    """The mean over each batch of each epoch, and over all samples at the end."""
    import numpy as np

    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(n).tolist() if size < n else list(range(n))
        for part in batches(n, size):
            yield partial(over(order[part]), *values)
    yield partial(over(range(n)), *values)


def _alone(numbers: Any) -> Any:
    """The one number of a list of one."""
    return numbers[0] if isinstance(numbers, list) and len(numbers) == 1 else numbers


def _check(loss: Any, variables: int) -> None:
    """TypeError unless the loss takes so many variables, a sample and its target."""
    from inspect import signature

    wanted = (
        "loss is a function of the variables, a sample and its target, lambda b, w, x, y: (b + w*x - y)**2"
    )
    if not callable(loss):
        raise TypeError(f"{wanted}: got {type(loss).__name__} {short(loss)}")
    try:
        takes = signature(loss)
    except (TypeError, ValueError):  # of one written in C: its own error will tell
        return
    try:
        takes.bind(*range(variables + 2))
    except TypeError:
        numbers = f"{variables} number{'s' * (variables > 1)}"
        raise TypeError(
            f"{wanted}: start has {numbers}, one for each variable, and this one takes {takes}"
        ) from None


def _variables(loss: Callable[..., Value], names: list[str]) -> list[str]:
    from inspect import signature

    found = [p.name for p in signature(loss).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    return found[: len(names)] if len(found) == len(names) + 2 else names
