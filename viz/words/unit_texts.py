"""What is written of a box, whether it stands for a node, a sum of products or a piece."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, reduce

from ..graph.folding import Unit, slopes
from ..graph.paths import Paths
from ..graph.sums import Term, terms
from ..graph.trace import Edge, Trace
from ..style.text import shorten
from . import notation
from .names import names_of
from .notation import LONGEST_DERIVATIVE, LONGEST_IN_BOX, MOST_LINES, OVER, broken, length
from .numbers import Numbers
from .piece_texts import PieceTexts, piece_of
from .printer import MISSING, Printer

__all__ = ["SumTexts", "UnitTexts", "texts_of"]

LONGEST_LABEL = 24


class UnitTexts:
    """Formulas of units, and of the derivatives on the arrows between them.

    >>> from microgrid import Value
    >>> from viz.graph.folding import edges, fold
    >>> from viz.graph.trace import read
    >>> trace = read(Value(2.0, "w") * Value(3.0, "x") + Value(1.0, "b"))
    >>> units = fold(trace, None, sums=True)
    >>> texts = UnitTexts(trace, Numbers())
    >>> texts.formula(units[-1])
    'wx + b'
    >>> for tail, head, several in edges(trace, units):
    ...     print(texts.derivative(head, several, texts.slope(tail, head, several)))
    x = 3
    w = 2
    1
    """

    def __init__(self, trace: Trace, numbers: Numbers) -> None:
        self._trace, self._numbers = trace, numbers
        self._outputs: dict[Unit, list[int]] = {}
        self._formulas: dict[tuple[Unit, int | None], str] = {}
        self._sums: dict[Unit, SumTexts] = {}
        self._pieces: dict[Unit, PieceTexts] = {}
        self._slopes: dict[Unit, dict[Edge, float]] = {}

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self._trace)

    def outputs(self, unit: Unit) -> list[int]:
        """Those of its nodes that are used outside it, or that are the root; of a piece in the textbook's
        order."""
        if unit.kind == "piece":
            return self.piece(unit).outputs
        if unit not in self._outputs:
            self._outputs[unit] = self._paths.outputs(unit.nodes)
        return self._outputs[unit]

    def formula(self, unit: Unit, longest: int | None = None) -> str:
        """How a unit was made, ``z = w₁x₁ + b``, in no more characters than this; a leaf's label."""
        written = self._formulas.get((unit, longest))
        if written is None:
            written = self._formulas[unit, longest] = self._formula(unit, longest)
        return written

    def _formula(self, unit: Unit, longest: int | None) -> str:
        if unit.kind == "piece":
            name = ", ".join(self.piece(unit).lines())
            return name if longest is None else shorten(name, longest)
        if unit.kind == "sum":
            name = self._sum(unit).formula(longest)
            return name if longest is None or length(name) <= longest else shorten(name, longest)
        node = self._trace.nodes[unit.last]
        name = notation.equation(self._trace, node, self._numbers)
        if longest is None:
            return name
        if node.op and len(name) > longest and len(node.label) > LONGEST_LABEL:
            # leave room to see the operation
            name = shorten(node.label, LONGEST_LABEL) + name.removeprefix(node.label)
        return name if length(name) <= longest else shorten(name, longest)

    def lines(self, unit: Unit, longest: int, is_pressed: bool = False) -> list[str]:
        """The formula as a box has it, in two lines where one of so many characters does not hold it.

        `is_pressed`: where boxes have to be small, only if a single line would name nothing.
        """
        if unit.kind == "piece":
            texts = self.piece(unit).lines()
            return [line for text in texts for line in broken(text, longest) or [shorten(text, longest)]]
        node = self._trace.nodes[unit.last]
        is_sum = unit.kind == "sum"
        short = self.formula(unit, longest + OVER if node.op and not is_sum else longest)
        if not node.op or MISSING not in short:
            return [short]
        room = MOST_LINES * min(longest, LONGEST_IN_BOX)
        equation = notation.equation
        whole = self.formula(unit, room) if is_sum else equation(self._trace, node, self._numbers, room)
        is_known = any(char.isalpha() for char in short.rpartition(" = ")[2])
        if is_known and (is_pressed or MISSING in whole):
            return [short]
        return broken(whole, min(longest, LONGEST_IN_BOX)) or [short]

    def symbol(self, unit: Unit) -> str:
        """The operation alone."""
        if unit.kind == "piece":
            return unit.piece.replace("_", " ")
        return "Σ" if unit.kind == "sum" else notation.symbol(self._trace.nodes[unit.last], self._numbers)

    def slope(self, tail: Unit, head: Unit, edges: Sequence[Edge]) -> float | None:
        """The derivative of a unit by way of the edges from another; None where these are several
        derivatives, and where the operand is a constant."""
        sources = {self._trace.operand(edge).index for edge in edges}
        if len(sources) > 1 or self._trace.operand(edges[0]).role == "constant":
            return None
        if head.kind == "node":
            return self._trace.nodes[head.last].partials[edges[0].operand]
        if len(self.outputs(head)) > 1 or (head.kind == "scope" and len(self.outputs(tail)) > 1):
            return None
        if head not in self._slopes:
            self._slopes[head] = slopes(self._trace, head, self.outputs(head)[0])
        return sum(self._slopes[head][edge] for edge in edges)

    def derivative(self, head: Unit, edges: Sequence[Edge], slope: float) -> str:
        """What stands on an arrow whose derivative is this: ``x = 3``, or the number alone."""
        if head.kind == "node":
            node, k = self._trace.nodes[head.last], edges[0].operand
            return notation.local_derivative(self._trace, node, k, self._numbers)
        if head.kind == "sum":
            return self._sum(head).derivative(edges, slope)
        if head.kind == "piece":
            operands = piece_of(self._trace, head).operands
            return self.piece(head).derivative(operands.index(self._trace.operand(edges[0]).index), slope)
        return self._numbers(slope)

    def piece(self, unit: Unit) -> PieceTexts:
        if unit not in self._pieces:
            self._pieces[unit] = PieceTexts(self._trace, unit, self._numbers)
        return self._pieces[unit]

    def _sum(self, unit: Unit) -> SumTexts:
        if unit not in self._sums:
            self._sums[unit] = SumTexts(self._trace, unit, self._numbers)
        return self._sums[unit]


def texts_of(trace: Trace, numbers: Numbers) -> UnitTexts:
    """The texts of a trace's units, which all that speaks of it shares."""
    key = "units", numbers
    if key not in trace.spelled:
        trace.spelled[key] = UnitTexts(trace, numbers)
    texts: UnitTexts = trace.spelled[key]
    return texts


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
        self._written: dict[int, tuple[float, str]] = {}
        self._place = {edge: k for k, term in enumerate(self._terms) for edge in term.factors}

    def formula(self, longest: int | None = None) -> str:
        """The sum in the names of its operands, after its own where it has one; terms in the middle are left
        out where it would be longer than this."""
        name = f"{self._label} = " if self._label else ""
        # a term has a letter at least, and a sign with its spaces before it
        count = len(self._terms) if longest is None else min(len(self._terms), longest // 4 + 2)
        front, back = (count + 1) // 2, count // 2
        text = name + self._ends(front, back)
        while longest is not None and length(text) > longest and front + back > 2:
            front, back = (front - 1, back) if front > back else (front, back - 1)
            text = name + self._ends(front, back)
        return text

    def _ends(self, front: int, back: int) -> str:
        """The sum with so many of its first terms and so many of its last."""
        first = [self._term(k) for k in range(front)]
        last = [self._term(k) for k in range(len(self._terms) - back, len(self._terms))]
        between = [(1.0, MISSING)] if front + back < len(self._terms) else []
        return self._sum([*first, *between, *last])

    def derivative(self, edges: Sequence[Edge], slope: float) -> str:
        """The derivative by way of some of its edges, which is this: ``w = 2``, or the number alone where a
        name is missing, where the formula is long, or where it gives another (as data have been assigned)."""
        number = self._numbers(slope)
        parts: dict[str, float] = {}
        value = size = 0.0
        for edge in edges:
            term = self._terms[self._place[edge]]
            others = Term(term.sign, tuple(factor for factor in term.factors if factor != edge))
            product = term.sign * math.prod(self._trace.operand(factor).data for factor in others.factors)
            value, size = value + product, size + abs(product)
            coefficient, letters = self._product(others)
            parts[letters] = parts.get(letters, 0.0) + coefficient
        if not any(parts) or not math.isclose(value, slope, rel_tol=1e-6, abs_tol=1e-15 * size):
            return number
        formula = self._sum([(coefficient, letters) for letters, coefficient in parts.items()])
        return number if MISSING in formula or len(formula) > LONGEST_DERIVATIVE else f"{formula} = {number}"

    def _term(self, k: int) -> tuple[float, str]:
        """The k-th product, written once."""
        if k not in self._written:
            self._written[k] = self._product(self._terms[k])
        return self._written[k]

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
        dot = "·" if letters.startswith("log ") or (letters and not letters[0].isalpha()) else ""
        return f"{self._numbers(size)}{dot}{letters}"


def _times(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)
