"""The paths of the optimisers, against the papers' formulas in 50 digits and numbers that PyTorch gave."""

from __future__ import annotations

import itertools
import random

import mpmath
import numpy as np
import pytest

import microgrid as mg
from helpers.papers import FORMULAS
from helpers.trajectories import IDS, OPTIMIZERS, SURFACES, made, walk
from microgrid import Value, nn, optim, parameter

each = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=IDS)
surfaces = pytest.mark.parametrize("surface", SURFACES)


@surfaces
@each
def test_the_path_is_that_of_the_formulas(name, options, surface):
    _, gradient, start = SURFACES[surface]
    expected, past = [], [{}, {}]
    with mpmath.workdps(50):
        point = [mpmath.mpf(x) for x in start]
        for k in range(1, 11):
            slope = gradient(*point)
            point = [FORMULAS[name](x, g, k, p, **options) for x, g, p in zip(point, slope, past, strict=True)]
            expected.append([float(x) for x in point])
    assert np.allclose(walk(surface, made(name, options)), expected, rtol=1e-12, atol=1e-12)


# Where torch 2.13.0 stands after ten steps on rosenbrock from (-1.2, 1), in float64:
#   torch.set_default_dtype(torch.float64)
#   x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True); o = torch.optim.NAME([x], **options)
#   ten times: o.zero_grad(); rosenbrock(*x).backward(); o.step();   then x.tolist(), for each of OPTIMIZERS
PYTORCH = [
    [-1.0214113342697504, 1.0512622673760386],
    [-1.0207522467224766, 1.0500167731343188],
    [-0.8139232312953061, 0.7548677722225039],
    [-0.7118788648748181, 0.8448816381432618],
    [-0.9653037972212118, 1.0837476073724888],
    [-1.0395460686665101, 1.0662281508642195],
    [-1.1541881373088774, 1.0460927522519499],
    [-1.0343228991414626, 1.0770130830301512],
    [-1.1691131971014705, 1.0310816323412628],
    [-1.062566174395512, 1.1328456443511155],
    [-1.0586165350733276, 1.1269467398858146],
    [-1.1522423366686267, 1.0480185119854895],
    [-1.0331523323422505, 1.0527450669226395],
    [-1.0585450453104133, 1.1268005018893943],
    [-1.0609031838463225, 1.0752317997620178],
    [-1.1900287459448549, 1.0099735450155218],
    [-1.068729972545017, 1.0522120711598926],
    [-0.9141748085653719, 0.8811101564875571],
    [-1.189909386696249, 1.0098729462014056],
    [-0.8342220258784855, 0.7279940224585782],
    [-1.1807582666522023, 1.019303802737997],
    [-1.0745413650641198, 1.069035175883534],
    [-1.1842058498007866, 1.0158213676038934],
    [-1.0456757173936093, 1.102533256537492],
    [-0.835603367937327, 0.7275762376053211],
    [-0.9559102917661085, 1.0643175041297728],
    [-1.0826451282435121, 0.8528257656655249],
    [-1.0755084010348113, 0.8335919082178731],
    [-1.0529250559999999, 1.147074944],
    [-1.0218749999999999, 1.0566250000000001],
]


@pytest.mark.parametrize(("case", "expected"), list(zip(OPTIMIZERS, PYTORCH, strict=True)), ids=IDS)
def test_the_path_ends_where_pytorch_ends(case, expected):
    name, options = case
    assert walk("rosenbrock", made(name, options))[-1] == pytest.approx(expected, rel=1e-12, abs=1e-12)


# ---------------------------------------------------------------- arrays and programs


@surfaces
@each
def test_arrays_take_the_steps_of_values_to_the_last_bit(name, options, surface):
    _, gradient, start = SURFACES[surface]
    points = np.array(start)
    optimizer = made(name, options)(points)
    values = [parameter(x) for x in start]
    other = made(name, options)(values)
    for _ in range(10):
        slope = gradient(*points)
        for v, g in zip(values, slope, strict=True):
            v.grad = g
        optimizer.step(slope)
        other.step()
        assert points.tolist() == [v.data for v in values]
    assert points.tolist() != list(start)


@each
def test_a_program_is_trained_like_its_graph(name, options):
    xs = [Value(0.0, "a"), Value(0.0, "b")]
    X = np.random.default_rng(0).uniform(-1, 1, (20, 2))

    random.seed(3)
    model = nn.MLP(2, [4, 1])
    weights = model.parameters()
    program = mg.compile((model(xs) - xs[0] * xs[1]) ** 2, xs, weights)
    replayed, eager = made(name, options)(program), made(name, options)(weights)
    for _ in range(5):
        eager.zero_grad()
        mg.mean((model(row) - row[0] * row[1]) ** 2 for row in X).backward()
        eager.step()
        _, gradient = program.value_and_grad(X)
        replayed.step(gradient)
    assert program.parameters == pytest.approx([w.data for w in weights], rel=1e-9, abs=1e-11)


# ---------------------------------------------------------------- what the lectures say


def descend(f, x0, optimizer, steps, **options):
    """x0 and the points that follow."""
    x = parameter(x0, "x")
    made = optimizer([x], **options)
    path = [x.data]
    for _ in range(steps):
        made.zero_grad()
        f(x).backward()
        made.step()
        path.append(x.data)
    return path


def test_on_a_parabola_step_one_flips_and_step_one_half_arrives():
    assert descend(lambda x: x**2, 1.0, optim.SGD, 6, lr=1) == [1, -1, 1, -1, 1, -1, 1]
    assert descend(lambda x: x**2, 1.0, optim.SGD, 3, lr=0.5) == [1, 0, 0, 0]


def test_two_starts_end_in_two_minima():
    def f(x):
        return x**4 - 2 * x**2 + x - 1

    low, middle, high = sorted(np.roots([4, 0, -4, 1]).real)  # where 4x³ - 4x + 1 = 0
    assert middle < 0.3
    assert descend(f, 0.3, optim.SGD, 2000, lr=0.01)[-1] == pytest.approx(high, rel=1e-9)
    assert descend(f, 0.0, optim.SGD, 2000, lr=0.01)[-1] == pytest.approx(low, rel=1e-9)
    assert f(low) < f(high)


XOR = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]], float)


def xor_net():
    """The lecture's 2-2-1 net without biases, from its weights: the loss and the output as programs."""
    a, b, y = Value(0.0), Value(1.0), Value(1.0)
    w = [parameter(x) for x in (0.96, 0.89, 0.28, 0.73, 0.60, 0.22)]
    z = w[4] * mg.sigmoid(a * w[0] + b * w[2]) + w[5] * mg.sigmoid(a * w[1] + b * w[3])
    return mg.compile(mg.softplus(z) - y * z, [a, b, y], w), mg.compile(mg.sigmoid(z), [a, b], w)


# With the usual eps the adaptive methods take steps of one length in every direction, into the minimum below.
@pytest.mark.parametrize(
    ("optimizer", "options", "steps"),
    [
        (optim.SGD, {"lr": 1}, 1500),
        (optim.SGD, {"lr": 0.3, "momentum": 0.9, "nesterov": True}, 800),
        (optim.Adagrad, {"lr": 1, "eps": 0.1}, 400),
        (optim.Adadelta, {"eps": 1e-3}, 1500),
        (optim.RMSprop, {"lr": 0.1, "eps": 0.1}, 1500),
        (optim.Adam, {"lr": 0.3, "eps": 0.1}, 600),
        (optim.AdamW, {"lr": 0.3, "eps": 0.1, "weight_decay": 1e-3}, 600),
    ],
)
def test_the_xor_net_of_the_lecture_learns_all_four_points(optimizer, options, steps):
    loss, output = xor_net()
    # the average of the slide's four losses
    assert loss.value_and_grad(XOR)[0] == pytest.approx((0.92 + 0.48 + 0.44 + 1.07) / 4, abs=0.005)
    trained = optimizer(loss, **options)
    for _ in range(steps):
        trained.step(loss.value_and_grad(XOR)[1])
    output.parameters = loss.parameters
    assert (output(XOR[:, :2]) > 0.5).tolist() == [False, True, True, False]


def test_the_xor_net_of_the_lecture_has_a_minimum_where_two_points_are_a_coin_toss():
    """Two points right, two at 1/2: the loss is half the logarithm of 2, and Adam with its usual eps stays there."""
    loss, _ = xor_net()
    adam = optim.Adam(loss, lr=0.3)
    for _ in range(2000):
        adam.step(loss.value_and_grad(XOR)[1])
    assert loss.value_and_grad(XOR)[0] == pytest.approx(np.log(2) / 2, rel=1e-3)


def test_decay_through_the_moments_of_adam_is_no_decay_in_proportion():
    """Where the loss is flat AdamW shrinks x by 1 - lr wd; in Adam the first step is lr, however small wd is."""

    def flat(x):
        return x * 0

    path = descend(flat, 1.0, optim.AdamW, 10, lr=0.1, weight_decay=0.1)
    assert path == pytest.approx([0.99**k for k in range(11)], rel=1e-14)
    for decay in (0.1, 0.001):
        assert descend(flat, 1.0, optim.Adam, 1, lr=0.1, weight_decay=decay)[1] == pytest.approx(0.9, abs=1e-5)
    # torch 2.13.0: Adam(lr=0.1, weight_decay=0.1) and AdamW on (x + 1)**2 from 2, ten steps
    for optimizer, end in ((optim.Adam, 1.0144838803097036), (optim.AdamW, 0.8695988056572694)):
        found = descend(lambda x: (x + 1) ** 2, 2.0, optimizer, 10, lr=0.1, weight_decay=0.1)[-1]
        assert found == pytest.approx(end, rel=1e-13)


def test_the_first_steps_of_adam_and_rmsprop_do_not_know_the_size_of_the_gradient():
    for scale in (1e-3, 1.0, 1e3):
        first = [descend(lambda x: scale * x, 1.0, o, 1, lr=0.01)[1] for o in (optim.Adam, optim.RMSprop)]  # noqa: B023
        assert first == pytest.approx([1 - 0.01, 1 - 0.01 / np.sqrt(0.01)], abs=1e-5)


def test_a_constant_gradient_has_no_variance():
    """Rounding leaves v - a² below 0 in some steps, where PyTorch's root is nan."""
    path = descend(lambda x: x * 0.3, 1.0, optim.RMSprop, 40, lr=1e-9, centered=True, alpha=0.2)
    assert np.isfinite(path).all()
    # there the root is 0, and the step g/eps: 1e12 times the others where eps is that small
    v = a = 0.0
    below = 0
    path = descend(lambda x: x * 0.3, 1.0, optim.RMSprop, 40, lr=1e-15, centered=True, alpha=0.2, eps=1e-12)
    for before, after in itertools.pairwise(path):
        v, a = v * 0.2 + 0.3 * 0.3 * (1 - 0.2), a * 0.2 + 0.3 * (1 - 0.2)
        if v - a * a < 0:
            below += 1
            assert before - after == pytest.approx(1e-15 * 0.3 / 1e-12, rel=1e-9)
    assert below
