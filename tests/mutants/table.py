"""What came out: for each room how many bugs were noticed, and those that were not, with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers import ROOT
from mutants.mutant import Mutant, read
from mutants.rooms import ROOMS
from mutants.running import Outcome

__all__ = ["described", "table"]


def described(mutant: Mutant) -> str:
    text = read(ROOT, mutant.path)
    return f"{mutant.path}:{mutant.line(text)} ({mutant.operator})\n{mutant.diff(text)}"


def table(chosen: Sequence[Mutant], argued: Mapping[Mutant, str], outcomes: Sequence[Outcome]) -> str:
    rows = [("room", "bugs", "equivalent", "run", "noticed", "not", "seconds")]
    for room in [*ROOMS, "all"]:
        mine = [mutant for mutant in chosen if room in (mutant.room, "all")]
        ran = [outcome for outcome in outcomes if room in (outcome.mutant.room, "all")]
        noticed = sum(bool(outcome.by) for outcome in ran)
        numbers = (len(mine), sum(m in argued for m in mine), len(ran), noticed, len(ran) - noticed)
        if mine:
            rows.append((room, *map(str, numbers), f"{sum(outcome.seconds for outcome in ran):.0f}"))
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    for outcome in outcomes:
        if not outcome.by:
            asked = "all files of tests" if outcome.everything else f"{outcome.asked} files of tests"
            lines.append(f"\nNot noticed by {asked}: {described(outcome.mutant)}")
    for mutant, why in argued.items():
        lines.append(f"\nEquivalent: {described(mutant)}\n  {why}")
    return "\n".join(lines)
