"""A sheet of exercises with what can be done with it: answers are checked, files are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import pictures
from .answers import Verdict, judge
from .sheet import Sheet
from .writers.files import save
from .writers.graphs import blanked
from .writers.page import page
from .writers.text import text, to_dict

__all__ = ["Exercises"]


@dataclass(frozen=True)
class Exercises(Sheet):
    """Exercises that were made, in a sequence.

    >>> from microgrid import exercises
    >>> sheet = exercises.make("L = (w*x - y)**2; w, x, y in 2..9", 3, seed=7, kinds=["backward"])
    >>> sheet.answer("q1", w=0).right
    False
    """

    def answer(self, question: str, /, **answers: Any) -> Verdict:
        """Check answers to a question, by the names of its blanks: ``sheet.answer("q3", w=-12)``."""
        return judge(self, question, answers)

    def text(self, *, answers: bool = True) -> str:
        """The exercises as plain text, with the answers after each."""
        return text(self, answers)

    def to_dict(self) -> dict[str, Any]:
        """All of it as data, as `exercises.json` has it."""
        return to_dict(self)

    def html(self) -> str:
        """A page that marks itself, in one text: for a site, a frame, or a file; the same bytes by seed."""
        return page(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own; where that cannot be, its first graph."""
        return pictures.in_notebook(self.html(), blanked(self).svg)

    def save(self, folder: str | Path, formats: Iterable[str] = ()) -> list[Path]:
        """Write the files of these formats into a folder, which is made; without any, of all but PDF."""
        return save(self, Path(folder), tuple(formats))
