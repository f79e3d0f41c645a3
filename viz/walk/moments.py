"""The course of a computation, operations and uses of the chain rule, and what is known after each."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from ..graph.chain_rule import Update, updates
from ..graph.folding import Unit
from ..graph.trace import Edge, Node, Trace
from .boxwise import in_turn, regrouped

__all__ = ["GROUPINGS", "Frame", "History", "Moment", "Stage", "frame_index", "grouping", "remember", "walk"]

ONE_BY_ONE = 60
"""Operations up to which "auto" shows each; 50 of them and their 150 steps back are what one sits through."""


@dataclass(frozen=True)
class Moment:
    """What happens between two frames: operations are computed, or gradients passed along edges."""

    phase: str
    computed: tuple[int, ...] = ()
    updates: tuple[Update, ...] = ()
    active: tuple[int, ...] = ()
    """The nodes that get a value or a gradient."""
    edges: tuple[Edge, ...] = ()
    """The edges that are used."""
    scope: str = ""
    """What a moment stands for that is more than one operation or edge."""
    unit: Unit | None = None
    """The box that it stands for, where a picture has sums of products or pieces as one box each."""


class Stage:
    """What is known at a moment: a number or None for each node, and the edges that gradients have passed."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.data: list[float | None] = [None if node.op else node.data for node in trace.nodes]
        self.grads: list[float | None] = [None] * len(trace.nodes)
        self.passed: set[Edge] = set()

    def advance(self, moment: Moment) -> None:
        for i in moment.computed:
            self.data[i] = self._trace.nodes[i].data
        if moment.phase == "seed":
            self.grads[-1] = 1.0
        for update in moment.updates:
            self.grads[update.target] = update.after
            self.passed.add(update.edge)


def walk(trace: Trace, by: str = "operation", units: Sequence[Unit] = ()) -> list[Moment]:
    """The moments of a trace, from the start to the end.

    `units` are the boxes of its picture: "auto" takes no smaller parts than those.

    The gradients are those of `backward` to the last bit, because contributions are added in the same order:
    from the newest operation to the oldest, its operands from left to right.  Where some of the boxes are
    sums or pieces, "auto" takes one step forward and one back for each box.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> [[update.after for update in moment.updates] for moment in walk(read(x * x + x)) if moment.updates]
    [[1.0], [1.0], [4.0], [7.0]]
    """
    if by == "auto" and (boxes := in_turn(trace, units)) and len(boxes) <= ONE_BY_ONE:
        return _walk_boxes(trace, boxes)
    part = _parts(trace, by, units)
    operations = [trace.nodes[i] for i in trace.operations]
    moments = [Moment("start")]
    for (_, scope), run in groupby(operations, key=part):
        moments.append(_forward(list(run), scope))
    moments.append(Moment("seed", active=(trace.root.index,)))
    sweep = updates(trace, trace.root.index, reversed(trace.operations))
    for (_, scope), passed in groupby(sweep, key=lambda update: part(trace.nodes[update.edge.node])):
        # constants have no gradient in any picture
        several = [update for update in passed if trace.nodes[update.target].role != "constant"]
        if scope and several:
            moments.append(_backward(several, scope))
        else:
            moments += [_backward([update], "") for update in several]
    return [*moments, Moment("end")]


def _walk_boxes(trace: Trace, boxes: Sequence[Unit]) -> list[Moment]:
    """A step for each box that computes something, and one back."""
    moments, when = [Moment("start")], {i: k for k, i in enumerate(trace.operations)}
    for unit in boxes:
        computed = [trace.nodes[i] for i in sorted(unit.nodes, key=lambda i: when.get(i, -1)) if i in when]
        moments.append(replace(_forward(computed, _scope(unit)), unit=unit))
    moments.append(Moment("seed", active=(trace.root.index,)))
    for unit, passed in regrouped(trace, boxes):
        several = [update for update in passed if trace.nodes[update.target].role != "constant"]
        if several:
            moment = _backward(several, _scope(unit))
            active = tuple(i for i in moment.active if unit.kind == "scope" or i not in unit.nodes)
            moments.append(replace(moment, active=active, unit=unit))
    return [*moments, Moment("end")]


def _scope(unit: Unit) -> str:
    return "/".join(unit.scope or ())


def _forward(nodes: list[Node], scope: str) -> Moment:
    computed = tuple(node.index for node in nodes)
    edges = tuple(Edge(node.index, k) for node in nodes for k in range(len(node.parents)))
    return Moment("forward", computed=computed, active=computed, edges=edges, scope=scope)


def _backward(updates: list[Update], scope: str) -> Moment:
    targets = tuple(dict.fromkeys(update.target for update in updates))
    edges = tuple(update.edge for update in updates)
    return Moment("backward", updates=tuple(updates), active=targets, edges=edges, scope=scope)


# ---------------------------------------------------------------- more than one operation at a time


def _alone(node: Node) -> tuple[int, str]:
    return node.index, ""


def _by_neuron(node: Node) -> tuple[int, str]:
    """A part for the innermost scope; what no scope holds is alone."""
    return (-1, "/".join(node.scope)) if node.scope else _alone(node)


def _by_layer(node: Node) -> tuple[int, str]:
    """A part for the scope around the innermost one, if there is one."""
    return (-1, "/".join(node.scope[:-1] or node.scope)) if node.scope else _alone(node)


GROUPINGS: dict[str, Callable[[Node], tuple[int, str]]] = {
    "operation": _alone,
    "neuron": _by_neuron,
    "layer": _by_layer,
}
"""What one moment stands for; "auto" takes the first that makes few enough of them."""


def grouping(trace: Trace, by: str) -> str:
    """The name of what a moment stands for, where no box of the picture stands for more than a node."""
    if by != "auto":
        return by
    return next((name for name, part in GROUPINGS.items() if _count(trace, part) <= ONE_BY_ONE), "layer")


def _parts(trace: Trace, by: str, units: Sequence[Unit]) -> Callable[[Node], tuple[int, str]]:
    if by != "auto":
        return GROUPINGS[by]
    parts = list(GROUPINGS.values())
    folded = {i: (-1, "/".join(unit.scope)) for unit in units if unit.scope is not None for i in unit.nodes}
    if folded:
        parts[0] = lambda node: folded.get(node.index) or _alone(node)
    return next((part for part in parts if _count(trace, part) <= ONE_BY_ONE), parts[-1])


def _count(trace: Trace, part: Callable[[Node], tuple[int, str]]) -> int:
    """How many moments forward it makes."""
    return sum(1 for _ in groupby((trace.nodes[i] for i in trace.operations), key=part))


# ---------------------------------------------------------------- what is known after each moment


@dataclass(frozen=True)
class History:
    """What is known after each moment.

    `values` holds for each node the moment in which its value comes, and the value; `gradients` the moments
    in which its gradient changes, and what to.
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

    def is_complete(self, node: int, k: int) -> bool:
        """Whether nothing is added to its gradient after moment k."""
        return not self.gradients[node] or self.gradients[node][-1][0] <= k


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


def frame_index(k: int, count: int) -> int:
    """Which of so many frames `walk[k]` is, where −1 is the last; IndexError if there is none.

    >>> frame_index(-1, 5)
    4
    """
    if not -count <= k < count:
        raise IndexError(f"frame {k} of {count}: they are numbered from 0 to {count - 1}")
    return k % count


@dataclass(frozen=True)
class Frame:
    """The state of the computation after one step, and in words what the step did.

    `phase` is "start", "forward", "seed", "backward" or "end".  `node` is the operation's position in the
    graph's order, on the way back with `operand`, which of its operands a contribution went to; in "seed" it
    is the result.
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
