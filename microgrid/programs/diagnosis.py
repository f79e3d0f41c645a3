"""Says where a program left the finite numbers: the instruction, the sample, the label and the operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..base.context import errstate
from ..base.messages import IEEE, call_text, describe, settle
from ..base.phrases import message, text_of
from ..engine import Value
from ..errors import DomainError
from ..ops import NEG
from .instructions import Instruction, Operand, Run
from .listing import Listing
from .replay import Memory, Replay, partials

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["check_values", "gradient_fault"]


def check_values(replay: Replay, memory: Memory, listing: Listing, start: int) -> None:
    """DomainError at the first instruction that made inf or nan of finite operands; `start` is the first sample."""
    for slot, x in enumerate(memory.U[: replay.code.parameters, 0]):
        if x - x != 0.0:
            raise DomainError(IEEE.after(f"the parameter {listing.name(False, slot)} is {x}"))
    for instruction in (*replay.uniform, *replay.lanes):
        found = _first(instruction, memory[instruction.lane])
        if found is None:
            continue
        total, r, n = found
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
    held = memory[operand.lane][slot]
    with errstate(domain="ieee"):
        return Value(held[n if operand.lane else 0], listing.labels.of(operand.lane, slot))


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


def gradient_fault(replay: Replay, memory: Memory, adjoints: Memory, listing: Listing, start: int) -> str:
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
    return f"the gradient of {listing.name(False, p)} becomes {total}: it exceeds the range of doubles on the way"


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
        f"{where}{listing.line(instruction)}: the gradient of {describe(operands[k])} is not finite: the partial of "
        f"{name}({', '.join(map(describe, operands))}) with respect to it is {slope}, times the gradient {g[r, n]} "
        "that arrives"
    )
