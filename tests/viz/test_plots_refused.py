"""What plots cannot draw they refuse in one sentence, which names the argument and says what would do."""

from __future__ import annotations

import functools
import math
import random

import numpy as np
import pytest

from microgrid import Value, nn, optim
from microgrid.monitor import Monitor
from microgrid.train import History, descend, fit
from viz import plots

random.seed(1)
MODEL = nn.MLP(2, [3, 1])
X = np.random.default_rng(0).normal(size=(12, 2))
Y = (X[:, 0] > 0) * 1
SGD = functools.partial(optim.SGD, lr=0.1)
HISTORY = fit(nn.MLP(2, [2, 1]), X, Y, loss="mse", optimizer=SGD, epochs=3, record="parameters")
EMPTY = History(["epoch", "loss"])
ONE, TWO, THREE = (
    descend(f, start, SGD, 4)
    for f, start in (
        (lambda x: x**2, 1.0),
        (lambda x, y: x**2 + y**2, [1.0, 2.0]),
        (lambda x, y, z: x**2 + y**2 + z**2, [1.0, 2.0, 3.0]),
    )
)
TURNS = descend(lambda x: x**2, 1.0, functools.partial(optim.SGD, lr=1.0), 4)
LINE = [1.0, 2.0, 4.0], [1.0, 3.0, 6.0]
SWAPPED = descend(
    lambda w, b: sum((b + w * x - y) ** 2 for x, y in zip(*LINE)), [1.0, 0.0], functools.partial(optim.SGD, lr=0.01), 4
)
NAN = math.nan


def square(x):
    return x**2


def cube(x):
    return x**3


def quartic(x):
    return x**4


def bowl(x, y):
    return x**2 + y**2


def three(x, y, z):
    return x + y + z


CASES = {
    "history": [
        (lambda: plots.curves(None), TypeError, "history is a History, or columns by their names, got NoneType"),
        (lambda: plots.curves([1, 2]), TypeError, "history is a History, .* got list"),
        (lambda: plots.trainings("x"), TypeError, "history is a History, .* got str 'x'"),
        (lambda: plots.trainings(3), TypeError, "history is a History, .* got int 3"),
        (lambda: plots.trainings(HISTORY.path), TypeError, "history is a History, .* got Path"),
        (lambda: plots.trainings({}), ValueError, "the history has no column 'loss': it has none"),
        (lambda: plots.trainings({"epoch": [1]}), ValueError, "the history has no column 'loss': it has epoch"),
        (lambda: plots.curves(EMPTY), ValueError, "the history is empty: no epoch has ended yet"),
        (lambda: plots.trainings(EMPTY), ValueError, "the history is empty: no epoch has ended yet"),
        (lambda: EMPTY.plot(), ValueError, "the history is empty: no epoch has ended yet"),
        (lambda: plots.compare({"a": EMPTY}), ValueError, "the history is empty: no epoch has ended yet"),
        (lambda: plots.curves(HISTORY, "acc"), ValueError, "the history has no column 'acc': it has epoch, loss, lr"),
        (lambda: plots.curves({"epoch": [1, 2], "loss": [1.0]}), ValueError, "2 epochs and 1 numbers of 'loss': give"),
        (lambda: plots.compare({"a": {"epoch": [1, 2], "loss": [1.0]}}), ValueError, "2 epochs and 1 numbers of"),
        (lambda: plots.curves({"epoch": [1], "loss": ["a"]}), TypeError, "the column 'loss' is a list of numbers"),
        (lambda: plots.curves({"epoch": [1], "loss": [NAN]}), ValueError, "no number of the column 'loss' is finite"),
        (lambda: plots.curves({"loss": [-1.0, 0.0]}, log=True), ValueError, "log=True draws numbers above 0, and"),
        (lambda: plots.compare({"a": None}), TypeError, "'a' is a history, or a list of some, got NoneType None"),
        (lambda: plots.compare({"a": [3]}), TypeError, "history is a History, .* got int 3"),
        (lambda: plots.compare({"a": [ONE, HISTORY]}), TypeError, "'a' has paths, over steps, and histories, over"),
        (lambda: plots.curves(HISTORY, ax=3), TypeError, "ax is matplotlib's Axes, or None for new ones, got int 3"),
    ],
    "monitor": [
        (lambda: plots.gradient_norms(None), TypeError, "monitor is a Monitor that fit was handed, .* got NoneType"),
        (lambda: plots.histograms(HISTORY), TypeError, "monitor is a Monitor that fit was handed, .* got History"),
        (lambda: plots.update_ratios(Monitor), TypeError, "monitor is a Monitor .* got the class Monitor"),
        (lambda: plots.gradient_flow("x"), TypeError, r"source is a Monitor, or a model after .* got str 'x'"),
        (lambda: plots.gradient_flow({"a": HISTORY}), TypeError, "source is a Monitor, or a model .* got History"),
        (lambda: plots.gradient_flow(HISTORY), TypeError, "source is a Monitor, or a model after .* got list"),
        (lambda: plots.gradient_flow(nn.MLP), TypeError, "source is a Monitor, .* got the class MLP"),
        (lambda: plots.dead_units(Monitor(MODEL)), ValueError, "the monitor holds no snapshots: hand it to fit"),
        (lambda: plots.weights(None), TypeError, r"model is something with parameters\(\), .* got NoneType None"),
        (lambda: plots.weights(nn.MLP), TypeError, "model is something .* got the class MLP: make one"),
        (lambda: plots.memory(nn.MLP), TypeError, "what is drawn has to be a model, such as nn.MLP"),
    ],
    "functions": [
        (lambda: plots.surface(square, TWO), TypeError, r"square takes \(x\), which gets both as a list: plots.des"),
        (lambda: plots.surface(three, TWO), TypeError, r"called with \(x, y\), and three takes \(x, y, z\): a"),
        (lambda: plots.surface("x", TWO), TypeError, r"f is a function of \(x, y\), got str 'x'"),
        (lambda: plots.descent(bowl, ONE), TypeError, r"with \(x\), and bowl takes \(x, y\): plots.surface draws it"),
        (lambda: plots.surface(lambda x: 2 * x, TWO), TypeError, "a function of one, and it returned list"),
        (lambda: plots.surface(lambda v: v[2], TWO), TypeError, "which gets both as a list: .*index out of range"),
        (lambda: plots.descent(None, ONE), TypeError, r"f is a function of \(x\), got NoneType None"),
        (lambda: plots.activation(bowl), TypeError, r"an activation is called .* bowl takes \(x, y\): a lambda"),
        (lambda: plots.animate(ONE, bowl), TypeError, r"with \(x\), and bowl takes \(x, y\): plots.surface draws it"),
        (lambda: plots.animate(TWO, square), TypeError, r"called with \(x, y\), and square takes \(x\), which"),
        (lambda: plots.descent(lambda x: x * NAN, [1.0, 0.5]), ValueError, "not finite anywhere on this axis: choose"),
        (lambda: plots.descent(square, ONE, xlim=5), TypeError, "xlim is two numbers, the lower first, got int 5"),
        (lambda: plots.activation("tanh", xlim="ab"), ValueError, "xlim is two numbers, the lower first, got 'ab'"),
        (lambda: plots.activation("tanh", xlim=None), TypeError, "xlim is two numbers, .* got NoneType None"),
        (lambda: plots.surface(bowl, TWO, names=["a"]), ValueError, "names is a list of 3 names, of both axes and"),
        (lambda: plots.losses("bce", target=2), ValueError, "target is a probability for bce, from 0 to 1, got 2"),
        (lambda: plots.losses("mse", "nll", target=-1), ValueError, "target is a probability for nll, .* got -1"),
        (lambda: plots.losses("bce_with_logits", target=3), ValueError, "probability for bce_with_logits, .* got 3"),
        (lambda: plots.softmax([1, 2], names=3), TypeError, "names is a list of 2 names, one for each logit, got int"),
        (lambda: plots.softmax([1.0, NAN]), ValueError, r"logits\[1\] is nan, and only finite numbers are drawn"),
        (lambda: plots.softmax([Value(1.0)]), TypeError, "logits is a list of numbers, got Values: pass their data"),
        (lambda: plots.softmax([1, 2], temperature="a"), TypeError, "temperature is a list of numbers, got text"),
    ],
    "paths": [
        (lambda: plots.surface(bowl, ONE), ValueError, "the path has one number a step, and this takes two: plots"),
        (lambda: plots.surface(bowl, [TWO, ONE]), ValueError, "the path has one number a step, and this takes two"),
        (lambda: plots.surface(bowl, THREE), ValueError, "the path has 3 numbers a step, and this takes two: choose"),
        (lambda: plots.surface(bowl, []), ValueError, "the path is empty: it has a point at least"),
        (lambda: plots.surface(bowl, HISTORY), TypeError, "the path is .* got History .*: a training's path is"),
        (lambda: plots.surface(bowl, [[1, NAN]]), ValueError, r"the path\[0, 1\] is nan, and only finite numbers"),
        (lambda: plots.surface(bowl, [[1, 2], [3]]), ValueError, "the path is .* got rows of different lengths"),
        (lambda: plots.surface(lambda x, y: x * y + 9, TWO), ValueError, "is of another function: it starts at 5"),
        (lambda: plots.descent(square, TWO), ValueError, "the path has 2 numbers a step, and this takes one: plots"),
        (lambda: plots.descent(square, "abc"), TypeError, "the path is a list of numbers .* got str 'abc'"),
        (lambda: plots.descent(square, [Value(1.0)]), TypeError, "the path is .* got Values: pass their data"),
        (lambda: plots.descent(lambda x: x + 7, ONE), ValueError, "is of another function: it starts at 1, where this"),
        (lambda: plots.animate(ONE, lambda x: x + 7), ValueError, "is of another function: it starts at 1, where this"),
        (lambda: plots.descent(cube, ONE), ValueError, "at 0.8, its step 1, it is at 0.64, where this one is 0.512"),
        (lambda: plots.descent(quartic, TURNS), ValueError, "step 0, the gradient is 2, and that of this one 4"),
        (lambda: plots.surface(lambda x, y: x**3 + y**2, TWO), ValueError, r"at \(0.8, 1.6\), its step 1, it is at 3"),
        (lambda: plots.animate(TWO, lambda x, y: x**3 + y**2), ValueError, r"at \(0.8, 1.6\), its step 1, it is at"),
        (lambda: plots.linear_fit([1, 2], [1, 4], TWO), ValueError, "the path is not of these data: from step 0 to"),
        (lambda: plots.fitted_lines([1, 2], [1, 4], TWO), ValueError, "the path is not of these data: from step 0 to"),
        (lambda: plots.linear_fit(*LINE, SWAPPED), ValueError, r"fitted to, and \(β₀, β₁\) for each step"),
        (lambda: plots.animate(THREE, three), TypeError, r"f is called with \(x, y\), and three takes \(x, y, z\)"),
        (lambda: plots.animate([], square), ValueError, "the path is empty: it has a point at least"),
        (lambda: plots.linear_fit([1, 2], [1, 2], ONE), ValueError, "the path has one number a step, and this takes"),
        (lambda: plots.linear_fit([1, NAN], [1, 2], TWO), ValueError, r"X\[1\] is nan, and only finite numbers are"),
        (lambda: plots.fitted_lines([1, NAN], [1, 2], TWO), ValueError, r"X\[1\] is nan, and only finite numbers are"),
        (lambda: plots.clipping([[1, NAN]], limit=1), ValueError, r"gradients\[0, 1\] is nan, and only finite"),
        (lambda: plots.clipping("a", limit=1), TypeError, "gradients is a list of numbers .* got str 'a'"),
    ],
    "data": [
        (lambda: plots.data([[1, NAN]]), ValueError, r"X\[0, 1\] is nan, and only finite numbers are drawn: leave"),
        (lambda: plots.data(X, ["a"] * 12), TypeError, "y is a list of numbers, got text: numpy.unique"),
        (lambda: plots.data([[1, 2], [3]]), ValueError, "X is a list of numbers or .* got rows of different lengths"),
        (lambda: plots.data(None), TypeError, "X is a list of numbers or .* got NoneType None"),
        (lambda: plots.data(X, np.zeros((12, 2))), ValueError, r"y is a list of numbers, got the shape \(12, 2\)"),
        (lambda: plots.data(X, Y, names=["a"]), ValueError, r"names is a list of 2 names, got 1: \['a'\]"),
        (lambda: plots.data(X, Y, names=3), TypeError, "names is a list of 2 names, got int 3"),
        (lambda: plots.data(X, Y, classes=3), TypeError, "classes is a list of 2 names, got int 3"),
        (lambda: plots.data(X, Y, ax="a"), TypeError, "ax is matplotlib's Axes, or None for new ones, got str 'a'"),
        (lambda: plots.decision_boundary(None, X, Y), TypeError, "model is a function of a list of Values, .* None"),
        (lambda: plots.probability(nn.MLP, X, Y), TypeError, "model is a function .* got the class MLP: make one"),
        (lambda: plots.decision_boundary(MODEL, X, X[:, 0]), ValueError, "y has 12 classes, and there are colours for"),
        (lambda: plots.decision_boundary(MODEL, X[:, 0], Y), ValueError, r"X is an array of rows .* the shape \(12,\)"),
        (lambda: plots.decision_boundary(MODEL, X, Y, threshold="a"), TypeError, "threshold is a real number, got str"),
        (lambda: plots.probability(MODEL, X, Y, at=[[1, 2, 3]]), ValueError, "at has two numbers for each point, got"),
        (lambda: plots.probability(MODEL, X, Y, at="a"), TypeError, "at is a list of numbers .* got str 'a'"),
        (lambda: plots.confusion([0, NAN], [0, 1]), ValueError, r"y\[1\] is nan, and only finite numbers are drawn"),
        (lambda: plots.confusion(["a"], ["b"]), TypeError, "y is a list of numbers, got text: numpy.unique"),
        (lambda: plots.animate(HISTORY, nn.MLP(2, [2, 1]), X[:, :1], Y), ValueError, r"X is an array \(samples, 2\)"),
        (lambda: plots.animate(HISTORY, nn.MLP(2, [2, 1]), X, Y[:2]), ValueError, "y has a class for each, got"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "kind", "message"),
    [pytest.param(*case, id=f"{name} {k}") for name, cases in CASES.items() for k, case in enumerate(cases)],
)
def test_it_is_refused_in_one_sentence(draw, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as raised:
        draw()
    assert type(raised.value) is kind
    assert "\n" not in str(raised.value)


def test_targets_in_a_column_are_targets() -> None:
    assert len(plots.data(X, Y[:, None]).collections) == 2
    assert plots.confusion(Y[:, None], Y).get_title() == "12 of 12 right"


def test_some_numbers_that_are_not_finite_are_left_out_of_curves() -> None:
    (line,) = plots.curves({"epoch": [1, 2, 3], "loss": [1.0, NAN, 0.5]}).get_lines()
    np.testing.assert_array_equal(line.get_ydata(), [1.0, NAN, 0.5])
