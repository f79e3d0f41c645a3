"""Whether two formulas are the same function of the leaves: proved, checked at points, refuted, or
undecided.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any

from .algebra import residues
from .algebra.points import SMALL, across, at_point, differs, evaluate, may_differ, samples
from .algebra.terms import Term, reachable

__all__ = ["Judge", "Verdict"]

POINTS = 30
"""Where two formulas are compared that residues do not prove to be the same."""
TRIED = 600
"""Points that are tried to find so many on the common domain, on each side of each kink."""
DIGITS = 50
"""Of the numbers of a refutation."""
PIECES = 64
"""Combinations of sides of kinks for which an identity is proved one by one."""


def _is_seen(a: float, b: float) -> bool:
    """Whether a reader sees that two numbers are different.

    >>> _is_seen(0.25, 0.5), _is_seen(1.0000001, 1.0), _is_seen(4e-18, 8e-18)
    (True, False, False)
    """
    return f"{a:.4g}" != f"{b:.4g}" and max(abs(a), abs(b)) > 1e-6


@dataclass(frozen=True)
class Verdict:
    """`status` is proved, checked, refuted or undecided; a refutation has a point, with both values there."""

    status: str
    point: Mapping[Term, Fraction] | None = None
    claimed: Any = None
    actual: Any = None

    @property
    def true(self) -> bool | None:
        return None if self.status == "undecided" else self.status != "refuted"


class Judge:
    """Compares terms that belong to one graph, whose symbols have these values, as far as they are given."""

    def __init__(self, given: Mapping[Term, Fraction], seed: int = 17) -> None:
        self.given, self.seed = given, seed
        self.symbols: list[Term] = []
        """All that a term may have; those of a graph."""

    def compare(self, claimed: Term, actual: Term) -> Verdict:
        """Whether a claim is an identity on the open set where both sides have a value."""
        if claimed is actual:
            return Verdict("proved")
        if self.is_proved(claimed, actual):
            return Verdict("proved")
        order = reachable([claimed, actual])
        symbols = [term for term in order if term.kind == "symbol"]
        if (found := self._counterexample(claimed, actual, symbols)) is not None:
            return found
        seen = 0
        for point in self.points(order, symbols, (claimed, actual)):
            different = differs(claimed, actual, point)
            if different:
                return self._refuted(claimed, actual, point)
            seen += different is not None
        return Verdict("checked" if seen >= (POINTS if symbols else 1) else "undecided")

    def is_proved(self, claimed: Term, actual: Term) -> bool:
        """Whether both have the same residues whichever sides of their kinks they are on."""
        if claimed is actual:
            return True
        if residues.size([claimed, actual]) >= residues.LARGEST:
            return False
        pending: list[dict[int, bool]] = [{}]
        for _ in range(2 * PIECES):
            if not pending:
                return True
            sides = pending.pop()
            try:
                a, b = residues.evaluate([claimed, actual], "claim", sides)
            except residues.Undecided as kink:
                pending += [{**sides, kink.key: True}, {**sides, kink.key: False}]
                continue
            if a is None or b is None or a != b:
                return False
        return not pending

    def points(
        self, order: list[Term], symbols: list[Term], roots: tuple[Term, Term]
    ) -> Iterator[dict[Term, Fraction]]:
        """Points for a comparison: on as many sides of kinks as are found, and enough on the whole."""
        kinks = [term for term in order if term.kind == "above"]
        tried = samples(symbols, self.given, random.Random(self.seed))
        if not kinks:
            yield from islice(tried, 3 * POINTS if symbols else 1)
            return
        seen: set[Any] = set()
        sides: dict[Term, set[bool]] = {kink: set() for kink in kinks}
        count = 0
        for point in islice(tried, TRIED):
            pattern, values = at_point(order, point)
            for kink in kinks:
                if values[kink] is not None:
                    sides[kink].add(values[kink])
            if any(values[root] is None for root in roots):
                continue
            if pattern not in seen or count < POINTS:
                seen.add(pattern)
                count += 1
                yield point
        rng = random.Random(self.seed)
        for kink in [kink for kink in kinks if len(sides[kink]) == 1]:
            for point in islice(samples(symbols, self.given, rng), 6):
                yield from across(kink, point)

    # ------------------------------------------------------------ counterexamples

    def _counterexample(self, claimed: Term, actual: Term, symbols: list[Term]) -> Verdict | None:
        """The given values where both sides differ there, or else small numbers that a hand can check.

        Points where the difference would not be seen in print, as where a sigmoid is flat, come last.
        """
        unseen = None
        for point in self._simple(symbols):
            if may_differ(claimed, actual, point) and differs(claimed, actual, point):
                found = self._refuted(claimed, actual, point)
                if _is_seen(float(found.claimed), float(found.actual)):
                    return found
                unseen = unseen or found
        return unseen

    def _simple(self, symbols: list[Term]) -> Iterator[dict[Term, Fraction]]:
        if all(symbol in self.given for symbol in symbols):
            yield {symbol: Fraction(self.given[symbol]) for symbol in symbols}
        rng = random.Random(self.seed)
        if len(symbols) <= 3:
            few = SMALL[: 6 if len(symbols) < 3 else 4]
            for values in sorted(product(range(len(few)), repeat=len(symbols)), key=sum):
                yield {symbol: Fraction(few[k]) for symbol, k in zip(symbols, values, strict=True)}
        else:
            for most in (2, 4, 6):
                for _ in range(12):
                    yield {symbol: Fraction(rng.choice(SMALL[:most])) for symbol in symbols}

    def _refuted(self, claimed: Term, actual: Term, point: Mapping[Term, Fraction]) -> Verdict:
        left, right = (
            0 if near and abs(far) < abs(near) * 1e-30 else near  # what rounding left of a zero
            for near, far in zip(
                evaluate([claimed, actual], point, DIGITS),
                evaluate([claimed, actual], point, 2 * DIGITS),
                strict=True,
            )
        )
        return Verdict("refuted", point, left, right)
