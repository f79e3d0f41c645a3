"""What fit must not get wrong quietly: tiny losses, predictions outside a loss's range, other models' parameters."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import pytest

from microgrid import Value, datasets, nn, optim, parameter
from microgrid.nn import losses
from microgrid.train import fit


def line(w=0.1, b=0.5):
    model = nn.Linear(1, 1)
    for p, x in zip(model.parameters(), (w, b), strict=True):
        p.data = x
    return model


def descend(scale, X, y, steps, rate):
    """The summed squared error of w*x + b by gradient descent, in closed form."""
    w, b, found = 0.1 * scale, 0.5 * scale, []
    for _ in range(steps):
        e = w * X[:, 0] + b - y
        found.append((e**2).sum())
        w, b = w - rate * 2 * (e * X[:, 0]).sum(), b - rate * 2 * e.sum()
    return found


@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_a_sum_of_tiny_losses_is_a_sum(scale):
    X, y = datasets.linear(40, seed=1)
    y = y * scale
    history = fit(
        line(0.1 * scale, 0.5 * scale), X, y, loss=partial(losses.mse, reduction="sum"), epochs=20, progress=False,
        optimizer=partial(optim.SGD, lr=0.005),
    )  # fmt: skip
    assert history["loss"] == pytest.approx(descend(scale, X, y, 20, 0.005), rel=1e-9)


def test_losses_that_are_all_zero_at_first_do_not_decide():
    """Beyond the margin a hinge loss is 0: nothing tells a sum from a mean until the parameters move."""
    X = np.concatenate([np.linspace(-3.0, -1.0, 100), np.linspace(1.0, 3.0, 100)])[:, None]
    y = np.sign(X[:, 0])
    X[101] = 0.02  # inside the margin, and none of the samples that fit looks at before it begins
    loss = partial(losses.hinge, reduction="sum")
    history = fit(line(10.0, 0.0), X, y, loss=loss, epochs=1, optimizer=partial(optim.SGD, lr=0.01), progress=False)
    assert history["loss"] == pytest.approx([0.8])


@pytest.mark.parametrize(("loss", "message"), [("bce", "is no probability"), ("nll", "is no logarithm|above 0|log")])
def test_predictions_outside_the_range_of_a_loss_end_the_training(loss, message):
    X = np.linspace(-1, 1, 40)[:, None]
    y = (X[:, 0] > 0) * 1.0
    if loss == "bce":
        model = line()
    else:
        model = nn.Linear(1, 2)
        for p, x in zip(model.parameters(), (0.1, 0.1, -0.5, -0.5), strict=True):
            p.data = x
    with pytest.warns(RuntimeWarning, match=message):
        history = fit(model, X, y, loss=loss, epochs=40, optimizer=partial(optim.SGD, lr=0.5), progress=False)
    assert "stopped in epoch" in history.stopped
    assert min(history["loss"], default=0.0) >= 0.0


def test_an_optimizer_of_another_model_is_refused():
    X, y = datasets.linear(10, seed=1)
    with pytest.raises(ValueError, match="none of the parameters that the optimizer moves is the model's"):
        fit(line(), X, y, loss="mse", epochs=1, optimizer=optim.SGD(line().parameters(), lr=0.1), progress=False)


def test_accuracy_refuses_several_answers_for_a_sample():
    random.seed(1)
    X, y = np.eye(3), np.array([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]])
    with pytest.raises(ValueError, match="accuracy needs"):
        fit(nn.Linear(3, 3), X, y, loss="bce_with_logits", epochs=1, optimizer=optim.SGD, metrics="accuracy",
            progress=False)  # fmt: skip


def test_python_that_decides_differently_for_extreme_inputs_is_seen():
    class Bent(nn.Module):
        def __init__(self):
            self.w = parameter(0.5, "w")

        def __call__(self, x):
            z = x[0]
            return self.w * z if (z.data if isinstance(z, Value) else z) < 0.995 else -self.w * z

    X = np.random.default_rng(0).uniform(0, 1, (1000, 1))
    with pytest.warns(RuntimeWarning, match="Python decides by the data"):
        fit(Bent(), X, X[:, 0], loss="mse", epochs=1, optimizer=partial(optim.SGD, lr=0.1), progress=False)
