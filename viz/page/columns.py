"""The nodes within folded scopes as the page of steps has them: columns of numbers and tables of texts.

What plain arithmetic gives again to the last bit is left out, and texts that follow from the nodes' names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from microgrid.ops import TABLE

from ..graph.folding import Unit
from ..graph.paths import Paths
from ..graph.trace import Node, Trace
from ..walk.box_captions import Boxes
from ..walk.moments import Moment
from ..words import notation
from ..words.names import Names, names_of
from ..words.numbers import Numbers
from ..words.printer import MISSING
from .merged_boxes import merged_box
from .rows_js import is_arithmetic

__all__ = ["differences", "hidden", "json_number", "packed", "pattern"]


def hidden(trace: Trace, units: Sequence[Unit], moments: Sequence[Moment]) -> frozenset[int]:
    """The nodes without a box or a caption of their own: of these the page needs no texts."""
    if all(unit.kind == "node" for unit in units):
        return frozenset()
    merged = [unit for unit in units if unit.kind in ("sum", "piece")]
    alone = [moment for moment in moments if not moment.scope and moment.unit not in merged]
    shown = {unit.last for unit in units if unit.scope is None}
    paths = Paths(trace)
    shown |= {i for unit in merged for i in paths.outputs(unit.nodes)}
    shown |= {i for moment in alone for i in moment.computed}
    shown |= {operation for moment in alone for operation, _ in moment.edges}
    return frozenset(range(len(trace.nodes))) - shown


def packed(
    trace: Trace, units: Sequence[Unit], inside: Collection[int], numbers: Numbers, boxes: Boxes
) -> dict[str, Any]:
    """The folded units, and the nodes `inside` them; stepper/folded.js unpacks it.

    "kind" and "scope" have a number for each of these: a place in "kinds" and "scopes"; "names" has those of
    all nodes within formulas, as `_called` writes them, and "own" what nodes are called themselves where that
    is another name.
    """
    names = names_of(trace, numbers)
    kinds, scopes = _Table(), _Table()
    members = [trace.nodes[i] for i in sorted(inside)]
    left_out = {node.index for node in members if _follows(trace, node)}
    kept = [node for node in members if node.index not in left_out]
    return {
        "units": [unit_facts(trace, unit, boxes) for unit in units if unit.kind != "node"],
        "members": differences(node.index for node in members),
        "kind": [kinds.place(_key(node, node.index in left_out), node) for node in members],
        "kinds": [_kind(names, node, node.index in left_out, numbers) for node in kinds.examples],
        "scope": [scopes.place(node.scope, node) for node in members],
        "scopes": ["/".join(node.scope) for node in scopes.examples],
        "names": [_called(names, trace, node, node.index in inside) for node in trace.nodes],
        "own": {node.index: names[node] for node in trace.nodes if node.number != node.mark},
        "parents": [node.index - parent for node in members for parent in node.parents],
        "data": [json_number(node.data) for node in kept],
        "partials": [json_number(partial) for node in kept for partial in node.partials],
        "stale": [node.index for node in kept if node.op in TABLE and not notation.is_current(trace, node)],
    }


def unit_facts(trace: Trace, unit: Unit, boxes: Boxes) -> list[Any]:
    """The scope, the nodes and, unless the box is a scope's, its texts."""
    known = [] if unit.kind == "scope" else [merged_box(unit, boxes)]
    scope = trace.nodes[unit.last].scope if unit.scope is None else unit.scope
    return ["/".join(scope), differences(unit.nodes), *known]


def json_number(x: float) -> float | str:
    """A number as JSON has it; JSON has no infinity."""
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def differences(places: Iterable[int]) -> list[int]:
    """Each number less the one before it, which takes fewer digits.

    >>> differences([101, 102, 99])
    [101, 1, -3]
    """
    return [after - before for before, after in pairwise([0, *places])]


class _Table:
    """Numbers things in the order in which they first come; `examples` has a node for each."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}
        self.examples: list[Node] = []

    def place(self, thing: Hashable, node: Node) -> int:
        if thing not in self._places:
            self._places[thing] = len(self.examples)
            self.examples.append(node)
        return self._places[thing]


def _follows(trace: Trace, node: Node) -> bool:
    """Whether the page can compute a node's numbers from its operands' to the last bit."""
    row = TABLE.get(node.op)
    if row is None or not is_arithmetic(row):
        return False
    x, *others = (operand.data for operand in trace.operands(node))
    y = others[0] if node.constant is None and others else node.constant
    try:
        value, *slopes = row.bind("forward")(x, y)
    except ArithmeticError:
        return False
    return repr(value) == repr(node.data) and repr(tuple(slopes[: len(node.partials)])) == repr(node.partials)


def _key(node: Node, left_out: bool) -> Hashable:
    return node.op, repr(node.constant), node.role, left_out


def _kind(names: Names, node: Node, left_out: bool, numbers: Numbers) -> dict[str, Any]:
    row = TABLE.get(node.op)
    constant = None if node.constant is None else json_number(node.constant)
    facts = {"role": node.role, "op": node.op, "constant": constant, "arity": len(node.parents)}
    if row is None:
        return facts
    return facts | {
        "follows": left_out, "sign": notation.symbol(node, numbers), "needs": row.needs or row.domain,
        "convention": row.convention, "pattern": pattern(names, node),
    }  # fmt: skip


def pattern(names: Names, node: Node) -> dict[str, Any]:
    """An operation with holes for its operands."""
    made = names.pattern(node)
    return {"parts": made.parts, "operands": made.operands, "tight": made.tight}


def _called(names: Names, trace: Trace, node: Node, is_member: bool) -> str:
    """A node's name within formulas, after a digit: 1 for a label and 2 where it needs no brackets, added.
    Nothing where the page makes the same of the names of the operands, ``+`` for a sum whose last term alone
    is left.
    """
    name = names.inside(node)
    label, closed = bool(node.label), names.closed(node) == name
    if is_member and node.op and not label and not closed and _made(names, trace, node) == name:
        return ""
    last = names.inside(trace.operands(node)[-1]) if node.op else ""
    if is_member and node.op and not label and name == f"{MISSING} + {last}":
        return "+"
    return f"{label + 2 * closed}{name}"


def _made(names: Names, trace: Trace, node: Node) -> str:
    """The operation on the names of its operands, as Member.made of stepper/folded.js writes it."""
    pattern, operands = names.pattern(node), trace.operands(node)
    parts, tight = pattern.parts, pattern.tight
    clear = parts[0].endswith("(") or parts[1] == " + " or (len(tight) == 1 and not tight[0])
    texts = [(names.inside(operand) if clear else names.closed(operand)) for operand in operands]
    return parts[0] + "".join(texts[k] + part for k, part in zip(pattern.operands, parts[1:]))
