"""The instructions that run once per call, as loops over their repeats: forward and backward."""

from __future__ import annotations

from collections.abc import Iterator

from ...ops import NEG
from ..instructions import Instruction, Operand
from .passing import Passed, passed
from .rows import value
from .spelling import SPELLED, Spelling, chain, index, loop, repeats

__all__ = ["backward", "forward"]


def _flat(ins: Instruction) -> bool:
    """Whether long sums are best worked off term by term for all repeats, whose operands lie side by side."""
    longest = max(run.length for run in ins.runs)
    beside = all(f.rep in (0, 1) for run in ins.runs for f in run.factors)
    return ins.repeat > 1 and SPELLED < longest <= 2 * ins.repeat and beside


def _start(memory: str, operand: Operand) -> str:
    """The address of a run's first operand."""
    return f"&{memory}[{index(operand.slot, (operand.rep, 'r'))}]"


# ---------------------------------------------------------------- forward


def forward(ins: Instruction, s: Spelling) -> Iterator[str]:
    """The lines that compute an instruction."""
    head = [repeats(ins.repeat)] if ins.repeat > 1 else []
    indent = "    " * len(head)
    z = s.place("U", s.result(ins))
    total = s.place("U", s.result(ins, total=True))
    if ins.runs and _flat(ins):
        yield f"{repeats(ins.repeat)} {total} = NOTHING;"
        for run in ins.runs:
            sign = "-" if run.minus else "+"
            yield f"{loop(run.length)}{repeats(ins.repeat)} {total} {sign}= {s.term(run)};"
    elif ins.runs:
        yield from head
        yield f"{indent}{total} = {_sum(ins, s)};"
    if ins.row is not None:
        yield from head
        operands = [s.of(operand) for operand in ins.operands]
        yield f"{indent}{z} = {value(ins.row, [total, *operands[1:]] if ins.runs else operands)};"


def _sum(ins: Instruction, s: Spelling) -> str:
    """The runs as one expression."""
    text = ""
    for run in ins.runs:
        if run.length > SPELLED:
            strided = any(f.step != 1 for f in run.factors)
            places = "".join(f", {_start('U', f)}{f', {f.step}' * strided}" for f in run.factors)
            name = "dot" if len(run.factors) > 1 else "sum"
            spelled = f"{'strided_' * strided}{name}({run.length}{places})"
            spelled = f"-{spelled}" if run.minus else spelled
        else:
            spelled = s.terms([run])
        joined = f" - {spelled[1:]}" if spelled.startswith("-") else f" + {spelled}"
        text += joined if text else spelled
    return text


# ---------------------------------------------------------------- backward


def backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    """The lines that pass on what has reached an instruction."""
    if not ins.runs:
        yield from _row_backward(ins, s)
        return
    total = s.place("GU", s.result(ins, total=True))
    if ins.row is not None:
        yield (repeats(ins.repeat) + " " if ins.repeat > 1 else "") + f"{total} = {chain(ins, 0, s, 'U')};"
    for run in ins.runs:
        for p in passed(run):
            yield from _passed(ins, s, p, total, _flat(ins))


def _row_backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    head = f"{repeats(ins.repeat)} " if ins.repeat > 1 else ""
    for k, x in enumerate(ins.operands[: (ins.row or NEG).arity]):
        if x.needs:
            yield f"{head}{s.adjoint(x)} += {chain(ins, k, s, 'U')};"


def _passed(ins: Instruction, s: Spelling, p: Passed, g: str, flat: bool) -> Iterator[str]:
    """What a run passes on to one of its factors."""
    head = f"{repeats(ins.repeat)} " if ins.repeat > 1 else ""
    adds, by = "-=" if p.run.minus else "+=", s.of(p.by) if p.by else ""
    line = f"{s.adjoint(p.to)} {adds} {p.times(g, by)};"
    if flat and p.by and not p.to.rep and not p.twice:
        first = f"&GU[{ins.total}]", f"&U[{index(p.by.slot, (p.by.step, 'k'))}]"
        places = ", ".join(first) if p.by.rep == 1 else f"{first[0]}, 1, {first[1]}, {p.by.rep}"
        name = "dot" if p.by.rep == 1 else "strided_dot"
        yield f"{loop(p.run.length)}{s.adjoint(p.to)} {adds} {name}({ins.repeat}, {places});"
    elif flat and p.by:
        yield f"{loop(p.run.length)}{head}{line}"
    else:
        yield f"{head}{loop(p.run.length)}{line}"
