"""Level 2 of verification: the gradients of a graph are the chain rule of its partials, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import TypeAlias

from ..backward import propagate, turn
from ..base import build
from ..base.phrases import say
from ..engine import Value
from ..pieces.found import places

__all__ = ["Composition", "Residue", "check_composition", "engine_adjoints"]

UNIT = 2.0**-53
"""The unit roundoff: half the distance from 1.0 to the next double."""
TINY = 5e-324
"""The smallest double above 0, which a product too small for a full double can be off by."""
PRIME = 2**61 - 1
"""Modulo an odd prime every double is exact, since its denominator is a power of two and so has an inverse.

Two different numbers have the same residue, so that an error goes unnoticed, with a chance of 1 in 2^61.
"""


def engine_adjoints(root: Value) -> dict[Value, float]:
    """What `root.backward()` would compute, without touching any gradient."""
    nodes, adjoints = propagate(root, 1.0)
    return dict(zip(nodes, adjoints))


class Residue:
    """An integer modulo the prime 2**61 - 1; a float is the fraction it is, so nothing is ever rounded.

    >>> (Residue(0.5) * 6 - 1) / 2 == 1
    True
    """

    __slots__ = ("n",)

    def __init__(self, x: int | float | Fraction) -> None:
        if not isinstance(x, int):
            numerator, denominator = x.as_integer_ratio()
            x = numerator * pow(denominator, -1, PRIME)
        self.n = x % PRIME

    def __add__(self, other: Exact) -> Residue:
        return Residue(self.n + _residue(other))

    def __mul__(self, other: Exact) -> Residue:
        return Residue(self.n * _residue(other))

    def __sub__(self, other: Exact) -> Residue:
        return Residue(self.n - _residue(other))

    def __rsub__(self, other: Exact) -> Residue:
        return Residue(_residue(other) - self.n)

    def __truediv__(self, other: Exact) -> Residue:
        return Residue(self.n * pow(_residue(other), -1, PRIME))

    def __rtruediv__(self, other: Exact) -> Residue:
        return Residue(_residue(other) * pow(self.n, -1, PRIME))

    def __pow__(self, exponent: int) -> Residue:
        return Residue(pow(self.n, exponent, PRIME))

    def __neg__(self) -> Residue:
        return Residue(-self.n)

    __radd__, __rmul__ = __add__, __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Residue | int | float | Fraction) and self.n == _residue(other)

    def __hash__(self) -> int:
        return hash(self.n)


Exact: TypeAlias = "Residue | int | float | Fraction"


def _residue(x: Exact) -> int:
    return x.n if isinstance(x, Residue) else Residue(x).n


@dataclass
class Composition:
    """Level 2: `worst` is the largest share of its rounding bound that any gradient uses."""

    nodes: int
    edges: int
    worst: float = 0.0
    failures: list[str] = field(default_factory=list)
    reason: str = ""


def check_composition(nodes: Sequence[Value]) -> Composition:
    """Whether the backward pass is the chain rule of the recorded partials.

    A gradient has to be 1 at the root and, at every other node, the sum over its outgoing edges of gradient
    times partial.  These equations, taken from the root down, have exactly one solution.  So the engine's own
    walk is run over residues modulo a prime, where they have to hold without any rounding, and in floats,
    where the rounding of each sum is bounded.  Forward accumulation along one direction, modulo the prime, is
    the second witness.
    """
    root = nodes[-1]
    result = Composition(len(nodes), sum(len(v.parents) for v in nodes))
    singular = [v for v in nodes if not all(map(isfinite, v.partials))]
    if singular:
        result.reason = say("a partial of {node} is not finite", node=places(nodes)(singular[0]))
        return result
    floats = engine_adjoints(root)
    if infinite := [v for v in nodes if not isfinite(floats[v])]:
        result.reason = say("the gradient of {node} is not finite", node=places(nodes)(infinite[0]))
        return result
    walk = build.source("backward")  # compiled, it takes nothing but doubles
    walk.turn = turn
    reached, residues = walk.propagate(root, Residue(1))
    exact = {v: _residue(adjoint) for v, adjoint in zip(reached, residues)}
    sums = dict.fromkeys(nodes, 0)
    terms: dict[Value, list[Fraction]] = {v: [] for v in nodes}
    for v in nodes:
        for parent, partial in zip(v.parents, v.partials):
            sums[parent] += exact[v] * _residue(partial)
            terms[parent].append(Fraction(floats[v]) * Fraction(partial))
    place = places(nodes)
    for v in nodes:
        if v is root:
            wrong, share = exact[v] != 1, float(floats[v] != 1.0)
        else:
            wrong = (exact[v] - sums[v]) % PRIME != 0
            share = _share(floats[v], terms[v])
        result.worst = max(result.worst, share)
        if wrong or share > 1.0:
            result.failures.append(
                say(
                    "the gradient of {node} is not the sum over its {n} uses",
                    node=place(v),
                    n=len(terms[v]),
                )
            )
    if not _directions_agree(nodes, exact):
        result.failures.append(say("forward accumulation along a direction gives another derivative"))
    return result


def _share(got: float, terms: Sequence[Fraction]) -> float:
    """|got - sum of terms| as a share of what rounding k products and their sum can cause."""
    error = abs(Fraction(got) - sum(terms))
    if error == 0:
        return 0.0
    # Higham, Accuracy and Stability of Numerical Algorithms (2002), (3.5): k u / (1 - k u) times the terms'
    # sizes, which is at most twice k u for any k that can occur; and a product may underflow
    allowed = len(terms) * (Fraction(UNIT) * sum(map(abs, terms)) * 2 + Fraction(TINY))
    return float(error / allowed) if allowed else 2.0


def _directions_agree(nodes: Sequence[Value], adjoints: dict[Value, int]) -> bool:
    """Whether the derivative along one direction is the same forward and backward, modulo the prime."""
    tangents: dict[Value, int] = {}
    backward = 0
    for k, v in enumerate(nodes):
        if v.parents:
            tangents[v] = (
                sum(_residue(p) * tangents[parent] for p, parent in zip(v.partials, v.parents)) % PRIME
            )
        else:
            tangents[v] = pow(3, 2 * k + 1, PRIME)  # a direction without pattern, the same every time
            backward += tangents[v] * adjoints[v]
    return (backward - tangents[nodes[-1]]) % PRIME == 0
