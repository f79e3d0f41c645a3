"""The file of a run: written while `fit` trains, so that after a kill the same call goes on from there."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from ...base import files
from ...base.checks import whole
from ...base.messages import short
from ...errors import CheckpointError
from .identity import check
from .sources import kept_state, state_of
from .state import Trained, contents, load, restoring

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Checkpoint", "Resume", "Run", "run_of"]

FORM, VERSION = "run", 1
"""What a file says it is."""
KEYS = [
    "run", "began", "epoch", "ended", "parameters", "running", "best", "optimizer", "schedule", "history",
    "random", "attributes", "fixed", "counted", "recorded",
]  # fmt: skip

PAUSE, SHARE = 1.0, 20
"""Seconds from one writing to the next, and how many times as long as the last one took, if nobody says."""
REMOVE = "; remove it, and the run begins anew"
"""What to do about a file that is damaged."""


@dataclass(frozen=True)
class Checkpoint:
    """The file of a run, and how often `fit(resume=...)` writes it: after every so many epochs.

    `every` None, as for a path alone, is for epochs that end a second or more after the last writing, and so
    long after it that writing takes at most a twentieth of the time.  The last epoch is always written.

    The file holds parameters, running statistics, the optimiser's memory, the schedule, the best so far, the
    history and the random sources: JSON with a checksum, replaced as a whole.  What a callback or a monitor
    remembers is not in it, and a training that a callback has stopped goes on.

    >>> import random, tempfile
    >>> from microgrid import nn, optim, train
    >>> def training(epochs, file):
    ...     random.seed(1)
    ...     model = nn.Sequential(nn.Linear(1, 4), "tanh", nn.Dropout(0.2), nn.Linear(4, 1))
    ...     history = train.fit(
    ...         model, [[0], [1], [2], [3]], [0, 1, 4, 9], loss="mse", optimizer=optim.Adam, epochs=epochs,
    ...         batch_size=2, seed=1, resume=train.Checkpoint(file, every=5),
    ...     )
    ...     return len(history["loss"]), model.state_dict()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ended = training(10, f"{folder}/run.json")  # here power fails
    ...     resumed = training(20, f"{folder}/run.json")
    ...     resumed == training(20, f"{folder}/another.json"), resumed[0]
    (True, 20)
    """

    path: str | bytes | os.PathLike[str]
    every: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.path, bool) or not isinstance(self.path, str | bytes | os.PathLike):
            kind = type(self.path).__name__
            raise TypeError(
                f"resume is the path of a file, or a Checkpoint of one, got {kind} {short(self.path)}"
            )
        named = os.fsdecode(self.path)
        place = Path(named)
        if place.is_dir():
            raise IsADirectoryError(
                f"resume={named!r} is a folder: name a file in it, such as {str(place / 'run.json')!r}"
            )
        if not place.parent.is_dir():
            raise FileNotFoundError(f"resume={named!r} is in a folder that does not exist: make it first")
        if self.every is not None:
            object.__setattr__(self, "every", whole(self.every, "every"))


Resume: TypeAlias = "str | bytes | os.PathLike[str] | Checkpoint"
"""A file, or when it is written too."""


def run_of(resume: Resume | None) -> Run | None:
    """The run that a file holds, or that is to be; CheckpointError if it is damaged, or holds none."""
    if resume is None:
        return None
    return Run(resume if isinstance(resume, Checkpoint) else Checkpoint(resume))


class Run:
    """A training's file, as `fit` found it: `found` is None where there is none yet."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.path, self.every = checkpoint.path, checkpoint.every
        self.name = os.fsdecode(self.path)
        self.found: dict[str, Any] | None = None
        self.identity: dict[str, Any] = {}
        self.began: Any = None  # the random source of shuffling before anything was drawn from it
        self.python: Any = None  # and Python's, when the training began
        with suppress(FileNotFoundError):
            self.found = files.read(self.path, FORM, VERSION, KEYS, way_out=REMOVE)
        self.epoch, self.ended = 0, False
        self.written, self.took = perf_counter(), 0.0

    def sow(self, rng: np.random.Generator, seeded: bool) -> None:
        """Where no seed is given, draw the validation that the run has drawn."""
        if self.found is not None and not seeded:
            rng.bit_generator.state = self._checked(lambda kept: state_of(kept["began"], rng))
        self.began = kept_state(rng)

    def is_that_of(self, identity: dict[str, Any], epochs: int) -> None:
        """CheckpointError unless the file holds this run, and no more than these epochs of it."""
        self.identity = json.loads(json.dumps(identity, default=repr))
        if self.found is None:
            return
        check(self.found["run"], self.identity, self.name)
        self.epoch = self._checked(lambda kept: whole(kept["epoch"], "epoch"))
        if self.epoch > epochs:
            raise CheckpointError(
                f"{self.name} holds {self.epoch} epochs, and epochs={epochs} asks for fewer: ask for more to "
                "go on, or remove the file to begin anew"
            )

    def _checked(self, take: Callable[[dict[str, Any]], Any]) -> Any:
        """What is taken of the file; CheckpointError where it holds what no training has written."""
        try:
            return take(self.found or {})
        except CheckpointError as error:
            raise CheckpointError(f"cannot go on from {self.name}: {error}") from None
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise CheckpointError(
                f"cannot go on from {self.name}: no fit has written it ({reason})"
            ) from None

    # ---------------------------------------------------------------- writing

    def after(self, epoch: int, epochs: int, ended: bool, training: Trained) -> None:
        """After an epoch: write the file if it is time; `ended` by early stopping."""
        since = perf_counter() - self.written
        due = since >= max(PAUSE, SHARE * self.took) if self.every is None else epoch % self.every == 0
        if due or ended or epoch == epochs:
            self.write(epoch, ended, training)

    def write(self, epoch: int, ended: bool, training: Trained) -> None:
        began = perf_counter()
        of = {"run": self.identity, "began": self.began, "epoch": epoch, "ended": ended}
        files.store(self.path, FORM, VERSION, of | contents(training, self.python))
        self.written = perf_counter()
        self.took = self.written - began

    # ---------------------------------------------------------------- going on

    def restore(self, training: Trained) -> float:
        """Go on from what was found, all or nothing; how many seconds that took until then."""
        self.python = random.getstate()
        if self.found is None:
            return 0.0
        change, seconds = self._checked(lambda kept: restoring(kept, training))
        before = dict(vars(training.optimizer)), dict(vars(training.schedule or _Nothing()))
        try:
            self._checked(lambda kept: load(kept, training))
        except BaseException:
            vars(training.optimizer).update(before[0])
            vars(training.schedule or _Nothing()).update(before[1])
            raise
        change()
        self.ended = self.found["ended"] is True
        self.found = None  # which may be large
        return float(seconds)


class _Nothing:
    """Stands for a schedule that there is not."""
