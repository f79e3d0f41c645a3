"""Lecture E: each number that its lesson promises, computed without microgrid: by hand, with NumPy, with mpmath."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import mpmath
import numpy as np
import pytest

from helpers import by_arrays, needs_checkout
from helpers.lessons import lesson, promised
from microgrid import datasets

pytestmark = needs_checkout


def says(*parts: str) -> None:
    """Lines with these parts are promised, in both languages."""
    for lang in ("en", "es"):
        there = promised(lesson("e", lang))
        for part in parts:
            assert any(part in line for line in there), (lang, part)


# ---------------------------------------------------------------- linear regression

POINTS = np.array([(1, 2), (2, 3), (3, 5.0)])


def bowl(x: np.ndarray, y: np.ndarray) -> tuple[Callable, Callable, np.ndarray]:
    """The loss, its gradient, and where it is least."""
    A = np.stack([np.ones_like(x), x], axis=1)
    return (
        lambda p: float(((A @ p - y) ** 2).sum()),
        lambda p: 2 * A.T @ (A @ p - y),
        np.linalg.lstsq(A, y, rcond=None)[0],
    )


def test_three_points_by_hand() -> None:
    L, gradient, best = bowl(*POINTS.T)
    for p in by_arrays.walk(gradient, (0, 0), "gradient descent", 0.02, 2):
        (b0, b1), (d0, d1) = p, gradient(p)
        says(f"β = ({b0:.4f}, {b1:.4f})  L = {L(p):.4f}  ∂L/∂β₀ = {d0:.4f}  ∂L/∂β₁ = {d1:.4f}")
    says("L = 38, ∂L/∂b0 = -20, ∂L/∂b1 = -46", f": β = ({best[0]:.4f}, {best[1]:.4f}), L = {L(best):.4f}")
    assert best == pytest.approx([1 / 3, 3 / 2])


def test_claims_about_the_gradient_of_a_line() -> None:
    for lang in ("en", "es"):
        there = promised(lesson("e", lang))
        assert any(line.startswith("✓ ∂L/∂b1 = 2*e1*x1 + 2*e2*x2 + 2*e3*x3") for line in there)
        assert any(line.startswith("✗ ∂L/∂b1 = 2*e1 + 2*e2 + 2*e3") for line in there)
    errors, x = -POINTS[:, 1], POINTS[:, 0]
    assert 2 * errors @ x == -46 != 2 * errors.sum()


def test_forty_steps_on_the_surface() -> None:
    X, y = datasets.linear(12, noise=0.4, seed=3)
    L, gradient, best = bowl(X[:, 0], y)
    path = by_arrays.walk(gradient, (0, -1), "gradient descent", 0.02, 40)
    for k in (0, 1, 5, 40):
        says(f" {k:2}: β = ({path[k][0]:.4f}, {path[k][1]:.4f}), L = {L(path[k]):.4f}")
    says(f": β = ({best[0]:.4f}, {best[1]:.4f}), L = {L(best):.4f}")
    A = np.c_[np.ones(12), X]
    values, axes = np.linalg.eigh(2 * A.T @ A)
    closed = best + axes @ ((1 - 0.02 * values) ** 40 * (axes.T @ ([0, -1] - best)))
    np.testing.assert_allclose(path[40], closed, rtol=1e-12)
    says(f"λ = {values[0]:.4f} ", f" {values[1]:.4f}", f" {1 - 0.02 * values[0]:.4f} ", f" {1 - 0.02 * values[1]:.4f}")
    says(f"η = {2 / values[1]:.4f}")
    for rate in (0.077, 0.079):
        end = by_arrays.walk(gradient, (0, -1), "gradient descent", rate, 200)[-1]
        says(f"η = {rate}: L = {L(end):.3g} ")


# ---------------------------------------------------------------- Gabor


def test_one_sample_of_the_gabor_model() -> None:
    def parts(φ0, φ1):
        u = φ0 + mpmath.mpf("0.06") * φ1 * 5
        s, g = mpmath.sin(u), mpmath.exp(-(u**2) / 32)
        return {"u": u, "s": s, "g": g, "f": s * g, "L": (s * g - mpmath.mpf("0.2")) ** 2}

    for name, value in parts(-1, 10).items():
        says(f"{name} = {float(value):.6f}")
    first, second = (mpmath.diff(lambda a, b: parts(a, b)["L"], (-1, 10), order) for order in ((1, 0), (0, 1)))
    says(f"∂L/∂φ0 = {float(first):.6f}, ∂L/∂φ1 = {float(second):.6f}")


class Gabor:
    """The mean loss over some samples, its gradient, and its Hessian by differences of that."""

    def __init__(self) -> None:
        X, self.y = datasets.gabor(30, seed=2)
        self.x = X[:, 0]

    def residuals(self, p: np.ndarray, which: slice | list[int]) -> tuple[np.ndarray, np.ndarray]:
        x = self.x[which]
        u = p[0] + 0.06 * p[1] * x
        fade = np.exp(-(u**2) / 32)
        slope = (np.cos(u) - u / 16 * np.sin(u)) * fade
        return np.sin(u) * fade - self.y[which], np.array([slope, 0.06 * x * slope])

    def loss(self, p: np.ndarray) -> float:
        return float((self.residuals(p, slice(None))[0] ** 2).mean())

    def gradient(self, p: np.ndarray, which: slice | list[int] = slice(None)) -> np.ndarray:
        r, slopes = self.residuals(p, which)
        return 2 * (slopes * r).mean(axis=1)

    def hessian(self, p: np.ndarray, h: float = 1e-5) -> np.ndarray:
        return np.array([(self.gradient(p + h * e) - self.gradient(p - h * e)) / (2 * h) for e in np.eye(2)])


STARTS = [(-6, 12), (4, 10), (-3, 20)]


@pytest.mark.parametrize("start", STARTS)
def test_descent_ends_in_different_minima(start: tuple[int, int]) -> None:
    model = Gabor()
    end = by_arrays.walk(model.gradient, start, "gradient descent", 2.0, 300)[-1]
    says(f" {start}: φ = ({end[0]:.2f}, {end[1]:.2f}), L = {model.loss(end):.4f}")
    assert (np.linalg.eigvalsh(model.hessian(end)) > 0).all()


@pytest.mark.parametrize("start", STARTS)
def test_single_samples_lead_out(start: tuple[int, int]) -> None:
    model, rng, p = Gabor(), np.random.default_rng(3), np.array(start, float)
    for _ in range(20):
        for i in rng.permutation(30).tolist():
            p = p - 2.0 * model.gradient(p, [i])
    says(f" {start}: 600 ", f"φ = ({p[0]:.2f}, {p[1]:.2f}), L = {model.loss(p):.4f}")
    end = by_arrays.walk(model.gradient, start, "gradient descent", 2.0, 20)[-1]
    says(f" {start}: 20 ", f"φ = ({end[0]:.2f}, {end[1]:.2f}), L = {model.loss(end):.4f}")
    assert model.loss(p) < 0.01 < model.loss(end)


def test_a_minimum_and_a_saddle_point_less_than_a_unit_apart() -> None:
    model, found = Gabor(), []
    for place in ((-5.94, 12.36), (-5.92, 12.96)):
        p = np.array(place)
        for _ in range(20):
            p = p - np.linalg.solve(model.hessian(p), model.gradient(p))
        low, high = np.linalg.eigvalsh(model.hessian(p))
        says(f" {low:.3f}, {high:.3f}", f"L = {model.loss(p):.4f}")
        found.append((p, low, high))
    (minimum, *up), (saddle, down, _) = found
    assert min(up) > 0 > down
    assert np.linalg.norm(minimum - saddle) < 1
    assert f"{model.loss(saddle) - model.loss(minimum):.4f}" == "0.0007"
    text = lesson("e").read_text(encoding="utf-8")
    for p in (minimum, saddle):
        assert f"({p[0]:.4f}, {p[1]:.4f})" in text


# ---------------------------------------------------------------- batches


@pytest.mark.parametrize("size", [40, 10, 1])
def test_steps_of_three_epochs(size: int) -> None:
    X, y = datasets.linear(40, noise=0.5, seed=1)
    A = np.c_[np.ones(40), X]
    rng, p, steps = np.random.default_rng(1), np.array([-1.0, -1.0]), 0
    for _ in range(3):
        order = rng.permutation(40) if size < 40 else np.arange(40)
        for batch in order.reshape(-1, size):
            p = p - 0.1 * 2 * A[batch].T @ (A[batch] @ p - y[batch]) / size
            steps += 1
    before, after = (((A @ q - y) ** 2).mean() for q in ([-1, -1], p))
    says(f"{steps} ", f": L {before:.4f} → {after:.4f}")
    assert steps == 3 * 40 // size


def test_sampling_without_replacement() -> None:
    says(f"{1 - (1 - 1 / 40) ** 40:.1%}")
    rng = random.Random(1)
    for _ in range(2000 * 40):
        rng.randrange(40)
    gradients = np.array([rng.gauss(1, 2) for _ in range(40)])
    for size in (1, 10, 20, 40):
        formula = gradients.var() / size * (40 - size) / 39
        says(f"B = {size:2}: ", f" {formula:.2f}")
    (seen,) = [line for line in promised(lesson("e")) if "with replacement" in line]
    assert float(seen.split("%")[0].split()[-1]) == pytest.approx(100 * (1 - (1 - 1 / 40) ** 40), abs=0.5)
    for line in (line for line in promised(lesson("e")) if line.startswith("B = ") and "formula" in line):
        found, formula = (float(part.split()[-1]) for part in line.split(", formula "))
        assert found == pytest.approx(formula, abs=0.05)


@pytest.mark.parametrize(("size", "rate"), [(1, 0.01), (10, 0.01), (10, 0.1)])
def test_the_noise_of_a_weight_around_its_minimum(size: int, rate: float) -> None:
    kept = mpmath.nsum(lambda k: rate**2 * (1 - rate) ** (2 * k) / size, [0, mpmath.inf])
    says(f"B = {size:2}, η = {rate}: ", f"η/(2 − η)/B = {float(kept):.5f}")


# ---------------------------------------------------------------- backprop

START = {"β0": 1.0, "β1": 0.5, "β2": 0.2, "β3": 0.7, "ω0": 0.1, "ω1": -1.0, "ω2": 2.0, "ω3": 1.5}


def toy(β0, β1, β2, β3, ω0, ω1, ω2, ω3):
    f0 = β0 + ω0 * 2
    h1 = mpmath.sin(f0)
    f1 = β1 + ω1 * h1
    h2 = mpmath.exp(f1)
    f2 = β2 + ω2 * h2
    h3 = mpmath.cos(f2)
    f3 = β3 + ω3 * h3
    return {"f0": f0, "h1": h1, "f1": f1, "h2": h2, "f2": f2, "h3": h3, "f3": f3, "L": (f3 - 0.5) ** 2}


def test_the_toy_model_forward() -> None:
    for name, value in toy(*START.values()).items():
        says(f"{name} = {float(value):9.6f}   ∂L/∂{name} = ")


@pytest.mark.parametrize("name", START)
def test_its_eight_derivatives(name: str) -> None:
    with mpmath.workdps(40):
        slope = mpmath.diff(lambda v: toy(**START | {name: v})["L"], START[name])
    says(f"∂L/∂{name} = {float(slope):9.6f} ")
    if name.startswith("β"):  # ∂L/∂f = ∂L/∂β, of each layer
        says(f"∂L/∂f{name[1]} = {float(slope):9.6f}")


def test_multiplications_with_and_without_reuse() -> None:
    for k in (4, 10, 100):
        each = sum(2 * layer for layer in range(1, k + 1))
        says(f"{k:3} ", f" {each}, ", f" {2 * k + k}")
        assert math.isclose(each, k * (k + 1))
