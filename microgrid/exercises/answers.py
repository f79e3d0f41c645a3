"""Answers, checked against exercises: what is right, and what each wrong number shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from ..base.messages import short
from ..base.phrases import Phrase, said, say
from .exercise import Choice, Number
from .sheet import Sheet
from .wording import exact
from .writers.text import shown

__all__ = ["Verdict", "answer", "begin", "judge", "read_number"]

_begun: list[Sheet] = []
"""The exercises that were made last."""


@dataclass(frozen=True)
class Verdict:
    """What there is to say about each answer; it is shown as text, and true if all of them are right."""

    lines: tuple[tuple[str, bool, Phrase], ...]
    missing: tuple[str, ...]
    lang: str

    @property
    def right(self) -> bool:
        return bool(self.lines) and all(right for _, right, _ in self.lines)

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        texts = [
            f"{'✓' if right else '✗'} {name}{'' if name.endswith('?') else ':'} {said(text, self.lang)}"
            for name, right, text in self.lines
        ]
        if self.missing and not self.lines:
            names = ", ".join(f"{name}=..." for name in self.missing)
            return said(say("Give your answers by name: {names}.", names=names), self.lang)
        if self.missing:
            texts.append(
                said(say("Still to be answered: {names}.", names=", ".join(self.missing)), self.lang)
            )
        return "\n".join(texts)


def begin(sheet: Sheet) -> None:
    """Make these the exercises that `answer` is about."""
    _begun[:] = [sheet]


def answer(question: str, /, **answers: Any) -> Verdict:
    """Check answers to one of the exercises that were made last, by the names of its blanks.

    `question` is its name, "q1" for the first.  LookupError if none were made yet.

    >>> from microgrid import exercises
    >>> sheet = exercises.make("L = (w*x - y)**2; w, x, y in 2..9", 3, seed=7, kinds=["backward"])
    >>> right = sheet[2].blanks[0].expected
    >>> exercises.answer("q3", w=right).right, exercises.answer("q3", w=-right)
    (True, ✗ ∂L/∂w: The size is right, but not the sign.)
    """
    if not _begun:
        raise LookupError('there are no exercises yet: sheet = exercises.make("line", 10, seed=7)')
    return judge(_begun[0], question, answers)


def judge(sheet: Sheet, question: str, answers: dict[str, Any]) -> Verdict:
    exercise = next((each for each in sheet if each.id == question), None)
    if exercise is None:
        raise LookupError(f"there is no exercise {question!r}: they are {sheet[0].id} to {sheet[-1].id}")
    known = {blank.key: blank for blank in exercise.blanks}
    names = ", ".join(known)
    if unknown := [key for key in answers if key not in known]:
        raise LookupError(f"{question} does not ask for {short(unknown[0])}: it asks for {names}")
    lines = []
    for key, given in answers.items():
        blank = known[key]
        if isinstance(blank, Choice):
            verdict = blank.judged(_option(blank, given, sheet.lang))
            lines.append((said(blank.question, sheet.lang), *verdict))
        else:
            lines.append((shown(blank, sheet.lang), *blank.judged(read_number(given, key))))
    return Verdict(tuple(lines), tuple(key for key in known if key not in answers), sheet.lang)


def read_number(given: Any, what: str) -> Number:
    """A number that somebody typed: -12, "−2.5", "1/3" or "0,5"."""
    if isinstance(given, str):
        try:
            return exact(given.replace(",", "."))
        except ValueError as error:
            raise ValueError(f"{what} is a number such as -2.5: {error}") from None
    if isinstance(given, Fraction):
        return given
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{what} is a number such as -2.5, got {type(given).__name__}") from None
    if not isfinite(number):
        raise ValueError(f"{what} is a finite number such as -2.5, got {number}")
    return number


def _option(choice: Choice, given: Any, lang: str) -> int:
    """The place of an option: by its letter, its text, or true and false."""
    texts = [said(option.text, lang) for option in choice.options]
    letters = [chr(ord("a") + k) for k in range(len(texts))]
    words = [str(option.text) for option in choice.options]
    given = str(given).strip()
    for names in (letters, texts, words, [text.lower() for text in texts]):
        if given in names or given.lower() in names:
            return names.index(given if given in names else given.lower())
    raise ValueError(f"{choice.key} is one of {', '.join(letters)}, got {given!r}")
