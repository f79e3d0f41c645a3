"""The command: ``PYTHONPATH=.:tests python -m search --minutes 5``."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from search.fuzzing import Guided, with_atheris
from search.graphs import try_graph
from search.machine import Machine
from search.targets import TARGETS

SEARCHES = ("machine", "graphs", *TARGETS)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m search", description="Look for what breaks a promise.")
    asked.add_argument("--minutes", type=float, default=5, help="for all of them together (5)")
    asked.add_argument("--only", action="append", choices=SEARCHES, help="only this search; may be given again")
    asked.add_argument("--seed", type=int, default=None, help="where to begin (the time of day)")
    options = asked.parse_args()
    start = int(time.time()) if options.seed is None else options.seed
    chosen = options.only or SEARCHES
    found = [search(name, 60 * options.minutes / len(chosen), start) for name in chosen]
    return any(found)


def search(name: str, seconds: float, start: int) -> bool:
    """Whether anything was found."""
    began, until = time.monotonic(), time.monotonic() + seconds
    try:
        with tempfile.TemporaryDirectory() as folder:
            count = {"machine": machine, "graphs": graphs}.get(name, fuzz)(name, start, until, Path(folder))
    except Exception:
        traceback.print_exc()
        print(f"{name}: FOUND after {time.monotonic() - began:.0f} s, from seed {start} on", flush=True)
        return True
    print(f"{name}: nothing found; {count}, {time.monotonic() - began:.0f} s, from seed {start} on", flush=True)
    return False


def machine(name: str, start: int, until: float, folder: Path) -> str:
    number, each = 0, 20
    phases = (Phase.generate, Phase.shrink)
    options = settings(max_examples=each, stateful_step_count=50, deadline=None, database=None, phases=phases)
    while time.monotonic() < until:
        run_state_machine_as_test(seed(start + number)(Machine), settings=options)
        number += 1
    return f"{number * each} orders of up to 50 events"


def graphs(name: str, start: int, until: float, folder: Path) -> str:
    number = compared = 0
    while time.monotonic() < until:
        compared += try_graph(start + number)
        number += 1
    return f"{number} graphs, {compared} numbers"


def fuzz(name: str, start: int, until: float, folder: Path) -> str:
    if importlib.util.find_spec("atheris"):
        sound, said = with_atheris(name, max(until - time.monotonic(), 1), start, folder)
        if not sound:
            raise AssertionError(said)
        return f"atheris: {said}"
    target = TARGETS[name](folder)
    fuzzer = Guided(target, target.seeds, target.modules, target.words, start)
    fuzzer.run(until=until)
    return f"{fuzzer.tried} inputs, {len(fuzzer.kept)} of them kept, {len(fuzzer.seen)} ways through the code"


if __name__ == "__main__":
    sys.exit(main())
