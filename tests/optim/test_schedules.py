"""Learning rates over the epochs, against rates written out by hand and those that PyTorch gave."""

from __future__ import annotations

import inspect
import json
import re
from math import cos, inf, nan, pi, sqrt
from types import SimpleNamespace

import pytest

from microgrid import CheckpointError, Value, optim, parameter


def rates(schedule, epochs):
    """The learning rate that the optimiser has in each epoch."""
    found = []
    for _ in range(epochs):
        found.append(schedule.optimizer.lr)
        schedule.step()
    return found


def having(lr):
    return SimpleNamespace(lr=lr)


BY_HAND = [
    (lambda o: optim.StepLR(o, 3), [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01]),
    (lambda o: optim.StepLR(o, 2, gamma=0.5), [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]),
    (lambda o: optim.MultiStepLR(o, [5, 2], gamma=0.5), [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]),
    (lambda o: optim.MultiStepLR(o, [2, 2]), [1, 1, 0.01, 0.01]),
    (lambda o: optim.ExponentialLR(o, 0.5), [1, 0.5, 0.25, 0.125]),
    (
        lambda o: optim.CosineAnnealingLR(o, 4),
        [1, (1 + sqrt(0.5)) / 2, 0.5, (1 - sqrt(0.5)) / 2, 0, (1 - sqrt(0.5)) / 2],
    ),
    (lambda o: optim.CosineAnnealingLR(o, 2, eta_min=0.2), [1, 0.6, 0.2, 0.6, 1, 0.6]),
    (lambda o: optim.LinearLR(o), [5 / 15, 7 / 15, 9 / 15, 11 / 15, 13 / 15, 1, 1, 1]),
    (lambda o: optim.LinearLR(o, 1.0, 0.5, 2), [1, 0.75, 0.5, 0.5]),
    (lambda o: optim.PolynomialLR(o), [1, 0.8, 0.6, 0.4, 0.2, 0, 0]),
    (lambda o: optim.PolynomialLR(o, 4, power=2), [1, 9 / 16, 4 / 16, 1 / 16, 0, 0]),
    (lambda o: optim.CosineAnnealingWarmRestarts(o, 2, eta_min=0.2), [1, 0.6, 1, 0.6, 1]),
    (lambda o: optim.CosineAnnealingWarmRestarts(o, 1, T_mult=2), [1, 1, 0.5, 1, (1 + sqrt(0.5)) / 2, 0.5]),
    (lambda o: optim.WarmupCosineLR(o, 2, 6, 0.5, eta_min=0.2), [0.5, 0.75, 1, 1 - 0.4 * (1 - sqrt(0.5)), 0.6]),
    (lambda o: optim.WarmupCosineLR(o, 1, 3, 0.0), [0, 1, 0.5, 0, 0, 0]),
    (lambda o: optim.OneCycleLR(o, 8, 9, 3 / 9, "linear", 4, 2), [2, 5, 8, 8 - 7 / 6, 8 - 14 / 6]),
    (lambda o: optim.OneCycleLR(o, 8, 5, 2 / 5, "cos", 4, 2), [2, 8, 1 + 7 * 3 / 4, 1 + 7 / 4, 1, 1, 1]),
    (lambda o: optim.OneCycleLR(o, 8, 9, 3 / 9, "linear", 4, 2, True), [2, 5, 8, 5, 2, 1.75, 1.5, 1.25, 1, 1]),
    (lambda o: optim.OneCycleLR(o, 8, 4, 0.0, "linear", 4, 2), [6.25, 4.5, 2.75, 1]),
]


@pytest.mark.parametrize(("make", "expected"), BY_HAND)
def test_rates_by_hand(make, expected):
    assert rates(make(having(1.0)), len(expected)) == pytest.approx(expected, rel=1e-14, abs=1e-16)


# The lr of torch 2.13.0's SGD at lr=0.3 after eleven steps of the schedule.
PYTORCH = [
    ("StepLR", {"step_size": 3, "gamma": 0.7}, 0.10289999999999999),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9], "gamma": 0.6}, 0.03888),
    ("ExponentialLR", {"gamma": 0.93}, 0.13503106370302287),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}, 0.18726553542366545),
    ("LinearLR", {"start_factor": 0.2, "end_factor": 0.9, "total_iters": 13}, 0.23769230769230762),
    ("PolynomialLR", {"total_iters": 14, "power": 1.7}, 0.02186803332714814),
]


@pytest.mark.parametrize(("name", "options", "expected"), PYTORCH, ids=[case[0] for case in PYTORCH])
def test_the_rate_is_that_of_pytorch(name, options, expected):
    schedule = getattr(optim, name)(having(0.3), **options)
    for _ in range(11):
        schedule.step()
    assert schedule.optimizer.lr == pytest.approx(expected, rel=1e-12)
    assert schedule.last_epoch == 11


def test_a_schedule_moves_the_steps_of_its_optimiser():
    x = parameter(0.0)
    optimizer = optim.SGD([x], lr=1.0)
    schedule = optim.ExponentialLR(optimizer, 0.5)
    for _ in range(4):
        x.grad = -1.0
        optimizer.step()
        schedule.step()
    assert x.data == 1 + 0.5 + 0.25 + 0.125


def test_rates_do_not_drift():
    """PyTorch's recursion multiplies 10,000 times; this is one power and one cosine."""
    schedule = optim.CosineAnnealingLR(having(0.1), 777)
    for _ in range(10_000):
        schedule.step()
    assert schedule.optimizer.lr == pytest.approx(0.1 * (1 + cos(pi * (10_000 - 12 * 777) / 777)) / 2, rel=1e-11)


# ---------------------------------------------------------------- plateau


def plateau(metrics, lr=1.0, **options):
    optimizer = having(lr)
    schedule = optim.ReduceLROnPlateau(optimizer, **options)
    found = []
    for metric in metrics:
        schedule.step(metric)
        found.append(optimizer.lr)
    return found


@pytest.mark.parametrize(
    ("metrics", "options", "expected"),
    [
        # reduced in the epoch in which bad ones exceed patience, then counted anew
        ([3, 3, 3, 3, 3, 3, 3], {"patience": 2, "factor": 0.5}, [1, 1, 1, 0.5, 0.5, 0.5, 0.25]),
        ([3, 2, 2, 1, 1, 1], {"patience": 1, "factor": 0.5}, [1, 1, 1, 1, 1, 0.5]),
        ([1, 1, 1], {"patience": 0}, [1, 0.1, 0.01]),
        # 0.95 is not less than 1 - 0.1, 0.85 is; "abs" measures from the best, not from the last
        ([1, 0.95, 0.85], {"patience": 0, "factor": 0.5, "threshold": 0.1}, [1, 0.5, 0.5]),
        ([10, 9.8, 9.4], {"patience": 0, "factor": 0.5, "threshold": 0.5, "threshold_mode": "abs"}, [1, 0.5, 0.5]),
        ([1, 2, 2, 1], {"patience": 0, "factor": 0.5, "mode": "max"}, [1, 1, 0.5, 0.25]),
        ([9, 9.4, 9.6], {"patience": 0, "factor": 0.5, "mode": "max", "threshold_mode": "abs", "threshold": 0.5},
         [1, 0.5, 0.5]),
        # two epochs of rest after each reduction
        ([1] * 8, {"patience": 0, "factor": 0.5, "cooldown": 2}, [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]),
        ([1] * 4, {"patience": 0, "factor": 0.5, "min_lr": 0.3}, [1, 0.5, 0.3, 0.3]),
        ([1] * 3, {"patience": 0, "factor": 0.5, "eps": 0.4}, [1, 0.5, 0.5]),
        ([1, nan, nan], {"patience": 1, "factor": 0.5}, [1, 1, 0.5]),
        ([nan, nan, 1], {"patience": 0, "factor": 0.5}, [0.5, 0.25, 0.25]),
        ([inf, Value(5.0)], {"patience": 0, "factor": 0.5}, [0.5, 0.5]),
    ],
)  # fmt: skip
def test_plateau(metrics, options, expected):
    assert plateau(metrics, **options) == pytest.approx(expected, rel=1e-15)


# ---------------------------------------------------------------- settings and saving


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: optim.StepLR(o, 0), ValueError, "step_size is at least 1, got 0"),
        (lambda o: optim.StepLR(o, 2.5), TypeError, "step_size is a whole number, got float 2.5"),
        (lambda o: optim.StepLR(o, 2, gamma=-1), ValueError, "gamma is a finite number from 0 on, got -1.0"),
        (lambda o: optim.MultiStepLR(o, 3), TypeError, r"milestones are a list of epochs, such as \[30, 80\], got 3"),
        (lambda o: optim.MultiStepLR(o, [3, -1]), ValueError, "a milestone is at least 0"),
        (lambda o: optim.ExponentialLR(o, nan), ValueError, "gamma"),
        (lambda o: optim.CosineAnnealingLR(o, 0), ValueError, "T_max is at least 1"),
        (lambda o: optim.CosineAnnealingLR(o, 2, -1), ValueError, "eta_min"),
        (lambda o: optim.LinearLR(o, 0), ValueError, "start_factor is above 0"),
        (lambda o: optim.LinearLR(o, 1.5), ValueError, "start_factor lies from 0 to 1, got 1.5"),
        (lambda o: optim.LinearLR(o, 1, -0.5), ValueError, "end_factor"),
        (lambda o: optim.LinearLR(o, total_iters=0), ValueError, "total_iters"),
        (lambda o: optim.PolynomialLR(o, power=-1), ValueError, "power"),
        (lambda o: optim.ReduceLROnPlateau(o, mode="best"), ValueError, 'mode=.best. .* choose "min" or "max"'),
        (lambda o: optim.ReduceLROnPlateau(o, threshold_mode="x"), ValueError, '_mode=.x. .* choose "rel" or "abs"'),
        (lambda o: optim.ReduceLROnPlateau(o, factor=1.0), ValueError, "factor lies from 0 to 1, 1 excluded, got 1.0"),
        (lambda o: optim.ReduceLROnPlateau(o, patience=-1), ValueError, "patience is at least 0"),
        (lambda o: optim.ReduceLROnPlateau(o).step("x"), TypeError, "a metric is a real number, got str"),
        (lambda o: optim.StepLR([o], 3), TypeError, "a schedule writes the lr of an optimizer, and list has none"),
        (lambda o: optim.Schedule(o), NotImplementedError, "Schedule has no lr_at"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(make, error, message):
    optimizer = having(0.5)
    with pytest.raises(error, match=message):
        make(optimizer)
    assert optimizer.lr == 0.5


@pytest.mark.parametrize("case", PYTORCH, ids=[case[0] for case in PYTORCH])
def test_a_schedule_goes_on_from_json_to_the_last_bit(case):
    name, options, _ = case
    schedule = getattr(optim, name)(optim.SGD([parameter(1.0)], lr=0.3), **options)
    for _ in range(3):
        schedule.step()
    saved = json.loads(json.dumps(schedule.state_dict(), allow_nan=False))
    resumed = getattr(optim, name)(optim.SGD([parameter(1.0)], lr=0.7), **options)
    resumed.load_state_dict(saved)
    assert rates(resumed, 9) == rates(schedule, 9)
    assert repr(resumed) == repr(schedule)
    assert resumed.state_dict() == schedule.state_dict()


def test_a_plateau_goes_on_from_json():
    metrics = [3, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    schedule = optim.ReduceLROnPlateau(having(1.0), patience=1, factor=0.5, cooldown=1)
    for k, metric in enumerate(metrics):
        saved = json.dumps(schedule.state_dict(), allow_nan=False)
        resumed = optim.ReduceLROnPlateau(having(schedule.optimizer.lr))
        resumed.load_state_dict(json.loads(saved))
        schedule.step(metric)
        resumed.step(metric)
        assert resumed.optimizer.lr == schedule.optimizer.lr, k
    assert schedule.optimizer.lr == 0.125


def test_a_state_that_does_not_fit_changes_nothing():
    schedule = optim.StepLR(having(1.0), 3)
    schedule.step()
    state = schedule.state_dict()
    for changes, message in [
        ({"kind": "LinearLR"}, "this is the state of LinearLR, and StepLR needs"),
        ({"step_size": 0}, "the state of StepLR cannot be: step_size is at least 1"),
        ({"last_epoch": -1}, "last_epoch is at least 0"),
        ({"base_lr": "high"}, "base_lr is a real number"),
    ]:
        with pytest.raises(CheckpointError, match=message):
            schedule.load_state_dict(state | changes)
        assert (schedule.state_dict(), schedule.optimizer.lr) == (state, 1.0)


def test_repr():
    schedule = optim.MultiStepLR(having(1.0), [8, 3], gamma=0.5)
    schedule.step()
    assert repr(schedule) == "MultiStepLR(milestones=(3, 8), gamma=0.5) at epoch 1"


SCHEDULES = "StepLR MultiStepLR ExponentialLR CosineAnnealingLR LinearLR PolynomialLR ReduceLROnPlateau".split()


@pytest.mark.parametrize("name", SCHEDULES)
def test_what_a_message_calls_usual_is_the_default(name):
    """Where there is one: ExponentialLR's gamma has none."""
    schedule, told = getattr(optim, name), 0
    given = {"StepLR": [3], "MultiStepLR": [[3]], "ExponentialLR": [], "CosineAnnealingLR": [3]}.get(name, [])
    for wanted in list(inspect.signature(schedule).parameters.values())[1 + len(given) :]:
        try:
            schedule(having(1.0), *given, **{wanted.name: -7.5})
        except (TypeError, ValueError) as error:
            usual = re.search(r"got -7\.5: (\S+) is usual", str(error))
            told += usual is not None
            assert usual is None or wanted.default in (inspect.Parameter.empty, float(usual[1]))
    assert told or name == "ReduceLROnPlateau"
