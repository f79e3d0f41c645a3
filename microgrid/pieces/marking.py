"""Marks the nodes of a piece, once they are made, in what the place of a node's scope means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base.context import MARKS, MOST_NESTED, piece_place, scope_place
from ..engine import Value, made_so_far

__all__ = ["mark_piece"]


def mark_piece(
    name: str, since: int, results: list[Any], samples: Sequence[Any] = (), classes: Sequence[int] = ()
) -> None:
    """Mark what was made for the results, after there were `since` nodes, as one piece of that name.

    `samples` are the nodes among them that are one sample's loss each, `classes` their targets' classes or
    -1.  Pieces inside are part of this one from now on: the outermost has the name.  They are told from what
    is read by their serial numbers, so every operand has to be there before `since` is asked for.
    """
    now, taken = made_so_far(), 0
    made: list[Value] = []
    scope = ""
    for result in results:
        if isinstance(result, Value):
            v = result
            if v._code and now - v._serial < now - since and v._scope >= 0:
                scope = v.scope
                v._scope = -1  # while it waits here: nobody else has seen it
                made.append(v)
    if not made:
        return
    i, count = 0, len(made)
    while i < len(made):
        v = made[i]
        taken |= reach(v._a, made, now, since, name) | reach(v._b, made, now, since, name)
        i += 1
    number = 0
    while taken >> number & 1:
        number += 1
    marked = number < MOST_NESTED
    inner = piece_place(scope, name, number, False) if marked else scope_place(scope)
    outer = piece_place(scope, name, number, True) if marked else inner
    for i in range(len(made)):
        v = made[i]
        v._scope = outer if i < count else inner
    if marked:
        for i in range(len(samples)):
            if isinstance(samples[i], Value):
                v = samples[i]
                if v._scope == inner or v._scope == outer:
                    v._scope = piece_place(scope, name, number, v._scope == outer, classes[i])


def reach(v: Value | None, made: list[Value], now: int, since: int, name: str) -> int:
    """Add a node to those made or, if it is an older operand, tell by a bit which number its piece has."""
    if v is None:
        return 0
    if now - v._serial < now - since:  # which holds where the numbers have begun again at 0, too
        if v._scope >= 0:
            v._scope = -1
            made.append(v)
        return 0
    mark = MARKS[v._scope]
    return 0 if mark is None or mark.name != name else 1 << mark.number
