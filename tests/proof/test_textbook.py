"""The textbook's form of each named piece: the same function, as 50 digits say, and what is said where it cannot be."""

from __future__ import annotations

import math
import random
import sys

import pytest
from mpmath import mp

import microgrid as mg
from microgrid import Value, nn, unfold
from microgrid.base.phrases import said
from microgrid.graph import order
from microgrid.pieces import TABLE, found
from microgrid.proof import textbook
from microgrid.proof.composition import engine_adjoints
from microgrid.proof.textbook import compare

LOSSES = nn.losses


def values(data, name="z"):
    return [Value(x, f"{name}{k}") for k, x in enumerate(data, 1)]


# ---------------------------------------------------------------- the formulas of the books, in 50 digits


def softmax(zs):
    return [mp.exp(z) / mp.fsum(map(mp.exp, zs)) for z in zs]


def bce(p, y):
    return -(y * mp.log(p) + (1 - y) * mp.log(1 - p))


def sigma(z):
    return 1 / (1 + mp.exp(-z))


def huber(e, delta):
    return e**2 / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2)


def average(f, *columns):
    return mp.fsum(map(f, *columns)) / len(columns[0])


Y = (mp.mpf(1) / 4, mp.mpf(3) / 4)
DISTRIBUTION = [0.125, 0.25, 0.625]
"""Exact in doubles."""

LOGITS, UNIT = (-6.0, 6.0), (0.02, 0.98)
FORMS = {  # what microgrid computes, the formula, the range of its operands
    "softmax": (lambda v: mg.softmax(v)[1], lambda x: softmax(x)[1], LOGITS),
    "log_softmax": (lambda v: mg.log_softmax(v)[1], lambda x: mp.log(softmax(x)[1]), LOGITS),
    "logsumexp": (mg.logsumexp, lambda x: mp.log(mp.fsum(map(mp.exp, x))), LOGITS),
    "mean": (mg.mean, lambda x: mp.fsum(x) / 3, LOGITS),
    "maxout": (mg.maxout, max, LOGITS),
    "cross_entropy": (
        lambda v: LOSSES.cross_entropy([v, v[::-1]], [DISTRIBUTION, 0]),
        lambda x: (-mp.fsum(y * mp.log(p) for y, p in zip(DISTRIBUTION, x)) - mp.log(x[2])) / 2,
        UNIT,
    ),
    "cross_entropy_with_logits": (
        lambda v: LOSSES.cross_entropy_with_logits([v, v], [1, DISTRIBUTION]),
        lambda x: -(mp.log(softmax(x)[1]) + mp.fsum(y * mp.log(p) for y, p in zip(DISTRIBUTION, softmax(x)))) / 2,
        LOGITS,
    ),
    "nll": (
        lambda v: LOSSES.nll(v, DISTRIBUTION), lambda x: -mp.fsum(y * p for y, p in zip(DISTRIBUTION, x)), (-5.0, -0.1)
    ),
    "kl_divergence": (
        lambda v: LOSSES.kl_divergence(DISTRIBUTION, v),
        lambda x: mp.fsum(p * mp.log(p / q) for p, q in zip(DISTRIBUTION, x)),
        UNIT,
    ),
    "bce": (lambda v: LOSSES.bce(v, [1, 0, 0.25]), lambda x: average(bce, x, [1, 0, Y[0]]), UNIT),
    "bce_with_logits": (
        lambda v: LOSSES.bce_with_logits(v, [1, 0, 0.75]),
        lambda x: average(lambda z, y: bce(sigma(z), y), x, [1, 0, Y[1]]),
        LOGITS,
    ),
    "mse": (lambda v: LOSSES.mse(v, [1, 2, 3]), lambda x: average(lambda p, y: (p - y) ** 2, x, [1, 2, 3]), LOGITS),
    "half_mse": (
        lambda v: LOSSES.half_mse(v, [1, 2, 3], reduction="sum"),
        lambda x: 3 * average(lambda p, y: (p - y) ** 2, x, [1, 2, 3]) / 2,
        LOGITS,
    ),
    "mae": (lambda v: LOSSES.mae(v, [1, 2, 3]), lambda x: average(lambda p, y: abs(p - y), x, [1, 2, 3]), LOGITS),
    "huber": (
        lambda v: LOSSES.huber(v, [1, 2, 3], delta=1.5),
        lambda x: average(lambda p, y: huber(p - y, mp.mpf("1.5")), x, [1, 2, 3]),
        LOGITS,
    ),
    "hinge": (
        lambda v: LOSSES.hinge(v, [1, -1, 1]), lambda x: average(lambda p, y: max(0, 1 - y * p), x, [1, -1, 1]), LOGITS
    ),
    "l1_penalty": (lambda v: LOSSES.l1_penalty(v, 0.25), lambda x: mp.fsum(map(abs, x)) / 4, LOGITS),
    "l2_penalty": (lambda v: LOSSES.l2_penalty(v, 0.25), lambda x: mp.fsum(w**2 for w in x) / 8, LOGITS),
}  # fmt: skip
each = pytest.mark.parametrize("name", FORMS)


def exact(formula, point):
    """The value and the derivatives of a formula, by 100-digit differences."""
    with mp.workdps(100):
        x, h = [mp.mpf(one) for one in point], mp.mpf(10) ** -40
        shifted = (
            [[*x[:k], x[k] + h, *x[k + 1 :]] for k in range(len(x))],
            [[*x[:k], x[k] - h, *x[k + 1 :]] for k in range(len(x))],
        )
        slopes = [(formula(above) - formula(below)) / (2 * h) for above, below in zip(*shifted)]
        return [float(formula(x)), *map(float, slopes)]


def numbers(root, leaves):
    adjoints = engine_adjoints(root)
    return [root.data, *(adjoints.get(v, 0.0) for v in leaves)]


def test_every_piece_has_its_formula_here():
    assert set(FORMS) == set(TABLE)


@each
@pytest.mark.parametrize("seed", range(3))
def test_recorded_and_unfolded_are_the_textbooks_function(name, seed):
    make, formula, (low, high) = FORMS[name]
    rng = random.Random(f"{name}{seed}")
    zs = values([rng.uniform(low, high) for _ in range(3)])
    root = make(zs)
    before = [(v.data, v.grad, v.label, v._scope, v.parents) for v in order(root)]
    unfolded = unfold(root)
    truth = exact(formula, [z.data for z in zs])
    assert numbers(root, zs) == pytest.approx(truth, rel=1e-12, abs=1e-13)
    assert numbers(unfolded, zs) == pytest.approx(truth, rel=1e-9, abs=1e-11)
    assert [(v.data, v.grad, v.label, v._scope, v.parents) for v in order(root)] == before
    assert found(order(unfolded)) == []
    assert {v for v in order(unfolded) if v.label} == set(zs) & set(order(root))
    (comparison,) = compare(root)
    assert comparison.instance.piece.name == name
    assert comparison.agrees
    assert comparison.error < 1e-9
    assert comparison.text == ""


@pytest.mark.parametrize("point", [(800.0, 1.0, -700.0), (-1e4, -1e4 + 2, 3.0), (40.0, -40.0, 0.0)])
def test_what_is_recorded_holds_for_large_logits_too(point):
    for name in ("softmax", "log_softmax", "logsumexp", "cross_entropy_with_logits", "bce_with_logits"):
        make, formula, _ = FORMS[name]
        zs = values(point)
        with mp.workdps(10_000):  # e^-10,000 beside 1
            truth = float(formula([mp.mpf(x) for x in point]))
        assert make(zs).data == pytest.approx(truth, rel=1e-13, abs=1e-300), name


def test_the_derivative_by_a_logit_is_p_minus_y():
    zs = values([5.0, 6.0, 11.0, 7.0])
    p = [one.data for one in mg.softmax(zs)]
    for loss in (LOSSES.cross_entropy_with_logits(zs, 2), LOSSES.cross_entropy(mg.softmax(zs), 2)):
        for root in (loss, unfold(loss)):
            assert numbers(root, zs)[1:] == pytest.approx(
                [pk - (k == 2) for k, pk in enumerate(p)], rel=1e-9, abs=1e-12
            )


# ---------------------------------------------------------------- the textbook's steps


def steps(root):
    return [v.op for v in order(root) if v.op]


def test_the_steps_are_those_of_the_books():
    zs = values([1.0, 2.0])
    assert steps(unfold(mg.softmax(zs)[0])) == ["exp", "exp", "add", "div"]
    assert steps(unfold(LOSSES.cross_entropy_with_logits(zs, 0))) == ["exp", "exp", "add", "div", "log", "neg"]
    assert steps(unfold(LOSSES.bce(Value(0.3), Value(1.0)))) == ["log", "mul", "sub", "sub", "log", "mul", "add", "neg"]
    assert steps(unfold(LOSSES.cross_entropy(values([0.3, 0.7]), 1))) == ["log", "neg"]
    assert steps(unfold(LOSSES.l2_penalty(zs, 1.0))) == ["powc", "powc", "add", "mul"]
    assert not any(0 < v.data < 1e-40 for v in order(unfold(LOSSES.bce(Value(0.3), 0))))


def test_exponentials_are_written_once():
    p = mg.softmax(values([1.0, 2.0, 3.0]))
    assert steps(unfold(mg.sum(p))).count("exp") == 3


def test_labels_scopes_and_what_is_outside_stay():
    zs = values([1.0, 2.0])
    with mg.scope("head"):
        p = mg.softmax([z * 2 for z in zs])
        p[0].label = "p"
    loss = LOSSES.cross_entropy(p, 0)
    loss.label = "L"
    again = unfold(loss)
    assert again.label == "L"
    labelled = {v.label: v for v in order(again) if v.label}
    assert labelled["z1"] is zs[0]
    assert (labelled["p"].op, labelled["p"].scope) == ("div", "head")
    assert [v.scope for v in order(again) if v.op in ("mul", "exp", "add", "div")] == ["head"] * 6
    assert again.scope == ""
    assert order(loss)[0].grad == 0.0


def test_some_pieces_alone_are_unfolded():
    loss = LOSSES.cross_entropy(mg.softmax(values([1.0, 2.0])), 0)
    assert [one.piece.name for one in found(order(unfold(loss, pieces=["softmax"])))] == ["cross_entropy"]
    assert [one.piece.name for one in found(order(unfold(loss, pieces=["cross_entropy"])))] == ["softmax"]


def test_gradients_are_computed_if_asked_and_leaves_keep_theirs():
    zs = values([1.0, 2.0])
    loss = LOSSES.cross_entropy(mg.softmax(zs), 0)
    loss.backward()
    held = [z.grad for z in zs]
    assert not unfold(loss).has_grad
    again = unfold(loss, gradients=True)
    assert again.grad == 1.0
    assert all(v.has_grad for v in order(again) if v.op)
    assert [z.grad for z in zs] == held


def test_a_custom_operation_after_a_piece_is_computed_again():
    halve = mg.custom_op("halved_here", value=lambda a, b, c: (a + b + c) / 2, partials=[lambda *_: 0.5] * 3)
    p = mg.softmax(values([1.0, 2.0, 3.0]))
    again = unfold(halve(*p))
    assert again.data == pytest.approx(0.5)
    assert len(again.parents) == 3


def test_a_mean_of_very_many_does_not_recurse():
    assert unfold(mg.mean(values([1.0] * 20_000))).data == 1.0


# ---------------------------------------------------------------- where it cannot be computed

LEAVES = {
    "e^1000 overflows in the textbook's softmax":
        lambda: mg.softmax(values([1000.0, 1.0]))[0],
    "0/0 is undefined in the textbook's softmax":
        lambda: mg.softmax(values([-1000.0, -1000.0]))[0],
    "log 0 is undefined in the textbook's cross_entropy":
        lambda: LOSSES.cross_entropy(values([0.0, 1.0]), 0),
    "log 0 is undefined in the textbook's bce":
        lambda: LOSSES.bce(Value(1.0), 0),
    "log 0 is undefined in the textbook's bce_with_logits":
        lambda: LOSSES.bce_with_logits(Value(50.0), 0),
    "0.5/0 is undefined in the textbook's kl_divergence":
        lambda: LOSSES.kl_divergence([0.5, 0.5], values([0.0, 1.0])),
}  # fmt: skip


@pytest.mark.parametrize("text", LEAVES)
def test_what_leaves_the_doubles_is_said_in_one_sentence(text):
    root = LEAVES[text]()
    (one,) = compare(root)
    assert one.text == text
    assert (one.agrees, one.error) == (False, math.inf)
    assert "libros" in said(one.text, "es")
    assert not math.isfinite(unfold(root, gradients=True).data)  # and nothing is raised
    assert math.isfinite(root.data)
    root.backward()


def test_a_probability_that_was_cut_off_is_told_from_the_textbooks():
    (one,) = compare(LOSSES.cross_entropy(values([1e-60, 1.0]), 0))
    assert not one.agrees
    assert one.text == "the textbook's cross_entropy is off by 100 %"


def test_digits_that_the_textbook_loses_are_said():
    (one,) = compare(LOSSES.bce_with_logits(Value(40.0), 1))
    assert one.agrees  # within what rounding can do to 1 − p
    assert "off by 100 %" in one.text


def test_inside_no_grad_and_where_errors_raise_it_is_the_same():
    p = mg.softmax(values([1000.0, 1.0]))[0]
    with mg.no_grad(), mg.errstate(domain="raise", gradient="raise"), mg.scope("elsewhere"):
        assert "e^1000" in compare(p)[0].text
        assert math.isnan(unfold(p).data)
        assert {v.scope for v in order(unfold(p))} == {""}


@pytest.mark.parametrize("make", [
    lambda z: LOSSES.bce(0.25, z), lambda z: LOSSES.kl_divergence([z, 0.5], [0.25, 0.75]),
    lambda z: LOSSES.cross_entropy_with_logits([1.0, 2.0, z], 0),
    lambda z: LOSSES.cross_entropy_with_logits([1.0, 2.0, z], 2),
    lambda z: LOSSES.cross_entropy_with_logits([1.0, z, 2.0], [z, 0.25, 0.25]),
    lambda z: LOSSES.huber([1.0, z], [z, 2.0]), lambda z: LOSSES.cross_entropy([0.5, z], [z, 0.5]),
    lambda z: mg.softmax([z, z])[0], lambda z: mg.softmax([z])[0], lambda z: mg.log_softmax([1.0, z])[0],
    lambda z: mg.logsumexp([1.0, z, 3]), lambda z: LOSSES.l1_penalty([z, z], 0.5),
    lambda z: LOSSES.mse([[z, 1]], [[2, z]]), lambda z: LOSSES.bce_with_logits([z, 0.25], [z, z]),
])  # fmt: skip
def test_numbers_among_the_operands(make):
    z = Value(0.5, "z")
    root = make(z)
    assert numbers(unfold(root), [z]) == pytest.approx(numbers(root, [z]), rel=1e-12)
    assert all(one.agrees for one in compare(root))


def test_logits_that_are_no_numbers_are_found():
    with mg.errstate(domain="ieee"):
        roots = [mg.sum(mg.softmax([Value(1.0), math.nan, Value(2.0)])), LOSSES.cross_entropy_with_logits(
            [Value(1.0), math.nan, Value(2.0)], [0.2, 0.3, 0.5])]  # fmt: skip
        for root in roots:
            assert math.isnan(unfold(root).data)
            assert [one.agrees for one in compare(root)] == [False]


def test_a_logit_that_is_a_number_overflows_too():
    assert compare(mg.softmax([Value(1.0), 1000.0])[0])[0].text == "e^1000 overflows in the textbook's softmax"


def test_a_softmax_of_very_many_is_written_in_time_in_proportion():
    def steps_of(n):
        root, count = mg.sum(mg.softmax([Value(0.0) for _ in range(n)])), 0

        def counted(*event):
            nonlocal count
            count += event[1] == "call"

        sys.setprofile(counted)
        try:
            unfold(root)
        finally:
            sys.setprofile(None)
        return count

    assert steps_of(400) < 2.5 * steps_of(200)


def test_small_logits_cost_no_second_computation(monkeypatch):
    monkeypatch.setattr(textbook, "_written", None)
    for root in (mg.softmax(values([0.0, 1.0, -2.0]))[0], LOSSES.cross_entropy_with_logits(values([0.0, 1.0]), 1)):
        assert not textbook.leaves_doubles(found(order(root))[0])
