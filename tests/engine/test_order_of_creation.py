"""The order in which gradients flow where the numbers of creation do not give it: begun again, shared, disordered."""

from __future__ import annotations

import importlib
import random

import numpy as np
import pytest

from helpers.circles import tied
from helpers.engines import each_engine

RUN = 2**32
"""The compiled engine counts nodes modulo this."""


class Walked:
    """y(k+1) = y(k) * x + y(k - 1) * w from y(0) = x, y(1) = w: integers, so every sum is exact in any order."""

    def __init__(self, engine, steps=8, x=3, w=-2):
        self.x, self.w = engine.Value(x, "x"), engine.parameter(w, "w")
        before, last = self.x, self.w
        value, slope = (x, w), ((1, 0), (0, 1))  # of the last two, with respect to (x, w), by the product rule
        self.operations = []
        for _ in range(steps):
            left, right = last * self.x, before * self.w
            before, last = last, left + right
            self.operations += [left, right, last]
            (u, v), (du, dv) = value, slope
            value = v, v * x + u * w
            slope = dv, (dv[0] * x + v + du[0] * w, dv[1] * x + u + du[1] * w)
        self.y, self.want = last, (value[1], *slope[1])

    def number(self, numbers):
        for v, number in zip([self.x, self.w, *self.operations], numbers, strict=True):
            v._serial = number % RUN

    def check(self, engine):
        self.x.grad = self.w.grad = 0.0
        self.y.backward()
        assert (self.y.data, self.x.grad, self.w.grad) == self.want
        program = engine.compile(self.y, inputs=[self.x], parameters=[self.w])
        value, slope = program.value_and_grad(np.array([[self.x.data]]))
        assert (value, *slope) == (self.want[0], self.want[2])


@each_engine
def test_as_created(engine):
    Walked(engine).check(engine)


@each_engine
@pytest.mark.parametrize("before", range(27))
def test_the_numbers_begin_again_in_the_middle_of_a_graph(engine, before):
    graph = Walked(engine)
    graph.number(range(RUN - before, RUN - before + 26))
    graph.check(engine)


@each_engine
def test_leaves_of_an_earlier_run_of_the_numbers(engine):
    graph = Walked(engine)
    graph.number([RUN - 7, 900, *range(24)])
    graph.check(engine)


@each_engine
@pytest.mark.parametrize("gap", [2**8, 2**16 + 1, 2**20 + 3, 2**27 + 12345])
def test_many_other_nodes_in_between(engine, gap):
    graph = Walked(engine)
    graph.number(range(7, 7 + 26 * gap, gap))
    graph.check(engine)


@each_engine
def test_operands_that_are_a_whole_run_older_look_newer(engine):
    graph = Walked(engine)
    graph.number([*range(13), *range(RUN - 5, RUN + 8)])
    graph.check(engine)
    graph.number([*range(100, 113), *range(13)])
    graph.check(engine)


@each_engine
def test_nodes_that_share_a_number(engine):
    graph = Walked(engine)
    for numbers in ([5] * 26, [k // 2 for k in range(26)], [k % 9 for k in range(26)], [*range(13), *range(13)]):
        graph.number(numbers)
        graph.check(engine)


@each_engine
def test_numbers_without_any_order(engine):
    dice = random.Random(5)
    graph = Walked(engine, steps=60, x=1, w=-1)
    for top in (40, 10_000, RUN):
        for _ in range(20):
            graph.number([dice.randrange(top) for _ in range(182)])
            graph.check(engine)


@each_engine
def test_gradients_that_are_not_finite_leave_everything_as_it_was(engine):
    graph = Walked(engine)
    bad = graph.y * engine.Value(0.0, "zero").sqrt()
    graph.number([random.Random(1).randrange(RUN) for _ in range(26)])
    graph.operations[4].grad, graph.x.grad = 5.0, 7.0
    with engine.errstate(gradient="raise"), pytest.raises(engine.NonFiniteGradient, match="'zero'"):
        bad.backward()
    assert (graph.operations[4].grad, graph.x.grad, graph.w.has_grad) == (5.0, 7.0, False)
    graph.check(engine)


@each_engine
def test_a_cycle_tied_by_hand_is_refused_and_changes_nothing(engine):
    x = engine.Value(2.0)
    h = x * 3
    y = h + x
    x.grad = 7.0
    with tied(h, x, y):
        for walk in (y.backward, lambda: engine.compile(y, inputs=[x])):
            with pytest.raises(engine.GraphError, match="cycle"):
                walk()
        assert (x.grad, h.has_grad, y.has_grad) == (7.0, False, False)
    y.backward()
    assert x.grad == 7.0 + 4.0


@each_engine
def test_a_program_has_the_nodes_in_the_order_in_which_they_were_made(engine):
    graph, backward = Walked(engine), importlib.import_module(f"{engine.__name__}.backward")
    with backward.turn.lock, backward.turn.alone():
        nodes = backward.line_up([graph.y], graph.y._serial + 1)
        for v in nodes:
            v._index = 0
        backward.end()
    assert nodes == sorted(nodes, key=lambda v: (bool(v.parents), v._serial))
    assert len(nodes) == 26
