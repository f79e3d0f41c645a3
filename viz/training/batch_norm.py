"""Batch normalisation in the page that trains: the statistics of a batch are inputs of a sample's graph.

The page computes them as soon as it knows, of all samples of the batch, what they are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from microgrid import Value
from microgrid.graph import order
from microgrid.nn import BatchNorm
from microgrid.programs.instructions import Instruction, Operand, Run

from ..errors import VizError

__all__ = ["Normal", "Normalised", "Statistics", "normalised", "scheduled", "standing_in"]


@dataclass(frozen=True)
class Normal:
    """A number that is normalised, by the leaves that stand for the mean and the variance of its batch."""

    mean: Value
    variance: Value
    momentum: float


@dataclass(frozen=True)
class Normalised:
    """All of a model, with what is normalised, `x`."""

    normals: list[Normal]
    x: list[Value]

    @property
    def leaves(self) -> list[Value]:
        """Those that the page fills: the means, and then the variances."""
        return [n.mean for n in self.normals] + [n.variance for n in self.normals]


@contextmanager
def standing_in(norms: Sequence[BatchNorm]) -> Iterator[list[Normal]]:
    """Inside, each normalises a sample by Values, which begin with its running statistics."""
    before = [(norm, norm.training, norm.running_mean, norm.running_var) for norm in norms]
    made = []
    try:
        for norm, _, means, variances in before:
            pairs = [
                (Value(mean, f"mean{j}"), Value(variance, f"var{j}"))
                for j, (mean, variance) in enumerate(zip(means, variances, strict=True), start=1)
            ]
            norm.training = False
            norm.running_mean, norm.running_var = map(list, zip(*pairs, strict=True))
            made += [Normal(mean, variance, norm.momentum) for mean, variance in pairs]
        yield made
    finally:
        for norm, training, means, variances in before:
            norm.training, norm.running_mean, norm.running_var = training, means, variances


def normalised(normals: Sequence[Normal], loss: Value) -> Normalised:
    """Those that a sample's loss depends on; VizError for one that normalises more than one number."""
    of = {normal.mean: normal for normal in normals}
    centred = [node.parents for node in order(loss) if node.parents and node.parents[-1] in of]  # x − mean
    found = [(of[mean], x) for x, mean in centred]
    if len(dict(found)) < len(found):
        raise VizError(
            "the page normalises each number once, and here a BatchNorm is used in several places: give each "
            "its own, or train it by microgrid.train.fit"
        )
    return Normalised([normal for normal, _ in found], [x for _, x in found])


# ---------------------------------------------------------------- code

Statistics = tuple[int, int, int]
"""The slots of what is normalised, of its mean and of its variance."""


def scheduled(
    code: Iterable[Instruction], statistics: Sequence[Statistics]
) -> list[Instruction | Statistics]:
    """Instructions over samples, in an order in which statistics of a batch come after what they are of.

    Mean and variance are inputs of a program, so that it computes with them whenever it likes: what does is
    put off, repeat by repeat, and counts as depending on parameters.
    """
    pending, todo = list(code), list(statistics)
    missing = {slot for one in todo for slot in one[1:]} | {slot for i in pending for slot in _writes(i)}
    done: list[Instruction | Statistics] = []
    dependent = {slot for one in todo for slot in one[1:]}
    for _ in range(len(todo) + 1):  # each time some more of them are known, and at the end all
        waiting = []
        for part in (part for i in pending for part in _parts(i, missing)):
            if any(not missing.isdisjoint(_reads(part, r)) for r in range(part.repeat)):
                waiting.append(part)
                continue
            done.append(_needing(part, dependent))
            missing -= _writes(part)
        known = [one for one in todo if one[0] not in missing]
        done += known
        missing -= {slot for one in known for slot in one[1:]}
        pending, todo = waiting, [one for one in todo if one not in known]
    return done


def _operands(i: Instruction) -> list[tuple[int, Operand]]:
    """What an instruction reads, each with how many terms; its own sum is nothing that it has to wait for."""
    factors = [(run.length, factor) for run in i.runs for factor in run.factors]
    return factors + [(1, operand) for operand in (i.operands[1:] if i.runs else i.operands)]


def _reads(i: Instruction, r: int) -> set[int]:
    return {x.slot + k * x.step + r * x.rep for n, x in _operands(i) if x.lane for k in range(n)}


def _writes(i: Instruction) -> set[int]:
    firsts = (i.total, i.result) if i.runs else (i.result,)
    return {first + r for first in firsts for r in range(i.repeat)}


def _parts(i: Instruction, missing: set[int]) -> Iterator[Instruction]:
    """Its repeats in a row that are ready, or are not."""
    for _, group in groupby(range(i.repeat), lambda r: missing.isdisjoint(_reads(i, r))):
        repeats = list(group)
        first = repeats[0]

        def moved(x: Operand, first: int = first) -> Operand:
            return x._replace(slot=x.slot + first * x.rep)

        yield i._replace(
            repeat=len(repeats),
            result=i.result + first,
            runs=tuple(Run(run.length, run.minus, tuple(map(moved, run.factors))) for run in i.runs),
            operands=tuple(map(moved, i.operands)),
        )


def _needing(i: Instruction, dependent: set[int]) -> Instruction:
    """With what depends on statistics marked as depending on parameters; `dependent` grows by its results."""

    def marked(n: int, x: Operand) -> Operand:
        slots = {x.slot + k * x.step + r * x.rep for k in range(n) for r in range(i.repeat)}
        return x._replace(needs=x.needs or (x.lane and not dependent.isdisjoint(slots)))

    if all(dependent.isdisjoint(_reads(i, r)) for r in range(i.repeat)):
        return i
    dependent |= _writes(i)
    runs = tuple(
        Run(run.length, run.minus, tuple(marked(run.length, x) for x in run.factors)) for run in i.runs
    )
    return i._replace(needs=True, runs=runs, operands=tuple(marked(1, x) for x in i.operands))
