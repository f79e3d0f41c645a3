"""What cannot be trained, asked or shown is told in one sentence, by each function that takes it."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from microgrid import nn, optim
from microgrid.train import EarlyStopping, History, descend, evaluate, fit, lr_range

X, Y = np.ones((4, 2)), np.ones(4)
SGD = functools.partial(optim.SGD, lr=0.1)


def by_fit(model, X=X, y=Y):
    return fit(model, X, y, loss="mse", optimizer=SGD, epochs=1)


def by_range(model, X=X, y=Y):
    return lr_range(model, X, y, loss="mse")


@pytest.mark.parametrize(("train", "name"), [(by_fit, "fit"), (by_range, "lr_range")])
@pytest.mark.parametrize(
    ("model", "kind", "message"),
    [
        (None, TypeError, r"trains a callable with parameters\(\), such as a Module, got NoneType: write a Module"),
        (nn.MLP, TypeError, "trains a callable .* got the class MLP: make one"),
        (nn.Module(), ValueError, "the model has no parameters to train: they are made by microgrid.parameter"),
    ],
    ids=["None", "class", "empty"],
)
def test_what_cannot_be_trained(train, name, model, kind, message):
    with pytest.raises(kind, match=rf"^{name}:? {message}"):
        train(model)


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (by_fit, "fit"),
        (by_range, "lr_range"),
        (lambda model, X, y: evaluate(model, X, y, loss="mse"), "evaluate"),
        (lambda model, X, y: model.predict(X), "predict"),
    ],
    ids=["fit", "lr_range", "evaluate", "predict"],
)
def test_samples_that_the_model_does_not_take(ask, name):
    model = nn.MLP(2, [3, 1])
    with pytest.raises(ValueError, match=rf"^{name}: X has 4 samples of one number each, and the model takes 2 inputs"):
        ask(model, np.ones(4), Y)
    with pytest.raises(TypeError, match=rf"^{name}: X is an array with a row .* got None$"):
        ask(model, None, Y)
    with pytest.raises(ValueError, match=rf"^{name}: X\[2, 1\] is nan, and samples have to be finite: leave this one"):
        ask(model, [[0, 1], [0, 1], [0, float("nan")], [1, 1]], Y)


def test_a_descent_of_a_function_of_one_from_two_numbers():
    with pytest.raises(
        TypeError, match=r"^start has 2 numbers, which f, of one argument, gets as a list, and it fails"
    ):
        descend(lambda x: x**2, [1.0, 2.0], SGD, 3)
    path = descend(lambda both: both[0] ** 2 + both[1] ** 2, [1.0, 2.0], SGD, 3)  # a list is what some want
    assert len(path[0]) == 2


def test_digits_of_a_table():
    path = descend(lambda x: x**2, 1.0, SGD, 3)
    for write in (path.table, path.latex):
        with pytest.raises(TypeError, match="digits is a whole number, got str 'a'"):
            write(digits="a")
        with pytest.raises(ValueError, match="digits is at least 1, got 0"):
            write(digits=0)


def test_a_history_without_a_column_of_epochs_has_a_repr():
    assert repr(History(["loss"])) == "History of 0 epochs, not ended"
    history = History(["loss"])
    history.append(loss=0.5)
    assert repr(history).startswith("History of 1 epoch: loss 0.5 to 0.5")


def test_restore_is_a_truth():
    with pytest.raises(TypeError, match="restore is True or False, got str 'no'"):
        EarlyStopping(3, restore="no")
