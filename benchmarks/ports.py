"""1,000 steps of the scalar GPT beside rust-microgpt, the fastest port of its autograd that we know.

RUST_MICROGPT names a checkout of https://github.com/mplekh/rust-microgpt, which `cargo build --release` has
built.  It has no licence, so none of it is here; it needs no crates.  It is a program that reads names and
trains 1,000 steps, each with the gradient of one name and Adam: so it is timed as a whole, with the 20 names
that it samples in the end, some 2 % of it.  We train on the same names, recording and compiling included.
118 µs a step are claimed for it, on an Apple M5.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from .goals import CHECKOUT
from .gpt_step import POSITIONS, ReplayTraining, sequences
from .report import Result
from .timing import Contest, Entry

__all__ = ["run"]

OURS, RUST = "microgrid: record, compile, replay with Adam", "rust-microgpt, its whole program"
VARIABLE, STEPS = CHECKOUT, 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def run(quick: bool) -> Result:
    """Each as often as the other, in turns, by CPU time, that of a child process for the port."""
    entries = {OURS: Entry(OURS, compared=f"trained {STEPS:,} steps"), RUST: Entry(RUST)}
    data = sequences(STEPS, [POSITIONS])
    program = built()
    if program is None:
        entries[RUST].status = f"missing: {VARIABLE} names no checkout that cargo has built"
    for _ in range(1 if quick else 5):
        entries[OURS].turns.append(trained(data))
        if program is not None:
            turn, entries[RUST].compared = by_rust(program, data)
            entries[RUST].turns.append(turn)
    result, standings = Result(), Contest(entries)
    title = f"Scalar GPT: {STEPS:,} steps of {POSITIONS} tokens, from nothing"
    result.add("ports", title, standings, OURS, "ms")
    result.notes.append("a step is the whole training")
    result.measure("ports.rust", standings.ratio(RUST, OURS))
    return result


def trained(data: list[list[int]]) -> tuple[float, float, float]:
    wall, cpu = perf_counter(), process_time()
    training = ReplayTraining()
    for sequence in data:
        training.step(sequence)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    return cpu, cpu, wall


def built() -> Path | None:
    """The port's program, if there is one; it reads its names from the folder it is started in."""
    checkout = os.environ.get(VARIABLE)
    if not checkout or sys.platform == "win32":
        return None
    program = Path(checkout, "target", "release", "rust-microgpt").resolve()
    return program if program.is_file() else None


def by_rust(program: Path, data: list[list[int]]) -> tuple[tuple[float, float, float], str]:
    """Seconds, and what its loss came to; a name of n letters is n + 1 positions, begin and end being one."""
    import resource

    names = [LETTERS[k % 26] + "".join(LETTERS[t % 26] for t in data[k][2:-1]) for k in range(len(data))]
    with TemporaryDirectory() as folder:
        Path(folder, "input.txt").write_text("\n".join(names) + "\n")
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        ended = subprocess.run([program], cwd=folder, capture_output=True, text=True, check=True)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter() - wall
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    steps = re.findall(r"step +(\d+) \| loss ([\d.]+)", ended.stdout)
    if len(steps) != STEPS:
        raise RuntimeError(f"the port printed {len(steps)} steps, not {STEPS}: another version of it?")
    return (cpu, cpu, wall), f"its own weights; loss {steps[0][1]} to {steps[-1][1]}"
