"""How many boxes a graph has at the least, counted before any of it is named: what is too large is refused at
once."""

from __future__ import annotations

from collections.abc import Iterable

from microgrid import Value
from microgrid.pieces import found

from ..graph.folding import ARITHMETIC
from ..graph.sums import goes_on
from ..options import Options

__all__ = ["MANY_NODES", "fewest"]

MANY_NODES = 20_000
"""Up to so many nodes a graph is named sooner than anybody waits."""


def fewest(nodes: Iterable[Value], options: Options) -> int:
    """Boxes that there are whatever is folded: not what a scope, a named piece, a sum of products or a result
    may take in.

    >>> from viz.options import DrawOptions
    >>> from microgrid.graph import order
    >>> x = Value(2.0, "x")
    >>> [fewest(order((3 * x + 1).exp() * x), DrawOptions(sums=sums)) for sums in ("separate", "merged")]
    [7, 4]
    """
    listed = list(nodes)
    inside = {v for one in found(listed) for v in one.nodes} if options.pieces == "named" else set[Value]()
    folds = options.collapse is not None
    # a scope of activations alone may be taken into another
    computing = (v.scope for v in listed if v.scope and v.op in ARITHMETIC) if folds else ()
    outer = {scope.split("/", 1)[0] for scope in set(computing)}
    outside = (v for v in listed if v not in inside and not (folds and v.scope))
    if options.sums == "separate" or (options.sums == "auto" and options.ops == "separate"):
        return len(outer) + sum(not _is_start(v) for v in outside)
    by_result = options.sums == "results"
    only = _only_users(listed, by_result)
    return len(outer) + sum(v.role != "constant" and not _is_step(v, only, by_result) for v in outside)


def _is_start(v: Value) -> bool:
    """Whether it is 0, or 0 + x as Python's `sum` begins, which the next addition may take in."""
    first = v.parents[0] if v.op == "add" else v
    return first.role == "constant" and not first.data and not v.label


def _only_users(nodes: Iterable[Value], several_times: bool) -> dict[Value, tuple[Value, int] | None]:
    """What uses each node and as which of its operands, None where there are several such uses; or uses by
    others, where one node may have it `several_times`."""
    only: dict[Value, tuple[Value, int] | None] = {}
    for v in nodes:
        for k, operand in enumerate(v.parents):
            if operand not in only:
                only[operand] = v, k
            elif not several_times or (before := only[operand]) is None or before[0] is not v:
                only[operand] = None
    return only


def _is_step(v: Value, only: dict[Value, tuple[Value, int] | None], by_result: bool) -> bool:
    """Whether v may be in the box of the only node that uses it."""
    use = only.get(v)
    if use is None or not v.op or v.label:
        return False
    return by_result or goes_on(use[0].op or "", use[1], v.op)
