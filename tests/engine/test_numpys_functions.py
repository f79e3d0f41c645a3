"""NumPy's functions and operators of Values: microgrid's own, with gradients, or a refusal that says what to write."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.engines import each_engine

ONE = (
    "absolute arccos arcsin arctan cos cosh exp expm1 fabs log log1p negative positive reciprocal sin sinh sqrt square "
    "tan tanh"
).split()
TWO = "add subtract multiply divide power float_power arctan2 hypot logaddexp maximum minimum".split()


@each_engine
@pytest.mark.parametrize("name", ONE)
def test_a_function_of_one_value_is_numpys_and_has_its_slope(engine, name):
    x, h = 0.4, 1e-6
    v, function = engine.Value(x, "v"), getattr(np, name)
    made = function(v)
    made.backward()
    assert type(made) is engine.Value
    assert made.data == pytest.approx(function(x), rel=1e-15)
    assert v.grad == pytest.approx((function(x + h) - function(x - h)) / (2 * h), rel=1e-8)


@each_engine
@pytest.mark.parametrize("name", TWO)
def test_a_function_of_two_gives_both_their_slopes(engine, name):
    x, y, h, function = 1.7, 0.6, 1e-6, getattr(np, name)
    slopes = (function(x + h, y) - function(x - h, y)) / (2 * h), (function(x, y + h) - function(x, y - h)) / (2 * h)
    v, w = engine.Value(x), engine.Value(y)
    function(v, w).backward()
    assert (v.grad, w.grad) == pytest.approx(slopes, rel=1e-8, abs=1e-9)
    left, right = engine.Value(x), engine.Value(y)
    for number in (np.float64, float, np.array):  # the other one a number
        left.grad = right.grad = 0.0
        made = function(left, number(y)), function(number(x), right)
        assert [z.data for z in made] == pytest.approx([function(x, y)] * 2, rel=1e-15)
        for z in made:
            z.backward()
        assert (left.grad, right.grad) == pytest.approx(slopes, rel=1e-8, abs=1e-9)


@each_engine
def test_operators_of_numpys_numbers_ask_the_value(engine):
    class Loud(engine.Value):
        def __rmul__(self, other):
            return "mine", other

    v = engine.Value(2.0)
    assert np.float64(3) * Loud(2.0) == ("mine", 3.0)
    assert (np.float64(3) - v).data == 1.0
    assert (np.float64(3) ** v).data == 9.0
    for one, other in ((np.float64(3), v), (v, np.float64(3)), (np.float64(2), v), (v, np.int64(2))):
        x, y = (z.data if isinstance(z, engine.Value) else z for z in (one, other))
        assert (one < other, one <= other, one > other, one >= other) == (x < y, x <= y, x > y, x >= y)
    assert (np.float64(3) == v) is False
    assert (np.float64(3) != v) is True


@each_engine
def test_arrays_go_element_by_element(engine):
    v = engine.Value(2.0)
    made = np.maximum(v, np.array([1.0, 3.0]))
    made.sum().backward()
    assert ([z.data for z in made], v.grad) == ([2.0, 3.0], 1.0)
    kept = np.zeros(2, dtype=object)
    kept += v
    assert [z.data for z in kept] == [2.0, 2.0]
    with pytest.raises(
        TypeError, match=r"np.add of a Value \(2.0\) cannot be written into an array of numbers: make it"
    ):
        np.zeros(2).__iadd__(v)


@each_engine
@pytest.mark.parametrize("operation", [lambda v, m: v * m, lambda v, m: m * v], ids=["left", "right"])
def test_what_a_mask_hides_is_no_operand(engine, operation):
    with pytest.raises(TypeError, match="got an array of shape"):
        operation(engine.Value(2.0), np.ma.masked_array([1.0, 2.0], [False, True]))


@each_engine
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("log2", lambda e, v: e.log(v) / math.log(2)), ("log10", lambda e, v: e.log(v) / math.log(10)),
        ("exp2", lambda e, v: 2**v), ("cbrt", lambda e, v: v ** (1 / 3)), ("deg2rad", lambda e, v: v * (math.pi / 180)),
        ("degrees", lambda e, v: v * (180 / math.pi)),
        ("arctanh", lambda e, v: (e.log1p(v) - e.log1p(-v)) / 2),
    ],
)  # fmt: skip
def test_what_it_says_to_write_is_what_numpy_computes(engine, name, written):
    v = engine.Value(0.4, "v")
    with pytest.raises(TypeError) as caught:
        getattr(np, name)(v)
    start, _, way_out = str(caught.value).partition(": write ")
    assert start == f"np.{name} of a Value ('v' (0.4)) would lose the gradient"
    text = way_out.removesuffix(", or use v.data for the number")
    found = eval(text, {"microgrid": engine, "math": math, "v": v})
    assert found.data == written(engine, v).data == pytest.approx(getattr(np, name)(0.4), rel=1e-15)


@each_engine
def test_what_has_no_counterpart_is_refused_with_the_way_out(engine):
    v = engine.Value(0.4, "v")
    for use in (lambda: np.floor(v), lambda: np.isnan(v), lambda: np.heaviside(v, 0.5), lambda: np.exp(v, where=True),
                lambda: np.add.outer([1.0], v), lambda: np.array([1.0, 2.0]) @ v):  # fmt: skip
        with pytest.raises(
            TypeError, match=r"^np\.[\w.]+( with where=)? of a Value \('v' \(0.4\)\) would lose .* v.data"
        ):
            use()


@each_engine
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_no_operand_and_no_exponent_is_infinite_or_nan(engine, number):
    v = engine.Value(2.0)
    for use in (lambda: v + number, lambda: number + v, lambda: v * number, lambda: v**number, lambda: number**v,
                lambda: v - np.float64(number), lambda: v ** np.float64(number), lambda: v.leaky_relu(number),
                lambda: engine.dot([v], [number]), lambda: engine.sum([v, number])):  # fmt: skip
        with pytest.raises(ValueError, match="is not finite"):
            use()
    with engine.errstate(domain="ieee"):
        assert np.array_equal([(v + number).data, (v**number).data], [2.0 + number, 2.0**number], equal_nan=True)
