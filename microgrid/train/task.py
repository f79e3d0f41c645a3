"""What is computed for every batch, a model, a loss and a penalty, and what a forward pass leaves behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, TypeAlias

from .. import arguments
from ..arguments import Floats
from ..base.context import at_once, no_grad
from ..engine import Value
from ..nn.losses import Loss, loss_function
from ..nn.module import Model, Module, outputs, parts
from ..nn.regularizers import dropouts, norms
from .examples import Examples, targets

__all__ = ["Penalty", "Task", "go_back", "states"]

Penalty: TypeAlias = Callable[[Sequence[Value]], Value]
"""What is added to the loss: a function of the model's parameters."""


class Task:
    """A model to be trained in its parameters `trained`, by loss and penalty, on examples of one shape."""

    def __init__(
        self,
        model: Model,
        loss: str | Loss,
        penalty: Penalty | None,
        trained: list[Value],
        examples: Examples,
    ) -> None:
        self.model: Any = model  # which need not have the other methods of a Module
        self.penalty, self.trained, self.examples = penalty, trained, examples
        self.loss = loss_function(loss)
        inputs = getattr(model, "nin", 1)
        if examples.X.ndim == 1 and isinstance(inputs, int) and inputs > 1:
            raise ValueError(
                f"{examples.what}: X has {len(examples)} samples of one number each, and the model takes "
                f"{inputs} inputs: pass a row for each sample, X=[x] for one"
            )
        if penalty is not None and not callable(penalty):
            raise TypeError(
                "penalty is a function of model.parameters() that gives a Value, such as "
                f"lambda ps: nn.losses.l2_penalty(ps, 0.1): got {type(penalty).__name__} {penalty!r}"
            )
        if penalty is not None:
            arguments.called(penalty, "penalty", "parameters")
        self.modules = parts(model)
        self.dropouts, self.norms = dropouts(self.modules), norms(self.modules)
        self.saved = [(m, name) for m in self.modules for name in getattr(m, "saved", ())]

    # ---------------------------------------------------------------- in Python

    def predict(self, samples: list[Any]) -> list[Any]:
        """The predictions for a batch."""
        return outputs(self.model, samples)

    def single(self) -> bool:
        """Whether the model gives a Value itself for each sample, and no list, as most of one output do."""
        with self.mode(True), self.untouched(), no_grad():
            return isinstance(self.predict(self.samples(self.examples.rows[:2]))[0], Value)

    def objective(self, predictions: list[Any], answers: list[Any]) -> Value:
        """The loss of a batch."""
        loss = self.loss(predictions, answers)
        if not isinstance(loss, Value):
            raise TypeError(f"the loss has to give a Value to differentiate, got {type(loss).__name__}")
        return loss

    def added(self) -> Value | None:
        """The penalty of the parameters as they are."""
        if self.penalty is None:
            return None
        penalty = self.penalty(self.model.parameters())
        if not isinstance(penalty, Value):
            raise TypeError(f"the penalty has to give a Value to differentiate, got {type(penalty).__name__}")
        return penalty

    def samples(self, rows: Floats) -> list[Any]:
        """The samples in rows of the examples, as numbers."""
        shape = self.examples.X.shape[1:]
        return [arguments.nested(row, shape) for row in rows[:, : self.examples.inputs].tolist()]

    def answers(self, rows: Floats) -> list[Any]:
        """The targets in rows of the examples, as numbers."""
        shape, whole = self.examples.y.shape[1:], self.examples.whole
        return [targets(row, shape, whole) for row in rows[:, self.examples.inputs :].tolist()]

    # ---------------------------------------------------------------- what a forward pass leaves behind

    def masks(self) -> list[tuple[Any, list[Value]]]:
        """The dropouts, each with the masks that it drew in the forward pass just made, if any."""
        return [(dropout, list(dropout.masks)) for dropout in self.dropouts if dropout.masks]

    def state(self) -> dict[str, float]:
        """All that the model has learned, by name; by number where it is no Module."""
        if isinstance(self.model, Module):
            return self.model.state_dict()
        return {str(k): p.data for k, p in enumerate(self.model.parameters())}

    def running(self) -> list[list[float]]:
        """What the modules have learned without a gradient: the running statistics of batch normalisation."""
        return [list(getattr(m, name)) for m, name in self.saved]

    def run_on(self, running: list[list[float]]) -> None:
        """Go back to what they had learned."""
        modules, names = zip(*self.saved) if self.saved else ((), ())
        at_once(map(setattr, modules, names, map(list, running)))

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """What is computed inside uses no random numbers of later steps and moves no running statistics."""
        before = self.left_behind()
        try:
            yield
        finally:
            self.go_back(before)

    @contextmanager
    def as_it_was(self) -> Iterator[None]:
        """After an error, or Ctrl-C, the modules and the random sources are as they were before the block."""
        modes = [(m, m.training) for m in self.modules if hasattr(m, "training")]
        before = self.left_behind()
        try:
            yield
        except BaseException:
            for m, training in modes:
                m.training = training
            self.go_back(before)
            raise

    def left_behind(self) -> tuple[list[list[float]], list[tuple[Any, Any]]]:
        """The running statistics and the random sources, with their states."""
        return self.running(), states([random, *self.sources()])

    def go_back(self, before: tuple[list[list[float]], list[tuple[Any, Any]]]) -> None:
        """To what was `left_behind`."""
        running, sources = before
        self.run_on(running)
        go_back(sources)

    def sources(self) -> list[Any]:
        """The random sources of the modules."""
        attributes = {id(x): x for m in self.modules for x in getattr(m, "__dict__", {}).values()}
        return [x for x in attributes.values() if isinstance(x, random.Random) or hasattr(x, "bit_generator")]

    @contextmanager
    def mode(self, training: bool) -> Iterator[None]:
        """The modules are in training or not, and afterwards what they were."""
        known = [(m, m.training) for m in self.modules if hasattr(m, "training")]
        for m, _ in known:
            m.training = training
        try:
            yield
        finally:
            at_once(map(setattr, [m for m, _ in known], repeat("training"), [before for _, before in known]))


def states(sources: list[Any]) -> list[tuple[Any, Any]]:
    """Random sources, NumPy's and Python's, each with its state."""
    return [(x, x.bit_generator.state if hasattr(x, "bit_generator") else x.getstate()) for x in sources]


def go_back(drawn: list[tuple[Any, Any]]) -> None:
    """Give the sources these `states`."""
    for source, state in drawn:
        if hasattr(source, "bit_generator"):
            source.bit_generator.state = state
        else:
            source.setstate(state)
