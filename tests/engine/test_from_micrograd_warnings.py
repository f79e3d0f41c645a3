"""What is different from micrograd on purpose raises or warns with the section of the page that says why."""

import re
import warnings

import micrograd.engine
import pytest

from helpers import ROOT, needs_checkout
from helpers.engines import each_engine
from helpers.told import PAGE, told


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


@each_engine
def test_operands_and_gradients_are_refused_with_the_way_out(engine):
    v = engine.Value(2.0) * 3
    with pytest.raises(AttributeError, match=rf"compute a new Value from others, .*\({PAGE}#_prev\)$"):
        v.parents = ()
    with pytest.raises(TypeError, match=r"a gradient is a real number \(0\.0 forgets it\), got NoneType None"):
        v.grad = None
    v.grad = 0.0
    assert not v.has_grad


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


def roots_on_one_trunk(value_of):
    w = value_of(1.5)
    t = w * 3 * 2
    for root in (t * 1.0, t * 1.0):
        root.backward()
    return w.grad


@each_engine
def test_several_roots_on_one_trunk_add_up_without_a_word(engine):
    assert told(lambda: roots_on_one_trunk(engine.Value)) == []
    assert roots_on_one_trunk(engine.Value) == 2 * 6
    assert roots_on_one_trunk(micrograd.engine.Value) == 24  # as the page says


@needs_checkout
@each_engine
@pytest.mark.parametrize("start", [".*#twice", ".*#changed"])
def test_the_page_says_how_the_warnings_are_turned_off(engine, start):
    assert f'"{start}"' in (ROOT / PAGE).read_text(encoding="utf-8")
    a, c = fourth_power(engine)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", start)
        c.backward()
        if start == ".*#changed":
            a.data = 7.0
        c.backward()
    assert [w.category for w in caught] == ([UserWarning] if start == ".*#changed" else [])


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
