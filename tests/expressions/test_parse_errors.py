"""What a text is refused for, where the caret stands, and the limits."""

from __future__ import annotations

import math
from typing import Any

import pytest

from microgrid import DomainError, ExpressionError
from microgrid.expressions.grammar import MAX_LENGTH, MAX_NESTING, MAX_OPERATIONS
from microgrid.expressions.parse import parse
from microgrid.expressions.tokens import MAX_NAME

X, Y, W = 3.0, 2.0, -0.5

# ---------------------------------------------------------------- what is refused, and where

REFUSED = [  # text, column of the caret, part of the message
    ("", 0, "empty"),
    (" \n;; # nothing", 0, "empty"),
    ("x^2", 1, "written **"),
    ("x²", 1, "written **2"),
    ("|x|", 0, "abs(x)"),
    ("√x", 0, "sqrt(x)"),
    ("x = 2", 0, "'x' is a given value"),
    ("a = 1; a = 2", 7, "'a' is already assigned"),
    ("sin = 2", 0, "'sin' is an operation and cannot be assigned"),
    ("max = 2", 0, "cannot be assigned"),
    ("1 + sin", 4, "write sin(...)"),
    ("result = 1; x", 0, "last statement"),
    ("x + q", 4, "unknown name 'q'; known: x, y"),
    ("q*x + r*s", 0, "unknown names 'q', 'r', 's'; known: x, y"),
    ("lenght = x; length + 1", 12, "did you mean 'lenght'?"),
    ("z = z + 1", 4, "'z' is used before the statement that assigns it"),
    ("a = b; b = 1", 4, "'b' is used before"),
    ("sinn(x)", 0, "unknown operation 'sinn' (did you mean 'sin'?)"),
    ("softmax(x, y)", 0, "several values"),
    ("dot(x, y)", 0, "write the products out"),
    ("ln(x)", 0, "log(x)"),
    ("2 + x(3)", 4, "unknown operation 'x'; a product is written with *"),
    ("sen(x)", 0, "the functions are abs, maximum, minimum, sqrt, "),
    ("foo(x)", 0, "gelu, gelu_tanh, hardtanh, sum, mean, logsumexp, maxout, max, min"),
    ("log(x, y)", 0, "log takes 1 operand, got 2"),
    ("1 + log()", 4, "log takes 1 operand, got 0"),
    ("hypot(x)", 0, "hypot takes 2 operands, got 1"),
    ("sum()", 0, "at least one operand"),
    ("leaky_relu(x, y)", 0, "plain number"),
    ("leaky_relu(x, 1, 2)", 0, "got 3"),
    ("x y", 2, "missing operator before 'y'"),
    ("2x", 0, "written 2*x"),
    ("2 (x)", 2, "missing operator before '('"),
    ("(x + y", 0, "never closed"),
    ("sin(x; y)", 3, "never closed"),
    ("x + y)", 5, "without a '('"),
    ("(x y)", 3, "expected an operator or ')'"),
    ("x, y", 1, "','"),
    ("x +", 3, "found the end"),
    ("x + ; y", 4, "found the end"),
    ("* x", 0, "found '*'"),
    ("x */ y", 3, "found '/'"),
    ("x // y", 3, "found '/'"),
    ("()", 1, "found ')'"),
    ("sin(x,)", 6, "found ')'"),
    ("a == 1", 3, "found '='"),
    ("3 = x", 2, "'=' may only follow the name"),
    ("a = b = 3", 6, "'=' may only follow the name"),
    ("1_000", 0, "a number is written like"),
    ("0x10", 0, "neither a number nor a name"),
    ("1and", 0, "neither a number nor a name"),
    ("1.2.3", 0, "a number is written like"),
    ("x.real", 1, "inside a number"),
    ("x + 1e999", 4, "exceeds the range of doubles"),
    ("x\n+ $", 4, "'$' is not part of an expression"),
    ("x" * (MAX_NAME + 1), 0, f"at most {MAX_NAME} characters"),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED, ids=[ascii(row[0])[:30] for row in REFUSED])
def test_the_error_says_what_and_where(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=X, y=Y)
    assert message in caught.value.message
    assert (caught.value.text, caught.value.position) == (text, position)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("z = w*x\nL = (z - y)^2", w=1, x=2, y=3)
    _, line, caret = str(caught.value).splitlines()
    assert line.strip() == "L = (z - y)^2"
    assert line[caret.index("^")] == "^"


@pytest.mark.parametrize("name", ["a b", "1x", "", "x-y", "__import__('os')"])
def test_a_value_needs_a_name(name: str) -> None:
    with pytest.raises(ExpressionError, match="cannot name a value"):
        parse("1", **{name: 2.0})


@pytest.mark.parametrize("name", ["sin", "max", "result"])
def test_a_value_cannot_take_a_name_that_means_something(name: str) -> None:
    with pytest.raises(ExpressionError, match="choose another name"):
        parse("1", **{name: 2.0})


@pytest.mark.parametrize("value", ["3", None, [1], 1j])
def test_a_value_is_a_number(value: Any) -> None:
    with pytest.raises(TypeError, match="the value of 'x' has to be a real number"):
        parse("x", x=value)


def test_a_value_is_finite() -> None:
    with pytest.raises(ValueError, match="the value of 'x'"):
        parse("x", x=math.nan)


def test_only_text_is_read() -> None:
    number: Any = 3
    with pytest.raises(TypeError, match="an expression is a str, got int"):
        parse(number)


def test_what_fails_while_computing_raises_as_in_python() -> None:
    with pytest.raises(DomainError, match=r"log\('x' \(-1\.0\)\)"):
        parse("log(x)", x=-1)
    with pytest.raises(ZeroDivisionError):
        parse("1/(x - x)", x=1)
    with pytest.raises(OverflowError):
        parse("9**9**9")


# ---------------------------------------------------------------- limits


def test_limits_are_reached_and_not_passed() -> None:
    assert parse("x" + "+x" * MAX_OPERATIONS, x=1)["result"].data == MAX_OPERATIONS + 1
    assert parse("(" * MAX_NESTING + "x" + ")" * MAX_NESTING, x=1)["result"].data == 1
    assert parse("x" + " " * (MAX_LENGTH - 1), x=1)["result"].data == 1
    assert parse("x" * MAX_NAME, **{"x" * MAX_NAME: 1})["result"].data == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" + "+x" * (MAX_OPERATIONS + 1), "1,000 operations"),
        ("sum(" + "x," * (MAX_OPERATIONS + 2) + "x)", "1,000 operations"),
        ("(" * (MAX_NESTING + 1) + "x" + ")" * (MAX_NESTING + 1), "50 parentheses"),
        ("-" * 5000 + "x", "50 parentheses"),
        ("x" + "**x" * 60, "50 parentheses"),
        ("sin(" * 60 + "x" + ")" * 60, "50 parentheses"),
        ("x" + " " * MAX_LENGTH, "10,000 characters, this one 10,001"),
        ("$" * 1_000_000, "10,000 characters, this one 1,000,000"),
        ("9" * 9_000, "exceeds the range of doubles"),
    ],
    ids=["operations", "operands", "parentheses", "signs", "powers", "calls", "length", "garbage", "digits"],
)
def test_limits_are_named(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse(text, x=1.0)
