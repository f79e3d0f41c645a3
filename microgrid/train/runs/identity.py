"""What tells a run from every other: a training goes on from the file of another in no case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...errors import CheckpointError
from ...nn.module import Module
from ...optim import Optimizer
from ...optim.schedules import AnySchedule
from ..examples import Examples
from ..history import EarlyStopping
from ..paths.recording import Recording, trained_names
from ..task import Task

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["check", "data", "named", "of", "sown"]

PLAIN = int, float, str, bool, type(None)
SETTINGS = float, str, bool
"""Attributes that belong to what a module is; an int may count its calls."""


def of(
    task: Task,
    optimizer: Optimizer,
    schedule: AnySchedule | None,
    stopping: EarlyStopping | None,
    recording: Recording | None,
    held_out: Examples | None,
) -> dict[str, Any]:
    """What is trained, by what, and on what: each under the name by which a difference is told."""
    model = task.model
    parts = model.named_modules() if isinstance(model, Module) else [("", model)]
    record: Any = None
    if recording is not None:
        record = [recording.every, named(recording.function) or recording.names]
    return {
        "": {f"the model's part {place}" if place else "the model": _part(part) for place, part in parts},
        "the trained parameters": trained_names(task),
        "the optimizer's": _without(optimizer.state_dict(), {"steps", "memory"}),
        "the schedule's": None if schedule is None else _first(schedule),
        "loss": named(task.loss),
        "penalty": named(task.penalty),
        "early_stopping": None if stopping is None else vars(stopping),
        "record and every": record,
        "the training's": data(task.examples),
        "the validation's": None if held_out is None else data(held_out),
    }


def _without(state: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: x for name, x in state.items() if name not in names}


def _first(schedule: AnySchedule) -> dict[str, Any]:
    """What a schedule is before its first step."""
    if not hasattr(schedule, "state_dict") or not hasattr(schedule, "load_state_dict"):
        kind = type(schedule).__name__
        raise TypeError(
            f"resume stores the schedule too, and {kind} has no state_dict and load_state_dict: "
            "optim.Schedule as its base has both"
        )
    return _without(schedule.state_dict(), {*getattr(schedule, "progress", ())} - {"base_lr"})


def _part(part: Any) -> str:
    settings = {
        name: x
        for name, x in getattr(part, "__dict__", {}).items()
        if type(x) in SETTINGS and name != "training"
    }
    return f"{type(part).__name__}({', '.join(f'{name}={x!r}' for name, x in settings.items())})"


def data(examples: Examples) -> dict[str, str]:
    """How many samples there are, of what shape, and a checksum of their numbers."""
    numbers = sha256(examples.rows.tobytes()).hexdigest()[:16]
    shapes = f"X of the shape {examples.X.shape} and y of the shape {examples.y.shape}"
    return {"data": shapes, "checksum of the data": numbers}


def named(function: Any) -> Any:
    """A function as texts know it, with what a partial has filled in; numbers and texts as they are."""
    if isinstance(function, partial):
        filled = [str(named(x)) for x in function.args]
        filled += [f"{name}={named(x)}" for name, x in function.keywords.items()]
        return f"{named(function.func)}({', '.join(filled)})"
    if isinstance(function, dict):
        return {name: named(x) for name, x in function.items()}
    if isinstance(function, list | tuple):
        return [named(x) for x in function]
    if not callable(function):
        text = repr(function)  # which has an address where nobody wrote one
        return function if type(function) in PLAIN else type(function).__name__ if " at 0x" in text else text
    return getattr(function, "__name__", type(function).__name__)


def sown(seed: Any, rng: Generator) -> Any:
    """A seed: a number, or what it makes by its state."""
    if seed is None or isinstance(seed, int):
        return seed
    state = sha256(repr(rng.bit_generator.state).encode()).hexdigest()[:16]
    return f"a {type(seed).__name__} that begins at {state}"


def check(there: Any, here: dict[str, Any], path: str) -> None:
    """CheckpointError that names the first difference between two runs."""
    difference = next(_differences(there, here, ""), None)
    if difference:
        raise CheckpointError(
            f"{path} holds another run: {difference}; name another file, or remove this one to begin anew"
        )


def _differences(there: Any, here: Any, what: str) -> Iterator[str]:
    if there == here and type(there) is type(here):
        return
    if isinstance(there, dict) and isinstance(here, dict):
        for name in here:
            yield from _differences(there.get(name), here[name], f"{what} {name}".strip())
        for name in there:
            if name not in here:
                yield f"{what} {name}".strip() + f" is {there[name]!r:.{LONGEST}} there, and nothing here"
    elif isinstance(there, list) and isinstance(here, list) and len(there) != len(here):
        yield f"{what} are {len(there)} there and {len(here)} here"
    elif isinstance(there, list) and isinstance(here, list) and len(here) > SHOWN:
        k = next(k for k in range(len(here)) if there[k] != here[k])
        yield f"{what}[{k}] is {_both(there[k], here[k])}"
    else:
        yield f"{what} is {_both(there, here)}"


SHOWN, LONGEST = 8, 80
"""Of lists and texts that are longer only the first difference is shown."""


def _both(there: Any, here: Any) -> str:
    texts = [x if isinstance(x, str) and x.isprintable() else repr(x) for x in (there, here)]
    common = next((k for k, (a, b) in enumerate(zip(*texts)) if a != b), 0)
    start = 0 if max(map(len, texts)) <= LONGEST else max(common - LONGEST // 2, 0)
    shown = [f"{'...' if start else ''}{x[start : start + LONGEST]}" for x in texts]
    return f"{shown[0]} there and {shown[1]} here"
