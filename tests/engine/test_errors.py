"""Bad input: the exception type, a message that names the offender and the way out, and a state that is unchanged."""

from __future__ import annotations

import gc
import math
import operator
import os
import subprocess
import sys
import warnings
from decimal import Decimal

import numpy as np
import pytest

import microgrid
from helpers import ROOT
from helpers.interrupted import state, used_graph
from microgrid import (  # fmt: skip
    CheckpointError,
    DomainError,
    ExpressionError,
    GraphError,
    MicrogridError,
    NonFiniteGradient,
    Value,
    errstate,
    recompute,
)
from microgrid.base import messages
from microgrid.graph import order, paths

# ---------------------------------------------------------------- what can go wrong, and what is said of it


def changed_then_recomputed():
    x = Value(2.0, "x")
    h = x - 1.0
    h.label = "h"
    y = h.log()
    x.data = -3.0
    recompute(y)


def too_many_paths():
    x = y = Value(1.0, "x")
    for _ in range(60):
        y = y + y
    paths(y, x)


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (lambda: Value("3"), TypeError, ["str '3'", "float('3')"]),
        (lambda: Value(None), TypeError, ["real number", "NoneType"]),
        (lambda: Value([1]), TypeError, ["real number", "list"]),
        (lambda: Value(Value(1.0, "a")), TypeError, ["'a'", "detach"]),
        (lambda: Value(1 + 2j), TypeError, ["complex"]),
        (lambda: Value(np.array([1.0, 2.0])), TypeError, ["shape (2,)"]),
        (lambda: Value(10**400), OverflowError, ["int", "1.8e308"]),
        (lambda: Value(math.nan), ValueError, ["nan", "errstate"]),
        (lambda: Value(-math.inf), ValueError, ["-inf", "errstate"]),
        (lambda: Value(1.0) + math.inf, ValueError, ["compute +", "inf is not finite", "errstate"]),
        (lambda: np.float64(math.nan) * Value(1.0), ValueError, ["nan is not finite", "errstate"]),
        (lambda: Value(1.0, label=3), TypeError, ["label", "int 3"]),
        (lambda: Value(-2.0, "h1") ** 0.5, DomainError, ["'h1' (-2.0)", "0.5", "not a real number"]),
        (lambda: Value(-2.0, "h1") ** Value(0.5, "n"), DomainError, ["'h1' (-2.0)", "'n' (0.5)"]),
        (lambda: Value(0.0, "x").log(), DomainError, ["log('x' (0.0))", "x > 0", "errstate"]),
        (lambda: Value(-1.0, "x").log(), DomainError, ["log('x' (-1.0))", "x > 0"]),
        (lambda: Value(-1.0, "x").sqrt(), DomainError, ["sqrt('x' (-1.0))", "x >= 0"]),
        (lambda: Value(2.0, "x").asin(), DomainError, ["asin('x' (2.0))", "-1 <= x <= 1"]),
        (lambda: Value(1.0, "a") / Value(0.0, "b"), ZeroDivisionError, ["'a' (1.0)", "'b' (0.0)"]),
        (lambda: Value(1.0, "a") / 0, ZeroDivisionError, ["'a' (1.0)", "0.0"]),
        (lambda: Value(0.0, "a") ** -1, ZeroDivisionError, ["'a' (0.0)", "-1"]),
        (lambda: Value(1000.0, "x").exp(), OverflowError, ["exp('x' (1000.0))", "1.8e308", "errstate"]),
        (lambda: Value(1e200, "x") ** 2, OverflowError, ["'x' (1e+200)", "2.0"]),
        (lambda: Value(1e200, "x") * Value(1e200, "y"), OverflowError, ["'x' (1e+200)", "'y' (1e+200)"]),
        (lambda: microgrid.log(-1), DomainError, ["log(-1.0)"]),
        (lambda: microgrid.log("1"), TypeError, ["log", "str '1'"]),
        (lambda: microgrid.atan2(Value(1.0), "1"), TypeError, ["atan2", "str"]),
        (lambda: Value(1.0, "v").leaky_relu("1"), TypeError, ["leaky_relu", "'v'", "str"]),
        (lambda: microgrid.leaky_relu(Value(1.0, "v"), Value(2.0, "w")), TypeError, ["'w'", "plain number"]),
        (lambda: float(Value(1.0, "v")), TypeError, ["'v'", "v.data"]),
        (lambda: math.exp(Value(1.0, "v")), TypeError, ["'v'", "microgrid.exp"]),
        (lambda: setattr(Value(1.0), "gard", 1), AttributeError, ["gard"]),
        (lambda: setattr(Value(1.0), "data", "a"), TypeError, ["str 'a'"]),
        (lambda: setattr(Value(1.0), "data", math.nan), ValueError, ["nan"]),
        (lambda: setattr(Value(1.0), "grad", None), TypeError, ["NoneType"]),
        (lambda: setattr(Value(1.0), "label", None), TypeError, ["label", "NoneType"]),
        (lambda: microgrid.sum([]), ValueError, ["empty"]),
        (lambda: microgrid.mean([]), ValueError, ["empty"]),
        (lambda: microgrid.dot([Value(1.0)], [1.0, 2.0]), ValueError, ["1 and 2"]),
        (lambda: microgrid.grad(Value(1.0), 1.0), TypeError, ["float"]),
        (lambda: microgrid.grad(Value(1.0), [1.0]), TypeError, ["float 1.0"]),
        (lambda: microgrid.grad(1.0, Value(1.0)), TypeError, ["float 1.0"]),
        (lambda: microgrid.jvp(Value(1.0), {"x": 1.0}), TypeError, ["str 'x'"]),
        (lambda: microgrid.jvp(x := Value(1.0), {x: "1"}), TypeError, ["tangent", "str '1'"]),
        (lambda: recompute(3.0), TypeError, ["float 3.0"]),
        (lambda: order(None), TypeError, ["NoneType"]),
        (lambda: microgrid.errstate(domain="ignore"), ValueError, ["'ignore'", '"raise"', '"ieee"']),
        (lambda: microgrid.errstate(gradient="ieee"), ValueError, ["'ieee'", '"warn"']),
        (lambda: microgrid.scope(""), TypeError, ["name"]),
        (changed_then_recomputed, DomainError, ["'h' (-4.0)"]),
        (too_many_paths, GraphError, ["1.15e+18", "'x'", "limit"]),
    ],
)
def test_the_message_names_the_offender_and_the_way_out(bad, error, words):
    with pytest.raises(error) as caught:
        bad()
    assert type(caught.value) is error
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (ExpressionError, ValueError),
        (DomainError, ValueError),
        (GraphError, RuntimeError),
        (NonFiniteGradient, ArithmeticError),
        (CheckpointError, ValueError),
    ],
)
def test_each_exception_is_also_the_builtin_one(error, builtin):
    assert issubclass(error, MicrogridError)
    assert issubclass(error, builtin)


def test_a_refused_assignment_keeps_the_data():
    x = Value(1.0)
    with pytest.raises(TypeError):
        x.data = "a"
    with pytest.raises(TypeError):
        x.grad = "a"
    assert (x.data, x.grad) == (1.0, 0.0)


@pytest.mark.parametrize("text", ["", "x + $", "x\n+ $ y", "x" * 500 + "$" + "y" * 500, "\x00\x1b$"])
def test_an_expression_error_points_at_the_place(text):
    position = text.find("$") if "$" in text else 0
    error = ExpressionError("character '$' is not allowed", text, position)
    message, *excerpt = str(error).split("\n")
    assert message == "character '$' is not allowed"
    assert isinstance(error, ValueError)
    if text:
        line, caret = excerpt
        assert line[caret.index("^")] == "$"
        assert len(line) < 90
        assert line.isprintable()


# ---------------------------------------------------------------- operands and conversions

STRANGERS = {
    "str": "3", "None": None, "list": [1.0], "array": np.array(["a"]), "complex": 1 + 2j, "Decimal": Decimal(2),
}  # fmt: skip


@pytest.mark.parametrize("operate", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=list(STRANGERS))
def test_what_is_no_real_number_is_refused_on_either_side(operate, stranger):
    for operands in ((Value(1.0), stranger), (stranger, Value(1.0))):
        with pytest.raises(TypeError, match=f"Value and {type(stranger).__name__}"):
            operate(*operands)


@pytest.mark.parametrize("convert", [float, int, bool, math.exp, lambda v: 1 if v else 0, lambda v: not v])
def test_conversions_that_lose_the_gradient_are_refused(convert):
    with pytest.raises(TypeError, match=r"'x'.*v\.data"):
        convert(Value(1.0, "x"))


def test_a_misspelt_attribute_is_refused():
    with pytest.raises(AttributeError, match="gard"):
        Value(1.0).gard = 1


@pytest.mark.parametrize("name", ["op", "parents", "partials", "role", "constant", "scope"])
def test_what_was_recorded_cannot_be_assigned(name):
    with pytest.raises(AttributeError):
        setattr(Value(1.0) * 2, name, None)


def test_comparing_with_a_string_is_a_type_error():
    with pytest.raises(TypeError, match="str"):
        _ = Value(1.0) < "2"


# ---------------------------------------------------------------- gradients that are not finite


def test_an_infinite_gradient_warns_and_names_its_origin():
    x = Value(0.0, "x")
    with pytest.warns(RuntimeWarning, match=r"'x'.*sqrt.*inf"):
        x.sqrt().backward()
    assert x.grad == math.inf


def test_infinite_gradients_can_be_ignored():
    x = Value(0.0, "x")
    with errstate(gradient="ignore"):
        x.sqrt().backward()
    assert x.grad == math.inf


def overflowing_sum(x):
    return x * 1e308 + x * 1e308


def test_a_gradient_that_overflows_by_addition_is_noticed():
    x = Value(0.1, "x")
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="'x'"):
        overflowing_sum(x).backward()


def test_a_gradient_that_overflows_by_accumulation_is_noticed():
    x = Value(0.1, "x")
    y = x * 1e308
    y.backward()
    with errstate(gradient="raise"), pytest.raises(NonFiniteGradient, match="'x'"):
        y.backward()


# ---------------------------------------------------------------- all or nothing


def raising(*_):
    raise MemoryError


@pytest.mark.parametrize(
    ("breaking", "error"),
    [
        (lambda y, patch: errstate(gradient="raise")(y.backward)(), NonFiniteGradient),
        (lambda y, patch: y.backward(), RuntimeWarning),
        (lambda y, patch: y.backward(seed="1"), TypeError),
        (lambda y, patch: y.backward(seed=math.nan), ValueError),
        (lambda y, patch: (patch.setattr(messages, "check_gradients", raising), y.backward()), MemoryError),
    ],
    ids=["gradient=raise", "warning as error", "seed of a wrong type", "seed nan", "error while checking"],
)
def test_a_backward_that_raises_changes_nothing(breaking, error, monkeypatch):
    y, nodes = used_graph()
    before = state(nodes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error):
            breaking(y, monkeypatch)
    assert state(nodes) == before


INTERRUPTED = """
import sys
from helpers.interrupted import Interrupted, state, used_graph
from microgrid import backward
y, nodes = used_graph(4.0)
before = state(nodes)
honest = backward.gradients.zeros
for stop in range(16):
    backward.gradients.zeros = lambda count: Interrupted(honest(count), stop)
    try:
        y.backward()
    except KeyboardInterrupt:
        if state(nodes) != before:
            sys.exit(f"changed by an interrupt at {stop}")
backward.gradients.zeros = honest
nodes[0].grad = 9.0
y.backward()
if nodes[0].grad != 9.0 + 14.0:
    sys.exit(f"the next pass is not complete: {nodes[0].grad}")
"""


def test_an_interrupt_while_gradients_are_stored_changes_nothing():
    """In uncompiled code, that is; nothing interrupts a compiled walk."""
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False,
        env={**os.environ, "MICROGRID_PURE": "1", "PYTHONPATH": str(ROOT / "tests")},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


def test_an_operation_that_raises_makes_no_node():
    x = Value(-1.0, "x")
    count = sum(type(o) is Value for o in gc.get_objects())
    with pytest.raises(ValueError, match="log"):
        x.log()
    assert sum(type(o) is Value for o in gc.get_objects()) == count


def test_a_formula_in_an_error_stands_apart_from_what_it_comes_to():
    with pytest.raises(DomainError, match=r"^log\(\(-1\)\*2 \+ 1\) with \(-1\)\*2 \+ 1 = -1\.0 is not a real"):
        (Value(-1.0) * 2 + 1).log()
    y = Value(3.0, "y")
    with pytest.raises(ZeroDivisionError, match=r"division by zero in 'y' \(3\.0\) / \(0\*y\) with 0\*y = 0\.0;"):
        y / (0 * y)
