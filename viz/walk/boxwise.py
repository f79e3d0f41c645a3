"""A walk from box to box, where sums of products and pieces are boxes: in which turn, and what is passed."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

from ..graph.chain_rule import Update, updates
from ..graph.folding import Unit, edges
from ..graph.trace import Trace
from ..graph.turns import Turns

__all__ = ["in_turn", "regrouped"]


def in_turn(trace: Trace, units: Sequence[Unit]) -> list[Unit]:
    """The boxes that compute something, each after all that it uses, else as they were computed.

    None where no box is a sum or a piece, and where scopes use each other in turn, so that no order will do.
    """
    if all(unit.kind in ("node", "scope") for unit in units):
        return []
    when = {i: k for k, i in enumerate(trace.operations)}
    last = {unit.last: max((when[i] for i in unit.nodes if i in when), default=-1) for unit in units}
    turns = Turns(last, [(tail.last, head.last) for tail, head, _ in edges(trace, units)])
    by_last, ordered = {unit.last: unit for unit in units}, list[Unit]()
    while (i := turns.take()) is not None:
        ordered.append(by_last[i])
    return [unit for unit in ordered if last[unit.last] >= 0] if len(ordered) == len(units) else []


def regrouped(trace: Trace, boxes: Sequence[Unit]) -> Iterator[tuple[Unit, list[Update]]]:
    """The chain rule box by box, the last box first.

    A box may have been computed before and after another one.  The adjoint of an operand is then, at every
    moment, the sum of what has come so far in the order of `backward`, so that it ends with the same bits.
    """
    sweep = list(updates(trace, trace.root.index, reversed(trace.operations)))
    owner = {i: unit.last for unit in boxes for i in unit.nodes}
    passed: dict[int, list[int]] = {unit.last: [] for unit in boxes}
    for place, update in enumerate(sweep):
        passed[owner[update.edge.node]].append(place)
    came: dict[int, list[int]] = {}
    total: dict[int, float] = {}
    for unit in reversed(boxes):
        several: list[Update] = []
        for place in passed[unit.last]:
            update, places = sweep[place], came.setdefault(sweep[place].target, [])
            before = total.get(update.target)
            if not places or place > places[-1]:
                places.append(place)
                after = (before or 0.0) + update.term
            else:
                insort(places, place)
                after = reduce(add, (sweep[n].term for n in places), 0.0)
            total[update.target] = after
            several.append(update._replace(before=before, after=after))
        yield unit, several
