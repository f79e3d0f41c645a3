"""The routes of the chain rule between the boxes of a picture: each adds the product of its derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import NamedTuple

from .chain_rule import passed_on, updates
from .folding import Unit, outputs
from .paths import Chain, Paths, unlinked
from .trace import Edge, Trace

__all__ = ["CUT", "MOST_ROUTES", "Leg", "Route", "Routes"]

MOST_ROUTES = 8
"""So many can be told apart, by colour and by eye; of more, only the edges and the sum are shown."""
CUT = ("…",)
"""The scope of what a part of a graph leaves out."""


class Leg(NamedTuple):
    """From one box to the next: a node that is seen or leaves its scope, the next one, the edges by which the
    route leaves the first box, and the derivative of the second node with respect to the first."""

    tail: int
    head: int
    edges: tuple[Edge, ...]
    slope: float


@dataclass(frozen=True)
class Route:
    """One way from a node to another, in the direction of the computation."""

    legs: tuple[Leg, ...]

    @property
    def edges(self) -> frozenset[Edge]:
        return frozenset(edge for leg in self.legs for edge in leg.edges)

    @property
    def product(self) -> float:
        """What the route contributes to the derivative, multiplied from its end as `backward` does."""
        return reduce(passed_on, [leg.slope for leg in reversed(self.legs)], 1.0)


class Routes:
    """The routes from one node to another through what `units` show of a trace.

    What happens within a scope that is one box is one leg, and so is what a part of the graph leaves out.

    >>> from microgrid import Value
    >>> from viz.graph.folding import fold
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> trace = read(x * x + x)
    >>> routes = Routes(trace, fold(trace, None), 0, 2)
    >>> [route.product for route in routes.few]
    [3.0, 3.0, 1.0]
    """

    def __init__(self, trace: Trace, units: Sequence[Unit], start: int, end: int) -> None:
        self.trace, self.start, self.end = trace, start, end
        self.paths = Paths(trace, end)
        self.nodes = frozenset(self.paths.on_the_way(start))
        shown = {i for unit in units for i in unit.nodes}
        cut = tuple(node.index for node in trace.nodes if node.index not in shown)
        self.boxes = [unit for unit in units if unit.kind != "node"] + ([Unit(cut, CUT)] if cut else [])
        """Those of several nodes: collapsed scopes, sums, and what a part of the graph leaves out."""
        self.box_of = {i: unit for unit in self.boxes for i in unit.nodes}
        self.outputs = outputs(trace, self.boxes)
        self._legs: dict[int, list[Leg]] = {}
        first = tuple(islice(self._walk(), MOST_ROUTES + 1))
        self.few = first if len(first) <= MOST_ROUTES else ()
        """Every route, if there are few."""

    def _walk(self) -> Iterator[Route]:
        """Every route, backwards from the end: there may be exponentially many."""
        stack: list[tuple[int, Chain[Leg]]] = [(self.end, None)]
        while stack:
            i, chain = stack.pop()
            if i == self.start:
                yield Route(tuple(unlinked(chain)))
                continue
            if i not in self._legs:
                self._legs[i] = self._legs_to(i)
            stack += [(leg.tail, (leg, chain)) for leg in reversed(self._legs[i])]

    def _legs_to(self, head: int) -> list[Leg]:
        """The legs that lead to a node that is seen, or through a scope to one of its outputs."""
        unit = self.box_of.get(head)
        inside = frozenset(unit.nodes if unit else (head,)) - {self.start}
        legs: dict[object, Leg] = {}
        for update in updates(self.trace, head, sorted(inside, reverse=True)):
            tail = update.target
            if tail in self.nodes and tail not in inside:
                key = tail if unit else update.edge  # a node's operands are arrows of their own
                known = legs.get(key, Leg(tail, head, (), 0.0))
                legs[key] = Leg(tail, head, (*known.edges, update.edge), known.slope + update.term)
        return sorted(legs.values()) if unit else list(legs.values())
