"""Python's collector of cycles, which rests while a picture is made: so many objects come, and none go."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["resting"]


@contextmanager
def resting() -> Iterator[None]:
    """Inside, Python looks for no unreachable cycles; afterwards it does if it did before.

    Each time the objects have become a quarter more it looks through all there are, those of every imported
    package included: a third of the time of a picture of 979 nodes, and it finds nothing.

    >>> with resting():
    ...     gc.isenabled()
    False
    """
    before = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if before:
            gc.enable()
