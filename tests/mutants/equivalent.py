"""Drawn bugs that are none: what changes can be seen by nobody, and why."""

from __future__ import annotations

from mutants.mutant import Mutant

__all__ = ["EQUIVALENT", "argument"]

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("microgrid/cli/commands.py", "x = microgrid.Value(1.0)", "x = microgrid.Value(2.0)"): (
        "`info` compiles -x to ask what programs run on, and never runs it: any number will do."
    ),
}
"""(file, the line, the line with the bug): the reason."""


def argument(mutant: Mutant, text: str) -> str:
    """Why the bug is none, "" if it is one."""
    return EQUIVALENT.get((mutant.path, *mutant.lines(text)), "")
