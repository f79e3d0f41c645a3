"""What a deck says: slides with a title, lines of text, formulas, code and pictures, in both languages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import lectures

__all__ = ["Code", "Deck", "Draws", "Line", "Math", "Said", "Slide", "figure", "said"]

Said = str | tuple[str, str]
"""English and Spanish, or what is the same in both.  In a line, `code` and **what matters** are marked so."""
Draws = Callable[..., Any]
"""Draws one picture or a tuple of them; it is called with lang=, of a page also with slide= and title=."""


@dataclass(frozen=True)
class Math:
    """A formula on a line of its own, in LaTeX that matplotlib reads too."""

    latex: Said


@dataclass(frozen=True)
class Code:
    """Lines of a program, or what it prints, letter for letter."""

    text: Said


Line = Said | Math | Code


@dataclass(frozen=True)
class Slide:
    """A slide: a `page`, which is a picture of viz with the title, or lines and what stands `beside` them.

    The lines of a page are what the lecturer says about it: notes, which the audience does not see.
    """

    title: Said
    lines: Sequence[Line] = ()
    page: Draws | None = None
    beside: Draws | None = None
    below: bool = False
    """Whether what stands beside the lines stands below them, because it is wide."""
    notes: Said = ""
    first: int | None = None
    """How many lines are there at first, while each of the others waits for a key; None for all.

    What waits is what the room is to compute before it is shown.
    """


@dataclass(frozen=True)
class Deck:
    """The slides of a lecture; a slide with the title and the subtitle comes before them."""

    letter: str
    title: Said
    subtitle: Said
    slides: Sequence[Slide]


def said(text: Said, lang: str) -> str:
    return text if isinstance(text, str) else text[lang == "es"]


@cache
def _rows() -> dict[int, lectures.Row]:
    return {row.number: row for row in lectures.rows()}


def figure(number: int, *parts: int, legend: bool = True, **options: Any) -> Draws:
    """Draws a figure of docs/lectures.md by its calls there, or these `parts` of it; options for its calls.

    Without `legend`, a plot has none: in the place beside the lines it may hide what is plotted.

    >>> figure(9, 3)(lang="es")[0].get_axes()[0].get_xlabel()
    'paso'
    """

    def draw(lang: str, **how: Any) -> Any:
        figures = lectures.made(_rows()[number], lang, **options | how)
        chosen = tuple(figures[part] for part in parts) if parts else tuple(figures)
        for ax in [] if legend else (ax for plot in chosen for ax in plot.axes):
            ax.get_legend().remove()
        return chosen

    return draw
