"""How accurate rows are against 60 digits: in their tails, eager, on NumPy and in the kernel; second derivatives."""

from __future__ import annotations

import math
import os
import random

import numpy as np
import pytest
from mpmath import mp, mpf

import microgrid
from helpers.mathematics import BINARY, CONSTANTS, PIECES, apply, reference
from microgrid import Value, grad
from microgrid.base.formula import numpy_vocabulary
from microgrid.ops import TABLE

needs_kernel = pytest.mark.skipif(not microgrid.compiled, reason="optional: the native kernel is not built")
POINTS = 400
"""For each function: half of them evenly, half by chance."""
ULPS = 8.0


def bell(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def mish(x):
    u = mp.exp(x)
    return x * (u * u + 2 * u) / (u * u + 2 * u + 2)


def mish_terms(x):
    u = mp.exp(x)
    d = u * u + 2 * u + 2
    return (u * u + 2 * u) / d, 4 * x * u * (1 + u) / d**2


def gelu_tanh_terms(x):
    c, a = mp.sqrt(2 / mp.pi), mpf("0.044715")
    s = sigmoid(2 * c * x * (1 + a * x * x))
    return s, x * s * (1 - s) * 2 * c * (1 + 3 * a * x * x)


TAILS = {
    # name: where its tail is (results that are no subnormal numbers), the value and the terms of the partial
    "gelu": (-37.5, -1.0, lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
             lambda x: (mp.erfc(-x / mp.sqrt(2)) / 2, x * bell(x))),
    "erf": (-26.5, 26.5, mp.erf, lambda x: (2 / mp.sqrt(mp.pi) * mp.exp(-x * x),)),
    "erfc": (-5.0, 26.5, mp.erfc, lambda x: (-2 / mp.sqrt(mp.pi) * mp.exp(-x * x),)),
    "silu": (-745.0, -2.0, lambda x: x * sigmoid(x), lambda x: (sigmoid(x), x * sigmoid(x) * sigmoid(-x))),
    "mish": (-745.0, -2.0, mish, lambda x: (mp.fsum(mish_terms(x)),)),
    "gelu_tanh": (-2.0, -0.5, lambda x: x * gelu_tanh_terms(x)[0], gelu_tanh_terms),
}  # fmt: skip


ORDINARY = {
    "gelu": (-1.0, 40.0),
    "silu": (-2.0, 750.0),
    "mish": (-2.0, 750.0),
    "gelu_tanh": (-0.5, 25.0),
}
"""Where the named functions are no tails; erf and erfc are tails everywhere."""


def points(low, high):
    chance = np.random.default_rng(0).uniform(low, high, POINTS // 2)
    return np.concatenate([np.linspace(low, high, POINTS // 2), chance])


def ulps(found, terms):
    """The error in units of the last place of the largest of |result| and its terms."""
    exact = mp.fsum(terms)
    largest = max(map(abs, (exact, *terms)))
    return float(abs(mpf(float(found)) - exact) / mpf(math.ulp(float(largest))))


def eager(name, *xs):
    values = [Value(x) for x in xs]
    y = getattr(microgrid, name)(*values)
    y.backward()
    return y.data, [v.grad for v in values]


def numpy_alone(name, *xs):
    row = TABLE[name]
    with np.errstate(all="ignore"):
        x, y = (np.array([x]) for x in (*xs, 0.0)[:2])
        z = row.bind("value", numpy_vocabulary())(x, y)
        return float(z[0]), [float(p[0]) for p in row.bind("partials", numpy_vocabulary())(x, y, z)]


def kernel(name, *xs):
    leaves = [microgrid.parameter(x) for x in xs]
    program = microgrid.compile(getattr(microgrid, name)(*leaves), parameters=leaves)
    assert "kernel" in program.runs_on
    value, gradient = program.value_and_grad()
    return value, gradient.tolist()


ENGINES = [eager, numpy_alone, pytest.param(kernel, marks=needs_kernel)]


@pytest.mark.parametrize("engine", ENGINES, ids=["eager", "NumPy", "kernel"])
@pytest.mark.parametrize("name", TAILS)
def test_tails_are_within_eight_ulp(name, engine):
    low, high, value, terms = TAILS[name]
    worst = {"value": (0.0, 0.0), "partial": (0.0, 0.0)}
    with mp.workdps(60):
        for x in points(low, high):
            z, (slope,) = engine(name, float(x))
            worst["value"] = max(worst["value"], (ulps(z, [value(mpf(float(x)))]), x))
            worst["partial"] = max(worst["partial"], (ulps(slope, terms(mpf(float(x)))), x))
    assert max(worst.values())[0] < ULPS, worst


@pytest.mark.parametrize("engine", ENGINES, ids=["eager", "NumPy", "kernel"])
@pytest.mark.parametrize("name", ORDINARY)
def test_elsewhere_they_are_within_eight_ulp_of_their_largest_term(name, engine):
    low, high = ORDINARY[name]
    _, _, value, terms = TAILS[name]
    terms = mish_terms if name == "mish" else terms
    worst = {"value": (0.0, 0.0), "partial": (0.0, 0.0)}
    with mp.workdps(60):
        for x in (*points(low, high)[::2], *points(low, 4.0)[1::2]):
            z, (slope,) = engine(name, float(x))
            worst["value"] = max(worst["value"], (ulps(z, [value(mpf(float(x)))]), x))
            worst["partial"] = max(worst["partial"], (ulps(slope, terms(mpf(float(x)))), x))
    assert max(worst.values())[0] < ULPS, worst


@pytest.mark.parametrize("engine", ENGINES, ids=["eager", "NumPy", "kernel"])
def test_logaddexp_is_within_eight_ulp_of_its_largest_term(engine):
    chance, worst = np.random.default_rng(1), (0.0,)
    with mp.workdps(60):
        for x, y in chance.uniform(-40, 40, (POINTS, 2)).tolist():
            z, (slope, other) = engine("logaddexp", x, y)
            a, b = mp.exp(x), mp.exp(y)
            share = [ulps(slope, [a / (a + b)]), ulps(other, [b / (a + b)])]
            value = mp.log(a + b)
            share.append(float(abs(z - value) / mpf(math.ulp(max(abs(x), abs(y), float(abs(value)))))))
            worst = max(worst, (max(share), x, y))
    assert worst[0] < ULPS, worst


def test_where_they_are_less_accurate_is_told():
    assert "Accuracy: below -37.5," in microgrid.gelu.__doc__
    assert "Accuracy: below -2 within 8 + 4*abs(u)" in microgrid.gelu_tanh.__doc__


def test_gelu_of_few_digits_is_within_32():
    _, _, value, terms = TAILS["gelu"]
    with mp.workdps(60):
        for x in points(-39.0, -37.5).tolist():
            z, (slope,) = eager("gelu", x)
            assert ulps(z, [value(mpf(x))]) < 32
            assert ulps(slope, terms(mpf(x))) < 32


@pytest.mark.parametrize("engine", ENGINES, ids=["eager", "NumPy", "kernel"])
def test_the_smaller_share_in_logaddexp_is_within_eight_ulp(engine):
    chance, worst = np.random.default_rng(0), (0.0,)
    with mp.workdps(60):
        for x, y in zip(chance.uniform(-740, -3, POINTS).tolist(), chance.uniform(-3, 4, POINTS).tolist()):
            z, (slope, other) = engine("logaddexp", x, y)
            a, b = mp.exp(x), mp.exp(y)
            share = [ulps(slope, [a / (a + b)]), ulps(other, [b / (a + b)])]
            share.append(float(abs(z - mp.log(a + b)) / mpf(math.ulp(y))))
            worst = max(worst, (max(share), x, y))
    assert worst[0] < ULPS, worst


def test_in_the_tail_of_gelu_tanh_the_error_is_that_of_rounding_its_exponent():
    _, _, value, terms = TAILS["gelu_tanh"]
    with mp.workdps(60):
        for x in points(-21.5, -2.0).tolist():
            z, (slope,) = eager("gelu_tanh", x)
            u = 2 * math.sqrt(2 / math.pi) * abs(x) * (1 + 0.044715 * x * x)
            assert ulps(z, [value(mpf(x))]) < 4 * u + ULPS
            assert ulps(slope, terms(mpf(x))) < 4 * u + ULPS


def test_what_is_not_finite_stays_so():
    for name in ("gelu", "erf", "erfc", "silu", "mish"):
        assert math.isnan(TABLE[name].forward_ieee(math.nan)[1]), name
        for x in (1e200, -1e200, 1e307):
            assert all(map(math.isfinite, TABLE[name].forward_ieee(x))), name
    for x in (math.inf, -math.inf):
        assert TABLE["logaddexp"].forward_ieee(x, x) == (x, 0.5, 0.5)
        assert TABLE["logaddexp"].forward_ieee(x, 1.0)[1:] == ((1.0, 0.0) if x > 0 else (0.0, 1.0))


# ---------------------------------------------------------------- second derivatives

SECOND = int(os.environ.get("SECOND", "60"))
"""How many points for each row and each second derivative of it."""
MAGNITUDES = {"exp": 200.0, "erf": 26.0, "erfc": 26.0, "gelu": 36.0, "silu": 300.0, "mish": 300.0, "sigmoid": 600.0}
"""How large the operands become; 30 if nothing stands here."""


def operands(name, chance):
    """Of every magnitude and both signs; where the function is not defined, nobody asks for a derivative."""
    largest = MAGNITUDES.get(name, 1.0 if name in ("asin", "acos") else 30.0)
    low = math.log10(largest) - 10
    return tuple(
        math.copysign(10 ** chance.uniform(low, math.log10(largest)), chance.random() - 0.5)
        for _ in range(2 if name in BINARY else 1)
    )


def near_a_zero(name, letters, point):
    """Whether the derivative changes its sign while an operand changes by a tenth."""
    want = reference(name, letters, *point)
    for k in range(len(point) if name in BINARY else 1):
        for factor in (0.9, 1.1):
            there = reference(name, letters, *(p * factor if i == k else p for i, p in enumerate(point)))
            if there is None or not abs(there) > 0 or (there > 0) != (want > 0):
                return True
    return False


@pytest.mark.parametrize("name", PIECES)
def test_second_derivatives_of_each_row_are_within_32_ulp_away_from_their_zeros(name):
    chance, worst, tried = random.Random(name), (0.0,), 0
    with mp.workdps(300):
        for _ in range(SECOND):
            xs = operands(name, chance)
            constant = (chance.choice(CONSTANTS[name]),) if name in CONSTANTS else ()
            for letters in ("xx", "xy", "yx", "yy") if name in BINARY else ("xx",):
                want = reference(name, "".join(sorted(letters)), *xs, *constant)
                if want is None or (name == "pow" and xs[0] < 0):
                    continue
                leaves = [Value(x) for x in xs]
                one, other = (leaves["xy".index(letter)] for letter in letters)
                found = grad(grad(apply(name, *leaves, *constant), one), other).data
                if not 1e-290 < abs(want) < 1e290:
                    assert abs(found) <= 1e-289 or abs(want) > 1
                    continue
                if near_a_zero(name, "".join(sorted(letters)), (*xs, *constant)):
                    continue
                tried += 1
                allowed = 32.0
                if name == "gelu_tanh" and xs[0] < -2:  # as its docstring says
                    allowed += 4 * abs(1.6 * xs[0] * (1 + 0.044715 * xs[0] ** 2))
                worst = max(worst, (ulps(found, [want]) * 32 / allowed, letters, *xs))
    assert worst[0] < 32, worst
    linear = ("add", "sub", "neg", "abs", "maximum", "minimum", "relu", "leaky_relu", "hardtanh")
    assert tried > (0 if name in linear else SECOND // 4) or name in linear


@pytest.mark.parametrize(("x", "y"), [(-2.0, 3.0), (-2.0, 2.0), (-0.5, -1.0), (2.0, 3.0), (0.5, -1.5)])
def test_mixed_second_derivatives_of_a_power_agree(x, y):
    x, y = Value(x), Value(y)
    with microgrid.errstate(gradient="ignore"):
        one, other = grad(grad(x**y, y), x).data, grad(grad(x**y, x), y).data
    if x.data < 0:
        assert math.isnan(one)
        assert math.isnan(other)
    else:
        expected = x.data ** (y.data - 1) * (1 + y.data * math.log(x.data))
        assert one == pytest.approx(expected, rel=1e-13)
        assert other == pytest.approx(expected, rel=1e-13)
