"""Modules put together at random, each with the same function written in NumPy."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from microgrid import nn, relu, tanh
from microgrid.nn import Module
from microgrid.nn.module import bare, listed

Function = Callable[[np.ndarray], np.ndarray]

ACTIVATIONS: dict[str, Function] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


def data(parameters: Any) -> np.ndarray:
    return np.array([[p.data for p in row] if isinstance(row, list) else row.data for row in parameters])


class Dense(Module):
    """A hand-written module: what the second layer sees is the hidden units and the inputs too."""

    def __init__(self, nin: int, hidden: int, nout: int) -> None:
        self.nin, self.nout = nin, nout
        self.first, self.second = nn.Linear(nin, hidden), nn.Linear(hidden + nin, nout)

    def __call__(self, x: Any) -> Any:
        x = listed(x)
        h = [relu(v) for v in listed(self.first(x))]
        return self.second([*h, *x])


class Reuse(Module):
    """A hand-written module: one layer used twice in a row."""

    def __init__(self, n: int) -> None:
        self.nin = self.nout = n
        self.layer = nn.Linear(n, n)

    def __call__(self, x: Any) -> Any:
        for _ in range(2):
            x = [tanh(v) for v in listed(self.layer(x))]
        return bare(x)


class Bare(Module):
    """A hand-written module: sums of products of Values, the biases last, the last one subtracted."""

    def __init__(self, nin: int, nout: int) -> None:
        self.nin, self.nout = nin, nout
        self.layer = nn.Linear(nin, nout)

    def __call__(self, x: Any) -> Any:
        out = [sum(w * v for w, v in zip(row, listed(x))) - b for row, b in zip(self.layer.w, self.layer.b)]
        return bare(out)


def linear(layer: nn.Linear) -> Function:
    return lambda x: data(layer.w) @ x + (data(layer.b) if layer.b else 0.0)


def module(rng: random.Random, nin: int, depth: int = 2) -> tuple[Module, Function, int]:
    """A module of `nin` inputs, what it computes, and how many outputs it has."""
    kinds = ["linear", "mlp", "maxout", "norm", "dense", "reuse", "bare", "conv", "activation", "dropout", "unit"]
    if nin == 1:
        kinds.remove("conv")  # of whose kernel two weights would see nothing but the zeros beyond the ends
    kind = rng.choice([*kinds, "chain", "chain", "residual", "residual"] if depth else kinds)
    nout = rng.randint(1, 4)
    if kind in ("chain", "residual"):
        return _chain(rng, nin, depth, kind == "residual")
    if kind == "activation":
        name = rng.choice(sorted(ACTIVATIONS))
        return nn.Activation(name), ACTIVATIONS[name], nin
    if kind == "dropout":
        return nn.Dropout(0.5, seed=1).eval(), lambda x: x, nin
    return *_single(rng, kind, nin, nout), {"norm": nin, "reuse": nin}.get(kind, nout if kind != "conv" else nin)


def _single(rng: random.Random, kind: str, nin: int, nout: int) -> tuple[Module, Function]:
    if kind == "mlp":
        mlp = nn.MLP(nin, [3, nout], activation=(name := rng.choice(sorted(ACTIVATIONS))))
        weights = [(data([n.w for n in layer.neurons]), data([n.b for n in layer.neurons])) for layer in mlp.layers]
        (w, b), (v, c) = weights
        return mlp, lambda x: v @ ACTIVATIONS[name](w @ x + b) + c
    if kind == "unit":
        layer = nn.Layer(nin, nout, activation="tanh")
        w, b = data([n.w for n in layer.neurons]), data([n.b for n in layer.neurons])
        return layer, lambda x: np.tanh(w @ x + b)
    if kind == "maxout":
        maxout = nn.Maxout(nin, nout, pieces=rng.randint(2, 3))
        return maxout, lambda x: np.max([linear(piece)(x) for piece in maxout.pieces], axis=0)
    if kind == "norm":
        norm = nn.BatchNorm(nin).eval()
        norm.running_mean = [rng.gauss(0, 1) for _ in range(nin)]
        norm.running_var = [rng.uniform(0.5, 2) for _ in range(nin)]
        for p in norm.parameters():
            p.data += rng.gauss(0, 0.3)
        mean, deviation = np.array(norm.running_mean), np.sqrt(np.array(norm.running_var) + norm.eps)
        return norm, lambda x: data(norm.gamma) * (x - mean) / deviation + data(norm.beta)
    if kind == "dense":
        dense = Dense(nin, 3, nout)
        return dense, lambda x: linear(dense.second)(np.concatenate([np.maximum(linear(dense.first)(x), 0), x]))
    if kind == "reuse":
        reuse = Reuse(nin)
        return reuse, lambda x: np.tanh(linear(reuse.layer)(np.tanh(linear(reuse.layer)(x))))
    if kind == "bare":
        sums = Bare(nin, nout)
        return sums, lambda x: data(sums.layer.w) @ x - data(sums.layer.b)
    if kind == "conv":
        conv = nn.Conv(1, 1, 3, padding=1)
        kernel, shift = data(conv.w[0][0]), conv.b[0]
        return conv, lambda x: np.correlate(np.pad(x, 1), kernel, "valid") + shift.data
    layer = nn.Linear(nin, nout, bias=rng.random() < 0.8)
    return layer, linear(layer)


def _chain(rng: random.Random, nin: int, depth: int, skip: bool) -> tuple[Module, Function, int]:
    parts, width = [], nin
    for _ in range(rng.randint(1, 3)):
        part, function, width = module(rng, width, depth - 1)
        parts.append((part, function))
    if skip and width != nin:
        last = nn.Linear(width, nin)
        parts.append((last, linear(last)))
        width = nin

    def inside(x: np.ndarray) -> np.ndarray:
        for _, function in parts:
            x = function(x)
        return x

    modules = [part for part, _ in parts]
    if skip:
        return nn.Residual(*modules), lambda x: x + inside(x), width
    return nn.Sequential(*modules), inside, width
