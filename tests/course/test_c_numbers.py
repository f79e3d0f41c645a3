"""Lecture C: each number that its lesson promises, computed without microgrid: by hand, with NumPy, with mpmath."""

from __future__ import annotations

import math
import random
import re
from itertools import pairwise

import mpmath
import numpy as np
import pytest

import microgrid as mg
from helpers import by_arrays, needs_checkout
from helpers.lessons import lesson, promised
from microgrid import datasets, nn
from microgrid.nn import init

pytestmark = needs_checkout


def says(*parts: str) -> None:
    """Lines with these parts are promised, in both languages."""
    for lang in ("en", "es"):
        there = promised(lesson("c", lang))
        for part in parts:
            assert any(part in line for line in there), (lang, part)


def line(start: str, lang: str = "en", nth: int = 0) -> str:
    """The nth line that starts so."""
    return [shown for shown in promised(lesson("c", lang)) if shown.strip().startswith(start)][nth]


# ---------------------------------------------------------------- activations

PLACES = (-10, -2, 0.5, 10)
FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_activations_and_their_derivatives(name: str) -> None:
    f = FUNCTIONS[name]
    values = " ".join(f"{float(f(mpmath.mpf(x))):7.4f}" for x in PLACES)
    slopes = " ".join(f"{float(mpmath.diff(f, x)):.1e}" for x in PLACES)
    says(f"{name:>10}: f {values}   f′ {slopes}")


def test_a_formula_with_z_for_h_is_named() -> None:
    h = 1 / (1 + mpmath.exp(-0.5))
    says(" 0.25", f"{float(h * (1 - h)):.6f}")
    assert line("✗").startswith("✗ dh/dz = z*(1 - z)")
    assert line("✓").endswith("proved")


def test_derivatives_of_one_sign() -> None:
    rng = random.Random(1)
    draws = np.array([[rng.gauss(0, 1) for _ in range(3)] for _ in range(2000)])
    same = (abs(np.sign(draws[1000:]).sum(axis=1)) == 3).sum()  # tanh has the second thousand
    assert abs(same - 250) < 3 * math.sqrt(1000 * 0.25 * 0.75)
    says(" sigmoid: ", " 1000 ", f", {same} ")


def test_maxout() -> None:
    says("h = max(2, -1.5) = 2", "∂h/∂w1 = 2, ∂h/∂b1 = 1, ∂h/∂w2 = 0, ∂h/∂b2 = 0")


# ---------------------------------------------------------------- dead units, symmetry, thirty layers


def test_a_unit_that_is_off_for_all_samples() -> None:
    x = np.array([-2, -1, 0, 1, 2, 3])
    for name, left in (("relu", 0.0), ("leaky_relu", 0.01)):
        for b in (1, 10):
            slope = np.where(x - b > 0, 1, left)
            says(f"{name:>10}, b = {b:2}: ∂L/∂w = {slope @ x:g}")


@pytest.mark.parametrize("rate", [0.1, 2.0, 4.0])
def test_dead_units_while_training(rate: float) -> None:
    X, y = datasets.moons(100, noise=0.1, seed=1)
    random.seed(1)
    net = by_arrays.taken(nn.MLP(2, [16, 16, 1], output="sigmoid"), ("relu", "relu", "sigmoid"))
    dead = []
    for step in range(200):
        if step in (0, 195):  # when the monitor looks first and last
            dead.append(int((by_arrays.forward(net, X)[1][1] == 0).all(axis=0).sum()))
        loss, slopes, _ = by_arrays.backward(net, X, y, "bce")
        for p, slope in zip(net.numbers, slopes, strict=True):
            p -= rate * slope
    says(f"η = {rate}: {dead[0]} → {dead[1]} ", f" {loss:.4f}")
    assert line(f"η = {rate}: ").endswith(f"{dead[0]} → {dead[1]} of 16 in layer 2, loss {loss:.4f}")
    if rate == 4.0:
        assert f"{loss:.4f}" == f"{math.log(2):.4f}"


def test_zeros_keep_units_equal() -> None:
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([0, 1, 1, 1.0])
    weights, biases = [np.zeros((3, 2)), np.zeros((1, 3))], [np.zeros(3), np.zeros(1)]
    net = by_arrays.Network(weights, biases, ("sigmoid", "sigmoid"))
    for _ in range(50):
        for p, slope in zip(net.numbers, by_arrays.backward(net, X, y, "bce")[1], strict=True):
            p -= slope
    (w,), (b,) = np.unique(net.weights[0].round(12)), np.unique(net.biases[0].round(12))
    says(f"w = ({w:.6f}, {w:.6f}), b = {b:.6f}")
    for lang in ("en", "es"):
        assert sum(text.startswith("w = (") for text in promised(lesson("c", lang))) == 3


def test_thirty_layers() -> None:
    X, y = datasets.moons(64, noise=0.1, labels=(-1, 1), seed=1)
    for name, scheme in (("Xavier", init.xavier_normal), ("He", init.he_normal)):
        random.seed(1)
        net, rng = nn.MLP(2, [16] * 30 + [1]), random.Random(1)
        for layer in net.layers[:-1]:
            scheme(layer, seed=rng)
        arrays = by_arrays.taken(net, ["relu"] * 30 + ["linear"])
        sizes = [math.sqrt((h**2).mean()) for _, h in by_arrays.forward(arrays, X)[:30]]
        assert sum(after < before for before, after in pairwise(sizes)) > 29 / 2  # more lose than gain
        there = by_arrays.forward(arrays, X)[29][1]
        back = by_arrays.backward(arrays, X, y, "hinge")[2][0] * len(y)  # of each sample's own loss
        says(f"{math.sqrt((there**2).mean()):.1e}", f"{math.sqrt((back**2).mean()):.1e}")
        assert line(name, nth=0).startswith(f"{name}: activations in layer 30 {math.sqrt((there**2).mean()):.1e}")


# ---------------------------------------------------------------- batch normalisation


def test_batch_normalisation() -> None:
    x = np.array([1, 2, 4, 7.0])
    normal = (x - x.mean()) / x.std()
    says(
        f"E[x] = {x.mean()}, Var[x] = {x.var()}",
        " ".join(f"{v:.4f}" for v in normal),
        " ".join(f"{v:.4f}" for v in 2 * (x - x.mean()) / np.sqrt(x.var() + 1e-5) + 1),
    )
    for k in (1, 2, 3):
        mean, var = x.mean() * (1 - 0.9**k), 0.9**k + x.var(ddof=1) * (1 - 0.9**k)
        says(f"{mean:.4f} {var:.4f}")
    says(f"4 → {(4 - mean) / math.sqrt(var + 1e-5):.4f}")


def test_gradients_through_batch_normalisation() -> None:
    def loss(*xs: mpmath.mpf) -> mpmath.mpf:
        mean = sum(xs) / 4
        deviation = mpmath.sqrt(sum((x - mean) ** 2 for x in xs) / 4)
        return ((xs[3] - mean) / deviation) ** 2 + 3 * (xs[0] - mean) / deviation

    with mpmath.workdps(40):
        slopes = [mpmath.diff(loss, (1, 2, 4, 7), tuple(int(i == k) for i in range(4))) for k in range(4)]
    assert abs(sum(slopes)) < 1e-12
    assert abs(np.dot(np.array(slopes, float), [1, 2, 4, 7])) < 1e-12
    says("∂L/∂x: " + " ".join(f"{float(s):.4f}" for s in slopes))
    norm = nn.BatchNorm(1)
    xs = [mg.parameter(x) for x in (1, 2, 4, 7)]
    mg.sum([y**2 for y in norm.batch([[x] for x in xs])]).backward()
    assert norm.gamma[0].grad == pytest.approx(8 * 5.25 / (5.25 + 1e-5))  # 2 Σx̂²
    assert max(abs(x.grad) for x in xs) < 1e-5


@pytest.mark.parametrize("normalised", [False, True])
def test_spreads_with_and_without_it(normalised: bool) -> None:
    rng = random.Random(1)
    h = np.array([[rng.gauss(0, 1) for _ in range(20)] for _ in range(20)])
    sizes = []
    for _ in range(6):
        layer = init.uniform(nn.Linear(20, 20, bias=False), -0.2, 0.2, seed=rng)
        h = h @ np.array([[w.data for w in row] for row in layer.w]).T
        h = np.tanh((h - h.mean(axis=0)) / np.sqrt(h.var(axis=0) + 1e-5) if normalised else h)
        sizes.append(math.sqrt((h**2).mean()))
    says(" ".join(f"{size:.3f}" for size in sizes))
    assert (min(sizes) > 0.6) == normalised


# ---------------------------------------------------------------- descent and its troubles


def test_zig_zag() -> None:
    for k in (0, 1, 2, 3, 25):
        says(f" {k:2}: a = {-4 * 0.88**k:.4f}, b = {(-0.8) ** k:.4f}")


def test_two_minima() -> None:
    low, top, high = sorted(np.roots([4, 0, -4, 0.5]).real)
    assert low < top < high
    for start, a in ((1.6, high), (-1.6, low)):
        says(f"{start:4}: a = {a:.4f}, f = {a**4 - 2 * a**2 + a / 2:.4f}")


def saddle(p: np.ndarray) -> tuple[float, float]:
    return 2 * p[0], -2 * p[1] + p[1] ** 3


def test_the_saddle_point() -> None:
    path = by_arrays.walk(saddle, (-1.5, 0.001), "gradient descent", 0.1, 60)
    for k in (0, 10, 25, 40, 60):
        a, b = path[k]
        says(f" {k:2}: b = {b:.4f}, f = {a**2 - b**2 + b**4 / 4:.4f}")
    assert path[25][1] == pytest.approx(0.001 * 1.2**25, rel=0.01)
    assert path[60][1] == pytest.approx(math.sqrt(2), abs=1e-4)


# ---------------------------------------------------------------- optimisers

HAND = {"momentum": "momentum", "nag": "NAG", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adadelta": "Adadelta"}
HAND |= {"adam": "Adam"}


@pytest.mark.parametrize("name", HAND)
def test_three_steps_of_each(name: str) -> None:
    xs = by_arrays.walk(lambda x: 2 * x, 2.0, HAND[name], 1 if name == "adadelta" else 0.1, 3)
    says(f"{name:>8}: {' → '.join(f'{float(x):.6f}' for x in xs)}")
    assert line(f"{name}: 2").endswith("True")


def test_first_steps_of_adam_and_rmsprop() -> None:
    for gradient in (0.002, 2000.0):
        for rule, length in (("Adam", 0.1), ("RMSprop", 1.0)):
            first = by_arrays.walk(lambda x, g=gradient: g, 0.0, rule, 0.1, 1)[1]
            assert abs(first) == pytest.approx(length, rel=1e-4)


def test_seven_paths_from_one_start() -> None:
    shown = [text for text in promised(lesson("c")) if "f on average" in text]
    assert [text.partition(",")[0] for text in shown] == list(by_arrays.RULES)
    for text in shown:
        name, rate = re.match(r"(.+), η = ([\d.]+):", text).groups()
        x, y = by_arrays.walk(lambda p: (2 * p[0], 20 * p[1]), (-3, 1), name, float(rate), 30).T
        values = x**2 + 10 * y**2
        assert text.endswith(f"f on average {values.mean():.2f}, at the end {values[-1]:.1e}")
        says(f" {values.mean():.2f}, ", f" {values[-1]:.1e}")


def test_adadelta_without_a_rate_and_with_a_large_one() -> None:
    def slopes(p: np.ndarray) -> tuple[float, float]:
        return 2 * p[0], 20 * p[1]

    def values(rate: float) -> np.ndarray:
        x, y = by_arrays.walk(slopes, (-3, 1), "Adadelta", rate, 30).T
        return x**2 + 10 * y**2

    first = by_arrays.walk(slopes, (-3, 1), "Adadelta", 1, 1)
    assert abs(first[1] - first[0]) == pytest.approx(math.sqrt(10 * 1e-6), rel=1e-4)
    assert [f"{v:.0f}" for v in values(1)[[0, -1]]] == ["19", "16"]
    assert values(300).min() < 1e-4
    y = by_arrays.walk(slopes, (-3, 1), "Adadelta", 300, 30)[-12:, 1]
    assert all(after * before < 0 and abs(after) > abs(before) for before, after in pairwise(y))
    ends = [float(text.rpartition(" ")[2]) for text in promised(lesson("c")) if "f on average" in text]
    assert ends.index(max(ends)) == list(by_arrays.RULES).index("Adadelta")


CONTEST = {"gradient descent": 500, "momentum": 500, "NAG": 500, "Adagrad": 20_000, "RMSprop": 500, "Adam": 500}


@pytest.mark.parametrize("name", CONTEST)
def test_steps_until_the_saddle_is_left(name: str) -> None:
    path = by_arrays.walk(saddle, (-1.5, 0.001), name, 0.01, CONTEST[name])
    says(f": {int(np.argmax(abs(path[:, 1]) > 1))} ")


@pytest.mark.parametrize("name", CONTEST)
def test_paths_that_a_rotation_turns(name: str) -> None:
    r = math.sqrt(0.5)
    R, H = np.array([[r, -r], [r, r]]), np.diag([2, 20])
    straight = by_arrays.walk(lambda p: H @ p, (-3, 1), name, 0.01, 20)
    turned = by_arrays.walk(lambda p: R.T @ H @ R @ p, R.T @ [-3, 1], name, 0.01, 20)
    same = np.allclose(turned @ R.T, straight, atol=1e-9)
    shown = {text.lower() for text in promised(lesson("c")) if text.endswith(" path")}
    assert f"{name.lower()}: {'the same' if same else 'another'} path" in shown


# ---------------------------------------------------------------- decay, penalties


def test_a_rate_of_one_over_k_gives_the_mean() -> None:
    rng = random.Random(1)
    xs = np.array([rng.gauss(3, 1) for _ in range(1000)])
    means = xs.cumsum() / np.arange(1, 1001)
    halves, w = [], 0.0
    for x in xs:
        w += (x - w) / 2
        halves.append(w)
    for end in (np.array(halves), means):
        says(f"w = {end[-1]:.4f}", f"{math.sqrt(((end[500:] - 3) ** 2).mean()):.4f}")
    says(f": {xs.mean():.4f}", " ".join(f"{0.001 * 0.5**k:g}" for k in range(5)))


def test_penalties_and_their_gradients() -> None:
    w = np.array([3, -0.5, 0.1])
    for name, s, slopes in (("L2", 0.1 / 20 * (w @ w), 0.01 * w), ("L1", 0.01 * abs(w).sum(), 0.01 * np.sign(w))):
        says(f"{name}: s = {s:.5f}", " ".join(f"{v:g}" for v in slopes))


def test_where_one_weight_comes_to_rest() -> None:
    grid = np.linspace(-3, 3, 60_001)
    for a in (2, 0.8, 0.3, -0.2):
        l2 = grid[np.argmin((grid - a) ** 2 / 2 + grid**2 / 4)]
        l1 = grid[np.argmin((grid - a) ** 2 / 2 + abs(grid) / 2)]
        shown = [float(v) for v in re.findall(r"-?\d+\.\d{3}", line(f"a = {a}:"))]
        assert shown == pytest.approx([l2, l2, l1, l1], abs=0.002)
        assert shown[1::2] == pytest.approx([l2, l1], abs=0.0006)


def test_small_weights_under_each_penalty() -> None:
    X, y = datasets.moons(100, noise=0.1, seed=1, labels=(-1, 1))
    for name, slope in (("L2", lambda p: p), ("L1", np.sign)):
        random.seed(1)
        net = by_arrays.taken(nn.MLP(2, [16, 1]), ("relu", "linear"))
        memories: list[dict] = [{} for _ in net.numbers]
        for k in range(1, 201):
            slopes = by_arrays.backward(net, X, y, "hinge")[1]
            for p, g, memory in zip(net.numbers, slopes, memories, strict=True):
                p -= by_arrays.RULES["Adam"](g + 0.01 * slope(p), k, memory, 0.02)
        small = int(sum((abs(W) < 0.01).sum() for W in net.weights))
        says(f"{name}: {small} ")


# ---------------------------------------------------------------- dropout, the best epoch, the log


def test_dropout_is_off_in_use() -> None:
    h, w = np.array([0.5, -1, 2, 0.8]), np.array([0.4, 0.3, 0.2, 0.5])
    every = [2 * (w * h) @ [m >> k & 1 for k in range(4)] + 0.1 for m in range(16)]
    assert np.mean(every) == pytest.approx(w @ h + 0.1)
    assert np.std(every) == pytest.approx(math.sqrt(((w * h) ** 2).sum()))
    shown = [float(v) for v in re.findall(r"-?\d+\.\d\d", line("training:"))]
    assert shown[:2] == pytest.approx([min(every), max(every)], abs=0.005)
    assert shown[2:] == pytest.approx([w @ h + 0.1, np.std(every)], abs=0.03)  # of 4000 draws
    says(f"{w @ h + 0.1:.2f}")


def trained(X, y, held, epochs: int) -> list[tuple[float, float, float, float]]:
    """Loss and accuracy of each epoch, before its step, and those of validation after it."""
    random.seed(1)
    net = by_arrays.taken(nn.MLP(2, [16, 16, 1], activation="tanh"), ("tanh", "tanh", "sigmoid"))
    memories: list[dict] = [{} for _ in net.numbers]
    log = []
    for k in range(1, epochs + 1):
        loss, slopes, _ = by_arrays.backward(net, X, y, "bce")
        right = ((by_arrays.forward(net, X)[-1][1][:, 0] > 0.5) == y).mean()
        for p, g, memory in zip(net.numbers, slopes, memories, strict=True):
            p -= by_arrays.RULES["Adam"](g, k, memory, 0.02)
        out = by_arrays.forward(net, held[0])[-1][1]
        log.append((loss, right, by_arrays.losses("bce", out, held[1])[0], ((out[:, 0] > 0.5) == held[1]).mean()))
    return log


def test_the_best_epoch_is_kept() -> None:
    held = datasets.moons(60, noise=0.3, seed=2)
    log = np.array(trained(*datasets.moons(60, noise=0.3, seed=1), held, 100))[:, 2]
    best = int(log[:80].argmin()) + 1
    says(f"{best + 20} ", f" {best}", f"{log[best - 1]:.4f}, ", f" {log[best + 19]:.4f}", f": {log[best - 1]:.4f}")
    assert log[best : best + 20].min() > log[best - 1]


def test_the_training_log() -> None:
    X, y = datasets.moons(120, noise=0.2, seed=1)
    order = np.random.default_rng(1).permutation(120)
    log = trained(X[order[30:]], y[order[30:]], (X[order[:30]], y[order[:30]]), 100)
    for k in (20, 40, 60, 80, 100):
        loss, right, held_loss, held_right = log[k - 1]
        assert line(f"Epoch {k}/").endswith(
            f"loss: {loss:.4f} - accuracy: {right:.4f} - val_loss: {held_loss:.4f} - val_accuracy: {held_right:.4f}"
        )
