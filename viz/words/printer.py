"""Prints a formula's syntax tree as mathematics, ``2e`` or ``1 − z²``, and simplifies it by its constants."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..style.scripts import level, lowered, raised
from .numbers import Numbers

__all__ = ["FAMILIAR", "MISSING", "Printer", "common", "is_closed", "is_name", "number_of", "simplified"]

MISSING = "…"
"""Stands for an operand that has no name."""

FAMILIAR = {"sigmoid": "σ", "maximum": "max", "minimum": "min", "pi": "π", "inf": "∞"}
"""Functions and numbers that mathematics spells otherwise than the table of operations."""

# How tightly an expression holds together: one that is looser than its place asks for gets brackets.
SUM, SIGNED, PRODUCT, POWER, ATOM = range(5)

_NAME = re.compile(
    r"(?:[\w'′.\[\]\u0300-\u036f₀-₉⁰⁴-⁹ⁿ]|(?<=[₀-₉]),(?=[₀-₉])|(?<=\d),(?=\d))+(?:⁽[⁰¹²³⁴-⁹,]+⁾|\^\([\d,]+\)|₍[₀-₉]+₎|_\(\d+\))?"
)
_INDEX = re.compile(r"[₀-₉]+|(?<=[⁽,])[⁰¹²³⁴-⁹]+(?=[⁾,])")
"""Digits below, or above in the brackets of a layer or a sample; not an exponent."""
_CLOSED = re.compile(r"(?:\w+\([^()]*\)|\([^()]*\)(?=₍|_\()|\|[^|]*\|)(?:₍[₀-₉]+₎|_\(\d+\))?")
_LETTER = re.compile(r"[^\W\d_][\u0300-\u036f]*['′]*[₀-₉ₐ-ₜᵢ-ᵥ,]*(⁽[⁰¹²³⁴-⁹,]+⁾|₍[₀-₉]+₎)?")
"""One letter with what stands above and below it."""


def is_name(label: str) -> bool:
    """Whether a label can stand in a formula without brackets.

    >>> is_name("x1"), is_name("ŷ"), is_name("w[0]"), is_name("x1*w1"), is_name("")
    (True, True, True, False, False)
    >>> is_name("w₁₂,₃⁽¹⁾"), is_name("w12,3^(1)")
    (True, True)
    """
    return bool(_NAME.fullmatch(label))


def is_closed(text: str) -> bool:
    """Whether a text needs no brackets in a product or a derivative: a name, a call, a formula in brackets
    with a number.

    >>> is_closed("tanh(x)"), is_closed("(w*x)₍₂₎"), is_closed("w*x")
    (True, True, False)
    """
    return is_name(text) or bool(_CLOSED.fullmatch(text))


@dataclass(frozen=True)
class Printer:
    """Writes syntax trees; `names` says what each variable is called, or which number it is.

    >>> write = Printer(Numbers(), {"x": "ŷ", "y": -3.0})
    >>> write(ast.parse("x*y + sqrt(x**2)", mode="eval").body)
    'ŷ·(−3) + √(ŷ²)'
    """

    numbers: Numbers
    names: Mapping[str, str | float] = field(default_factory=dict)
    spaced: bool = False
    """Whether products are written out, ``2 · e``, and not ``2e``."""
    close: bool = False
    """Whether letters stand side by side where they are factors, ``w₁x₁``."""

    def __call__(self, tree: ast.expr) -> str:
        return self._write(tree, SUM)

    def term(self, tree: ast.expr) -> str:
        """As it stands in a sum, with brackets if it is one itself."""
        return self._write(tree, PRODUCT)

    def _write(self, tree: ast.expr, place: int) -> str:
        text, level = self._text(tree)
        return text if level >= place else f"({text})"

    def _text(self, tree: ast.expr) -> tuple[str, int]:
        match tree:
            case ast.Constant(value):
                return self._number(value)
            case ast.Name(name):
                return self._name(name)
            case ast.UnaryOp(ast.USub(), operand):
                return self.numbers.minus + self._write(operand, PRODUCT), SIGNED
            case ast.BinOp(left, ast.Add(), right):
                return f"{self._write(left, SUM)} + {self._write(right, PRODUCT)}", SUM
            case ast.BinOp(left, ast.Sub(), right):
                return f"{self._write(left, SUM)} {self.numbers.minus} {self._write(right, PRODUCT)}", SUM
            case ast.BinOp(left, ast.Mult(), right):
                return self._product(left, right), PRODUCT
            case ast.BinOp(left, ast.Div(), right):
                slash = " / " if self.spaced else "/"
                return f"{self._write(left, SIGNED)}{slash}{self._write(right, POWER)}", PRODUCT
            case ast.BinOp(left, ast.Pow(), right):
                return self._power(left, right), POWER
            case ast.Call(ast.Name("sqrt"), [operand]):
                return f"√{self._write(operand, ATOM)}", POWER
            case ast.Call(ast.Name("abs"), [operand]):
                return f"|{self._write(operand, SUM)}|", ATOM
            case ast.Subscript(told_apart, ast.Constant(int(number))):
                return self._write(told_apart, ATOM) + lowered(f"({number})"), ATOM
            case ast.Call(ast.Name(function), operands):
                inside = ", ".join(self._write(operand, SUM) for operand in operands)
                return f"{FAMILIAR.get(function, function)}({inside})", ATOM
        raise ValueError(f"a formula has no {type(tree).__name__}: {ast.unparse(tree)}")

    def _number(self, value: object) -> tuple[str, int]:
        number = float(str(value))
        return self.numbers(number), SUM if number < 0 else ATOM

    def _name(self, name: str) -> tuple[str, int]:
        called = self.names.get(name, FAMILIAR.get(name, name))
        if isinstance(called, float):
            return self._number(called)
        if called == MISSING or (called.startswith("log ") and is_name(called[4:])):
            return called, POWER
        if called.startswith("Σ "):
            return called, PRODUCT
        return called, ATOM if is_name(called) else SUM

    def _product(self, left: ast.expr, right: ast.expr) -> str:
        first, second = self._write(left, SIGNED), self._write(right, POWER)
        if self.spaced:
            return f"{first} · {second}"
        # 2e is a product, but 2e3 would be read as a number, and f(x) as a call
        joined = (
            isinstance(left, ast.Constant)
            and first[-1].isdigit()
            and re.match(r"(?!log )[^\W\d](?!\d|.*\()", second)
        )
        if joined or (self.close and self._is_close(left) and self._is_letter(right)):
            return first + second
        return f"{first}·{second}"

    def _is_close(self, tree: ast.expr) -> bool:
        """Whether a letter may follow without a sign."""
        match tree:
            case ast.BinOp(left, ast.Mult(), right):
                return self._is_close(left) and self._is_letter(right)
            case ast.Constant(value):
                return float(str(value)) >= 0
        return self._is_letter(tree)

    def _is_letter(self, tree: ast.expr) -> bool:
        """Whether it is written as one letter, or as a power of one."""
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
            tree = tree.left
        return isinstance(tree, ast.Name) and bool(_LETTER.fullmatch(self._name(tree.id)[0]))

    def _power(self, base: ast.expr, exponent: ast.expr) -> str:
        below, above = self._write(base, ATOM), self._write(exponent, SUM)
        if re.fullmatch(r"[-−]?\d+", above):
            below = f"({below})" if below.endswith(("⁾", "^)")) or "^(" in below else below
            return below + raised(above)
        return f"{below}^{self._write(exponent, ATOM)}"


def common(texts: Sequence[str]) -> str:
    """What texts have in common but for an index, which goes through different numbers: ``(xᵢ − μ)²``, or
    above for samples ``(x₁⁽ⁱ⁾ − μ)²``.

    >>> common(["(x₁ − μ)²", "(x₂ − μ)²"]), common(["x₁y₁", "x₁y₂"]), common(["x₁y₂", "x₂y₁"])
    ('(xᵢ − μ)²', 'x₁yᵢ', '')
    >>> common(["(x₁⁽¹⁾ − μ)²", "(x₁⁽²⁾ − μ)²"]), common(["x₁⁽¹⁾", "x₂⁽²⁾"])
    ('(x₁⁽ⁱ⁾ − μ)²', 'xᵢ⁽ⁱ⁾')
    """
    first, *others = (_INDEX.split(text) for text in texts)
    if not others or any(other != first for other in others):
        return ""
    columns = list(zip(*(_INDEX.findall(text) for text in texts), strict=True))
    going = {tuple(map(level, column)) for column in columns if len(set(column)) > 1}
    if len(going) != 1 or len(set(*going)) < len(texts):
        return ""
    running = ["ᵢ" if column[0][0] in "₀₁₂₃₄₅₆₇₈₉" else "ⁱ" for column in columns]
    indices = [column[0] if len(set(column)) == 1 else i for column, i in zip(columns, running, strict=True)]
    return "".join(text + index for text, index in zip(first, [*indices, ""], strict=True))


def simplified(tree: ast.expr, constants: Mapping[str, float], holds: Callable[[ast.expr], bool]) -> ast.expr:
    """Put constants in, take the branch whose condition `holds`, and drop what changes nothing.

    >>> tree = ast.parse("y*pow(x, y - 1) if y > 0 else 0", mode="eval").body
    >>> ast.unparse(simplified(tree, {"y": 2.0}, lambda condition: True))
    '2.0 * x'
    """

    def go(tree: ast.expr) -> ast.expr:
        match tree:
            case ast.Name(name) if name in constants:
                return ast.Constant(constants[name])
            case ast.IfExp(test, body, orelse):
                return go(body if holds(test) else orelse)
            case ast.UnaryOp(ast.USub(), operand):
                return _negative(go(operand))
            case ast.Call(ast.Name("pow"), [base, exponent]):
                return _simplified_pair(go(base), ast.Pow(), go(exponent))
            case ast.Call(function, operands):
                return ast.Call(function, [go(operand) for operand in operands], [])
            case ast.BinOp(left, op, right):
                return _simplified_pair(go(left), op, go(right))
        return tree

    return go(tree)


def _simplified_pair(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    a, b = number_of(left), number_of(right)
    if a is not None and b is not None:
        try:
            return ast.Constant(_ARITHMETIC[type(op)](a, b))
        except ArithmeticError:
            return ast.BinOp(left, op, right)
    match op, a, b:
        case (ast.Mult(), 0.0, _) | (ast.Mult(), _, 0.0) | (ast.Div(), 0.0, _):
            return ast.Constant(0.0)
        case (ast.Mult(), 1.0, _) | (ast.Add(), 0.0, _):
            return right
        case (ast.Mult() | ast.Div() | ast.Pow(), _, 1.0) | (ast.Add() | ast.Sub(), _, 0.0):
            return left
        case ast.Pow(), _, 0.0:
            return ast.Constant(1.0)
        case ast.Mult(), -1.0, _:
            return _negative(right)
        case ast.Mult(), None, float():
            return _simplified_pair(right, op, left)
    return ast.BinOp(left, op, right)


_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: math.pow,
}


def number_of(tree: ast.expr) -> float | None:
    """The number a tree is, if it is one."""
    return float(str(tree.value)) if isinstance(tree, ast.Constant) else None


def _negative(tree: ast.expr) -> ast.expr:
    number = number_of(tree)
    return ast.UnaryOp(ast.USub(), tree) if number is None else ast.Constant(-number)
