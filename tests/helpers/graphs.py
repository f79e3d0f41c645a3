"""The graphs that the tests of drawing draw; their numbers are the lectures'."""

from __future__ import annotations

import random
from collections.abc import Callable

import microgrid as mg
from microgrid import Value, parameter


def named(v: Value, label: str) -> Value:
    v.label = label
    return v


def lecture(*, backward: bool = True) -> Value:
    """ŷ = wx + b and L = (ŷ − y)² at w = 2, b = 1 and the point (3, 9)."""
    w, b, x, y = parameter(2, "w"), parameter(1, "b"), Value(3, "x"), Value(9, "y")
    z = named(w * x, "z")
    e = named(named(z + b, "ŷ") - y, "e")
    loss = named(e**2, "L")
    if backward:
        loss.backward()
    return loss


def reuse() -> Value:
    """z1 = w1·x, z2 = w2·(z1 + x), ŷ = w1·(z1 + z2)."""
    x, w1, w2 = Value(1.5, "x"), parameter(0.8, "w1"), parameter(-0.5, "w2")
    z1 = named(w1 * x, "z1")
    z2 = named(w2 * (z1 + x), "z2")
    y = named(w1 * (z1 + z2), "ŷ")
    y.backward()
    return y


def square() -> Value:
    x = Value(3.0, "x")
    return named(x * x, "y")


def softmax() -> Value:
    return mg.softmax([Value(z, f"z{i}") for i, z in enumerate((5, 6, 11, 7))])[2]


def neurons() -> Value:
    """A 2-2-1 tanh network with a scope for each layer and neuron."""
    rng = random.Random(1)
    outputs = [Value(1.0, "x1"), Value(-2.0, "x2")]
    for layer, width in enumerate((2, 1)):
        inputs, outputs = outputs, []
        for n in range(width):
            with mg.scope(f"layer{layer}"), mg.scope(f"neuron{n}"):
                weights = [parameter(rng.uniform(-1, 1), f"w{i}") for i in range(len(inputs))]
                total = mg.dot(weights, inputs) + parameter(0.1, "b")
                outputs.append(total.tanh())
    outputs[0].backward()
    return outputs[0]


def unlabelled() -> Value:
    a, b = Value(2.0), Value(3.0)
    return ((a * b + a) * 2.0 - 1).relu()


def long_labels() -> Value:
    a = Value(2.0, "the temperature of the second reactor in kelvin, as it was measured")
    b = parameter(1e-9, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW")
    return named(a * b, "重みの合計 of everything that has a name") + a


def random_sums(seed: int) -> tuple[list[Value], Value]:
    """Leaves, and a graph of sums whose operations were recorded in turn, so that none is in one piece."""
    dice = random.Random(seed)
    leaves = [Value(dice.uniform(-2, 2), f"x{k}") for k in range(3)]
    leaves += [parameter(dice.uniform(-2, 2), f"w{k}") for k in range(3)]
    pool, count = list(leaves), 0
    for _ in range(dice.randint(2, 4)):
        started = [dice.choice(pool) * dice.choice(pool) for _ in range(dice.randint(2, 4))]
        for _ in range(dice.randint(3, 9)):
            k = dice.randrange(len(started))
            term = dice.choice(pool) * dice.choice(pool) if dice.random() < 0.7 else dice.choice(pool)
            started[k] = started[k] - term if dice.random() < 0.3 else started[k] + term
        for total in started:
            count += 1
            pool.append(named(total if dice.random() < 0.5 else total.tanh(), f"s{count}"))
    return leaves, named(mg.sum(pool[6:]), "y")


def several_results() -> Value:
    """L = Σ (p − y)² of a softmax: all four probabilities are used."""
    ps = mg.softmax([Value(z, f"z{k}") for k, z in enumerate((5.0, 6.0, 11.0, 7.0), 1)])
    ys = [Value(y, f"y{k}") for k, y in enumerate((0.0, 0.0, 1.0, 0.0), 1)]
    return named(mg.sum([(p - y) ** 2 for p, y in zip(ps, ys, strict=True)]), "L")


def deep(length: int) -> Value:
    v = Value(0.0, "x")
    for _ in range(length):
        v = v + 1.0
    return v


GRAPHS: dict[str, Callable[[], Value]] = {
    graph.__name__: graph for graph in (lecture, reuse, square, softmax, neurons, unlabelled, long_labels)
}

HOSTILE = [
    'a"]; evil [x="',
    '<<TABLE><TR><TD HREF="javascript:alert(1)">hi</TD></TR></TABLE>>',
    "<x>",
    "<b>x</b>",
    "a\\",
    "{1}",
    "a|b",
    "x>y<p",
    "\\N",
    "\\G",
    "\\n",
    "&lt;",
    "&alpha;",
    "&",
    "a:b",
    "node",
    "]]>",
    "<script>alert(1)</script>",
    "$\\frac{1}{2}$",
    "  two  blanks ",
    "重み",
    "a" * 200,
]
"""Labels that are markup to someone."""


def vanishing() -> Value:
    """σ(w3·σ(w2·σ(w1·x))): gradients shrink towards the leaves."""
    v = Value(1.0, "x")
    for k in (1, 2, 3):
        v = named((parameter(0.5, f"w{k}") * v).sigmoid(), f"h{k}")
    v.backward()
    return v


ZS, PS = (0.5, -1.0, 2.0), (0.2, 0.3, 0.5)
"""Logits and probabilities, for pieces."""


def several(*data: float, name: str = "z") -> list[Value]:
    """z1, z2, ... with these numbers."""
    return [Value(x, f"{name}{k}") for k, x in enumerate(data, 1)]
