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
        "microgrid/native/check.h",
        "if (slot < 0 || slot >= m->slots[lane] || (m->state[lane][slot] & wanted) != wanted)",
        "if (slot < 0 || slot > m->slots[lane] || (m->state[lane][slot] & wanted) != wanted)",
    ): (
        "States have one byte more than there are slots, which is 0 and stays 0: what looks there is refused as not "
        "ready."
    ),
    (
        "viz/network/painting/labels.py",
        "half * length / abs(step) for half, step in ((w, x1 - x0), (h, y1 - y0)) if abs(step) > 1e-9",
        "half * length / abs(step) for half, step in ((w, x1 - x0), (h, y1 - y0)) if abs(step) >= 1e-9",
    ): (
        "A step of exactly 1e-9 gives a term some billion times as large as the one of the other step, and the smaller "
        "of both is taken."
    ),
    (
        "viz/network/painting/places.py",
        "if radius > broad * gap:",
        "if radius >= broad * gap:",
    ): (
        "Where both are equal, what follows computes the same radius, gap and step again: the radius that it takes is "
        "the one of that equation, and both steps are the least of the same two."
    ),
    (
        "viz/page/stepper/merged.js",
        "(sum, [use, k]) => sum + times(grads[use] ?? 0, numbers.partials[use][k]), output === graph.root ? 1 : 0);",
        "(sum, [use, k]) => sum + times(grads[use] ?? 0, numbers.partials[use][k]), 0);",
    ): (
        "The root of a graph is used by nothing in it, and what has no use inside of its box has been returned before."
    ),
    (
        "viz/picture/compose.py",
        "share = size / most if most and math.isfinite(size) else float(size > 0)",
        "share = size / most if most and math.isfinite(size) else float(size > 1)",
    ): (
        "Sizes are absolute values, and `most` is the largest finite one: what comes to the second half is 0 or "
        "infinite, so above 1 where it is above 0."
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
