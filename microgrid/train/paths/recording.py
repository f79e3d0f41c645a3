"""What `fit` records of a training every so many steps: parameters, or what a function of the model says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ...arguments import Floats
from ...base.checks import whole
from ...base.context import no_grad
from ...base.messages import number, short
from ...engine import Value
from ...nn.module import Module
from ..objectives import Objective
from ..programs import give
from ..task import Task
from .path import Path, Point
from .stored import column, kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Record", "Recording", "recording", "trained_names"]

Record: TypeAlias = "str | Iterable[str] | Callable[[Any], Any]"
"""What is recorded: "parameters", the names of some, or a function of the model."""


def recording(record: Record | None, every: int, task: Task) -> Recording | None:
    """What records the training, or None; the error says what cannot be recorded."""
    every = whole(every, "every")
    if record is None:
        return None
    known = trained_names(task)
    if isinstance(record, str) and record != "parameters":
        record = [record]
    if isinstance(record, str):
        return Recording(task, every, known, None)
    if callable(record):
        return Recording(task, every, [], None, record)
    if not isinstance(record, Iterable):
        raise TypeError(
            'record is "parameters", a list of their names, or a function of the model, got '
            f"{type(record).__name__} {short(record)}"
        )
    chosen = list(record)
    labels = {v.label: k for k, v in reversed([*enumerate(task.trained)]) if v.label}
    places = labels | {name: k for k, name in enumerate(known)}
    for name in chosen:
        if name not in places:
            listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
            raise ValueError(f"record={short(name)}: no trained parameter has this name; there are {listed}")
    if not chosen:
        raise ValueError('record is an empty list: name some parameters, or pass "parameters" for all')
    return Recording(task, every, chosen, [places[name] for name in chosen])


def trained_names(task: Task) -> list[str]:
    """What the trained parameters are called: by their place in the model, or their label."""
    model: Any = task.model
    places = {v: name for name, v in model.named_parameters()} if isinstance(model, Module) else {}
    return [places.get(v, v.label or f"parameters.{k}") for k, v in enumerate(task.trained)]


class Recording:
    """A row at every so many steps, of what was there before the step."""

    def __init__(
        self,
        task: Task,
        every: int,
        names: Sequence[str],
        places: list[int] | None,
        function: Callable[[Any], Any] | None = None,
    ) -> None:
        self.task, self.every, self.names, self.function = task, every, list(names), function
        self.places: slice | list[int] = slice(None) if places is None else places
        self.rows: list[tuple[int, Any, float, Any, float]] = []

    def look(self, steps: int, parameters: Floats, loss: float, gradient: Floats, lr: float) -> None:
        """A batch before its step; `gradient` is kept, not copied, where it is not of use any more."""
        if steps % self.every:
            return
        point, slopes = self._of(parameters), self._slopes(gradient)
        self.rows.append((steps, point, loss, slopes, lr))  # at once: nothing comes between

    def _of(self, parameters: Floats) -> Any:
        if self.function is None:
            return parameters[self.places].copy()
        give(self.task.trained, parameters)
        with self.task.untouched(), no_grad():
            return self._numbers(self.function(self.task.model))

    def _slopes(self, gradient: Floats) -> Any:
        return gradient[self.places].copy() if self.function is None else ()

    def _numbers(self, said: Any) -> Point:
        """What the function returned, as a number or a list of numbers."""
        where = "the function that is recorded returns numbers: a number, a list or a dict of them"
        if isinstance(said, Mapping):
            self.names = [str(name) for name in said]
            said = list(said.values())
        if hasattr(said, "tolist"):
            said = said.tolist()
        if isinstance(said, list | tuple):
            return [number(_data(x), finite=False, where=where) for x in said]
        return number(_data(said), finite=False, where=where)

    def contents(self) -> dict[str, Any]:
        """The rows so far, for JSON."""
        plain = [[getattr(x, "tolist", lambda x=x: x)() for x in row] for row in self.rows]
        return {"names": self.names, "rows": [[k, _kept(p), *kept([v]), s, lr] for k, p, v, s, lr in plain]}

    def rows_of(self, contents: Any) -> tuple[list[tuple[int, Any, float, Any, float]], list[str]]:
        """The rows and the names of `contents`."""
        rows: list[tuple[int, Any, float, Any, float]] = []
        for k, point, value, slopes, lr in contents["rows"]:
            several = isinstance(point, list)
            point = column(point if several else [point], "a recorded point")
            (value, lr), slopes = (
                column([value, lr], "a recorded step"),
                column(slopes, "a recorded gradient"),
            )
            rows.append((whole(k, "a step", least=0), point if several else point[0], value, slopes, lr))
        return rows, [str(name) for name in contents["names"]]

    def path(self, steps: int, objective: Objective, batch: NDArray[np.float64] | None) -> Path:
        """The rows, and the point that the last step led to, with its loss of the last batch."""
        rows = self.rows
        if batch is not None and rows and rows[-1][0] != steps:
            try:
                with self.task.untouched():
                    loss, gradient = objective.value_and_grad(batch)
                rows = [*rows, (steps, self._of(objective.parameters), loss, self._slopes(gradient), 0.0)]
            except Exception:
                pass
        counted, points, losses, slopes, rates = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        listed = [p.tolist() if hasattr(p, "tolist") else p for p in points]
        names = self.names
        if listed and not names:
            one = listed[0]
            names = [f"recorded {k + 1}" for k in range(len(one))] if isinstance(one, list) else ["recorded"]
        gradients = [[*map(float, s)] for s in slopes] if self.function is None else []
        return Path(listed, losses, gradients, rates[:-1], names, steps=counted, value="loss")


def _kept(point: Any) -> Any:
    return kept(point) if isinstance(point, list) else kept([point])[0]


def _data(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x
