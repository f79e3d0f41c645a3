"""The routes of the chain rule between the boxes of a picture: each contributes the product of its derivatives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from ..style.text import shorten
from ..words import notation
from ..words.language import ENGLISH, Say
from ..words.numbers import Numbers
from .folding import Unit, outputs
from .paths import Edge, Paths
from .trace import Trace

__all__ = ["MOST_ROUTES", "Leg", "Route", "Routes"]

MOST_ROUTES = 8
"""So many can be told apart, by colour and by eye; of more, only the edges and the sum are shown."""
LONGEST_ROUTE, LONGEST_STOP, LONGEST_SCOPE = 12, 12, 24
CUT = ("…",)
"""The scope of what a part of a graph leaves out."""


class Leg(NamedTuple):
    """From one box to the next: a node that is seen or leaves its scope, the next one, the edges on which the way
    leaves the first box, and the derivative of the second node with respect to the first."""

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
        """As in `backward`, which comes from the end, nothing is passed on of a gradient of 0."""
        product = 1.0
        for leg in reversed(self.legs):
            product = product * leg.slope if product else 0.0
        return product


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
        self._trace, self._start, self._end = trace, start, end
        self._paths = Paths(trace, end)
        self.nodes = frozenset(self._paths.on_the_way(start))
        shown = {i for unit in units for i in unit.nodes}
        cut = tuple(node.index for node in trace.nodes if node.index not in shown)
        folded = [unit for unit in units if unit.scope is not None] + ([Unit(cut, CUT)] if cut else [])
        self._folded = {i: unit for unit in folded for i in unit.nodes}
        self._scopes = Counter(unit.scope[-1] for unit in folded if unit.scope)
        self._outputs = outputs(trace, folded)
        self._legs: dict[int, list[Leg]] = {}
        found = tuple(islice(self._walk(), MOST_ROUTES + 1))
        self.few = found if len(found) <= MOST_ROUTES else ()
        """Every route, if there are few."""

    def _walk(self) -> Iterator[Route]:
        """Every route, backwards from the end; there may be more than there are atoms."""
        stack: list[tuple[int, Chain]] = [(self._end, None)]
        while stack:
            i, chain = stack.pop()
            if i == self._start:
                yield Route(tuple(_unlinked(chain)))
                continue
            if i not in self._legs:
                self._legs[i] = self._legs_to(i)
            stack += [(leg.tail, (leg, chain)) for leg in reversed(self._legs[i])]

    def _legs_to(self, head: int) -> list[Leg]:
        """The legs that lead to a node that is seen, or through a scope to one of its outputs."""
        nodes = self._trace.nodes
        unit = self._folded.get(head)
        inside = frozenset(unit.nodes if unit else (head,)) - {self._start}
        adjoint = {head: 1.0}
        legs: dict[object, Leg] = {}
        for i in sorted(inside, reverse=True):
            if i not in adjoint:
                continue
            for k, (parent, partial) in enumerate(zip(nodes[i].parents, nodes[i].partials, strict=True)):
                term = adjoint[i] * partial if adjoint[i] else 0.0  # as in `backward`, 0 times infinity is 0
                if parent in inside:
                    adjoint[parent] = adjoint.get(parent, 0.0) + term
                elif parent in self.nodes:
                    key = parent if unit else (parent, k)  # a node's operands are arrows of their own
                    known = legs.get(key, Leg(parent, head, (), 0.0))
                    legs[key] = Leg(parent, head, (*known.edges, (i, k)), known.slope + term)
        return sorted(legs.values()) if unit else list(legs.values())

    def sentences(self, numbers: Numbers, say: Say = ENGLISH) -> list[str]:
        """A line for each route with its product, then the sum; one line where there is one route."""
        of = self._stop(self._end, numbers) if self._trace.nodes[self._end].label else ""
        name = f"∂{of}/∂{self._stop(self._start, numbers)}"
        if not self.few:
            x, n = (
                numbers(self._paths.derivative(self._start)),
                self._paths.written_count(self._start, numbers),
            )
            return [say("{derivative} = {x}, a sum over {n} paths", derivative=name, x=x, n=n)]
        products = [_product(route, numbers) for route in self.few]
        if len(products) == 1:
            return [f"{name} = {products[0]}"]
        lines = [
            f"{self._stops(route, numbers)}:  {text}" for route, text in zip(self.few, products, strict=True)
        ]
        terms = [numbers(route.product) for route in self.few]
        for k, term in enumerate(terms[1:], 1):
            size = term.removeprefix(numbers.minus)
            terms[k] = f" + {term}" if size == term else f" {numbers.minus} {size}"
        return [
            *lines,
            f"{name} = {''.join(terms)} = {numbers(math.fsum(route.product for route in self.few))}",
        ]

    def _stops(self, route: Route, numbers: Numbers) -> str:
        stops = [self._stop(self._start, numbers)]
        for leg in route.legs:
            stops.append(self._scope(leg.head) if leg.head in self._folded else self._stop(leg.head, numbers))
        return " → ".join(_few(stops))

    def _stop(self, i: int, numbers: Numbers) -> str:
        """What a node is called on the way: its label, its number, or the sign of its operation."""
        node = self._trace.nodes[i]
        if node.label:
            return shorten(node.label, LONGEST_STOP)
        return notation.symbol(node, numbers) if node.op else numbers(node.data)

    def _scope(self, i: int) -> str:
        """What the box around a node says, or its scope's whole name where several boxes say the same; with a number
        where it has several outputs."""
        unit = self._folded[i]
        scope, outputs = unit.scope or CUT, self._outputs[unit.last]
        name = shorten("/".join(scope) if self._scopes[scope[-1]] > 1 else scope[-1], LONGEST_SCOPE)
        return f"{name}[{outputs.index(i)}]" if scope != CUT and len(outputs) > 1 and i in outputs else name


Chain = tuple[Leg, "Chain"] | None
"""Routes that end alike share their ends."""


def _unlinked(chain: Chain) -> Iterator[Leg]:
    while chain:
        leg, chain = chain
        yield leg


def _product(route: Route, numbers: Numbers) -> str:
    if not route.legs:
        return "1"
    product = numbers(route.product)
    factors = " · ".join(_few([_factor(leg.slope, numbers) for leg in route.legs]))
    return f"{factors} = {product}" if len(route.legs) > 1 else product


def _factor(x: float, numbers: Numbers) -> str:
    return f"({numbers(x)})" if x < 0 else numbers(x)


def _few(texts: list[str]) -> list[str]:
    """The texts, without the middle of a long list."""
    half = LONGEST_ROUTE // 2
    return texts if len(texts) <= LONGEST_ROUTE else [*texts[:half], "…", *texts[-half:]]
