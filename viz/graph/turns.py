"""In which turn things come that use each other: each after all that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush

__all__ = ["Turns"]


class Turns:
    """What may be next, of things by number: that whose uses have all been taken and whose key is the least.

    >>> turns = Turns({1: 5, 2: 4, 3: 3}, [(2, 3)])
    >>> [turns.take() for _ in range(4)]
    [2, 3, 1, None]
    """

    def __init__(self, keys: Mapping[int, int], uses: Iterable[tuple[int, int]]) -> None:
        """`uses` are pairs of what is used and what uses it."""
        self._keys = keys
        self.users: dict[int, list[int]] = {i: [] for i in keys}
        self._waiting = dict.fromkeys(keys, 0)
        for used, user in uses:
            self.users[used].append(user)
            self._waiting[user] += 1
        self._ready = [(key, i) for i, key in keys.items() if not self._waiting[i]]
        heapify(self._ready)
        self.taken: set[int] = set()

    def take(self) -> int | None:
        """The next, None where there is none."""
        while self._ready:
            _, i = heappop(self._ready)
            if i not in self.taken:
                self.force(i)
                return i
        return None

    def force(self, i: int) -> None:
        """Take one whether or not it may be next."""
        self.taken.add(i)
        for user in self.users[i]:
            self._waiting[user] -= 1
            if not self._waiting[user]:
                heappush(self._ready, (self._keys[user], user))
