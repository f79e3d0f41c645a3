"""A monitor beside a training: when it looks, what it looks at, and that the training takes the steps it would take."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import microgrid
from helpers.monitored import X, Y, look, mlp
from microgrid import Value, nn, optim, parameter, scope
from microgrid.monitor import Monitor
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
