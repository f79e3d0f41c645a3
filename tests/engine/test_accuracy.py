"""How accurate rows are against 60 digits: in their tails, eager, on NumPy and in the kernel; second derivatives."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import microgrid
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


def mish_slope(x):
    u = mp.exp(x)
    d = u * u + 2 * u + 2
    return (u * u + 2 * u) / d + 4 * x * u * (1 + u) / d**2


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
    "mish": (-745.0, -2.0, mish, lambda x: (mish_slope(x),)),
    "gelu_tanh": (-2.0, -0.5, lambda x: x * gelu_tanh_terms(x)[0], gelu_tanh_terms),
}  # fmt: skip


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

TINY = [3.88e-9, -1e-12, 1e-5, -1e-3, 0.02, 0.1, -0.3, 0.49, 0.51, -0.7, 0.9]
SECOND = {
    "asin": (mp.asin, TINY),
    "acos": (mp.acos, TINY),
    "tanh": (mp.tanh, [*TINY, 2.0, -3.0, 15.0, 19.5]),
    "sigmoid": (sigmoid, [*TINY, 2.0, -3.0, 36.0, 100.0, -700.0]),
    "mish": (mish, [0.0, 0.5, 1.0, 20.0, 37.0, 100.0, 241.0, -10.0, -50.0]),
    "silu": (lambda x: x * sigmoid(x), [0.0, 0.5, 1.0, 20.0, 241.0, -10.0, -50.0]),
    "gelu": (lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2, [0.0, 0.5, 1.0, 2.0, 3.0, -3.0]),
    "erf": (mp.erf, [*TINY, 1.0, 2.0, 3.0]),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), [0.1, 1.0, 30.0, -700.0]),
    "atan": (mp.atan, [*TINY, 2.0, 10.0]),
    "sin": (mp.sin, TINY),
    "log1p": (lambda x: mp.log(1 + x), TINY[2:]),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_are_within_32_ulp(name):
    function, xs = SECOND[name]
    worst = (0.0, 0.0)
    for x in xs:
        v = Value(x)
        found = grad(grad(getattr(microgrid, name)(v), v), v).data
        with mp.workdps(400):
            exact = mpmath.diff(function, mpf(x), 2, h=mpf(10) ** -100)
            worst = max(worst, (ulps(found, [exact]), x))
    assert worst[0] < 32, worst


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
