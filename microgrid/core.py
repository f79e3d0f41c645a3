"""What the compiled engine reads without asking Python: a row's number and formulas, and whether any block is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import cython
except ModuleNotFoundError:
    from . import uncompiled as cython

if TYPE_CHECKING:
    pass

__all__ = ["Blocks", "Row", "built_from"]

built_from = b""
"""The `choice.digest` of the sources that were compiled."""
if cython.compiled:
    built_from = MICROGRID_BUILT_FROM  # type: ignore[name-defined]


@cython.cclass
class Row:
    """The base of `ops.Op`, whose number is its place in `ops.ROWS`.

    Every Op has a `forward` of its own, made of its text.  Compiled code does not see that one but the one in core.pxd.
    """

    __slots__ = ("code",)

    code: int


@cython.cclass
class Blocks:
    """How many `with` blocks are open in all threads: while it is 0, an operation need not look anything up."""

    __slots__ = ("open",)

    open: int
