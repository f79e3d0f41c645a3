"""What is known after each moment of a walk, for whoever asks for moments in any order."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..graph.paths import Edge
from ..graph.trace import Trace
from .moments import Moment

__all__ = ["Frame", "History", "remember"]


@dataclass(frozen=True)
class History:
    """What is known after each moment.

    `values` holds for each node the moment in which its value comes, and the value; `gradients` the moments in which
    its gradient changes, and what to.
    """

    values: tuple[tuple[int, float], ...]
    gradients: tuple[tuple[tuple[int, float], ...], ...]

    def data(self, k: int) -> tuple[float | None, ...]:
        """The value of each node after moment k, None before it is computed."""
        return tuple([value if when <= k else None for when, value in self.values])

    def grads(self, k: int) -> tuple[float | None, ...]:
        """The gradient of each node after moment k, None before anything has been passed to it."""
        return tuple([_after(changes, k) for changes in self.gradients])

    def grad(self, node: int, k: int) -> float | None:
        """That of one node."""
        return _after(self.gradients[node], k)


def _after(changes: Sequence[tuple[int, float]], k: int) -> float | None:
    """The last number of those that came up to moment k."""
    place = bisect_right(changes, (k, math.inf))
    return changes[place - 1][1] if place else None


def remember(trace: Trace, moments: Sequence[Moment]) -> History:
    """Take down what each moment makes known."""
    values = [(0, node.data) for node in trace.nodes]
    gradients: list[list[tuple[int, float]]] = [[] for _ in trace.nodes]
    for k, moment in enumerate(moments):
        for i in moment.computed:
            values[i] = (k, trace.nodes[i].data)
        if moment.phase == "seed":
            gradients[-1].append((k, 1.0))
        for update in moment.updates:
            gradients[update.target].append((k, update.after))
    return History(tuple(values), tuple(map(tuple, gradients)))


@dataclass(frozen=True)
class Frame:
    """The state of the computation after one step, and in words what the step did.

    `phase` is "start", "forward", "seed", "backward" or "end".  `node` is the operation's position in the graph's
    order, on the way back with `operand`, which of its operands a contribution went to; in "seed" it is the result.
    """

    index: int
    phase: str
    node: int | None
    operand: int | None
    caption: str
    history: History = field(repr=False)
    active: tuple[int, ...] = ()
    """The nodes that the step gave a value or a gradient."""
    edges: tuple[Edge, ...] = ()
    """The edges it used: each an operation and which operand."""

    @property
    def data(self) -> tuple[float | None, ...]:
        """The value of each node, None where there is none yet."""
        return self.history.data(self.index)

    @property
    def grads(self) -> tuple[float | None, ...]:
        """The gradient of each node, None where there is none yet; constants never get one."""
        return self.history.grads(self.index)
