"""How long a placement may take: what works on one looks at the clock now and then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["at_most", "look_at_the_clock"]

_end: ContextVar[float] = ContextVar("end of the time", default=float("inf"))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is done within may take so long; after that `look_at_the_clock` raises TimeoutError.

    >>> with at_most(60.0):
    ...     look_at_the_clock()
    """
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def look_at_the_clock() -> None:
    """TimeoutError where the time is over."""
    if time.monotonic() > _end.get():
        raise TimeoutError
