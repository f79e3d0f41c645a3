"""Signs, functions for their derivatives, wrong nodes, and indices that are exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...base.phrases import say
from ...engine import Value
from ..language.printing import text
from ..language.trees import Call, Node, Rate, Slope, Sum, Tree, negative, nodes_in, put, walk
from .places import Place
from .routes import same
from .search import Finding, Search

__all__ = ["exchanged_indices", "outer_functions", "signs", "wrong_nodes"]

MOST_PARTS = 30_000
"""Parts of a claim, times nodes, up to which a node is exchanged at all its places."""


def signs(search: Search) -> Iterator[Finding]:
    trees = {place.way: place.tree for place in search.places}
    for place in search.places:
        if not abs(place.times + 1) < 1e-9 or not same(place.needs, tuple(-x for x in place.has)):
            continue
        parent = trees.get(place.way[:-1]) if place.way else None
        if isinstance(parent, Sum):
            addends = [(-s if k == place.way[-1] else s, part) for k, (s, part) in enumerate(parent.addends)]
            right = put(search.right, place.way[:-1], Sum(tuple(addends)))
        else:
            right = put(search.right, place.way, negative(place.tree))
        whole = say("the sign of the whole is turned")
        why = say("the sign of {term} is turned", term=text(place.tree)) if place.way else whole
        yield Finding("sign", right, why)


# ---------------------------------------------------------------- functions


def outer_functions(search: Search) -> Iterator[Finding]:
    """A function where its derivative belongs, the reverse, or the derivative at another place."""
    for place in search.places:
        for tree in _instead(search, place):
            if tree == place.tree:
                continue
            why = say("{wrong} stands where {right} belongs", wrong=text(place.tree), right=text(tree))
            yield Finding("outer-derivative", put(search.right, place.way, tree), why)


def _instead(search: Search, place: Place) -> Iterator[Tree]:
    """Functions and derivatives that have the value which a place needs."""
    tree = place.tree
    if isinstance(tree, Call) and len(tree.operands) == 1:
        yield from _fitting(search, place, Slope(tree.function, tree.operands[0]))
        yield from search.slopes(tree.function).find(place.needs)
    elif isinstance(tree, Slope):
        yield from _fitting(search, place, Call(tree.function, (tree.operand,)))
        yield from search.slopes(tree.function).find(place.needs)
    elif isinstance(tree, Node) and len(tree.node.parents) == 1:
        names = search.graph.names.named
        parent = tree.node.parents[0]
        if parent in names and tree.node.op not in ("neg", "powc"):
            yield from _fitting(search, place, Slope(tree.node.op, Node(parent, names[parent])))


def _fitting(search: Search, place: Place, tree: Tree) -> Iterator[Tree]:
    values = search.values(tree)
    if values is not None and same(values, place.needs):
        yield tree


# ---------------------------------------------------------------- nodes


def wrong_nodes(search: Search) -> Iterator[Finding]:
    """A node where another belongs, once or wherever it stands."""
    for place in search.places:
        if isinstance(place.tree, Node):
            for node in search.nodes.find(place.needs):
                if node.node is not place.tree.node:
                    yield _replaced(search, place, node)
        elif isinstance(place.tree, Rate) and len(place.tree.by) == 1:
            for rate in search.rates.find(place.needs):
                if rate.of.node is place.tree.of.node or rate.by[0].node is place.tree.by[0].node:
                    yield _replaced(search, place, rate)
    yield from _everywhere(search)


def _replaced(search: Search, place: Place, tree: Tree) -> Finding:
    wrong, right = text(place.tree), text(tree)
    slip = "transposed" if is_transposed(wrong, right) else "wrong-variable"
    why = say("{wrong} stands where {right} belongs", wrong=wrong, right=right)
    return Finding(slip, put(search.right, place.way, tree), why)


def _everywhere(search: Search) -> Iterator[Finding]:
    """The same node wrong at several places, and at places whose need cannot be told."""
    named = search.graph.names.named
    nodes = dict.fromkeys(node.node for node in nodes_in(search.right))
    if len(nodes) * len(named) * search.size > MOST_PARTS:
        return
    for wrong in nodes:
        for v, name in named.items():
            if v is wrong or wrong not in named:
                continue
            right = _exchanged(search.right, {wrong: Node(v, name)}, in_rates=False)
            if _is_likely(search, right):
                slip = "transposed" if is_transposed(named[wrong], name) else "wrong-variable"
                why = say("{wrong} stands where {right} belongs", wrong=named[wrong], right=name)
                yield Finding(slip, right, why)


def exchanged_indices(search: Search) -> Iterator[Finding]:
    """All indices exchanged at once: w12 for w21 and w21 for w12."""
    names = search.graph.names
    exchange: dict[Value, Node] = {}
    for v, name in names.named.items():
        turned = _turned(name)
        other = names.find(turned) if turned and turned != name else None
        if other is not None:
            exchange[v] = Node(other, names.named[other])
    right = _exchanged(search.right, exchange)
    if right != search.right and _is_likely(search, right):
        yield Finding("transposed", right, say("the indices are exchanged"))


def _is_likely(search: Search, right: Tree) -> bool:
    values = search.known(search.meaning(right))
    return values is not None and same(values, search.actual_values)


def is_transposed(wrong: str, right: str) -> bool:
    """Whether two names, or derivatives, differ by the order of two indices.

    >>> is_transposed("w12", "w21"), is_transposed("w_1,2", "w_2,1"), is_transposed("w12", "w22")
    (True, True, False)
    """
    return wrong != right and any(_turned(wrong, at) == right for at in range(4))


def _turned(name: str, at: int = 0) -> str:
    """The name with the two indices of its `at`-th pair exchanged; empty where it has no such pair."""
    pairs = list(re.finditer(r"(?<=[^\W\d])_?(\d+),(\d+)|(?<=[^\W\d])_?(\d)(\d)(?!\d)", name))
    if at >= len(pairs):
        return ""
    match = pairs[at]
    if match[1]:
        return f"{name[: match.start(1)]}{match[2]},{match[1]}{name[match.end(2) :]}"
    return name[: match.start(3)] + match[4] + match[3] + name[match.end(4) :]


def _exchanged(tree: Tree, exchange: dict[Value, Node], in_rates: bool = True) -> Tree:
    """The tree with other nodes in place of some."""
    for way, part in list(walk(tree)):
        if isinstance(part, Node) and part.node in exchange:
            tree = put(tree, way, exchange[part.node])
        elif in_rates and isinstance(part, Rate):
            of, *by = (exchange.get(node.node, node) for node in (part.of, *part.by))
            if (of, *by) != (part.of, *part.by):
                tree = put(tree, way, Rate(of, tuple(by)))
    return tree
