"""Blocks that change how operations are recorded, in this thread only."""

from __future__ import annotations

import asyncio
import math
import threading

import pytest

from microgrid import DomainError, NonFiniteGradient, Value, errstate, no_grad, parameter, scope
from microgrid.base import context


@pytest.fixture(autouse=True)
def every_block_is_left():
    yield
    assert context.BLOCKS.open == 0
    assert context.current() == context.Settings()


def in_threads(count, run):
    failures = []

    def guarded(k):
        try:
            run(k)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# ---------------------------------------------------------------- no_grad


def test_results_without_recording_are_leaves():
    w = Value(2.0)
    with no_grad():
        y = w * 3
    assert (y.data, y.parents, y.role, y.op) == (6.0, (), "input", "")


def test_a_parameter_stays_one():
    with no_grad():
        assert parameter(1.0).role == "parameter"


def test_recording_resumes_after_an_exception():
    with pytest.raises(DomainError), no_grad():
        Value(-1.0).log()
    assert (Value(1.0) * 2).op == "mul"


def test_no_grad_as_a_decorator():
    @no_grad()
    def predict(x):
        """Docs."""
        return x * 2

    assert predict(Value(1.0)).parents == ()
    assert (predict.__name__, predict.__doc__) == ("predict", "Docs.")


def test_a_decorated_function_may_recurse():
    @scope("a")
    def depth(k):
        return (Value(1.0) * 2).scope if k == 0 else depth(k - 1)

    assert depth(3) == "a/a/a/a"


def test_one_block_may_be_entered_twice():
    block = scope("a")
    with block, block:
        assert Value(1.0).scope == "a/a"
    with block:
        assert Value(1.0).scope == "a"


# ---------------------------------------------------------------- scope


def test_scopes_nest():
    with scope("layer1"):
        h = Value(1.0) * 2
        with scope("neuron2"):
            k = h + 1
    assert (h.scope, k.scope, (h + k).scope) == ("layer1", "layer1/neuron2", "")


def test_a_constant_belongs_to_the_scope_it_was_written_in():
    x = Value(1.0)
    with scope("a"):
        y = x * 3
    assert [v.scope for v in y.parents] == ["", "a"]


def test_a_scope_survives_no_grad():
    with scope("a"), no_grad():
        assert (Value(1.0) * 2).scope == "a"


@pytest.mark.parametrize("name", ["", None, 3, b"a"])
def test_a_scope_needs_a_name(name):
    with pytest.raises(TypeError, match="name"):
        scope(name)


# ---------------------------------------------------------------- errstate


def test_ieee_goes_on_with_nan_and_inf():
    with errstate(domain="ieee"):
        assert math.isnan(Value(-1.0).log().data)
        assert (Value(1.0) / 0).data == math.inf
        assert (Value(-1.0) / Value(0.0)).data == -math.inf
        assert Value(1000.0).exp().data == math.inf
        assert Value(math.inf).data == math.inf


def test_the_inner_errstate_wins():
    with errstate(domain="ieee"), errstate(domain="raise"), pytest.raises(DomainError):
        Value(-1.0).log()


def test_errstate_changes_only_what_it_is_given():
    with errstate(domain="ieee"), errstate(gradient="raise"):
        x = Value(0.0)
        assert x.log().data == -math.inf
        with pytest.raises(NonFiniteGradient):
            x.sqrt().backward()


def test_errstate_of_nothing_changes_nothing():
    with errstate(), pytest.raises(DomainError):
        Value(-1.0).log()


def test_errstate_as_a_decorator():
    @errstate(domain="ieee")
    def inverse(x):
        return 1 / x

    assert inverse(Value(0.0)).data == math.inf


@pytest.mark.parametrize("arguments", [{"domain": "ignore"}, {"gradient": "ieee"}, {"domain": ""}, {"domain": 1}])
def test_an_unknown_choice_is_a_value_error(arguments):
    with pytest.raises(ValueError, match=r"errstate: (domain|gradient)=.* is unknown: choose .(raise|warn)"):
        errstate(**arguments)


# ---------------------------------------------------------------- threads and tasks


def test_a_block_holds_in_its_own_thread_only():
    inside, leave = threading.Event(), threading.Event()
    seen = []

    def quiet():
        with no_grad(), scope("there"):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=quiet)
    thread.start()
    inside.wait(10)
    seen.append(Value(1.0) * 2)
    leave.set()
    thread.join()
    assert (seen[0].op, seen[0].scope) == ("mul", "")


def test_a_decorated_function_runs_in_many_threads():
    barrier = threading.Barrier(4)

    @no_grad()
    def predict(x):
        barrier.wait(10)
        return x * 2

    def run(k):
        for _ in range(20):
            assert predict(Value(1.0)).parents == ()

    in_threads(4, run)


def test_scopes_in_threads_do_not_mix():
    barrier = threading.Barrier(4)

    def run(k):
        with scope(f"t{k}"):
            barrier.wait(10)
            assert (Value(1.0) * 2).scope == f"t{k}"
            barrier.wait(10)

    in_threads(4, run)


def test_scopes_in_tasks_do_not_mix():
    async def task(name):
        with scope(name):
            await asyncio.sleep(0)
            found = (Value(1.0) * 2).scope
            await asyncio.sleep(0)
        return found

    async def both():
        return await asyncio.gather(task("a"), task("b"))

    def run(_):  # in a thread of its own: a browser that another test has opened keeps a loop in this one
        assert asyncio.run(both()) == ["a", "b"]

    in_threads(1, run)
