"""Which box stands for which nodes: each for its own, or one for all of a scope, with a summary of what is inside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..words.language import ENGLISH, Say
from ..words.numbers import Numbers
from .paths import Paths
from .trace import Node, Trace

__all__ = [
    "LEVELS", "NORM", "Known", "Unit", "edges", "fold", "gradient_norm", "norm_text", "outputs", "range_text", "slopes",
    "summary",
]  # fmt: skip

LEVELS = ("neuron", "layer", "outermost")
"""From the smallest boxes to the largest."""


@dataclass(frozen=True)
class Unit:
    """What one box stands for: the nodes at these positions, and the scope that holds them unless it is one node."""

    nodes: tuple[int, ...]
    scope: tuple[str, ...] | None = None

    @property
    def last(self) -> int:
        return self.nodes[-1]


def fold(trace: Trace, level: str | None) -> list[Unit]:
    """Every node in a unit, units in the order of their last nodes.

    "neuron" folds the scopes that hold no other scope; "layer" those that hold only such ones (and a "neuron" beside
    larger scopes); "outermost" every scope that is in no other.

    >>> import microgrid as mg
    >>> from viz.graph.trace import read
    >>> with mg.scope("layer0"), mg.scope("neuron0"):
    ...     h = mg.Value(2.0, "x") * 3.0
    >>> [unit.scope for unit in fold(read(h - 1.0), "neuron")]
    [('layer0', 'neuron0'), None, None]
    """
    scopes = {node.scope for node in trace.nodes}
    chosen = _chosen(scopes, level) if level else set[tuple[str, ...]]()
    folded = {scope: scope[:d] for scope in scopes for d in range(len(scope), 0, -1) if scope[:d] in chosen}
    members: dict[tuple[str, ...] | int, list[int]] = {}
    for node in trace.nodes:
        members.setdefault(folded.get(node.scope, node.index), []).append(node.index)
    units = [Unit(tuple(nodes), None if isinstance(key, int) else key) for key, nodes in members.items()]
    return sorted(units, key=lambda unit: unit.last)


def _chosen(scopes: set[tuple[str, ...]], level: str) -> set[tuple[str, ...]]:
    every = {scope[:d] for scope in scopes for d in range(1, len(scope) + 1)}
    if level == "outermost":
        return {scope for scope in every if len(scope) == 1}
    inner = every - {scope[:-1] for scope in every}
    if level == "neuron":
        return inner
    with_larger = {scope[:-1] for scope in every - inner}
    return {scope if len(scope) == 1 or scope[:-1] in with_larger else scope[:-1] for scope in inner}


def edges(trace: Trace, units: Sequence[Unit]) -> list[tuple[Unit, Unit, tuple[tuple[int, int], ...]]]:
    """The arrows between units, (tail, head, edges): one for each operand of a node, one for all that a scope reads of
    another unit.  Edges within a unit are not seen."""
    owner = {i: unit for unit in units for i in unit.nodes}
    found: list[tuple[Unit, Unit, tuple[tuple[int, int], ...]]] = []
    for head in units:
        merged: dict[int, list[tuple[int, int]]] = {}
        for i in head.nodes:
            for k, parent in enumerate(trace.nodes[i].parents):
                tail = owner.get(parent)
                if tail is None or tail is head:
                    continue
                if head.scope is None:
                    found.append((tail, head, ((i, k),)))
                else:
                    merged.setdefault(tail.last, []).append((i, k))
        found += [(owner[last], head, tuple(several)) for last, several in merged.items()]
    return found


def outputs(trace: Trace, units: Sequence[Unit]) -> dict[int, list[int]]:
    """By a unit's last node: those of its nodes that are used outside it, or that are the root."""
    paths = Paths(trace)
    return {unit.last: paths.outputs(unit.nodes) for unit in units}


def slopes(trace: Trace, unit: Unit, output: int) -> dict[tuple[int, int], float]:
    """The derivative of a unit's output by way of each edge that comes from outside: the chain rule within the unit."""
    inside = set(unit.nodes)
    adjoint = dict.fromkeys(inside, 0.0) | {output: 1.0}
    found = {}
    for i in reversed(unit.nodes):
        for k, (parent, partial) in enumerate(
            zip(trace.nodes[i].parents, trace.nodes[i].partials, strict=True)
        ):
            term = adjoint[i] * partial if adjoint[i] else 0.0  # as in `backward`, 0 times infinity is 0
            if parent in inside:
                adjoint[parent] += term
            else:
                found[i, k] = term
    return found


NORM = "‖grad‖ = {x} ({what})"

Known = Sequence[float | None] | Mapping[int, float | None]
"""A number for each node, by position, None where there is none yet."""


def summary(
    trace: Trace,
    unit: Unit,
    used: Sequence[int],
    numbers: Numbers,
    say: Say = ENGLISH,
    data: Known | None = None,
    grads: Known | None = None,
) -> tuple[str, str | None]:
    """What a folded scope has to say: its output, or the range of its outputs; and its gradient, None if there is none
    yet.  `data` and `grads` are what is known so far, where that is not all that the trace knows."""
    gradient = norm_text(trace, unit, used, numbers, say, grads)
    known = [x for i in used if (x := trace.nodes[i].data if data is None else data[i]) is not None]
    if not known:
        return "", gradient
    if len(used) == 1:
        return _output(trace.nodes[used[0]], numbers, say), gradient
    return range_text(known, len(used), numbers, say), gradient


def _output(node: Node, numbers: Numbers, say: Say) -> str:
    return f"{node.label} = {numbers(node.data)}" if node.label else say("value {x}", x=numbers(node.data))


def range_text(known: Sequence[float], count: int, numbers: Numbers, say: Say = ENGLISH) -> str:
    """The least and the largest of so many values, as far as they are known."""
    low, high = numbers(min(known)), numbers(max(known))
    if len(known) < count:
        return say("{n:,} of {of:,} values, {low} to {high}", n=len(known), of=count, low=low, high=high)
    return say("{n:,} values, {low} to {high}", n=count, low=low, high=high)


def norm_text(
    trace: Trace,
    unit: Unit,
    used: Sequence[int],
    numbers: Numbers,
    say: Say = ENGLISH,
    grads: Known | None = None,
) -> str | None:
    """What is said of the gradient of a scope; None if there is none yet."""
    size, what = gradient_norm(trace, unit, used, say, grads)
    return None if size is None else NORM.format(x=numbers(size), what=what)


def gradient_norm(
    trace: Trace, unit: Unit, used: Sequence[int], say: Say = ENGLISH, grads: Known | None = None
) -> tuple[float | None, str]:
    """The Euclidean norm of the gradients of a scope's parameters or, where it has none, of its outputs."""
    parameters = [trace.nodes[i] for i in unit.nodes if trace.nodes[i].role == "parameter"]
    nodes = parameters or [trace.nodes[i] for i in used]
    known = [x for node in nodes if (x := node.grad if grads is None else grads[node.index]) is not None]
    n, of = len(known) or len(nodes), len(nodes)
    if parameters:
        whole = say("1 parameter" if of == 1 else "{n:,} parameters", n=of)
        what = whole if n == of else say("{n:,} of {of:,} parameters", n=n, of=of)
    else:
        whole = say("1 output" if of == 1 else "{n:,} outputs", n=of)
        what = whole if n == of else say("{n:,} of {of:,} outputs", n=n, of=of)
    return (math.hypot(*known), what) if known else (None, what)
