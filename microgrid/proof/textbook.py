"""What was computed for a named piece, beside what the textbook's formula gives: equal but for rounding?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

from ..base.context import undisturbed
from ..base.messages import call_text
from ..base.phrases import Phrase, say
from ..engine import Value
from ..graph import order
from ..pieces import Instance, found
from .composition import TINY, engine_adjoints
from .rounding import rounding_bounds
from .unfolding import Writer, differs

__all__ = ["Comparison", "compare", "compared", "leaves_doubles"]

LARGEST = 20_000
"""Nodes, times outputs, of a piece up to which all outputs are compared."""
DIGITS_LOST = 1e-6
"""The relative difference from which on agreement within rounding is no agreement to be proud of."""
_EXPONENTIAL = ("softmax", "log_softmax", "logsumexp", "cross_entropy_with_logits", "bce_with_logits")
"""Pieces that begin with exponentials of what they read."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """One piece: how its value and local derivatives differ from those of the textbook's form."""

    instance: Instance
    agrees: bool
    """Whether all are equal within the rounding of both computations."""
    error: float
    """The largest relative difference; inf where the textbook's form gives no number."""
    text: Phrase
    """The finding in one sentence; "" where the two agree to many digits."""


def compare(*roots: Value) -> list[Comparison]:
    """Compare each named piece under the roots with its textbook's form, in the order of `pieces.found`.

    >>> from microgrid import Value, softmax
    >>> for one in compare(softmax([Value(1000.0, "z1"), Value(999.0, "z2")])[0]):
    ...     print(one.text)
    e^1000 overflows in the textbook's softmax
    >>> [one.agrees for one in compare(softmax([Value(2.0), Value(1.0)])[0])]
    [True]
    """
    return [compared(one) for one in found(order(*roots))]


def compared(instance: Instance) -> Comparison:
    """Compare one piece with its textbook's form, both computed at the data that its operands have.

    Of a piece with very many outputs some are compared.
    """
    problem, size = leaves_doubles(instance), len(instance.nodes)
    if problem:
        return Comparison(instance, False, inf, problem)
    agrees, error = True, 0.0
    recorded, leaves = _written(instance, textbook=False)
    textbook, others = _written(instance, textbook=True)
    for ours, theirs in list(zip(recorded, textbook, strict=True))[: 1 + LARGEST // size]:
        for got, bound, want, other in zip(*_numbers(ours, leaves), *_numbers(theirs, others), strict=True):
            if not isfinite(want):
                return Comparison(instance, False, inf, _too_large(say("the gradient"), instance))
            difference = abs(got - want)
            agrees = agrees and difference <= bound + other + 4 * TINY
            if difference > 4 * TINY:
                error = max(error, difference / max(abs(got), abs(want)))
    text = Phrase()
    if not agrees or error > DIGITS_LOST:
        text = say(
            "the textbook's {piece} is off by {error}",
            piece=instance.piece.name,
            error=f"{min(100 * error, 100):.3g} %",
        )
    return Comparison(instance, agrees, error, text)


def leaves_doubles(instance: Instance) -> Phrase:
    """A sentence if the textbook's form cannot be computed at the operands' data, else ""."""
    if not differs(instance.piece.name) or _is_harmless(instance):
        return Phrase()
    outputs, _ = _written(instance, textbook=True)
    for v in order(*outputs):
        if v._row is not None and not isfinite(v.data) and all(isfinite(parent.data) for parent in v.parents):
            x, *rest = (parent.data for parent in v.parents)
            if v.op == "exp":
                return _too_large(f"e^{x:.6g}", instance)
            what = f"log {x:.6g}" if v.op == "log" else f"{x:.6g}/{rest[0]:.6g}" if v.op == "div" else ""
            if what:
                text = "{what} is undefined in the textbook's {piece}"
                return say(text, what=what, piece=instance.piece.name)
            return _too_large(call_text(v._row, v.parents, v._db), instance)
    return Phrase()


def _is_harmless(instance: Instance) -> bool:
    """Whether no exponential, logarithm or quotient of its numbers leaves what a double holds."""
    if instance.piece.name in _EXPONENTIAL:  # whose constants are logits too
        constants = (v for v in instance.nodes if v._row is None)
        return all(-30.0 < v._data < 30.0 for v in (*instance.operands, *constants))
    return all(1e-100 < abs(v._data) < 30.0 and v._data != 1.0 for v in instance.operands)


def _too_large(what: str, instance: Instance) -> Phrase:
    text = "{what} overflows in the textbook's {piece}"
    return say(text, what=what, piece=instance.piece.name)


def _written(instance: Instance, textbook: bool) -> tuple[list[Value], list[Value]]:
    """The piece's outputs over fresh leaves, and these: as it was recorded, or as the textbook has it."""
    with undisturbed():
        stand = {v: Value(v.data, v.label) for v in instance.operands}
        writer = Writer(instance, stand, textbook)
        return [writer.write(v) for v in instance.outputs], list(stand.values())


def _numbers(output: Value, leaves: Sequence[Value]) -> tuple[list[float], list[float]]:
    """The value and the derivative by each leaf, and how far rounding can move each."""
    nodes, adjoints = order(output), engine_adjoints(output)
    values, gradients = rounding_bounds(nodes)
    numbers = [output.data, *(adjoints.get(x, 0.0) for x in leaves)]
    return numbers, [values[output], *(gradients.get(x, 0.0) for x in leaves)]
