"""Lecture D: each number that its lesson promises, computed without microgrid: by hand, with NumPy, with mpmath."""

from __future__ import annotations

import math
import random

import mpmath
import numpy as np
import pytest

import microgrid as mg
from helpers.lessons import lesson, promised
from microgrid import datasets, nn, optim, parameter, parse, train

LANGS = ("en", "es")


def says(*lines: str) -> None:
    """The lesson promises these lines, or ones that have them in them, in both languages."""
    for lang in LANGS:
        there = promised(lesson("d", lang))
        for line in lines:
            assert any(line in shown for shown in there), (lang, line)


def σ(x):
    return 1 / (1 + np.exp(-x))


# ---------------------------------------------------------------- risks


def test_three_risks_with_fifty_digits() -> None:
    with mpmath.workdps(50):
        p = mpmath.mpf(3) / 10, mpmath.mpf(7) / 10
        q = 1 / (1 + mpmath.e), mpmath.e / (1 + mpmath.e)
        cross = -sum(a * mpmath.log(b) for a, b in zip(p, q, strict=True))
        entropy = -sum(a * mpmath.log(a) for a in p)
        half = sum((a - b) ** 2 for a, b in zip(p, q, strict=True)) / 4
    says(
        f"q = ({float(q[0]):.6f}, {float(q[1]):.6f})",
        f"KL = {float(cross - entropy):.6f} ",
        f" = {float(cross):.6f} ",
        f" = {float(half):.6f}",
        f"KL = {float(entropy):.6f}, ",
    )

    def risk(z1: mpmath.mpf, z2: mpmath.mpf) -> mpmath.mpf:
        total = mpmath.exp(z1) + mpmath.exp(z2)
        return -(p[0] * mpmath.log(mpmath.exp(z1) / total) + p[1] * mpmath.log(mpmath.exp(z2) / total))

    slopes = [float(mpmath.diff(risk, (1, 2), n)) for n in ((1, 0), (0, 1))]
    says(f"({slopes[0]:.6f}, {slopes[1]:.6f})")
    assert slopes == pytest.approx([float(q[0] - p[0]), float(q[1] - p[1])])
    for loss, first in ((nn.losses.kl_divergence, True), (nn.losses.cross_entropy, False)):
        z = [parameter(1, "z1"), parameter(2, "z2")]
        both = ([0.3, 0.7], mg.softmax(z))
        loss(*(both if first else both[::-1])).backward()
        assert [v.grad for v in z] == pytest.approx(slopes, rel=1e-12)


# ---------------------------------------------------------------- descent


def test_step_one_flips_for_ever_and_a_half_arrives() -> None:
    for rate, expected in ((1, [1, -1, 1, -1, 1, -1, 1]), (0.5, [1, 0, 0, 0, 0, 0, 0])):
        points = [(1 - 2 * rate) ** k for k in range(7)]
        assert points == expected
        path = train.descend(lambda x: x**2, 1.0, lambda ps, rate=rate: optim.SGD(ps, lr=rate), 6)
        np.testing.assert_array_equal(np.ravel(path.points), points)
    says("½: 1 0 0 0 0 0 0")
    for k in range(6):
        x = (-1) ** k
        says(f"{k}  {x:2}     1     {2 * x:2}   1  {-2 * x:2}")
    for rate in (0.1, 0.5, 0.9, 1.0, 1.1):
        says(f"η = {rate}: ", f" {1 - 2 * rate:+.1f}")


def test_adagrad_and_adam_update_by_update() -> None:
    with mpmath.workdps(50):
        x, G = mpmath.mpf(1), mpmath.mpf(0)
        for k in range(1, 5):
            g = 2 * x
            G += g * g
            x -= g / (mpmath.sqrt(G) + mpmath.mpf("1e-10")) / 10
            says(f"{k}: g = {float(g):.6f}   G = {float(G):.6f}   x = {float(x):.6f}   ")
            says(f"optim {float(x):.6f}")
        β1, β2 = mpmath.mpf("0.9"), mpmath.mpf("0.999")
        gradients, x = [], mpmath.mpf(1)
        for k in range(1, 5):
            gradients.append(2 * x)
            # the running means written out: each gradient with the weight that it has by now
            m = sum((1 - β1) * β1 ** (k - 1 - i) * g for i, g in enumerate(gradients)) / (1 - β1**k)
            v = sum((1 - β2) * β2 ** (k - 1 - i) * g * g for i, g in enumerate(gradients)) / (1 - β2**k)
            x -= m / (mpmath.sqrt(v) + mpmath.mpf("1e-8")) / 10
            says(f"{k}: m̂ = {float(m):.6f}   v̂ = {float(v):.6f}   x = {float(x):.6f}   ")
            says(f"optim {float(x):.6f}")


def test_the_first_step_is_a_length_with_the_two_and_a_factor_with_gradient_descent() -> None:
    for slope in (0.01, 1, 100):
        steps = 0.1 * slope, 0.1 * slope / (slope + 1e-10), 0.1 * slope / (slope + 1e-8)
        says("SGD {:.4f}, Adagrad {:.4f}, Adam {:.4f}".format(*steps))


# ---------------------------------------------------------------- the logistic perceptron


def test_the_logistic_perceptron() -> None:
    φ = mpmath.mpf(1) / (1 + mpmath.exp(-mpmath.mpf("0.5")))
    risk = lambda w, b: -mpmath.log(1 / (1 + mpmath.exp(-(3 * w + b))))  # noqa: E731
    by_w = float(mpmath.diff(risk, (mpmath.mpf("0.5"), mpmath.mpf(-1)), (1, 0)))
    by_b = float(mpmath.diff(risk, (mpmath.mpf("0.5"), mpmath.mpf(-1)), (0, 1)))
    assert by_w == pytest.approx(float(φ - 1) * 3)
    says(f"φ = {float(φ):.6f}   R = {float(-mpmath.log(φ)):.6f}")
    says(f"(φ − y)·x = ({float(φ):.6f} − 1)·3 = {by_w:.6f}, ", f"backward {by_w:.6f}")
    says(f"φ − y = {by_b:.6f}, ", f"backward {by_b:.6f}")
    says(f"= ({float(-1 / φ):.4g}) · {float(φ * (1 - φ)):.3g} · 3 = {by_w:.4g}")


def test_the_slides_sign_is_false_and_runs_away() -> None:
    nodes = parse(
        "z = w1*x1 + w2*x2; phi = sigmoid(z); R = -(y*log(phi) + (1 - y)*log(1 - phi))",
        w1=0.5, w2=-0.3, x1=1, x2=2, y=1,
    )  # fmt: skip
    assert mg.check(nodes, "∂R/∂wᵢ = (φ(x) − y)·xᵢ").ok
    assert not mg.check(nodes, "∂R/∂wᵢ = (y − φ(x))·xᵢ").ok
    true = σ(0.5 - 0.6) - 1
    says(f" {-true:.6f}, ", f" {true:.6f}")
    for sign, at in ((1, "+1"), (-1, "-1")):
        θ, x = np.array([0.5, -1.0]), np.array([3.0, 1.0])
        for _ in range(20):
            θ = θ - sign * 0.5 * (σ(θ @ x) - 1) * x
        says(f" {at}: φ = {σ(θ @ x):.4f}")


# ---------------------------------------------------------------- layer by layer, and decay


def test_the_worked_example_by_matrices_is_the_table() -> None:
    random.seed(1)
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False), "sigmoid")
    U, W = (np.array([[w.data for w in row] for row in net.layers[k].w]) for k in (0, 1))
    x = np.array([1.0, 2.0])
    h = U @ x
    f = σ(W @ h)[0]
    d2 = f - 1
    d1 = W[0] * d2
    dU, dW = np.outer(d1, x), d2 * h
    says(f"h = ({h[0]:.6f}, {h[1]:.6f})   f = {f:.6f}   R = {-math.log(f):.6f}")
    says(f"d₂ = f − y = {d2:.6f}   ∂R/∂W = d₂ h = ({dW[0]:.6f}, {dW[1]:.6f})")
    says(f"d₁ = (1·W₁·d₂, 1·W₂·d₂) = ({d1[0]:.8f}, {d1[1]:.7f})")
    says(f"∂R/∂U = d₁ xᵀ = (({dU[0, 0]:.8f}, {dU[0, 1]:.8f}), ({dU[1, 0]:.7f}, {dU[1, 1]:.7f}))")
    for number in (*h, *dU.ravel(), *dW, f, d2, -math.log(f), f * (1 - f)):
        says(f"{number:.6g}")


def test_the_formulas_of_the_lecture_give_the_gradient_of_a_deep_network() -> None:
    """Against differences of the risk, which know no formula."""
    random.seed(1)
    net = nn.MLP(3, [5, 4, 2], activation="sigmoid", output="sigmoid")
    x, y = np.array([0.5, -1.0, 2.0]), np.array([0.0, 1.0])
    Ws = [np.array([[w.data for w in unit.w] for unit in layer.neurons]) for layer in net.layers]

    def risk(Ws):
        h = x
        for W in Ws:
            h = σ(W @ h)
        return ((h - y) ** 2).sum() / 2

    nn.losses.half_mse(net(x.tolist()), y.tolist(), reduction="sum").backward()
    worst = 0.0
    for k, layer in enumerate(net.layers):
        for j, unit in enumerate(layer.neurons):
            for i, w in enumerate(unit.w):
                sides = []
                for step in (1e-6, -1e-6):
                    moved = [W.copy() for W in Ws]
                    moved[k][j, i] += step
                    sides.append(risk(moved))
                worst = max(worst, abs((sides[0] - sides[1]) / 2e-6 - w.grad))
    assert worst < 1e-9
    says(f"{sum(W.size for W in Ws)} ")


def test_weight_decay_step_by_step() -> None:
    θ, η, γ = mpmath.mpf(2), mpmath.mpf("0.1"), mpmath.mpf("0.05")
    for k in range(1, 4):
        slope = (3 * θ - 4) * 3
        θ = θ * (1 - 2 * η * γ) - η * slope
        says(f"{k}: ∂R/∂θ = {float(slope):.6f}   θ = {float(θ):.6f}   ", f"optim {float(θ):.6f}")


def test_a_linear_classifier_with_and_without_decay() -> None:
    X, y = datasets.moons(60, noise=0.1, seed=1, labels=(-1, 1))
    model = nn.Linear(2, 1, seed=1)
    start = np.array([p.data for p in model.parameters()])
    order = [p.label for p in model.parameters()]
    assert order == ["w0", "w1", "b"]
    rows = np.column_stack([X, np.ones(len(X))])
    for λ, name in ((0.0, "γ = 0: "), (0.1, "γ = 0.05: ")):
        θ = start.copy()
        for _ in range(150):
            active = y * (rows @ θ) < 1
            gradient = -(y * active) @ rows / len(X)
            θ = θ - 0.1 * (gradient + λ * θ)
        says(f"{name}w = ({θ[0]:.3f}, {θ[1]:.3f}), b = {θ[2]:.3f}")


def test_the_moons_are_learned_as_numpy_learns_them() -> None:
    """The first three risks, by matrices."""
    X, y = datasets.moons(100, noise=0.2, labels=(-1, 1), seed=1)
    random.seed(1)
    model = nn.MLP(2, [16, 16, 1])
    layers = [
        [np.array([[w.data for w in unit.w] for unit in layer.neurons]), np.array([u.b.data for u in layer.neurons])]
        for layer in model.layers
    ]
    says(f"{sum(W.size + b.size for W, b in layers)} ")
    for step in range(4):
        hs = [X]
        for k, (W, b) in enumerate(layers):
            a = hs[-1] @ W.T + b
            hs.append(np.maximum(a, 0) if k < 2 else a)
        margin = 1 - y * hs[-1][:, 0]
        risk = np.maximum(margin, 0).mean()
        says(f" {step}: " if step < 3 else " ", f"{risk:.4f}")
        d = -(y * (margin > 0))[:, None] / len(X)
        for k in reversed(range(3)):
            W, b = layers[k]
            back = (d @ W) * (hs[k] > 0)
            layers[k] = [W - 0.1 * d.T @ hs[k], b - 0.1 * d.sum(axis=0)]
            d = back


def test_squared_error_learns_slowly_where_it_is_certain_and_wrong() -> None:
    φ = float(1 / (1 + mpmath.exp(8)))
    says(f"∂R/∂w = {φ - 1:.6f}", f"∂R/∂w = {(φ - 1) * φ * (1 - φ):.6f}")
