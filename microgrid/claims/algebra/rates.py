"""Derivatives of terms: of each by what it is made of, by the table's formulas, and of a whole one by the
chain rule.
"""

from __future__ import annotations

from fractions import Fraction

from ...ops import TABLE, Op
from .terms import Term, collect

__all__ = ["partials", "rate", "steps"]


def rate(term: Term, by: Term, through: bool = True) -> Term:
    """The derivative of a term by a symbol or name in it; not `through`, other names are constants.

    >>> from .terms import Terms
    >>> x = Terms().symbol("x")
    >>> rate(x * x, by=x) is 2 * x
    True
    """
    store = term.store
    found: dict[Term, Term] = {by: store.one}

    def operands(t: Term) -> tuple[Term, ...]:
        if t is by or (t.kind == "name" and not through):
            return ()
        return t.data[1] if t.kind == "call" else t.args

    for t in collect([term], operands):
        if t is by:
            continue
        if t.kind == "name":
            if through and t.args[0] in found:
                found[t] = found[t.args[0]]
            continue
        if any(part in found for part in operands(t)):
            slope = store.sum(
                [(slope * found[part], Fraction(1)) for part, slope in steps(t) if part in found]
            )
            if slope is not store.zero:
                found[t] = slope
    return found.get(term, store.zero)


def steps(term: Term) -> list[tuple[Term, Term]]:
    """What a term is made of, each with the derivative by it alone; a name is no step."""
    store = term.store
    if term.kind == "sum":
        return [(part, store.term(factor)) for part, factor in zip(term.args, term.data[1], strict=True)]
    if term.kind == "product":
        factor, powers = term.data[0], list(zip(term.args, term.data[1], strict=True))
        found = []
        for k, (base, exponent) in enumerate(powers):
            others = [*powers[:k], (base, exponent - 1), *powers[k + 1 :]]
            found.append((base, store.product(others, factor * exponent)))
        return found
    if term.kind == "where":
        condition, a, b = term.args
        return [(a, store.where(condition, 1, 0)), (b, store.where(condition, 0, 1))]
    if term.kind == "call":
        row, operands, constant = term.data
    elif term.kind in ("atom", "power") and (term.data or "pow") in TABLE:
        row, operands, constant = TABLE[term.data or "pow"], term.args, None
    else:
        return []
    return list(zip(operands, partials(row, operands, constant, term), strict=True))


def partials(
    row: Op, operands: tuple[Term, ...], constant: Fraction | None = None, result: Term | None = None
) -> list[Term]:
    """The derivatives of an operation by its operands, as a lecture writes them."""
    store = operands[0].store
    key = (row, operands, constant)
    if key not in store.slopes:
        extra = () if constant is None else (store.term(constant),)
        result = store.call(row, operands, constant) if result is None else result
        x, y = (*operands, *extra, None)[:2]
        formulas = store.formulas(row, "textbook", x, y, store.results.get(result, result))
        store.slopes[key] = list(map(store.term, formulas))
    return store.slopes[key]
