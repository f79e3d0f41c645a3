"""Writes a graph down as flat arrays of numbers, in the order it was computed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from .backward import turn
from .engine import PARAMETER, Value
from .graph import order

__all__ = ["Recording", "record"]

BITS = 0xFFFFFFFF


class Recording:
    """Everything under some outputs: the leaves first, then the operations, each after its operands.

    Node i has the number `code[i]` of its row in `ops.ROWS` (0 for a leaf), the operands `a[i]` and `b[i]` (-1 where
    there is none), the role `role[i]` and the number `data[i]`: a leaf's data or the constant of an operation.
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
        """Where `lower` puts a node: the slot (-1 for what is inside another's instruction), and whether it is in V."""


def record(outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value] | None) -> Recording:
    """Record what the outputs are computed from; `parameters` None stands for all there are, but the inputs."""
    newest = Value(0.0)._serial
    with turn:  # `_index` belongs to one walk at a time, which leaves it 0
        turn.unfinished.extend(outputs)
        nodes = by_age(reach(outputs), newest)
        if not number(nodes):  # one was unpickled before its operands, or the numbers of creation have run over
            nodes = sorted(order(*outputs, bundles=True), key=_is_operation)
            number(nodes)
        if parameters is None:
            listed = set(inputs)
            parameters = [v for v in nodes if v._role == PARAMETER and v not in listed]
        wanted = array("i", [v._index - 1 for v in (*inputs, *parameters)])
        recording = write(nodes, wanted)
        recording.wanted, recording.parameters = wanted, list(parameters)
        recording.outputs.extend([v._index - 1 for v in outputs])
        clear(nodes)
        turn.unfinished.clear()
    return recording


def reach(outputs: Sequence[Value]) -> list[Value]:
    """Every node under the outputs; in all of them `_index` is no longer 0."""
    nodes: list[Value] = []
    for v in outputs:
        add(nodes, v)
    for v in nodes:  # grows while it is read
        if v._a is not None:
            add(nodes, v._a)
        if v._b is not None:
            add(nodes, v._b)
    return nodes


def add(nodes: list[Value], v: Value) -> None:
    if v._index == 0:
        v._index = 1
        nodes.append(v)


def by_age(nodes: list[Value], newest: int) -> list[Value]:
    """The leaves and then the operations, each as they were made: a radix sort by eight bits at a time.

    The numbers of creation have 32 bits and run over, so what counts is how far a node's is from the newest.
    """
    size = len(nodes)
    moment, now, then = array("I", bytes(4 * size)), array("i", bytes(4 * size)), array("i", bytes(4 * size))
    ends = array("i", bytes(4 * 257))
    for i in range(size):
        v = nodes[i]
        moment[i] = (v._serial - newest - 1) & BITS
        now[i] = i
    for shift in range(0, 32, 8):
        for k in range(257):
            ends[k] = 0
        for i in range(size):
            ends[((moment[i] >> shift) & 255) + 1] += 1
        for k in range(256):
            ends[k + 1] += ends[k]
        for k in range(size):
            i = now[k]
            digit = (moment[i] >> shift) & 255
            then[ends[digit]] = i
            ends[digit] += 1
        now, then = then, now
    ordered = [nodes[now[k]] for k in range(size)]
    leaves, operations = [], []
    for v in ordered:
        if v._code == 0:
            leaves.append(v)
        else:
            operations.append(v)
    return leaves + operations


def number(nodes: list[Value]) -> bool:
    """Let `_index` count the nodes from 1; False if an operand does not come before its result."""
    for i in range(len(nodes)):
        v = nodes[i]
        v._index = i + 1
    for i in range(len(nodes)):
        v = nodes[i]
        if (v._a is not None and v._a._index > i) or (v._b is not None and v._b._index > i):
            return False
    return True


def clear(nodes: list[Value]) -> None:
    for v in nodes:
        v._index = 0


def _is_operation(v: Value) -> bool:
    return v._code != 0


def write(nodes: list[Value], wanted: Sequence[int]) -> Recording:
    """The nodes as arrays."""
    recording, leaves = Recording(len(nodes)), 0
    code, a, b, data, role = recording.code, recording.a, recording.b, recording.data, recording.role
    listed = bytearray(len(nodes))
    for i in wanted:
        if i >= 0:
            listed[i] = 1
    for i in range(len(nodes)):
        v = nodes[i]
        code[i] = v._code
        a[i] = -1 if v._a is None else v._a._index - 1
        b[i] = -1 if v._b is None else v._b._index - 1
        role[i] = v._role
        data[i] = v._db if v._code else v._data
        leaves += v._code == 0
        if v._label and not listed[i]:
            recording.labels[i] = v._label
    recording.leaves = leaves
    return recording
