"""Losses as graphs: compiled, with no node in vain, of any sequence, and what they refuse."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import microgrid as mg
from helpers.predictions import CLASSES, MIXED, P, T, Z, values
from microgrid import DomainError, Value, nn
from microgrid.graph import order
from microgrid.nn import losses

# ---------------------------------------------------------------- compiled


def replayed(loss, x, y, model):
    """The compiled loss of a sample whose input and target change from run to run."""
    compiled = mg.compile(loss, inputs=[*x, *y], parameters=model.parameters())
    return compiled.value_and_grad


@pytest.mark.parametrize(
    ("loss", "outputs", "targets"),
    [
        (losses.mse, 1, [[0.3], [-2.0]]),
        (losses.mae, 1, [[0.3], [-2.0]]),
        (losses.huber, 1, [[0.3], [-9.0]]),
        (losses.hinge, 1, [[1.0], [-1.0]]),
        (losses.bce_with_logits, 1, [[1.0], [0.0]]),
        (lambda z, y: losses.bce(z.sigmoid(), y), 1, [[1.0], [0.0]]),
        (losses.cross_entropy_with_logits, 3, [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
        (lambda z, y: losses.cross_entropy(mg.softmax(z), y), 3, [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
        (lambda z, y: losses.nll(mg.log_softmax(z), y), 3, [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
        (lambda z, y: losses.kl_divergence(y, mg.softmax(z)), 3, [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
    ],
    ids=["mse", "mae", "huber", "hinge", "logit", "bce", "logits", "cross_entropy", "nll", "kl_divergence"],
)
def test_targets_are_inputs_of_a_compiled_loss(loss, outputs, targets):
    random.seed(5)
    model = nn.MLP(2, [4, outputs])
    x, y = [Value(0.0, "x0"), Value(0.0, "x1")], [Value(0.0, f"y{k}") for k in range(outputs)]  # placeholders
    run = replayed(loss(model(x), y[0] if outputs == 1 else y), x, y, model)
    samples = [[0.5, -1.0], [1.5, 2.0]]
    value, gradient = run(np.hstack([samples, targets]))

    total = 0.0
    model.zero_grad()
    for point, target in zip(samples, targets):  # with targets that are numbers, which other nodes may compute
        eager = loss(model(point), target[0] if outputs == 1 else target)
        eager.backward(0.5)
        total += eager.data / 2
    assert value == pytest.approx(total, rel=1e-13)
    assert gradient == pytest.approx([p.grad for p in model.parameters()], rel=1e-12, abs=1e-15)


# ---------------------------------------------------------------- what is recorded


@pytest.mark.parametrize(
    ("loss", "operations"),
    [
        (lambda x: losses.mse(x, [1.0, 2.0, 3.0]), 9),  # 3 differences, 3 squares, 2 sums, the division
        (lambda x: losses.mse(x[0], 1.0), 2),
        (lambda x: losses.half_mse(x, [1.0, 2.0, 3.0]), 10),
        (lambda x: losses.hinge(x[0], -1), 3),
        (lambda x: losses.bce_with_logits(x[0], 0), 1),
        (lambda x: losses.bce_with_logits(x[0], 1), 2),
        (lambda x: losses.cross_entropy_with_logits(x, 1), 3),  # logaddexp, difference, softplus
        (lambda x: losses.cross_entropy_with_logits(x, [0, 1, 0]), 3),
        (lambda x: losses.l2_penalty(x, 0.1), 6),
    ],
)
def test_no_node_is_recorded_in_vain(loss, operations):
    nodes = order(loss(values([0.1, 0.2, 0.3])))
    assert sum(v.role == "op" for v in nodes) == operations


@pytest.mark.parametrize("kind", [tuple, iter, np.array, lambda xs: np.array(xs, dtype=object)])
def test_predictions_and_targets_come_in_any_sequence(kind):
    assert losses.mse(kind(values(P)), np.array(T)).data == pytest.approx(2.145, rel=1e-14)


def test_losses_of_rows_are_nested_as_the_rows_are_and_their_mean_is_over_all():
    rows = values([[1.0, 2.0], [3.0, 5.0]])
    each = losses.mse(rows, [[0.0, 0.0], [0.0, 1.0]], reduction="none")
    assert [[v.data for v in row] for row in each] == [[1.0, 4.0], [9.0, 16.0]]
    assert losses.mse(rows, np.array([[0.0, 0.0], [0.0, 1.0]])).data == 7.5
    assert losses.half_mse(rows, [[0.0, 0.0], [0.0, 1.0]]).data == 3.75


def test_classes_come_as_any_whole_number():
    zs = values(Z)
    expected = losses.cross_entropy_with_logits(zs, CLASSES).data
    for kind in (np.array(CLASSES), np.array(CLASSES, dtype=float), [2.0, False], [np.int8(2), [1, 0, 0, 0]]):
        assert losses.cross_entropy_with_logits(np.array(zs), kind).data == expected


def test_arrays_of_rows_are_batches():
    zs = np.array(values(Z))
    found = losses.cross_entropy_with_logits(zs, np.array(MIXED), reduction="none")
    assert [v.data for v in found] == pytest.approx([3.2271601394618448, 3.28076363991234], rel=1e-14)


def test_plain_numbers_give_plain_numbers():
    assert losses.mse(P, T) == pytest.approx(2.145, rel=1e-14)
    assert losses.bce(0.5, 1) == pytest.approx(math.log(2), rel=1e-15)
    assert losses.cross_entropy_with_logits(Z[0], 2) == pytest.approx(0.02716013946184461, rel=1e-13)


# ---------------------------------------------------------------- what is refused

V = Value(0.5, "p")
REFUSED = [
    (lambda: losses.mse([V] * 4, [1, 2, 3]), ValueError, "mse: 4 predictions but 3 targets"),
    (lambda: losses.mse([], []), ValueError, "mse: 0 predictions and 0 targets"),
    (lambda: losses.mse([[V, V], [V]], [[1, 2], [1, 2]]), ValueError, "mse, sample 1: 1 predictions but 2 targets"),
    (lambda: losses.mse([V, V], [[1], [2]]), ValueError, "mse, sample 0: one prediction but a list of 1 targets"),
    (lambda: losses.mae([V, V], 1), ValueError, "mae: a list of 2 predictions but one target"),
    (lambda: losses.mae(V, "1"), TypeError, "mae: expected a list as the targets, got str"),
    (lambda: losses.mae(V, None), TypeError, "mae: "),
    (lambda: losses.huber([V], ["1"]), TypeError, "huber, sample 0: "),
    (lambda: losses.mse(V, math.nan), ValueError, "mse: targets are .* nan is not finite"),
    (lambda: losses.huber(V, 1, delta=0), ValueError, "huber: delta.*above 0.*got 0.0"),
    (lambda: losses.huber(V, 1, delta=math.nan), ValueError, "huber: delta"),
    (lambda: losses.huber(V, 1, delta="1"), TypeError, "huber: delta"),
    (lambda: losses.mse(V, 1, reduction="avg"), ValueError, "mse: reduction='avg' is unknown"),
    (lambda: losses.half_mse(V, 1, reduction=None), ValueError, "half_mse: reduction=None is unknown"),
    (lambda: losses.nll([V, V], 1, reduction=0), ValueError, "nll: reduction=0 is unknown"),
    (lambda: losses.hinge([V, V], [1, 0]), ValueError, r"hinge, sample 1: labels are -1 and 1, got 0.0: 2\*y - 1"),
    (lambda: losses.bce(Value(1.5, "q"), 1), DomainError, r"bce: 'q' \(1.5\) is no probability.*bce_with_logits"),
    (lambda: losses.bce([V, V - 1], [1, 1]), ValueError, r"bce, sample 1: p - 1 \(-0.5\) is no probability"),
    (lambda: losses.bce(V, 2), ValueError, "bce: 2.0 is no target"),
    (lambda: losses.bce_with_logits(V, -1), ValueError, "bce_with_logits: -1.0 is no target"),
    (lambda: losses.cross_entropy(values(Z), CLASSES), DomainError, r"cross_entropy, sample 0: 5.0 is no probability"),
    (lambda: losses.nll(values(Z), CLASSES), DomainError, "nll, sample 0: 5.0 is no logarithm of a probability"),
    (lambda: losses.kl_divergence([0, 1], [V, V * 3]), DomainError, r"kl_divergence: p\*3 \(1.5\) is no probability"),
    (lambda: losses.kl_divergence([0.5, 0.6], [V, V]), ValueError, "kl_divergence: .*add up to 1"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, 3), ValueError, "class 3, and there are 3, numbered from 0"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, -1), ValueError, "class -1, and there are 3"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, 1.5), ValueError, "class 1.5"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, V), TypeError, "the Value 'p' .* cannot choose the class"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, "1"), TypeError, "expected a list as the target, got str"),
    (lambda: losses.cross_entropy_with_logits([V] * 3, [0, 1]), ValueError, "3 predictions but 2 targets"),
    (lambda: losses.cross_entropy_with_logits([V, V], [2, -1]), ValueError, r"add up to 1, got \[2.0, -1.0\]"),
    (lambda: losses.cross_entropy_with_logits([V] * 9, [2, 1, 0] * 3), ValueError, "if these are classes, each has"),
    (lambda: losses.cross_entropy_with_logits([V, V], [V, -1]), ValueError, "0 or more"),
    (lambda: losses.cross_entropy_with_logits([V], 0), ValueError, "1 of the 2 or more classes.*bce"),
    (lambda: losses.cross_entropy_with_logits(V, 0), TypeError, r"as the prediction, got Value 'p' \(0.5\)"),
    (lambda: losses.cross_entropy_with_logits([], []), ValueError, "0 predictions and 0 targets"),
    (lambda: losses.cross_entropy_with_logits([[V, V]], [0, 1]), ValueError, "1 predictions but 2 targets"),
    (lambda: losses.cross_entropy_with_logits([[V, V]], 1), ValueError, "a list of 1 predictions but one target"),
    (lambda: losses.l2_penalty([], 0.1), ValueError, "l2_penalty: there are 0 parameters"),
    (lambda: losses.l2_penalty([V], -0.1), ValueError, "l2_penalty: strength is 0 or more, got -0.1"),
    (lambda: losses.l1_penalty([V], 0.1, samples=0), ValueError, "l1_penalty: samples is at least 1, got 0"),
    (lambda: losses.l1_penalty([V], 0.1, samples=1.5), TypeError, "l1_penalty: samples is a whole number, got float"),
    (lambda: losses.l1_penalty(nn.Neuron(2), 0.1), TypeError, r"l1_penalty: parameters .*pass its parameters\(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED, ids=[str(k) for k in range(len(REFUSED))])
def test_mistakes_are_refused_with_the_loss_and_the_numbers(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_placeholder_target_is_not_looked_at():
    for loss in (losses.hinge, losses.bce, losses.bce_with_logits):
        assert loss(V, Value(7.0, "y")).role == "op"
    assert losses.cross_entropy([V, V], [Value(0.0), Value(0.0)]).data == 0.0
