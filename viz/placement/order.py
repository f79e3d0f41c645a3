"""In which order boxes and lanes stand in a column: few crossings, scopes together, units as computed."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from .clock import look_at_the_clock
from .ranks import Path

__all__ = ["Item", "arrange", "together"]

SWEEPS, LEAST_SWEEPS, WORK = 8, 3, 24_000
"""Of sorting the columns; very large pictures have as many as sort so many items in all."""
MOST_EXCHANGED = 4000
"""Items up to which neighbours change places where that saves crossings."""


@dataclass
class Item:
    """What takes up room in a column: a box, or the lane of an arrow that passes the column (`box` is -1).

    `unit` is the place in a sequence whose order never changes, `sequence` which one; "" for none.
    """

    column: int
    scope: Path
    across: float
    box: int = -1
    light: bool = False
    sequence: str = ""
    unit: tuple[int, ...] = ()
    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    """Where its arrows come from and lead to, in the columns beside it."""


def arrange(items: Sequence[Item], gap: float) -> list[list[int]]:
    """The items of each column, from top to bottom."""
    columns: list[list[int]] = [[] for _ in range(1 + max(item.column for item in items))]
    for i, item in enumerate(items):
        columns[item.column].append(i)
    ranked = _scope_order(items)
    middle = [0.0] * len(items)

    def stack(column: list[int]) -> None:
        top = -sum(items[i].across + gap for i in column) / 2
        for i in column:
            middle[i] = top + (items[i].across + gap) / 2
            top += items[i].across + gap

    def sort(
        column: list[int], near: Callable[[Item], list[int]], other: Callable[[Item], list[int]]
    ) -> list[int]:
        keys = {}
        for i in column:
            joined = near(items[i]) or other(items[i])
            keys[i] = sum([middle[j] for j in joined]) / len(joined) if joined else middle[i]
        return _grouped(column, items, keys, ranked)

    for k, column in enumerate(columns):
        columns[k] = _grouped(column, items, {i: float(i) for i in column}, ranked)
        stack(columns[k])
    best, fewest = [list(column) for column in columns], crossings(columns, items)
    earlier: list[list[list[int]]] = []
    """Where everything stood after each sweep."""
    for sweep in range(min(SWEEPS, max(LEAST_SWEEPS, WORK // len(items)))):
        look_at_the_clock()
        forward = sweep % 2 == 0
        numbers = range(len(columns)) if forward else reversed(range(len(columns)))
        for k in numbers:
            near, other = (_before, _after) if forward else (_after, _before)
            columns[k] = sort(columns[k], near, other)
            stack(columns[k])
        if len(items) <= MOST_EXCHANGED:
            _exchange(columns, items)
            for column in columns:
                stack(column)
        count = crossings(columns, items)
        if count < fewest:
            best, fewest = [list(column) for column in columns], count
        earlier.append([list(column) for column in columns])
        if not fewest or (sweep > 1 and earlier[-1] == earlier[-3]):  # what would follow has been seen
            break
    return best


def _before(item: Item) -> list[int]:
    return item.before


def _after(item: Item) -> list[int]:
    return item.after


def _scope_order(items: Sequence[Item]) -> dict[Path, tuple[int, ...]]:
    """Scopes as they were computed, by the first unit in each."""
    first: dict[Path, tuple[int, ...]] = {}
    for i, item in enumerate(items):
        for depth in range(1, len(item.scope) + 1):
            if item.box >= 0:
                first.setdefault(item.scope[:depth], (i,))
    return first


def together(items: Sequence[Item], a: int, b: int) -> int:
    """How many scopes two items share."""
    shared = 0
    for s, t in zip(items[a].scope, items[b].scope):
        if s != t:
            break
        shared += 1
    return shared


def _grouped(
    column: list[int],
    items: Sequence[Item],
    keys: dict[int, float],
    ranked: dict[Path, tuple[int, ...]],
    depth: int = 0,
) -> list[int]:
    """Sorted by their keys; what is in one scope stands together, and sequences keep their order."""
    groups: dict[object, list[int]] = {}
    for i in column:
        scope = items[i].scope
        groups.setdefault(scope[: depth + 1] if len(scope) > depth else i, []).append(i)
    if len(groups) == 1 and isinstance(next(iter(groups)), tuple):
        return _grouped(column, items, keys, ranked, depth + 1)
    entries = []
    for name, members in groups.items():
        if isinstance(name, tuple):
            key = sum([keys[i] for i in members]) / len(members)
            inner = _grouped(members, items, keys, ranked, depth + 1)
            entries.append((key, "scope", ranked.get(name, (members[0],)), inner))
        else:
            item = items[members[0]]
            entries.append((keys[members[0]], item.sequence, item.unit or (members[0],), members))
    for sequence in sorted({entry[1] for entry in entries} - {""}):
        places = [k for k, entry in enumerate(entries) if entry[1] == sequence]
        wanted = sorted((entries[k] for k in places), key=lambda entry: entry[2])
        for k, entry, key in zip(places, wanted, _rising([entry[0] for entry in wanted]), strict=True):
            entries[k] = (key, *entry[1:])
    entries.sort(key=itemgetter(0, 1, 2))
    return [i for entry in entries for i in entry[3]]


def _rising(keys: list[float]) -> list[float]:
    """The nearest keys that never fall (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for key in keys:
        pools.append((key, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    return [key for key, count in pools for _ in range(count)]


# ---------------------------------------------------------------- crossings


def crossings(columns: Sequence[Sequence[int]], items: Sequence[Item]) -> int:
    """How many pairs of arrows cross between neighbouring columns."""
    place = {i: k for column in columns for k, i in enumerate(column)}
    count = 0
    for column in columns:
        seen: list[int] = []
        for i in column:
            ends = sorted(place[j] for j in items[i].after)
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _exchange(columns: list[list[int]], items: Sequence[Item]) -> None:
    """Neighbours change places as long as that saves crossings."""
    place = {i: k for column in columns for k, i in enumerate(column)}

    def between(a: int, b: int) -> int:
        """Crossings of the arrows of a with those of b where a stands above b."""
        count = 0
        for side in (_before, _after):
            ends = sorted(place[j] for j in side(items[b]))
            count += sum(bisect_left(ends, place[j]) for j in side(items[a]))
        return count

    for _ in range(4):
        changed = False
        look_at_the_clock()
        for column in columns:
            for k in range(len(column) - 1):
                a, b = column[k], column[k + 1]
                one, two = items[a], items[b]
                if one.scope != two.scope or (one.sequence and one.sequence == two.sequence):
                    continue
                if between(b, a) < between(a, b):
                    column[k], column[k + 1] = b, a
                    place[a], place[b] = k + 1, k
                    changed = True
        if not changed:
            break
