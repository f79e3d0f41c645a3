"""What stands out in a picture while the rest steps back: chosen nodes, or the routes from one node to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..graph.paths import Edge
from ..graph.routes import Routes
from ..graph.trace import Trace
from ..words.language import ENGLISH, Say
from ..words.numbers import Numbers
from .selection import Choices

__all__ = ["Emphasis", "emphasis"]


@dataclass(frozen=True)
class Emphasis:
    """The nodes and edges that stand out; `routes` are the edges of each route that has a line of its own."""

    nodes: frozenset[int]
    edges: frozenset[Edge]
    routes: tuple[frozenset[Edge], ...] = ()
    sentences: tuple[str, ...] = ()

    def shows(self, edges: Sequence[Edge]) -> bool:
        """Whether one of an arrow's edges stands out."""
        return not self.edges.isdisjoint(edges)

    def lines(self, edges: Sequence[Edge]) -> list[int]:
        """Which routes an arrow is part of."""
        return [k for k, route in enumerate(self.routes) if not route.isdisjoint(edges)]

    def through(self, node: int | None) -> list[int]:
        """Which routes a result that is drawn apart from its operation is part of."""
        return [k for k, route in enumerate(self.routes) if any(i == node for i, _ in route)]


def emphasis(trace: Trace, choices: Choices, numbers: Numbers, say: Say = ENGLISH) -> Emphasis | None:
    """What `highlight` and `path` bring out; None if neither was asked for."""
    nodes, edges = set(choices.highlight or ()), set[Edge]()
    if choices.highlight is None and choices.path is None:
        return None
    edges |= {(i, k) for i in nodes for k, parent in enumerate(trace.nodes[i].parents) if parent in nodes}
    if choices.path is None:
        return Emphasis(frozenset(nodes), frozenset(edges))
    start, end = choices.path
    routes = Routes(trace, choices.units, start, end)
    ahead = routes.nodes - {start}
    edges |= {
        (i, k) for i in ahead for k, parent in enumerate(trace.nodes[i].parents) if parent in routes.nodes
    }
    drawn = tuple(route.edges for route in routes.few)
    sentences = tuple(routes.sentences(numbers, say))
    return Emphasis(frozenset(nodes | routes.nodes), frozenset(edges), drawn, sentences)
