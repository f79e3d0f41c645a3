"""What a claim means on a graph: its nodes as terms, and its derivatives under each of four readings.

On the left of a claim stands a total derivative.  On the right, ∂a/∂b may be meant

=========  ===========================================================================================
local      along the paths from b to a with no other named node between; total where there is none
adjoint    total where a is what is differentiated on the left, otherwise local
forward    total where b is what is differentiated by on the left, otherwise local
total      along all paths
=========  ===========================================================================================

and always all in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property, reduce

from ..base.messages import describe
from ..base.phrases import say
from ..custom import CustomOp
from ..engine import Value
from ..errors import GraphError
from ..ops import TABLE
from .algebra.custom import formula
from .algebra.rates import partials, rate
from .algebra.terms import Term, Terms
from .language.names import ETA, Names
from .language.trees import Claim, Node, Number, Power, Product, Rate, Slope, Sum, Symbol, Tree

__all__ = ["READINGS", "Graph", "as_written"]

READINGS = ("local", "adjoint", "forward", "total")
LARGEST = 20_000
"""Nodes of a graph about which claims are judged."""


def as_written(x: float) -> Fraction:
    """The number that somebody meant who wrote this double: 0.1 is one tenth, and 1/3 a third.

    >>> as_written(0.1), as_written(1 / 3)
    (Fraction(1, 10), Fraction(1, 3))
    """
    short = Fraction(x).limit_denominator(1000)
    return short if float(short) == x else Fraction(repr(x))


class Graph:
    """The nodes under some roots as terms, with what is called by name, and derivatives between named
    nodes.
    """

    def __init__(self, names: Names) -> None:
        if len(names.nodes) > LARGEST:
            raise GraphError(
                f"{len(names.nodes):,} nodes are more than {LARGEST:,}: make claims about a part of them"
            )
        self.names, self.terms = names, Terms()
        self.of: dict[Value, Term] = {}
        for v in names.nodes:
            self.of[v] = self._term(v)
        self._rates: dict[tuple[Value, Value, bool], Term] = {}

    def _term(self, v: Value) -> Term:
        if not v.op:
            if v in self.names.named or v.role != "constant":
                return self.terms.symbol(v)
            if v.data - v.data != 0:
                raise GraphError(f"{describe(v)} is no finite number, and a claim needs one")
            return self.terms.term(as_written(v.data))
        operands = tuple(self.of[parent] for parent in v.parents)
        row = v._row
        if isinstance(row, CustomOp):
            made = self._custom(v, row, operands)
        else:
            constant = None if v.constant is None else as_written(v.constant)
            made = self.terms.call(TABLE[v.op] if row is None else row, operands, constant)
        return self.terms.name(v, made) if v in self.names.named else made

    def _custom(self, v: Value, row: CustomOp, operands: tuple[Term, ...]) -> Term:
        made = formula(self.terms, row, operands)
        if made is None:
            text = say("the custom operation {op!r} has no sympy form: give custom_op a sympy=", op=row.name)
            raise GraphError(text)
        return made

    @cached_property
    def symbols(self) -> list[Term]:
        return [term for term in self.terms.made.values() if term.kind == "symbol"]

    # ------------------------------------------------------------ derivatives

    def total(self, of: Value, *by: Value) -> Term:
        """The derivative along all paths, by one node after the other."""
        return reduce(lambda term, v: rate(term, self.of[v]), by, self.of[of])

    def local(self, of: Value, by: Value) -> Term:
        """The derivative along the paths without a named node between; 0 where there is none."""
        term = self.of[of]
        if of is by:
            return self.terms.one
        return rate(term.args[0] if term.kind == "name" else term, self.of[by], through=False)

    def below(self, of: Value) -> list[Value]:
        """The named nodes from which one step leads to a node."""
        found: dict[Value, None] = {}
        waiting = list(of.parents)
        while waiting:
            v = waiting.pop()
            if v in self.names.named:
                found[v] = None
            else:
                waiting += v.parents
        return list(found)

    def rate(self, of: Value, by: tuple[Value, ...], whole: bool) -> Term:
        if whole or len(by) > 1:
            return self.total(of, *by)
        key = (of, by[0], whole)
        if key not in self._rates:
            found = self.local(of, by[0])
            self._rates[key] = self.total(of, *by) if found is self.terms.zero else found
        return self._rates[key]

    def is_total(self, rate: Rate, left: Rate, reading: str) -> bool:
        if reading == "adjoint":
            return rate.of.node is left.of.node
        if reading == "forward":
            return rate.by == left.by or rate.by[0].node is left.by[0].node
        return reading == "total"

    # ------------------------------------------------------------ claims

    def left(self, claim: Claim, root: Value) -> Rate:
        """The derivative that a claim is about: of an update, that of the root."""
        if isinstance(claim.left, Rate):
            return claim.left
        return Rate(Node(root, self.names.named.get(root, "result")), (claim.left,))

    def actual(self, claim: Claim, root: Value) -> Term:
        """What the right side of a claim has to be."""
        left = self.left(claim, root)
        slope = self.total(left.of.node, *(by.node for by in left.by))
        if isinstance(claim.left, Rate):
            return slope
        return self.of[claim.left.node] - self.eta * slope

    @cached_property
    def eta(self) -> Term:
        """The rate of an update: a node of that name, or a symbol of its own."""
        for name in ETA:
            if (node := self.names.find(name)) is not None:
                return self.of[node]
        return self.terms.symbol("eta")

    def meaning(self, tree: Tree, left: Rate, reading: str) -> Term:
        """A tree as a term, in one reading of its derivatives."""
        return self.evaluator(left, reading)(tree)

    def evaluator(self, left: Rate, reading: str) -> Callable[[Tree], Term]:
        terms = self.terms
        known: dict[int, tuple[Tree, Term]] = {}

        def term(tree: Tree) -> Term:
            if id(tree) not in known:
                known[id(tree)] = tree, made(tree)
            return known[id(tree)][1]

        def made(tree: Tree) -> Term:
            if isinstance(tree, Number):
                return terms.term(tree.value)
            if isinstance(tree, Node):
                return self.of[tree.node]
            if isinstance(tree, Symbol):
                return terms.atom("pi") if tree.name == "pi" else self.eta
            if isinstance(tree, Rate):
                whole = self.is_total(tree, left, reading)
                return self.rate(tree.of.node, tuple(by.node for by in tree.by), whole)
            if isinstance(tree, Sum):
                return terms.sum([(term(part), Fraction(sign)) for sign, part in tree.addends])
            if isinstance(tree, Product):
                return terms.product([(term(part), Fraction(power)) for power, part in tree.factors])
            if isinstance(tree, Power):
                return terms.power(term(tree.base), term(tree.exponent))
            if isinstance(tree, Slope):
                row = TABLE[tree.function]
                constant = None if row.constant is None else as_written(row.constant)
                return partials(row, (term(tree.operand),), constant)[0]
            return terms.apply(tree.function, tuple(map(term, tree.operands)))

        return term
