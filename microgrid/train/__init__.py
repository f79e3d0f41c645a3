"""Training on samples, with networks, optimisers and programs: a graph is recorded once and replayed for all.

    fit             moves a model's parameters down a loss, and returns the History of it
    History         a number for each epoch: loss, metrics, learning rate; plot(), save(path), to_csv(path)
    evaluate        the loss and the metrics of samples, and...
    predict         ...the outputs for them, of a model in evaluation mode, replayed too
    EarlyStopping   ends the training where the loss does not improve
    Checkpoint      the file from which a training that was ended goes on, and how often it is written
    Callback        is called at each epoch's end, and the like: for what looks on, or steps in
    descend         goes down a function step by step, and returns the Path: points, values, gradients, rates
    compare_optimizers, compare_batches
                    several Paths from one start: of seven optimisers, each with its best learning rate; of
                    batch, mini-batch and stochastic descent
    sweep           fits a model for each choice of settings, here or by Dask, Ray and others: a Study
    lr_range        a RateRange: the loss while the learning rate grows, to choose one by

>>> import functools, random
>>> from microgrid import nn, optim
>>> random.seed(1)
>>> model = nn.MLP(2, [8, 1])
>>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]
>>> adam = functools.partial(optim.Adam, lr=0.05)
>>> history = fit(model, X, y, loss="hinge", optimizer=adam, epochs=200, metrics="accuracy")
>>> history["accuracy"][-1], history.stopped
(1.0, 'ended after 200 epochs, as asked')
"""

from types import ModuleType

from ..base.build import moved
from .fit import fit as fit
from .history import EarlyStopping as EarlyStopping
from .history import History as History
from .paths.compare import Paths as Paths
from .paths.compare import compare_batches as compare_batches
from .paths.compare import compare_optimizers as compare_optimizers
from .paths.descend import descend as descend
from .paths.path import Path as Path
from .paths.rates import RateRange as RateRange
from .paths.rates import lr_range as lr_range
from .runs.callbacks import Callback as Callback
from .runs.resuming import Checkpoint as Checkpoint
from .scores.scoring import evaluate as evaluate
from .scores.scoring import predict as predict
from .studies.study import Study as Study
from .studies.sweep import sweep as sweep

__all__ = [
    "Callback", "Checkpoint", "EarlyStopping", "History", "Path", "Paths", "Study", "compare_batches",
    "compare_optimizers", "descend", "RateRange", "evaluate", "fit", "lr_range", "predict", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    return moved(f"{__name__}.{name}")
