"""Terms as trees again: how a derivative is written with the names of nodes, as a lecture would."""

from __future__ import annotations

from fractions import Fraction

from ..engine import Value
from .algebra.terms import Term
from .language.names import Names
from .language.trees import Call, Node, Number, Power, Product, Slope, Sum, Symbol, Tree

__all__ = ["tree_of"]

MOST = 400
"""Parts of a tree that somebody would read."""


def tree_of(term: Term, names: Names) -> Tree | None:
    """The term with nodes by their names; None where it has no short formula.

    A product has its number first, a quotient is one, and where only a side of a kink decides, as in the
    derivative of relu, that derivative stands.
    """
    left = [MOST]

    def tree(t: Term) -> Tree | None:
        left[0] -= 1
        if left[0] < 0:
            return None
        if t.kind == "number":
            return Number(t.data)
        if t.kind == "symbol":
            return Symbol("eta") if t.data == "eta" else _node(t.data)
        if t.kind == "name":
            return _node(t.data)
        if t.kind == "sum":
            return addends(t)
        if t.kind == "product":
            return factors(t)
        if t.kind == "power":
            base, exponent = map(tree, t.args)
            return None if base is None or exponent is None else Power(base, exponent)
        if t.kind == "atom" and t.data == "pi":
            return Symbol("pi")
        if t.kind == "where":
            return _slope(t)
        if t.kind not in ("atom", "call"):
            return None
        operands = [tree(part) for part in (t.data[1] if t.kind == "call" else t.args)]
        if any(operand is None for operand in operands):
            return None
        name = t.data[0].name if t.kind == "call" else t.data
        return Call(name, tuple(operand for operand in operands if operand is not None))

    def _node(v: Value) -> Tree | None:
        return Node(v, names.named[v]) if v in names.named else None

    def _slope(t: Term) -> Tree | None:
        for name, operand in _kinked(t):
            inner = tree(operand)
            if inner is not None:
                return Slope(name, inner)
        return None

    def addends(t: Term) -> Tree | None:
        constant, numbers = t.data
        parts: list[tuple[int, Tree]] = []
        for part, number in zip(t.args, numbers, strict=True):
            inner = tree(part)
            if inner is None:
                return None
            size = abs(number)
            parts.append((1 if number > 0 else -1, inner if size == 1 else _times(size, inner)))
        if constant:
            parts.append((1 if constant > 0 else -1, Number(abs(constant))))
        if parts[0][0] < 0:  # what is added first, so that no sign leads
            parts = sorted(parts, key=lambda pair: -pair[0])
        return parts[0][1] if len(parts) == 1 and parts[0][0] > 0 else Sum(tuple(parts))

    def factors(t: Term) -> Tree | None:
        number, exponents = t.data
        found: list[tuple[int, Tree]] = []
        size = abs(number)
        if size.numerator != 1:
            found.append((1, Number(Fraction(size.numerator))))
        for base, exponent in zip(t.args, exponents, strict=True):
            inner = tree(base)
            if inner is None:
                return None
            way = 1 if exponent > 0 else -1
            if abs(exponent) == Fraction(1, 2):
                found.append((way, Call("sqrt", (inner,))))
            else:
                found.append((way, inner if abs(exponent) == 1 else Power(inner, Number(abs(exponent)))))
        if size.denominator != 1:
            found.append((-1, Number(Fraction(size.denominator))))
        found.sort(key=lambda pair: -pair[0])
        made: Tree = found[0][1] if len(found) == 1 and found[0][0] > 0 else Product(tuple(found))
        return made if number > 0 else Sum(((-1, made),))

    return tree(term)


def _times(number: Fraction, tree: Tree) -> Tree:
    inner = tree.factors if isinstance(tree, Product) else ((1, tree),)
    if number.denominator == 1:
        return Product(((1, Number(number)), *inner))
    above = ((1, Number(Fraction(number.numerator))),) if number.numerator != 1 else ()
    return Product((*above, *inner, (-1, Number(Fraction(number.denominator)))))


def _kinked(t: Term) -> list[tuple[str, Term]]:
    """Operations whose derivative a choice of sides may be, with the operand."""
    from ..ops import TABLE
    from .algebra.rates import partials

    condition = t.args[0]
    while condition.kind in ("both", "either"):
        condition = condition.args[0]
    if condition.kind != "above":
        return []
    operand, found = condition.args[0], []
    for candidate in (operand, -operand):
        for name in ("relu", "abs", "leaky_relu", "elu", "selu", "hardtanh"):
            row = TABLE[name]
            constant = None if row.constant is None else Fraction(repr(row.constant))
            if partials(row, (candidate,), constant)[0] is t:
                found.append((name, candidate))
    return found
