"""The compiled engine and its source do the same in everything: bits, messages, warnings, orders, attributes."""

from __future__ import annotations

import copy
import importlib
import inspect
import math
import operator
import random
import struct
import weakref
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from helpers.engines import NAMES, PLAIN, RUNNING, bits, needs_both, same, text

pytestmark = needs_both

# ---------------------------------------------------------------- operations

EDGES = [
    0.0, 5e-324, 2.2250738585072014e-308, 1e-310, 1e-200, 1e-17, 1e-8, 0.5, 1.0, 1.0 + 2**-52, 1.0 - 2**-53, 1.5, 2.0,
    3.0, math.pi / 2, 5.9, 20.0, 36.8, 100.0, 709.7, 709.79, 745.13, 746.0, 1e8, 1e16, 1e154, 1.4e154, 1e200, 1e308,
    1.7976931348623157e308, math.inf, math.nan,
]  # fmt: skip
EDGES += [-x for x in EDGES]


def arguments(name):
    row, dice = RUNNING.ops.TABLE[name], random.Random(name)
    pair = row.arity == 2 or row.constant is not None
    yield from ((*sample, 0.0)[:2] for sample in row.samples)
    yield from ((x, y) for x in EDGES for y in (EDGES if pair else [0.0]))
    for _ in range(500):
        yield dice.gauss(0, 3), dice.gauss(0, 3)
        yield struct.unpack("dd", dice.randbytes(16))


def computed(engine, name, domain):
    row, results = engine.ops.TABLE[name], []
    with engine.errstate(domain="ieee"):
        operands = [(engine.Value(x, "x"), engine.Value(y, "y")) for x, y in arguments(name)]
    with engine.errstate(domain=domain):
        for x, y in operands:
            try:
                if row.arity == 2:
                    v = engine.engine.binary(row, x, y)
                else:
                    v = engine.engine.unary(row, x, 0.0 if row.constant is None else y.data)
                results.append((bits(v.data), *map(bits, v.partials), v.constant and bits(v.constant)))
            except (ArithmeticError, ValueError) as error:
                results.append((type(error).__name__, str(error)))
    return results


@pytest.mark.parametrize("domain", ["raise", "ieee"])
@pytest.mark.parametrize("name", NAMES)
def test_an_operation_gives_the_same_bits_or_the_same_error(name, domain):
    got, want = computed(RUNNING, name, domain), computed(PLAIN, name, domain)
    assert [(at, a, b) for at, a, b in zip(arguments(name), got, want, strict=True) if a != b] == []


def test_the_two_engines_are_two():
    assert RUNNING.compiled
    assert not PLAIN.compiled
    assert RUNNING.Value is not PLAIN.Value
    for name in RUNNING.base.build.COMPILED:
        loaded = [importlib.import_module(f"{engine.__name__}.{name}") for engine in (RUNNING, PLAIN)]
        assert [module.__file__.endswith(".py") for module in loaded] == [False, True], name


# ---------------------------------------------------------------- operators and every kind of operand


class Text(str):
    """A str with attributes."""


class Float(float):
    """A float with attributes."""


class Reflecting:
    def __radd__(self, other):
        return "radd"

    def __rpow__(self, other):
        return "rpow"


class Refusing:
    def __radd__(self, other):
        raise LookupError("no")

    def __add__(self, other):
        return NotImplemented


class Index:
    def __index__(self):
        return 3

    def __float__(self):
        return 3.5


class Fails:
    def __float__(self):
        raise OSError("float failed")

    def __repr__(self):
        return "<Fails>"


def subclass(engine):
    class Special(engine.Value):
        """A subclass."""

    return Special


OPERANDS = {
    "Value": lambda m: m.Value(1.5, "w"), "parameter": lambda m: m.parameter(-2, "p"),
    "subclass": lambda m: subclass(m)(2.5, "s"), "int": lambda m: 3, "zero": lambda m: 0, "negative": lambda m: -2,
    "bool": lambda m: True, "float": lambda m: 0.1, "minus zero": lambda m: -0.0, "inf": lambda m: math.inf,
    "nan": lambda m: math.nan, "huge int": lambda m: 10**400, "big int": lambda m: 2**53 + 1, "str": lambda m: "3",
    "bytes": lambda m: b"3", "None": lambda m: None, "list": lambda m: [1.0], "complex": lambda m: 1 + 2j,
    "Fraction": lambda m: Fraction(1, 3), "Decimal": lambda m: Decimal("0.1"),
    "float64": lambda m: np.float64(0.1), "float32": lambda m: np.float32(0.1), "int64": lambda m: np.int64(7),
    "bool_": lambda m: np.bool_(True), "longdouble": lambda m: np.longdouble("0.1"),
    "complex64": lambda m: np.complex64(1),
    "array0d": lambda m: np.array(1.5), "array": lambda m: np.array([1.0, 2.0]),
    "object array": lambda m: np.array([m.Value(1.0), 2.0], dtype=object),
    "Reflecting": lambda m: Reflecting(), "Refusing": lambda m: Refusing(), "Index": lambda m: Index(),
    "Fails": lambda m: Fails(), "Float": lambda m: Float(2.5), "object": lambda m: print, "Ellipsis": lambda m: ...,
}  # fmt: skip
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.floordiv, operator.mod,
          operator.matmul, operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne, operator.iadd,
          operator.ipow, divmod]  # fmt: skip


@pytest.mark.parametrize("operand", OPERANDS.values(), ids=OPERANDS)
@pytest.mark.parametrize("operate", BINARY, ids=lambda operate: operate.__name__)
def test_operators_with_every_kind_of_operand(operate, operand):
    if operand is not OPERANDS["subclass"] or operate not in (operator.mod, operator.floordiv, divmod):
        # Python asks a subclass on the right first, C the left one: what is refused names the one that is asked
        same(lambda m: operate(m.Value(1.25, "v"), operand(m)))
    same(lambda m: operate(operand(m), m.Value(1.25, "v")))
    same(lambda m: operate(subclass(m)(1.25, "v"), operand(m)))


@pytest.mark.parametrize("operand", OPERANDS.values(), ids=OPERANDS)
def test_every_kind_of_argument(operand):
    for use in (
        lambda m, x: m.Value(x), lambda m, x: m.Value(1.0, x), lambda m, x: m.parameter(x),
        lambda m, x: m.parameter(1.0, x), lambda m, x: m.Value(1.0, label=x).label,
        lambda m, x: m.Value(1.0).leaky_relu(x), lambda m, x: m.elu(m.Value(-1.0), x),
        lambda m, x: (m.Value(2.0) * 3).backward(x), lambda m, x: m.Value(1.0).backward(seed=x), lambda m, x: m.tanh(x),
        lambda m, x: m.atan2(x, m.Value(2.0)), lambda m, x: m.maximum(m.Value(2.0), x),
        lambda m, x: m.sum([m.Value(1.0), x]), lambda m, x: m.dot([m.Value(1.0), x], [x, m.Value(2.0)]),
        lambda m, x: m.mean([x, m.Value(1.0)]),
        lambda m, x: m.grad(m.Value(1.0) * 2, x), lambda m, x: m.jvp(m.Value(1.0), x), lambda m, x: m.recompute(x),
        lambda m, x: m.scope(x), lambda m, x: sum([x, m.Value(1.0)]), lambda m, x: m.softmax([x, m.Value(1.0)]),
        lambda m, x: round(m.Value(2.0), x), lambda m, x: format(m.Value(2.0), x),
        lambda m, x: m.Value.tanh(x),
    ):  # fmt: skip
        same(lambda m, use=use: use(m, operand(m)))


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.Value(), lambda m: m.Value(1.0, "a", 2), lambda m: m.Value(1.0, data=1),
        lambda m: m.Value(1.0, lable="x"), lambda m: m.Value(1.0).tanh(2), lambda m: m.Value(1.0).backward(1.0, 2),
        lambda m: m.Value(1.0).backward(sed=1.0),
        lambda m: m.Value(1.0).elu(1.0, 2.0), lambda m: pow(m.Value(2.0), 2, 3), lambda m: m.Value(1.0).detach(0),
    ],
)  # fmt: skip
def test_wrong_calls_are_type_errors_whose_words_are_pythons_or_cythons(call):
    for m in (RUNNING, PLAIN):
        with pytest.raises(TypeError, match="argument"):
            call(m)


@pytest.mark.parametrize("operand", OPERANDS.values(), ids=OPERANDS)
@pytest.mark.parametrize("name", ["data", "grad", "label", "op", "parents", "partials", "role", "constant", "scope",
                                  "has_grad", "_op", "_prev", "_row", "backward", "tanh", "__class__",
                                  "__dict__"])  # fmt: skip
def test_assignments_are_taken_or_refused_alike(name, operand):
    def assign(m):
        v = m.Value(1.25, "v") * 2
        try:
            setattr(v, name, operand(m))
        except Exception as error:
            return type(error).__name__, text(error) if name in ("data", "grad", "label") else "", v
        return v

    same(assign)


@pytest.mark.parametrize("convert", [float, int, bool, complex, str, repr, list, len, iter, hash, abs, round,
                                     math.floor, operator.index, operator.neg, operator.inv, copy.copy, copy.deepcopy,
                                     np.asarray, np.exp, np.float64, format, math.exp],
    ids=lambda convert: convert.__name__)  # fmt: skip
def test_conversions(convert):
    result = (lambda x: None) if convert in (hash, iter) else lambda x: x
    same(lambda m: result(convert(m.Value(0.75, "v"))))
    same(lambda m: result(convert(m.Value(0.75, "v") * 2)))


@pytest.mark.parametrize("spec", ["", ".3f", "10.2e", ">12", "s", "d", "g", "%"])
def test_formats(spec):
    same(lambda m: format(m.Value(1 / 3, "v"), spec))


# ---------------------------------------------------------------- attributes


def test_the_public_names_and_their_documentation_are_the_same():
    def public(engine):
        return {
            name: inspect.getdoc(getattr(engine.Value, name)) for name in dir(engine.Value)
            if (not name.startswith("_") or name in ("_prev", "_op", "_row"))
            and not isinstance(inspect.getattr_static(engine.Value, name), engine.compat.kept._Kept)
        }  # fmt: skip

    assert public(RUNNING) == public(PLAIN)
    assert sum(map(bool, public(PLAIN).values())) >= 12
    assert RUNNING.Value.__doc__ == PLAIN.Value.__doc__ != ""


@pytest.mark.parametrize("module", RUNNING.base.build.COMPILED)
def test_modules_offer_and_document_the_same(module):
    mine, other = (importlib.import_module(f"{engine.__name__}.{module}") for engine in (RUNNING, PLAIN))
    assert mine.__doc__ == other.__doc__
    assert mine.__all__ == other.__all__
    for name in mine.__all__:
        got, want = getattr(mine, name), getattr(other, name)
        assert inspect.getdoc(got) == inspect.getdoc(want)
        assert callable(got) is callable(want)


def test_signatures_are_the_same():
    for name in ["backward", "leaky_relu", "elu", "tanh", "detach"]:
        mine, other = (inspect.signature(getattr(engine.Value, name)) for engine in (RUNNING, PLAIN))
        assert str(mine) == str(other), name


def test_a_node_can_be_held_weakly_hashed_and_told_from_others():
    for m in (RUNNING, PLAIN):
        v, other = m.Value(1.0), m.Value(1.0)
        gone = []
        weak = weakref.ref(v, gone.append)
        assert weak() is v
        assert len({v, v, other}) == 2
        assert type(v) is m.Value
        assert not hasattr(v, "__dict__")
        del v
        assert len(gone) == 1
