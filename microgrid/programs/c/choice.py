"""Whether what the compiler makes of a program runs, or the interpreter, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from ...base.messages import warn
from ...errors import MicrogridError
from ..instructions import Code

if TYPE_CHECKING:
    from .. import kernel

__all__ = ["BACKENDS", "MOST", "Backend", "run_built"]

Backend = Literal["kernel", "c"]
BACKENDS = ("kernel", "c")

MOST = 10
"""How many seconds of a compiler a program is worth."""


def run_built(
    machine: kernel.Machine | None, runs_on: str, code: Code, to_c: Callable[[], str], asked: bool
) -> str:
    """Have the machine run what the compiler makes of its program; what to say about it.

    `asked` just now, what cannot be is an error or a warning; a program that was unpickled where there is no
    compiler runs as it can, and says so.
    """
    from .text import seconds

    takes = seconds(code)
    if takes > MOST:
        count = len(code.uniform_offsets) + len(code.lane_offsets)
        reason = f"it has {count:,} instructions, for which a compiler takes about {takes:,.0f} seconds, "
        reason += f'and backend="c" waits no longer than {MOST}'
        if asked:
            warn(f"the program runs on {runs_on}, because {reason}", RuntimeWarning)
        return f"{runs_on}, because {reason}"
    try:
        text = to_c()
        if machine is None:
            raise MicrogridError(
                f'backend="c" runs inside the native kernel, and this program is on {runs_on}'
            )
        from .build import built

        found = built(text)
    except MicrogridError as error:
        if asked:
            raise
        return f"{runs_on}, because {error}" if machine is not None else runs_on
    machine.run_built(found.library, found.begin, found.samples, found.end, found.doubles)
    alone = f"; a single sample, and gradients sample by sample, run on {runs_on}" if code.inputs else ""
    return f"its own C code, built by {found.compiler}{alone}"
