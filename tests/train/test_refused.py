"""What is refused by the name of its argument, and a training that diverged, which says so."""

from __future__ import annotations

import functools
import gc
import math

import numpy as np
import pytest

import microgrid
from helpers.circles import tied
from helpers.engines import each_engine
from helpers.line import SGD, Line, X, Y
from microgrid import datasets, nn, optim
from microgrid.train import fit


def test_momentum_beyond_one_is_refused():
    for wrong in (1.5, -0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="momentum lies from 0 to 1"):
            optim.SGD(Line().parameters(), momentum=wrong)
    optim.SGD(Line().parameters(), momentum=1.0)


def test_a_parameter_given_twice_is_a_value_error_that_says_where():
    w = microgrid.parameter(2.0, "w")
    for use in (optim.Adam, lambda ps: optim.clip_grad_norm_(ps, 1.0), lambda ps: optim.clip_grad_value_(ps, 1.0)):
        with pytest.raises(ValueError, match=r"parameters\[1\] is parameters\[0\] again, 'w' \(2.0\): list it once"):
            use([w, w])


@pytest.mark.parametrize("share", [math.nan, math.inf, 0.0, 1.0, -0.5, 3])
def test_a_share_that_is_none_is_refused_by_its_name(share):
    with pytest.raises(ValueError, match=rf"validation={share} is no fraction between 0 and 1"):
        fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=1, validation=share)


@pytest.mark.parametrize(
    ("seed", "error"), [("a", TypeError), (1.5, TypeError), (-1, ValueError), ([1, -2], ValueError)]
)
def test_a_seed_that_is_none_is_refused_by_its_name(seed, error):
    for use in (lambda: fit(Line(), X, Y, loss="mse", optimizer=SGD, epochs=1, seed=seed),
                lambda: datasets.moons(10, seed=seed)):  # fmt: skip
        with pytest.raises(error, match=r"seed is an int from 0 on, several of them.*, got "):
            use()


def test_hidden_numbers_of_masked_arrays_are_not_used():
    masked = np.ma.masked_array(X, mask=X == 0.4)
    for use in (lambda: fit(Line(), masked, Y, loss="mse", optimizer=SGD, epochs=1),
                lambda: fit(Line(), X, np.ma.masked_less(Y, -1), loss="mse", optimizer=SGD, epochs=1)):  # fmt: skip
        with pytest.raises(ValueError, match=r"got a masked array, whose number at \[.*\] is hidden: leave"):
            use()
    shown = np.ma.masked_array(X, mask=False)
    fit(Line(), shown, Y, loss="mse", optimizer=SGD, epochs=1)


def test_a_training_that_diverged_says_so():
    model = Line()
    with pytest.warns(
        RuntimeWarning, match=r"fit diverged: the loss grew from 4.9 to .*e\+60: choose a smaller lr"
    ) as told:
        fit(model, X, Y, loss="mse", optimizer=functools.partial(optim.SGD, lr=1e30), epochs=2)
    assert len(told) == 1


@each_engine
@pytest.mark.parametrize("length", [1, 2, 5])
def test_reading_a_graph_tied_into_a_circle_names_the_node(engine, length):
    x = engine.Value(2.0, "x")
    first = b = x * 3
    for k in range(length - 1):
        b = b + 1.0
        b.label = f"b{k}"
    first.label = "first"
    y = b * 2
    named = r"cycle: '(first|b\d)' \("
    with tied(first, x, b):
        for read in (engine.graph.order, engine.recompute, lambda y: engine.grad(y, x), engine.graph.counts,
                     lambda y: engine.copying.copy_graph(y, {})):  # fmt: skip
            with pytest.raises(engine.GraphError, match=named):
                read(y)


@pytest.mark.parametrize(
    "given",
    [{}, {"batch_size": 3}, {"replay": False}, {"metrics": "accuracy", "validation": 0.3},
     {"callbacks": lambda epoch, logs: False}, {"callbacks": lambda epoch, logs: epoch == 1}, {"resume": "run.json"}],
)  # fmt: skip
def test_a_fit_leaves_nothing_to_the_collector(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    targets = (Y > 0) * 1.0

    def train():
        model = nn.MLP(2, [3, 1])
        fit(model, X, targets, loss="bce_with_logits", optimizer=optim.Adam, epochs=2, seed=1, **given)

    train()  # what is imported and cached once
    gc.collect()
    gc.disable()
    try:
        train()
        assert gc.collect() == 0
    finally:
        gc.enable()
