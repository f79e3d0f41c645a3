"""Which numbers the page of steps asks for where one predicts first."""

from __future__ import annotations

from collections.abc import Sequence

from microgrid.base.checks import one_of

from ..graph.trace import Trace
from ..words.labels import unicode_name
from ..words.names import names_of
from ..words.numbers import Numbers

__all__ = ["KINDS", "asked"]

KINDS = ("values", "gradients", "parameters")
"""The kinds of numbers that can be asked for alone; the last are the gradients of parameters."""


def asked(trace: Trace, ask: str | Sequence[str] | None, numbers: Numbers) -> str | list[int] | None:
    """What `steps(L).html(ask=...)` was given, with nodes in place of labels; None is all numbers."""
    if ask is None or isinstance(ask, str):
        one_of(ask, "ask", (*KINDS, None))
        return ask
    names, found = names_of(trace, numbers), list[int]()
    for label in ask:
        if not isinstance(label, str):
            kinds = '"values", "gradients", "parameters" or labels of nodes'
            raise TypeError(f"ask is {kinds}, got {type(label).__name__} {label!r:.40}")
        here = [
            node.index for node in trace.nodes if {label, unicode_name(label)} & {node.label, names[node]}
        ]
        if not here:
            some = ", ".join(dict.fromkeys(node.label for node in trace.nodes if node.label)) or "none"
            raise ValueError(f"ask: no node of the graph is labelled {label!r}: labels are {some}")
        found += here
    return found
