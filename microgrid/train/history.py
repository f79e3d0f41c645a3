"""What training leaves behind: columns of numbers, one for each epoch, and how it ended."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Self, TypeAlias

from .. import pictures
from ..arguments import Floats
from ..base import files
from ..base.checks import pandas, whole
from ..base.context import at_once
from ..base.messages import number, short
from ..errors import CheckpointError
from ..optim.settings import nonnegative
from .paths.path import Path
from .paths.stored import column, kept, kept_path, path_of

__all__ = ["EarlyStopping", "History"]

FORM, VERSION = "history", 1
"""What a file says it is."""

State: TypeAlias = "tuple[Floats, list[list[float]]]"
"""What a model has learned: its parameters, and the running statistics of its normalisations."""


@dataclass
class EarlyStopping:
    """Stop after `patience` epochs in a row whose loss is not lower than the best by more than `min_delta`.

    It looks at the validation loss, or the loss where there is no validation.  With `restore` the parameters
    of the best epoch come back, also where the epochs run out first (Keras: restore_best_weights, by default
    False).
    """

    patience: int
    min_delta: float = 0.0
    restore: bool = True

    def __post_init__(self) -> None:
        self.patience = whole(self.patience, "patience")
        self.min_delta = nonnegative(self.min_delta, "min_delta", 0)
        if not isinstance(self.restore, bool):
            raise TypeError(f"restore is True or False, got {type(self.restore).__name__} {self.restore!r}")


class History(Mapping[str, list[float]]):
    """A mapping of columns, lists with a number for each epoch.

    "epoch" counts from 1.  "loss" is what was minimised, the penalty included, the mean over the batches by
    their sizes; metrics go by their names.  Both are of the predictions that the steps were computed from:
    each batch's before its step, in training mode.  "validation_loss", without the penalty, and the
    validation's metrics are computed after the epoch's last step, in evaluation mode.  "lr" is the learning
    rate of the epoch, "seconds" the time since training began.

    `best_epoch` is the epoch of the lowest validation loss, or loss where there is no validation, of those
    that were lower than all before by more than early stopping's min_delta (None if no epoch ended);
    `stopped` says why training ended, `runs_on` what computed the losses and their gradients.  `path` is what
    `record=` asked for, a `Path` with the batches' losses, from the first step to where the last one led.
    `state` is what the model has learned, for ``model.load_state_dict`` where `fit` ran in another process:
    it is pickled with the history, and not in its file.

    >>> history = History(["epoch", "loss"])
    >>> history.append(epoch=1, loss=0.5)
    >>> history["loss"], list(history)
    ([0.5], ['epoch', 'loss'])
    """

    def __init__(self, columns: list[str]) -> None:
        self._columns: dict[str, list[float]] = {name: [] for name in columns}
        self.best_epoch: int | None = None
        self.stopped = ""

    runs_on = ""  # of histories that were pickled before there was one, too
    path: Path | None = None
    state: dict[str, float] | None = None

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._columns:
            raise KeyError(
                f"{short(name)} is no column of this history: it has {', '.join(self._columns):.200}"
            )
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def append(self, **row: float) -> None:
        """Add an epoch, a number for every column; ValueError, and no change, if one lacks or is unknown."""
        if row.keys() != self._columns.keys():
            raise ValueError(f"an epoch has a number for each of {list(self._columns)}, got {list(row)}")
        at_once(map(list.append, [self._columns[name] for name in row], row.values()))

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the columns under their names, floats with all digits; the file is replaced as a whole."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self._columns)
        writer.writerows(zip(*self._columns.values()))
        files.replace(path, text.getvalue())

    def dataframe(self) -> Any:
        """A pandas DataFrame with these columns, a row for each epoch, every number as it is here."""
        frame = pandas("to_csv(path)").DataFrame
        return frame(self._columns, dtype=None if any(self._columns.values()) else float)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all of it as JSON: columns, how it ended, `path`; the file is replaced as a whole.

        Numbers come back by `load` to the last bit; nan and inf stand as texts, as JSON has none.
        """
        files.store(path, FORM, VERSION, self.contents())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The history that `save` wrote; CheckpointError says what is wrong with the file.

        >>> import tempfile
        >>> history = History(["epoch", "loss"])
        >>> history.append(epoch=1, loss=0.1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     history.save(f"{folder}/history.json")
        ...     History.load(f"{folder}/history.json") == history
        True
        """
        contents = files.read(path, FORM, VERSION, ["columns", "best_epoch", "stopped", "runs_on", "path"])
        try:
            return cls.of(contents)
        except CheckpointError as error:
            raise CheckpointError(f"cannot load {os.fsdecode(path)}: {error}") from None

    def contents(self) -> dict[str, Any]:
        """All of it, as JSON can have it."""
        return {
            "columns": {name: kept(numbers) for name, numbers in self._columns.items()},
            "best_epoch": self.best_epoch,
            "stopped": self.stopped,
            "runs_on": self.runs_on,
            "path": None if self.path is None else kept_path(self.path),
        }

    @classmethod
    def of(cls, contents: Mapping[str, Any]) -> Self:
        """The history with these `contents`; CheckpointError says what it cannot have."""
        columns, best, path = contents["columns"], contents["best_epoch"], contents["path"]
        if not isinstance(columns, dict):
            raise CheckpointError(f"a history has columns by name, got {type(columns).__name__}")
        made = cls(list(columns))
        for name, numbers in columns.items():
            made._columns[name] = column(numbers, f"the column {short(name)}")
        if len(lengths := {len(numbers) for numbers in made._columns.values()}) > 1:
            raise CheckpointError(f"columns have a number for each epoch, and these have {sorted(lengths)}")
        if best is not None and (isinstance(best, bool) or not isinstance(best, int)):
            raise CheckpointError(f"best_epoch is the number of an epoch or null, got {short(best)}")
        for name in ("stopped", "runs_on"):
            if not isinstance(contents[name], str):
                raise CheckpointError(f"{name} is a text, got {short(contents[name])}")
        made.best_epoch, made.stopped, made.runs_on = best, contents["stopped"], contents["runs_on"]
        made.path = None if path is None else path_of(path)
        return made

    def plot(self, what: str | None = None, *, log: bool = False, ax: Any = None) -> Any:
        """Draw columns over the epochs, beside those of validation: `what`, or the loss and every metric.

        One column, `what` or the loss on `ax`, is drawn by `viz.plots.curves`, which returns its Axes; all of
        them by `viz.plots.trainings`, which returns an array of Axes.  `log` is for the axis of the loss, or
        of `what`.
        """
        plots = pictures.plots()
        if what is None and ax is None:
            return plots.trainings(self, log=log)
        return plots.curves(self, what or "loss", log=log, ax=ax)

    def __repr__(self) -> str:
        epochs = max(map(len, self._columns.values()), default=0)
        if not epochs:
            return f"History of 0 epochs, {self.stopped or 'not ended'}"
        losses = [name for name in ("loss", "validation_loss") if name in self]
        ends = ", ".join(f"{name} {self[name][0]:.4g} to {self[name][-1]:.4g}" for name in losses)
        plural = "s" if epochs > 1 else ""
        ended = self.stopped + (f"; on {self.runs_on}" if self.runs_on.startswith("NumPy") else "")
        return f"History of {epochs} epoch{plural}: {ends}; best epoch {self.best_epoch}; {ended}"


class Best:
    """The lowest loss so far, its epoch and what has to come back to have it again."""

    def __init__(self, state: State, stopping: EarlyStopping | None) -> None:
        self.loss, self.epoch, self.state = inf, 0, state
        self.stopping = stopping

    def waited(self, epoch: int, loss: float, state: State) -> bool:
        """Look at the epoch; whether early stopping has waited long enough."""
        margin = self.stopping.min_delta if self.stopping else 0.0
        if loss < self.loss - margin:
            self.loss, self.epoch, self.state = number(loss), epoch, state
        return self.stopping is not None and epoch - self.epoch >= self.stopping.patience
