"""The course of a computation, moment by moment: each operation forward, then each use of the chain rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..graph.folding import Unit
from ..graph.paths import Edge
from ..graph.trace import Node, Trace

__all__ = ["GROUPINGS", "Moment", "Stage", "Update", "grouping", "walk"]

ONE_BY_ONE = 60
"""Operations up to which "auto" shows each; 50 steps and their 150 backward are about what one sits through."""


@dataclass(frozen=True)
class Update:
    """What comes along one edge: the operation's gradient times the local derivative, added to the operand's."""

    edge: Edge
    target: int
    outer: float
    before: float | None
    after: float


@dataclass(frozen=True)
class Moment:
    """What happens between one frame and the next: operations are computed, or gradients passed along edges."""

    phase: str
    computed: tuple[int, ...] = ()
    updates: tuple[Update, ...] = ()
    active: tuple[int, ...] = ()
    """The nodes that get a value or a gradient."""
    edges: tuple[Edge, ...] = ()
    """The edges that are used."""
    scope: str = ""
    """What a moment stands for that is more than one operation or edge."""


class Stage:
    """What is known at one moment: a number or None for each node, and the edges that the gradient has passed."""

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

    The gradients are those of `backward` to the last bit, because contributions are added in the same order: from
    the newest operation to the oldest, its operands from left to right.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> [[update.after for update in moment.updates] for moment in walk(read(x * x + x)) if moment.updates]
    [[1.0], [1.0], [4.0], [7.0]]
    """
    part = _parts(trace, by, units)
    operations = [trace.nodes[i] for i in trace.operations]
    moments = [Moment("start")]
    for (_, scope), run in groupby(operations, key=part):
        moments.append(_forward(list(run), scope))
    moments.append(Moment("seed", active=(trace.root.index,)))
    gradients: list[float | None] = [None] * len(trace.nodes)
    gradients[-1] = 1.0
    for (_, scope), run in groupby(reversed(operations), key=part):
        updates = [update for node in run for update in _updates(trace, node, gradients)]
        if scope and updates:
            moments.append(_backward(updates, scope))
        else:
            moments += [_backward([update], "") for update in updates]
    return [*moments, Moment("end")]


def _forward(nodes: list[Node], scope: str) -> Moment:
    computed = tuple(node.index for node in nodes)
    edges = tuple((node.index, k) for node in nodes for k in range(len(node.parents)))
    return Moment("forward", computed=computed, active=computed, edges=edges, scope=scope)


def _backward(updates: list[Update], scope: str) -> Moment:
    targets = tuple(dict.fromkeys(update.target for update in updates))
    edges = tuple(update.edge for update in updates)
    return Moment("backward", updates=tuple(updates), active=targets, edges=edges, scope=scope)


def _updates(trace: Trace, node: Node, gradients: list[float | None]) -> Iterator[Update]:
    """What an operation passes on to its operands; constants have no gradient in any picture."""
    outer = gradients[node.index] or 0.0
    for k, operand in enumerate(trace.operands(node)):
        if operand.role == "constant":
            continue
        before = gradients[operand.index]
        term = outer * node.partials[k] if outer else 0.0  # as in `backward`, 0 times infinity is 0
        after = gradients[operand.index] = (before or 0.0) + term
        yield Update((node.index, k), operand.index, outer, before, after)


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
