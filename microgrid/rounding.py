"""Level 3 of verification: values and gradients agree with 50-digit arithmetic, within what rounding can cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf, isfinite
from typing import Any

from . import ops
from .composition import TINY, UNIT, engine_adjoints
from .custom import CustomOp
from .engine import Value
from .failures import describe
from .formula import mpmath_vocabulary, roundings
from .graph import sweep
from .ops import Op

__all__ = ["Numbers", "check_numbers", "rounding_bounds"]


@dataclass
class Numbers:
    """The largest relative error among the root's value and the gradients of the leaves, and its bound."""

    checked: int = 0
    error: float = 0.0
    bound: float = 0.0
    where: str = ""
    failures: list[str] = field(default_factory=list)
    reason: str = ""
    coarse: list[str] = field(default_factory=list)
    """Custom operations whose functions work in doubles only, taken as they are."""


def check_numbers(nodes: Sequence[Value], digits: int = 50) -> Numbers:
    """Compute a graph (in `order`) again in `digits`-digit arithmetic, from the exact values of its leaves.

    Each operation is checked by itself, at the operands the engine had, and then all values and gradients within
    `rounding_bounds`.
    """
    from mpmath import mp

    result = Numbers()
    exact: dict[Value, Any] = {}
    partials: dict[Value, Sequence[Any]] = {}
    with mp.workdps(digits):
        for v in nodes:
            if v._row is None:
                exact[v] = mp.mpf(v.data)
                continue
            forward = _forward(v, result)
            operands = [mp.mpf(parent.data) for parent in v.parents]
            truths = [exact[parent] for parent in v.parents]
            try:
                here = forward(operands)
                _check_operation(v, here, operands, forward, result)
                there = here if truths == operands else forward(truths)
            except (ArithmeticError, ValueError):
                there = [mp.nan]
            if not all(mp.isfinite(x) and mp.im(x) == 0 for x in there):
                result.reason = f"in {digits} digits {describe(v)} or a partial of it is not a finite real number"
                return result
            exact[v], partials[v] = there[0], there[1:]
        _compare(nodes, exact, sweep(nodes, lambda v: partials[v], mp.mpf(1)), result)
    return result


def _forward(v: Value, result: Numbers) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Operands -> (value, partials...) of v's operation, in mpmath's numbers."""
    from mpmath import mp

    row = v._row or ops.NEG  # a leaf never gets here
    if isinstance(row, CustomOp):
        value, slopes = row.functions
        operands = [mp.mpf(parent.data) for parent in v.parents]
        try:
            generic = not any(isinstance(x, float) for x in (value(*operands), *slopes(*operands)))
        except (TypeError, ValueError, AttributeError):
            generic = False
        if generic:
            return lambda xs: (value(*xs), *slopes(*xs))
        if row.name not in result.coarse:
            result.coarse.append(row.name)
        return lambda xs: [mp.mpf(x) for x in (v.data, *v.partials)]
    bound = row.bind("forward", mpmath_vocabulary())
    count, constant = 1 + len(v.parents), [] if v.constant is None else [mp.mpf(v.constant)]
    return lambda xs: bound(*xs, *constant)[:count]


def _check_operation(
    v: Value, want: Sequence[Any], operands: Sequence[Any], forward: Callable[..., Sequence[Any]], result: Numbers
) -> None:
    """Compare the recorded value and partials with 50 digits of the same formulas at the same operands."""
    for k, (got, exact, count) in enumerate(zip((v.data, *v.partials), want, _roundings(v))):
        result.checked += 1
        unit = count * UNIT
        nearest = float(exact)
        if got == nearest or abs(got - nearest) <= (count - 1) * UNIT * abs(nearest):
            continue
        if abs(got - exact) <= unit * abs(exact) + 4 * TINY:
            continue
        # near a root of the formula the loss is relative to the operands: what would moving them by as much change?
        spread = 0
        for j, x in enumerate(operands):
            for moved in (x * (1 - unit), x * (1 + unit)):
                there = forward([*operands[:j], moved, *operands[j + 1 :]])
                spread = max(spread, abs(there[k] - exact))
        if not abs(got - exact) <= unit * abs(exact) + spread + 4 * TINY:
            what = "value" if k == 0 else f"partial with respect to {describe(v.parents[k - 1])}"
            result.failures.append(
                f"the {what} of {v.op} at {describe(v)} is {got!r}, and its operands give {float(exact)!r} "
                "(if a leaf was changed since, recompute the graph first)"
            )


def _compare(nodes: Sequence[Value], exact: dict[Value, Any], adjoints: dict[Value, Any], result: Numbers) -> None:
    """Compare all values and gradients with the exact ones, and remember the worst that a user sees."""
    root, floats = nodes[-1], engine_adjoints(nodes[-1])
    value_bounds, gradient_bounds = rounding_bounds(nodes)
    for v in nodes:
        found = [("value", v.data, exact[v], value_bounds[v])]
        found.append(("gradient", floats[v], adjoints.get(v, 0), gradient_bounds[v]))
        for what, got, want, bound in found:
            shown = v is root if what == "value" else v.role in ("input", "parameter")
            if not shown and abs(got - float(want)) < bound - UNIT * abs(got):
                continue
            error = abs(got - want)
            if not error <= bound + 4 * TINY:
                result.failures.append(f"the {what} of {describe(v)} is {got!r}, and 50 digits give {float(want)!r}")
            if shown and want != 0 and error / abs(want) >= result.error:
                result.error, result.bound = float(error / abs(want)), float(bound / abs(want))
                result.where = f"the {what} of {describe(v)}"


def rounding_bounds(nodes: Sequence[Value]) -> tuple[dict[Value, float], dict[Value, float]]:
    """How far rounding can move the value and the gradient of each node (in `order`) from the exact ones.

    A running error analysis: an operation is evaluated again at operands displaced by their own bounds, which tells
    how value and partials move; the backward pass collects the displacements of the partials along the paths.
    """
    values: dict[Value, float] = {}
    moved: dict[Value, list[float]] = {}
    for v in nodes:
        values[v], moved[v] = _displacements(v, values)
    root, floats = nodes[-1], engine_adjoints(nodes[-1])
    gradients = dict.fromkeys(nodes, 0.0)
    for v in reversed(nodes):
        if v is not root:
            gradients[v] += 2 * UNIT * abs(floats[v])
        for parent, partial, shift in zip(v.parents, v.partials, moved[v]):
            if floats[v] == 0.0 and gradients[v] == 0.0:
                continue
            inherited = gradients[v] * (abs(partial) + shift)
            gradients[parent] += inherited + abs(floats[v]) * (shift + 2 * UNIT * abs(partial)) + TINY
    return values, gradients


def _displacements(v: Value, bounds: dict[Value, float]) -> tuple[float, list[float]]:
    """How far v's value and each of its partials can be off, given how far its operands can."""
    if v._row is None:
        return 0.0, []
    recorded, counts = (v.data, *v.partials), _roundings(v)
    xs = [parent.data for parent in v.parents]
    shifts = [count * UNIT * abs(x) + TINY for x, count in zip(recorded, counts)]
    inner = max(counts) * UNIT if max(counts) > 1 else 0.0  # roundings inside a formula act like a moved operand
    for j, parent in enumerate(v.parents):
        step = bounds[parent] + inner * abs(xs[j])
        if step:
            below, above = (_evaluate(v, [*xs[:j], xs[j] + h, *xs[j + 1 :]]) for h in (-step, step))
            moves = [max(abs(a - x), abs(b - x)) for x, a, b in zip(recorded, below, above)]
            moves[0] = max(moves[0], abs(v.partials[j]) * step)
            shifts = [shift + move for shift, move in zip(shifts, moves)]
    shifts = [x if isfinite(x) else inf for x in shifts]
    return shifts[0], shifts[1:]


def _roundings(v: Value) -> Sequence[int]:
    """How many roundings the formulas of v's value and partials contain, a library function counted as two."""
    row = v._row or ops.NEG
    return [8] * (1 + row.arity) if isinstance(row, CustomOp) else _count_roundings(row)


@cache
def _count_roundings(row: Op) -> list[int]:
    return [roundings(text, [*row.let, ("z", row.value)]) for text in (row.value, *row.partials)]


def _evaluate(v: Value, xs: Sequence[float]) -> Sequence[float]:
    row = v._row or ops.NEG
    if isinstance(row, CustomOp):
        value, partials = row.functions
        try:
            return (value(*xs), *partials(*xs))
        except (ArithmeticError, ValueError):
            return [inf] * (1 + len(xs))
    extra = () if v.constant is None else (v.constant,)
    try:
        return row.forward(*xs, *extra)
    except (ArithmeticError, ValueError):
        return row.forward_ieee(*xs, *extra)
