"""Copies and pickles of graphs: differentiable, and sharing what the originals share."""

from __future__ import annotations

import copy
import io
import pickle

import pytest

from microgrid import Value, custom_op, parameter, scope
from microgrid.graph import order


def python_pickle(thing, protocol=pickle.DEFAULT_PROTOCOL):
    file = io.BytesIO()
    pickle._Pickler(file, protocol).dump(thing)
    return pickle.loads(file.getvalue())


WAYS = {
    "deepcopy": copy.deepcopy,
    **{f"pickle{p}": lambda thing, p=p: pickle.loads(pickle.dumps(thing, p)) for p in range(2, 6)},
    **{f"python{p}": lambda thing, p=p: python_pickle(thing, p) for p in range(2, 6)},
}
ways = pytest.mark.parametrize("duplicate", WAYS.values(), ids=list(WAYS))


def graph() -> tuple[Value, Value, Value]:
    w, x = parameter(2.0, "w"), Value(3.0, "x")
    with scope("layer"):
        h = w * x
        h.label = "h"
    return w, x, (h + h.tanh()) ** 2 + h.leaky_relu(0.2) / 7


def described(*roots: Value) -> list[tuple]:
    nodes = order(*roots)
    place = {v: k for k, v in enumerate(nodes)}
    return [
        (v.data, v.grad, v.has_grad, v.label, v.op, v.role, v.scope, v.constant, v.partials,
         [place[p] for p in v.parents]) for v in nodes
    ]  # fmt: skip


@ways
def test_a_copy_says_all_that_its_original_says(duplicate):
    _, _, y = graph()
    y.backward()
    assert described(duplicate(y)) == described(y)


@ways
def test_a_copy_shares_no_node_with_its_original(duplicate):
    _, _, y = graph()
    assert not set(order(duplicate(y))) & set(order(y))


@ways
def test_gradients_of_a_copy_stay_in_the_copy(duplicate):
    w, _, y = graph()
    copied = duplicate(y)
    copied.backward()
    y.backward()
    again = next(v for v in order(copied) if v.label == "w")
    assert w.grad == again.grad != 0.0
    assert w is not again


@ways
def test_roots_in_one_container_keep_sharing(duplicate):
    w, x, y = graph()
    loss = y * w
    copied = duplicate({"loss": loss, "all": [y, w, x, y], "pair": (y.parents, loss)})
    assert copied["all"][0] is copied["all"][3] is copied["loss"].parents[0]
    assert copied["all"][1] is copied["loss"].parents[1]
    assert copied["pair"][1] is copied["loss"]
    assert copied["pair"][0] == copied["all"][0].parents
    assert described(copied["loss"], copied["all"][0]) == described(loss, y)


@ways
def test_an_inner_node_before_its_root_keeps_sharing(duplicate):
    _, _, y = graph()
    inner, root, leaf = duplicate([y.parents[0], y, order(y)[0]])
    assert root.parents[0] is inner
    assert leaf is order(root)[0]


@ways
def test_two_graphs_over_one_leaf_keep_sharing(duplicate):
    x = Value(2.0)
    a, b = duplicate((x * 3, x.tanh()))
    assert a.parents[0] is b.parents[0]


@ways
def test_values_in_attributes_of_other_objects(duplicate):
    model = Holder()
    model.w, model.loss = Value(2.0), None
    model.loss = model.w * model.w
    copied = duplicate(model)
    assert copied.loss.parents == (copied.w, copied.w)


class Holder:
    pass


class Named(Value):
    """A subclass with an attribute of its own."""


@ways
def test_a_subclass_keeps_its_class_and_attributes(duplicate):
    v = Named(2.0, "v")
    v.note = ["kept"]
    copied = duplicate(v * 2).parents[0]
    assert type(copied) is Named
    assert (copied.data, copied.label, copied.note) == (2.0, "v", ["kept"])


@ways
def test_a_deep_graph_over_many_custom_operations(duplicate):
    step = custom_op(
        "copied_step", value=lambda a, b, c: a + b * c, partials=[lambda *_: 1.0, lambda a, b, c: c, lambda a, b, c: b]
    )
    x = y = Value(1.0)
    for _ in range(3_000):
        y = step(y, x, 0.001)
    copied = duplicate([y, x])
    copied[0].backward()
    y.backward()
    assert (copied[0].data, copied[1].grad) == (y.data, x.grad)
    assert x.grad == pytest.approx(4.0)


@ways
def test_a_copy_of_a_copy(duplicate):
    _, _, y = graph()
    assert described(duplicate(duplicate(y))) == described(y)


def test_a_shallow_copy_shares_its_operands():
    w, x, _ = graph()
    h = w * x
    copied = copy.copy(h)
    assert copied is not h
    assert copied.parents == (w, x)
    copied.backward()
    assert (w.grad, h.grad) == (3.0, 0.0)


def test_a_deepcopy_uses_and_fills_the_memo():
    w, x, y = graph()
    kept = Value(2.0)
    memo = {id(w): kept}
    copied = copy.deepcopy(y, memo)
    assert kept in order(copied)
    assert memo[id(x)] in order(copied)


# ---------------------------------------------------------------- failures


class Full(io.RawIOBase):
    """A file on which only a few writes succeed."""

    def __init__(self, writes):
        self.writes = writes

    def write(self, _):
        self.writes -= 1
        if self.writes < 0:
            raise OSError("disk full")
        return 0


def chain(below: Value, length: int) -> Value:
    for _ in range(length):
        below = below * 1.0
    return below


@pytest.mark.parametrize("writes", [0, 1, 3])
def test_a_failed_pickle_leaves_no_trace(writes):
    middle = chain(Value(1.0, "x"), 2_000)
    root = chain(middle, 2_000)
    failed = pickle.Pickler(Full(writes))  # kept alive, with what it has memorised
    with pytest.raises(OSError, match="full") as caught:
        failed.dump(root)
    assert order(pickle.loads(pickle.dumps(middle)))[0].label == "x"
    assert pickle.loads(pickle.dumps(root)).data == 1.0
    assert caught.value.args


def test_an_ancestor_that_cannot_be_pickled_leaves_no_trace():
    class Local(Value):
        pass

    middle = chain(Value(1.0), 2_000)
    root = chain(middle + Local(2.0), 3)
    with pytest.raises((AttributeError, pickle.PicklingError)) as caught:
        pickle.dumps(root)
    assert pickle.loads(pickle.dumps(middle)).data == 1.0
    assert caught.value.args


class Nested:
    """Pickles as the pickle of a graph."""

    def __init__(self, inner):
        self.inner = inner

    def __reduce__(self):
        return unnest, (pickle.dumps(self.inner),)


def unnest(data):
    return Nested(pickle.loads(data))


def with_note(note):
    """A graph over a Value that carries something else that is to be pickled."""
    v = Named(2.0)
    v.note = note
    return chain(chain(v, 500) + Value(1.0), 500)


def test_pickling_inside_pickling():
    copied = pickle.loads(pickle.dumps(with_note(Nested(chain(Value(5.0), 500)))))
    assert copied.data == 3.0
    assert next(v for v in order(copied) if type(v) is Named).note.inner.data == 5.0


def test_pickling_inside_pickling_saves_each_node_once():
    inner = chain(Value(5.0), 500)
    apart = len(pickle.dumps(with_note(None))) + len(pickle.dumps(inner))
    assert len(pickle.dumps(with_note(Nested(inner)))) < 1.1 * apart


def test_a_history_of_nodes_is_copied_in_linear_time():
    """Each node was once looked for under every other: 4 s for 4,000 nodes."""
    history = [Value(1.0)]
    for _ in range(50_000):
        history.append(history[-1] * 1.0)
    copied = copy.deepcopy(history)
    assert copied[-1].parents[0] is copied[-2]
