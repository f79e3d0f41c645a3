"""The page's file: what computes, what shows, the facts, and a policy that lets nothing else in."""

from __future__ import annotations

from pathlib import Path

from microgrid.ops import TABLE

from ...page.optimizers_js import optimizers
from ...page.parts import text_of
from ...page.rows_js import rows
from .facts import kinds, operations_of
from .recorded import Trained

__all__ = ["computing"]

FOLDER = Path(__file__).parent / "page"
COMPUTING = ("twister.js", "tape.js", "training.js")
"""The scripts that know no browser: a Worker runs them, and Node can test them."""


def own(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def computing(trained: Trained, every: bool = False) -> str:
    """The code that trains: rows of operations, those that are used or `every` one, optimisers, and so on."""
    used = [name for name, row in TABLE.items() if row.value] if every else operations_of(trained)
    made = [text_of("stepper/numbers.js"), rows(TABLE[op] for op in used)]
    return "\n".join([*made, optimizers(kinds(trained).values()), *map(own, COMPUTING)])
