"""Where a graph has sums of products, z = w₁x₁ + w₂x₂ + b, which are taught, and drawn, as one step."""

from __future__ import annotations

from collections import Counter

from .trace import Node, Trace

__all__ = ["constants_of", "sums"]

_SIGNS = ("add", "sub")


def sums(trace: Trace) -> list[tuple[int, ...]]:
    """The nodes of each sum of products, the result last; constants that nothing else uses are part of it.

    A sum is as large as it can be: its inner results have no label, no other use and its own scope, for those
    that have are results of their own.  It has two additions or more, or one and a product.  A product of
    sums is none, and neither is what is subtracted as a whole, as in a - (b + c).

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> w, x, b = (Value(2.0, name) for name in "wxb")
    >>> [len(nodes) for nodes in sums(read((w * x + b) * (x + b)))]
    [2]
    """
    uses = Counter(parent for node in trace.nodes for parent in node.parents)
    found: list[tuple[int, ...]] = []
    taken: set[int] = set()
    for node in reversed(trace.nodes):  # a result before its terms, so that sums are as large as can be
        if node.op in _SIGNS and node.index not in taken and (inside := _sum(trace, node, uses)):
            found.append((*constants_of(trace, inside, uses), *inside))
            taken.update(inside)
    return [tuple(sorted(nodes)) for nodes in reversed(found)]


def constants_of(trace: Trace, inside: list[int], uses: Counter[int]) -> list[int]:
    """The numbers without a label that only these nodes use: a formula writes them, and no box has to."""
    used = Counter(parent for i in inside for parent in trace.nodes[i].parents)
    return [i for i, count in used.items() if _is_number(trace.nodes[i]) and count == uses[i]]


def _is_number(node: Node) -> bool:
    return node.role == "constant" and not node.label


def _sum(trace: Trace, result: Node, uses: Counter[int]) -> list[int]:
    """The operations of the sum that ends here; none if it is not one."""
    inside: list[int] = []
    count = Counter[str]()
    waiting = [result]
    while waiting:
        node = waiting.pop()
        inside.append(node.index)
        count["addition" if node.op in _SIGNS else node.op] += 1
        for k, operand in enumerate(trace.operands(node)):
            is_inner = not operand.label and uses[operand.index] == 1 and operand.scope == result.scope
            if is_inner and operand.op in _terms(node, k):
                waiting.append(operand)
    is_sum = count["addition"] > 1 or (count["addition"] and count["mul"])
    return inside if is_sum else []


def _terms(node: Node, k: int) -> tuple[str, ...]:
    """Which operations a sum of products goes on with at the k-th operand of one of its operations."""
    if node.op == "add" or (node.op == "sub" and k == 0):
        return "add", "sub", "mul", "neg"
    return ("mul",)
