"""The batches of the page that trains, in Python: whoever wants the same steps elsewhere draws them here."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from microgrid.datasets import shuffle

__all__ = ["batches"]


def batches(count: int, size: int, seed: int) -> Iterator[list[int]]:
    """The samples of one step after the other, without end, as the page draws them.

    All of them in their order where a batch holds all; otherwise drawn without replacement, anew in each
    epoch, by Python's ``random.Random(seed)``, of which only `random()` is used: the Mersenne Twister
    MT19937, which the page has in JavaScript.

    >>> drawn = batches(5, 2, seed=1)
    >>> [next(drawn) for _ in range(3)]
    [[1, 4], [2, 3], [0]]
    """
    rng = Random(seed)
    while True:
        order = list(range(count))
        if size < count:
            shuffle(order, rng)
        for first in range(0, count, size):
            yield order[first : first + size]
