"""What a kind makes of one variant: tasks, blanks, and perhaps a worked table or a claim."""

from __future__ import annotations

from dataclasses import dataclass

from ...base.phrases import Phrase
from ..exercise import Blank, Choice, Row

__all__ = ["Parts"]


@dataclass(frozen=True)
class Parts:
    """`claim` is a formula in the grammar that `microgrid.check` reads."""

    tasks: tuple[Phrase, ...]
    blanks: tuple[Blank | Choice, ...]
    table: tuple[Row, ...] = ()
    claim: str = ""
