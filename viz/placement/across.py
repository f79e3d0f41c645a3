"""How high each item of a column stands: none on another, near what it is joined to, chains on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace
from itertools import pairwise

from .clock import look_at_the_clock
from .order import Item, together

__all__ = ["Room", "heights"]

ROUNDS, LEAST_ROUNDS, WORK = 24, 4, 24_000
"""Of moving towards what each is joined to; most pictures rest after five.  Very large ones have as many as
move so many items in all."""
MOST_LOOKED_AT = 400
"""What may be looked at to find out whether two items can be on one line."""
LIGHT = 0.02
"""How much a leaf pulls at what reads it."""


@dataclass(frozen=True)
class Room:
    """What stays free, in points: between boxes, at a lane, and within the frame of a scope on both sides."""

    boxes: float
    lanes: float
    above: float
    below: float


class _Lines:
    """Items that are on one line share a variable; each frame has two, for its edges."""

    def __init__(self, items: Sequence[Item], columns: Sequence[Sequence[int]], room: Room) -> None:
        self.items = items
        self.of = list(range(len(items)))
        self.members = {i: [i] for i in range(len(items))}
        paths = sorted({i.scope[:d] for i in items for d in range(1, len(i.scope) + 1)})
        self.frames = {path: len(items) + 2 * k for k, path in enumerate(paths)}
        self.count = len(items) + 2 * len(paths)
        self.apart: dict[int, dict[int, float]] = {k: {} for k in range(self.count)}
        self.behind: dict[int, set[int]] = {k: set() for k in range(self.count)}
        for rule in self._rules(columns, room):
            self._add(*rule)

    def _rules(self, columns: Sequence[Sequence[int]], room: Room) -> Iterator[tuple[int, int, float]]:
        """(a, b, how far b is below a at least)."""
        items = self.items
        for column in columns:
            for a, b in pairwise(column):
                one, two = items[a], items[b]
                shared = together(items, a, b)
                gap = room.boxes if one.box >= 0 and two.box >= 0 else room.lanes
                upper, lower = a, b
                if len(one.scope) > shared:
                    upper = self.frames[one.scope[: shared + 1]] + 1
                else:
                    gap += one.across / 2
                if len(two.scope) > shared:
                    lower = self.frames[two.scope[: shared + 1]]
                else:
                    gap += two.across / 2
                yield upper, lower, gap
            for i in column:
                if scope := items[i].scope:
                    frame, half = self.frames[scope], items[i].across / 2
                    yield frame, i, room.above + half
                    yield i, frame + 1, room.below + half
        for path, frame in self.frames.items():
            yield frame, frame + 1, 0.0
            if path[:-1]:
                outer = self.frames[path[:-1]]
                yield outer, frame, room.above
                yield frame + 1, outer + 1, room.below

    def _add(self, a: int, b: int, gap: float) -> None:
        self.apart[a][b] = max(gap, self.apart[a].get(b, gap))
        self.behind[b].add(a)

    def join(self, a: int, b: int) -> bool:
        """Put two items on one line, unless one has to be below the other."""
        a, b = self.of[a], self.of[b]
        if a == b:
            return True
        if self._reaches(a, b) or self._reaches(b, a):
            return False
        for other, gap in self.apart.pop(b).items():
            self.behind[other].discard(b)
            self._add(a, other, gap)
        for other in self.behind.pop(b):
            self._add(other, a, self.apart[other].pop(b))
        for i in self.members[b]:
            self.of[i] = a
        self.members[a] += self.members.pop(b)
        return True

    def _reaches(self, a: int, b: int) -> bool:
        seen, todo = {a}, [a]
        while todo:
            for other in self.apart[todo.pop()]:
                if other == b or len(seen) > MOST_LOOKED_AT:
                    return True
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return False

    def sorted(self) -> list[int]:
        """The variables, each after those that it has to be below."""
        waiting = {line: len(behind) for line, behind in self.behind.items()}
        ready = [line for line in sorted(waiting) if not waiting[line]]
        for line in ready:
            for other in self.apart[line]:
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return ready


def heights(
    items: Sequence[Item], columns: Sequence[Sequence[int]], room: Room, chains: Sequence[tuple[int, int]]
) -> tuple[list[float], list[int]]:
    """The middle of each item across the columns, and the line it is on.

    `chains` are pairs of items that are on one line if they can be, the most important first.
    """
    lines = _Lines(items, columns, room)
    for a, b in chains:
        lines.join(a, b)
    order = lines.sorted()
    members = lines.members
    weight = dict.fromkeys(order, 0.001)
    pulls: dict[int, list[tuple[int, float]]] = {}
    for line, inner in members.items():
        weight[line] = sum(LIGHT if items[i].light else 1.0 for i in inner)
        pulls[line] = [
            (lines.of[j], LIGHT if items[j].light and not items[i].light else 1.0)
            for i in inner
            for j in items[i].before + items[i].after
            if lines.of[j] != line
        ]
    at = dict.fromkeys(order, 0.0)
    for column in columns:  # a start: every column around the middle
        top = -sum(items[i].across + room.boxes for i in column) / 2
        for i in column:
            at[lines.of[i]] = top + (items[i].across + room.boxes) / 2
            top += items[i].across + room.boxes
    tops = set(lines.frames.values())
    by_column = sorted(members, key=lambda line: min(items[i].column for i in members[line]))
    for round in range(min(ROUNDS, max(LEAST_ROUNDS, WORK // len(items)))):
        look_at_the_clock()
        wanted = dict(at)
        for line in by_column if round % 2 == 0 else reversed(by_column):
            if near := pulls[line]:
                total = sum(w for _, w in near)
                wanted[line] = sum(wanted[other] * w for other, w in near) / total
        for line in reversed(order):  # frames lie close around what they hold
            if line in tops:
                held = lines.apart[line].items()
                wanted[line] = min((wanted[b] - gap for b, gap in held if b != line + 1), default=at[line])
        for line in order:
            if line - 1 in tops:
                outer = lines.behind[line] - {line - 1}
                wanted[line] = max((wanted[a] + lines.apart[a][line] for a in outer), default=at[line])
        now = _separated(order, lines, wanted, weight)
        moved = max(abs(now[line] - at[line]) for line in members)
        at = now
        if moved < 0.05:
            break
    least = min(at[lines.of[i]] - items[i].across / 2 for i in range(len(items)))
    return [at[lines.of[i]] - least for i in range(len(items))], lines.of


def _separated(
    order: Sequence[int], lines: _Lines, wanted: dict[int, float], weight: dict[int, float]
) -> dict[int, float]:
    """The places nearest to those wanted that keep all distances: what would be too near moves together to
    the mean of what its parts want (Dwyer, Marriott and Stuckey 2005, without splitting)."""
    heap = dict(zip(order, order))  # the group of each, by its first
    offset = dict.fromkeys(order, 0.0)
    inside = {line: [line] for line in order}
    mass, moment = dict(weight), {line: weight[line] * wanted[line] for line in order}
    entering: dict[int, list[tuple[float, int, int]]] = {}
    """Of each group, what comes from others, as a heap: where it may begin at best (negative), a and b."""

    def place(line: int) -> float:
        group = heap[line]
        return moment[group] / mass[group] + offset[line]

    def least(a: int, b: int) -> float:
        """Where the group of b begins at least, so that b is below a."""
        return place(a) + lines.apart[a][b] - offset[b]

    def strictest(group: int) -> tuple[int, int] | None:
        """What moves a group away from another, most of all; other groups may have made room since."""
        waiting = entering[group]
        while waiting:
            negative, a, b = waiting[0]
            if heap[a] == group:
                heappop(waiting)
            elif (now := least(a, b)) < -negative - 1e-9:
                heapreplace(waiting, (-now, a, b))
            else:
                return (a, b) if now > moment[group] / mass[group] + 1e-7 else None
        return None

    for line in order:
        group = line
        entering[line] = [(-least(other, line), other, line) for other in sorted(lines.behind[line])]
        heapify(entering[line])
        while pair := strictest(group):
            a, b = pair
            other = heap[a]
            shift = offset[a] + lines.apart[a][b] - offset[b]  # of this group within the other
            small, large, by = (group, other, shift)
            if len(inside[small]) + len(entering[small]) > len(inside[large]) + len(entering[large]):
                small, large, by = large, small, -shift
            for k in inside[small]:
                heap[k] = large
                offset[k] += by
            inside[large] += inside.pop(small)
            moment[large] += moment[small] - mass[small] * by
            mass[large] += mass[small]
            for negative, a, b in entering.pop(small):
                if heap[a] != large:
                    heappush(entering[large], (negative + by, a, b))
            group = large
    found = {line: place(line) for line in order}
    for line in order:  # what is left of rounding, and of places that could have been parted again
        for other in lines.behind[line]:
            found[line] = max(found[line], found[other] + lines.apart[other][line])
    return found
