"""Small networks and optimisers in NumPy alone: what the numbers of the lessons are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["RULES", "Network", "backward", "forward", "losses", "taken", "walk"]

Array = NDArray[np.float64]
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda z, h: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z, h: 1 - h**2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z, h: h * (1 - h)),
    "linear": (lambda z: z, lambda z, h: np.ones_like(z)),
}
"""Functions with their derivatives, of what goes in and what comes out."""


class Network(NamedTuple):
    """Weights and biases of each layer, and its activation."""

    weights: list[Array]
    biases: list[Array]
    activations: Sequence[str]

    @property
    def numbers(self) -> list[Array]:
        return [*self.weights, *self.biases]


def taken(net: Any, activations: Sequence[str]) -> Network:
    """The numbers of an MLP of microgrid."""
    weights = [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in net.layers]
    biases = [np.array([neuron.b.data for neuron in layer.neurons]) for layer in net.layers]
    return Network(weights, biases, activations)


def forward(net: Network, X: Array) -> list[tuple[Array, Array]]:
    """What goes into each activation and what comes out."""
    found, h = [], X
    for W, b, name in zip(net.weights, net.biases, net.activations, strict=True):
        z = h @ W.T + b
        h = ACTIVATIONS[name][0](z)
        found.append((z, h))
    return found


def losses(loss: str, outputs: Array, y: Array) -> tuple[float, Array]:
    """The mean over the samples, and its derivatives."""
    o, n = outputs[:, 0], len(y)
    if loss == "hinge":
        return float(np.maximum(0, 1 - y * o).mean()), np.where(y * o < 1, -y, 0.0)[:, None] / n
    with np.errstate(divide="ignore", invalid="ignore"):  # logarithms stop at -100, where no slope is left
        yes, no = np.maximum(np.log(o), -100), np.maximum(np.log(1 - o), -100)
        slopes = np.where(no > -100, (1 - y) / (1 - o), 0) - np.where(yes > -100, y / o, 0)
    return float(-(y * yes + (1 - y) * no).mean()), slopes[:, None] / n


def backward(net: Network, X: Array, y: Array, loss: str) -> tuple[float, list[Array], list[Array]]:
    """The loss, its derivatives by `numbers`, and those by what leaves each layer."""
    layers = forward(net, X)
    value, slope = losses(loss, layers[-1][1], y)
    by_weights: list[Array] = []
    by_biases: list[Array] = []
    by_units: list[Array] = []
    for k in reversed(range(len(layers))):
        by_units.insert(0, slope)
        z, h = layers[k]
        delta = slope * ACTIVATIONS[net.activations[k]][1](z, h)
        by_weights.insert(0, delta.T @ (layers[k - 1][1] if k else X))
        by_biases.insert(0, delta.sum(axis=0))
        slope = delta @ net.weights[k]
    return value, [*by_weights, *by_biases], by_units


Memory = dict[str, Any]
Rule = Callable[[Array, int, Memory, float], Array]


def _momentum(g: Array, k: int, s: Memory, lr: float) -> Array:
    s["v"] = 0.9 * s.get("v", 0) + g
    return lr * s["v"]


def _nesterov(g: Array, k: int, s: Memory, lr: float) -> Array:
    return 0.9 * _momentum(g, k, s, lr) + lr * g


def _adagrad(g: Array, k: int, s: Memory, lr: float) -> Array:
    s["G"] = s.get("G", 0) + g**2
    return lr * g / (np.sqrt(s["G"]) + 1e-10)


def _rmsprop(g: Array, k: int, s: Memory, lr: float) -> Array:
    s["v"] = 0.99 * s.get("v", 0) + 0.01 * g**2
    return lr * g / (np.sqrt(s["v"]) + 1e-8)


def _adadelta(g: Array, k: int, s: Memory, lr: float) -> Array:
    s["a"] = 0.9 * s.get("a", 0) + 0.1 * g**2
    d = np.sqrt((s.get("D", 0) + 1e-6) / (s["a"] + 1e-6)) * g
    s["D"] = 0.9 * s.get("D", 0) + 0.1 * d**2
    return lr * d


def _adam(g: Array, k: int, s: Memory, lr: float) -> Array:
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    return lr * (s["m"] / (1 - 0.9**k)) / (np.sqrt(s["v"] / (1 - 0.999**k)) + 1e-8)


RULES: dict[str, Rule] = {
    "gradient descent": lambda g, k, s, lr: lr * g,
    "momentum": _momentum,
    "NAG": _nesterov,
    "Adagrad": _adagrad,
    "Adadelta": _adadelta,
    "RMSprop": _rmsprop,
    "Adam": _adam,
}
"""Steps by the gradient, the number of the step from 1, the memory, and the rate; as the papers write them."""


def walk(gradient: Callable[[Array], Any], start: Any, rule: str, lr: float, steps: int) -> Array:
    """The points from the start on."""
    x, memory = np.array(start, float), {}
    points = [x]
    for k in range(1, steps + 1):
        x = x - RULES[rule](np.array(gradient(x), float), k, memory, lr)
        points.append(x)
    return np.array(points)
