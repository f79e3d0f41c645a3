"""`fit` with modules that are one thing in training and another afterwards: Dropout and BatchNorm."""

import functools
import random
import warnings

import numpy as np
import pytest

from microgrid import nn, optim, parameter
from microgrid.nn import losses
from microgrid.train import EarlyStopping, fit

RNG = np.random.default_rng(8)
X = RNG.normal(size=(14, 2))
Y = np.sin(X[:, 0]) - X[:, 1]
SGD = functools.partial(optim.SGD, lr=0.1)


def dropping():
    return nn.Sequential(nn.Linear(2, 6), "tanh", nn.Dropout(0.5, seed=1), nn.Linear(6, 4), nn.Dropout(0.25, seed=2),
                         nn.Linear(4, 1))  # fmt: skip


def normalising():
    return nn.Sequential(nn.Linear(2, 5), nn.BatchNorm(5), "relu", nn.Linear(5, 1))


def all_of_it():
    return nn.Sequential(nn.Linear(2, 5), nn.BatchNorm(5), "tanh", nn.Dropout(0.3, seed=3), nn.Linear(5, 3),
                         nn.BatchNorm(3, momentum=0.5), nn.Linear(3, 1))  # fmt: skip


def seeded(make):
    random.seed(11)
    return make()


def run(model, **given):
    given = {"loss": "mse", "optimizer": SGD, "epochs": 6, "batch_size": 5, "seed": 7} | given
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fit(model, X, Y, **given)


@pytest.mark.parametrize("make", [dropping, normalising, all_of_it])
@pytest.mark.parametrize("batch_size", [None, 5, 7])
def test_replay_takes_the_steps_of_python(make, batch_size):
    given = {"batch_size": batch_size, "validation": (X[:4], Y[:4]), "metrics": {"bias": lambda p, t: (p - t).mean()}}
    models = [seeded(make), seeded(make)]
    histories = [run(model, replay=replay, **given) for model, replay in zip(models, (True, False))]
    for column in ("loss", "bias", "validation_loss", "validation_bias"):
        assert histories[0][column] == pytest.approx(histories[1][column], rel=1e-9)
    states = [model.state_dict() for model in models]
    assert states[0] == pytest.approx(states[1], rel=1e-7, abs=1e-12)
    streams = [[m._stream.random() for m in model.modules() if isinstance(m, nn.Dropout)] for model in models]
    assert streams[0] == streams[1]
    assert all(m.training for m in models[0].modules())


def test_masks_are_drawn_anew_for_every_step_and_not_for_validation():
    model = seeded(dropping)
    history = run(model, optimizer=functools.partial(optim.SGD, lr=0.0), batch_size=None, validation=(X, Y), epochs=400)
    assert len(set(history["loss"])) == 400
    assert len(set(history["validation_loss"])) == 1
    expected = losses.mse([model.eval()(x) for x in X], Y.tolist()).data
    assert history["validation_loss"][0] == pytest.approx(expected)


def test_a_dropout_that_is_used_twice_has_two_masks():
    class Twice(nn.Module):
        def __init__(self):
            self.w, self.dropout = parameter(1.0, "w"), nn.Dropout(0.5, seed=4)

        def __call__(self, x):
            return self.w * self.dropout(self.dropout(x))

    still = functools.partial(optim.SGD, lr=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit(Twice(), np.ones(20), np.zeros(20), loss="mse", optimizer=still, epochs=1000)
    # 4 with probability 1/4: the square has the mean 4, give or take 0.05 over 20,000; 8 were it one mask
    assert np.mean(history["loss"]) == pytest.approx(4, abs=0.25)


def test_validation_uses_the_running_statistics_as_they_are_after_the_epoch():
    model = seeded(normalising)
    history = run(model, validation=(X[:4] + 1, Y[:4]))
    model.eval()
    expected = losses.mse([model(x) for x in X[:4] + 1], Y[:4].tolist()).data
    assert history["validation_loss"][-1] == pytest.approx(expected, rel=1e-12)


def test_the_best_epoch_s_running_statistics_come_back_with_its_parameters():
    model = seeded(normalising)
    given = {"validation": (X[:4], -3 * Y[:4])}  # which gets worse after a while
    history = run(model, epochs=40, early_stopping=EarlyStopping(4), **given)
    assert history.best_epoch < len(history["epoch"])
    again = seeded(normalising)
    run(again, epochs=history.best_epoch, **given)
    assert model.state_dict() == again.state_dict()


@pytest.mark.parametrize("batch_size", [1, 13])
def test_a_batch_of_one_is_refused_before_training(batch_size):
    model = seeded(normalising)
    before = model.state_dict()
    with pytest.raises(ValueError, match=f"14 samples in batches of {batch_size} leave a batch of 1 sample"):
        run(model, batch_size=batch_size)
    assert model.state_dict() == before


def test_batch_normalisation_trains_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="optional: PyTorch is not installed")
    model = seeded(normalising)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 5), torch.nn.BatchNorm1d(5), torch.nn.ReLU(), torch.nn.Linear(5, 1)
    ).double()
    with torch.no_grad():
        for layer, own in ((theirs[0], model.layers[0]), (theirs[3], model.layers[3])):
            layer.weight.copy_(torch.tensor([[w.data for w in row] for row in own.w], dtype=torch.float64))
            layer.bias.copy_(torch.tensor([b.data for b in own.b], dtype=torch.float64))
    optimizer, expected = torch.optim.SGD(theirs.parameters(), lr=0.1), []
    for _ in range(8):
        optimizer.zero_grad()
        loss = ((theirs(torch.tensor(X))[:, 0] - torch.tensor(Y)) ** 2).mean()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    history = run(model, batch_size=None, epochs=8)
    assert history["loss"] == pytest.approx(expected, rel=1e-10)
    norm = model.layers[1]
    assert norm.running_mean == pytest.approx(theirs[1].running_mean.tolist(), rel=1e-10)
    assert norm.running_var == pytest.approx(theirs[1].running_var.tolist(), rel=1e-10)
