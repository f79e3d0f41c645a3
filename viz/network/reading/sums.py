"""What units compute: sums of weighted terms, and the operations on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from microgrid import Value

__all__ = ["Body", "Sum", "Term", "alike", "complete"]


class Term(NamedTuple):
    """factor · weight · source.  Without a source it is a bias; without a weight the source itself."""

    factor: float
    weight: Value | None
    source: Value | None

    @property
    def weighted(self) -> bool:
        """Whether it is a weight times a source.  A Value has no truth: it may be 0."""
        return self.weight is not None and self.source is not None


@dataclass
class Sum:
    """Terms and a constant.

    `apart`: a sum of units, into which no sum with weights of its own is taken.  `mask`: the factor of a
    dropout that lies on all of it, before an activation.
    """

    terms: list[Term] = field(default_factory=list)
    constant: float = 0.0
    apart: bool = False
    mask: float | None = None

    @property
    def only(self) -> Term | None:
        """Its term, if it is but one, and a source or a parameter by itself."""
        if len(self.terms) == 1 and not self.constant:
            term = self.terms[0]
            return None if term.weighted else term
        return None

    @property
    def value(self) -> float:
        terms = (
            factor * math.prod(v.data for v in (weight, source) if v is not None)
            for factor, weight, source in self.terms
        )
        return (math.fsum(terms) + self.constant) * (1.0 if self.mask is None else self.mask)

    @property
    def weights(self) -> list[Value]:
        return [term.weight for term in self.terms if term.weight is not None]

    def scaled(self, factor: float) -> Sum:
        terms = [term._replace(factor=term.factor * factor) for term in self.terms]
        return Sum(terms, self.constant * factor, self.apart)


@dataclass
class Body:
    """What a unit computes: the operation (None for a sum) of its sums.  Inputs and parameters have none.

    `sums` are one for an activation, one for each piece of a maximum, and for another operation one for each
    operand.
    """

    op: str | None = None
    sums: list[Sum] = field(default_factory=list)


def complete(sum_: Sum) -> bool:
    """Whether it is what a neuron sums up, and not a product on its way into a sum."""
    weighted = sum(term.weighted for term in sum_.terms)
    return weighted > 1 or (weighted == 1 and any(term.source is None for term in sum_.terms))


def alike(one: Sum, other: Sum) -> bool:
    """Whether two sums of neurons weigh the same sources, or weigh by the same parameters."""
    if not (complete(one) and complete(other)):
        return False
    sources, others = ({t.source for t in s.terms if t.weighted} for s in (one, other))
    return not sources.isdisjoint(others) or not set(one.weights).isdisjoint(other.weights)
