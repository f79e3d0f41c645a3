"""The command: ``PYTHONPATH=.:tests python -m mutants``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from helpers import ROOT
from mutants.drawn import draw
from mutants.equivalent import argument
from mutants.mutant import Mutant, read
from mutants.rooms import ROOMS
from mutants.table import described, table
from mutants.turns import run
from mutants.written import written


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m mutants", description="How many small bugs do the tests notice?")
    asked.add_argument("--list", action="store_true", help="show the bugs, and run nothing")
    asked.add_argument("--room", action="append", choices=list(ROOMS), help="only this room; may be given again")
    asked.add_argument("--only", choices=["drawn", "written"], help="only those")
    asked.add_argument("--match", metavar="TEXT", help="only those whose place or difference has this in it")
    asked.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    asked.add_argument("--minutes", type=float, default=90, help="for all (90)")
    asked.add_argument("--limit", type=float, default=300, help="seconds for one file of tests (300)")
    asked.add_argument("--each", type=float, default=900, help="seconds for one bug, between files of tests (900)")
    asked.add_argument("--first", action="store_true", help="only the room's own tests, not all others after them")
    asked.add_argument("--results", type=Path, help="a JSON file: what it has is not run again, what is found is added")
    options = asked.parse_args()
    chosen = choose(options)
    if options.list:
        for mutant in chosen:
            print(described(mutant), argument(mutant, read(ROOT, mutant.path)), sep="\n")
        print(len(chosen), "bugs:", ", ".join(f"{n} {name}" for name, n in Counter(m.operator for m in chosen).items()))
        return 0
    argued = {mutant: why for mutant in chosen if (why := argument(mutant, read(ROOT, mutant.path)))}
    outcomes = run([m for m in chosen if m not in argued], options)
    print(table(chosen, argued, outcomes))
    return any(not outcome.by for outcome in outcomes)


def choose(options: argparse.Namespace) -> list[Mutant]:
    both = (written(ROOT) if options.only != "drawn" else []) + (draw(ROOT) if options.only != "written" else [])
    rooms = options.room or list(ROOMS)
    chosen = [mutant for mutant in dict.fromkeys(both) if mutant.room in rooms]
    if options.match:
        chosen = [mutant for mutant in chosen if options.match in described(mutant)]
    return sorted(chosen, key=lambda mutant: rooms.index(mutant.room))


if __name__ == "__main__":
    sys.exit(main())
