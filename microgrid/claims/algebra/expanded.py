"""Formulas multiplied out: the addends that somebody has who writes without brackets."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from .terms import Term, reachable

__all__ = ["addends"]

LARGEST = 120
"""Parts of a formula, and addends of what it becomes, up to which it is multiplied out."""
HIGHEST = 8
"""The exponent up to which a sum is multiplied out."""
LEVELS = 6
"""How many definitions of names inside one another are opened."""
Addends: TypeAlias = dict[Term, Fraction]


def addends(term: Term) -> Iterator[list[Term]]:
    """The addends of a term: as it is, with a bracket opened, multiplied out, and then with names opened.

    >>> from .terms import Terms
    >>> store = Terms()
    >>> a, b = store.symbol("a"), store.symbol("b")
    >>> [len(found) for found in addends((a + b) * (a + b))]
    [1, 3]
    """
    if len(reachable([term])) > LARGEST:
        return
    seen: list[set[Term]] = []
    for found in _all(term):
        if set(found) not in seen:
            seen.append(set(found))
            yield found


def _all(term: Term) -> Iterator[list[Term]]:
    yield _parts(term)
    yield [part for one in _parts(term) for part in _opened(one)]
    for level in range(LEVELS):
        found = _Expansion(level)(term)
        if found is None:
            return
        yield [term.store.product([(part, Fraction(1))], number) for part, number in found.items()]


def _parts(term: Term) -> list[Term]:
    if term.kind != "sum":
        return [term]
    constant, factors = term.data
    store = term.store
    found = [store.product([(p, Fraction(1))], f) for p, f in zip(term.args, factors, strict=True)]
    return [*found, store.term(constant)] if constant else found


def _opened(term: Term) -> list[Term]:
    """A product with its first bracket opened."""
    if term.kind == "product":
        powers = list(zip(term.args, term.data[1], strict=True))
        for k, (base, exponent) in enumerate(powers):
            if base.kind == "sum" and exponent == 1:
                rest = term.store.product([*powers[:k], *powers[k + 1 :]], term.data[0])
                return [part * rest for part in _parts(base)]
    return [term]


class _Expansion:
    """Multiplies out, with so many definitions of names opened; each part once."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.known: dict[tuple[Term, int], Addends | None] = {}

    def __call__(self, term: Term, opened: int = 0) -> Addends | None:
        """Products in which no sum is left, each with its number; None where there are too many."""
        key = (term, opened)
        if key not in self.known:
            self.known[key] = self.expanded(term, opened)
        return self.known[key]

    def expanded(self, term: Term, opened: int) -> Addends | None:
        store = term.store
        if term.kind == "number":
            return {store.one: term.data} if term.data else {}
        if term.kind == "sum":
            found: Addends = {store.one: term.data[0]} if term.data[0] else {}
            for part, factor in zip(term.args, term.data[1], strict=True):
                inner = self(part, opened)
                if inner is None:
                    return None
                for base, number in inner.items():
                    found[base] = found.get(base, Fraction(0)) + number * factor
            return _few(found)
        if term.kind == "product":
            made: Addends | None = {store.one: term.data[0]}
            for base, exponent in zip(term.args, term.data[1], strict=True):
                inner = self(base, opened)
                if inner is None or made is None:
                    return None
                made = _times(made, inner, base, exponent)
            return made
        inside = term.args[0].kind if term.kind == "name" else ""
        if opened < self.level and inside in ("sum", "product", "name", "symbol", "number"):
            return self(term.args[0], opened + 1)
        return {term: Fraction(1)}


def _times(made: Addends | None, inner: Addends, base: Term, exponent: Fraction) -> Addends | None:
    """The addends times those of a base to its power, which stays a power where it cannot be opened."""
    store = base.store
    whole = exponent.denominator == 1
    if len(inner) == 1 and whole and abs(exponent) <= HIGHEST:
        ((only, number),) = inner.items()
        return _product(made, {store.product([(only, exponent)]): number ** int(exponent)})
    if not (whole and 0 < exponent <= HIGHEST):
        return _product(made, {store.product([(base, exponent)]): Fraction(1)})
    for _ in range(int(exponent)):
        made = _product(made, inner)
    return made


def _product(first: Addends | None, second: Addends) -> Addends | None:
    found: Addends = {}
    if first is None or len(first) * len(second) > 8 * LARGEST:
        return None
    for a, x in first.items():
        for b, y in second.items():
            base = _in_order(a * b)
            found[base] = found.get(base, Fraction(0)) + x * y
    return _few(found)


def _in_order(term: Term) -> Term:
    """A product with its factors in the order of their terms: b·a is kept as written, and is a·b here."""
    if term.kind != "product":
        return term
    factor, exponents = term.data
    powers = sorted(zip(term.args, exponents, strict=True), key=lambda power: power[0].number)
    return term.store.product(powers, factor)


def _few(found: Addends) -> Addends | None:
    kept = {base: number for base, number in found.items() if number}
    return kept if len(kept) <= LARGEST else None
