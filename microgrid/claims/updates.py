"""Updates with a number where eta belongs: w <- w - 0.1*dL/dw."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice
from typing import Any

from .algebra.points import evaluate, samples
from .algebra.terms import Term, reachable
from .language.trees import Claim, Node, Number, Power, Product, Rate, Symbol, children, walk
from .meaning import Graph

__all__ = ["rate_of"]

LONGEST = 10**6
"""The denominator of a rate, at most."""
TRIED = 12
"""Points."""


def rate_of(graph: Graph, claim: Claim, left: Rate) -> Fraction | None:
    """The rate that an update has as a number; None where eta is written or is a node, or no number stands.

    What is taken off is a multiple of the derivative, and the multiple is the rate; where it is none, the
    first number that may be a rate.  Rates are positive: a sign that is turned stays a slip.
    """
    if not isinstance(claim.left, Node) or graph.eta.data != "eta":
        return None
    parts = [part for _, part in walk(claim.right)]
    numbers = _numbers(claim)
    if any(part == Symbol("eta") for part in parts) or not numbers:
        return None
    slope = graph.total(left.of.node, left.by[0].node)
    taken = graph.of[claim.left.node] - graph.meaning(claim.right, left, "forward")
    ratios = _ratios(taken, slope)
    if ratios and ratios[0] and max(ratios) - min(ratios) <= 1e-30 * abs(ratios[0]):
        rate = abs(Fraction(str(ratios[0])).limit_denominator(LONGEST))
        return rate if rate != 1 or 1 in numbers else None
    return numbers[0]


def _numbers(claim: Claim) -> list[Fraction]:
    """Numbers that may be a rate: those that are not whole, what is divided by, and 1; before dL/dw any."""
    found = []
    for _, part in walk(claim.right):
        if isinstance(part, Product):
            found += [
                abs(1 / f.value) for s, f in part.factors if s < 0 and isinstance(f, Number) and f.value
            ]
        is_chain = isinstance(part, Product) and any(isinstance(child, Rate) for child in children(part))
        found += [
            abs(child.value)
            for child in (() if isinstance(part, Power) else children(part))
            if isinstance(child, Number) and (child.value.denominator > 1 or child.value == 1 or is_chain)
        ]
    return [number for number in found if number]


def _ratios(taken: Term, slope: Term) -> list[Any]:
    """What is taken off over the derivative, at a few points where both are numbers other than 0."""
    symbols = [term for term in reachable([taken, slope]) if term.kind == "symbol"]
    found = []
    for point in islice(samples(symbols, {}, random.Random(3)), TRIED):
        a, b = evaluate([taken, slope], point)
        if a is not None and b:
            found.append(a / b)
    return found
