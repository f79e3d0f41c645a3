"""Signs, functions for their derivatives, wrong nodes, and indices that are exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...base.phrases import say
from ...engine import Value
from ...ops import TABLE
from ..algebra.terms import Term
from ..formulas import tree_of
from ..language.printing import text
from ..language.tokens import plain_letters
from ..language.trees import Call, Node, Rate, Slope, Sum, Tree, negative, nodes_in, put, walk
from .places import Place
from .routes import same
from .search import MOST_TOTALS, Finding, Search, flat

__all__ = [
    "exchanged_indices",
    "exchanged_numbers",
    "functions_at_kinks",
    "other_variables",
    "outer_functions",
    "signs",
    "wrong_nodes",
]

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
        yield Finding("sign", right, why, factor=_turned_around(search, place.tree))


def _turned_around(search: Search, tree: Tree) -> Term:
    """What a factor is meant to be that was written the wrong way round, such as y - yhat; otherwise -1."""
    for _, factor in flat(tree):
        if isinstance(factor, Sum) and len(factor.addends) > 1:
            return -search.meaning(factor)
    return search.graph.terms.term(-1)


# ---------------------------------------------------------------- functions


def outer_functions(search: Search) -> Iterator[Finding]:
    """A function where its derivative belongs, the reverse, or the derivative at another place."""
    for place in search.places:
        for tree in _instead(search, place):
            if tree == place.tree:
                continue
            why = say("{wrong} stands where {right} belongs", wrong=text(place.tree), right=text(tree))
            right = put(search.right, place.way, tree)
            yield Finding("outer-derivative", right, why, factor=search.meaning(tree))


def functions_at_kinks(search: Search) -> Iterator[Finding]:
    """relu(z) for relu'(z) and its like: where the unit is active relu(z)/z says the same, and nobody means
    that.
    """
    for place in search.places:
        for tree in _derivatives(search, place.tree):
            if _has_kink(search.meaning(tree)) and (values := search.values(tree)) is not None:
                if not same(values, place.needs):
                    continue
                why = say("{wrong} stands where {right} belongs", wrong=text(place.tree), right=text(tree))
                right = put(search.right, place.way, tree)
                yield Finding("outer-derivative", right, why, factor=search.meaning(tree))


def _has_kink(slope: Term) -> bool:
    return any(term.kind == "where" for term in (slope, *slope.args))


def _derivatives(search: Search, tree: Tree) -> Iterator[Tree]:
    """The derivative of a function in a claim, or of the operation whose result a node is, at its operand."""
    if isinstance(tree, Call) and len(tree.operands) == 1:
        yield Slope(tree.function, tree.operands[0])
    elif isinstance(tree, Node) and len(tree.node.parents) == 1 and tree.node.op not in ("neg", "powc"):
        inner = tree_of(search.graph.of[tree.node.parents[0]], search.graph.names)
        if inner is not None and tree.node.op in TABLE:
            yield Slope(tree.node.op, inner)


def _instead(search: Search, place: Place) -> Iterator[Tree]:
    """Functions and derivatives that have the value which a place needs."""
    tree = place.tree
    if isinstance(tree, Call) and len(tree.operands) == 1:
        yield from _fitting(search, place, Slope(tree.function, tree.operands[0]))
        yield from search.slopes(tree.function).find(place.needs)
    elif isinstance(tree, Slope):
        yield from _fitting(search, place, Call(tree.function, (tree.operand,)))
        yield from search.slopes(tree.function).find(place.needs)
    else:
        for slope in _derivatives(search, tree):
            yield from _fitting(search, place, slope)


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


def other_variables(search: Search) -> Iterator[Finding]:
    """The derivative by another variable: n·xⁿ⁻¹, which is that by x, for that of xⁿ by n."""
    graph, left = search.graph, search.left
    right = tree_of(search.actual, graph.names)
    if right is None or len(left.by) > 1 or len(graph.names.named) > MOST_TOTALS:
        return
    for v, name in graph.names.named.items():
        if v in (left.of.node, left.by[0].node):
            continue
        other = Rate(left.of, (Node(v, name),))
        values = search.values(other)
        if values is not None and any(values) and same(values, search.claimed_values):
            yield Finding(
                "wrong-variable", right, say("this is {which}", which=text(other)), term=search.actual
            )


def _replaced(search: Search, place: Place, tree: Tree) -> Finding:
    wrong, right = text(place.tree), text(tree)
    slip = "transposed" if is_transposed(wrong, right) else "wrong-variable"
    why = say("{wrong} stands where {right} belongs", wrong=wrong, right=right)
    return Finding(slip, put(search.right, place.way, tree), why, factor=search.meaning(tree))


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
                yield Finding(slip, right, why, factor=search.graph.of[v])


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


def exchanged_numbers(search: Search) -> Iterator[Finding]:
    """All on the right with the two indices of the left side's weight exchanged: h1*x2 for h2*x1."""
    names, left = search.graph.names, search.left
    for name in (left.by[0].name, left.of.name):
        for pair in map(_pair, _pairs(plain_letters(name))):
            exchange: dict[Value, Node] = {}
            for v, called in names.named.items():
                turned = _renumbered(plain_letters(called), *pair)
                other = names.find(turned) if turned != plain_letters(called) else None
                if other is not None:
                    exchange[v] = Node(other, names.named[other])
            right = _exchanged(search.right, exchange)
            if right != search.right and _is_likely(search, right):
                yield Finding("transposed", right, say("the indices are exchanged"))


def _renumbered(name: str, first: str, second: str) -> str:
    """The name with two indices exchanged wherever they stand.

    >>> _renumbered("w12", "1", "2"), _renumbered("h1", "1", "2"), _renumbered("w_10,2", "2", "10")
    ('w21', 'h2', 'w_2,10')
    """
    other = {first: second, second: first}

    def turned(match: re.Match[str]) -> str:
        indices = (
            match[2].split(",") if "," in match[2] else list(match[2]) if len(match[2]) == 2 else [match[2]]
        )
        if match[2] in other:
            indices = [match[2]]
        mark = "," if "," in match[2] else ""
        return match[1] + mark.join(other.get(index, index) for index in indices)

    return re.sub(r"((?<=[^\W\d])_?)(\d+(?:,\d+)*)", turned, name)


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
    pairs = _pairs(name)
    if at >= len(pairs):
        return ""
    match = pairs[at]
    first, second = _pair(match)
    start, mark = (match.start(1), ",") if match[1] else (match.start(3), "")
    return f"{name[:start]}{second}{mark}{first}{name[match.end() :]}"


def _pairs(name: str) -> list[re.Match[str]]:
    """Where a name has two indices."""
    return list(re.finditer(r"(?<=[^\W\d])_?(\d+),(\d+)|(?<=[^\W\d])_?(\d)(\d)(?!\d)", name))


def _pair(match: re.Match[str]) -> tuple[str, str]:
    return (match[1], match[2]) if match[1] else (match[3], match[4])


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
