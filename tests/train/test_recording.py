"""What `fit` replays is what Python computes: it finds out where one example does not stand for all, and says so."""

import functools
import random
import warnings

import numpy as np
import pytest

import microgrid
from microgrid import nn, optim, parameter
from microgrid.nn import losses
from microgrid.train import fit, recorder

RNG = np.random.default_rng(5)
X = RNG.normal(size=(12, 2))
Y = X @ [1.0, -2.0]
SGD = functools.partial(optim.SGD, lr=0.05)


class Model(nn.Module):
    """w·x + b, and whatever `extra` makes of it and of the sample."""

    def __init__(self, extra=lambda model, z, x: z):
        self.w, self.b, self.extra = [parameter(0.5), parameter(0.25)], parameter(0.1), extra

    def __call__(self, x):
        return self.extra(self, microgrid.dot(self.w, x) + self.b, x)


def numbers(model):
    return [p.data for p in model.parameters()]


def both(extra=lambda model, z, x: z, notice=None, y=Y, **given):
    """The histories and models of a run as `fit` chooses and of one in Python, which have to be equal."""
    given = {"loss": "mse", "optimizer": SGD, "epochs": 8, "batch_size": 5, "seed": 3} | given
    models, histories = [Model(extra), Model(extra)], []
    if notice is None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            histories.append(fit(models[0], X, y, **given))
    else:
        with pytest.warns(RuntimeWarning, match=notice):
            histories.append(fit(models[0], X, y, **given))
    histories.append(fit(models[1], X, y, replay=False, **given))
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-9)
    assert numbers(models[0]) == pytest.approx(numbers(models[1]), rel=1e-9, abs=1e-12)
    return histories[0], models[0]


# ---------------------------------------------------------------- models whose Python looks at the data


def test_a_model_that_decides_by_its_input():
    both(lambda model, z, x: z if number(x[0]) > 0 else z.tanh() * 2, "different graphs, of .* decides by the data")


def test_a_model_that_chooses_between_parameters():
    both(lambda model, z, x: z + (model.w[0] if number(x[0]) > 0 else model.w[1]), "connected differently")


def test_a_model_that_computes_with_data():
    both(lambda model, z, x: z * abs(number(x[0])), "a constant is .* for one example and .* for another")


def test_a_model_that_needs_numbers():
    import math

    both(
        lambda model, z, x: z * math.cos(x[0]),
        r"many times slower: with Values for the numbers it fails, float\(Value\)",
    )


def number(x):
    return getattr(x, "data", x)


def test_constants_do_not_disturb():
    both(lambda model, z, x: (z * 0.3 + 0.2) ** 2)


def test_a_model_that_decides_by_its_parameters_is_noticed_at_the_end():
    model = Model(lambda model, z, x: z if model.b.data < 0.2 else -z)
    with pytest.warns(RuntimeWarning, match="decides by the parameters; with replay=False"):
        fit(model, X, Y + 5, loss="mse", optimizer=SGD, epochs=10)
    assert model.b.data > 0.2


# ---------------------------------------------------------------- losses


def test_a_sum_is_a_sum():
    summed, slow = functools.partial(losses.mse, reduction="sum"), functools.partial(optim.SGD, lr=0.01)
    total, _ = both(loss=summed, optimizer=slow, batch_size=None)
    mean, _ = both(optimizer=functools.partial(optim.SGD, lr=0.12), batch_size=None)
    assert total["loss"] == pytest.approx([12 * loss for loss in mean["loss"]])


def test_a_loss_of_the_whole_batch_is_recorded_with_it():
    def spread(predictions, targets):
        """The variance of the errors: no mean of what single samples have."""
        errors = [p - t for p, t in zip(predictions, targets)]
        return microgrid.mean(e * e for e in errors) - microgrid.mean(errors) ** 2

    history, model = both(loss=spread, metrics={"largest": lambda p, t: abs(p - t).max()}, validation=0.25,
                          penalty=lambda ps: losses.l2_penalty(ps, 0.01))  # fmt: skip
    assert history["loss"][-1] < history["loss"][0]
    assert model.b.data == pytest.approx(0.1, abs=0.02)  # which moves all errors alike


def test_a_loss_that_needs_the_class_gets_one_hot_columns():
    def picking(predictions, targets):
        return losses.nll([microgrid.log_softmax(p) for p in predictions], targets)

    y = (X[:, 0] > 0) + 2 * (X[:, 1] > 0)
    random.seed(2)
    layers = [nn.Layer(2, 4, nonlin=False), nn.Layer(2, 4, nonlin=False)]
    for v, w in zip(layers[0].parameters(), layers[1].parameters()):
        w.data = v.data
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        histories = [fit(layer, X, y, loss=picking, optimizer=SGD, epochs=5, replay=replay) for layer, replay in
                     zip(layers, (True, False))]  # fmt: skip
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-12)


def test_a_loss_that_indexes_by_the_class_gets_ints():
    def indexing(predictions, targets):
        return microgrid.mean(-microgrid.log_softmax(p)[t] for p, t in zip(predictions, targets))

    y = (X[:, 0] > 0).astype(float)
    with pytest.warns(RuntimeWarning, match="with Values for the numbers it fails"):
        history = fit(nn.Layer(2, 2, nonlin=False), X, y, loss=indexing, optimizer=SGD, epochs=30, metrics="accuracy")
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("loss", ["bce", "bce_with_logits", "hinge", "mae", "huber", "half_mse"])
def test_losses_of_numbers_replay(loss):
    y = np.sign(Y) if loss == "hinge" else (Y > 0).astype(float)
    both(lambda model, z, x: z.sigmoid() if loss == "bce" else z, loss=loss, y=y, metrics="accuracy")


def test_large_graphs_are_recorded_less_often(monkeypatch):
    calls = []

    def counting(model, z, x):
        calls.append(x)
        return z

    counts = {}
    for nodes in (10**6, 60, 1):
        monkeypatch.setattr(recorder, "NODES", nodes)
        calls.clear()
        fit(Model(counting), X, Y, loss="mse", optimizer=SGD, epochs=1)
        counts[nodes] = len(calls)
    # the graph has 12 nodes: all 12 examples, 5 or 2, before the training and after it
    assert counts == {10**6: 24, 60: 10, 1: 4}


def test_labels_that_one_sample_has_are_looked_at():
    y = np.ones(200)
    y[[0, 50]], y[77] = -1.0, 0.0
    with pytest.raises(ValueError, match="labels are -1 and 1, got 0"):
        fit(Model(), np.zeros((200, 2)), y, loss="hinge", optimizer=SGD, epochs=1)


# ---------------------------------------------------------------- randomness


def test_recording_draws_nothing_from_the_model_s_random_numbers():
    class Noisy(Model):
        """Whose noise is drawn as the masks of dropout are, and is an input of the program."""

        def __init__(self):
            super().__init__()
            self.stream, self.masks = np.random.default_rng(1), []

        def __call__(self, x):
            self.masks = [microgrid.Value(self.stream.normal())]
            return super().__call__(x) + self.masks[0]

        def draw(self, n):
            return self.stream.normal(size=(n, len(self.masks)))

    replayed, eager = Noisy(), Noisy()
    random.seed(0)
    before = random.getstate()
    histories = [fit(model, X, Y, loss="mse", optimizer=SGD, epochs=5, batch_size=5, seed=2, replay=replay)
                 for model, replay in ((replayed, True), (eager, False))]  # fmt: skip
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-12)
    assert len(set(histories[0]["loss"])) == 5
    assert replayed.stream.random() == eager.stream.random()
    assert random.getstate() == before


def test_noise_that_is_not_told_is_noticed():
    class Noisy(Model):
        stream = np.random.default_rng(1)

        def __call__(self, x):
            return super().__call__(x) + self.stream.normal()

    with pytest.warns(RuntimeWarning, match="Python looks at data") as seen:
        fit(Noisy(), X, Y, loss="mse", optimizer=SGD, epochs=1)
    assert seen[0].filename == __file__
