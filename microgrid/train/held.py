"""A time in which Ctrl-C waits, so that what is left behind is a state and no moment between two."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

__all__ = ["Held"]

MOST_HELD = 3
"""How many interrupts wait: whoever sends more wants to get out, whatever it costs."""


class Held:
    """A block in which Ctrl-C waits, but for the blocks ``with held.let():`` inside, where one may come.

    Once it has come, others wait: what cleans up after the first is left in peace.  Those that wait at the
    end count for nothing if one has been `heard`; otherwise the first is raised then.  Only the main thread
    gets any, and in others nothing happens.
    """

    def __init__(self) -> None:
        self.open = self.heard = False
        self.waiting = 0
        self.before: Any = None

    def __enter__(self) -> Held:
        # It is not open yet: an interrupt on the way to the block would leave the handler where it is.
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler) and threading.current_thread() is threading.main_thread():
            self.before = handler
            try:
                signal.signal(signal.SIGINT, self.come)
            except ValueError:  # a subinterpreter gets no signals
                self.before = None
        return self

    def come(self, number: int, frame: FrameType | None) -> None:
        """What Python calls at Ctrl-C."""
        if self.open:
            self.open, self.heard = False, True  # first of all, as others may follow at once
            self.before(number, frame)
            self.open, self.heard = True, False  # the user's own handler, which raised nothing
            return
        self.waiting += 1
        if self.waiting > MOST_HELD:
            signal.signal(signal.SIGINT, self.before)
            self.before(number, frame)

    def let(self) -> _Let:
        """A block in which one may come, and that it leaves: what waits is raised where it begins."""
        return _Let(self)

    def __exit__(self, *error: object) -> None:
        if self.before is not None and signal.getsignal(signal.SIGINT) == self.come:
            signal.signal(signal.SIGINT, self.before)
        if self.waiting and not self.heard:
            self.before(signal.SIGINT, None)


class _Let:
    def __init__(self, held: Held) -> None:
        self.held, self.outer = held, False

    def __enter__(self) -> None:
        held = self.held
        self.outer = held.open  # whether this block is inside another
        if held.before is not None:
            held.open = True
            if held.waiting:
                held.waiting = 0
                held.come(signal.SIGINT, None)

    def __exit__(self, *error: object) -> None:
        # an interrupt that comes before this line has closed it itself, and the block around it too
        self.held.open = self.outer and not self.held.heard
