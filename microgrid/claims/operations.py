"""Claims about a custom operation: those that its author makes by stating its partials, and others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..base.context import errstate
from ..base.phrases import say
from ..custom import CustomOp
from ..engine import Value
from ..errors import GraphError
from ..ops import TABLE
from .algebra.custom import stated
from .formulas import tree_of
from .language.names import Names
from .language.printing import text
from .meaning import Graph

__all__ = ["applied", "own_claims"]

NUMBERS = (0.7, 1.3, 0.4, 1.9)
"""Operands at which an operation is recorded; claims about it are judged elsewhere."""


def applied(function: Callable[..., Any]) -> dict[str, Value]:
    """A custom operation recorded on x1, x2, ..., under its own name.

    TypeError for a function that `custom_op` did not make.
    """
    name = getattr(function, "__name__", "")
    row = TABLE.get(name)
    if not isinstance(row, CustomOp):
        got = name or type(function).__name__
        raise TypeError(f"check takes a Value, what parse returns, or a function of custom_op, got {got}")
    xs = {x: Value(NUMBERS[k % len(NUMBERS)], x) for k, x in enumerate(row.arguments)}
    with errstate(domain="ieee"):
        result = function(*xs.values())
    result.label = name
    return {**xs, "result": result, name: result}


def own_claims(nodes: dict[str, Value]) -> list[str]:
    """The partials that the author of an operation stated, as claims.

    GraphError for partials that take no symbols, or that are too long to be written.
    """
    result = nodes["result"]
    graph = Graph(Names([result]))
    row = result._row
    operands = tuple(graph.of[parent] for parent in result.parents)
    slopes = stated(graph.terms, row, operands) if isinstance(row, CustomOp) else None
    if slopes is None:
        raise GraphError(say("its functions do not take symbols ({error})", error=result.label))
    claims = []
    for parent, slope in zip(result.parents, slopes, strict=True):
        tree = tree_of(slope, graph.names)
        if tree is None:
            raise GraphError(
                f"the partial of {result.label} by {parent.label} is too long to be judged as a claim"
            )
        claims.append(f"d{result.label}/d{parent.label} = {text(tree)}")
    return claims
