"""The instructions that run for each sample, as loops over the samples of a block: forward."""

from __future__ import annotations

from collections.abc import Iterator

from ...ops import NEG
from ..instructions import Instruction, Run
from .rows import slope_reads, value
from .spelling import SPELLED, Spelling, counted, loop, repeats

__all__ = ["TILE", "forward", "spelled", "tiles", "unrolled"]

TILE = 8
"""How many sums over the same rows are worked off together, so that a row is loaded once for all."""


def spelled(ins: Instruction) -> bool:
    """Whether its terms are few, and written one by one."""
    return all(run.length <= SPELLED for run in ins.runs) and sum(run.length for run in ins.runs) <= 8


def tiles(count: int) -> Iterator[tuple[int, int, int]]:
    """What is worked off together, as (first, end, how many at a time)."""
    whole = count // TILE * TILE
    if whole:
        yield 0, whole, TILE
    if count > whole:
        yield whole, count, count - whole


def unrolled(ins: Instruction) -> float:
    """How many loops over sums in registers it has, in both directions: what takes a compiler its time."""
    if not ins.runs:
        return 0
    most = max(ins.repeat, *(run.length for run in ins.runs))
    loops = (not spelled(ins)) + 2 * (ins.needs and most >= TILE // 2)
    return loops * len(list(tiles(most))) * max(1, len(ins.runs) / 2)


def _shares(run: Run) -> bool:
    """Whether all repeats read the same rows of samples, each with numbers of its own."""
    lanes = [f for f in run.factors if f.lane]
    return not lanes or (len(lanes) == 1 and not lanes[0].rep)


def forward(ins: Instruction, s: Spelling) -> Iterator[str]:
    """The lines that compute an instruction for the samples of a block."""
    z = s.place("V", s.result(ins))
    head = [repeats(ins.repeat)] if ins.repeat > 1 else []
    indent = "    " * len(head)
    if not ins.runs:
        yield from head
        yield f"{indent}LANES(l) {z} = {_row(ins, s)};"
    elif spelled(ins):
        yield from head
        terms = s.terms(ins.runs)
        if ins.row is None:
            yield f"{indent}LANES(l) {z} = {terms};"
            return
        yield f"{indent}LANES(l) {{"
        yield f"{indent}    const double s = {terms};"
        if slope_reads(ins.row) and ins.needs:
            yield f"{indent}    {s.place('V', s.result(ins, total=True))} = s;"
        yield f"{indent}    {z} = {_row(ins, s, 's')};"
        yield f"{indent}}}"
    else:
        shared = ins.repeat > 1 and all(map(_shares, ins.runs))
        for tile in tiles(ins.repeat) if shared else [(0, ins.repeat, 1)]:
            yield from _tile(ins, s, *tile)
        if ins.row is not None:
            yield from head
            yield f"{indent}LANES(l) {z} = {_row(ins, s, s.place('V', s.result(ins, total=True)))};"


def _row(ins: Instruction, s: Spelling, total: str = "") -> str:
    operands = [s.of(operand) for operand in ins.operands]
    return value(ins.row or NEG, [total, *operands[1:]] if total else operands)


def _tile(ins: Instruction, s: Spelling, first: int, end: int, size: int) -> Iterator[str]:
    """Long sums, in registers: `size` of them at a time, which read the same rows."""
    turns = end - first > size
    tiled = s._replace(r=counted("r", first, size, turns))
    each, sums = (f"EACH(i, {size}) ", "s[i]") if size > 1 else ("", "s")
    indent = ""
    if turns:
        yield repeats(end, size, first)
        indent = "    "
    yield f"{indent}REGISTERS(j) {{"
    begun = False
    for run in ins.runs:
        term, sign = _term(run, tiled), "-" if run.minus else "+"
        if not begun:
            alone = run.length == 1 and not run.minus
            start = (
                (term if any(f.lane for f in run.factors) else f"ALL({term})") if alone else "ALL(NOTHING)"
            )
            if size > 1:
                yield f"{indent}    vec s[{size}];"
                yield f"{indent}    {each}s[i] = {start};"
            else:
                yield f"{indent}    vec s = {start};"
            begun = True
            if alone:
                continue
        lanes = [f for f in run.factors if f.lane]
        if size > 1 and len(lanes) == 1 and run.length > 1:
            weight = "".join(f"{tiled.of(f)} * " for f in run.factors if not f.lane)
            yield f"{indent}    {loop(run.length)}{{"
            yield f"{indent}        const vec x = {tiled.row('V', lanes[0])};"
            yield f"{indent}        {each}{sums} {sign}= {weight}x;"
            yield f"{indent}    }}"
        else:
            yield f"{indent}    {loop(run.length)}{each}{sums} {sign}= {term};"
    yield f"{indent}    {each}{tiled.row('V', s.result(ins, total=True))} = {sums};"
    yield f"{indent}}}"


def _term(run: Run, s: Spelling) -> str:
    return "*".join(s.row("V", f) if f.lane else s.of(f) for f in run.factors)
