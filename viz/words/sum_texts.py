"""A sum of products as mathematics writes it, z = w₁x₁ + w₂x₂ + b, and its derivatives."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Sequence
from functools import reduce

from ..graph.folding import Unit
from ..graph.sums import Term, terms
from ..graph.trace import Edge, Trace
from .names import names_of
from .notation import LONGEST_DERIVATIVE
from .numbers import Numbers
from .printer import MISSING, Printer

__all__ = ["SumTexts"]


class SumTexts:
    """What is written of one sum.

    >>> from microgrid import Value
    >>> from viz.graph.folding import fold
    >>> from viz.graph.trace import read
    >>> w, x, b = Value(2.0, "w"), Value(3.0, "x"), Value(1.0, "b")
    >>> trace = read(w * x * x + b - 2.0 * x)
    >>> (unit,) = [unit for unit in fold(trace, None, sums=True) if unit.kind == "sum"]
    >>> texts = SumTexts(trace, unit, Numbers())
    >>> texts.formula(), texts.formula(longest=11)
    ('wx² + b − 2x', 'wx² + … − 2x')
    >>> texts.derivative([Edge(2, 0)], 9.0), texts.derivative([Edge(2, 1), Edge(3, 1), Edge(7, 1)], 10.0)
    ('x² = 9', '2wx − 2 = 10')
    """

    def __init__(self, trace: Trace, unit: Unit, numbers: Numbers) -> None:
        self._trace, self._numbers, self._names = trace, numbers, names_of(trace, numbers)
        self._write = Printer(numbers, self._names.words, close=True)
        self._label = trace.nodes[unit.last].label
        self._terms = terms(trace, unit.nodes)
        self._place = {edge: k for k, term in enumerate(self._terms) for edge in term.factors}

    def formula(self, longest: int | None = None) -> str:
        """The sum in the names of its operands, after its own where it has one; terms in the middle are left
        out where it would be longer than this."""
        name = f"{self._label} = " if self._label else ""
        count = len(self._terms) if longest is None else min(len(self._terms), longest)
        front, back = (count + 1) // 2, count // 2
        text = name + self._ends(front, back)
        while longest is not None and len(text) > longest and front + back > 2:
            front, back = (front - 1, back) if front > back else (front, back - 1)
            text = name + self._ends(front, back)
        return text

    def _ends(self, front: int, back: int) -> str:
        """The sum with so many of its first terms and so many of its last."""
        first = [self._product(term) for term in self._terms[:front]]
        last = [self._product(term) for term in self._terms[len(self._terms) - back :]]
        between = [(1.0, MISSING)] if front + back < len(self._terms) else []
        return self._sum([*first, *between, *last])

    def derivative(self, edges: Sequence[Edge], slope: float) -> str:
        """The derivative by way of some of its edges, which is this: ``w = 2``, or the number alone where a
        name is missing, where the formula is long, or where it gives another (as data have been assigned)."""
        number = self._numbers(slope)
        parts: dict[str, float] = {}
        value = 0.0
        for edge in edges:
            term = self._terms[self._place[edge]]
            others = Term(term.sign, tuple(factor for factor in term.factors if factor != edge))
            value += term.sign * math.prod(self._trace.operand(factor).data for factor in others.factors)
            coefficient, letters = self._product(others)
            parts[letters] = parts.get(letters, 0.0) + coefficient
        if not any(parts) or not math.isclose(value, slope, rel_tol=1e-6, abs_tol=1e-9):
            return number
        formula = self._sum([(coefficient, letters) for letters, coefficient in parts.items()])
        return number if MISSING in formula or len(formula) > LONGEST_DERIVATIVE else f"{formula} = {number}"

    def _product(self, term: Term) -> tuple[float, str]:
        """What the numbers among the factors come to, and what the others are written as."""
        coefficient = float(term.sign)
        powers = Counter[int]()
        for factor in term.factors:
            node = self._trace.operand(factor)
            if node.role == "constant" and not node.label:
                coefficient *= node.data
            else:
                powers[node.index] += 1
        trees = [self._power(i, count) for i, count in powers.items()]
        return coefficient, self._write.term(reduce(_times, trees)) if trees else ""

    def _power(self, i: int, exponent: int) -> ast.expr:
        tree = self._names.operand(self._trace.nodes[i])
        return tree if exponent == 1 else ast.BinOp(tree, ast.Pow(), ast.Constant(exponent))

    def _sum(self, products: Sequence[tuple[float, str]]) -> str:
        """``2wx − b``."""
        text = ""
        for coefficient, letters in products:
            sign = self._numbers.minus if coefficient < 0 else "+"
            text += f" {sign} " if text else sign.strip("+")
            text += self._multiple(abs(coefficient), letters)
        return text

    def _multiple(self, size: float, letters: str) -> str:
        if letters and size == 1:
            return letters
        dot = "·" if letters and not letters[0].isalpha() else ""
        return f"{self._numbers(size)}{dot}{letters}"


def _times(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)
