"""Values and the backward pass: what they accept, what they record, and that nothing is ever half done."""

from __future__ import annotations

import copy
import gc
import math
import operator
import pickle
import random
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from microgrid import GraphError, Value, errstate, no_grad, parameter
from microgrid.graph import order

ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
NUMBERS = {
    "int": 3, "bool": True, "float": 2.5, "float64": np.float64(2.5), "float32": np.float32(0.1), "int64": np.int64(3),
    "array0d": np.array(1.5), "Fraction": Fraction(7, 4),
}  # fmt: skip
operators = pytest.mark.parametrize("operate", ARITHMETIC.values(), ids=list(ARITHMETIC))

# ---------------------------------------------------------------- operands


@operators
def test_two_values_compute_as_floats_do(operate):
    y = operate(Value(1.7), Value(2.3))
    assert y.data == operate(1.7, 2.3)


@operators
@pytest.mark.parametrize("number", NUMBERS.values(), ids=list(NUMBERS))
def test_a_number_on_the_right_is_its_float(operate, number):
    y = operate(Value(1.7), number)
    assert type(y) is Value
    assert y.data == operate(1.7, float(number))


@operators
@pytest.mark.parametrize("number", NUMBERS.values(), ids=list(NUMBERS))
def test_a_number_on_the_left_is_its_float(operate, number):
    x = Value(1.7)
    y = operate(number, x)
    assert type(y) is Value
    assert y.data == operate(float(number), 1.7)


@pytest.mark.parametrize(
    ("operate", "slope"),
    [
        (lambda x: 2 + x, 1.0),
        (lambda x: 2 - x, -1.0),
        (lambda x: 2 * x, 2.0),
        (lambda x: 2 / x, -2 / 9),
        (lambda x: 2**x, 8 * math.log(2)),
        (lambda x: x / 2, 0.5),
        (lambda x: x**2, 6.0),
        (lambda x: -x, -1.0),
        (lambda x: +x, 1.0),
        (lambda x: abs(-x), 1.0),
        (lambda x: sum([x, x]), 2.0),
    ],
    ids=["2+x", "2-x", "2*x", "2/x", "2**x", "x/2", "x**2", "-x", "+x", "abs(-x)", "sum"],
)
def test_gradient_of_an_operator_with_a_number(operate, slope):
    x = Value(3.0)
    operate(x).backward()
    assert x.grad == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("operate", "spelling", "count"),
    [
        (lambda a, b: a - b, "-", 2),
        (lambda a, b: a / b, "/", 2),
        (lambda a, b: a**b, "**", 2),
        (lambda a, b: a**3, "**3", 1),
        (lambda a, b: a**0.5, "**0.5", 1),
        (lambda a, b: a.relu(), "ReLU", 1),
        (lambda a, b: a.tanh(), "tanh", 1),
    ],
    ids=["sub", "div", "pow", "cube", "root", "relu", "tanh"],
)
def test_one_operation_is_one_node(operate, spelling, count):
    a, b = Value(2.0), Value(3.0)
    y = operate(a, b)
    assert y._op == spelling
    assert y.parents == (a, b)[:count]


def test_object_arrays_compute_element_by_element():
    w = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(0.5), Value(-0.25)])
    loss = np.sum(np.tanh(w @ x) + np.exp(x))
    loss.backward()
    matrix, vector = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.25])
    assert loss.data == pytest.approx(np.sum(np.tanh(matrix @ vector) + np.exp(vector)))
    slope = 1 - np.tanh(matrix @ vector) ** 2
    assert [[v.grad for v in row] for row in w] == pytest.approx(np.outer(slope, vector))
    assert [v.grad for v in x] == pytest.approx(matrix.T @ slope + np.exp(vector))


# ---------------------------------------------------------------- a node


def test_a_leaf_says_what_it_is():
    x = Value(3, "x")
    assert (x.data, x.grad, x.label, x.op, x.parents, x.partials) == (3.0, 0.0, "x", "", (), ())
    assert (x.role, x.constant, x.has_grad, x._prev, x._op) == ("input", None, False, set(), "")
    assert type(x.data) is float


def test_roles():
    w = parameter(2.0, "w")
    y = w * 3.0
    assert [v.role for v in order(y)] == ["parameter", "constant", "op"]


def test_equal_operands_are_two_edges():
    x = Value(3.0)
    y = x * x
    assert y.parents == (x, x)
    assert y.partials == (3.0, 3.0)
    assert y._prev == {x}


def test_partials_stay_those_of_the_forward_pass():
    a, b = Value(2.0), Value(3.0)
    y = a * b
    a.data = 100.0
    y.backward()
    assert (a.grad, b.grad, y.data) == (3.0, 2.0, 6.0)


def test_adding_in_place_rebinds_the_name_only():
    a = b = Value(1.0)
    a += 2
    assert (a.data, b.data) == (3.0, 1.0)


def test_detach_stops_the_gradient():
    x = Value(3.0, "x")
    y = x * (x * 2).detach()
    y.backward()
    assert x.grad == 6.0


def test_detach_keeps_data_and_label():
    d = Value(3.0, "x").detach()
    assert (d.data, d.label, d.parents) == (3.0, "x", ())


def test_repr_shows_data_gradient_and_label():
    assert repr(Value(2.0, "a")) == "Value(data=2.0, grad=0.0, label='a')"


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (math.nan, 2.0)])
def test_order_compares_data(compare, a, b):
    with errstate(domain="ieee"):
        v, w = Value(a), Value(b)
    assert compare(v, w) is compare(v, b) is compare(a, w) is compare(a, b)


def test_equality_is_identity():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert a != 1.0
    assert len({a, b}) == 2


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


# ---------------------------------------------------------------- size

DEPTH = 1_000_000


@pytest.fixture(scope="module")
def chain() -> Iterator[tuple[Value, Value]]:
    """A leaf and the end of a chain above it, with the collector off: it would read the nodes again and again."""
    gc.disable()
    x = y = Value(0.5, "x")
    for _ in range(DEPTH):
        y = -y
    yield x, y
    gc.enable()


def first(chain: Value) -> Value:
    while chain._a is not None:
        chain = chain._a
    return chain


def test_a_chain_of_a_million_nodes_is_differentiated(chain):
    chain[1].backward()
    assert chain[0].grad == 1.0


def test_a_chain_of_a_million_nodes_is_copied(chain):
    copied = copy.deepcopy(chain[1])
    copied.backward()
    assert (copied.data, first(copied).label, first(copied).grad) == (0.5, "x", 2.0)


def test_a_chain_of_a_million_nodes_is_pickled(chain):
    copied = pickle.loads(pickle.dumps(chain[1]))
    copied.backward()
    assert (copied.data, first(copied).label, first(copied).grad) == (0.5, "x", 2.0)


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


# ---------------------------------------------------------------- threads


@pytest.fixture
def restless():
    """Threads that take turns as often as Python lets them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


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


OBJECTS = np.array([Value(1.0), Value(2.0)])
ELEMENTWISE = {
    "array * value": (lambda v: OBJECTS * v, [3.0, 6.0]),
    "value * array": (lambda v: v * OBJECTS, [3.0, 6.0]),
    "value - array": (lambda v: v - OBJECTS, [2.0, 1.0]),
    "array ** value": (lambda v: OBJECTS**v, [1.0, 8.0]),
    "value ** array": (lambda v: v**OBJECTS, [3.0, 9.0]),
}


@pytest.mark.parametrize(("operation", "want"), ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_an_array_of_values_meets_a_value_element_by_element(operation, want):
    assert [v.data for v in operation(Value(3.0))] == want


class Sums:
    def __radd__(self, other):
        return f"{other.data} + me"


def test_a_class_with_reflected_operators_is_asked():
    assert Value(1.0) + Sums() == "1.0 + me"


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
    assert caught
    assert set(caught) == {"backward was called while this thread is in the middle of another backward pass"}
    small.backward()
    assert small.parents[0].grad % 3.0 == 0.0
