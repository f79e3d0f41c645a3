"""How far off whoever carries three decimals may be: a bound that follows from the partials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, isfinite

from ..base.formula import FLOAT
from .calculation import Calculation, Computed

__all__ = ["HALF", "Carried", "carried", "tolerated"]

HALF = 0.0005
"""By how much a number changes that is rounded to three decimals, at most."""
EXACT = 1e-9
KEEP = frozenset("add sub neg abs relu maximum minimum".split())
"""Operations that make no new decimals."""
KEEP_SLOPES = KEEP | {"mul"}
"""Those whose local derivatives have none either."""


@dataclass(frozen=True)
class Carried:
    """Of each step's value, partials and gradient, and of each local derivative, the largest error."""

    values: Sequence[float]
    partials: Sequence[tuple[float, ...]]
    gradients: Sequence[float]
    locals: Mapping[tuple[int, int], float]


def carried(calculation: Calculation, found: Computed, known: bool = False) -> Carried:
    """The bounds where each value, local derivative and product is rounded before it is used again.

    A number's error is that of what it is computed from, times the partials, plus half a thousandth for
    itself.  Gradients may be found node by node or path by path, and a product from either end.  `known`
    says that the values of the named nodes are given, each rounded once.

    >>> from .specs.specification import specification
    >>> graph = Calculation(specification("h = sigmoid(x); L = 3*h; x in 1, 2"))
    >>> found = carried(graph, graph.computed({"x": 1.0}))
    >>> [round(found.values[graph.index[name]], 4) for name in "xhL"]
    [0.0, 0.0005, 0.0015]
    """
    values, partials = list[float](), list[tuple[float, ...]]()
    for k, step in enumerate(calculation.steps):
        if step.row is None:
            values.append(0.0)
            partials.append(())
            continue
        xs = [float(found.values[j]) for j in step.operands]
        errors = [values[j] for j in step.operands]
        if step.constant is not None:
            xs, errors = [*xs, float(step.constant)], [*errors, 0.0]
        compute, slopes = step.row.bind("value", FLOAT), step.row.bind("textbook", FLOAT)
        z, rest = float(found.values[k]), [0.0] * (2 - len(xs))
        spread = max(abs(compute(*corner) - z) for corner in _corners(xs, errors))
        kept = step.row.name in KEEP or (step.row.name == "mul" and any(map(_is_whole, xs, errors)))
        error = _rounded(spread, z, kept)
        values.append(min(error, HALF) if known and step.name else error)
        corners = [slopes(*at) for at in _corners([*xs, *rest, z], [*errors, *rest, values[k]])]
        kept = step.row.name in KEEP_SLOPES
        partials.append(
            tuple(
                _rounded(max(abs(corner[m] - slope) for corner in corners), float(slope), kept)
                for m, slope in enumerate(found.partials[k])
            )
        )
    sweeps = _Sweeps(calculation, found, partials)
    root = calculation.root
    below, locals_ = sweeps.back(root, stop=False), dict[tuple[int, int], float]()
    for k in calculation.asked:
        down = sweeps.back(k, stop=True)
        locals_ |= {(k, j): down[j] for j in calculation.operands[k]}
    gradients = [max(error, sweeps.on(j)) for j, error in enumerate(below)]
    return Carried(values, partials, gradients, locals_)


def tolerated(error: float) -> float:
    """The error in whole thousandths, as it is said; infinite where there is no bound.

    >>> tolerated(0.00212), tolerated(0.0005)
    (0.003, 0.001)
    """
    return ceil(error * 1000 - EXACT) / 1000 if isfinite(error) else error


def _corners(xs: Sequence[float], errors: Sequence[float]) -> Iterator[tuple[float, ...]]:
    """Every number as far off as it can be, in both directions; between them a step is all but linear."""
    return product(*[(x - error, x + error) if error else (x,) for x, error in zip(xs, errors, strict=True)])


def _rounded(error: float, x: float, kept: bool) -> float:
    """The error after rounding: half a thousandth more, unless three decimals are kept as they are."""
    if error <= EXACT and abs(x * 1000 - round(x * 1000)) <= EXACT * 1000:
        return 0.0
    return error + HALF if error <= EXACT or not kept else error


def _is_whole(x: float, error: float) -> bool:
    return not error and x == round(x)


class _Sweeps:
    """Errors of derivatives, from a step down to what it is made of, and from one up to the result."""

    def __init__(
        self, calculation: Calculation, found: Computed, errors: Sequence[tuple[float, ...]]
    ) -> None:
        self.calculation, self.errors = calculation, errors
        self.slopes = [tuple(map(float, slopes)) for slopes in found.partials]

    def back(self, top: int, stop: bool) -> list[float]:
        """As `Calculation.swept` goes; each product is rounded once for every path that it is part of."""
        steps = self.calculation.steps
        below, errors, ways = ([0.0] * len(steps) for _ in range(3))
        below[top], ways[top] = 1.0, 1.0
        for k in range(top, -1, -1):
            step = steps[k]
            if step.row is None or (stop and step.name and k != top) or not ways[k]:
                continue
            for m, j in enumerate(step.operands):
                slope, error = self.slopes[k][m], self.errors[k][m]
                errors[j] += _product(below[k], errors[k], slope, error, ways[k])
                below[j] += below[k] * slope
                ways[j] += ways[k]
        return errors

    def on(self, start: int) -> float:
        """The error of the result's derivative where the local derivatives are multiplied from below."""
        steps, root = self.calculation.steps, self.calculation.root
        above, errors, ways = ([0.0] * len(steps) for _ in range(3))
        above[start], ways[start] = 1.0, 1.0
        for k in range(start + 1, root + 1):
            for m, j in enumerate(steps[k].operands):
                if ways[j]:
                    slope, error = self.slopes[k][m], self.errors[k][m]
                    errors[k] += _product(above[j], errors[j], slope, error, ways[j])
                    above[k] += above[j] * slope
                    ways[k] += ways[j]
        return errors[root]


def _product(x: float, x_error: float, y: float, y_error: float, times: float) -> float:
    error = abs(x) * y_error + abs(y) * x_error + x_error * y_error
    rounded = _rounded(error, x * y, _is_whole(x, x_error) or _is_whole(y, y_error))
    return error + times * (rounded - error)
