"""The instructions that run for each sample, backward: what reaches a result is passed on to its operands."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from ...ops import NEG
from ..instructions import Instruction, Operand, Run
from .lanes import TILE, spelled, tiles
from .spelling import Spelling, chain, counted, loop, nested, repeats

__all__ = ["Backward", "Passed", "passed"]


class Passed(NamedTuple):
    """What a run passes on to one of its factors."""

    run: Run
    to: Operand
    by: Operand | None
    """The other factor, which is the partial; None where there is none."""
    twice: bool
    """Whether both factors are the same: x*x has the derivative 2*x."""

    def times(self, g: str, by: str) -> str:
        """``g * U[3]``."""
        return f"{'2 * ' if self.twice else ''}{g}{f' * {by}' if by else ''}"


def passed(run: Run) -> Iterator[Passed]:
    """To each factor that takes a gradient."""
    if len(run.factors) == 2 and run.factors[0] == run.factors[1]:
        if run.factors[0].needs:
            yield Passed(run, run.factors[0], run.factors[0], True)
        return
    for factor, other in zip(run.factors, reversed(run.factors)):
        if factor.needs:
            yield Passed(run, factor, other if len(run.factors) > 1 else None, False)


class Backward:
    """Writes the way back.  Who reaches an adjoint first sets it, all others add to it: nothing is zeroed
    before.
    """

    def __init__(self, seeded: int) -> None:
        self.reached = {seeded}

    def __call__(self, ins: Instruction, s: Spelling) -> Iterator[str]:
        """The lines that pass on what has reached an instruction.  Something has: the output is computed from
        all that there is, and what is computed from a number that takes a gradient takes one too.
        """
        if ins.runs:
            yield from self._sum(ins, s)
            return
        head = repeats(ins.repeat) if ins.repeat > 1 else ""
        for k, x in enumerate(ins.operands[: (ins.row or NEG).arity]):
            if x.needs and x.lane:
                adds = yield from self._adds(_slots(x, 1, ins.repeat))
                yield from nested(head, f"LANES(l) {s.adjoint(x)} {adds} {chain(ins, k, s, 'V')};")
            elif x.needs:
                line = f"for (int l = 0; l < L; l++) {s.adjoint(x)} += {chain(ins, k, s, 'V')};"
                yield from nested(head, line)

    def _zeros(self, slots: Sequence[int]) -> Iterator[str]:
        """Rows that are added to, or read, before anything has reached them."""
        new = sorted(set(slots) - self.reached)
        self.reached.update(new)
        if new:
            beside = new == list(range(new[0], new[-1] + 1)) and len(new) > 1
            for slot in new[:1] if beside else new:
                head, place = ("", str(slot))
                if beside:
                    head, place = f"for (int r = 0; r < {len(new)}; r++) ", f"{slot} + r" if slot else "r"
                yield f"{head}LANES(l) GV[{place}][l] = 0;"

    def _adds(self, slots: Sequence[int]) -> Generator[str, None, str]:
        """Whether rows are set or added to: ``=`` or ``+=``, after the lines that this needs."""
        if self.reached.isdisjoint(slots) and len(set(slots)) == len(slots):
            self.reached.update(slots)
            return "="
        yield from self._zeros(slots)
        return "+="

    def _sum(self, ins: Instruction, s: Spelling) -> Iterator[str]:
        everything = [p for run in ins.runs for p in passed(run)]
        rows, sums = ([p for p in everything if p.to.lane is lane] for lane in (True, False))
        g = s.place("GV", s.result(ins, total=True))
        head = repeats(ins.repeat) if ins.repeat > 1 else ""
        if rows and spelled(ins) and (not head or all(p.to.rep for p in rows)) and not _crossing(rows, ins):
            yield from self._few(ins, s, rows, bool(sums))
        else:
            if ins.row is not None:
                yield from nested(head, f"LANES(l) {g} = {chain(ins, 0, s, 'V')};")
            for p in rows:
                if head and not p.to.rep and not (p.by and p.by.lane):
                    yield from self._shared(p, ins, s)
                else:
                    adds = yield from self._adds(_slots(p.to, p.run.length, ins.repeat))
                    by = s.of(p.by) if p.by else ""
                    line = f"{s.adjoint(p.to)} {_set(adds, p.run.minus)}{p.times(g, by)};"
                    yield from nested(head, loop(p.run.length), f"LANES(l) {line}")
        for p in sums:
            yield from _over_samples(p, ins, s)

    def _few(self, ins: Instruction, s: Spelling, rows: Sequence[Passed], kept: bool) -> Iterator[str]:
        """Few terms, one by one, in one loop over the samples; `kept` for those that are sums of samples."""
        body = []
        for p in rows:
            for k in range(p.run.length):
                to = p.to._replace(slot=p.to.slot + k * p.to.step, step=0)
                adds = yield from self._adds(_slots(to, 1, ins.repeat))
                by = s.of(p.by, str(k)) if p.by else ""
                body.append(f"{s.adjoint(p.to, str(k))} {_set(adds, p.run.minus)}{p.times('<g>', by)};")
        head = repeats(ins.repeat) if ins.repeat > 1 else ""
        indent = "    " if head else ""
        reaches = chain(ins, 0, s, "V") if ins.row is not None else s.place("GV", s.result(ins))
        if len(body) == 1 and not (kept and ins.row is not None):
            yield from nested(head, f"LANES(l) {body[0].replace('<g>', reaches)}")
            return
        if head:
            yield head
        yield f"{indent}LANES(l) {{"
        yield f"{indent}    const double g = {reaches};"
        if kept and ins.row is not None:
            yield f"{indent}    {s.place('GV', s.result(ins, total=True))} = g;"
        yield from (f"{indent}    {line.replace('<g>', 'g')}" for line in body)
        yield f"{indent}}}"

    def _shared(self, p: Passed, ins: Instruction, s: Spelling) -> Iterator[str]:
        """To rows that all repeats have read: sums over the repeats, in registers, several at a time."""
        adds = yield from self._adds(_slots(p.to, p.run.length, 1))
        total = s.result(ins, total=True)
        for first, end, size in tiles(p.run.length):
            each, sums = (f"EACH(i, {size}) ", "s[i]") if size > 1 else ("", "s")
            turns = end - first > size
            k, indent = counted("k", first, size, turns), "    " if turns else ""
            if turns:
                yield f"for (int k = {first}; k < {end}; k += {size})"
            weight = f"{s.of(p.by, k)} * " if p.by else ""
            yield f"{indent}REGISTERS(j) {{"
            yield f"{indent}    vec {f's[{size}] = {{{{0}}}}' if size > 1 else 's = {0}'};"
            yield f"{indent}    {repeats(ins.repeat)} {{"
            yield f"{indent}        const vec g = {s.row('GV', total)};"
            yield f"{indent}        {each}{sums} += {weight}g;"
            yield f"{indent}    }}"
            to = s.row("GV", p.to, k)
            yield f"{indent}    {each}{to} {_set(adds, p.run.minus)}{sums};"
            yield f"{indent}}}"


def _slots(x: Operand, length: int, repeat: int) -> list[int]:
    return [x.slot + k * x.step + r * x.rep for r in range(repeat) for k in range(length)]


def _set(adds: str, minus: bool) -> str:
    """``= ``, ``= -``, ``+= `` or ``-= ``."""
    return ("= -" if minus else "= ") if adds == "=" else ("-= " if minus else "+= ")


def _crossing(rows: Sequence[Passed], ins: Instruction) -> bool:
    """Whether one repeat reaches what another one sets."""
    if ins.repeat == 1:
        return False
    each = [
        set(_slots(p.to._replace(slot=p.to.slot + k * p.to.step, step=0), 1, ins.repeat))
        for p in rows
        for k in range(p.run.length)
    ]
    return any(a != b and a & b for i, a in enumerate(each) for b in each[:i]) or any(
        len(a) < ins.repeat for a in each
    )


def _over_samples(p: Passed, ins: Instruction, s: Spelling) -> Iterator[str]:
    """To a number that all samples read: the sum of what each of them passes on."""
    head, terms = repeats(ins.repeat) if ins.repeat > 1 else "", loop(p.run.length)
    total, adds = s.result(ins, total=True), "-=" if p.run.minus else "+="
    g = f"GV[{s.at(total)}]"
    if p.by is not None and not p.by.lane:
        line = f"{s.adjoint(p.to)} {adds} {p.times(f'sum(L, {g})', s.of(p.by))};"
        yield from nested(head, terms, line)
    elif p.by is not None and p.by.step == 1 and p.run.length >= TILE // 2 and not p.run.minus:
        for first, end, size in tiles(p.run.length):
            turns = f"for (int k = {first}; k < {end}; k += {size})" if end - first > size else ""
            k = "k" if turns else str(first)
            rows = f"V[{s.at(p.by, k)}]"
            line = f"dots(L, {size}, &{s.adjoint(p.to, k)}, {p.to.step}, {rows}, {g});"
            yield from nested(head, turns, line)
    elif ins.repeat >= TILE // 2 and not (p.by and p.by.rep) and not p.run.minus:
        for first, end, size in tiles(ins.repeat):
            turns = repeats(end, size, first) if end - first > size else ""
            moved = s if turns else s._replace(r=str(first))
            by = f"V[{moved.at(p.by)}]" if p.by else "NULL"
            place = f"&{moved.adjoint(p.to)}, {p.to.rep}, GV[{moved.at(total)}]"
            yield from nested(turns, terms, f"dots(L, {size}, {place}, {by});")
    else:
        what = f"dot(L, {g}, V[{s.at(p.by)}])" if p.by else f"sum(L, {g})"
        yield from nested(head, terms, f"{s.adjoint(p.to)} {adds} {what};")
