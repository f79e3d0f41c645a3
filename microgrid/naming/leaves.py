"""What leaves without any name are called, and where Python's `sum` has put a 0 before the first of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from operator import attrgetter

from ..base.nodes import CONSTANT, PARAMETER
from ..engine import Value

__all__ = ["is_start", "letter_leaves", "past_start"]


def letter_leaves(bare: Sequence[Value], named: dict[Value, str], nodes: Sequence[Value]) -> None:
    """Leaves without any name are x1, x2, ..., or w1, w2, ..., in the order in which they were made, and
    biases b, or b1, b2, ...; what is taken is passed over."""
    taken = set(named.values())
    biases = _biases(nodes, [v for v in bare if v._role == PARAMETER])
    counts = {"x": 0, "w": 0, "b": 0}
    for v in sorted(bare, key=attrgetter("_serial")):
        letter = "b" if v in biases else "w" if v._role == PARAMETER else "x"
        if letter == "b" and len(biases) == 1 and "b" not in taken:
            named[v] = "b"
            continue
        counts[letter] += 1
        while f"{letter}{counts[letter]}" in taken:
            counts[letter] += 1
        named[v] = f"{letter}{counts[letter]}"


def _biases(nodes: Sequence[Value], parameters: Sequence[Value]) -> set[Value]:
    """Those that are only ever added to a product, or to a sum that has one."""
    found = set(parameters)
    sums: set[Value] = set()
    for v in nodes if found else ():
        parents = v.parents
        if (v.op in ("add", "sub") and not sums.isdisjoint(parents)) or v.op == "mul":
            sums.add(v)
        for k, parent in enumerate(parents):
            if parent in found and not (v.op == "add" and parents[1 - k] in sums):
                found.discard(parent)
    return found


def is_start(v: Value) -> bool:
    """Whether it is 0 + x, with which Python's `sum` begins: within formulas it is x.

    >>> from microgrid import Value
    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> from microgrid.naming.names import names
    >>> list(names(sum([x, y])).values())
    ['0', 'x', '0 + x', 'y', 'x + y']
    """
    if v.op != "add":
        return False
    zero, _ = v.parents
    return zero._role == CONSTANT and not zero._label and zero._data == 0.0


def past_start(v: Value, named: Container[Value]) -> Value:
    """What stands for an operand within formulas: of 0 + x, which nobody has named, it is x."""
    return v.parents[1] if v not in named and is_start(v) else v
