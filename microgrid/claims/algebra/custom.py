"""Custom operations as terms: by the sympy form that their author gave, or by their own function."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ...custom import CustomOp
from .terms import Term, Terms

__all__ = ["formula", "stated"]

UNABLE = (ArithmeticError, AttributeError, NameError, NotImplementedError, TypeError, ValueError)
WORDS = {"Abs": "abs", "Max": "maximum", "Min": "minimum"}


def formula(terms: Terms, row: CustomOp, operands: tuple[Term, ...]) -> Term | None:
    """What the operation is; None if neither form takes symbols."""
    import sympy as sp

    symbols = [sp.Dummy(letter, real=True) for letter in row.arguments]
    for form in (row.sympy, row.functions[0]):
        if form is None:
            continue
        try:
            return _translated(terms, sp.sympify(form(*symbols)), dict(zip(symbols, operands, strict=True)))
        except UNABLE:
            continue
    return None


def stated(terms: Terms, row: CustomOp, operands: tuple[Term, ...]) -> list[Term] | None:
    """The partials that the author stated; None if they take no symbols."""
    import sympy as sp

    symbols = [sp.Dummy(letter, real=True) for letter in row.arguments]
    legend = dict(zip(symbols, operands, strict=True))
    try:
        return [_translated(terms, sp.sympify(slope), legend) for slope in row.functions[1](*symbols)]
    except UNABLE:
        return None


def _translated(terms: Terms, expression: Any, legend: dict[Any, Term]) -> Term:
    import sympy as sp

    def term(e: Any) -> Term:
        if e in legend:
            return legend[e]
        if e.is_Rational:
            return terms.term(Fraction(int(e.p), int(e.q)))
        if e.is_Float:
            return terms.term(Fraction(str(e)))
        if e is sp.pi:
            return terms.atom("pi")
        if e is sp.E:
            return terms.atom("exp", 1)
        if e.is_Add:
            return terms.sum([(term(part), terms.one.data) for part in e.args])
        if e.is_Mul:
            return terms.product([(term(part), terms.one.data) for part in e.args])
        if e.is_Pow:
            return (
                terms.atom("exp", term(e.exp)) if e.base is sp.E else terms.power(term(e.base), term(e.exp))
            )
        if e.is_Piecewise:
            return _piecewise(terms, e, term)
        name = WORDS.get(e.func.__name__, e.func.__name__)
        operands = tuple(map(term, e.args))
        while len(operands) > 2:  # Max and Min of several
            operands = (terms.apply(name, operands[:2]), *operands[2:])
        return terms.apply(name, operands)

    return term(expression)


def _piecewise(terms: Terms, e: Any, term: Any) -> Term:
    import sympy as sp

    found: Term | None = None
    for value, condition in reversed(e.args):
        if condition is sp.true or found is None:
            found = term(value)
            continue
        difference = term(condition.gts - condition.lts)
        found = terms.where(difference > 0, term(value), found)
    if found is None:
        raise ValueError("a function without pieces")
    return found
