"""In which column each box stands: after all that it reads, and leaves before their first user."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Path", "forwards", "ranks"]

Path = tuple[str, ...]
"""The scopes that a box stands in, the outermost first."""


def forwards(count: int, arrows: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each arrow goes forwards; those that close a cycle, as scopes may, do not.

    >>> forwards(2, [(0, 1), (1, 0)])
    [True, False]
    """
    place = {box: k for k, box in enumerate(_sorted(count, [(tail, head) for tail, head in arrows], True))}
    return [place[tail] < place[head] for tail, head in arrows]


def ranks(scopes: Sequence[Path], arrows: Sequence[tuple[int, int]]) -> tuple[list[int], list[bool]]:
    """The column of each box, by the scopes that hold it and the arrows, which are without cycles.

    And whether a box only brings leaves along, as a product of two does that is used once.

    A scope has its columns for itself, as far as it is not read and reading by turns: what it reads stands
    before all of it, and what reads it after.

    >>> ranks([(), (), ()], [(0, 1), (1, 2), (0, 2)])
    ([0, 1, 2], [True, False, False])
    """
    count = len(scopes)
    paths = sorted({scope[:depth] for scope in scopes for depth in range(1, len(scope) + 1)})
    start = {path: count + 2 * k for k, path in enumerate(paths)}
    everything = count + 2 * len(paths)
    inside = [(start[path[:-1]], start[path], 0) for path in paths if path[:-1]]
    inside += [(start[path] + 1, start[path[:-1]] + 1, 0) for path in paths if path[:-1]]
    for box, scope in enumerate(scopes):
        if scope:
            inside += [(start[scope], box, 0), (box, start[scope] + 1, 0)]

    def apart(tail: int, head: int) -> tuple[int, int, int]:
        """From the largest scope that holds the tail and not the head to the largest of the head alone."""
        a, b = scopes[tail], scopes[head]
        k = next((k for k, (s, t) in enumerate(zip(a, b)) if s != t), min(len(a), len(b)))
        return start[a[: k + 1]] + 1 if len(a) > k else tail, start[b[: k + 1]] if len(b) > k else head, 1

    between = [apart(tail, head) for tail, head in arrows]
    ordered = _sorted(everything, [(a, b) for a, b, _ in inside + between])
    if len(ordered) < everything:  # scopes that read each other by turns share columns
        free = set(ordered)
        between = [
            rule if rule[0] in free or rule[1] in free else (tail, head, 1)
            for rule, (tail, head) in zip(between, arrows, strict=True)
        ]
        ordered = _sorted(everything, [(a, b) for a, b, _ in inside + between])
    if len(ordered) < everything:
        between = [(tail, head, 1) for tail, head in arrows]
        ordered = _sorted(everything, [(a, b) for a, b, _ in inside + between])
    after: list[list[tuple[int, int]]] = [[] for _ in range(everything)]
    for a, b, length in inside + between:
        after[a].append((b, length))
    rank = [0] * everything
    for a in ordered:
        for b, length in after[a]:
            rank[b] = max(rank[b], rank[a] + length)
    light = _light(count, arrows)
    for a in reversed(ordered):
        is_start = a >= count and (a - count) % 2 == 0
        if after[a] and (is_start or (a < count and light[a])):
            rank[a] = max(rank[a], min(rank[b] - length for b, length in after[a]))
    columns = {rank: k for k, rank in enumerate(sorted(set(rank[:count])))}
    return [columns[rank] for rank in rank[:count]], light


def _light(count: int, arrows: Sequence[tuple[int, int]]) -> list[bool]:
    """Leaves, and what is made of leaves that nothing else uses."""
    users, tails = [0] * count, [list[int]() for _ in range(count)]
    for tail, head in arrows:
        users[tail] += 1
        tails[head].append(tail)
    light = [False] * count
    for box in _sorted(count, arrows):
        light[box] = all(light[tail] and users[tail] == 1 for tail in tails[box]) and users[box] > 0
    return light


def _sorted(count: int, arrows: Sequence[tuple[int, int]], all_of_them: bool = False) -> list[int]:
    """Each after those with arrows to it; what is on a cycle or behind one is left out, or begins anew."""
    waiting, heads = [0] * count, [list[int]() for _ in range(count)]
    for tail, head in arrows:
        waiting[head] += 1
        heads[tail].append(head)
    ready = [box for box in range(count) if not waiting[box]]
    done = [not n for n in waiting]
    following, k = 0, 0
    while True:
        while k < len(ready):
            for head in heads[ready[k]]:
                waiting[head] -= 1
                if not waiting[head] and not done[head]:
                    done[head] = True
                    ready.append(head)
            k += 1
        if not all_of_them or len(ready) == count:
            return ready
        while done[following]:
            following += 1
        done[following] = True
        ready.append(following)
