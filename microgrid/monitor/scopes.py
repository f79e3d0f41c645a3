"""The derivatives of a recorded loss by the units of its layers."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ..base.nodes import OP, PARAMETER
from ..engine import Value, parameter
from ..ops import ADD
from ..programs.recording import Recording, record

__all__ = ["with_offsets"]


def with_offsets(
    total: Value, inputs: Sequence[Value], parameters: Sequence[Value], units: Sequence[Value]
) -> Recording:
    """The graph of a loss with a parameter of 0 added to each unit; these parameters come after the others.

    The derivative by a unit is that by its offset, dL/du = dL/d(u + 0).  A program computes that of a
    parameter for any sample, whichever way a ReLU goes.
    """
    plain = record([total, *units], inputs, parameters)
    first, count = plain.leaves, len(units)
    nodes = list(zip(plain.code, plain.a, plain.b, plain.data, plain.role))
    made = [*nodes[:first], *[(0, -1, -1, 0.0, PARAMETER)] * count]
    offsets = dict(zip(plain.outputs[1:], range(first, first + count)))
    stands = list(range(first))
    waiting: dict[int, int] = {}
    for i, (code, a, b, data, role) in enumerate(nodes[first:], first):
        if a in waiting or b in waiting:  # all at once, as a program repeats what stands together
            for unit, offset in waiting.items():
                made.append((ADD.code, stands[unit], offset, 0.0, OP))
                stands[unit] = len(made) - 1
            waiting = {}
        made.append((code, stands[a], stands[b] if b >= 0 else -1, data, role))
        stands.append(len(made) - 1)
        if i in offsets:
            waiting[i] = offsets[i]
    recording = Recording(0)
    recording.code, recording.a, recording.b = (array("i", column) for column in list(zip(*made))[:3])
    recording.data, recording.role = (
        array("d", [row[3] for row in made]),
        array("b", [row[4] for row in made]),
    )
    recording.slot, recording.lane = array("i", bytes(4 * len(made))), array("b", bytes(len(made)))
    recording.leaves, recording.outputs = first + count, array("i", [stands[plain.outputs[0]]])
    recording.wanted = plain.wanted + array("i", offsets.values())
    recording.parameters, recording.labels = [*plain.parameters, *(parameter(0.0) for _ in units)], {}
    return recording
