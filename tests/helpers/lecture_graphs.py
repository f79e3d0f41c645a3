"""The twelve graphs of the lectures that must fit a slide, as a lecturer writes them; gradients included."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import microgrid as mg
from microgrid import Value, nn, parameter

from .graphs import lecture, named


def perceptron() -> Value:
    """ŷ = σ(w0 + w1·x1 + w2·x2) at the point (0, 6), with the lecture's weights."""
    x1, x2 = Value(0.0, "x1"), Value(6.0, "x2")
    w0, w1, w2 = parameter(4.1, "w0"), parameter(-1.15, "w1"), parameter(-0.21, "w2")
    z = named(w0 + w1 * x1 + w2 * x2, "z")
    return _backward(named(z.sigmoid(), "yhat"))


def xor() -> Value:
    """The XOR network 2-2-1 without biases at (0, 1), with its binary cross-entropy."""
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    for neuron, weights in zip(model.layers[0].neurons, ([0.96, 0.28], [0.89, 0.73]), strict=True):
        _set(neuron, weights, 0.0)
    _set(model.layers[1].neurons[0], [0.60, 0.22], 0.0)
    yhat = named(model([0.0, 1.0]), "yhat")
    return _backward(named(nn.losses.bce(yhat, 1), "L"))


def xor_by_hand() -> Value:
    """The same network without scopes, biases or a loss of the library."""
    x1, x2 = Value(0.0, "x1"), Value(1.0, "x2")
    w = [parameter(v, f"w{k}") for k, v in enumerate((0.96, 0.28, 0.89, 0.73, 0.60, 0.22), 1)]
    h1 = named((w[0] * x1 + w[1] * x2).sigmoid(), "h1")
    h2 = named((w[2] * x1 + w[3] * x2).sigmoid(), "h2")
    yhat = named((w[4] * h1 + w[5] * h2).sigmoid(), "yhat")
    return _backward(named(-yhat.log(), "L"))


def two_two_two() -> Value:
    """The example 2-2-2 with sigmoids: w1..w8, a bias for each layer, L = ½ Σ (t − o)²."""
    i1, i2 = Value(0.05, "i1"), Value(0.10, "i2")
    w = [parameter(v, f"w{k}") for k, v in enumerate((0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), 1)]
    b1, b2 = parameter(0.35, "b1"), parameter(0.60, "b2")
    h1 = named((w[0] * i1 + w[1] * i2 + b1).sigmoid(), "h1")
    h2 = named((w[2] * i1 + w[3] * i2 + b1).sigmoid(), "h2")
    o1 = named((w[4] * h1 + w[5] * h2 + b2).sigmoid(), "o1")
    o2 = named((w[6] * h1 + w[7] * h2 + b2).sigmoid(), "o2")
    t1, t2 = Value(0.01, "t1"), Value(0.99, "t2")
    return _backward(named(((t1 - o1) ** 2 + (t2 - o2) ** 2) / 2, "L"))


def reuse_with_mse() -> Value:
    """z1 = w1·x, z2 = w2·(z1 + x), ŷ = σ(w1·(z1 + z2)), L = (ŷ − y)²: w1 is used twice."""
    x, y, w1, w2 = Value(1.5, "x"), Value(1.0, "y"), parameter(0.8, "w1"), parameter(-0.5, "w2")
    z1 = named(w1 * x, "z1")
    z2 = named(w2 * (z1 + x), "z2")
    yhat = named(mg.sigmoid(w1 * (z1 + z2)), "yhat")
    return _backward(named(nn.losses.mse(yhat, y), "L"))


def three_sigmoids() -> Value:
    """ŷ = σ(w3·σ(w2·σ(w1·x))): the gradient vanishes."""
    h = Value(1.0, "x")
    for k, weight in enumerate((0.5, 0.6, 0.7), 1):
        h = mg.sigmoid(parameter(weight, f"w{k}") * h)
    return _backward(named(h, "yhat"))


def residual_chain() -> Value:
    """Ten blocks h + tanh(w·h) one after the other."""
    h = Value(1.0, "x")
    for k in range(1, 11):
        h = h + mg.tanh(parameter(0.1 * k, f"w{k}") * h)
    return _backward(named(h, "yhat"))


def softmax_cross_entropy() -> Value:
    """Softmax of the lecture's logits (5, 6, 11, 7), and the cross-entropy of the third class."""
    ps = mg.softmax([Value(z, f"z{k}") for k, z in enumerate((5.0, 6.0, 11.0, 7.0), 1)])
    return _backward(named(nn.losses.cross_entropy(ps, 2), "L"))


def _mlp(nouts: list[int]) -> Callable[[], Value]:
    def graph() -> Value:
        random.seed(3)
        yhat = named(nn.MLP(2, nouts)([0.5, -1.0]), "yhat")
        return _backward(yhat)

    graph.__doc__ = f"A network {'-'.join(map(str, [2, *nouts]))} of ReLUs at (0.5, -1)."
    return graph


def batch_norm() -> Value:
    """x̂ = (x − E[x]) / √Var[x] of four samples, then γx̂ + β, and the sum of squares of the results."""
    xs = [Value(x, f"x{k}") for k, x in enumerate((1.0, 2.0, 4.0, 7.0), 1)]
    gamma, beta = parameter(1.5, "gamma"), parameter(0.5, "beta")
    mean = named(mg.mean(xs), "mu")
    variance = named(mg.mean([(x - mean) ** 2 for x in xs]), "var")
    scale = named((variance + 1e-5).sqrt(), "sd")
    ys = [named(gamma * ((x - mean) / scale) + beta, f"y{k}") for k, x in enumerate(xs, 1)]
    return _backward(named(mg.sum([y * y for y in ys]), "L"))


def attention() -> Value:
    """One head over three tokens of two numbers: what the third token makes of all three, and its square."""
    rng = random.Random(5)
    tokens = [[Value(rng.gauss(0, 1), f"x{t}{i}") for i in (1, 2)] for t in (1, 2, 3)]

    def matrix(name: str) -> list[list[Value]]:
        return [[parameter(rng.gauss(0, 1), f"{name}{j}{i}") for i in (1, 2)] for j in (1, 2)]

    def times(rows: list[list[Value]], x: list[Value], name: str) -> list[Value]:
        return [named(mg.dot(row, x), f"{name}{j}") for j, row in enumerate(rows, 1)]

    wq, wk, wv = matrix("Q"), matrix("K"), matrix("V")
    with mg.scope("attention"):
        q = times(wq, tokens[2], "q")
        ks = [times(wk, x, f"k{t}") for t, x in enumerate(tokens, 1)]
        vs = [times(wv, x, f"v{t}") for t, x in enumerate(tokens, 1)]
        scores = [named(mg.dot(q, k) / math.sqrt(2), f"s{t}") for t, k in enumerate(ks, 1)]
        weights = mg.softmax(scores)
        out = [named(mg.dot(weights, [v[j] for v in vs]), f"o{j + 1}") for j in (0, 1)]
    return _backward(named(mg.dot(out, out), "L"))


def attention_by_hand(labelled: bool) -> Callable[[], Value]:
    """The same head without scopes or functions of the library but softmax."""

    def graph() -> Value:
        rng = random.Random(5)
        tokens = [[Value(rng.gauss(0, 1), f"x{t}{i}") for i in (1, 2)] for t in (1, 2, 3)]

        def name(v: Value, label: str) -> Value:
            return named(v, label) if labelled else v

        def matrix(letter: str) -> list[list[Value]]:
            return [[parameter(rng.gauss(0, 1), f"{letter}{j}{i}") for i in (1, 2)] for j in (1, 2)]

        def times(rows: list[list[Value]], x: list[Value], letter: str) -> list[Value]:
            return [name(row[0] * x[0] + row[1] * x[1], f"{letter}{j}") for j, row in enumerate(rows, 1)]

        wq, wk, wv = matrix("Q"), matrix("K"), matrix("V")
        q = times(wq, tokens[2], "q")
        ks = [times(wk, x, f"k{t}") for t, x in enumerate(tokens, 1)]
        vs = [times(wv, x, f"v{t}") for t, x in enumerate(tokens, 1)]
        scores = [name((q[0] * k[0] + q[1] * k[1]) / math.sqrt(2), f"s{t}") for t, k in enumerate(ks, 1)]
        a = [name(p, f"a{t}") for t, p in enumerate(mg.softmax(scores), 1)]
        out = [name(a[0] * vs[0][j] + a[1] * vs[1][j] + a[2] * vs[2][j], f"o{j + 1}") for j in (0, 1)]
        return _backward(named(out[0] ** 2 + out[1] ** 2, "L"))

    return graph


def mlp_by_hand(*sizes: int) -> Callable[[], Value]:
    """A network with tanh in its hidden layers, written as loops over numbers."""

    def graph() -> Value:
        rng = random.Random(1)
        h = [Value(rng.gauss(0, 1), f"x{i}") for i in range(1, sizes[0] + 1)]
        for layer, count in enumerate(sizes[1:], 1):
            units = []
            for j in range(1, count + 1):
                z = parameter(rng.gauss(0, 1), f"b{j}^({layer})")
                for i, x in enumerate(h, 1):
                    z = z + parameter(rng.gauss(0, 1), f"w{j},{i}^({layer})") * x
                units.append(named(z.tanh(), f"h{j}^({layer})") if layer < len(sizes) - 1 else z)
            h = units
        return _backward(named(h[0], "yhat"))

    return graph


def long_sum() -> Value:
    """Twenty inputs and their weights."""
    terms = [parameter(1 / k, f"w{k}") * Value(0.1 * k, f"x{k}") for k in range(1, 21)]
    return _backward(named(mg.sum(terms), "y"))


def batch_norm_layer() -> Value:
    """The layer of the library on four samples, and the sum of squares of its results."""
    ys = nn.BatchNorm(1).batch([[1.0], [2.0], [4.0], [7.0]])
    return _backward(named(mg.sum([y * y for y in ys]), "L"))


def residual_layers() -> Value:
    """Ten blocks of the library, one after the other."""
    random.seed(2)
    model = nn.Sequential(*(nn.Residual(nn.Sequential(nn.Linear(1, 1), "tanh")) for _ in range(10)))
    return _backward(named(model([1.0]), "yhat"))


def cross_entropy_with_logits() -> Value:
    """Softmax for the probabilities alone, and the loss of the logits."""
    zs = [Value(z, f"z{k}") for k, z in enumerate((5.0, 6.0, 11.0, 7.0), 1)]
    mg.softmax(zs)
    return _backward(named(nn.losses.cross_entropy_with_logits(zs, 2), "L"))


def two_two_two_layers() -> Value:
    """2-2-2 of the library, with half the squared error."""
    random.seed(2)
    model = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
    return _backward(named(nn.losses.half_mse(model([0.05, 0.1]), [0.01, 0.99]), "L"))


def xor_layers() -> Value:
    """XOR of layers and activations one after the other."""
    random.seed(2)
    model = nn.Sequential(nn.Linear(2, 2), "sigmoid", nn.Linear(2, 1), "sigmoid")
    return _backward(named(nn.losses.bce(named(model([0.0, 1.0]), "yhat"), 1), "L"))


def xor_of_logits() -> Value:
    """XOR of layers whose loss takes the logit."""
    random.seed(2)
    model = nn.Sequential(nn.Linear(2, 2), "sigmoid", nn.Linear(2, 1))
    return _backward(named(nn.losses.bce_with_logits(named(model([0.0, 1.0]), "z"), 1), "L"))


LECTURE_GRAPHS: dict[str, tuple[Callable[[], Value], int]] = {
    "line": (lecture, 8),
    "perceptron": (perceptron, 6),
    "xor": (xor, 9),
    "xor by hand": (xor_by_hand, 9),
    "two-two-two": (two_two_two, 12),
    "reuse with mse": (reuse_with_mse, 6),
    "three sigmoids": (three_sigmoids, 6),
    "residual chain": (residual_chain, 10),
    "softmax with cross-entropy": (softmax_cross_entropy, 6),
    "mlp 2-8-8-1": (_mlp([8, 8, 1]), 0),
    "mlp 2-16-16-1": (_mlp([16, 16, 1]), 0),
    "batch norm": (batch_norm, 6),
    "attention": (attention, 12),
    # the same recorded otherwise
    "attention by hand": (attention_by_hand(True), 12),
    "attention by hand, without labels": (attention_by_hand(False), 25),
    "mlp by hand 2-8-8-1": (mlp_by_hand(2, 8, 8, 1), 19),
    "mlp by hand 2-16-16-1": (mlp_by_hand(2, 16, 16, 1), 23),
    "a sum of twenty products": (long_sum, 11),
    "batch norm of layers": (batch_norm_layer, 6),
    "residual layers": (residual_layers, 10),
    "cross-entropy of logits": (cross_entropy_with_logits, 6),
    "2-2-2 of layers": (two_two_two_layers, 12),
    "xor of layers": (xor_layers, 9),
    "xor of logits": (xor_of_logits, 9),
}
"""By name: what records it, and the fewest boxes that a slide of it may have."""


def _set(neuron: nn.Neuron, weights: list[float], bias: float) -> None:
    for w, value in zip(neuron.w, weights, strict=True):
        w.data = value
    neuron.b.data = bias


def _backward(v: Value) -> Value:
    v.backward()
    return v
