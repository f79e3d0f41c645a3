"""A monitor beside a training: when it looks, what it looks at, and that the training takes the steps it would take."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import microgrid
from helpers.monitored import X, Y, look, mlp
from microgrid import GraphError, Value, nn, optim, parameter, scope
from microgrid.monitor import Monitor
from microgrid.monitor.statistics import Watch
from microgrid.train import fit


def train(model, steps: int, monitor: Monitor | None) -> np.ndarray:
    xs, t = [Value(0.1), Value(0.2)], Value(0.3)
    program = microgrid.compile((model(xs) - t) ** 2, inputs=[*xs, t], parameters=model.parameters())
    optimizer, rows = optim.SGD(program, lr=0.01), np.column_stack([X, Y])
    for step in range(steps):
        _, gradient = program.value_and_grad(rows)
        wanted = monitor is not None and monitor.wants(step, step)
        if wanted:
            monitor.observe(epoch=step, step=step, program_parameters=program.parameters, X=X, y=Y)
            before = program.parameters.copy()
        optimizer.step(gradient)
        if wanted:
            monitor.updated(before, program.parameters)
    return program.parameters.copy()


def test_training_takes_the_same_steps_with_and_without_a_monitor() -> None:
    model = mlp()
    state = random.getstate()
    monitor = Monitor(model, every=5, loss="mse")
    watched = train(model, 20, monitor)
    assert np.array_equal(watched, train(mlp(), 20, None))
    assert [r.step for r in monitor.records] == [0, 5, 10, 15]
    assert random.getstate() == state
    assert all(p.grad == 0.0 for p in model.parameters())
    ratio = monitor.records[1].layers["layer1"].update_to_weight
    first, second = train(mlp(), 5, None), train(mlp(), 6, None)
    places = slice(15, 15 + 4 * 6)
    assert ratio == pytest.approx(
        np.linalg.norm(second[places] - first[places]) / np.linalg.norm(first[places]), rel=1e-12
    )
    outputs = [r.layers["layer2"].activations[:, 0] for r in monitor.records]
    assert ((outputs[-1] - Y) ** 2).mean() < ((outputs[0] - Y) ** 2).mean()


def test_snapshots_come_every_20_steps_and_then_a_quarter_of_the_way_apart() -> None:
    monitor = Monitor(mlp(), loss="mse")
    for step in range(20_000):
        if monitor.wants(0, step):
            monitor.observe(epoch=0, step=step, X=X[:2], y=Y[:2])
            monitor.updated(np.ones(44), np.full(44, 2.0))
    steps = [r.step for r in monitor.records]
    assert steps[:8] == [0, 20, 40, 60, 80, 100, 125, 156]
    assert len(steps) == 29
    assert all(b == a + a // 4 for a, b in pairwise(steps[4:]))
    assert all(r.layers["layer0"].update_to_weight == 1.0 for r in monitor.records)


def test_a_second_training_starts_over_at_step_0_and_is_watched() -> None:
    monitor = Monitor(mlp(), every=10, loss="mse")
    monitor.observe(epoch=0, step=95, X=X, y=Y)
    assert [monitor.wants(0, step) for step in (0, 96, 104, 105)] == [True, False, False, True]


def test_only_the_first_samples_of_a_large_batch_are_looked_at() -> None:
    found = look(mlp(), samples=3)
    assert found["layer0"].activations.shape == (3, 5)
    np.testing.assert_array_equal(found["layer0"].activations, look(mlp(), X[:3], Y[:3])["layer0"].activations)


@pytest.mark.parametrize(("parameters", "scale"), [(1e308, 1.0), (1e200, 1e200)])
def test_numbers_that_are_not_finite_are_recorded_and_said_once_to_be_slow(parameters: float, scale: float) -> None:
    monitor = Monitor(mlp(2, (2, 1)), loss="mse")
    numbers = {"program_parameters": np.full(9, parameters), "X": X * scale, "y": Y}
    with pytest.warns(RuntimeWarning, match="snapshot at step 0 holds numbers that are not finite.* on NumPy") as said:
        monitor.observe(epoch=0, step=0, **numbers)
    assert (len(said), said[0].filename) == (1, __file__)
    monitor.observe(epoch=0, step=1, **numbers)
    assert not np.isfinite(monitor.records[0].layers["layer1"].activations).all()


def test_a_monitor_in_two_trainings_follows_the_loss_of_each() -> None:
    """Of (ŷ - y)² the slope is 2 (ŷ - y), of binary cross-entropy with logits σ(ŷ) - y."""
    model, y = mlp(), (Y > 0) * 1.0
    monitor = Monitor(model, every=1)
    for loss in ("mse", "bce_with_logits"):
        fit(model, X, y, loss=loss, optimizer=partial(optim.SGD, lr=0.1), epochs=1, monitor=monitor)
    assert monitor.loss is None
    (first, second) = (record.layers["layer2"] for record in monitor.records)
    np.testing.assert_allclose(first.gradients[:, 0], 2 * (first.activations[:, 0] - y), rtol=1e-12)
    np.testing.assert_allclose(second.gradients[:, 0], 1 / (1 + np.exp(-second.activations[:, 0])) - y, rtol=1e-11)


def test_a_loss_that_the_monitor_was_given_is_its_own_in_every_training_until_it_is_given_another() -> None:
    model = mlp()
    monitor = Monitor(model, every=1, loss="half_mse")
    fit(model, X, Y, loss="mse", optimizer=partial(optim.SGD, lr=0.1), epochs=1, monitor=monitor)
    monitor.loss = "mse"
    fit(model, X, Y, loss="huber", optimizer=partial(optim.SGD, lr=0.1), epochs=1, monitor=monitor)
    for record, factor in zip(monitor.records, (1, 2), strict=True):
        found = record.layers["layer2"]
        np.testing.assert_allclose(found.gradients[:, 0], factor * (found.activations[:, 0] - Y), rtol=1e-12)


def test_a_monitor_takes_the_losses_that_fit_takes_by_name() -> None:
    """Of the divergence Σ t log(t/p) the slope with respect to p is -t/p."""

    class Odds(nn.Module):
        def __init__(self) -> None:
            self.w = parameter(1.0)

        def __call__(self, x):
            with scope("odds"):
                return [self.w * v for v in x]

    p = np.array([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]])
    t = np.array([[0.3, 0.7], [0.5, 0.5], [0.6, 0.4]])
    found = look(Odds(), p, t, loss="kl_divergence")["odds"]
    np.testing.assert_allclose(found.gradients, -t / p, rtol=1e-12)


# ---------------------------------------------------------------- noted in training, computed when read


class AtOnce(Monitor):
    """With an `observe` of its own, which is called for each snapshot."""

    def observe(self, **given) -> None:
        super().observe(**given)


def watched(kind: type[Monitor], model=None, **given) -> Monitor:
    model = mlp() if model is None else model
    monitor = kind(model, every=2)
    adam = given.pop("optimizer", partial(optim.Adam, lr=0.01))
    given = {"loss": "mse", "epochs": 7, "batch_size": 5, "seed": 1} | given
    fit(model, X, given.pop("y", Y), optimizer=adam, monitor=monitor, **given)
    return monitor


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"loss": "hinge", "y": np.sign(Y)},
        {"loss": "cross_entropy_with_logits", "y": np.arange(12) % 3, "model": lambda: mlp(2, (4, 3))},
        {"batch_size": None},
        {"model": lambda: nn.Sequential(nn.Linear(2, 3), "tanh", nn.Dropout(0.5), nn.Linear(3, 1)), "epochs": 2},
    ],
    ids=["mse", "hinge", "classes", "whole", "dropout"],
)
def test_what_is_computed_when_read_is_what_would_have_been_computed_at_once(given: dict) -> None:
    make = given.pop("model", mlp) if "model" in given else mlp
    records = []
    for kind in (Monitor, AtOnce):
        random.seed(3)
        records.append(watched(kind, make(), **given).records)
    assert [(r.epoch, r.step) for r in records[0]] == [(r.epoch, r.step) for r in records[1]]
    assert len(records[0]) > 2
    for later, once in zip(*records, strict=True):
        assert list(later.layers) == list(once.layers)
        for found, expected in zip(later.layers.values(), once.layers.values(), strict=True):
            for name in ("activations", "preactivations", "gradients", "update_to_weight"):
                np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-11, atol=1e-14)
            assert (found.name, found.operations) == (expected.name, expected.operations)


def test_training_computes_no_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    look = Watch.look
    monkeypatch.setattr(Watch, "look", lambda self, *given: looks.append(1) or look(self, *given))
    monitor = watched(Monitor)
    assert looks == []
    assert len(monitor.records) == len(looks) == 11
    assert monitor.records[3] is monitor.records[3]
    assert len(looks) == 11


def test_snapshots_are_of_their_steps_though_parameters_and_data_are_others_when_they_are_read() -> None:
    model = mlp()
    monitor = watched(Monitor, model, batch_size=None)
    for p in model.parameters():
        p.data = 0.0
    first = monitor.records[0].layers["layer2"]
    fresh = mlp()
    np.testing.assert_allclose(first.activations[:, 0], [fresh(x).data for x in X.tolist()], rtol=1e-13)
    assert first.update_to_weight > 0


def test_snapshots_can_be_read_while_the_training_goes_on() -> None:
    model, seen = mlp(), []
    monitor = Monitor(model, every=1)

    def read(epoch, logs) -> None:
        seen.append([r.layers["layer2"].update_to_weight for r in monitor.records])

    fit(model, X, Y, loss="mse", optimizer=partial(optim.SGD, lr=0.01), epochs=3, monitor=monitor, callbacks=read)
    assert [len(ratios) for ratios in seen] == [1, 2, 3]
    assert np.isfinite(seen[-1]).all()
    assert seen[-1][:2] == seen[1]


def test_a_model_with_numbers_that_may_change_later_is_looked_at_at_once() -> None:
    class Scaled(nn.Module):
        def __init__(self, scale: float) -> None:
            self.w, self.scale = parameter(2.0), Value(scale)

        def __call__(self, x):
            with scope("one"):
                return self.w * x[0] * self.scale

    model = Scaled(3.0)
    monitor = Monitor(model)
    with pytest.warns(RuntimeWarning, match="does not train scale"):
        fit(model, X, Y, loss="mse", optimizer=partial(optim.SGD, lr=0.0), epochs=1, monitor=monitor)
    model.scale.data = 100.0
    np.testing.assert_allclose(monitor.records[0].layers["one"].activations[:, 0], 6 * X[:, 0], rtol=1e-13)


def test_parameters_that_are_not_trained_are_shown_too() -> None:
    model = mlp()
    monitor = Monitor(model, every=1)
    some = model.layers[2].parameters()
    fit(model, X, Y, loss="mse", optimizer=optim.SGD(some, lr=0.1), epochs=2, monitor=monitor)
    layers = monitor.records[0].layers
    assert layers["layer0"].update_to_weight == layers["layer1"].update_to_weight == 0.0
    assert layers["layer2"].update_to_weight > 0
    fresh = mlp()
    np.testing.assert_allclose(layers["layer2"].activations[:, 0], [fresh(x).data for x in X.tolist()], rtol=1e-13)


def test_a_model_without_layers_is_refused_in_training() -> None:
    class Unscoped(nn.Module):
        def __init__(self) -> None:
            self.w = parameter(1.0)

        def __call__(self, x):
            return self.w * x[0]

    model = Unscoped()
    with pytest.raises(GraphError, match="the model names no layers"):
        fit(model, X, Y, loss="mse", optimizer=optim.Adam, epochs=1, monitor=Monitor(model))


def test_numbers_that_are_not_finite_are_said_when_they_are_read() -> None:
    class Large(nn.Module):
        def __init__(self) -> None:
            self.w = parameter(1.0)

        def __call__(self, x):
            with scope("one"):
                h = microgrid.exp(self.w * (1 + x[0] * x[0]))
            with scope("two"):
                return 1 / (1 + h)

    model = Large()
    monitor = Monitor(model, every=1)
    steep = partial(optim.SGD, lr=5000.0)  # after one step w is some thousands, and 1 / (1 + inf) is 0
    with pytest.warns(RuntimeWarning, match="exceeds the range of doubles"):  # as Python's own exp does
        fit(model, X, Y - 5, loss="mse", optimizer=steep, epochs=2, monitor=monitor)
    with pytest.warns(RuntimeWarning, match="snapshot at step 1 holds numbers that are not finite") as said:
        records = monitor.records
    assert (len(said), said[0].filename) == (1, __file__)
    assert np.isinf(records[1].layers["one"].activations).all()
    assert np.isfinite(records[0].layers["one"].activations).all()
