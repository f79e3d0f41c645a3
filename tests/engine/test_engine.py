"""Values and the backward pass: what they accept, what they record, and that nothing is ever half done."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

from microgrid import Value, errstate, parameter
from microgrid.graph import order

ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
NUMBERS = {
    "int": 3, "bool": True, "float": 2.5, "float64": np.float64(2.5), "float32": np.float32(0.1), "int64": np.int64(3),
    "array0d": np.array(1.5), "Fraction": Fraction(7, 4),
}  # fmt: skip
operators = pytest.mark.parametrize("operate", ARITHMETIC.values(), ids=list(ARITHMETIC))

# ---------------------------------------------------------------- operands


@operators
def test_two_values_compute_as_floats_do(operate):
    y = operate(Value(1.7), Value(2.3))
    assert y.data == operate(1.7, 2.3)


@operators
@pytest.mark.parametrize("number", NUMBERS.values(), ids=list(NUMBERS))
def test_a_number_on_the_right_is_its_float(operate, number):
    y = operate(Value(1.7), number)
    assert type(y) is Value
    assert y.data == operate(1.7, float(number))


@operators
@pytest.mark.parametrize("number", NUMBERS.values(), ids=list(NUMBERS))
def test_a_number_on_the_left_is_its_float(operate, number):
    x = Value(1.7)
    y = operate(number, x)
    assert type(y) is Value
    assert y.data == operate(float(number), 1.7)


@pytest.mark.parametrize(
    ("operate", "slope"),
    [
        (lambda x: 2 + x, 1.0),
        (lambda x: 2 - x, -1.0),
        (lambda x: 2 * x, 2.0),
        (lambda x: 2 / x, -2 / 9),
        (lambda x: 2**x, 8 * math.log(2)),
        (lambda x: x / 2, 0.5),
        (lambda x: x**2, 6.0),
        (lambda x: -x, -1.0),
        (lambda x: +x, 1.0),
        (lambda x: abs(-x), 1.0),
        (lambda x: sum([x, x]), 2.0),
    ],
    ids=["2+x", "2-x", "2*x", "2/x", "2**x", "x/2", "x**2", "-x", "+x", "abs(-x)", "sum"],
)
def test_gradient_of_an_operator_with_a_number(operate, slope):
    x = Value(3.0)
    operate(x).backward()
    assert x.grad == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("operate", "spelling", "count"),
    [
        (lambda a, b: a - b, "-", 2),
        (lambda a, b: a / b, "/", 2),
        (lambda a, b: a**b, "**", 2),
        (lambda a, b: a**3, "**3", 1),
        (lambda a, b: a**0.5, "**0.5", 1),
        (lambda a, b: a.relu(), "ReLU", 1),
        (lambda a, b: a.tanh(), "tanh", 1),
    ],
    ids=["sub", "div", "pow", "cube", "root", "relu", "tanh"],
)
def test_one_operation_is_one_node(operate, spelling, count):
    a, b = Value(2.0), Value(3.0)
    y = operate(a, b)
    assert y._op == spelling
    assert y.parents == (a, b)[:count]


def test_object_arrays_compute_element_by_element():
    w = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(0.5), Value(-0.25)])
    loss = np.sum(np.tanh(w @ x) + np.exp(x))
    loss.backward()
    matrix, vector = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.25])
    assert loss.data == pytest.approx(np.sum(np.tanh(matrix @ vector) + np.exp(vector)))
    slope = 1 - np.tanh(matrix @ vector) ** 2
    assert [[v.grad for v in row] for row in w] == pytest.approx(np.outer(slope, vector))
    assert [v.grad for v in x] == pytest.approx(matrix.T @ slope + np.exp(vector))


# ---------------------------------------------------------------- a node


def test_a_leaf_says_what_it_is():
    x = Value(3, "x")
    assert (x.data, x.grad, x.label, x.op, x.parents, x.partials) == (3.0, 0.0, "x", "", (), ())
    assert (x.role, x.constant, x.has_grad, x._prev, x._op) == ("input", None, False, set(), "")
    assert type(x.data) is float


def test_roles():
    w = parameter(2.0, "w")
    y = w * 3.0
    assert [v.role for v in order(y)] == ["parameter", "constant", "op"]


def test_equal_operands_are_two_edges():
    x = Value(3.0)
    y = x * x
    assert y.parents == (x, x)
    assert y.partials == (3.0, 3.0)
    assert y._prev == {x}


def test_partials_stay_those_of_the_forward_pass():
    a, b = Value(2.0), Value(3.0)
    y = a * b
    a.data = 100.0
    with pytest.warns(match="assigned after .* had been computed"):
        y.backward()
    assert (a.grad, b.grad, y.data) == (3.0, 2.0, 6.0)


def test_adding_in_place_rebinds_the_name_only():
    a = b = Value(1.0)
    a += 2
    assert (a.data, b.data) == (3.0, 1.0)


def test_detach_stops_the_gradient():
    x = Value(3.0, "x")
    y = x * (x * 2).detach()
    y.backward()
    assert x.grad == 6.0


def test_detach_keeps_data_and_label():
    d = Value(3.0, "x").detach()
    assert (d.data, d.label, d.parents) == (3.0, "x", ())


def test_repr_shows_data_gradient_and_label():
    assert repr(Value(2.0, "a")) == "Value(data=2.0, grad=0.0, label='a')"


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (math.nan, 2.0)])
def test_order_compares_data(compare, a, b):
    with errstate(domain="ieee"):
        v, w = Value(a), Value(b)
    assert compare(v, w) is compare(v, b) is compare(a, w) is compare(a, b)


def test_equality_is_identity():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b}) == 2


# ---------------------------------------------------------------- foreign operands

OBJECTS = np.array([Value(1.0), Value(2.0)])
ELEMENTWISE = {
    "array * value": (lambda v: OBJECTS * v, [3.0, 6.0]),
    "value * array": (lambda v: v * OBJECTS, [3.0, 6.0]),
    "value - array": (lambda v: v - OBJECTS, [2.0, 1.0]),
    "array ** value": (lambda v: OBJECTS**v, [1.0, 8.0]),
    "value ** array": (lambda v: v**OBJECTS, [3.0, 9.0]),
}


@pytest.mark.parametrize(("operation", "want"), ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_an_array_of_values_meets_a_value_element_by_element(operation, want):
    assert [v.data for v in operation(Value(3.0))] == want


class Sums:
    def __radd__(self, other):
        return f"{other.data} + me"


def test_a_class_with_reflected_operators_is_asked():
    assert Value(1.0) + Sums() == "1.0 + me"
