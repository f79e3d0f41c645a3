"""Turns recorded arrays into a program's code: few instructions, each of which does the work of many nodes.

Sums of products become one instruction, together with the row that follows; instructions of the same shape become
repeats of one.  `instructions.py` says what an instruction is.  The sums keep the order of the graph, so without
contraction to multiply-adds a program rounds as the engine does.
"""

from __future__ import annotations

from array import array

from .. import ops
from ..base.nodes import BUNDLE
from .instructions import A_LANE, GRAD_A, MINUS, MORE, NEEDS, PRODUCT, ROW, RUN, SUM, Code
from .recording import Recording

__all__ = ["Code", "lower"]


def lower(recording: Recording, inputs: int) -> Code:
    """The code of a recording whose first `inputs` wanted leaves are the inputs and the others the parameters.

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
        """Give slots to inputs, parameters and constants; count the results, behind which sums before a post stand."""

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
        stream.begin(SUM + RUN * self.terms[head])
        code, at, post = stream.code, stream.end, head != i
        code[at] = 0
        code[at + 3] = NEEDS if self.needs[i] else 0
        code[at + 4] = stream.sums if post else stream.results
        code[at + 6] = self.code[i] if post else 0
        code[at + 7] = stream.results if post else 0
        code[at + 9] = self.constant[i] if post else -1
        self.gather(stream, head)
        code[at + 11] = self.encode(code, at + SUM, self.terms[head])
        self.slot[i] = stream.results
        stream.results += 1
        stream.sums += post
        stream.finish(SUM + RUN * code[at + 11])

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
            code[at], code[at + 1] = bits[k], length
            code[at + 2], code[at + 3], code[at + 4] = first[k], step, 0
            code[at + 5], code[at + 6], code[at + 7] = (
                second[k] if product else -1,
                other if product else 0,
                0,
            )
            at += RUN
            runs += 1
            k += length
        return runs

    def row(self, stream: Stream, i: int) -> None:
        """The row of node i on its operands, which for a custom operation may be many."""
        stream.begin(ROW + MORE * self.arity[self.code[i]])
        code, at, size = stream.code, stream.end, ROW
        code[at] = self.code[i]
        code[at + 3] = NEEDS if self.needs[i] else 0
        code[at + 4] = stream.results
        code[at + 6] = self.operand(stream, self.a[i])
        code[at + 7] = self.slot[self.a[i]]
        code[at + 9] = self.constant[i]
        rest = self.b[i]
        if rest >= 0 or self.constant[i] >= 0:
            code[at + 6] |= PRODUCT
        while rest >= 0:
            bundle = self.role[rest] == BUNDLE
            j = self.a[rest] if bundle else rest
            if rest == self.b[i]:
                code[at + 6] |= self.operand(stream, j) << 1
                code[at + 9] = self.slot[j]
            else:
                code[at + size], code[at + size + 1], code[at + size + 2] = (
                    self.operand(stream, j),
                    self.slot[j],
                    0,
                )
                size += MORE
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


class Stream:
    """Instructions while they are written: the next one at `end`, the last one, which it may repeat, at `last`."""

    def __init__(self, lane: int, results: int, most: int) -> None:
        self.lane = lane
        self.results, self.sums = results, results + most  # the next free slots
        self.count = self.last = self.end = 0
        self.first = 0  # the slot of the last instruction's first result
        self.newest = -1  # the highest slot of this memory that the next instruction reads
        self.numbers = self.code = array("i", bytes(4 * 1024))
        self.offsets = self.starts = array("i", bytes(4 * most))

    def begin(self, size: int) -> None:
        """Make room for an instruction of that size and clear its head."""
        if self.end + size > len(self.numbers):
            self.numbers = self.numbers + array("i", bytes(4 * (len(self.numbers) + size)))
            self.code = self.numbers
        for k in range(SUM):
            self.code[self.end + k] = 0
        self.code[self.end + 2] = self.code[self.end + 5] = self.code[self.end + 8] = 1
        self.newest = -1

    def finish(self, size: int) -> None:
        """The next instruction, of that size, is written: make it a repeat of the last one or the last one."""
        code = self.code
        code[self.end + 1] = size
        if self.count and self.newest < self.first and self.alike(size):
            code[self.last + 2] += 1
        else:
            post = code[self.end] == 0 and code[self.end + 6] != 0
            self.first = code[self.end + 7] if post else code[self.end + 4]
            self.starts[self.count] = self.last = self.end
            self.count += 1
            self.end += size

    def alike(self, size: int) -> bool:
        """Whether the next instruction is the last one's next repeat; the second one says what the steps are."""
        for k in (0, 1, 3, 6):
            if not self.same(k):
                return False
        for k in (4, 7, 9):
            if not self.follows(k, k + 1):
                return False
        if self.code[self.end]:
            for k in range(ROW, size, MORE):
                if not (self.same(k) and self.follows(k + 1, k + 2)):
                    return False
        else:
            for k in range(SUM, size, RUN):
                if not (self.same(k) and self.same(k + 1) and self.same(k + 3) and self.same(k + 6)):
                    return False
                if not (self.follows(k + 2, k + 4) and self.follows(k + 5, k + 7)):
                    return False
        return True

    def same(self, k: int) -> bool:
        return self.code[self.end + k] == self.code[self.last + k]

    def follows(self, k: int, step: int) -> bool:
        difference, repeat = self.code[self.end + k] - self.code[self.last + k], self.code[self.last + 2]
        if repeat == 1:
            self.code[self.last + step] = difference
        return difference == repeat * self.code[self.last + step]
