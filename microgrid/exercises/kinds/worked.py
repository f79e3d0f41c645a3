"""A graph with the numbers of one variant, and the tools with which every kind makes its blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import isfinite
from random import Random

from ...base.formula import FLOAT
from ...base.phrases import Phrase
from ..calculation import Calculation, Computed
from ..exercise import Asked, Blank, Mistake, Number
from ..formulas import NoFormula, expression, in_numbers, slope_text
from ..numbers import is_short
from ..rounding import Carried, carried, tolerated
from ..wording import decimal, formula, typeset

__all__ = ["EXACTLY", "Unsuitable", "Worked", "told_apart"]

EXACTLY = 0.001
"""How far an exact answer may be off: less than a hundredth, of which all are multiples."""
LARGEST_TOLERANCE, SHARE = 0.02, 0.3
"""How far an answer may be off at most where numbers are rounded, also as a share of it."""
MOVED = 1e-3
"""By how much of its size a number is moved to see which answers are equal by accident."""


DECISIVE = frozenset(
    "only_local only_gradient one_path not_accumulated no_rate uphill doubled added slope".split()
)
"""Mistakes that must not lead to the right number even where a list names the numbers that make them."""


class Unsuitable(Exception):
    """No exercise can be made of these numbers, because a mistake would give the right answer."""


@dataclass(frozen=True)
class Worked:
    """One variant: its graph, the numbers of its leaves, and all that follows from them."""

    calculation: Calculation
    given: Mapping[str, Number]
    rate: Fraction
    random: Random
    number: int = 1
    """That of the exercise."""
    known: bool = False
    """Whether the values of the forward pass are given."""

    @cached_property
    def found(self) -> Computed:
        calculation = self.calculation
        numbers = self.given if calculation.exact else {name: float(x) for name, x in self.given.items()}
        return calculation.computed(numbers)

    @cached_property
    def errors(self) -> Carried:
        """How far off numbers are that are rounded to three decimals at every step, at most."""
        return carried(self.calculation, self.found, self.known)

    def error(self, what: str, k: int | tuple[int, int]) -> float:
        """That of one of the values, gradients or locals; none where numbers are fractions."""
        return 0.0 if self.calculation.exact else float(getattr(self.errors, what)[k])

    @cached_property
    def moved(self) -> Worked:
        """The same with numbers nearby, in which nothing is equal by accident; a zero that is meant stays."""
        return self._moved(())

    @cached_property
    def moved_free(self) -> Worked:
        """The same, but for the numbers that lists name, such as the 0 and 1 of XOR: what is equal here too
        is equal because of these.
        """
        return self._moved({each.name for each in self.calculation.spec.ranges if each.listed})

    def _moved(self, kept: Container[str]) -> Worked:
        numbers = {
            name: float(x) * (1 if name in kept else 1 + MOVED * ((k + 1) * 0.6180339887498949 % 1))
            for k, (name, x) in enumerate(self.given.items())
        }
        return self._with(self.calculation.computed(numbers, FLOAT))

    def at(self, given: Mapping[str, float]) -> Computed:
        """All numbers at another point, in floats."""
        return self.calculation.computed(given, FLOAT)

    def _with(self, numbers: Computed) -> Worked:
        other = replace(self)
        other.__dict__["found"] = numbers
        if not self.calculation.exact:
            other.__dict__["errors"] = self.errors
        return other

    # ------------------------------------------------------------ names

    def name(self, k: int) -> str:
        return self.calculation.steps[k].name

    def text(self, k: int) -> str:
        return typeset(self.name(k))

    def rate_of(self, k: int, j: int) -> str:
        """``∂z/∂w``."""
        return Asked(self.name(k), self.name(j)).text

    def gradient_of(self, k: int) -> Asked:
        return Asked(self.name(self.calculation.root), self.name(k))

    def formula(self, k: int) -> str:
        """``w·x + b``."""
        return formula(expression(self.calculation, k))

    def made(self, k: int) -> str:
        """``w·x + b = 2·3 + 1``."""
        return f"{self.formula(k)} = {formula(in_numbers(self.calculation, k, self.found.values))}"

    def slope(self, k: int, j: int) -> str:
        """The formula of a local derivative; empty where there is none, or none but the number."""
        try:
            text = slope_text(self.calculation, k, j)
        except NoFormula:
            return ""
        return formula(text) if re.search(r"[^\W\d]", text) else ""

    def write(self, x: Number) -> str:
        return decimal(x)

    # ------------------------------------------------------------ numbers

    def terms(self, k: int) -> list[tuple[int, Number]]:
        """What each use of a named node adds to its gradient, from the last use back, as `backward` goes."""
        found = self.found
        return [
            (user, found.gradients[user] * found.locals[user, k])
            for user in reversed(self.calculation.uses[k])
        ]

    @property
    def learnt(self) -> tuple[int, ...]:
        return tuple(self.calculation.index[name] for name in self.calculation.spec.parameters)

    @property
    def arrows(self) -> list[tuple[int, int]]:
        """The arrows that gradients go back on, each as its head and its tail."""
        wanted = {*self.calculation.asked, *self.learnt}
        return [(k, j) for k in self.calculation.asked for j in self.calculation.operands[k] if j in wanted]

    @property
    def backward(self) -> tuple[int, ...]:
        """The named nodes whose gradients are asked for: from the result, which has 1, to the parameters."""
        wanted = {*self.calculation.asked, *self.learnt} - {self.calculation.root}
        return tuple(k for k in reversed(self.calculation.named) if k in wanted)

    def blank(
        self,
        key: str,
        asked: Asked,
        expected: Number,
        mistakes: Iterable[Mistake],
        hint: Phrase,
        solution: str,
        error: float,
    ) -> Blank:
        """A number that is asked for; `error` is that of whoever carries three decimals."""
        tolerance = EXACTLY if self.calculation.exact else max(EXACTLY, tolerated(error))
        expected = Fraction(expected) if isinstance(expected, int) else expected
        return Blank(key, asked, expected, tolerance, tuple(mistakes), hint, solution)


Maker = Callable[[Worked], list[Blank]]


def told_apart(worked: Worked, make: Maker) -> list[Blank]:
    """The blanks, without mistakes that always give the right answer; Unsuitable if one does by accident."""
    blanks = make(worked)
    if not worked.calculation.exact and any(map(_is_vague, blanks)):
        raise Unsuitable
    others = _Others(worked, make)
    return [_checked(worked, others, k, blank) for k, blank in enumerate(blanks)]


@dataclass
class _Others:
    """The same blanks at numbers nearby, which are only made where a mistake meets the right answer."""

    worked: Worked
    make: Maker

    @cached_property
    def moved(self) -> list[Blank]:
        return self.make(self.worked.moved)

    @cached_property
    def free(self) -> list[Blank]:
        listed = any(each.listed for each in self.worked.calculation.spec.ranges)
        return self.make(self.worked.moved_free) if listed else self.moved

    @staticmethod
    def meet(blanks: list[Blank], place: int, k: int) -> bool:
        """Whether a mistake gives the right answer there too."""
        return _same(blanks[place].mistakes[k].value, blanks[place].expected)


def _is_vague(blank: Blank) -> bool:
    """Whether so much may be lost to rounding that an answer says little."""
    return blank.tolerance > min(LARGEST_TOLERANCE, SHARE * abs(float(blank.expected)))


def _checked(worked: Worked, others: _Others, place: int, blank: Blank) -> Blank:
    exact = worked.calculation.exact
    if exact and not is_short(Fraction(blank.expected)):
        raise Unsuitable
    kept = list[Mistake]()
    for k, mistake in enumerate(blank.mistakes):
        if not isfinite(mistake.value):
            continue
        near = blank.is_near(mistake.value, blank.expected)
        if near or _overlap(blank, mistake):
            if others.meet(others.moved, place, k):  # always, so that it is no mistake
                continue
            if mistake.kind == "sign" or (exact and mistake.kind in DECISIVE):
                raise Unsuitable
            if near and not others.meet(others.free, place, k):
                raise Unsuitable
            continue
        if not any(abs(float(mistake.value) - float(each.value)) <= 2 * blank.tolerance for each in kept):
            kept.append(mistake)
    return replace(blank, mistakes=tuple(kept))


def _overlap(blank: Blank, mistake: Mistake) -> bool:
    return abs(float(mistake.value) - float(blank.expected)) <= 2 * blank.tolerance


def _same(x: Number, y: Number) -> bool:
    return abs(float(x) - float(y)) <= 1e-9 * max(1.0, abs(float(y)))
