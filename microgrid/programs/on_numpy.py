"""A program on NumPy: where there is no kernel, and to explain numbers that are not finite.

What is explained: the instruction, the sample, the label and the operands where the finite numbers were left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..arguments import Floats
from ..base import context
from ..base.checks import one_of
from ..base.messages import IEEE, call_text, describe, settle, warn
from ..base.phrases import message, text_of
from ..custom import CustomOp
from ..engine import Value
from ..errors import DomainError, GraphError, NonFiniteGradient
from ..ops import NEG, ROWS
from .instructions import Code, Instruction, Operand, Run
from .listing import Listing
from .replay import Memory, Replay, partials

if TYPE_CHECKING:
    from . import kernel

__all__ = ["REDUCTIONS", "OnNumPy", "check_call", "fell_back", "machine", "report"]

REDUCTIONS = ("mean", "sum", None)
"""Of what a batch of samples gives: one number, or each sample's."""


class OnNumPy:
    """Runs a program's code block by block.  What is not finite is a DomainError that says where it arose,
    unless errstate(domain="ieee") holds.
    """

    def __init__(self, code: Code, listing: Listing) -> None:
        self.code, self.listing = code, listing
        self._replay: Replay | None = None  # made when needed, which mostly it is not

    @property
    def replay(self) -> Replay:
        if self._replay is None:
            self._replay = Replay(self.code)
        return self._replay

    def forward(self, parameters: Floats, X: Floats, single: bool) -> Any:
        """The outputs: (batch, m), or (batch,) if `single`; of a program without inputs (m,) or a float."""
        import numpy as np

        blocks = self.replay.blocks(len(X))
        table = np.concatenate([self._forward(parameters, X, block)[1] for block in blocks])
        outputs = table[:, 0] if single else table
        if self.code.inputs:
            return outputs
        return float(outputs[0]) if single else outputs[0]

    def value_and_grad(self, parameters: Floats, X: Floats, reduce: str | None) -> tuple[Any, Floats, str]:
        """Value and gradient as `Program.value_and_grad` has them, and where a gradient was not finite."""
        import numpy as np

        n, by_sample = self.code.parameters, reduce is None and self.code.inputs > 0
        outputs, gradients, fault = [], [], ""
        for block in self.replay.blocks(len(X)):
            memory, output = self._forward(parameters, X, block)
            adjoints = self.replay.backward(memory, by_sample)
            outputs.append(output[:, 0])
            gradients.append(adjoints.U[:n])
            if not fault and not np.isfinite(gradients[-1]).all():
                fault = _gradient_fault(self.replay, memory, adjoints, self.listing, block.start)
        values, gradient = np.concatenate(outputs), np.concatenate(gradients, axis=1).T
        if by_sample:
            return values, gradient, fault
        with np.errstate(all="ignore"):
            scale = len(X) if reduce == "mean" else 1
            value, gradient = float(values.sum()) / scale, gradient.sum(axis=0) / scale
        if value - value != 0.0 and np.isfinite(values).all() and context.current().domain == "raise":
            raise DomainError(
                IEEE.after("the sum of the outputs for all samples exceeds the range of doubles")
            )
        if not fault and not np.isfinite(gradient).all():
            fault = "the sum of the gradients for all samples exceeds the range of doubles"
        return value, gradient, fault

    def reported(
        self, parameters: Floats, X: Floats, reduce: str | None, out: Floats | None, quiet: bool
    ) -> tuple[Any, Floats]:
        """Value and gradient, which is written into `out` if given, and what `report` says of them."""
        value, gradient, fault = self.value_and_grad(parameters, X, reduce)
        results = {"the value": value, "the gradient": gradient}
        report(fault, quiet, parameters, X, results, reduce is None)
        if out is None:
            return value, gradient
        out[:] = gradient
        return value, out

    def _forward(self, parameters: Floats, X: Floats, block: slice) -> tuple[Memory, Floats]:
        import numpy as np

        memory = self.replay.forward(parameters, X[block])
        outputs = self.replay.outputs(memory)
        if not np.isfinite(outputs).all() and context.current().domain == "raise":
            _check_values(self.replay, memory, self.listing, block.start)
        return memory, outputs


def machine(code: Code, rows: dict[int, str]) -> tuple[kernel.Machine | None, str]:
    """What runs the code, and what to say about it."""
    custom = [row.name for number in rows if isinstance(row := ROWS[number], CustomOp)]
    if custom:  # no warning, as whoever writes an operation in Python asks for it: repr and History say it
        return None, f"NumPy, because {', '.join(custom)} (custom) runs in Python"
    try:
        from . import kernel
    except ImportError:
        return None, "NumPy, because the native kernel is not built (or MICROGRID_PURE is set)"
    return kernel.Machine(code), f"the native kernel ({kernel.levels()[-1]})"


def check_call(code: Code, read: Mapping[str, Any], batch: int, reduce: str | None, out: Any) -> None:
    """What `value_and_grad` refuses; what it would read is named in messages."""
    if len(code.output_slots) != 1:
        raise GraphError(
            "value_and_grad needs one output, and this program has "
            f"{len(code.output_slots)}: compile one of them, or their sum, by itself"
        )
    one_of(reduce, "reduce", REDUCTIONS)
    if reduce == "mean" and not batch:
        raise ValueError('the mean of an empty batch: X has no rows; reduce="sum" gives 0.0')
    if out is not None:
        each = (batch,) if reduce is None and code.inputs else ()
        arguments.written(out, (*each, code.parameters), read)


def report(
    fault: str, quiet: bool, parameters: Floats, X: Floats, results: dict[str, Any], by_sample: bool
) -> None:
    """After a run on NumPy: warn or raise, as errstate says, about a gradient that is not finite (`fault`),
    or else, unless `quiet`, say why the kernel did not run.
    """
    wanted = context.current().gradient
    if fault and wanted == "raise":
        raise NonFiniteGradient(fault)
    if fault and wanted == "warn":
        warn(fault, RuntimeWarning)
    elif not quiet:
        warn(fell_back(parameters, X, results, by_sample), RuntimeWarning)


def fell_back(parameters: Floats, X: Floats, results: dict[str, Any], by_sample: bool) -> str:
    """Why the kernel left a call to NumPy, and the way out; `by_sample`: each result is a sample's own."""
    import numpy as np

    numbers = {"a parameter": parameters, "a number in X": X, **results}
    what = next((name for name, x in numbers.items() if not np.isfinite(x).all()), "a number on the way")
    if what == "a parameter" or not X.shape[1]:
        way = "change the parameters"
    elif by_sample or what == "a number in X":
        way = "leave out the samples where it is not"
    else:
        way = "leave out the samples where it arises (reduce=None shows which)"
    return f"this call ran on NumPy, slower than the native kernel, because {what} is not finite: {way}"


# ---------------------------------------------------------------- where the finite numbers were left


def _check_values(replay: Replay, memory: Memory, listing: Listing, start: int) -> None:
    """DomainError where inf or nan was first made of finite operands; X begins at sample `start`."""
    for slot, x in enumerate(memory.U[: replay.code.parameters, 0]):
        if x - x != 0.0:
            raise DomainError(IEEE.after(f"the parameter {listing.name(False, slot)} is {x}"))
    for instruction in (*replay.uniform, *replay.lanes):
        place = _first(instruction, memory[instruction.lane])
        if place is None:
            continue
        total, r, n = place
        where = (
            f"sample {start + n}, {listing.line(instruction)}"
            if instruction.lane
            else listing.line(instruction)
        )
        operands = [_value(memory, operand, r, n, listing) for operand in instruction.operands]
        if total:
            terms = [value for run in instruction.runs for value in _terms(memory, run, r, n)]
            if all(x - x == 0.0 for x in terms):
                raise DomainError(IEEE.after(f"{where}: the sum exceeds the range of doubles (1.8e308)"))
        elif all(v.data - v.data == 0.0 for v in operands):
            raise DomainError(message(f"{where}: ", _reason(instruction, operands)))
        return  # what it was given was not finite already


def _first(instruction: Instruction, own: Floats) -> tuple[bool, int, int] | None:
    """Whether it is the sum that is not finite, in which repeat and sample; None where all is finite."""
    import numpy as np

    for total in (True, False) if instruction.row is not None and instruction.runs else (False,):
        slot = instruction.total if total else instruction.result
        bad = ~np.isfinite(own[slot : slot + instruction.repeat])
        if bad.any():
            n, r = np.argwhere(bad.T)[0]
            return total or instruction.row is None, int(r), int(n)
    return None


def _value(memory: Memory, operand: Operand, r: int, n: int, listing: Listing, k: int = 0) -> Value:
    """An operand as a Value, so that messages name it as they name others."""
    slot = operand.slot + k * operand.step + r * operand.rep
    x = memory[operand.lane][slot][n if operand.lane else 0]
    with context.errstate(domain="ieee"):
        return Value(x, listing.labels.of(operand.lane, slot))


def _terms(memory: Memory, run: Run, r: int, n: int) -> list[float]:
    """The factors of a run's terms."""
    slots = [(f, f.slot + k * f.step + r * f.rep) for f in run.factors for k in range(run.length)]
    return [float(memory[f.lane][slot][n if f.lane else 0]) for f, slot in slots]


def _reason(instruction: Instruction, operands: list[Value]) -> str:
    row = instruction.row or NEG  # a sum never gets here
    xs = [v.data for v in operands]
    named = operands[: row.arity]
    try:
        settle(row, xs[0], xs[1] if len(xs) > 1 else 0.0, named)
    except (ArithmeticError, ValueError) as error:
        return text_of(error)
    return IEEE.after(f"{call_text(row, named)} is not finite")


def _gradient_fault(replay: Replay, memory: Memory, adjoints: Memory, listing: Listing, start: int) -> str:
    """Where the chain rule left the finite numbers."""
    import numpy as np

    for instruction in (*reversed(replay.lanes), *reversed(replay.uniform)):
        if not instruction.needs or instruction.row is None:
            continue
        g = adjoints[instruction.lane][instruction.result : instruction.result + instruction.repeat]
        with np.errstate(all="ignore"):
            slopes = partials(instruction, memory)
            for k, operand in enumerate(instruction.operands[: len(slopes)]):  # a constant has no slope
                bad = (g != 0.0) & np.isfinite(g) & ~np.isfinite(g * slopes[k])
                if operand.needs and bad.any():
                    return _arriving(
                        instruction, memory, listing, start, np.argwhere(bad.T)[0], k, g, slopes[k]
                    )
    U = adjoints.U[: replay.code.parameters]
    p = int(np.argwhere(~np.isfinite(U))[0][0])
    total = U[p][~np.isfinite(U[p])][0]
    name = listing.name(False, p)
    return f"the gradient of {name} becomes {total}: it exceeds the range of doubles on the way"


def _arriving(
    instruction: Instruction,
    memory: Memory,
    listing: Listing,
    start: int,
    place: Any,
    k: int,
    g: Floats,
    partial: Any,
) -> str:
    import numpy as np

    n, r = map(int, place)
    where = f"sample {start + n}, " if instruction.lane else ""
    operands = [_value(memory, operand, r, n, listing) for operand in instruction.operands]
    slope = np.broadcast_to(partial, g.shape)[r, n]
    name = instruction.row.name if instruction.row else ""
    return (
        f"{where}{listing.line(instruction)}: the gradient of {describe(operands[k])} is not finite: "
        f"the partial of {name}({', '.join(map(describe, operands))}) with respect to it is {slope}, "
        f"times the gradient {g[r, n]} that arrives"
    )
