"""Formulas as terms: equal ones are the same object, numbers are exact, and names know what they stand for.

A sum holds each addend once with its factor, a product each base once with its exponent, so ``x + x`` is
``2*x`` as soon as it is written.  Nothing is multiplied out and nothing is ever evaluated as text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from ...base.formula import Vocabulary
from ...ops import TABLE, Op

__all__ = ["ARITHMETIC", "Term", "Terms", "collect", "reachable"]

MOST_DIGITS = 4096
"""Bits of a number that is written out: 9**9**9 stays a power."""

Operand: TypeAlias = "Term | int | Fraction"


class Term:
    """A formula; made by `Terms` alone, so that equal ones are identical.

    =========  ==================================  ==========================================
    kind       args                                data
    =========  ==================================  ==========================================
    number                                         the Fraction
    symbol                                         what it stands for: a leaf, or a rate
    name       what it is                          the node that is called so
    sum        addends                             (constant, factor of each addend)
    product    bases                               (factor, exponent of each base)
    power      base, exponent                      (the exponent is no plain number)
    atom       operands                            a function that is not broken up, such as exp
    call       what it is                          (row, operands, constant): an operation
    where      condition, if so, otherwise
    above      difference                          (the condition that it is above 0)
    both       conditions; `either` is the same
    =========  ==================================  ==========================================
    """

    __slots__ = ("args", "data", "kind", "number", "store")

    def __init__(self, store: Terms, number: int, kind: str, args: tuple[Term, ...], data: Any) -> None:
        self.store, self.number, self.kind, self.args, self.data = store, number, kind, args, data

    def __add__(self, other: Operand) -> Term:
        return self.store.sum([(self, Fraction(1)), (self.store.term(other), Fraction(1))])

    def __sub__(self, other: Operand) -> Term:
        return self.store.sum([(self, Fraction(1)), (self.store.term(other), Fraction(-1))])

    def __rsub__(self, other: Operand) -> Term:
        return self.store.term(other) - self

    def __neg__(self) -> Term:
        return self.store.sum([(self, Fraction(-1))])

    def __mul__(self, other: Operand) -> Term:
        return self.store.product([(self, Fraction(1)), (self.store.term(other), Fraction(1))])

    def __truediv__(self, other: Operand) -> Term:
        return self.store.product([(self, Fraction(1)), (self.store.term(other), Fraction(-1))])

    def __rtruediv__(self, other: Operand) -> Term:
        return self.store.term(other) / self

    def __pow__(self, exponent: Operand) -> Term:
        return self.store.power(self, self.store.term(exponent))

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Operand) -> Term:
        return self.store.make("above", (self - other,))

    def __lt__(self, other: Operand) -> Term:
        return self.store.make("above", (self.store.term(other) - self,))

    # the border of a condition is no open set: claims are about open sets
    __ge__, __le__ = __gt__, __lt__

    def __and__(self, other: Term) -> Term:
        return self.store.make("both", (self, other))

    def __or__(self, other: Term) -> Term:
        return self.store.make("either", (self, other))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.data if self.kind in ('number', 'atom') else ''}{self.args or ''}>"


class Terms:
    """All terms of one question, in the order in which they were made: operands first."""

    def __init__(self) -> None:
        self.made: dict[tuple[Any, ...], Term] = {}
        self.results: dict[Term, Term] = {}
        """Of a call, the name of the node that it is: partials in terms of the result are written with it."""
        self.slopes: dict[tuple[Any, ...], list[Term]] = {}
        """The partials of operations that were asked for before."""
        self.zero, self.one = self.term(0), self.term(1)

    def make(self, kind: str, args: tuple[Term, ...] = (), data: Any = None) -> Term:
        key = (kind, args, data)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = Term(self, len(self.made), kind, args, data)
        return found

    def term(self, x: Operand | float) -> Term:
        return x if isinstance(x, Term) else self.make("number", (), Fraction(x))

    def symbol(self, of: Any) -> Term:
        return self.make("symbol", (), of)

    def name(self, node: Any, definition: Term) -> Term:
        named = self.make("name", (definition,), node)
        if definition.kind in ("call", "atom"):
            self.results.setdefault(definition, named)
        return named

    # ------------------------------------------------------------ arithmetic

    def sum(self, addends: Iterable[tuple[Term, Fraction]]) -> Term:
        """The sum of terms, each times a factor."""
        constant, factors = Fraction(0), dict[Term, Fraction]()
        for term, factor in addends:
            if term.kind == "number":
                constant += factor * term.data
                continue
            parts: Iterable[tuple[Term, Fraction]] = ((term, Fraction(1)),)
            if term.kind == "sum" and (factor == 1 or len(term.args) == 1):
                constant += factor * term.data[0]
                parts = zip(term.args, term.data[1], strict=True)
            for part, own in parts:
                if part.kind == "product" and part.data[0] != 1:
                    own *= part.data[0]
                    part = self.product(zip(part.args, part.data[1], strict=True))
                factors[part] = factors.get(part, Fraction(0)) + own * factor
        left = {term: factor for term, factor in factors.items() if factor}
        if not left:
            return self.term(constant)
        if not constant and len(left) == 1:
            ((term, factor),) = left.items()
            return term if factor == 1 else self.product([(term, Fraction(1))], factor)
        return self.make("sum", tuple(left), (constant, tuple(left.values())))

    def product(self, powers: Iterable[tuple[Term, Fraction]], factor: Fraction = Fraction(1)) -> Term:
        """The product of terms, each to a power that is a plain number."""
        exponents: dict[Term, Fraction] = {}
        for term, exponent in powers:
            if term.kind == "number" and (term.data or exponent > 0) and self._small(term.data, exponent):
                factor *= term.data ** int(exponent)
            elif term.kind == "product" and exponent.denominator == 1 and self._small(term.data[0], exponent):
                factor *= term.data[0] ** int(exponent)
                for base, own in zip(term.args, term.data[1], strict=True):
                    exponents[base] = exponents.get(base, Fraction(0)) + own * exponent
            else:
                exponents[term] = exponents.get(term, Fraction(0)) + exponent
        left = {
            base: Fraction(1) if exponent > 0 and _is_switch(base) else exponent
            for base, exponent in exponents.items()
            if exponent
        }
        if not factor or not left:
            return self.term(factor)
        if factor == 1 and len(left) == 1 and next(iter(left.values())) == 1:
            return next(iter(left))
        return self.make("product", tuple(left), (factor, tuple(left.values())))

    @staticmethod
    def _small(number: Fraction, exponent: Fraction) -> bool:
        """Whether a power of a number is written out."""
        if exponent.denominator != 1:
            return False
        bits = max(abs(number.numerator), number.denominator).bit_length()
        return abs(exponent) * bits <= MOST_DIGITS

    def power(self, base: Term, exponent: Term) -> Term:
        if exponent.kind == "number":
            return self.product([(base, exponent.data)])
        return self.make("power", (base, exponent))

    # ------------------------------------------------------------ functions

    def atom(self, word: str, *operands: Operand) -> Term:
        """A function that is not broken up; a root is a power."""
        terms = tuple(self.atom("pi") if isinstance(x, _Pi) else self.term(x) for x in operands)
        if word == "sqrt":
            return self.product([(terms[0], Fraction(1, 2))])
        return self.make("atom", terms, word)

    def call(self, row: Op, operands: tuple[Term, ...], constant: Fraction | None = None) -> Term:
        """An operation of the table: arithmetic as such, and others with their definition inside."""
        extra = () if constant is None else (self.term(constant),)
        definition = self.term(self.formulas(row, "definition", *operands, *extra))
        if row.name in ARITHMETIC or definition.kind in ("atom", "number"):
            return definition
        return self.make("call", (definition,), (row, operands, constant))

    def apply(self, name: str, operands: tuple[Term, ...]) -> Term:
        """The operation of that name, with its usual constant."""
        row = TABLE[name]
        return self.call(row, operands, None if row.constant is None else Fraction(repr(row.constant)))

    def where(self, condition: Term | bool, a: Operand, b: Operand) -> Term:
        if isinstance(condition, bool):
            return self.term(a if condition else b)
        first, second = self.term(a), self.term(b)
        difference = condition.args[0]
        if condition.kind == "above" and difference.kind == "number":
            return first if difference.data > 0 else second
        return first if first is second else self.make("where", (condition, first, second))

    def formulas(self, row: Op, what: str, *operands: Term | None) -> Any:
        """What a row says of these operands: its formulas are text, and become functions of terms once."""
        before = getattr(_making, "store", None)
        _making.store = self
        try:
            return row.bind(what, _vocabulary())(*operands)
        finally:
            _making.store = before


ARITHMETIC = {"add", "sub", "mul", "div", "neg", "pow", "powc", "sqrt", "hypot"}
"""Operations that are written out as sums, products and powers."""
ATOMS = (
    "acos",
    "asin",
    "atan",
    "atan2",
    "cos",
    "cosh",
    "erf",
    "exp",
    "log",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
)


_making = threading.local()
"""The store that formulas without operands, such as pi, are made in."""


@cache
def _vocabulary() -> Vocabulary:
    """What the words of the table's formulas mean for terms."""

    def word(name: str) -> Callable[..., Term]:
        return lambda *operands: _making.store.atom(name, *operands)

    def where(condition: Term | bool, a: Operand, b: Operand) -> Term:
        found: Term = _making.store.where(condition, a, b)
        return found

    def absolute(x: Operand) -> Term:
        term = _making.store.term(x)
        return where(term > 0, term, -term)

    words: dict[str, Any] = {name: word(name) for name in ATOMS}
    words |= {
        "abs": absolute,
        "pow": lambda x, y: _making.store.term(x) ** y,
        "pi": _Pi(),
        "expm1": lambda x: words["exp"](x) - 1,
        "log1p": lambda x: words["log"](1 + x),
        "hypot": lambda x, y: words["sqrt"](x * x + y * y),
        "erfc": lambda x: 1 - words["erf"](x),
    }
    return Vocabulary("terms", words, number=Fraction, where=where)


class _Pi:
    """The number in formulas, which belongs to no store until something is made of it."""

    def __mul__(self, other: Operand) -> Term:
        return other * _making.store.atom("pi")  # type: ignore[no-any-return]

    def __rtruediv__(self, other: Operand) -> Term:
        return other / _making.store.atom("pi")  # type: ignore[no-any-return]

    __rmul__ = __mul__


def _is_switch(term: Term) -> bool:
    """Whether a term is 0 or 1, and so equal to each of its powers: relu'(z), on either side of its kink."""
    return term.kind == "where" and all(x.kind == "number" and x.data in (0, 1) for x in term.args[1:])


def reachable(roots: Iterable[Term]) -> list[Term]:
    """The terms that have to be computed for the roots, operands first."""
    return collect(roots, lambda term: term.args)


def collect(roots: Iterable[Term], operands: Callable[[Term], tuple[Term, ...]]) -> list[Term]:
    """The terms below some roots, in the order in which they were made."""
    seen: set[Term] = set()
    stack = list(roots)
    while stack:
        term = stack.pop()
        if term not in seen:
            seen.add(term)
            stack.extend(operands(term))
    return sorted(seen, key=lambda term: term.number)
