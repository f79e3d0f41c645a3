"""Level 1 of verification: each row of the table is proved against sympy's own derivative of its definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from .custom import CustomOp
from .formula import Vocabulary, function, mpmath_vocabulary, sympy_vocabulary
from .ops import TABLE, Op

__all__ = ["Proof", "prove", "prove_all", "vanishes"]


@dataclass(frozen=True)
class Proof:
    """What became of one row: proved, refuted (`failures` says which formula), or not attempted (`reason`)."""

    name: str
    formulas: int = 0
    failures: tuple[str, ...] = ()
    reason: str = ""

    @property
    def status(self) -> str:
        if self.failures:
            return "failed"
        return "not attempted" if self.reason else "proved"


def prove_all(rows: Iterable[Op] | None = None) -> list[Proof]:
    """Prove the given rows, or the whole table."""
    return [prove(row) for row in (TABLE.values() if rows is None else rows)]


def prove(row: Op) -> Proof:
    """Prove a row on each open piece of its domain; once per process, as long as the row stays the same.

    The value has to equal the definition, and each partial, as computed and as a lecture writes it, the derivative
    that sympy finds for the definition.  sympy's derivative is compared with the row and never used for anything else.
    """
    return _prove_custom(row) if isinstance(row, CustomOp) else _prove(row)


@cache
def _prove(row: Op) -> Proof:
    failures: list[str] = []
    formulas = 0
    for piece in row.pieces:
        for what, difference in _claims(row, piece):
            formulas += 1
            if not vanishes(difference):
                failures.append(f"{what} is wrong where {piece}" if piece != "True" else f"{what} is wrong")
    failures += _witness(row)
    return Proof(row.name, formulas, tuple(dict.fromkeys(failures)))


def _claims(row: Op, piece: str) -> Iterator[tuple[str, Any]]:
    """(what is claimed, an expression that has to be identically 0)."""
    import sympy as sp

    letters = row.arguments
    symbols = [_symbol(letter, piece) for letter in letters]
    words = _deciding(dict(zip(symbols, _sample(row, piece))))
    x, y = (*symbols, None)[:2]

    def spell(texts: Any, z: Any = None) -> Any:
        return function(row.name, ("x", "y", "z"), texts, words, row.let)(x, y, z)

    definition = spell(row.definition or row.value)
    value = spell(row.value)
    yield f"the value {row.value}", value - definition
    for letter, symbol, partial in zip(letters, symbols, spell(row.partials, value)):
        yield f"the partial with respect to {letter}", partial - sp.diff(definition, symbol)
    for letter, symbol, partial in zip(letters, symbols, spell(row.textbook, definition) if row.textbook else ()):
        yield f"the textbook partial with respect to {letter}", partial - sp.diff(definition, symbol)


def _symbol(letter: str, piece: str) -> Any:
    """A real symbol, with the sign that the piece gives it."""
    from sympy import Dummy

    assumed = {
        "positive": re.search(rf"\b{letter} > \d", piece),
        "negative": re.search(rf"\b{letter} < (0(?!\.)|-\d)", piece),
        "integer": re.search(rf"\b{letter} % 1 == 0", piece),
    }
    return Dummy(letter, real=True, **{name: True for name, found in assumed.items() if found})


def _sample(row: Op, piece: str) -> tuple[Any, ...]:
    """A sample of the row that lies in the piece."""
    inside = function(row.name, row.arguments, piece, Vocabulary("sample", {}))
    for sample in row.samples:
        point = sample if len(sample) == len(row.arguments) else (*sample, row.constant)
        if inside(*point):
            return point
    raise ValueError(f"the row {row.name!r} has no sample where {piece}")


def _deciding(at: dict[Any, float]) -> Vocabulary:
    """sympy's words, with conditions decided at one point: on a piece they are the same everywhere."""
    import sympy as sp

    point = {symbol: sp.Rational(value) for symbol, value in at.items()}

    def where(condition: Any, a: Any, b: Any) -> Any:
        return a if bool(sp.sympify(condition).subs(point)) else b

    plain = sympy_vocabulary()
    return Vocabulary("sympy on a piece", plain.words, plain.number, where)


def vanishes(expression: Any, patient: bool = True) -> bool:
    """Whether a real expression is proved to be 0, by rewriting it and never by numbers.

    Without patience, sympy's `simplify`, which can take minutes, is left out.
    """
    import sympy as sp

    def over_one_denominator(e: Any) -> Any:
        return sp.expand(sp.numer(sp.together(e)))

    attempts: tuple[Callable[[Any], Any], ...] = (
        lambda e: e,
        over_one_denominator,
        lambda e: over_one_denominator(e.rewrite(sp.exp)),
        lambda e: over_one_denominator(e.rewrite(sp.erf)),
        lambda e: over_one_denominator(sp.powsimp(sp.expand(sp.exp(e))) - 1),  # d = 0 where exp(d) = 1
    )
    expression = sp.sympify(expression)
    return any(attempt(expression) == 0 for attempt in attempts) or (patient and sp.simplify(expression) == 0)


def _witness(row: Op) -> list[str]:
    """A second opinion without algebra: differences of the definition in 50-digit arithmetic at the samples."""
    from mpmath import mp

    words = mpmath_vocabulary()
    wrong = []
    for sample in row.samples:
        point = sample if len(sample) == len(row.arguments) else (*sample, row.constant)
        with mp.workdps(50):
            xs = [mp.mpf(value) for value in point]
            definition = row.bind("definition", words)
            z = definition(*xs)
            for k, partial in enumerate(row.bind("partials", words)(*(*xs, None)[:2], z)):
                slope = mp.diff(definition, tuple(xs), tuple(int(j == k) for j in range(len(xs))))
                if not abs(slope - partial) <= mp.mpf("1e-15") * max(1, abs(slope)):
                    wrong.append(f"the partial with respect to {row.arguments[k]} differs from the slope at {sample}")
    return wrong


def _prove_custom(row: CustomOp) -> Proof:
    """Prove a custom operation from the sympy form its author gave."""
    import sympy as sp

    if row.sympy is None:
        return Proof(row.name, reason="custom_op was given no sympy= form to compare with")
    xs = [sp.Dummy(letter, real=True) for letter in row.arguments]
    try:
        form, (value, partials) = row.sympy(*xs), row.functions
        claims = [("the value", value(*xs) - form)]
        claims += [
            (f"the partial with respect to {x.name}", partial - sp.diff(form, x))
            for x, partial in zip(xs, partials(*xs))
        ]
    except (TypeError, ValueError, AttributeError) as error:
        return Proof(row.name, reason=f"its functions do not take symbols ({error})")
    failures = tuple(f"{what} is wrong" for what, difference in claims if not vanishes(difference))
    return Proof(row.name, len(claims), failures)
