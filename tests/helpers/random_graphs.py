"""Random graphs over every operation, and reverse accumulation in many digits with a bound for the rounding errors.

A fixed tolerance would be wrong here: cancellation can lose every digit of a gradient.  So the reference also carries,
to first order, how far a computation in doubles may be off, and steps that are badly conditioned (close to a kink or
a pole, or steeper than 1e4) are replaced by a sine, whose bound stays small.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import product

from mpmath import mpf

from helpers.mathematics import BINARY, CONSTANTS, PIECES, U, apply, reference
from microgrid import Value

NAMES = tuple(PIECES)
LEAVES = 3
SAFETY = 2  # for what is of second order in the bound
ROUNDING = 8 * U  # the error of one operation, relative to its result and to its conditioning
DIGITS = 250  # values stay below 20, and 1 - erf(20) is 5e-176


@dataclass
class Program:
    """Leaves, then steps (operation, operand numbers, constants), with the exact value and error bound of each node."""

    data: list[float]
    steps: list[tuple[str, tuple[int, ...], tuple[float, ...]]] = field(default_factory=list)
    values: list[mpf] = field(default_factory=list)
    errors: list[mpf] = field(default_factory=list)

    def append(self, name: str, operands: tuple[int, ...], constant: tuple[float, ...] = ()) -> None:
        point = (*(self.values[k] for k in operands), *constant)
        value = reference(name, "", *point)
        error = ROUNDING * abs(value)
        for letter, k in zip("xy", operands, strict=False):
            slope = abs(reference(name, letter, *point))
            error += slope * (self.errors[k] + ROUNDING * abs(self.values[k]))
        self.steps.append((name, operands, constant))
        self.values.append(value)
        self.errors.append(error)


def tame(name: str, operands: tuple[mpf, ...], constant: tuple[float, ...]) -> bool:
    """Whether the operation is smooth around the point, and neither large nor steep there."""
    step = mpf("1e-3")
    pieces = set()
    for near in product(*((x - step, x, x + step) for x in operands)):
        x, y = (*near, *constant, mpf(0))[:2]
        pieces.add(next((k for k, piece in enumerate(PIECES[name]) if piece.holds(x, y)), None))
    if len(pieces) > 1 or None in pieces or (name == "pow" and operands[0] < 0):
        return False
    orders = ("", "x", "xx", "y", "xy", "yy")[: 6 if name in BINARY else 3]
    sizes = [abs(reference(name, letters, *operands, *constant)) for letters in orders]
    return sizes[0] < 20 and max(sizes) < 1e4


def program(data: list[float], wishes: list[tuple[str, int, int, int]]) -> Program:
    made = Program(data, values=list(map(mpf, data)), errors=[mpf(0)] * len(data))
    for name, i, j, c in wishes:
        count = len(made.values)
        # the last node is always used, so that most of the graph hangs under the root
        operands = (count - 1, i % count)[:: 1 if j % 2 else -1] if name in BINARY else (count - 1 - i % 2,)
        constant = (CONSTANTS[name][c % len(CONSTANTS[name])],) if name in CONSTANTS else ()
        if tame(name, tuple(made.values[k] for k in operands), constant):
            made.append(name, operands, constant)
        else:
            made.append("sin", operands[:1])
    return made


def exact(made: Program) -> tuple[list[mpf], list[mpf]]:
    """The gradient of the last node in every node, and how far doubles may be off, by reverse accumulation."""
    count = len(made.values)
    adjoints, errors = [mpf(0)] * count, [mpf(0)] * count
    adjoints[-1] = mpf(1)
    for v in range(count - 1, LEAVES - 1, -1):
        name, operands, constant = made.steps[v - LEAVES]
        point = (*(made.values[k] for k in operands), *constant)
        letters = "xy"[: len(operands)]
        for letter, k in zip(letters, operands, strict=True):
            slope = reference(name, letter, *point)
            slack = ROUNDING * abs(slope)
            for other, q in zip(letters, operands, strict=True):
                bend = abs(reference(name, letter + other, *point))
                slack += bend * (made.errors[q] + ROUNDING * abs(made.values[q]))
            adjoints[k] += adjoints[v] * slope
            errors[k] += errors[v] * (abs(slope) + slack) + abs(adjoints[v]) * (slack + 4 * U * abs(slope))
    return adjoints, [SAFETY * error for error in errors]


def build(made: Program, wrap=lambda v: v, shuffle: random.Random | None = None) -> list[Value]:
    """The program in Values; with `shuffle`, its steps in another order that computes the same."""
    nodes: dict[int, Value] = {k: Value(x) for k, x in enumerate(made.data)}
    waiting = list(enumerate(made.steps, start=LEAVES))
    while waiting:
        ready = [k for k, (_, (_, operands, _)) in enumerate(waiting) if all(i in nodes for i in operands)]
        v, (name, operands, constant) = waiting.pop(shuffle.choice(ready) if shuffle else ready[0])
        nodes[v] = wrap(apply(name, *(nodes[k] for k in operands), *constant))
    return [nodes[k] for k in range(len(nodes))]


def gradient(nodes: list[Value]) -> list[float]:
    nodes[-1].backward()
    return [leaf.grad for leaf in nodes[:LEAVES]]


def within(got: list[float], want: list, bounds: list[mpf], scale: float = 1.0) -> bool:
    return all(abs(mpf(g) - w) <= scale * b + 1e-300 for g, w, b in zip(got, want, bounds, strict=False))
