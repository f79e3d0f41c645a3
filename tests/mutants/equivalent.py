"""Drawn bugs that are none: what changes can be seen by nobody, and why."""

from __future__ import annotations

from mutants.mutant import Mutant

__all__ = ["EQUIVALENT", "argument"]

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""(file, the line, the line with the bug): the reason."""


def argument(mutant: Mutant, text: str) -> str:
    """Why the bug is none, "" if it is one."""
    return EQUIVALENT.get((mutant.path, *mutant.lines(text)), "")
