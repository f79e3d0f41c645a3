"""Trainings that are ended and go on, each the same in every process; as a command, one of them with a file.

python -m helpers.resumed NAME FILE REPLAY PAUSE
"""

from __future__ import annotations

import functools
import json
import random
import sys
import time
from pathlib import Path

import numpy as np

from microgrid import Value, nn, optim, parameter
from microgrid.train import Checkpoint, EarlyStopping, fit

X = np.random.default_rng(0).normal(size=(22, 2))
Y = np.sin(X[:, 0]) - X[:, 1] ** 2 / 2


class Noisy(nn.Module):
    """Draws from Python's `random`, in the forward pass, and counts its calls."""

    def __init__(self):
        self.w, self.b, self.calls = parameter(0.3, "w"), parameter(0.1, "b"), 0

    def __call__(self, x):
        self.calls += 1
        noise = random.gauss(0, 0.1) if self.training else 0.0
        return (self.w * Value(x[0]) + self.b + noise) * (1 + 1 / self.calls)


def plain(**given):
    model = nn.Sequential(nn.Linear(2, 5, seed=1), "tanh", nn.Dropout(0.2, seed=3), nn.Linear(5, 1, seed=2))
    return model, {"optimizer": functools.partial(optim.Adam, lr=0.05), "batch_size": 5, "seed": 7, **given}


def normed(**given):
    model = nn.Sequential(nn.Linear(2, 4, seed=1), nn.BatchNorm(4), "relu", nn.Dropout(0.1), nn.Linear(4, 1, seed=2))
    return model, {"optimizer": functools.partial(optim.AdamW, lr=0.03), "batch_size": 6, "seed": 1, **given}


class Anneals:
    """A callback that changes what a graph takes for a constant, the rate and a weight."""

    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer

    def on_epoch_end(self, epoch, logs):
        if epoch == 3:
            self.model[2].p, self.optimizer.lr = 0.4, 0.02
        if epoch == 4:
            self.model[0].b[0].data, self.model[0].w[0][0].data = 0.7, -0.3


def annealed():
    model, given = plain()
    moved = optim.Adam([v for v in model.parameters() if v not in model[0].b], lr=0.05)
    return model, given | {"optimizer": moved, "callbacks": Anneals(model, moved)}


RUNS = {
    "everything": lambda: plain(
        validation=0.3, early_stopping=EarlyStopping(6, 1e-3), schedule=lambda o: optim.CosineAnnealingLR(o, 9),
        metrics={"largest": lambda p, y: float(abs(p - y).max())}, clip=("norm", 1.0),
        penalty=lambda ps: nn.losses.l2_penalty(ps, 1e-3),
    ),
    "plateau": lambda: plain(
        validation=(X[:6], Y[:6]), early_stopping=3,
        schedule=lambda o: optim.ReduceLROnPlateau(o, patience=0, factor=0.5),
    ),
    "normed": lambda: normed(validation=0.2, schedule=lambda o: optim.StepLR(o, 4)),
    "generators": lambda: plain(seed=np.random.Generator(np.random.MT19937(5)), record="parameters", every=3),
    "in one batch": lambda: (plain()[0], {"optimizer": functools.partial(optim.SGD, lr=0.1, momentum=0.9)}),
    "annealed": annealed,
    "noisy": lambda: (Noisy(), {"optimizer": optim.RMSprop, "batch_size": 7, "seed": (1, 2), "replay": False}),
    "a function recorded": lambda: normed(record=lambda m: {"first": m[0].b[0], "sum": 1.5}, every=2),
}  # fmt: skip


def run(name, epochs, file=None, replay=True, pause=0.0, begun=None, **more):
    """Train; all that came of it, as text."""
    random.seed(11)
    model, given = RUNS[name]()
    calls = [given.pop("callbacks")] if "callbacks" in given else []
    if begun:
        calls.append(Begins(begun, pause))
    given = {"replay": replay, "progress": False, "callbacks": calls, **given, **more}
    history = fit(model, X, Y, loss="mse", epochs=epochs, resume=file, **given)
    columns = {name: column for name, column in history.items() if name != "seconds"}
    path = None if history.path is None else vars(history.path)
    state = [model.state_dict(), random.getstate()]
    # floats as they are, to the last bit
    return json.dumps([state, columns, history.stopped, history.best_epoch, path])


class Begins:
    """Says when training begins, and makes epochs last."""

    def __init__(self, begun, pause):
        self.begun, self.pause = begun, pause

    def on_train_begin(self, logs):
        self.begun()

    def on_epoch_end(self, epoch, logs):
        time.sleep(self.pause)


EPOCHS = 40

if __name__ == "__main__":
    name, file, replay, pause = sys.argv[1:]
    every = 1 if random.random() < 0.7 else 4
    begun = functools.partial(print, "begun", flush=True)
    out = run(name, EPOCHS, Checkpoint(file, every), replay == "True", float(pause), begun)
    Path(f"{file}.out").write_text(out)
