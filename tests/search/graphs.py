"""Random graphs over every operation: engine, `grad`, kernel and NumPy against reverse accumulation in 250 digits."""

from __future__ import annotations

import random

from mpmath import mp, mpf

import microgrid as mg
from helpers.programs import on_numpy
from helpers.random_graphs import DIGITS, LEAVES, NAMES, SAFETY, build, exact, program, within

__all__ = ["try_graph"]


def try_graph(seed: int) -> int:
    """How many numbers of a random graph were compared; AssertionError names the seed where one is wrong."""
    dice = random.Random(seed)
    data = [dice.choice((-1, 1)) * dice.uniform(1e-3, 3) for _ in range(LEAVES)]
    wishes = [(dice.choice(NAMES), dice.randint(0, 40), dice.randint(0, 40), dice.randint(0, 40)) for _ in range(30)]
    with mp.workdps(DIGITS):
        made = program(data, wishes[: dice.randint(8, 30)])
        want, bounds = exact(made)
        nodes = build(made)
        nodes[-1].backward()
        checks = {
            "a value": ([v.data for v in nodes], made.values, [SAFETY * error for error in made.errors]),
            "a gradient": ([v.grad for v in nodes], want, bounds),
            "grad": ([g.data for g in mg.grad(nodes[-1], nodes[:LEAVES])], want[:LEAVES], bounds[:LEAVES]),
        }
        x, *trained = nodes[:LEAVES]
        # a program may round a sum of products once, and take its terms in another order
        for where, runs in (("the program", mg.compile), ("the program on NumPy", lambda *a: on_numpy(mg.compile(*a)))):
            value, gradient = runs(nodes[-1], [x], trained).value_and_grad([[x.data]])
            numbers = [value, *map(float, gradient)]
            wide = [2 * made.errors[-1] * SAFETY, *(2 * bound for bound in bounds[1:LEAVES])]
            checks[where] = (numbers, [made.values[-1], *want[1:LEAVES]], wide)
    for what, (got, right, most) in checks.items():
        assert within(got, right, most), f"{what} of the random graph {seed} is wrong: {_worst(got, right, most)}"
    return sum(len(got) for got, _, _ in checks.values())


def _worst(got: list[float], right: list[mpf], most: list[mpf]) -> str:
    k = max(range(len(got)), key=lambda k: abs(mpf(got[k]) - right[k]) / (most[k] + mpf("1e-300")))
    return f"number {k} is {got[k]!r} and not {mp.nstr(right[k], 17)} ± {mp.nstr(most[k], 3)}"
