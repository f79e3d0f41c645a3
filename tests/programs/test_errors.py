"""What a user is told who hands a program something wrong, or makes it leave the finite numbers."""

from __future__ import annotations

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import as_built, falling_back, on_numpy
from microgrid import DomainError, GraphError, NonFiniteGradient, Value, errstate, nn, parameter

executors = pytest.mark.parametrize("on", [on_numpy, as_built])


@pytest.fixture
def leaves():
    return Value(1.0, "x"), parameter(2.0, "w"), parameter(0.5, "b")


# ---------------------------------------------------------------- compile


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (lambda x, w, b: (3.0,), TypeError, "outputs is a sequence of Values, got float"),
        (lambda x, w, b: ([w, 3.0],), TypeError, r"outputs\[1\] has to be a Value, got float"),
        (lambda x, w, b: ([],), GraphError, "nothing to compile"),
        (
            lambda x, w, b: (w * x, x),
            TypeError,
            r"inputs is a sequence of Values, got the Value 'x' \(1.0\): put it into",
        ),
        (lambda x, w, b: (w * x, [w * x]), GraphError, r"inputs\[0\] is w\*x \(2.0\), the result of an operation"),
        (lambda x, w, b: (w * x, [x, 1.0]), TypeError, r"inputs\[1\] has to be a Value, got float"),
        (
            lambda x, w, b: (w * x, [x, b, x]),
            GraphError,
            r"inputs\[2\] is inputs\[0\] again, 'x' \(1.0\): list it once",
        ),
        (lambda x, w, b: (w * x, [x], [w, w]), GraphError, r"parameters\[1\] is parameters\[0\] again, 'w'"),
        (lambda x, w, b: (w * x, [x], [w, x]), GraphError, r"'x' \(1.0\) is both an input and a parameter"),
        (
            lambda x, w, b: (w * x, [x], nn.Neuron(2)),
            TypeError,
            r"parameters is .* got Neuron: pass its parameters\(\)",
        ),
        (lambda x, w, b: (w * x, "x"), TypeError, "inputs is a sequence of Values, got str"),
    ],
)
def test_what_cannot_be_compiled(leaves, arguments, kind, message):
    with pytest.raises(kind, match=message):
        mg.compile(*arguments(*leaves))


# ---------------------------------------------------------------- X


@pytest.fixture(params=[on_numpy, as_built])
def program(leaves, request):
    x, w, b = leaves
    return request.param(mg.compile(w * x + b * Value(0.1, "t"), [x, b], [w]))


@pytest.mark.parametrize(
    ("X", "kind", "message"),
    [
        (None, TypeError, r"X is an array of shape \(batch, 2\), one column for each input: pass one"),
        ([1.0, 2.0], ValueError, r"got shape \(2,\): for a single sample pass X\[None, :\]"),
        ([1.0, 2.0, 3.0], ValueError, r"got 1 dimensions, shape \(3,\)"),
        (np.ones((4, 3)), ValueError, r"\(batch, 2\), .* got 3 columns, shape \(4, 3\)"),
        (np.ones((4, 2, 1)), ValueError, r"got 3 dimensions, shape \(4, 2, 1\)"),
        (7.0, ValueError, r"got 0 dimensions, shape \(\)"),
        ([[1.0, 2.0], [3.0]], ValueError, "rows of different lengths"),
        ([["a", "b"]], TypeError, "of real numbers, got dtype <U1"),
        (np.ones((4, 2)) * 1j, TypeError, "of real numbers, got dtype complex128"),
        ([[None, 1.0]], TypeError, "of real numbers, got dtype object"),
        ([[1.0, Value(2.0)]], TypeError, "got Values: pass their data"),
        ([[1.0, 2.0], [3.0, np.nan]], ValueError, r"X\[1, 1\] \(input 'b'\) is nan, and X has to be finite"),
        ([[-np.inf, 2.0]], ValueError, r"X\[0, 0\] \(input 'x'\) is -inf"),
    ],
)
def test_an_x_that_is_none(program, X, kind, message):
    for run in (program, program.value_and_grad):
        with pytest.raises(kind, match=message):
            run(X)


def test_one_input_and_a_row_of_samples(leaves):
    x, w, b = leaves
    program = mg.compile(w * x, [x])
    with pytest.raises(ValueError, match=r"got shape \(3,\): pass X\[:, None\]"):
        program([1.0, 2.0, 3.0])


def test_x_for_a_program_without_inputs(leaves):
    x, w, b = leaves
    for run in (mg.compile(w * x), mg.compile(w * x).value_and_grad):
        with pytest.raises(TypeError, match="no inputs: call it without X, or list inputs="):
            run([[1.0]])


def test_a_reduction_that_is_none(program):
    with pytest.raises(ValueError, match=r"reduce='max' is unknown: choose \"mean\", \"sum\" or None"):
        program.value_and_grad([[1.0, 2.0]], reduce="max")
    for reduce in (np.array([1.0, 2.0]), np.array("mean"), ["mean"], 3):
        with pytest.raises(ValueError, match=r"^reduce=.* is unknown: choose \"mean\", \"sum\" or None$"):
            program.value_and_grad([[1.0, 2.0]], reduce=reduce)


@executors
def test_the_gradient_of_several_outputs(leaves, on):
    x, w, b = leaves
    for outputs in ([w * x, b * x], [w, b, x]):
        with pytest.raises(GraphError, match=f"one output, and this program has {len(outputs)}: compile one of them"):
            on(mg.compile(outputs, [x])).value_and_grad([[1.0]])


# ---------------------------------------------------------------- values that are not finite


@executors
def test_the_instruction_the_sample_and_the_operands_are_named(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    h = w * x
    h.label = "h"
    program = on(mg.compile(mg.log(h) + h, [x]))
    for run in (program, program.value_and_grad):
        with pytest.raises(DomainError, match=r"sample 2, %3 = log\(%2\): log\('h' \(-3.0\)\) .* log needs x > 0"):
            run([[1.0], [2.0], [-3.0], [0.0]])
    with errstate(domain="ieee"), falling_back(program):
        assert np.isnan(program([[-3.0], [1.0]])).tolist() == [True, False]


@executors
@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda x: 1 / x, r"sample 1, %3 = div\(1.0, %0\): division by zero in 1.0 / 'x' \(0.0\)"),
        (lambda x: mg.exp(1000 * (x - 1) ** 2), r"sample 1, .*sum.*; exp: exp\(1000.0\) exceeds the range of doubles"),
        (lambda x: (x - 1) * 1e200 * 1e200, r"sample 1, .*: the sum exceeds the range of doubles"),
        (lambda x: (x - 1) ** 0.5, r"sample 1, .*powc\(0.5\): .*needs a base that is not negative"),
    ],
)
def test_each_way_out_of_the_finite_numbers(build, message, on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program = on(mg.compile(build(x), [x], [w]))
    with pytest.raises(DomainError, match=message):
        program([[1.0], [0.0]])


@executors
def test_what_all_samples_share_has_no_sample(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program = on(mg.compile(mg.log(w) * x, [x]))
    program.parameters[:] = -1.0
    with pytest.raises(DomainError, match=r"^%2 = log\(%1\): log\('w' \(-1.0\)\) is not a real number"):
        program.value_and_grad([[1.0]])
    program.parameters[:] = np.nan
    with pytest.raises(DomainError, match="the parameter %1 'w' is nan"):
        program.value_and_grad([[1.0]])


def test_a_parameter_that_is_not_finite_is_not_written_back(leaves):
    x, w, b = leaves
    program = mg.compile(w * x + b, [x])
    program.parameters[:] = 7.0, np.inf
    with pytest.raises(DomainError, match="'b' .* would become inf: no parameter was changed"):
        program.write_back()
    assert w.data == 2.0


# ---------------------------------------------------------------- gradients that are not finite


@executors
def test_a_gradient_that_is_not_finite_warns_or_raises(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program = on(mg.compile(3 * mg.sqrt(w * x), [x]))
    X = [[1.0], [0.0]]
    message = (
        r"sample 1, .*: the gradient of 0.0 is not finite: the partial of sqrt\(0.0\) with respect to it is inf, "
        "times the gradient 3.0 that arrives"
    )
    with pytest.warns(RuntimeWarning, match=message):
        value, gradient = program.value_and_grad(X)
    assert value == 1.5
    assert np.isnan(gradient).all()  # inf * x, and x is 0
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match=message):
        program.value_and_grad(X)
    with errstate(gradient="ignore"), falling_back(program):
        program.value_and_grad(X)


@executors
def test_a_gradient_that_overflows_in_a_sum(on):
    x, w = Value(1.0, "x"), parameter(1e-200, "w")
    program = on(mg.compile(1e200 * (w * x * 1e200), [x]))
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="the gradient of %.* 'w' becomes inf"):
        program.value_and_grad([[1.0]])


@executors
def test_a_sum_over_the_samples_that_overflows(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program, X = on(mg.compile(w * x, [x])), [[1e308], [1e308]]
    with pytest.raises(DomainError, match="the sum of the outputs for all samples exceeds the range of doubles"):
        program.value_and_grad(X)
    program.parameters[:] = 0.0
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="'w' becomes inf"):
        program.value_and_grad(X)
    assert program.value_and_grad(X, reduce=None)[1].tolist() == [[1e308], [1e308]]


@executors
def test_infinite_samples_go_on_where_they_are_asked_to(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program = on(mg.compile(mg.tanh(w * x), [x]))
    with errstate(domain="ieee", gradient="ignore"), falling_back(program):
        assert program([[np.inf], [0.0]]).tolist() == [1.0, 0.0]
        value, gradient = program.value_and_grad([[np.inf], [0.0]])
    assert value == 0.5


@executors
@pytest.mark.parametrize("name", ["powc", "leaky_relu", "elu"])
def test_a_gradient_that_is_not_finite_beside_an_operation_with_a_constant(on, name):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    root = (w * x).sqrt()
    after = {"powc": lambda: (root + 1) ** 3, "leaky_relu": lambda: root.leaky_relu(0.1), "elu": lambda: root.elu(2.0)}
    y = after[name]()
    program = on(mg.compile(y, [x]))
    program.parameters[:] = 0.0
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="sqrt"):
        program.value_and_grad([[1.0]])


@executors
def test_a_sum_keeps_the_sign_of_zero(on):
    a, b = Value(-1.0), Value(0.0)
    y = mg.atan2(Value(0.0), a * b + a * b)
    for batch in (1, 3, 40):
        assert on(mg.compile(y, [a, b]))([[-1.0, 0.0]] * batch).tolist() == [y.data] * batch
    many = [Value(0.0) for _ in range(40)]
    w = [parameter(-1.0) for _ in range(40)]
    y = mg.atan2(Value(0.0), mg.dot(w, many))
    assert on(mg.compile(y, many))([[0.0] * 40]).tolist() == [y.data]


def test_a_set_has_no_order():
    a, b = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="inputs need an order, and a set has none"):
        mg.compile(a - b, inputs={a, b})
