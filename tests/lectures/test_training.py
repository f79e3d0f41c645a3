"""The lectures' experiments on training, with their figures printed: pytest -s shows them.

What is random has a fixed seed.  The figures are compared with closed forms, NumPy's linear algebra and sympy's roots.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from math import log, pi, sqrt

import numpy as np
import pytest
import sympy as sp

import microgrid as mg
from microgrid import Value, datasets, optim, parameter
from microgrid.nn import MLP, init, losses

many_steps = pytest.mark.skipif(not mg.compiled, reason="optional: without the kernel 30,000 steps take a minute")


def matrix(rows, columns, fill=0.0):
    return [[parameter(fill) for _ in range(columns)] for _ in range(rows)]


def data(rows):
    return np.array([[v.data for v in row] for row in rows])


def grads(rows):
    return np.array([[v.grad for v in row] for row in rows])


def times(rows, x):
    return [mg.dot(row, x) for row in rows]


# ---------------------------------------------------------------- descent in one dimension


def descent(f, start, rate, steps):
    """Every x that gradient descent on f visits."""
    x = parameter(start, "x")
    program = mg.compile(f(x), parameters=[x])
    optimizer, visited = optim.SGD(program, lr=rate), [start]
    for _ in range(steps):
        optimizer.step(program.value_and_grad()[1])
        visited.append(float(program.parameters[0]))
    return visited


def test_on_a_parabola_step_1_flips_for_ever_and_step_a_half_arrives_at_once():
    flipping = descent(lambda x: x**2, 1.0, 1.0, 1000)
    arriving = descent(lambda x: x**2, 1.0, 0.5, 3)
    print(f"step 1: {flipping[:5]} ... {flipping[-1]}; step ½: {arriving}")
    assert flipping == [1.0, -1.0] * 500 + [1.0]
    assert arriving == [1.0, 0.0, 0.0, 0.0]


def test_on_a_quartic_the_start_decides_which_minimum_is_found():
    s = sp.Symbol("x")
    formula = s**4 - 2 * s**2 + s - 1
    deep, top, shallow = sorted(float(root) for root in sp.Poly(formula.diff(s), s).nroots(30))
    ends = {start: descent(lambda x: x**4 - 2 * x**2 + x - 1, start, 0.1, 80)[-1] for start in (0.3, 0.0)}
    heights = {start: float(formula.subs(s, end)) for start, end in ends.items()}
    print(f"from 0.3 to x = {ends[0.3]:.6f}, f = {heights[0.3]:.4f}; from 0 to {ends[0.0]:.6f}, f = {heights[0.0]:.4f}")
    assert ends[0.3] == pytest.approx(shallow, rel=1e-9)
    assert ends[0.0] == pytest.approx(deep, rel=1e-9)
    assert heights[0.0] < heights[0.3]
    for start in np.linspace(-1.5, 1.5, 13):  # the hill at 0.27 divides all starts
        end = descent(lambda x: x**4 - 2 * x**2 + x - 1, float(start), 0.1, 80)[-1]
        assert end == pytest.approx(deep if start < top else shallow, rel=1e-9)


# ---------------------------------------------------------------- vanishing, exploding


@pytest.mark.parametrize("residual", [False, True], ids=["plain", "residual"])
def test_fifty_layers_of_sigmoids(residual):
    """h ← σ(W h) multiplies a gradient by at most ‖W‖/4, h ← h + σ(W h) - ½ by something from 1 - ‖W‖/4 to 1 + ‖W‖/4.

    The ½ keeps h from growing layer by layer, which would saturate the last ones.
    """
    rng = np.random.default_rng(1)
    layers = [init.xavier_uniform(matrix(4, 4), seed=rng) for _ in range(50)]
    x = h = [Value(v) for v in rng.normal(size=4)]
    for layer in layers:
        found = [z.sigmoid() for z in times(layer, h)]
        h = [a + b - 0.5 for a, b in zip(h, found, strict=True)] if residual else found
    h[0].backward()
    norm = sqrt(sum(v.grad**2 for v in x))
    norms = np.array([np.linalg.norm(data(layer), 2) for layer in layers])
    first, last = (np.linalg.norm(grads(layer)) for layer in (layers[0], layers[-1]))
    print(f"{'residual' if residual else 'plain'}: |∂h/∂x| = {norm:.1e}, |∂h/∂W| = {first:.1e} first, {last:.1e} last")
    if residual:
        assert np.prod(1 - norms / 4) <= norm <= np.prod(1 + norms / 4)
        assert 1e-2 < norm < 1e2
        assert first > 1e-3 * last
    else:
        assert 0 < norm <= np.prod(norms / 4) < 1e-20
        assert first < 1e-25 * last


def test_the_product_of_a_hundred_gaussian_matrices_explodes():
    """Seeds 0 to 29.  Whatever came before, each matrix stretches a vector by the root of a χ² of 4 degrees of freedom.

    Its logarithm has the mean (log 2 + ψ(2))/2, where ψ(2) = 1 - γ, and the variance ψ'(2)/4 = (π²/6 - 1)/4.
    """
    factors = np.array([np.random.default_rng(seed).normal(size=(100, 4, 4)) for seed in range(30)])
    leaves = [Value(0.0) for _ in range(1600)]
    product = np.array(leaves, dtype=object).reshape(100, 4, 4)
    whole = product[0]
    for factor in product[1:]:
        whole = whole @ factor
    program = mg.compile(list(whole.ravel()), inputs=leaves)
    found = program(factors.reshape(30, 1600)).reshape(30, 4, 4)
    assert np.allclose(found, [reduce(np.matmul, each) for each in factors], rtol=1e-9)

    orders = np.log10(np.abs(found).mean(axis=(1, 2)))
    print(f"entries are of order 1e{orders[0]:.1f} for seed 0, 1e{orders.min():.1f} to 1e{orders.max():.1f} for all")
    stretch = np.log(np.linalg.norm(found[:, :, 0], axis=1))
    mean, variance = (log(2) + 1 - np.euler_gamma) / 2 * 100, (pi**2 / 6 - 1) / 4 * 100
    print(
        f"the first column is as long as 1e{stretch.mean() / log(10):.2f} on average, in theory 1e{mean / log(10):.2f}"
    )
    assert abs(stretch.mean() - mean) < 4 * sqrt(variance / 30)
    assert 24 < orders[0] < 25
    assert np.all((orders > 20) & (orders < 28))


def test_and_so_does_its_gradient():
    """∂(A B ... Z)[0,0] / ∂A[0,j] is the rest of the product: column 0 of B ... Z."""
    factors = np.random.default_rng(0).normal(size=(100, 4, 4))
    row = [parameter(v) for v in factors[0][0]]
    x = np.array(row, dtype=object)
    for factor in factors[1:]:
        x = x @ factor
    x[0].backward()
    rest = reduce(np.matmul, factors[1:])[:, 0]
    assert [v.grad for v in row] == pytest.approx(rest, rel=1e-9)
    assert np.abs(rest).max() > 1e23


# ---------------------------------------------------------------- initialisation


def trained(model, steps=100):
    """The matrices of a 2-4-4-1 net after steps of SGD on the moons, and its loss."""
    X, y = datasets.moons(40, noise=0.1, seed=1)
    x1, x2, target = inputs = [Value(0.0) for _ in range(3)]
    program = mg.compile(losses.mse(model([x1, x2]), target), inputs, model.parameters())
    optimizer = optim.SGD(program, lr=0.1)
    for _ in range(steps):
        optimizer.step(program.value_and_grad(np.column_stack([X, y]))[1])
    program.write_back()
    loss, _ = program.value_and_grad(np.column_stack([X, y]))
    return [data([neuron.w for neuron in layer.neurons]) for layer in model.layers], loss


def test_neurons_that_start_equal_stay_equal():
    """To the last bit, however long they train; drawn at random they differ, and learn more."""
    reached = {}
    for name, start in {"constant": init.constant, "xavier": init.xavier_uniform}.items():
        model, rng = MLP(2, [4, 4, 1]), np.random.default_rng(1)
        for layer in model.layers:
            start(layer, 0.3) if name == "constant" else start(layer, seed=rng)
        matrices, reached[name] = trained(model)
        alike = [np.all(m == m[0]) for m in matrices[:2]]
        assert alike == [name == "constant"] * 2
        assert np.all(matrices[2] == matrices[2][0, 0]) == (name == "constant")
    print(f"loss of neurons that are all alike {reached['constant']:.4f}, of different ones {reached['xavier']:.4f}")
    assert reached["xavier"] < reached["constant"]


def test_a_net_of_zeros_learns_the_average_and_nothing_else():
    """Every ReLU is at 0, where its derivative is 0: the last bias alone moves, to the mean of the targets, ½."""
    model = MLP(2, [4, 4, 1])
    for layer in model.layers:
        init.zeros(layer)
    matrices, loss = trained(model)
    assert all(np.all(m == 0) for m in matrices)
    *hidden, last = [p.data for p in model.parameters()]
    assert set(hidden) == {0.0}
    assert last == pytest.approx(0.5, rel=1e-9)
    print(f"zeros: everything is 0 but the last bias, {last:.3f}; loss {loss:.4f}")
    assert loss == pytest.approx(0.25, rel=1e-9)  # the variance of as many zeros as ones


def relu_net(scheme, depth=30, width=24):
    """Mean squares of the input and the activations, and of the gradients of the weights, of a net without biases."""
    rng = np.random.default_rng(1)
    layers = [scheme(matrix(width, width), rng) for _ in range(depth)]
    h = [Value(v) for v in rng.normal(size=width)]
    sizes = [np.mean([v.data**2 for v in h])]
    for layer in layers:
        h = [z.relu() for z in times(layer, h)]
        sizes.append(np.mean([v.data**2 for v in h]))
    mg.sum(h).backward()
    return np.array(sizes), np.array([np.mean(grads(layer) ** 2) for layer in layers])


def test_thirty_relu_layers_keep_their_scale_with_he_and_lose_it_with_xavier_or_zero():
    """ReLUs halve the mean square of what comes in, which He's variance 2/n makes up for and Xavier's 1/n does not.

    The ratio of the mean squares of layers is 2/n times a sum of n squared ReLUs of normals: mean 1, variance 5/n.
    From the same draws Xavier's weights are He's divided by √2, and the net is homogeneous: the mean square of layer k
    is exactly 2^-k of He's, and that of each gradient, to which the 29 other matrices contribute, 2^-29 of it.
    """
    he, he_slopes = relu_net(lambda rows, rng: init.he_normal(rows, seed=rng))
    xavier, xavier_slopes = relu_net(lambda rows, rng: init.xavier_normal(rows, seed=rng))
    zero, zero_slopes = relu_net(lambda rows, rng: init.zeros(rows))
    for k in (1, 10, 20, 30):
        print(f"layer {k:2}: mean squares of activations He {he[k]:.0e}, Xavier {xavier[k]:.0e}, zero {zero[k]}; "
              f"of gradients {he_slopes[k - 1]:.0e}, {xavier_slopes[k - 1]:.0e}, {zero_slopes[k - 1]}")  # fmt: skip
    assert abs(np.mean(he[1:] / he[:-1]) - 1) < 4 * sqrt(5 / 24 / 30)
    assert xavier == pytest.approx(he * 2.0 ** -np.arange(31), rel=1e-9)
    assert xavier_slopes == pytest.approx(he_slopes * 2.0**-29, rel=1e-9)
    assert not zero[1:].any()
    assert not zero_slopes.any()


# ---------------------------------------------------------------- many minima

START, RATE, SEEDS = [4.0, 13.0], 2.0, 60


def gabor_loss(p0, p1, X, y):
    """The mean squared error of the Gabor model by NumPy."""
    u = np.asarray(p0)[..., None] + 0.06 * np.asarray(p1)[..., None] * X[:, 0]
    return np.mean((np.sin(u) * np.exp(-u * u / 32) - y) ** 2, axis=-1)


@many_steps
def test_on_the_gabor_model_descent_gets_stuck_and_stochastic_descent_escapes():
    """Both from (4, 13) with the rate 2; the stochastic one takes a sample at a time, in a new order each epoch."""
    X, y = datasets.gabor(30, noise=0.1, seed=2)
    samples = np.column_stack([X, y])
    x, target = Value(0.0, "x"), Value(0.0, "y")
    p0, p1 = parameter(0.0, "φ0"), parameter(1.0, "φ1")
    u = p0 + 0.06 * p1 * x
    program = mg.compile(losses.mse(mg.sin(u) * mg.exp(-u * u / 32), target), [x, target], [p0, p1])
    reached = program.parameters

    def descend(rate, steps):
        optimizer = optim.SGD(program, lr=rate)
        for _ in range(steps):
            optimizer.step(program.value_and_grad(samples)[1])
        return program.value_and_grad(samples)[0]

    program.parameters = START
    stuck = descend(RATE, 600)
    assert stuck == pytest.approx(gabor_loss(*reached, X, y), rel=1e-12)
    angles = np.linspace(0, 2 * pi, 16, endpoint=False)
    around = gabor_loss(reached[0] + 0.05 * np.cos(angles), reached[1] + 0.05 * np.sin(angles), X, y)
    assert np.all(around > stuck)  # a minimum
    grid = gabor_loss(*np.meshgrid(np.linspace(-8, 8, 161), np.linspace(2, 22, 201)), X, y)
    i, j = np.unravel_index(np.argmin(grid), grid.shape)
    program.parameters = [np.linspace(-8, 8, 161)[j], np.linspace(2, 22, 201)[i]]
    best = descend(3.0, 200)
    assert best < 0.2 * stuck  # but not the lowest

    ends = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        program.parameters = START
        optimizer = optim.SGD(program, lr=RATE)
        for _ in range(10):
            for k in rng.permutation(30):
                optimizer.step(program.value_and_grad(samples[k : k + 1])[1])
        ends.append(descend(3.0, 200))  # to the bottom of wherever it is
    escaped = sum(end < 1.05 * best for end in ends)
    still = sum(end == pytest.approx(stuck, rel=1e-2) for end in ends)
    print(f"descent ends at loss {stuck:.4f}, the lowest is {best:.4f}; of {SEEDS} seeds of SGD {escaped} find that, "
          f"{still} end where descent does, the others elsewhere")  # fmt: skip
    assert 0.3 * SEEDS < escaped < 0.6 * SEEDS
    assert still < 0.1 * SEEDS


# ---------------------------------------------------------------- generalisation

WIDTH = 16
"""Of both hidden layers."""


class Regularized:
    """A 2-16-16-1 net that has far more weights than its forty noisy points need, and ways to hold it back."""

    def __init__(self, seed):
        self.train = np.column_stack(datasets.moons(40, noise=0.3, seed=seed))
        self.aside = np.column_stack(datasets.moons(200, noise=0.3, seed=98))
        self.unseen = np.column_stack(datasets.moons(500, noise=0.3, seed=99))
        sizes = [2, WIDTH, WIDTH, 1]
        rng = np.random.default_rng(seed)
        self.matrices = [init.he_normal(matrix(b, a), seed=rng) for a, b in pairwise(sizes)]
        self.biases = [matrix(1, b)[0] for b in sizes[1:]]
        self.weights = [w for rows in self.matrices for row in rows for w in row]
        self.parameters = self.weights + [b for row in self.biases for b in row]

    def program(self, penalty=None):
        """The loss of a point; after it and its class each hidden neuron has an input that multiplies it."""
        x1, x2, target, *masks = inputs = [Value(1.0) for _ in range(3 + 2 * WIDTH)]
        h = [x1, x2]
        for k, (rows, biases) in enumerate(zip(self.matrices, self.biases, strict=True)):
            h = [z + b for z, b in zip(times(rows, h), biases, strict=True)]
            if k < 2:
                h = [z.relu() * mask for z, mask in zip(h, masks[k * WIDTH : (k + 1) * WIDTH], strict=True)]
        loss = losses.bce_with_logits(h[0], target)
        return mg.compile(loss if penalty is None else loss + penalty, inputs, self.parameters)

    def loss(self, parameters, samples):
        """The mean binary cross-entropy by NumPy, without masks."""
        w1, w2, w3, b1, b2, b3 = np.split(parameters, np.cumsum([2 * WIDTH, WIDTH**2, WIDTH, WIDTH, WIDTH]))
        h = np.maximum(samples[:, :2] @ w1.reshape(WIDTH, 2).T + b1, 0)
        h = np.maximum(h @ w2.reshape(WIDTH, WIDTH).T + b2, 0)
        z = h @ w3 + b3
        return float(np.mean(np.logaddexp(0, z) - samples[:, 2] * z))

    def fit(self, penalty=None, dropout=0.0, patience=None, steps=400):
        """The parameters after steps of Adam; with patience, the best by the loss on points kept aside for that."""
        program, rng = self.program(penalty), np.random.default_rng(0)
        optimizer = optim.Adam(program, lr=0.02)
        best, kept, waited = np.inf, program.parameters.copy(), 0
        for _ in range(steps):
            masks = (rng.random((40, 2 * WIDTH)) >= dropout) / (1 - dropout)
            optimizer.step(program.value_and_grad(np.hstack([self.train, masks]))[1])
            if patience is None:
                continue
            found = self.loss(program.parameters, self.aside)
            waited = 0 if found < best else waited + 1
            if found < best:
                best, kept = found, program.parameters.copy()
            elif waited == patience:
                return kept
        return program.parameters


@many_steps
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_holds_a_large_net_back_helps_on_unseen_points(seed):
    net = Regularized(seed)
    found = {
        "nothing": net.fit(),
        "dropout 0.3": net.fit(dropout=0.3),
        "L1 0.003": net.fit(losses.l1_penalty(net.weights, 0.003)),
        "L2 0.03": net.fit(losses.l2_penalty(net.weights, 0.03)),
        "early stopping": net.fit(patience=30),
    }
    trained = {name: net.loss(parameters, net.train) for name, parameters in found.items()}
    unseen = {name: net.loss(parameters, net.unseen) for name, parameters in found.items()}
    for name in found:
        print(f"seed {seed}, {name}: loss {trained[name]:.3f} on 40 points, {unseen[name]:.3f} on 500 unseen ones")
    for name in list(found)[1:]:
        assert trained[name] > trained["nothing"]
        assert unseen[name] < 0.75 * unseen["nothing"]
    small = {name: np.mean(np.abs(p[: len(net.weights)]) < 0.01) for name, p in found.items()}
    print(f"weights below 0.01: {small['L1 0.003']:.0%} with L1, {small['nothing']:.0%} without")
    assert small["L1 0.003"] > 0.4 > 0.1 > small["nothing"]
