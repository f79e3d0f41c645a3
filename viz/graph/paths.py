"""The paths from a node of a trace to its root or another end: a gradient is the sum of their products."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeAlias, TypeVar

from .chain_rule import updates
from .trace import Edge, Trace

__all__ = ["MOST", "Chain", "Paths", "unlinked"]

T = TypeVar("T")
Chain: TypeAlias = tuple[T, "Chain[T]"] | None
"""A path as its last link and the chain before it, which it may share with other paths."""

MOST = 1e308
"""Just below the largest float: sums of counts must not become infinite."""


class Paths:
    """Counts and walks the paths of one trace.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> paths = Paths(read(x * x + x))
    >>> paths.count(0), [[tuple(edge) for edge in path] for path in paths.walk(0)]
    (3.0, [[(1, 0), (2, 0)], [(1, 1), (2, 0)], [(2, 1)]])
    """

    def __init__(self, trace: Trace, end: int | None = None) -> None:
        self._trace = trace
        self._end = trace.root.index if end is None else end
        self._uses: list[list[Edge]] = [[] for _ in trace.nodes]
        for node in trace.nodes[: self._end + 1]:
            for k, parent in enumerate(node.parents):
                self._uses[parent].append(Edge(node.index, k))
        self._counts = [0.0] * len(trace.nodes)
        self._counts[self._end] = 1.0
        for i in reversed(range(self._end)):
            self._counts[i] = min(sum(self._counts[use] for use, _ in self._uses[i]), MOST)

    def uses(self, start: int) -> list[Edge]:
        """The edges that lead out of a node."""
        return self._uses[start]

    def outputs(self, nodes: Collection[int]) -> list[int]:
        """Of nodes that belong together those that others use, or that are the end."""
        inside = set(nodes)
        return [i for i in nodes if i == self._end or any(use not in inside for use, _ in self._uses[i])]

    def count(self, start: int) -> float:
        """How many paths lead to the end; counting stops at `MOST`."""
        return self._counts[start]

    def on_the_way(self, start: int) -> list[int]:
        """The nodes on the paths from a node to the end, both included; none where there is no path."""
        reached = {start}
        for node in self._trace.nodes[start + 1 : self._end + 1]:
            if not reached.isdisjoint(node.parents):
                reached.add(node.index)
        return sorted(i for i in reached if self._counts[i])

    def walk(self, start: int) -> Iterator[list[Edge]]:
        """The paths to the end, as the edges on the way.  Ask for their `count` first."""
        stack: list[tuple[int, Chain[Edge]]] = [(start, None)]
        while stack:
            i, chain = stack.pop()
            if i == self._end:
                yield list(unlinked(chain))[::-1]
            stack.extend((edge.node, (edge, chain)) for edge in reversed(self._uses[i]))

    def slopes(self, path: list[Edge]) -> list[float]:
        """The local derivatives on a path, from the end down: the order in which `backward` multiplies."""
        return [self._trace.nodes[node].partials[k] for node, k in reversed(path)]

    def derivative(self, start: int) -> float:
        """The sum of the products along all paths, by the chain rule."""
        adjoint = 1.0 if start == self._end else 0.0
        for update in updates(self._trace, self._end, reversed(self.on_the_way(start))):
            if update.target == start:
                adjoint = update.after
        return adjoint


def unlinked(chain: Chain[T]) -> Iterator[T]:
    """What a search has put into a chain, the last first; ways that begin alike share their links."""
    while chain:
        link, chain = chain
        yield link
