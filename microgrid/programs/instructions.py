"""The form of a program's code, and how it is read.

There are two memories.  U holds what is the same for a whole batch: parameters, constants, and what is
computed from them.  V holds one row of numbers, one for each sample, for the inputs and for what depends on
them.  Each memory has a stream of instructions that write it, run in this order.  An instruction is a row of
ints, which begins with the same six for every kind; the names of the places, below, are those of the kernel's
C too.

    sum: CODE (0), SIZE, REPEAT, FLAGS, DST, DST_STEP,
         POST, POST_DST, POST_DST_STEP, POST_Y, POST_Y_STEP, RUNS,
         then for each run: RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP
    row: CODE, SIZE, REPEAT, FLAGS, DST, DST_STEP,
         BITS, X, X_STEP, Y, Y_STEP,
         then for each further operand of a custom operation: MORE_BITS, MORE_X, MORE_X_STEP

A sum adds, from left to right, the terms of its runs: term k of a run is what stands in slot A + k*A_STEP,
times what stands in B + k*B_STEP if it is a product.  POST is the row of one operand that is applied to the
sum (0: none), with the constant POST_Y in U (-1: none).  All this is done REPEAT times, each time a slot
further by its STEP or REP; the repeats do not depend on each other.  Where there is one repeat only, these
steps mean nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..base.messages import short
from ..errors import GraphError
from ..ops import ROWS, TABLE, Op

__all__ = ["Code", "Instruction", "Operand", "Run", "at_home", "instructions", "renumber", "rows_of"]

# The places in an instruction, from its beginning; the last name of a line is where they end.
CODE, SIZE, REPEAT, FLAGS, DST, DST_STEP, HEAD_SIZE = range(7)
POST, POST_DST, POST_DST_STEP, POST_Y, POST_Y_STEP, RUNS, FIRST_RUN = range(HEAD_SIZE, HEAD_SIZE + 7)
BITS, X, X_STEP, Y, Y_STEP, ROW_SIZE = range(HEAD_SIZE, HEAD_SIZE + 6)
# The places in a run, and in a further operand, from its own beginning.
RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE = range(9)
MORE_BITS, MORE_X, MORE_X_STEP, MORE_SIZE = range(4)
# What BITS says of the operands x (A) and y (B) of a row, RUN_BITS of a term's factors; MORE_BITS of one.
A_LANE, B_LANE, PRODUCT, GRAD_A, GRAD_B, MINUS = 1, 2, 4, 8, 16, 32
# What FLAGS says: the result depends on a parameter.
NEEDS = 1


@dataclass
class Code:
    """A program: two streams of instructions with their beginnings, and what U holds before they run.

    U is [parameters, constants, results, sums that a post is applied to], V likewise [inputs, results, sums].
    `outputs` holds for each output whether it is in V, and its slot.
    """

    parameters: int
    constants: int
    inputs: int
    uniform_slots: int = 0
    lane_slots: int = 0
    uniform: array[int] = field(default_factory=lambda: array("i"))
    uniform_offsets: array[int] = field(default_factory=lambda: array("i"))
    lanes: array[int] = field(default_factory=lambda: array("i"))
    lane_offsets: array[int] = field(default_factory=lambda: array("i"))
    initial: array[float] = field(default_factory=lambda: array("d"))
    outputs: array[int] = field(default_factory=lambda: array("i"))

    @property
    def output_slots(self) -> list[tuple[bool, int]]:
        """For each output whether it is in V, and its slot."""
        return [(bool(lane), slot) for lane, slot in zip(self.outputs[::2], self.outputs[1::2])]


class Operand(NamedTuple):
    """The slots ``slot + k*step + r*rep``, for term k of a run in repeat r, of V (`lane`) or U."""

    lane: bool
    slot: int
    step: int = 0
    rep: int = 0
    needs: bool = False
    """Whether it depends on a parameter."""


class Run(NamedTuple):
    """`length` terms of a sum: operands, or products of two, with a minus sign or not."""

    length: int
    minus: bool
    factors: tuple[Operand, ...]


class Instruction(NamedTuple):
    """In each repeat r: the sum of the runs, if there are any, then the row, if there is one, to ``result +
    r``.

    Where there are both, the sum goes to ``operands[0]``.
    """

    lane: bool
    repeat: int
    needs: bool
    result: int
    runs: tuple[Run, ...] = ()
    row: Op | None = None
    operands: tuple[Operand, ...] = ()
    """Those of the row, its constant included."""

    @property
    def total(self) -> int:
        """Where the sum goes."""
        return self.operands[0].slot if self.row else self.result


def instructions(code: Code, lane: bool) -> Iterator[Instruction]:
    """The instructions of one of the streams, in the order they run."""
    stream, offsets = (code.lanes, code.lane_offsets) if lane else (code.uniform, code.uniform_offsets)
    for offset in offsets:
        words = stream[offset : offset + stream[offset + SIZE]]
        yield _row(lane, words) if words[CODE] else _sum(lane, words)


def _sum(lane: bool, words: Sequence[int]) -> Instruction:
    _, _, repeat, flags, dst, _, post, post_dst, _, y, y_step, _ = words[:FIRST_RUN]
    runs = tuple(_run(words[k : k + RUN_SIZE]) for k in range(FIRST_RUN, len(words), RUN_SIZE))
    needs = bool(flags & NEEDS)
    if not post:
        return Instruction(lane, repeat, needs, dst, runs)
    operands = (Operand(lane, dst, rep=1, needs=needs), Operand(False, y, rep=y_step))
    return Instruction(lane, repeat, needs, post_dst, runs, ROWS[post], operands if y >= 0 else operands[:1])


def _run(words: Sequence[int]) -> Run:
    bits, length, a, a_step, a_rep, b, b_step, b_rep = words
    factors = (_operand(bits, a, a_rep, a_step), _operand(bits >> 1, b, b_rep, b_step))
    return Run(length, bool(bits & MINUS), factors if bits & PRODUCT else factors[:1])


def _row(lane: bool, words: Sequence[int]) -> Instruction:
    code, _, repeat, flags, dst, _, bits, x, x_step, y, y_step = words[:ROW_SIZE]
    operands = [_operand(bits, x, x_step)]
    if bits & PRODUCT:
        operands.append(_operand(bits >> 1, y, y_step))
    for k in range(ROW_SIZE, len(words), MORE_SIZE):
        operands.append(_operand(*words[k : k + MORE_SIZE]))
    return Instruction(lane, repeat, bool(flags & NEEDS), dst, row=ROWS[code], operands=tuple(operands))


def _operand(bits: int, slot: int, rep: int, step: int = 0) -> Operand:
    return Operand(bool(bits & A_LANE), slot, step, rep, bool(bits & GRAD_A))


def rows_of(code: Code) -> dict[int, str]:
    """The names of the rows that a program runs, by their numbers."""
    numbers = {stream[k] for stream, k in _row_places(code)} - {0}
    return {number: row.name for number in sorted(numbers) if (row := ROWS[number])}


def renumber(code: Code, numbers: Mapping[int, int]) -> Code:
    """The code with other numbers for its rows: another process may have defined others, in another order."""
    moved = replace(code, uniform=code.uniform[:], lanes=code.lanes[:])
    for stream, k in _row_places(moved):
        stream[k] = numbers[stream[k]] if stream[k] else 0
    return moved


def at_home(code: Code, rows: Mapping[int, str]) -> Code:
    """The code of another process, with the numbers that the rows it names have in this one."""
    for name in rows.values():
        if name not in TABLE:
            raise GraphError(
                f"the program uses the operation {short(name)}, which is not defined here: call custom_op"
            )
    return renumber(code, {number: TABLE[name].code for number, name in rows.items()})


def _row_places(code: Code) -> Iterator[tuple[array[int], int]]:
    """Where the streams hold the numbers of rows, 0 where there is none."""
    for stream, offsets in ((code.uniform, code.uniform_offsets), (code.lanes, code.lane_offsets)):
        for offset in offsets:
            yield stream, offset + (CODE if stream[offset + CODE] else POST)
