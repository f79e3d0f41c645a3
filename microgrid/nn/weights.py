"""What initialisers work on and draw from: weights in rows, and sources of random numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from itertools import chain
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from .. import arguments
from ..base.checks import one_of, seed_number
from ..base.context import at_once
from ..base.messages import describe, number
from ..engine import Value
from .mlp import Layer, Neuron
from .module import Module

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["Seed", "Source", "Weights"]

Seed: TypeAlias = "int | random.Random | Generator | Source | None"
"""Where random numbers come from; None is Python's `random`."""

W = TypeVar("W")


class Weights(Generic[W]):
    """The weights that the initialiser `name` is handed: leaves, row by row, and the lengths of lists."""

    def __init__(self, name: str, weights: W) -> None:
        self.name, self.weights = name, weights
        leaves, self.shape = self._read(_rows(name, weights))
        if not self.shape:
            raise TypeError(
                f"{name}: weights are parameters in a list, got the Value {describe(leaves[0])} alone"
            )
        self.leaves = arguments.leaves(leaves, "weights")

    def _read(self, part: Any) -> tuple[list[Value], tuple[int, ...]]:
        if isinstance(part, Value):
            return [part], ()
        if isinstance(part, str | bytes) or not isinstance(part, Iterable):
            got = type(part).__name__
            kinds = "a Linear, a Conv, a Layer, a Neuron or parameters in lists"
            raise TypeError(f"{self.name}: weights are {kinds}, got {got}")
        parts = list(map(self._read, part))
        if not parts:
            raise ValueError(f"{self.name}: an empty list holds no weights")
        first = parts[0][1]
        for i, (_, shape) in enumerate(parts):
            if shape != first:
                raise ValueError(
                    f"{self.name}: rows are of one length, but row {i} has shape {shape}, row 0 {first}"
                )
        return list(chain.from_iterable(leaves for leaves, _ in parts)), (len(parts), *first)

    def become(self, numbers: list[float]) -> W:
        """Set every weight, or none; back goes what the user handed in."""
        if not all(map(isfinite, numbers)):
            raise ValueError(
                f"{self.name}: not every weight would be finite: choose smaller limits or deviations"
            )
        at_once(arguments.changes(self.leaves, numbers))
        return self.weights

    # ---------------------------------------------------------------- shape

    def fans(self) -> tuple[int, int]:
        """How many inputs an output has, and how many outputs an input feeds."""
        if len(self.shape) < 2:
            raise ValueError(
                f"{self.name} needs rows of weights, one for each neuron, got a list of {self.shape[0]}"
            )
        out, inputs, *kernel = self.shape
        return inputs * prod(kernel), out * prod(kernel)

    def fan(self, mode: str) -> int:
        one_of(mode, f"{self.name}: mode", ("fan_in", "fan_out"))
        return self.fans()[mode == "fan_out"]

    def matrix(self) -> tuple[int, int]:
        if len(self.shape) != 2:
            raise ValueError(f"{self.name} needs a matrix, rows of weights, got shape {self.shape}")
        rows, columns = self.shape
        return rows, columns

    # ---------------------------------------------------------------- arguments

    def real(self, what: str, x: float) -> float:
        return number(x, where=f"{self.name}: {what} is a real number")

    def like(self, what: str, rows: Iterable[Any]) -> list[float]:
        """The numbers of rows that are as many and as long as these; of a neuron alone one row will do."""
        numbers, shape = self._numbers(what, rows)
        if shape not in (self.shape, self.shape[1:] if self.shape[0] == 1 else self.shape):
            turned = ": with a row for each input it is transposed, zip(*rows)"
            got = str(shape) if shape else "rows of different lengths"
            raise ValueError(
                f"{self.name}: {what} has the weights' shape {self.shape}, got {got}"
                f"{turned if shape == self.shape[::-1] else ''}"
            )
        return numbers

    def _numbers(self, what: str, part: Any) -> tuple[list[float], tuple[int, ...]]:
        if isinstance(part, str) or not isinstance(part, Iterable) or getattr(part, "shape", None) == ():
            return [number(part, where=f"{self.name}: {what} is a real number")], ()
        parts = [self._numbers(what, x) for x in part]
        shapes = {shape for _, shape in parts}
        whole = (len(parts), *shapes.pop()) if len(shapes) == 1 else ()
        return list(chain.from_iterable(numbers for numbers, _ in parts)), whole

    def deviation(self, std: float) -> float:
        deviation = self.real("std", std)
        if deviation < 0:
            raise ValueError(f"{self.name}: std, a standard deviation, is 0 or more, got {deviation}")
        return deviation


def _rows(name: str, weights: Any) -> Any:
    if isinstance(weights, Layer):
        return [neuron.w for neuron in weights.neurons]
    if isinstance(weights, Neuron):
        return [weights.w]
    if isinstance(weights, Module) and hasattr(weights, "w"):
        return weights.w
    if isinstance(weights, Module):
        kind = type(weights).__name__
        raise TypeError(f"{name}: the parameters of the {kind} are no one matrix: pass its layers one by one")
    return weights


class Source:
    """Random numbers, n at a time, of an int, a `random.Random`, a NumPy `Generator` or Python's `random`."""

    uniforms: Callable[[float, float, int], list[float]]
    normals: Callable[[float, float, int], list[float]]

    def __init__(self, seed: Seed) -> None:
        if isinstance(seed, Source):
            self.uniforms, self.normals = seed.uniforms, seed.normals
            return
        drawn: Any = seed
        if hasattr(seed, "standard_normal"):  # of NumPy
            self.uniforms = lambda low, high, n: drawn.uniform(low, high, n).tolist()
            self.normals = lambda mean, std, n: drawn.normal(mean, std, n).tolist()
            return
        if seed is None:
            drawn = random
        elif not isinstance(seed, random.Random):
            drawn = random.Random(seed_number(seed, "an int, a random.Random or a NumPy Generator"))
        self.uniforms = lambda low, high, n: [drawn.uniform(low, high) for _ in range(n)]
        self.normals = lambda mean, std, n: [drawn.normalvariate(mean, std) for _ in range(n)]
