"""Models whose network diagrams are looked at, and what can be read back from the SVG of one."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import viz
from helpers.geometry import Drawing, Widths, read
from helpers.pictures import SVG
from microgrid import Value, nn
from viz.style.text_width import text_width


def mlp(*sizes: int, activation: str = "relu", seed: int = 3) -> nn.MLP:
    """A perceptron with weights of both signs, biases too."""
    model, rng = nn.MLP(sizes[0], sizes[1:], activation=activation), random.Random(seed)
    for p in model.parameters():
        p.data = rng.gauss(0, 1)
    return model


class Passing(nn.Module):
    """Inputs reach the output through a hidden layer and past it."""

    def __init__(self) -> None:
        self.inner, self.outer, self.past = nn.Linear(2, 3, seed=1), nn.Linear(3, 1, seed=2), nn.Linear(2, 1, seed=3)
        self.nin = 2

    def __call__(self, x: list[Value]) -> Value:
        return self.outer([h.tanh() for h in self.inner(x)]) + self.past(x)


def residual() -> nn.Module:
    block = nn.Residual(nn.Linear(4, 4, seed=2), "tanh", nn.Linear(4, 4, seed=5))
    return nn.Sequential(nn.Linear(2, 4, seed=1), block, nn.Linear(4, 1, seed=3))


def dropout() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8, seed=1), "relu", nn.Dropout(0.5, seed=4), nn.Linear(8, 1, seed=3))


def conv() -> nn.Module:
    return nn.Sequential(nn.Conv(1, 1, 3, seed=1), "relu", nn.Linear(6, 1, seed=3))


def norm() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3, seed=1), nn.BatchNorm(3), "tanh", nn.Linear(3, 1, seed=3))


def maxout() -> nn.Module:
    return nn.Sequential(nn.Maxout(2, 2, 2, seed=1), nn.Linear(2, 1, seed=3))


POINT = [0.5, -1.0]
MODELS: dict[str, tuple[Callable[[], Any], Any]] = {
    "2-2-1": (lambda: mlp(2, 2, 1, activation="sigmoid"), POINT),
    "3-4-1": (lambda: mlp(3, 4, 1), [0.5, -1.0, 2.0]),
    "2-2-2": (lambda: mlp(2, 2, 2, activation="sigmoid"), POINT),
    "2-8-8-1": (lambda: mlp(2, 8, 8, 1), POINT),
    "2-16-16-1": (lambda: mlp(2, 16, 16, 1), POINT),
    "2-30-30-3": (lambda: mlp(2, 30, 30, 3, activation="tanh"), POINT),
    "ten layers": (lambda: mlp(2, *[4] * 9, 1, activation="tanh"), POINT),
    "residual": (residual, POINT),
    "dropout": (dropout, POINT),
    "conv": (conv, [1.0, 2.0, 3.0, 2.0, 1.0, 0.0, -1.0, 1.0]),
    "norm": (norm, [[0.5, -1.0], [1.0, 2.0], [-1.0, 1.0]]),
    "maxout": (maxout, POINT),
    "passing": (Passing, POINT),
}
"""By name: what makes the model, and a sample or a batch for it."""


def drawing(figure: viz.Figure, widths: Widths = text_width) -> Drawing:
    return read(figure.svg(), widths, boxes=("node",), arrows=("link",), numbers=("number",))


def of_kind(figure: viz.Figure, kind: str) -> list[ET.Element]:
    """The groups of a kind: node, link, bias, number, name, caption, legend."""
    return [g for g in ET.fromstring(figure.svg()).iter(f"{SVG}g") if g.get("class", "").split()[0] == kind]


def weights(figure: viz.Figure) -> dict[str, float]:
    """Every parameter that the picture holds, by its place in `named_parameters`, with its value."""
    found: dict[str, float] = {}
    for group in [*of_kind(figure, "link"), *of_kind(figure, "bias")]:
        if place := group.get("data-weight"):
            value = float(group.get("data-value", "nan"))
            assert found.setdefault(place, value) == value
    return found


def outlines(figure: viz.Figure) -> dict[str, list[str]]:
    """Where circles and the lines of arrows are, by the ids of what they are."""
    places: dict[str, list[str]] = {}
    for group in [*of_kind(figure, "node"), *of_kind(figure, "link")]:
        key = group.get("data-node") or f"{group.get('data-tail')} to {group.get('data-head')}"
        path = group.find(f"{SVG}path")
        assert path is not None
        places.setdefault(key, []).append(path.get("d", ""))
    return places
