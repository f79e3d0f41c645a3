"""The numbers of lecture A as its lesson prints them in both languages, against closed forms, mpmath and sympy."""

from __future__ import annotations

import math
import random
import re

import mpmath
import numpy as np
import pytest
import sympy

from helpers.lessons import TUTORIALS, lesson, promised
from helpers.slides import deck, texts

if not (TUTORIALS / "es").is_dir():
    pytest.skip("optional: only the package is here", allow_module_level=True)

BOTH = pytest.mark.parametrize("lang", ["en", "es"])
LOSS = {"en": "loss", "es": "pérdida"}


def lines(lang: str) -> list[str]:
    return promised(lesson("a", lang))


def numbers(line: str) -> list[float]:
    return [
        float(number) for number in re.findall(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]\d+)?", line.replace("−", "-"))
    ]


def after(lang: str, start: str) -> str:
    """The first promised line that begins so."""
    return next(line for line in lines(lang) if line.startswith(start))


def sigma(z: float) -> float:
    return float(1 / (1 + mpmath.exp(-z)))


@BOTH
def test_the_perceptron(lang: str) -> None:
    for x1, x2 in ((0, 6), (6, 8)):
        z = 4.1 - 1.15 * x1 - 0.21 * x2
        assert f"({x1}, {x2}): z = {z:.2f}, ŷ = {sigma(z):.2f}" in lines(lang)
    assert f"{sigma(2.84):.2f} {sigma(-4.48):.2f}" == "0.94 0.01"  # the lecture's


@BOTH
def test_the_layers_of_a_dense_network(lang: str) -> None:
    random.seed(1)
    h = np.array([1.0, -2.0, 0.5])
    for before, after in ((3, 4), (4, 4), (4, 2)):
        h = np.tanh(np.array([[random.gauss(0, 1) for _ in range(before)] for _ in range(after)]) @ h)
        told = [numbers(line)[1:] for line in lines(lang) if line.startswith(f"{after} uni")]
        assert list(h.round(3)) in told
    assert any(line.endswith(f"s: {4 * 4 + 5 * 4 + 5 * 2}") for line in lines(lang))


@BOTH
def test_the_xor_network_before_it_is_trained(lang: str) -> None:
    told = []
    for (x1, x2), y in (((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)):
        h = [sigma(x1 * a + x2 * b) for a, b in ((0.96, 0.28), (0.89, 0.73))]
        yhat = sigma(0.60 * h[0] + 0.22 * h[1])
        loss = -math.log(yhat if y else 1 - yhat)
        told.append((round(yhat, 2), round(loss, 2)))
        assert f"({x1}, {x2}): y = {y}, ŷ = {yhat:.2f}, {LOSS[lang]} = {loss:.2f}" in lines(lang)
    assert told == [(0.60, 0.92), (0.62, 0.48), (0.64, 0.44), (0.66, 1.07)]  # the lecture's


@BOTH
def test_trained_it_knows_xor(lang: str) -> None:
    rows = [line for line in lines(lang) if re.match(r"\([01], [01]\): y = [01], ŷ = [\d.]+$", line)]
    assert len(rows) == 4
    for row in rows:
        x1, x2, y, yhat = numbers(row)
        assert y == (x1 != x2)
        assert abs(yhat - y) < 0.05


@BOTH
def test_gradient_descent_on_a_parabola_and_a_quartic(lang: str) -> None:
    for k in range(6):
        assert f"{k}: x = {0.6**k:.5f}, f = {0.36**k:.5f}" in lines(lang)
    x = sympy.symbols("x")
    f = x**4 - 2 * x**2 + x - 1
    low, top, high = sorted(float(sympy.re(root)) for root in sympy.Poly(sympy.diff(f)).nroots(n=30))
    assert (round(low, 3), round(top, 3), round(high, 3)) == (-1.107, 0.27, 0.838)
    word = {"en": "from", "es": "desde"}[lang]
    for start, end in ((0.3, high), (0.0, low)):
        assert start > top or end == low
        value = float(f.subs(x, end))
        assert f"{word} {start}: x = {end:.3f}, f = {value:.2f}, |f′| = 0.000000" in lines(lang)
    for rate in (0.02, 0.3, 1.05):
        factor, last = numbers(after(lang, f"η = {rate}:"))[1:3]
        assert factor == pytest.approx(1 - 2 * rate)
        assert last == pytest.approx((1 - 2 * rate) ** 8, abs=5e-5)


@BOTH
def test_the_path_on_the_surface_of_two_weights(lang: str) -> None:
    w1, w2 = -3.0, 2.0
    for k in range(4):
        value, g1, g2 = w1**2 + 3 * w2**2 + w1 * w2, 2 * w1 + w2, 6 * w2 + w1
        assert f"{k}: w = ({w1:.3f}, {w2:.3f}), f = {value:.3f}, ∇f = ({g1:.3f}, {g2:.3f})" in lines(lang)
        w1, w2 = w1 - 0.1 * g1, w2 - 0.1 * g2


@BOTH
def test_the_cube_that_a_slide_drops(lang: str) -> None:
    x = sympy.symbols("x")
    right = sympy.diff((6 * x**2 + 2) ** 4, x)
    assert sympy.simplify(right - 4 * (6 * x**2 + 2) ** 3 * 12 * x) == 0
    text = "\n".join(lines(lang))
    wrong = int((4 * (6 * x**2 + 2) * 12 * x).subs(x, 1))
    assert re.search(rf"x = 1 .* {wrong},.* {int(right.subs(x, 1))}$", text, re.M)
    assert {"en": "an exponent is wrong", "es": "hay un exponente equivocado"}[lang] in text


@BOTH
def test_the_chain_from_a_weight_to_the_loss(lang: str) -> None:
    w1, w2, x, y = map(mpmath.mpf, ("0.5", "-0.7", "2", "1"))
    slope = mpmath.diff(lambda w: (w2 / (1 + mpmath.exp(-w * x)) - y) ** 2, w1)
    (line,) = (line for line in lines(lang) if line.lstrip().startswith("= (-3.023)"))
    assert numbers(line)[-1] == pytest.approx(float(slope), abs=5e-5)


@BOTH
def test_the_line_and_its_squared_error(lang: str) -> None:
    w, b, x, y = 2, 1, 3, 9
    e = w * x + b - y
    told = lines(lang)
    assert f"∂L/∂w = ∂L/∂ŷ · 1 · x = {2 * e}·1·{x} = {2 * e * x}" in told
    assert [f"   b =  {b:.1f}    ∂L/∂b = {2 * e:.1f}", f"   w =  {w:.1f}    ∂L/∂w = {2 * e * x:.1f}"] == [
        line for line in told if re.match(r"   [bw] = ", line)
    ]
    partials = {"∂L/∂e": 2 * e, "∂e/∂yhat": 1, "∂e/∂y": -1, "∂yhat/∂z": 1, "∂yhat/∂b": 1, "∂z/∂w": x, "∂z/∂x": w}
    for name, value in partials.items():
        assert f"{name} = {value:.1f}" in told
    nudged = ((w + 0.001) * x + b - y) ** 2
    assert numbers(after(lang, "L: 4"))[1:] == pytest.approx([nudged, (nudged - 4) / 0.001], abs=1e-3)
    for step in range(4):  # a step multiplies e by 1 − 20η
        residual = e * (1 - 20 * 0.04) ** step
        assert any(line.startswith(f"{step}: w = ") and line.endswith(f"L = {residual**2:.4f}") for line in told)


@BOTH
def test_a_block_of_ones_own(lang: str) -> None:
    x = sympy.symbols("x")
    truths = [sympy.simplify(sympy.diff(x**3) - stated) == 0 for stated in (3 * x**2, 3 * x)]
    assert " ".join(map(str, truths)) in lines(lang)


@BOTH
def test_the_paths_of_a_weight_that_is_used_twice(lang: str) -> None:
    x, w1, w2 = sympy.symbols("x w1 w2")
    z1 = w1 * x
    z2 = w2 * (z1 + x)
    at = {x: sympy.Rational("1.5"), w1: sympy.Rational("0.8"), w2: sympy.Rational("-0.5")}
    whole = sympy.diff(w1 * (z1 + z2), w1)
    paths = {"w1 → yhat": z1 + z2, "w1 → z1 → t → yhat": w1 * x, "w1 → z1 → s → z2 → t → yhat": w1 * w2 * x}
    assert sympy.expand(whole - sum(paths.values())) == 0
    for way, product in paths.items():
        assert numbers(after(lang, f"{way}:"))[-1] == float(product.subs(at))
    text = "\n".join(lines(lang))
    assert f"{float(whole.subs(at)):.2f}, backward: 0.45" in text
    slip = float((w1 * x + w1 * w2 * x).subs(at))
    assert re.search(rf"w2 = -0.5 .* {slip:g},.* 0.45$", text, re.M)
    assert {"en": "missing: w1 → yhat: z1 + z2", "es": "falta: w1 → yhat: z1 + z2"}[lang] in text
    assert "correct is dz1/dw1 = x" in text or "lo correcto es dz1/dw1 = x" in text


@BOTH
def test_the_same_with_a_sigmoid_and_its_loss(lang: str) -> None:
    def loss(w1: mpmath.mpf) -> mpmath.mpf:
        z1, w2, x = w1 * mpmath.mpf("1.5"), mpmath.mpf("-0.5"), mpmath.mpf("1.5")
        return (1 / (1 + mpmath.exp(-w1 * (z1 + w2 * (z1 + x)))) - 1) ** 2

    w1 = mpmath.mpf("0.8")
    yhat, value, slope = numbers(after(lang, "ŷ = 0.4700"))[:2] + numbers(after(lang, "ŷ = 0.4700"))[-1:]
    assert value == pytest.approx(float(loss(w1)), abs=5e-5)
    assert yhat == pytest.approx(1 - math.sqrt(float(loss(w1))), abs=5e-5)
    assert slope == pytest.approx(float(mpmath.diff(loss, w1)), abs=5e-5)


@BOTH
def test_blocks_that_skip_have_a_million_paths_and_keep_the_gradient(lang: str) -> None:
    assert numbers(after(lang, str(2**20)))[0] == 2**20
    for depth in (1, 5, 20, 100):
        h, plain, skipped = 0.5, 1.0, 1.0
        for _ in range(depth):
            s = sigma(0.9 * h)
            h, plain = s, plain * 0.9 * s * (1 - s)
        h = 0.5
        for _ in range(depth):
            s = sigma(0.9 * h)
            h, skipped = h + s, skipped * (1 + 0.9 * s * (1 - s))
        (line,) = (line for line in lines(lang) if re.match(rf"\w+: +{depth}, ∂h/∂x", line))
        assert f"= {plain:.1e} " in line
        assert f", {skipped:.2f} " in line


@BOTH
def test_three_sigmoids_shrink_the_gradient(lang: str) -> None:
    w = [mpmath.mpf(number) for number in ("0.5", "0.6", "0.7")]

    def yhat(*w: mpmath.mpf) -> mpmath.mpf:
        h = mpmath.mpf(1)
        for weight in w:
            h = 1 / (1 + mpmath.exp(-weight * h))
        return h

    slopes = [float(mpmath.diff(yhat, tuple(w), tuple(int(j == k) for j in range(3)))) for k in range(3)]
    for k, slope in enumerate(slopes, 1):
        assert f"∂ŷ/∂w{k} = {slope:.5f}" in lines(lang)
    assert slopes[0] < slopes[1] / 4 < slopes[2] / 16


@BOTH
def test_products_of_matrices_explode_and_dead_units_learn_nothing(lang: str) -> None:
    rows = [line for line in lines(lang) if re.match(r"(layers|capas): +\d+, (length|longitud)", line)]
    sizes = [numbers(row)[-1] for row in rows]
    assert len(sizes) == 4
    assert sizes[3] > 50 * sizes[1] > 50 * sizes[0]
    assert "relu: ∂L/∂w = 0.000, ∂L/∂b = 0.000" in lines(lang)
    slopes = [2 * 0.01 * (0.01 * (-x - 0.5) - 1) for x in (0.5, 1.0, 2.0)]
    by_w = sum(slope * x for slope, x in zip(slopes, (0.5, 1.0, 2.0)))
    assert f"leaky_relu: ∂L/∂w = {by_w:.3f}, ∂L/∂b = {sum(slopes):.3f}" in lines(lang)


@BOTH
def test_softmax_of_the_lectures_logits(lang: str) -> None:
    powers = [mpmath.exp(z) for z in (5, 6, 11, 7)]
    p = [float(power / sum(powers)) for power in powers]
    assert sum(str([round(pk, 4) for pk in p]) in line for line in lines(lang)) == 2
    assert [f"{pk:.2f}" for pk in p] == ["0.00", "0.01", "0.97", "0.02"]  # the lecture cuts the last to .01
    assert int(100 * p[3]) == 1
    for k, pk in enumerate(p, 1):
        slope = p[2] * ((k == 3) - pk)
        assert f"∂p3/∂z{k} = {slope:+.4f}" in lines(lang)


@BOTH
def test_smaller_batches_have_more_updates(lang: str) -> None:
    generator = random.Random(1)
    samples = [(x, 1 + 2 * x + generator.gauss(0, 0.5)) for x in (generator.uniform(-1, 1) for _ in range(40))]
    n, sx, sy = 40, sum(x for x, _ in samples), sum(y for _, y in samples)
    w = (n * sum(x * y for x, y in samples) - sx * sy) / (n * sum(x * x for x, _ in samples) - sx * sx)
    b = (sy - w * sx) / n
    best = sum((b + w * x - y) ** 2 for x, y in samples) / n
    rows = [numbers(line) for line in lines(lang) if re.match(r"(batches of|lotes de) ", line)]
    assert [row[:2] for row in rows] == [[40, 6], [10, 24], [1, 240]]
    assert all(row[2] > best for row in rows)
    assert rows[0][2] > 2 * rows[1][2]


@BOTH
def test_the_solutions(lang: str) -> None:
    told = lines(lang)
    a1, a2 = -0.05 * -4, -0.35 * 7
    z = 1.7 + a1 + a2
    answers = [("q1", "a₁", a1), ("q1", "a₂", a2), ("q1", "z", z), ("q1", "ŷ", 1 / (1 + math.exp(-z)))]
    e = 1.5 * 3 - 1 - 1
    answers += [("q2", "∂L/∂b", 2 * e), ("q2", "∂L/∂w", 2 * e * 3)]
    w, b = ("new w", "new b") if lang == "en" else ("w nuevo", "b nuevo")
    answers += [("q3", w, -1.5 - 0.01 * 2 * 4.5 * 5), ("q3", b, 3 - 0.01 * 2 * 4.5)]
    answers += [("q4", "∂ŷ/∂w", 2 * 3 * 6 - 3), ("q5", "∂f/∂x", 4 * (-4) ** 3 - 2 * 7 * -4 + 10)]
    s = [1 / (1 + math.exp(-z)) for z in (1.203, 1.154)]
    answers += [("q6", "∂ŷ/∂h₁", math.prod(h * (1 - h) * 1.5 for h in s))]
    for exercise, name, answer in answers:
        (shown,) = [row for row in told if row.startswith(f"{exercise} {name} = ")]
        assert numbers(shown.partition(" = ")[2].replace("−", "-"))[0] == pytest.approx(answer, abs=6e-4), shown
    path, fate = (row for row in told if re.match(r"q\d \* ", row))
    assert path == "q4 * b) w → ŷ"
    assert fate.startswith("q6 * a) ")
    x, w1 = 1.5, 0.8
    assert told[-1] == f"4 {4 * w1 * x + 3 * w1**2 * x:.2f} True"


@BOTH
def test_the_numbers_on_its_slides(lang: str) -> None:
    text = "\n".join("\n".join(texts(slide, lang)) for slide in deck("A").slides)
    wrong, right = 4 * (6 + 2) * 12, 4 * (6 + 2) ** 3 * 12
    z1, w1, w2, x = 0.8 * 1.5, 0.8, -0.5, 1.5
    z2 = w2 * (z1 + x)
    powers = [math.exp(z) for z in (5, 6, 11, 7)]
    for number in (
        f"{wrong}", f"{right:,}".replace(",", " "),
        f"= {w1 * x:.1f} - {-w1 * w2 * x:.1f} = {w1 * x + w1 * w2 * x:.1f}",
        f"= {z1 + z2 + w1 * x + w1 * w2 * x:.2f}", f"{z1 + z2:.2f}".replace("-", "−"),
        f"({', '.join(f'{power / sum(powers):.2f}' for power in powers)})",
        f"= {4.1 - 0.21 * 6:.2f}", f"= {4.1 - 1.15 * 6 - 0.21 * 8:.2f}".replace("-", "−"),
    ):  # fmt: skip
        assert number in text, number
    for h in ((0, 0), (0, 1), (1, 0), (1, 1)):
        hidden = [sigma(h[0] * a + h[1] * b) for a, b in ((0.96, 0.28), (0.89, 0.73))]
        yhat = sigma(0.60 * hidden[0] + 0.22 * hidden[1])
        y = int(h[0] != h[1])
        assert f" {h[0]}  {h[1]}  {y}   {yhat:.2f}   {-math.log(yhat if y else 1 - yhat):.2f}" in text
