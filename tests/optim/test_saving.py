"""Saved optimisers: training goes on to the last bit, and what does not fit changes nothing."""

from __future__ import annotations

import copy
import json
import pickle
from math import nan

import numpy as np
import pytest

import microgrid as mg
from helpers.trajectories import IDS, OPTIMIZERS, data, give, made, three, train
from microgrid import CheckpointError, optim, parameter

each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)


@each
def test_training_goes_on_from_json_to_the_last_bit(name, options):
    point = [parameter(-3.0), parameter(0.7)]
    optimizer = made(name, options)(point)
    train(point, optimizer, 4)
    optimizer.lr *= 0.5
    saved = json.dumps(optimizer.state_dict(), allow_nan=False)
    again = [parameter(x) for x in data(point)]
    resumed = made(name, {})(again)
    resumed.load_state_dict(json.loads(saved))
    train(point, optimizer, 6)
    train(again, resumed, 6)
    assert data(again) == data(point)
    assert resumed.state_dict() == optimizer.state_dict()
    assert repr(resumed) == repr(optimizer)


def test_steps_of_each_parameter_are_saved():
    values, others = three(), three()
    optimizer, resumed = optim.Adam(values), optim.Adam(others)
    values[0].grad = 1.0
    optimizer.step()
    assert optimizer.state_dict()["steps"] == [1, 0, 0]
    resumed.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    for together in (values, others):
        give(together, [1.0, 1.0, 1.0])
    optimizer.step()
    resumed.step()
    assert data(values)[1:] == data(others)[1:]
    assert values[0].data - 1 == pytest.approx(2 * (others[0].data - 1), rel=1e-6)


def test_the_state_of_an_array_serves_values():
    weights, values = np.array([1.0, -2.0, 0.5]), three()
    first, second = optim.Adam(weights), optim.Adam(values)
    first.step([1.0, 2.0, 3.0])
    second.load_state_dict(first.state_dict())
    assert second.state_dict()["memory"]["exp_avg"] == pytest.approx([0.1, 0.2, 0.3], rel=1e-15)


def broken(state, **changes):
    return {name: x for name, x in (state | changes).items() if x is not ...}


MEMORY = {"exp_avg": [0.0] * 3, "exp_avg_sq": [0.0] * 3}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "SGD"}, r"this is the state of SGD, and Adam needs what its own state_dict\(\) gave"),
        ({"lr": ...}, "this state of Adam comes without lr"),
        ({"color": 1}, "with the unknown color"),
        ({"lr": -1}, "the state of Adam cannot be: lr is a finite number from 0 on, got -1.0"),
        ({"betas": None}, "betas is None"),
        ({"betas": 0.9}, "betas are two numbers"),
        ({"amsgrad": True}, "these settings need memory of .*max_exp_avg_sq"),
        ({"memory": [1]}, "the state has list"),
        ({"memory": MEMORY | {"exp_avg": [0.0] * 4}}, r"exp_avg is 3 finite numbers.* the state has 4"),
        ({"memory": MEMORY | {"exp_avg": [0.0, nan, 0.0]}}, "exp_avg is 3 finite numbers"),
        (
            {"memory": MEMORY | {"exp_avg": ["a", "b", "c"]}},
            "3 finite numbers, and the state has 'a' among them",
        ),
        ({"steps": -1}, "steps is at least 0"),
        ({"steps": 1.5}, "steps is a whole number"),
        ({"steps": [1, 2]}, "counted for 3 parameters, and the state has 2"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(changes, message):
    values = three()
    optimizer = optim.Adam(values, lr=0.5)
    give(values, [1.0, 1.0, 1.0])
    optimizer.step()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(CheckpointError, match=message):
        optimizer.load_state_dict(broken(optim.Adam(three()).state_dict(), **changes))
    assert optimizer.state_dict() == before


def test_what_is_no_state():
    with pytest.raises(CheckpointError, match="this is the state of list"):
        optim.SGD(three()).load_state_dict([])


def test_copies_and_pickles_are_independent():
    w = parameter(1.0, "w")
    program = mg.compile((w - 3) ** 2, parameters=[w])
    optimizer = optim.Adam(program, lr=0.1)
    optimizer.step([1.0])
    for copied_program, copied in (
        copy.deepcopy((program, optimizer)),
        pickle.loads(pickle.dumps((program, optimizer))),
    ):
        before = program.parameters.tolist()
        copied.step([1.0])
        assert copied_program.parameters[0] == pytest.approx(0.8, abs=1e-7)
        assert program.parameters.tolist() == before
    assert optimizer.state_dict()["steps"] == 1
