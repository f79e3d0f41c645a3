"""Operands are given when a node is made and stay: nobody can tie a graph into a circle, neither by hand nor by a
pickle."""

from __future__ import annotations

import contextlib
import copy
import pickle

import pytest

from helpers.circles import tied
from helpers.engines import each_engine

FIXED = r"{} cannot be assigned: what a node was made of is fixed, and Value\(data, \(a, b\), \(da, db\)\) makes one"
STAYS = (
    r"the operands of 'y' \(6.0\) stay as they are: its partials are those of the computation that was; compute a "
    r"new Value from others, or assign a leaf's data and call microgrid.recompute"
)


@each_engine
@pytest.mark.parametrize("name", ["_a", "_b", "parents", "_prev", "_children", "_local_grads"])
def test_operands_cannot_be_assigned_and_the_message_says_why(engine, name):
    x, w = engine.Value(2.0, "x"), engine.Value(3.0, "w")
    y = x * w
    y.label = "y"
    before = getattr(y, name)
    reason = STAYS if name == "parents" else FIXED.format(name)
    for value in (y, None, x, (), (y, y)):
        with pytest.raises(AttributeError, match=reason):
            setattr(y, name, value)
    with pytest.raises(AttributeError, match=reason):
        delattr(y, name)
    assert getattr(y, name) == before
    y.backward()
    assert (x.grad, w.grad) == (3.0, 2.0)


@each_engine
def test_a_node_that_there_is_cannot_be_made_again_of_what_was_computed_from_it(engine):
    x = engine.Value(2.0, "x")
    y = x * 3
    for given in (((y,), (1.0,)), ((y, y), "+"), ((x,), "tanh")):
        with pytest.raises(AttributeError, match=r"the operands of 'x' \(2.0\) stay as they are"):
            x.__init__(12.0, *given)
    y.backward()
    assert (x.data, x.grad) == (2.0, 3.0)
    assert engine.Value(4.0, (x, x), "*").parents == (x, x)


@each_engine
def test_operands_are_read_under_their_short_names(engine):
    x, w = engine.Value(2.0), engine.Value(3.0)
    y = x - w
    assert (y._a, y._b) == (y._first, y._second) == (x, w)
    assert ((-y)._a, (-y)._b, x._a, x._b) == (y, None, None, None)


@each_engine
@pytest.mark.parametrize("name", ["data", "grad", "label"])
def test_what_every_node_has_cannot_be_deleted(engine, name):
    x = engine.Value(2.0, "x")
    x.grad = 3.0
    with pytest.raises(AttributeError, match=rf"'x' \(2.0\) always has its {name}: assign another instead of deleting"):
        delattr(x, name)
    assert (x.data, x.grad, x.label) == (2.0, 3.0, "x")


@each_engine
def test_a_node_is_tied_to_older_operands_alone(engine):
    x = engine.Value(2.0, "x")
    y = x * 3
    y.label = "y"
    for operands in ((y, None), (None, y), (y, x), (x, y), (x, x)):
        with pytest.raises(engine.GraphError, match=r"'(x|y)' \(.*\) cannot be an operand of 'x' \(2.0\), .* older"):
            engine.engine.tie(x, engine.ops.MUL.code, *operands)
    assert (x.op, x.parents) == ("", ())
    for operand in (3.0, "x", [y]):
        with pytest.raises((TypeError, AttributeError)):
            engine.engine.tie(y, engine.ops.MUL.code, operand, None)
    assert y.parents[0] is x


@each_engine
def test_a_pickle_cannot_tie_a_circle(engine):
    """Pickles written by hand, which change a node after it was made, or make it of itself."""
    x = engine.Value(2.0, "x")
    y = x * 3
    for state in ((None, {"_first": y}), (None, {"_a": y}), {"_first": y}):
        with pytest.raises(AttributeError, match=r"the operands of 'x' \(2.0\) stay as they are"):
            built(x, state)
        assert x.parents == ()
    y.backward()
    assert x.grad == 3.0


def built(v, state):
    """What pickle's opcode BUILD does with an object and its state."""
    unpickler = object.__new__(pickle._Unpickler)
    unpickler.stack = [v, state]
    unpickler.load_build()


@each_engine
def test_the_state_of_a_subclass_is_its_attributes(engine):
    class Own(engine.Value):
        pass

    v = Own(2.0)
    built(v, {"momentum": 0.5})  # as its own `__reduce__` may ask for
    assert (v.momentum, v.data) == (0.5, 2.0)
    with pytest.raises(AttributeError, match="stay as they are"):
        built(v, ({}, {"_first": Own(3.0)}))


@each_engine
def test_a_copy_and_a_pickle_of_a_class_that_hands_out_one_node_are_new_nodes(engine):
    class One(engine.Value):
        only = None

        def __new__(cls, *args):
            One.only = One.only or super().__new__(cls)
            return One.only

    v = One(2.0)
    y = v * 1.0 + v
    copied = copy.copy(v)
    assert copied is not v
    assert (type(copied), copied.data) == (One, 2.0)
    assert engine.graph.order(copy.deepcopy(y))[0] is not v
    y.backward()
    assert v.grad == 2.0


@each_engine
def test_a_circle_below_an_adjoint_of_zero_ends(engine):
    x = engine.Value(2.0, "x")
    first = x * 3
    first.label = "first"
    b = first + 1
    y = b * 0.0 + x
    assert y.partials == (1.0, 1.0)
    with tied(first, x, b):
        for walk in (y.backward, lambda: engine.graph.order(y), lambda: engine.compile(y, inputs=[x])):
            with contextlib.suppress(engine.GraphError):  # which it need not find: nothing arrives there
                walk()
        x.grad = 0.0
    y.backward()
    assert x.grad == 1.0


@each_engine
@pytest.mark.parametrize("own", [True, False], ids=["itself", "another"])
def test_bundled_operands_tied_to_one_another_end(engine, own):
    mix = engine.custom_op(
        "mix_in_a_circle", value=lambda a, b, c, d: a * b + c + d, partials=lambda a, b, c, d: (b, a, 1.0, 1.0)
    )
    x = [engine.Value(float(k), f"x{k}") for k in range(1, 5)]
    y = mix(*x) * 1.0
    result = y._first
    bundle = result._second
    last = bundle._second
    assert (bundle.role, last.role, last._second) == ("bundle", "bundle", x[3])
    with tied(last, x[3], last if own else bundle):
        for read in (lambda: result.parents, lambda: result.partials, y.backward, lambda: engine.graph.order(y),
                     lambda: engine.recompute(y), lambda: engine.compile(y, inputs=x),
                     lambda: engine.verify(y)):  # fmt: skip
            with pytest.raises(engine.GraphError, match="cycle"):
                read()
        assert not any(v.has_grad for v in x)
    y.backward()
    assert [v.grad for v in x] == [2.0, 1.0, 1.0, 1.0]


@each_engine
def test_whatever_reads_a_circle_names_a_node_of_it(engine):
    x = engine.Value(2.0, "x")
    first = x * 3
    b = first + 1
    first.label, b.label = "first", "b"
    y = b * 2
    reads = {
        "verify": lambda: engine.verify(y), "order": lambda: engine.graph.order(y), "grad": lambda: engine.grad(y, x),
        "jvp": lambda: engine.jvp(y, {x: 1.0}), "paths": lambda: list(engine.graph.paths(y, x)),
        "counts": lambda: engine.graph.counts(y), "scopes": lambda: engine.graph.scopes(y),
        "unfold": lambda: engine.unfold(y), "to_sympy": lambda: engine.to_sympy(y),
        "recompute": lambda: engine.recompute(y), "compile": lambda: engine.compile(y, inputs=[x]),
        "copy": lambda: copy.deepcopy(y), "pickle": lambda: pickle.dumps(y), "backward": y.backward,
    }  # fmt: skip
    with tied(first, x, b):
        for name, read in reads.items():
            with pytest.raises(engine.GraphError, match=r"cycle: '(first|b)' \(.*\) is computed from itself"):
                pytest.fail(f"{name} gave {read()}")
    y.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("way", ["draw", "steps"])
def test_a_picture_of_a_circle_is_refused(way):
    import viz
    from microgrid import GraphError, Value

    x = Value(2.0, "x")
    first = x * 3
    b = first + 1
    with tied(first, x, b), pytest.raises(GraphError, match="is computed from itself"):
        getattr(viz, way)(b * 2)
