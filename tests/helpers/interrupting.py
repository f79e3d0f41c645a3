"""Ctrl-C after any line: a tracer that raises SIGINT at the k-th line of microgrid's own that is run, and again.

A trace function that raises is taken away by Python, so a profile function, which stays, puts it back for the
interrupts that follow.  Left out is the line of a `with` that is reached a second time, to leave its block: there
Python looks for no signal, so that locks are given back.  Left out, too, where that is asked for, is what follows on
a line without a call and without a loop's end, as Python looks for signals nowhere else.
"""

from __future__ import annotations

import dis
import linecache
import random
import signal
import sys
import threading
import time
from functools import cache
from pathlib import Path

import microgrid

PACKAGE = str(Path(microgrid.__file__).parent)


class Tracer:
    """Raises SIGINT at line `first` (counted from 1) of microgrid's in `only` (file names, none: all), then at each of
    the next `more`."""

    def __init__(self, first: int, more: int = 0, only: tuple[str, ...] = (), real: bool = False) -> None:
        self.wanted = range(first, first + 1 + more)
        self.only, self.lines, self.sent = only, 0, []
        self.entered: set[tuple[int, int]] = set()
        self.real, self.quiet = real, dict[int, bool]()

    def ours(self, frame) -> bool:
        name = frame.f_code.co_filename
        return name.startswith(PACKAGE) and (not self.only or name.endswith(self.only))

    def trace(self, frame, event, arg):
        if not self.ours(frame):
            return self.trace if event == "call" else None
        if event == "exception":
            self.quiet[id(frame)] = True
        if event == "call":
            self.quiet[id(frame)] = False
        if event == "line":
            after_quiet = self.quiet.get(id(frame), False)
            self.quiet[id(frame)] = not looks(frame.f_code, frame.f_lineno)
            if self.real and after_quiet:
                return self.trace
            place = id(frame), frame.f_lineno
            text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
            if text.startswith("with ") and place in self.entered:
                return self.trace
            self.entered.add(place)
            self.lines += 1
            if self.lines in self.wanted:
                self.sent.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
                signal.raise_signal(signal.SIGINT)
        return self.trace

    def again(self, frame, event, arg):
        if self.lines < self.wanted.stop and sys.gettrace() is None:
            while frame is not None:
                if self.ours(frame):
                    frame.f_trace = self.trace
                frame = frame.f_back
            sys.settrace(self.trace)

    def __call__(self, run) -> bool:
        """Run it; whether KeyboardInterrupt came out."""
        try:
            sys.setprofile(self.again)
            sys.settrace(self.trace)
            run()
        except KeyboardInterrupt:
            return True
        finally:
            sys.setprofile(None)
            sys.settrace(None)
        return False


@cache
def looks(code, line: int) -> bool:
    """Whether Python looks for signals while it runs the line."""
    return any(
        "CALL" in step.opname or "BACKWARD" in step.opname
        for step in dis.get_instructions(code)
        if step.positions is not None and step.positions.lineno == line
    )


def at_each_line(
    run, check, more: int = 0, only: tuple[str, ...] = (), stride: int = 1, first: int = 1, real: bool = False
) -> int:
    """Run again and again, interrupted one line later each time; `check(interrupted)` after each.  How often.

    It ends with the first run that no interrupt reached.
    """
    before, count = signal.signal(signal.SIGINT, signal.default_int_handler), 0
    try:
        while True:
            tracer = Tracer(first, more, only, real)
            interrupted = tracer(run)
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, tracer.sent
            if not tracer.sent:
                assert not interrupted
                return count
            try:
                check(interrupted)
            except Exception as error:
                raise AssertionError(f"after SIGINT at {' '.join(tracer.sent)}: {error}") from error
            count += 1
            first += stride
    finally:
        signal.signal(signal.SIGINT, before)


def at_random(run, check, trials: int, pause: float = 2e-3) -> int:
    """Run again and again while bursts of one to three SIGINTs come at random; `check()` after each.  How many came."""
    dice, main, stop, came, left = random.Random(7), threading.main_thread().ident, threading.Event(), 0, 0

    def send():
        while not stop.is_set():
            time.sleep(dice.uniform(0, pause))
            for _ in range(3):
                signal.pthread_kill(main, signal.SIGINT)
                time.sleep(dice.choice([0, 1e-5, 1e-4]))

    def interrupt(number, frame):
        nonlocal came, left
        if left:
            came, left = came + 1, left - 1
            raise KeyboardInterrupt

    def exhaust(depth, most):
        """As deep as there are interrupts: one may come while another is handled, and none before the innermost."""
        nonlocal left
        try:
            if depth:
                exhaust(depth - 1, most)
            else:
                left = most
            while left:
                run()
        except KeyboardInterrupt:
            pass

    before = signal.signal(signal.SIGINT, interrupt)
    thread = threading.Thread(target=send)
    thread.start()
    try:
        for k in range(trials):
            exhaust(4, 1 + k % 3)
            check()
    finally:
        left = 0
        stop.set()
        thread.join()
        signal.signal(signal.SIGINT, before)
    return came
