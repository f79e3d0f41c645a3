"""Where a graph has steps on the way to a result, which can share its box: σ(w₁x₁ + b) is one formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from .sums import sums
from .trace import Trace

__all__ = ["results"]

MANY = 16
"""Sources: a step that reads more is a long sum, around which nothing leads."""


def results(trace: Trace, apart: Collection[int] = ()) -> list[tuple[int, ...]]:
    """The operations of each result, the result last, where it takes several; numbers that only they use are
    part of it.

    A result has a label or several uses, or its use is of another scope; or it is a sum of products, or what
    is made of one alone, and stands beside another in a formula: each may be a unit.  All else is a step
    towards one, but for the nodes that are to stay `apart`.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> w, x, b = (Value(2.0, name) for name in "wxb")
    >>> h = (w * x + b).tanh()
    >>> [len(nodes) for nodes in results(read(h * h - 1.0))]
    [6]
    >>> [len(nodes) for nodes in results(read((w * x + b) * (b * x + w)))]  # each may be a unit
    [2, 2]
    """
    users: dict[int, set[int]] = {}
    for node in trace.nodes:
        for parent in node.parents:
            users.setdefault(parent, set()).add(node.index)
    steps = {
        node.index
        for node in trace.nodes
        if node.op and not node.label and len(users.get(node.index, ())) == 1 and node.index not in apart
    }
    steps -= _side_by_side(trace, steps, users, [nodes[-1] for nodes in sums(trace, apart)])
    reads = _sources(trace, steps)
    leads_to: dict[int, int] = {}
    for node in reversed(trace.nodes):
        ends = {leads_to[user] for user in users.get(node.index, ())}
        is_step = node.index in steps
        if is_step:  # unless what it reads goes around it, as in h + tanh(h), which is to be seen
            (user,) = users[node.index]
            is_step = reads[node.index].isdisjoint(trace.nodes[user].parents)
        is_number = node.role == "constant" and not node.label and len(ends) == 1
        (end,) = ends if len(ends) == 1 else (node.index,)
        is_near = trace.nodes[end].scope == node.scope and end not in apart and node.index not in apart
        leads_to[node.index] = end if is_near and (is_step or is_number) else node.index
    groups: dict[int, list[int]] = {}
    for node in trace.nodes:
        groups.setdefault(leads_to[node.index], []).append(node.index)
    return [tuple(nodes) for nodes in groups.values() if len(nodes) > 1]


def _side_by_side(
    trace: Trace, steps: Collection[int], users: Mapping[int, Collection[int]], sums: Sequence[int]
) -> set[int]:
    """Of these sums, what is made of each alone, where a formula would have two of them or more."""
    ends = set[int]()
    for end in sums:
        while end in steps:
            (user,) = users[end]
            others = (trace.nodes[i] for i in trace.nodes[user].parents if i != end)
            if user not in steps or not all(other.role == "constant" for other in others):
                ends.add(end)
                break
            end = user
    found = set[int]()
    inside: dict[int, set[int]] = {}
    for node in trace.nodes:
        parts = [{i} if i in ends else inside[i] for i in node.parents if i in steps]
        inside[node.index] = set[int]().union(*parts)
        if len(inside[node.index]) > 1:
            found |= inside[node.index]
    return found


def _sources(trace: Trace, steps: Collection[int]) -> dict[int, frozenset[int]]:
    """What is read on the way to each step, by other steps too, unless that is much."""
    found: dict[int, frozenset[int]] = {}
    for node in trace.nodes:
        parts = [found[parent] if parent in steps else frozenset([parent]) for parent in node.parents]
        everything = frozenset[int]().union(*parts)
        found[node.index] = everything if len(everything) <= MANY else frozenset()
    return found
