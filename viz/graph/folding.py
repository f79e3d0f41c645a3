"""Which box stands for which nodes: one each, or one for a scope or a sum; and the numbers of such a box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .chain_rule import updates
from .paths import Paths
from .results import results as results_of
from .sums import starts
from .sums import sums as sums_of
from .trace import Edge, Node, Trace
from .turns import Turns

__all__ = [
    "ARITHMETIC",
    "LEVELS",
    "Known",
    "Unit",
    "edges",
    "fold",
    "gradient_norm",
    "gradient_sources",
    "known_data",
    "known_gradients",
    "opened",
    "outputs",
    "slopes",
]

ARITHMETIC = ("add", "sub", "mul", "div", "pow", "powc")

LEVELS = ("neuron", "layer", "outermost")
"""From the smallest boxes to the largest."""


@dataclass(frozen=True)
class Unit:
    """What one box stands for: nodes, by position, and the scope that holds them if the box is a scope's, or
    the name of the piece, "softmax", if it is one.

    >>> units = Unit((3,)), Unit((1, 2), ("layer0",)), Unit((1, 3)), Unit((4,), piece="mean")
    >>> [unit.kind for unit in units]
    ['node', 'scope', 'sum', 'piece']
    """

    nodes: tuple[int, ...]
    scope: tuple[str, ...] | None = None
    piece: str = ""
    is_result: bool = False
    """Whether several nodes are steps to a result, and no sum."""

    @property
    def last(self) -> int:
        return self.nodes[-1]

    @property
    def kind(self) -> str:
        """ "node", "scope", "sum" (of products, by one or more operations), "result" or "piece"."""
        if self.scope is not None:
            return "scope"
        if self.piece:
            return "piece"
        if len(self.nodes) == 1:
            return "node"
        return "result" if self.is_result else "sum"


def fold(
    trace: Trace,
    level: str | None,
    *,
    sums: bool = False,
    results: bool = False,
    pieces: bool = True,
    zeros: bool = True,
) -> list[Unit]:
    """Every node in a unit, each unit after those that it uses, and else in the order of their last nodes.

    "neuron" folds the scopes that hold no other scope; "layer" those that hold only such ones (and a "neuron"
    beside larger scopes); "outermost" every scope that is in no other.  Outside these, `pieces` makes a unit
    of each named piece, and `sums` of each sum of products or `results` of all steps to a result, unless they
    and others would use each other's nodes in turn.  Scopes may do so: then no order has each after those
    that it uses.  Without `zeros` the 0 with which Python's `sum` begins is part of its first addition.

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
    members: dict[tuple[str, ...], list[int]] = {}
    free: set[int] = set()
    for node in trace.nodes:
        if node.scope in folded:
            members.setdefault(folded[node.scope], []).append(node.index)
        else:
            free.add(node.index)
    members = _with_activations(trace, members)
    units = [Unit(tuple(nodes), scope) for scope, nodes in members.items()]
    for piece in trace.pieces if pieces else ():
        if all(i in free for i in piece.nodes if trace.nodes[i].op):
            units.append(Unit(tuple(i for i in piece.nodes if i in free), piece=piece.name))
            free.difference_update(piece.nodes)
    apart = {node.index for node in trace.nodes} - free
    plain = () if zeros else starts(trace, apart)
    written = dict.fromkeys(sums_of(trace, apart) if sums or results else plain)
    for nodes in results_of(trace, apart) if results else written:
        if nodes[-1] in free:  # and so are the others but for constants, which may be some scope's
            own = tuple(i for i in nodes if i in free)
            units.append(Unit(own, is_result=nodes not in written))
            free.difference_update(own)
    units += [Unit((i,)) for i in free]
    while True:
        ordered, tangled = _ordered(trace, units)
        if not tangled:
            return ordered
        alone = {unit.last for unit in tangled}
        units = [unit for unit in ordered if unit.last not in alone]
        units += [Unit((i,)) for unit in tangled for i in unit.nodes]


def opened(trace: Trace, units: Sequence[Unit], unit: Unit, inside: Sequence[Unit]) -> list[Unit]:
    """The units with those inside of one of them in its place, each after those that it uses."""
    return _ordered(trace, [*(one for one in units if one is not unit), *inside])[0]


def _ordered(trace: Trace, units: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """Each after those that it uses; of those that may be next, the one whose last node is the first.
    Then the sums, results and pieces that cannot be so, as they are on a cycle of units."""
    by_last = {unit.last: unit for unit in sorted(units, key=lambda unit: unit.last)}
    uses = [(tail.last, head.last) for tail, head, _ in edges(trace, tuple(by_last.values()))]
    turns = Turns({last: last for last in by_last}, uses)
    ordered: list[Unit] = []
    tangled: list[Unit] = []
    behind = iter(by_last)
    while len(ordered) < len(by_last):
        last = turns.take()
        if last is None:
            if not tangled:
                left = _tangle(by_last, turns)
                tangled = [unit for unit in left if unit.kind not in ("node", "scope")]
            # on a cycle of scopes none is ready: then the first in the order of last nodes comes first
            last = next(last for last in behind if last not in turns.taken)
            turns.force(last)
        ordered.append(by_last[last])
    return ordered, tangled


def _tangle(units: Mapping[int, Unit], turns: Turns) -> list[Unit]:
    """What is left of those not taken without those that lead to no cycle: cycles, and what joins them."""
    left = {last: unit for last, unit in units.items() if last not in turns.taken}
    used: dict[int, list[int]] = {last: [] for last in left}
    count = dict.fromkeys(left, 0)
    for last in left:
        for user in turns.users[last]:
            if user in left:  # the first on a cycle has been placed before what it reads
                used[user].append(last)
                count[last] += 1
    ends = [last for last in left if not count[last]]
    while ends:
        last = ends.pop()
        del left[last]
        for before in used[last]:
            count[before] -= 1
            if not count[before]:
                ends.append(before)
    return list(left.values())


def _with_activations(
    trace: Trace, members: dict[tuple[str, ...], list[int]]
) -> dict[tuple[str, ...], list[int]]:
    """A scope that only applies a function to what another gives, and that alone reads it, is part of that: a
    neuron is its sum and its activation, also where these are layers of their own."""
    owner = {i: scope for scope, nodes in members.items() for i in nodes}
    readers: dict[tuple[str, ...], set[tuple[str, ...] | None]] = {}
    for node in trace.nodes:
        for parent in node.parents:
            if parent in owner and owner[parent] != owner.get(node.index):
                readers.setdefault(owner[parent], set()).add(owner.get(node.index))
    into: dict[tuple[str, ...], tuple[str, ...]] = {}
    for scope, nodes in members.items():
        applied = [trace.nodes[i] for i in nodes if trace.nodes[i].op]
        parents = [trace.nodes[parent] for node in applied for parent in node.parents]
        read = [parent.index for parent in parents if parent.role != "constant"]
        sources = {owner.get(parent) for parent in read} - {scope}
        is_activation = len(read) == len(applied) and not any(node.op in ARITHMETIC for node in applied)
        if len(sources) == 1 and is_activation and trace.root.index not in nodes[:-1]:
            (source,) = sources
            if source is not None and readers[source] == {scope} and trace.root.index not in members[source]:
                into[scope] = source
    joined: dict[tuple[str, ...], list[int]] = {}
    for scope, nodes in members.items():
        while scope in into:
            scope = into[scope]
        joined.setdefault(scope, []).extend(nodes)
    return {scope: sorted(nodes) for scope, nodes in joined.items()}


def _chosen(scopes: set[tuple[str, ...]], level: str) -> set[tuple[str, ...]]:
    every = {scope[:d] for scope in scopes for d in range(1, len(scope) + 1)}
    if level == "outermost":
        return {scope for scope in every if len(scope) == 1}
    inner = every - {scope[:-1] for scope in every}
    if level == "neuron":
        return inner
    with_larger = {scope[:-1] for scope in every - inner}
    return {scope if len(scope) == 1 or scope[:-1] in with_larger else scope[:-1] for scope in inner}


def edges(trace: Trace, units: Sequence[Unit]) -> list[tuple[Unit, Unit, tuple[Edge, ...]]]:
    """The arrows between units, (tail, head, edges): one for each operand of a node, one for all that a unit
    of several nodes reads of another.  Edges within a unit are not seen."""
    owner = {i: unit for unit in units for i in unit.nodes}
    arrows: list[tuple[Unit, Unit, tuple[Edge, ...]]] = []
    for head in units:
        merged: dict[int, list[Edge]] = {}
        for i in head.nodes:
            for k, parent in enumerate(trace.nodes[i].parents):
                tail = owner.get(parent)
                if tail is None or tail is head:
                    continue
                if head.kind == "node":
                    arrows.append((tail, head, (Edge(i, k),)))
                else:
                    merged.setdefault(tail.last, []).append(Edge(i, k))
        arrows += [(owner[last], head, tuple(several)) for last, several in merged.items()]
    return arrows


def outputs(trace: Trace, units: Sequence[Unit]) -> dict[int, list[int]]:
    """By a unit's last node: those of its nodes that are used outside it, or that are the root."""
    paths = Paths(trace)
    return {unit.last: paths.outputs(unit.nodes) for unit in units}


def slopes(trace: Trace, unit: Unit, output: int) -> dict[Edge, float]:
    """The derivative of a unit's only output by way of each edge that comes from outside."""
    inside = set(unit.nodes)
    passed = updates(trace, output, reversed(unit.nodes))
    return {update.edge: update.term for update in passed if update.target not in inside}


# ---------------------------------------------------------------- what is known of a box, now or at the end

Known = Sequence[float | None] | Mapping[int, float | None]
"""A number for each node, by position, None where there is none yet."""


def known_data(trace: Trace, used: Sequence[int], data: Known | None = None) -> list[float]:
    """The values of these nodes, as far as they are known: all, or what `data` has of them."""
    values = [trace.nodes[i].data if data is None else data[i] for i in used]
    return [x for x in values if x is not None]


def gradient_sources(trace: Trace, unit: Unit, used: Sequence[int]) -> list[Node]:
    """The nodes of whose gradients a box shows the norm: its parameters or, if it has none, its outputs."""
    parameters = [trace.nodes[i] for i in unit.nodes if trace.nodes[i].role == "parameter"]
    return parameters or [trace.nodes[i] for i in used]


def known_gradients(trace: Trace, unit: Unit, used: Sequence[int], grads: Known | None = None) -> list[float]:
    """Their gradients, as far as they are known: those that the trace holds, or what `grads` has of them."""
    sources = gradient_sources(trace, unit, used)
    gradients = [node.grad if grads is None else grads[node.index] for node in sources]
    return [x for x in gradients if x is not None]


def gradient_norm(trace: Trace, unit: Unit, used: Sequence[int], grads: Known | None = None) -> float | None:
    """The Euclidean norm of the gradients of a scope's parameters or, where it has none, of its outputs; None
    if there is none yet."""
    known = known_gradients(trace, unit, used, grads)
    return math.hypot(*known) if known else None
