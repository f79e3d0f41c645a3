"""Exercises from a specification: distinct variants, a kind for each, made again by seed and number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from random import Random

from ..base.checks import one_of, whole
from ..base.phrases import LANG, Option, Phrase, count, known_language, message, say
from ..errors import MicrogridError
from .answers import begin
from .calculation import Calculation
from .exercise import Blank, Choice, Exercise
from .kinds.table import KINDS, applying, usual
from .kinds.worked import Unsuitable, Worked
from .numbers import Search
from .outputs import Exercises
from .specs.specification import specification

__all__ = ["TooFew", "make"]

MOST_CHECKED = 20_000
"""Combinations with short numbers that may be unsuitable for a kind, one after the other."""
MOST_WAITING = 500
"""Combinations kept for other kinds than the one that they were unsuitable for."""


class TooFew(MicrogridError):
    """The ranges give fewer exercises than are wanted."""


def make(
    spec: str,
    n: int = 10,
    *,
    seed: int = 0,
    kinds: Iterable[str] = (),
    params: Iterable[str] = (),
    only: int | None = None,
    first: int = 1,
    lang: str = LANG,
) -> Exercises:
    """Make n exercises, each with numbers of its own that a hand can do; `only` makes the one of that number.

    `spec` is the name of a template, the shape of a network, or statements with ranges.  Kinds take turns;
    without any it is all that the graph has.  The same seed gives the same exercises, and fewer of them are
    the first of more.  They are numbered from `first`, so that a second sheet counts on where one before it
    ended.  `params` are the names that stand for parameters, `lang` is "en" or "es".

    MicrogridError for a kind that the graph has not, TooFew where the ranges hold no n variants for a hand.

    >>> sheet = make("z = w*x; L = (z - y)**2; w, x, y in 2..9", 4, seed=7)
    >>> [(exercise.kind, exercise.given_text()) for exercise in sheet]  # doctest: +SKIP
    >>> sheet[2] == make("z = w*x; L = (z - y)**2; w, x, y in 2..9", seed=7, only=3)[0]
    True
    >>> [exercise.id for exercise in make("line", 2, seed=7, first=5)]
    ['q5', 'q6']
    """
    whole(n, Option("n"), least=1)
    whole(seed, Option("seed"), least=0)
    known_language(lang)
    whole(first, Option("first"), least=1)
    if only is not None:
        whole(only, Option("only"), least=first)
    params, wanted = tuple(params), tuple(dict.fromkeys(kinds))
    for kind in wanted:
        one_of(kind, "kind", KINDS)
    calculation = Calculation(specification(spec, params))
    there = applying(calculation)
    if missing := [kind for kind in wanted if kind not in there]:
        raise MicrogridError(
            f"this graph has no exercises of the kind {missing[0]}: its kinds are {', '.join(there)}"
        )
    chosen = wanted or usual(calculation)
    last = n if only is None else only - first + 1
    made = []
    turns = _Turns(calculation, chosen, seed, first)
    for exercise in turns:
        made.append(exercise)
        if len(made) == last:
            break
    else:
        raise TooFew(_too_few(turns, len(made), last))
    items = tuple(made[-1:] if only else made)
    sheet = Exercises(spec, seed, chosen, params, lang, calculation, items, first)
    begin(sheet)
    return sheet


def _too_few(turns: _Turns, there: int, wanted: int) -> Phrase:
    """How many there are; at least, where not every combination has been looked at."""
    search, exact = turns.search, turns.calculation.exact
    so_many = count(there, "{n} exercise", "{n} exercises")
    rule = "have at most two decimals" if exact else "are rounded to three decimals"
    factors = any(step.row is not None and step.row.name == "mul" for step in turns.calculation.steps)
    passed = "; of a product, factors that are 1 or equal are passed over unless a list as in 1, 2 names them"
    return message(
        "these ranges give " if search.ended else "these ranges give at least ",
        so_many,
        f" with numbers that a hand can do, and {wanted} are wanted: widen a range, or take a smaller step; "
        f"numbers {rule} at every step, none is zero by accident, and no known mistake gives the right one",
        passed if factors else "",
    )


class _Turns:
    """The exercises one after the other, the kinds in turn, as long as there are combinations."""

    def __init__(self, calculation: Calculation, kinds: Sequence[str], seed: int, first: int) -> None:
        self.calculation, self.kinds, self.seed, self.first = calculation, list(kinds), seed, first
        self.search = Search(calculation, seed)
        self.combinations = iter(self.search)
        self.waiting: list[tuple[dict[str, Fraction], set[str]]] = []

    def __iter__(self) -> Iterator[Exercise]:
        made = turn = 0
        while self.kinds:
            kind = self.kinds[turn % len(self.kinds)]
            exercise = self._next(kind, made + 1)
            if exercise is None:
                self.kinds.remove(kind)
                continue
            turn, made = turn + 1, made + 1
            yield exercise

    def _next(self, kind: str, place: int) -> Exercise | None:
        """The next exercise of a kind: from what other kinds could not use, or a new combination."""
        for k, (given, tried) in enumerate(self.waiting):
            if kind not in tried:
                tried.add(kind)
                if exercise := self._made(kind, place, given):
                    del self.waiting[k]
                    return exercise
        for _ in range(MOST_CHECKED):
            new = next(self.combinations, None)
            if new is None:
                return None
            if exercise := self._made(kind, place, new):
                return exercise
            if len(self.kinds) > 1 and len(self.waiting) < MOST_WAITING:
                self.waiting.append((new, {kind}))
        return None

    def _made(self, kind: str, place: int, given: dict[str, Fraction]) -> Exercise | None:
        """The exercise at a place, counted from 1; its number may count on from another sheet."""
        number = self.first + place - 1
        spec, how = self.calculation.spec, KINDS[kind]
        random = Random(f"{self.seed} {kind} {sorted(given.items())}")
        rates = list(spec.rate.values) if how.steps else [spec.rate.values[0]]
        random.shuffle(rates)
        ordered = {name: given[name] for name in self.calculation.names}
        for rate in rates:
            worked = Worked(self.calculation, ordered, rate, random, place, how.after)
            try:
                parts = how.make(worked)
            except (Unsuitable, ArithmeticError):
                continue
            return Exercise(
                number,
                kind,
                say("{n}. {kind}", n=number, kind=how.title),
                ordered,
                rate if how.steps else None,
                (*parts.tasks, *self._notes(parts.blanks)),
                parts.blanks,
                parts.table,
                parts.claim,
                {worked.name(k): worked.found.values[k] for k in self.calculation.asked} if how.after else {},
            )
        return None

    def _notes(self, blanks: Sequence[Blank | Choice]) -> Iterator[Phrase]:
        """What rounding is allowed, as the tolerances have it."""
        tolerances = [blank.tolerance for blank in blanks if isinstance(blank, Blank)]
        if self.calculation.exact or not tolerances:
            return
        low, high = min(tolerances), max(tolerances)
        if low == high:
            yield say("Carry three decimals at every step; answers within ±{tolerance} count.", tolerance=low)
        else:
            yield say(
                "Carry three decimals at every step; answers within ±{low} to ±{high} count, as far as "
                "rounding can carry.",
                low=low,
                high=high,
            )
