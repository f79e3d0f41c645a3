"""The backward pass: reuse, accumulation, threads, interruptions."""

from __future__ import annotations

import random
import signal
import sys
import threading

import pytest

import microgrid
from microgrid import GraphError, Value, no_grad

# ---------------------------------------------------------------- backward


def test_micrograds_sanity_check():
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


@pytest.mark.parametrize(
    ("build", "want"),
    [
        (lambda a, b: (a + b) * (a * b), (16.0, 21.0)),
        (lambda a, b: (a + b) * (a - b), (6.0, -4.0)),
        (lambda a, b: (c := a + a) + c, (4.0, 0.0)),
        (lambda a, b: (c := a * b) * c + c, (26.0, 39.0)),
        (lambda a, b: (h := a * b) + (h + a).relu() * h, (2.0 + 6.0 * 3.0 + 9.0 * 2.0, 3.0 + 6.0 * 3.0 + 9.0 * 3.0)),
        (lambda a, b: (a - b) / (b - a) * b, (0.0, -1.0)),
    ],
    ids=["issue68", "difference", "pull64", "square", "uneven", "quotient"],
)
def test_diamonds(build, want):
    a, b = Value(3.0), Value(2.0)
    build(a, b).backward()
    assert (a.grad, b.grad) == want


@pytest.mark.filterwarnings("ignore:.* a second time adds")
def test_interior_gradients_are_reset_and_leaves_accumulate():
    x = Value(3.0)
    h = x * 2
    y = h * h
    for times in (1, 2, 3):
        y.backward()
        assert (y.grad, h.grad, x.grad) == (1.0, 12.0, 24.0 * times)


def test_two_losses_add_up_in_the_leaf_only():
    x = Value(3.0)
    h = x * 2
    (h * 5).backward()
    (h * 7).backward()
    assert (h.grad, x.grad) == (7.0, 24.0)


def test_gradient_of_a_leaf_by_itself():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_seed_scales_every_gradient():
    x = Value(3.0)
    y = x * x
    y.backward(seed=-2)
    assert (y.grad, x.grad) == (-2.0, -12.0)


def test_a_zero_gradient_passes_nothing_through_an_infinite_partial():
    x = Value(0.0)
    (x.sqrt() * 0.0).backward()
    assert x.grad == 0.0


def test_has_grad_tells_zero_from_none():
    x, other = Value(0.0), Value(1.0)
    (x.relu() * 2).backward()
    assert (x.grad, x.has_grad, other.has_grad) == (0.0, True, False)


# ---------------------------------------------------------------- threads


@pytest.fixture
def restless():
    """Threads that take turns as often as Python lets them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.filterwarnings("ignore:.* a second time adds")
def test_threads_share_nodes_without_losing_a_gradient(restless):
    w = Value(2.0)
    shared = (w * 3 + w) * w
    graphs = []
    for k in range(8):
        y = shared
        for _ in range(k):  # of different shapes, so that each walk numbers the shared nodes differently
            y = y * 1.0
        graphs.append(y + w)

    def run(y):
        for _ in range(200):
            y.backward()

    threads = [threading.Thread(target=run, args=(y,)) for y in graphs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert w.grad == 8 * 200 * 17.0


def test_the_same_seed_gives_the_same_bits():
    def run():
        rng = random.Random(7)
        nodes = [Value(rng.gauss(0, 1)) for _ in range(5)]
        leaves = list(nodes)
        for _ in range(300):
            a, b = rng.choice(nodes), rng.choice(nodes)
            nodes.append(rng.choice([(a + b) / 2, a * b, a.tanh(), b.sin()]))
        nodes[-1].backward()
        return [v.grad.hex() for v in leaves]

    assert run() == run()


def test_no_grad_leaves_are_not_walked():
    w = Value(2.0)
    with no_grad():
        frozen = w * 3
    (frozen * w).backward()
    assert w.grad == 6.0


@pytest.mark.filterwarnings("ignore:.*a second time")  # signals before and after the walk run one each
def test_a_backward_pass_inside_another_is_refused_instead_of_waiting_for_itself():
    big = Value(1.0)
    for _ in range(300_000):
        big = big * 1.0
    small = Value(2.0) * 3.0
    caught = []

    def interrupt(number, frame):
        try:
            small.backward()
        except GraphError as error:
            caught.append(str(error))

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        big.backward()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if microgrid.compiled and not caught:  # no signal is handled inside a compiled walk
        return
    assert set(caught) == {"backward was called while this thread is in the middle of another backward pass"}
    small.backward()
    assert small.parents[0].grad % 3.0 == 0.0
