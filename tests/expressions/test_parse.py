"""Text to graph: what is accepted, against Python's own arithmetic; what is refused, and where; hostile text."""

from __future__ import annotations

import math

import pytest

import microgrid
from microgrid import ExpressionError, Value, custom_op, parameter
from microgrid.expressions.parse import free_names, parse
from microgrid.ops import TABLE

X, Y, W = 3.0, 2.0, -0.5

ACCEPTED = {
    "1": 1.0,
    "2.5": 2.5,
    ".5": 0.5,
    "5.": 5.0,
    "1e-3": 0.001,
    "1E+3": 1000.0,
    "2.5e2": 250.0,
    "007": 7.0,
    "2+3": 5.0,
    "2*3 + 4": 10.0,
    "2 + 3*4": 14.0,
    "10 - 4 - 3": 3.0,
    "100 / 10 / 5": 2.0,
    "8 / 4 * 2": 4.0,
    "2**3**2": 512.0,
    "(2**3)**2": 64.0,
    "-2**2": -4.0,
    "(-2)**2": 4.0,
    "2**-1": 0.5,
    "2**-1*3": 1.5,
    "2**-2**2": 0.0625,
    "-x**2": -9.0,
    "-x*y": -6.0,
    "x*-y": -6.0,
    "x - -y": 5.0,
    "--x": 3.0,
    "+-+x": -3.0,
    "x**2**0": 3.0,
    "x**y": 9.0,
    "x/y**2": 0.75,
    "(x + y)*(x - y)": 5.0,
    "((x))": 3.0,
    "x\t*\u00a0y": 6.0,
    "x·y": 6.0,
    "x × y": 6.0,
    "x⋅y": 6.0,
    "x − y": 1.0,
    "x ÷ y": 1.5,
    "exp(0)": 1.0,
    "log(exp(x))": 3.0,
    "sqrt(x*x + 16)": 5.0,
    "hypot(x, 4)": 5.0,
    "atan2(0, x)": 0.0,
    "pow(x, 2)": 9.0,
    "pow(2, x)": 8.0,
    "abs(w)": 0.5,
    "relu(w)": 0.0,
    "leaky_relu(w)": -0.005,
    "leaky_relu(w, 0.2)": -0.1,
    "leaky_relu(w, -0.2)": 0.1,
    "elu(x, 1.0)": 3.0,
    "maximum(x, y)": 3.0,
    "max(x, y)": 3.0,
    "max(w, x, y)": 3.0,
    "min(x, w, y)": -0.5,
    "min(7, 5)": 5.0,
    "maxout(1, 2)": 2.0,
    "sum(x)": 3.0,
    "sum(x, y, 1)": 6.0,
    "mean(1, 2, x)": 2.0,
    "mean(x, y)": 2.5,
    "logsumexp(0, 0)": math.log(2),
    "sum(x, mean(x, y), 2*(y - 1))": 7.5,
    "(x\n + y)": 5.0,
    "x # of nothing; 3": 3.0,
    "# the line\nx + y # and more": 5.0,
    "a = x*y\n\nb = a + 1\r\nb*b": 49.0,
    ";; a = 4 ; a*a ;": 16.0,
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=map(ascii, ACCEPTED))
def test_value(text: str, expected: float) -> None:
    result = parse(text, x=X, y=Y, w=W)["result"]
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, rel=1e-15, abs=0)


SIGNS_AND_POWERS = [
    f"{before}{a}{op}{sign}{b}{other}{c}"
    for before in ("", "-")
    for a, b, c in [("2", "3", "2")]
    for op in ("+", "-", "*", "/", "**")
    for sign in ("", "-", "+")
    for other in ("+", "-", "*", "/", "**")
]


@pytest.mark.parametrize("text", SIGNS_AND_POWERS)
def test_precedence_is_pythons(text: str) -> None:
    assert parse(text)["result"].data == eval(text)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.samples and len(row.samples[0]) == 1])
def test_every_unary_operation_can_be_called(name: str) -> None:
    at = TABLE[name].samples[-1][0]
    result = parse(f"{name}(v)", v=at)["result"]
    assert result.op == name
    assert result.data == TABLE[name].bind("value")(at)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.samples and len(row.samples[0]) == 2])
def test_every_binary_operation_can_be_called(name: str) -> None:
    a, b = TABLE[name].samples[-1]
    result = parse(f"{name}(v, {b})", v=a)["result"]
    assert result.data == pytest.approx(TABLE[name].bind("value")(a, b), rel=1e-15)


# ---------------------------------------------------------------- names, labels, roles


def test_the_lecture() -> None:
    nodes = parse("z = w*x; yhat = z + b; e = yhat - y; L = e**2", w=parameter(2, "w"), b=parameter(1, "b"), x=3, y=9)
    nodes["L"].backward()
    assert list(nodes) == ["w", "b", "x", "y", "z", "yhat", "e", "L", "result"]
    assert nodes["result"] is nodes["L"]
    assert [nodes[name].data for name in ("z", "yhat", "e", "L")] == [6, 7, -2, 4]
    assert (nodes["w"].grad, nodes["b"].grad) == (-12, -4)
    assert [nodes[name].role for name in ("w", "x", "z")] == ["parameter", "input", "op"]
    assert [nodes[name].label for name in nodes] == ["w", "b", "x", "y", "z", "yhat", "e", "L", "L"]


def test_numbers_are_constants_as_python_makes_them() -> None:
    typed = parse("3*x + 1", x=2.0)["result"]
    x = Value(2.0, "x")
    written = 3 * x + 1
    for a, b in zip(microgrid.graph.order(typed), microgrid.graph.order(written), strict=True):
        assert (a.op, a.role, a.data, a.label) == (b.op, b.role, b.data, b.label)


@pytest.mark.parametrize("text", ["x**2", "x**-2", "x**0.5", "x**+2", "pow(x, 2)"])
def test_a_literal_exponent_has_one_operand(text: str) -> None:
    result = parse(text, x=4.0)["result"]
    assert (result.op, len(result.parents)) == ("powc", 1)


@pytest.mark.parametrize("text", ["x**n", "x**(1 + 1)", "2**x"])
def test_a_computed_exponent_has_two(text: str) -> None:
    assert parse(text, x=4.0, n=2)["result"].op == "pow"


def test_numbers_alone_make_a_graph() -> None:
    result = parse("2+3")["result"]
    assert (result.op, [p.role for p in result.parents]) == ("add", ["constant", "constant"])
    assert parse("3")["result"].role == "constant"


def test_a_sign_before_a_number_belongs_to_it() -> None:
    assert [p.data for p in parse("x * -3", x=1)["result"].parents] == [1, -3]


def test_a_second_name_is_an_alias() -> None:
    nodes = parse("a = x; z = x*x; b = z; c = sum(z)", x=2)
    assert nodes["a"] is nodes["x"]
    assert nodes["b"] is nodes["c"] is nodes["z"]
    assert (nodes["x"].label, nodes["z"].label) == ("x", "z")


def test_a_number_can_be_named() -> None:
    c = parse("c = 3; c*c")["c"]
    assert (c.label, c.role, c.data) == ("c", "constant", 3)


def test_a_given_value_is_used_as_it_is() -> None:
    plain, computed = Value(2.0), Value(1.0, "p") + 1
    nodes = parse("a = v; u*a", v=plain, u=computed)
    assert nodes["v"] is nodes["a"] is plain
    assert nodes["u"] is computed
    assert (plain.label, computed.label) == ("", "")
    assert nodes["result"].parents == (computed, plain)


def test_values_that_are_not_used_are_returned() -> None:
    assert parse("x", x=1, q=2)["q"].data == 2


def test_names_in_any_alphabet() -> None:
    nodes = parse("ŷ = β·x_1 + Δw", β=2, x_1=3, Δw=1)
    assert nodes["ŷ"].data == 7


def test_one_name_however_it_is_typed() -> None:
    one, two = {"\u0177": 2}, {"y\u0302": 2}
    assert parse("y\u0302 + 1", **one)["result"].data == 3
    assert parse("\u0177 + 1", **two)["result"].data == 3


def test_one_name_typed_in_two_ways_has_one_value() -> None:
    both = {"\u0177": 2, "y\u0302": 3}
    with pytest.raises(ExpressionError, match="the same name"):
        parse("1", **both)


def test_a_value_may_be_called_text() -> None:
    assert parse("2*text", text=3)["result"].data == 6


def test_result_may_name_the_last_statement() -> None:
    assert parse("result = x + 1", x=1)["result"].label == "result"


def test_free_names() -> None:
    assert free_names("z = w*x; w + z + tanh(b)") == ["w", "x", "b"]
    assert free_names("z + 1; z = 2") == ["z"]


def test_custom_operations_can_be_called() -> None:
    custom_op("volume", value=lambda a, b, c: a * b * c, partials=lambda a, b, c: (b * c, a * c, a * b))
    try:
        x = parse("volume(x, 2, 5)", x=3)
        x["result"].backward()
        assert (x["result"].data, x["x"].grad) == (30, 10)
        with pytest.raises(ExpressionError, match="volume takes 3 operands, got 1"):
            parse("volume(1)")
    finally:
        del TABLE["volume"]
