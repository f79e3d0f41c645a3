"""The range of learning rates: beside a loop by hand, and on a parabola, where it is known what rates do."""

from __future__ import annotations

import random

import numpy as np
import pytest

import microgrid as mg
from helpers.interrupting import at_each_line
from microgrid import nn, optim, parameter, train
from microgrid.train import RateRange
from viz import plots


class Line(nn.Module):
    def __init__(self):
        self.w = parameter(2.0, "w")

    def __call__(self, x):
        return self.w * x


X, Y = np.array([1.0, 2.0, 3.0]), np.zeros(3)
CURVATURE = 2 * np.mean(X**2)
"""Of the mean of (w x)²: rates above 2/CURVATURE lead away."""


def test_the_losses_are_those_of_a_loop_with_these_rates():
    found = train.lr_range(Line(), X, Y, loss="mse", low=1e-4, high=10.0, steps=40)
    w, expected = 2.0, []
    for k in range(len(found.rates)):
        assert found.rates[k] == pytest.approx(1e-4 * 1e5 ** (k / 39))
        expected.append(np.mean((w * X) ** 2))
        w -= found.rates[k] * CURVATURE * w
    assert found.losses == pytest.approx(expected, rel=1e-9)
    k = np.argmax(np.diff(found.losses) > 0)  # the step before was the first that led uphill
    assert found.rates[k - 1] < 2 / CURVATURE < found.rates[k + 1]
    assert found.rates[-1] < 10
    assert found.suggested < found.lowest < 10


def test_the_suggested_rate_is_where_the_mean_falls_fastest():
    rates = [10 ** (k / 10) for k in range(60)]
    fall = 1 / (1 + np.exp(np.arange(60) - 30.0))  # fastest at 30
    found = RateRange(rates, [*fall[:50], *np.linspace(0, 3, 10)])
    assert found.suggested == pytest.approx(rates[30], rel=0.3)
    assert found.smoothed[20] == pytest.approx(np.mean(fall[15:26]))
    assert found.smoothed[0] == fall[0]
    assert "falls fastest at 1e+03" in repr(found)
    grows = RateRange(rates, list(range(60)))
    assert (grows.suggested, "falls nowhere" in repr(grows)) == (None, True)


@pytest.mark.parametrize("optimizer", [optim.SGD, optim.Adam, lambda ps: optim.SGD(ps, momentum=0.9)])
def test_the_model_and_its_random_sources_are_as_before(optimizer):
    random.seed(5)
    model = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm(6), "relu", nn.Dropout(0.2), nn.Linear(6, 1))
    X, y = mg.datasets.moons(60, labels=(-1, 1), seed=1)
    model.parameters()[0].grad = 3.0
    before, state = model.state_dict(), random.getstate()
    given = {"loss": "hinge", "optimizer": optimizer, "batch_size": 16, "seed": 2}
    first = train.lr_range(model, X, y, **given)
    assert (model.state_dict(), random.getstate()) == (before, state)
    assert model.parameters()[0].grad == 3.0
    assert train.lr_range(model, X, y, **given).losses == first.losses
    assert model.training


def test_an_interrupt_leaves_the_model_as_it_was():
    model = Line()

    def check(interrupted):
        assert model.w.data == 2.0
        assert not model.w.has_grad

    def run():
        train.lr_range(model, X, Y, loss="mse", steps=10)

    own = ("paths/rates.py", "train/held.py", "train/task.py", "optim/optimizer.py")
    assert at_each_line(run, check, 0, own, stride=3, real=True) > 20


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"low": 1.0, "high": 0.1}, ValueError, "low is below high, got 1 and 0.1"),
        ({"low": 0.0}, ValueError, "low is a finite number above 0"),
        ({"steps": 3}, ValueError, "steps is at least 10"),
        ({"optimizer": "adam"}, TypeError, "make_optimizer makes one"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1"),
        ({"seed": "x"}, TypeError, "seed is an int"),
        ({"loss": "nonsense"}, ValueError, "nonsense"),
    ],
)
def test_what_cannot_be(given, kind, message):
    with pytest.raises(kind, match=message):
        train.lr_range(Line(), X, Y, **{"loss": "mse"} | given)


@pytest.mark.parametrize(("lang", "label"), [("en", "learning rate"), ("es", "tasa de aprendizaje")])
def test_it_is_drawn(lang, label):
    found = train.lr_range(Line(), X, Y, loss="mse", steps=40)
    ax = found.plot(lang=lang)
    assert (ax.get_xlabel(), ax.get_xscale()) == (label, "log")
    assert ax.get_lines()[1].get_ydata().tolist() == found.smoothed
    assert ax.get_lines()[2].get_xdata()[0] == found.suggested
    assert plots.learning_rates(found, ax=ax) is ax
    with pytest.raises(TypeError, match=r"what train\.lr_range returns, got list"):
        plots.learning_rates([1.0])
