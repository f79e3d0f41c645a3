"""A time limit for computations that cannot promise one themselves."""

from __future__ import annotations

import ctypes
import math
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar

__all__ = ["one_at_a_time", "within", "work_time"]

one_at_a_time = threading.RLock()
"""mpmath has one precision for the process, which two threads at a time would change under each other."""

work_time: Callable[[], float] = getattr(time, "thread_time", time.monotonic)
"""Seconds that this thread has worked, or that have passed where Python cannot tell."""

AGAIN = 0.2
"""Seconds after which a computation that caught its end is ended again."""

P = ParamSpec("P")
T = TypeVar("T")


class _TimeIsUp(BaseException):
    """Raised in the working thread, where no ``except Exception`` catches it."""


def within(seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of pure Python, in a thread that is ended after `seconds`; TimeoutError if it was.

    A child process would do as well, but starting one that knows sympy takes longer than most calls.  Where
    no thread can start, as in a browser, the clock is looked at whenever a function of Python begins.
    """
    outcome: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(function(*args, **kwargs))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True)
    try:
        thread.start()
    except RuntimeError:
        _here(seconds, partial(copy_context().run, work))
    else:
        _there(seconds, thread)
    if outcome:
        return outcome[0]
    if not errors or isinstance(errors[0], _TimeIsUp):
        raise TimeoutError(f"not finished within {seconds:g} seconds")
    raise errors[0]


def _there(seconds: float, thread: threading.Thread) -> None:
    """Wait for a thread, and end it in time."""
    try:
        thread.join(seconds)
    finally:  # Ctrl-C ends the work too
        for _ in range(50):  # up to ten seconds: an exception waits until a call into C returns
            if not thread.is_alive():
                break
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeIsUp)
            )
            thread.join(AGAIN)


def _here(seconds: float, work: Callable[[], None]) -> None:
    """Work in this thread, and end it in time."""
    ends = [time.monotonic() + seconds]

    def look(*_: object) -> None:
        now = time.monotonic()
        if now > ends[0]:
            ends[0] = now + AGAIN  # what is cleaned up on the way out may take that long
            raise _TimeIsUp

    watch, forget = _watched() if hasattr(sys, "monitoring") else _profiled()
    watch(look)
    try:
        with suppress(_TimeIsUp):
            work()
    finally:
        ends[0] = math.inf  # or it would end what comes now
        forget()


def _watched() -> tuple[Callable[[Callable[..., None]], None], Callable[[], None]]:
    """What calls something whenever a function begins, and what ends that."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009, since mypy knows the oldest Python's sys
    tool = next((n for n in range(6) if monitoring.get_tool(n) is None), None)
    if tool is None:  # all those that Python has room for watch already: without one there is no limit
        return (lambda look: None), (lambda: None)
    start = monitoring.events.PY_START

    def watch(look: Callable[..., None]) -> None:
        monitoring.use_tool_id(tool, "microgrid's time limit")
        monitoring.register_callback(tool, start, look)
        monitoring.set_events(tool, start)

    def forget() -> None:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, start, None)
        monitoring.free_tool_id(tool)

    return watch, forget


def _profiled() -> tuple[Callable[[Callable[..., None]], None], Callable[[], None]]:
    """The same where Python has no `sys.monitoring`: before 3.12."""
    before = sys.getprofile()
    return sys.setprofile, lambda: sys.setprofile(before)
