"""The native kernel against the engine and against the definition of its format, on every instruction set."""

from __future__ import annotations

import math
import random
import threading
from array import array
from functools import cache
from itertools import chain

import numpy as np
import pytest

import microgrid
from helpers.kernel_fuzz import A_LANE, B_LANE, GRAD_A, GRAD_B, MINUS, PRODUCT, random_code, reference
from microgrid import Value, nn, ops, parameter, recompute
from microgrid.programs.instructions import Code
from microgrid.programs.lowering import lower
from microgrid.programs.recording import record

kernel = pytest.importorskip(
    "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
)
LEVELS = kernel.levels()
levels = pytest.mark.parametrize("level", LEVELS)
NATIVE = [row for row in ops.TABLE.values() if kernel.native(row.code)]
SIZES = [1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 40, 41, 72, 100]


def machine(output, inputs=(), parameters=()):
    return kernel.Machine(lower(record([output], list(inputs), list(parameters)), len(inputs)))


def eager(output, inputs, parameters, X):
    """Values and gradients of each sample, by the engine."""
    values, gradients = [], []
    for x in X:
        for v, number in zip(inputs, x):
            v.data = number
        recompute(output)
        for p in parameters:
            p.grad = 0.0
        output.backward()
        values.append(output.data)
        gradients.append([p.grad for p in parameters])
    return np.array(values), np.array(gradients)


def agrees(found, values, gradients, rtol=1e-12):
    """Whether (values, gradients) are these, up to the rounding of sums."""
    return (
        found is not None
        and np.allclose(found[0], values, rtol=rtol, atol=rtol)
        and np.allclose(found[1], gradients, rtol=rtol, atol=rtol * max(1.0, np.abs(gradients).max(initial=0.0)))
    )


# ---------------------------------------------------------------- results


@levels
@pytest.mark.parametrize("row", NATIVE, ids=lambda row: row.name)
def test_every_operation_gives_what_the_engine_gives(row, level):
    points, theta = np.array(row.samples), np.array([0.6, 0.8])  # inside every domain
    rng = np.random.default_rng(1)
    X = points[rng.integers(len(points), size=37)]
    w = [parameter(number) for number in theta]
    x = [Value(column) for column in X[0]]
    if row.constant is not None:  # the constant belongs to the operation, so one batch is one constant
        constant = X[0, 1]
        X, x = X[X[:, 1] == constant][:, :1], x[:1]
    extra = [] if row.constant is None else [constant]
    y = apply(row, w[: row.arity], *extra) + apply(row, [v * p for v, p in zip(x, w)], *extra)  # uniform, and in lanes
    X = X / theta[: row.arity]
    values, gradients = eager(y, x, w, X)
    program = machine(y, x, w)
    assert agrees(program.value_and_grad(theta, X, None, 1, level), values, gradients)
    assert agrees(program.value_and_grad(theta, X, "sum", 1, level), values.sum(), gradients.sum(0))


def apply(row, operands, *constant):
    """A node of that operation."""
    spelled = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "neg": "__neg__",
               "pow": "__pow__", "powc": "__pow__", "abs": "__abs__"}  # fmt: skip
    function = getattr(Value, spelled[row.name]) if row.name in spelled else getattr(microgrid, row.name)
    return function(*operands, *constant)


@pytest.fixture(scope="module")
def moons():
    """micrograd's moons step: an MLP, hinge loss and an L2 term."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    inputs = [Value(0.1), Value(0.2), Value(1.0)]
    score = model(inputs[:2])
    loss = (1 + -inputs[2] * score).relu() + 1e-4 * sum(p * p for p in model.parameters())
    X = np.random.default_rng(2).normal(size=(100, 3))
    X[:, 2] = np.sign(X[:, 2])
    parameters = model.parameters()
    theta = np.array([p.data for p in parameters])
    return machine(loss, inputs, parameters), theta, X, *eager(loss, inputs, parameters, X)


@levels
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", SIZES)
def test_batches_of_every_size(moons, batch, threads, level):
    program, theta, X, values, gradients = moons
    X, values, gradients = X[:batch], values[:batch], gradients[:batch]
    assert agrees(program.value_and_grad(theta, X, "mean", threads, level), values.mean(), gradients.mean(0))
    assert agrees(program.value_and_grad(theta, X, "sum", threads, level), values.sum(), gradients.sum(0))
    assert agrees(program.value_and_grad(theta, X, None, threads, level), values, gradients)
    assert np.allclose(program.forward(theta, X, True, threads, level), values, rtol=1e-13)


@levels
def test_ten_thousand_samples(moons, level):
    program, theta, X, values, gradients = moons
    X = np.tile(X, (100, 1))
    for threads in (0, 1, 2, 3, 64, 1000):
        found = program.value_and_grad(theta, X, "mean", threads, level)
        assert agrees(found, values.mean(), gradients.mean(0))
        again = program.value_and_grad(theta, X, "mean", threads, level)
        assert found[0] == again[0]
        assert np.array_equal(found[1], again[1])


@levels
def test_an_empty_batch(moons, level):
    program, theta, X, *_ = moons
    value, gradient = program.value_and_grad(theta, X[:0], "sum", 0, level)
    assert value == 0.0
    assert not gradient.any()
    assert gradient.shape == theta.shape
    value, gradient = program.value_and_grad(theta, X[:0], None, 0, level)
    assert value.shape == (0,)
    assert gradient.shape == (0, len(theta))
    assert program.forward(theta, X[:0], True).shape == (0,)
    assert program.value_and_grad(theta, X[:0], "mean", 0, level) is None


@cache
def prescribed(seed):
    """Random code, parameters for it, and batches with what they come to by the format's definition."""
    rng = random.Random(seed)
    code = random_code(rng)
    theta = np.array([rng.uniform(-0.5, 0.5) for _ in range(code.parameters)])
    batches = []
    for batch in (1, 3, 40) if code.inputs else (1,):
        X = np.random.default_rng(seed).uniform(-1, 1, (batch, code.inputs))
        values, gradients, largest = zip(*(reference(code, theta, x) for x in X))
        if max(largest) <= 1e4:  # cancellation would need more digits
            batches.append((X if code.inputs else None, np.array(values), np.array(gradients)))
    return code, theta, batches


@levels
@pytest.mark.parametrize("seed", range(75))
def test_random_code_does_what_the_format_says(seed, level):
    code, theta, batches = prescribed(seed)
    program = kernel.Machine(code)
    for X, values, gradients in batches:
        assert agrees(program.value_and_grad(theta, X, "mean", 1, level), values.mean(), gradients.mean(0), 1e-9)
        if code.inputs:
            assert agrees(program.value_and_grad(theta, X, None, 1, level), values, gradients, 1e-9)


@levels
def test_a_program_without_inputs(level):
    a, b = parameter(0.5), parameter(-1.5)
    y = (a * b + a).tanh() * b
    y.backward()
    program = machine(y, (), (a, b))
    theta = np.array([0.5, -1.5])
    value, gradient = program.value_and_grad(theta, None, "mean", 0, level)
    assert type(value) is float
    assert value == pytest.approx(y.data, rel=1e-15)
    assert gradient == pytest.approx([a.grad, b.grad], rel=1e-15)
    assert program.forward(theta, None, True, 0, level) == value
    assert program.forward(theta, None, False, 0, level).tolist() == [value]
    assert program.value_and_grad(theta, np.zeros((3, 0))) is None


@levels
@pytest.mark.parametrize("terms", [2, 3, 4, 7, 8, 16, 21, 33])
@pytest.mark.parametrize("rows", [1, 3, 4, 6, 9, 130])
def test_a_matrix_times_a_vector(rows, terms, level):
    """Without inputs; relu stops some rows' adjoints, so four rows in sequence go together or do not."""
    rng = np.random.default_rng(rows * 100 + terms)
    W, x, c = rng.normal(size=(rows, terms)), rng.normal(size=terms), rng.normal(size=rows)
    w, v = [[parameter(a) for a in row] for row in W], [parameter(a) for a in x]
    hidden = [(-microgrid.dot(row, v) if rows == 6 else microgrid.dot(row, v)).relu() for row in w]
    loss = microgrid.dot(hidden, [Value(a) for a in c])
    z = -W @ x if rows == 6 else W @ x
    passed = c * (z > 0) * (-1 if rows == 6 else 1)
    program, leaves = machine(loss, [], [*chain(*w), *v]), np.concatenate([W.ravel(), x])
    gradient = np.concatenate([np.outer(passed, x).ravel(), passed @ W])
    assert agrees(program.value_and_grad(leaves, None, "mean", 1, level), c @ np.maximum(z, 0), gradient)


@levels
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_windows_that_overlap(stride, level):
    rng = np.random.default_rng(stride)
    x, weights, c = rng.normal(size=40), rng.normal(size=9), rng.normal(size=10)
    v, w = [parameter(a) for a in x], [parameter(a) for a in weights]
    sums = [microgrid.dot(v[stride * i : stride * i + 9], w) for i in range(10)]
    program = machine(microgrid.dot(sums, [Value(a) for a in c]), [], [*v, *w])
    windows = np.array([x[stride * i : stride * i + 9] for i in range(10)])
    slopes = np.zeros(40)
    for i in range(10):
        slopes[stride * i : stride * i + 9] += c[i] * weights
    found = program.value_and_grad(np.concatenate([x, weights]), None, "mean", 1, level)
    assert agrees(found, c @ windows @ weights, np.concatenate([slopes, c @ windows]))


@levels
def test_several_outputs(level):
    x, a = Value(2.0), parameter(3.0)
    outputs = [x * a, a * a, x, a, (x + a).exp()]
    program = kernel.Machine(lower(record(outputs, [x], [a]), 1))
    X = np.arange(35.0).reshape(35, 1)
    expected = np.stack([3 * X[:, 0], np.full(35, 9.0), X[:, 0], np.full(35, 3.0), np.exp(X[:, 0] + 3)], axis=1)
    for batch in (1, 5, 35):
        assert np.allclose(program.forward(np.array([3.0]), X[:batch], True, 0, level), expected[:batch], rtol=1e-15)
    assert program.value_and_grad(np.array([3.0]), X) is None


@pytest.mark.parametrize("output", ["input", "parameter", "constant", "uniform"])
def test_outputs_that_no_lane_instruction_makes(output):
    x, a = Value(2.0), parameter(3.0)
    y = {"input": x, "parameter": a, "constant": Value(7.0), "uniform": a.exp()}[output]
    program = machine(y, [x], [a])
    X, theta = np.arange(20.0).reshape(20, 1), np.array([0.5])
    values = {"input": X[:, 0], "parameter": [0.5] * 20, "constant": [7.0] * 20, "uniform": [math.exp(0.5)] * 20}[
        output
    ]
    slope = {"input": 0.0, "parameter": 1.0, "constant": 0.0, "uniform": math.exp(0.5)}[output]
    assert agrees(program.value_and_grad(theta, X), np.mean(values), np.array([slope]))
    assert agrees(program.value_and_grad(theta, X, "sum", 2), np.sum(values), np.array([20 * slope]))
    assert agrees(program.value_and_grad(theta, X, None), values, np.full((20, 1), slope))


# ---------------------------------------------------------------- exactness


@levels
def test_sums_keep_the_order_of_the_graph(level):
    x = [Value(0.0) for _ in range(4)]
    w = parameter(1.0)
    X = np.tile([1e16, 1.0, -1e16, 1.0], (40, 1))
    assert set(machine(w * x[0] + x[1] + x[2] + x[3], x, [w]).forward(np.ones(1), X, True, 1, level)) == {1.0}
    assert set(machine(w * x[0] + x[2] + x[1] + x[3], x, [w]).forward(np.ones(1), X, True, 1, level)) == {2.0}


@levels
@pytest.mark.parametrize("batch", [1, 5, 40])
def test_the_sign_of_zero(batch, level):
    x = Value(1.0)
    program = machine(microgrid.atan2(-x, Value(-1.0)), [x])
    assert program.forward(np.zeros(0), np.zeros((batch, 1)), True, 1, level) == pytest.approx([-math.pi] * batch)


@levels
@pytest.mark.parametrize("batch", [1, 5, 40])
def test_an_adjoint_of_zero_passes_nothing_through_an_infinite_partial(batch, level):
    """At x = 0 the root's partial is infinite, and relu lets nothing through; elsewhere d/dw sqrt(w x) is 1."""
    x, w = Value(1.0), parameter(1.0)
    X = np.resize([0.0, 4.0, 0.25], (batch, 1))
    four = X[:, 0] == 4.0
    for root in (microgrid.sqrt(w * x), microgrid.hypot(microgrid.sqrt(w * x), Value(0.0)), microgrid.sqrt(x) * w):
        slopes = four[:, None] * (2.0 if root.op == "mul" else 1.0)
        program = machine((root - 1).relu(), [x], [w])
        assert agrees(program.value_and_grad(np.ones(1), X, None, 1, level), four, slopes)
        assert agrees(program.value_and_grad(np.ones(1), X, "sum", 1, level), four.sum(), slopes.sum(0))


@levels
@pytest.mark.parametrize("bits", [MINUS, PRODUCT, PRODUCT | MINUS])
@pytest.mark.parametrize("uniform", [0, 1])
def test_runs_that_use_one_slot_twice(bits, uniform, level):
    """±x*x, ±w*w, ±w*x and alone, three times in a row, so that adjoints add up in one place."""
    lane = 0 if uniform else A_LANE | B_LANE * bool(bits & PRODUCT)
    grads = GRAD_A | (GRAD_B if bits & PRODUCT else 0)
    code = Code(1, 0, 1, uniform_slots=1, lane_slots=3, initial=array("d", [0.0]), outputs=array("i", [1, 2]))
    code.lanes = array("i", [0, 20, 1, 1, 1, 1, 0, 0, 1, -1, 0, 1, PRODUCT | B_LANE | GRAD_A, 1, 0, 0, 0, 0, 0, 0])
    second = [bits | lane | grads, 3, 0 if uniform else 1, 0, 0, 0 if uniform else 1, 0, 0]
    code.lanes.extend([0, 20, 1, 1, 2, 1, 0, 0, 1, -1, 0, 1, *second])
    code.lane_offsets = array("i", [0, 20])
    program, sign = kernel.Machine(code), -1 if bits & MINUS else 1
    for batch in (1, 4, 40):
        X = np.linspace(0.5, 2, batch)[:, None]
        slope = np.ones(batch) if uniform else X[:, 0]  # of u by the parameter, which is 0.7
        u = 0.7 * slope
        values = 3 * sign * (u * u if bits & PRODUCT else u)
        gradients = 3 * sign * slope * (2 * u if bits & PRODUCT else 1)
        found = program.value_and_grad(np.array([0.7]), X, None, 1, level)
        assert agrees(found, values, gradients[:, None])
        found = program.value_and_grad(np.array([0.7]), X, "sum", 1, level)
        assert agrees(found, values.sum(), np.array([gradients.sum()]))


# ---------------------------------------------------------------- what is not the ordinary case


def test_what_it_leaves_to_others(moons):
    program, theta, X, *_ = moons
    nan = np.array(X)
    nan[37, 2] = math.nan
    for wrong in (X.astype("f"), X.tolist(), X[:, :2], X[0], X[::2], X.T, X[:, None], X.astype(">f8"), None, "X", nan):
        assert program.value_and_grad(theta, wrong) is None
        assert program.forward(theta, wrong, True) is None
    for wrong in (theta[1:], theta.astype("f"), theta[:, None], theta.tolist(), theta + math.inf):
        assert program.value_and_grad(wrong, X) is None
    assert program.value_and_grad(theta, X, "max") is None
    assert program.value_and_grad(theta, X) is not None


@levels
@pytest.mark.parametrize("batch", [1, 9, 40])
def test_results_that_are_not_finite_are_handed_on_and_leave_nothing_behind(batch, level):
    x, w = Value(1.0), parameter(1.0)
    program = machine(microgrid.log(w * x) + w.exp(), [x], [w])
    X = np.ones((batch, 1))
    before = program.value_and_grad(np.ones(1), X, "mean", 1, level)
    for reduce in ("mean", "sum", None):
        bad = np.array(X)
        bad[-1] = 0.0
        assert program.value_and_grad(np.ones(1), bad, reduce, 1, level) is None
        assert program.value_and_grad(np.array([1000.0]), X, reduce, 1, level) is None
    assert program.forward(np.ones(1), X * 0, True, 1, level) is None
    after = program.value_and_grad(np.ones(1), X, "mean", 1, level)
    assert before[0] == after[0]
    assert before[1] == after[1]


@pytest.mark.parametrize("wrong", [{"threads": -1}, {"level": "sse9"}, {"level": ""}])
def test_settings_that_do_not_exist(moons, wrong):
    program, theta, X, *_ = moons
    with pytest.raises(ValueError, match="threads is 0"):
        program.value_and_grad(theta, X, "mean", **wrong)


def test_what_is_native():
    assert [kernel.native(code) for code in (-1, 0, 10**6)] == [False] * 3
    assert {row.name for row in NATIVE} == {row.name for row in ops.TABLE.values() if row.value}
    assert LEVELS[0] == "plain"


def test_runs_at_the_same_time(moons):
    program, theta, X, *_ = moons
    X = np.tile(X, (7, 1))
    expected = program.value_and_grad(theta, X)
    wrong = []

    def work():
        for _ in range(300):
            value, gradient = program.value_and_grad(theta, X)
            if value != expected[0] or not np.array_equal(gradient, expected[1]):
                wrong.append(value)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
