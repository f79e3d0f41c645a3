"""Graphs to sympy and back: the same function, whatever the labels say."""

import random

import pytest
import sympy as sp

import microgrid as mg
from microgrid import ExpressionError, GraphError, Value, custom_op, from_sympy, ops, parameter, to_sympy
from microgrid.graph import order
from microgrid.proof.sympy_graphs import to_sympy_rows

X, Y = sp.symbols("x y", real=True)


def test_leaves_become_symbols_and_constants_exact_fractions():
    x = Value(3.0, "x")
    expression, symbols = to_sympy(0.1 * x)
    assert expression == sp.Rational(3602879701896397, 36028797018963968) * symbols[x]


def test_symbols_can_be_chosen():
    x, w = Value(3.0), parameter(2.0)
    expression, _ = to_sympy((w * x).tanh(), {x: X, w: Y})
    assert expression == sp.tanh(X * Y)


def test_labels_never_become_names():
    hostile = Value(1.0, '__import__("os").system("touch /tmp/owned")')
    expression, symbols = to_sympy(hostile * 2)
    assert {symbol.name for symbol in expression.free_symbols} == {"v0"}
    assert sp.lambdify(list(symbols.values()), expression, "math")(4.0) == 8.0


@pytest.mark.parametrize("name", [name for name, row in ops.TABLE.items() if type(row) is ops.Op])
def test_every_operation_means_the_same_to_sympy(name):
    row = ops.TABLE[name]
    for sample in row.samples:
        leaves = [Value(v) for v in sample[: row.arity]]
        constant = sample[1:] if row.constant is not None and len(sample) == 2 else ()
        made = mg.engine.unary(row, *leaves, *(constant or (row.constant or 0.0,))) if row.arity == 1 else (
            mg.engine.binary(row, *leaves))  # fmt: skip
        expression, symbols = to_sympy(made)
        exact = sp.N(expression.subs({symbols[v]: sp.Rational(v.data) for v in leaves}), 30)
        assert float(exact) == pytest.approx(made.data, rel=1e-14)


def test_a_graph_too_large_for_one_expression_is_refused_and_has_rows():
    x = y = Value(0.5, "x")
    for _ in range(60):
        y = y * y + x
        y = y.tanh()
    with pytest.raises(GraphError, match="to_sympy_rows"):
        to_sympy(y)
    rows, symbols = to_sympy_rows(y)
    assert len(rows) == 180
    values = {symbols[x]: 0.5}
    for symbol, expression in rows:
        values[symbol] = float(expression.subs(values))
    assert values[symbols[y]] == pytest.approx(y.data, rel=1e-13)


def test_huge_powers_are_not_written_out():
    with mg.errstate(domain="ieee"):
        tower = Value(1.0, "x") * (9.0 ** Value(3.0) * 0.0 + 9.0) ** 387420489.0
    expression, _ = to_sympy(tower)
    assert expression.count_ops() < 20


EXPRESSIONS = [
    sp.sin(X) ** 2 + 1 / X,
    3 / (X**2 * (Y + 1)),
    sp.exp(-X) * sp.Rational(1, 3),
    sp.Max(X, 1, 2 * X) - sp.Min(X, Y),
    sp.sqrt(X**2 + Y**2),
    2**X + X**Y,
    sp.pi * X - sp.E,
    -X / 2 + sp.sqrt(2),
    sp.atan2(X, Y) + sp.Abs(X - 3),
    sp.log(sp.cosh(X)) * sp.erfc(Y),
    X ** sp.Rational(-3, 2),
    sp.Integer(3),
    (X + Y) ** 3 / (X + Y + 1) - (X + Y),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_expressions_become_graphs_with_their_value_and_gradient(expression):
    x, y = Value(1.3, "x"), Value(0.7, "y")
    made = from_sympy(expression, {X: x, Y: y})
    at = {X: sp.Rational(1.3), Y: sp.Rational(0.7)}
    assert made.data == pytest.approx(float(sp.N(expression.subs(at), 30)), rel=1e-14)
    made.backward()
    for leaf, symbol in ((x, X), (y, Y)):
        slope = sp.N(sp.diff(expression, symbol).subs(at), 30)
        assert leaf.grad == pytest.approx(float(slope), rel=1e-13)


def test_what_occurs_twice_is_recorded_once():
    shared = sp.tanh(X * Y)
    made = from_sympy(shared + sp.exp(shared), {"x": 1.0, "y": 2.0})
    assert [v.op for v in order(made)].count("tanh") == 1


def test_numbers_make_leaves_named_like_the_symbols():
    made = from_sympy(X * Y, {"x": 2.0, Y: parameter(3.0, "weight")})
    assert sorted((v.label, v.role) for v in made.parents) == [("weight", "parameter"), ("x", "input")]


def test_there_and_back_again():
    rng = random.Random(5)
    for _ in range(20):
        x, w = Value(rng.uniform(0.5, 2), "x"), parameter(rng.uniform(0.5, 2), "w")
        y = ((w * x).tanh() + x / w - (w**3).exp()) ** 2 + mg.hypot(x, w).log()
        expression, symbols = to_sympy(y)
        again = from_sympy(expression, {symbol: leaf.data for leaf, symbol in symbols.items()})
        assert again.data == pytest.approx(y.data, rel=1e-12)


REFUSED = {
    "text": ("x + 1", TypeError, "parse"),
    "an imaginary unit": (sp.I * X, ExpressionError, "I is not a real number"),
    "infinity": (sp.oo + X, ExpressionError, "oo"),
    "complex infinity": (sp.zoo, ExpressionError, "zoo"),
    "nan": (sp.nan, ExpressionError, "nan"),
    "an unbound symbol": (sp.Symbol("q"), ExpressionError, "'q' has no value; values were given for: x, y"),
    "an unknown function": (sp.Function("foo")(X), ExpressionError, "foo"),
    "a derivative": (sp.Derivative(sp.sin(X), X), ExpressionError, "Derivative"),
    "an integral": (sp.Integral(sp.sin(X), (X, 0, Y)), ExpressionError, "Integral"),
}


@pytest.mark.parametrize(("expression", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_graph_is_refused_by_name(expression, error, message):
    with pytest.raises(error, match=message):
        from_sympy(expression, {"x": 1.3, "y": 0.7})


def test_a_custom_operation_needs_its_sympy_form():
    import math

    opaque = custom_op("opaque", value=lambda x: math.exp(x), partials=[lambda x: math.exp(x)])
    with pytest.raises(GraphError, match="opaque"):
        to_sympy(opaque(Value(1.0)))


def test_a_deep_expression_needs_no_recursion():
    deep = X
    for _ in range(150):
        deep = sp.Function("tanh")(deep, evaluate=False) + Y
    made = from_sympy(deep, {"x": 0.3, "y": 0.1})
    assert len(order(made)) == 302
