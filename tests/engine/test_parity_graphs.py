"""Whole graphs do the same on the compiled engine and its source: orders, gradients, copies, pickles, training."""

from __future__ import annotations

import copy
import importlib
import pickle
import random
import sys
import warnings

import numpy as np
import pytest

from helpers.engines import NAMES, PLAIN, RUNNING, needs_both, same

pytestmark = needs_both

TABLE = RUNNING.ops.TABLE
UNARY = [name for name in NAMES if TABLE[name].arity == 1 and name not in ("neg", "abs", "powc")]


def grown(m, seed, steps=60):
    """A random graph: reuse, x*x, literals on both sides, skips to the leaves, scopes, labels, custom operations."""
    dice = random.Random(seed)
    nodes = [m.Value(dice.gauss(0, 1), f"x{k}") for k in range(3)] + [m.parameter(dice.gauss(0, 1), "w")]
    mix = m.custom_op("mix", value=lambda a, b, c: a * b + c, partials=lambda a, b, c: (b, a, 1.0))
    for k in range(steps):
        a, b = dice.choice(nodes[-8:]), dice.choice(nodes)
        kind = dice.randrange(9)
        with m.scope(f"part{k % 3}"):
            if kind == 0:
                v = a + b
            elif kind == 1:
                v = a * a
            elif kind == 2:
                v = dice.choice([2, 0.5, True]) * a - b
            elif kind == 3:
                v = a / (b * b + 1)
            elif kind == 4:
                v = (1 - a.tanh()) ** dice.choice([2, 3, 0, 1])
            elif kind == 5:
                v = mix(a, b, 0.25)
            elif kind == 6:
                v = m.hypot(a, b) - m.maximum(a, b)
            elif kind == 7:
                v = m.dot([a, b, 2.0], [b, 0.1, a])
            else:
                v = getattr(m, dice.choice(UNARY))(a.sigmoid() * 0.8)
        if k % 5 == 0:
            v.label = f"h{k}"
        nodes.append(v.tanh() if abs(v.data) > 3 else v)
    return nodes


SEEDS = pytest.mark.parametrize("seed", range(12))


@SEEDS
def test_a_graph_its_order_and_its_gradients(seed):
    def case(m):
        nodes = grown(m, seed)
        nodes[-1].backward()
        nodes[-3].backward(seed=-0.5)
        nodes[-1].backward()
        return nodes

    same(case)


@SEEDS
def test_gradients_of_gradients(seed):
    def case(m):
        nodes = grown(m, seed, 12)
        first = m.grad(nodes[-1], nodes[:4])
        return first, m.grad(m.sum(first), nodes[0]), m.jvp(nodes[-1], {nodes[1]: 1.0, nodes[3]: -2.0})

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(case)


@SEEDS
def test_recomputed_copied_and_pickled(seed):
    def case(m):
        nodes = grown(m, seed)
        y = nodes[-1]
        y.backward()
        copies = [copy.deepcopy(y), copy.copy(y), pickle.loads(pickle.dumps(nodes))]
        nodes[0].data, nodes[3].data = 0.25, -0.75
        m.recompute(y)
        copies[0].backward()
        with m.no_grad():
            frozen = nodes[-1] * nodes[-2] + 1
        return y, copies, frozen, y.detach()

    same(case)


@SEEDS
def test_programs_hold_the_same_instructions(seed):
    def case(m):
        nodes = grown(m, seed)
        record = importlib.import_module(f"{m.__name__}.programs.recording").record
        recording = record(nodes[-2:], nodes[:2], None)
        arrays = [list(getattr(recording, name)) for name in ("a", "b", "data", "role", "outputs", "wanted")]
        rows = [m.ops.ROWS[code] and m.ops.ROWS[code].name for code in recording.code]
        return rows, arrays, recording.labels, [v.label for v in recording.parameters], recording.leaves

    same(case)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_training_steps_of_a_network(activation):
    def case(m):
        random.seed(11)
        model = m.nn.MLP(2, [5, 4, 1])
        points = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(9)]
        losses = []
        for _ in range(4):
            scores = [model(list(point)) for point in points]
            loss = m.mean([(1 + (-1 if x * y > 0 else 1) * s).relu() for (x, y), s in zip(points, scores)])
            loss = loss + 1e-4 * m.sum([p * p for p in model.parameters()])
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= 0.3 * p.grad
            losses.append(loss.data)
        return losses, loss, [p.grad for p in model.parameters()], repr(model)

    same(case)


# ---------------------------------------------------------------- weighted sums

SUMS = {
    "numbers": lambda m: ([1.0, 2, True], [m.Value(3.0), m.Value(4.0), 5]),
    "Values": lambda m: ([m.Value(0.1, "u"), m.Value(0.2)], [m.Value(0.3), m.Value(0.4)]),
    "NumPy": lambda m: ([np.float64(0.1), np.float32(0.1)], [m.Value(0.3), np.int64(3)]),
    "nothing": lambda m: ([], []),
    "uneven": lambda m: ([m.Value(1.0)], []),
    "overflow": lambda m: ([m.Value(1e200, "u")], [m.Value(1e200, "v")]),
    "sum overflow": lambda m: ([1.7e308, 1.7e308], [m.Value(1.0), m.Value(1.0)]),
    "str": lambda m: ([m.Value(1.0), "x"], [m.Value(1.0), m.Value(2.0)]),
    "None": lambda m: ([None], [m.Value(1.0)]),
    "complex": lambda m: ([1j], [m.Value(1.0)]),
}


@pytest.mark.parametrize("terms", SUMS.values(), ids=SUMS)
@pytest.mark.parametrize("row", [None, "relu", "tanh", "log"])
def test_weighted_sums(terms, row):
    def case(m, place=-1):
        return m.engine.weighted_sum(m.Value(0.5, "b"), *terms(m), None if row is None else m.ops.TABLE[row], place)

    def placed(m):
        with m.scope("outside"):
            return case(m, m.base.context.scope_place("inside")), case(m)

    def frozen(m):
        with m.no_grad():
            return case(m, m.base.context.scope_place("inside"))

    for each in (case, placed, frozen):
        same(each)
    same(lambda m: m.dot(*terms(m)))


# ---------------------------------------------------------------- what goes wrong


def failing_log(m):
    return (m.Value(2.0, "x") - 3).log()


def infinite_gradient(m):
    x = m.Value(0.0, "x")
    y = x.sqrt() * 2 + 1
    y.backward()
    return x, y


def overflowing_gradient(m):
    x = m.Value(0.1, "x")
    (x * 1e308 + x * 1e308).backward()
    return x


def refused_gradient(m):
    x = m.Value(0.0, "x")
    try:
        with m.errstate(gradient="raise"):
            x.sqrt().backward()
    finally:
        kept.append(x.has_grad)


kept: list[bool] = []


def changed_operands(m):
    x = m.Value(2.0, "x")
    y = x.exp()
    x.data = 3.0
    return m.grad(y, x)


def failed_recompute(m):
    x = m.Value(2.0, "x")
    y = (x - 1).log()
    x.data = 0.5
    try:
        m.recompute(y)
    finally:
        kept.append(y.data)


@pytest.mark.parametrize(
    "case",
    [failing_log, infinite_gradient, overflowing_gradient, refused_gradient, changed_operands, failed_recompute],
)
def test_what_goes_wrong(case):
    kept.clear()
    same(case)
    assert kept[::2] == kept[1::2]


def test_a_subclass():
    def case(m):
        class Special(m.Value):
            def __init__(self, data, note):
                super().__init__(data, label=note)
                self.note = note

            def tanh(self):
                return super().tanh() + 1

        v = Special(0.5, "s")
        y = v.tanh() * v + 2 * v
        y.backward()
        return y, v, v.note, type(v * 2).__name__, isinstance(v, m.Value), copy.copy(v).note, v.detach()

    same(case)


# ---------------------------------------------------------------- from one engine to the other


@SEEDS
@pytest.mark.parametrize("protocol", [2, 5])
def test_what_one_engine_pickled_the_other_loads(seed, protocol):
    def moved(text, there):
        """The classes and functions are found under the name of the package: that is all the difference."""
        names = {name: module for name, module in sys.modules.items() if name.split(".")[0].startswith("microgrid")}
        other = there.__name__
        try:
            for name, module in names.items():
                if name.split(".")[0] == other:
                    sys.modules[name.replace(other, "microgrid", 1)] = module
            return pickle.loads(text)
        finally:
            sys.modules.update(names)

    nodes = grown(RUNNING, seed)
    nodes[-1].backward()
    text = pickle.dumps(nodes, protocol)
    grown(PLAIN, seed)  # which defines the custom operation there
    same(lambda m: nodes if m is RUNNING else moved(text, PLAIN))


# ---------------------------------------------------------------- still different


class Times:
    """Answers to multiplication, not to addition."""

    def __radd__(self, other):
        return NotImplemented

    def __rmul__(self, other):
        return NotImplemented


def array_in_a_dot(m):
    return m.dot([m.Value(1.0), np.array([m.Value(2.0), 1.0])], [2.0, 3.0])


def stranger_in_a_dot(m):
    return m.dot([m.Value(1.0), m.Value(1.0)], [2.0, Times()])


def subclass_that_does_not_call_init(m):
    return type("Forgetful", (m.Value,), {"__init__": lambda self: None})() * 2


@pytest.mark.parametrize("case", [array_in_a_dot, stranger_in_a_dot, subclass_that_does_not_call_init])
def test_rare_cases(case):
    same(case)
