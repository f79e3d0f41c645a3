"""One forward pass of a model, recorded to be read: on a copy, so that nothing of the model changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from contextvars import Context
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from microgrid import Value
from microgrid.base.context import errstate
from microgrid.base.messages import number
from microgrid.base.phrases import message
from microgrid.nn import Module
from microgrid.nn.module import walk
from microgrid.nn.regularizers import dropouts, every_mask, norms

from ...errors import SAMPLE, VizError
from ..limits import check_size

__all__ = ["PART", "Recording", "record", "recorded"]

PART = "draw a part, network(model.layers[0]), or the sizes alone"
"""What to do instead of drawing a model that is too large."""
MOST_RECORDED, MOST_TOGETHER = 200, 2000
"""Samples up to which each is recorded, and up to which that is done where the others cannot be computed by
the graph of the first."""


@dataclass(frozen=True)
class Recording:
    """What a model recorded for each sample.

    `parameters` has each parameter of the graph with its place in the model and the caller's own one, whose
    gradient counts.  `masks` are the factors that dropout drew, `gammas` the scales of batch normalisations,
    and `statistics` the means and variances that these took of the batch: nothing below them is drawn.
    """

    name: str
    inputs: list[list[Value]]
    outputs: list[list[Value]]
    parameters: Mapping[Value, tuple[str, Value]] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)
    masks: frozenset[Value] = frozenset()
    gammas: frozenset[Value] = frozenset()
    statistics: frozenset[Value] = frozenset()
    numbers: bool = True
    """Whether the values are those of the caller's samples, and not of some that stand in for them."""
    rows: Sequence[Sequence[float]] = ()
    """All samples, where they are so many that only some of them are recorded."""
    finished: bool = False
    """Whether the caller recorded the graph, so that its nodes hold the caller's gradients."""


def recorded(outputs: list[Value]) -> Recording:
    """What the caller has computed already."""
    return Recording(outputs[0].label if len(outputs) == 1 else "", [[]], [outputs], finished=True)


def record(model: Any, x: Any = None) -> Recording:
    """Call the model on a sample, on a batch or, without x, on two samples that stand in."""
    if not callable(model):
        raise TypeError(
            "network draws a model (a Module, or a function of a list of Values), a Value that one has "
            f"computed, or a list of sizes such as [2, 8, 1], got {type(model).__name__} {model!r:.80}"
        )
    name = _name(model)
    if isinstance(model, Module):
        check_size(name, PART, parameters=sum(1 for _ in model.named_parameters()))
    rows = _stand_ins(model, name) if x is None else _samples(x, _size(model), name)
    copy = _copied(model, name)
    modules: dict[str, Module] = {}
    if isinstance(copy, Module):
        modules = dict(copy.named_modules())
        if x is None:  # of no sample in particular: nothing is dropped, no statistics are of this batch
            copy.eval()
    every: list[list[float]] = []
    if len(rows) > MOST_RECORDED and not _looks_at_the_batch(copy, len(rows)):
        every = [[_number(part) for part in _flat(row)] for row in rows]
        rows = rows[:: -(-len(rows) // MOST_RECORDED)]
    fresh = [_fresh(row) for row in rows]
    # in a context of its own, where the caller's no_grad() and scopes do not hold
    outputs = Context().run(_forward, copy, [arguments for arguments, _ in fresh], x is None, name)
    parts = list(modules.values())
    # what somebody wrote like a BatchNorm or a Dropout counts as one
    normalising = [part for part in norms(parts) if hasattr(part, "gamma")]
    return Recording(
        name,
        [inputs for _, inputs in fresh],
        outputs,
        dict(_places(model, copy)),
        modules,
        frozenset(mask for part in dropouts(parts) for mask in part.masks),
        frozenset(gamma for part in normalising for gamma in part.gamma),
        frozenset(v for part in normalising for v in _statistics(part)),
        numbers=x is not None,
        rows=every,
    )


def _looks_at_the_batch(model: Any, count: int) -> bool:
    """Whether samples have to be recorded one by one, or all together: where dropout draws for each, or a
    normalisation takes its statistics of them."""
    parts = list(model.modules()) if isinstance(model, Module) else []
    found = [part for part in (*dropouts(parts), *norms(parts)) if getattr(part, "training", False)]
    if found and count > MOST_TOGETHER:
        raise VizError(
            f"x has {count:,} samples, and a model with {type(found[0]).__name__} in training is drawn of at "
            f"most {MOST_TOGETHER:,}: pass some of them, x[:{MOST_TOGETHER}], or call eval() before"
        )
    return bool(found)


def _copied(model: Any, name: str) -> Any:
    """A copy of what has parameters; a function is called as it is."""
    if not hasattr(model, "parameters"):
        return model
    try:
        return deepcopy(model)
    except Exception as error:  # whatever the attributes of a user's class raise
        raise VizError(
            f"{name} cannot be copied ({type(error).__name__}: {error}), and network calls a copy, as the "
            "model is to stay as it is: draw what it computes, network(model(x))"
        ) from error


def _forward(model: Any, rows: list[Any], standing_in: bool, name: str) -> list[list[Value]]:
    with ExitStack() as stack:
        if isinstance(model, Module):
            stack.enter_context(every_mask(model))
        if not standing_in:
            together = len(rows) > 1 and hasattr(model, "batch")
            outs = list(model.batch(rows)) if together else [model(row) for row in rows]
            return [_outputs(out, name) for out in outs]
        # numbers that nobody chose may lie outside the domain of a logarithm
        stack.enter_context(errstate(domain="ieee"))
        first, *others = rows
        outs = [model(first)]
        for row in others:
            try:
                outs.append(model(row))
            except (ArithmeticError, ValueError):
                break
        return [_outputs(out, name) for out in outs]


def _outputs(out: Any, name: str) -> list[Value]:
    values = list(_flat(out))
    plain = next((v for v in values if not isinstance(v, Value)), None)
    if plain is not None or not values:
        got = "nothing" if not values or plain is None else f"{type(plain).__name__} {plain!r:.40}"
        raise VizError(
            f"{name} returns {got} instead of Values, which would know what they were computed from: "
            "let it compute with the Values that it is given"
        )
    if all(v.role != "op" for v in values):
        raise VizError(
            f"{name} records no operation on its way from inputs to outputs, so there is nothing to draw: "
            "let it compute with the Values that it is given, outside no_grad()"
        )
    return values


def _flat(out: Any) -> Iterator[Any]:
    if isinstance(out, dict):
        out = out.values()
    if isinstance(out, Iterable) and not isinstance(out, str | bytes):
        for part in out:
            yield from _flat(part)
    elif out is not None:
        yield out


def _name(model: Any) -> str:
    if isinstance(model, type):
        raise TypeError(
            f"network draws a model, and {model.__name__} is a class: make one, {model.__name__}(...)"
        )
    name = getattr(model, "__name__", type(model).__name__)
    return "the model" if name == "<lambda>" else str(name)


def _places(model: Any, copy: Any) -> Iterator[tuple[Value, tuple[str, Value]]]:
    """The parameters of the copy, in which each graph is recorded, with place and original."""
    if isinstance(model, Module):
        for (place, own), (_, copied) in zip(walk(model), walk(copy)):
            if isinstance(own, Value) and isinstance(copied, Value):
                yield copied, (place, own)  # those, too, that a module's own parameters() leaves out
        for (place, own), (_, copied) in zip(model.named_parameters(), copy.named_parameters()):
            yield copied, (place, own)
    elif hasattr(model, "parameters"):
        for i, (own, copied) in enumerate(zip(model.parameters(), copy.parameters())):
            yield copied, (f"parameters.{i}", own)


def _statistics(norm: Any) -> Iterator[Value]:
    if norm.statistics is None:
        return
    means, variances = norm.statistics
    yield from means
    for variance in variances:  # of which the one that divides is an operand
        yield from (variance, *variance.parents)


# ---------------------------------------------------------------- samples


def _size(model: Any) -> int | None:
    """How many numbers a sample has, if the model says so."""
    nin = getattr(model, "nin", None)
    if nin is None and isinstance(getattr(model, "w", None), list) and hasattr(model, "nonlin"):
        nin = len(model.w)  # a Neuron
    return nin if isinstance(nin, int) else None


def _stand_ins(model: Any, name: str) -> list[Any]:
    size = _size(model)
    if size is None:
        raise VizError(message(f"{name} does not say how many numbers it takes: give a sample, ", SAMPLE))
    # of both signs, and none of the numbers twice: what depends on the data shows
    return [[1.0 + i / size for i in range(size)], [-0.5 - i / size for i in range(size)]]


def _samples(x: Any, size: int | None, name: str) -> list[Any]:
    """One sample, or those of a batch: a list of lists, a 2-dimensional array."""
    given, x = x, _lists(x)
    if _is_mixed(x):
        raise ValueError(
            f"x is a sample, a list of numbers, or a batch, a list of samples, got {given!r:.60}"
        )
    rows = x if isinstance(x, list) and x and isinstance(x[0], list) else [x]
    wrong = next((k for k, row in enumerate(rows) if isinstance(row, list) and not row), None)
    if wrong is not None:
        raise ValueError(f"x is a sample, a list of numbers, or a batch, a list of samples, got {x!r:.60}")
    for k, row in enumerate(rows):
        flat = isinstance(row, list) and not isinstance(row[0], list)
        if size is not None and flat and len(row) != size:
            which = f"sample {k} of x" if len(rows) > 1 else "x"
            raise ValueError(
                f"{which} has {len(row)} numbers, and {name} takes {size}: a batch is a list of samples"
            )
    return rows


def _lists(x: Any, around: tuple[int, ...] = ()) -> Any:
    if id(x) in around:
        raise ValueError(
            "x is a sample, a list of numbers, or a batch, a list of samples, got a list in itself"
        )
    inner = (*around, id(x))
    if hasattr(x, "to_numpy"):
        x = x.to_numpy()
    if hasattr(x, "tolist"):
        x = x.tolist()
    if isinstance(x, Iterable) and not isinstance(x, str | bytes | dict | Value):
        return [_lists(part, inner) for part in x]
    return x


def _is_mixed(x: Any) -> bool:
    """Whether a list has numbers and lists side by side."""
    if not isinstance(x, list):
        return False
    return len({isinstance(part, list) for part in x}) > 1 or any(map(_is_mixed, x))


def _number(part: Any) -> float:
    return part.data if isinstance(part, Value) else number(part, where="network: x has real numbers")


def _fresh(sample: Any) -> tuple[Any, list[Value]]:
    """A sample as Values that nothing else uses, in the lists that it came in, and in one list."""
    made: list[Value] = []

    def inside(part: Any) -> Any:
        if isinstance(part, list):
            return [inside(other) for other in part]
        label = part.label if isinstance(part, Value) else ""
        x = _number(part)
        made.append(Value(x, label or f"x{len(made) + 1}"))
        return made[-1]

    return inside(sample), made


Call = Callable[[Any], Any]
