"""Losses: their numbers beside PyTorch's, their gradients beside 50 digits, extreme logits, the lectures' examples."""

from __future__ import annotations

import importlib.util
import math
import random
from functools import partial
from itertools import chain

import pytest
from mpmath import mp, mpf

import microgrid as mg
from helpers.predictions import CLASSES, MIXED, P, T, Z, values
from microgrid import Value, parameter
from microgrid.nn import losses

SIGNS = [1, -1, -1, 1]
PROBABILITIES, ANSWERS = [0.02, 0.6, 0.97, 0.5], [0.0, 1.0, 0.0, 0.3]


def flat(xs):
    return list(chain.from_iterable(xs)) if isinstance(xs[0], list) else list(xs)


def softmaxed(loss):
    return lambda zs, targets, **options: loss([mg.softmax(row) for row in zs], targets, **options)


def nll_of_logits(zs, targets, **options):
    return losses.nll([mg.log_softmax(row) for row in zs], targets, **options)


def kl_from_logits(zs, targets, **options):
    return losses.kl_divergence(targets, [mg.softmax(row) for row in zs], **options)


def huber_04(predictions, targets, **options):
    return losses.huber(predictions, targets, delta=0.4, **options)


# ---------------------------------------------------------------- beside PyTorch

CLASS_GRADIENT = [
    0.0012061674775781098, 0.0032787031363788587, -0.013397309770487364, 0.00891243915653033,
    -0.48904446882888225, 0.05997000127912612, 0.06627710137064959, 0.3627973661791065,
]  # fmt: skip
MIXED_GRADIENT = [
    -0.04879383252242189, -0.09672129686362115, 0.3366026902295126, -0.19108756084346967,
    -0.33904446882888223, 0.05997000127912612, -0.08372289862935041, 0.3627973661791065,
]  # fmt: skip

# torch 2.13.0 in float64 on a CPU: torch.nn.functional.mse_loss, l1_loss, huber_loss, binary_cross_entropy,
# binary_cross_entropy_with_logits, cross_entropy, nll_loss and kl_div of log_softmax (its pointwise terms added up over
# the classes); (1 - y*x).relu() for the hinge; reduction="none" and the gradient of the mean.
PYTORCH = [
    (losses.mse, P, T, [0.04, 0.04, 6.25, 2.25], [-0.1, -0.1, 1.25, -0.75]),
    (losses.half_mse, P, T, [0.02, 0.02, 3.125, 1.125], [-0.05, -0.05, 0.625, -0.375]),
    (losses.mae, P, T, [0.2, 0.2, 2.5, 1.5], [-0.25, -0.25, 0.25, -0.25]),
    (losses.huber, P, T, [0.02, 0.02, 2.0, 1.0], [-0.05, -0.05, 0.25, -0.25]),
    (huber_04, P, T, [0.02, 0.02, 0.92, 0.52], [-0.05, -0.05, 0.1, -0.1]),
    (losses.hinge, P, SIGNS, [0.7, 0.0, 3.5, 1.0], [-0.25, 0.0, 0.25, -0.25]),
    (losses.bce, PROBABILITIES, ANSWERS,
     [0.02020270731751945, 0.5108256237659907, 3.506557897319981, 0.6931471805599453],
     [0.25510204081632654, -0.4166666666666667, 8.333333333333325, 0.2]),
    (losses.bce_with_logits, P, ANSWERS,
     [0.8543552444685272, 1.4632824673380311, 2.5788897342925496, 0.6931471805599453],
     [0.14361062920291476, -0.1921311958747544, 0.23103545499468914, 0.05]),
    (losses.cross_entropy_with_logits, Z, CLASSES, [0.02716013946184461, 3.82076363991234], CLASS_GRADIENT),
    (losses.cross_entropy_with_logits, Z, MIXED, [3.2271601394618448, 3.28076363991234], MIXED_GRADIENT),
    (softmaxed(losses.cross_entropy), Z, CLASSES, [0.02716013946184461, 3.82076363991234], CLASS_GRADIENT),
    (softmaxed(losses.cross_entropy), Z, MIXED, [3.2271601394618448, 3.28076363991234], MIXED_GRADIENT),
    (nll_of_logits, Z, CLASSES, [0.02716013946184461, 3.82076363991234], CLASS_GRADIENT),
    (nll_of_logits, Z, MIXED, [3.2271601394618448, 3.28076363991234], MIXED_GRADIENT),
    (kl_from_logits, Z, MIXED, [1.9473059136281772, 2.6698993378574465], MIXED_GRADIENT),
    (kl_from_logits, Z, CLASSES, [0.02716013946184461, 3.82076363991234], CLASS_GRADIENT),
]  # fmt: skip
IDS = ["mse", "half_mse", "mae", "huber", "huber 0.4", "hinge", "bce", "bce_with_logits", "logits, classes",
       "logits, distributions", "cross_entropy, classes", "cross_entropy, distributions", "nll, classes",
       "nll, distributions", "kl_divergence", "kl_divergence, classes"]  # fmt: skip
cases = pytest.mark.parametrize(("loss", "predictions", "targets", "each", "slopes"), PYTORCH, ids=IDS)


@cases
def test_the_numbers_and_the_gradient_are_pytorchs(loss, predictions, targets, each, slopes):
    xs = values(predictions)
    assert [v.data for v in loss(xs, targets, reduction="none")] == pytest.approx(each, rel=1e-13)
    assert loss(xs, targets, reduction="sum").data == pytest.approx(sum(each), rel=1e-13)
    mean = loss(xs, targets)
    assert mean.data == pytest.approx(sum(each) / len(each), rel=1e-13)
    mean.backward()
    assert [x.grad for x in flat(xs)] == pytest.approx(slopes, rel=1e-13)


@cases
def test_a_target_that_is_a_value_changes_no_number(loss, predictions, targets, each, slopes):
    if targets is CLASSES:
        targets = [[float(k == c) for k in range(4)] for c in CLASSES]
    xs = values(predictions)
    mean = loss(xs, values([[float(y) for y in t] if isinstance(t, list) else float(t) for t in targets]))
    assert mean.data == pytest.approx(sum(each) / len(each), rel=1e-13)
    mean.backward()
    assert [x.grad for x in flat(xs)] == pytest.approx(slopes, rel=1e-13)


@cases
def test_every_loss_is_proved(loss, predictions, targets, each, slopes):
    report = mg.verify(loss(values(predictions), targets), symbolic=False)
    assert report.ok, str(report)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="optional: torch is not installed")
def test_pytorch_agrees_on_random_batches():
    import torch
    from torch.nn import functional

    def tensors(*xs):
        return [torch.tensor(x, dtype=torch.float64) for x in xs]

    rng = random.Random(3)
    for _ in range(20):
        n, k = rng.randint(1, 6), rng.randint(2, 5)
        x, y = [[rng.uniform(-4, 4) for _ in range(n)] for _ in range(2)]
        p, q = [[rng.random() for _ in range(n)] for _ in range(2)]
        zs = [[rng.uniform(-9, 9) for _ in range(k)] for _ in range(n)]
        classes = [rng.randrange(k) for _ in range(n)]
        delta = rng.uniform(0.1, 3)
        for ours, theirs, predictions, targets in [
            (losses.mse, functional.mse_loss, x, y),
            (losses.mae, functional.l1_loss, x, y),
            (partial(losses.huber, delta=delta), partial(functional.huber_loss, delta=delta), x, y),
            (losses.bce, functional.binary_cross_entropy, p, q),
            (losses.bce_with_logits, functional.binary_cross_entropy_with_logits, x, q),
            (losses.cross_entropy_with_logits, functional.cross_entropy, zs, classes),
        ]:
            xs, (tensor,) = values(predictions), tensors(predictions)
            tensor.requires_grad = True
            expected = theirs(tensor, torch.tensor(classes) if targets is classes else tensors(targets)[0])
            expected.backward()
            found = ours(xs, targets)
            found.backward()
            assert found.data == pytest.approx(expected.item(), rel=1e-12)
            assert [v.grad for v in flat(xs)] == pytest.approx(tensor.grad.flatten().tolist(), rel=1e-9, abs=1e-15)


# ---------------------------------------------------------------- beside 50 digits: where doubles are lost easily


def entropy_of_logits(t):
    return lambda *zs: mp.log(sum(mp.exp(z - zs[t]) for z in zs))


EXTREME = [
    ("bce, a small p", lambda p: losses.bce(p, 0), lambda p: -mp.log(1 - p), [1e-20]),
    ("bce, p near 1", lambda p: losses.bce(p, 1), lambda p: -mp.log(p), [1 - 2.0**-50]),
    ("bce, a bad miss", lambda p: losses.bce(p, 0), lambda p: -mp.log(1 - p), [1 - 2.0**-52]),
    ("bce, unsure", lambda p: losses.bce(p, 0.25), lambda p: -mp.log(p) / 4 - 3 * mp.log(1 - p) / 4, [1e-9]),
    *[(f"z = {z}, y = {y}", lambda z, y=y: losses.bce_with_logits(z, y),
       lambda z, y=y: y * mp.log(1 + mp.exp(-z)) + (1 - y) * mp.log(1 + mp.exp(z)), [z])
      for z in (-1000.0, -700.0, -40.0, 1e-9, 0.0, 40.0, 700.0, 1000.0) for y in (0, 1, 0.25)],
    *[(f"z = {z}, y = Value({y})", lambda z, y=y: losses.bce_with_logits(z, Value(y)),
       lambda z, y=y: y * mp.log(1 + mp.exp(-z)) + (1 - y) * mp.log(1 + mp.exp(z)), [z])
      for z in (-1000.0, -40.0, 40.0, 1000.0) for y in (0.0, 1.0)],
    *[(f"logits {zs}, class {t}", lambda *zs, t=t: losses.cross_entropy_with_logits(list(zs), t),
       entropy_of_logits(t), zs)
      for zs in ([1000.0, -1000.0, 0.0], [40.0, 0.0, -1.0], [-3.0, 700.0, 700.0], [0.0, 0.0]) for t in (0, 1)],
    ("huber, inside", lambda x: losses.huber(x, 1.0), lambda x: (x - 1) ** 2 / 2, [1 + 2.0**-30]),
    ("huber, far", lambda x: losses.huber(x, 0.0, delta=3), lambda x: 3 * (-x - mpf("1.5")), [-1e200]),
    ("kl, q small", lambda a, b: losses.kl_divergence([0.5, 0.5], [a, b]),
     lambda a, b: (mp.log(mpf("0.5") / a) + mp.log(mpf("0.5") / b)) / 2, [1e-30, 1.0]),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "exact", "point"), [case[1:] for case in EXTREME], ids=[case[0] for case in EXTREME])
def test_extremes_lose_no_digits(loss, exact, point, precise):
    xs = values(point)
    found = loss(*xs)
    found.backward()
    at = tuple(map(mpf, point))
    assert found.data == pytest.approx(float(exact(*at)), rel=4e-15, abs=1e-320)
    for k, x in enumerate(xs):
        slope = mp.diff(exact, at, tuple(int(i == k) for i in range(len(at))), h=mpf(10) ** -300)
        assert x.grad == pytest.approx(float(slope), rel=4e-15, abs=1e-320)


@pytest.mark.parametrize(("p", "t"), [(0.0, 1), (1.0, 0), (0.0, Value(1.0)), (1.0, Value(0.0))])
def test_a_certain_miss_costs_100(p, t):
    x = Value(p)
    loss = losses.bce(x, t)
    assert loss.data == pytest.approx(100.0, rel=1e-15)
    loss.backward()
    assert math.isfinite(x.grad)
    assert losses.cross_entropy([Value(0.0), Value(1.0)], 0).data == pytest.approx(100.0, rel=1e-15)


@pytest.mark.parametrize("t", [0, 1, Value(0.0), Value(1.0)])
def test_a_certain_hit_costs_nothing(t):
    y = t.data if isinstance(t, Value) else t
    assert losses.bce(Value(float(y)), t).data == 0.0
    assert losses.cross_entropy([Value(1.0 - y), Value(float(y))], int(y)).data == 0.0


def test_divergence_of_a_distribution_from_itself_is_0():
    p = [0.2, 0.0, 0.8]
    assert losses.kl_divergence(p, values(p)).data == 0.0
    assert losses.kl_divergence(values(p), values(p)).data == 0.0


def test_divergence_is_of_the_second_from_the_first():
    found = losses.kl_divergence([0.5, 0.5], [Value(0.9), Value(0.1)]).data
    assert found == pytest.approx(math.log(5 / 3), rel=1e-14)  # ½ log(5/9) + ½ log 5


# ---------------------------------------------------------------- kinks


@pytest.mark.parametrize(
    ("loss", "x", "slope"),
    [
        (lambda x: losses.mae(x, 2.0), 2.0, 0.0),
        (lambda x: losses.huber(x, 0.0), 0.0, 0.0),
        (lambda x: losses.huber(x, 0.0), 1.0, 1.0),
        (lambda x: losses.huber(x, 0.0), -1.0, -1.0),
        (lambda x: losses.huber(x, 0.0, delta=0.3), 0.3, 0.3),
        (lambda x: losses.hinge(x, 1), 1.0, 0.0),
        (lambda x: losses.hinge(x, -1), -1.0, 0.0),
        (lambda x: losses.l1_penalty([x], 0.5), 0.0, 0.0),
    ],
)
def test_at_a_kink_the_gradient_is_the_documented_one(loss, x, slope):
    v = Value(x)
    loss(v).backward()
    assert v.grad == slope


# ---------------------------------------------------------------- the lectures


def test_the_lectures_linear_unit():
    w, b = Value(2.0, "w"), Value(1.0, "b")
    loss = losses.mse(w * 3.0 + b, 9.0)
    loss.backward()
    assert (loss.data, w.grad, b.grad) == (4.0, -12.0, -4.0)


def test_the_lectures_xor_network():
    w1, w2 = [[0.96, 0.89], [0.28, 0.73]], [0.60, 0.22]
    points, answers = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]
    hidden = [[mg.sigmoid(mg.dot([Value(a), Value(b)], column)) for column in zip(*w1)] for a, b in points]
    logits = [mg.dot(h, w2) for h in hidden]
    found = losses.bce(list(map(mg.sigmoid, logits)), answers, reduction="none")
    assert [round(v.data, 2) for v in found] == [0.92, 0.48, 0.44, 1.07]
    same = losses.bce_with_logits(logits, answers, reduction="none")
    assert [v.data for v in same] == pytest.approx([v.data for v in found], rel=1e-14)


def test_the_lectures_softmax():
    zs = values([5.0, 6.0, 11.0, 7.0])
    loss = losses.cross_entropy_with_logits(zs, 2)
    loss.backward()
    assert [round(z.grad + (k == 2), 2) for k, z in enumerate(zs)] == [
        0.0,
        0.01,
        0.97,
        0.02,
    ]  # 0.0178, which the slide cuts to .01
    assert loss.data == pytest.approx(-math.log(0.9732053804590252), rel=1e-13)


def test_half_the_squared_error_of_two_outputs():
    outputs = values([0.75, 0.77])
    loss = losses.half_mse(outputs, [0.01, 0.99], reduction="sum")
    loss.backward()
    assert loss.data == pytest.approx((0.74**2 + 0.22**2) / 2, rel=1e-14)
    assert [o.grad for o in outputs] == pytest.approx([0.74, -0.22], rel=1e-14)


@pytest.mark.parametrize("samples", [None, 20])
def test_penalties_are_the_lectures_and_their_gradients_the_decay(samples):
    ws = [parameter(w, f"w{i}") for i, w in enumerate([0.5, -2.0, 0.0, 3.0])]
    scale = 0.1 / (samples or 1)
    l2 = losses.l2_penalty(ws, 0.1, samples=samples)
    l2.backward()
    assert l2.data == pytest.approx(scale / 2 * 13.25, rel=1e-14)
    assert [w.grad for w in ws] == pytest.approx([scale * w.data for w in ws], rel=1e-14)
    for w in ws:
        w.grad = 0.0
    l1 = losses.l1_penalty(ws, 0.1, samples=samples)
    l1.backward()
    assert l1.data == pytest.approx(scale * 5.5, rel=1e-14)
    assert [w.grad for w in ws] == pytest.approx([scale, -scale, 0.0, scale], rel=1e-14)
    assert mg.verify(l1 + l2).ok
