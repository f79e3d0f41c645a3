"""The moons loss and its gradients written by hand in NumPy, as one writes it and as fast as it goes.

Like every function that makes a contestant (`peers.py` has those of other libraries), these take the
parameters (one vector, neuron by neuron: weights, then bias), the rows (x0, x1, label) and the layers' sizes,
and prepare all that can be prepared: data and parameters already lie where the step wants them, and gradients
stay where they are until they are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .moons import ALPHA
from .timing import Answer, Contestant

__all__ = ["joined", "layout", "plain", "split", "tuned"]


def layout(layers: Sequence[int]) -> list[tuple[int, int, int]]:
    """For each layer: its start in the vector, its neurons, and the numbers of each (inputs and a bias)."""
    found, start = [], 0
    for nin, nout in zip([2, *layers], layers):
        found.append((start, nout, nin + 1))
        start += nout * (nin + 1)
    return found


def split(vector: Any, layers: Sequence[int]) -> list[tuple[Any, Any]]:
    """(weights, biases) of each layer, as views of the vector."""
    blocks = [
        vector[start : start + rows * columns].reshape(rows, columns)
        for start, rows, columns in layout(layers)
    ]
    return [(block[:, :-1], block[:, -1]) for block in blocks]


def joined(pairs: Sequence[tuple[Any, Any]]) -> list[float]:
    """The inverse of `split`, for comparing."""
    import numpy as np

    blocks = [np.column_stack([np.asarray(w), np.asarray(b)]).ravel() for w, b in pairs]
    return [float(x) for x in np.concatenate(blocks)]


def plain(parameters: Any, rows: Any, layers: Sequence[int], penalty: float = ALPHA) -> Contestant:
    """Written by hand: forward, then backward, layer by layer."""
    import numpy as np

    weights = [(np.ascontiguousarray(w.T), b.copy()) for w, b in split(parameters, layers)]
    points, labels = np.ascontiguousarray(rows[:, :2]), rows[:, 2].copy()
    negative, batch, last = -labels / len(rows), len(rows), len(weights) - 1

    def step() -> tuple[float, list[tuple[Any, Any]]]:
        hidden = [points]
        for i, (w, b) in enumerate(weights):
            z = hidden[i] @ w
            z += b
            if i < last:
                np.maximum(z, 0.0, out=z)
            hidden.append(z)
        margins = np.maximum(1.0 - labels * hidden[-1][:, 0], 0.0)
        loss = margins.sum() / batch
        d = np.where(margins > 0.0, negative, 0.0)[:, None]
        gradients: list[tuple[Any, Any]] = []
        for i in range(last, -1, -1):
            w, b = weights[i]
            dw, db = hidden[i].T @ d, d.sum(axis=0)
            if penalty:
                loss += penalty * (np.vdot(w, w) + np.vdot(b, b))
                dw += 2.0 * penalty * w
                db += 2.0 * penalty * b
            gradients.append((dw, db))
            if i:
                d = d @ w.T
                d *= hidden[i] > 0.0
        return loss, gradients

    return Contestant(
        step, lambda found: Answer(float(found[0]), joined([(w.T, b) for w, b in found[1][::-1]]))
    )


def tuned(parameters: Any, rows: Any, layers: Sequence[int], penalty: float = ALPHA) -> Contestant:
    """The same with all parameters and all gradients in one array each; a step allocates nothing of size."""
    import numpy as np

    pairs = split(parameters, layers)
    vector = np.concatenate([np.concatenate([w.T.ravel(), b]) for w, b in pairs])
    gradient, start = np.zeros_like(vector), 0
    weights: list[tuple[Any, Any]] = []
    into: list[tuple[Any, Any]] = []
    for w, b in pairs:
        stop = start + w.size
        for array, views in ((vector, weights), (gradient, into)):
            views.append((array[start:stop].reshape(w.shape[::-1]), array[stop : stop + len(b)]))
        start = stop + len(b)
    batch, last = len(rows), len(pairs) - 1
    labels, negative, ones = rows[:, 2:].copy(), -rows[:, 2:] / len(rows), np.ones(batch)
    hidden = [np.ascontiguousarray(rows[:, :2]), *[np.empty((batch, len(b))) for _, b in pairs]]
    deltas = [np.empty_like(h) for h in hidden]
    alive = [np.empty(h.shape, bool) for h in hidden]

    def step() -> float:
        for i, (w, b) in enumerate(weights):
            z = np.dot(hidden[i], w, out=hidden[i + 1])
            np.add(z, b, out=z)
            if i < last:
                np.maximum(z, 0.0, out=z)
        margins = np.multiply(hidden[-1], labels, out=hidden[-1])
        np.subtract(1.0, margins, out=margins)
        np.greater(margins, 0.0, out=alive[-1])
        np.multiply(negative, alive[-1], out=deltas[-1])
        for i in range(last, -1, -1):
            d = deltas[i + 1]
            np.dot(hidden[i].T, d, out=into[i][0])
            np.dot(ones, d, out=into[i][1])
            if i:
                np.greater(hidden[i], 0.0, out=alive[i])
                np.dot(d, weights[i][0].T, out=deltas[i])
                np.multiply(deltas[i], alive[i], out=deltas[i])
        loss: float = np.vdot(margins, alive[-1]) / batch
        if penalty:
            loss += penalty * np.dot(vector, vector)
            np.add(gradient, 2.0 * penalty * vector, out=gradient)
        return loss

    return Contestant(step, lambda loss: Answer(float(loss), joined([(w.T, b) for w, b in into])))
