"""Named pieces: what softmax, mean and the losses leave in a graph, through copies, pickles, scopes and threads."""

from __future__ import annotations

import pickle
import threading
from copy import copy, deepcopy

import pytest

import microgrid as mg
from helpers.engines import each_engine
from microgrid import Value, nn
from microgrid.base.context import MARKS, SCOPES
from microgrid.graph import order
from microgrid.pieces import TABLE, found, marking


def values(*data, name="z"):
    return [Value(x, f"{name}{k}") for k, x in enumerate(data, 1)]


def names(root):
    return [one.piece.name for one in found(order(root))]


def shown(root):
    """What was found: names, labels of what is read, operations inside, how many nodes are given out."""
    return [
        (one.formula, [v.label for v in one.operands], [v.op for v in one.nodes], len(one.outputs))
        for one in found(order(root))
    ]


LOSSES = nn.losses
PS, QS = [0.2, 0.3, 0.5], [0.1, 0.6, 0.3]
MADE = {
    "softmax": lambda: mg.softmax(values(1.0, 2.0, 3.0))[1],
    "log_softmax": lambda: mg.log_softmax(values(1.0, 2.0, 3.0))[1],
    "logsumexp": lambda: mg.logsumexp(values(1.0, 2.0, 3.0)),
    "mean": lambda: mg.mean(values(1.0, 2.0, 3.0)),
    "maxout": lambda: mg.maxout(values(1.0, 2.0, 3.0)),
    "cross_entropy": lambda: LOSSES.cross_entropy(values(*PS), 1),
    "cross_entropy_with_logits": lambda: LOSSES.cross_entropy_with_logits(values(1.0, 2.0, 3.0), 1),
    "nll": lambda: LOSSES.nll(values(-1.0, -2.0, -3.0), QS),
    "kl_divergence": lambda: LOSSES.kl_divergence(values(*PS, name="p"), values(*QS)),
    "bce": lambda: LOSSES.bce(Value(0.3, "z1"), Value(1.0, "y")),
    "bce_with_logits": lambda: LOSSES.bce_with_logits(Value(0.3, "z1"), 0.25),
    "mse": lambda: LOSSES.mse(Value(0.3, "z1"), 1),
    "half_mse": lambda: LOSSES.half_mse(values(1.0, 2.0), [3.0, 5.0]),
    "mae": lambda: LOSSES.mae(values(1.0, 2.0), [3.0, 5.0]),
    "huber": lambda: LOSSES.huber(values(1.0, 2.0), [3.0, 2.5]),
    "hinge": lambda: LOSSES.hinge(values(1.0, 2.0), [1, -1]),
    "l1_penalty": lambda: LOSSES.l1_penalty(values(1.0, 2.0), 0.1),
    "l2_penalty": lambda: LOSSES.l2_penalty(values(1.0, 2.0), 0.1, samples=7),
}
each = pytest.mark.parametrize("name", MADE)


def test_every_row_is_made_by_something():
    assert set(MADE) == set(TABLE)


@each
def test_all_operations_of_a_call_are_one_piece(name):
    root = MADE[name]()
    (one,) = found(order(root))
    assert one.piece.name == name
    assert set(one.nodes) | set(one.operands) == set(order(root))
    assert one.outputs == (root,)
    assert all(v.role in ("op", "constant") for v in one.nodes)
    assert all(v.label for v in one.operands)


@each
@pytest.mark.parametrize("duplicate", [copy, deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_copies_and_pickles_keep_it(name, duplicate):
    root = MADE[name]()
    again = duplicate(root)
    assert again is not root
    assert [row[:2] for row in shown(again)] == [row[:2] for row in shown(root)]
    if duplicate is not copy:  # which shares the operands, and is a second result beside the first
        assert shown(again) == shown(root)


def test_operands_stand_in_the_textbooks_order():
    zs = values(4.0, 3.0, 2.0, 1.0)
    for k in range(4):
        (one,) = found(order(LOSSES.cross_entropy_with_logits(zs, k)))
        assert list(one.operands) == zs
    (one,) = found(order(mg.softmax(zs)[3]))
    assert list(one.operands) == zs


def test_a_piece_fed_by_one_of_its_kind_stays_two():
    zs = values(1.0, 2.0)
    p = mg.softmax(zs)
    q = mg.softmax(p)
    both = mg.softmax([p[0], q[0], zs[0]])  # one of a third number
    assert names(both[0]) == ["softmax"] * 3
    assert [len(one.nodes) for one in found(order(mg.mean([mg.mean(zs), mg.mean(zs)])))] == [3, 3, 3]


def test_the_outermost_has_the_name():
    zs = values(1.0, 2.0, 3.0)
    assert names(mg.softmax(zs)[0]) == ["softmax"]
    assert names(LOSSES.mse(zs, [0, 0, 0])) == ["mse"]
    assert names(LOSSES.cross_entropy_with_logits([zs, zs], [0, 1])) == ["cross_entropy_with_logits"]


def test_losses_that_are_not_reduced_are_a_piece_each():
    losses = LOSSES.bce(values(0.2, 0.7), [0, 1], reduction="none")
    assert len(found(order(*losses))) == 2


@pytest.mark.parametrize(
    ("reduction", "formula"),
    [("mean", "L = −1/n Σ Σ y log p"), ("sum", "L = −Σ Σ y log p"), ("none", "L = −Σ y log p")],
)
def test_the_formula_says_how_samples_were_reduced(reduction, formula):
    def formulas(loss):
        return {one.formula for one in found(order(*(loss if reduction == "none" else [loss])))}

    assert formulas(LOSSES.cross_entropy([values(*PS), values(*QS)], [0, 2], reduction=reduction)) == {formula}
    halves = {"mean": "L = 1/2n Σ (ŷ − y)²", "sum": "L = ½ Σ (ŷ − y)²", "none": "L = ½ (ŷ − y)²"}
    assert formulas(LOSSES.half_mse(values(1.0, 2.0), [0, 0], reduction=reduction)) == {halves[reduction]}


def test_scopes_are_as_they_were():
    with mg.scope("head"):
        p = mg.softmax(values(1.0, 2.0))[0]
    assert {v.scope for v in order(p)} == {"head"}
    assert set(mg.graph.scopes(p)) == {"head"}
    with mg.scope("inner"):
        assert (p * 2).scope == "inner"


def test_what_an_iterator_computes_is_outside():
    zs = values(1.0, 2.0, 3.0)
    for result in (mg.mean(z * 2 for z in zs), mg.softmax(z.tanh() for z in zs)[0]):
        (one,) = found(order(result))
        assert [v.op for v in one.operands] in (["mul"] * 3, ["tanh"] * 3)
    (one,) = found(order(LOSSES.mse((z * z for z in zs), (z + 1 for z in zs))))
    assert sorted(v.op for v in one.operands) == ["add"] * 3 + ["mul"] * 3
    loss = LOSSES.cross_entropy_with_logits(((z * 2 for z in zs) for _ in range(2)), [0, 1])
    assert [v.op for v in found(order(loss))[0].operands] == ["mul"] * 6


def test_a_gradients_own_operations_are_no_part_of_it():
    z = values(1.0, 2.0, 3.0)
    p = mg.softmax(z)[1]
    slope = mg.grad(p, z[1])
    own = set(order(slope)) - set(order(p))
    assert own
    assert all(MARKS[v._scope] is None for v in own)
    assert names(slope) == []  # it uses what the softmax computed on the way


def test_a_result_on_the_way_makes_no_piece():
    p = mg.softmax(values(1.0, 2.0))[0]
    assert names(p.parents[0]) == []


def test_nothing_is_marked_without_a_graph():
    with mg.no_grad():
        p = mg.softmax(values(1.0, 2.0))
    assert names(p[0] + p[1]) == []
    assert mg.mean([1.0, 2.0]) == 1.5
    z = Value(2.0)
    assert mg.logsumexp([z]) is z
    assert z._scope == 0


def test_a_million_calls_need_no_more_places():
    zs = values(1.0, 2.0)
    mean = mg.mean(zs)

    def some():
        nonlocal mean
        for _ in range(200):
            mean = mg.mean([mean, *zs])
            LOSSES.cross_entropy_with_logits([*zs, mean], 2)

    some()
    before = len(SCOPES), len(MARKS)
    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(SCOPES), len(MARKS)) == before
    history = list(zs)
    for _ in range(30):  # each reads all before it
        history.append(mg.mean(history))
    assert len(SCOPES) <= before[0] + 40
    assert len(found(order(history[-1]))) < 30


@each_engine
def test_both_engines_mark_alike(engine):
    zs = [engine.Value(x, f"z{k}") for k, x in enumerate((1.0, 2.0, 3.0))]
    loss = engine.nn.losses.cross_entropy_with_logits([zs, engine.softmax(zs)], [2, 0])
    marks = [mark and tuple(mark) for mark in (engine.base.context.MARKS[v._scope] for v in engine.graph.order(loss))]
    inside, name = ("softmax", 0, False, None), "cross_entropy_with_logits"
    assert marks.count(inside) == 5
    assert (
        marks.count((name, 0, False, 2)) == marks.count((name, 0, False, 0)) == marks.count((name, 0, True, None)) == 1
    )


def test_a_compiled_graph_keeps_its_pieces():
    x, w = Value(1.0, "x"), mg.parameter(0.5, "w")
    loss = LOSSES.bce_with_logits(w * x, 1)
    program = mg.compile(loss, inputs=[x])
    program.value_and_grad([[1.0], [2.0]])
    program.parameters -= 0.25
    program.write_back()
    mg.recompute(loss).backward()
    assert names(loss) == ["bce_with_logits"]
    assert w.data == 0.25


@pytest.mark.parametrize(("make", "reduction"), [
    (lambda a: LOSSES.mse([1.0, a], [2.0, 3.0]), "mean"), (lambda a: LOSSES.mse([a], [3.0]), ""),
    (lambda a: LOSSES.mse([1.0, a], [2.0, 3.0], reduction="sum"), "sum"), (lambda a: LOSSES.mse(a, 3.0), ""),
    (lambda a: LOSSES.half_mse([1.0, a], [2.0, 3.0]), "mean"), (lambda a: LOSSES.half_mse([a], [3.0]), ""),
    (lambda a: LOSSES.half_mse(a, 3.0), ""), (lambda a: LOSSES.half_mse([1.0, a], [2.0, 3.0], reduction="none")[1], ""),
    (lambda a: LOSSES.cross_entropy_with_logits([[1.0, 2.0], [a, 2.0]], [0, 1]), "mean"),
])  # fmt: skip
def test_samples_that_are_numbers_count(make, reduction):
    """The value is what the formula says: the mean of 1 and 4 is 2.5, and (1 - 3)² is 4."""
    (one,) = found(order(make(Value(1.0, "a"))))
    assert one.reduction == reduction


@pytest.mark.parametrize(("logits", "places"), [
    ("a2b", [0, 1, 2]), ("aab", [0, 1, 2]), ("2a2", [0, 1, 2]), ("ba", [0, 1]), ("abab", [0, 1, 2, 3]),
])  # fmt: skip
@pytest.mark.parametrize("function", [mg.softmax, mg.log_softmax])
def test_each_result_has_the_place_of_its_logit(function, logits, places):
    known = {"a": Value(1.0, "a"), "b": Value(2.5, "b"), "2": 2.0}
    results = function([known[letter] for letter in logits])
    (one,) = found(order(mg.sum(results)))
    assert sorted(one.places) == places
    assert [v.data if isinstance(v, Value) else v for v in one.terms] == [
        v.data if isinstance(v, Value) else v for v in (known[letter] for letter in logits)
    ]
    for v, k in zip(one.outputs, one.places, strict=True):
        assert v.data == results[k].data
    (alone,) = found(order(results[-1]))
    assert known[logits[alone.places[0]]] is known[logits[-1]]


def test_a_scope_for_each_step_has_few_places():
    a, b, before = Value(1.0), Value(2.0), len(SCOPES)
    for i in range(100):
        with mg.scope(f"a step of a few places {i}"):
            mg.softmax([a, b])
    assert len(SCOPES) - before <= 3 * 100  # the scope's own, one for nodes, one for results


def test_interrupted_marks_leave_nodes_in_their_scope(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    made = []
    monkeypatch.setattr(marking, "piece_places", interrupted)
    with mg.scope("interrupted here"):
        since, z = marking.made_so_far(), Value(1.0)
        made = [z.exp() + 1, z.tanh()]
        with pytest.raises(KeyboardInterrupt):
            marking.mark_piece("softmax", since, made)
    assert {v.scope for root in made for v in order(root) if v.op} == {"interrupted here"}
    assert found(order(*made)) == []
