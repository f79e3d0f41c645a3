"""Drawn bugs that are none: what changes can be seen by nobody, and why."""

from __future__ import annotations

from mutants.mutant import Mutant

__all__ = ["EQUIVALENT", "argument"]

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("microgrid/cli/commands.py", "x = microgrid.Value(1.0)", "x = microgrid.Value(2.0)"): (
        "`info` compiles -x to ask what programs run on, and never runs it: any number will do."
    ),
    (
        "microgrid/proof/rounding.py",
        "for digits in (mp.dps, 200, 800):  # a definition may cancel where the engine's formula does not",
        "for digits in (mp.dps, 201, 800):  # a definition may cancel where the engine's formula does not",
    ): (
        "A step on the way from 50 digits to 800: what it leaves open is looked at with 800, so the verdict is that of "
        "800 digits in either case."
    ),
    (
        "viz/placement/numbers.py",
        "rows = range(int(top // SQUARE), int(bottom // SQUARE) + 1)",
        "rows = range(int(top // SQUARE), int(bottom // SQUARE) + 2)",
    ): (
        "One more square of the grid is looked at, and each of its points is compared with the area itself, which does "
        "not reach there."
    ),
}
"""(file, the line, the line with the bug): the reason."""


def argument(mutant: Mutant, text: str) -> str:
    """Why the bug is none, "" if it is one."""
    return EQUIVALENT.get((mutant.path, *mutant.lines(text)), "")
