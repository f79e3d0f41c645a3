"""Where NumPy cannot be imported Values are moved all the same, to the same bits."""

from __future__ import annotations

import json
import random
from inspect import getsource

import microgrid as mg
from helpers.trajectories import OPTIMIZERS
from helpers.without_numpy import said as without_numpy
from microgrid import nn, optim


def train(name, options):
    """Where a network of 57 parameters is after some steps, and the state of its optimiser."""
    random.seed(1)
    model = nn.MLP(2, [14, 1], activation="tanh")
    optimizer = getattr(optim, name)(model.parameters(), **options)
    schedule = optim.StepLR(optimizer, 3, 0.5)
    for _ in range(6):
        optimizer.zero_grad()
        mg.mean([(model(x) - y) ** 2 for x, y in (([0, 0], -1), ([0, 1], 1), ([1, 0], 1), ([1, 1], -1))]).backward()
        optimizer.step()
        schedule.step()
    optimizer.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    return [[v.data for v in model.parameters()], optimizer.state_dict()]


def test_values_are_moved_without_numpy():
    """In arrays here, of which these parameters are enough, and in floats there."""
    code = f"import microgrid as mg\nfrom microgrid import nn, optim\n{getsource(train)}\n"
    found = without_numpy(f"{code}print(json.dumps([train(name, options) for name, options in {OPTIMIZERS!r}]))")
    expected = [json.loads(json.dumps(train(name, options))) for name, options in OPTIMIZERS]
    assert found == expected


def test_moons_are_learned_without_numpy():
    code = """
import microgrid as mg
from microgrid import datasets, nn, optim
random.seed(2)
X, y = datasets.moons(40, noise=0.05, seed=1, labels=(-1, 1), as_lists=True)
model = nn.MLP(2, [8, 8, 1])
optimizer = optim.Adam(model.parameters(), lr=0.05)
losses = []
for _ in range(40):
    optimizer.zero_grad()
    loss = mg.mean([(1 - t * model(x)).relu() for x, t in zip(X, y)])
    loss.backward()
    optim.clip_grad_norm_(model.parameters(), 2.0)
    optim.clip_grad_value_(model.parameters(), 0.5)
    largest = max(abs(p.grad) for p in model.parameters())
    assert largest <= 0.5
    optimizer.step()
    losses.append(loss.data)
print(json.dumps([losses, X]))
"""
    losses, X = without_numpy(code)
    assert losses[-1] < 0.2 < losses[0]
    assert mg.datasets.moons(40, noise=0.05, seed=1, as_lists=True)[0] == X


def test_gradients_are_clipped_without_numpy_as_with_it():
    code = """
from microgrid import parameter
from microgrid.optim import clip_grad_norm_, clip_grad_value_
from math import inf, nan
found = []
for clip, limit in ((clip_grad_norm_, 2.0), (lambda *given: clip_grad_norm_(*given, 1), 2.0), (clip_grad_value_, 0.7)):
    for gradients in ([3.0, -0.5, 1e-3], [0.1, 0.2], [1e300, -1e300], [1.0, nan], [1.0, -inf], []):
        values = [parameter(1.0) for _ in gradients]
        for v, g in zip(values, gradients):
            v.grad = g
        try:
            said = clip(values, limit)
        except ArithmeticError as error:
            said = str(error)
        found.append([said, [repr(v.grad) for v in values]])
"""
    spoken: dict = {}
    exec(code, spoken)
    assert without_numpy(f"{code}print(json.dumps(found))") == spoken["found"]


def test_arrays_of_moons_say_how_to_do_without_numpy():
    code = """
from microgrid import datasets
try:
    datasets.moons(4)
except ImportError as error:
    print(json.dumps(str(error)))
"""
    assert without_numpy(code) == "arrays need NumPy, which is not installed: pass as_lists=True for lists"
