"""Python's `random` as one thread's own, from a seed on, though all threads of a process share it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

__all__ = ["ALONE", "seeded"]

ALONE = threading.RLock()
"""Held by the thread whose numbers `random` gives: workers that are threads fit one after the other."""

GENERATOR: random.Random = random._inst
"""What the functions of the module `random` are methods of."""
NAMES = [name for name, f in vars(random).items() if getattr(f, "__self__", None) is GENERATOR]

PAUSE = 0.001
"""Seconds in which another thread ends the draw that it has begun."""


@contextmanager
def seeded(seed: Any) -> Iterator[None]:
    """Python's `random` begins at the seed inside, and afterwards goes on from where it was.

    The numbers inside are those of a process without other threads.  Two fits of a study wait for each other,
    the whole of both: `fit` draws none of them, as shuffling and dropout have sources of their own, but a
    model draws its first weights from `random`, and one that is written by hand may draw in each of its
    calls.  A lock is not enough, because an engine's threads draw too and know of none
    (Dask measures what a task gave by `random.sample`): `random.sample` and the others give them numbers of a
    second generator meanwhile, which goes on from where the first one was.

    >>> with seeded(1):
    ...     first = random.random()
    >>> first == random.Random(1).random()
    True
    """
    with ALONE:
        before = GENERATOR.getstate()
        others = random.Random()
        others.setstate(before)
        with diverted(others):
            GENERATOR.seed(seed)
            try:
                yield
            finally:
                GENERATOR.setstate(others.getstate())


@contextmanager
def diverted(others: random.Random) -> Iterator[None]:
    """Inside, the functions of `random` are methods of `others` for all threads but this one."""
    functions = {name: getattr(random, name) for name in NAMES}
    own, inside = threading.get_ident(), True

    def divided(name: str, f: Callable[..., Any]) -> Callable[..., Any]:
        other = getattr(others, name)

        @wraps(f)
        def drawn(*args: Any, **options: Any) -> Any:  # may be imported by somebody, and outlive this block
            foreign = inside and threading.get_ident() != own
            return (other if foreign else f)(*args, **options)

        return drawn

    try:
        for name, f in functions.items():
            setattr(random, name, divided(name, f))
        if threading.active_count() > 1:
            time.sleep(PAUSE)
        yield
    finally:
        inside = False
        for name, f in functions.items():
            setattr(random, name, f)
