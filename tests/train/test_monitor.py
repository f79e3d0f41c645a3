"""The monitor's numbers beside NumPy's, eager passes and closed forms, and that it leaves training alone."""

from __future__ import annotations

import copy
import math
import random

import numpy as np
import pytest

import microgrid
from helpers.monitored import X, Y, look, mlp
from microgrid import GraphError, Value, nn, parameter, scope
from microgrid import monitor as monitoring
from microgrid.monitor import Monitor


def matrices(model) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (np.array([[w.data for w in n.w] for n in layer.neurons]), np.array([n.b.data for n in layer.neurons]))
        for layer in model.layers
    ]


# ---------------------------------------------------------------- against matrices


def test_activations_and_gradients_are_those_of_backpropagation_with_matrices() -> None:
    model = mlp()
    found = look(model)
    (W0, b0), (W1, b1), (W2, b2) = matrices(model)
    z0 = X @ W0.T + b0
    z1 = np.maximum(z0, 0) @ W1.T + b1
    out = np.maximum(z1, 0) @ W2.T + b2
    d2 = 2 * (out - Y[:, None])
    d1 = d2 @ W2
    d0 = (d1 * (z1 > 0)) @ W1
    assert list(found) == ["layer0", "layer1", "layer2"]
    assert [stats.name for stats in found.values()] == ["layer 1", "layer 2", "layer 3"]  # as pictures say
    for name, pre, act, slope in [
        ("layer0", z0, np.maximum(z0, 0), d0),
        ("layer1", z1, np.maximum(z1, 0), d1),
        ("layer2", out, out, d2),
    ]:
        np.testing.assert_allclose(found[name].preactivations, pre, rtol=1e-12)
        np.testing.assert_allclose(found[name].activations, act, rtol=1e-12)
        np.testing.assert_allclose(found[name].gradients, slope, rtol=1e-12, atol=1e-14)
        assert found[name].activation_norm == pytest.approx(np.sqrt((act**2).sum(1)).mean(), rel=1e-12)
        assert found[name].gradient_norm == pytest.approx(np.sqrt((slope**2).sum(1)).mean(), rel=1e-12)
    assert 0 < (z1 > 0).mean(axis=0).min() < 1  # a ReLU is open for some samples only: one graph serves both


def test_the_gradient_at_logits_is_softmax_less_one_at_the_class() -> None:
    model, classes = mlp(2, (4, 3)), np.arange(12) % 3
    found = look(model, y=classes, loss="cross_entropy_with_logits")["layer1"]
    z = found.activations
    softmax = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.gradients, softmax - np.eye(3)[classes], rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "mish", "hardtanh"])
@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "hinge"])
def test_units_have_the_gradients_of_an_eager_backward_pass(activation: str, loss: str) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            source = random.Random(3)
            self.w = [[parameter(source.uniform(-2, 2)) for _ in range(3)] for _ in range(6)]

        def __call__(self, x):
            with scope("one"):
                h = [getattr(microgrid.dot(row[:2], x) + row[2], activation)() for row in self.w[:3]]
            self.hidden = h
            with scope("two"):
                return microgrid.dot(self.w[3], h) / (1 + microgrid.exp(self.w[4][0] * h[0])) ** 1.5

    model, y = Net(), np.sign(Y)
    found = look(model, y=y, loss=loss)
    for k in range(len(X)):
        prediction = model([Value(v) for v in X[k]])
        total = getattr(nn.losses, loss)([prediction], [Value(y[k])])
        total.backward()
        assert found["one"].activations[k] == pytest.approx([h.data for h in model.hidden], rel=1e-13)
        assert found["one"].gradients[k] == pytest.approx([h.grad for h in model.hidden], rel=1e-11, abs=1e-15)
        assert found["two"].gradients[k, 0] == pytest.approx(prediction.grad, rel=1e-12)


def test_custom_operations_are_watched_on_numpy() -> None:
    cube = microgrid.custom_op("cube", value=lambda x: x**3, partials=[lambda x: 3 * x**2 if x > 0 else 3.0 * x * x])

    class Cube(nn.Module):
        def __init__(self) -> None:
            self.w = parameter(1.5)

        def __call__(self, x):
            with scope("a"):
                h = cube(self.w * x[0])
            with scope("b"):
                return cube(h)

    found = look(Cube(), X[:, :1], Y)
    h = (1.5 * X[:, 0]) ** 3
    np.testing.assert_allclose(found["a"].gradients[:, 0], 2 * (h**3 - Y) * 3 * h**2, rtol=1e-11)


def test_units_that_are_operands_among_many_and_twice_have_the_gradients_of_the_product_rule() -> None:
    triple = microgrid.custom_op(
        "triple", value=lambda x, y, z: x * y * z,
        partials=[lambda x, y, z: y * z, lambda x, y, z: x * z, lambda x, y, z: x * y],
    )  # fmt: skip

    class Three(nn.Module):
        def __init__(self) -> None:
            self.w = [parameter(0.5), parameter(-2.0)]

        def __call__(self, x):
            with scope("a"):
                u, v = self.w[0] * x[0], self.w[1] * x[1]
            with scope("b"):
                return triple(u, v, u) + v

    found = look(Three(), X, Y)
    u, v = 0.5 * X[:, 0], -2.0 * X[:, 1]
    slope = 2 * (u * u * v + v - Y)
    np.testing.assert_allclose(
        found["a"].gradients, np.stack([slope * 2 * u * v, slope * (u * u + 1)], axis=1), rtol=1e-11, atol=1e-14
    )


class Chain(nn.Module):
    """w σ(w σ(... w σ(w x))): one sigmoid in each of many layers."""

    def __init__(self, depth: int, w: float, residual: bool = False) -> None:
        self.w, self.residual = [parameter(w, f"w{k}") for k in range(depth)], residual

    def __call__(self, x):
        (x,) = x
        for k, w in enumerate(self.w):
            with scope(f"layer{k}"):
                x = (w * x).sigmoid() + x if self.residual else (w * x).sigmoid()
        return x


@pytest.mark.parametrize("residual", [False, True])
def test_gradients_vanish_in_fifty_sigmoid_layers_as_the_chain_rule_says(residual: bool) -> None:
    depth, w = 50, 0.8
    points = np.array([[-1.0], [0.3], [2.0]])
    found = look(Chain(depth, w, residual), points, np.zeros(3))
    a, steps = points[:, 0], []
    values = []
    for _ in range(depth):
        s = 1 / (1 + np.exp(-w * a))
        steps.append(w * s * (1 - s) + residual)
        a = s + a * residual
        values.append(a)
    slope = 2 * a
    for k in reversed(range(depth)):
        np.testing.assert_allclose(found[f"layer{k}"].activations[:, 0], values[k], rtol=1e-12)
        np.testing.assert_allclose(found[f"layer{k}"].gradients[:, 0], slope, rtol=1e-10)
        assert found[f"layer{k}"].gradient_norm == pytest.approx(abs(slope).mean(), rel=1e-10)
        slope = slope * steps[k]
    first, last = found["layer0"].gradient_norm, found["layer49"].gradient_norm
    assert first > last / 2 if residual else first < 1e-30 * last


# ---------------------------------------------------------------- what is said of a layer


def test_relus_pushed_below_zero_are_dead_and_others_are_not() -> None:
    model = mlp(2, (8, 4, 1))
    for neuron in model.layers[0].neurons[:3]:
        neuron.b.data = -1000.0
    for neuron in model.layers[0].neurons[3:]:
        neuron.b.data = 1000.0
    found = look(model)
    assert found["layer0"].dead == 3 / 8
    assert math.isnan(found["layer2"].dead)  # a linear unit
    closed = (found["layer1"].preactivations <= 0).all(axis=0)
    assert found["layer1"].dead == closed.mean()


def test_a_relu_that_opens_for_one_sample_is_alive() -> None:
    stats = monitoring.LayerStats(np.array([[0.0, 0.0], [0.0, 0.1]]), np.zeros((2, 2)), np.zeros((2, 2)), ("relu",) * 2)
    assert stats.dead == 0.5


@pytest.mark.parametrize(
    ("op", "value", "saturated"),
    [("tanh", 0.96, 0), ("tanh", -0.98, 1), ("sigmoid", 0.02, 0), ("sigmoid", 0.01, 1), ("sigmoid", 0.99, 1),
     ("hardtanh", 1.0, 1), ("softsign", 0.5, 0)],
)  # fmt: skip
def test_saturated_is_near_an_end_of_the_range(op: str, value: float, saturated: int) -> None:
    one = np.array([[value, 5.0]])
    assert monitoring.LayerStats(one, one, one, (op, "relu")).saturated == saturated
    assert math.isnan(monitoring.LayerStats(one, one, one, ("relu", "add")).saturated)


def test_the_update_ratio_is_the_step_over_the_weights_of_each_layer() -> None:
    model = mlp(2, (2, 1))
    monitor = Monitor(model, loss="mse")
    monitor.observe(epoch=3, step=7, X=X, y=Y)
    before = np.array([3.0, 0, 4, 0, 0, 0, 1, 0, 0])  # layer 0: two neurons of w0, w1, b; layer 1: w0, w1, b
    after = before + np.array([0.3, 0.4, 0, 0, 0, 0, 0, 0, 0.25])
    monitor.updated(before, after)
    ratios = {scope: stats.update_to_weight for scope, stats in monitor.records[0].layers.items()}
    assert ratios == pytest.approx({"layer0": 0.5 / 5, "layer1": 0.25})
    assert (monitor.records[0].epoch, monitor.records[0].step) == (3, 7)


# ---------------------------------------------------------------- whole batches and masks


class Normalised(nn.Module):
    """Two inputs, each less its mean over the batch, in training; as batch normalisation behaves towards a monitor."""

    def __init__(self) -> None:
        self.w = [parameter(0.7), parameter(-1.2)]
        self.training, self.absorbed = True, 0

    def absorb(self, means, variances) -> None:
        self.absorbed += 1

    def batch(self, rows):
        self.absorb([], [])
        with scope("shift0"):
            means = [microgrid.mean([row[j] for row in rows]) for j in range(2)]
            columns = [[(row[j] - means[j]) * self.w[j] for row in rows] for j in range(2)]
        with scope("sum1"):
            return [(a + b).tanh() for a, b in zip(*columns)]

    def __call__(self, x):
        raise ValueError("call batch(X)")


def test_a_model_that_normalises_is_recorded_with_its_whole_batch() -> None:
    model = Normalised()
    found = look(model, loss="mse")
    w = np.array([0.7, -1.2])
    shifted = (X - X.mean(axis=0)) * w
    out = np.tanh(shifted.sum(axis=1))
    slope = 2 * (out - Y)
    np.testing.assert_allclose(found["shift0"].activations, shifted, rtol=1e-12)
    np.testing.assert_allclose(found["sum1"].activations[:, 0], out, rtol=1e-12)
    np.testing.assert_allclose(found["sum1"].gradients[:, 0], slope, rtol=1e-12)
    np.testing.assert_allclose(found["shift0"].gradients, np.outer(slope * (1 - out**2), [1, 1]), rtol=1e-11)
    assert model.absorbed == 0  # what training remembers of its batches is left alone


class Dropped(nn.Module):
    """Half of the inputs, drawn for each sample; as dropout behaves towards a monitor."""

    def __init__(self) -> None:
        self.rng, self.masks, self.w = np.random.default_rng(0), [], parameter(1.0)

    def draw(self, n):
        return 2.0 * (self.rng.random((n, len(self.masks))) < 0.5)

    def __call__(self, x):
        self.masks = [Value(m) for m in 2.0 * (self.rng.random(len(x)) < 0.5)]
        with scope("dropout0"):
            out = [v * m for v, m in zip(x, self.masks)]
        with scope("sum1"):
            return microgrid.sum(out) * self.w


def test_every_sample_has_a_mask_of_its_own_and_the_models_source_is_not_drawn_from() -> None:
    model, points = Dropped(), np.ones((400, 3))
    before = copy.deepcopy(model.rng.bit_generator.state)
    found = look(model, points, np.zeros(400), samples=None)
    masks = found["dropout0"].activations
    assert set(masks.ravel()) == {0.0, 2.0}
    assert masks.mean() == pytest.approx(1.0, abs=0.1)
    assert (masks != masks[0]).any()
    np.testing.assert_allclose(found["sum1"].activations[:, 0], masks.sum(axis=1))
    assert model.rng.bit_generator.state == before
    assert model.masks == []


# ---------------------------------------------------------------- mistakes


class Branching(nn.Module):
    def __init__(self) -> None:
        self.w = parameter(1.0)

    def __call__(self, x):
        with scope("a"):
            return self.w * x[0] if x[0] > 0 else (self.w * x[0]).tanh()


class Unscoped(nn.Module):
    def __init__(self) -> None:
        self.w = parameter(1.0)

    def __call__(self, x):
        return self.w * x[0]


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: Monitor(lambda x: x), TypeError, "a module, something with parameters"),
        (lambda: Monitor(mlp(), 0), ValueError, "every is at least 1"),
        (lambda: Monitor(mlp(), samples=0), ValueError, "samples is at least 1"),
        (lambda: look(mlp(), loss=None), ValueError, "loss=None: pass Monitor a function of"),
        (
            lambda: Monitor(mlp(), loss="msee"),
            ValueError,
            r"loss='msee' is unknown \(did you mean 'mse'\?\): choose .bce",
        ),
        (lambda: Monitor(mlp(), loss=lambda p: p), TypeError, r"called with \(predictions, targets\), and <lambda>"),
        (lambda: look(mlp(), loss="l2_penalty"), ValueError, "loss='l2_penalty'"),
        (lambda: look(mlp(), X[:0], Y[:0]), ValueError, "as many targets as samples, and some"),
        (lambda: look(mlp(), X, Y[:3]), ValueError, r"X \(12, 2\), y \(3,\)"),
        (lambda: look(mlp(), X[:, :1]), ValueError, "expects 2 inputs, got 1"),
        (lambda: look(mlp(2, (3,)), y=np.full(12, 0.5)), ValueError, "3 classes apart"),
        (lambda: look(Unscoped()), GraphError, "microgrid.scope"),
        (lambda: look(Branching(), [[1.0], [-1.0]], [0, 0]), GraphError, "Python decided by data"),
        (lambda: Monitor(mlp()).updated([1], [2]), GraphError, "no snapshot"),
    ],
)
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()


def test_parameters_of_another_model_are_refused_and_nothing_is_recorded() -> None:
    monitor = Monitor(mlp(), loss="mse")
    with pytest.raises(ValueError, match=r"44 parameters, got an array of shape \(3,\)"):
        monitor.observe(epoch=0, step=0, program_parameters=np.ones(3), X=X, y=Y)
    assert monitor.records == []
    monitor.observe(epoch=0, step=0, X=X, y=Y)
    with pytest.raises(ValueError, match=r"got arrays \(44,\) and \(3,\)"):
        monitor.updated(np.ones(44), np.ones(3))
