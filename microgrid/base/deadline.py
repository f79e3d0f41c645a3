"""A time limit for computations that cannot promise one themselves."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import ParamSpec, TypeVar

__all__ = ["one_at_a_time", "within"]

one_at_a_time = threading.RLock()
"""mpmath has one precision for the process, which two threads at a time would change under each other."""

P = ParamSpec("P")
T = TypeVar("T")


class _TimeIsUp(BaseException):
    """Raised in the working thread, where no ``except Exception`` catches it."""


def within(seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of pure Python, in a thread that is ended after `seconds`; TimeoutError if it was.

    A child process would do as well, but starting one that knows sympy takes longer than most calls.
    """
    outcome: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(function(*args, **kwargs))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:  # Ctrl-C ends the work too
        for _ in range(50):  # up to ten seconds: an exception waits until a call into C returns
            if not thread.is_alive():
                break
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeIsUp)
            )
            thread.join(0.2)
    if outcome:
        return outcome[0]
    if not errors or isinstance(errors[0], _TimeIsUp):
        raise TimeoutError(f"not finished within {seconds:g} seconds")
    raise errors[0]
