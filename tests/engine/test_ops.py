"""The table of derivatives against mathematics: every row, at special points, in every mode of differentiation."""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
from mpmath import mp, mpf

from helpers.mathematics import BINARY, CONSTANTS, LARGEST, OPERATORS, PIECES, UNARY, U, apply, close, reference, spread
from microgrid import DomainError, Value, errstate, grad, jvp
from microgrid.custom import CustomOp
from microgrid.ops import TABLE

inf, nan = math.inf, math.nan
ROWS = {name: row for name, row in TABLE.items() if not isinstance(row, CustomOp)}

POINTS = (
    -1.3, 0.3, 0.49, 0.99, 1.01, 2.7, 0.0, -0.0, 1e-8, -1e-8, 1e-20, 30.0, -30.0, 700.0, -700.0, 1000.0, -1000.0,
    1e150, -1e150, 1e-160,
)  # fmt: skip
SHORTER = (-1.3, 0.3, 0.99, 1.01, 2.7, 0.0, -0.0, 1e-8, -1e-8, 3.0, -2.0, 30.0, -700.0, 1000.0, 1e150, 1e-160)


def points(name: str) -> list[tuple[float, ...]]:
    if name in BINARY:
        return list(itertools.product(SHORTER, repeat=2))
    return list(itertools.product(POINTS, CONSTANTS[name])) if name in CONSTANTS else [(x,) for x in POINTS]


def leaves(name: str, point: tuple[float, ...]) -> tuple[list[Value], list[float]]:
    """The operands as leaves, and the constant if there is one."""
    count = 2 if name in BINARY else 1
    return [Value(p) for p in point[:count]], list(point[count:])


def outside(name: str, x: float, y: float = 0.0) -> type[Exception] | None:
    """The exception that mathematics asks for: the real function is not defined, or too large for a double."""
    if name == "div" and y == 0:
        return ZeroDivisionError
    if name in ("pow", "powc"):
        if x == 0 and y < 0:
            return ZeroDivisionError
        if x < 0 and y != round(y):
            return DomainError
    undefined = {"sqrt": x < 0, "log": x <= 0, "log1p": x <= -1, "asin": not -1 <= x <= 1, "acos": not -1 <= x <= 1}
    if undefined.get(name):
        return DomainError
    value = reference(name, "", x, y)
    return OverflowError if value is not None and abs(value) > LARGEST else None


def wrong(name: str, letters: str, point: tuple[float, ...], got: float, slack: mpf | float = 0.0) -> str:
    """A line for the report if `got` is not the derivative by `letters`; "" if it is, or where a convention rules."""
    want = reference(name, letters, *point)
    if want is None or close(got, want, max(32 * U * abs(want), 8 * spread(name, letters, point), slack)):
        return ""
    return f"{name}{point} by {letters or 'nothing'}: got {got!r}, want {mp.nstr(want, 17)}"


def report(lines: list[str]) -> None:
    lines = list(filter(None, lines))
    assert not lines, "\n".join([f"{len(lines)} differ", *lines[:20]])


def defined(name: str) -> list[tuple[float, ...]]:
    return [point for point in points(name) if outside(name, *point) is None]


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("name", PIECES)
def test_value_is_the_exact_one_rounded(name, precise):
    lines = []
    for point in defined(name):
        operands, constant = leaves(name, point)
        lines.append(wrong(name, "", point, apply(name, *operands, *constant).data))
    report(lines)


@pytest.mark.parametrize("name", PIECES)
def test_plain_numbers_give_the_value_of_the_node(name, precise):
    for point in defined(name):
        if name not in OPERATORS:
            operands, constant = leaves(name, point)
            assert apply(name, *point) == apply(name, *operands, *constant).data, point


@pytest.mark.parametrize("name", PIECES)
def test_backward_gives_the_exact_derivative(name, precise):
    lines = []
    for point in defined(name):
        operands, constant = leaves(name, point)
        with errstate(gradient="ignore"):
            apply(name, *operands, *constant).backward()
        lines += [wrong(name, letter, point, v.grad) for letter, v in zip("xy", operands, strict=False)]
    report(lines)


@pytest.mark.parametrize("name", PIECES)
def test_forward_mode_gives_the_exact_derivative(name, precise):
    lines = []
    for point in defined(name):
        operands, constant = leaves(name, point)
        y = apply(name, *operands, *constant)
        lines += [wrong(name, letter, point, jvp(y, {v: 1.0})) for letter, v in zip("xy", operands, strict=False)]
    report(lines)


@pytest.mark.parametrize("name", PIECES)
def test_grad_gives_the_exact_derivative(name, precise):
    lines = []
    for point in defined(name):
        operands, constant = leaves(name, point)
        with errstate(gradient="ignore"):
            slopes = grad(apply(name, *operands, *constant), operands)
        lines += [wrong(name, letter, point, slope.data) for letter, slope in zip("xy", slopes, strict=False)]
    report(lines)


@pytest.mark.parametrize("name", PIECES)
def test_grad_of_grad_gives_the_exact_second_derivative(name, precise):
    lines = []
    for point in defined(name):
        operands, constant = leaves(name, point)
        with errstate(gradient="ignore"):
            slopes = grad(apply(name, *operands, *constant), operands)
            for first, slope in zip("xy", slopes, strict=False):
                # the terms of a differentiated formula, each of this size, may cancel to a smaller sum
                size = abs(reference(name, first, *point) or 0.0) / unit(name, point)
                if size > LARGEST or underflows(name, "", point) or underflows(name, first, point):
                    continue
                for second, v in zip("xy", operands, strict=False):
                    lines.append(wrong(name, first + second, point, grad(slope, v).data, 32 * U * size))
    report(lines)


def underflows(name: str, letters: str, point: tuple[float, ...]) -> bool:
    """Whether a double has lost digits of this derivative, on which the next one is built."""
    return 0 < abs(reference(name, letters, *point) or 0) < sys.float_info.min


def unit(name: str, point: tuple[float, ...]) -> float:
    """The length over which the function changes shape: 1, or the distance from the origin in the plane."""
    return max(map(abs, point)) or 1.0 if name in BINARY else 1.0


@pytest.mark.parametrize(
    ("name", "letters", "x", "want"),
    [
        ("sigmoid", "x", 40.0, "4.2483542552915889768e-18"),
        ("tanh", "x", 20.0, "1.6993417021166356203e-17"),
        ("gelu", "", -10.0, "-7.6198530241605260660e-23"),
        ("gelu", "", -30.0, "-1.4720141781444561179e-196"),
        ("softplus", "", 25.0, "25.000000000013887944"),
        ("softsign", "x", 1e150, "1e-300"),
        ("logsigmoid", "", 40.0, "-4.2483542552915889953e-18"),
        ("logsigmoid", "x", 800.0, "0"),
        ("softplus", "", -700.0, "9.8596765437597708567e-305"),
        ("silu", "", -700.0, "-6.9017735806318395997e-302"),
        ("mish", "", -40.0, "-1.6993417021166355981e-16"),
        ("log1p", "", 1e-20, "1e-20"),
        ("expm1", "", 1e-20, "1e-20"),
        ("erfc", "", 10.0, "2.0884875837625447570e-45"),
        ("atan", "x", 1e150, "1e-300"),
    ],
)
def test_tails_keep_their_digits(name, letters, x, want):
    v = Value(x)
    y = apply(name, v)
    y.backward()
    assert (v.grad if letters else y.data) == pytest.approx(float(want), rel=1e-12, abs=0)


# ---------------------------------------------------------------- where the reals end


@pytest.mark.parametrize("name", PIECES)
def test_an_operation_raises_exactly_where_the_real_function_is_undefined(name, precise):
    for point in points(name):
        operands, constant = leaves(name, point)
        expected = outside(name, *point)
        if expected is not None:
            with pytest.raises(expected) as caught:
                apply(name, *operands, *constant)
            assert type(caught.value) is expected, point
        else:
            assert math.isfinite(apply(name, *operands, *constant).data), point


erf, erfc = np.vectorize(math.erf, otypes=[float]), np.vectorize(math.erfc, otypes=[float])
NUMPY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "powc": np.power,
    "neg": np.negative, "abs": np.abs, "maximum": np.maximum, "minimum": np.minimum, "sqrt": np.sqrt,
    "hypot": np.hypot, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "logaddexp": np.logaddexp, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "erf": erf,
    "erfc": erfc, "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "logsigmoid": lambda x: -np.logaddexp(0, -x),
    "softplus": lambda x: np.logaddexp(0, x), "softsign": lambda x: x / (1 + np.abs(x)),
    "relu": lambda x: np.maximum(x, 0), "leaky_relu": lambda x, y: np.where(x > 0, x, y * x),
    "elu": lambda x, y: np.where(x > 0, x, y * np.expm1(x)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "silu": lambda x: x / (1 + np.exp(-x)), "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "gelu": lambda x: x * (1 + erf(x / np.sqrt(2))) / 2,
    "gelu_tanh": lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2,
    "hardtanh": lambda x: np.clip(x, -1, 1),
}  # fmt: skip


def ieee_points(name: str) -> list[tuple[float, ...]]:
    special = (nan, inf, -inf)
    if name in BINARY:
        return list(itertools.product((*special, 0.0, -0.0, 2.7, -1.3, 3.0, 1000.0, 1e150), repeat=2))
    xs = (*special, 0.0, -0.0, -1.0, 1.0, -1.3, 2.7, 1000.0, -1000.0)
    return list(itertools.product(xs, CONSTANTS[name])) if name in CONSTANTS else [(x,) for x in xs]


@pytest.mark.parametrize("name", PIECES)
def test_ieee_gives_what_numpy_gives(name):
    differ = []
    for point in ieee_points(name):
        with np.errstate(all="ignore"):
            want = float(NUMPY[name](*map(np.float64, point)))
        with errstate(domain="ieee"):
            operands, constant = leaves(name, point)
            got = apply(name, *operands, *constant).data
        if not (got == want or (got != got and want != want) or abs(got - want) < 1e-14 * abs(want)):
            differ.append(f"{name}{point}: got {got}, NumPy {want}")
    assert not differ, "\n".join(differ)


@pytest.mark.parametrize("name", UNARY)
def test_nan_stays_nan(name):
    with errstate(domain="ieee"):
        y = apply(name, Value(nan), *CONSTANTS.get(name, ())[:1])
    assert math.isnan(y.data)


def test_a_nan_exponent_gives_a_nan_partial():
    with errstate(domain="ieee"):
        assert math.isnan((Value(2.0) ** nan).partials[0])


def test_an_operation_on_infinity_does_not_raise():
    with errstate(domain="ieee"):
        x = Value(inf)
    assert (x.exp() - x.exp()).op == "sub"


# ---------------------------------------------------------------- conventions at kinks


@pytest.mark.parametrize(
    ("name", "point", "value", "partials"),
    [
        ("relu", (0.0,), 0.0, (0.0,)),
        ("relu", (-0.0,), 0.0, (0.0,)),
        ("abs", (0.0,), 0.0, (0.0,)),
        ("abs", (-0.0,), 0.0, (0.0,)),
        ("maximum", (1.5, 1.5), 1.5, (0.5, 0.5)),
        ("maximum", (0.0, -0.0), 0.0, (0.5, 0.5)),
        ("minimum", (-2.0, -2.0), -2.0, (0.5, 0.5)),
        ("leaky_relu", (0.0, 0.01), 0.0, (0.01,)),
        ("leaky_relu", (0.0, 0.2), 0.0, (0.2,)),
        ("elu", (0.0, 1.5), 0.0, (1.5,)),
        ("selu", (0.0,), 0.0, (1.0507009873554805 * 1.6732632423543772,)),
        ("hardtanh", (1.0,), 1.0, (0.0,)),
        ("hardtanh", (-1.0,), -1.0, (0.0,)),
        ("softsign", (0.0,), 0.0, (1.0,)),
        ("sqrt", (0.0,), 0.0, (inf,)),
        ("powc", (0.0, 0.5), 0.0, (inf,)),
        ("powc", (0.0, 0.0), 1.0, (0.0,)),
        ("powc", (-2.5, 0.0), 1.0, (0.0,)),
        ("powc", (0.0, 1.0), 0.0, (1.0,)),
        ("powc", (0.0, 2.0), 0.0, (0.0,)),
        ("pow", (0.0, 0.0), 1.0, (0.0, 0.0)),
        ("pow", (2.5, 0.0), 1.0, (0.0, math.log(2.5))),
        ("pow", (0.0, 2.0), 0.0, (0.0, 0.0)),
        ("pow", (-2.0, 3.0), -8.0, (12.0, nan)),
        ("asin", (1.0,), math.pi / 2, (inf,)),
        ("asin", (-1.0,), -math.pi / 2, (inf,)),
        ("acos", (1.0,), 0.0, (-inf,)),
        ("acos", (-1.0,), math.pi, (-inf,)),
        ("hypot", (0.0, 0.0), 0.0, (0.0, 0.0)),
        ("atan2", (0.0, 0.0), 0.0, (0.0, 0.0)),
    ],
)
def test_conventions(name, point, value, partials):
    operands, constant = leaves(name, point)
    y = apply(name, *operands, *constant)
    assert y.data == value
    assert y.partials == pytest.approx(partials, rel=1e-15, abs=0, nan_ok=True)


def test_the_exponent_of_a_negative_base_gets_nan_with_a_warning():
    x, n = Value(-2.0, "x"), Value(3.0, "n")
    with pytest.warns(RuntimeWarning, match="'n'"):
        (x**n).backward()
    assert x.grad == 12.0
    assert math.isnan(n.grad)
