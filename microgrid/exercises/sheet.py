"""Exercises that were made, with what they have in common: the graph, its title and its proof."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

from ..base.phrases import Phrase, say
from ..engine import Value
from ..errors import MicrogridError
from .calculation import Calculation
from .exercise import Exercise
from .kinds.table import usual
from .specs.specification import Specification
from .wording import formula

__all__ = ["Sheet"]


@dataclass(frozen=True)
class Sheet(Sequence[Exercise]):
    """Exercises that were made; `source`, `seed`, `kinds`, `params` and `first` make them again."""

    source: str
    seed: int
    kinds: tuple[str, ...]
    params: tuple[str, ...]
    lang: str
    calculation: Calculation = field(repr=False)
    items: tuple[Exercise, ...] = field(repr=False)
    first: int = field(default=1, repr=False)
    """The number of the first; of one alone, what its sheet begins with."""

    @property
    def spec(self) -> Specification:
        return self.calculation.spec

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, place: int) -> Exercise: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Exercise, ...]: ...

    def __getitem__(self, place: int | slice) -> Exercise | tuple[Exercise, ...]:
        return self.items[place]

    def graph(self, place: int = 0) -> Value:
        """The graph with the numbers of the exercise at this place, counted from 0."""
        return self.calculation.values(self.items[place].given)

    @cached_property
    def proof(self) -> Any:
        """What `verify` says of the graph, once for all exercises: its formulas are the same for all.

        MicrogridError if it does not confirm them."""
        from ..proof.verify import verify

        report = verify(self.graph())
        if any(finding.status == "failed" for finding in report.findings):
            raise MicrogridError(f"the derivatives of these exercises were not confirmed: {report.text()}")
        return report

    @property
    def proved(self) -> Phrase:
        """What the proof says, in a sentence."""
        return say("Derivatives of the graph: {verdict}.", verdict=self.proof.verdict)

    @property
    def title(self) -> Phrase:
        return say("Exercises: {subject}", subject=self.subject)

    @property
    def command(self) -> str:
        """What makes the sheet again, for whoever has the paper: typed as it stands.

        >>> from microgrid import exercises
        >>> exercises.make("L = (w*x)**2; w, x in 2..9", 3, seed=7, kinds=["local"]).command
        'microgrid exercises "L = (w*x)**2; w, x in 2..9" -n 3 --seed 7 --kinds local'
        """
        source = re.sub(r"\s*[;\n]\s*", "; ", self.source.strip())
        words = ["microgrid exercises", _quoted(" ".join(source.split()))]
        last = self.items[-1].number
        words.append(f"-n {len(self)}" if last == self.first + len(self) - 1 else f"--only {last}")
        if self.first != 1:
            words.append(f"--first {self.first}")
        words.append(f"--seed {self.seed}")
        if self.kinds != usual(self.calculation):
            words.append(f"--kinds {','.join(self.kinds)}")
        if self.params:
            words.append(f"--params {','.join(self.params)}")
        return " ".join(words if self.lang == "en" else [*words, f"--lang {self.lang}"])

    @property
    def origin(self) -> Phrase:
        """The same in a sentence."""
        return say("Made again by: {command}", command=self.command)

    @property
    def subject(self) -> str:
        """What they are about, in words or as statements."""
        return self.spec.title or formula(self.spec.text)


def _quoted(text: str) -> str:
    """An argument as a shell takes it; our grammar has none of the signs that mean something in quotes."""
    return text if re.fullmatch(r"[\w.-]+", text) else f'"{text}"'
