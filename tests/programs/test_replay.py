"""Programs compute what the engine computes: every operation, thousands of random graphs, batches of all sizes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import BINARY, EXPONENTS, TINY, UNARY, Drawn, apply, as_built, compiled, draw, eager, on_numpy
from microgrid import Value, parameter
from microgrid.ops import TABLE

executors = pytest.mark.parametrize("on", [on_numpy, as_built])
SEEDS = 100


def samples(drawn: Drawn, batch: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-2, 2, (batch, drawn.inputs))


def check(drawn: Drawn, X: np.ndarray, on) -> None:
    """Outputs, and the gradients of the last one in all three reductions, agree with the engine's."""
    want = eager(drawn, X)
    program, last = on(compiled(drawn)), on(compiled(drawn, last=True))
    assert want.agree(program(X))
    values, gradients = last.value_and_grad(X, reduce=None)
    for found in (values, last(X)):
        assert np.all(np.abs(found - want.values[:, -1]) <= 2 * want.value_bounds[:, -1] + TINY)
    assert want.agree_by_sample(gradients)
    total, gradient = last.value_and_grad(X, reduce="sum")
    assert math.isclose(total, math.fsum(values), rel_tol=1e-12, abs_tol=1e-12 * np.abs(values).sum())
    assert want.agree_in_sum(gradient)
    mean, gradient = last.value_and_grad(X)
    assert math.isclose(mean * len(X), total, rel_tol=1e-12, abs_tol=1e-12 * np.abs(values).sum())
    assert want.agree_in_sum(gradient * len(X))


# ---------------------------------------------------------------- every operation


CASES = [(name, None) for name in UNARY + BINARY if TABLE[name].constant is None]
CASES += [("powc", exponent) for exponent in (*EXPONENTS, -1.0, 0.5)]
CASES += [(name, c) for name in UNARY if TABLE[name].constant is not None and name != "powc" for c in (0.0, 0.2, 1.7)]


@executors
@pytest.mark.parametrize(("name", "constant"), CASES, ids=str)
def test_an_operation_on_what_a_parameter_moves(name, constant, on):
    def build(xs, ps):
        a = ps[0] * xs[0] + 0.1 * xs[1]
        base = a * a + 0.5 if constant in (-1.0, 0.5) else a
        return [apply(name, base, xs[1] - ps[1], constant=constant) * ps[2]]

    check(Drawn(2, 3, build, [0.7, -0.3, 1.1]), samples(Drawn(2, 3, build, []), 7), on)


@executors
@pytest.mark.parametrize(("name", "constant"), CASES, ids=str)
def test_an_operation_on_a_parameter_and_on_an_input_alone(name, constant, on):
    def build(xs, ps):
        first = apply(name, ps[0], ps[1], constant=constant)
        second = apply(name, xs[0] * xs[0] + 0.5, ps[1], constant=constant)
        return [first, first + second + apply(name, ps[0] * ps[0] + 0.5, xs[0], constant=constant)]

    check(Drawn(1, 2, build, [0.7, 0.4]), samples(Drawn(1, 2, build, []), 5), on)


@executors
@pytest.mark.parametrize("name", BINARY)
def test_both_operands_may_be_the_same_node(name, on):
    def build(xs, ps):
        a = mg.tanh(ps[0] * xs[0]) + 1.5
        return [apply(name, a, a)]

    check(Drawn(1, 1, build, [0.7]), samples(Drawn(1, 1, build, []), 5), on)


# ---------------------------------------------------------------- random graphs


@executors
@pytest.mark.parametrize("first", range(0, 1000, SEEDS))
def test_random_graphs(first, on):
    for seed in range(first, first + SEEDS):
        drawn = draw(seed)
        X = samples(drawn, 1 + seed % 3, seed)
        if drawn.inputs:
            check(drawn, X, on)
            continue
        want = eager(drawn, X[:1])
        assert want.agree(on(compiled(drawn))()[None])
        value, gradient = on(compiled(drawn, last=True)).value_and_grad()
        assert abs(value - want.values[0, -1]) <= 2 * want.value_bounds[0, -1] + TINY
        assert want.agree_in_sum(gradient)


# ---------------------------------------------------------------- batches


def with_inputs(seed: int) -> Drawn:
    return next(drawn for k in range(seed, seed + 100) if (drawn := draw(k)).inputs)


@executors
@pytest.mark.parametrize("batch", [1, 2, 31, 32, 33, 100])
@pytest.mark.parametrize("seed", [3, 500, 700])
def test_batches_of_all_sizes(seed, batch, on):
    drawn = with_inputs(seed)
    check(drawn, samples(drawn, batch), on)


@executors
@pytest.mark.parametrize("seed", range(20, 30))
def test_ten_thousand_samples(seed, on):
    drawn = with_inputs(seed)
    X = samples(drawn, 40)
    want, repeated = eager(drawn, X), np.tile(X, (250, 1))
    program, last = on(compiled(drawn)), on(compiled(drawn, last=True))
    outputs = program(repeated).reshape(250, 40, -1)
    assert all(want.agree(part) for part in outputs)
    _, gradients = last.value_and_grad(repeated, reduce=None)
    assert all(want.agree_by_sample(part) for part in gradients.reshape(250, 40, -1))
    _, gradient = last.value_and_grad(repeated)
    scale = np.abs(want.gradients).sum(axis=0)
    bound = 2 * want.gradient_bounds.sum(axis=0) + 10_000 * 2.0**-53 * scale + TINY
    assert np.all(np.abs(gradient * 40 - want.gradients.sum(axis=0)) <= bound)


@executors
def test_no_samples(on):
    drawn = with_inputs(0)
    program, last = on(compiled(drawn)), on(compiled(drawn, last=True))
    X, n = np.empty((0, drawn.inputs)), drawn.parameters
    assert program(X).shape == (0, len(program.code.outputs) // 2)
    assert last(X).shape == (0,)
    value, gradient = last.value_and_grad(X, reduce="sum")
    assert (value, gradient.tolist()) == (0.0, [0.0] * n)
    values, gradients = last.value_and_grad(X, reduce=None)
    assert (values.shape, gradients.shape) == ((0,), (0, n))
    with pytest.raises(ValueError, match="mean of an empty batch"):
        last.value_and_grad(X)


def test_blocks_of_a_large_batch_change_nothing(monkeypatch):
    drawn = with_inputs(40)
    X = samples(drawn, 50)
    whole = on_numpy(compiled(drawn, last=True))
    values, gradients = whole.value_and_grad(X, reduce=None)
    _total, gradient = whole.value_and_grad(X, reduce="sum")
    monkeypatch.setattr("microgrid.programs.replay.BLOCK", 7 * whole.code.lane_slots)
    assert np.array_equal(whole.value_and_grad(X, reduce=None)[1], gradients)
    assert np.allclose(whole.value_and_grad(X, reduce="sum")[1], gradient, rtol=1e-12)
    monkeypatch.setattr("microgrid.programs.replay.CHUNK", 1)
    assert np.array_equal(whole(X), values)


# ---------------------------------------------------------------- to the last bit


def test_sums_and_products_round_as_in_the_graph():
    # on NumPy, which does not contract a*b + c; the order of every sum is the graph's
    def build(xs, ps):
        h = [0.1 * p + (x * p - q) for x, p, q in zip(xs, ps, ps[1:])]
        right = h[0] * h[1] + (h[1] - h[2] * xs[0] + ps[0])
        return [mg.relu(mg.sum(h)), right - (h[2] + ps[1] + xs[2]), -(h[0] + h[1] * h[2]) + xs[1]]

    drawn = Drawn(3, 4, build, [0.1, 1 / 3, -0.7, 1e-3])
    X = samples(drawn, 50)
    assert np.array_equal(on_numpy(compiled(drawn))(X), eager(drawn, X).values)


# ---------------------------------------------------------------- 0 and infinity


@executors
def test_an_adjoint_of_0_passes_nothing_on(on):
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    program = on(mg.compile(mg.sqrt(w * x) * 0.0 + w, [x]))
    w0 = 0.0
    program.parameters[:] = w0  # the square root has an infinite partial here
    with mg.errstate(domain="ieee"):
        value, gradient = program.value_and_grad([[1.0], [2.0]])
    assert (value, gradient.tolist()) == (0.0, [1.0])


@executors
def test_each_sample_is_stopped_by_its_own_0(on):
    x, w = Value(1.0, "x"), parameter(0.0, "w")
    program = on(mg.compile(mg.relu(x * mg.sqrt(w + mg.maximum(x, 0.0))), [x]))
    _, gradients = program.value_and_grad([[-1.0], [4.0]], reduce=None)
    assert gradients.tolist() == [[0.0], [1.0]]


# ---------------------------------------------------------------- custom operations


def test_custom_operations_of_any_number_of_operands():
    cube = mg.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    fused = mg.custom_op("fused", value=lambda a, b, c, d: a * b + c * d, partials=lambda a, b, c, d: (b, a, d, c))

    def build(xs, ps):
        rows = [fused(x, p, cube(ps[0]), x * p) for x, p in zip(xs, ps)]
        return [mg.sum(rows), cube(rows[0] * 0.3)]

    drawn = Drawn(2, 3, build, [0.7, -0.4, 1.2])
    check(drawn, samples(drawn, 5), as_built)
    assert "cube (custom), fused (custom)" in repr(compiled(drawn)) or "custom" in compiled(drawn).runs_on


def test_a_custom_operation_that_fails_says_so():
    def value(x):
        return math.sqrt(x)

    root = mg.custom_op("root", value=value, partials=[lambda x: 0.5 / math.sqrt(x)])
    x, w = Value(1.0), parameter(4.0)
    program = mg.compile(root(x * w), [x])
    with pytest.raises(mg.DomainError, match="custom operation root"):
        program([[1.0], [-1.0]])
