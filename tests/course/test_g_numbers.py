"""Lecture G: what its lesson promises, by NumPy: the GPT as matrices, its gradient by hand, Adam, counting."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import mpmath
import numpy as np
import pytest

from helpers import ROOT, needs_checkout
from helpers.lessons import lesson, promised
from microgrid import parse

pytestmark = needs_checkout
LANGS = ("en", "es") if (ROOT / "tutorials" / "es" / "g_a_tiny_gpt.py").exists() else ("en",)
HEADS, WIDTH, EPSILON = 4, 16, 1e-5
SHAPES = {"embedding": (16, 25), "positions": (14, 16), "query": (16, 16), "key": (16, 16), "value": (16, 16),
          "mix": (16, 16), "expand": (64, 16), "shrink": (16, 64), "head": (25, 16)}  # fmt: skip


def says(*lines: str) -> None:
    for lang in LANGS:
        there = promised(lesson("g", lang))
        for line in lines:
            assert any(line in shown for shown in there), (lang, line)


@cache
def names() -> list[str]:
    source = lesson("g").read_text(encoding="utf-8")
    return re.findall('ELEMENTS = """(.*?)"""', source, re.S)[0].split()


@cache
def letters() -> str:
    return "." + "".join(sorted({letter for name in names() for letter in name}))


# ---------------------------------------------------------------- the model as matrices, forward and backward

Weights = dict[str, np.ndarray]


def first_weights(seed: int = 0) -> Weights:
    rng = random.Random(seed)
    return {
        name: np.array([[rng.gauss(0, 0.08) for _ in range(columns)] for _ in range(rows)])
        for name, (rows, columns) in SHAPES.items()
    }


def tokens(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of letters, padded with dots to one length, and which of them are targets."""
    length = max(map(len, texts))
    padded = np.array([[letters().index(letter) for letter in text.ljust(length, ".")] for text in texts])
    real = np.array([[k < len(text) for k in range(1, length)] for text in texts])
    return padded, real


def norm(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = ((x * x).sum(-1, keepdims=True) / WIDTH + EPSILON) ** -0.5
    return x * scale, scale


def back_norm(d: np.ndarray, y: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return scale * (d - y * (d * y).sum(-1, keepdims=True) / WIDTH)


def heads(x: np.ndarray) -> np.ndarray:
    return x.reshape(*x.shape[:2], HEADS, WIDTH // HEADS).swapaxes(1, 2)


def whole(x: np.ndarray) -> np.ndarray:
    return x.swapaxes(1, 2).reshape(x.shape[0], x.shape[2], WIDTH)


def forward(w: Weights, texts: list[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The sum of the losses, and what the way back needs; complex weights pass through."""
    padded, real = tokens(texts)
    n = padded.shape[1] - 1
    x0, s0 = norm(w["embedding"].T[padded[:, :-1]] + w["positions"][:n])
    h, s1 = norm(x0)
    q, k, v = (heads(h @ w[name].T) for name in ("query", "key", "value"))
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(WIDTH // HEADS)
    powers = np.exp(scores) * np.tril(np.ones((n, n)))
    a = powers / powers.sum(-1, keepdims=True)
    o = whole(a @ v)
    x1 = x0 + o @ w["mix"].T
    m, s2 = norm(x1)
    z = m @ w["expand"].T
    r = z * (z.real > 0)
    x2 = x1 + r @ w["shrink"].T
    powers = np.exp(x2 @ w["head"].T)
    p = powers / powers.sum(-1, keepdims=True)
    given = np.take_along_axis(p, padded[:, 1:, None], -1)[..., 0]
    kept = {"x0": x0, "s0": s0, "h": h, "s1": s1, "q": q, "k": k, "v": v, "a": a, "o": o, "m": m, "s2": s2,
            "z": z, "r": r, "x2": x2, "p": p}  # fmt: skip
    return -(np.log(given) * real).sum(), kept


def backward(w: Weights, texts: list[str]) -> tuple[float, Weights]:
    """The gradient by hand, matrix by matrix, from the last to the first."""
    padded, real = tokens(texts)
    loss, f = forward(w, texts)
    found = {}
    outer = "bti,btj->ij"
    d = f["p"] - np.eye(len(letters()))[padded[:, 1:]]
    d = d * real[..., None]
    found["head"] = np.einsum(outer, d, f["x2"])
    d = d @ w["head"]
    found["shrink"] = np.einsum(outer, d, f["r"])
    dz = (d @ w["shrink"]) * (f["z"] > 0)
    found["expand"] = np.einsum(outer, dz, f["m"])
    d = d + back_norm(dz @ w["expand"], f["m"], f["s2"])
    found["mix"] = np.einsum(outer, d, f["o"])
    do = heads(d @ w["mix"])
    da = do @ f["v"].swapaxes(-1, -2)
    ds = f["a"] * (da - (da * f["a"]).sum(-1, keepdims=True)) / math.sqrt(WIDTH // HEADS)
    parts = {"query": ds @ f["k"], "key": ds.swapaxes(-1, -2) @ f["q"], "value": f["a"].swapaxes(-1, -2) @ do}
    dh = np.zeros_like(d)
    for name, part in parts.items():
        found[name] = np.einsum(outer, whole(part), f["h"])
        dh = dh + whole(part) @ w[name]
    d = d + back_norm(dh, f["h"], f["s1"])
    d = back_norm(d, f["x0"], f["s0"])
    found["positions"] = np.zeros(SHAPES["positions"])
    found["positions"][: d.shape[1]] = d.sum(0)
    found["embedding"] = np.zeros(SHAPES["embedding"]).T
    np.add.at(found["embedding"], padded[:, :-1], d)
    found["embedding"] = found["embedding"].T
    return float(loss), found


def by_complex_step(w: Weights, texts: list[str], name: str) -> np.ndarray:
    """∂/∂w of any analytic function is Im f(w + ih)/h, without cancellation: no chain rule is in it."""
    slopes = np.zeros(SHAPES[name])
    for place in np.ndindex(*SHAPES[name]):
        moved = w[name].astype(complex)
        moved[place] += 1e-30j
        slopes[place] = forward(w | {name: moved}, texts)[0].imag / 1e-30
    return slopes


@pytest.mark.parametrize("name", SHAPES)
def test_the_gradient_by_hand_is_that_of_complex_steps(name: str) -> None:
    w = first_weights()
    np.testing.assert_allclose(
        backward(w, [".tin."])[1][name], by_complex_step(w, [".tin."], name), rtol=1e-10, atol=1e-15
    )


def test_padding_changes_nothing() -> None:
    w = first_weights()
    texts = [".tin.", ".rutherfordium.", ".iron."]
    together, one_by_one = backward(w, texts), [backward(w, [text]) for text in texts]
    assert together[0] == pytest.approx(sum(loss for loss, _ in one_by_one), rel=1e-13)
    for name in SHAPES:
        alone = sum(found[name] for _, found in one_by_one)
        np.testing.assert_allclose(together[1][name], alone, rtol=1e-11, atol=1e-14)


def test_tin_before_training() -> None:
    loss, found = backward(first_weights(), [".tin."])
    says(f"{loss:.4f} ", f" {loss / 4:.4f} ")
    for name in ("query", "key", "value", "mix", "expand", "shrink", "head"):
        slope = f"{found[name][0, 0]:9.6f}"
        says(f"{name:>6}: ", slope)
        assert any(line.startswith(f"{name:>6}: ") and line.count(slope) == 2 for line in promised(lesson("g")))


def adam(w: Weights, batches: list[tuple[list[str], float]], rate: float = 0.01) -> Iterator[float]:
    """The losses of Adam's steps (Kingma and Ba 2015), with weights changed in place."""
    m, v = ({name: np.zeros(shape) for name, shape in SHAPES.items()} for _ in range(2))
    for k, (texts, count) in enumerate(batches, 1):
        loss, found = backward(w, texts)
        yield loss / count
        for name in SHAPES:
            g = found[name] / count
            m[name] += 0.1 * (g - m[name])
            v[name] += 0.001 * (g * g - v[name])
            w[name] -= rate * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)


def test_twenty_steps_of_one_name() -> None:
    chosen = random.Random(1).sample(names(), 20)
    costs = list(adam(first_weights(), [([f".{name}."], len(name) + 1) for name in chosen]))
    says(f" {np.mean(costs[:5]):.2f} ", f" {np.mean(costs[-5:]):.2f} ")


@pytest.mark.slow
def test_three_hundred_steps_on_all_names() -> None:
    texts = [f".{name}." for name in names()]
    total = sum(len(text) - 1 for text in texts)
    w = first_weights()
    losses = list(adam(w, [(texts, total)] * 300))
    losses.append(float(forward(w, texts)[0].real) / total)
    for step in (0, 100, 200, 300):
        line = next(line for line in promised(lesson("g")) if line.startswith(f"step {step}: "))
        shown = float(re.findall(r"\d\.\d{4}", line)[0])
        assert losses[step] == pytest.approx(shown, abs=6e-5 if step < 200 else 3e-3)
    best = len(texts) * math.log(len(texts)) / total
    assert best < losses[-1] < 1.03 * best
    _, kept = forward(w, [".titanium."])
    third = kept["a"][0, 2]
    assert all(third[row].argmax() == row - 1 for row in (6, 7, 8)), "the third head looks one letter back"


# ---------------------------------------------------------------- the yardsticks, and attention by hand


def test_the_tokens_and_what_can_be_known() -> None:
    assert len(set(names())) == 118
    total = sum(map(len, names())) + 118
    says("118 ", letters(), str([letters().index(x) for x in ".tin."]))
    pairs, firsts = Counter(), Counter()
    for name in names():
        for one, other in zip(f".{name}", f"{name}.", strict=True):
            pairs[one, other] += 1
            firsts[one] += 1
    bigram = sum(n * (math.log(firsts[pair[0]]) - math.log(n)) for pair, n in pairs.items()) / total
    says(f"{total} ", f"{math.log(25):.4f}", f"{bigram:.4f}", f"{118 * math.log(118) / total:.4f}")
    says(str(dict(sorted(Counter(map(len, names())).items()))))


def test_softmax_and_its_loss() -> None:
    whole = mpmath.fsum(mpmath.e**z for z in (2, 1, 0))
    p = [mpmath.e**z / whole for z in (2, 1, 0)]
    says(str([f"{float(x):.4f}" for x in p]), f"{float(-mpmath.log(p[1])):.4f}")
    says(str([f"{float(x - y):.4f}" for x, y in zip(p, (0, 1, 0), strict=True)]))


def test_rms_norm() -> None:
    x = np.array([3.0, -1.0, 2.0, 1.0])
    r = math.sqrt(15 / 4 + 1e-5)
    says(str([f"{a:.4f}" for a in x / r]))
    gradient = np.eye(4)[0] / r - x * x[0] / (4 * r**3)
    says(str([f"{a:.4f}" for a in gradient]))


def test_attention_by_hand() -> None:
    q = np.array([2.0, 1.0])
    k = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]])
    v = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
    s = k @ q / math.sqrt(2)
    a = np.exp(s) / np.exp(s).sum()
    o = a @ v
    for numbers in (s, a, o):
        says(str([f"{x:.4f}" for x in numbers]))

    def loss(q: np.ndarray) -> complex:
        powers = np.exp(k @ q / math.sqrt(2))
        return ((powers @ v[:, 0]) / powers.sum() - 1) ** 2 / 2

    slopes = [loss(q + 1e-30j * np.eye(2)[i]).imag / 1e-30 for i in (0, 1)]
    says(f"o = {o[0]:.4f}   L = {loss(q):.6f}   ∂L/∂q = {[f'{x:.5f}' for x in slopes]}")


def test_adam_by_hand() -> None:
    w, m, v = mpmath.mpf(1), mpmath.mpf(0), mpmath.mpf(0)
    for k, g in enumerate(map(mpmath.mpf, ("0.5", "0.4", "-0.1")), 1):
        m, v = (9 * m + g) / 10, (999 * v + g * g) / 1000
        bias = 1 - mpmath.mpf("0.9") ** k, 1 - mpmath.mpf("0.999") ** k
        w -= mpmath.mpf("0.1") * (m / bias[0]) / (mpmath.sqrt(v / bias[1]) + mpmath.mpf("1e-8"))
        says(f"g = {float(g):4.1f}, w = {float(w):.6f} ", f"{float(w):.6f} ")


def test_how_much_is_multiplied() -> None:
    """For each letter of .tin: every weight once, x² and x/√ of three norms; and a query's, for all letters so far."""
    weights = sum(rows * columns for name, (rows, columns) in SHAPES.items() if name != "positions")
    attended = sum(2 * WIDTH * t for t in (1, 2, 3, 4))
    says(f"; {4 * (weights + 3 * 2 * WIDTH) + attended} mul")


def test_what_a_score_does() -> None:
    """a₁(v₁ − o), by numeric differentiation."""

    def answer(s1: mpmath.mpf) -> mpmath.mpf:
        a, b = mpmath.exp(s1), mpmath.exp(mpmath.mpf("-0.5"))
        return (2 * a + b) / (a + b)

    a1 = mpmath.e / (mpmath.e + mpmath.exp(mpmath.mpf("-0.5")))
    slope = float(mpmath.diff(answer, 1))
    assert slope == pytest.approx(float(a1 * (2 - answer(1))), rel=1e-12)
    nodes = parse(
        "s1 = q*k1; s2 = q*k2; o = (exp(s1)*v1 + exp(s2)*v2)/(exp(s1) + exp(s2))",
        q=1.0, k1=1.0, k2=-0.5, v1=2.0, v2=1.0,
    )  # fmt: skip
    nodes["o"].backward()
    assert nodes["s1"].grad == pytest.approx(slope, rel=1e-12)


def test_pairs_grow_with_the_square() -> None:
    says(str([sum(range(1, n + 1)) for n in (4, 8, 16)]))
