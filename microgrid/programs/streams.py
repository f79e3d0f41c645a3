"""A stream of instructions while it is written: those of the same shape become repeats of one."""

from __future__ import annotations

from array import array

from .instructions import (  # isort: skip
    CODE, SIZE, REPEAT, FLAGS, DST, DST_STEP, POST, POST_DST, POST_DST_STEP, POST_Y, POST_Y_STEP, FIRST_RUN,
    RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE,
    BITS, X, X_STEP, Y, Y_STEP, ROW_SIZE, MORE_BITS, MORE_X, MORE_X_STEP, MORE_SIZE,
)  # fmt: skip

__all__ = ["Stream"]


class Stream:
    """Instructions while they are written: the next at `end`, the last, which may be repeated, at `last`."""

    def __init__(self, lane: int, results: int, most: int) -> None:
        self.lane = lane
        self.results, self.sums = results, results + most  # the next free slots
        self.count = self.last = self.end = 0
        self.first = 0  # the slot of the last instruction's first result
        self.newest = -1  # the highest slot of this memory that the next instruction reads
        self.numbers = self.code = array("i", bytes(4 * 1024))
        self.offsets = self.starts = array("i", bytes(4 * most))

    def begin(self, size: int) -> None:
        """Make room for an instruction and write what most have: code 0, one repeat, steps of 1."""
        if self.end + size > len(self.numbers):
            self.numbers = self.numbers + array("i", bytes(4 * (len(self.numbers) + size)))
            self.code = self.numbers
        code, end = self.code, self.end
        for k in range(FIRST_RUN):
            code[end + k] = 0
        code[end + REPEAT] = code[end + DST_STEP] = code[end + POST_DST_STEP] = 1
        self.newest = -1

    def finish(self, size: int) -> None:
        """The next instruction is written: make it a repeat of the last one, or the last one."""
        code = self.code
        code[self.end + SIZE] = size
        if self.count and self.newest < self.first and self.alike(size):
            code[self.last + REPEAT] += 1
        else:
            post = code[self.end + CODE] == 0 and code[self.end + POST] != 0
            self.first = code[self.end + POST_DST] if post else code[self.end + DST]
            self.starts[self.count] = self.last = self.end
            self.count += 1
            self.end += size

    def alike(self, size: int) -> bool:
        """Whether the next instruction repeats the last one; the first repeat says what the steps are."""
        if not (self.same(CODE) and self.same(SIZE) and self.same(FLAGS) and self.follows(DST, DST_STEP)):
            return False
        if self.code[self.end + CODE]:
            return self.row_alike(size)
        if not (
            self.same(POST) and self.follows(POST_DST, POST_DST_STEP) and self.follows(POST_Y, POST_Y_STEP)
        ):
            return False
        for k in range(FIRST_RUN, size, RUN_SIZE):
            if not (self.same(k + RUN_BITS) and self.same(k + LENGTH)):
                return False
            if not (self.same(k + A_STEP) and self.follows(k + A, k + A_REP)):
                return False
            if not (self.same(k + B_STEP) and self.follows(k + B, k + B_REP)):
                return False
        return True

    def row_alike(self, size: int) -> bool:
        if not (self.same(BITS) and self.follows(X, X_STEP) and self.follows(Y, Y_STEP)):
            return False
        for k in range(ROW_SIZE, size, MORE_SIZE):
            if not (self.same(k + MORE_BITS) and self.follows(k + MORE_X, k + MORE_X_STEP)):
                return False
        return True

    def same(self, k: int) -> bool:
        return self.code[self.end + k] == self.code[self.last + k]

    def follows(self, k: int, step: int) -> bool:
        difference, repeat = self.code[self.end + k] - self.code[self.last + k], self.code[self.last + REPEAT]
        if repeat == 1:
            self.code[self.last + step] = difference
        return difference == repeat * self.code[self.last + step]
