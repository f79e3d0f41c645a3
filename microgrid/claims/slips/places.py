"""The places of a claim, each with the value that stands there and the value that would make the claim true.

What a place needs is found from the top: an addend needs what the others leave, a factor the quotient, the
operand
of exp a logarithm.  So one slip, wherever it is, is seen by comparing two numbers, and no edit is tried in
vain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any

from ..algebra.points import UNDEFINED, Known
from ..algebra.terms import Term
from ..language.trees import Call, Number, Power, Product, Sum, Tree, children

__all__ = ["Place", "places"]

Values = tuple[Any, ...]
"""Of one thing, at each of a few points."""


@dataclass(frozen=True)
class Place:
    """Where a tree stands: `way` leads there; `has` and `needs` are values at some points."""

    way: tuple[int, ...]
    tree: Tree
    term: Term
    has: Values
    needs: Values
    is_factor: bool
    is_addend: bool

    @cached_property
    def times(self) -> float:
        """What the first value is to be multiplied by, roughly; nan where that is not defined."""
        if not self.has[0]:
            return nan
        return float(self.needs[0] / self.has[0])


def places(right: Tree, meaning: Callable[[Tree], Term], actual: Values, known: Known) -> list[Place]:
    """Every place whose need is known, those above first."""
    found: list[Place] = []
    waiting: list[tuple[tuple[int, ...], Tree, Values, bool, bool]] = [((), right, actual, False, True)]
    for way, tree, needs, is_factor, is_addend in waiting:
        term = meaning(tree)
        own = known(term)
        if own is None or None in needs:
            continue
        found.append(Place(way, tree, term, own, needs, is_factor, is_addend))
        parts = children(tree)
        values = [known(meaning(part)) for part in parts]
        if None in values:
            continue
        for k, part in enumerate(parts):
            inner = tuple(
                _need(tree, k, [other[at] for other in values if other], own[at], needs[at])
                for at in range(len(needs))
            )
            waiting.append(((*way, k), part, inner, isinstance(tree, Product), isinstance(tree, Sum)))
    return found


def _need(tree: Tree, k: int, values: list[Any], own: Any, need: Any) -> Any:
    """What the k-th part has to be for the tree to be what it needs; None where nothing is."""
    from mpmath import mp

    try:
        found = _inverse(tree, k, values, own, need, mp)
    except UNDEFINED:
        return None
    return found if isinstance(found, mp.mpf) and found - found == 0 else None


def _inverse(tree: Tree, k: int, values: list[Any], own: Any, need: Any, mp: Any) -> Any:
    value = values[k]
    if value is None:
        return None
    if isinstance(tree, Sum):
        return value + tree.addends[k][0] * (need - own)
    if isinstance(tree, Product):
        if value == 0:
            return None
        ratio = need / own
        return value * ratio if tree.factors[k][0] > 0 else value / ratio
    if isinstance(tree, Power) and k == 0 and isinstance(tree.exponent, Number):
        root = mp.root(abs(need), 1) ** (1 / values[1])
        return -root if value < 0 else root
    if isinstance(tree, Power) and k == 1:
        return mp.log(need) / mp.log(values[0])
    if isinstance(tree, Call) and tree.function in INVERSES:
        return INVERSES[tree.function](need, mp)
    return None


INVERSES: dict[str, Callable[[Any, Any], Any]] = {
    "exp": lambda y, mp: mp.log(y),
    "log": lambda y, mp: mp.exp(y),
    "sqrt": lambda y, mp: y * y,
    "tanh": lambda y, mp: mp.atanh(y),
    "sigmoid": lambda y, mp: mp.log(y / (1 - y)),
}
