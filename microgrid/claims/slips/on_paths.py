"""Paths that a claim forgot, and those that it has too many of."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...base.phrases import say
from ...engine import Value
from ..algebra.terms import Term
from ..formulas import tree_of
from ..language.printing import text
from ..language.trees import Number, Sum, Tree, put, total
from .places import Place
from .search import Finding, Search

__all__ = ["extra_inside", "extra_paths", "missing_paths"]

MOST_PAIRS = 200
"""Addends of a claim of which two at once are left out."""


def missing_paths(search: Search) -> Iterator[Finding]:
    """Sets of paths whose contributions are what the claim lacks."""
    lack = tuple(a - c for a, c in zip(search.actual_values, search.claimed_values, strict=True))
    for group in search.routes.match(lack):
        yield _with_paths(search, group)


def _with_paths(search: Search, group: tuple[int, ...]) -> Finding:
    names, terms, routes = search.graph.names, search.graph.terms, search.routes.found
    by_names: dict[tuple[Value, ...], list[Term]] = {}
    for k in group:
        by_names.setdefault(routes[k].named, []).append(routes[k].term)
    trees: list[Tree | None] = []
    missing, ways = [], []
    for named, parts in by_names.items():
        tree = tree_of(terms.sum([(part, Fraction(1)) for part in parts]), names)
        trees.append(tree)
        ways.append(" → ".join(names.named[v] for v in named))
        missing.append(f"{ways[-1]}: {text(tree)}" if tree is not None else ways[-1])
    if len(ways) == 1:
        why = say("the path {way} is missing", way=ways[0])
    else:
        shown = ", ".join(ways[:3]) + (", ..." if len(ways) > 3 else "")
        why = say("{n} paths are missing: {ways}", n=len(ways), ways=shown)
    found = [(1, tree) for tree in trees if tree is not None]
    right = search.right
    if len(found) == len(trees):
        right = total(found if search.claimed is terms.zero else [(1, search.right), *found])
    term = terms.sum([(search.claimed, Fraction(1)), *((routes[k].term, Fraction(1)) for k in group)])
    return Finding("path-missing", right, why, tuple(missing), tuple(routes[k].nodes for k in group), term)


def extra_paths(search: Search) -> Iterator[Finding]:
    """Addends that the claim would be true without; then paths that it counts twice."""
    for place in search.places:
        if place.is_addend and len(place.way) == 1 and _needs_nothing(place):
            yield _without(search, (), place.way)
    right = search.right
    if isinstance(right, Sum) and 2 < len(right.addends) <= MOST_PAIRS:
        yield from _without_two(search, right)
    surplus = tuple(c - a for a, c in zip(search.actual_values, search.claimed_values, strict=True))
    names, routes = search.graph.names, search.routes.found
    for group in search.routes.match(surplus):
        if len(group) == len(routes):  # that is a factor 2
            continue
        twice = search.graph.terms.sum([(routes[k].term, Fraction(1)) for k in group])
        tree = tree_of(twice, names)
        way = " → ".join(names.named[v] for v in routes[group[0]].named)
        less = right if tree is None else total([(1, right), (-1, tree)])
        why = say("the path {way} is counted twice", way=way)
        yield Finding("path-extra", less, why, term=search.claimed - twice)


def extra_inside(search: Search) -> Iterator[Finding]:
    """Addends in a bracket that the claim would be true without; a whole bracket is a factor before."""
    for place in search.places:
        if place.is_addend and len(place.way) > 1 and _needs_nothing(place):
            yield _without(search, place.way[:-1], (place.way[-1],))


def _needs_nothing(place: Place) -> bool:
    return all(abs(n) <= abs(h) * 1e-25 for n, h in zip(place.needs, place.has, strict=True))


def _without(search: Search, way: tuple[int, ...], which: tuple[int, ...]) -> Finding:
    whole = next(place.tree for place in search.places if place.way == way)
    addends = whole.addends if isinstance(whole, Sum) else ()
    left = [pair for k, pair in enumerate(addends) if k not in which]
    dropped = ", ".join(text(addends[k][1]) for k in which)
    right = put(search.right, way, total(left) if left else Number(Fraction(0)))
    return Finding("path-extra", right, say("the term {term} belongs to no path", term=dropped))


def _without_two(search: Search, right: Sum) -> Iterator[Finding]:
    own = {place.way[0]: place for place in search.places if len(place.way) == 1}
    surplus = search.claimed_values[0] - search.actual_values[0]
    signed = {k: float(right.addends[k][0] * place.has[0]) for k, place in own.items()}
    for j, first in signed.items():
        for k, second in signed.items():
            if j < k and abs(first + second - surplus) <= abs(surplus) * 1e-9:
                yield _without(search, (), (j, k))
