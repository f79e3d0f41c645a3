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

    Every Op has a `forward` of its own, made of its text.  Compiled code does not see that one but this, which runs
    what `rows_c.py` made of the same text, and turns to the Op's own where Python's floats would raise.
    """

    __slots__ = ("code",)

    code: int

    if cython.compiled:

        def forward(self, x, y):  # type: ignore[no-untyped-def]
            if not row_forward(self.code, x, y, cython.address(z), cython.address(p), cython.address(q)):  # type: ignore[name-defined]
                return z, p, q  # type: ignore[name-defined]
            return cython.cast(object, self).forward(x, y)


@cython.cclass
class Blocks:
    """How many `with` blocks are open in all threads: while it is 0, an operation need not look anything up."""

    __slots__ = ("open",)

    open: int
