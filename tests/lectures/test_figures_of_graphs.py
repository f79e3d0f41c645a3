"""What the lectures' graphs and networks show, beside closed forms and the numbers of the lectures."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from helpers import needs_checkout
from helpers.figures import figures, shown, texts

pytestmark = needs_checkout


def σ(x):
    return 1 / (1 + math.exp(-x))


def told(x: float, digits: int = 4) -> str:
    """A number as pictures write it."""
    return f"{x:.{digits}g}".replace("-", "−")


def svg(number: int, figure: int = 0) -> str:
    return figures(number)[figure].svg()


# ---------------------------------------------------------------- lecture A


def test_01_the_perceptron_has_the_lectures_weights() -> None:
    assert {"−1.15", "−0.21", "b = 4.1", told(σ(2.84), 3)} <= shown(1)


def test_03_columns_of_units_and_all_their_weights() -> None:
    assert svg(3).count('class="link weight"') == 3 * 4 + 4 * 4 + 4 * 2
    assert {"Linear 3→4", "Linear 4→4", "Linear 4→2", "h₄⁽²⁾", "ŷ₂"} <= shown(3)


def test_04_and_05_the_xor_network_at_0_1() -> None:
    h1, h2 = σ(0.28), σ(0.73)
    yhat = σ(0.6 * h1 + 0.22 * h2)
    assert f"{yhat:.2f}" == "0.62"
    assert {f"{h:.3f}" for h in (h1, h2, yhat)} | {"0.96", "0.28", "0.89", "0.73", "0.6", "0.22"} <= shown(4)
    loss = -math.log(yhat)
    assert f"{loss:.2f}" == "0.48"
    assert f"L = −log h₁⁽²⁾ = {told(loss)}" in shown(5)
    assert f"∂L/∂w₁₁⁽²⁾ = {told((yhat - 1) * h1)}" in shown(5)


def test_11_the_chain_rule_has_the_cube_that_the_slide_drops() -> None:
    assert f"∂y/∂x = {4 * (6 + 2) ** 3 * 12}" in shown(11)
    assert {"2x = 2", "4u³ = 2048"} <= shown(11)
    report = figures(11)[1]
    assert "verified" in report
    assert "∂y/∂x = 384*x*(3*x**2 + 1)**3 = 24576" in report  # 4 (6x² + 2)³ 12x


def test_12_the_product_of_local_derivatives_is_the_gradient() -> None:
    h = σ(1.0)
    e = 2 * (-0.7 * h - 1)
    gradient = e * -0.7 * h * (1 - h) * 2
    assert f"∂L/∂w₁ = 2 · {told(h * (1 - h))} · (−0.7) · 1 · ({told(e)}) = {told(gradient)}" in shown(12)


def test_13_to_15_the_line_has_the_lectures_numbers() -> None:
    assert {"∂L/∂w = −12", "∂L/∂b = −4", "2e = −4", "x = 3", "w = 2", "L = e²"} <= shown(13)
    colors = {role: svg(13).count(f'fill="{fill}"') for role, fill in (("input", "#ffeb99"), ("parameter", "#e3d3f7"))}
    assert colors == {"input": 2, "parameter": 2}  # yellow x and y, violet w and b
    captions = [step.caption for step in figures(14)[0]]
    assert captions[1:5] == [
        "z = w · x = 2 · 3 = 6",
        "ŷ = z + b = 6 + 1 = 7",
        "e = ŷ − y = 7 − 9 = −2",
        "L = e² = (−2)² = 4",
    ]
    assert "∂L/∂w = ∂L/∂z · ∂z/∂w = −4 · 3 = −12" in captions
    source = figures(15)[0].source
    assert all(part in source for part in ("data 6", "data 7", "data -2", "data 4", "**2"))


def test_16_a_block_of_ones_own_has_its_stated_derivative() -> None:
    assert {"cube(w)", "3.375", told(3 * 1.5**2), "grad 13.5"} <= shown(16)


def test_17_to_19_a_weight_used_twice_has_the_term_that_the_slide_lacks() -> None:
    x, w1, w2 = 1.5, 0.8, -0.5
    direct, through_z1, through_z2 = w1 * x + w2 * (w1 * x + x), w1 * x, w1 * w2 * x
    assert direct + through_z1 + through_z2 == pytest.approx(0.45)
    assert {"∂ŷ/∂w₁ = 0.45", "ŷ = w₁ · (z₁ + z₂)", "−0.12"} <= shown(17)
    assert f"w₁ → ŷ:  {told(direct)}" in shown(18)
    assert f"∂ŷ/∂w₁ = −0.15 + {through_z1:.1f} − {-through_z2:.1f} = 0.45" in shown(18)
    assert f"L = (ŷ − y)² = {told((σ(-0.12) - 1) ** 2)}" in shown(19)


def test_20_the_gradient_vanishes_to_the_left() -> None:
    h1 = σ(0.5)
    h2 = σ(0.6 * h1)
    h3 = σ(0.7 * h2)
    d3 = h3 * (1 - h3)
    d2 = d3 * 0.7 * h2 * (1 - h2)
    d1 = d2 * 0.6 * h1 * (1 - h1)
    assert d1 < 0.3 * d2 < 0.1 * d3 < 0.025
    assert {f"∂ŷ/∂w₃ = {d3 * h2:.4f}", f"∂ŷ/∂w₂ = {d2 * h1:.5f}", f"∂ŷ/∂w₁ = {d1:.6f}"} <= shown(20)


def test_27_the_graph_of_softmax_has_its_derivatives() -> None:
    e = np.exp(np.array([5, 6, 11, 7.0]) - 11)
    p = e / e.sum()
    said = shown(27, 1)
    assert {told(p[2]), f"p₃(1 − p₃) = {told(p[2] * (1 - p[2]))}", f"−p₃p₁ = {told(-p[2] * p[0])}"} <= said


# ---------------------------------------------------------------- lecture B


def test_25_what_a_block_is_given_runs_over_it() -> None:
    assert {"skip connection", "Linear 3→3, + skip"} <= shown(25)
    assert svg(25).count('class="link skip"') == 2 * 3


def test_29_the_objective_is_the_loss_and_the_penalty() -> None:
    total = next(float(text.split(" = ")[1]) for text in shown(29) if text.startswith("L + R"))
    parts = [float(text.rsplit(" = ", 1)[1]) for text in shown(29) if text.startswith(("L = ½", "R = λ/2"))]
    assert len(parts) == 2
    assert total == pytest.approx(sum(parts), abs=1e-3)


def two_two_two() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∂L/∂W of both layers by matrices, and what comes back to h1 from each output."""
    W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    h = 1 / (1 + np.exp(-(W1 @ x + 0.35)))
    o = 1 / (1 + np.exp(-(W2 @ h + 0.6)))
    d2 = (o - t) * o * (1 - o)
    d1 = (W2.T @ d2) * h * (1 - h)
    return np.outer(d1, x), np.outer(d2, h), d2 * W2[:, 0]


def test_30_the_gradients_of_two_two_two_are_the_lectures() -> None:
    dW1, dW2, _ = two_two_two()
    assert dW1[0, 0] == pytest.approx(0.000438568, abs=1e-9)  # as worked out by hand in the lecture's example
    assert {told(w, 3) for w in (*dW1.ravel(), *dW2.ravel())} <= shown(30)


def test_31_the_gradient_comes_back_from_both_outputs() -> None:
    dW1, _, back = two_two_two()
    h1 = σ(0.15 * 0.05 + 0.2 * 0.1 + 0.35)
    ways = back * h1 * (1 - h1) * 0.05
    assert ways.sum() == pytest.approx(dW1[0, 0])
    sums = [text for text in shown(31) if text.startswith("∂L/∂w₁₁⁽¹⁾ = ") and text.count(" = ") == 2]
    first, second, total = (float(number) for number in re.findall(r"0\.\d+", sums[0]))
    assert [first, second, total] == pytest.approx([ways[0], -ways[1], dW1[0, 0]], abs=6e-7)
    assert any(told(back.sum()) in step.caption for step in figures(31)[1])


def test_36_some_units_are_dropped() -> None:
    assert "dropped out" in shown(36)
    (size,) = (text for text in shown(36) if text.startswith("h⁽¹⁾: 8 units"))
    assert size.endswith("3 dropped")
    assert svg(36).count('class="node hidden dropped"') == 3


# ---------------------------------------------------------------- lectures C and D


def test_40_zeros_stay_equal_through_a_training() -> None:
    said = texts(figures(40)[0])
    numbers = [text for text in said if text.lstrip("−").replace(".", "").isdigit() and text not in "01"]
    incoming = [numbers[0:6:2], numbers[1:6:2], numbers[6:9]]
    assert all(len(set(weights)) == 1 for weights in incoming), incoming
    assert not {"0", "−0"} & set(numbers)


def test_41_a_batch_is_normalised() -> None:
    x = np.array([1.0, 2.0, 4.0, 7.0])
    normal = (x - x.mean()) / math.sqrt(x.var() + 1e-5)
    assert {told(v, 3) for v in normal} <= shown(41)
    assert {"μ = 1/4 Σ x₁⁽ⁱ⁾ = 3.5", "5.25", "γ = 1", "β = 0"} <= shown(41)


def test_47_the_graph_of_the_divergence_has_its_number() -> None:
    q = σ(1.0)  # of the second class, z2 − z1 = 1
    divergence = 0.3 * math.log(0.3 / (1 - q)) + 0.7 * math.log(0.7 / q)
    assert {told(divergence), f"∂L/∂z₂ = {told(q - 0.7)}", "L = Σ p log(p/q)"} <= shown(47, 1)


def test_49_the_logistic_perceptrons_gradient_is_the_error_times_the_input() -> None:
    captions = "\n".join(step.caption for step in figures(49)[0])
    assert f"= {told((σ(0.5) - 1) * 3)}\n" in captions
    assert "∂R/∂w = " in captions


def test_50_backprop_by_layers_is_that_of_matrices() -> None:
    table = figures(50)[0].splitlines()
    (one, two), (out,) = ([line.split() for line in table[k:n]] for k, n in ((3, 5), (9, 10)))
    h, d = [float(one[2]), float(two[2])], float(out[4])
    assert d == pytest.approx(float(out[2]) - 1, abs=2e-6)  # ŷ − y
    assert [float(v) for v in out[5:]] == pytest.approx([d * h[0], d * h[1]], abs=2e-6)
    for unit in (one, two):
        assert [float(v) for v in unit[5:]] == pytest.approx([float(unit[4]) * x for x in (1, 2)], rel=1e-5)
