"""Threads that build, differentiate, compile and replay at once, and Python code that runs in the middle of a walk."""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import threading
import time

import numpy as np
import pytest

from helpers.engines import each_engine

pytestmark = each_engine


@pytest.fixture(autouse=True)
def restless():
    """Threads that take turns as often as Python lets them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(*runs):
    """Each in its own thread, all starting together; the first error of any is raised here."""
    errors, start = [], threading.Barrier(len(runs))

    def guarded(run):
        start.wait(10)
        try:
            run()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


# ---------------------------------------------------------------- threads


def test_gradients_in_shared_leaves_are_exact(engine):
    """Integers, so that the sum does not depend on who comes when."""
    w = [engine.parameter(k + 1) for k in range(4)]

    def run(k):
        def train():
            for step in range(60):
                x = engine.Value(step % 5)
                y = w[0] * x + w[1] * w[2] * k + (w[3] - x) * w[3]
                y.backward()

        return train

    at_once(*map(run, range(6)))
    assert w[0].grad == 6 * 60 / 5 * (0 + 1 + 2 + 3 + 4)
    assert w[1].grad == 60 * 3 * sum(range(6))
    assert w[2].grad == 60 * 2 * sum(range(6))
    assert w[3].grad == 6 * 60 / 5 * sum(2 * 4 - x for x in range(5))


def test_building_differentiating_compiling_and_replaying_at_once(engine):
    w = engine.parameter(0.5, "w")

    def work(k):
        def run():
            dice = random.Random(k)
            for _ in range(12):
                x = engine.Value(dice.uniform(-1, 1), "x")
                depth = dice.randrange(1, 30)
                y = x
                for _ in range(depth):
                    y = w.detach() * y
                slope = 0.5**depth
                y.backward()
                assert (y.data, x.grad) == (slope * x.data, slope)
                assert engine.grad(y, x).data == slope
                value = engine.compile(y, inputs=[x])(np.array([[1.0], [-2.0], [0.25]]))
                assert np.ravel(value).tolist() == [slope, -2.0 * slope, 0.25 * slope]
                assert engine.recompute(y).data == slope * x.data

        return run

    at_once(*map(work, range(5)))


@pytest.mark.filterwarnings("ignore:.* a second time adds")
def test_a_pass_in_one_thread_while_another_builds_and_frees(engine):
    w = engine.parameter(1.0)
    y = w
    for _ in range(3000):
        y = y * 1.0 + w * 0.0
    done = threading.Event()

    def differentiate():
        try:
            for _ in range(20):
                y.backward()
        finally:
            done.set()

    def build():
        built = None
        while not done.is_set():
            for _ in range(50):
                built = w * 2.0 if built is None else built + w
            engine.compile(built, parameters=[w], inputs=[])
            built = None

    at_once(differentiate, build, build)
    assert w.grad == 20.0


def test_one_program_in_several_threads(engine):
    x, w = engine.Value(0.0, "x"), engine.parameter(3.0, "w")
    program = engine.compile((w * x).tanh() * w, inputs=[x], parameters=[w])
    X = np.linspace(-1, 1, 50).reshape(-1, 1)
    z = np.tanh(3.0 * X[:, 0])
    slope = np.sum(z + 3.0 * (1 - z**2) * X[:, 0])

    def run():
        for _ in range(40):
            value, gradient = program.value_and_grad(X, reduce="sum")
            assert value == pytest.approx(3.0 * z.sum(), abs=1e-12)
            assert gradient == pytest.approx([slope])

    at_once(*[run] * 4)


def test_settings_are_those_of_the_thread(engine):
    def quiet():
        for k in range(200):
            with engine.no_grad(), engine.errstate(domain="ieee"), engine.scope(f"quiet{k % 3}"):
                v = engine.Value(-1.0).log()
                assert (v.op, v.scope) == ("", f"quiet{k % 3}")

    def loud():
        for _ in range(200):
            v = engine.Value(-1.0)
            assert ((v * 2).op, (v * 2).scope) == ("mul", "")
            with pytest.raises(engine.DomainError):
                v.log()

    at_once(quiet, loud, quiet, loud)
    assert engine.base.context.BLOCKS.open == 0


# ---------------------------------------------------------------- in the middle of a walk


def chain(engine, x, length):
    y = x
    for _ in range(length):
        y = y * 1.0
    return y


class Garbage:
    """Part of a cycle, so that the collector finds it whenever it likes, and then runs code."""

    def __init__(self, run):
        self.me, self.run = self, run

    def __del__(self):
        self.run()


@pytest.mark.slow
def test_finalisers_that_build_and_differentiate_during_walks(engine):
    x, other = engine.Value(1.0), engine.Value(2.0)
    y = chain(engine, x, 3000)
    count, refused, complete = 0, 0, 0

    def run():
        nonlocal refused, complete
        z = other * other + engine.Value(1.0)
        try:
            z.backward()
            complete += 1
        except engine.GraphError:
            refused += 1

    threshold = gc.get_threshold()
    gc.set_threshold(5, 2, 2)
    try:
        for _ in range(10):
            for _ in range(30):
                Garbage(run)
            y.backward()
            program = engine.compile(y, inputs=[x])
            assert program.value_and_grad(np.array([[2.0]]))[0] == 2.0
            count += 1
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    assert x.grad == count
    assert complete + refused == 300
    assert other.grad == 4.0 * complete


def test_nodes_whose_finaliser_runs_code_while_a_graph_is_freed(engine):
    seen = []

    class Last(engine.Value):
        def __del__(self):
            y = engine.Value(3.0)
            (y * y + chain(engine, y, 50)).backward()
            seen.append((self.data, y.grad))

    for k in range(20):
        y = engine.Value(0.0)
        for _ in range(100):
            y = y + Last(k) * 2.0
        y.backward()
        del y
    assert seen == [(k, 7.0) for k in range(20) for _ in range(100)]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="optional: needs POSIX timers")
def test_ctrl_c_at_any_moment_leaves_a_working_engine(engine):
    x = engine.Value(1.0)
    y = chain(engine, x, 1)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    caught = 0
    try:
        for k in range(600):
            try:
                signal.setitimer(signal.ITIMER_REAL, 2e-5 + k * 3e-7)
                for _ in range(20_000):
                    y.backward()
            except KeyboardInterrupt:
                caught += 1
            x.grad = 0.0
            y.backward()
            assert x.grad == 1.0
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert caught > 400  # all, but for one that arrives where Python drops it


@pytest.mark.filterwarnings("ignore")  # JAX, where another test has loaded it, warns of every fork
@pytest.mark.skipif(not hasattr(os, "fork"), reason="optional: needs fork")
def test_a_child_process_finds_no_half_walked_graph(engine):
    x = engine.Value(1.0)
    y = chain(engine, x, 2000)
    stop = threading.Event()

    def walk():
        while not stop.is_set():
            y.backward()

    thread = threading.Thread(target=walk)
    thread.start()
    statuses = []
    try:
        for _ in range(12):
            time.sleep(0.002)
            child = os.fork()
            if child == 0:
                sound = y.has_grad in (True, False) and all(v._index == 0 for v in engine.graph.order(y))
                before = x.grad
                y.backward()
                os._exit(0 if sound and x.grad == before + 1.0 else 1)
            statuses.append(os.waitpid(child, 0)[1])
    finally:
        stop.set()
        thread.join()
    assert statuses == [0] * 12
