"""What a Value cannot do says what to write; circles tied by hand end in a GraphError; walks keep little memory."""

from __future__ import annotations

import math

import numpy as np
import pytest

import microgrid
from helpers.circles import tied
from helpers.engines import each_engine


@each_engine
def test_operators_that_a_value_has_not_say_what_to_write(engine):
    v = engine.Value(7.5, "v")
    for use in (lambda: v % 2, lambda: 2 % v, lambda: v // 2, lambda: 2 // v, lambda: divmod(v, 2),
                lambda: divmod(2, v), lambda: round(v), lambda: round(v, 1), lambda: math.trunc(v),
                lambda: math.floor(v), lambda: math.ceil(v)):  # fmt: skip
        with pytest.raises(TypeError, match=r"\('v' \(7.5\)\) would lose the gradient: use v.data for the number"):
            use()


@each_engine
@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_walk_through_a_circle_names_a_node_of_it_and_changes_nothing(engine, length):
    x = engine.Value(2.0, "x")
    first = b = (x + 1) * 3
    for k in range(length - 1):
        b = b + x
        b.label = f"b{k}"
    first.label = "first"
    y = b * 2 + x
    x.grad = 7.0
    with tied(first, first.parents[0], b):
        for walk in (y.backward, lambda: engine.compile(y, inputs=[x])):
            with pytest.raises(engine.GraphError, match=r"cycle: '(first|b\d)' \(.*\) is computed from itself"):
                walk()
        assert (x.grad, first.has_grad, y.has_grad) == (7.0, False, False)
    y.backward()
    assert x.grad == 7.0 + 2 * (3 + length - 1) + 1


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.slow
@pytest.mark.skipif(not microgrid.compiled, reason="optional: needs the compiled engine")
def test_a_walk_over_ten_million_nodes_keeps_less_than_50_mb():
    y = microgrid.Value(1.0)
    for _ in range(10_000_000):
        y = -y
    before = resident()
    y.backward()
    assert resident() - before < 50e6


def test_a_program_does_not_use_what_a_mask_hides():
    x, w = microgrid.Value(1.0, "x"), microgrid.parameter(2.0, "w")
    program = microgrid.compile(x * w, inputs=[x], parameters=[w])
    hidden = np.ma.masked_array([[1.0], [1e9]], mask=[[False], [True]])
    for run in (program, program.value_and_grad):
        with pytest.raises(ValueError, match=r"got a masked array, whose number at \[1, 0\] is hidden"):
            run(hidden)
    assert program(np.ma.masked_array([[1.0], [3.0]])).tolist() == [2.0, 6.0]
