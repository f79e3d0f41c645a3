"""The networks of the gallery, by file name, as `docs/gallery.py` draws them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from microgrid import datasets, nn, optim, train

__all__ = ["NETWORKS", "Model"]

Model = tuple[Any, Any]
"""A model, and the sample or the batch that it is drawn with; None for neither."""


def perceptron(*sizes: int, activation: str, seed: int = 3) -> nn.MLP:
    """A network of these sizes, with biases too."""
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], activation=activation, output="sigmoid")
    for p in model.parameters():
        p.data = round(rng.gauss(0, 1), 2)
    return model


def sizes() -> Model:
    """The network 2-2-1 without numbers: which weight leads where."""
    return [2, 2, 1], None


def xor() -> Model:
    """A network 2-2-1 with sigmoids, and what it computes of the point (0, 1)."""
    return perceptron(2, 2, 1, activation="sigmoid"), [0.0, 1.0]


def wide() -> Model:
    """A network 3-4-1: numbers stand where there is room for them."""
    return perceptron(3, 4, 1, activation="tanh"), [0.5, -1.0, 2.0]


def gradients() -> Model:
    """The gradients of a network 2-2-2 with two outputs, after one backward pass of its loss."""
    model = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
    for neuron, row in zip(
        (neuron for layer in model.layers for neuron in layer.neurons),
        ((0.15, 0.20, 0.35), (0.25, 0.30, 0.35), (0.40, 0.45, 0.60), (0.50, 0.55, 0.60)),
        strict=True,
    ):
        for p, value in zip(neuron.parameters(), row, strict=True):
            p.data = value
    outputs = model([0.05, 0.10])
    nn.losses.mse(outputs, [0.01, 0.99]).backward()
    return model, [0.05, 0.10]


def trained() -> Model:
    """A network 2-16-16-1, trained on two moons, with the means of all samples in its circles."""
    random.seed(5)
    model = nn.MLP(2, [16, 16, 1])
    X, y = datasets.moons(100, noise=0.1, labels=(-1, 1), seed=0)
    # in Python, whose sums are the same on every machine
    how = {"epochs": 15, "batch_size": 10, "seed": 1, "progress": False, "replay": False}
    train.fit(model, X, y, loss="hinge", optimizer=optim.SGD(model.parameters(), lr=0.1), **how)
    return model, X.tolist()


def dropped() -> Model:
    """Dropout in training: units that are left out are crossed, and their arrows grey."""
    layers = nn.Linear(2, 8, seed=1), "relu", nn.Dropout(0.5, seed=4), nn.Linear(8, 1, seed=3)
    return nn.Sequential(*layers), [0.5, -1.0]


def residual() -> Model:
    """A residual block: what it is given runs over it, and is added to what it computes."""
    block = nn.Residual(nn.Linear(3, 3, seed=2), "relu", nn.Linear(3, 3, seed=5))
    return nn.Sequential(nn.Linear(2, 3, seed=1), block, nn.Linear(3, 1, seed=3)), [0.5, -1.0]


def convolution() -> Model:
    """A convolution: its three weights are used at every place of the signal."""
    model = nn.Sequential(nn.Conv(1, 1, 3, seed=1), "relu", nn.Linear(6, 1, seed=3))
    return model, [0.0, 1.0, 2.0, 1.0, 0.0, -1.0, 0.0, 1.0]


NETWORKS: dict[str, tuple[Callable[[], Model], dict[str, object]]] = {
    "network_sizes": (sizes, {}),
    "network_xor": (xor, {}),
    "network_wide": (wide, {"theme": "light"}),
    "network_gradients": (gradients, {"show": "gradients"}),
    "network_trained": (trained, {"slide": "16:9", "title": "Two moons, learned"}),
    "network_dropout": (dropped, {"slide": "16:9"}),
    "network_residual": (residual, {}),
    "network_conv": (convolution, {"theme": "dark"}),
}
"""By file name: the model with its sample, and the options of its picture."""
