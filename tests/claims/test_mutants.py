"""True formulas of random graphs with one slip planted: the verdict is right, and a slip is named.

What is true is told by backward passes at random points (`helpers.claim_mutants`), not by the terms of the package.
"""

from __future__ import annotations

import random
from math import isclose

import pytest

from helpers.claim_mutants import SLIPS, Formula, Numbers, random_formula, readings, values_at
from microgrid import check


def answer_for(formula: Formula):
    return check(values_at(formula.graph, random.Random(5)), formula.claim)[0]


def mutants(seed: int, count: int):
    """As many mutants that are no identity, each with the name of its slip."""
    rng, names, made = random.Random(seed), list(SLIPS), 0
    while made < count:
        slip = names[made % len(names)]
        mutant = SLIPS[slip](random_formula(rng), rng)
        if mutant is not None:
            made += 1
            yield slip, mutant


def is_right(mutant: Formula, answer) -> bool:
    """Whether the verdict is: true in the readings in which it is, and false only where the numbers say so."""
    if answer.true:
        return set(answer.reading) == readings(mutant)
    found = answer.counterexample
    numbers = Numbers(mutant, random.Random(0), 1.0, found.values)
    forward = sum(numbers.products("forward"))
    close = isclose(forward, found.claimed, rel_tol=1e-6, abs_tol=1e-9)
    return close and isclose(numbers.total(mutant.of, mutant.by), found.actual, rel_tol=1e-6, abs_tol=1e-9)


def judge(seed: int, count: int) -> tuple[int, int]:
    """How many mutants were false, and of how many a slip was named; every verdict is right."""
    false = named = 0
    for _, mutant in mutants(seed, count):
        answer = answer_for(mutant)
        assert is_right(mutant, answer), mutant.claim
        if answer.true is False:
            false += 1
            named += answer.slip != "none"
    return false, named


def test_forty_mutants_are_found_and_their_slips_named():
    false, named = judge(seed=11, count=40)
    assert false >= 25
    assert named >= 0.95 * false


@pytest.mark.slow
def test_a_thousand_mutants_are_found_and_their_slips_named():
    false, named = judge(seed=17, count=1_000)
    assert false >= 700
    assert named >= 0.95 * false


def test_what_is_true_is_true_on_random_graphs():
    rng = random.Random(4)
    for _ in range(12):
        formula = random_formula(rng)
        answer = answer_for(formula)
        assert answer.true is True
        assert set(answer.reading) == readings(formula)
