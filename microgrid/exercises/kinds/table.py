"""All kinds by name: what is asked, of which graphs, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...base.phrases import Phrase, say
from ..calculation import Calculation
from ..exercise import Blank
from . import numeric, paths, planted
from .parts import Parts
from .worked import Worked

__all__ = ["KINDS", "Kind", "applying", "usual"]


@dataclass(frozen=True)
class Kind:
    """`steps` says that a learning rate is given, `after` that the forward pass has been done."""

    title: Phrase
    make: Callable[[Worked], Parts]
    applies: Callable[[Calculation], bool] = lambda calculation: True
    steps: bool = False
    after: bool = False


def _numbers(blanks: Callable[[Worked], Sequence[Blank]], task: Phrase) -> Callable[[Worked], Parts]:
    return lambda worked: Parts((task,), tuple(blanks(worked)))


FORWARD = say("Compute the value of every node.")
LOCAL = say("Compute the local derivative on every arrow.")
BACKWARD = say("Compute the gradients, from the result back.")
UPDATE = say("Take one step of gradient descent: what is every parameter afterwards?")

KINDS = {
    "forward": Kind(say("Forward pass"), _numbers(numeric.forward, FORWARD)),
    "local": Kind(say("Local derivatives"), _numbers(numeric.local, LOCAL), after=True),
    "backward": Kind(say("Backward pass"), _numbers(numeric.backward, BACKWARD), after=True),
    "update": Kind(
        say("One step of gradient descent"), _numbers(numeric.update, UPDATE), steps=True, after=True
    ),
    "wrong-number": Kind(say("The wrong number"), planted.wrong_number),
    "missing-path": Kind(say("The missing path"), paths.missing_path, paths.has_sum, after=True),
    "true-false": Kind(say("True or false?"), planted.true_or_false, planted.has_formulas, after=True),
    "vanishing": Kind(say("Vanishing or not?"), paths.vanishing, paths.has_chain, after=True),
}
"""In the order in which they take turns."""


def applying(calculation: Calculation) -> tuple[str, ...]:
    """The kinds that a graph has exercises of."""
    return tuple(kind for kind, how in KINDS.items() if how.applies(calculation))


def usual(calculation: Calculation) -> tuple[str, ...]:
    """Those that are made where none is named."""
    there = applying(calculation)
    return tuple(kind for kind in calculation.spec.kinds or there if kind in there)
