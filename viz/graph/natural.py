"""The natural order of things: x₁ before x₂ before x₁₀, and what has no number as it was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import TypeVar

from ..style.scripts import level
from .folding import Unit, edges
from .trace import Node, Trace

__all__ = ["by_number", "in_order", "leaves_in_order", "numbered"]

T = TypeVar("T")

_NUMBER = re.compile(r"⁽(?P<layer>[⁰¹²³⁴-⁹]+)⁾|\^\((?P<typed>[0-9]+)\)|(?P<plain>[0-9₀-₉]+)")


def numbered(name: str) -> tuple[str, tuple[int, ...]] | None:
    """The stem of a name, a formula without what it equals, and its numbers, that of the layer first; None
    of what has no letters or no numbers.

    >>> numbered("w₁₂⁽³⁾"), numbered("neuron10"), numbered("h₂ = σ(w₃x)"), numbered("x")
    (('w#⁽#⁾', (3, 12)), ('neuron#', (10,)), ('h#', (2,)), None)
    """
    name = name.partition(" = ")[0]
    layers: list[int] = []
    plain: list[int] = []
    for found in _NUMBER.finditer(name):
        if found["plain"]:
            plain.append(int(level(found["plain"])))
        else:
            layers.append(int(level(found["layer"] or found["typed"])))
    stem = _NUMBER.sub(lambda found: "#" if found["plain"] else "⁽#⁾", name)
    if not (layers or plain) or not any(letter.isalpha() for letter in stem):
        return None
    return stem, (*layers, *plain)


def by_number(things: Iterable[T], place: Callable[[T], tuple[Hashable, tuple[int, ...]] | None]) -> list[T]:
    """Things of one kind in order, in the places that they have among the others.

    `place` says of what kind each is, and its numbers; None of what stays where it is.

    >>> by_number(["x2", "w", "x1"], numbered)
    ['x1', 'w', 'x2']
    """
    ordered = list(things)
    kinds: dict[Hashable, list[tuple[tuple[int, ...], int]]] = {}
    for k, thing in enumerate(ordered):
        if found := place(thing):
            kinds.setdefault(found[0], []).append((found[1], k))
    whole = list(ordered)
    for places in kinds.values():
        for (_, k), (_, source) in zip(sorted(places, key=lambda found: found[1]), sorted(places)):
            ordered[k] = whole[source]
    return ordered


def in_order(trace: Trace, units: Sequence[Unit]) -> list[Unit]:
    """Units in their natural order, each after those that it uses: what is alike in one layer by its numbers
    or, without any, as it was made.

    >>> from microgrid import Value
    >>> from viz.graph.folding import fold
    >>> from viz.graph.trace import read
    >>> x1, x2 = Value(1.0, "x1"), Value(2.0, "x2")
    >>> trace = read(x2 * x1)
    >>> [trace.nodes[unit.last].label for unit in in_order(trace, fold(trace, None))]
    ['x1', 'x2', '']
    """
    arrows = [(tail.last, head.last) for tail, head, _ in edges(trace, units)]
    depth = dict.fromkeys((unit.last for unit in units), 0)
    reads: dict[int, list[int]] = {last: [] for last in depth}
    for tail, head in arrows:
        reads[head].append(tail)
    for unit in units:
        depth[unit.last] = 1 + max((depth[tail] for tail in reads[unit.last]), default=-1)

    def place(unit: Unit) -> tuple[Hashable, tuple[int, ...]] | None:
        node = trace.nodes[unit.last]
        scope, name = node.scope, node.label or node.name
        if unit.scope is not None:
            scope, name = unit.scope[:-1], unit.scope[-1]
        around, ahead = numbered("/".join(scope)) or ("/".join(scope), ())
        kind = (around, unit.kind == "scope", node.role, depth[unit.last] if node.op else 0)
        if found := numbered(name):
            return (*kind, found[0]), (*ahead, *found[1])
        if unit.scope is None and (not node.label or ahead):
            return (*kind, node.label, node.op), (*ahead, node.made)
        return None

    return _after_what_they_use(by_number(units, place), arrows)


def leaves_in_order(trace: Trace) -> list[Node]:
    """The leaves of a graph, as a picture of it that has a box for each node lists them."""
    nodes = [
        trace.nodes[unit.last] for unit in in_order(trace, [Unit((node.index,)) for node in trace.nodes])
    ]
    return [node for node in nodes if not node.op]


def _after_what_they_use(units: Sequence[Unit], arrows: Sequence[tuple[int, int]]) -> list[Unit]:
    """In this order, but that each waits for what it uses; scopes on a cycle do not wait."""
    place = {unit.last: k for k, unit in enumerate(units)}
    waiting = dict.fromkeys(place, 0)
    users: dict[int, list[int]] = {last: [] for last in place}
    for tail, head in arrows:
        waiting[head] += 1
        users[tail].append(head)
    ready = [place[last] for last, count in waiting.items() if not count]
    heapify(ready)
    placed: dict[int, None] = {}
    behind = iter(range(len(units)))
    while len(placed) < len(units):
        k = heappop(ready) if ready else next(k for k in behind if k not in placed)
        if k in placed:
            continue
        placed[k] = None
        for user in users[units[k].last]:
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, place[user])
    return [units[k] for k in placed]
