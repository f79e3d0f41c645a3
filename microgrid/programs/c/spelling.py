"""How slots, operands, terms and labels are written in the C file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...base.formula import is_number
from ...ops import NEG
from ..instructions import Code, Instruction, Operand, Run
from ..listing import Names
from .rows import slope

__all__ = [
    "SPELLED",
    "Spelling",
    "chain",
    "comment",
    "counted",
    "guarded",
    "index",
    "loop",
    "number",
    "repeats",
    "said",
]

SPELLED = 4
"""Longer runs are loops over k."""


def index(slot: int, *moving: tuple[int, str]) -> str:
    """``3 + r + 2*k``: a slot, and what it moves by with each letter."""
    slot += sum(by * int(letter) for by, letter in moving if letter.isdigit())
    text = str(slot) if slot else ""
    for by, letter in moving:
        if by and not letter.isdigit():
            product = letter if abs(by) == 1 else f"{abs(by)}*{f'({letter})' if ' ' in letter else letter}"
            sign = "-" if by < 0 else "+"
            text += f" {sign} {product}" if text else product if by > 0 else f"-{product}"
    return text or "0"


def repeats(count: int, step: int = 1, first: int = 0) -> str:
    """The head of a loop over the repeats of an instruction."""
    return f"for (int r = {first}; r < {count}; r{'++' if step == 1 else f' += {step}'})"


def loop(length: int) -> str:
    """The head of a loop over the terms of a run, if there are several."""
    return f"for (int k = 0; k < {length}; k++) " if length > 1 else ""


def nested(*parts: str) -> Iterator[str]:
    """A line under its loops, of which the last stands on the same line where there is room."""
    heads = [part.strip() for part in parts if part]
    if len(heads) > 1 and len(heads[-2]) + len(heads[-1]) < 88:
        heads[-2:] = [f"{heads[-2]} {heads[-1]}"]
    for depth, text in enumerate(heads):
        yield "    " * depth + text


def counted(letter: str, first: int, size: int, turns: bool) -> str:
    """What counts where `size` are worked off at a time, from `first` on: ``r + i``, ``r``, ``8 + i``."""
    start = letter if turns else str(first) if first or size == 1 else ""
    return " + ".join(filter(None, [start, "i" if size > 1 else ""]))


class Spelling(NamedTuple):
    """Writes the operands of one stream; `r` is how the repeat is written, in tiles as r + i."""

    code: Code
    names: Names
    lanes: bool
    r: str = "r"

    def at(self, operand: Operand, k: str = "k") -> str:
        """``3 + r``."""
        return index(operand.slot, (operand.rep, self.r), (operand.step, k))

    def place(self, memory: str, operand: Operand, k: str = "k") -> str:
        """``U[3 + r]``, ``GV[2 + k][l]``."""
        text = f"{memory}[{self.at(operand, k)}]"
        return text + "[l]" if operand.lane else text

    def of(self, operand: Operand, k: str = "k") -> str:
        """What stands there; a constant as the number it is."""
        if not operand.lane and not operand.rep and not operand.step:
            first = self.code.parameters
            if first <= operand.slot < first + self.code.constants:
                return number(self.code.initial[operand.slot])
        return self.place("V" if operand.lane else "U", operand, k)

    def adjoint(self, operand: Operand, k: str = "k") -> str:
        return self.place("GV" if operand.lane else "GU", operand, k)

    def row(self, memory: str, operand: Operand, k: str = "k") -> str:
        """``ROW(V, 3 + k)[j]``: a register full of the samples of a slot."""
        return f"ROW({memory}, {self.at(operand, k)})[j]"

    def result(self, ins: Instruction, total: bool = False) -> Operand:
        """Where an instruction's result goes, or the sum before its row."""
        return Operand(ins.lane, ins.total if total else ins.result, rep=int(ins.repeat > 1))

    def term(self, run: Run, k: str = "k") -> str:
        return "*".join(self.of(factor, k) for factor in run.factors)

    def terms(self, runs: Sequence[Run]) -> str:
        """Short runs, term by term."""
        text = ""
        for run in runs:
            for k in range(run.length):
                spelled = self.term(at(run, k))
                sign = "-" if run.minus else "+"
                text += f" {sign} {spelled}" if text else spelled if not run.minus else f"-{spelled}"
        return text


def at(run: Run, k: int) -> Run:
    """Term k of a run, as a run of its own."""
    return Run(1, run.minus, tuple(f._replace(slot=f.slot + k * f.step, step=0) for f in run.factors))


def number(x: float) -> str:
    text = repr(float(x)).replace("inf", "INFINITY").replace("nan", "NAN")
    return f"({text})" if text.startswith("-") else text


# ---------------------------------------------------------------- labels


def said(text: str) -> str:
    """A label as a comment can hold it: on one line, all of it visible, no trigraph."""
    text = text if len(text) <= 40 else text[:37] + "..."
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown.replace("??", "? ?")


def comment(ins: Instruction, spelling: Spelling) -> str:
    """What an instruction computes, in the labels of the nodes; of repeats the first."""
    text = ""
    for run in ins.runs:
        sign = " - " if run.minus else " + "
        spelled = [_term(at(run, k), spelling) for k in range(min(run.length, SPELLED))]
        if run.length > SPELLED:
            spelled[2:] = ["...", _term(at(run, run.length - 1), spelling)]
        text += sign + sign.join(spelled)
    text = f"-{text[3:]}" if text.startswith(" - ") else text[3:]
    if ins.row is not None:
        operands = [_name(operand, spelling) for operand in ins.operands]
        text = f"{ins.row.name}({', '.join([text, *operands[1:]] if ins.runs else operands)})"
    label = spelling.names.of(ins.lane, ins.result)
    more = f", and {ins.repeat - 1:,} more like it" if ins.repeat > 1 else ""
    text = f"{f'{said(label)} = ' if label else ''}{text}{more}"
    return f"/* {guarded(text)} */"


def guarded(text: str) -> str:
    """A text that neither ends the comment that it stands in nor begins one."""
    while "*/" in text or "/*" in text:  # of one label, or of two that meet
        text = text.replace("*/", "* /").replace("/*", "/ *")
    return text


def _term(run: Run, spelling: Spelling) -> str:
    return "*".join(_name(factor, spelling) for factor in run.factors)


def _name(operand: Operand, spelling: Spelling) -> str:
    """The label of an operand, or else its place."""
    label = spelling.names.of(operand.lane, operand.slot)
    fixed = Operand(operand.lane, operand.slot)
    return said(label) if label else spelling.of(fixed).removesuffix("[l]")


def chain(ins: Instruction, k: int, s: Spelling, values: str) -> str:
    """What an instruction's row passes on to operand k; `values` is U, or V where each sample has its own."""
    operands = [s.of(operand) for operand in ins.operands]
    if ins.runs:
        operands[0] = s.place(values, s.result(ins, total=True))
    result = s.result(ins)
    partial = slope(ins.row or NEG, k, operands, s.place(values, result))
    g = s.place(f"G{values}", result)
    return f"{g} * {partial}" if is_number((ins.row or NEG).partials[k]) else f"chain({g}, {partial})"
