"""Random graphs over every operation, against reverse accumulation in many digits, within the bound of rounding."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from helpers.mathematics import reference
from helpers.random_graphs import DIGITS, LEAVES, NAMES, SAFETY, build, exact, gradient, program, within
from microgrid import grad, jvp

leaf_data = st.lists(st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3), min_size=LEAVES, max_size=LEAVES)
small = st.integers(0, 40)
steps = st.lists(st.tuples(st.sampled_from(NAMES), small, small, small), min_size=8, max_size=40)
graphs = settings(deadline=None, max_examples=60)


@pytest.fixture(autouse=True, scope="module")
def digits():
    with mp.workdps(DIGITS):
        yield


@graphs
@given(leaf_data, steps)
def test_values_are_within_the_bound(data, wishes):
    made = program(data, wishes)
    got = [v.data for v in build(made)]
    assert within(got, made.values, [SAFETY * error for error in made.errors])


@graphs
@given(leaf_data, steps)
def test_every_gradient_is_within_the_bound(data, wishes):
    made = program(data, wishes)
    nodes = build(made)
    nodes[-1].backward()
    want, bounds = exact(made)
    assert within([v.grad for v in nodes], want, bounds)


@graphs
@given(leaf_data, steps)
def test_grad_is_within_the_bound(data, wishes):
    made = program(data, wishes)
    nodes = build(made)
    want, bounds = exact(made)
    assert within([g.data for g in grad(nodes[-1], nodes[:LEAVES])], want, bounds)


@graphs
@given(leaf_data, steps)
def test_forward_mode_is_within_the_bound(data, wishes):
    made = program(data, wishes)
    nodes = build(made)
    want, bounds = exact(made)
    assert within([jvp(nodes[-1], {leaf: 1.0}) for leaf in nodes[:LEAVES]], want, bounds)


@pytest.mark.filterwarnings("ignore:.* a second time adds")
@graphs
@given(leaf_data, steps)
def test_a_second_backward_doubles_the_leaves_exactly(data, wishes):
    nodes = build(program(data, wishes))
    once = gradient(nodes)
    assert gradient(nodes) == [2 * g for g in once]


@graphs
@given(leaf_data, steps, st.randoms(use_true_random=False))
def test_the_order_of_independent_steps_only_changes_roundings(data, wishes, shuffle):
    # contributions are added from the newest use to the oldest, and addition rounds
    made = program(data, wishes)
    shuffled = build(made, shuffle=shuffle)
    assert [v.data for v in shuffled] == [v.data for v in build(made)]
    assert within(gradient(shuffled), *exact(made))


@graphs
@given(leaf_data, steps)
def test_names_do_not_matter(data, wishes):
    made = program(data, wishes)
    nodes = build(made)
    for v in nodes:
        v.label = "same"
    assert gradient(nodes) == gradient(build(made))


@graphs
@given(leaf_data, steps)
def test_adding_0_and_multiplying_by_1_does_not_matter(data, wishes):
    made = program(data, wishes)
    want, bounds = exact(made)
    assert within(gradient(build(made, wrap=lambda v: (v + 0) * 1)), want, bounds)


@pytest.mark.filterwarnings("ignore:.* a second time adds")  # where the two losses are one
@graphs
@given(leaf_data, steps, st.integers(0, 40))
def test_the_gradients_of_two_losses_add_up(data, wishes, other):
    made = program(data, wishes)
    made.append("add", (len(made.values) - 1, other % len(made.values)))
    want, bounds = exact(made)
    nodes = build(made)
    for loss in nodes[-1].parents:
        loss.backward()
    assert within([leaf.grad for leaf in nodes[:LEAVES]], want, bounds)


SECOND = int(os.environ.get("SECOND", "100"))
"""How many random expressions are differentiated twice; 5,000 take 10 minutes."""


def bent(made):
    """The second derivatives of the last node in the leaves, and the sums of the absolute values of their terms.

    Forward, node by node: those of f(a, b) are f_a a'' + f_b b'' + f_aa a'a' + 2 f_ab a'b' + f_bb b'b'.
    """
    pairs = [(i, j) for i in range(LEAVES) for j in range(i, LEAVES)]
    first = [([mpf(k == i) for i in range(LEAVES)],) * 2 for k in range(LEAVES)]
    second = [([mpf(0)] * len(pairs),) * 2 for _ in range(LEAVES)]
    for name, operands, constant in made.steps:
        point = (*(made.values[k] for k in operands), *constant)
        slopes, bends = {}, {}
        for letter, k in zip("xy", operands, strict=False):
            slopes[letter] = k, reference(name, letter, *point)
            for other, q in zip("xy", operands, strict=False):
                bends[letter + other] = k, q, reference(name, letter + other, *point)
        made_first, made_second = [], []
        for size, one in enumerate((lambda x: x, abs)):
            gradients = [sum(one(s) * first[k][size][i] for k, s in slopes.values()) for i in range(LEAVES)]
            made_first.append(gradients)
            made_second.append(
                [
                    sum(one(s) * second[k][size][p] for k, s in slopes.values())
                    + sum(one(b) * first[k][size][i] * first[q][size][j] for k, q, b in bends.values())
                    for p, (i, j) in enumerate(pairs)
                ]
            )
        first.append(tuple(made_first))
        second.append(tuple(made_second))
    return dict(zip(pairs, zip(*second[-1], strict=True), strict=True))


def test_second_derivatives_of_random_expressions_are_within_1e_12_of_their_terms():
    dice, worst = random.Random(0), (0.0,)
    for number in range(SECOND):
        data = [dice.choice((-1, 1)) * dice.uniform(1e-3, 3) for _ in range(LEAVES)]
        wishes = [(dice.choice(NAMES), *(dice.randint(0, 40) for _ in range(3))) for _ in range(dice.randint(5, 10))]
        with mp.workdps(DIGITS):
            made = program(data, wishes)
            nodes = build(made)
            made.values[:] = [mpf(v.data) for v in nodes]  # as rounded: what they lost is no error of derivatives
            want = bent(made)
            first = grad(nodes[-1], nodes[:LEAVES])
            for (i, j), (exactly, terms) in want.items():
                for one, other in {(i, j), (j, i)}:
                    found = grad(first[one], nodes[other]).data
                    off = abs(mpf(found) - exactly)
                    worst = max(worst, (float(off / terms) if terms else float(off), number, i, j))
    assert worst[0] < 1e-12, worst
