"""How things are timed here: contestants whose answers agree take turns, whose medians count.

A turn is one untimed step, which leaves the garbage and the caches as a training loop would, then as many
timed steps as fill a few milliseconds, then an untimed collection, so that nobody pays for another's
garbage.  Python's garbage collector is on.  Three clocks run: the CPU time of this thread, the CPU time of
the whole process, and wall time.  This thread's time counts, unless a contestant made other threads work;
then wall time does, and the table says so.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import Any, NamedTuple

__all__ = ["Answer", "Contest", "Contestant", "Entry", "contest", "disagreement", "laps"]

TOLERANCE = 1e-9
"""How far a peer's loss and gradients may be from ours, relative to the largest of them."""
OTHER_THREADS = 0.1
"""The share of a contestant's CPU time from which on threads of its own count as working."""


class Answer(NamedTuple):
    """What is compared before anything is timed; no gradient where only a forward pass runs."""

    loss: float
    gradient: Sequence[float] | None = None


class Contestant(NamedTuple):
    """`step` is what is timed; `read` turns what it returns into its answer, untimed."""

    step: Callable[[], Any]
    read: Callable[[Any], Answer]


@dataclass
class Entry:
    """What became of a contestant: "timed", or why not ("missing: ...", "failed: ...", "wrong: ...")."""

    name: str
    status: str = "timed"
    compared: str = ""
    turns: list[tuple[float, float, float]] = field(default_factory=list)
    """Seconds per step by this thread's clock, the process's and the wall's, one for each turn."""

    @property
    def timed(self) -> bool:
        return bool(self.turns)

    @property
    def threaded(self) -> bool:
        """Whether other threads than the one that is timed did part of the work."""
        thread, process, _ = (sum(column) for column in zip(*self.turns))
        return bool(process - thread > OTHER_THREADS * process)

    @property
    def clock(self) -> str:
        return "wall" if self.threaded else "CPU"

    def seconds(self, clock: str = "") -> float:
        """The median over the turns."""
        return median(self.column(clock or self.clock))

    def column(self, clock: str) -> list[float]:
        return [turn[2 if clock == "wall" else 0] for turn in self.turns]


@dataclass
class Contest:
    """The entries by name, in the order they were given."""

    entries: dict[str, Entry]

    def ratio(self, slower: str, faster: str) -> float | None:
        """How many times longer the first takes: the median over the turns, by wall time if one needs it."""
        a, b = self.entries[slower], self.entries[faster]
        if not (a.timed and b.timed):
            return None
        clock = "wall" if "wall" in (a.clock, b.clock) else "CPU"
        return median(x / y for x, y in zip(a.column(clock), b.column(clock), strict=True))


def contest(
    reference: Answer, builders: Mapping[str, Callable[[], Contestant]], turns: int, seconds: float = 0.004
) -> Contest:
    """Compare everyone's answer with `reference`, then let those who agree take turns.

    A builder that needs a package which is not there, or raises, or whose contestant answers otherwise, gets
    an entry that says so, and no time.  `seconds` is how long the timed part of a turn lasts at least.
    """
    entries = {name: Entry(name) for name in builders}
    running = []
    for name, build in builders.items():
        contestant = _admit(entries[name], build, reference)
        if contestant is not None:
            running.append((entries[name], contestant.step, _calls(contestant.step, seconds)))
    for _ in range(turns):
        for entry, step, calls in running:
            entry.turns.append(turn(step, calls))
    return Contest(entries)


def _admit(entry: Entry, build: Callable[[], Contestant], reference: Answer) -> Contestant | None:
    try:
        contestant = build()
        answer = contestant.read(contestant.step())
    except ImportError as error:
        entry.status = f"missing: {error.name or error} is not installed"
    except Exception as error:  # one peer's failure must not hide what the others measure
        entry.status = f"failed: {type(error).__name__}: {error}".splitlines()[0]
    else:
        entry.compared, wrong = disagreement(answer, reference)
        if not wrong:
            return contestant
        entry.status = f"wrong: {entry.compared}"
    return None


def disagreement(answer: Answer, reference: Answer) -> tuple[str, bool]:
    """The comparison in words, and whether the answer is wrong; nan is."""
    loss = abs(answer.loss - reference.loss) / max(1.0, abs(reference.loss))
    if answer.gradient is None or reference.gradient is None:
        return f"loss within {loss:.0e}", not loss <= TOLERANCE
    ours, theirs = list(map(float, reference.gradient)), list(map(float, answer.gradient))
    if len(ours) != len(theirs):
        return f"{len(theirs)} gradients, not {len(ours)}", True
    size = max([1.0, *map(abs, ours)])
    errors = [abs(a - b) / size for a, b in zip(ours, theirs)]
    agree = loss <= TOLERANCE and all(error <= TOLERANCE for error in errors)
    return f"loss within {loss:.0e}, {len(ours)} gradients within {max(errors, default=0.0):.0e}", not agree


def turn(step: Callable[[], Any], calls: int) -> tuple[float, float, float]:
    """Seconds per call by the clocks of this thread, the process and the wall."""
    step()
    wall, process, thread = time.perf_counter(), time.process_time(), time.thread_time()
    for _ in repeat(None, calls):
        step()
    thread, process, wall = (
        time.thread_time() - thread,
        time.process_time() - process,
        time.perf_counter() - wall,
    )
    gc.collect()
    return thread / calls, process / calls, wall / calls


def _calls(step: Callable[[], Any], seconds: float) -> int:
    """How many steps fill a turn."""
    calls = 1
    while turn(step, calls)[2] * calls < seconds:
        calls *= 2
    return calls


def laps(*stages: Callable[[], Any]) -> list[float]:
    """Run the stages once, in order; the CPU seconds of this thread for each."""
    took = []
    for stage in stages:
        before = time.thread_time()
        stage()
        took.append(time.thread_time() - before)
    return took
