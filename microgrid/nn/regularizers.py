"""Dropout and batch normalisation: modules that do one thing in training and another afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .. import functions
from ..arguments import Floats, Numbers
from ..base.checks import seed_number, whole
from ..base.context import current, given_scope, scope_at, scopes_inside
from ..base.messages import number
from ..engine import Value, parameter
from ..naming.labels import given
from .module import Module, bare, inputs, samples

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["BatchNorm", "Dropout", "dropouts", "every_mask", "norms"]


class Dropout(Module):
    """In training each input is 0 with probability `p`, and otherwise times 1/(1-p), so that the mean stays.

    Srivastava et al. 2014; the scale stands in training as in PyTorch, so afterwards nothing happens.  `seed`
    is an int or a NumPy `Generator`; by default it is drawn from Python's `random`.  ValueError unless 0 <= p
    < 1.

    >>> dropout = Dropout(0.5, seed=1)
    >>> [v.data for v in dropout([1.0, 2.0, 3.0])]
    [2.0, 4.0, 0.0]
    >>> [v.data for v in dropout.eval()([1.0, 2.0, 3.0])]
    [1.0, 2.0, 3.0]
    """

    elementwise = True
    _adding = False

    def __init__(self, p: float = 0.5, seed: int | Generator | None = None) -> None:
        self.p: float = number(p, where="Dropout: p, the share that is dropped, is a real number")
        if not 0 <= self.p < 1:
            raise ValueError(
                f"Dropout: p, the share that is dropped, lies from 0 to 1, 1 excluded, got {self.p}"
            )
        self._stream = _stream(seed)
        self.masks: list[Value] = []
        """The factors of the last call, leaves: give them to `compile` as inputs and `draw` their columns."""

    def __call__(self, x: Numbers) -> Any:
        return bare(self._masked([inputs(x, None, self)])[0])

    def batch(self, X: Iterable[Numbers]) -> list[Any]:
        return [bare(xs) for xs in self._masked([inputs(x, None, self) for x in samples(X, self)])]

    def _masked(self, rows: list[list[Value]]) -> list[list[Value]]:
        if not self._adding:
            self.masks = []
        if not self.training or self.p == 0:
            return rows
        return [self._dropped(xs, self._factors((len(xs),)).tolist()) for xs in rows]

    def _dropped(self, xs: list[Value], factors: list[float]) -> list[Value]:
        out = []
        for i, place in enumerate(scopes_inside(current().scope, "neuron", len(xs))):
            with scope_at(place):
                self.masks.append(given(Value(factors[i], f"mask{i}")))
                out.append(xs[i] * self.masks[-1])
        return out

    def draw(self, n: int) -> Floats:
        """New factors for n runs of a program that has `masks` among its inputs: an array (n, len(masks)).

        They are those that n further calls would have used.
        """
        return self._factors((whole(n, "the number of rows of masks to draw", least=0), len(self.masks)))

    def _factors(self, shape: tuple[int, ...]) -> Floats:
        kept: Floats = self._stream.random(shape) >= self.p
        return kept / (1 - self.p)

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


@contextmanager
def every_mask(model: Module) -> Iterator[None]:
    """Inside, `masks` of each Dropout are those of all its calls, as one may be used in several places.

    >>> dropout = Dropout()
    >>> with every_mask(dropout):
    ...     y = dropout(dropout([1.0, 2.0]))
    >>> len(dropout.masks)
    4
    """
    inside = [part for part in model.modules() if isinstance(part, Dropout)]
    for dropout in inside:
        dropout.masks, dropout._adding = [], True
    try:
        yield
    finally:
        for dropout in inside:
            dropout._adding = False


def dropouts(modules: Iterable[Any]) -> list[Any]:
    """Those that draw masks: each Dropout, and what somebody wrote like it."""
    return [part for part in modules if hasattr(part, "masks") and hasattr(part, "draw")]


def norms(modules: Iterable[Any]) -> list[Any]:
    """Those that normalise by the statistics of a batch: each BatchNorm, and what somebody wrote like it."""
    return [part for part in modules if hasattr(part, "statistics") and hasattr(part, "absorb")]


def _stream(seed: int | Generator | None) -> Any:
    import numpy as np

    if isinstance(seed, np.random.Generator):
        return seed
    if seed is None:
        return np.random.default_rng(random.getrandbits(128))
    return np.random.default_rng(seed_number(seed, "an int or a NumPy Generator"))


class BatchNorm(Module):
    """γ (x - E[x]) / √(Var[x] + eps) + β for each of n inputs, between a linear part and its activation.

    In training mean and variance (divided by the number of samples) are those of the batch: call
    ``model.batch(X)``.  Afterwards they are `running_mean` and `running_var`, which each batch of the
    training moves by `momentum` towards its own mean and its variance (divided by the number of samples less
    1); a compiled program keeps those it was compiled with.

    After Ioffe & Szegedy 2015, arXiv:1502.03167, as PyTorch's BatchNorm1d.  In Keras momentum is the weight
    of the old value, 0.99, eps is 1e-3, and the running variance is divided by the number of samples.

    >>> norm = BatchNorm(1)
    >>> [round(v.data, 4) for v in norm.batch([[1.0], [2.0], [4.0], [9.0]])]
    [-0.9733, -0.6489, 0.0, 1.6222]
    """

    saved = MappingProxyType({"running_mean": -inf, "running_var": 0.0})

    def __init__(self, n: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.nin = self.nout = whole(n, "the number of inputs of BatchNorm")
        self.eps: float = number(eps, where="BatchNorm: eps is a real number")
        self.momentum: float = number(momentum, where="BatchNorm: momentum is a real number")
        if self.eps < 0:
            raise ValueError(f"BatchNorm: eps is 0 or more, got {self.eps}: 1e-5 is usual")
        if not 0 <= self.momentum <= 1:
            raise ValueError(
                f"BatchNorm: momentum, the weight of a new batch, lies from 0 to 1, got {self.momentum}"
            )
        self.gamma: list[Value] = []
        self.beta: list[Value] = []
        for made, label, start in ((self.gamma, "gamma", 1.0), (self.beta, "beta", 0.0)):
            for j in range(self.nin):
                with given_scope(f"neuron{j}"):
                    made.append(given(parameter(start, label)))
        self.running_mean, self.running_var = [0.0] * self.nin, [1.0] * self.nin
        self.statistics: tuple[list[Value], list[Value]] | None = None
        """Means and variances, divided by the number of samples less 1, of the last batch in training."""

    def __call__(self, x: Numbers) -> Any:
        """The outputs for a sample, by the running statistics; ValueError in training: it needs a batch."""
        if self.training:
            raise ValueError(
                f"{self} is in training, where it normalises by the statistics of a batch, and was given "
                "one sample: call model.batch(X), or model.eval() first"
            )
        out, xs = [], inputs(x, self.nin, self)
        for j, place in enumerate(scopes_inside(current().scope, "neuron", self.nin)):
            with scope_at(place):
                normal = (xs[j] - self.running_mean[j]) / functions.sqrt(self.running_var[j] + self.eps)
                out.append(self.gamma[j] * normal + self.beta[j])
        return bare(out)

    def batch(self, X: Iterable[Numbers]) -> list[Any]:
        """The outputs for each of several samples; in training ValueError unless there are two or more."""
        rows = [inputs(x, self.nin, self) for x in samples(X, self)]
        if not self.training:
            return [self(row) for row in rows]
        if len(rows) < 2:
            raise ValueError(
                f"{self} is in training, and a batch of 1 sample has no variance: it takes 2 or more"
            )
        means, variances, columns = [], [], []
        for j, place in enumerate(scopes_inside(current().scope, "neuron", self.nin)):
            with scope_at(place):
                mean, biased, column = self._normalised(j, [row[j] for row in rows])
                means.append(mean)
                variances.append(biased * (len(rows) / (len(rows) - 1)))
                columns.append(column)
        self.absorb(means, variances)
        self.statistics = means, variances
        return [bare(list(row)) for row in zip(*columns)]

    def _normalised(self, j: int, xs: list[Value]) -> tuple[Value, Value, list[Value]]:
        mean = functions.mean(xs)
        centred = [x - mean for x in xs]
        variance = functions.mean(c**2 for c in centred)
        deviation = functions.sqrt(variance + self.eps)
        return mean, variance, [self.gamma[j] * (c / deviation) + self.beta[j] for c in centred]

    def absorb(self, means: Sequence[Any], variances: Sequence[Any]) -> None:
        """Move the running statistics towards the `means` and `variances` of a batch, `nin` of each.

        Other counts are a ValueError.
        """
        new = []
        for what, running, batch in (
            ("means", self.running_mean, means),
            ("variances", self.running_var, variances),
        ):
            if len(batch) != self.nin:
                raise ValueError(f"{self} has {self.nin} inputs, and was given {len(batch)} {what}")
            where = f"{self}: {what} are real numbers"
            numbers = [x.data if isinstance(x, Value) else number(x, where=where) for x in batch]
            new.append([(1 - self.momentum) * old + self.momentum * x for old, x in zip(running, numbers)])
        self.running_mean, self.running_var = new

    def __getstate__(self) -> dict[str, Any]:
        # the statistics are nodes: with them, a copy of the module would be one of the whole graph of a batch
        return vars(self) | {"statistics": None}

    def __repr__(self) -> str:
        return f"BatchNorm({self.nin})"
