"""Random graphs over every operation, against reverse accumulation in many digits, within the bound of rounding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

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
