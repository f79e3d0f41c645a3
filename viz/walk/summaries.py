"""What boxes of several results, scopes and pieces, say on the way through a walk: nothing of what is not
known yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from microgrid.base.phrases import speaker

from ..graph.folding import Unit, outputs
from ..graph.trace import Trace
from ..picture.boxes import LONGEST_NAME, Line
from ..picture.compose import MOST_VALUES
from ..picture.condensed import brief
from ..picture.scale import gradient_of
from ..picture.selection import Choices
from ..style.text import shorten
from ..words.descriptions import Words
from ..words.numbers import Numbers
from ..words.scope_texts import scope_lines
from ..words.unit_texts import texts_of
from .moments import Moment, Stage

__all__ = ["ScopeSummary", "Summaries"]


@dataclass(frozen=True)
class ScopeSummary:
    """What a box says of a scope, or of a piece with several results, from one moment on."""

    complete: bool
    """Whether all of its outputs are known."""
    values: str
    gradient: str | None
    """The norm of what has been passed to its parameters so far, or what to each result; None before
    anything has."""
    size: float | None
    """What the box has a colour for, where gradients have colours."""
    description: str


class Summaries:
    """What each of these boxes says after each moment, in turn."""

    def __init__(
        self, trace: Trace, choices: Choices, moments: Sequence[Moment], numbers: Numbers, lang: str
    ) -> None:
        self._trace, self._numbers = trace, numbers
        self._say, self._words = speaker(lang), Words(trace, numbers, lang)
        self._is_close = bool(choices.density.inline)
        self._signed = choices.scale is not None and choices.scale.is_signed
        self._texts = texts_of(trace, numbers)
        self._outputs = outputs(trace, choices.units)
        self._units = {
            unit.last: unit
            for unit in choices.units
            if unit.kind == "scope" or (unit.kind == "piece" and len(self._outputs[unit.last]) > 1)
        }
        self._owner = {i: unit.last for unit in self._units.values() for i in unit.nodes}
        self.changes = self._play(moments) if self._units else [{} for _ in moments]
        """For each moment what those boxes say that it changes, each under the last node of its scope."""

    def _play(self, moments: Sequence[Moment]) -> list[dict[int, ScopeSummary]]:
        stage = Stage(self._trace)
        changes = []
        for moment in moments:
            stage.advance(moment)
            touched = {self._owner[i] for i in moment.active if i in self._owner}
            if moment.phase == "start":
                touched = set(self._units)
            changes.append({last: self._summary(self._units[last], stage) for last in sorted(touched)})
        return changes

    def _summary(self, unit: Unit, stage: Stage) -> ScopeSummary:
        used = self._outputs[unit.last]
        values, gradient = self._lines(unit, used, stage)
        if unit.kind == "scope":
            description = self._words.scope(unit, used, stage.data, stage.grads)
        else:
            parts = values or self._say("values not computed"), gradient or self._say("gradient not computed")
            description = "\n".join([self._words.title(unit), *parts])
        return ScopeSummary(
            complete=all(stage.data[i] is not None for i in used),
            values=shorten(values, LONGEST_NAME),
            gradient=brief(gradient) if gradient and self._is_close else gradient,
            size=gradient_of(self._trace, unit, used, self._signed, stage.grads),
            description=description,
        )

    def _lines(self, unit: Unit, used: Sequence[int], stage: Stage) -> tuple[str, str | None]:
        """Values and gradients, as far as they are known."""
        if unit.kind == "scope" or len(used) > MOST_VALUES:
            return scope_lines(self._trace, unit, used, self._numbers, self._say, stage.data, stage.grads)
        piece = self._texts.piece(unit)
        data, grads = ([of[i] for i in piece.outputs] for of in (stage.data, stage.grads))
        values = piece.values(data) if None not in data else ""
        return values, f"grad {piece.values(grads)}" if any(x is not None for x in grads) else None

    def widths(self, size: float | None = None) -> dict[int, float]:
        """By the last node of each scope, the width of the longest line on the way, in letters of this
        size."""
        widths: dict[int, float] = {}
        for last, summary in (item for change in self.changes for item in change.items()):
            lines = Line(summary.values, "value", size), Line(summary.gradient or "", "gradient", size)
            widths[last] = max(*(line.width for line in lines), widths.get(last, 0.0))
        return widths
