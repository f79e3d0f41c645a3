"""The derivatives of a recorded loss by the units of its layers."""

from __future__ import annotations

from array import array
from itertools import repeat
from typing import TYPE_CHECKING, Any

from ..base.nodes import OP, PARAMETER
from ..engine import parameter
from ..ops import ADD
from ..programs.recording import Recording

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["with_offsets"]


def with_offsets(plain: Recording, count: int) -> Recording:
    """The graph with a parameter of 0 added to each of `count` units; these come after the other parameters.

    Its outputs are the loss, the units, each once, and whatever else; only the loss stays one, as each more
    keeps sums from being one instruction with what follows.  The derivative by a unit is that by its offset,
    dL/du = dL/d(u + 0).  A program computes that of a parameter for any sample, whichever way a ReLU goes.
    """
    import numpy as np

    first, size = plain.leaves, len(plain.code)
    a, b = (np.array(column, dtype=np.int32) for column in (plain.a, plain.b))
    units = np.array(plain.outputs[1 : 1 + count])
    before, added = _turns(units, a, b, size)
    places = np.arange(size)
    moved = places + count * (places >= first) + np.searchsorted(before, places, side="right")
    at = before + count + np.arange(len(before))
    stands = moved.copy()
    stands[units[added]] = at
    offsets = np.arange(first, first + count)

    recording = Recording(0)
    total = size + count + len(before)
    kept = np.ones(total, dtype=bool)
    kept[offsets], kept[at] = False, False

    def column(kind: str, old: Any, leaf: float, made: Any) -> array[Any]:
        new = np.empty(total, dtype=kind)
        new[kept], new[offsets], new[at] = old, leaf, made
        return array(kind, new.tobytes())

    recording.code = column("i", np.array(plain.code), 0, ADD.code)
    recording.a = column("i", np.where(a >= 0, stands[a], -1), -1, moved[units[added]])
    recording.b = column("i", np.where(b >= 0, stands[b], -1), -1, offsets[added])
    recording.data = column("d", np.array(plain.data), 0.0, 0.0)
    recording.role = column("b", np.array(plain.role), PARAMETER, OP)
    recording.slot, recording.lane = array("i", bytes(4 * total)), array("b", bytes(total))
    recording.leaves, recording.outputs = first + count, array("i", [int(stands[plain.outputs[0]])])
    recording.wanted = plain.wanted + array("i", offsets.tolist())
    recording.parameters = [*plain.parameters, *(parameter(0.0) for _ in repeat(None, count))]
    return recording


def _turns(
    units: NDArray[np.intp], a: NDArray[np.int32], b: NDArray[np.int32], size: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Before which node the offset of each unit is added, and which unit that is, in order.

    All that wait are added at once, before the first of their users, as a program repeats what stands
    together.  Units that nothing uses have no turn after the others.
    """
    import numpy as np

    first_use = np.full(size + 1, size)  # the last for -1, where there is no operand
    for column in (a, b):
        uses = np.full(size + 1, size)
        uses[column[::-1]] = np.arange(size)[::-1]  # of several numbers the last stays
        np.minimum(first_use, uses, out=first_use)
    before: list[int] = []
    added: list[int] = []
    waiting: list[int] = []
    turn = size

    def add() -> None:
        before.extend([turn] * len(waiting))
        added.extend(waiting)
        waiting.clear()

    for k in np.argsort(units).tolist():
        unit = int(units[k])
        if unit >= turn:
            add()
            turn = size
        waiting.append(k)
        turn = min(turn, int(first_use[unit]))
    if turn < size:
        add()
    return np.array(before, dtype=np.intp), np.array(added, dtype=np.intp)
