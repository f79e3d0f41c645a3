"""Lecture B: each number that its lesson promises, computed without microgrid: by hand, with NumPy, with mpmath."""

from __future__ import annotations

import math
import random
from functools import reduce

import mpmath
import numpy as np
import pytest

import microgrid as mg
from helpers.lessons import lesson, promised
from microgrid import datasets, nn, optim, parameter, parse, train
from microgrid.graph import counts
from microgrid.nn import init

LANGS = ("en", "es")

X, T = (0.05, 0.10), (0.01, 0.99)
START = (0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60)
NAMES = ("w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2")


def says(*lines: str, letter: str = "b") -> None:
    """The lesson promises these lines, or ones that have them in them, in both languages."""
    for lang in LANGS:
        there = promised(lesson(letter, lang))
        for line in lines:
            assert any(line in shown for shown in there), (lang, line)


def σ(x):
    return 1 / (1 + mpmath.exp(-x))


def two_two_two(*w):
    """All values of the network, in the lecture's order, with fifty digits."""
    w1, w2, w3, w4, b1, w5, w6, w7, w8, b2 = map(mpmath.mpf, w)
    (i1, i2), (t1, t2) = (tuple(map(mpmath.mpf, map(str, pair))) for pair in (X, T))
    z1, z2 = w1 * i1 + w2 * i2 + b1, w3 * i1 + w4 * i2 + b1
    h1, h2 = σ(z1), σ(z2)
    z3, z4 = w5 * h1 + w6 * h2 + b2, w7 * h1 + w8 * h2 + b2
    o1, o2 = σ(z3), σ(z4)
    losses = (t1 - o1) ** 2 / 2, (t2 - o2) ** 2 / 2
    units = {"z1": z1, "h1": h1, "z2": z2, "h2": h2, "z3": z3, "o1": o1, "z4": z4, "o2": o2}
    return units | {"L1": losses[0], "L2": losses[1], "L": sum(losses)}


def digits(x, places: int = 9) -> str:
    return f"{float(x):.{places}f}"


def loss(*w):
    return two_two_two(*w)["L"]


def slopes(*w) -> list[mpmath.mpf]:
    """By numeric differentiation with fifty digits: nothing here knows the chain rule."""
    with mpmath.workdps(50):
        return [mpmath.diff(lambda x, k=k: loss(*w[:k], x, *w[k + 1 :]), mpmath.mpf(str(w[k]))) for k in range(len(w))]


def by_arrays(w: np.ndarray) -> tuple[float, np.ndarray]:
    """The loss and its gradient by matrices, for many steps."""
    W1, W2 = np.array([[w[0], w[1]], [w[2], w[3]]]), np.array([[w[5], w[6]], [w[7], w[8]]])
    x, t = np.array(X), np.array(T)
    h = 1 / (1 + np.exp(-(W1 @ x + w[4])))
    o = 1 / (1 + np.exp(-(W2 @ h + w[9])))
    d2 = (o - t) * o * (1 - o)
    d1 = (W2.T @ d2) * h * (1 - h)
    gradient = [*np.outer(d1, x).ravel(), d1.sum(), *np.outer(d2, h).ravel(), d2.sum()]
    return float(((o - t) ** 2).sum() / 2), np.array(gradient)


def engine() -> tuple[dict, dict]:
    weights = {name: parameter(value, name) for name, value in zip(NAMES, START, strict=True)}
    nodes = parse(
        "z1 = w1*i1 + w2*i2 + b1; h1 = sigmoid(z1); z2 = w3*i1 + w4*i2 + b1; h2 = sigmoid(z2);"
        "z3 = w5*h1 + w6*h2 + b2; o1 = sigmoid(z3); z4 = w7*h1 + w8*h2 + b2; o2 = sigmoid(z4);"
        "L = ((t1 - o1)**2 + (t2 - o2)**2)/2",
        i1=X[0], i2=X[1], t1=T[0], t2=T[1], **weights,
    )  # fmt: skip
    nodes["L"].backward()
    return weights, nodes


# ---------------------------------------------------------------- z, h, o, L, s, J


def test_the_symbols_of_the_lecture() -> None:
    rng = random.Random(1)  # an MLP draws weight after weight, and no bias
    W1 = np.array([[rng.uniform(-1, 1) for _ in range(2)] for _ in range(2)])
    W2 = np.array([rng.uniform(-1, 1) for _ in range(2)])
    x, y, λ = np.array([1, 2]), 1, 0.1
    z = W1 @ x
    h = np.tanh(z)
    o = W2 @ h
    L = (o - y) ** 2 / 2
    s = λ / 2 * (np.linalg.norm(W1, "fro") ** 2 + np.linalg.norm(W2) ** 2)
    says(
        f"z = ({z[0]:.4f}, {z[1]:.4f})   h = ({h[0]:.4f}, {h[1]:.4f})   o = {o:.4f}",
        f"L = {L:.4f}   s = {s:.4f}   J = L + s = {L + s:.4f}",
    )
    dL = (o - y) * W2[0] * (1 - h[0] ** 2) * x[0]
    says(f"∂J/∂w = {dL + λ * W1[0, 0]:.4f} = ∂L/∂w + λ·w = {dL:.4f} + {λ * W1[0, 0]:.4f}")


# ---------------------------------------------------------------- the network 2-2-2


def test_forward_with_fifty_digits_is_the_lectures_and_the_engines() -> None:
    v = two_two_two(*map(str, START))
    assert digits(v["L"]) == "0.298371109"
    assert digits(v["o1"]) == "0.751365070"
    assert digits(v["o2"]) == "0.772928465"
    for one, two, places in (("z1", "z2", 6), ("z3", "z4", 6), ("h1", "h2", 9), ("o1", "o2", 9)):
        says(f"{one} = {digits(v[one], places)}", f"{two} = {digits(v[two], places)}")
    says(f"L = {digits(v['L1'])} + {digits(v['L2'])} = {digits(v['L'])}")
    _, nodes = engine()
    for name in ("z1", "h1", "z2", "h2", "z3", "o1", "z4", "o2", "L"):
        assert nodes[name].data == pytest.approx(float(v[name]), rel=1e-15)


def test_all_ten_derivatives() -> None:
    exact = slopes(*map(str, START))
    assert digits(exact[0]) == "0.000438568"
    assert digits(exact[5]) == "0.082167041"
    says(*(f"∂L/∂{name} = {float(slope):12.9f}" for name, slope in zip(NAMES, exact, strict=True)))
    weights, _ = engine()
    for value, slope in zip(weights.values(), exact, strict=True):
        assert value.grad == pytest.approx(float(slope), rel=1e-12)
    np.testing.assert_allclose(by_arrays(np.array(START))[1], [float(s) for s in exact], rtol=1e-12)


def test_the_derivative_of_w5_factor_by_factor() -> None:
    v = two_two_two(*map(str, START))
    first, second = -(mpmath.mpf("0.01") - v["o1"]), v["o1"] * (1 - v["o1"])
    says(
        f"∂L/∂o1 = −(t1 − o1) = {digits(first)}",
        f"∂o1/∂z3 = o1(1 − o1) = {digits(second)}",
        f"∂L/∂z3 = {digits(first * second)}",
        f"∂L/∂w5 = −(t1 − o1)·o1(1 − o1)·h1 = {digits(first * second * v['h1'])}",
    )


def test_what_comes_back_to_h1_from_both_outputs() -> None:
    v = two_two_two(*map(str, START))
    d3 = (v["o1"] - mpmath.mpf("0.01")) * v["o1"] * (1 - v["o1"])
    d4 = (v["o2"] - mpmath.mpf("0.99")) * v["o2"] * (1 - v["o2"])
    from_o1, from_o2 = d3 * mpmath.mpf("0.4"), d4 * mpmath.mpf("0.5")
    w1 = (from_o1 + from_o2) * v["h1"] * (1 - v["h1"]) * mpmath.mpf("0.05")
    says(
        f"o1: ∂L/∂z3 · w5 = {digits(from_o1)}",
        f"o2: ∂L/∂z4 · w7 = {digits(from_o2)}",
        f"∂L/∂h1 = {digits(from_o1 + from_o2)}",
        f"∂L/∂w1 = ∂L/∂h1 · h1(1 − h1) · i1 = {digits(w1)}",
        "∂L/∂h₁⁽¹⁾ = −0.01905 + ∂L/∂z₁⁽²⁾ · w₁₁⁽²⁾ = −0.01905 + 0.1385 · 0.4 = −0.01905 + 0.05540 = 0.03635",
    )
    assert [f"{float(x):.4g}" for x in (d3, from_o1 + from_o2, -from_o2)] == ["0.1385", "0.03635", "0.01905"]
    assert digits(from_o1, 5) == "0.05540"


@pytest.mark.parametrize(
    ("claim", "cause"),
    [("∂z1/∂w1 = w1", "i1"), ("∂L/∂w1 = ∂L/∂o1·∂o1/∂h1·∂h1/∂w1", "w1 → z1 → h1 → z4 → o2 → L")],
)
def test_the_slips_are_false_and_named(claim: str, cause: str) -> None:
    _, nodes = engine()
    report = mg.check(nodes, claim)
    assert not report.ok
    assert cause in str(report)
    says(f"✗ {claim}: ", cause)


def test_one_step_without_the_biases_and_the_loss_after_it() -> None:
    exact = slopes(*map(str, START))
    after = [
        mpmath.mpf(str(value)) - (slope / 2 if name.startswith("w") else 0)
        for name, value, slope in zip(NAMES, START, exact, strict=True)
    ]
    says(
        *(
            f"{name}: {value:.2f} → {digits(new, 8)}"
            for name, value, new in zip(NAMES, START, after, strict=True)
            if name.startswith("w")
        )
    )
    assert digits(loss(*after)) == "0.291027774"
    says(f"L: 0.298371109 → {digits(loss(*after))}")


def test_a_thousand_steps_with_the_biases() -> None:
    w = np.array(START)
    for step in range(1000):
        w = w - 0.5 * by_arrays(w)[1]
        if step == 0:
            says(digits(by_arrays(w)[0]))
            start = by_arrays(np.array(START))[0]
            assert f"{(start - by_arrays(w)[0]) / (start - 0.291027774):.1f}" == "1.7"  # as its text says
    v = two_two_two(*map(str, w))
    says(digits(v["L"], 6), f"o = ({digits(v['o1'], 3)}, {digits(v['o2'], 3)})")


# ---------------------------------------------------------------- memory, matrices, first weights


def test_a_layer_of_sixteen_takes_272_parameters_and_528_results_for_each_sample() -> None:
    found = {}
    for layers in (1, 2, 3, 8):
        for samples in (2, 8):
            net = nn.MLP(2, [16] * layers + [1])
            outputs = [net([0.1, 0.2]) for _ in range(samples)]
            found[layers, samples] = counts(nn.losses.half_mse(outputs, [0] * samples)).nodes
    for samples in (2, 8):
        more = 16 * (16 + 1) + samples * 16 * (16 + 16 + 1)
        assert found[2, samples] - found[1, samples] == found[3, samples] - found[2, samples] == more
        assert found[8, samples] == found[1, samples] + 7 * more
    each = (found[8, 8] - found[8, 2]) // 6
    says(f": {found[8, 8]}", f" {each} ", f": {found[8, 2] + 62 * each}", "2584", f"{2584 + 4 * (272 + 528)}")


def gaussian_product(count: int, std: float) -> np.ndarray:
    rng = random.Random(24)
    matrices = [np.array([[rng.gauss(0, std) for _ in range(4)] for _ in range(4)]) for _ in range(count)]
    return reduce(np.matmul, matrices)


def test_the_product_of_a_hundred_gaussian_matrices() -> None:
    for count in (1, 10, 100):
        sizes = np.abs(gaussian_product(count, 1.0))
        says(f"{count:3}: ", f"{sizes.min():.1e}", f"{sizes.max():.1e}")
    sizes = np.abs(gaussian_product(100, 1.0))
    assert 1e24 <= sizes.min() < sizes.max() < 1e26
    growth = float((mpmath.log(2) + mpmath.digamma(2)) / 2)  # the mean of log χ of four degrees of freedom
    says(f"10^{100 * growth / math.log(10):.1f}")
    half, kept = np.abs(gaussian_product(100, 0.5)), np.abs(gaussian_product(100, math.exp(-growth)))
    says(f"{half.min():.1e}", f"{half.max():.1e}", f"{2.0**100:.2e}")
    says(f"{math.exp(-growth):.3f}", f"{kept.min():.1e}", f"{kept.max():.1e}")


def test_the_gradient_of_a_hundred_layers_is_a_product_of_matrices() -> None:
    random.seed(1)
    layers = [nn.Linear(4, 4, bias=False) for _ in range(100)]
    weights = [np.array([[w.data for w in row] for row in init.normal(layer, std=1.0).w]) for layer in layers]
    back = reduce(np.matmul, weights[:0:-1])[0]  # ∂(first output)/∂(what leaves layer 1)
    says(f"{1.0:.1e}", f"{np.linalg.norm(back):.1e}")


FANS = (50, 100)
SCHEMES = {
    "xavier_normal": (init.xavier_normal, 2 / sum(FANS)),
    "xavier_uniform": (init.xavier_uniform, 2 / sum(FANS)),
    "he_normal": (init.he_normal, 2 / FANS[0]),
    "he_uniform": (init.he_uniform, 2 / FANS[0]),
    "uniform": (init.uniform, 1 / 12),
    "normal": (init.normal, 1.0),
    "truncated_normal": (
        init.truncated_normal,
        float(mpmath.quad(lambda x: x**2 * mpmath.npdf(x), [-2, 2]) / mpmath.quad(mpmath.npdf, [-2, 2])),
    ),
}


def test_variances_of_initialisers_are_those_of_the_formulas() -> None:
    rng = random.Random(1)
    for name, (scheme, variance) in SCHEMES.items():
        weights = np.array([[w.data for w in row] for row in scheme(nn.Linear(*FANS), seed=rng).w])
        assert weights.shape == FANS[::-1]
        assert weights.var() == pytest.approx(variance, rel=0.06)  # 5,000 numbers: three deviations are 0.06
        says(f"{name}: ", f"{weights.var():.4f}", f" = {variance:.4f}")
        if name.endswith("_uniform"):
            assert np.abs(weights).max() == pytest.approx(math.sqrt(3 * variance), rel=0.01)


def test_the_other_initialisers() -> None:
    rows = np.array([[w.data for w in row] for row in init.orthogonal(nn.Linear(50, 20), seed=1).w])
    np.testing.assert_allclose(rows @ rows.T, np.eye(20), atol=1e-12)
    sparse = np.array([[w.data for w in row] for row in init.sparse(nn.Linear(50, 100), 0.3, seed=1).w])
    assert (sparse == 0).sum() == 1500
    assert set((sparse == 0).sum(axis=0)) == {30}
    says("1500", "[2.0, 5.0]", "[[1.0, 0.0], [0.0, 1.0]]", "[0.5, 0.5] [1.0, 1.0] [0.0, 0.0]")
    gains = {"sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + 0.01**2))}
    says(str({name: round(gain, 4) for name, gain in gains.items()}))


def test_spreads_of_activations_by_layer() -> None:
    random.seed(1)
    net = nn.MLP(20, [20] * 5, activation="tanh", output="tanh")
    X = np.array([[random.gauss(0, 1) for _ in range(20)] for _ in range(100)])
    for start in (init.xavier_normal, lambda layer: init.uniform(layer, -0.2, 0.2)):
        h, sizes = X, []
        for layer in net.layers:
            start(layer)
        for layer in net.layers:
            h = np.tanh(h @ np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T)
            sizes.append(math.sqrt((h**2).mean()))
        says(" ".join(f"{size:.3f}" for size in sizes))


# ---------------------------------------------------------------- generalisation


def test_early_stopping_takes_back_what_training_had_at_the_best_epoch() -> None:
    X, y = datasets.moons(80, noise=0.35, seed=2)
    how = {"loss": "bce", "optimizer": lambda ps: optim.Adam(ps, lr=0.02), "validation": 0.4, "seed": 1}

    def trained(**more: int) -> tuple[list[float], train.History]:
        random.seed(1)
        net = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid")
        history = train.fit(net, X, y, **how, **more)
        return [p.data for p in net.parameters()], history

    parameters, history = trained(epochs=400, early_stopping=60)
    losses = np.array(history["validation_loss"])
    best = int(losses.argmin()) + 1
    assert len(losses) == best + 60 < 400
    assert parameters == trained(epochs=best)[0]
    says(f" {best}, ", f" {len(losses)}", f"{losses.min():.3f}", f"{losses[-1]:.3f}")


def test_dropout_keeps_the_mean() -> None:
    for p, factor in ((0.2, "1.25"), (0.5, "2"), (0.8, "5")):
        assert (1 - p) * float(factor) == pytest.approx(1)  # 0 with probability p
        says(f"p = {p}: ", f" {factor}, ")
    masks = [v.data for v in nn.Dropout(0.5, seed=4)([1] * 8)]
    assert set(masks) == {0.0, 2.0}
    says(str(masks), str([1.0] * 8))


def test_clipping_by_value_and_by_norm() -> None:
    for given in ((3, 1), (-1, 2.5), (0.5, -0.4)):
        g = np.array(given, float)
        length = np.linalg.norm(g)
        by_norm = g * min(1, 1 / (length + 1e-6))
        says(f"{given} ", f"{length:.4f}", f" {np.clip(g, -1, 1).tolist()}", f" {by_norm.round(4).tolist()}")
