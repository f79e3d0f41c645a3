"""A small network, its data, and what a monitor sees in it."""

from __future__ import annotations

import random

import numpy as np

from microgrid import monitor as monitoring
from microgrid import nn
from microgrid.monitor import Monitor

rng = np.random.default_rng(4)
X, Y = rng.normal(size=(12, 2)), rng.normal(size=12)


def mlp(nin: int = 2, sizes: tuple[int, ...] = (5, 4, 1)) -> nn.MLP:
    random.seed(8)
    return nn.MLP(nin, list(sizes))


def look(model, X=X, y=Y, **kwargs) -> dict[str, monitoring.LayerStats]:
    monitor = Monitor(model, **{"loss": "mse"} | kwargs)
    monitor.observe(epoch=0, step=0, X=X, y=y)
    return monitor.records[0].layers
