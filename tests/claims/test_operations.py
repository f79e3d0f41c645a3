"""A custom operation: the partials that its author stated are claims like others."""

from __future__ import annotations

import pytest

import microgrid as mg
from microgrid import check, custom_op, parse


def test_right_partials_are_proved():
    swish = custom_op(
        "swish_c", value=lambda x: x * mg.sigmoid(x), partials=lambda x: mg.sigmoid(x) * (1 + x * (1 - mg.sigmoid(x)))
    )
    report = check(swish)
    assert report.ok
    assert len(report) == 1


@pytest.mark.parametrize(("partials", "slip"), [
    ([lambda x, y: 3 * x**2 * y, lambda x, y: x**3], "none"),
    ([lambda x, y: x**2 * y, lambda x, y: x**3], "factor-missing"),
    ([lambda x, y: 3 * x * y, lambda x, y: x**3], "exponent"),
    ([lambda x, y: -3 * x**2 * y, lambda x, y: x**3], "sign"),
    ([lambda x, y: 3 * x**2, lambda x, y: x**3], "factor-missing"),
])  # fmt: skip
def test_a_slip_in_a_partial_is_named(partials, slip):
    cubed = custom_op("cubed_c", value=lambda x, y: x**3 * y, partials=partials, sympy=lambda x, y: x**3 * y)
    report = check(cubed)
    assert report.ok is (slip == "none")
    assert report[0].slip == slip
    assert report[1].true


def test_other_claims_are_judged_too_and_in_graphs():
    cube = custom_op("cube_c", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    assert check(cube, "dcube_c/dx1 = 3*x1^2").ok
    nodes = parse("z = w*x; L = cube_c(z)", w=2, x=3)
    assert check(nodes, "dL/dw = 3*z^2*x").ok
    assert check(nodes, "dL/dw = 3*z^2")[0].slip == "factor-missing"


def test_what_is_no_operation_is_refused():
    with pytest.raises(TypeError, match="custom_op"):
        check(len)
    with pytest.raises(TypeError, match="Value"):
        check(3.0, "dL/dw = 1")
