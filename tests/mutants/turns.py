"""Several processes judge bugs, each in a copy of its own, and say line by line what they found."""

from __future__ import annotations

import argparse
import json
import os
import select
import tempfile
import time
import traceback
from pathlib import Path

from helpers import ROOT
from mutants.mutant import Mutant, read
from mutants.rooms import ROOMS
from mutants.running import Copy, Outcome, Suite, judge, load
from mutants.table import described

__all__ = ["run"]


def run(chosen: list[Mutant], options: argparse.Namespace) -> list[Outcome]:
    """What is in the file of results is taken from there."""
    stored = json.loads(options.results.read_text("utf-8")) if options.results and options.results.exists() else {}
    found, suite = stored.get("found", {}), Suite(ROOT, stored.get("times", {}))
    outcomes = [Outcome(mutant, *found[_key(mutant)]) for mutant in chosen if _key(mutant) in found]
    waiting = [mutant for mutant in chosen if _key(mutant) not in found]
    until = time.monotonic() + 60 * options.minutes

    def heard(mutant: Mutant, rest: list[object], times: dict[str, float]) -> None:
        outcomes.append(Outcome(mutant, *rest))  # type: ignore[arg-type]
        found[_key(mutant)] = rest
        suite.times.update(times)
        how = f"noticed by {rest[0]}" if rest[0] else "NOT NOTICED"
        print(f"{described(mutant)}\n    {how} ({rest[1]} s, {rest[2]} files)\n", flush=True)
        if options.results:
            text = json.dumps({"times": suite.times, "found": found}, indent=1, ensure_ascii=False)
            options.results.write_text(text, encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for compiled in (False, True):
            mutants = [mutant for mutant in waiting if ROOMS[mutant.room].drawn != compiled]
            jobs = min(options.jobs, len(mutants))
            pipes: dict[int, tuple[int, bytes]] = {}
            for job in range(jobs):
                readable, writable = os.pipe()
                child = os.fork()
                if child == 0:
                    name = f"{'compiled' if compiled else 'pure'}{job}"
                    _worker(
                        mutants, range(job, len(mutants), jobs), Path(folder, name), suite, options, until, writable
                    )
                os.close(writable)
                pipes[readable] = child, b""
            while pipes:
                for readable in select.select(list(pipes), [], [])[0]:
                    child, before = pipes[readable]
                    more = os.read(readable, 2**20)
                    *lines, rest = (before + more).split(b"\n")
                    pipes[readable] = child, rest
                    for line in lines:
                        place, *told, times = json.loads(line)
                        heard(mutants[place], told, times)
                    if not more:
                        os.close(readable)
                        os.waitpid(child, 0)
                        del pipes[readable]
    return outcomes


def _key(mutant: Mutant) -> str:
    """By which a bug is known where its file changes elsewhere."""
    return f"{mutant.path}\n{mutant.diff(read(ROOT, mutant.path))}"


def _worker(
    mutants: list[Mutant],
    mine: range,
    folder: Path,
    suite: Suite,
    options: argparse.Namespace,
    until: float,
    writable: int,
) -> None:
    """Judge these, and end.  A bug is noticed by a test that passes without it."""
    try:
        load()
        compiled, sound = folder.name.startswith("compiled"), dict[str, bool]()
        clean = Copy(ROOT, folder.with_name(f"{folder.name}-clean"), compiled=compiled)
        copy = Copy(ROOT, folder, compiled=compiled)
        if compiled:
            if not clean.build():
                raise RuntimeError("the kernel cannot be built here")
            copy.take(clean)
        for place in mine:
            if time.monotonic() > until:
                break
            outcome = judge(
                copy, clean, suite, mutants[place], options.limit, options.each, not options.first, until, sound
            )
            told = [place, outcome.by, round(outcome.seconds, 1), outcome.asked, outcome.everything, suite.times]
            os.write(writable, json.dumps(told).encode() + b"\n")
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
