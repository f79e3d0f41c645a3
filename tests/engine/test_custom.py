"""Operations that users add."""

from __future__ import annotations

import copy
import math
import pickle

import pytest

import microgrid
from microgrid import DomainError, GraphError, Value, custom_op, errstate, grad, jvp, recompute
from microgrid.graph import counts, order, paths
from microgrid.ops import TABLE

cube = custom_op("test_cube", value=lambda x: x**3, partials=lambda x: 3 * x**2)
area = custom_op("test_area", value=lambda a, b: a * b / 2, partials=[lambda a, b: b / 2, lambda a, b: a / 2])
norm = custom_op(
    "test_norm",
    value=lambda x, y, z: microgrid.sqrt(x * x + y * y + z * z),
    partials=lambda x, y, z: [t / microgrid.sqrt(x * x + y * y + z * z) for t in (x, y, z)],
)
poly = custom_op(  # a + 2b + 3c² + d e
    "test_poly",
    value=lambda a, b, c, d, e: a + 2 * b + 3 * c**2 + d * e,
    partials=lambda a, b, c, d, e: (1, 2, 6 * c, e, d),
)
OWN = {name: TABLE.pop(name) for name in ("test_cube", "test_area", "test_norm", "test_poly")}
"""Out of the table, which other modules take their cases from, until the tests here run."""


@pytest.fixture(autouse=True)
def own_operations():
    TABLE.update(OWN)


CASES = {
    "one": (cube, (2.0,), 8.0, (12.0,)),
    "two": (area, (3.0, 5.0), 7.5, (2.5, 1.5)),
    "three": (norm, (2.0, 3.0, 6.0), 7.0, (2 / 7, 3 / 7, 6 / 7)),
    "five": (poly, (1.0, 2.0, 3.0, 4.0, 5.0), 52.0, (1.0, 2.0, 18.0, 5.0, 4.0)),
}
cases = pytest.mark.parametrize(("function", "point", "value", "slopes"), CASES.values(), ids=list(CASES))


@cases
def test_backward(function, point, value, slopes):
    xs = [Value(x) for x in point]
    y = function(*xs) * 2
    y.backward()
    assert y.data == 2 * value
    assert [x.grad for x in xs] == pytest.approx([2 * s for s in slopes], rel=1e-15)


@cases
def test_forward_mode(function, point, value, slopes):
    xs = [Value(x) for x in point]
    y = function(*xs)
    assert [jvp(y, {x: 1.0}) for x in xs] == pytest.approx(list(slopes), rel=1e-15)


@cases
def test_plain_numbers_give_a_number(function, point, value, slopes):
    assert function(*point) == value


@cases
def test_it_is_one_node_with_all_its_operands(function, point, value, slopes):
    xs = [Value(x, f"x{k}") for k, x in enumerate(point)]
    y = function(*xs)
    assert y.parents == tuple(xs)
    assert y.partials == pytest.approx(slopes)
    assert order(y) == [*xs, y]
    assert (counts(y).nodes, counts(y).edges, counts(y).depth) == (len(xs) + 1, len(xs), 1)
    assert len({v.op for v in order(y)} - {""}) == 1


@cases
def test_one_leaf_as_every_operand(function, point, value, slopes):
    x = Value(point[0])
    y = function(*[x] * len(point))
    y.backward()
    h = 1e-6
    difference = (function(*[point[0] + h] * len(point)) - function(*[point[0] - h] * len(point))) / (2 * h)
    assert x.grad == pytest.approx(difference, rel=1e-8)
    assert sum(path.product for path in paths(y, x)) == pytest.approx(x.grad, rel=1e-14)


@cases
def test_backward_twice_doubles_the_leaves(function, point, value, slopes):
    xs = [Value(x) for x in point]
    y = function(*xs)
    y.backward()
    with pytest.warns(match="a second time"):
        y.backward()
    assert [x.grad for x in xs] == pytest.approx([2 * s for s in slopes], rel=1e-15)
    assert y.grad == 1.0


@cases
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["copy", "pickle"])
def test_copies_are_differentiable(function, point, value, slopes, duplicate):
    copied = duplicate(function(*[Value(x) for x in point]))
    copied.backward()
    assert copied.data == value
    assert [x.grad for x in copied.parents] == pytest.approx(list(slopes), rel=1e-15)


def test_grad_of_grad():
    x, y, z = Value(2.0), Value(3.0), Value(6.0)
    slope = grad(norm(x, y, z), x)
    second = [g.data for g in grad(slope, [x, y, z])]
    assert second == pytest.approx([1 / 7 - 4 / 343, -6 / 343, -12 / 343], rel=1e-14)


def test_third_derivative():
    x = Value(2.0)
    assert grad(grad(grad(cube(x), x), x), x).data == 6.0


def test_numbers_beside_values_are_constants():
    x = Value(3.0)
    y = area(x, 5)
    y.backward()
    assert (x.grad, y.parents[1].role) == (2.5, "constant")


def test_recompute():
    xs = [Value(x) for x in (1.0, 2.0, 3.0, 4.0, 5.0)]
    y = poly(*xs)
    xs[2].data = 10.0
    assert recompute(y).data == 5 + 300 + 20
    assert y.partials == (1.0, 2.0, 60.0, 5.0, 4.0)


def test_it_joins_other_operations():
    x = Value(0.5)
    (cube(x.sin()) + cube(x)).tanh().backward()
    s, c = math.sin(0.5), math.cos(0.5)
    assert x.grad == pytest.approx((3 * s * s * c + 0.75) / math.cosh(s**3 + 0.125) ** 2, rel=1e-14)


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_number_of_operands_is_a_type_error(count):
    with pytest.raises(TypeError, match=f"test_area takes 2 operands, got {count}"):
        area(*[Value(1.0)] * count)


@pytest.mark.parametrize("name", ["add", "sigmoid", "powc"])
def test_a_built_in_name_is_refused(name):
    row = TABLE[name]
    with pytest.raises(ValueError, match=f"'{name}' has a meaning already"):
        custom_op(name, value=lambda x: x, partials=lambda x: 1)
    assert TABLE[name] is row


@pytest.mark.parametrize("name", ["", "two words", "1st", "a-b", 3, None])
def test_a_name_is_an_identifier(name):
    with pytest.raises((TypeError, ValueError), match="identifier"):
        custom_op(name, value=lambda x: x, partials=lambda x: 1)


def test_as_many_partials_as_operands():
    with pytest.raises(ValueError, match="2 operands but 1 partials"):
        custom_op("test_short", value=lambda a, b: a, partials=[lambda a, b: 1])
    assert "test_short" not in TABLE


def test_as_many_results_of_one_partials_function_as_operands():
    short = custom_op("test_shorter", value=lambda a, b: a, partials=lambda a, b: (1,))
    with pytest.raises(ValueError, match="2 operands but 1 partials"):
        short(Value(1.0), Value(2.0))


@pytest.mark.parametrize("value", [lambda: 1, lambda *xs: 1, lambda x, *, k: 1, lambda **k: 1])
def test_operands_are_positional(value):
    with pytest.raises(TypeError, match="positional"):
        custom_op("test_signature", value=value, partials=lambda *xs: 1)


@pytest.mark.parametrize(
    ("value", "slope", "error", "words"),
    [
        (math.log, lambda x: 1 / x, DomainError, r"test_failing\('x' \(-1.0\)\).*ValueError"),
        (lambda x: 1 / (x + 1), lambda x: 1.0, DomainError, r"'x' \(-1.0\).*ZeroDivisionError"),
        (lambda x: x, lambda x: 1 / (x + 1), DomainError, r"'x' \(-1.0\).*ZeroDivisionError"),
        (lambda x: math.nan, lambda x: 1.0, DomainError, r"'x' \(-1.0\).*nan"),
        (lambda x: math.inf, lambda x: 1.0, OverflowError, r"'x' \(-1.0\).*inf"),
        (lambda x: "1", lambda x: 1.0, TypeError, r"'x' \(-1.0\).*value.*str '1'"),
        (lambda x: None, lambda x: 1.0, TypeError, r"'x' \(-1.0\).*value.*NoneType"),
        (lambda x: x, lambda x: None, TypeError, r"'x' \(-1.0\).*partials.*NoneType"),
        (lambda x: 1j, lambda x: 1.0, TypeError, "complex"),
    ],
)
def test_failing_functions_name_the_operation_and_its_operands(value, slope, error, words):
    failing = custom_op("test_failing", value=lambda x: value(x), partials=lambda x: slope(x))
    with pytest.raises(error, match=words):
        failing(Value(-1.0, "x"))


def test_a_failing_function_leaves_the_graph_usable():
    x = Value(-1.0, "x")
    failing = custom_op("test_failing", value=lambda x: math.log(x), partials=lambda x: 1 / x)
    with pytest.raises(DomainError):
        failing(x)
    (x * 2).backward()
    assert x.grad == 2.0


def test_ieee_lets_nan_through():
    strange = custom_op("test_nan", value=lambda x: math.nan, partials=lambda x: 1.0)
    with errstate(domain="ieee"):
        assert math.isnan(strange(Value(1.0)).data)


# ---------------------------------------------------------------- redefinition


def test_a_new_definition_is_another_row():
    custom_op("test_again", value=lambda x: x**2, partials=lambda x: 2 * x)
    first = TABLE["test_again"]
    custom_op("test_again", value=lambda x: x**3, partials=lambda x: 3 * x**2)
    assert TABLE["test_again"] != first


def test_recorded_nodes_and_their_copies_keep_their_definition():
    old = custom_op("test_again", value=lambda x: x**2, partials=lambda x: 2 * x)
    x = Value(3.0)
    y = old(x)
    new = custom_op("test_again", value=lambda x: x**3, partials=lambda x: 3 * x**2)
    copied = copy.deepcopy(y)
    assert (recompute(y).data, recompute(copied).data, new(x).data) == (9.0, 9.0, 27.0)
    assert grad(y, x).data == 6.0


def test_unpickling_needs_the_definition():
    gone = custom_op("test_gone", value=lambda x: x, partials=lambda x: 1)
    pickled = pickle.dumps(gone(Value(1.0)) * 2)
    del TABLE["test_gone"]
    with pytest.raises(GraphError, match=r"'test_gone'.*custom_op"):
        pickle.loads(pickled)


@pytest.mark.parametrize("name", ["sum", "max", "softmax", "result", "exp"])
def test_a_name_that_means_something_in_expressions_is_refused(name):
    with pytest.raises(ValueError, match="has a meaning already"):
        custom_op(name, value=lambda x: x, partials=[lambda x: 1.0])


def test_partials_that_cannot_be_differentiated_are_named():
    rough = custom_op("rough_sine", value=math.sin, partials=[math.cos])
    x = Value(1.0, "x")
    y = rough(x)
    y.backward()
    assert x.grad == math.cos(1.0)
    with pytest.raises(TypeError, match=r"of 'rough_sine' cannot be differentiated: .* microgrid"):
        grad(y, x)


def test_a_value_that_does_not_take_floats_is_named():
    broken = custom_op("broken", value=lambda x: x + "a", partials=[lambda x: 1.0])
    with pytest.raises(TypeError, match=r"custom operation broken\('x' \(1\.0\)\) failed"):
        broken(Value(1.0, "x"))
