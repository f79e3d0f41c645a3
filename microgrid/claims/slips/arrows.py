"""Where in the graph a slip is: the steps whose local derivative it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from ...engine import Value
from ..algebra.terms import Term
from .routes import same
from .search import Finding, Search

__all__ = ["arrows"]

Way: TypeAlias = tuple[Value, ...]
MOST = 3
"""Steps that a factor may be about; of more, nobody could tell which is meant."""


def arrows(search: Search, finding: Finding) -> tuple[Way, ...]:
    """The steps whose derivative is the factor of a slip, or has it; none where that is not clear."""
    if finding.forgotten or finding.factor is None:
        return ()
    wanted = search.known(finding.factor)
    if wanted is None:
        return ()
    for ways in (_links(search, wanted), _edges(search, wanted), _parts(search, wanted)):
        found = tuple(dict.fromkeys(ways))
        if found:
            return found if len(found) <= MOST else ()
    return ()


def _links(search: Search, wanted: Sequence[Any]) -> Iterator[Way]:
    """Stretches between named nodes whose local derivative it is."""
    for link in search.links:
        above, below = link.of.node, link.by[0].node
        values = search.known(search.graph.local(above, below))
        if values is not None and same(values, wanted):
            yield from _between(search, below, above)


def _between(search: Search, below: Value, above: Value) -> Iterator[Way]:
    named = search.graph.names.named
    for route in search.routes.found:
        if below in route.nodes and above in route.nodes:
            way = route.nodes[route.nodes.index(below) : route.nodes.index(above) + 1]
            if not any(v in named for v in way[1:-1]):
                yield way


def _edges(search: Search, wanted: Sequence[Any]) -> Iterator[Way]:
    for edge, slopes in search.routes.edges.items():
        if any(_is(search, slope, wanted) for slope in slopes):
            yield edge


def _parts(search: Search, wanted: Sequence[Any]) -> Iterator[Way]:
    """Steps whose derivative is a product that has it."""
    for edge, slopes in search.routes.edges.items():
        if any(_is(search, part, wanted) for slope in slopes for part in _factors(slope)):
            yield edge


def _factors(term: Term) -> list[Term]:
    if term.kind != "product":
        return []
    powers = zip(term.args, term.data[1], strict=True)
    raised = [term.store.product([(base, exponent)]) for base, exponent in powers]
    number = term.store.term(abs(term.data[0]))
    return [*raised, *term.args, *([number] if number.data != Fraction(1) else [])]


def _is(search: Search, term: Term, wanted: Sequence[Any]) -> bool:
    values = search.known(term)
    return values is not None and same(values, wanted)
