"""Derivatives in the leaves alone, with sigmoid and its like as they are: no exponentials in one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine import Value
from ..errors import GraphError
from .algebra.points import evaluate
from .formulas import tree_of
from .language.names import Names
from .language.printing import latex, text
from .meaning import Graph, as_written

__all__ = ["leafwise"]


def leafwise(root: Value, called: Mapping[Value, str]) -> Iterator[tuple[Value, str, str, Any]]:
    """For each input and parameter the derivative of the root as text, as LaTeX, and its value in 50 digits.

    A leaf whose derivative has no short formula is left out, and all are where the graph has none.
    """
    names = Names([root])
    leaves = [v for v in names.nodes if v.role in ("input", "parameter") and v is not root]
    names.named = {v: called[v] for v in leaves}
    try:
        graph = Graph(names)
    except GraphError:
        return
    point = {graph.of[v]: as_written(v.data) for v in leaves}
    for v in leaves:
        term = graph.total(root, v)
        tree = tree_of(term, names)
        if tree is not None:
            yield v, text(tree).replace("^", "**"), latex(tree), evaluate([term], point)[0]
