"""Clipping of gradients, by hand, with Values and arrays alike."""

from __future__ import annotations

import math
from math import inf, nan

import numpy as np
import pytest

import microgrid as mg
from microgrid import NonFiniteGradient, optim, parameter
from microgrid.optim import clip_grad_norm_, clip_grad_value_


def leaves(gradients):
    """Parameters with these gradients; None: with none."""
    made = [parameter(float(i), f"w{i}") for i in range(len(gradients))]
    for v, g in zip(made, gradients, strict=True):
        if g is not None:
            v.grad = g
    return made


def grads(values):
    return [v.grad for v in values]


def test_by_value():
    values, array = leaves([3.0, -0.5, -9.0, None]), np.array([3.0, -0.5, -9.0])
    clip_grad_value_(values, 1.5)
    clip_grad_value_(array, 1.5)
    assert grads(values) == [1.5, -0.5, -1.5, 0.0]
    assert array.tolist() == [1.5, -0.5, -1.5]
    assert not values[3].has_grad


def test_infinity_becomes_the_limit():
    array = np.array([inf, -inf, 0.25])
    clip_grad_value_(array, 2)
    assert array.tolist() == [2, -2, 0.25]


# the 3-4-5 triangle, then 12 and 13; the sum of sizes; the largest
@pytest.mark.parametrize(("p", "norm"), [(2, 13.0), (1, 19.0), (inf, 12.0), (3, (27 + 64 + 1728) ** (1 / 3))])
def test_by_norm(p, norm):
    values, array = leaves([3.0, None, -4.0, 12.0]), np.array([3.0, -4.0, 12.0])
    assert clip_grad_norm_(values, 2.0, norm_type=p) == pytest.approx(norm, rel=1e-15)
    assert clip_grad_norm_(array, 2.0, norm_type=p) == pytest.approx(norm, rel=1e-15)
    scale = 2 / (norm + 1e-6)
    assert array.tolist() == pytest.approx([3 * scale, -4 * scale, 12 * scale], rel=1e-15)
    assert [v.grad for v in values if v.has_grad] == array.tolist()
    assert [v.has_grad for v in values] == [True, False, True, True]


def test_what_is_short_enough_stays():
    array = np.array([3.0, -4.0])
    assert clip_grad_norm_(array, 5.1) == 5.0
    assert array.tolist() == [3.0, -4.0]
    assert clip_grad_norm_(leaves([None, None]), 1.0) == 0.0
    assert clip_grad_norm_(np.zeros(3), 1.0) == 0.0


def test_numbers_whose_squares_leave_the_doubles():
    assert clip_grad_norm_(np.array([3e200, 4e200]), 1.0) == pytest.approx(5e200, rel=1e-15)
    assert clip_grad_norm_(np.array([3e-200, 4e-200]), 1.0) == pytest.approx(5e-200, rel=1e-15)


def test_a_gradient_of_zero_stays_one():
    values = leaves([5.0])
    other = parameter(1.0)
    (values[0] * 0 + other * 0).backward()
    clip_grad_norm_([*values, other], 1.0)
    clip_grad_value_([other], 1.0)
    assert other.has_grad


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
@pytest.mark.parametrize("make", [leaves, lambda g: np.array([x for x in g if x is not None])], ids=["values", "array"])
def test_nan_is_refused_and_named(clip, make):
    given = make([7.0, None, nan, 8.0])
    before = repr(given)
    name = r"parameters\[2\], 'w2' \(2.0\), is nan" if isinstance(given, list) else r"parameters\[1\] is nan"
    with pytest.raises(NonFiniteGradient, match=rf"{name}: no gradient was clipped"):
        clip(given, 1.0)
    assert repr(given) == before


def test_a_norm_that_is_infinite_is_refused():
    for bad, why in (
        ([1.0, inf], r"that of parameters\[1\] is inf"),
        ([1.5e308, 1.5e308], "beyond the largest double"),
    ):
        array = np.array(bad)
        with pytest.raises(
            NonFiniteGradient, match=f"the norm of the gradients is inf, {why}: no gradient was clipped"
        ):
            clip_grad_norm_(array, 1.0)
        assert array.tolist() == bad


def test_what_cannot_be_clipped():
    with pytest.raises(TypeError, match="a program keeps no gradient: clip the array that value_and_grad returned"):
        clip_grad_norm_(mg.compile(parameter(2.0) * 3), 1.0)
    with pytest.raises(TypeError, match=r"writeable float64 array of shape \(n,\), got one of int64 and shape \(2,\)"):
        clip_grad_value_(np.array([1, 2]), 1.0)
    with pytest.raises(TypeError, match="read-only"):
        clip_grad_value_(np.broadcast_to(np.float64(3.0), (2,)), 1.0)
    with pytest.raises(TypeError, match="put it into a list"):
        clip_grad_norm_(parameter(1.0), 1.0)


@pytest.mark.parametrize("limit", [0, -1, nan, inf])
def test_limits_are_above_zero(limit):
    with pytest.raises(ValueError, match="the limit is a finite number above 0"):
        clip_grad_value_(np.ones(2), limit)
    with pytest.raises(ValueError, match="max_norm is a finite number above 0"):
        clip_grad_norm_(np.ones(2), limit)


@pytest.mark.parametrize("p", [0, -2, nan])
def test_the_order_of_a_norm_is_above_zero(p):
    with pytest.raises(ValueError, match="norm_type is a number above 0 or infinity"):
        clip_grad_norm_(np.ones(2), 1.0, norm_type=p)


def test_clipping_keeps_a_steep_descent_in_reach():
    """On x⁴ from 10 with lr 0.1 the first step lands at -390, the second at about six million; clipped it arrives."""
    x = parameter(10.0)
    optimizer = optim.SGD([x], lr=0.1)
    for _ in range(500):
        optimizer.zero_grad()
        (x**4).backward()
        clip_grad_norm_([x], 1.0)
        optimizer.step()
    assert abs(x.data) < 0.2


@pytest.mark.parametrize("p", [2, 1, 3, inf])
def test_values_and_arrays_have_one_norm_but_for_rounding(p):
    g = np.random.default_rng(1).normal(size=337) * 10.0 ** np.linspace(-8, 3, 337)
    values, array = leaves(g.tolist()), g.copy()
    exact = float(abs(g).max()) if p == inf else math.fsum(abs(x) ** p for x in g.tolist()) ** (1 / p)
    for given in (values, array):
        assert clip_grad_norm_(given, 3.0, p) == pytest.approx(exact, rel=4e-15)
    assert grads(values) == pytest.approx(array.tolist(), rel=4e-15)
    for given in (values, array):
        clip_grad_value_(given, 0.01)
    assert grads(values) == pytest.approx(array.tolist(), rel=4e-15)
    assert np.abs(array).max() == 0.01
