"""Whole programs as people write them for micrograd, run with its class and with ours: the same numbers."""

import math
import random
from itertools import pairwise

import micrograd.engine
import pytest

import microgrid
from helpers.engines import each_engine

approx = lambda x: pytest.approx(x, rel=1e-12, abs=1e-15)  # noqa: E731


class WithPartials(micrograd.engine.Value):
    """micrograd's Value, made of operands and partials as programs after microgpt have it."""

    def __init__(self, data, children=(), local_grads=()):
        super().__init__(data, children)
        self._backward = lambda: [self.send(child, grad) for child, grad in zip(children, local_grads, strict=True)]

    def send(self, child, grad):
        child.grad += grad * self.grad


# ---------------------------------------------------------------- a GPT, with Adam's moments on its parameters


class TinyGPT:
    """One head of attention and a layer of relu over 3 letters; what has no operator is a node with its partial."""

    WIDTH, LETTERS, CONTEXT = 4, 5, 3

    def __init__(self, Value):
        self.Value = Value
        rng = random.Random(7)
        matrix = lambda n, m: [[Value(rng.gauss(0, 0.4)) for _ in range(m)] for _ in range(n)]  # noqa: E731
        w = self.WIDTH
        self.state = {
            "letters": matrix(self.LETTERS, w), "places": matrix(self.CONTEXT, w), "query": matrix(w, w),
            "key": matrix(w, w), "value": matrix(w, w), "hidden": matrix(2 * w, w), "back": matrix(w, 2 * w),
            "head": matrix(self.LETTERS, w),
        }  # fmt: skip

    def parameters(self):
        return [p for m in self.state.values() for row in m for p in row]

    def exp(self, x):
        e = math.exp(x.data)
        return self.Value(e, (x,), (e,))

    def log(self, x):
        return self.Value(math.log(x.data), (x,), (1 / x.data,))

    def times(self, name, x):
        return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in self.state[name]]

    def softmax(self, logits):
        largest = max(v.data for v in logits)
        exps = [self.exp(v - largest) for v in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def norm(self, x):
        scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def __call__(self, token, place, keys, values):
        x = [a + b for a, b in zip(self.state["letters"][token], self.state["places"][place], strict=True)]
        q = self.times("query", self.norm(x))
        keys.append(self.times("key", x))
        values.append(self.times("value", x))
        scores = [sum(a * b for a, b in zip(q, k, strict=True)) / self.WIDTH**0.5 for k in keys]
        shares = self.softmax(scores)
        seen = [sum(s * v[i] for s, v in zip(shares, values, strict=True)) for i in range(self.WIDTH)]
        x = [a + b for a, b in zip(x, seen, strict=True)]
        hidden = [h.relu() for h in self.times("hidden", self.norm(x))]
        x = [a + b for a, b in zip(x, self.times("back", hidden), strict=True)]
        return self.times("head", x)

    def loss(self, word):
        keys, values, losses = [], [], []
        for place, (token, following) in enumerate(pairwise(word)):
            shares = self.softmax(self(token, place, keys, values))
            losses.append(-self.log(shares[following]))
        return sum(losses) / len(losses)


def trained(Value, steps=4):
    """The losses, the parameters and the second moments after steps of Adam whose moments are on the parameters."""
    model = TinyGPT(Value)
    for p in model.parameters():
        p.m = p.v = 0.0
    losses = []
    for step in range(steps):
        loss = model.loss([0, step % 4 + 1, 2, 3])
        loss.backward()
        for p in model.parameters():
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.95 * p.v + 0.05 * p.grad**2
            p.data -= 0.05 * (p.m / (1 - 0.9 ** (step + 1))) / ((p.v / (1 - 0.95 ** (step + 1))) ** 0.5 + 1e-8)
            p.grad = 0
        losses.append(loss.data)
    return losses, [p.data for p in model.parameters()], [p.v for p in model.parameters()]


def keeping(engine):
    """The class whose instances keep attributes: Value, or where it is not compiled a subclass."""
    return engine.Value if engine is microgrid and microgrid.compiled else type("Value", (engine.Value,), {})


@each_engine
def test_a_gpt_with_local_gradients_and_moments_on_its_parameters(engine):
    (losses, parameters, moments), theirs = trained(keeping(engine)), trained(WithPartials)
    assert losses == approx(theirs[0])
    assert parameters == pytest.approx(theirs[1], rel=1e-9)  # Adam divides by what is all but 0
    assert moments == pytest.approx(theirs[2], rel=1e-9, abs=1e-18)
    assert losses[-1] < losses[0]


# ---------------------------------------------------------------- a page that colours its nodes


def coloured(Value):
    """The colours of the nodes under a loss, step by step, and the losses."""
    rng = random.Random(3)
    ws = [Value(rng.uniform(-1, 1)) for _ in range(4)]
    shown = []
    for step in range(3):
        x = 0.5 + step
        h = (ws[0] * x + ws[1]).relu()
        loss = (h * ws[2] + ws[3]) * (h * ws[2] + ws[3])
        loss.backward()
        nodes, stack = [], [loss]
        while stack:
            v = stack.pop()
            if not hasattr(v, "_vis_color"):
                v._vis_color = (1.0, 0.8, 0.8) if v.grad < 0 else (0.8, 1.0, 0.8)
                nodes.append(v)
                stack.extend(v._prev)
        shown.append((loss.data, sorted((v.data, v.grad, v._op, v._vis_color) for v in nodes)))
        for v in nodes:
            if v in ws:
                del v._vis_color
        for w in ws:
            w.data -= 0.1 * w.grad
            w.grad = 0.0
    return shown


@pytest.mark.skipif(not microgrid.compiled, reason="optional: uncompiled nodes keep no attributes")
def test_a_page_colours_the_same_nodes():
    for (loss, nodes), (their_loss, theirs) in zip(
        coloured(microgrid.Value), coloured(micrograd.engine.Value), strict=True
    ):
        assert loss == approx(their_loss)
        assert [v[2:] for v in nodes] == [v[2:] for v in theirs]
        assert [x for v in nodes for x in v[:2]] == approx([x for v in theirs for x in v[:2]])


# ---------------------------------------------------------------- backward by hand


@each_engine
def test_the_neuron_of_the_first_lecture_by_hand(engine):
    x1, x2 = engine.Value(2.0, label="x1"), engine.Value(0.0, label="x2")
    w1, w2 = engine.Value(-3.0, label="w1"), engine.Value(1.0, label="w2")
    b = engine.Value(6.8813735870195432, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    x1w1x2w2 = x1w1 + x2w2
    n = x1w1x2w2 + b
    e = (2 * n).exp()
    for o in (n.tanh(), (e - 1) / (e + 1)):
        for v in (o, *lecture_order(engine, o)):
            v.grad = 0.0
        o.grad = 1.0
        for v in reversed(lecture_order(engine, o)):
            v._backward()
        slope = 1 - math.tanh(n.data) ** 2
        assert [v.grad for v in (x1, w1, x2, w2, b)] == pytest.approx([-3 * slope, 2 * slope, slope, 0.0, slope])
        assert slope == pytest.approx(0.5)


def lecture_order(engine, root):
    """The topological order as the lecture writes it."""
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(root)
    return topo


# ---------------------------------------------------------------- a class of one's own


def momentum(base):
    """Losses of a trainer whose weights are a subclass of Value with a state and a step of their own."""

    class Weight(base):
        def __init__(self, data, rate=0.05):
            super().__init__(data)
            self.rate, self.velocity, self.seen = rate, 0.0, []

        def step(self):
            self.velocity = 0.9 * self.velocity - self.rate * self.grad
            self.data += self.velocity
            self.seen.append(self.data)
            self.grad = 0

    class Trainer:
        def __init__(self):
            self.weights = [Weight(0.5), Weight(-0.3), Weight(0.8, rate=0.02)]

        def loss(self, x, y):
            a, b, c = self.weights
            return ((a * x + b).relu() * c - y) ** 2

        def epoch(self, data):
            total = sum((self.loss(x, y) for x, y in data), base(0.0)) / len(data)
            total.backward()
            for weight in self.weights:
                weight.step()
            return total.data

    trainer = Trainer()
    losses = [trainer.epoch([(1.0, 2.0), (2.0, 3.0), (-1.0, 0.5)]) for _ in range(20)]
    return losses, [weight.seen for weight in trainer.weights]


@each_engine
def test_weights_of_a_subclass_are_trained(engine):
    (losses, seen), (theirs, theirs_seen) = momentum(engine.Value), momentum(micrograd.engine.Value)
    assert losses == approx(theirs)
    for mine, other in zip(seen, theirs_seen, strict=True):
        assert mine == approx(other)
    assert losses[-1] < losses[0]


# ---------------------------------------------------------------- draw_dot


def drawn(root):
    """What `draw_dot` writes, as graphviz's lines: a box for each value, an oval before each result."""
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    place = {v: k for k, v in enumerate(sorted(nodes, key=lambda v: (v.data, v.grad, v._op)))}
    lines = [f"{k} data {v.data:.4f} | grad {v.grad:.4f} | {v._op}" for v, k in place.items()]
    return sorted(lines), sorted((place[a], place[b], b._op) for a, b in edges)


def of_two(Value):
    a, b = Value(-4.0), Value(2.0)
    c = a * b + b**3
    d = (c + 1.5 * b).relu()
    d.backward()
    return d


@each_engine
def test_a_drawing_by_prev_and_op_is_the_same(engine):
    assert drawn(of_two(engine.Value)) == drawn(of_two(micrograd.engine.Value))
    assert {"+", "*", "**3", "ReLU", ""} == {line.rpartition("| ")[2] for line in drawn(of_two(engine.Value))[0]}


@each_engine
def test_differences_and_quotients_are_one_box_each_as_the_page_says(engine):
    ours, theirs = (drawn((Value(7.0) - Value(2.0)) / Value(4.0)) for Value in (engine.Value, micrograd.engine.Value))
    assert (len(ours[0]), len(theirs[0])) == (5, 8)
    assert {op for *_, op in ours[1]} == {"-", "/"}
    assert {op for *_, op in theirs[1]} == {"+", "*", "**-1"}
