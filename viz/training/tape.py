"""A program's instructions as data for the page, which runs them over typed arrays: page/tape.js."""

from __future__ import annotations

from typing import Any

from microgrid.programs.instructions import Code, Instruction, Operand, instructions
from microgrid.programs.program import Program

from ..errors import VizError
from ..page.columns import json_number
from .batch_norm import Statistics, scheduled

__all__ = ["operations", "tape"]


def tape(program: Program, normal: int = 0) -> dict[str, Any]:
    """The code of a program: sizes, constants, instructions, and where its outputs stand.

    An instruction is [lane, repeat, needs, total, result, runs, row, operands], in the words of
    `programs/instructions.py`; a run is [length, minus, factors], an operand [lane, slot, step, rep, needs].
    `needs` is 1 where it depends on a parameter, 2 where on inputs alone, which a page may ask for too.
    Where so many numbers are `normal`, the last outputs are what is normalised, and the last inputs are the
    means and the variances of a batch: in their place stands [x, mean, variance], their slots.

    >>> from microgrid import Value, compile
    >>> x = Value(3.0, "x")
    >>> made = tape(compile(x * 2, inputs=[x]))
    >>> made["outputs"], made["constants"]
    ([[1, 1]], [2.0])
    """
    code, outputs = program.code, program.code.output_slots
    first, shown = code.parameters, len(outputs) - normal
    if not all(lane for lane, _ in outputs[shown:]):
        raise VizError("a BatchNorm normalises what depends on no input, which a page cannot: leave it out")
    means, variances = (range(code.inputs - k * normal, code.inputs - (k - 1) * normal) for k in (2, 1))
    statistics = list(zip([slot for _, slot in outputs[shown:]], means, variances, strict=True))
    over_samples = scheduled(instructions(code, True), statistics)
    code_of = [_instruction(i) for i in (*instructions(code, False), *over_samples)]
    return {
        "parameters": first,
        "inputs": code.inputs,
        "uniform": code.uniform_slots,
        "lanes": code.lane_slots,
        "constants": list(map(json_number, code.initial[first : first + code.constants])),
        "code": code_of,
        "outputs": [[int(lane), slot] for lane, slot in outputs[:shown]],
    }


def operations(codes: list[Code]) -> list[str]:
    """The rows that these programs run, by name; VizError for one that is a Python function."""
    rows = {}
    for code in codes:
        for instruction in (*instructions(code, False), *instructions(code, True)):
            if instruction.row is not None:
                rows[instruction.row.name] = instruction.row
    for row in rows.values():
        if not row.value:
            raise VizError(
                f"{row.name} is a custom operation, a Python function, which a page cannot compute: compose "
                "it of microgrid's operations"
            )
    return list(rows)


def _instruction(i: Instruction | Statistics) -> list[Any]:
    if not isinstance(i, Instruction):
        return list(i)

    def operand(x: Operand) -> list[int]:
        return [int(x.lane), x.slot, x.step, x.rep, _needs(x.needs, x.lane)]

    runs = [[run.length, int(run.minus), list(map(operand, run.factors))] for run in i.runs]
    row = i.row.name if i.row else ""
    total = i.total if i.runs else -1
    return [
        int(i.lane),
        i.repeat,
        _needs(i.needs, i.lane),
        total,
        i.result,
        runs,
        row,
        list(map(operand, i.operands)),
    ]


def _needs(needs: bool, lane: bool) -> int:
    return 1 if needs else 2 if lane else 0
