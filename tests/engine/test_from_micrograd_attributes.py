"""What programs written for micrograd keep on Values, the numbers they hand over, and their subclasses of Value."""

import contextlib
import copy
import pickle
import subprocess
import sys
import weakref
from fractions import Fraction

import numpy as np
import pytest

import microgrid
from helpers.engines import each_engine
from microgrid import Value, compat
from microgrid.base import messages

compiled_only = pytest.mark.skipif(not microgrid.compiled, reason="optional: uncompiled nodes keep no attributes")


@compiled_only
def test_attributes_are_kept_on_leaves_and_results():
    p = Value(2.0, "p")
    y = p * 3
    p.m, p.param_idx, y._vis_color = 0.0, 3, "red"
    p.m += 1.5
    assert (p.m, p.param_idx, y._vis_color) == (1.5, 3, "red")
    assert [hasattr(y, "m"), hasattr(p, "_vis_color"), hasattr(Value(1.0), "m"), hasattr(Value, "m")] == [False] * 4
    with pytest.raises(AttributeError, match="no attribute 'm'"):
        y.m  # noqa: B018
    del p.m
    assert not hasattr(p, "m")
    with pytest.raises(AttributeError, match="no attribute 'm'"):
        del p.m


@compiled_only
def test_they_are_copied_and_pickled_with_the_node():
    p = Value(2.0, "p")
    p.moments = [0.0, 1.0]
    y = p * 3
    y.color = "red"
    for again in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (again.color, again.parents[0].moments) == ("red", [0.0, 1.0])
        assert again.parents[0].moments is not p.moments
    assert copy.copy(p).moments is p.moments


@compiled_only
def test_they_go_with_the_node_and_a_node_without_has_none():
    class Held:
        pass

    before = len(compat.kept._kept)
    v, held = Value(1.0), Held()
    v.held = held
    gone = weakref.ref(held)
    del held
    assert len(compat.kept._kept) == before + 1
    size = sys.getsizeof(v)
    del v
    assert gone() is None
    assert len(compat.kept._kept) == before
    assert size == sys.getsizeof(Value(1.0)) == 96
    chain = Value(1.0)
    for k in range(1000):
        chain = chain + 1
        chain.k = k
    del chain
    assert len(compat.kept._kept) == before


@compiled_only
def test_nothing_is_said_when_python_ends_and_nodes_with_attributes_are_still_there():
    program = """
import sys, microgrid
class Last:
    def __init__(self, v): self.v = v
    def __del__(self): del self.v
v = microgrid.Value(1.0)
v.m = 0.0
sys.last = Last(v)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [("gard", "grad"), ("grd", "grad"), ("grads", "grad"), ("rgad", "grad"), ("Grad", "grad"), ("dta", "data"),
     ("datta", "data"), ("lable", "label"), ("labe", "label"), ("babel", "label")],
)  # fmt: skip
def test_a_slip_of_the_pen_is_no_attribute(name, meant):
    v = Value(1.0)
    with pytest.raises(AttributeError, match=f"{name}.*did you mean '{meant}'" if microgrid.compiled else name):
        setattr(v, name, 0.0)
    assert not hasattr(v, name)


@compiled_only
@pytest.mark.parametrize("name", ["m", "v", "o", "gr", "dad", "table", "level", "grading", "rad_", "score", "rule"])
def test_other_names_are_attributes(name):
    v = Value(1.0)
    setattr(v, name, 1)
    assert getattr(v, name) == 1


@compiled_only
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [1, v], lambda v: (v,), lambda v: {v}])
def test_a_value_as_an_attribute_is_refused_with_the_way_out(wrap):
    v = Value(1.0)
    with pytest.raises(TypeError, match=r"'other' .* dict .*docs/from-micrograd.md#attributes"):
        v.other = wrap(v * 2)
    assert not hasattr(v, "other")


@each_engine
@pytest.mark.parametrize(
    "name", ["op", "role", "parents", "partials", "_prev", "_children", "_local_grads", "__iter__"]
)
def test_what_is_computed_or_pythons_own_cannot_be_assigned(engine, name):
    v = engine.Value(1.0) * 2
    with pytest.raises(AttributeError):
        setattr(v, name, ())
    assert len(v.parents) == 2


@compiled_only
def test_a_subclass_keeps_its_attributes_itself():
    class Named(Value):
        def __setattr__(self, name, x):
            super().__setattr__(name, x)

    Value(1.0).own = 1
    v = Named(2.0)
    v.own, v.gard, v.data = 3, 4, 5.0
    assert (v.own, v.gard, v.data, v.__dict__) == (3, 4, 5.0, {"own": 3, "gard": 4})
    assert copy.deepcopy(v).own == pickle.loads(pickle.dumps(copy.copy(Value(1.0)))).data + 2 == 3
    del v.own
    assert not hasattr(v, "own")


# ---------------------------------------------------------------- numbers of other libraries


class Scalar:
    """A number as PyTorch has it: no array of NumPy's, no `numbers.Real`."""

    class dtype:
        is_floating_point = True

    def __init__(self, x, shape=()):
        self.x, self.shape = x, shape

    def item(self):
        return self.x


def test_scalars_of_other_libraries_are_numbers():
    v = Value(3.0)
    assert Value(Scalar(2.0)).data == 2.0
    assert [(v * Scalar(2)).data, (Scalar(2.0) - v).data, (v ** Scalar(2.0)).data] == [6.0, -1.0, 9.0]
    v.data = Scalar(True)
    assert v.data == 1.0
    with pytest.raises(TypeError, match="complex"):
        Value(Scalar(1j))
    with pytest.raises(ValueError, match="nan is not finite"):
        Value(Scalar(float("nan")))
    with pytest.raises(TypeError, match=r"shape \(2,\)"):
        v * Scalar(None, shape=(2,))


@each_engine
def test_arrays_and_lists_go_element_by_element_as_beside_numpys_scalars(engine):
    v, number = engine.Value(2.0), np.array(2.0)
    for use in (
        lambda v: np.array([1.0, 3.0]) * v, lambda v: v * np.array([1, 3]), lambda v: v - np.ones((2, 3)),
        lambda v: [np.array([1.0, 2.0]), np.array([3.0, 4.0])] * v, lambda v: v ** np.arange(3),
        lambda v: (np.array([1.0]), np.array([2.0])) / v, lambda v: np.array(3.0) * v,
    ):  # fmt: skip
        ours, want = use(v), use(number)
        assert np.shape(ours) == np.shape(want)
        data = np.vectorize(lambda x: x.data)(ours)
        assert np.array_equal(data, want)
    (np.array([1.0, 3.0]) * v).sum().backward()
    assert v.grad == 4.0


@pytest.mark.parametrize(
    "operand",
    [["a"], [], [1.0], np.array(["a"]), np.ma.masked_array([1.0, 2.0], [False, True]), {1.0}],
    ids=str,
)
def test_what_holds_no_numbers_is_refused(operand):
    with pytest.raises(TypeError, match="operands are Values or real numbers"):
        Value(2.0) * operand


# ---------------------------------------------------------------- subclasses


class Tracked(Value):
    pass


def test_leaves_of_a_subclass_are_no_foreign_objects(monkeypatch):
    """What operators do with those takes many times as long; benchmarks/nodes.py measures that these do not."""
    asked = []
    monkeypatch.setattr(messages, "with_foreign", lambda a, b, _: asked.append((a, b)))
    monkeypatch.setattr(messages, "literal", lambda row, x, other: asked.append(x))
    x = Tracked(2.0)
    results = [x * x, x + 1, 2.0 - x, x**2, x**x, 2**x, -x, x.tanh(), x * Value(3.0), Value(3.0) / x]
    assert asked == []
    assert {type(y) for y in results} == {Value}
    assert [y.data for y in results[:6]] == [4.0, 3.0, 0.0, 4.0, 4.0, 4.0]
    with contextlib.suppress(TypeError):  # since nothing was made of it
        x * Fraction(3)
    assert asked != []
