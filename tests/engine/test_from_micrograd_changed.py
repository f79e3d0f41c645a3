"""Data that are assigned between forward and backward: a gradient that may not be the one meant is told of, once."""

import warnings

import micrograd.engine
import pytest

from helpers.engines import each_engine
from helpers.told import PAGE, told


@each_engine
@pytest.mark.parametrize(
    "operation", [lambda w: w * w, lambda w: w**3, lambda w: 2 / w, lambda w: w.exp(), lambda w: w.log()]
)
def test_data_assigned_after_the_root_warn_and_change_no_gradient(engine, operation):
    w = engine.Value(1.5, label="w")
    y = operation(w) + 1
    before = y.parents[0].partials
    w.data = -2.5
    (text,) = told(y.backward)
    assert "the data of 'w' (-2.5)" in text
    assert text.endswith(f"({PAGE}#changed)")
    assert w.grad == sum(p for x, p in zip(y.parents[0].parents, before, strict=True) if x is w)


@each_engine
@pytest.mark.parametrize(
    "operation", [lambda w: (w * 3) ** 2, lambda w: (3 * w + 2 - w / 4).tanh(), lambda w: (w + 1) * (w - 1)]
)
def test_data_are_followed_through_operations_to_the_partials_that_they_change(engine, operation):
    w, other = engine.Value(0.1, label="w"), engine.Value(2.0, label="other")
    y = (operation(w) + other * 3) * 2
    want = engine.Value(0.1)
    (operation(want) * 2).backward()
    w.data = 0.5
    (text,) = told(y.backward)
    assert text.startswith("the data of 'w' (0.5) was assigned after ")
    assert abs(w.grad - want.grad) < 1e-15


@each_engine
def test_the_advice_leaves_a_gradient_that_is_right(engine):
    """Losses collected over samples in the same input, as online programs have them: recompute would spoil them."""
    x, w = engine.Value(0.0, "x"), engine.Value(1.0, "w")
    losses = []
    for sample in (1.0, 2.0, 3.0):
        x.data = sample
        losses.append((x * w) ** 2)
    texts = [text for loss in losses for text in told(loss.backward)]
    assert w.grad == 2.0 * (1 + 4 + 9)
    (text,) = texts
    assert "the gradients are those of the numbers of that forward pass, which is right if they were meant" in text
    assert "microgrid.recompute(y)" in text


@each_engine
def test_it_is_said_once_and_where_it_is_an_error_no_gradient_has_changed(engine):
    w = engine.Value(1.5)
    y, z = w * w, w * w
    w.data = 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="was assigned after"):
            y.backward()
    assert not w.has_grad
    assert told(z.backward) == []
    assert w.grad == 3.0


def steps(m, w):
    for _ in range(3):
        (w * w * 3).backward()
        w.data -= 0.1 * w.grad
        w.grad = 0.0


def steps_of_an_optimizer(m, w):
    optimizer = m.optim.SGD([w], lr=0.1)
    for _ in range(3):
        loss = w * w * 3
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def one_graph_recomputed(m, w):
    y = w * w * 3
    for _ in range(3):
        w.grad = 0.0
        y.backward()
        w.data -= 0.1 * w.grad
        m.recompute(y)


def difference_quotient(m, w):
    y = (w**2).exp()
    w.data += 1e-3
    above = (w**2).exp().data
    w.data -= 2e-3
    below = (w**2).exp().data
    w.data += 1e-3
    y.backward()
    assert abs((above - below) / 2e-3 - w.grad) < 1e-2


def other_data(m, w):
    y, other = w * w, m.Value(1.0)
    other.data = 2.0
    y.backward()


def only_a_sum(m, w):
    y = (w + 1) * 2
    w.data = 7.0
    y.backward()


def only_beside_literals(m, w):
    y = (3 * w + 2) / 4 - w * 3 - 2
    w.data = 7.0
    y.backward()
    assert abs(w.grad - (3 / 4 - 3)) < 1e-15


def on_the_same_side_of_a_kink(m, w):
    y = (w * 3).relu() + abs(w + 1)
    w.data = 7.0
    y.backward()
    assert w.grad == 4.0


def where_nothing_arrives(m, w):
    y = (w * w * 0.0) + w * 2 * 0.0
    w.data = 7.0
    y.backward(0.0)


def the_same_number(m, w):
    y = w * w
    w.data = w.data
    y.backward()


FOLLOWED = [
    steps, steps_of_an_optimizer, one_graph_recomputed, difference_quotient, other_data, only_a_sum,
    only_beside_literals, on_the_same_side_of_a_kink, where_nothing_arrives, the_same_number,
]  # fmt: skip


@each_engine
@pytest.mark.parametrize("program", FOLLOWED, ids=lambda program: program.__name__)
def test_nothing_is_said_where_the_gradient_is_that_of_the_data_now(engine, program):
    assert told(lambda: program(engine, engine.Value(1.5))) == []


@each_engine
def test_a_root_that_was_recomputed_silences_no_other(engine):
    w = engine.Value(1.5, "w")
    y, z = w * w, w**3
    w.data = 2.0
    engine.recompute(y)
    assert told(y.backward) == []
    assert w.grad == 4.0
    (text,) = told(z.backward)
    assert "was assigned after w**3" in text


@each_engine
def test_a_root_that_was_recomputed_is_looked_at_once_data_are_assigned_again(engine):
    w = engine.Value(1.5, "w")
    y = w * w
    w.data = 2.0
    engine.recompute(y)
    w.data = 3.0
    assert len(told(y.backward)) == 1


@each_engine
def test_a_graph_that_is_recomputed_in_every_step_is_never_searched(engine, monkeypatch):
    monkeypatch.setattr(engine.compat.slips, "_outdated", None)
    one_graph_recomputed(engine, engine.Value(1.5))


@each_engine
def test_a_custom_operation_is_not_called_to_find_out(engine):
    calls = []
    square = engine.custom_op("counted_here", value=lambda x: calls.append(x) or x * x, partials=[lambda x: 2 * x])
    w = engine.Value(1.5)
    y = square(w)
    w.data, made = 3.0, len(calls)
    assert told(y.backward) == []
    assert (len(calls), w.grad) == (made, 3.0)


@each_engine
def test_the_search_ends_where_it_was_in_vain(engine, monkeypatch):
    looked = []
    monkeypatch.setattr(engine.compat.slips, "_outdated", lambda root: looked.append(root) or {})
    w, other = engine.Value(1.5), engine.Value(0.0)
    for _ in range(100):
        y = w * w
        other.data += 1.0
        y.backward()
        w.grad = 0.0
    assert len(looked) == engine.compat.slips.LOOKS


def losses_in_one_input(value_of):
    x, w = value_of(0.0), value_of(1.0)
    total = value_of(0.0)
    for sample in (1.0, 2.0, 3.0):
        x.data = sample
        total = total + x * w
    total.backward()
    return w.grad


@each_engine
def test_data_assigned_in_the_middle_of_the_forward_pass_have_the_partials_of_that_moment(engine):
    assert told(lambda: losses_in_one_input(engine.Value)) == []
    assert losses_in_one_input(engine.Value) == 1 + 2 + 3
    assert losses_in_one_input(micrograd.engine.Value) == 3 * 3  # as the page says
