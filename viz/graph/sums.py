"""Where a graph has sums of products, z = w₁x₁ + w₂x₂ + b, which are taught, and drawn, as one step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from .trace import Edge, Node, Trace

__all__ = ["Term", "constants_of", "goes_on", "is_start", "past_start", "starts", "sums", "terms"]

_SIGNS = ("add", "sub")


def sums(trace: Trace, apart: Collection[int] = ()) -> list[tuple[int, ...]]:
    """The nodes of each sum of products, the result last; constants that nothing else uses are part of it.

    A sum is as large as it can be: its inner results have no label, no other use and its own scope, for those
    that have are results of their own.  It has two additions or more, or one and a product.  A product of
    sums is none, and neither is what is subtracted as a whole, as in a - (b + c).  Nodes that are `apart`
    are part of none.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> w, x, b = (Value(2.0, name) for name in "wxb")
    >>> [len(nodes) for nodes in sums(read((w * x + b) * (x + b)))]
    [2]
    """
    uses = Counter(parent for node in trace.nodes for parent in node.parents)
    found: list[tuple[int, ...]] = []
    taken = set(apart)
    for node in reversed(trace.nodes):  # a result before its terms, so that sums are as large as can be
        if node.op in _SIGNS and node.index not in taken and (inside := _sum(trace, node, uses, apart)):
            found.append((*constants_of(trace, inside, uses), *inside))
            taken.update(inside)
    return [tuple(sorted(nodes)) for nodes in reversed(found)]


def constants_of(trace: Trace, inside: list[int], uses: Counter[int]) -> list[int]:
    """The numbers without a label that only these nodes use: a formula writes them, and no box has to."""
    used = Counter(parent for i in inside for parent in trace.nodes[i].parents)
    return [i for i, count in used.items() if _is_number(trace.nodes[i]) and count == uses[i]]


def is_start(trace: Trace, node: Node) -> bool:
    """Whether it is 0 + x, as Python's `sum` begins, and has no name."""
    return node.op == "add" and not node.label and _is_zero(trace.operands(node)[0])


def starts(trace: Trace, apart: Collection[int] = ()) -> list[tuple[int, ...]]:
    """Each 0 + x that only one addition goes on with, and that: what is taught has no 0.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> starts(read(sum([Value(2.0, "a"), Value(3.0, "b"), Value(4.0, "c")])))
    [(0, 2, 4)]
    """
    uses = Counter(parent for node in trace.nodes for parent in node.parents)
    found: list[tuple[int, ...]] = []
    for node in trace.nodes:
        if node.op != "add" or node.index in apart:
            continue
        first = trace.operands(node)[0]
        is_near = first.index not in apart and first.scope == node.scope
        if is_near and is_start(trace, first) and uses[first.index] == uses[first.parents[0]] == 1:
            found.append((first.parents[0], first.index, node.index))
    return found


def past_start(trace: Trace, node: Node) -> Node:
    """What stands for an operand within formulas: of 0 + x it is x."""
    return trace.operands(node)[1] if is_start(trace, node) else node


def _is_zero(node: Node) -> bool:
    return _is_number(node) and node.data == 0


def _is_number(node: Node) -> bool:
    return node.role == "constant" and not node.label


def _sum(trace: Trace, result: Node, uses: Counter[int], apart: Collection[int]) -> list[int]:
    """The operations of the sum that ends here; none if it is not one."""
    inside: list[int] = []
    count = Counter[str]()
    waiting = [result]
    while waiting:
        node = waiting.pop()
        inside.append(node.index)
        count["addition" if node.op in _SIGNS else node.op] += 1
        for k, operand in enumerate(trace.operands(node)):
            is_inner = (
                (not operand.label or operand.is_short)
                and uses[operand.index] == 1
                and operand.scope == result.scope
            )
            if is_inner and goes_on(node.op or "", k, operand.op or "") and operand.index not in apart:
                waiting.append(operand)
    is_sum = count["addition"] > 1 or (count["addition"] and count["mul"])
    return inside if is_sum else []


def goes_on(op: str, k: int, operand: str) -> bool:
    """Whether a sum of products goes on at the k-th operand of one of its operations, which is another.

    >>> goes_on("add", 1, "sub"), goes_on("sub", 1, "sub")
    (True, False)
    """
    if op == "add" or (op == "sub" and k == 0):
        return operand in ("add", "sub", "mul", "neg")
    return op in ("sub", "mul", "neg") and operand == "mul"


class Term(NamedTuple):
    """A product that a sum adds or subtracts: the edges along which its factors come."""

    sign: int
    factors: tuple[Edge, ...]


def terms(trace: Trace, nodes: Collection[int]) -> list[Term]:
    """The terms of a sum of products, from left to right, without the 0 with which Python's `sum` begins.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> trace = read(Value(2.0, "w") * Value(3.0, "x") - Value(1.0, "b"))
    >>> [(sign, [trace.operand(edge).label for edge in factors]) for sign, factors in terms(trace, [2, 4])]
    [(1, ['w', 'x']), (-1, ['b'])]
    """
    inside, last = frozenset(nodes), max(nodes)
    found: list[Term] = []
    waiting = [(-1 if trace.nodes[last].op == "sub" else 1, Edge(last, 1)), (1, Edge(last, 0))]
    while waiting:
        sign, edge = waiting.pop()
        node = trace.operand(edge)
        if node.index not in inside or not node.op:
            if found or not _is_zero(node):
                found.append(Term(sign, (edge,)))
        elif node.op == "mul":
            found.append(Term(sign, _factors(trace, node, inside)))
        elif node.op == "neg":
            waiting.append((-sign, Edge(node.index, 0)))
        else:
            second = -sign if node.op == "sub" else sign
            waiting += [(second, Edge(node.index, 1)), (sign, Edge(node.index, 0))]
    return found


def _factors(trace: Trace, product: Node, inside: Collection[int]) -> tuple[Edge, ...]:
    """Those of a product of products, from left to right."""
    found: list[Edge] = []
    waiting = [Edge(product.index, 1), Edge(product.index, 0)]
    while waiting:
        edge = waiting.pop()
        node = trace.operand(edge)
        if node.index in inside and node.op:
            waiting += [Edge(node.index, 1), Edge(node.index, 0)]
        else:
            found.append(edge)
    return tuple(found)
