"""Random graphs to compile, and what the engine says about them: values, gradients and how far rounding may go."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import pytest

import microgrid as mg
from microgrid import Value, graph
from microgrid.ops import TABLE
from microgrid.programs.program import Program
from microgrid.proof.rounding import rounding_bounds

# What keeps a row's operand inside its domain and its result tame, whatever the operand.
INTO = {
    "sqrt": lambda x: x * x + 0.5, "log": lambda x: x * x + 0.5, "log1p": lambda x: x * x - 0.5,
    "asin": lambda x: mg.tanh(x) * 0.9, "acos": lambda x: mg.tanh(x) * 0.9, "tan": mg.tanh,
    "pow": lambda x: x * x + 0.5, "exp": mg.tanh, "expm1": mg.tanh, "sinh": mg.tanh, "cosh": mg.tanh,
}  # fmt: skip
UNIT, TINY = 2.0**-53, 1e-300
UNARY = [name for name, row in TABLE.items() if row.arity == 1]
BINARY = [name for name, row in TABLE.items() if row.arity == 2]
EXPONENTS = (2.0, 3.0, 1.0, 0.0)


def apply(name: str, *operands: Value, constant: float | None = None) -> Value:
    """A row on operands that are brought into its domain."""
    x = INTO[name](operands[0]) if name in INTO else operands[0]
    if name in BINARY:
        y = operands[1]
        y = y * y + 0.5 if name == "div" else mg.tanh(y) if name == "pow" else y
        symbol = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__"}
        return getattr(x, symbol[name])(y) if name in symbol else getattr(mg, name)(x, y)
    if name == "powc":
        return x**constant
    if name == "neg":
        return -x
    return getattr(x, name)() if constant is None else getattr(x, name)(constant)


@dataclass
class Drawn:
    """A graph as a function of its leaves, so that it can be built again for any sample."""

    inputs: int
    parameters: int
    build: Callable[[list[Value], list[Value]], list[Value]]
    at: list[float]
    """The data of the parameters."""


def draw(seed: int, steps: int = 12) -> Drawn:
    """A random graph: sums in all shapes, products, dense layers, every row, reuse, constants, uniform parts."""
    dice = random.Random(seed)
    inputs, parameters = dice.randrange(4), dice.randrange(1, 8)
    plan = [(dice.choice(STEPS), dice.randrange(2**32)) for _ in range(dice.randrange(1, steps))]
    outputs = dice.choice([1, 1, 1, 2, 5])

    def build(xs: list[Value], ps: list[Value]) -> list[Value]:
        nodes = [*xs, *ps]
        for step, choice in plan:
            step(nodes, random.Random(choice), ps)
        return nodes[-outputs:]

    return Drawn(inputs, parameters, build, [dice.uniform(-1.5, 1.5) for _ in range(parameters)])


def some_sum(nodes: list[Value], dice: random.Random, ps: list[Value]) -> None:
    """A tree of sums and differences over nodes, products, negatives and numbers."""
    terms = [dice.choice([pick, pick, product, negative, literal])(nodes, dice) for _ in range(dice.randrange(2, 9))]
    while len(terms) > 1:
        i = dice.choice([0, 0, dice.randrange(len(terms) - 1)])
        a, b = terms[i], terms.pop(i + 1)
        terms[i] = dice.choice([(a, b), (b, a), (a, -b)])
        terms[i] = terms[i][0] + terms[i][1] if dice.random() < 0.7 else terms[i][0] - terms[i][1]
        if dice.random() < 0.1:
            terms[i] = -terms[i]
    nodes.append(mg.tanh(terms[0]) if dice.random() < 0.5 else terms[0] * 0.3)


def pick(nodes: list[Value], dice: random.Random) -> Value:
    return nodes[-1] if dice.random() < 0.4 else dice.choice(nodes)


def product(nodes: list[Value], dice: random.Random) -> Value:
    return pick(nodes, dice) * dice.choice([pick, pick, literal])(nodes, dice)


def negative(nodes: list[Value], dice: random.Random) -> Value:
    return -dice.choice([pick, product])(nodes, dice)


def literal(nodes: list[Value], dice: random.Random) -> Value:
    return Value(dice.choice([0.0, 1.0, -2.0, dice.uniform(-1, 1)]))


def some_row(nodes: list[Value], dice: random.Random, ps: list[Value]) -> None:
    name = dice.choice([*UNARY, *BINARY])
    constant = dice.choice(EXPONENTS) if name == "powc" else 0.3 if TABLE[name].constant is not None else None
    nodes.append(apply(name, pick(nodes, dice), pick(nodes, dice), constant=constant) * 0.5)


def dense(nodes: list[Value], dice: random.Random, ps: list[Value]) -> None:
    """A layer: several sums of the same shape over the same nodes, with weights that are used again."""
    xs = [pick(nodes, dice) for _ in range(dice.randrange(1, 6))]
    name = dice.choice(["tanh", "sigmoid", "relu", "leaky_relu", "neg"])
    bias = dice.random() < 0.5
    made = []
    for k in range(dice.randrange(1, 6)):
        total = ps[k % len(ps)] if bias else xs[0] * 0.5
        for j, x in enumerate(xs):
            total = total + ps[(k * len(xs) + j) % len(ps)] * x * (0.5 if dice.random() < 0.1 else 1.0)
        total = total * 0.3 if dice.random() < 0.2 else total
        made.append(apply(name, total, constant=0.1 if name == "leaky_relu" else None))
    nodes.extend(made)


def scan(nodes: list[Value], dice: random.Random, ps: list[Value]) -> None:
    """Steps of the same shape of which each needs the one before."""
    h = pick(nodes, dice)
    for _ in range(dice.randrange(2, 5)):
        h = mg.tanh(h * ps[0] + ps[-1])
        nodes.append(h)


STEPS = [some_sum, some_sum, some_row, some_row, dense, scan]


@dataclass
class Eager:
    """What the engine says about samples, with bounds for how far doubles may be off."""

    values: np.ndarray
    gradients: np.ndarray
    value_bounds: np.ndarray
    gradient_bounds: np.ndarray

    def agree(self, values: np.ndarray) -> bool:
        """Both may be off by the bound, to opposite sides."""
        return bool(np.all(np.abs(values - self.values) <= 2 * self.value_bounds + TINY))

    def agree_by_sample(self, gradients: np.ndarray) -> bool:
        return bool(np.all(np.abs(gradients - self.gradients) <= 2 * self.gradient_bounds + TINY))

    def agree_in_sum(self, gradient: np.ndarray, times: float = 1.0) -> bool:
        """The samples may be added in any order."""
        slack = len(self.gradients) * UNIT * np.abs(self.gradients).sum(axis=0)
        bound = 2 * self.gradient_bounds.sum(axis=0) + 2 * slack + TINY
        return bool(np.all(np.abs(gradient - times * self.gradients.sum(axis=0)) <= times * bound))


def eager(drawn: Drawn, X: np.ndarray) -> Eager:
    """Values (batch, outputs), gradients of the last output (batch, parameters), and bounds of both."""
    found = [_one(drawn, x) for x in X]
    return Eager(*(np.array(part) for part in zip(*found)))


def _one(drawn: Drawn, x: np.ndarray) -> tuple[list[float], ...]:
    xs, ps = [Value(v) for v in x], [mg.parameter(p) for p in drawn.at]
    outputs = drawn.build(xs, ps)
    bounds = [rounding_bounds(graph.order(y))[0][y] for y in outputs]
    outputs[-1].backward()
    gradients = rounding_bounds(graph.order(outputs[-1]))[1]
    return [y.data for y in outputs], [p.grad for p in ps], bounds, [gradients.get(p, 0.0) for p in ps]


def compiled(drawn: Drawn, last: bool = False) -> Program:
    """The program of a drawn graph, recorded at other data of its inputs; with `last`, of its last output alone."""
    xs, ps = [Value(0.3) for _ in range(drawn.inputs)], [mg.parameter(p) for p in drawn.at]
    outputs = drawn.build(xs, ps)
    return mg.compile(outputs[-1] if last else outputs, xs, ps)


def on_numpy(program: Program) -> Program:
    """The same program without the native kernel."""
    program._machine = None
    return program


def as_built(program: Program) -> Program:
    """The program on the kernel, where that is built."""
    return program


def falling_back(program: Program) -> AbstractContextManager[object]:
    """Where the kernel runs, it leaves to NumPy what is called in here, and says so."""
    on_the_kernel = program._machine is not None
    return pytest.warns(RuntimeWarning, match="this call ran on NumPy") if on_the_kernel else nullcontext()
