"""Writes a graph down as flat arrays of numbers, in the order it was computed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ..backward import end, line_up, turn
from ..base.nodes import PARAMETER
from ..engine import Value

__all__ = ["Recording", "record"]


class Recording:
    """Everything under some outputs: the leaves first, then the operations, each after its operands.

    Node i has the number `code[i]` of its row in `ops.ROWS` (0 for a leaf), the operands `a[i]` and `b[i]`
    (-1 where there is none), the role `role[i]` and the number `data[i]`: a leaf's data or the constant of an
    operation.
    """

    def __init__(self, size: int) -> None:
        self.code, self.a, self.b = (array("i", bytes(4 * size)) for _ in range(3))
        self.data, self.role = array("d", bytes(8 * size)), array("b", bytes(size))
        self.leaves = 0
        """How many of the nodes are leaves."""
        self.outputs = array("i")
        self.wanted = array("i")
        """The places of the inputs and then the parameters; -1 where the outputs do not depend on one."""
        self.parameters: list[Value] = []
        self.labels: dict[int, str] = {}
        """Those of all other nodes."""
        self.slot, self.lane = array("i", bytes(4 * size)), array("b", bytes(size))
        """Where `lower` puts a node: its slot (-1: part of another's instruction), and whether it is in V."""


def record(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value] | None
) -> Recording:
    """Record what the outputs are computed from; `parameters` None stands for all but the inputs."""
    newest = Value(0.0)._serial
    with turn.lock, turn.alone():  # `_index` belongs to one walk at a time, which leaves it 0
        nodes = line_up(list(outputs), newest)
        if parameters is None:
            listed = set(inputs)
            parameters = [v for v in nodes if v._role == PARAMETER and v not in listed]
        wanted = places([*inputs, *parameters])
        recording = write(nodes, wanted)
        recording.wanted, recording.parameters = wanted, list(parameters)
        recording.outputs = places(list(outputs))
        for v in nodes:
            v._index = 0
        end()
    return recording


def places(nodes: list[Value]) -> array[int]:
    """Where the nodes stand among those lined up."""
    found = array("i", bytes(4 * len(nodes)))
    place = found  # compiled, the memory of the array, into which C's ints are written
    for k in range(len(nodes)):
        v = nodes[k]
        place[k] = v._index - 1
    return found


def write(nodes: list[Value], wanted: array[int]) -> Recording:
    """The nodes as arrays."""
    recording, leaves = Recording(len(nodes)), 0
    code, a, b, data, role = recording.code, recording.a, recording.b, recording.data, recording.role
    listed, place = bytearray(len(nodes)), wanted
    for k in range(len(place)):
        i = place[k]
        if i >= 0:
            listed[i] = 1
    for i in range(len(nodes)):
        v = nodes[i]
        code[i] = v._code
        a[i] = -1 if v._first is None else v._first._index - 1
        b[i] = -1 if v._second is None else v._second._index - 1
        role[i] = v._role
        data[i] = v._db if v._code else v._data
        leaves += v._code == 0
        if not listed[i] and v._label != "":  # which costs less than whether it is true
            recording.labels[i] = v._label
    recording.leaves = leaves
    return recording
