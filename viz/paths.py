"""The paths from a node of a trace to its root, along which a gradient is the sum of products."""

from __future__ import annotations

from collections.abc import Iterator

from .snapshot import Trace

__all__ = ["Edge", "Paths"]

Edge = tuple[int, int]
"""An operation's position in the trace, and which of its operands."""

Link = tuple["Link", Edge] | None
"""A path that shares its beginning with others: the path up to an edge, and the edge."""

MOST = 1e308


class Paths:
    """Counts and walks the paths of one trace.

    >>> from microgrid import Value
    >>> from viz.snapshot import read
    >>> x = Value(3.0, "x")
    >>> paths = Paths(read(x * x + x))
    >>> paths.count(0), list(paths.walk(0))
    (3.0, [[(1, 0), (2, 0)], [(1, 1), (2, 0)], [(2, 1)]])
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._uses: list[list[Edge]] = [[] for _ in trace.nodes]
        for node in trace.nodes:
            for k, parent in enumerate(node.parents):
                self._uses[parent].append((node.index, k))
        self._counts = [0.0] * len(trace.nodes)
        self._counts[-1] = 1.0
        for node in reversed(trace.nodes[:-1]):
            self._counts[node.index] = min(sum(self._counts[use] for use, _ in self._uses[node.index]), MOST)

    def uses(self, start: int) -> list[Edge]:
        """The edges that lead out of a node."""
        return self._uses[start]

    def count(self, start: int) -> float:
        """How many paths lead to the root; counting stops at `MOST`."""
        return self._counts[start]

    def walk(self, start: int) -> Iterator[list[Edge]]:
        """The paths to the root, as the edges on the way.  Ask for their `count` first."""
        stack: list[tuple[int, Link]] = [(start, None)]
        while stack:
            i, link = stack.pop()
            if i == self._trace.root.index:
                yield _unlinked(link)
            stack.extend((use, (link, (use, k))) for use, k in reversed(self._uses[i]))

    def slopes(self, path: list[Edge]) -> list[float]:
        """The local derivatives on a path, from the root down: the order in which the chain rule multiplies them."""
        return [self._trace.nodes[node].partials[k] for node, k in reversed(path)]


def _unlinked(link: Link) -> list[Edge]:
    path = []
    while link:
        link, edge = link
        path.append(edge)
    return path[::-1]
