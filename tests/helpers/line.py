"""A line to train, data for it, and its gradient descent by formulas."""

from __future__ import annotations

import functools

import numpy as np

import microgrid
from microgrid import nn, optim, parameter

SGD = functools.partial(optim.SGD, lr=0.1)
X = np.array([[0.1, 0.4], [-0.3, 0.8], [1.2, -0.5], [0.7, 0.9], [-1.1, 0.2], [0.5, -0.6], [0.0, 0.3]])
Y = X @ [2.0, -3.0] + 0.5


class Line(nn.Module):
    """A model of the user's own: w·x + b."""

    def __init__(self, w=(0.3, -0.2), b=0.1):
        self.w, self.b = [parameter(wi, f"w{i}") for i, wi in enumerate(w)], parameter(b, "b")

    def __call__(self, x):
        return microgrid.dot(self.w, x) + self.b

    def numbers(self):
        return [p.data for p in self.parameters()]


def descent(order, lr=0.1, decay=0.0):
    """Gradient descent on the mean squared error of Line, by formulas: the losses, and the parameters at the end."""
    theta, found = np.array([0.3, -0.2, 0.1]), []
    design = np.hstack([X, np.ones((len(X), 1))])
    for epoch in order:
        total = 0.0
        for batch in epoch:
            errors = design[batch] @ theta - Y[batch]
            total += (errors @ errors / len(batch) + decay / 2 * theta @ theta) * len(batch)
            theta = theta - lr * (2 * errors @ design[batch] / len(batch) + decay * theta)
        found.append(total / len(X))
    return found, theta
