"""All kinds by name: what is asked, of which graphs, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...base.phrases import Phrase, say
from ..calculation import Calculation
from ..exercise import Blank, Choice, Row
from . import numeric
from .worked import Worked

__all__ = ["KINDS", "Kind", "Parts"]


@dataclass(frozen=True)
class Parts:
    """What a kind makes of one variant."""

    tasks: tuple[Phrase, ...]
    blanks: tuple[Blank | Choice, ...]
    table: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Kind:
    """`steps` says that a learning rate is given."""

    title: Phrase
    make: Callable[[Worked], Parts]
    applies: Callable[[Calculation], bool] = lambda calculation: True
    steps: bool = False


def _numbers(blanks: Callable[[Worked], Sequence[Blank]], task: Phrase) -> Callable[[Worked], Parts]:
    return lambda worked: Parts((task,), tuple(blanks(worked)))


KINDS = {
    "forward": Kind(
        say("Forward pass"), _numbers(numeric.forward, say("Forward pass: compute the value of every node."))
    ),
    "local": Kind(
        say("Local derivatives"), _numbers(numeric.local, say("Compute the local derivative on every arrow."))
    ),
    "backward": Kind(
        say("Backward pass"),
        _numbers(numeric.backward, say("Backward pass: compute the gradients, from the result back.")),
    ),
    "update": Kind(
        say("One step of gradient descent"),
        _numbers(
            numeric.update, say("Take one step of gradient descent: what is every parameter afterwards?")
        ),
        steps=True,
    ),
}
"""In the order in which they take turns."""
