"""Files that a disk or a line spoilt: a bit turned round, or the end missing."""

from __future__ import annotations

import random
from collections.abc import Iterator


def damaged(whole: bytes, times: int, seed: int) -> Iterator[bytes]:
    """`times` spoilt copies: one to three bits flipped, or cut off, each in a place of its own choice.

    Cut off are every length near the end, where the least is missing, and others by chance.
    """
    chance = random.Random(seed)
    for k in range(times):
        spoilt = bytearray(whole)
        if k % 10 == 9:
            length = len(whole) - 1 - k // 10 if k < len(whole) else chance.randrange(len(whole))
            yield bytes(spoilt[:length])
            continue
        for place in chance.sample(range(8 * len(whole)), 1 if k % 10 else chance.choice((1, 2, 3))):
            spoilt[place // 8] ^= 1 << place % 8
        yield bytes(spoilt)
