"""Ctrl-C, up to three times in succession, at any moment: what there is afterwards is what was before, or all of it."""

from __future__ import annotations

import contextlib
import math
import signal

import numpy as np
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
@pytest.mark.filterwarnings("ignore:.* a second time adds")
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


@each_engine
@times
def test_parameters_are_written_back_all_or_none(engine, more):
    values = [engine.parameter(k, f"p{k}") for k in range(6)]
    x = engine.Value(1.0, "x")
    program = engine.compile(engine.dot(values, [x] * 6), inputs=[x], parameters=values)
    old, new = [float(k) for k in range(6)], [10.0 + k for k in range(6)]
    program.parameters = new

    def check(interrupted):
        now = [v.data for v in values]
        assert now in (old, new)
        assert interrupted or now == new
        for v, number in zip(values, old):
            v.data = number

    assert at_each_line(program.write_back, check, more) > 5


@each_engine
@times
@pytest.mark.parametrize("kind", ["values", "program"])
def test_a_step_moves_all_and_remembers_it_or_nothing(engine, more, kind):
    values = [engine.parameter(k, f"p{k}") for k in range(4)]
    x = engine.Value(1.0, "x")
    program = engine.compile(engine.dot(values, [x] * 4), inputs=[x], parameters=values)
    gradient = np.array([1.0, -2.0, 3.0, 0.5])

    def made():
        program.parameters = [float(k) for k in range(4)]
        for v, number, g in zip(values, range(4), gradient):
            v.data, v.grad = number, g
        made = engine.optim.Adam(values if kind == "values" else program, lr=0.1)
        return made, (made.step if kind == "values" else lambda: made.step(gradient))

    def state(optimizer):
        return [v.data for v in values], program.parameters.tolist(), optimizer.state_dict()

    optimizer, step = made()
    before = state(optimizer)
    step()
    after = state(optimizer)
    optimizer, step = made()

    def check(interrupted):
        nonlocal optimizer, step
        now = state(optimizer)
        assert now in (before, after)
        assert interrupted or now == after
        optimizer, step = made()

    assert at_each_line(lambda: step(), check, more) > 10  # few lines where the step itself is in C


@each_engine
@times
def test_a_graph_is_recomputed_whole_or_not_at_all(engine, more):
    x, w = engine.Value(0.5, "x"), engine.parameter(2.0, "w")
    mix = engine.custom_op("mix_to_interrupt", value=lambda a, b, c: a * b + c, partials=lambda a, b, c: (b, a, 1.0))
    y = (mix(w * x, x, w) + 1).tanh() * w
    nodes = engine.graph.order(y)

    def state():
        return [(v.data, v.grad, v.partials) for v in nodes]

    x.data = 0.7
    after = [(v.data, v.partials) for v in engine.graph.order(engine.recompute(y))]
    x.data = 0.5
    engine.recompute(y)
    y.backward()
    w.grad = x.grad = 1.0
    x.data = 0.7
    before, grads = state(), [v._grad for v in nodes]
    after = [(data, 0.0 if v.op else v.grad, partials) for v, (data, partials) in zip(nodes, after)]
    numbers = [(v._data, v._da, v._db) for v in engine.graph.order(y, bundles=True)]

    def check(interrupted):
        now = state()
        assert now in (before, after)
        assert interrupted or now == after
        for v, (data, da, db) in zip(engine.graph.order(y, bundles=True), numbers):
            v._data, v._da, v._db = data, da, db
        for v, grad in zip(nodes, grads):
            v._grad = grad

    assert at_each_line(lambda: engine.recompute(y), check, more, ("transforms.py",)) > 20


@each_engine
@times
def test_gradients_are_forgotten_all_or_none(engine, more):
    model = engine.nn.MLP(2, [2, 1])
    parameters = model.parameters()

    def check(interrupted):
        now = {p.grad for p in parameters}
        assert now in ({3.0}, {0.0})
        assert interrupted or now == {0.0}
        for p in parameters:
            p.grad = 3.0

    for p in parameters:
        p.grad = 3.0
    assert at_each_line(model.zero_grad, check, more) > 2
    optimizer = engine.optim.SGD(parameters, lr=0.1)
    assert at_each_line(optimizer.zero_grad, check, more) > 2


@each_engine
@times
@pytest.mark.parametrize("kind", ["no_grad", "scope", "errstate", "decorated", "again"])
def test_a_block_is_entered_and_left_or_not_at_all(engine, more, kind):
    context = engine.base.context
    others = {"scope": engine.scope("s"), "errstate": engine.errstate(domain="ieee")}
    block = others.get(kind) or engine.no_grad()

    def run():
        if kind == "decorated":
            block(lambda: engine.Value(1.0) * 2)()
        elif kind == "again":
            with block, block:
                engine.Value(1.0) * 2
        else:
            with block:
                engine.Value(1.0) * 2

    def check(interrupted):
        assert (context.current(), context.BLOCKS.open) == (context.DEFAULT, 0)
        with block, block:
            assert context.BLOCKS.open == 2
            assert context.current() != context.DEFAULT
        check_left()

    def check_left():
        assert (context.current(), context.BLOCKS.open) == (context.DEFAULT, 0)

    assert at_each_line(run, check, more) >= 2


@each_engine
def test_blocks_interrupted_at_random(engine):
    context = engine.base.context

    def run():
        for _ in range(20):
            with engine.no_grad(), engine.scope("s"), engine.errstate(domain="ieee"):
                pass

    def check():
        assert (context.current(), context.BLOCKS.open) == (context.DEFAULT, 0)

    assert at_random(run, check, trials=200, pause=5e-4) > 200


@each_engine
def test_blocks_in_an_exit_stack_and_around_errors(engine):
    context = engine.base.context
    with contextlib.ExitStack() as stack:
        assert stack.enter_context(engine.no_grad()) is None
        assert not context.current().recording
    with pytest.raises(ValueError, match="math domain"), engine.scope("s"):
        math.log(0.0)
    assert (context.current(), context.BLOCKS.open) == (context.DEFAULT, 0)


@each_engine
@times
def test_a_model_takes_a_state_whole_or_not_at_all(engine, more):
    model = engine.nn.Sequential(engine.nn.Linear(2, 2), engine.nn.BatchNorm(2))
    before = model.state_dict()
    after = {name: x + 1.0 for name, x in before.items()}

    def check(interrupted):
        now = model.state_dict()
        assert now in (before, after)
        assert interrupted or now == after
        model.load_state_dict(before)

    only = ("nn/checkpoints.py", "base/context.py")
    assert at_each_line(lambda: model.load_state_dict(after), check, more, only) > 20
