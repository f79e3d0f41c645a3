"""Level 1 of verification: each row of the table is proved against sympy's derivative of its definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..base.formula import Vocabulary, function, mpmath_vocabulary, sympy_vocabulary
from ..base.phrases import say
from ..custom import CustomOp
from ..ops import Op
from .references import UNABLE

if TYPE_CHECKING:
    from sympy import Basic, Dummy, Expr

__all__ = ["Proof", "prove", "vanishes"]


@dataclass(frozen=True)
class Proof:
    """What became of one row: proved, refuted (`failures` says which formula), or not attempted (`reason`).

    `formulas` counts the identities that were proved or refuted.
    """

    name: str
    formulas: int = 0
    failures: tuple[str, ...] = ()
    reason: str = ""

    @property
    def status(self) -> str:
        if self.failures:
            return "failed"
        return "not attempted" if self.reason else "proved"


def prove(row: Op) -> Proof:
    """Prove a row on each open piece of its domain; once per process, as long as the row stays the same.

    The value has to equal the definition, and each partial, as computed and as a lecture writes it, the
    derivative that sympy finds for the definition.  sympy's derivative is compared with the row and never
    used for anything else.
    """
    return _prove_custom(row) if isinstance(row, CustomOp) else _prove(row)


@cache
def _prove(row: Op) -> Proof:
    failures: list[str] = []
    formulas = 0
    for piece in row.pieces:
        where = say(" where {piece}", piece=piece) if piece != "True" else ""
        try:
            for what, difference in _claims(row, piece):
                formulas += 1
                if not vanishes(difference):
                    failures.append(say("{what} is wrong{where}", what=what, where=where))
        except _Branch as branch:
            text = "a formula branches at {condition}{where}, which the pieces do not tell apart"
            failures.append(say(text, condition=str(branch), where=where))
    failures += _witness(row)
    return Proof(row.name, formulas, tuple(dict.fromkeys(failures)))


def _claims(row: Op, piece: str) -> Iterator[tuple[str, Expr]]:
    """(what is claimed, an expression that has to be identically 0)."""
    import sympy as sp

    symbols = {letter: _symbol(letter, piece) for letter in row.arguments}
    words = _on_piece(piece, symbols)
    x, y = (*symbols.values(), None)[:2]

    def spell(texts: Any, z: Any = None) -> Any:
        return function(row.name, ("x", "y", "z"), texts, words, row.let)(x, y, z)

    definition = spell(row.definition or row.value)
    value = spell(row.value)
    yield say("the value {formula}", formula=row.value), value - definition
    slopes = {letter: sp.diff(definition, symbol) for letter, symbol in symbols.items()}
    for letter, partial in zip(symbols, spell(row.partials, value)):
        yield say("the partial with respect to {letter}", letter=letter), partial - slopes[letter]
    for letter, partial in zip(symbols, spell(row.again, definition) if row.again else ()):
        yield say("the partial for grad with respect to {letter}", letter=letter), partial - slopes[letter]
    for letter, partial in zip(symbols, spell(row.textbook, definition) if row.textbook else ()):
        yield say("the textbook partial with respect to {letter}", letter=letter), partial - slopes[letter]


def _symbol(letter: str, piece: str) -> Dummy:
    """A real symbol, with the sign that the piece gives it; x < 0.5 gives none."""
    from sympy import Dummy

    assumed = {
        "positive": re.search(rf"\b{letter} > \d", piece),
        "negative": re.search(rf"\b{letter} < (0(?!\.)|-\d)", piece),
        "integer": re.search(rf"\b{letter} % 1 == 0", piece),
    }
    return Dummy(letter, real=True, **{name: True for name, match in assumed.items() if match})


class _Branch(Exception):
    """A condition that is true on one part of a piece and false on another."""


def _on_piece(piece: str, symbols: dict[str, Dummy]) -> Vocabulary:
    """sympy's words, with each condition decided for the whole piece, or `_Branch`."""
    import sympy as sp

    plain = sympy_vocabulary()
    # without their signs, so that conditions stay conditions
    free = {symbol: sp.Dummy(letter, real=True) for letter, symbol in symbols.items()}
    letters = {letter: free[symbol] for letter, symbol in symbols.items()}
    atoms = [text for text in piece.split(" and ") if "%" not in text]
    region = [
        function("piece", list(letters), text, plain)(*letters.values()) for text in atoms if text != "True"
    ]

    def where(condition: Any, a: Any, b: Any) -> Any:
        return a if _decide(sp.sympify(condition).xreplace(free), region) else b

    return Vocabulary("sympy on a piece", plain.words, plain.number, where)


def _decide(condition: Basic, region: list[Basic]) -> bool:
    """Whether a condition holds, or fails, at every point of a region; `_Branch` if neither."""
    import sympy as sp

    if condition in (sp.true, sp.false):
        return bool(condition)
    condition, *region = map(_in_one_symbol, (condition, *region))
    sets = [atom.as_set() for atom in region if atom.free_symbols == condition.free_symbols]
    if len(condition.free_symbols) == 1:
        there, holds = sp.Intersection(sp.S.Reals, *sets), condition.as_set()
        if there.is_subset(holds):
            return True
        if sp.Intersection(there, holds) is sp.S.EmptySet:
            return False
    raise _Branch(str(condition).replace("_", ""))


def _in_one_symbol(condition: Basic) -> Basic:
    """x > y as d > 0, with d the difference of the two."""
    import sympy as sp

    d = sp.Symbol("(x - y)", real=True)

    def reduced(relation: Basic) -> Basic:
        difference = sp.expand(relation.lhs - relation.rhs)
        if len(difference.free_symbols) < 2:
            return relation
        x, y = sorted(difference.free_symbols, key=str)
        return relation.func(sp.expand(difference.subs(x, y + d)), 0)

    return condition.xreplace({relation: reduced(relation) for relation in condition.atoms(sp.Rel)})


def vanishes(expression: Expr | float, patient: bool = True) -> bool:
    """Whether a real expression is proved to be 0, by rewriting it and never by numbers.

    Without patience, sympy's `simplify`, which can take minutes, is left out.
    """
    import sympy as sp

    def over_one_denominator(e: Expr) -> Expr:
        return sp.expand(sp.numer(sp.together(e)))

    attempts: tuple[Callable[[Expr], Expr], ...] = (
        lambda e: e,
        over_one_denominator,
        lambda e: over_one_denominator(e.rewrite(sp.exp)),
        lambda e: over_one_denominator(e.rewrite(sp.erf)),
        lambda e: over_one_denominator(sp.powsimp(sp.expand(sp.exp(e))) - 1),  # d = 0 where exp(d) = 1
    )
    expression = sp.sympify(expression)
    return any(attempt(expression) == 0 for attempt in attempts) or (patient and sp.simplify(expression) == 0)


def _witness(row: Op) -> list[str]:
    """A second opinion without algebra: slopes of the definition in 50-digit arithmetic.

    They are taken at the samples and where pieces meet.
    """
    from mpmath import mp

    words = mpmath_vocabulary()
    definition, partials = row.bind("definition", words), row.bind("partials", words)
    wrong: list[str] = []
    with mp.workdps(50):
        for point in _points(row):
            xs = [mp.mpf(value) for value in point]
            kink = row.bind("kink")(*point)
            for k, partial in enumerate(partials(*(*xs, None)[:2], definition(*xs))):
                unit = tuple(int(j == k) for j in range(len(xs)))
                # at a kink a convention lies between the slopes on the two sides
                slopes = [
                    mp.diff(definition, tuple(xs), unit, direction=side)
                    for side in ((-1, 1) if kink else (0,))
                ]
                # far above what mp.diff loses (3e-51 at most in this table), and far below any mistake
                slack = mp.mpf("1e-15") * max(1, *map(abs, slopes))
                if not min(slopes) - slack <= partial <= max(slopes) + slack:
                    at = ", ".join(f"{letter} = {value:g}" for letter, value in zip(row.arguments, point))
                    text = "the partial with respect to {letter} differs from the slope at {at}"
                    wrong.append(say(text, letter=row.arguments[k], at=at))
    return wrong


def _points(row: Op) -> Iterator[tuple[float, ...]]:
    """The samples of a row, and the same moved to where two pieces meet, if that is inside its domain."""
    bounds = [re.findall(r"(x|y) [<>] (-?[\d.]+|y)", piece) for piece in row.pieces]
    for sample in row.samples:
        point = sample if len(sample) == len(row.arguments) else (*sample, row.constant or 0.0)
        yield point
        for letter, bound in dict.fromkeys(pair for pairs in bounds for pair in pairs):
            moved = dict(zip(row.arguments, point))
            moved[letter] = moved["y"] if bound == "y" else float(bound)
            at = tuple(moved.values())
            around = [tuple(value + step for value in at) for step in (-1e-9, 0.0, 1e-9)]
            inside = all(row.bind("domain")(*near) for near in around)
            if inside and len(row.pieces) > 1 and row.name != "atan2":  # which jumps where its pieces meet
                yield at


def _prove_custom(row: CustomOp) -> Proof:
    """Prove a custom operation from the sympy form its author gave."""
    import sympy as sp

    if row.sympy is None:
        return Proof(row.name, reason=say("custom_op was given no sympy= form to compare with"))
    xs = [sp.Dummy(letter, real=True) for letter in row.arguments]
    try:
        form, (value, partials) = row.sympy(*xs), row.functions
        claims = [(say("the value"), value(*xs) - form)]
        claims += [
            (say("the partial with respect to {letter}", letter=x.name), partial - sp.diff(form, x))
            for x, partial in zip(xs, partials(*xs))
        ]
    except UNABLE as error:
        return Proof(row.name, reason=say("its functions do not take symbols ({error})", error=str(error)))
    wrong = [what for what, difference in claims if not vanishes(difference)]
    failures = tuple(say("{what} is wrong{where}", what=what, where="") for what in wrong)
    return Proof(row.name, len(claims), failures)
