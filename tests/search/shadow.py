"""A graph beside the graph: what is recorded, and another way to compute it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import microgrid as mg
from microgrid import Value

__all__ = ["OPERATIONS", "Node", "adjoints", "evaluate", "near", "under"]


def _sigmoid(x: float) -> float:
    return math.exp(x) / (1 + math.exp(x)) if x < 0 else 1 / (1 + math.exp(-x))


@dataclass(frozen=True)
class Operation:
    make: Callable[..., Value]
    value: Callable[..., float]
    partials: Callable[..., tuple[float, ...]]
    operands: int


OPERATIONS = {
    "add": Operation(lambda a, b: a + b, lambda a, b: a + b, lambda a, b: (1, 1), 2),
    "sub": Operation(lambda a, b: a - b, lambda a, b: a - b, lambda a, b: (1, -1), 2),
    "mul": Operation(lambda a, b: a * b, lambda a, b: a * b, lambda a, b: (b, a), 2),
    "neg": Operation(lambda a: -a, lambda a: -a, lambda a: (-1,), 1),
    "square": Operation(lambda a: a**2, lambda a: a * a, lambda a: (2 * a,), 1),
    "cube": Operation(lambda a: a**3, lambda a: a * a * a, lambda a: (3 * a * a,), 1),
    "tanh": Operation(mg.tanh, math.tanh, lambda a: (1 / math.cosh(a) ** 2 if abs(a) < 300 else 0.0,), 1),
    "atan": Operation(mg.atan, math.atan, lambda a: (1 / (1 + a * a),), 1),
    "sigmoid": Operation(mg.sigmoid, _sigmoid, lambda a: (_sigmoid(a) * _sigmoid(-a),), 1),
}


@dataclass(eq=False)
class Node:
    """What is known of a Value: by which operation it was made of which others, and the numbers it had last."""

    value: Value
    name: str = ""
    operands: tuple[int, ...] = ()
    data: float = 0.0
    slopes: tuple[float, ...] = ()
    grad: float = 0.0
    has_grad: bool = False
    users: list[int] = field(default_factory=list)


def near(got: float, want: float, size: float) -> bool:
    return abs(got - want) <= 1e-9 * (abs(size) + 1e-6) or got == want


def under(nodes: Sequence[Node], root: int) -> list[int]:
    """The root and all it is computed from, in the order in which they were made."""
    found, stack = {root}, [root]
    while stack:
        for k in nodes[stack.pop()].operands:
            if k not in found:
                found.add(k)
                stack.append(k)
    return sorted(found)


def adjoints(nodes: Sequence[Node], root: int, slopes: Mapping[int, Sequence[float]]) -> dict[int, tuple[float, float]]:
    """The derivative of the root by each node under it, and the sum of the sizes of its terms: along every path."""
    found: dict[int, tuple[float, float]] = {}
    reached = set(under(nodes, root))
    for k in sorted(reached, reverse=True):
        total = size = 1.0 if k == root else 0.0
        for user in nodes[k].users:
            if user in reached:
                for operand, slope in zip(nodes[user].operands, slopes[user], strict=True):
                    if operand == k:
                        total += found[user][0] * slope
                        size += found[user][1] * abs(slope)
        found[k] = total, size
    return found


def evaluate(
    nodes: Sequence[Node], root: int, at: Mapping[int, float]
) -> tuple[dict[int, float], dict[int, Sequence[float]]]:
    """Values and partials under the root with these data of its leaves; OverflowError where they get too large."""
    data, slopes = dict(at), dict[int, Sequence[float]]()
    for k in under(nodes, root):
        if nodes[k].name:
            xs = [data[i] for i in nodes[k].operands]
            data[k] = OPERATIONS[nodes[k].name].value(*xs)
            slopes[k] = OPERATIONS[nodes[k].name].partials(*xs)
            if not all(map(math.isfinite, (data[k], *slopes[k]))):
                raise OverflowError
    return data, slopes
