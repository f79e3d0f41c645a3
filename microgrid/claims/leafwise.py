"""Derivatives by leaves with sigmoid and its like as they are, or as the results that have names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..engine import Value
from ..errors import GraphError
from ..naming.labels import is_given
from .algebra.points import evaluate
from .algebra.terms import ARITHMETIC
from .formulas import tree_of
from .language.names import Names
from .language.printing import latex, text
from .meaning import Graph

__all__ = ["leafwise"]


def leafwise(root: Value, called: Mapping[Value, str]) -> Iterator[tuple[Value, str, str, Any]]:
    """For each input and parameter the derivative of the root as text, as LaTeX, and its value in 50 digits.

    It is written with the leaves, and where somebody has given names to results of sigmoid and its like, with
    these: h*(1 - h), so that nothing is nested.

    A leaf whose derivative has no short formula is left out, and all are where the graph has none.
    """
    names = Names([root])
    leaves = [v for v in names.nodes if v.role in ("input", "parameter") and v is not root]
    names.named = {v: called[v] for v in leaves}
    if any(v.label and not is_given(v) and _is_function(v) for v in names.nodes if v is not root):
        chosen = (v for v in names.nodes if v.op and v is not root and v.label and not is_given(v))
        names.named.update((v, called[v]) for v in chosen)
    try:
        graph = Graph(names)
    except GraphError:
        return
    point = {graph.of[v]: Fraction(v.data) for v in leaves if v.data - v.data == 0}
    if len(point) < len(leaves):
        return
    for v in leaves:
        term = graph.total(root, v)
        tree = tree_of(term, names)
        if tree is not None:
            yield v, text(tree).replace("^", "**"), latex(tree), evaluate([term], point)[0]


def _is_function(v: Value) -> bool:
    """Whether a node is the result of an operation that is no arithmetic, such as sigmoid."""
    return bool(v.op) and v.op not in ARITHMETIC
