"""Which samples lie together, and how they are dealt out in batches."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ..examples import batches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["bounds", "deal"]


def bounds(count: int, shards: int) -> list[int]:
    """Where each of the shards begins, and where the last one ends: they differ by one sample at most.

    >>> bounds(10, 3)
    [0, 4, 7, 10]
    """
    few, more = divmod(count, shards)
    return [k * few + min(k, more) for k in range(shards + 1)]


def deal(
    rng: np.random.Generator, count: int, size: int, shards: int
) -> tuple[NDArray[np.int64], list[slice]]:
    """The order of an epoch's samples, each drawn once, and the batches of `size` in it.

    Of several shards each is shuffled by itself, and gives every batch an equal part of its samples: so no
    sample moves from where it lies.  All in one batch, no order matters, and that of the data stays.
    """
    import numpy as np

    if size >= count:
        return np.arange(count), [slice(0, count)]
    if shards == 1:
        return rng.permutation(count), list(batches(count, size))
    edges = bounds(count, shards)
    parts = [first + rng.permutation(end - first) for first, end in pairwise(edges)]
    split = zip(*(np.array_split(part, -(-count // size)) for part in parts))
    dealt = [np.concatenate(batch) for batch in split]
    ends = np.cumsum([len(batch) for batch in dealt]).tolist()
    return np.concatenate(dealt), [slice(*ends) for ends in zip([0, *ends], ends)]
