"""What runs on NumPy says so, with the reason and a way out that the call in question has."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import microgrid as mg
from microgrid import Value, errstate, parameter
from viz import plots

needs_kernel = pytest.mark.skipif(not mg.compiled, reason="optional: the native kernel is not built")
SLOW = "this call ran on NumPy, slower than the native kernel, because "


def says(call) -> str:
    """The one warning that a call gives, which is of this file."""
    with warnings.catch_warnings(record=True) as caught, errstate(domain="ieee", gradient="ignore"):
        warnings.simplefilter("always")
        call()
    (warning,) = caught
    assert (warning.category, warning.filename) == (RuntimeWarning, __file__)
    text = str(warning.message)
    assert text.startswith(SLOW)
    return text.removeprefix(SLOW)


@pytest.fixture
def program():
    x, w = Value(1.0, "x"), parameter(1.0, "w")
    return mg.compile(mg.exp(w * x), [x])


@needs_kernel
def test_the_way_out_is_one_that_the_call_has(program):
    X = [[1.0], [1000.0]]
    leave_out = "leave out the samples where it is not"
    assert says(lambda: program(X)) == f"a result is not finite: {leave_out}"
    assert says(lambda: program.value_and_grad(X, reduce=None)) == f"the value is not finite: {leave_out}"
    assert says(lambda: program([[-np.inf]])) == f"a number in X is not finite: {leave_out}"
    for reduce in ("mean", "sum"):
        assert says(lambda reduce=reduce: program.value_and_grad(X, reduce)) == (
            "the value is not finite: leave out the samples where it arises (reduce=None shows which)"
        )
    program.parameters = [np.inf]
    assert says(lambda: program([[1.0]])) == "a parameter is not finite: change the parameters"


@needs_kernel
def test_a_program_without_inputs_has_no_samples():
    program = mg.compile(mg.exp(parameter(1.0, "w")))
    program.parameters = [1000.0]
    assert says(program) == "a result is not finite: change the parameters"
    assert says(program.value_and_grad) == "the value is not finite: change the parameters"


def test_plots_of_what_is_not_finite_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.surface(lambda a, b: (a * 400).exp() + b, xlim=(-2, 2), ylim=(0, 1))
        plots.descent(lambda a: (a * 400).exp(), path=[0.5, 0.1], xlim=(-2, 2))


@needs_kernel
def test_a_function_that_a_plot_calls_may_call_a_program_that_warns(program):
    def f(a, b):
        program([[1000.0]])
        return a * b

    with errstate(domain="ieee"), pytest.warns(RuntimeWarning, match="this call ran on NumPy"):
        plots.surface(f, xlim=(0, 1), ylim=(0, 1))
