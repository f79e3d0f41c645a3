"""micrograd's demo, the step that most measurements here are about: two moons, a net, hinge loss and L2.

The same text runs on micrograd, on microgrid and on plain floats.  The data is made as scikit-learn's
`make_moons` makes it, from Python's own random numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = ["ALPHA", "LAYERS", "Moons", "as_arrays", "floats", "moons", "one_sample", "step"]

LAYERS = [16, 16, 1]
ALPHA = 1e-4
"""The weight of the L2 penalty."""
SEED = 1337


class Moons(NamedTuple):
    points: list[list[float]]
    labels: list[int]
    """-1 or 1."""


def moons(samples: int = 100, noise: float = 0.1) -> Moons:
    """Two interleaved half circles, shuffled; the same for every run."""
    rng = random.Random(SEED)
    half = samples // 2
    outer = [(math.cos(t), math.sin(t), -1) for t in _angles(half)]
    inner = [(1 - math.cos(t), 0.5 - math.sin(t), 1) for t in _angles(samples - half)]
    made = [([x + rng.gauss(0, noise), y + rng.gauss(0, noise)], label) for x, y, label in outer + inner]
    rng.shuffle(made)
    return Moons([point for point, _ in made], [label for _, label in made])


def _angles(count: int) -> list[float]:
    return [math.pi * i / max(1, count - 1) for i in range(count)]


def network(module: Any, layers: Sequence[int] = LAYERS) -> Any:
    """`module.MLP`, with the same weights whichever module it is."""
    random.seed(SEED)
    return module.MLP(2, list(layers))


def forward(model: Any, data: Moons, value: Callable[[float], Any], relu: Callable[[Any], Any]) -> Any:
    """The demo's loss, line by line."""
    inputs = [list(map(value, point)) for point in data.points]
    scores = list(map(model, inputs))
    losses = [relu(1 + -label * score) for label, score in zip(data.labels, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = ALPHA * sum(p * p for p in model.parameters())
    return data_loss + reg_loss


def step(model: Any, data: Moons, value: Callable[[float], Any]) -> float:
    """Forget the gradients, build the graph, walk it backwards; the loss.  The graph is freed on return."""
    model.zero_grad()
    total = forward(model, data, value, lambda v: v.relu())
    total.backward()
    loss: float = total.data
    return loss


def one_sample(model: Any, value: Callable[[float], Any], penalty: bool = True) -> tuple[Any, list[Any]]:
    """The loss of one sample, as a graph to compile, and its three inputs: the point and the label."""
    x0, x1, label = inputs = [value(0.5), value(0.25), value(1.0)]
    loss = (1 + -label * model([x0, x1])).relu()
    if penalty:
        loss = loss + ALPHA * sum(p * p for p in model.parameters())
    return loss, inputs


def as_arrays(model: Any, data: Moons) -> tuple[Any, Any]:
    """The parameters, and one row (x0, x1, label) for each sample, as NumPy's arrays of doubles."""
    import numpy as np

    rows = [[*point, label] for point, label in zip(data.points, data.labels)]
    return np.array([p.data for p in model.parameters()], float), np.array(rows, float)


# ---------------------------------------------------------------- the same on plain floats


class floats:
    """A perceptron with floats for Values: the least that this forward pass costs in Python."""

    class Neuron:
        def __init__(self, nin: int, nonlin: bool) -> None:
            self.w = [random.uniform(-1, 1) for _ in range(nin)]
            self.b = 0.0
            self.nonlin = nonlin

        def __call__(self, x: list[float]) -> float:
            act = self.b
            for w, xi in zip(self.w, x):  # a third faster than micrograd's generator in sum()
                act = act + w * xi
            return floats.relu(act) if self.nonlin else act

    class Layer:
        def __init__(self, nin: int, nout: int, nonlin: bool) -> None:
            self.neurons = [floats.Neuron(nin, nonlin) for _ in range(nout)]

        def __call__(self, x: list[float]) -> Any:
            out = [neuron(x) for neuron in self.neurons]
            return out[0] if len(out) == 1 else out

    class MLP:
        def __init__(self, nin: int, nouts: list[int]) -> None:
            sizes = [nin, *nouts]
            last = len(nouts) - 1
            self.layers = [floats.Layer(sizes[i], sizes[i + 1], i != last) for i in range(len(nouts))]

        def __call__(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

        def parameters(self) -> list[float]:
            return [p for layer in self.layers for neuron in layer.neurons for p in [*neuron.w, neuron.b]]

    @staticmethod
    def relu(x: float) -> float:
        return 0 if x < 0 else x
