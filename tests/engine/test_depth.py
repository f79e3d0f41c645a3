"""Graphs of a million nodes: nothing recurses, sharing is linear, memory returns."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Iterator

import pytest

from microgrid import Value

# ---------------------------------------------------------------- size

DEPTH = 1_000_000
COPIED = 50_000  # copies take ten times as long as a walk; a recursion would end long before


@pytest.fixture(scope="module")
def chain() -> Iterator[tuple[Value, Value]]:
    """A leaf and the end of a chain above it, with the collector off: it would read the nodes again and again."""
    gc.disable()
    x = y = Value(0.5, "x")
    for _ in range(DEPTH):
        y = -y
    yield x, y
    gc.enable()


@pytest.fixture(scope="module")
def shorter_chain(chain: tuple[Value, Value]) -> Value:
    y = Value(0.5, "x")
    for _ in range(COPIED):
        y = -y
    return y


def first(chain: Value) -> Value:
    while chain._first is not None:
        chain = chain._first
    return chain


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_is_differentiated(chain):
    chain[1].backward()
    assert chain[0].grad == 1.0


@pytest.mark.slow
def test_a_long_chain_is_copied(shorter_chain):
    copied = copy.deepcopy(shorter_chain)
    copied.backward()
    assert (copied.data, first(copied).label, first(copied).grad) == (0.5, "x", 1.0)


@pytest.mark.slow
def test_a_long_chain_is_pickled(shorter_chain):
    copied = pickle.loads(pickle.dumps(shorter_chain))
    copied.backward()
    assert (copied.data, first(copied).label, first(copied).grad) == (0.5, "x", 1.0)


def test_a_chain_of_a_million_nodes_is_freed():
    y = Value(0.5)
    start = weakref.ref(y)
    for _ in range(DEPTH):
        y = -y
    del y
    assert start() is None


def test_a_shared_graph_is_walked_once_per_node():
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_memory_returns_without_the_cycle_collector():
    gc.collect()
    gc.disable()
    try:
        y = Value(0.5)
        middle = None
        for k in range(100_000):
            y = y.tanh() if k % 3 else y + 1
            if k == 50_000:
                middle = weakref.ref(y)
        y.backward()
        del y
        assert middle() is None
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        assert not [o for o in gc.garbage if isinstance(o, Value)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
