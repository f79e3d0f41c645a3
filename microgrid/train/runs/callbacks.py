"""What looks on while `fit` trains, or steps in: methods called at the end of an epoch or of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import is_
from typing import Any, TypeAlias

from ... import arguments
from ...arguments import Floats
from ...base.context import current, errstate
from ...base.messages import short
from ...engine import Value
from ...nn.module import Module, walk
from ..held import Held
from ..objectives import Objective
from ..programs import give
from ..scores.held_out import Validation
from ..task import Task, go_back, states
from .watching import Watching

__all__ = ["AnyCallback", "Callback", "Calls", "Stopped", "listed"]

EVENTS = {
    "on_train_begin": ("logs",),
    "on_epoch_begin": ("epoch", "logs"),
    "on_batch_end": ("batch", "logs"),
    "on_epoch_end": ("epoch", "logs"),
    "on_train_end": ("logs",),
}
"""The methods that are called, and with what."""


class Callback:
    """Something that `fit(callbacks=...)` calls while it trains: write those methods that you need.

    They are Keras's.  `logs` is a dict of numbers; epochs, and the batches of each, count from 1, as in a
    History, and in Keras from 0.  `model`, `optimizer` and `history`, its rows so far, are those of the fit.
    A call takes some 0.15 ms where 337 parameters are trained, about as long as a step of theirs with 100
    samples; where nobody waits for an event, it costs nothing.

    Inside a method the model is in evaluation mode, and the data of its parameters are those of the last
    step; so `train.evaluate(self.model, X, y, loss="mse")` does what it says.  Who only looks changes nothing
    for the training, whose dropout and shuffling draw the same numbers.  What is assigned counts from the
    next step on, replayed or not: the data of any Value of the model, `optimizer.lr` and other settings,
    attributes of modules such as a Dropout's `p`.  (A schedule writes lr before `on_epoch_end`.)

    A method that returns True stops the training, with the parameters of the last step, unless early stopping
    brings back the best.  (Keras has `self.model.stop_training = True` for that.)  An exception ends `fit`,
    with a note that names the callback; Values then have the numbers of the last step.

    >>> from microgrid import nn, optim, train
    >>> class Halve(Callback):
    ...     def on_epoch_end(self, epoch, logs):
    ...         if epoch == 2:
    ...             self.optimizer.lr /= 2
    >>> def enough(epoch, logs):
    ...     return logs["loss"] < 1e-9 or epoch == 3
    >>> history = train.fit(
    ...     nn.Linear(1, 1), [[0.0], [1.0]], [1.0, 3.0], loss="mse", epochs=9,
    ...     optimizer=lambda ps: optim.SGD(ps, lr=0.4), callbacks=[Halve(), enough],
    ... )
    >>> history["lr"], history.stopped
    ([0.4, 0.4, 0.2], 'stopped after epoch 3 by the callback enough')
    """

    model: Any
    optimizer: Any
    history: Any

    def on_train_begin(self, logs: dict[str, float]) -> bool | None:
        """Before the first epoch; `logs` is empty."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, float]) -> bool | None:
        """Before the first batch of an epoch; `logs` is empty."""

    def on_batch_end(self, batch: int, logs: dict[str, float]) -> bool | None:
        """After the step of a batch, with its "loss"; True leaves the epoch, which gets no row."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> bool | None:
        """After an epoch, with its row of the History."""

    def on_train_end(self, logs: dict[str, float]) -> bool | None:
        """Last of all, also where Ctrl-C or a loss that is not finite ended it, but not after an error.

        The parameters are those that `fit` leaves; `logs` is the last row, if there is one.
        """


AnyCallback: TypeAlias = "Callback | Callable[[int, dict[str, float]], Any] | Any"
"""A Callback, what else has some of its methods, or a function of (epoch, logs) for the end of epochs."""


class Stopped(Exception):
    """A callback has stopped the training: its name."""


def listed(callbacks: AnyCallback | Iterable[AnyCallback] | None) -> list[tuple[str, Any]]:
    """The callbacks with their names; TypeError says what is none."""
    if callbacks is None:
        return []
    if isinstance(callbacks, str | bytes | dict):
        _refuse("callbacks", callbacks)
    handed: Any = callbacks
    several = isinstance(handed, Iterable) and not _methods(handed) and not callable(handed)
    found = []
    for k, callback in enumerate(handed if several else [handed]):
        where = f"callbacks[{k}]" if several else "callbacks"
        if isinstance(callback, type):
            name = callback.__name__
            raise TypeError(f"{where} is the class {name}: fit calls the methods of an object, {name}()")
        if type(callback).__name__ == "Checkpoint":  # whose module imports this one
            raise TypeError(f"{where} is a Checkpoint, which is no callback: pass it as resume=")
        methods = _methods(callback)
        if not methods and not callable(callback) and not isinstance(callback, Callback):
            _refuse(where, callback)
        for name in methods:
            if name not in EVENTS:
                raise TypeError(
                    f"{where}, {_name(callback)}, has {name}, which fit never calls: it calls "
                    f"{', '.join(EVENTS)}; a method that you call yourself needs a name without on_"
                )
            arguments.called(getattr(callback, name), f"{where}: {name}", *EVENTS[name])
        if not methods and not isinstance(callback, Callback):
            arguments.called(callback, where, *EVENTS["on_epoch_end"])
        found.append((_name(callback), callback))
    return found


def _methods(callback: Any) -> list[str]:
    """What it has to be called by name: of a Callback what it has written itself."""
    names = [name for name in dir(callback) if name.startswith("on_")]
    found = [(name, getattr(callback, name)) for name in names]
    base = vars(Callback)
    return [n for n, method in found if callable(method) and getattr(method, "__func__", n) != base.get(n)]


def _name(callback: Any) -> str:
    return getattr(callback, "__name__", type(callback).__name__)


def _refuse(where: str, callback: Any) -> None:
    raise TypeError(
        f"{where} is {type(callback).__name__} {short(callback)}, and a callback is a function of (epoch, "
        f"logs), or has one of {', '.join(EVENTS)}: help(train.Callback) shows one"
    )


class Calls:
    """The callbacks of a training, and what has to be so before and after each call.

    For an event that nobody waits for nothing is done.
    """

    def __init__(
        self,
        callbacks: list[tuple[str, Any]],
        task: Task,
        objective: Objective,
        validation: Validation | None,
        watching: Watching | None,
    ) -> None:
        self.task, self.objective, self.validation, self.watching = task, objective, validation, watching
        self.methods: dict[str, list[tuple[str, Any]]] = {event: [] for event in EVENTS}
        for name, callback in callbacks:
            methods = _methods(callback)
            for event in methods:
                self.methods[event].append((name, getattr(callback, event)))
            if not methods and not isinstance(callback, Callback):
                self.methods["on_epoch_end"].append((name, callback))
        self.callbacks, self.sources = callbacks, task.sources()
        self.raised: BaseException | None = None
        """What a callback raised, which is nothing that went wrong in the training."""
        self.gradient = current().gradient
        self.attributes = [vars(m) for m in task.modules if hasattr(m, "__dict__")]
        trained = set(task.trained)
        inside = (
            [v for _, v in walk(task.model)] if isinstance(task.model, Module) else task.model.parameters()
        )
        self.fixed = [v for v in inside if isinstance(v, Value) and v not in trained]

    def introduce(self, **attributes: Any) -> None:
        """Tell each Callback the model, the optimiser and the history."""
        for _, callback in self.callbacks:
            if isinstance(callback, Callback):
                vars(callback).update(attributes)

    def tell(self, event: str, held: Held, logs: dict[str, float], *place: int) -> None:
        """Call those who wait for the event, with the parameters in their Values, and take what they assign.

        Stopped if one returns True.
        """
        if not self.methods[event]:
            return
        trained, parameters = self.task.trained, self.objective.parameters
        give(trained, parameters)
        before, drawn = self._constants(), states(self.sources)
        stopped = ""
        try:
            with self.task.mode(False), held.let(), errstate(gradient=self.gradient):
                for name, method in self.methods[event]:
                    if self._call(name, event, method, *place, dict(logs)):
                        stopped = stopped or name
        except BaseException:
            give(trained, parameters)  # not half of what it was about to assign
            raise
        finally:
            go_back(drawn)
        parameters[:] = [v.data for v in trained]
        self._record_again(before)
        if stopped:
            raise Stopped(stopped)

    def _call(self, name: str, event: str, method: Any, *given: Any) -> bool:
        try:
            said = method(*given)
            if getattr(self.task.model, "stop_training", False):
                vars(self.task.model).pop("stop_training", None)
                raise AttributeError(
                    f"{name} has set model.stop_training, which Keras reads: here {event} returns True"
                )
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            place = f" of {EVENTS[event][0]} {given[0]}" if len(given) > 1 else ""
            error.add_note(f"raised in the callback {name}, in {event}{place}")
            self.raised = error
            raise
        return type(said).__name__ in ("bool", "bool_") and bool(said)  # Python's, or NumPy's

    def fix(self, data: Floats, attributes: list[tuple[Any, dict[str, float]]]) -> None:
        """Set the Values that are not trained, and numbers that are attributes of modules."""
        before = self._constants()
        give(self.fixed, data)
        for module, numbers in attributes:
            vars(module).update({name: x for name, x in numbers.items() if vars(module).get(name) != x})
        self._record_again(before)

    def _record_again(self, before: list[Any]) -> None:
        """If what a recorded graph takes for a constant is another than `before`."""
        if _differ(before, self._constants()):
            self.objective.refresh()
            if self.validation is not None:
                with self.task.mode(False):
                    self.validation.objective.refresh()
            if self.watching is not None:
                self.watching.share()

    def _constants(self) -> list[Any]:
        """The modules' attributes, and the data of Values that are not trained."""
        return [*chain.from_iterable(map(dict.values, self.attributes)), *[v.data for v in self.fixed]]


def _differ(before: list[Any], after: list[Any]) -> bool:
    """Whether something is another that a recorded graph takes for a constant."""
    if len(after) != len(before) or all(map(is_, before, after)):
        return len(after) != len(before)
    return any(x is not y and isinstance(y, SETTINGS) and x != y for x, y in zip(before, after))


SETTINGS: Any = (int, float, str, type(None), Callable)  # a module may have been replaced, or an activation
"""What the attribute of a module is if it is none of the lists that passes leave behind."""
