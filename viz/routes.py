"""The paths from a node of a trace to its root, along which a gradient is the sum of products."""

from __future__ import annotations

from collections.abc import Iterator

from .snapshot import Trace

__all__ = ["Edge", "Routes"]

Edge = tuple[int, int]
"""An operation's position in the trace, and which of its operands."""


class Routes:
    """Counts and walks the paths of one trace.

    >>> from microgrid import Value
    >>> from viz.snapshot import read
    >>> x = Value(3.0, "x")
    >>> routes = Routes(read(x * x + x))
    >>> routes.count(0), list(routes.walk(0))
    (3, [((1, 0), (2, 0)), ((1, 1), (2, 0)), ((2, 1),)])
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._uses: list[list[Edge]] = [[] for _ in trace.nodes]
        for node in trace.nodes:
            for k, parent in enumerate(node.parents):
                self._uses[parent].append((node.index, k))
        self._counts = [0] * len(trace.nodes)
        self._counts[-1] = 1
        for node in reversed(trace.nodes[:-1]):
            self._counts[node.index] = sum(self._counts[use] for use, _ in self._uses[node.index])

    def uses(self, start: int) -> list[Edge]:
        """The edges that lead out of a node."""
        return self._uses[start]

    def count(self, start: int) -> int:
        """How many paths lead to the root."""
        return self._counts[start]

    def walk(self, start: int) -> Iterator[tuple[Edge, ...]]:
        """The paths to the root, as the edges on the way.  Ask for their `count` first."""
        stack: list[tuple[int, tuple[Edge, ...]]] = [(start, ())]
        while stack:
            i, path = stack.pop()
            if i == self._trace.root.index:
                yield path
            stack.extend((use, (*path, (use, k))) for use, k in reversed(self._uses[i]))

    def slopes(self, path: tuple[Edge, ...]) -> list[float]:
        """The local derivatives on a path, from the root down: the order in which the chain rule multiplies them."""
        return [self._trace.nodes[node].partials[k] for node, k in reversed(path)]
