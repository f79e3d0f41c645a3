"""The functions on every kind of number, and what is composed of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf

import microgrid
from helpers.mathematics import BINARY, CONSTANTS, OPERATORS, PIECES, U, X, Y, reference
from microgrid import Value, errstate

NAMES = [name for name in PIECES if name not in OPERATORS] + ["abs"]
functions = pytest.mark.parametrize("name", NAMES)


def sample(name: str) -> tuple[float, ...]:
    return (0.4, 1.7) if name in BINARY else (0.4, CONSTANTS[name][1]) if name in CONSTANTS else (0.4,)


@functions
def test_a_plain_number_gives_a_float(name):
    result = getattr(microgrid, name)(*sample(name))
    assert type(result) is float
    assert result == pytest.approx(float(reference(name, "", *sample(name))), rel=1e-14)


@functions
@pytest.mark.parametrize("kind", [int, bool, np.int64, np.float64, np.float32, lambda x: np.array(float(x))])
def test_any_real_number_counts_as_its_float(name, kind):
    function = getattr(microgrid, name)
    points = (1, 0) if name in BINARY else (1,)
    assert function(*map(kind, points)) == function(*map(float, points))


@functions
def test_an_array_gives_the_array_of_values(name):
    function = getattr(microgrid, name)
    xs = np.array([[0.1, 0.4], [0.7, 0.9]])
    rest = sample(name)[1:]
    result = function(xs, *rest)
    assert result.shape == (2, 2)
    assert result.ravel() == pytest.approx([function(x, *rest) for x in xs.ravel()], rel=1e-15)


@functions
def test_an_array_outside_the_domain_is_nan_as_in_numpy(name):
    if name in ("sqrt", "log", "log1p", "asin", "acos"):
        assert np.isnan(getattr(microgrid, name)(np.array([-2.0]))).all()
    else:
        assert np.isfinite(getattr(microgrid, name)(np.array([-2.0, 3.0]), *sample(name)[1:])).all()


@functions
def test_mpmath_numbers_keep_their_digits(name):
    with mp.workdps(50):
        point = tuple(map(mpf, sample(name)))
        result = getattr(microgrid, name)(*point)
        assert abs(result - reference(name, "", *point)) <= mpf(10) ** -48 * abs(result)


@functions
def test_sympy_symbols_give_the_expression(name):
    point = sample(name)
    symbols = (X, Y)[: len(point)]
    expression = getattr(microgrid, name)(*symbols)
    assert isinstance(expression, sp.Basic)
    value = expression.subs(dict(zip(symbols, map(sp.Rational, point), strict=True)))
    assert float(value.evalf(30)) == pytest.approx(float(reference(name, "", *point)), rel=1e-14)


@functions
def test_object_arrays_of_values_go_element_by_element(name):
    function = getattr(microgrid, name)
    result = function(np.array([Value(0.4), Value(0.6)]), *sample(name)[1:])
    assert [v.op for v in result] == [name, name]


@functions
@pytest.mark.parametrize("bad", ["0.5", None, [0.5], 1j])
def test_what_is_no_number_is_a_type_error(name, bad):
    with pytest.raises(TypeError, match=type(bad).__name__):
        getattr(microgrid, name)(bad, *sample(name)[1:])


@functions
def test_the_function_documents_itself(name):
    function = getattr(microgrid, name)
    assert function.__name__ == name
    assert name in function.__doc__


def test_everything_in_all_is_public():
    assert [name for name in microgrid.functions.__all__ if not hasattr(microgrid, name)] == []


# ---------------------------------------------------------------- composites

VECTORS = {
    "small": [5.0, 6.0, 11.0, 7.0],
    "one": [0.3],
    "equal": [2.0, 2.0, 2.0],
    "large": [1000.0, 999.0, 1001.5],
    "negative": [-1000.0, -1003.0, -1000.5],
    "far apart": [0.0, -800.0, 30.0],
}
vectors = pytest.mark.parametrize("vector", VECTORS.values(), ids=list(VECTORS))


def exact_softmax(vector: list[float]) -> tuple[list[mpf], mpf]:
    terms = [mp.exp(mpf(v)) for v in vector]
    return [term / sum(terms) for term in terms], mp.log(sum(terms))


@vectors
@pytest.mark.parametrize("kind", [Value, float], ids=["values", "floats"])
def test_softmax_and_its_logarithms(vector, kind):
    with mp.workdps(600):
        probabilities, total = exact_softmax(vector)
        logs = [mp.log(p) for p in probabilities]
        want = list(map(float, (*probabilities, *logs, total)))
    args = [kind(v) for v in vector]
    got = [*microgrid.softmax(args), *microgrid.log_softmax(args), microgrid.logsumexp(args)]
    got = [g.data if kind is Value else g for g in got]
    assert got == pytest.approx(want, rel=1e-12, abs=8 * U * max(map(abs, vector)))


@vectors
def test_gradient_of_logsumexp_is_softmax(vector):
    with mp.workdps(600):
        want = [float(p) for p in exact_softmax(vector)[0]]
    leaves = [Value(v) for v in vector]
    microgrid.logsumexp(leaves).backward()
    assert [v.grad for v in leaves] == pytest.approx(want, rel=1e-12, abs=0)


@vectors
def test_gradient_of_cross_entropy_is_softmax_minus_one_hot(vector):
    with mp.workdps(600):
        want = [float(p - (k == 0)) for k, p in enumerate(exact_softmax(vector)[0])]
    leaves = [Value(v) for v in vector]
    (-microgrid.log_softmax(leaves)[0]).backward()
    assert [v.grad for v in leaves] == pytest.approx(want, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("call", "want", "slopes"),
    [
        (lambda vs: microgrid.sum(vs), 6.5, (1.0, 1.0, 1.0)),
        (lambda vs: microgrid.sum(v for v in vs), 6.5, (1.0, 1.0, 1.0)),
        (lambda vs: microgrid.mean(vs), 6.5 / 3, (1 / 3, 1 / 3, 1 / 3)),
        (lambda vs: microgrid.dot(vs, [2, 3, 4]), 2 * 1.5 + 3 * 4.0 + 4.0, (2.0, 3.0, 4.0)),
        (lambda vs: microgrid.dot(vs, vs), 2.25 + 16 + 1, (3.0, 8.0, 2.0)),
        (lambda vs: microgrid.maxout(vs), 4.0, (0.0, 1.0, 0.0)),
    ],
    ids=["sum", "sum of a generator", "mean", "dot", "square", "maxout"],
)
def test_folds(call, want, slopes):
    vs = [Value(1.5), Value(4.0), Value(1.0)]
    y = call(vs)
    y.backward()
    assert y.data == pytest.approx(want, rel=1e-15)
    assert [v.grad for v in vs] == pytest.approx(list(slopes), rel=1e-15)


def test_folds_of_numbers_are_numbers():
    assert (microgrid.sum([1, 2.5]), microgrid.mean([1, 2]), microgrid.dot([1, 2], [3, 4])) == (3.5, 1.5, 11)
    assert microgrid.maxout([1.0, 3.0, 2.0]) == 3.0


def test_numbers_and_values_mix():
    x = Value(2.0)
    y = microgrid.sum([1, x, 3]) * microgrid.maximum(1, x)
    y.backward()
    assert (y.data, x.grad) == (12.0, 8.0)


@pytest.mark.parametrize("name", ["sum", "mean", "logsumexp", "softmax", "log_softmax", "maxout"])
@pytest.mark.parametrize("nothing", [[], (), iter([])], ids=["list", "tuple", "iterator"])
def test_nothing_is_a_value_error(name, nothing):
    with pytest.raises(ValueError, match=name):
        getattr(microgrid, name)(nothing)


@pytest.mark.parametrize(("us", "vs"), [([], []), ([1.0], []), ([1.0, 2.0], [1.0])])
def test_dot_needs_equal_lengths(us, vs):
    with pytest.raises(ValueError, match="dot"):
        microgrid.dot(us, vs)


@pytest.mark.parametrize("name", [name for name in BINARY if name not in OPERATORS])
def test_a_forgotten_second_operand_is_a_type_error(name):
    for x in (3.0, Value(3.0), mpf(3), X):
        with pytest.raises(TypeError):
            getattr(microgrid, name)(x)


def test_sum_makes_no_node_for_a_starting_zero():
    a, b = Value(1.0), Value(2.0)
    assert microgrid.sum([a, b]).parents == (a, b)
    assert microgrid.sum([a]) is a


def test_logsumexp_of_infinities():
    with errstate(domain="ieee"):
        assert microgrid.logsumexp([Value(-math.inf), Value(1.0)]).data == 1.0
        assert microgrid.logsumexp([Value(math.inf), Value(1.0)]).data == math.inf
