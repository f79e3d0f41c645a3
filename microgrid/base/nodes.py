"""What nodes are made of, beneath Value: their roles and edges, rows with their formulas, and whether any block is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

try:
    import cython
except ModuleNotFoundError:
    from . import no_cython as cython

if TYPE_CHECKING:
    from ..engine import Value

__all__ = ["BUNDLE", "CONSTANT", "INPUT", "OP", "PARAMETER", "ROLES", "Blocks", "Row", "built_from", "edges"]

INPUT, PARAMETER, CONSTANT, OP, BUNDLE = range(5)
ROLES = ("input", "parameter", "constant", "op", "bundle")

built_from = b""
"""The `build.digest` of the sources that were compiled."""
if cython.compiled:
    built_from = MICROGRID_BUILT_FROM  # type: ignore[name-defined]


@cython.cclass
class Row:
    """The base of `ops.Op`, whose number is its place in `ops.ROWS`.

    Every Op has a `forward` of its own, made of its text.  Compiled code does not see that one but the one in nodes.pxd.
    """

    __slots__ = ("code",)

    code: int


@cython.cclass
class Blocks:
    """How many `with` blocks are open in all threads: while it is 0, an operation need not look anything up."""

    __slots__ = ("open",)

    open: int


def edges(v: Value) -> list[tuple[Value, float]]:
    """(operand, partial) of a node, in order.  More than two are bundled: nodes of that role chain them by their `_b`."""
    found = []
    rest: Any = v
    while rest is not None:
        v, rest = rest, None
        for parent, slope in ((v._a, v._da), (v._b, v._db)):
            if parent is not None and parent._role == BUNDLE:
                rest = parent
            elif parent is not None:
                found.append((parent, slope))
    return found
