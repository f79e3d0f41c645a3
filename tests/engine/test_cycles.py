"""No reference cycle through the public names: without the cycle collector, all that is let go of is freed at once."""

from __future__ import annotations

import contextlib
import gc
import math
import pickle
import signal
import sys
import tracemalloc
import weakref
from copy import copy, deepcopy
from fractions import Fraction

import pytest

from helpers.engines import each_engine

pytestmark = each_engine


@pytest.fixture(autouse=True)
def without_the_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def ends(make):
    """Whether the nodes to which `make` returns weak references are gone."""
    found = make()
    return len(found) > 0 and not any(weak() for weak in found)


def watched(engine, *roots):
    return [weakref.ref(v) for v in engine.graph.order(*roots)]


class Float(float):
    """A float with attributes."""


class Text(str):
    """A str with attributes."""


def built(engine):
    x, w = engine.Value(0.5, "x"), engine.parameter(2.0, "w")
    mix = engine.custom_op("mix", value=lambda a, b, c: a * b + c, partials=lambda a, b, c: (b, a, 1.0))
    with engine.scope("layer"):
        h = (w * x + 1).tanh() ** 2
    h.label = "h"
    return x, w, mix(h, x, w).exp() / (w * w + Fraction(1, 3))


def differentiated(engine):
    x, w, y = built(engine)
    y.backward()
    y.backward(seed=2.0)
    x.grad, w.data, y.label = 0.0, 3.0, "y"
    return engine.recompute(y)


def twice(engine):
    x, _, y = built(engine)
    first = engine.grad(y, x)
    return engine.grad(first, x) + first


def network(engine):
    model = engine.nn.MLP(2, [3, 1])
    loss = engine.mean([model([0.1 * k, 1.0]) for k in range(3)])
    loss.backward()
    return loss


@pytest.mark.parametrize(
    "make",
    [
        lambda m: built(m)[2], differentiated, twice, network,
        lambda m: copy(differentiated(m)), lambda m: deepcopy(differentiated(m)),
        lambda m: m.graph.order(built(m)[2])[3], lambda m: built(m)[2].detach() * 2,
        lambda m: m.Value(Float(2.0)) * Float(3.0), lambda m: m.nn.MLP(2, [2])([1.0, 2.0])[0],
        lambda m: (v := m.Value(1.0)) * v.parents.__len__() + v, lambda m: m.sum(m.softmax([m.Value(1.0), 2.0])),
    ],
)  # fmt: skip
def test_a_graph_goes_with_its_last_name(engine, make):
    assert ends(lambda: watched(engine, make(engine)))


def test_a_graph_that_was_compiled_and_pickled(engine):
    def make():
        x, w, y = built(engine)
        program = engine.compile(x * w, inputs=[x])
        program.value_and_grad([[1.0], [2.0]])
        if engine.__name__ == "microgrid":
            pickle.dumps(y)
        engine.jvp(y, {x: 1.0})
        return watched(engine, y, x * w)

    assert ends(make)


def test_a_failing_operation_keeps_nothing_once_its_error_is_gone(engine):
    def make():
        x = engine.Value(-1.0, "x")
        h = x * 2
        found = watched(engine, h)
        for fail in (h.log, h.sqrt, lambda: h / 0, lambda: h * None, lambda: h + "a", lambda: float(h), lambda: h**0.5):
            with pytest.raises((TypeError, ValueError, ArithmeticError)):
                fail()
        for name in ("data", "grad", "label", "op"):
            with pytest.raises((TypeError, AttributeError)):
                setattr(h, name, [])
        return found

    assert ends(make)


def test_attributes_go_with_the_graph(engine):
    if not engine.compiled:
        pytest.skip("optional: uncompiled nodes keep no attributes")

    def make():
        x = engine.parameter(2.0, "x")
        y = x * 3
        x.moments, y.color = [0.0, 1.0], "red"
        y.backward()
        return watched(engine, y)

    assert ends(make)


def test_a_backward_pass_that_fails_keeps_nothing(engine):
    def make():
        x = engine.Value(0.0, "x")
        y = x.sqrt() * 2
        with engine.errstate(gradient="raise"), pytest.raises(engine.NonFiniteGradient):
            y.backward()
        with pytest.raises(TypeError):
            y.backward(seed="1")
        with pytest.raises(ValueError, match="finite"):
            y.backward(seed=math.nan)
        return watched(engine, y)

    assert ends(make)


def test_a_pass_interrupted_by_a_signal_keeps_nothing_after_the_next(engine):
    class Stop(Exception):
        pass

    def stop(number, frame):
        raise Stop

    y = x = engine.Value(1.0)
    for _ in range(20_000):
        y = y * 1.0 + 0.0
    before = signal.signal(signal.SIGALRM, stop)
    interrupted = 0
    try:
        for _ in range(200):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-3)
                for _ in range(5):
                    y.backward()
            except Stop:
                interrupted += 1
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted
    x.grad = 0.0
    y.backward()
    assert x.grad == 1.0
    gone = weakref.ref(x)
    del x, y
    engine.Value(1.0).backward()
    assert gone() is None


def test_a_weak_reference_whose_callback_holds_the_graph(engine):
    called, kept = [], []

    def make():
        x, _, y = built(engine)
        z = y * 2
        kept.append(weakref.ref(z, lambda weak: called.append(x.data)))
        return watched(engine, z)

    found = make()
    assert called == [0.5]
    assert ends(lambda: found)


def test_a_subclass_that_refers_to_itself_is_left_to_the_collector(engine):
    class Named(engine.Value):
        pass

    v = Named(1.0)
    v.me, gone = v, weakref.ref(v)
    del v
    gc.collect()
    assert gone() is None


def test_a_label_is_kept_without_what_it_carries(engine):
    label = Text("carries")
    v = label.owner = engine.Value(1.0)
    v.label, gone = label, weakref.ref(v)
    assert (v.label, type(v.label)) == ("carries", str)
    del v, label
    assert gone() is None


def test_the_name_of_a_scope_is_kept_without_what_it_carries(engine):
    name = Text("carries")
    name.held, gone = engine.Value(1.0), weakref.ref(name)
    with engine.scope(name):
        v = engine.Value(2.0) * 2
    del name
    assert gone() is None
    assert type(v.scope) is str


# ---------------------------------------------------------------- loops


def test_operations_one_after_the_other_take_no_memory(engine):
    def work(count):
        total = engine.Value(0.0)
        for k in range(count):
            y = (total * 0.5 + k % 7).tanh()
            y.backward()
            total = y.detach()
            with contextlib.suppress(engine.DomainError):
                (y - 2).log()

    collecting = gc.isenabled()
    gc.disable()  # which empties Python's own lists of free tuples: they fill up once, and count as growth
    tracemalloc.start()
    try:
        work(3000)
        start = tracemalloc.get_traced_memory()[0]
        work(3000)
        grown = tracemalloc.get_traced_memory()[0] - start
    finally:
        tracemalloc.stop()
        if collecting:
            gc.enable()
    assert grown < 20_000  # bytes: two for each step, where one node has at least 80


def test_the_references_that_operations_take_are_given_back(engine):
    x, label = engine.Value(0.5), "".join(["a ", "label"])
    row, one = engine.ops.TABLE["tanh"], 0.25
    counted = [x, label, row, one, engine.ops.TABLE["mul"], engine.Value]
    before = [sys.getrefcount(thing) for thing in counted]
    for _ in range(1000):
        y = engine.tanh(one * x + x / 2) - engine.Value(one, label) ** 2
        y.label = label
        y.backward()
        engine.grad(y, x)
        engine.engine.weighted_sum(x, [x, one], [one, x], row)
        for bad in ("a", None):
            with pytest.raises(TypeError):
                engine.engine.weighted_sum(x, [x, bad], [one, x], row)
    del y, bad
    after = [sys.getrefcount(thing) for thing in counted]
    assert max(b - a for a, b in zip(before, after)) < 10
