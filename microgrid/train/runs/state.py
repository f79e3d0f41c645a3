"""All that a training is at the end of an epoch, as JSON keeps it, and how one becomes it again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ...arguments import Floats
from ...base.checks import whole
from ...errors import CheckpointError
from ...optim import Optimizer
from ...optim.schedules import AnySchedule
from ..history import Best, History
from ..objectives import Objective
from ..paths.recording import Recording
from ..paths.stored import column, kept
from ..scores.held_out import Validation
from ..task import Task, go_back
from .callbacks import Calls
from .sources import kept_state, state_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Trained", "contents", "load", "restoring"]


class Trained(Protocol):
    """What of a training is stored, and set when it goes on."""

    task: Task
    objective: Objective
    optimizer: Optimizer
    schedule: AnySchedule | None
    rng: np.random.Generator
    history: History
    best: Best
    validation: Validation | None
    recording: Recording | None
    calls: Calls
    batch: Floats | None
    steps: int
    first_loss: float
    last_loss: float


def contents(t: Trained, python: Any) -> dict[str, Any]:
    """What is stored; `python` is the state that Python's `random` had when the training began."""
    best, now = t.best, random.getstate()
    return {
        "parameters": t.objective.parameters.tolist(),
        "running": [*map(kept, t.task.running())],
        "best": {
            "loss": kept([best.loss])[0],
            "epoch": best.epoch,
            "parameters": best.state[0].tolist(),
            "running": [*map(kept, best.state[1])],
        },
        "optimizer": t.optimizer.state_dict(),
        "schedule": None if t.schedule is None else t.schedule.state_dict(),
        "history": t.history.contents(),
        "random": {
            "shuffling": kept_state(t.rng),
            "modules": [kept_state(source) for source in t.task.sources()],
            "Python's": None if now == python else kept_state(random),
        },
        "attributes": [_numbers(module) for module in t.task.modules],
        "fixed": kept([v.data for v in t.calls.fixed]),
        "counted": [t.steps, t.first_loss, t.last_loss],
        "recorded": _recorded(t),
    }


def _recorded(t: Trained) -> dict[str, Any] | None:
    if t.recording is None or t.batch is None:
        return None
    return t.recording.contents() | {"batch": t.batch.tolist()}


def load(kept: dict[str, Any], t: Trained) -> None:
    """Set optimiser and schedule; CheckpointError if these are not theirs."""
    if t.schedule is not None:
        t.schedule.load_state_dict(kept["schedule"])
    t.optimizer.load_state_dict(kept["optimizer"])  # with the lr that a callback may have written


def restoring(kept: dict[str, Any], t: Trained) -> tuple[Callable[[], None], float]:
    """What sets all but optimiser and schedule, once everything is looked through; the seconds so far."""
    import numpy as np

    task, n = t.task, len(t.task.trained)
    stored = kept["best"]
    parameters, best = (_doubles(x["parameters"], n) for x in (kept, stored))
    running, best_running = (_like(task.running(), x["running"]) for x in (kept, stored))
    (loss,) = column([stored["loss"]], "the best loss")
    epoch = whole(stored["epoch"], "the best epoch", least=0)
    history = History.of(kept["history"])
    if list(history) != list(t.history) or len(history["epoch"]) != kept["epoch"]:
        raise CheckpointError("its history is of other columns or epochs")
    sources, states = task.sources(), kept["random"]["modules"]
    if len(sources) != len(states):
        raise CheckpointError("its modules have other random sources")
    drawn = [(source, state_of(state, source)) for source, state in zip(sources, states)]
    drawn.append((t.rng, state_of(kept["random"]["shuffling"], t.rng)))
    if kept["random"]["Python's"] is not None:
        drawn.append((random, state_of(kept["random"]["Python's"], random)))
    fixed = _doubles(kept["fixed"], len(t.calls.fixed))
    if len(kept["attributes"]) != len(task.modules):
        raise CheckpointError("its model has other modules")
    attributes = [(m, dict(numbers)) for m, numbers in zip(task.modules, kept["attributes"])]
    steps, *losses = kept["counted"]
    steps, (first, last) = whole(steps, "steps", least=0), _doubles(losses, 2).tolist()
    recorded = batch = None
    if t.recording is not None:
        recorded = t.recording.rows_of(kept["recorded"])
        batch = np.array(kept["recorded"]["batch"], dtype=np.float64)

    def change() -> None:
        t.objective.parameters[:] = parameters
        t.task.run_on(running)
        t.best.loss, t.best.epoch, t.best.state = loss, epoch, (best, best_running)
        t.history, t.steps, t.first_loss, t.last_loss, t.batch = history, steps, first, last, batch
        if t.recording is not None and recorded is not None:
            t.recording.rows, t.recording.names = recorded
        t.calls.fix(fixed, attributes)
        go_back(drawn)

    return change, history["seconds"][-1]


def _numbers(module: Any) -> dict[str, float]:
    """The attributes of a module that are numbers, which a callback may change."""
    inside = getattr(module, "__dict__", {})
    return {name: x for name, x in inside.items() if type(x) in (int, float) and x - x == 0}


def _doubles(numbers: Any, n: int) -> Floats:
    import numpy as np

    listed = column(numbers, "what is learned")
    if len(listed) != n:
        raise CheckpointError(f"it has {len(listed)} numbers where there are {n}")
    return np.array(listed, dtype=np.float64)


def _like(running: list[list[float]], stored: Any) -> list[list[float]]:
    listed = [column(numbers, "running statistics") for numbers in stored]
    if list(map(len, listed)) != list(map(len, running)):
        raise CheckpointError("its running statistics are those of another model")
    return listed
