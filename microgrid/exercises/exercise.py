"""One exercise: what is given, what is asked, and what each wrong answer says about whoever gave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..base.phrases import Phrase, message, say
from .mistakes import MISTAKES, NEAR
from .wording import decimal, typeset

__all__ = ["Asked", "Blank", "Choice", "Exercise", "Mistake", "Number", "Option", "Row"]

Number = Fraction | float


@dataclass(frozen=True)
class Asked:
    """What a blank stands for: the value of a node, a derivative of it, or a parameter after a step."""

    of: str
    by: str = ""
    new: bool = False
    words: Phrase | None = field(default=None, compare=False)
    """What is said in place of a name, which would give away an answer."""

    @property
    def text(self) -> str:
        """
        >>> Asked("L", "w1").text, Asked("yhat").text
        ('∂L/∂w₁', 'ŷ')
        """
        if self.by:
            return f"∂{typeset(self.of)}/∂{typeset(self.by)}"
        return typeset(self.of)

    @property
    def latex(self) -> str:
        from ..naming.latex_names import latex_name, latex_quotient

        return latex_quotient(self.of, self.by) if self.by else latex_name(self.of)


@dataclass(frozen=True)
class Mistake:
    """A wrong number, and what whoever found it has done; `kind` is its name in `mistakes`."""

    kind: str
    value: Number
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> Phrase:
        return say(MISTAKES[self.kind], **dict(self.fields))


@dataclass(frozen=True)
class Blank:
    """A number that is to be found; `key` is what it is called where an answer is checked."""

    key: str
    asked: Asked
    expected: Number
    tolerance: float
    mistakes: tuple[Mistake, ...]
    hint: Phrase
    solution: str
    """How it is found, from what to the number: ``∂L/∂e · ∂e/∂ŷ = −4 · 1``."""

    def judged(self, answer: Number) -> tuple[bool, Phrase]:
        """Whether an answer is right, and what there is to say about it."""
        if self.is_near(answer, self.expected):
            return True, say("Right: {value}.", value=decimal(self.expected))
        for mistake in self.mistakes:
            if self.is_near(answer, mistake.value):
                return False, mistake.text
        close = abs(float(answer) - float(self.expected)) <= NEAR * abs(float(self.expected))
        return False, say(MISTAKES["close"]) if close else say(MISTAKES["wrong"], hint=self.hint)

    def is_near(self, answer: Number, number: Number) -> bool:
        return abs(float(answer) - float(number)) <= self.tolerance * (1 + 1e-9)


@dataclass(frozen=True)
class Option:
    text: Phrase | str
    right: bool
    feedback: Phrase


@dataclass(frozen=True)
class Choice:
    """A question of which one answer is right; an answer is the number or the text of an option."""

    key: str
    question: Phrase
    options: tuple[Option, ...]

    @property
    def right(self) -> int:
        return next(k for k, option in enumerate(self.options) if option.right)

    def judged(self, answer: int) -> tuple[bool, Phrase]:
        option = self.options[answer]
        return option.right, message(
            say("Right.") if option.right else say("Not this one."), " ", option.feedback
        )


@dataclass(frozen=True)
class Row:
    """A line of a worked table: a node with its value and its gradient, as they stand there."""

    name: str
    value: Number | None
    gradient: Number | None


@dataclass(frozen=True)
class Exercise:
    """An exercise; `number` makes it again, with the same specification, kinds and seed."""

    number: int
    kind: str
    title: Phrase
    given: Mapping[str, Fraction]
    rate: Fraction | None
    tasks: tuple[Phrase, ...]
    blanks: tuple[Blank | Choice, ...]
    table: tuple[Row, ...] = ()
    claim: str = ""
    """A formula that is to be judged, as `microgrid.check` reads it."""
    known: Mapping[str, Number] = field(default_factory=dict)
    """The values of the forward pass, where that has been done."""

    @property
    def id(self) -> str:
        return f"q{self.number}"

    def known_text(self) -> Phrase | str:
        """What the forward pass has given; empty where that is to be found."""
        if not self.known:
            return ""
        return say("The forward pass gives {values}.", values=self.known_values())

    def known_values(self) -> str:
        return ", ".join(f"{typeset(name)} = {decimal(x)}" for name, x in self.known.items())

    def given_text(self) -> str:
        """
        >>> given = {"w1": Fraction(-5, 2), "x": Fraction(3)}
        >>> Exercise(1, "forward", say(""), given, None, (), ()).given_text()
        'w₁ = −2.5, x = 3'
        """
        parts = [f"{typeset(name)} = {decimal(x)}" for name, x in self.given.items()]
        return ", ".join([*parts, f"η = {decimal(self.rate)}"] if self.rate is not None else parts)
