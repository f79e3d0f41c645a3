"""The published micrograd runs beside microgrid: expressions, networks, training, and notebooks written for it."""

import math
import operator
import random
from dataclasses import dataclass

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
import sympy

import microgrid
import microgrid.nn

ENGINES = (micrograd.engine, microgrid)
BOTH = pytest.mark.parametrize("engine", ENGINES, ids=["micrograd", "microgrid"])

# ---------------------------------------------------------------- random expressions

BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
UNARY = {"neg": operator.neg, "relu": lambda a: a.relu()}
EXPONENTS = (2, 3, -1, -2, 0.5, 2.0)
SMALL, LARGE = 0.05, 50.0


@dataclass
class Sized:
    """A number with its derivatives, and the size of the terms that were added up for each of them.

    The size scales the tolerance: where terms cancel, two engines that add in different orders differ by as much.
    """

    data: float
    slopes: np.ndarray
    sizes: np.ndarray

    def join(self, other, data, da, db):
        slopes = da * self.slopes + db * other.slopes
        return Sized(data, slopes, abs(da) * self.sizes + abs(db) * other.sizes)

    def __add__(self, other):
        other = self.lift(other)
        return self.join(other, self.data + other.data, 1, 1)

    def __mul__(self, other):
        other = self.lift(other)
        return self.join(other, self.data * other.data, other.data, self.data)

    def __pow__(self, n):
        return self.join(self.lift(0), self.data**n, n * self.data ** (n - 1), 0)

    def relu(self):
        return self * (self.data > 0)

    def lift(self, x):
        return x if isinstance(x, Sized) else Sized(x, 0 * self.slopes, 0 * self.sizes)

    # fmt: off
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -1 * self.lift(other)
    def __truediv__(self, other): return self * self.lift(other) ** -1
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __rsub__(self, other): return self.lift(other) - self
    def __rtruediv__(self, other): return self.lift(other) / self
    # fmt: on


def apply(step, nodes):
    """One step of a recipe: an operation and where its operands are (a position, or a plain number)."""
    name, *operands = step
    a, *rest = (nodes[x] if isinstance(x, int) else x[0] for x in operands)
    if name in UNARY:
        return UNARY[name](a)
    return a ** rest[0] if name == "**" else BINARY[name](a, rest[0])


def example(seed):
    """Leaves, random steps that neither cancel nor overflow nor leave the reals, and the last node's `Sized`."""
    rng = random.Random(seed)
    leaves = [rng.uniform(0.3, 2.0) * rng.choice([1, -1]) for _ in range(rng.randint(1, 4))]
    units = np.eye(len(leaves))
    nodes = [Sized(x, unit, unit) for x, unit in zip(leaves, units, strict=True)]
    steps, wanted = [], rng.randint(4, 16)
    while len(steps) < wanted:
        a, b = rng.randrange(max(0, len(nodes) - 4), len(nodes)), rng.randrange(len(nodes))
        number = (rng.choice([rng.uniform(-2, 2), rng.randint(1, 4)]),)  # a tuple marks a plain number
        name = rng.choice([*BINARY, *BINARY, *UNARY, "**"])
        if name in UNARY:
            step = (name, a)
        elif name == "**":
            step = (name, a, (rng.choice(EXPONENTS),))
        else:
            step = (name, *rng.choice([(a, b), (b, a), (a, number), (number, a)]))
        operands = [nodes[x].data if isinstance(x, int) else x[0] for x in step[1:]]
        if (name == "/" and abs(operands[1]) < SMALL) or (name == "**" and abs(operands[0]) < SMALL):
            continue
        if name == "**" and operands[1] == 0.5 and operands[0] < 0:
            continue
        made = apply(step, nodes)
        cancels = name in "+-" and abs(made.data) < 0.1 * max(map(abs, operands))
        if name == "relu" or (SMALL < abs(made.data) < LARGE and not cancels):
            steps.append(step)
            nodes.append(made)
    return leaves, steps, nodes[-1]


@pytest.mark.parametrize("seed", range(300))
def test_random_expressions_agree(seed):
    leaves, steps, expected = example(seed)
    for engine in ENGINES:
        nodes = [engine.Value(x) for x in leaves]
        for step in steps:
            nodes.append(apply(step, nodes))
        nodes[-1].backward()
        assert nodes[-1].data == pytest.approx(expected.data, rel=1e-13, abs=1e-300), steps
        for leaf, slope, size in zip(nodes, expected.slopes, expected.sizes, strict=False):
            assert leaf.grad == pytest.approx(slope, rel=0, abs=1e-13 * size), steps


def test_random_expressions_reach_every_operation():
    steps = [step for seed in range(300) for step in example(seed)[1]]
    used = {(name, *("node" if isinstance(x, int) else "number" for x in operands)) for name, *operands in steps}
    kinds = [("node", "node"), ("node", "number"), ("number", "node")]
    assert used == {(name, *kind) for name in BINARY for kind in kinds} | {
        ("neg", "node"), ("relu", "node"), ("**", "node", "number"),
    }  # fmt: skip


# ---------------------------------------------------------------- the expressions micrograd is known by


def relu_of(v):
    return v.relu()


def relu_and_reuse(x, relu=relu_of):
    z = 2 + 2 * x + x
    q = relu(z) + z * x
    return relu(z * z) + q + q * x


def every_operator(a, b, relu=relu_of):
    c = 1 + 2 * (2 * (a + b) + 1) + (-a)
    d = 4 * (3 * (a * b + b**3) + relu(b + a)) + relu(b - a)
    e = c - d
    return e**2 / 2.0 + 10.0 / e**2


KNOWN = pytest.mark.parametrize(
    ("expression", "point", "quoted"),
    [
        (relu_and_reuse, [-4], [-20.0, 46.0]),
        (every_operator, [-4, 2], [24.70408163265306, 138.8338192419825, 645.5772594752186]),
    ],
)


@KNOWN
def test_known_numbers_are_what_sympy_derives(expression, point, quoted):
    symbols = sympy.symbols(f"s0:{len(point)}", real=True)
    formula = expression(*symbols, relu=lambda e: sympy.Max(e, 0))
    at = dict(zip(symbols, point, strict=True))
    assert [float(f.subs(at)) for f in (formula, *map(formula.diff, symbols))] == pytest.approx(quoted, rel=1e-14)


@BOTH
@KNOWN
def test_known_expressions_agree(engine, expression, point, quoted):
    leaves = [engine.Value(float(x)) for x in point]
    y = expression(*leaves)
    y.backward()
    assert [y.data, *(leaf.grad for leaf in leaves)] == pytest.approx(quoted, rel=1e-14)


# ---------------------------------------------------------------- networks and training


def moons(rng, n):
    """Two interleaved half circles with some noise, labelled -1 and 1."""
    points, labels = [], []
    for i in range(n):
        angle, upper = rng.uniform(0, math.pi), i % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        labels.append(-1 if upper else 1)
    return points, labels


def train(nn, points, labels, steps):
    """The losses and the model of gradient descent on the hinge loss with weight decay, from seed 1337."""
    random.seed(1337)
    model, losses = nn.MLP(2, [16, 16, 1]), []
    for k in range(steps):
        scores = [model(x) for x in points]
        hinges = [(1 - y * score).relu() for y, score in zip(labels, scores, strict=True)]
        loss = sum(hinges) / len(hinges) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        rate = 1.0 - 0.9 * k / steps
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(loss.data)
    return losses, model


@pytest.mark.slow
def test_training_runs_agree_at_every_step():
    points, labels = moons(random.Random(5), 12)
    theirs, their_model = train(micrograd.nn, points, labels, 8)
    ours, our_model = train(microgrid.nn, points, labels, 8)
    assert ours == pytest.approx(theirs, rel=1e-12)
    assert [p.data for p in our_model.parameters()] == pytest.approx([p.data for p in their_model.parameters()], 1e-10)
    assert ours[-1] < 0.4 * ours[0]
    hits = [(our_model(x).data > 0) == (y > 0) for x, y in zip(points, labels, strict=True)]
    assert sum(hits) > 0.8 * len(hits)


@pytest.mark.parametrize(("nin", "nouts"), [(2, [16, 16, 1]), (3, [4, 4, 1]), (1, [1]), (2, [3, 2])])
@pytest.mark.parametrize("seed", [0, 1, 1337])
def test_networks_start_alike(nin, nouts, seed):
    models = []
    for nn in (micrograd.nn, microgrid.nn):
        random.seed(seed)
        models.append(nn.MLP(nin, nouts))
    theirs, ours = models
    assert repr(ours) == repr(theirs)
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    x = [random.uniform(-2, 2) for _ in range(nin)]
    outputs = [y if isinstance(y, list) else [y] for y in (theirs(x), ours(x))]
    for y in outputs:
        sum(y).backward()
    assert [v.data for v in outputs[1]] == [v.data for v in outputs[0]]
    assert [p.grad for p in ours.parameters()] == pytest.approx([p.grad for p in theirs.parameters()], rel=1e-14)


# ---------------------------------------------------------------- notebooks written for micrograd


def trace(root):
    """The nodes and edges of a graph, found through `_prev` as the drawing notebook does."""
    nodes, edges, waiting = set(), set(), [root]
    while waiting:
        v = waiting.pop()
        if v not in nodes:
            nodes.add(v)
            edges |= {(child, v) for child in v._prev}
            waiting.extend(v._prev)
    return nodes, edges


@BOTH
def test_a_trace_through_prev_and_op_finds_the_same_graph(engine):
    x, y = engine.Value(2.0), engine.Value(-3.0)
    h = (x * y + 10.0).relu()
    nodes, edges = trace(h * h + x**2)
    assert sorted(v._op for v in nodes) == ["", "", "", "*", "*", "**2", "+", "+", "ReLU"]
    assert {(a._op, a.data, b._op) for a, b in edges} == {
        ("", -3.0, "*"), ("", 2.0, "*"), ("", 2.0, "**2"), ("", 10.0, "+"), ("*", -6.0, "+"), ("**2", 4.0, "+"),
        ("*", 16.0, "+"), ("+", 4.0, "ReLU"), ("ReLU", 4.0, "*"),
    }  # fmt: skip


def test_a_backward_pass_by_hand_over_the_topological_order():
    a, b = microgrid.Value(2.0, label="a"), microgrid.Value(-3.0, label="b")
    y = (a * b + a).tanh()
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for child in v._prev:
                visit(child)
            order.append(v)

    visit(y)
    grads = dict.fromkeys(order, 0.0)
    grads[y] = 1.0
    for v in reversed(order):
        for parent, partial in zip(v.parents, v.partials, strict=True):
            grads[parent] += grads[v] * partial
    slope = 1 - math.tanh(-4.0) ** 2
    assert (grads[a], grads[b]) == pytest.approx((-2.0 * slope, 2.0 * slope), rel=1e-12)


@pytest.mark.parametrize("activate", [lambda n: n.tanh(), lambda n: ((2 * n).exp() - 1) / ((2 * n).exp() + 1)])
def test_the_two_input_neuron_of_the_lecture(activate):
    x1, x2 = microgrid.Value(2.0, label="x1"), microgrid.Value(0.0, label="x2")
    w1, w2 = microgrid.Value(-3.0, label="w1"), microgrid.Value(1.0, label="w2")
    b = microgrid.Value(6.8813735870195432, label="b")
    products = x1 * w1 + x2 * w2
    products.label = "x1*w1 + x2*w2"
    o = activate(products + b)
    o.backward()
    assert o.data == pytest.approx(math.sqrt(0.5), rel=1e-12)
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0], rel=1e-12)
    assert "label='x1*w1 + x2*w2'" in repr(products)


def test_a_training_loop_as_notebooks_write_it():
    """Python's `sum` from 0, `p.data -= rate * p.grad`, gradients reset by hand: least squares of y = 2x + 1."""
    w, b = microgrid.Value(0.0, label="w"), microgrid.Value(0.0, label="b")
    for _ in range(200):
        loss = sum([(w * x + b - (2 * x + 1)) ** 2 for x in (-1.0, 0.0, 1.0, 2.0)])
        for p in (w, b):
            p.grad = 0.0
        loss.backward()
        for p in (w, b):
            p.data -= 0.05 * p.grad
    assert (w.data, b.data) == pytest.approx((2.0, 1.0), abs=1e-6)
    assert loss.data == pytest.approx(0.0, abs=1e-10)
