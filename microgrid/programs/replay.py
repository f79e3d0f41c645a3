"""Runs a program's code on NumPy: the reference for the native kernel, and what runs where there is none.

All samples and all repeats of an instruction are computed at once; the terms of a sum are added one after the
other, in the order of the graph.  An adjoint that is exactly 0 passes nothing on, even through an infinite
partial.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import Floats
from ..base.formula import numpy_vocabulary
from ..custom import CustomOp
from ..engine import Value
from ..ops import NEG, Op
from .instructions import Code, Instruction, Operand, Run, instructions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


__all__ = ["Memory", "Replay", "partials", "slopes", "slots"]

BLOCK = 2**22
"""How many numbers V may hold; more samples than fit are run one block after the other."""
CHUNK = 2**15
"""How many terms of a sum are computed at once: what fits into the processor's cache."""


class Memory(NamedTuple):
    """What the slots hold, or their adjoints: arrays (slots, samples).  ``memory[lane]`` is one of them.

    U has a single column, unless it holds adjoints by sample.
    """

    U: Floats
    V: Floats


class Replay:
    """A program's code, ready to run on arrays."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.uniform, self.lanes = list(instructions(code, False)), list(instructions(code, True))

    def blocks(self, batch: int) -> Iterator[slice]:
        """The samples in portions that V can hold."""
        size = max(1, BLOCK // max(1, self.code.lane_slots))
        for start in range(0, max(batch, 1), size):
            yield slice(start, min(start + size, batch))

    def forward(self, parameters: Floats, X: Floats) -> Memory:
        """U and V after a forward pass over the samples X (batch, inputs)."""
        import numpy as np

        U = np.array(self.code.initial)[:, None]
        U[: self.code.parameters, 0] = parameters
        V = np.empty((self.code.lane_slots, len(X)))
        V[: self.code.inputs] = X.T
        memory = Memory(U, V)
        with np.errstate(all="ignore"):
            for instruction in (*self.uniform, *self.lanes):
                _forward(instruction, memory)
        return memory

    def outputs(self, memory: Memory) -> Floats:
        """The outputs (batch, m) after a forward pass."""
        import numpy as np

        batch = memory.V.shape[1]
        columns = [np.broadcast_to(memory[lane][slot], batch) for lane, slot in self.code.output_slots]
        return np.stack(columns, axis=1)

    def backward(self, memory: Memory, by_sample: bool) -> Memory:
        """The adjoints of U and V for the one output: summed over the samples, or for each sample."""
        import numpy as np

        U, V = memory
        batch = V.shape[1]
        adjoints = Memory(np.zeros((len(U), batch if by_sample else 1)), np.zeros(V.shape))
        [(lane, slot)] = self.code.output_slots
        adjoints[lane][slot] = 1.0 if lane or by_sample else batch
        with np.errstate(all="ignore"):
            for instruction in (*reversed(self.lanes), *reversed(self.uniform)):
                if instruction.needs:
                    _backward(instruction, memory, adjoints)
        return adjoints


# ---------------------------------------------------------------- forward


def _forward(instruction: Instruction, memory: Memory) -> None:
    own, repeat = memory[instruction.lane], instruction.repeat
    if instruction.runs:
        own[instruction.total : instruction.total + repeat] = _sum(instruction, memory)
    if instruction.row is not None:
        xs = [_read(memory, operand, repeat)[0] for operand in instruction.operands]
        own[instruction.result : instruction.result + repeat] = _value(instruction.row, xs)


def _sum(instruction: Instruction, memory: Memory) -> Floats:
    """The sum of an instruction (repeats, samples), each term added to those before it."""
    import numpy as np

    totals: list[Floats] = []
    for run, terms in _chunks(instruction, memory):
        values = [_read(memory, factor, instruction.repeat, terms) for factor in run.factors]
        value = values[0] if len(values) == 1 else values[0] * values[1]
        value = -value if run.minus else value
        shape = (len(terms), instruction.repeat, memory[instruction.lane].shape[1])
        totals.append(np.broadcast_to(value, shape))
        totals = [np.add.accumulate(np.concatenate(totals))[-1:]]
    total: Floats = totals[0][0]
    return total


def _chunks(instruction: Instruction, memory: Memory) -> Iterator[tuple[Run, range]]:
    """The runs of a sum, long ones in portions."""
    most = max(1, CHUNK // (instruction.repeat * memory[instruction.lane].shape[1] or 1))
    for run in instruction.runs:
        for start in range(0, run.length, most):
            yield run, range(start, min(start + most, run.length))


def _read(memory: Memory, operand: Operand, repeat: int, terms: range = range(1)) -> Floats:
    """An operand (terms, repeats, samples), with 1 for an extent in which it is the same."""
    values: Floats = memory[operand.lane][slots(operand, repeat, terms)]
    return values


def slots(operand: Operand, repeat: int, terms: range) -> NDArray[np.int_]:
    """The slots (terms, repeats) of an operand, with 1 for an extent in which they are the same."""
    import numpy as np

    along_terms = operand.step * np.array(terms if operand.step else [0])
    along_repeats = operand.rep * np.arange(repeat if operand.rep else 1)
    table: NDArray[np.int_] = operand.slot + along_terms[:, None] + along_repeats
    return table


def _value(row: Op, xs: list[Floats]) -> Floats:
    value: Floats = (
        _each(row, xs)[0] if isinstance(row, CustomOp) else row.bind("value", numpy_vocabulary())(*xs)
    )
    return value


# ---------------------------------------------------------------- backward


def _backward(instruction: Instruction, memory: Memory, adjoints: Memory) -> None:
    own, repeat = adjoints[instruction.lane], instruction.repeat
    if instruction.row is not None:
        g = own[instruction.result : instruction.result + repeat]
        for operand, partial in zip(instruction.operands, partials(instruction, memory)):
            if operand.needs:
                _pass_on(adjoints, operand, repeat, range(1), g, partial)
    if instruction.runs:
        g = own[instruction.total : instruction.total + repeat]
        for run, terms in _chunks(instruction, memory):
            for factor, other in zip(run.factors, reversed(run.factors)):
                if factor.needs:
                    partial = 1.0 if len(run.factors) == 1 else _read(memory, other, repeat, terms)
                    _pass_on(adjoints, factor, repeat, terms, -g if run.minus else g, partial)


def partials(instruction: Instruction, memory: Memory) -> Sequence[Any]:
    """The partials of an instruction's row with respect to each operand (repeats, samples)."""
    row, repeat = instruction.row or NEG, instruction.repeat
    xs = [_read(memory, operand, repeat)[0] for operand in instruction.operands]
    return slopes(row, xs, memory[instruction.lane][instruction.result : instruction.result + repeat])


def slopes(row: Op, xs: Sequence[Any], z: Any) -> Sequence[Any]:
    """The partials of a row at operands xs (its constant last) that give z: arrays of any one shape."""
    if isinstance(row, CustomOp):
        return list(_each(row, xs)[1:])
    partials: Sequence[Any] = row.bind("partials", numpy_vocabulary())(
        xs[0], xs[1] if len(xs) > 1 else None, z
    )
    return partials


def _pass_on(adjoints: Memory, operand: Operand, repeat: int, terms: range, g: Floats, partial: Any) -> None:
    """Add g (repeats, samples) times a partial (terms, repeats, samples) to the adjoints of an operand."""
    import numpy as np

    into = adjoints[operand.lane]
    passed = np.broadcast_to(g * partial, (len(terms), *g.shape)).copy()
    np.copyto(passed, 0.0, where=g == 0.0)
    if passed.shape[2] != into.shape[1]:
        passed = passed.sum(axis=2, keepdims=True)
    if not operand.rep:
        passed = passed.sum(axis=1, keepdims=True)
    if not operand.step:
        passed = passed.sum(axis=0, keepdims=True)
    places = slots(operand, repeat, terms)
    if len(places) > len(places[0]):
        places, passed = places.T, passed.swapaxes(0, 1)
    for row, added in zip(places, passed):  # no slot is twice in a row, but two rows may share one
        into[row] += added


# ---------------------------------------------------------------- custom operations


def _each(row: CustomOp, xs: Sequence[Floats]) -> Floats:
    """Value and partials (1 + operands, ...) of a custom operation, whose functions take single numbers."""
    import numpy as np

    xs = np.broadcast_arrays(*xs)
    results = np.empty((1 + len(xs), *xs[0].shape))
    for place in np.ndindex(xs[0].shape):
        point = [float(x[place]) for x in xs]
        value, partials = row.evaluate(point, [Value(x) for x in point])
        results[(slice(None), *place)] = value, *partials
    return results
