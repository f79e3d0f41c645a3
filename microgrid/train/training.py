"""The epochs: batches, each a gradient and a step, until they run out or there is a reason to stop."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..base.context import errstate
from ..base.messages import IEEE
from ..errors import DomainError, NonFiniteGradient
from ..optim import Optimizer, ReduceLROnPlateau
from .examples import Examples, batches
from .history import Best, EarlyStopping, History
from .metrics import check, evaluate
from .objectives import objective
from .programs import give
from .task import Task
from .validation import Validation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Training"]


class Training:
    """One call of `fit`, once what it was handed is looked through."""

    epochs: int
    size: int
    metrics: dict[str, Callable[[Floats, Floats], Any]]
    stopping: EarlyStopping | None
    schedule: Any
    clip: Callable[[Floats], Any] | None
    monitor: Any

    def __init__(self, task: Task, optimizer: Optimizer, rng: Any) -> None:
        self.task, self.optimizer, self.rng = task, optimizer, rng
        self.steps = 0
        self.first = self.last = 0.0  # the loss of the first batch, and of the last one so far
        self.held: Validation | None = None

    def run(self, held: Examples | None, replay: bool, progress: bool) -> History:
        """Record, train, and leave the model with its parameters and in the mode it had."""
        with self.task.mode(True):
            self.objective, why = objective(self.task, self.size, replay)
            if held is not None:
                self.held = Validation(self.task, held, replay)
                why = why or self.held.why
            for part in (self.task.examples, held) if held is not None else (self.task.examples,):
                check(self.metrics, self.objective.shape, part.y)
            if why:
                notice(
                    f"fit cannot replay this model, and computes every sample in Python, many times slower: {why}"
                )
            if kept := self.objective.overlooked():
                (name, v), more = next(iter(kept.items())), f" and {len(kept) - 1} more" * (len(kept) > 1)
                notice(
                    f"fit does not train {name} ({v.data}){more}, a Value in the model and no parameter: make it "
                    f"microgrid.parameter({v.data}), or a plain number if it is to stay"
                )
            self.rows = self.objective.encode(self.task.examples)
            self.watch()
            names = ["loss", *self.metrics]
            later = [f"validation_{name}" for name in names] if self.held else []
            self.history = History(["epoch", *names, *later, "lr", "seconds"])
            trouble, fault = self.train(progress), self.objective.fault()
        if trouble:
            notice(f"fit {self.history.stopped}")
        elif fault:
            notice(
                f"fit replayed a graph that is not the model's any more: {fault}; with replay=False every step is "
                "computed by the model itself"
            )
        return self.history

    def train(self, progress: bool) -> str:
        """The epochs; whatever ends them, the parameters go to their Values.  Returns what went wrong."""
        x = self.objective.parameters
        best = Best((x.copy(), self.task.running()), self.stopping)
        restore, trouble = self.stopping is not None and self.stopping.restore, ""
        ended, epoch, began = f"ended after {self.epochs} epochs, as asked", 0, perf_counter()
        try:
            with (
                self.optimizer.on(x, self.objective.reached),
                errstate(gradient="raise"),
                bar(self.epochs, progress) as advance,
            ):
                for epoch in range(1, self.epochs + 1):
                    if self.epoch(epoch, best, began):
                        ended = f"stopped early, after epoch {epoch}: the lowest loss is that of epoch {best.epoch}"
                        break
                    advance(self.history["loss"][-1])
        except KeyboardInterrupt:
            trouble = f"was interrupted in epoch {epoch}"
        except (DomainError, NonFiniteGradient) as error:
            grown = self.last > 10 * self.first
            hint = f"; the loss had grown to {self.last:.3g}: choose a smaller lr, or clip=" if grown else ""
            taken = f"{self.steps} step{'s' * (self.steps != 1)}"
            trouble = f"stopped in epoch {epoch}, after {taken}: {plain(error)}{hint}"
        finally:
            if trouble or restore:
                x[:], running = best.state
                self.task.run_on(running)
                origin = f"of epoch {best.epoch}" if best.epoch else "from before training"
                ended = f"{trouble or ended}; the parameters are those {origin}"
            give(self.task.trained, x)
            self.history.best_epoch, self.history.stopped = best.epoch or None, ended
        return trouble

    def epoch(self, epoch: int, best: Best, began: float) -> bool:
        """Every batch once; whether early stopping has waited long enough."""
        x, n, lr = self.objective.parameters, len(self.rows), self.optimizer.lr
        rows, y, order = self.rows, self.task.examples.y, None
        first = x.copy(), self.task.running()
        if self.size < n:
            order = self.rng.permutation(n)
            rows, y = rows[order], y[order]
        total, outputs = 0.0, []
        for part in batches(n, self.size):
            value, gradient = self.objective.value_and_grad(rows[part])
            if not isfinite(value):
                raise DomainError(f"the loss is {value}")
            self.first, self.last = self.first if self.steps else value, value
            total += value * (part.stop - part.start)
            if self.metrics:
                outputs.append(self.objective.predictions())
            self.step(epoch, self.clipped(gradient), part if order is None else order[part])
        row = {"loss": total / n}
        if self.metrics:
            import numpy as np

            row |= evaluate(self.metrics, np.concatenate(outputs), y)
        watched = row["loss"]
        if self.held is not None:
            found = self.held(x, self.metrics)
            watched = found["loss"]
            row |= {f"validation_{name}": number for name, number in found.items()}
        self.history.append(epoch=epoch, **row, lr=lr, seconds=perf_counter() - began)
        if self.schedule is not None:
            self.schedule.step(*[watched] * isinstance(self.schedule, ReduceLROnPlateau))
        # the loss of all samples in one batch is that of the parameters before the step; any other belongs to the last
        before = self.held is None and self.size == n
        return best.waited(epoch, watched, first if before else (x.copy(), self.task.running()))

    # ---------------------------------------------------------------- steps

    def clipped(self, gradient: Floats) -> Floats:
        """What the clip returned, or the gradient, which it changed in place or left."""
        import numpy as np

        if self.clip is None:
            return gradient
        found = self.clip(gradient)
        if found is None or (np.ndim(found) == 0 and isinstance(found, int | float | np.number)):
            return gradient
        if np.shape(found) != gradient.shape:
            raise ValueError(
                f"clip got a gradient of shape {gradient.shape} and returned {type(found).__name__} of shape "
                f"{np.shape(found)}: it returns another of that shape, or changes the one it got and returns None"
            )
        return np.asarray(found)

    def step(self, epoch: int, gradient: Floats, places: Any) -> None:
        """Move the parameters; the monitor looks before and after, if it wants to."""
        monitor, examples, x = self.monitor, self.task.examples, self.objective.parameters
        wanted = monitor is not None and monitor.wants(epoch, self.steps)
        if wanted:
            before = self.all_parameters(x)
            monitor.observe(
                epoch=epoch,
                step=self.steps,
                program_parameters=before,
                X=examples.X[places],
                y=examples.y[places],
            )
        self.optimizer.step(gradient)
        self.steps += 1
        if wanted:
            monitor.updated(before, self.all_parameters(x))

    def watch(self) -> None:
        """Tell the monitor the loss, and find the trained parameters among the model's."""
        if self.monitor is None:
            return
        if hasattr(self.monitor, "follow"):
            self.monitor.follow(self.task.loss)
        values = self.task.model.parameters()
        places = {v: k for k, v in enumerate(self.task.trained)}
        self.known = [v.data for v in values]
        self.places = [(k, places[v]) for k, v in enumerate(values) if v in places]

    def all_parameters(self, x: Floats) -> Floats:
        """The model's parameters in its order, those that are not trained included."""
        import numpy as np

        found = np.array(self.known)
        for k, place in self.places:
            found[k] = x[place]
        return found


def notice(text: str) -> None:
    """A warning that names the line where `fit` was called."""
    warnings.warn(text, RuntimeWarning, stacklevel=4)


def plain(error: Exception) -> str:
    """What went wrong, without what holds or helps where no training goes on."""
    return str(error).replace(f"; {IEEE}", "").removesuffix("; no gradient was changed")


@contextmanager
def bar(epochs: int, wanted: bool) -> Iterator[Callable[[float], None]]:
    """Shows how far the epochs are, on a terminal; a function to call with the loss of each."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda loss: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda loss: None
        return
    with tqdm(total=epochs, unit="epoch", file=sys.stderr) as shown:

        def advance(loss: float) -> None:
            shown.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            shown.update()

        yield advance
