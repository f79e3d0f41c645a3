"""Turns recorded arrays into a program's code: few instructions, each of which does the work of many nodes.

Sums of products become one instruction, together with the row that follows; instructions of the same shape
become repeats of one.  `instructions.py` says what an instruction is.  The sums keep the order of the graph,
so without contraction to multiply-adds a program rounds as the engine does.
"""

from __future__ import annotations

from array import array

from .. import ops
from ..base.nodes import BUNDLE

from .instructions import (  # isort: skip
    CODE, FLAGS, DST, POST, POST_DST, POST_Y, RUNS, FIRST_RUN,
    RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE,
    BITS, X, Y, ROW_SIZE, MORE_BITS, MORE_X, MORE_X_STEP, MORE_SIZE,
    A_LANE, GRAD_A, PRODUCT, MINUS, NEEDS, Code,
)  # fmt: skip
from .recording import Recording
from .streams import Stream

__all__ = ["Code", "lower"]


def lower(recording: Recording, inputs: int) -> Code:
    """The code of a recording whose first `inputs` wanted leaves are the inputs and the others the
    parameters.

    Notes in the recording the slot of each node, -1 for one that became part of another's instruction.
    """
    lowering = Lowering(recording, inputs)
    lowering.mark()
    lowering.absorb()
    lowering.allot()
    lowering.emit()
    return lowering.program()


ADD, SUB, MUL, NEG, POWC = (row.code for row in (ops.ADD, ops.SUB, ops.MUL, ops.NEG, ops.POWC))
INSIDE, BEFORE = 1, 2  # a node that is part of the sum that uses it; one that is the sum before a post
UNARY, CONSTANT = 1, 2


def _kind(row: ops.Op) -> int:
    """What the passes have to know of a row: whether it can follow a sum, and whether it has a constant."""
    return (UNARY if row.arity == 1 and row.value else 0) + (CONSTANT if row.constant is not None else 0)


class Lowering:
    """The passes over a recording, each a loop over its operations in the order of their creation."""

    def __init__(self, recording: Recording, inputs: int) -> None:
        size = len(recording.code)
        self.recording, self.inputs, self.leaves, self.size = recording, inputs, recording.leaves, size
        self.initial = array("d", bytes(8 * (len(recording.wanted) - inputs)))
        self.code, self.a, self.b, self.data = recording.code[:], recording.a, recording.b[:], recording.data
        self.role, self.slot, self.lane = recording.role, recording.slot, recording.lane
        self.kind = array("i", [0 if row is None else _kind(row) for row in ops.ROWS])
        self.arity = array("i", [0 if row is None else row.arity for row in ops.ROWS])
        self.needs, self.absorbed = array("b", bytes(size)), array("b", bytes(size))
        self.uses, self.terms, self.constant = (array("i", bytes(4 * size)) for _ in range(3))

    def mark(self) -> None:
        """What depends on an input (`lane`) or on a parameter (`needs`), and how often each node is used."""
        for k, i in enumerate(self.recording.wanted):
            if i >= 0 and k < self.inputs:
                self.lane[i] = 1
            elif i >= 0:
                self.needs[i] = 1
        for i in self.recording.outputs:
            self.uses[i] = 2  # so nothing absorbs it
        for i in range(self.leaves, self.size):
            if self.code[i] == POWC and self.data[i] == 2.0:
                self.code[i] = MUL
                self.b[i] = self.a[i]
            self.use(self.a[i], i)
            if self.b[i] >= 0:
                self.use(self.b[i], i)

    def use(self, j: int, i: int) -> None:
        self.lane[i] |= self.lane[j]
        self.needs[i] |= self.needs[j]
        self.uses[j] += 1

    def absorb(self) -> None:
        """Make sums as long as they get: `terms` counts those of each, 0 for what is no sum."""
        for i in range(self.leaves, self.size):
            code, x, y = self.code[i], self.a[i], self.b[i]
            if code == MUL:
                self.terms[i] = 1
            elif code == NEG:
                self.terms[i] = max(1, self.own(x, i))
                self.absorbed[x] = INSIDE if self.own(x, i) else 0
            elif code in (ADD, SUB):
                left, right = self.own(x, i), self.own(y, i)
                if left > 1 and right > 1:  # the order of the graph allows only one to go on
                    right = 0
                self.absorbed[x], self.absorbed[y] = INSIDE if left else 0, INSIDE if right else 0
                self.terms[i] = max(1, left) + max(1, right)
            elif self.kind[code] & UNARY and self.own(x, i):
                self.absorbed[x] = BEFORE

    def own(self, j: int, i: int) -> int:
        """How many terms j brings to the instruction of i; 0 if it is no sum or has other uses."""
        return self.terms[j] if self.uses[j] == 1 and self.lane[j] == self.lane[i] else 0

    def allot(self) -> None:
        """Give slots to all but sums; count the results, behind which the sums before a post stand."""
        wanted, initial = self.recording.wanted, self.initial
        for i in range(self.size):
            self.slot[i] = -1
        for k, i in enumerate(wanted):
            if i >= 0:
                self.slot[i] = k if k < self.inputs else k - self.inputs
            if i >= 0 and k >= self.inputs:
                initial[k - self.inputs] = self.data[i]
        for i in range(self.leaves):
            if self.slot[i] < 0:
                self.slot[i] = len(initial)
                initial.append(self.data[i])
        known: dict[float, int] = {}
        for i in range(self.leaves, self.size):
            self.constant[i] = -1
            if self.kind[self.code[i]] & CONSTANT and self.code[i] == self.recording.code[i]:
                self.constant[i] = known.setdefault(self.data[i], len(initial))
                if self.constant[i] == len(initial):
                    initial.append(self.data[i])
        results = array("i", [0, 0])
        for i in range(self.leaves, self.size):
            if self.role[i] != BUNDLE and not self.absorbed[i]:
                results[self.lane[i]] += 1
        self.uniform = Stream(0, len(initial), results[0])
        self.lanes = Stream(1, self.inputs, results[1])
        longest = max(self.terms, default=0)
        self.bits, self.first, self.second = (array("i", bytes(4 * longest)) for _ in range(3))

    def emit(self) -> None:
        """Write the instructions, one for each node that no other one includes."""
        for i in range(self.leaves, self.size):
            if self.role[i] == BUNDLE or self.absorbed[i]:
                continue
            stream = self.lanes if self.lane[i] else self.uniform
            if self.terms[i]:
                self.sum(stream, i, i)
            elif self.absorbed[self.a[i]] == BEFORE:
                self.sum(stream, self.a[i], i)
            else:
                self.row(stream, i)

    def sum(self, stream: Stream, head: int, i: int) -> None:
        """The sum that ends in `head`, followed by the row of i where that is another node."""
        stream.begin(FIRST_RUN + RUN_SIZE * self.terms[head])
        code, at, post = stream.code, stream.end, head != i
        code[at + FLAGS] = NEEDS if self.needs[i] else 0
        code[at + DST] = stream.sums if post else stream.results
        code[at + POST] = self.code[i] if post else 0
        code[at + POST_DST] = stream.results if post else 0
        code[at + POST_Y] = self.constant[i] if post else -1
        self.gather(stream, head)
        code[at + RUNS] = self.encode(code, at + FIRST_RUN, self.terms[head])
        self.slot[i] = stream.results
        stream.results += 1
        stream.sums += post
        stream.finish(FIRST_RUN + RUN_SIZE * code[at + RUNS])

    def gather(self, stream: Stream, head: int) -> None:
        """The terms of a sum: down the chain of its longer parts, filled in from the last to the first."""
        before = self.absorbed[head]
        self.absorbed[head] = INSIDE
        j, sign = head, 0
        for k in range(self.terms[head] - 1, 0, -1):
            while self.code[j] == NEG:
                sign ^= MINUS
                j = self.a[j]
            x, y = self.a[j], self.b[j]
            minus = MINUS if self.code[j] == SUB else 0
            if self.absorbed[y] == INSIDE and self.terms[y] > 1:  # x + (u + v) is (u + v) + x to the last bit
                self.term(stream, k, x, sign)
                j, sign = y, sign ^ minus
            else:
                self.term(stream, k, y, sign ^ minus)
                j = x
        self.term(stream, 0, j, sign)
        self.absorbed[head] = before

    def term(self, stream: Stream, k: int, j: int, sign: int) -> None:
        """Term k: the node j, or the product that is inside it."""
        while self.absorbed[j] == INSIDE and self.code[j] == NEG:
            sign ^= MINUS
            j = self.a[j]
        if self.absorbed[j] == INSIDE and self.code[j] == MUL:
            x, y = self.a[j], self.b[j]
            if self.lane[x] and not self.lane[y]:  # what is uniform comes first
                x, y = y, x
            self.bits[k] = sign | PRODUCT | self.operand(stream, x) | self.operand(stream, y) << 1
            self.first[k], self.second[k] = self.slot[x], self.slot[y]
        else:
            self.bits[k] = sign | self.operand(stream, j)
            self.first[k] = self.second[k] = self.slot[j]

    def operand(self, stream: Stream, j: int) -> int:
        """The bits of the operand j; those of a second one are twice these."""
        if self.lane[j] == stream.lane and self.slot[j] > stream.newest:
            stream.newest = self.slot[j]
        return (A_LANE if self.lane[j] else 0) | (GRAD_A if self.needs[j] else 0)

    def encode(self, code: array[int], at: int, count: int) -> int:
        """Write the terms as runs, and return how many."""
        bits, first, second = self.bits, self.first, self.second
        runs, k = 0, 0
        while k < count:
            length, step, other = 1, 0, 0
            if k + 1 < count and bits[k + 1] == bits[k]:
                step, other = first[k + 1] - first[k], second[k + 1] - second[k]
                while (
                    k + length < count
                    and bits[k + length] == bits[k]
                    and first[k + length] - first[k] == length * step
                    and second[k + length] - second[k] == length * other
                ):
                    length += 1
                if length == 2 and k + 2 < count and bits[k + 2] == bits[k]:
                    length, step, other = 1, 0, 0  # the second may begin a longer run
            product = bits[k] & PRODUCT
            if not product:
                other = 0
            code[at + RUN_BITS], code[at + LENGTH] = bits[k], length
            code[at + A], code[at + A_STEP], code[at + A_REP] = first[k], step, 0
            code[at + B], code[at + B_STEP], code[at + B_REP] = second[k] if product else -1, other, 0
            at += RUN_SIZE
            runs += 1
            k += length
        return runs

    def row(self, stream: Stream, i: int) -> None:
        """The row of node i on its operands, which for a custom operation may be many."""
        stream.begin(ROW_SIZE + MORE_SIZE * self.arity[self.code[i]])
        code, at, size = stream.code, stream.end, ROW_SIZE
        code[at + CODE] = self.code[i]
        code[at + FLAGS] = NEEDS if self.needs[i] else 0
        code[at + DST] = stream.results
        code[at + BITS] = self.operand(stream, self.a[i])
        code[at + X] = self.slot[self.a[i]]
        code[at + Y] = self.constant[i]
        rest = self.b[i]
        if rest >= 0 or self.constant[i] >= 0:
            code[at + BITS] |= PRODUCT
        while rest >= 0:
            bundle = self.role[rest] == BUNDLE
            j = self.a[rest] if bundle else rest
            if rest == self.b[i]:
                code[at + BITS] |= self.operand(stream, j) << 1
                code[at + Y] = self.slot[j]
            else:
                code[at + size + MORE_BITS] = self.operand(stream, j)
                code[at + size + MORE_X], code[at + size + MORE_X_STEP] = self.slot[j], 0
                size += MORE_SIZE
            rest = self.b[rest] if bundle else -1
        self.slot[i] = stream.results
        stream.results += 1
        stream.finish(size)

    def program(self) -> Code:
        """The code, once everything is written."""
        uniform, lanes = self.uniform, self.lanes
        parameters = len(self.recording.wanted) - self.inputs
        code = Code(parameters, len(self.initial) - parameters, self.inputs, uniform.sums, lanes.sums)
        code.uniform, code.uniform_offsets = uniform.numbers[: uniform.end], uniform.offsets[: uniform.count]
        code.lanes, code.lane_offsets = lanes.numbers[: lanes.end], lanes.offsets[: lanes.count]
        code.initial = self.initial + array("d", bytes(8 * (uniform.sums - len(self.initial))))
        for i in self.recording.outputs:
            code.outputs.extend([self.lane[i], self.slot[i]])
        return code
