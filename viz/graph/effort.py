"""How much work the layout of a picture is for Graphviz, judged before it is asked: a model of its ranks.

`picture.time_limit` leaves out of a layout what would take too long, and `drawing.layout` has large ones
improved less.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["estimate", "lengths", "limits", "work"]

LARGE = 1500
"""Work from which on Graphviz is asked to stop improving early: arrows become some 5 % longer, and the layout
of 1,000 nodes takes half the time."""
FEWEST = 400
"""Rounds of improvement that every picture may have: with less, few boxes and long arrows end in knots."""


def lengths(arrows: Sequence[tuple[int, int]]) -> list[int]:
    """How many ranks each arrow spans, where every box stands as near to its nearest user as it may: one of
    the arrows of each box spans 1.  What lies on a cycle, as scopes may, or before one counts as short."""
    before_end = {box: rank for box, (rank, _) in _ordered([(head, tail) for tail, head in arrows]).items()}
    return [before_end[tail] - before_end[head] if tail in before_end else 1 for tail, head in arrows]


def work(boxes: int, arrows: Sequence[tuple[int, int]]) -> int:
    """How much there is to place: the boxes, the arrows, and a point wherever an arrow passes a rank.

    Graphviz makes arrows short.  Here a box with no more operands than users stands before its users, and one
    with more stands after its operands, which comes near; a leaf goes where it is used.
    """
    users: dict[int, list[int]] = {}
    for tail, head in arrows:
        users.setdefault(tail, []).append(head)
    ordered = _ordered(arrows)
    rank = {box: rank for box, (rank, _) in ordered.items()}
    for box in reversed(ordered):
        operands = [tail for tail in ordered[box][1] if ordered[tail][1] or len(users[tail]) > 1]
        if box in users and len(operands) <= len(users[box]):
            rank[box] = min((rank[user] for user in users[box] if user in rank), default=1) - 1
    return boxes + sum(max(rank[head] - rank[tail], 1) if head in rank else 1 for tail, head in arrows)


def _ordered(arrows: Sequence[tuple[int, int]]) -> dict[int, tuple[int, list[int]]]:
    """Each box after those with arrows to it: its rank, which is the most arrows on a way to it, and where
    its arrows come from; without what lies on a cycle or behind one."""
    tails: dict[int, list[int]] = {}
    heads: dict[int, list[int]] = {}
    for tail, head in arrows:
        tails.setdefault(head, []).append(tail)
        heads.setdefault(tail, []).append(head)
    waiting = {head: len(several) for head, several in tails.items()}
    placed: dict[int, tuple[int, list[int]]] = {tail: (0, []) for tail in heads if tail not in tails}
    ready = list(placed)
    for tail in ready:  # which grows as it goes
        for head in heads.get(tail, ()):
            waiting[head] -= 1
            if not waiting[head]:
                placed[head] = 1 + max(placed[before][0] for before in tails[head]), tails[head]
                ready.append(head)
    return placed


def estimate(boxes: int, work: int) -> float:
    """About how many seconds a layout takes.

    Fitted to chains, networks and random graphs of 600 to 5,000 boxes with dot 2.43 on one core of a server,
    which took 0.6 to 1.5 times as long.
    """
    return 1.6e-7 * boxes**2 + 8e-9 * work**2


def limits(boxes: int, work: int) -> str:
    """What Graphviz is told of a large picture: how many rounds, for each box, to go on improving."""
    rounds = min(max(0.1, FEWEST / boxes), 1.0)
    return f" nslimit={rounds:.2f} nslimit1=1" if work > LARGE else ""
