"""Programs in the forms of those written for micrograd, with the numbers that the published micrograd gives."""

import copy
import math
import pickle

import micrograd.engine
import pytest

import microgrid
import viz
from helpers.engines import each_engine, same
from microgrid import GraphError, Value, verify

# ---------------------------------------------------------------- Value(data, operands, ...)


@each_engine
def test_a_node_is_made_of_operands_and_the_name_of_an_operation(engine):
    a, b = engine.Value(2.0, label="a"), engine.Value(-3.0, "b")
    made = {
        "+": engine.Value(-1.0, (a, b), "+"),
        "*": engine.Value(-6.0, (a, b), "*", "c"),
        "tanh": engine.Value(math.tanh(2.0), (a,), "tanh", label="t"),
        "ReLU": engine.Value(0, (b,), "ReLU"),
        "**2": engine.Value(9.0, {b}, "**2"),
        "-": engine.Value(5.0, [a, b], _op="-"),
        "/": engine.Value(-2 / 3, _children=(a, b), _op="/"),
        "maximum": engine.Value(2.0, (a, b), "maximum"),
    }
    assert {name: v._op for name, v in made.items()} == {name: name for name in made}
    ours = [a + b, a * b, a.tanh(), b.relu(), b**2, a - b, a / b, engine.maximum(a, b)]
    assert [v.partials for v in made.values()] == [v.partials for v in ours]
    assert [v.data for v in made.values()] == [v.data for v in ours]
    assert [made["*"].label, made["tanh"].label, made["+"].label] == ["c", "t", ""]
    assert made["**2"].constant == 2.0
    assert all(v.role == "op" for v in made.values())


@each_engine
def test_a_node_is_made_of_operands_and_their_partials(engine):
    a, b, c = (engine.Value(x) for x in (2.0, -3.0, 0.5))
    assert engine.Value(7.0, (a,), (4.0,)).partials == (4.0,)
    three = engine.Value(7.0, (a, b, a), (4.0, 5, 0.25), label="three")
    assert (three.data, three.parents, three.partials, three.label) == (7.0, (a, b, a), (4.0, 5.0, 0.25), "three")
    (three * c).backward()
    assert (a.grad, b.grad, c.grad) == (0.5 * 4.25, 2.5, 7.0)
    assert (three._children, three._local_grads, three._prev) == (three.parents, three.partials, {a, b})


@each_engine
def test_operands_and_partials_may_be_given_by_microgpts_names(engine):
    a, b = engine.Value(2.0), engine.Value(-3.0)
    for made in (
        engine.Value(7.0, children=(a, b), local_grads=(4.0, 5.0)),
        engine.Value(7.0, (a, b), local_grads=[4.0, 5.0]),
        engine.Value(7.0, local_grads=(4.0, 5.0), children=[a, b]),
        engine.Value(7.0, _children=(a, b), _op=(4.0, 5.0)),
    ):
        assert (made.data, made.parents, made.partials, made.label) == (7.0, (a, b), (4.0, 5.0), "")
    assert engine.Value(-1.0, children={a, b}, _op="+", label="sum")._op == "+"
    assert engine.Value(7.0, children=(), local_grads=()).role == "input"


@each_engine
def test_a_set_of_operands_finds_its_order_by_the_data(engine):
    a, b = engine.Value(2.0), engine.Value(5.0)
    for operands in ({a, b}, frozenset({b, a})):
        assert engine.Value(-3.0, operands, "-").parents == (a, b)
        assert engine.Value(3.0, operands, "-").parents == (b, a)
        assert engine.Value(10.0, operands, (1.0, 1.0))._prev == {a, b}
    assert engine.Value(4.0, {a}, "*").parents == (a, a)
    assert engine.Value(-2.0, {a}, "-").parents == (a,)


@each_engine
@pytest.mark.parametrize(
    ("data", "xs", "op"),
    [(0.0, (3.0, 3.0), "-"), (1.0, (3.0, 3.0), "/"), (16.0, (2.0, 4.0), "**"), (27.0, (3.0, 3.0), "**"),
     (math.nan, (1.0, 2.0), "-"), (0.0, (0.0,), "-")],
)  # fmt: skip
def test_a_set_that_fits_in_several_orders_is_refused_where_they_have_other_partials(engine, data, xs, op):
    operands = {engine.Value(x) for x in xs}
    with (
        engine.errstate(domain="ieee"),
        pytest.raises(engine.GraphError, match=r"which operand of .* a set .* does not say: give them as a tuple"),
    ):
        engine.Value(data, operands, op)


@each_engine
def test_a_set_that_fits_in_several_orders_is_taken_where_their_partials_agree(engine):
    for _ in range(5):
        a, b = engine.Value(3.0), engine.Value(3.0)
        engine.Value(6.0, {a, b}, "+").backward()
        engine.Value(9.0, {a, b}, "*").backward()
        assert (a.grad, b.grad) == (4.0, 4.0)
    zero, two = engine.Value(0.0), engine.Value(2.0)
    assert engine.Value(0.0, {zero, two}, "/").parents == (zero, two)  # in the other order it is none
    tiny = engine.Value(1e-12)
    assert engine.Value(1e-12, {zero, tiny}, "-").parents == (tiny, zero)  # which fits exactly


@each_engine
def test_a_set_of_many_operands_does_not_hang(engine):
    many = {engine.Value(1.0) for _ in range(30)}
    with pytest.raises(engine.GraphError, match="give them as a tuple"):
        engine.Value(30.0, many, "+")


@each_engine
def test_what_has_no_operands_is_a_leaf(engine):
    leaves = [engine.Value(2, (), ""), engine.Value(2, ()), engine.Value(2, (), label=""), engine.Value(2, set(), ())]
    assert {(v.data, v.role, v.op, v.label, v.parents) for v in leaves} == {(2.0, "input", "", "", ())}
    assert engine.Value(2.0, (), "", "x").label == engine.Value(2.0, (), label="x").label == "x"


@each_engine
def test_inside_no_grad_it_is_a_leaf(engine):
    a = engine.Value(2.0)
    with engine.no_grad():
        assert engine.Value(4.0, (a, a), "+").parents == engine.Value(4.0, (a, a, a), (1, 1, 1)).parents == ()


@each_engine
def test_a_custom_operation_has_its_own_partials(engine):
    engine.custom_op("cubed_here", value=lambda x: x**3, partials=[lambda x: 3 * x**2])
    x = engine.Value(2.0)
    y = engine.Value(8.0, (x,), "cubed_here")
    assert (y.op, y.partials) == ("cubed_here", (12.0,))


REFUSED = {
    "an unknown name": (lambda m, a, b: m.Value(7.0, (a, b), "swish"), "GraphError", ["'swish'", "custom_op"]),
    "no name": (lambda m, a, b: m.Value(7.0, (a, b)), "GraphError", ["no name", "custom_op"]),
    "other data": (lambda m, a, b: m.Value(7.0, (a, b), "+"), "GraphError", ["'a' (2.0) + 'b' (3.0) is 5.0, not 7.0"]),
    "arity": (lambda m, a, b: m.Value(2.0, (a, b), "tanh"), "GraphError", ["'tanh'", "2 operands"]),
    "too few partials": (lambda m, a, b: m.Value(7.0, (a, b), (1,)), "GraphError", ["got 2 and 1"]),
    "partials of a set": (lambda m, a, b: m.Value(7.0, {a, b}, (1, 2)), "GraphError", ["tuple"]),
    "a number": (lambda m, a, b: m.Value(7.0, (a, 3.0), "+"), "TypeError", ["float 3.0"]),
    "a name alone": (lambda m, a, b: m.Value(7.0, (), "+"), "GraphError", ["'+' of nothing"]),
    "text as partial": (lambda m, a, b: m.Value(7.0, (a,), ("1",)), "TypeError", ["str '1'"]),
    "an operation that is no name": (lambda m, a, b: m.Value(7.0, (a,), 1.0), "TypeError", ["third argument"]),
    "a label and more": (lambda m, a, b: m.Value(7.0, "a", "+"), "TypeError", ["argument", "'+'"]),
    "two operands and an exponent": (lambda m, a, b: m.Value(4.0, (a, b), "**2"), "GraphError", ["2 operands"]),
    "operands twice": (lambda m, a, b: m.Value(2.0, (a,), children=(b,)), "TypeError", ["children=", "once"]),
    "partials twice": (lambda m, a, b: m.Value(2.0, (a,), (1,), local_grads=(1,)), "TypeError", ["local_grads="]),
    "partials of nothing": (lambda m, a, b: m.Value(2.0, local_grads=(1,)), "GraphError", ["got 0 and 1"]),
    "an exponent": (lambda m, a, b: m.Value(7.0, (a,), "**x"), "GraphError", ["'**x'"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_node_is_refused_with_the_way_out(name):
    call, error, words = REFUSED[name]
    case = lambda m: call(m, m.Value(2.0, "a"), m.Value(3.0, "b"))  # noqa: E731
    with pytest.raises((TypeError, GraphError)) as caught:
        case(microgrid)
    assert type(caught.value).__name__ == error
    for word in words:
        assert word in str(caught.value)
    same(case)


def with_partials():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    h = Value(math.log(2.0), (a,), (0.5,), label="h")
    return (h * Value(6.0, (a, b), (3.0, 2.0)) + a) * Value(1.0, (a, b, h), (0.0, 1.0, 2.0)), (a, b)


def test_nodes_with_partials_are_copied_pickled_drawn_and_proved_as_far_as_that_goes():
    y, (a, b) = with_partials()
    y.backward()
    for again in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        leaves = [v for v in microgrid.graph.order(again) if v.label in ("a", "b")]
        for v in leaves:
            v.grad = 0.0
        again.backward()
        assert [v.grad for v in leaves] == [a.grad, b.grad]
    assert "given(a, b)" in viz.draw(y).svg()
    assert "<svg" in viz.steps(y).html()
    report = verify(y)
    assert {f.level: f.status for f in report.findings}["composition"] == "proved"
    assert {f.level: f.status for f in report.findings}["numbers"] == "not attempted"
    assert "was given its partials as numbers" in report.text()


@pytest.mark.parametrize(
    "again",
    [
        microgrid.recompute,
        lambda y: microgrid.grad(y, microgrid.graph.leaves(y)[0]),
        lambda y: microgrid.compile(y, inputs=[])(),
    ],
)
def test_nodes_with_partials_are_not_run_again(again):
    y, _ = with_partials()
    data = y.data
    with pytest.raises(GraphError, match=r"holds no formula to be run again .*custom_op"):
        again(y)
    assert y.data == data


# ---------------------------------------------------------------- v._backward()


def neuron(engine):
    """The neuron of the lecture's first half, without what the published micrograd has no operation for."""
    x1, x2 = engine.Value(2.0), engine.Value(0.0)
    w1, w2 = engine.Value(-3.0), engine.Value(1.0)
    b = engine.Value(6.8813735870195432)
    x1w1, x2w2 = x1 * w1, x2 * w2
    both = x1w1 + x2w2
    n = both + b
    return [n.relu(), n, b, both, x2w2, x1w1, x1, w1, x2, w2]


def test_the_backward_pass_of_the_lecture_by_hand():
    nodes, theirs = neuron(microgrid), neuron(micrograd.engine)
    for made in (nodes, theirs):
        made[0].grad = 1.0
        for v in made:
            v._backward()
    assert [v.grad for v in nodes] == [v.grad for v in theirs]
    assert nodes[7].grad == 2.0


def test_the_backward_pass_by_hand_is_that_of_backward():
    y = (Value(0.5) * Value(2.0) + 1).tanh() ** 2
    y.grad = 1.0
    for v in reversed(microgrid.graph.order(y)):
        v._backward()
    steps = [v.grad for v in microgrid.graph.order(y)]
    for v in microgrid.graph.order(y):
        v.grad = 0.0
    y.backward()
    assert steps == [v.grad for v in microgrid.graph.order(y)]


@each_engine
def test_a_step_adds_to_each_operand_as_often_as_it_stands_there(engine):
    a = engine.Value(3.0)
    square, many = a * a, engine.Value(1.0, (a, a, a), (1.0, 10.0, 100.0))
    assert square._backward() is None
    assert (a.grad, a.has_grad) == (0.0, True)
    square.grad = many.grad = 2.0
    square._backward()
    assert a.grad == 12.0
    many._backward()
    assert a.grad == 12.0 + 222.0
    a._backward()
    assert a.grad == 234.0


@each_engine
def test_assigning_a_step_is_refused_with_the_way_out(engine):
    v = engine.Value(1.0) * 2
    with pytest.raises(AttributeError, match=r"custom_op.*docs/from-micrograd.md#_backward"):
        v._backward = lambda: None
    assert v.partials == (2.0, 1.0)


# ---------------------------------------------------------------- whole programs


def crossed(value_of):
    """A hinge with a clamped logarithm, in nodes with local gradients, as programs after microgpt write it."""
    ws = [value_of(x) for x in (0.3, -0.7, 1.1)]
    losses = []
    for _ in range(5):
        z = sum((w * x for w, x in zip(ws, (1.0, 2.0, 3.0), strict=True)), value_of(0.0))
        p = value_of(1 / (1 + math.exp(-z.data)), (z,), (math.exp(-z.data) / (1 + math.exp(-z.data)) ** 2,))
        clamped = max(p.data, 1e-10)
        loss = value_of(-math.log(clamped), (p,), (-1 / clamped,))
        loss.backward()
        for w in ws:
            w.data -= 0.1 * w.grad
            w.grad = 0
        losses.append(loss.data)
    return losses


class Local(micrograd.engine.Value):
    """micrograd's Value with partials, as programs after microgpt have it."""

    def __init__(self, data, children=(), partials=()):
        super().__init__(data, children)
        self._backward = lambda: [self.pass_on(x, p) for x, p in zip(children, partials, strict=True)]

    def pass_on(self, operand, partial):
        operand.grad += partial * self.grad


def test_a_program_with_local_gradients_has_the_same_losses():
    theirs = crossed(Local)
    assert crossed(Value) == pytest.approx(theirs, rel=1e-14)
    assert theirs[-1] < theirs[0]
