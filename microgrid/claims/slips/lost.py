"""Terms that a claim lost where no path of the graph is missing, and what it did not differentiate."""

from __future__ import annotations

from collections.abc import Iterator

from ...base.phrases import Phrase, say
from ..algebra.expanded import addends
from ..algebra.terms import Term
from ..formulas import tree_of
from ..language.printing import text
from ..language.trees import Call, Number, Power, Slope, Tree, children, product, put, total
from .places import Place
from .routes import same
from .search import Finding, Search

__all__ = ["first_for_second", "inner_derivatives", "lost_terms", "other_orders", "undifferentiated"]

MOST_ROUTES = 40
"""Paths on which an inner derivative is looked for."""
MOST_INSIDE = 12
"""Nodes on these."""


def lost_terms(search: Search) -> Iterator[Finding]:
    """An addend of what is right that the claim lacks, as a lecture writes it or multiplied out."""
    lack = tuple(a - c for a, c in zip(search.actual_values, search.claimed_values, strict=True))
    seen: set[Term] = set()
    for parts in addends(search.actual):
        search.known.hurry()
        if len(parts) < 2:
            continue
        for part in parts:
            values = search.known(part) if part not in seen else None
            seen.add(part)
            tree = tree_of(part, search.graph.names) if values and same(values, lack) else None
            if tree is not None:
                whole = search.claimed is search.graph.terms.zero
                right = total([(1, tree)] if whole else [(1, search.right), (1, tree)])
                why = say("the term {term} is missing", term=text(tree))
                yield Finding("path-missing", right, why, (text(tree),), named=say("a term is missing"))


def undifferentiated(search: Search) -> Iterator[Finding]:
    """A power that stands where its derivative belongs: e^2 for 2*e."""
    for place in search.places:
        if not isinstance(place.tree, Power) or not isinstance(place.tree.exponent, Number):
            continue
        exponent = place.tree.exponent.value
        lower = [Power(place.tree.base, Number(exponent - 1))] if exponent != 2 else [place.tree.base]
        tree = product([(1, Number(exponent)), (1, lower[0])])
        if _fits(search, tree, place):
            right = put(search.right, place.way, tree)
            meant = search.meaning(tree)
            yield Finding("outer-derivative", right, _instead(place.tree, tree), factor=meant)


def first_for_second(search: Search) -> Iterator[Finding]:
    """The first derivative for the second, which no factor or exponent says better."""
    graph, of = search.graph, search.left.of.node
    for v in dict.fromkeys(node.node for node in search.left.by) if len(search.left.by) == 2 else ():
        slope = graph.total(of, v)
        values, tree = search.known(slope), tree_of(search.actual, graph.names)
        if slope.kind != "number" and values and tree and same(values, search.claimed_values):
            yield Finding("outer-derivative", tree, say("that is the first derivative"))


def other_orders(search: Search) -> Iterator[Finding]:
    """The node itself for its derivative, or one derivative for another: the first for the second."""
    graph, of, by = search.graph, search.left.of.node, [node.node for node in search.left.by]
    others = [(graph.of[of], say("that is {node} itself", node=search.left.of.name))]
    if len(by) == 2:
        others += [(graph.total(of, v), say("that is the first derivative")) for v in by]
    elif len(search.graph.names.nodes) <= MOST_ROUTES:
        others.append((graph.total(of, by[0], by[0]), say("that is the second derivative")))
    for term, why in others:
        values = search.known(term)
        if values is not None and 0 not in values and same(values, search.claimed_values):
            tree = tree_of(search.actual, graph.names)
            if tree is not None:
                yield Finding("outer-derivative", tree, why)


def inner_derivatives(search: Search) -> Iterator[Finding]:
    """An outer function taken at the inner derivative, f'(g'(x)) for f'(g(x))*g'(x)."""
    graph, by = search.graph, search.left.by[0].node
    outer = [place for place in search.places if isinstance(place.tree, Power | Call | Slope)]
    inside = dict.fromkeys(v for route in search.routes.found[:MOST_ROUTES] for v in route.nodes[1:-1])
    if not outer or len(inside) > MOST_INSIDE:
        return
    slopes = {v: graph.total(v, by) for v in inside}
    for place in outer:
        values = search.values(_operand(place.tree))
        if values is None or same(values[:1] * len(values), values):
            continue
        for v, slope in slopes.items():
            known = search.known(slope)
            if known is None or not same(known, values):
                continue
            inner, factor = tree_of(graph.of[v], graph.names), tree_of(slope, graph.names)
            if inner is None or factor is None:
                continue
            tree = product([(1, put(place.tree, (0,), inner)), (1, factor)])
            if _fits(search, tree, place):
                right = put(search.right, place.way, tree)
                yield Finding(
                    "outer-derivative", right, _instead(place.tree, tree), factor=search.meaning(tree)
                )


def _operand(tree: Tree) -> Tree:
    return children(tree)[0]


def _fits(search: Search, tree: Tree, place: Place) -> bool:
    values = search.values(tree)
    return values is not None and same(values, place.needs)


def _instead(wrong: Tree, right: Tree) -> Phrase:
    return say("{wrong} stands where {right} belongs", wrong=text(wrong), right=text(right))
