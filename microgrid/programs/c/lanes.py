"""The instructions that run for each sample, as loops over the samples of a block: forward and backward."""

from __future__ import annotations

from collections.abc import Iterator

from ...ops import NEG
from ..instructions import Instruction, Operand, Run
from .rows import slope_reads, value
from .spelling import SPELLED, Spelling, chain, repeats

__all__ = ["backward", "forward", "unrolled"]

TILE = 4
"""How many repeats that read the same rows are worked off together, so that a row is loaded once for all."""


def _spelled(ins: Instruction) -> bool:
    return all(run.length <= SPELLED for run in ins.runs) and sum(run.length for run in ins.runs) <= 8


def _plain(ins: Instruction) -> bool:
    """Whether all that a short sum passes on goes to numbers of samples."""
    return _spelled(ins) and all(f.lane for run in ins.runs for f in run.factors if f.needs)


def _shares(run: Run) -> bool:
    """Whether all repeats read the same rows of samples, each with numbers of its own."""
    lanes = [f for f in run.factors if f.lane]
    return not lanes or (len(lanes) == 1 and not lanes[0].rep)


def _tiles(ins: Instruction) -> Iterator[tuple[int, int, int]]:
    """The repeats as (first, end, how many at a time)."""
    whole = ins.repeat // TILE * TILE if all(map(_shares, ins.runs)) else 0
    if whole:
        yield 0, whole, TILE
    rest = ins.repeat - whole
    if rest:
        yield (whole, ins.repeat, rest) if whole else (0, ins.repeat, 1)


def unrolled(ins: Instruction) -> float:
    """How many rows its tiles have, in both directions: what a compiler takes its time for."""
    if not ins.runs:
        return 0
    passes = (not _spelled(ins)) + (ins.needs and not _plain(ins))
    return passes * sum(size for _, _, size in _tiles(ins)) * max(1, len(ins.runs) / 2)


# ---------------------------------------------------------------- forward


def forward(ins: Instruction, s: Spelling) -> Iterator[str]:
    """The lines that compute an instruction for the samples of a block."""
    z = s.place("V", s.result(ins))
    head = [repeats(ins.repeat)] if ins.repeat > 1 else []
    indent = "    " * len(head)
    if not ins.runs:
        yield from head
        yield f"{indent}LANES(l) {z} = {_row(ins, s)};"
    elif _spelled(ins):
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
        for tile in _tiles(ins):
            yield from _tile_forward(ins, s, *tile)
        if ins.row is not None:
            yield from head
            yield f"{indent}LANES(l) {z} = {_row(ins, s, s.place('V', s.result(ins, total=True)))};"


def _row(ins: Instruction, s: Spelling, total: str = "") -> str:
    operands = [s.of(operand) for operand in ins.operands]
    return value(ins.row or NEG, [total, *operands[1:]] if total else operands)


def _tile_forward(ins: Instruction, s: Spelling, first: int, end: int, size: int) -> Iterator[str]:
    tiled, each, span = _tiled(ins, s, first, end, size)
    yield repeats(end, size, first) + " {" if ins.repeat > 1 else "{"
    yield f"    for (int j = 0; j < L / W; j += {span}) {{"
    yield f"        vec s[{size}][MOST / W];"
    begun = False
    for run in ins.runs:
        term, sign = _vector_term(run, tiled), "-" if run.minus else "+"
        if not begun and run.length == 1 and not run.minus:
            started = term if any(f.lane for f in run.factors) else f"ALL({term})"
            yield f"        {each}EACH(v, {span}) s[i][v] = {started};"
        else:
            if not begun:
                yield f"        {each}EACH(v, {span}) s[i][v] = ALL(NOTHING);"
            yield from _added(run, tiled, f"{each}EACH(v, {span}) s[i][v] {sign}= ", span)
        begun = True
    to = tiled.row("V", s.result(ins, total=True), "j + v")
    yield f"        {each}EACH(v, {span}) {to} = s[i][v];"
    yield "    }"
    yield "}"


def _tiled(ins: Instruction, s: Spelling, first: int, end: int, size: int) -> tuple[Spelling, str, str]:
    """How a tile spells its repeats, the loop over them, and how many registers of a row it sums."""
    letter = "r + i" if size > 1 else "r"
    return (
        s._replace(r=letter if ins.repeat > 1 else "0"),
        f"EACH(i, {size}) ",
        "SPAN" if size > 1 else "L / W",
    )


def _added(run: Run, s: Spelling, adds: str, span: str) -> Iterator[str]:
    """Its terms, one after the other; a row that all repeats multiply is loaded once."""
    lanes = [f for f in run.factors if f.lane]
    if len(lanes) != 1 or lanes[0].rep or run.length == 1:
        loop = f"TERMS(k, {run.length}) " if run.length > 1 else ""
        yield f"        {loop}{adds}{_vector_term(run, s)};"
        return
    weight = "".join(f"{s.of(f)} * " for f in run.factors if not f.lane)
    yield f"        TERMS(k, {run.length}) {{"
    yield "            vec x[MOST / W];"
    yield f"            EACH(v, {span}) x[v] = {s.row('V', lanes[0], 'j + v')};"
    yield f"            {adds}{weight}x[v];"
    yield "        }"


def _vector_term(run: Run, s: Spelling) -> str:
    return "*".join(s.row("V", f, "j + v") if f.lane else s.of(f) for f in run.factors)


# ---------------------------------------------------------------- backward


def backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    """The lines that pass on what has reached an instruction."""
    if not ins.runs:
        yield from _row_backward(ins, s)
    elif _plain(ins):
        yield from _plain_backward(ins, s)
    else:
        for tile in _tiles(ins):
            yield from _tile_backward(ins, s, *tile)


def _row_backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    head = [repeats(ins.repeat)] if ins.repeat > 1 else []
    passed = [k for k, x in enumerate(ins.operands[: (ins.row or NEG).arity]) if x.needs]
    if len(passed) > 1 and head:
        head[0] += " {"
    yield from head
    for k in passed:
        x = ins.operands[k]
        loop = "LANES(l)" if x.lane else "for (int l = 0; l < L; l++)"
        yield f"{'    ' * len(head)}{loop} {s.adjoint(x)} += {chain(ins, k, s, 'V')};"
    if len(passed) > 1 and head:
        yield "}"


def _reaches(ins: Instruction, s: Spelling) -> str:
    """The adjoint of the sum."""
    return chain(ins, 0, s, "V") if ins.row is not None else s.place("GV", s.result(ins))


def _plain_backward(ins: Instruction, s: Spelling) -> Iterator[str]:
    head = [repeats(ins.repeat)] if ins.repeat > 1 else []
    indent = "    " * len(head)
    yield from head
    yield f"{indent}LANES(l) {{"
    yield f"{indent}    const double g = {_reaches(ins, s)};"
    for run in ins.runs:
        for k in range(run.length):
            for factor, partial in _passed(run):
                sign = "-" if run.minus else "+"
                times = f" * {s.of(partial, str(k))}" if partial else ""
                yield f"{indent}    {s.adjoint(factor, str(k))} {sign}= g{times};"
    yield f"{indent}}}"


def _passed(run: Run) -> Iterator[tuple[Operand, Operand | None]]:
    """Each factor that takes a gradient, with the other one."""
    for factor, other in zip(run.factors, reversed(run.factors)):
        if factor.needs:
            yield factor, other if len(run.factors) > 1 else None


def _tile_backward(ins: Instruction, s: Spelling, first: int, end: int, size: int) -> Iterator[str]:
    tiled, each, _ = _tiled(ins, s, first, end, size)
    yield repeats(end, size, first) + " {" if ins.repeat > 1 else "{"
    yield f"    ROWS(g, {size});"
    yield f"    {each}LANES(l) g[i][l] = {_reaches(ins, tiled)};"
    for run in ins.runs:
        passed = list(_passed(run))
        lanes = [f for f in run.factors if f.lane]
        if not passed:
            continue
        if len(lanes) == 2:
            yield from _both_lanes(run, tiled, passed)
        elif lanes:
            yield from _mixed(run, tiled, size)
        else:
            yield from _uniform(run, tiled, passed, each)
    yield "}"


def _loop(run: Run) -> str:
    return f"for (int k = 0; k < {run.length}; k++) " if run.length > 1 else ""


def _both_lanes(run: Run, s: Spelling, passed: list[tuple[Operand, Operand | None]]) -> Iterator[str]:
    sign = "-" if run.minus else "+"
    yield f"    {_loop(run)}LANES(l) {{"
    for factor, other in passed:
        yield f"        {s.adjoint(factor)} {sign}= g[0][l] * {s.of(other or factor)};"
    yield "    }"


def _uniform(run: Run, s: Spelling, passed: list[tuple[Operand, Operand | None]], each: str) -> Iterator[str]:
    sign = "-" if run.minus else "+"
    yield f"    {each}{{"
    yield "        const double t = total(L, ROW(g, i));"
    for factor, other in passed:
        times = f" * {s.of(other)}" if other else ""
        yield f"        {_loop(run)}{s.adjoint(factor)} {sign}= t{times};"
    yield "    }"


def _mixed(run: Run, s: Spelling, size: int) -> Iterator[str]:
    """A product of a number for each repeat and a row, or a row alone."""
    [row] = [f for f in run.factors if f.lane]
    weight = next((f for f in run.factors if not f.lane), None)
    sign, each = "-" if run.minus else "+", f"EACH(i, {size}) "
    yield f"    {_loop(run)}{{"
    if weight and weight.needs:
        yield f"        vec a[{size}] = {{0}};"
    yield "        EACH(j, L / W) {"
    if weight and weight.needs:
        yield f"            const vec x = {s.row('V', row)};"
    if row.needs:
        yield f"            vec gx = {s.row('GV', row)};"
    both = ["a[i] += y * x;"] if weight and weight.needs else []
    both += [f"gx {sign}= {f'{s.of(weight)} * ' if weight else ''}y;"] if row.needs else []
    yield f"            {each}{{"
    yield "                const vec y = ROW(g, i)[j];"
    yield from (f"                {line}" for line in both)
    yield "            }"
    if row.needs:
        yield f"            {s.row('GV', row)} = gx;"
    yield "        }"
    if weight and weight.needs and size == TILE:
        yield "        double t[4];"
        yield "        totals(a, t);"
        yield f"        {each}{s.adjoint(weight)} {sign}= t[i];"
    elif weight and weight.needs:
        yield f"        {each}{s.adjoint(weight)} {sign}= across(a[i]);"
    yield "    }"
