"""What is written of a box, whether it stands for a node, a sum of products or a piece."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from ..graph.folding import Unit, slopes
from ..graph.paths import Paths
from ..graph.trace import Edge, Trace
from ..style.text import shorten
from . import notation
from .numbers import Numbers
from .sum_texts import SumTexts

__all__ = ["UnitTexts"]

LONGEST_LABEL = 24


class UnitTexts:
    """Formulas of units, and of the derivatives on the arrows between them.

    >>> from microgrid import Value
    >>> from viz.graph.folding import edges, fold
    >>> from viz.graph.trace import read
    >>> trace = read(Value(2.0, "w") * Value(3.0, "x") + Value(1.0, "b"))
    >>> units = fold(trace, None, sums=True)
    >>> texts = UnitTexts(trace, Numbers())
    >>> texts.formula(units[-1])
    'wx + b'
    >>> for tail, head, several in edges(trace, units):
    ...     print(texts.derivative(head, several, texts.slope(tail, head, several)))
    x = 3
    w = 2
    1
    """

    def __init__(self, trace: Trace, numbers: Numbers) -> None:
        self._trace, self._numbers = trace, numbers
        self._outputs: dict[int, list[int]] = {}
        self._sums: dict[int, SumTexts] = {}
        self._slopes: dict[int, dict[Edge, float]] = {}

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self._trace)

    def outputs(self, unit: Unit) -> list[int]:
        """Those of its nodes that are used outside it, or that are the root."""
        if unit.last not in self._outputs:
            self._outputs[unit.last] = self._paths.outputs(unit.nodes)
        return self._outputs[unit.last]

    def formula(self, unit: Unit, longest: int | None = None) -> str:
        """How a unit was made, ``z = w₁x₁ + b``, in no more characters than this; a leaf's label."""
        if unit.kind == "sum":
            name = self._sum(unit).formula(longest)
            return name if longest is None else shorten(name, longest)
        node = self._trace.nodes[unit.last]
        name = notation.equation(self._trace, node, self._numbers)
        if longest is None:
            return name
        if node.op and len(name) > longest and len(node.label) > LONGEST_LABEL:
            # leave room to see the operation
            name = shorten(node.label, LONGEST_LABEL) + name.removeprefix(node.label)
        return shorten(name, longest)

    def symbol(self, unit: Unit) -> str:
        """The operation alone."""
        return "Σ" if unit.kind == "sum" else notation.symbol(self._trace.nodes[unit.last], self._numbers)

    def slope(self, tail: Unit, head: Unit, edges: Sequence[Edge]) -> float | None:
        """The derivative of a unit by way of the edges from another; None where these are several
        derivatives, and where the operand is a constant."""
        sources = {self._trace.operand(edge).index for edge in edges}
        if len(sources) > 1 or self._trace.operand(edges[0]).role == "constant":
            return None
        if head.kind == "node":
            return self._trace.nodes[head.last].partials[edges[0].operand]
        if len(self.outputs(head)) > 1 or (head.kind == "scope" and len(self.outputs(tail)) > 1):
            return None
        if head.last not in self._slopes:
            self._slopes[head.last] = slopes(self._trace, head, self.outputs(head)[0])
        return sum(self._slopes[head.last][edge] for edge in edges)

    def derivative(self, head: Unit, edges: Sequence[Edge], slope: float) -> str:
        """What stands on an arrow whose derivative is this: ``x = 3``, or the number alone."""
        if head.kind == "node":
            node, k = self._trace.nodes[head.last], edges[0].operand
            return notation.local_derivative(self._trace, node, k, self._numbers)
        if head.kind == "sum":
            return self._sum(head).derivative(edges, slope)
        return self._numbers(slope)

    def _sum(self, unit: Unit) -> SumTexts:
        if unit.last not in self._sums:
            self._sums[unit.last] = SumTexts(self._trace, unit, self._numbers)
        return self._sums[unit.last]
