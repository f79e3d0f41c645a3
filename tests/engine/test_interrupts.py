"""Ctrl-C, up to three times in succession, at any moment: what there is afterwards is what was before, or all of it."""

from __future__ import annotations

import signal

import pytest

from helpers.engines import PLAIN, each_engine
from helpers.interrupting import at_each_line, at_random

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="optional: needs POSIX signals")
times = pytest.mark.parametrize("more", [0, 1, 2], ids=["once", "twice", "three times"])


class Graph:
    """A graph whose nodes share operands, on which backward has run before, and its state."""

    def __init__(self, engine):
        self.x, self.w = engine.Value(0.5, "x"), engine.parameter(2.0, "w")
        h = (self.w * self.x + 1).tanh()
        self.y = h * h + h * self.w
        self.nodes = engine.graph.order(self.y)
        (self.y * 3).backward()
        self.start = self.state()
        self.y.backward()
        self.after = self.state()
        self.reset()

    def state(self):
        return [(v.data, v.grad, v.has_grad, v.partials) for v in self.nodes]

    def reset(self):
        for v, (_, grad, has, _) in zip(self.nodes, self.start, strict=True):
            v._grad = grad if has else -0.0

    def check(self, interrupted=True):
        now = self.state()
        assert now in (self.start, self.after), "gradients of both kinds"
        assert interrupted or now == self.after
        self.reset()
        self.y.backward()
        assert self.state() == self.after, "the next pass is another"
        self.reset()


@times
def test_a_walk_interrupted_after_each_line(more):
    """Of the source; nothing interrupts a compiled walk, which the next test looks at, too."""
    graph = Graph(PLAIN)
    assert at_each_line(graph.y.backward, graph.check, more) > 150


@times
def test_the_walk_that_cleans_up_interrupted_after_each_line(more):
    """The walk that follows an interrupted one, interrupted as well."""
    graph = Graph(PLAIN)
    turn = PLAIN.backward.turn

    def run():
        for k, v in enumerate(graph.nodes):  # as a walk leaves them that was interrupted
            v._index = k + 1
        turn.roots = [graph.y]
        graph.y.backward()

    assert at_each_line(run, graph.check, more) > 200


@each_engine
def test_passes_interrupted_at_random(engine):
    x = engine.Value(1.0)
    y = x
    for _ in range(300):
        y = y * 1.0 + x * 0.0
    nodes = engine.graph.order(y)

    def check():
        assert {v.grad for v in nodes if v.op} <= {0.0, 1.0}
        assert x.grad == int(x.grad), "a pass that is not whole"
        x.grad = 0.0
        y.backward()
        assert x.grad == 1.0

    assert at_random(y.backward, check, trials=130) > 200
