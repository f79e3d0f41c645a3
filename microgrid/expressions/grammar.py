"""Tokens to statements: the grammar of expressions, and what can be called in them.

statements:  [name =] expression, separated by ";" or line breaks; "#" begins a comment
expression:  + - * / **, a sign, parentheses, numbers, names, calls such as tanh(x); precedence is Python's
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import partial, reduce
from typing import Any, NamedTuple, NoReturn

from .. import custom, functions, ops
from ..base.checks import did_you_mean
from ..base.messages import short
from ..base.nodes import CONSTANT
from ..engine import Value, binary, leaf, power, unary
from ..errors import ExpressionError
from .tokens import Token, tokens

__all__ = [
    "MAX_LENGTH", "MAX_NESTING", "MAX_OPERATIONS", "Apply", "Name", "Reader", "Statement", "Steps",
    "node", "operation",
]  # fmt: skip

MAX_LENGTH = 10_000  # characters of a text
MAX_OPERATIONS = 1_000  # of a text; longer computations are written in Python
MAX_NESTING = 50  # parentheses, calls, signs and powers inside one another: bounds the reader's recursion too


class Name(NamedTuple):
    name: str
    position: int


class Apply(NamedTuple):
    function: Callable[..., Any]
    operands: int


Steps = list[float | Name | Apply]  # an expression in postfix order: operands, then what is applied to them


class Statement(NamedTuple):
    name: str
    position: int
    steps: Steps


# How tightly an operator binds: a sign more than * and less than **, so that -2**2 is -4.
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
SIGN = 3

OPERATORS: dict[str, Callable[..., Value]] = {
    "+": partial(binary, ops.ADD), "-": partial(binary, ops.SUB), "*": partial(binary, ops.MUL),
    "/": partial(binary, ops.DIV), "**": power,
}  # fmt: skip

MISPLACED = {
    "=": "'=' may only follow the name that a statement defines, as in z = w*x",
    ",": "',' stands only between the operands of an operation; statements are separated by ';'",
    ")": "')' without a '(' before it",
}


class Reader:
    """Reads one text, token by token (Pratt 1973, "Top down operator precedence")."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"an expression is a str, got {type(text).__name__}")
        if len(text) > MAX_LENGTH:
            message = f"an expression has at most {MAX_LENGTH:,} characters, this one {len(text):,}"
            raise ExpressionError(message, text, MAX_LENGTH)
        self.text = text
        self.tokens = list(tokens(text))
        self.next = 0
        self.steps: Steps = []
        self.operations = 0

    def statements(self) -> list[Statement]:
        statements = []
        while self.peek().kind != "end":
            if not self.skip(";"):
                statements.append(self.statement())
        if not statements:
            raise ExpressionError("the expression is empty: write one such as w*x + b", self.text)
        return statements

    def statement(self) -> Statement:
        name, position = "", self.peek().position
        if self.peek().kind == "name" and self.tokens[self.next + 1].kind == "=":
            name, _ = self.take().text, self.take()
            if operation(name):
                self.fail(
                    f"{short(name)} is an operation and cannot be assigned: choose another name", position
                )
        self.steps = []
        self.expression(0, 0)
        after = self.peek()
        if after.kind not in (";", "end"):
            missing = f"missing operator before {after.text!r}; a product is written with *"
            self.fail(MISPLACED.get(after.kind, missing))
        return Statement(name, position, self.steps)

    def expression(self, binding: int, depth: int) -> None:
        """Read an operand, and the operators after it that bind tighter than `binding`."""
        if depth > MAX_NESTING:
            self.fail(f"more than {MAX_NESTING} parentheses, calls, signs or powers inside one another")
        self.operand(depth)
        while BINDING.get(sign := self.peek().kind, 0) > binding:
            position = self.take().position
            if sign == "**":  # groups to the right: 2**3**2 is 2**(3**2)
                self.expression(BINDING[sign] - 1, depth + 1)
            else:
                self.expression(BINDING[sign], depth)
            self.apply(OPERATORS[sign], 2, position)

    def operand(self, depth: int) -> None:
        token = self.take()
        if token.kind == "number":
            self.steps.append(float(token.text))
        elif token.kind == "name" and self.peek().kind == "(":
            self.call(token, depth)
        elif token.kind == "name":
            if operation(token.text):
                self.fail(f"{token.text!r} is an operation: write {token.text}(...)", token.position)
            self.steps.append(Name(token.text, token.position))
        elif token.kind == "(":
            self.expression(0, depth + 1)
            self.close(token)
        elif token.kind in ("+", "-"):
            self.expression(SIGN, depth + 1)
            if token.kind == "-":
                self.apply(operator.neg, 1, token.position)
        else:
            instead = "the end" if token.kind in (";", "end") else repr(token.text)
            self.fail(f"expected a number, a name or '(', found {instead}", token.position)

    def call(self, name: Token, depth: int) -> None:
        called = operation(name.text) or self.fail(_unknown_operation(name.text), name.position)
        parenthesis, count, start = self.take(), 0, 0
        if self.peek().kind != ")":
            while not count or self.skip(","):
                start = len(self.steps)
                self.expression(0, depth + 1)
                count += 1
        self.close(parenthesis)
        if count not in called.counts:
            self.fail(f"{name.text} takes {called.takes}, got {count}", name.position)
        if called.takes == WITH_NUMBER and count == 2 and not all(map(_is_literal, self.steps[start:])):
            self.fail(f"the second operand of {name.text} is a plain number such as 0.2", name.position)
        self.apply(called.function, count, name.position)

    def close(self, parenthesis: Token) -> None:
        if self.peek().kind in (";", "end"):
            self.fail("this '(' is never closed", parenthesis.position)
        if not self.skip(")"):
            self.fail(f"expected an operator or ')' before {self.peek().text!r}")

    def apply(self, function: Callable[..., Any], operands: int, position: int) -> None:
        self.operations += max(1, operands - 1)
        if self.operations > MAX_OPERATIONS:
            self.fail(f"more than {MAX_OPERATIONS:,} operations: build larger graphs in Python", position)
        self.steps.append(Apply(function, operands))

    def peek(self) -> Token:
        return self.tokens[self.next]

    def take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def skip(self, kind: str) -> bool:
        there = self.peek().kind == kind
        self.next += there
        return there

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        raise ExpressionError(message, self.text, self.peek().position if position is None else position)


def _is_literal(step: float | Name | Apply) -> bool:
    return isinstance(step, float) or (isinstance(step, Apply) and step.function is operator.neg)


# ---------------------------------------------------------------- what can be called


class _Operation(NamedTuple):
    function: Callable[..., Value]
    counts: range  # of operands
    takes: str  # the same in words


WITH_NUMBER = "one operand and, if wanted, a number"
ANY = range(1, MAX_LENGTH)

COMPOSITES: dict[str, Callable[[Iterable[Any]], Any]] = {
    "sum": functions.sum, "mean": functions.mean, "logsumexp": functions.logsumexp,
    "maxout": functions.maxout, "max": functions.maxout, "min": partial(reduce, functions.minimum),
}  # fmt: skip

NOT_EXPRESSIBLE = {
    "dot": ": write the products out, as in u1*v1 + u2*v2",
    "softmax": ": it gives several values; one of them is exp(a - logsumexp(a, b, c))",
    "log_softmax": ": it gives several values; one of them is a - logsumexp(a, b, c)",
    "ln": ": the natural logarithm is log(x)",
}


def operation(name: str) -> _Operation | None:
    row = ops.TABLE.get(name)  # looked up each time: custom operations come while the program runs
    if row is None:
        fold = COMPOSITES.get(name)
        return fold and _Operation(lambda x, *xs: fold([node(x), *xs]), ANY, "at least one operand")
    if row.constant is not None:
        default = row.constant
        return _Operation(lambda x, c=default: unary(row, x, c), range(1, 3), WITH_NUMBER)
    counts = range(row.arity, row.arity + 1)
    takes = "1 operand" if row.arity == 1 else f"{row.arity} operands"
    if isinstance(row, custom.CustomOp):
        return _Operation(lambda *xs: custom.custom_node(row, xs), counts, takes)
    function = power if row is ops.POW else partial(binary if row.arity == 2 else unary, row)
    return _Operation(function, counts, takes)


def _unknown_operation(name: str) -> str:
    hint = (
        NOT_EXPRESSIBLE.get(name)
        or did_you_mean(name, [*ops.TABLE, *COMPOSITES])
        or f"; a product is written with *, and the functions are {', '.join(known_functions())}"
    )
    return f"unknown operation {short(name)}{hint}"


def known_functions() -> list[str]:
    """What may be called in an expression, other than operations of one's own.

    >>> {"abs", "sqrt", "relu", "mean"} <= set(known_functions())
    True
    """
    return [name for name in ops.TABLE if name in functions.__all__ or name == "abs"] + [*COMPOSITES]


def node(x: Value | float) -> Value:
    return x if isinstance(x, Value) else leaf(x, CONSTANT)
