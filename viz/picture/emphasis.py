"""What stands out while the rest of a picture steps back: chosen nodes, or routes from a node to another."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from ..graph.routes import Routes
from ..graph.trace import Edge, Trace
from ..words.numbers import Numbers
from ..words.route_texts import route_sentences
from .selection import Choices

__all__ = ["Emphasis", "emphasis"]


@dataclass(frozen=True)
class Emphasis:
    """The nodes and edges that stand out; `routes` are the edges of each route that has a line of its own."""

    nodes: frozenset[int]
    edges: frozenset[Edge]
    routes: tuple[frozenset[Edge], ...] = ()
    sentences: tuple[str, ...] = ()
    is_told_at_once: bool = False
    """Whether a walk has the sentences from the start, not as far as it has come."""

    def shows(self, edges: Sequence[Edge]) -> bool:
        """Whether one of an arrow's edges stands out."""
        return not self.edges.isdisjoint(edges)

    def lines(self, edges: Sequence[Edge]) -> list[int]:
        """Which routes an arrow is part of."""
        return [k for k, route in enumerate(self.routes) if not route.isdisjoint(edges)]

    def through(self, node: int | None) -> list[int]:
        """Which routes a result that is drawn apart from its operation is part of."""
        return [k for k, route in enumerate(self.routes) if any(edge.node == node for edge in route)]


def emphasis(trace: Trace, choices: Choices, numbers: Numbers, lang: str = "en") -> Emphasis | None:
    """What `claim`, `highlight` and `path` bring out; None if none was asked for."""
    if choices.claim is not None:
        shown = choices.claim
        return Emphasis(
            shown.nodes(trace), shown.edges, shown.lines, shown.sentences(lang), is_told_at_once=True
        )
    nodes, edges = set(choices.highlight or ()), set[Edge]()
    if choices.highlight is None and choices.path is None:
        return None
    edges |= _edges_within(trace, nodes, nodes)
    if choices.path is None:
        return Emphasis(frozenset(nodes), frozenset(edges))
    start, end = choices.path
    routes = Routes(trace, choices.units, start, end)
    edges |= _edges_within(trace, routes.nodes, routes.nodes - {start})
    drawn = tuple(route.edges for route in routes.few)
    sentences = tuple(route_sentences(routes, numbers, lang))
    return Emphasis(frozenset(nodes | routes.nodes), frozenset(edges), drawn, sentences)


def _edges_within(trace: Trace, operands: Set[int], operations: Set[int]) -> set[Edge]:
    """The edges from some nodes to some others."""
    return {Edge(i, k) for i in operations for k, j in enumerate(trace.nodes[i].parents) if j in operands}
