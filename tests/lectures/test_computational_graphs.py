"""The numbers of the lecture on computational graphs, each against the slide's digits or an independent computation."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp

import microgrid as mg
from microgrid import Value, parameter
from microgrid.graph import path_count, paths


def data(values):
    return [v.data for v in values]


def grads(values):
    return [v.grad for v in values]


def symbolic_gradient(formula, at):
    """The derivatives of a sympy expression by each symbol of `at` (symbol: number), as floats."""
    return [float(formula.diff(symbol).subs(at)) for symbol in at]


# ---------------------------------------------------------------- perceptron and XOR


@pytest.mark.parametrize(("x", "z", "yhat"), [((0, 6), 2.84, 0.94), ((6, 8), -4.48, 0.01)])
def test_perceptron(x, z, yhat):
    weights = [parameter(-1.15, "w1"), parameter(-0.21, "w2")]
    total = parameter(4.1, "w0") + mg.dot(x, weights)
    output = total.sigmoid()
    assert total.data == pytest.approx(z, rel=1e-14)
    assert round(output.data, 2) == yhat
    output.backward()
    slope = math.exp(z) / (1 + math.exp(z)) ** 2
    assert grads(weights) == pytest.approx([slope * xi for xi in x], rel=1e-12)


POINTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
W1, W2 = [[0.96, 0.89], [0.28, 0.73]], [0.60, 0.22]


def xor_net(w1, w2):
    """Outputs and binary cross-entropies of the 2-2-1 net without biases, h = σ(xᵀ w1), for the four points."""
    outputs = []
    for x in POINTS:
        hidden = [mg.sigmoid(mg.dot(x, column)) for column in zip(*w1, strict=True)]
        outputs.append(mg.sigmoid(mg.dot(w2, hidden)))
    return outputs, [-mg.log(p if y else 1 - p) for p, y in zip(outputs, TARGETS, strict=True)]


def test_xor_forward_values_and_losses():
    outputs, losses = xor_net([[parameter(w) for w in row] for row in W1], [parameter(w) for w in W2])
    assert [round(p, 2) for p in data(outputs)] == [0.60, 0.62, 0.64, 0.66]
    assert [round(loss, 2) for loss in data(losses)] == [0.92, 0.48, 0.44, 1.07]


def xor_gradient(w1, w2):
    """The same net in matrices, differentiated by hand: mean loss and its gradients."""
    x, y = np.array(POINTS, float), np.array(TARGETS, float)
    h = 1 / (1 + np.exp(-x @ w1))
    p = 1 / (1 + np.exp(-h @ w2))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    error = (p - y) / 4
    return loss, x.T @ (np.outer(error, w2) * h * (1 - h)), h.T @ error


def test_xor_training_learns_all_four_points():
    """The slide's weights are enough: without any bias, 4,000 full-batch steps of size 1 solve XOR."""
    w1, w2 = [[parameter(w) for w in row] for row in W1], [parameter(w) for w in W2]
    weights, expected = [*w1[0], *w1[1], *w2], (np.array(W1), np.array(W2))
    losses = []
    for _ in range(4000):
        outputs, each = xor_net(w1, w2)
        mean = mg.mean(each)
        for w in weights:
            w.grad = 0.0
        mean.backward()
        loss, *slopes = xor_gradient(*expected)
        assert mean.data == pytest.approx(loss, rel=1e-9)
        expected = tuple(w - slope for w, slope in zip(expected, slopes, strict=True))
        for w in weights:
            w.data -= w.grad
        losses.append(mean.data)
    assert all(later < earlier for earlier, later in pairwise(losses))
    assert [round(p) for p in data(outputs)] == TARGETS
    assert losses[-1] < 0.2 < losses[0]


# ---------------------------------------------------------------- gradient descent


def descend(f, start, rate, steps):
    """Every x of x ← x - rate ∂f/∂x."""
    x = Value(start, "x")
    visited = [start]
    for _ in range(steps):
        x.grad = 0.0
        f(x).backward()
        x.data -= rate * x.grad
        visited.append(x.data)
    return visited


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 1.0, 1.1])
def test_descent_on_a_parabola_shrinks_flips_or_diverges(rate):
    visited = descend(lambda x: x**2, 1.0, rate, 50)
    assert visited == pytest.approx([(1 - 2 * rate) ** k for k in range(51)], rel=1e-12, abs=1e-15)
    if rate == 0.01:
        assert visited[-1] > 0.36  # too small: hardly moved
    if rate == 0.5:
        assert visited[1] == 0.0  # there at once
    if rate == 1.0:
        assert visited[:4] == [1, -1, 1, -1]  # for ever
    if rate == 1.1:
        assert abs(visited[-1]) > 9000  # too large: away


def test_descent_on_a_quartic_ends_in_the_minimum_of_its_side():
    def f(x):
        return x**4 - 2 * x**2 + x - 1

    lowest, top, other = np.sort(np.roots([4, 0, -4, 1]).real)
    assert f(lowest) < f(other) < f(top)
    assert 0 < top < 0.3  # the two starts lie on both sides of the hill
    assert descend(f, 0.3, 0.05, 400)[-1] == pytest.approx(other, rel=1e-9)  # the local minimum
    assert descend(f, 0.0, 0.05, 400)[-1] == pytest.approx(lowest, rel=1e-9)  # the global one


def test_descent_on_a_surface_of_two_weights():
    w1, w2, rate = parameter(4.0, "w1"), parameter(-3.0, "w2"), 0.08
    for k in range(40):
        assert (w1.data, w2.data) == pytest.approx((4 * (1 - 2 * rate) ** k, -3 * (1 - 10 * rate) ** k), rel=1e-10)
        w1.grad = w2.grad = 0.0
        (w1**2 + 5 * w2**2).backward()
        w1.data, w2.data = w1.data - rate * w1.grad, w2.data - rate * w2.grad


def test_a_batch_gradient_is_the_sum_of_the_gradients_of_its_samples():
    samples = [(1.0, 2.0), (2.0, 2.5), (-1.0, 0.5), (3.0, 7.0)]
    b0, b1 = parameter(0.4, "b0"), parameter(1.1, "b1")
    for x, y in samples:
        ((b0 + b1 * x - y) ** 2).backward()  # leaves add up
    errors = [0.4 + 1.1 * x - y for x, y in samples]
    expected = [2 * sum(errors), 2 * sum(e * x for e, (x, _) in zip(errors, samples, strict=True))]
    assert grads([b0, b1]) == pytest.approx(expected, rel=1e-12)
    b0.grad = b1.grad = 0.0
    mg.sum((b0 + b1 * x - y) ** 2 for x, y in samples).backward()
    assert grads([b0, b1]) == pytest.approx(expected, rel=1e-12)


# ---------------------------------------------------------------- chain rule and the first graph


@pytest.mark.parametrize("at", [-1.5, -0.2, 0.7, 2.0])
def test_chain_rule_needs_the_cube_that_the_slide_drops(at):
    s = sp.Symbol("x")
    derivative = sp.diff((6 * s**2 + 2) ** 4, s)
    assert sp.simplify(derivative - 4 * (6 * s**2 + 2) ** 3 * 12 * s) == 0
    slide = 4 * (6 * s**2 + 2) * 12 * s
    x = Value(at, "x")
    ((6 * x**2 + 2) ** 4).backward()
    assert x.grad == pytest.approx(float(derivative.subs(s, at)), rel=1e-12)
    assert x.grad != pytest.approx(float(slide.subs(s, at)), rel=0.1)


def test_three_links_of_a_chain():
    x, w1, w2, y = Value(1.5, "x"), parameter(-0.8, "w1"), parameter(2.5, "w2"), Value(1.0, "y")
    h1 = w1 * x
    yhat = w2 * h1
    loss = (yhat - y) ** 2
    loss.backward()
    dl_dyhat, dyhat_dh1, dh1_dw1 = 2 * (2.5 * -0.8 * 1.5 - 1.0), 2.5, 1.5
    assert yhat.grad == dl_dyhat
    assert h1.grad == dl_dyhat * dyhat_dh1
    assert w1.grad == dl_dyhat * dyhat_dh1 * dh1_dw1
    (route,) = paths(loss, w1)
    assert route.partials == (dh1_dw1, dyhat_dh1, 1.0, dl_dyhat)


def test_linear_regression_graph():
    w, b, x, y = parameter(2.0, "w"), parameter(1.0, "b"), Value(3.0, "x"), Value(9.0, "y")
    z = w * x
    yhat = z + b
    e = yhat - y
    loss = e**2
    assert data([z, yhat, e, loss]) == [6.0, 7.0, -2.0, 4.0]
    loss.backward()
    assert loss.partials == (2 * e.data,) == (-4.0,)
    assert e.partials == (1.0, -1.0)
    assert yhat.partials == (1.0, 1.0)
    assert z.partials == (x.data, w.data)
    assert grads([w, b]) == [-12.0, -4.0]
    assert grads([yhat, z, b]) == [e.grad] * 3 == [-4.0] * 3  # ∂L/∂ŷ is computed once and handed on
    assert [v.role for v in (w, b, x, y, z, loss)] == ["parameter"] * 2 + ["input"] * 2 + ["op"] * 2


def test_a_block_whose_derivative_the_user_states():
    bell = mg.custom_op("bell", value=lambda u: mg.exp(-u * u), partials=[lambda u: -2 * u * mg.exp(-u * u)])
    w, x = parameter(0.7, "w"), Value(1.2, "x")
    y = bell(w * x) ** 2
    y.backward()
    u = 0.7 * 1.2
    assert y.data == pytest.approx(math.exp(-2 * u * u), rel=1e-14)
    assert w.grad == pytest.approx(-4 * u * 1.2 * math.exp(-2 * u * u), rel=1e-13)


# ---------------------------------------------------------------- DAG networks

AT = {"x": 2.0, "w1": 3.0, "w2": 0.5}
SYMBOLS = {sp.Symbol(name): number for name, number in AT.items()}


def dag(x, w1, w2):
    z1 = w1 * x
    z2 = w2 * (z1 + x)
    return z1, z2, w1 * (z1 + z2)


def test_a_reused_weight_gets_the_sum_over_its_paths():
    leaves = x, w1, w2 = [Value(number, name) for name, number in AT.items()]
    z1, z2, yhat = dag(x, w1, w2)
    assert data([z1, z2, yhat]) == [6.0, 4.0, 30.0]
    yhat.backward()
    assert grads(leaves) == symbolic_gradient(dag(*SYMBOLS)[2], SYMBOLS)
    for leaf in leaves:
        assert sum(route.product for route in paths(yhat, leaf)) == leaf.grad


def test_the_slide_leaves_out_the_direct_path():
    x, w1, w2 = SYMBOLS
    z1, z2, yhat = dag(*SYMBOLS)
    slide = w1 * x + w1 * w2 * x  # through z1, and through z1 and z2
    assert sp.simplify(yhat.diff(w1) - slide - (z1 + z2)) == 0

    leaves = [Value(number, name) for name, number in AT.items()]
    z1, z2, yhat = dag(*leaves)
    routes = list(paths(yhat, leaves[1]))
    direct, through = [[r for r in routes if (z1 in r.nodes) is via] for via in (False, True)]
    assert [r.product for r in direct] == [z1.data + z2.data]
    assert sorted(r.product for r in through) == [3.0, 6.0]  # w1 w2 x and w1 x
    assert [r.product for r in through if z2 in r.nodes] == [3.0]
    assert sum(r.product for r in through) == float(slide.subs(SYMBOLS))


def test_the_same_network_with_a_sigmoid_before_the_last_layer_and_mean_squared_error():
    samples = [(2.0, 1.0), (-0.5, 0.3), (0.8, 2.0)]
    w1, w2 = parameter(0.9, "w1"), parameter(-0.4, "w2")
    symbols = {sp.Symbol("w1"): 0.9, sp.Symbol("w2"): -0.4}

    def loss(sigmoid, w1, w2):
        errors = []
        for x, y in samples:
            z1, z2, _ = dag(x, w1, w2)
            errors.append(w1 * sigmoid(z1 + z2) - y)
        return (errors[0] ** 2 + errors[1] ** 2 + errors[2] ** 2) / 3

    formula = loss(lambda z: 1 / (1 + sp.exp(-z)), *symbols)
    mse = loss(mg.sigmoid, w1, w2)
    mse.backward()
    assert mse.data == pytest.approx(float(formula.subs(symbols)), rel=1e-14)
    assert grads([w1, w2]) == pytest.approx(symbolic_gradient(formula, symbols), rel=1e-12)
    assert path_count(mse, w1) == 9  # three paths in each of three samples


# ---------------------------------------------------------------- vanishing, exploding, residual


def test_three_sigmoids_in_a_row():
    w = [parameter(v, f"w{i}") for i, v in enumerate((0.9, -0.7, 0.8), 1)]
    y = Value(0.5, "x")
    for wi in w:
        y = (wi * y).sigmoid()
    y.backward()

    def chain(*weights):
        h = mpmath.mpf(0.5)
        for wi in weights:
            h = 1 / (1 + mpmath.exp(-wi * h))
        return h

    with mpmath.workdps(50):
        exact = [float(mpmath.diff(chain, data(w), order)) for order in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    assert grads(w) == pytest.approx(exact, rel=1e-13)
    assert abs(w[0].grad) < 0.25**3 * 0.8 * 0.7 * 0.5  # a quarter and a weight for each layer
    assert abs(w[0].grad) < abs(w[1].grad) < abs(w[2].grad)


def gradient_through(depth, layer):
    x = h = Value(0.5, "x")
    for _ in range(depth):
        h = layer(h)
    h.backward()
    return x.grad


def test_the_gradient_vanishes_with_depth_and_a_skip_connection_keeps_it():
    plain = [gradient_through(n, lambda h: (0.9 * h).sigmoid()) for n in (1, 3, 10, 100, 500)]
    assert all(deep < 0.1 * shallow for shallow, deep in pairwise(plain))
    assert 0 < plain[3] < (0.25 * 0.9) ** 100
    assert plain[4] == 0.0  # below the smallest double
    residual = gradient_through(300, lambda h: h + (0.9 * h).sigmoid())
    expected, h = 1.0, 0.5
    for _ in range(300):
        s = 1 / (1 + math.exp(-0.9 * h))
        expected, h = expected * (1 + 0.9 * s * (1 - s)), h + s
    assert residual == pytest.approx(expected, rel=1e-12)
    assert residual > 1.0


def test_the_gradient_explodes_where_weights_exceed_one():
    assert gradient_through(50, lambda h: 3 * h) == 3.0**50
    assert gradient_through(100, lambda h: (1.5 * h).relu()) == pytest.approx(1.5**100, rel=1e-12)


def test_a_dead_relu_learns_nothing_and_a_leaky_one_a_hundredth():
    for activate, slope in ((mg.relu, 0.0), (mg.leaky_relu, 0.01)):
        w = parameter(-2.0, "w")
        activate(w * 3.0).backward()
        assert w.grad == slope * 3.0


# ---------------------------------------------------------------- softmax


def test_softmax():
    """Rounded, the last probability 0.0178 is .02; the slide's .01 cuts it off."""
    logits = [Value(v) for v in (5, 6, 11, 7)]
    p = mg.softmax(logits)
    with mpmath.workdps(30):
        total = sum(mpmath.exp(v) for v in (5, 6, 11, 7))
        exact = [float(mpmath.exp(v) / total) for v in (5, 6, 11, 7)]
    assert data(p) == pytest.approx(exact, rel=1e-14)
    assert [round(v, 2) for v in data(p)] == [0.00, 0.01, 0.97, 0.02]
    assert math.floor(p[3].data * 100) / 100 == 0.01
    p[2].backward()
    assert grads(logits) == pytest.approx([exact[2] * ((i == 2) - exact[i]) for i in range(4)], rel=1e-12)
