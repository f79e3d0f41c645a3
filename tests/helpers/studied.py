"""Models of studies as functions of a module, which a process pool can be sent."""

from __future__ import annotations

import os
from typing import Any

from microgrid import nn, optim

X = [[-1.0, 0.5], [0.0, 1.0], [1.0, -0.5], [2.0, 0.25], [0.5, 0.5], [-0.5, 2.0]]
Y = [x[0] ** 2 - x[1] for x in X]
OPTIONS: dict[str, Any] = {"loss": "mse", "epochs": 8, "batch_size": 4, "validation": (X[:2], Y[:2])}


def make(width: int, lr: float, seed: int = 0) -> Any:
    if width < 0:
        raise ValueError("a layer has units")
    if width == 13:
        os._exit(13)  # as a worker that runs out of memory
    log = os.environ.get("STUDY_LOG")
    if log:
        with open(log, "a") as file:
            file.write(f"{width}\n")
    model = nn.Sequential(nn.Linear(2, width), "tanh", nn.Dropout(0.2), nn.Linear(width, 1))
    return model, {"optimizer": lambda ps: optim.Adam(ps, lr=lr)}
