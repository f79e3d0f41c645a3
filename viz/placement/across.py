"""How high each item of a column stands: none on another, near what it is joined to, chains on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace
from itertools import pairwise

from .clock import look_at_the_clock
from .order import Item, together
from .ranks import Path

__all__ = ["Room", "heights"]

ROUNDS, LEAST_ROUNDS, WORK = 24, 4, 24_000
"""Of moving towards what each is joined to; most pictures rest after five.  Very large ones have as many as
move so many items in all."""
RESTING, NEARLY, NOTHING = 0.05, 0.5, 1e-7
"""Points that items move at most at rest, when two rounds more would hardly move them, and by rounding."""
MOST_LOOKED_AT = 400
"""What may be looked at to find out whether two items can be on one line."""
MANY, SPREAD = 4, 0.7
"""Scopes one above the other that are spread over so much of the height at least."""
LIGHT = 0.02
"""How much a leaf pulls at what reads it."""

Rules = list[tuple[int, float]]
"""What a line is below, and how far at least."""


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

    def spread(self, at: Sequence[float]) -> bool:
        """Put the many scopes of a scope further apart where they take little of the height, as neurons of
        few inputs beside a layer of larger ones; whether there were any."""
        tops = set(self.frames.values())
        inner: dict[Path, list[int]] = {}
        for path, frame in self.frames.items():
            inner.setdefault(path[:-1], []).append(frame)
        whole = max(at) - min(at)
        found = False
        for outer, frames in inner.items():
            if not outer or len(frames) < MANY:
                continue
            first = self.frames[outer]
            missing = SPREAD * whole - (at[first + 1] - at[first])
            if missing > 0:
                found = True
                for frame in frames:
                    for other in self.apart[frame + 1].keys() & tops:
                        self.apart[frame + 1][other] += missing / (len(frames) - 1)
        return found

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
    at = [0.0] * lines.count
    for column in columns:  # a start: every column around the middle
        top = -sum(items[i].across + room.boxes for i in column) / 2
        for i in column:
            at[lines.of[i]] = top + (items[i].across + room.boxes) / 2
            top += items[i].across + room.boxes
    at = _settled(lines, at)
    if lines.spread(at):
        at = _settled(lines, at)
    least = min(at[lines.of[i]] - items[i].across / 2 for i in range(len(items)))
    return [at[lines.of[i]] - least for i in range(len(items))], lines.of


def _settled(lines: _Lines, at: list[float]) -> list[float]:
    """Where all lines come to rest from where they are: each near what it is joined to, at its distances."""
    items, members, order = lines.items, lines.members, lines.sorted()
    weight = [0.001] * lines.count
    pulls: dict[int, list[tuple[int, float]]] = {}
    for line, inner in members.items():
        weight[line] = sum(LIGHT if items[i].light else 1.0 for i in inner)
        pulls[line] = [
            (lines.of[j], LIGHT if items[j].light and not items[i].light else 1.0)
            for i in inner
            for j in items[i].before + items[i].after
            if lines.of[j] != line
        ]
    rules: list[Rules] = [[] for _ in range(lines.count)]
    for line in order:
        rules[line] = [(other, lines.apart[other][line]) for other in sorted(lines.behind[line])]
    tops = set(lines.frames.values())
    held = [
        (line, [(b, gap) for b, gap in lines.apart[line].items() if b != line + 1])
        for line in reversed(order)
        if line in tops
    ]
    holding = [
        (line, [(a, gap) for a, gap in rules[line] if a != line - 1]) for line in order if line - 1 in tops
    ]
    by_column = sorted(members, key=lambda line: min(items[i].column for i in members[line]))
    pulled = [(line, pulls[line], sum(w for _, w in pulls[line])) for line in by_column if pulls[line]]
    before = at
    for round in range(min(ROUNDS, max(LEAST_ROUNDS, WORK // len(items)))):
        look_at_the_clock()
        wanted = list(at)
        for line, near, pull in pulled if round % 2 == 0 else reversed(pulled):
            wanted[line] = sum([wanted[other] * w for other, w in near]) / pull
        for line, inside in held:  # frames lie close around what they hold
            wanted[line] = min([wanted[b] - gap for b, gap in inside], default=at[line])
        for line, inside in holding:
            wanted[line] = max([wanted[a] + gap for a, gap in inside], default=at[line])
        now = _separated(order, rules, wanted, weight)
        # sweeps to the right rest elsewhere than those to the left: each is compared with the last like it
        rests = _moved(order, now, at) < RESTING
        rests = rests or (round % 2 == 1 and _moved(order, now, before) < NEARLY)
        before, at = at, now
        if rests:
            break
    return at


def _moved(order: Sequence[int], now: Sequence[float], before: Sequence[float]) -> float:
    """How far items have moved past each other, at most: all of them together may drift."""
    ways = [now[line] - before[line] for line in order]
    return max(ways) - min(ways)


def _separated(
    order: Sequence[int], rules: Sequence[Rules], wanted: Sequence[float], weight: Sequence[float]
) -> list[float]:
    """The places nearest to those wanted that keep all distances: what would be too near moves together to
    the mean of what its parts want (Dwyer, Marriott and Stuckey 2005, without splitting).

    Plain lists and no functions within, since this is most of what a placement takes.
    """
    group_of = list(range(len(rules)))  # by its first
    offset, middle = [0.0] * len(rules), list(wanted)
    mass, moment = list(weight), [w * x for w, x in zip(weight, wanted, strict=True)]
    inside = [[line] for line in range(len(rules))]
    entering: list[list[tuple[float, int, int, float]]] = [[] for _ in rules]
    """Of each group, what comes from others, as a heap: where it may begin at best (negative), a and b, and
    how far they are apart; nothing yet of a line that nothing has moved."""

    for line in order:
        enough = middle[line] + NOTHING
        for a, gap in rules[line]:
            if middle[group_of[a]] + offset[a] + gap > enough:
                break
        else:
            continue
        group = line
        waiting = [(-(middle[group_of[a]] + offset[a] + gap), a, line, gap) for a, gap in rules[line]]
        heapify(waiting)
        entering[line] = waiting
        while waiting:
            # what moves the group away from another, most of all; other groups may have made room since
            negative, a, b, gap = waiting[0]
            other = group_of[a]
            if other == group:
                heappop(waiting)
                continue
            now = middle[other] + offset[a] + gap - offset[b]  # where the group begins at least
            if now < -negative - 1e-9:
                heapreplace(waiting, (-now, a, b, gap))
                continue
            if now <= middle[group] + NOTHING:
                break
            small, large, by = group, other, offset[a] + gap - offset[b]  # of this group within the other
            if len(inside[other]) == 1 and not entering[other]:
                theirs = [(-(middle[group_of[c]] + offset[c] + g), c, other, g) for c, g in rules[other]]
                heapify(theirs)
                entering[other] = theirs
            if len(inside[small]) + len(entering[small]) > len(inside[large]) + len(entering[large]):
                small, large, by = large, small, -by
            for k in inside[small]:
                group_of[k] = large
                offset[k] += by
            inside[large] += inside[small]
            moment[large] += moment[small] - mass[small] * by
            mass[large] += mass[small]
            middle[large] = moment[large] / mass[large]
            others, entering[small] = entering[small], []
            waiting = entering[large]
            for negative, a, b, gap in others:
                if group_of[a] != large:
                    heappush(waiting, (negative + by, a, b, gap))
            group = large
    found = [middle[group] + by for group, by in zip(group_of, offset, strict=True)]
    for line in order:  # what is left of rounding, and of places that could have been parted again
        least = found[line]
        for a, gap in rules[line]:
            if found[a] + gap > least:
                least = found[a] + gap
        found[line] = least
    return found
