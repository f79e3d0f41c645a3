"""The epochs: batches, each a gradient and a step, until they run out or there is a reason to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..arguments import Floats
from ..base.context import errstate
from ..base.messages import IEEE, warn
from ..errors import DomainError, GraphError, NonFiniteGradient
from ..optim import Optimizer, ReduceLROnPlateau
from ..optim.schedules import AnySchedule
from ..programs.c.choice import Backend
from .examples import Examples
from .held import Held
from .history import Best, EarlyStopping, History, State
from .objectives import ReplayedExamples, build, objective
from .paths.recording import Recording
from .programs import give
from .runs.callbacks import Calls, Stopped
from .runs.progress import Progress
from .runs.resuming import Run
from .runs.watching import Observer, Watching
from .scores.held_out import Validation
from .scores.metrics import Metric, check, evaluate
from .shards.dealing import deal
from .shards.engines import Engine
from .shards.workers import Workers
from .task import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Training"]

CHECK_INTERRUPTED = "; interrupted before it was checked whether the model still records what was replayed"

END_INTERRUPTED = "; interrupted in on_train_end"

NO_EXAMPLE = (
    "and this model has none: it mixes the samples of a batch, as BatchNorm does, or Python decides by the "
    "data; train it without executor="
)

DIVERGED = 100
"""How many times the loss of the first epoch that of the last has to be."""


@dataclass(eq=False)
class Training:
    """One call of `fit`, once what it was handed is looked through.

    `run` has the model recorded as an objective, which gives the loss of a batch and its gradient.  `train`
    goes through the epochs and, whatever ends them, leaves the model with the right parameters.  `run_epoch`
    deals out the batches, `run_batches`, and notes what they came to.  `step` moves the parameters.
    """

    task: Task
    optimizer: Optimizer
    rng: np.random.Generator
    epochs: int
    size: int
    """How many samples a batch has; the last one of an epoch may have fewer."""
    metrics: dict[str, Metric]
    stopping: EarlyStopping | None
    schedule: AnySchedule | None
    clip: Callable[[Floats], Floats] | None
    monitor: Observer | None
    held: Held
    """Where Ctrl-C waits while something is brought to its end."""
    recording: Recording | None = None
    callbacks: list[tuple[str, Any]] = field(default_factory=list)
    stored: Run | None = None
    shards: int = 1
    engine: Engine | None = None
    """On whose workers the shards lie; None: all in this process."""
    backend: Backend = "kernel"

    def __post_init__(self) -> None:
        self.steps = 0
        self.first_loss = self.last_loss = 0.0  # of the first batch, and of the last one so far
        self.validation: Validation | None = None
        self.watching: Watching | None = None
        self.batch: Floats | None = None
        self.workers: Workers | None = None

    def run(self, held_out: Examples | None, replay: bool, progress: Progress) -> History:
        """Record, train, and leave the model with its parameters and in the mode it had."""
        with self.task.mode(True):
            with self.task.as_it_was(), self.held.let():
                self.prepare(held_out, replay)
            self.best = Best(self.state(), self.stopping)
            seconds = self.stored.restore(self) if self.stored is not None else 0.0
            self.calls.introduce(model=self.task.model, optimizer=self.optimizer, history=self.history)
            try:
                trouble, fault = self.train(progress, seconds), ""
            finally:
                if self.workers is not None:
                    self.workers.close()
            try:
                with self.task.as_it_was(), self.held.let():
                    fault = self.objective.fault()
            except KeyboardInterrupt:
                self.history.stopped += CHECK_INTERRUPTED
                trouble = trouble or CHECK_INTERRUPTED
            self.history.runs_on, self.history.state = self.objective.runs_on(), self.task.state()
            trouble = self.end() or trouble
        self.held.heard = True  # what waits now comes too late
        if trouble:
            warn(f"fit {self.history.stopped}", RuntimeWarning)
        elif diverged := self.diverged():
            warn(f"fit diverged: {diverged}", RuntimeWarning)
        elif fault:
            warn(
                f"fit replayed a graph that is not the model's any more: {fault}; with replay=False every "
                "step is computed by the model itself",
                RuntimeWarning,
            )
        return self.history

    def diverged(self) -> str:
        """How the loss has grown over the epochs, if so far that no noise of batches explains it."""
        losses = self.history["loss"]
        if len(losses) < 2 or not losses[-1] > DIVERGED * losses[0] > 0:
            return ""
        return f"the loss grew from {losses[0]:.3g} to {losses[-1]:.3g}: choose a smaller lr, or clip="

    def prepare(self, held_out: Examples | None, replay: bool) -> None:
        """Record what is trained and what validates it, warn of what is unusual, and open the history."""
        self.objective, why_eager = objective(self.task, self.size, replay)
        if held_out is not None:
            self.validation = Validation(self.task, held_out, replay)
            why_eager = why_eager or self.validation.why_eager
        check(self.metrics, self.objective.shape, self.task.examples.y)
        if held_out is not None:
            check(self.metrics, self.objective.shape, held_out.y)
        if why_eager:
            warn(
                "fit cannot replay this model, and computes every sample in Python, many times slower: "
                f"{why_eager}",
                RuntimeWarning,
            )
        if untrained := self.objective.overlooked():
            name, v = next(iter(untrained.items()))
            more = f" and {len(untrained) - 1} more" if len(untrained) > 1 else ""
            warn(
                f"fit does not train {name} ({v.data}){more}, a Value in the model and no parameter: "
                f"make it microgrid.parameter({v.data}), or a plain number if it is to stay",
                RuntimeWarning,
            )
        self.rows = self.objective.encode(self.task.examples)
        if self.engine is not None:
            if not isinstance(self.objective, ReplayedExamples):
                raise GraphError(f"fit(executor=...) sends workers the program of one sample, {NO_EXAMPLE}")
            self.workers = self.objective.workers = Workers(self.engine, self.rows, self.shards)
        if self.backend == "c":
            build(self.objective, self.size)
        if self.monitor is not None:
            self.watching = Watching(self.monitor, self.task, self.objective)
        self.calls = Calls(self.callbacks, self.task, self.objective, self.validation, self.watching)
        names = ["loss", *self.metrics]
        validated = [f"validation_{name}" for name in names] if self.validation else []
        self.history = History(["epoch", *names, *validated, "lr", "seconds"])

    def train(self, progress: Progress, seconds: float) -> str:
        """The epochs; whatever ends them, the parameters go to their Values.  What went wrong, or ""."""
        parameters, best, stored = self.objective.parameters, self.best, self.stored
        trouble, ended = "", f"ended after {self.epochs} epochs, as asked"
        epoch, waited = (0, False) if stored is None else (stored.epoch, stored.ended)
        began = perf_counter() - seconds
        try:
            with (
                self.optimizer.on(parameters, self.objective.reached),
                errstate(gradient="raise"),
                progress.over(self.epochs, epoch) as advance,
            ):
                self.tell("on_train_begin")
                while epoch < self.epochs and not waited:
                    epoch += 1
                    self.tell("on_epoch_begin", epoch)
                    waited = self.run_epoch(epoch, best, began)
                    advance(epoch, self.history)
                    self.tell("on_epoch_end", epoch)
                    if stored is not None:
                        stored.after(epoch, self.epochs, waited, self)
                if waited:
                    lowest = f"the lowest loss is that of epoch {best.epoch}"
                    ended = f"stopped early, after epoch {epoch}: {lowest}"
        except Stopped as stopped:
            ended = f"stopped {self.place(epoch)} by the callback {stopped}"
            if stored is not None and epoch == len(self.history["epoch"]) > stored.epoch:
                stored.write(epoch, waited, self)
        except KeyboardInterrupt:
            trouble = f"was interrupted in epoch {epoch or 1}"
        except (DomainError, NonFiniteGradient) as error:
            if error is self.calls.raised:
                raise
            trouble = f"stopped in epoch {epoch}, {self.taken()}: {plain(error)}"
            if self.last_loss > 10 * self.first_loss:
                trouble += f"; the loss had grown to {self.last_loss:.3g}: choose a smaller lr, or clip="
        finally:  # also after an error that is not handled here: then the parameters of the last step stay
            if self.recording is not None:
                self.history.path = self.recording.path(self.steps, self.objective, self.batch)
            if trouble or (self.stopping is not None and self.stopping.restore):
                parameters[:], running = best.state
                self.task.run_on(running)
                origin = f"of epoch {best.epoch}" if best.epoch else "from before training"
                ended = f"{trouble or ended}; the parameters are those {origin}"
            give(self.task.trained, parameters)
            self.history.best_epoch, self.history.stopped = best.epoch or None, ended
        return trouble

    def state(self) -> State:
        """What has to come back to have the model of this moment again."""
        return self.objective.parameters.copy(), self.task.running()

    def run_epoch(self, epoch: int, best: Best, began: float) -> bool:
        """Every batch once, a row of the history; whether early stopping has waited long enough."""
        state_before, lr = self.state(), self.optimizer.lr
        with self.held.let():  # the row of the history and what it means for `best` belong together
            row = self.run_batches(epoch)
            watched = row["loss"]
            if self.validation is not None:
                validated = self.validation(self.objective.parameters, self.metrics)
                watched = validated["loss"]
                row |= {f"validation_{name}": number for name, number in validated.items()}
        self.history.append(epoch=epoch, **row, lr=lr, seconds=perf_counter() - began)
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(watched)
        elif self.schedule is not None:
            self.schedule.step()
        # the loss of a single batch is that of the parameters before its step; any other counts for the last
        of_before = self.validation is None and self.size == len(self.rows)
        return best.waited(epoch, watched, state_before if of_before else self.state())

    def run_batches(self, epoch: int) -> dict[str, float]:
        """A step for each batch; the mean loss, and the metrics of all predictions."""
        import numpy as np

        n, rows, y = len(self.rows), self.rows, self.task.examples.y
        order, parts = deal(self.rng, n, self.size, self.shards)
        if self.size < n:
            rows, y = rows[order], y[order]
        total, outputs = 0.0, []
        for number, part in enumerate(parts, 1):
            places = order[part]
            loss, gradient = self.objective.value_and_grad(rows[part], places)
            if not isfinite(loss):
                raise DomainError(f"the loss is {loss}")
            self.last_loss = loss
            if not self.steps:
                self.first_loss = loss
            total += loss * (part.stop - part.start)
            if self.metrics:
                outputs.append(self.objective.predictions())
            if self.recording is not None:
                self.batch, lr = rows[part], self.optimizer.lr
                self.recording.look(self.steps, self.objective.parameters, loss, gradient, lr)
            gradient = gradient if self.clip is None else self.clip(gradient)
            self.step(epoch, gradient, places)
            self.calls.tell("on_batch_end", self.held, {"loss": loss}, number)
        row = {"loss": total / n}
        if self.metrics:
            row |= evaluate(self.metrics, np.concatenate(outputs), y)
        return row

    # ---------------------------------------------------------------- callbacks

    def tell(self, event: str, *epoch: int) -> None:
        """Call the callbacks, with the last row of the history where one has just ended."""
        if not self.calls.methods[event]:
            return
        ends = event.endswith("end")
        row = {name: column[-1] for name, column in self.history.items() if ends and column}
        row.pop("epoch", None)
        self.calls.tell(event, self.held, row, *epoch)

    def place(self, epoch: int) -> str:
        """When something happened that has to do with an epoch."""
        if epoch == len(self.history["epoch"]):
            return f"after epoch {epoch}" if epoch else "before epoch 1"
        return f"in epoch {epoch}, {self.taken()}"

    def taken(self) -> str:
        return f"after {self.steps} step{'s' if self.steps != 1 else ''}"

    def end(self) -> str:
        """Tell the callbacks that this is the end; the trouble if Ctrl-C comes meanwhile."""
        try:
            self.tell("on_train_end")
        except Stopped:
            pass
        except KeyboardInterrupt:
            self.history.stopped += END_INTERRUPTED
            return END_INTERRUPTED
        return ""

    # ---------------------------------------------------------------- steps

    def step(self, epoch: int, gradient: Floats, places: NDArray[np.int64]) -> None:
        """Move the parameters; a monitor that wants to looks at the batch before, and at the step after."""
        watching = self.watching
        if watching is None or not watching.wants(epoch, self.steps):
            self.optimizer.step(gradient)
            self.steps += 1
            return
        before = watching.before(epoch, self.steps, places)
        self.optimizer.step(gradient)
        self.steps += 1
        watching.after(before)


def plain(error: Exception) -> str:
    """What went wrong, without what holds or helps where no training goes on."""
    return str(error).replace(f"; {IEEE}", "").removesuffix("; no gradient was changed")
