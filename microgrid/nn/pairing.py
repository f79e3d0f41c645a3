"""Predictions beside their targets, sample by sample: what every loss has in common with every other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain
from numbers import Real
from typing import Any, NamedTuple

from .. import functions
from ..arguments import Numbers
from ..base.checks import one_of
from ..base.messages import describe, number
from ..engine import Value, made_so_far
from ..errors import DomainError
from ..pieces.marking import mark_piece, mark_samples

__all__ = ["Range", "by_class", "by_number", "check_range", "noted"]

REDUCTIONS = ("mean", "sum", "none")

MOST_SHOWN = 6
"""Numbers of a target that a message shows."""

# How far from 1 the sum of a distribution may be: some were normalised in single precision.
NORMALISED = 1e-5

CLASSES_MARKED = 256
"""Of a target above it a graph does not keep which class it is: every class has a mark of its own."""

USUAL = (Value, float, int)
"""What a prediction or a target usually is; anything else is looked at more closely."""

Loss = Callable[[Any, Any], Any]
Check = Callable[[str, Any, Any], None]


def by_number(
    name: str,
    loss: Loss,
    predictions: Numbers,
    targets: Numbers,
    reduction: str,
    check: Check = lambda name, p, t: None,
    last: Callable[[Any], Any] | None = None,
) -> Any:
    """The reduced losses of pairs of numbers, in lists however nested; `check` sees each pair first.

    `last` is what comes after the reduction.
    """
    check_reduction(name, reduction)

    if type(predictions) is Value and type(targets) in USUAL:  # the shorter way where there is but one
        check(name, predictions, t := operand(name, targets, "targets"))
        return named_piece(name, loss, (predictions, t), reduction, last)

    return named_piece(name, loss, _paired(name, predictions, targets, check, "sample"), reduction, last)


def _paired(place: str, ps: Any, ts: Any, check: Check, part: str) -> Any:
    if single(ps) and single(ts):
        p, t = operand(place, ps, "predictions"), operand(place, ts, "targets")
        check(place, p, t)
        return p, t
    each = enumerate(pairs(place, ps, ts))
    return [_paired(f"{place}, {part} {i}", p, t, check, "output") for i, (p, t) in each]


def by_class(
    name: str,
    loss: Loss,
    predictions: Numbers,
    targets: Numbers,
    reduction: str,
    check: Check = lambda name, ps, t: None,
) -> Any:
    """The reduced losses of samples with a list of numbers each, one for a class; of one sample, its loss."""
    check_reduction(name, reduction)

    def sample(place: str, prediction: Any, target: Any) -> Any:
        ps = [operand(place, p, "predictions") for p in listed(place, prediction, "prediction")]
        if len(ps) < 2:
            raise ValueError(
                f"{place}: {len(ps)} of the 2 or more classes there have to be: bce is for yes or no"
            )
        chosen = distribution(place, target, len(ps))
        check(place, ps, chosen)
        return ps, chosen

    rows = listed(name, predictions, "prediction")
    if rows and all(map(single, rows)):
        return named_piece(name, loss, sample(name, rows, targets), reduction)
    paired = [sample(f"{name}, sample {i}", p, t) for i, (p, t) in enumerate(pairs(name, rows, targets))]
    return named_piece(name, loss, paired, reduction)


def named_piece(
    name: str, loss: Loss, paired: Any, reduction: str, last: Callable[[Any], Any] | None = None
) -> Any:
    """The reduced losses of pairs, which are tuples in lists however nested, as one of `microgrid.pieces`.

    All that a caller's own iterators compute has been computed before.
    """
    if type(paired) is not tuple:
        return _of_samples(name, loss, paired, reduction, last)
    since, target = made_so_far(), paired[1]
    made = loss(paired[0], target)
    if last is not None:
        made = last(made)
    mark_piece(name, since, [made])
    if type(target) is int and type(paired[0]) is list:
        mark_samples([made], [target if target < CLASSES_MARKED else -1])
    return made


def _of_samples(
    name: str, loss: Loss, paired: list[Any], reduction: str, last: Callable[[Any], Any] | None
) -> Any:
    since = made_so_far()
    each: list[Any] = []
    classes: list[int] = []

    losses = reduced(_computed(loss, paired, each, classes), reduction)
    if last is not None:
        losses = last(losses)
    mark_piece(name, since, each if reduction == "none" else [losses])
    mark_samples(each, classes)
    return losses


def _computed(loss: Loss, pairs: Any, each: list[Any], classes: list[int]) -> Any:
    if type(pairs) is list:
        return [_computed(loss, pair, each, classes) for pair in pairs]
    each.append(loss(*pairs))
    classes.append(_class(pairs))
    return each[-1]


def _class(pair: tuple[Any, Any]) -> int:
    target = pair[1]
    return target if type(target) is int and target < CLASSES_MARKED else -1


def distribution(name: str, target: Numbers, classes: int) -> int | list[Any]:
    """The number of the class, if all is on one, or the weights of all."""
    if isinstance(target, Value):
        raise TypeError(
            f"{name}: the Value {describe(target)} cannot choose the class: pass an int, or a list of "
            "Values that is 1 at the class and 0 elsewhere"
        )
    if single(target):
        k = number(target, where=f"{name}: the target is a class, an int")
        if not (k.is_integer() and 0 <= k < classes):
            raise ValueError(
                f"{name}: the target is class {target!r}, and there are {classes}, numbered from 0"
            )
        return int(k)
    weights = [operand(name, w, "targets") for w in listed(name, target, "target")]
    if len(weights) != classes:
        raise ValueError(
            f"{name}: {classes} predictions but {len(weights)} targets: one for each class, or an int"
        )
    known = [w for w in weights if not isinstance(w, Value)]
    if min(known, default=0) < 0 or (len(known) == classes and abs(sum(known) - 1) > NORMALISED):
        shown = ", ".join(map(str, weights[:MOST_SHOWN]))
        if len(weights) > MOST_SHOWN:
            shown += ", ..."
        raise ValueError(
            f"{name}: a target's numbers are 0 or more and add up to 1, got [{shown}]; if these are "
            "classes, each has a prediction of its own, a list with a number for every class"
        )
    certain = known.count(0.0) == classes - 1 and 1.0 in known
    return weights.index(1.0) if certain else weights


def reduced(losses: Any, reduction: str) -> Any:
    """The losses as one; without a division where there is one anyway."""
    if reduction == "none" or single(losses):
        return losses
    each = list(flattened(losses))
    return functions.mean(each) if reduction == "mean" and len(each) > 1 else functions.sum(each)


def flattened(losses: Any) -> Iterator[Any]:
    if single(losses):
        yield losses
    else:
        yield from chain.from_iterable(map(flattened, losses))


def pairs(name: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Predictions beside their targets; ValueError unless there are as many, and some."""
    ps = predictions if single(predictions) else listed(name, predictions, "predictions")
    ts = targets if single(targets) else listed(name, targets, "targets")
    if single(ps):
        raise ValueError(f"{name}: one prediction but a list of {len(ts)} targets")
    if single(ts):
        raise ValueError(
            f"{name}: a list of {len(ps)} predictions but one target: for the number of a class, take a "
            "cross_entropy"
        )
    if len(ps) != len(ts):
        raise ValueError(f"{name}: {len(ps)} predictions but {len(ts)} targets")
    if not ps:
        raise ValueError(f"{name}: 0 predictions and 0 targets, and an empty batch has no loss")
    return list(zip(ps, ts))


def single(x: object) -> bool:
    if type(x) in USUAL:
        return True
    # for a list, as most others are, the rest would take longer than all else that a loss does with it
    return type(x) is not list and (isinstance(x, Value | Real) or getattr(x, "shape", None) == ())


def listed(name: str, xs: object, what: str) -> list[Any]:
    if single(xs) or isinstance(xs, str | bytes) or not isinstance(xs, Iterable):
        got = describe(xs) if isinstance(xs, Value) else repr(xs)
        raise TypeError(f"{name}: expected a list as the {what}, got {type(xs).__name__} {got}")
    return list(xs)


def operand(name: str, x: object, what: str) -> Any:
    if isinstance(x, Value) or (type(x) is float and x - x == 0.0):
        return x
    return number(x, where=f"{name}: {what} are Values or real numbers")


class Range(NamedTuple):
    """What a loss asked of a node."""

    node: Value
    low: float
    high: float
    name: str
    rule: str


_ranges: ContextVar[list[Range] | None] = ContextVar("ranges", default=None)


@contextmanager
def noted() -> Iterator[list[Range]]:
    """The ranges that losses ask of nodes inside the block: who replays the graph has to ask for them too."""
    ranges: list[Range] = []
    token = _ranges.set(ranges)
    try:
        yield ranges
    finally:
        _ranges.reset(token)


def check_range(name: str, x: Value | float, low: float, high: float, rule: str) -> None:
    """DomainError, naming the node, unless x is between the two, or nan."""
    noted_here = _ranges.get()
    if noted_here is not None and isinstance(x, Value):
        noted_here.append(Range(x, low, high, name, rule))
    data = x.data if isinstance(x, Value) else x
    if data < low or data > high:
        raise DomainError(f"{name}: {describe(x) if isinstance(x, Value) else x} {rule}")


def check_reduction(name: str, reduction: str) -> None:
    one_of(reduction, f"{name}: reduction", REDUCTIONS)
