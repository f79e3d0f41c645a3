"""Lecture H: what its lesson promises, by NumPy and by hand; nothing here is about time."""

from __future__ import annotations

import importlib.util
import random
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

import microgrid as mg
from helpers import ROOT, needs_checkout
from helpers.lessons import lesson, promised
from microgrid import Value, nn, parameter

pytestmark = needs_checkout
LANGS = ("en", "es") if (ROOT / "tutorials" / "es" / "h_speed.py").exists() else ("en",)
Weights = list[np.ndarray]


def says(*lines: str) -> None:
    for lang in LANGS:
        there = promised(lesson("h", lang))
        for line in lines:
            assert any(line in shown for shown in there), (lang, line)


def test_nothing_promised_is_a_time() -> None:
    for lang in LANGS:
        text = "\n".join(promised(lesson("h", lang)))
        assert not re.search(r"measured|medido|\d (µs|ns|ms|s)\b", text)


# ---------------------------------------------------------------- networks of one output, by matrices


def first(rng: random.Random, *sizes: int) -> Weights:
    """Weights as an MLP draws them, unit by unit, and biases of 0."""
    found: Weights = []
    for columns, rows in pairwise(sizes):
        found.append(np.array([[rng.uniform(-1, 1) for _ in range(columns)] for _ in range(rows)]))
        found.append(np.zeros(rows))
    return found


def outputs(w: Weights, X: np.ndarray, tanh: bool = False) -> list[np.ndarray]:
    """What each layer gives; hidden ones are relu or tanh."""
    layers = [X]
    for k in range(0, len(w), 2):
        z = layers[-1] @ w[k].T + w[k + 1]
        hidden = k < len(w) - 2
        layers.append(z if not hidden else np.tanh(z) if tanh else np.maximum(z, 0.0))
    return layers


def gradient(w: Weights, X: np.ndarray, y: np.ndarray, tanh: bool = False) -> tuple[float, Weights]:
    layers = outputs(w, X, tanh)
    apart = layers[-1][:, 0] - y
    d, found = 2 * apart[:, None] / len(X), []
    for k in reversed(range(0, len(w), 2)):
        found[:0] = [d.T @ layers[k // 2], d.sum(0)]
        d = d @ w[k] * (1 - layers[k // 2] ** 2 if tanh else layers[k // 2] > 0)
    return float((apart**2).mean()), found


def descended(w: Weights, X: np.ndarray, y: np.ndarray, steps: int, rate: float = 0.1) -> Iterator[float]:
    for _ in range(steps):
        loss, slopes = gradient(w, X, y)
        yield loss
        for array, slope in zip(w, slopes, strict=True):
            array -= rate * slope


def adam(w: Weights, batches: Iterator, rate: float, tanh: bool) -> Iterator[float]:
    m, v = ([np.zeros_like(array) for array in w] for _ in range(2))
    for k, (X, y) in enumerate(batches, 1):
        loss, slopes = gradient(w, X, y, tanh)
        yield loss
        for i, g in enumerate(slopes):
            m[i] += 0.1 * (g - m[i])
            v[i] += 0.001 * (g * g - v[i])
            w[i] -= rate * (m[i] / (1 - 0.9**k)) / (np.sqrt(v[i] / (1 - 0.999**k)) + 1e-8)


def samples() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(1).uniform(-1, 1, (1000, 2))
    return X, X[:, 0] * X[:, 1]


def test_the_gradient_here_is_that_of_complex_steps() -> None:
    w, (X, y) = first(random.Random(1), 2, 16, 16, 1), samples()
    found = gradient(w, X[:9], y[:9], tanh=True)[1]
    for k in range(len(w)):
        for place in list(np.ndindex(w[k].shape))[::7]:
            moved = [array.astype(complex) for array in w]
            moved[k][place] += 1e-30j
            loss = ((outputs(moved, X[:9], tanh=True)[-1][:, 0] - y[:9]) ** 2).mean()
            assert found[k][place] == pytest.approx(loss.imag / 1e-30, rel=1e-9, abs=1e-15)


# ---------------------------------------------------------------- counting


def test_nodes_of_one_sample() -> None:
    products = 2 * 16 + 16 * 16 + 16  # as many as weights, and as many sums, the biases included
    parameters, results = products + 33, 2 * products + 32 + 2
    arrows = 2 * (2 * products) + 32 + 2 + 2
    assert (parameters, results) == (337, 16 * (2 + 2 + 1) + 16 * (16 + 16 + 1) + 16 + 16 + 2)
    says(f"{parameters + 3 + results} ", f": {parameters + 3} ", f" {results} ", f"; {arrows} ")
    says(f"{results} instruc")


def test_a_block_and_ten_thousand_samples() -> None:
    rows = 3 + 2 * 32 + 2
    says(f"{rows} ", f" = {rows * 32 * 8 * 2} bytes")
    for count in (32, 10_000):
        says(f"{count:>6} ", f" {rows * count * 16 / 1024:,.1f} KiB")


def test_code_is_smaller_than_what_it_replaces() -> None:
    (line,) = [line for line in promised(lesson("h")) if "bytes of code" in line]
    shown = int(re.findall(r"(\d+) bytes", line)[0])
    net = nn.MLP(2, [16, 16, 1])
    x, y = [Value(0.0, "x1"), Value(0.0, "x2")], Value(0.0, "y")
    difference = net(x) - y
    stats = mg.compile(difference * difference, [*x, y], net.parameters()).stats()
    assert (stats.code_bytes, stats.operations, stats.lane_instructions) == (shown, 642, 4)
    assert 337 * 8 < shown < 337 * 8 + 1000  # the parameters as doubles, and little more


# ---------------------------------------------------------------- the small tape


def test_the_tape_of_a_unit() -> None:
    """(relu(wx + b) − y)² and its slopes, by hand."""

    def by_hand(x: float, y: float, w: float = 2.0, b: float = -1.0) -> tuple[float, float, float]:
        z = w * x + b
        d = max(z, 0.0) - y
        return d * d, 2 * d * (z > 0) * x + 0.0, 2 * d * (z > 0)

    loss, slope, bias = by_hand(3.0, 4.0)
    says("%2 = mul(w, x)   6", "%4 = add(%2, b)   5", "%7 = sub(%5, y)   1", f"%8 = mul(%7, %7)   {loss:g}")
    says(f"∂L/∂w = {slope:g}, ∂L/∂b = {bias:g}; ", f": {slope:g}, {bias:g}")
    for sample in ((1.0, 4.0), (0.25, 1.0), (-2.0, 0.0)):
        loss, slope, _ = by_hand(*sample)
        says(f"x, y = {sample}: L = {loss:g}, ∂L/∂w = {slope:g}")


def read(lines: list[str], inputs: list[float], given: list[float], constants: int = 0) -> dict[int, float]:
    """Run a listing as its text says what it does: a second interpreter, of the printed form."""
    memory = dict(enumerate([*inputs, *given]))
    for line in lines:
        found = re.fullmatch(r"%(\d+)(?: '\w+')? = sum\((.*)\)(; relu)?", line.strip())
        if found is None:
            continue
        whole = 0.0
        for term in found[2].split(", "):
            sign, product = (-1.0, term[1:]) if term.startswith("-") else (1.0, term)
            for factor in product.split("*"):
                sign *= memory[int(factor[1:])] if factor.startswith("%") else float(factor)
            whole += sign
        memory[int(found[1])] = max(whole, 0.0) if found[3] else whole
    return memory


def test_the_listings_say_what_is_computed() -> None:
    for lang in LANGS:
        lines = promised(lesson("h", lang))
        start = lines.index("inputs:     %0 'x', %1 'y'")
        memory = read(lines[start : start + 7], [3.0, 4.0], [2.0, -1.0])
        assert memory[6] == 1.0
        start = lines.index("constants:  1.0")
        assert read(lines[start : start + 6], [5.0], [3.0])[4] == (3.0 * 3.0 + 1) * 5.0


def test_the_listing_of_the_network_by_its_indices() -> None:
    lines = [line.strip() for line in promised(lesson("h"))]
    w, (X, y) = first(random.Random(1), 2, 16, 16, 1), samples()
    flat = []  # unit by unit: its weights, then its bias
    for k in range(0, len(w), 2):
        for row, bias in zip(w[k], w[k + 1], strict=True):
            flat += [*row, bias]
    M = dict(enumerate([*X[0], y[0], *flat]))
    assert "%340..%355 = sum(%[5+3r], %[3+3r]*%0, %[4+3r]*%1); relu  x16" in lines
    for r in range(16):
        M[340 + r] = max(0.0, M[5 + 3 * r] + M[3 + 3 * r] * M[0] + M[4 + 3 * r] * M[1])
    assert "%356..%371 = sum(%[67+17r], %[51+k+17r]*%[340+k] for k<16); relu  x16" in lines
    for r in range(16):
        M[356 + r] = max(0.0, M[67 + 17 * r] + sum(M[51 + k + 17 * r] * M[340 + k] for k in range(16)))
    assert "%372 = sum(%339, %[323+k]*%[356+k] for k<16, -%2)" in lines
    M[372] = M[339] + sum(M[323 + k] * M[356 + k] for k in range(16)) - M[2]
    assert M[372] == pytest.approx(outputs(w, X[:1])[-1][0, 0] - y[0], rel=1e-12)


# ---------------------------------------------------------------- training


def test_five_hundred_steps_on_the_array() -> None:
    w, (X, y) = first(random.Random(1), 2, 16, 16, 1), samples()
    losses = [*descended(w, X, y, 500), gradient(w, X, y)[0]]
    says(f" {losses[0]:.6f}", "500 ", f" {losses[-1]:.6f}")
    says(f" {outputs(w, np.array([[0.5, -0.5]]))[-1][0, 0]:.4f} ")


def test_shards_and_full_batches() -> None:
    w, (X, y) = first(random.Random(1), 2, 16, 16, 1), samples()
    losses = list(descended(w, X, y, 20))
    says(f" {losses[-1]:.4f}; ")


def test_the_slope_that_an_if_decides() -> None:
    """Least squares: of all samples lie on y = k·leaky(x) with k = 2, so descent ends there."""
    x, y, k = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([-0.4, -0.2, 2.0, 4.0]), 0.5
    factors = np.where(x > 0, x, 0.1 * x)
    for _ in range(50):
        k -= 0.1 * (2 * (k * factors - y) * factors).mean()
    says(f"k = {k:.4f}")
    assert k == pytest.approx((factors @ y) / (factors @ factors), abs=1e-6)
    says("z = −2: -2; ", " -0.2")


def test_the_history_of_eight_epochs() -> None:
    w, (X, y) = first(random.Random(1), 2, 16, 16, 1), samples()
    rng = np.random.default_rng(1)

    def batches() -> Iterator:
        for _ in range(8):
            order = rng.permutation(120)
            for start in range(0, 120, 12):
                rows = order[start : start + 12]
                yield X[rows], y[rows]

    losses = np.array(list(adam(w, batches(), 0.01, False))).reshape(8, 10).mean(1)
    says(f" {losses[0]:.4f} → {losses[-1]:.4f}; ")


def test_the_study() -> None:
    X = np.array([[k / 10] for k in range(-20, 21)])
    found = {}
    for width in (4, 16):
        for rate in (0.1, 0.001):
            w = first(random.Random(0), 1, width, 1)
            found[width, rate] = list(adam(w, iter([(X, X[:, 0] ** 2)] * 200), rate, True))[-1]
    ranked = sorted(found, key=found.__getitem__)
    for lang in LANGS:
        lines = [line for line in promised(lesson("h", lang)) if line.startswith("{'width'")]
        assert len(lines) == 4
        for line, (width, rate) in zip(lines, ranked, strict=True):
            assert line.startswith(f"{{'width': {width}, 'lr': {rate}}} ")
            assert line.endswith(f" {found[width, rate]:.4f}")


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="optional: jax is not installed")
@pytest.mark.parametrize("lang", LANGS)
def test_the_lines_for_jax_give_the_same_gradient(lang: str) -> None:
    text = lesson("h", lang).read_text(encoding="utf-8")
    (block,) = re.findall(r"^#     import jax\n(?:#(?:     .*)?\n)*", text, re.M)
    code = "\n".join(line[6:] for line in block.splitlines())
    w, x = parameter(2.0, "w"), Value(1.0, "x")
    program, batch = mg.compile((w * x - 1) ** 2, [x]), np.array([[1.0], [2.0], [-3.0]])
    names = {"program": program, "batch": batch}
    exec(code, names)
    np.testing.assert_allclose(names["gradient"], program.value_and_grad(batch)[1], rtol=1e-12)
