"""What the tests of optimisers share: surfaces to descend, all the optimisers, and paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgrid import Value, optim, parameter


def bowl(x, y):
    """Curved 250 times as much along y as along x."""
    return (0.4 * x**2 + 100 * y**2) * 0.5 + 0.3 * x * y


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def bowl_gradient(x, y):
    return [x * 0.4 + y * 0.3, y * 100 + x * 0.3]


def rosenbrock_gradient(x, y):
    return [-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)]


SURFACES = {
    "bowl": (bowl, bowl_gradient, (-3.0, 0.7)),
    "rosenbrock": (rosenbrock, rosenbrock_gradient, (-1.2, 1.0)),
}
"""Height, gradient and where to start."""

# Small learning rates where the gradient itself is the step: both surfaces have walls of slope 200 and more.
OPTIMIZERS = [
    ("SGD", {"lr": 1e-3}),
    ("SGD", {"lr": 1e-3, "weight_decay": 0.1}),
    ("SGD", {"lr": 1e-3, "momentum": 0.9}),
    ("SGD", {"lr": 1e-3, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 1e-4, "momentum": 0.5, "nesterov": True, "weight_decay": 0.2}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.3, "eps": 1e-6}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.003, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.8}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9, "weight_decay": 0.1, "alpha": 0.95}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.5, "amsgrad": True, "betas": (0.5, 0.7)}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True, "betas": (0.5, 0.7)}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1, "momentum_decay": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 2e-3, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1}),
    ("RAdam", {"lr": 2e-3, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (1e-2, 0.3)}),
]
IDS = [f"{name}-{'-'.join(options) or 'defaults'}" for name, options in OPTIMIZERS]
"""Every optimiser and every option, by themselves and together."""


def walk(surface: str, make: Callable[[list[Value]], Any], steps: int = 10, clip: Any = None) -> Any:
    """The points that an optimiser of two Values goes through, an array (steps, 2)."""
    height, _, start = SURFACES[surface]
    point = [parameter(start[0], "x"), parameter(start[1], "y")]
    made, path = make(point), []
    for _ in range(steps):
        made.zero_grad()
        height(*point).backward()
        if clip:
            clip(point)
        made.step()
        path.append([v.data for v in point])
    return np.array(path)


def made(name: str, options: dict[str, Any]) -> Callable[[Any], optim.Optimizer]:
    return lambda parameters: getattr(optim, name)(parameters, **options)


def train(point: Sequence[Value], optimizer: optim.Optimizer, steps: int) -> None:
    """Down the bowl, in place."""
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(*point).backward()
        optimizer.step()


def three() -> list[Value]:
    return [parameter(1.0, "u"), parameter(-2.0, "v"), parameter(0.5)]


def give(values: list[Value], gradients: Any) -> None:
    for v, g in zip(values, gradients, strict=True):
        v.grad = g


def data(values: list[Value]) -> list[float]:
    return [v.data for v in values]
