"""What of a network is the same several times in a row, and where a row of columns may end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .net import Link

__all__ = ["Repeat", "cuts", "repeats"]

LONGEST, TIMES, COLUMNS = 4, 3, 6
"""Columns that are repeated at most, and how often and over how many columns at least."""


@dataclass(frozen=True)
class Repeat:
    """The columns from `start` to before `stop` say the same, `period` by `period`."""

    start: int
    stop: int
    period: int

    def part(self, columns: Iterable[int]) -> list[int]:
        """Those of some columns that are here."""
        return [k for k in columns if self.start <= k < self.stop]


def repeats(words: Sequence[str], alone: Collection[int] = ()) -> list[Repeat]:
    """Where so many columns say the same that it is said once; not of the input and those that are `alone`.

    >>> repeats(["input", *["Linear 2→2, tanh", "sum, + skip"] * 5])
    [Repeat(start=1, stop=11, period=2)]
    """
    found: list[Repeat] = []
    k = 1
    while k < len(words):
        ways = (Repeat(k, _stop(words, k, period, alone), period) for period in range(1, LONGEST + 1))
        enough = [
            way
            for way in ways
            if way.stop - k >= max(COLUMNS, TIMES * way.period) and all(words[k : k + way.period])
        ]
        if enough:
            found.append(max(enough, key=lambda way: (way.stop, -way.period)))
            k = found[-1].stop
        else:
            k += 1
    return found


def _stop(words: Sequence[str], start: int, period: int, alone: Collection[int]) -> int:
    """Where the last whole period ends."""
    stop = start
    while stop < len(words) and stop not in alone and words[stop] == words[start + (stop - start) % period]:
        stop += 1
    return stop - (stop - start) % period


def cuts(count: int, links: Iterable[Link], said_once: Sequence[Repeat]) -> list[int]:
    """Columns with which one row may end and the next begin again: no link passes them, and they end what is
    said once, or stand outside it."""
    passed = {k for link in links for k in range(link.tail[0] + 1, link.head[0])}
    inside = {k for one in said_once for k in range(one.start, one.stop) if (k + 1 - one.start) % one.period}
    return [k for k in range(1, count - 1) if k not in passed and k not in inside]
