"""Level 3 of verification: numbers agree with 50-digit arithmetic, within what rounding can cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf, isfinite, isnan, log
from typing import Any

from .. import ops
from ..base.formula import roundings
from ..base.phrases import say
from ..custom import CustomOp
from ..engine import Value
from ..graph import sweep
from ..ops import Op
from ..pieces.found import places
from .composition import TINY, UNIT, engine_adjoints
from .references import UNABLE, Function, computed, defined

__all__ = ["Numbers", "check_numbers", "rounding_bounds"]


@dataclass
class Numbers:
    """The largest relative error among the root's value and the gradients of the leaves, and its bound."""

    checked: int = 0
    error: float = 0.0
    bound: float = 0.0
    where: str = ""
    underflow: bool = False
    """Whether the error is that of a number too small for doubles."""
    failures: list[str] = field(default_factory=list)
    reason: str = ""
    coarse: list[str] = field(default_factory=list)
    """Custom operations whose functions work in doubles only, compared with differences of their values."""
    place: Callable[[Value], str] = field(default=str, repr=False, compare=False)
    """What findings call a node: by its name and, within a piece, as a step of that."""


def check_numbers(nodes: Sequence[Value], digits: int = 50) -> Numbers:
    """Compute a graph (in `order`) again in `digits`-digit arithmetic, from the exact values of its leaves.

    Each operation is compared with its mathematical definition and the derivatives of that, at the operands
    the engine had; then all values and gradients with the exact ones, within `rounding_bounds`.
    """
    from mpmath import mp

    result = Numbers(place=places(nodes))
    exact: dict[Value, Any] = {}
    partials: dict[Value, Sequence[Any]] = {}
    with mp.workdps(digits):
        for v in nodes:
            if v._row is None:
                exact[v] = mp.mpf(v.data)
                continue
            if isinstance(v._row, CustomOp) and not v._row.known:
                text = "{node} was given its partials as numbers, and no formula to compare them with"
                result.reason = say(text, node=result.place(v))
                return result
            there = _check_operation(v, [exact[parent] for parent in v.parents], result)
            if not all(map(isfinite, (v.data, *v.partials))):
                result.reason = say("{node} or a partial of it is not finite", node=result.place(v))
                return result
            if not all(mp.isfinite(x) and mp.im(x) == 0 for x in there):
                result.reason = say(
                    "in {digits} digits {node} or a partial of it is not a finite real number",
                    digits=digits,
                    node=result.place(v),
                )
                return result
            exact[v], partials[v] = there[0], there[1:]
        _compare(nodes, exact, sweep(nodes, lambda v: partials[v], mp.mpf(1)), result)
    return result


def _check_operation(v: Value, truths: Sequence[Any], result: Numbers) -> Sequence[Any]:
    """Check value and partials at the operands v had; return them as they are at the exact operands."""
    from mpmath import mp

    row = v._row or ops.NEG  # a leaf never gets here
    formulas = computed(v)
    if formulas is None and row.name not in result.coarse:
        result.coarse.append(row.name)
    operands = [mp.mpf(parent.data) for parent in v.parents]
    for reference in filter(None, (defined(v), formulas)):
        if _compare_operation(v, reference, operands, result):
            break
    if formulas is None:
        if defined(v) is None:
            _compare_in_doubles(v, result)
        return [mp.mpf(x) for x in (v.data, *v.partials)]
    try:
        return formulas(*truths)
    except UNABLE:
        return [mp.nan]


def _compare_operation(v: Value, reference: Function, operands: Sequence[Any], result: Numbers) -> bool:
    """Compare v's recorded value and partials with a reference at the same operands.

    False if the reference has no value there.
    """
    from mpmath import mp

    counts = _roundings(v)
    for digits in (mp.dps, 200, 800):  # a definition may cancel where the engine's formula does not
        with mp.workdps(digits):
            try:
                want = reference(*operands)
            except UNABLE:
                return False
            wrong = [
                k
                for k, got in enumerate((v.data, *v.partials))
                if not _agree(got, want, k, counts[k], reference, operands)
            ]
        if not wrong:
            break
    result.checked += len(counts)
    for k in wrong:
        what = say("the value")
        if k:
            what = say("the partial with respect to {operand}", operand=result.place(v.parents[k - 1]))
        result.failures.append(
            say(
                "{what} of {op} at {node} is {got!r}, and its operands give {want} "
                "(if a leaf was changed since, recompute the graph first)",
                what=what,
                op=v.op,
                node=result.place(v),
                got=(v.data, *v.partials)[k],
                want=mp.nstr(want[k], 17),
            )
        )
    return True


def _compare_in_doubles(v: Value, result: Numbers) -> None:
    """Compare the partials of a custom operation that knows only doubles with differences of its value."""
    xs = [parent.data for parent in v.parents]
    for k, (x, partial) in enumerate(zip(xs, v.partials)):
        h = 1e-6 * (abs(x) or 1.0)  # near the cube root of UNIT, where rounding and curvature are about equal
        above, below = (_evaluate(v, [*xs[:k], moved, *xs[k + 1 :]])[0] for moved in (x + h, x - h))
        slope = (above - below) / (2 * h)
        if not isfinite(slope):
            text = "{node} has no values around its operands to compare its partials with"
            result.reason = say(text, node=result.place(v))
            continue
        result.checked += 1
        if not abs(slope - partial) <= 1e-3 * max(abs(slope), abs(partial)) + 1e-6 * max(1.0, abs(v.data)):
            result.failures.append(
                say(
                    "the partial of {op} at {node} with respect to {operand} is {got!r}, "
                    "and differences of its value give about {slope:.4g}",
                    op=v.op,
                    node=result.place(v),
                    operand=result.place(v.parents[k]),
                    got=partial,
                    slope=slope,
                )
            )


def _agree(
    got: float, want: Sequence[Any], k: int, count: float, reference: Function, operands: Sequence[Any]
) -> bool:
    """Whether `got` is the k-th of `want` but for `count` roundings; who calls says what is not finite."""
    from mpmath import mp

    if not isfinite(got):
        return True
    exact, unit = want[k], count * UNIT
    if mp.im(exact) != 0 or not mp.isfinite(exact):
        return False
    nearest = float(exact)
    if got == nearest or abs(got - nearest) <= (count - 1) * UNIT * abs(nearest):
        return True
    # an intermediate result may be too small for a full double
    floor = 8 * TINY * max(1, *map(abs, operands))
    if abs(got - exact) <= unit * abs(exact) + floor:
        return True
    # near a root of the formula the loss is relative to the operands: what would moving them as much change?
    spread = 0
    for j, x in enumerate(operands):
        for moved in (x * (1 - unit), x * (1 + unit)):
            spread = max(spread, abs(reference(*operands[:j], moved, *operands[j + 1 :])[k] - exact))
    return bool(abs(got - exact) <= unit * abs(exact) + spread + floor)


def _compare(
    nodes: Sequence[Value], exact: dict[Value, Any], adjoints: dict[Value, Any], result: Numbers
) -> None:
    """Compare all values and gradients with the exact ones, and remember the worst that a user sees."""
    from mpmath import mp

    root, floats = nodes[-1], engine_adjoints(nodes[-1])
    value_bounds, gradient_bounds = rounding_bounds(nodes)
    for v in nodes:
        is_leaf = v.role in ("input", "parameter")
        comparisons = (
            (say("the value"), v is root, v.data, exact[v], value_bounds[v]),
            (say("the gradient"), is_leaf, floats[v], adjoints.get(v, 0), gradient_bounds[v]),
        )
        for what, shown, got, want, bound in comparisons:
            # doubles are compared faster, and settle nearly all that no user sees
            if not shown and abs(got - float(want)) < bound - UNIT * abs(got):
                continue
            error = abs(got - want)
            if not error <= bound + 4 * TINY:
                fields = {"what": what, "node": result.place(v), "got": got, "want": mp.nstr(want, 17)}
                result.failures.append(
                    say("{what} of {node} is {got!r}, and 50 digits give {want}", **fields)
                )
            if shown and want != 0 and error / abs(want) >= result.error:
                result.error, result.bound = float(error / abs(want)), float(bound / abs(want))
                result.where = say("{what} of {node}", what=what, node=result.place(v))
                result.underflow = abs(want) < 1e-300  # not far above the smallest full double, 2.2e-308


def rounding_bounds(nodes: Sequence[Value]) -> tuple[dict[Value, float], dict[Value, float]]:
    """How far rounding can move the value and the gradient of each node (in `order`) from the exact ones.

    A running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3): an
    operation is evaluated again at operands displaced by their own bounds, which tells how value and partials
    move; the backward pass collects the displacements of the partials along the paths.
    """
    values: dict[Value, float] = {}
    moved: dict[Value, list[float]] = {}
    for v in nodes:
        values[v], moved[v] = _displacements(v, values)
    root, floats = nodes[-1], engine_adjoints(nodes[-1])
    gradients = dict.fromkeys(nodes, 0.0)
    for v in reversed(nodes):
        if isnan(gradients[v]):
            gradients[v] = inf
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
    floor = 8 * TINY * max(1.0, *map(abs, xs))
    shifts = [count * UNIT * abs(x) + floor for x, count in zip(recorded, counts)]
    # roundings inside a formula act like a moved operand
    inner = max(counts) * UNIT if max(counts) > 1 else 0.0
    for j, parent in enumerate(v.parents):
        step = bounds[parent] + inner * abs(xs[j])
        if step:
            there = [_evaluate(v, [*xs[:j], x, *xs[j + 1 :]]) for x in _around(xs[j], step)]
            moves = [max(abs(y[k] - now) for y in there) for k, now in enumerate(recorded)]
            moves[0] = max(moves[0], abs(v.partials[j]) * step)
            shifts = [shift + move for shift, move in zip(shifts, moves)]
    shifts = [x if isfinite(x) else inf for x in shifts]
    return shifts[0], shifts[1:]


def _around(x: float, step: float) -> list[float]:
    """Where to look for the largest change of a function when x may be off by `step`."""
    if step <= 1e-6 * abs(x):
        return [x - step, x + step]
    # the function may rise and fall in so wide an interval
    points = [x + step * k / 8 for k in range(-8, 9)]
    return [*points, 0.0] if abs(x) <= step else points


def _roundings(v: Value) -> Sequence[float]:
    """How many roundings the formulas of v's value and partials contain, a library function being two."""
    row = v._row or ops.NEG
    if isinstance(row, CustomOp):
        return [8] * (1 + row.arity)  # whose formulas are no texts to count in: a guess
    counts: Sequence[float] = _count_roundings(row)
    if row.name in ("pow", "powc") and v.parents[0].data != 0.0:
        # x**(y - 1) with y - 1 rounded is off by that rounding times the logarithm of x
        exponent = v.parents[1].data if row.arity == 2 else v._db
        counts = [counts[0], counts[1] + abs((exponent - 1) * log(abs(v.parents[0].data))), *counts[2:]]
    return counts


@cache
def _count_roundings(row: Op) -> list[int]:
    return [roundings(text, [*row.let, ("z", row.value)]) for text in (row.value, *row.partials)]


def _evaluate(v: Value, xs: Sequence[float]) -> Sequence[float]:
    row = v._row or ops.NEG
    if isinstance(row, CustomOp):
        value, partials = row.functions
        try:
            return (value(*xs), *partials(*xs))
        except (ArithmeticError, NotImplementedError, ValueError):
            return [inf] * (1 + len(xs))
    extra = () if v.constant is None else (v.constant,)
    return row.forward_ieee(*xs, *extra)
