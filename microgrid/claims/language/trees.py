"""What a claim says, as a tree: sums with signs, products with quotients, and derivatives of named nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from ...engine import Value

__all__ = [
    "Call", "Claim", "Node", "Number", "Power", "Product", "Rate", "Slope", "Sum", "Symbol", "Tree",
    "children", "negative", "nodes_in", "product", "put", "tidied", "total", "walk",
]  # fmt: skip


@dataclass(frozen=True)
class Number:
    value: Fraction


@dataclass(frozen=True)
class Node:
    """A node of the graph, by the name that the claim used."""

    node: Value
    name: str


@dataclass(frozen=True)
class Symbol:
    """What no node stands for: pi, or the rate of an update."""

    name: str


@dataclass(frozen=True)
class Rate:
    """A derivative: of a node by one, or by two."""

    of: Node
    by: tuple[Node, ...]


@dataclass(frozen=True)
class Call:
    function: str
    operands: tuple[Tree, ...]


@dataclass(frozen=True)
class Slope:
    """The derivative of an operation of one operand there: σ′(z)."""

    function: str
    operand: Tree


@dataclass(frozen=True)
class Sum:
    """Addends, each with its sign; one of them alone is a sign before it."""

    addends: tuple[tuple[int, Tree], ...]


@dataclass(frozen=True)
class Product:
    """Factors, and with -1 what is divided by."""

    factors: tuple[tuple[int, Tree], ...]


@dataclass(frozen=True)
class Power:
    base: Tree
    exponent: Tree


Tree: TypeAlias = Number | Node | Symbol | Rate | Call | Slope | Sum | Product | Power


@dataclass(frozen=True)
class Claim:
    """What is said to equal what: a derivative, or a parameter after an update."""

    text: str
    left: Rate | Node
    right: Tree
    index: str = ""
    """Which numbers letter indices stand for here, as in ``i = 2``."""
    notes: tuple[str, ...] = ()
    """How it was read where that may surprise."""

    @property
    def is_update(self) -> bool:
        return isinstance(self.left, Node)


def children(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Sum):
        return tuple(part for _, part in tree.addends)
    if isinstance(tree, Product):
        return tuple(part for _, part in tree.factors)
    if isinstance(tree, Call):
        return tree.operands
    if isinstance(tree, Slope):
        return (tree.operand,)
    return (tree.base, tree.exponent) if isinstance(tree, Power) else ()


def put(tree: Tree, place: tuple[int, ...], new: Tree) -> Tree:
    """The tree with something else at a place, given by the numbers of the children on the way there."""
    if not place:
        return new
    k, rest = place[0], place[1:]
    child = put(children(tree)[k], rest, new)
    if isinstance(tree, Sum):
        return Sum((*tree.addends[:k], (tree.addends[k][0], child), *tree.addends[k + 1 :]))
    if isinstance(tree, Product):
        return Product((*tree.factors[:k], (tree.factors[k][0], child), *tree.factors[k + 1 :]))
    if isinstance(tree, Call):
        return replace(tree, operands=(*tree.operands[:k], child, *tree.operands[k + 1 :]))
    if isinstance(tree, Slope):
        return replace(tree, operand=child)
    if isinstance(tree, Power):
        return replace(tree, **{("base", "exponent")[k]: child})
    raise IndexError(place)


def walk(tree: Tree) -> Iterator[tuple[tuple[int, ...], Tree]]:
    """Every part of a tree with its place, a tree before its parts."""
    stack: list[tuple[tuple[int, ...], Tree]] = [((), tree)]
    while stack:
        place, part = stack.pop()
        yield place, part
        stack += [((*place, k), child) for k, child in reversed(list(enumerate(children(part))))]


def nodes_in(tree: Tree) -> list[Node]:
    """The nodes that a tree names, but for those in derivatives."""
    return [part for _, part in walk(tree) if isinstance(part, Node)]


def negative(tree: Tree) -> Tree:
    """Minus a tree.

    >>> negative(negative(Symbol("x")))
    Symbol(name='x')
    """
    if isinstance(tree, Sum):
        if len(tree.addends) == 1 and tree.addends[0][0] < 0:
            return tree.addends[0][1]
        return Sum(tuple((-sign, part) for sign, part in tree.addends))
    return Number(-tree.value) if isinstance(tree, Number) else Sum(((-1, tree),))


def total(addends: list[tuple[int, Tree]]) -> Tree:
    """The sum of signed trees, without sums among them."""
    flat: list[tuple[int, Tree]] = []
    for sign, tree in addends:
        inner = tree.addends if isinstance(tree, Sum) else ((1, tree),)
        flat += [(sign * own, part) for own, part in inner]
    if not flat:
        return Number(Fraction(0))
    return flat[0][1] if len(flat) == 1 and flat[0][0] > 0 else Sum(tuple(flat))


def product(factors: list[tuple[int, Tree]]) -> Tree:
    """The product of trees, without products among them; nothing else is simplified."""
    flat: list[tuple[int, Tree]] = []
    for power, tree in factors:
        inner = tree.factors if isinstance(tree, Product) else ((1, tree),)
        flat += [(power * own, part) for own, part in inner]
    if not flat:
        return Number(Fraction(1))
    return flat[0][1] if len(flat) == 1 and flat[0][0] > 0 else Product(tuple(flat))


def tidied(tree: Tree, written: Tree) -> Tree:
    """The tree with the new numbers of each product before it; a factor 1 is left out.

    The numbers that somebody has written stay where they are: 4(6x² + 2)³ · 12x says how it was found.

    >>> two, x = Number(Fraction(2)), Symbol("x")
    >>> tidied(Product(((1, x), (1, two), (-1, x))), x) == Product(((1, two), (1, x), (-1, x)))
    True
    """
    products = [part for _, part in walk(written) if isinstance(part, Product)]
    own = {factor.value for part in products for _, factor in part.factors if isinstance(factor, Number)}
    for k, part in enumerate(children(tree)):
        tree = put(tree, (k,), tidied(part, written))
    if not isinstance(tree, Product):
        return tree
    number, others = Fraction(1), list[tuple[int, Tree]]()
    for power, factor in tree.factors:
        if isinstance(factor, Number) and factor.value and (factor.value == 1 or factor.value not in own):
            number *= factor.value**power
        else:
            others.append((power, factor))
    first = Number(Fraction(number.numerator))
    below: list[tuple[int, Tree]] = []
    if number.denominator != 1:
        below = [(-1, Number(Fraction(number.denominator)))]
    if number.numerator != 1 or not others or others[0][0] < 0:  # 1/x, whose 1 is seen
        return product([(1, first), *others, *below])
    return product([*others, *below])
