"""The paths from a node of a trace to its root or another end, along which a gradient is the sum of products."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..words.numbers import Numbers
from .trace import Trace

__all__ = ["MOST", "Edge", "Paths"]

Edge = tuple[int, int]
"""An operation's position in the trace, and which of its operands."""

Link = tuple["Link", Edge] | None
"""A path that shares its beginning with others: the path up to an edge, and the edge."""

MOST = 1e308


class Paths:
    """Counts and walks the paths of one trace.

    >>> from microgrid import Value
    >>> from viz.graph.trace import read
    >>> x = Value(3.0, "x")
    >>> paths = Paths(read(x * x + x))
    >>> paths.count(0), list(paths.walk(0))
    (3.0, [[(1, 0), (2, 0)], [(1, 1), (2, 0)], [(2, 1)]])
    """

    def __init__(self, trace: Trace, end: int | None = None) -> None:
        self._trace = trace
        self._end = trace.root.index if end is None else end
        self._uses: list[list[Edge]] = [[] for _ in trace.nodes]
        for node in trace.nodes[: self._end + 1]:
            for k, parent in enumerate(node.parents):
                self._uses[parent].append((node.index, k))
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

    def written_count(self, start: int, numbers: Numbers) -> str:
        """``1.845e19``, or that there are more than can be counted."""
        count = self.count(start)
        return numbers(count) if count < MOST else f"> {numbers(MOST)}"

    def on_the_way(self, start: int) -> list[int]:
        """The nodes on the paths from a node to the end, both included; none where there is no path."""
        reached = {start}
        for node in self._trace.nodes[start + 1 : self._end + 1]:
            if not reached.isdisjoint(node.parents):
                reached.add(node.index)
        return sorted(i for i in reached if self._counts[i])

    def walk(self, start: int) -> Iterator[list[Edge]]:
        """The paths to the end, as the edges on the way.  Ask for their `count` first."""
        stack: list[tuple[int, Link]] = [(start, None)]
        while stack:
            i, link = stack.pop()
            if i == self._end:
                yield _unlinked(link)
            stack.extend((use, (link, (use, k))) for use, k in reversed(self._uses[i]))

    def slopes(self, path: list[Edge]) -> list[float]:
        """The local derivatives on a path, from the end down: the order in which the chain rule multiplies them."""
        return [self._trace.nodes[node].partials[k] for node, k in reversed(path)]

    def derivative(self, start: int) -> float:
        """The sum of the products along all paths, by the chain rule."""
        inside = self.on_the_way(start)
        adjoint = dict.fromkeys(inside, 0.0) | {self._end: 1.0}
        for i in reversed(inside):
            for parent, partial in zip(
                self._trace.nodes[i].parents, self._trace.nodes[i].partials, strict=True
            ):
                if parent in adjoint and adjoint[i]:  # as in `backward`, 0 times infinity is 0
                    adjoint[parent] += adjoint[i] * partial
        return adjoint[start]


def _unlinked(link: Link) -> list[Edge]:
    path = []
    while link:
        link, edge = link
        path.append(edge)
    return path[::-1]
