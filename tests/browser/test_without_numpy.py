"""What runs where NumPy, matplotlib and pygraphviz cannot be imported says what it says beside them."""

from __future__ import annotations

import json
import math
import random
from inspect import getsource
from typing import Any

import numpy as np
import pytest

import microgrid as mg
from helpers.without_numpy import BLOCKED, run, said
from microgrid import exercises, nn
from microgrid.base.numeric.arrays import RENAMED, Array, StandIn
from microgrid.base.numeric.ieee import WORDS, Ieee
from microgrid.ops import TABLE


def pictures() -> dict[str, Any]:
    """SVG in full of what lectures draw, in columns and by Graphviz, in all the ways that need no plot."""
    import hashlib
    import random

    import microgrid as mg
    import viz
    from helpers import lecture_graphs
    from microgrid import nn

    def short(text: str) -> list[Any]:
        return [len(text), hashlib.sha256(text.encode()).hexdigest()]

    found = {
        name: short(viz.draw(getattr(lecture_graphs, name)()).svg())
        for name in ("perceptron", "xor", "two_two_two", "reuse_with_mse", "three_sigmoids", "residual_chain")
    }
    random.seed(1)
    net = nn.MLP(2, [8, 8, 1])
    loss = nn.losses.mse(net([0.5, -1.0]), 1.0)
    loss.backward()
    found["2-8-8-1"] = short(viz.draw(loss, collapse="neuron").svg())
    found["slide"] = short(viz.draw(lecture_graphs.perceptron(), slide="16:9", rankdir="TB").svg())
    found["path"] = short(viz.draw(lecture_graphs.reuse_with_mse(), path="w1", lang="es").svg())
    found["network"] = short(viz.network(net, [0.5, -1.0]).svg())
    found["tikz"] = short(viz.draw(lecture_graphs.perceptron()).tikz())
    found["steps"] = short(viz.steps(lecture_graphs.perceptron()).html())
    found["explained"] = short(str(viz.explain(mg.parse("w*x + b", w=2.0, x=3.0, b=1.0)["result"])))
    return found


def lines() -> list[str]:
    """What the proof, claims, tables and training say."""
    import random

    import microgrid as mg
    from helpers import lecture_graphs
    from microgrid import nn, optim

    loss = lecture_graphs.xor_by_hand()
    found = [str(mg.verify(loss)), str(mg.check(loss, "dL/dw1 = (yhat - 1)*w5*h1*(1 - h1)*x1"))]
    found += [str(mg.check(loss, "dL/dw5 = (yhat - 1)*h2")), str(mg.derive(loss, "w5"))]
    random.seed(3)
    net = nn.MLP(2, [3, 1], activation="tanh")
    found += [str(net.summary()), str(net.backprop([1.0, -2.0], 0.5, "mse"))]
    for init in (nn.init.xavier_normal, nn.init.he_uniform, nn.init.zeros):
        init(net.layers[0])
        found.append(repr([p.data for p in net.parameters()]))
    nn.init.xavier_uniform(net.layers[0])
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    for _ in range(5):
        optimizer.zero_grad()
        losses = [nn.losses.mse(net(x), y) for x, y in (([0, 1], 1.0), ([1, 1], 0.0))]
        mg.mean(losses).backward()
        optimizer.step()
        found.append(repr(losses[0].data))
    v = mg.parse("y = x**3 + sin(x)", x=2.0)
    return [*found, repr(mg.grad(v["y"], v["x"]).data), str(mg.to_sympy(v["y"]))]


def sheets() -> list[list[str]]:
    """Exercises of every kind, as text and as files."""
    import tempfile
    from pathlib import Path

    from microgrid import exercises

    found = []
    for spec, n in (("line", 8), ("perceptron", 6), ("xor", 4), ("y = relu(w*x + b); w, x, b in -3..3", 6)):
        sheet = exercises.make(spec, n, seed=5)
        with tempfile.TemporaryDirectory() as folder:
            paths = sheet.save(folder, ["html", "moodle", "json", "latex"])
            found.append([sheet.text(), *(Path(path).read_text(encoding="utf-8") for path in paths)])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("what", [pictures, lines, sheets], ids=lambda function: function.__name__)
def test_without_numpy_the_same_is_said(what: Any) -> None:
    there = said(f"from typing import Any\n{getsource(what)}\nprint(json.dumps({what.__name__}()))")
    assert there == json.loads(json.dumps(what()))


def test_what_needs_numpy_says_so() -> None:
    code = """
from microgrid import compile, nn, train, optim, datasets
for call in (lambda: compile(nn.MLP(1, [1])([1.0])), lambda: datasets.xor(), lambda: nn.MLP(1, [1]).predict([[1.0]])):
    try:
        call()
    except ImportError as error:
        print("numpy" in str(error).lower())
"""
    assert run(code).stdout.split() == ["True"] * 3
    assert "numpy" in BLOCKED


# ---------------------------------------------------------------- floats that go on

FINITE = (-1e308, -8.0, -2.0, -1.0, -0.5, -0.0, 0.0, 1e-320, 0.5, 1.0, 2.0, 3.0, 800.0, 1e308)
EDGES = (-math.inf, *FINITE, math.inf, math.nan)


def squares_root(given: Any) -> bool:
    """Where NumPy takes a square root, and gives nan instead of the inf of IEEE 754 and of C."""
    return given == (-math.inf, 0.5)


def same(x: float, y: float) -> bool:
    return (x != x and y != y) or (x == y and math.copysign(1, x) == math.copysign(1, y)) or math.isclose(x, y)


@pytest.mark.parametrize("word", sorted(set(WORDS) - {"inf", "nan", "pi", "erf", "erfc"}))
def test_words_beyond_their_domain_say_what_numpys_say(word: str) -> None:
    numpys = getattr(np, RENAMED.get(word, word))
    two = word in ("atan2", "hypot", "pow")
    for x in EDGES:
        for y in EDGES if two else (0.0,):
            given = (x, y) if two else (x,)
            if squares_root(given):
                continue
            with np.errstate(all="ignore"):
                expected = float(numpys(*given))
            assert same(WORDS[word](*map(Ieee, given)), expected), (word, given)


def test_operators_beyond_their_domain_say_what_numpys_say() -> None:
    for f in (lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y, lambda x, y: x**y):
        for x in EDGES:
            for y in EDGES:
                if squares_root((x, y)):
                    continue
                with np.errstate(all="ignore"):
                    expected = float(f(np.float64(x), np.float64(y)))
                for given in ((Ieee(x), y), (x, Ieee(y))):
                    assert isinstance(f(*given), Ieee)
                    assert same(f(*given), expected), (x, y)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.value], ids=lambda row: row.name)
def test_every_operation_goes_on_as_over_numpys_floats(row: Any) -> None:
    from microgrid.base.formula import numpy_vocabulary

    points = [(x, y) for x in EDGES for y in (EDGES if len(row.arguments) == 2 else (0.0,))]
    for point in points:
        given = point[: len(row.arguments)]
        if squares_root(given):
            continue
        with np.errstate(all="ignore"):
            expected = [float(z) for z in row.bind("forward", numpy_vocabulary())(*map(np.float64, given))]
        assert all(map(same, row.forward_ieee(*given), expected)), (given, row.forward_ieee(*given), expected)


# ---------------------------------------------------------------- arrays


def both(call: Any, *columns: list[Any]) -> tuple[Any, Any]:
    """What a call of an array module gives, by the stand-in and by NumPy."""
    ours, theirs = call(StandIn, *map(Array, columns)), call(np, *map(np.array, columns))
    return ours.tolist(), theirs.tolist()


CALLS = {
    "floor": lambda m, x, k: m.floor(x / 3.0).astype(int),
    "clip": lambda m, x, k: x.clip(-1.0, 2.0),
    "where": lambda m, x, k: m.where(x, x, 1.0),
    "flatnonzero": lambda m, x, k: m.flatnonzero((x > 0) & (k < 5) | ~(x <= 2)),
    "argsort": lambda m, x, k: m.argsort(k, kind="stable"),
    "lexsort": lambda m, x, k: m.lexsort((x, k)),
    "bincount": lambda m, x, k: m.bincount(k, minlength=9),
    "cumsum": lambda m, x, k: m.cumsum(k) - k,
    "repeat": lambda m, x, k: m.repeat(x, k),
    "repeated": lambda m, x, k: m.repeat(m.arange(len(x)), k)[1:],
    "searchsorted": lambda m, x, k: m.searchsorted(m.arange(7), k, "right"),
    "concatenate": lambda m, x, k: m.concatenate([x, x[1:], x[x > 0], x[k]]),
    "bits": lambda m, x, k: ((k << 3) ^ (k >> 1) | 2) & 13,
    "remainders": lambda m, x, k: k % 3 + k // 2,
    "any": lambda m, x, k: m.any([x > 2, k == 1], axis=0),
    "all": lambda m, x, k: m.all([x != 2, k >= 1], axis=0),
    "sum": lambda m, x, k: m.sum([x > 2, k == 1], axis=0),
    "spread": lambda m, x, k: m.broadcast_to(m.abs(x) != 1, len(k)),
    "powers": lambda m, x, k: (2 - x) ** 2 + 2 ** (-x) - 1 / (1 + m.exp(-x)),
    "made": lambda m, x, k: m.zeros(3) + m.ones(3) * m.arange(2, 5),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_stand_in_gives_numpys_numbers(name: str) -> None:
    rng = random.Random(name)
    for _ in range(20):
        size = rng.randint(1, 8)
        x = [rng.choice([-2.5, -1.0, 0.0, 0.25, 1.0, 2.0, 3.75]) for _ in range(size)]
        k = [rng.randrange(size) for _ in range(size)]
        ours, theirs = both(CALLS[name], x, k)
        assert ours == pytest.approx(theirs, rel=1e-15)


def test_quotients_of_arrays_by_zero_are_infinite() -> None:
    assert (Array([1.0, -1.0]) / Array([0.0, 0.0])).tolist() == [math.inf, -math.inf]
    assert (Array([0.0, 2.0]) ** -1).tolist() == [math.inf, 0.5]


def test_models_and_exercises_are_there() -> None:
    assert isinstance(nn.MLP(1, [1])([mg.Value(1.0)]), mg.Value)
    assert len(exercises.make("line", 2, seed=1)) == 2
