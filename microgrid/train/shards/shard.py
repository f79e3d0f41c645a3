"""What a worker holds: its samples, and the program of one sample's loss."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...arguments import Floats
from ...base.context import errstate
from ...errors import DomainError, NonFiniteGradient
from ...programs.program import Program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Part", "Shard", "Work"]


@dataclass(frozen=True)
class Work:
    """What all workers are sent: the program of the loss, and what its inputs have to be within."""

    total: Program
    limits: Program | None = None
    low: Floats | None = None
    high: Floats | None = None

    def outside(self, X: Floats, parameters: Floats) -> bool:
        """Whether the loss would raise in Python, as for a prediction that is no probability."""
        if self.limits is None:
            return False
        self.limits.parameters = parameters
        numbers = self.limits(X)
        return bool(((numbers < self.low) | (numbers > self.high)).any())


@dataclass(frozen=True)
class Part:
    """Of a batch, what lies on one worker: the places of its samples, None for all, and their masks."""

    places: NDArray[np.int64] | None
    masks: Floats | None = None


class Shard:
    """Some of the samples, on a worker; `threads` of its processors are its own."""

    def __init__(self, work: Work, rows: Floats, threads: int) -> None:
        limits = None if work.limits is None else copy(work.limits)
        self.work = replace(work, total=copy(work.total), limits=limits)  # workers may be threads
        self.rows = rows
        self.work.total.quiet = True
        self.work.total.threads = threads

    def value_and_grad(self, parameters: Floats, part: Part) -> tuple[float, Floats] | None:
        """The sum of the losses and that of their gradients; None if one of them has none that is finite."""
        import numpy as np

        rows = self.rows if part.places is None else self.rows[part.places]
        X = rows if part.masks is None else np.hstack([rows, part.masks])
        if self.work.outside(X, parameters):
            return None
        self.work.total.parameters = parameters
        try:
            with errstate(gradient="raise"):
                value, gradient = self.work.total.value_and_grad(X, "sum")
        except (DomainError, NonFiniteGradient):
            return None
        return value, gradient
