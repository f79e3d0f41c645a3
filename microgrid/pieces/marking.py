"""Marks the nodes of a piece, once they are made, in what the place of a node's scope means."""

from __future__ import annotations

from typing import Any

from ..base.context import MARKS, MOST_NESTED, UNMARKED, piece_places, sample_place
from ..engine import Value, made_so_far

__all__ = ["mark_piece", "mark_samples"]

_places: dict[tuple[int, str, int], int] = {}
"""What `piece_places` has said, without its lock."""
_sample_places: dict[tuple[int, int], int] = {}
"""What `sample_place` has said."""


def mark_piece(name: str, since: int, results: list[Any]) -> None:
    """Mark what was made for the results, after there were `since` nodes, as one piece of that name.

    Pieces inside are part of this one from now on: the outermost has the name.  They are told from what is
    read by their serial numbers, so every operand has to be there before `since` is asked for.
    """
    now, taken, scope = made_so_far(), 0, 0
    made: list[Value] = []
    try:
        for result in results:
            if isinstance(result, Value):
                v = result
                if v._code and now - v._serial < now - since and v._scope >= 0:
                    scope = UNMARKED[v._scope]
                    made.append(v)
                    v._scope = -1  # while it waits here: nobody else has seen it
        if not made:
            return
        i, count = 0, len(made)
        while i < len(made):
            v = made[i]
            taken |= reach(v._first, made, now, since, name) | reach(v._second, made, now, since, name)
            i += 1
        number = 0
        while taken >> number & 1:
            number += 1
        place = result_place = scope
        if number < MOST_NESTED:
            key = scope, name, number
            if key not in _places:
                _places[key] = piece_places(scope, name, number)
            place = _places[key]
            result_place = place + 1
        for i in range(len(made)):
            v = made[i]
            v._scope = result_place if i < count else place
    except BaseException:  # Ctrl-C: then they are no piece, but in their scope
        for v in made:
            v._scope = scope
        raise


def mark_samples(losses: list[Any], classes: list[int]) -> None:
    """Mark nodes of a piece as one sample's loss each, with the class of its target, or -1."""
    for i in range(len(losses)):
        if isinstance(losses[i], Value):
            v = losses[i]
            if MARKS[v._scope] is not None:
                key = v._scope, classes[i]
                if key not in _sample_places:
                    _sample_places[key] = sample_place(v._scope, classes[i])
                v._scope = _sample_places[key]


def reach(v: Value | None, made: list[Value], now: int, since: int, name: str) -> int:
    """Add a node to those made or, if it is an older operand, tell by a bit which number its piece has."""
    if v is None:
        return 0
    if now - v._serial < now - since:  # which holds where the numbers have begun again at 0, too
        if v._scope >= 0:
            made.append(v)
            v._scope = -1
        return 0
    mark = MARKS[v._scope]
    return 0 if mark is None or mark.name != name else 1 << mark.number
