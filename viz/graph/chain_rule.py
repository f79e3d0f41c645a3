"""The chain rule along the edges of a trace: one loop, for slopes, routes, paths and the walk backward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .trace import Edge, Trace

__all__ = ["Update", "passed_on", "updates"]


class Update(NamedTuple):
    """What comes along one edge: the operation's adjoint times the partial, for the operand's adjoint."""

    edge: Edge
    target: int
    outer: float
    """The operation's adjoint."""
    term: float
    """The product."""
    before: float | None
    """The operand's adjoint without it, None where this is its first."""
    after: float


def passed_on(adjoint: float, partial: float) -> float:
    """Their product, but 0 where the adjoint is 0, as in `backward`: 0 times infinity is 0 here."""
    return adjoint * partial if adjoint else 0.0


def updates(trace: Trace, end: int, nodes: Iterable[int]) -> Iterator[Update]:
    """The chain rule from `end` through `nodes`, each after those that use it, operands from left to right.

    Nodes that do not lead to `end` pass nothing on.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> [(*update.edge, update.after) for update in updates(read(x * x + x), 2, (2, 1))]
    [(2, 0, 1.0), (2, 1, 1.0), (1, 0, 4.0), (1, 1, 7.0)]
    """
    adjoints = {end: 1.0}
    for i in nodes:
        if i not in adjoints:
            continue
        outer = adjoints[i]
        for k, parent in enumerate(trace.nodes[i].parents):
            term = passed_on(outer, trace.nodes[i].partials[k])
            before = adjoints.get(parent)
            after = adjoints[parent] = (before or 0.0) + term
            yield Update(Edge(i, k), parent, outer, term, before, after)
