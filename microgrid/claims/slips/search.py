"""What is known when a false claim is looked at, in one reading: its places, its paths, and what may be
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor, log
from typing import Any, Generic, TypeAlias, TypeVar

from ...base.phrases import Phrase
from ...engine import Value
from ...graph import depends
from ..algebra.points import Known
from ..algebra.rates import rate
from ..algebra.terms import Term, collect
from ..language.trees import Node, Number, Power, Product, Rate, Slope, Tree, walk
from ..meaning import Graph
from .places import Place
from .routes import Routes, same

__all__ = ["MOST_TOTALS", "Candidate", "Finding", "Search", "Table", "flat", "power", "ratio"]

T = TypeVar("T")
MOST_TOTALS = 80
"""Nodes of a graph whose derivatives by the claim's variable, and of its result, are among what may be
meant.
"""
MOST_ROUTES = 40
"""Paths whose stretches are looked at."""
MOST_PARTS = 100
"""Parts of a second derivative that are looked at."""
Candidate: TypeAlias = tuple[Term, "Rate | None"]
"""A factor, and which derivative it is."""


@dataclass(frozen=True)
class Finding:
    """A slip, the right side without it, and what is said."""

    slip: str
    right: Tree
    why: Phrase
    missing: tuple[str, ...] = ()
    forgotten: tuple[tuple[Value, ...], ...] = ()
    term: Term | None = None
    """What the right side is without the slip, where the tree would say it less exactly."""
    factor: Term | None = None
    """The factor that the slip is about: the local derivative with it is where it happened."""
    place: tuple[tuple[Value, ...], ...] = ()
    """The steps of the graph where it happened, if that is clear."""
    named: str = ""
    """What the slip is called, where the words for others of its kind say it badly."""


class Table(Generic[T]):
    """Things by their values at some points, to be found by these."""

    def __init__(self) -> None:
        self.things: dict[int, list[tuple[tuple[Any, ...], T]]] = {}

    def add(self, values: tuple[Any, ...] | None, thing: T) -> None:
        if values is not None and values and values[0] != 0:
            self.things.setdefault(_key(values[0]), []).append((values, thing))

    def find(self, values: Sequence[Any]) -> Iterator[T]:
        """What has these values, in the order in which it was entered."""
        if values[0] == 0:
            return
        key = _key(values[0])
        for near in (key - 1, key, key + 1):
            for own, thing in self.things.get(near, ()):
                if same(own, values):
                    yield thing


def _key(x: Any) -> int:
    """Equal for numbers that agree in eight digits, or one more or less."""
    from mpmath import mp

    size = abs(float(x))
    logarithm = log(size) if 0 < size < float("inf") else float(mp.log(abs(x)))
    return 2 * floor(logarithm * 1e8) * (1 if x > 0 else -1)


@dataclass
class Search:
    """One reading of a false claim."""

    graph: Graph
    right: Tree
    left: Rate
    meaning: Callable[[Tree], Term]
    claimed: Term
    actual: Term
    known: Known
    routes: Routes
    places: list[Place]
    actual_values: tuple[Any, ...]
    claimed_values: tuple[Any, ...]
    made: dict[Tree, tuple[Any, ...] | None] = field(default_factory=dict)

    def values(self, tree: Tree) -> tuple[Any, ...] | None:
        """The values of a tree at the points, if it has any."""
        if tree not in self.made:
            self.made[tree] = self.known(self.meaning(tree))
        return self.made[tree]

    @cached_property
    def has_rates(self) -> bool:
        """Whether the claim is a chain of derivatives, which a missing one is told as."""
        return any(isinstance(part, Rate) for _, part in walk(self.right))

    @cached_property
    def size(self) -> int:
        return sum(1 for _ in walk(self.right))

    # ------------------------------------------------------------ what may stand at a place

    @cached_property
    def nodes(self) -> Table[Node]:
        table: Table[Node] = Table()
        for v, name in self.graph.names.named.items():
            table.add(self.known(self.graph.of[v]), Node(v, name))
        return table

    def slopes(self, function: str) -> Table[Slope]:
        """The derivative of an operation at each node."""
        if function not in self._slopes:
            table = self._slopes[function] = Table()
            for v, name in self.graph.names.named.items():
                slope = Slope(function, Node(v, name))
                table.add(self.values(slope), slope)
        return self._slopes[function]

    @cached_property
    def _slopes(self) -> dict[str, Table[Slope]]:
        return {}

    @cached_property
    def links(self) -> list[Rate]:
        """The derivatives of one step along the paths."""
        named = self.graph.names.named
        pairs = dict.fromkeys(pair for route in self.routes.found for pair in pairwise(route.named))
        return [Rate(Node(above, named[above]), (Node(below, named[below]),)) for below, above in pairs]

    @cached_property
    def rates(self) -> Table[Rate]:
        """Derivatives that may be meant: those of one step, all over the graph."""
        table: Table[Rate] = Table()
        named = self.graph.names.named
        for above, name in named.items():
            for below in self.graph.below(above):
                rate = Rate(Node(above, name), (Node(below, named[below]),))
                table.add(self.values(rate), rate)
        if len(named) <= MOST_TOTALS and self.has_rates:
            for v, name in named.items():
                for rate in (Rate(self.left.of, (Node(v, name),)), Rate(Node(v, name), self.left.by)):
                    if rate.of.node is not rate.by[0].node and rate != self.left:
                        table.add(self.values(rate), rate)
        return table

    @cached_property
    def factors(self) -> Table[Candidate]:
        """What may be missing as a factor: derivatives along the paths, then nodes."""
        table: Table[Candidate] = Table()
        terms = self.graph.terms
        seen: set[Term] = {terms.one, -terms.one}
        candidates: list[Candidate] = [
            (self.graph.local(link.of.node, link.by[0].node), link) for link in self.links
        ]
        candidates += [(term, None) for term in (*self.stretches, *self.curvatures)]
        candidates += [(self.graph.of[v], None) for v in self.graph.names.named]
        candidates.append((self.graph.eta, None))
        for term, link in candidates:
            if term not in seen:
                seen.add(term)
                table.add(self.known(term), (term, link))
        return table

    @cached_property
    def stretches(self) -> list[Term]:
        """What a path contributes between two of its nodes, with no named node between: an inner
        derivative.
        """
        named, found = self.graph.names.named, dict[Term, None]()
        edges = self.routes.edges
        found.update((slope, None) for slopes in edges.values() for slope in slopes)
        for route in self.routes.found[:MOST_ROUTES]:
            for start in range(len(route.nodes)):
                product = self.graph.terms.one
                for below, above in pairwise(route.nodes[start:]):
                    product = product * edges[below, above][0]
                    found[product] = None
                    if above in named:
                        break
        return list(found)

    @cached_property
    def curvatures(self) -> list[Term]:
        """What a second derivative consists of: its factors, and what slopes along the way are derived to."""
        if len(self.left.by) < 2:
            return []
        graph, named = self.graph, self.graph.names.named
        inner = [term for term in collect([self.actual], _within) if term.kind != "name"][:MOST_PARTS]
        found = dict.fromkeys(part for term in inner for part in (*_parts(term), term))
        way = [v for v in named if v in depends(graph.names.nodes, [self.left.by[0].node])][:MOST_ROUTES]
        for above in way:
            for below in graph.below(above):
                slope = graph.local(above, below)
                seconds = [rate(slope, graph.of[v], through=False) for v in (above, below)]
                found.update(
                    dict.fromkeys(part for term in (slope, *seconds) for part in (term, *_parts(term)))
                )
        return [term for term in found if term.kind != "number"]

    @cached_property
    def kinked(self) -> list[tuple[Term, Rate | None]]:
        """Derivatives that are one number on either side of a kink, as that of relu."""
        links = [(self.graph.local(link.of.node, link.by[0].node), link) for link in self.links]
        every = [*links, *((term, None) for term in self.stretches)]
        return list({term: (term, link) for term, link in reversed(every) if term.kind == "where"}.values())

    @cached_property
    def parts(self) -> Table[Candidate]:
        """What the derivatives along the paths are products of, such as 1 - h of h(1 - h)."""
        table: Table[Candidate] = Table()
        whole = [self.graph.local(link.of.node, link.by[0].node) for link in self.links]
        whole += [term for slopes in self.routes.edges.values() for term in slopes]
        for part in dict.fromkeys(part for term in whole for part in _parts(term)):
            table.add(self.known(part), (part, None))
        return table


def _within(term: Term) -> tuple[Term, ...]:
    """What a term consists of, without what its names stand for."""
    return () if term.kind == "name" else term.args


def _parts(term: Term) -> list[Term]:
    if term.kind != "product":
        return []
    store = term.store
    factors = [
        store.product([(base, exponent)]) for base, exponent in zip(term.args, term.data[1], strict=True)
    ]
    return [*factors, *([store.term(term.data[0])] if term.data[0] not in (1, -1) else [])]


def flat(tree: Tree) -> list[tuple[Fraction, Tree]]:
    """The factors of a tree with their exponents; what is no product is one factor."""
    found: list[tuple[Fraction, Tree]] = []
    for sign, factor in tree.factors if isinstance(tree, Product) else ((1, tree),):
        exponent = Fraction(sign)
        while isinstance(factor, Power) and isinstance(factor.exponent, Number):
            exponent *= factor.exponent.value
            factor = factor.base
        found.append((exponent, factor))
    return found


def ratio(place: Place) -> tuple[Any, ...] | None:
    """What a place has to be multiplied by; None where that is not defined."""
    if 0 in place.has or 0 in place.needs:
        return None
    return tuple(n / h for n, h in zip(place.needs, place.has, strict=True))


def power(values: Sequence[Any], exponent: Fraction) -> tuple[Any, ...]:
    from mpmath import mp

    if exponent.denominator == 1:
        return tuple(x ** int(exponent) for x in values)
    return tuple(mp.sqrt(abs(x)) ** exponent.numerator for x in values)
