"""The kernel agrees with the engine on random graphs, whatever the instruction set, the batch and the threads.

`GRAPHS=50000 python -m pytest tests/programs/test_agreement.py` draws more graphs than the 1,000 that are drawn by default.
"""

from __future__ import annotations

import os
import random
from itertools import pairwise

import numpy as np
import pytest

import microgrid as mg
from helpers.programs import BINARY, TINY, UNARY, UNIT, Drawn, Eager, apply, compiled, draw, eager
from microgrid.ops import TABLE

kernel = pytest.importorskip(
    "microgrid.programs.kernel", reason="optional: the native kernel is not built", exc_type=ImportError
)
GRAPHS = int(os.environ.get("GRAPHS", "1000"))
PART = 50
SIZES = (1, 2, 31, 32, 33, 100)


def repeated(want: Eager, batch: int) -> Eager:
    """The same samples over and over, up to a whole batch."""
    rows = np.arange(batch) % len(want.values)
    return Eager(*(part[rows] for part in vars(want).values()))


def agree_in_sum(want: Eager, total: float) -> bool:
    """The last output, summed in any order."""
    values, bounds = want.values[:, -1], want.value_bounds[:, -1]
    return abs(total - values.sum()) <= 2 * bounds.sum() + 2 * len(values) * UNIT * np.abs(values).sum() + TINY


def check(drawn: Drawn, want: Eager, X: np.ndarray | None, threads: int, level: str) -> None:
    """All outputs, and the last one's value and gradient in every reduction."""
    program, last = compiled(drawn), compiled(drawn, last=True)
    machine, theta, batch = last._machine, last.parameters, len(want.values)
    assert want.agree(program._machine.forward(theta, X, False, threads, level).reshape(batch, -1))
    total, gradient = machine.value_and_grad(theta, X, "sum", threads, level)
    assert agree_in_sum(want, total)
    assert want.agree_in_sum(gradient)
    mean, gradient = machine.value_and_grad(theta, X, "mean", threads, level)
    assert agree_in_sum(want, mean * batch)
    assert want.agree_in_sum(gradient * batch)
    if X is None:
        return
    values, gradients = machine.value_and_grad(theta, X, None, threads, level)
    assert np.all(np.abs(values - want.values[:, -1]) <= 2 * want.value_bounds[:, -1] + TINY)
    assert want.agree_by_sample(gradients)


def check_everywhere(drawn: Drawn, seed: int, batches: tuple[int, ...], distinct: int) -> None:
    """One or two threads, in turns, on each instruction set."""
    if not drawn.inputs:
        want = eager(drawn, np.empty((1, 0)))
        for level in kernel.levels():
            check(drawn, want, None, 1, level)
        return
    X = np.random.default_rng(seed).uniform(-2, 2, (distinct, drawn.inputs))
    want = eager(drawn, X)
    for batch in batches:
        for turn, level in enumerate(kernel.levels(), seed):
            check(drawn, repeated(want, batch), np.resize(X, (batch, drawn.inputs)), 1 + turn % 2, level)


@pytest.mark.parametrize("first", range(0, GRAPHS, PART))
def test_random_graphs(first):
    for seed in range(first, min(first + PART, GRAPHS)):
        check_everywhere(draw(50_000 + seed), seed, (SIZES[seed // 2 % len(SIZES)],), distinct=2)


@pytest.mark.parametrize("seed", range(10))
def test_every_batch_size(seed):
    drawn = next(found for k in range(100) if (found := draw(100 * seed + k)).inputs)
    check_everywhere(drawn, seed, SIZES, distinct=5)


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_samples(seed):
    drawn = next(found for k in range(100) if (found := draw(3000 + 100 * seed + k)).inputs)
    for turn in (seed, seed + 1):
        check_everywhere(drawn, turn, (10_000,), distinct=7)


# ---------------------------------------------------------------- what small graphs do not have


def layers(widths: list[int], terms: int) -> Drawn:
    """Dense layers with more neurons than the kernel takes at a time, in every remainder, and a sum of uniform parts."""
    counts = [terms * widths[0] + widths[0], *(a * b + b for a, b in pairwise(widths))]

    def build(xs, ps):
        at, nodes = 0, xs
        for depth, (width, count) in enumerate(zip(widths, counts)):
            w = ps[at : at + count]
            weights = [w[width + k * len(nodes) :] for k in range(width)]
            sums = [mg.sum([w[k], *(a * x for a, x in zip(weights[k], nodes))]) for k in range(width)]
            nodes = [[mg.relu, mg.tanh][depth % 2](s) for s in sums]
            at += count
        return [mg.sum(nodes) - mg.sum(p * p for p in ps) * 0.01]

    dice = random.Random(terms)
    return Drawn(terms, sum(counts), build, [dice.uniform(-0.7, 0.7) for _ in range(sum(counts))])


@pytest.mark.parametrize(
    ("widths", "terms"), [([3, 1], 1), ([16, 16], 2), ([17, 5, 1], 3), ([34, 7], 4), ([7, 19], 9), ([15, 6, 2], 25)],
    ids=str,
)  # fmt: skip
def test_layers(widths, terms):
    check_everywhere(layers(widths, terms), sum(widths), (1, 2, 33, 100), distinct=3)


@pytest.mark.parametrize("name", [name for name in UNARY + BINARY if TABLE[name].value])
def test_every_operation_beside_itself(name):
    """Nineteen of one kind, which the kernel takes together: on samples, on parameters alone, and on both."""

    c = None if TABLE[name].constant is None else 3.0 if name == "powc" else 0.2

    def build(xs, ps):
        found = [apply(name, xs[0] * ps[k], xs[1] + ps[k + 1], constant=c) for k in range(19)]
        found += [apply(name, ps[k], ps[k + 1], constant=c) for k in range(19)]
        found += [apply(name, xs[0], ps[k], constant=c) + apply(name, ps[k], xs[1], constant=c) for k in range(19)]
        return [mg.sum(v * 0.1 for v in found)]

    dice = random.Random(name)
    drawn = Drawn(2, 20, build, [dice.uniform(-1.5, 1.5) for _ in range(20)])
    check_everywhere(drawn, len(name), (3, 33), distinct=3)
