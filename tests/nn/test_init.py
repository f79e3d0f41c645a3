"""Initial weights: bounds, moments and structure against closed forms, reproducible bits, nothing half done."""

from __future__ import annotations

import math
import random
from functools import partial

import numpy as np
import pytest
from mpmath import mp

import microgrid as mg
from microgrid import GraphError, Value, nn, parameter
from microgrid.nn import MLP, Layer, Neuron, init
from microgrid.ops import TABLE


def matrix(rows, columns):
    return [[parameter(0.5, f"w{i}{j}") for j in range(columns)] for i in range(rows)]


def numbers(weights):
    return np.array([[w.data for w in row] for row in weights])


def kernels(*shape):
    return np.array([parameter(0.5) for _ in range(math.prod(shape))], dtype=object).reshape(shape)


SOURCES = [lambda: 7, lambda: np.int64(7), lambda: random.Random(7), lambda: np.random.default_rng(7)]
sources = pytest.mark.parametrize("source", SOURCES, ids=["int", "numpy int", "Random", "Generator"])
DRAWN = [
    init.uniform, init.normal, init.truncated_normal, init.xavier_uniform, init.xavier_normal, init.he_uniform,
    init.he_normal, init.orthogonal, partial(init.sparse, sparsity=0.3),
]  # fmt: skip
RANDOM_IDS = ["uniform", "normal", "truncated_normal", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal",
              "orthogonal", "sparse"]  # fmt: skip
drawn = pytest.mark.parametrize("scheme", DRAWN, ids=RANDOM_IDS)

# ---------------------------------------------------------------- distributions

# Of n independent numbers with variance σ² and fourth central moment m, the mean has the standard error σ/√n and the
# mean square √((m - σ⁴)/n).  Five standard errors: false once in 1.7 million, and the seeds are fixed.
ERRORS = 5

LAWS = [
    (partial(init.uniform, low=-3.0, high=1.0), -1.0, 4 / math.sqrt(12), 9 / 5),
    (partial(init.normal, mean=2.0, std=0.5), 2.0, 0.5, 3),
    (init.xavier_uniform, 0.0, math.sqrt(2 / (40 + 250)), 9 / 5),
    (partial(init.xavier_uniform, gain=3.0), 0.0, 3 * math.sqrt(2 / (40 + 250)), 9 / 5),
    (init.xavier_normal, 0.0, math.sqrt(2 / (40 + 250)), 3),
    (partial(init.xavier_normal, gain=5 / 3), 0.0, 5 / 3 * math.sqrt(2 / (40 + 250)), 3),
    (init.he_uniform, 0.0, math.sqrt(2 / 40), 9 / 5),
    (partial(init.he_uniform, mode="fan_out"), 0.0, math.sqrt(2 / 250), 9 / 5),
    (partial(init.he_uniform, nonlinearity="tanh"), 0.0, 5 / 3 / math.sqrt(40), 9 / 5),
    (init.he_normal, 0.0, math.sqrt(2 / 40), 3),
    (partial(init.he_normal, a=0.5), 0.0, math.sqrt(2 / 1.25 / 40), 3),
    (partial(init.he_normal, mode="fan_out", nonlinearity="linear"), 0.0, 1 / math.sqrt(250), 3),
]
LAW_IDS = ["uniform", "normal", "xavier_uniform", "xavier_uniform gain 3", "xavier_normal", "xavier_normal gain 5/3",
           "he_uniform", "he_uniform fan_out", "he_uniform tanh", "he_normal", "he_normal slope ½",
           "he_normal linear"]  # fmt: skip


@sources
@pytest.mark.parametrize(("scheme", "mean", "std", "kurtosis"), LAWS, ids=LAW_IDS)
def test_moments_are_those_of_the_formula(scheme, mean, std, kurtosis, source):
    xs = numbers(scheme(matrix(250, 40), seed=source())).ravel()
    n = len(xs)
    assert abs(xs.mean() - mean) < ERRORS * std / math.sqrt(n)
    assert abs(((xs - mean) ** 2).mean() - std**2) < ERRORS * std**2 * math.sqrt((kurtosis - 1) / n)


@pytest.mark.parametrize(
    ("scheme", "std"),
    [
        (init.xavier_normal, math.sqrt(2 / 150)),
        (partial(init.xavier_normal, gain=5 / 3), 5 / 3 * math.sqrt(2 / 150)),
        (init.he_normal, math.sqrt(2 / 50)),
        (partial(init.he_normal, mode="fan_out", nonlinearity="selu"), 0.75 / 10),
    ],
)
def test_deviations_are_exact(scheme, std):
    rng = random.Random(4)
    standard = np.array([rng.normalvariate() for _ in range(5000)]).reshape(100, 50)
    assert numbers(scheme(matrix(100, 50), seed=4)) == pytest.approx(std * standard, rel=1e-14)


@pytest.mark.parametrize(
    ("scheme", "low", "high"),
    [
        (init.uniform, 0.0, 1.0),
        (init.xavier_uniform, -math.sqrt(6 / 150), math.sqrt(6 / 150)),
        (init.he_uniform, -math.sqrt(6 / 50), math.sqrt(6 / 50)),
        (partial(init.he_uniform, mode="fan_out"), -math.sqrt(6 / 100), math.sqrt(6 / 100)),
        (partial(init.truncated_normal, low=-0.5, high=0.25), -0.5, 0.25),
    ],
)
def test_bounds_are_exact_and_reached(scheme, low, high):
    xs = numbers(scheme(matrix(100, 50), seed=1))
    assert low <= xs.min() < low + (high - low) / 100
    assert high - (high - low) / 100 < xs.max() <= high


@pytest.mark.parametrize(
    ("mean", "std", "low", "high"),
    [(0, 1, -2, 2), (1, 0.5, 0.2, 3), (0, 1, -8, 0.5), (0, 1, 3, 4), (0, 1, -31, -30), (0, 1, 12, 99), (5, 1, -99, 99)],
)
def test_a_truncated_normal_has_the_moments_of_one(mean, std, low, high):
    with mp.workdps(300):
        a, b = (mp.mpf(low) - mean) / std, (mp.mpf(high) - mean) / std
        share = mp.ncdf(b) - mp.ncdf(a)
        shift = (mp.npdf(a) - mp.npdf(b)) / share
        center = float(mean + std * shift)
        variance = float(std**2 * (1 + (a * mp.npdf(a) - b * mp.npdf(b)) / share - shift**2))
    xs = numbers(init.truncated_normal(matrix(100, 100), mean, std, low, high, seed=4)).ravel()
    assert low <= xs.min()
    assert xs.max() <= high
    assert abs(xs.mean() - center) < ERRORS * math.sqrt(variance / len(xs))
    spread = ((xs - center) ** 2).mean()
    # a kurtosis of 9, the exponential's, bounds that of these intervals, and 3 that of the normal
    assert abs(spread - variance) < ERRORS * variance * math.sqrt(8 / len(xs))


def test_the_fans_of_a_convolution_count_its_kernel():
    xs = init.he_uniform(kernels(8, 3, 5), seed=1)
    assert max(abs(w.data) for w in xs.flat) == pytest.approx(math.sqrt(6 / 15), rel=0.05)
    init.he_uniform(xs, mode="fan_out", seed=1)
    assert max(abs(w.data) for w in xs.flat) == pytest.approx(math.sqrt(6 / 40), rel=0.05)


def test_a_layer_keeps_the_variance_of_its_inputs():
    rng = random.Random(1)
    x = [rng.gauss(0, 1) for _ in range(60)]
    for _ in range(20):
        layer = init.he_normal(Layer(60, 60), seed=rng)
        x = [v.data for v in layer(x)]
    assert 0.1 < sum(v * v for v in x) / 60 < 10  # of the order of 1 after 20 layers; without √2 it would be 1e-6


def test_gains_are_pytorchs():
    assert {name: init.gain(name) for name in ("linear", "sigmoid", "selu")} == {
        "linear": 1,
        "sigmoid": 1,
        "selu": 0.75,
    }
    assert init.gain("tanh") == 1.6666666666666667
    assert init.gain("relu") == 1.4142135623730951
    assert init.gain("leaky_relu") == 1.4141428569978354
    assert init.gain("leaky_relu", 0.2) == 1.3867504905630728
    assert set(init.GAINS) - {"linear"} <= set(TABLE)


def test_kaiming_is_he():
    assert init.kaiming_normal is init.he_normal
    assert init.kaiming_uniform is init.he_uniform


# ---------------------------------------------------------------- structure


def test_the_rows_of_a_book_are_set():
    layer = init.constant(nn.MLP(2, [2, 1]).layers[0], [[0.96, 0.28], [0.89, 0.73]])
    assert [[w.data for w in neuron.w] for neuron in layer.neurons] == [[0.96, 0.28], [0.89, 0.73]]
    assert [neuron.b.data for neuron in layer.neurons] == [0.0, 0.0]
    assert (numbers(init.constant(matrix(3, 2), np.arange(6.0).reshape(2, 3).T)) == [[0, 3], [1, 4], [2, 5]]).all()
    assert [w.data for w in init.constant(nn.Neuron(2), [1, 2]).w] == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"shape \(3, 2\), got \(2, 3\): .* transposed, zip\(\*rows\)"):
        init.constant(matrix(3, 2), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="rows of different lengths"):
        init.constant(matrix(2, 2), [[1, 2], [3]])
    with pytest.raises(ValueError, match=r"shape \(2, 2\), got \(4,\)$"):
        init.constant(matrix(2, 2), [1, 2, 3, 4])


def test_constants():
    assert (numbers(init.constant(matrix(3, 2), -1.5)) == -1.5).all()
    assert (numbers(init.ones(matrix(3, 2))) == 1).all()
    assert (numbers(init.zeros(matrix(3, 2))) == 0).all()


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_eye_is_the_identity_as_far_as_it_goes(shape):
    assert (numbers(init.eye(matrix(*shape))) == np.eye(*shape)).all()


@sources
@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (3, 7), (7, 3), (40, 40)])
def test_orthogonal_matrices_are(shape, source):
    q = numbers(init.orthogonal(matrix(*shape), seed=source()))
    product = q @ q.T if shape[0] <= shape[1] else q.T @ q
    assert np.abs(product - np.eye(min(shape))).max() < 1e-14
    scaled = numbers(init.orthogonal(matrix(*shape), gain=2.0, seed=source()))
    assert scaled == pytest.approx(2 * q, rel=1e-15)


def test_orthogonal_matrices_are_uniform_over_all():
    # Haar measure: each entry has mean 0 and variance 1/n, and both determinants occur; the Q of a QR alone has a
    # biased diagonal.
    rng = random.Random(2)
    found = np.array([numbers(init.orthogonal(matrix(3, 3), seed=rng)) for _ in range(1000)])
    assert np.abs(found.mean(axis=0)).max() < ERRORS / math.sqrt(3 * 1000)
    assert np.abs((found**2).mean(axis=0) - 1 / 3).max() < ERRORS * math.sqrt((1 / 5 - 1 / 9) / 1000)
    assert 400 < (np.linalg.det(found) > 0).sum() < 600


def test_orthogonal_kernels_are_orthogonal_as_rows():
    q = np.vectorize(lambda w: w.data)(init.orthogonal(kernels(4, 3, 2), seed=1)).reshape(4, 6)
    assert np.abs(q @ q.T - np.eye(4)).max() < 1e-14


@sources
@pytest.mark.parametrize(("sparsity", "zeros"), [(0.0, 0), (0.1, 2), (0.25, 3), (0.9, 10), (1.0, 11)])
def test_sparse_columns_have_their_zeros(sparsity, zeros, source):
    xs = numbers(init.sparse(matrix(11, 200), sparsity, std=2.0, seed=source()))
    assert ((xs == 0).sum(axis=0) == zeros).all()
    if 0 < zeros < 11:
        assert ((xs == 0).sum(axis=1) > 0).all()  # in different rows from column to column
    if zeros < 11:
        kept = xs[xs != 0]
        assert abs((kept**2).mean() - 4) < ERRORS * 4 * math.sqrt(2 / len(kept))


@pytest.mark.parametrize(("out", "inputs", "width"), [(3, 3, 3), (4, 2, 5), (2, 4, 1), (2, 2, 4)])
def test_a_dirac_convolution_hands_on_its_inputs(out, inputs, width):
    w = np.vectorize(lambda v: v.data)(init.dirac(kernels(out, inputs, width)))
    x = np.random.default_rng(1).normal(size=(inputs, 9))
    padded = np.pad(x, ((0, 0), (width // 2, width // 2)))
    y = np.array([[(w[o] * padded[:, t : t + width]).sum() for t in range(9)] for o in range(out)])
    expected = np.zeros((out, 9))
    expected[: min(out, inputs)] = x[: min(out, inputs)]
    assert (y == expected).all()


def test_dirac_in_groups_and_in_two_dimensions():
    w = np.vectorize(lambda v: v.data)(init.dirac(kernels(4, 2, 3, 5), groups=2))
    ones = np.argwhere(w == 1)
    assert ones.tolist() == [[0, 0, 1, 2], [1, 1, 1, 2], [2, 0, 1, 2], [3, 1, 1, 2]]
    assert w.sum() == 4


# ---------------------------------------------------------------- sources and forms


@drawn
@sources
def test_one_seed_gives_one_set_of_bits(scheme, source):
    first, second = (numbers(scheme(matrix(6, 5), seed=source())) for _ in range(2))
    assert (first == second).all()
    assert (first != numbers(scheme(matrix(6, 5), seed=8))).any()


@drawn
@pytest.mark.parametrize("make", [random.Random, np.random.default_rng], ids=["Random", "Generator"])
def test_a_generator_goes_on(scheme, make):
    rng = make(1)
    assert (numbers(scheme(matrix(4, 4), seed=rng)) != numbers(scheme(matrix(4, 4), seed=rng))).any()


@drawn
def test_without_a_seed_pythons_random_draws(scheme):
    random.seed(9)
    before = numbers(scheme(matrix(4, 3)))
    assert (before == numbers(scheme(matrix(4, 3), seed=9))).all()
    assert (before != numbers(scheme(matrix(4, 3)))).any()


def test_numbers_drawn_are_those_of_the_library():
    rng = random.Random(0)
    assert [w.data for w in init.uniform([Value(0.0), Value(0.0)], -1, 1, seed=0)] == [rng.uniform(-1, 1) for _ in "ab"]
    expected = np.random.default_rng(3).normal(1.0, 2.0, 2).tolist()
    assert [w.data for w in init.normal([Value(0.0), Value(0.0)], 1, 2, seed=np.random.default_rng(3))] == expected


def test_a_layer_and_a_neuron_are_their_weights_and_biases_stay():
    layer, rows = Layer(3, 2), matrix(2, 3)
    for neuron in layer.neurons:
        neuron.b.data = 0.25
    assert init.xavier_normal(layer, seed=1) is layer
    assert [[w.data for w in n.w] for n in layer.neurons] == numbers(init.xavier_normal(rows, seed=1)).tolist()
    assert [n.b.data for n in layer.neurons] == [0.25, 0.25]
    neuron = Neuron(3)
    assert init.he_uniform(neuron, seed=1) is neuron
    assert [w.data for w in neuron.w] == numbers(init.he_uniform(matrix(1, 3), seed=1)).ravel().tolist()


@pytest.mark.parametrize(
    "kind", [tuple, lambda rows: np.array(rows, dtype=object), lambda rows: list(map(tuple, rows))]
)
def test_rows_come_in_any_sequence_and_go_back(kind):
    rows = matrix(3, 4)
    given = kind(rows)
    assert init.normal(given, seed=2) is given
    assert (numbers(rows) == numbers(init.normal(matrix(3, 4), seed=2))).all()


def test_no_gradient_and_no_label_is_touched():
    w = parameter(1.0, "w")
    w.grad = 3.0
    init.uniform([w], seed=1)
    assert (w.grad, w.label, w.role) == (3.0, "w", "parameter")


# ---------------------------------------------------------------- what is refused

X = Value(1.0, "x")
REFUSED = [
    (lambda w: init.uniform(w, 2, 1), ValueError, "uniform: low is at most high, got 2.0 and 1.0"),
    (lambda w: init.uniform(w, -1e308, 1e308, seed=random.Random(1)), ValueError, "uniform: not every weight"),
    (lambda w: init.uniform(w, math.nan, 1), ValueError, "uniform: low is a real number"),
    (lambda w: init.uniform(w, "0", 1), TypeError, "uniform: low is a real number, got str"),
    (lambda w: init.normal(w, 0, -1), ValueError, "normal: std, .* got -1.0"),
    (lambda w: init.normal(w, 0, math.inf), ValueError, "normal: std is a real number"),
    (lambda w: init.truncated_normal(w, 0, 0), ValueError, "truncated_normal needs .* std=0"),
    (lambda w: init.truncated_normal(w, 0, 1, 2, 2), ValueError, "truncated_normal needs low < high"),
    (lambda w: init.truncated_normal(w, 0, 1, 50, 60), ValueError, "nothing falls between 50.0 and 60.0"),
    (lambda w: init.constant(w, None), TypeError, "constant: value is a real number"),
    (lambda w: init.xavier_uniform(w, gain="relu"), TypeError, "xavier_uniform: gain is a real number"),
    (lambda w: init.he_normal(w, mode="fan_avg"), ValueError, 'he_normal: mode=.fan_avg. is unknown: choose "fan_in"'),
    (lambda w: init.he_normal(w, nonlinearity="gelu"), ValueError, "gain: nonlinearity='gelu' is unknown"),
    (lambda w: init.sparse(w, 1.5), ValueError, "sparse: sparsity .* got 1.5"),
    (lambda w: init.sparse(w, 0.5, std=-1), ValueError, "sparse: std"),
    (lambda w: init.uniform(w, seed="seven"), TypeError, "seed is an int, .* got str 'seven'"),
    (lambda w: init.normal(w, seed=1.5), TypeError, "seed is an int, .* got float 1.5"),
    (lambda w: init.xavier_normal(w[0]), ValueError, "xavier_normal needs rows of weights.*a list of 3"),
    (lambda w: init.orthogonal(w[0]), ValueError, "orthogonal needs rows"),
    (lambda w: init.eye([w]), ValueError, r"eye needs a matrix.*\(1, 2, 3\)"),
    (lambda w: init.sparse([w], 0.5), ValueError, "sparse needs a matrix"),
    (lambda w: init.dirac(w), ValueError, r"dirac needs kernels.*\(2, 3\)"),
    (lambda w: init.dirac([w, matrix(2, 3), matrix(2, 3)], groups=2), ValueError, "3 outputs do not divide into 2"),
    (lambda w: init.dirac([w], groups=0), ValueError, "dirac: groups is at least 1, got 0"),
    (lambda w: init.ones([w[0], w[1][:2]]), ValueError, r"ones: rows are of one length, but row 1 has shape \(2,\)"),
    (lambda w: init.zeros([*w[0], w[1]]), ValueError, "zeros: rows are of one length"),
    (lambda w: init.zeros([]), ValueError, "zeros: an empty list"),
    (lambda w: init.zeros([*w, []]), ValueError, "zeros: an empty list"),
    (lambda w: init.zeros(X), TypeError, r"zeros: weights are parameters in a list, got the Value 'x' \(1.0\) alone"),
    (lambda w: init.zeros("weights"), TypeError, "zeros: weights are a Linear, a Conv, a Layer, a Neuron .* got str"),
    (lambda w: init.zeros([[0.0, 1.0]]), TypeError, "zeros: weights are .* got float"),
    (lambda w: init.zeros([*w[0], X + 1]), GraphError, r"weights\[3] is .* the result of an operation"),
    (lambda w: init.zeros([*w[0], w[0][1]]), GraphError, r"weights\[3] is weights\[1] again"),
    (lambda w: init.he_normal(MLP(2, [3, 1])), TypeError, "he_normal: .* MLP .* pass its layers one by one"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED, ids=[str(k) for k in range(len(REFUSED))])
def test_what_is_refused_changes_nothing(call, kind, message):
    weights = matrix(2, 3)
    with pytest.raises(kind, match=message):
        call(weights)
    assert (numbers(weights) == 0.5).all()


def test_verify_still_holds_for_a_network_started_so():
    network = nn.MLP(2, [3, 1])
    for layer in network.layers:
        init.xavier_uniform(layer, gain=init.gain("relu"), seed=1)
    assert mg.verify(network([0.5, -1.0]), symbolic=False).ok
