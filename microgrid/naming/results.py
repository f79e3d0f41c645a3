"""What the results of named pieces are called, by the letter of the textbook's formula."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine import Value
from ..pieces import found

__all__ = ["piece_names"]

LETTERS = {
    "softmax": "p", "log_softmax": "log p", "logsumexp": "s", "mean": "m", "maxout": "h", "l1_penalty": "R",
    "l2_penalty": "R",
}  # fmt: skip
"""Of the other pieces, which are losses, it is L."""


def piece_names(nodes: Sequence[Value]) -> dict[Value, str]:
    """A name for each result of the pieces among nodes in `graph.order`.

    >>> from microgrid import Value, softmax
    >>> from microgrid.graph import order
    >>> list(piece_names(order(softmax([Value(1.0), Value(2.0)])[1])).values())
    ['p2']
    """
    named = {}
    for one in found(nodes):
        name = one.piece.name
        for i, v in enumerate(one.outputs):
            number = one.places[i] + 1 if one.places else ""
            named[v] = f"{LETTERS.get(name, 'L')}{number}"
    return named
