"""Formulas of a graph in the grammar of `parse`: how a node is computed, and its local derivatives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from .calculation import Calculation, Step
from .wording import plain

__all__ = ["NoFormula", "Product", "expression", "in_numbers", "joined", "slope", "slope_text"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 4, 5
"""How tightly a text holds together."""
OPERATORS = {"add": (" + ", SUM), "sub": (" - ", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT)}
CALLED = {"powc": "", "maximum": "max", "minimum": "min"}


class NoFormula(Exception):
    """A derivative has several formulas, by where it is taken."""


class Text(NamedTuple):
    text: str
    binding: int

    def within(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


class Product(NamedTuple):
    """A number times some factors."""

    number: Fraction
    factors: tuple[Text, ...]

    def times(self, other: Product) -> Product:
        return Product(self.number * other.number, self.factors + other.factors)


ONE = Product(Fraction(1), ())
Name = Callable[[int], Text]


def expression(calculation: Calculation, k: int, name: Name | None = None) -> str:
    """How a named node is computed from named nodes.

    >>> from .specs.specification import specification
    >>> graph = Calculation(specification("L = ((t - o)**2 + w*o)/2; t, o, w in 2, 3"))
    >>> expression(graph, graph.root)
    '((t - o)**2 + w*o)/2'
    """
    return _made(calculation, k, name or _named(calculation)).text


def in_numbers(calculation: Calculation, k: int, numbers: Sequence[Fraction | float]) -> str:
    """The same with numbers in place of names: ``2*(-3)``."""

    def number(j: int) -> Text:
        text = plain(numbers[j])
        return Text(text, SUM if text.startswith("-") else ATOM)

    return _made(calculation, k, number).text


def _named(calculation: Calculation) -> Name:
    return lambda j: Text(calculation.steps[j].name, ATOM)


def _text(calculation: Calculation, k: int, name: Name) -> Text:
    step = calculation.steps[k]
    if step.name:
        return name(k)
    if step.number is not None:
        return Text(plain(step.number), ATOM if step.number >= 0 else SUM)
    return _made(calculation, k, name)


def _made(calculation: Calculation, k: int, name: Name) -> Text:
    """What a computed node is made of, in one text."""
    step = calculation.steps[k]
    row = step.row.name if step.row else ""
    parts = [_text(calculation, j, name) for j in step.operands]
    if row in OPERATORS:
        sign, binding = OPERATORS[row]
        tighter = binding + (row in ("sub", "div"))
        last = parts[1].within(max(tighter, PRODUCT) if parts[1].text.startswith("-") else tighter)
        return Text(parts[0].within(binding) + sign + last, binding)
    if row == "neg":
        return Text(f"-{parts[0].within(PRODUCT)}", SUM)
    if row == "powc":
        return Text(f"{parts[0].within(ATOM)}**{plain(step.constant or Fraction(0))}", POWER)
    operands = [part.text for part in parts] + ([plain(step.constant)] if step.constant is not None else [])
    return Text(f"{CALLED.get(row) or row}({', '.join(operands)})", ATOM)


# ---------------------------------------------------------------- derivatives


def slope_text(calculation: Calculation, k: int, j: int) -> str:
    """The local derivative of a named node with respect to one that it is made of; NoFormula where it bends.

    >>> from .specs.specification import specification
    >>> graph = Calculation(specification("e = w*x - y; h = sigmoid(e); L = 3*(h - 1)**2; w, x, y in 2, 3"))
    >>> [slope_text(graph, graph.index[k], graph.index[j]) for k, j in ("ew", "he", "Lh")]
    ['x', 'h*(1 - h)', '6*(h - 1)']
    >>> graph = Calculation(specification("z = w*x; h = relu(z); w, x in 2, 3"))
    >>> slope_text(graph, graph.index["h"], graph.index["z"])
    "relu'(z)"
    """
    return joined(slope(calculation, k, j))


def slope(calculation: Calculation, k: int, j: int) -> list[Product]:
    """The same as a sum of products, one for each path without another named node."""
    found, waiting = list[Product](), [(k, ONE)]
    while waiting:
        at, so_far = waiting.pop()
        step = calculation.steps[at]
        for place, below in reversed(list(enumerate(step.operands))):
            if below != j and (calculation.steps[below].name or calculation.steps[below].row is None):
                continue
            term = so_far.times(_partial(calculation, at, place))
            found.append(term) if below == j else waiting.append((below, term))
    return found


def joined(terms: Sequence[Product]) -> str:
    """A sum of products as a text.

    >>> joined([Product(Fraction(-1), (Text("x", ATOM),)), Product(Fraction(2), ())])
    '-x + 2'
    """
    text = ""
    for number, factors in terms:
        size = plain(abs(number)) if (abs(number) * 1000).denominator == 1 else f"({abs(number)})"
        alone = len(terms) == len(factors) == number == 1
        tight = SUM if alone else PRODUCT + (len(factors) > 1)
        parts = [factor.within(tight if "/" in factor.text or alone else PRODUCT) for factor in factors]
        if abs(number) != 1 or not parts:
            parts.insert(0, size)
        sign = (" - " if number < 0 else " + ") if text else "-" if number < 0 else ""
        text += sign + "*".join(parts)
    return text or "0"


def _partial(calculation: Calculation, k: int, place: int) -> Product:
    """The derivative of one step with respect to its operand at a place."""
    step, name = calculation.steps[k], _named(calculation)
    row = step.row
    if row is None:
        raise NoFormula
    if row.name in ("add", "sub", "neg"):
        return Product(Fraction(-1 if row.name == "neg" or (row.name == "sub" and place) else 1), ())
    others = [calculation.steps[j] for m, j in enumerate(step.operands) if m != place]
    if row.name in ("mul", "div") and others[0].number and not (row.name == "div" and place):
        return Product(others[0].number if row.name == "mul" else 1 / others[0].number, ())
    if row.name == "powc" and step.constant is not None:
        power, base = step.constant - 1, _text(calculation, step.operands[0], name)
        raised = base if power == 1 else Text(f"{base.within(ATOM)}**{plain(power)}", POWER)
        return Product(step.constant, (raised,) if power else ())
    if row.name == "relu" and calculation.steps[step.operands[0]].name:
        return Product(Fraction(1), (Text(f"relu'({calculation.steps[step.operands[0]].name})", ATOM),))
    return _textbook(calculation, k, step, place, name)


def _textbook(calculation: Calculation, k: int, step: Step, place: int, name: Name) -> Product:
    row = step.row
    formula = (row.textbook or row.partials)[place] if row else ""
    if " if " in formula or (row and row.let and not row.textbook):
        raise NoFormula
    words = {"xy"[m]: _text(calculation, j, name) for m, j in enumerate(step.operands)}
    if step.constant is not None:
        words["y"] = Text(plain(step.constant), ATOM)
    words["z"] = name(k) if step.name else _made(calculation, k, name)
    sign = Fraction(-1 if formula.startswith("-") else 1)
    text = re.sub(r"\b[xyz]\b", lambda word: words[word[0]].within(ATOM), formula.removeprefix("-"))
    return Product(sign, (Text(text, _binding(text)),))


def _binding(text: str) -> int:
    """How tightly a formula holds together, by what is done last in it."""
    match ast.parse(text, mode="eval").body:
        case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp():
            return SUM
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            return PRODUCT
        case ast.BinOp():
            return POWER
    return ATOM
