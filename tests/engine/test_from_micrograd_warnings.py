"""What is different from micrograd on purpose raises or warns with the section of the page that says why."""

import re
import warnings

import micrograd.engine
import pytest

from helpers import ROOT, needs_checkout
from helpers.engines import each_engine

PAGE = "docs/from-micrograd.md"


def told(call):
    """The warnings of a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in caught]


def fourth_power(engine, x=1.5):
    a = engine.Value(x)
    b = a * a
    return a, b * b


# ---------------------------------------------------------------- what raises


RAISING = {
    "finite": lambda m, v: m.Value(float("inf")),
    "truth": lambda m, v: bool(v),
    "labels": lambda m, v: m.Value(2.0, label=3),
    "_prev": lambda m, v: setattr(v, "_prev", ()),
    "_op": lambda m, v: setattr(v, "_op", "+"),
    "_backward": lambda m, v: setattr(v, "_backward", lambda: None),
    "operations": lambda m, v: m.Value(7.0, (v,), "swish"),
}


@each_engine
@pytest.mark.parametrize("section", RAISING)
def test_what_is_refused_on_purpose_names_the_section(engine, section):
    with pytest.raises(Exception, match=rf"\({PAGE}#{section}\)$"):
        RAISING[section](engine, engine.Value(2.0) * 3)


@needs_checkout
def test_every_section_that_the_code_names_stands_on_the_page():
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\S+)$", page, re.M))
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "microgrid").rglob("*.py")]
    named = {name for text in code for name in re.findall(r"""on_page\([^#]*?,\s*"(\w+)",?\s*\)""", text, re.S)}
    assert {"operations", "attributes"} <= named <= sections
    assert set(RAISING) | {"twice", "changed", "data"} <= sections
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= sections


# ---------------------------------------------------------------- two passes of one root


@each_engine
def test_a_second_pass_of_one_root_warns_and_doubles(engine):
    a, c = fourth_power(engine)
    c.label = "c"
    c.backward()
    once = a.grad
    (text,) = told(c.backward)
    assert a.grad == 2 * once == 27.0
    assert text.startswith("backward() of 'c' (5.0625) a second time")
    assert text.endswith(f"({PAGE}#twice)")
    theirs, root = fourth_power(micrograd.engine)
    root.backward(), root.backward()
    assert theirs.grad == 40.5
    assert told(lambda: fourth_power(engine)[1].backward()) == []


@each_engine
def test_it_is_said_once_in_a_process(engine):
    first, second = fourth_power(engine)[1], fourth_power(engine)[1]
    assert [len(told(y.backward)) for y in (first, first, first, second, second)] == [0, 1, 0, 0, 0]


@each_engine
def test_where_a_warning_is_an_error_no_gradient_has_changed(engine):
    a, c = fourth_power(engine)
    c.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="a second time"):
            c.backward()
    assert a.grad == 13.5


def several_graphs(m, a):
    for _ in range(3):
        (a * a).backward()


def zeroed(m, a):
    c = a * a * 3
    for _ in range(3):
        c.backward()
        a.grad = 0.0


def recomputed(m, a):
    c = a * a * 3
    for _ in range(3):
        m.recompute(c)
        c.backward()


def roots_that_share(m, a):
    b = a * a
    (b + a).backward()
    b.backward()
    (b + a).backward()


def in_turns(m, a):
    y, z = a * a, a * 3
    for _ in range(3):
        y.backward()
        z.backward()


def inner_then_outer(m, a):
    b = a * 3
    b.backward()
    (b * 1.0).backward()
    b.backward()


def nothing_arrives(m, a):
    c = (a * -1).relu()
    c.backward()
    c.backward()


def other_seeds(m, a):
    c = a * a
    c.backward(2.0)
    c.backward(-1.0)


def only_inputs_kept(m, a):
    x = m.Value(2.0)
    c = a * x
    for _ in range(3):
        c.backward()
        a.grad = 0.0


ADDING_UP = [
    several_graphs, zeroed, recomputed, roots_that_share, in_turns, inner_then_outer,
    nothing_arrives, other_seeds, only_inputs_kept,
]  # fmt: skip


@each_engine
@pytest.mark.parametrize("program", ADDING_UP, ids=lambda program: program.__name__)
def test_nothing_is_said_where_gradients_add_up_as_they_should(engine, program):
    assert told(lambda: program(engine, engine.Value(1.5))) == []


# ---------------------------------------------------------------- data between forward and backward


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
