"""What `fit` is handed, looked through one by one; what is wrong is named by its argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from .. import arguments
from ..arguments import ArrayLike, Floats
from ..engine import Value
from ..nn.module import Model, Module, walk
from ..optim import Optimizer, clip_grad_norm_, clip_grad_value_
from ..optim.settings import positive
from .examples import Examples
from .history import EarlyStopping
from .runs.watching import Observer

__all__ = ["Clip", "clip_of", "held_out", "observer", "optimizer_of", "schedule_of", "stopping_of"]


Clip: TypeAlias = "Callable[[Floats], ArrayLike | None]"
"""What keeps a gradient short: it gives back another, or changes this one and gives back None or a number."""


def held_out(validation: tuple[ArrayLike, ArrayLike]) -> Examples:
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        kind = type(validation).__name__
        raise TypeError(f"validation is (X, y), or the fraction of the samples to hold back, got {kind}")
    return Examples(validation[0], validation[1], "validation")


def optimizer_of(optimizer: Optimizer | Callable[[Sequence[Value]], Optimizer], model: Model) -> Optimizer:
    """An optimiser of Values."""
    parameters = trainable(model)
    made = optimizer
    if callable(optimizer) and not isinstance(optimizer, Optimizer):
        arguments.called(optimizer, "what makes the optimizer", "parameters")
        made = optimizer(parameters)
    if not isinstance(made, Optimizer):
        shown = f" {made!r}" if isinstance(made, str | int | float) else ""
        raise TypeError(
            "optimizer is one of microgrid.optim, made of model.parameters(), or what makes it of them, "
            f"such as optim.Adam or functools.partial(optim.Adam, lr=0.01): got {type(made).__name__}{shown}"
        )
    if isinstance(made.parameters, list) and not set(made.parameters) & set(parameters):
        raise ValueError(
            "none of the parameters that the optimizer moves is the model's: make it of this model's "
            "parameters()"
        )
    if not isinstance(made.parameters, list):
        raise TypeError(
            "this optimizer moves an array or a program, which fit makes itself: make it of "
            "model.parameters()"
        )
    return made


def trainable(model: Model, what: str = "fit") -> Sequence[Value]:
    """The parameters of a model; an error for what has none to train."""
    if isinstance(model, type) or not hasattr(model, "parameters") or not callable(model):
        wanted = f"{what} trains a callable with parameters(), such as a Module, got"
        if isinstance(model, type):
            raise TypeError(f"{wanted} the class {model.__name__}: make one")
        raise TypeError(
            f"{wanted} {type(model).__name__}: write a Module, which keeps parameters in its attributes "
            "and has a __call__"
        )
    parameters = model.parameters()
    if not parameters:
        raise ValueError(f"{what}: the model has no parameters to train{_hint(model)}")
    return parameters


def _hint(model: Model) -> str:
    """That parameters are made by `parameter`, where the model holds Values that are none."""
    others = [
        (name, v)
        for name, v in (walk(model) if isinstance(model, Module) else ())
        if isinstance(v, Value) and v.role == "input"
    ]
    if not others:
        return ": they are made by microgrid.parameter(number), and kept in its attributes"
    name, v = others[0]
    return f": its {name} is a Value, and microgrid.parameter({v.data!r}) makes one that is trained"


def observer(monitor: Observer | None, model: Model) -> Observer | None:
    """A monitor of this model."""
    if monitor is None:
        return None
    if isinstance(monitor, type) or not all(
        hasattr(monitor, name) for name in ("wants", "observe", "updated")
    ):
        shown = monitor.__name__ if isinstance(monitor, type) else repr(monitor)
        raise TypeError(f"monitor is a Monitor of the model, made as Monitor(model), got {shown}")
    if getattr(monitor, "model", model) is not model:
        raise ValueError(
            "the monitor watches another model: make one of the model that is trained, Monitor(model)"
        )
    return monitor


def stopping_of(early_stopping: EarlyStopping | int | None) -> EarlyStopping | None:
    if early_stopping is None or isinstance(early_stopping, EarlyStopping):
        return early_stopping
    return EarlyStopping(early_stopping)


def schedule_of(schedule: Any, optimizer: Optimizer) -> Any:
    """A schedule of this optimiser."""
    made = schedule
    if schedule is None:
        return None
    if callable(schedule) and (isinstance(schedule, type) or not hasattr(schedule, "step")):
        arguments.called(schedule, "what makes the schedule", "optimizer")
        made = schedule(optimizer)
    way_out = "pass a function that makes it, lambda optimizer: optim.StepLR(optimizer, 10)"
    if not hasattr(made, "step"):
        raise TypeError(f"a schedule is one of microgrid.optim, such as StepLR, got {made!r}: {way_out}")
    if getattr(made, "optimizer", None) is not optimizer:
        raise ValueError(
            f"schedule={made!r} does not rule the optimizer of this fit: pass both, or {way_out[5:]}"
        )
    return made


def clip_of(clip: tuple[str, float] | Clip | None) -> Callable[[Floats], Floats] | None:
    """What gives for each gradient the one that is taken."""
    if clip is None:
        return None
    if callable(clip):
        arguments.called(clip, "clip", "gradient")
        return lambda gradient: clipped(clip, gradient)
    ways: dict[str, Callable[[Floats, float], Any]] = {"norm": clip_grad_norm_, "value": clip_grad_value_}
    if not isinstance(clip, tuple | list) or len(clip) != 2 or clip[0] not in ways:
        raise ValueError(
            f'clip={clip!r}: choose ("norm", length), ("value", limit) or a function of the gradient'
        )
    way, limit = ways[clip[0]], positive(clip[1], f"the limit of clip={clip!r}", 1)

    return lambda gradient: clipped(lambda g: way(g, limit), gradient)


def clipped(clip: Clip, gradient: Floats) -> Floats:
    """What the clip returned, or the gradient, which it changed in place or left."""
    import numpy as np

    clipped = clip(gradient)
    # optim.clip_grad_norm_, for one, changes the gradient and returns the length that it had
    if clipped is None or (np.ndim(clipped) == 0 and isinstance(clipped, int | float | np.number)):
        return gradient
    if np.shape(clipped) != gradient.shape:
        raise ValueError(
            f"clip got a gradient of shape {gradient.shape} and returned {type(clipped).__name__} of "
            f"shape {np.shape(clipped)}: it returns another of that shape, or changes the one it got and "
            "returns None"
        )
    return np.asarray(clipped)
