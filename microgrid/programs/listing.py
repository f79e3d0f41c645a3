"""A program as text that a reader can follow, and its size in numbers.

What the two memories hold has one numbering: the inputs, then U (parameters, constants, results), then V's
results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..base.messages import short
from ..engine import Value
from .instructions import Code, Instruction, Operand, Run, instructions
from .recording import Recording

__all__ = ["Listing", "Names", "Stats", "names_of", "stats"]

SPELLED = 4
"""Longer runs are written with an index."""


class Names(NamedTuple):
    """The labels of what a program's memories hold."""

    inputs: list[str]
    parameters: list[str]
    others: dict[tuple[bool, int], str]
    scopes: Sequence[str] = ()
    """Where the parameters were made; not known of programs that earlier versions pickled."""

    def of(self, lane: bool, slot: int) -> str:
        first = self.inputs if lane else self.parameters
        return first[slot] if slot < len(first) else self.others.get((lane, slot), "")


def names_of(recording: Recording, columns: Iterable[Value]) -> Names:
    """The labels of a recording, once `lower` has found places for its nodes."""
    lane, slot = recording.lane, recording.slot
    return Names(
        [v.label for v in columns],
        [v.label for v in recording.parameters],
        {(bool(lane[i]), slot[i]): label for i, label in recording.labels.items() if slot[i] >= 0},
        [v.scope for v in recording.parameters],
    )


class Listing:
    """Names for the slots of a program's code, and lines for its instructions."""

    def __init__(self, code: Code, names: Names, frozen: Container[int]) -> None:
        self.code, self.labels, self.frozen = code, names, frozen

    def number(self, lane: bool, slot: int) -> int:
        if lane and slot >= self.code.inputs:
            return self.code.uniform_slots + slot
        return slot if lane else self.code.inputs + slot

    def name(self, lane: bool, slot: int) -> str:
        """A slot where it is defined: its number, and its label if it has one."""
        label = self.labels.of(lane, slot)
        return f"%{self.number(lane, slot)}" + (f" {short(label)}" if label else "")

    def line(self, instruction: Instruction) -> str:
        """``%7 = sum(%1*%2, %3*%4, %5); relu``.

        An operand that moves on is written with k, which counts the terms of a run, and r, which counts the
        repeats: ``%8..%23 = sum(%[24+r], %[40+k+3r]*%[0+k] for k<3); relu  x16``.
        """
        repeat, result = instruction.repeat, instruction.result
        to = self.name(instruction.lane, result)
        if repeat > 1:
            to += f"..%{self.number(instruction.lane, result + repeat - 1)}"
        steps = []
        operands = [self.operand(operand, repeat) for operand in instruction.operands]
        if instruction.runs:
            steps.append(
                f"sum({', '.join(term for run in instruction.runs for term in self.terms(run, repeat))})"
            )
            operands = operands[1:]
        if instruction.row is not None:
            steps.append(instruction.row.name + (f"({', '.join(operands)})" if operands else ""))
        return f"{to} = {'; '.join(steps)}" + (f"  x{repeat}" if repeat > 1 else "")

    def terms(self, run: Run, repeat: int) -> Iterator[str]:
        """The terms of a run: few one by one, many with an index."""
        sign = "-" if run.minus else ""
        if run.length > SPELLED:
            yield f"{sign}{'*'.join(self.operand(f, repeat, f.step) for f in run.factors)} for k<{run.length}"
        else:
            for k in range(run.length):
                moved = [factor._replace(slot=factor.slot + k * factor.step) for factor in run.factors]
                yield sign + "*".join(self.operand(factor, repeat) for factor in moved)

    def operand(self, operand: Operand, repeat: int, step: int = 0) -> str:
        """A slot where it is read; a constant as the number it is."""
        rep, first = operand.rep if repeat > 1 else 0, operand.slot
        if step or rep:
            return f"%[{self.number(operand.lane, first)}{_moving(step, 'k')}{_moving(rep, 'r')}]"
        if not operand.lane and first in self.constants() and first not in self.frozen:
            number = repr(self.code.initial[first])
            return f"({number})" if number.startswith("-") else number
        return f"%{self.number(operand.lane, first)}"

    def text(self, runs_on: str, shown: int | None) -> str:
        """The whole program; with `shown`, no more lines of it than that."""
        code = self.code
        head = [
            ("inputs", self.names(True, range(code.inputs))),
            ("parameters", self.names(False, range(code.parameters))),
            ("frozen", self.numbers([slot for slot in self.constants() if slot in self.frozen])),
            ("constants", self.counted([slot for slot in self.constants() if slot not in self.frozen])),
            ("outputs", [self.name(lane, slot) for lane, slot in code.output_slots]),
        ]
        lines = [f"This program runs on {runs_on}."]
        lines += [f"{what + ':':<12}{_some(names, shown)}" for what, names in head if names]
        for lane, when in ((False, "once per call:"), (True, "for each sample:")):
            body = [f"  {self.line(instruction)}" for instruction in instructions(code, lane)]
            if shown is not None and len(body) > shown:
                left = len(body) - shown
                body[shown // 2 : shown // 2 + left] = [f"  ... {left} more (see program.listing()) ..."]
            lines += [when, *body] if body else []
        return "\n".join(lines)

    def names(self, lane: bool, slots: Iterable[int]) -> list[str]:
        return [self.name(lane, slot) for slot in slots]

    def constants(self) -> range:
        return range(self.code.parameters, self.code.parameters + self.code.constants)

    def numbers(self, slots: Iterable[int]) -> list[str]:
        return [f"{self.name(False, slot)} = {self.code.initial[slot]!r}" for slot in slots]

    def counted(self, slots: Iterable[int]) -> list[str]:
        """The numbers that stood in the computation, each once."""
        counts = Counter(repr(self.code.initial[slot]) for slot in slots)
        return [text + (f" ({count} times)" if count > 1 else "") for text, count in counts.items()]


def _some(names: Sequence[str], shown: int | None) -> str:
    if shown is None or len(names) <= 8:
        return ", ".join(names)
    return f"{', '.join(names[:4])}, ... {len(names) - 5} more ..., {names[-1]}"


def _moving(by: int, letter: str) -> str:
    if not by:
        return ""
    return f"{by:+d}{letter}" if abs(by) > 1 else f"{by:+d}"[0] + letter


class Stats(NamedTuple):
    """The size of a program.  A row counts as one operation, or two for each of its partials."""

    operations: int
    """How many operations were recorded."""
    uniform_instructions: int
    """Instructions run once per call, and..."""
    lane_instructions: int
    """...for each block of samples."""
    uniform_slots: int
    lane_slots: int
    """Numbers held once, and for each sample."""
    code_bytes: int
    block_bytes: int
    """Memory for a block of 32 samples, their adjoints included."""
    forward_flops: int
    """Additions, multiplications and rows for each sample."""
    backward_flops: int


def stats(code: Code, operations: int) -> Stats:
    """Count a program's code."""
    lanes = list(instructions(code, True))
    arrays = (code.uniform, code.uniform_offsets, code.lanes, code.lane_offsets, code.initial, code.outputs)
    return Stats(
        operations,
        len(code.uniform_offsets),
        len(lanes),
        code.uniform_slots,
        code.lane_slots,
        sum(len(numbers) * numbers.itemsize for numbers in arrays),
        code.lane_slots * 32 * 8 * 2,  # values and adjoints, as doubles, of the 32 samples of a block
        sum(map(_forward_flops, lanes)),
        sum(map(_backward_flops, lanes)),
    )


def _forward_flops(instruction: Instruction) -> int:
    terms = sum(run.length * len(run.factors) for run in instruction.runs)
    return instruction.repeat * (max(0, terms - 1) + (instruction.row is not None))


def _backward_flops(instruction: Instruction) -> int:
    if not instruction.needs:
        return 0
    passed = sum(
        run.length * len(run.factors) * sum(f.needs for f in run.factors) for run in instruction.runs
    )
    return instruction.repeat * (passed + 2 * sum(operand.needs for operand in instruction.operands))
