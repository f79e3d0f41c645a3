"""A formula with another one in place of a symbol, and the targets of a loss, which may add up to 1."""

from __future__ import annotations

from fractions import Fraction

from .rates import rate
from .terms import Term, reachable

__all__ = ["MOST_TARGETS", "replaced", "targets"]

MOST_TARGETS = 12


def replaced(term: Term, symbol: Term, by: Term) -> Term:
    """The term with another in place of a symbol; what has a name or is an operation is written out.

    >>> from .terms import Terms
    >>> store = Terms()
    >>> x, y = store.symbol("x"), store.symbol("y")
    >>> replaced(x * x + y, x, 1 - y) is (1 - y) * (1 - y) + y
    True
    """
    store = term.store
    made: dict[Term, Term] = {}
    for t in reachable([term]):
        args = tuple(made[part] for part in t.args)
        if t is symbol:
            made[t] = by
        elif t.kind in ("name", "call"):
            made[t] = args[0]
        elif t.kind == "sum":
            made[t] = store.sum([(store.term(t.data[0]), Fraction(1)), *zip(args, t.data[1], strict=True)])
        elif t.kind == "product":
            made[t] = store.product(zip(args, t.data[1], strict=True), t.data[0])
        elif t.kind == "power":
            made[t] = store.power(*args)
        elif t.kind == "where":
            made[t] = store.where(*args)
        else:
            made[t] = store.make(t.kind, args, t.data)
    return made[term]


def targets(loss: Term) -> list[Term]:
    """The symbols that a loss only weighs terms by, as a cross-entropy does its targets."""
    rates = {s: rate(loss, s) for s in reachable([loss]) if s.kind == "symbol"}
    free = {s: set(reachable([slope])) for s, slope in rates.items()}
    linear = {s for s in rates if s not in free[s]}
    return [s for s in rates if s in linear and not linear & free[s]]
