"""The table of operations: it is whole, its texts are functions and their derivatives, its samples reach each piece."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from mpmath import mp, mpf

import microgrid
from helpers.mathematics import BINARY, OPERATORS, PIECES, UNARY, reference
from microgrid import Value
from microgrid.base.formula import is_number
from microgrid.custom import CustomOp
from microgrid.ops import TABLE

ROWS = {name: row for name, row in TABLE.items() if not isinstance(row, CustomOp)}

OPERATIONS = {
    "add", "sub", "mul", "div", "pow", "powc", "neg", "abs", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos",
    "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "erf", "hypot", "logaddexp", "maximum", "minimum",
    "sigmoid", "logsigmoid", "softplus", "softsign", "relu", "leaky_relu", "elu", "selu", "silu", "mish", "gelu",
    "gelu_tanh", "hardtanh",
}  # fmt: skip


def test_no_operation_is_missing():
    assert set(ROWS) >= OPERATIONS


def test_the_reference_of_these_tests_covers_the_table():
    assert set(PIECES) == set(ROWS)


@pytest.mark.parametrize("name", [name for name in UNARY if name not in OPERATORS])
def test_every_unary_row_is_a_method_and_a_function(name):
    x = 0.4
    assert getattr(Value(x), name)().data == getattr(microgrid, name)(Value(x)).data == getattr(microgrid, name)(x)
    assert getattr(Value(x), name)().op == name


@pytest.mark.parametrize("name", [name for name in BINARY if name not in OPERATORS])
def test_every_binary_row_is_a_function_with_a_number_on_either_side(name):
    function = getattr(microgrid, name)
    both = function(Value(0.4), Value(1.7))
    assert both.op == name
    assert function(0.4, Value(1.7)).data == function(Value(0.4), 1.7).data == function(0.4, 1.7) == both.data


LITERAL = re.compile(r"(?<![\w.])(\d+\.\d+|\d+)(?![\w.])")
WORDS = {name: getattr(mp, name) for name in (*UNARY, "atan2", "hypot", "pi", "nan") if hasattr(mp, name)}
WORDS |= {"pow": mp.power, "abs": abs}


def evaluate(text: str, names: dict) -> mpf:
    exact = LITERAL.sub(r"mpf('\1')", text)
    return eval(exact, {"__builtins__": {}, "mpf": mpf, **WORDS}, names)  # the table's text, exactly


@pytest.mark.parametrize("kind", ["value", "definition", "partials", "textbook"])
@pytest.mark.parametrize("name", PIECES)
def test_the_texts_of_a_row_are_the_function_and_its_derivatives(name, kind):
    row = ROWS[name]
    text = getattr(row, kind) or (row.value if kind == "definition" else row.partials)
    with mp.workdps(60):
        for sample in row.samples:
            names = dict(zip("xy", map(mpf, sample), strict=False))
            names["z"] = reference(name, "", *sample)
            for local, formula in row.let:
                names[local] = evaluate(formula, names)
            letters = [""] if isinstance(text, str) else "xy"[: row.arity]
            for letter, formula in zip(letters, [text] if isinstance(text, str) else text, strict=True):
                want = reference(name, letter, *sample)
                assert abs(evaluate(formula, names) - want) <= mpf(10) ** -50 * abs(want), (formula, sample)


@pytest.mark.parametrize("name", PIECES)
def test_samples_reach_every_piece(name):
    row = ROWS[name]
    for piece in row.pieces:
        assert any(evaluate(piece, dict(zip("xy", map(mpf, s), strict=False))) for s in row.samples), piece


def test_the_names_in_a_row_are_none_of_those_in_the_c_made_from_it():
    taken = {"p", "q", "ask", "result"}  # see `rows_c`; a compiler would stop at them, Python does not
    assert [row.name for row in TABLE.values() if taken & {name for name, _ in row.let}] == []


def test_the_partials_that_need_no_care_about_infinity_are_finite_wherever_they_are_taken():
    """Of a formula that `is_number`: so 0 times it is 0, and an adjoint of 0 passes nothing on."""
    straight = {name for name, row in ROWS.items() if all(map(is_number, row.partials))}
    assert straight == {"add", "sub", "neg", "abs", "maximum", "minimum", "relu", "hardtanh"}
    ends = [0.0, -0.0, 1.0, -1.0, 1e308, math.inf, -math.inf, math.nan]
    for row in map(ROWS.__getitem__, straight):
        for x, y, z in itertools.product(ends, repeat=3):
            assert all(map(math.isfinite, row.bind("partials")(x, y, z))), (row.name, x, y, z)
