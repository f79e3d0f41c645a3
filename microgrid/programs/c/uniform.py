"""The instructions that run once per call, as loops over their repeats: forward and backward."""

from __future__ import annotations

from collections.abc import Iterator

from ...ops import NEG
from ..instructions import Instruction, Operand, Run
from .rows import value
from .spelling import SPELLED, Spelling, chain, index, repeats

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
            loop = f"for (int k = 0; k < {run.length}; k++) " if run.length > 1 else ""
            yield f"{loop}{repeats(ins.repeat)} {total} {sign}= {s.term(run)};"
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
            pairs = "".join(f", {_start('U', f)}, {f.step}" for f in run.factors)
            spelled = f"{'dot' if len(run.factors) > 1 else 'sum'}({run.length}{pairs})"
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
    flat = _flat(ins)
    for run in ins.runs:
        for factor, other in zip(run.factors, reversed(run.factors)):
            if factor.needs:
                partial = other if len(run.factors) > 1 else None
                yield from _passed(ins, s, run, factor, partial, total, flat)


def _row_backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    head = f"{repeats(ins.repeat)} " if ins.repeat > 1 else ""
    for k, x in enumerate(ins.operands[: (ins.row or NEG).arity]):
        if x.needs:
            yield f"{head}{s.adjoint(x)} += {chain(ins, k, s, 'U')};"


def _passed(
    ins: Instruction, s: Spelling, run: Run, factor: Operand, other: Operand | None, g: str, flat: bool
) -> Iterator[str]:
    """What a run passes on to one of its factors, whose partial is the other one."""
    sign, head = "-" if run.minus else "+", f"{repeats(ins.repeat)} " if ins.repeat > 1 else ""
    times = f" * {s.of(other)}" if other else ""
    if run.length <= SPELLED or not other:
        loop = f"for (int k = 0; k < {run.length}; k++) " if run.length > 1 else ""
        yield f"{head}{loop}{s.adjoint(factor)} {sign}= {g}{times};"
    elif flat and factor.rep:
        yield f"for (int k = 0; k < {run.length}; k++) {head}{s.adjoint(factor)} {sign}= {g}{times};"
    elif flat:
        start = f"&GU[{ins.total}], 1, &{s.of(Operand(False, other.slot, step=other.step))}, {other.rep}"
        loop = f"for (int k = 0; k < {run.length}; k++)"
        yield f"{loop} {s.adjoint(factor)} {sign}= dot({ins.repeat}, {start});"
    else:
        places = f"{_start('U', other)}, {other.step}, {_start('GU', factor)}, {factor.step}"
        yield f"{head}axpy({run.length}, {'-' if run.minus else ''}{g}, {places});"
