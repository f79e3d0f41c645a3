"""Optimisers, schedules and clipping beside PyTorch's own, step by step."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from inspect import signature
from typing import Any

import numpy as np
import pytest

from helpers.trajectories import IDS, OPTIMIZERS, SURFACES, made, walk
from microgrid import optim, parameter

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="optional: torch is not installed")
torch: Any = None


@pytest.fixture(scope="module", autouse=True)
def imported():
    """Not while the tests are collected: that takes a second, and everybody would have PyTorch loaded."""
    global torch
    import torch

    torch.set_default_dtype(torch.float64)  # of what NAdam remembers, too


def torch_walk(surface, make, steps=10, clip=None, schedule=None):
    """As trajectories.walk."""
    height, _, start = SURFACES[surface]
    point = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start]
    optimizer, path = make(point), []
    scheduled = schedule and schedule(optimizer)
    for _ in range(steps):
        optimizer.zero_grad()
        height(*point).backward()
        if clip:
            clip(point)
        optimizer.step()
        if scheduled:
            scheduled.step()
        path.append([x.item() for x in point])
    return np.array(path)


def torch_made(name, options):
    return lambda point: getattr(torch.optim, name)(point, **options)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
def test_optimisers(name, options, surface):
    """Those without options compare the defaults too."""
    expected = torch_walk(surface, torch_made(name, options))
    assert np.allclose(walk(surface, made(name, options)), expected, rtol=1e-12, atol=1e-12)


def test_every_option_of_pytorch_that_concerns_the_mathematics():
    elsewhere = {"params", "parameters", "foreach", "maximize", "differentiable", "fused", "capturable"}
    for name in {name for name, _ in OPTIMIZERS}:
        theirs = set(signature(getattr(torch.optim, name)).parameters) - elsewhere
        theirs -= {"decoupled_weight_decay"} if name in ("Adam", "AdamW") else set()  # which are two optimisers here
        assert set(signature(getattr(optim, name)).parameters) - elsewhere == theirs
        tried = set().union(*(options for other, options in OPTIMIZERS if other == name))
        assert tried >= theirs - {"eps", "betas", "lr"}


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
def test_parameters_without_a_gradient(name, options):
    gradients, present = np.random.default_rng(5).normal(size=(10, 4)), np.random.default_rng(6).random((10, 4)) < 0.6
    ours = [parameter(x) for x in (1.0, -2.0, 0.5, 3.0)]
    theirs = [torch.tensor(v.data, dtype=torch.float64, requires_grad=True) for v in ours]
    optimizers = made(name, options)(ours), torch_made(name, options)(theirs)
    for g, there in zip(gradients, present, strict=True):
        for optimizer in optimizers:
            optimizer.zero_grad()
        for i in np.flatnonzero(there):
            ours[i].grad, theirs[i].grad = g[i], torch.tensor(g[i])
        for optimizer in optimizers:
            optimizer.step()
        assert [v.data for v in ours] == pytest.approx([x.item() for x in theirs], rel=1e-12)


SCHEDULES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 4, "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9]}),
    ("MultiStepLR", {"milestones": [20, 3], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 7}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 1e-4}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.2, "end_factor": 0.9, "total_iters": 13}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 14, "power": 1.7}),
    ("CosineAnnealingWarmRestarts", {"T_0": 4}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 1e-3}),
    ("OneCycleLR", {"max_lr": 0.4, "total_steps": 41}),
    ("OneCycleLR", {"max_lr": 0.4, "total_steps": 50, "pct_start": 0.2, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 2.0, "total_steps": 45, "three_phase": True, "div_factor": 7.0}),
]


def cycle(name):
    """What PyTorch's alone is asked for: it moves the momentum too."""
    return {"cycle_momentum": False} if name == "OneCycleLR" else {}


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_schedules(name, options):
    ours = getattr(optim, name)(optim.SGD([parameter(1.0)], lr=0.3), **options)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    optimizer.step()
    theirs = getattr(torch.optim.lr_scheduler, name)(optimizer, **options, **cycle(name))
    for epoch in range(40):
        # a cosine that goes up again from where it was 0 multiplies that rounding by what it gained
        assert ours.optimizer.lr == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12, abs=1e-15), epoch
        ours.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.step()


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_paths_under_a_schedule(optimizer, name, options):
    settings = {"lr": 1e-3, "momentum": 0.9} if optimizer == "SGD" else {"lr": 0.1}
    options = options | ({"max_lr": 1e-3} if optimizer == "SGD" and "max_lr" in options else {})

    class Both:
        """Steps the schedule after the optimiser, as a loop over epochs does."""

        def __init__(self, point):
            self.optimizer = made(optimizer, settings)(point)
            self.schedule = getattr(optim, name)(self.optimizer, **options)
            self.zero_grad = self.optimizer.zero_grad

        def step(self):
            self.optimizer.step()
            self.schedule.step()

    expected = torch_walk(
        "rosenbrock",
        torch_made(optimizer, settings),
        schedule=lambda o: getattr(torch.optim.lr_scheduler, name)(o, **options, **cycle(name)),
    )
    assert np.allclose(walk("rosenbrock", Both), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
@pytest.mark.parametrize(
    "options", [{}, {"patience": 0, "cooldown": 2}, {"patience": 2, "factor": 0.5, "min_lr": 0.05}]
)
def test_plateau(mode, threshold_mode, options):
    options = options | {"mode": mode, "threshold_mode": threshold_mode, "threshold": 0.02}
    ours = optim.ReduceLROnPlateau(optim.SGD([parameter(1.0)], lr=0.3), **options)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    random = np.random.default_rng(4)
    for epoch in range(200):
        metric = float(random.choice([1.0, -1.0]) * np.exp(-epoch / 50) + random.normal(scale=0.1))
        metric = float("nan") if epoch % 17 == 5 else metric
        ours.step(metric)
        theirs.step(metric)
        assert ours.optimizer.lr == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-14), epoch


CLIPS = [
    ("value", lambda point: optim.clip_grad_value_(point, 5.0), lambda x: torch.nn.utils.clip_grad_value_(x, 5.0)),
    *(
        (
            f"norm-{p}",
            lambda point, p=p: optim.clip_grad_norm_(point, 30.0, norm_type=p),
            lambda x, p=p: torch.nn.utils.clip_grad_norm_(x, 30.0, norm_type=p),
        )
        for p in (2.0, 1.0, 3.0, 0.5, float("inf"))
    ),
]


@pytest.mark.parametrize(("name", "ours", "theirs"), CLIPS, ids=[case[0] for case in CLIPS])
@pytest.mark.parametrize("optimizer", ["SGD", "Adagrad", "Adam"])
@pytest.mark.parametrize("surface", SURFACES)
def test_clipping(surface, optimizer, name, ours, theirs):
    options = {"lr": 0.01}
    expected = torch_walk(surface, torch_made(optimizer, options), clip=theirs)
    found = walk(surface, made(optimizer, options), clip=ours)
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)
    assert not np.allclose(found[:3], walk(surface, made(optimizer, options), steps=3), rtol=1e-7, atol=0)


def test_the_norm_that_is_returned():
    g = np.random.default_rng(8).normal(size=30)
    x = torch.zeros(30, dtype=torch.float64, requires_grad=True)
    for p in (2.0, 1.0, 0.7, 5.0, float("inf")):
        x.grad = torch.tensor(g)
        expected = torch.nn.utils.clip_grad_norm_([x], 0.5, norm_type=p).item()
        array = g.copy()
        assert optim.clip_grad_norm_(array, 0.5, norm_type=p) == pytest.approx(expected, rel=1e-13)
        assert array == pytest.approx(x.grad.numpy(), rel=1e-13)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"lr": -1}), ("SGD", {"momentum": -1}), ("SGD", {"weight_decay": -1}), ("SGD", {"nesterov": True}),
        ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}), ("Adagrad", {"lr_decay": -1}),
        ("Adagrad", {"initial_accumulator_value": -1}), ("Adagrad", {"eps": -1}), ("Adadelta", {"rho": 1.5}),
        ("RMSprop", {"alpha": -1}), ("RMSprop", {"momentum": -1}), ("Adam", {"betas": (1.0, 0.9)}),
        ("Adam", {"betas": (0.9, 1.0)}), ("Adam", {"betas": (-0.1, 0.9)}), ("AdamW", {"eps": -1}),
    ],
)  # fmt: skip
def test_what_pytorch_refuses(name, options):
    for make, values in ((made, [parameter(1.0)]), (torch_made, [torch.zeros(1, requires_grad=True)])):
        with pytest.raises(ValueError):  # noqa: PT011 each has its own words
            make(name, options)(values)
    for make in (made, torch_made):
        with pytest.raises(ValueError, match="empty"):
            make(name, {})([])
