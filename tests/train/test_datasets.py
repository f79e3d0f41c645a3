"""Data sets: points where the formulas put them, classes of the stated sizes, noise of the stated size, same bits."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from microgrid import Value, datasets

ALL = [
    datasets.xor,
    datasets.moons,
    datasets.circles,
    datasets.spirals,
    datasets.blobs,
    datasets.linear,
    datasets.gabor,
]
every = pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
CLASSIFIED = {"xor": 2, "moons": 2, "circles": 2, "spirals": 2, "blobs": 3}
classified = pytest.mark.parametrize(("name", "classes"), CLASSIFIED.items())


def by_class(X, y, label):
    return X[y == label]


# ---------------------------------------------------------------- every one


@every
@pytest.mark.parametrize("n", [1, 2, 3, 100, 101])
def test_shapes_and_types(make, n):
    X, y = make(n, seed=1)
    assert X.shape == (n, 1 if make in (datasets.linear, datasets.gabor) else 2)
    assert y.shape == (n,)
    assert X.dtype == y.dtype == np.float64
    assert np.isfinite(X).all()
    assert np.isfinite(y).all()


@every
def test_one_seed_gives_one_set_of_bits(make):
    first, second, other = make(50, noise=0.1, seed=3), make(50, noise=0.1, seed=3), make(50, noise=0.1, seed=4)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()
    assert (first[0] != other[0]).any()
    rng = np.random.default_rng(3)
    assert (make(50, noise=0.1, seed=rng)[0] == first[0]).all()
    assert (make(50, noise=0.1, seed=rng)[0] != first[0]).any()


@every
def test_noise_is_normal_with_that_deviation(make):
    n, noise = 4000, 0.3
    still, moved = make(n, noise=0.0, seed=5), make(n, noise=noise, seed=5)
    inputs = make not in (datasets.linear, datasets.gabor)
    shift = ((moved[0] - still[0]) if inputs else (moved[1] - still[1])).ravel()
    assert (moved[inputs] == still[inputs]).all()  # the targets stay where the inputs move, and the other way round
    assert abs(shift.mean()) < 5 * noise / math.sqrt(len(shift))
    assert abs((shift**2).mean() - noise**2) < 5 * noise**2 * math.sqrt(2 / len(shift))
    assert abs((shift**4).mean() - 3 * noise**4) < 5 * noise**4 * math.sqrt(96 / len(shift))  # 105 - 9 for the normal


@classified
@pytest.mark.parametrize("n", [1, 7, 40, 101])
def test_classes_are_numbered_and_of_one_size(name, classes, n):
    y = getattr(datasets, name)(n, seed=2)[1]
    counts = [int((y == k).sum()) for k in range(classes)]
    assert sum(counts) == n
    assert max(counts) - min(counts) <= 1


@classified
def test_labels_rename_the_classes_and_nothing_else(name, classes):
    names = [-1.0, 1.0, 7.5][:classes]
    X, y = getattr(datasets, name)(30, labels=names, seed=2)
    plain_X, plain_y = getattr(datasets, name)(30, seed=2)
    assert (plain_X == X).all()
    assert (y == np.array(names)[plain_y.astype(int)]).all()


@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "blobs"])
def test_a_slice_is_a_fair_sample(name):
    y = getattr(datasets, name)(300, seed=1)[1]
    whole = y.mean()
    assert abs(y[:200].mean() - whole) < 0.15
    assert (y != np.sort(y)).any()


# ---------------------------------------------------------------- where the points are


def test_xor_is_its_truth_table():
    X, y = datasets.xor(10)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]] * 2 + [[0, 0], [0, 1]]
    assert y.tolist() == [a != b for a, b in X.tolist()]


def test_moons_lie_on_their_half_circles():
    X, y = datasets.moons(51, noise=0.0, seed=1)
    upper, lower = by_class(X, y, 0), by_class(X, y, 1)
    assert (len(upper), len(lower)) == (25, 26)
    assert np.hypot(*upper.T) == pytest.approx(1, rel=1e-15)
    assert np.hypot(*(lower - (1, 0.5)).T) == pytest.approx(1, rel=1e-15)
    assert upper[:, 1].min() > -1e-15
    assert lower[:, 1].max() < 0.5 + 1e-15
    angles = np.sort(np.arctan2(upper[:, 1], upper[:, 0]))
    assert np.diff(angles) == pytest.approx(math.pi / 24, rel=1e-12)


def test_moons_are_scikit_learns():
    # sklearn.datasets.make_moons(n_samples=6, shuffle=False) of scikit-learn 1.9.1: three of each, at 0, π/2 and π
    X, y = datasets.moons(6, noise=0.0, seed=1)
    rows = sorted((label, *np.round(point, 12) + 0.0) for point, label in zip(X.tolist(), y.tolist()))
    assert rows == [(0, -1, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0.5), (1, 1, -0.5), (1, 2, 0.5)]


def test_circles_have_their_radii_and_go_all_around():
    X, y = datasets.circles(80, noise=0.0, factor=0.3, seed=1)
    for label, radius in ((0, 1.0), (1, 0.3)):
        points = by_class(X, y, label)
        assert np.hypot(*points.T) == pytest.approx(radius, rel=1e-15)
        angles = np.sort(np.arctan2(points[:, 1], points[:, 0]))
        assert np.diff(angles) == pytest.approx(2 * math.pi / 40, rel=1e-12)


@pytest.mark.parametrize(("classes", "turns"), [(2, 1.0), (3, 0.75), (1, 2.0)])
def test_spirals_turn_as_they_grow(classes, turns):
    X, y = datasets.spirals(60, noise=0.0, classes=classes, turns=turns, seed=1)
    for k in range(classes):
        arm = by_class(X, y, k)
        radius = np.hypot(*arm.T)
        assert np.sort(radius) == pytest.approx(np.arange(1, len(arm) + 1) / len(arm), rel=1e-14)
        turned = np.arctan2(arm[:, 1], arm[:, 0]) / (2 * math.pi) - turns * radius - k / classes
        assert turned == pytest.approx(np.round(turned), abs=1e-14)  # whole turns


def test_blobs_stand_around_their_centers():
    X, y = datasets.blobs(9, noise=0.0, seed=1)
    for k in range(3):
        point = 5 * math.cos(2 * math.pi * k / 3), 5 * math.sin(2 * math.pi * k / 3)
        assert by_class(X, y, k) == pytest.approx(np.tile(point, (3, 1)), abs=1e-14)
    centers = [[0.0, 0.0, 4.0], [1.0, 2.0, 3.0]]
    X, y = datasets.blobs(8, noise=0.0, centers=centers, seed=1)
    assert (np.array(centers)[y.astype(int)] == X).all()
    for array in (np.array(centers), np.array(centers, dtype=int)):
        same, _ = datasets.blobs(8, noise=0.0, centers=array, seed=1)
        assert (same == X).all()


def test_linear_data_lie_on_their_plane():
    X, y = datasets.linear(500, noise=0.0, seed=1)
    assert y == pytest.approx(2 * X[:, 0] + 1, rel=1e-15)
    assert -1 <= X.min() < -0.98
    assert 0.98 < X.max() < 1
    X, y = datasets.linear(20, noise=0.0, w=[3.0, -1.0, 0.5], b=-2.0, seed=1)
    assert y == pytest.approx(3 * X[:, 0] - X[:, 1] + X[:, 2] / 2 - 2, rel=1e-14)


def test_least_squares_finds_the_line():
    n, noise = 2000, 0.5
    X, y = datasets.linear(n, noise=noise, w=-4.0, b=3.0, seed=6)
    slope, intercept = np.polyfit(X[:, 0], y, 1)
    assert abs(slope + 4) < 5 * noise / math.sqrt(n / 3)  # the variance of x is 1/3
    assert abs(intercept - 3) < 5 * noise / math.sqrt(n)


@pytest.mark.parametrize("phi", [(0.0, 16.6), (-5.0, 25.0)])
def test_gabor_data_lie_on_the_curve(phi):
    X, y = datasets.gabor(400, noise=0.0, phi=phi, seed=1)
    exact = [math.sin(u) * math.exp(-(u**2) / 32) for u in (phi[0] + 0.06 * phi[1] * x for x in X[:, 0])]
    assert y == pytest.approx(exact, rel=1e-13, abs=1e-15)
    assert -15 <= X.min() < -14.5
    assert 14.5 < X.max() < 15


# ---------------------------------------------------------------- lists


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 51])
def test_moons_as_lists_have_the_ends_of_the_arrays(n):
    lists, arrays = (
        sorted(np.round(datasets.moons(n, noise=0, as_lists=kind)[0], 9).tolist()) for kind in (True, False)
    )
    np.testing.assert_allclose(lists, arrays, atol=1e-8)


def test_moons_as_lists_are_the_points_of_the_arrays():
    X, y = datasets.moons(51, noise=0.0, seed=1, as_lists=True, labels=(-1, 1))
    arrays, labels = datasets.moons(51, noise=0.0, seed=1, labels=(-1, 1))
    assert (type(X), type(X[0]), type(X[0][0]), type(y), type(y[0])) == (list, list, float, list, float)
    ours, theirs = (sorted(zip(y, X)) for X, y in ((X, y), (arrays.tolist(), labels.tolist())))
    assert np.allclose([point for _, point in ours], [point for _, point in theirs], rtol=0, atol=1e-15)
    assert [label for label, _ in ours] == [label for label, _ in theirs]
    assert y != sorted(y)
    assert datasets.moons(1, as_lists=True, noise=0) == ([[0.0, 0.5]], [1.0])


def test_the_seed_of_lists_is_that_of_pythons_random():
    first = datasets.moons(2000, noise=0.3, seed=7, as_lists=True)
    assert first == datasets.moons(2000, noise=0.3, seed=7, as_lists=True)
    assert first != datasets.moons(2000, noise=0.3, seed=8, as_lists=True)
    drawn = random.Random(7)
    for _ in range(1999):  # the shuffle comes first, with a number for each place
        drawn.random()
    radius, angle = math.sqrt(-2 * math.log(1 - drawn.random())), 2 * math.pi * drawn.random()
    still = datasets.moons(2000, noise=0.0, seed=7, as_lists=True)
    assert still[1] == first[1]
    assert first[0][0][0] - still[0][0][0] == pytest.approx(0.3 * radius * math.cos(angle), rel=1e-9)
    noise = np.array(first[0]) - np.array(still[0])
    assert (noise.mean(), noise.std()) == pytest.approx((0, 0.3), abs=0.02)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n": 0}, ValueError, "moons: n is at least 1"),
        ({"n": 2.5}, TypeError, "moons: n is a whole number"),
        ({"noise": -1}, ValueError, "moons: noise"),
        ({"seed": "x"}, TypeError, "seed is an int, or None, where as_lists=True, got str 'x'"),
        ({"labels": (1, 2, 3)}, ValueError, "moons: labels has a finite number for each of 2 classes"),
        ({"n": "x"}, TypeError, "moons: n is a whole number"),
    ],
)
def test_what_lists_cannot_be(options, kind, message):
    with pytest.raises(kind, match=message):
        datasets.moons(**options, as_lists=True)


# ---------------------------------------------------------------- what is refused


@every
@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n": 0}, ValueError, "n is at least 1, got 0"),
        ({"n": -3}, ValueError, "n is at least 1, got -3"),
        ({"n": 2.0}, TypeError, "n is a whole number, got float"),
        ({"n": True}, TypeError, "n is a whole number, got bool"),
        ({"noise": -0.1}, ValueError, "noise, .* got -0.1"),
        ({"noise": math.nan}, ValueError, "noise is a real number"),
        ({"noise": "0.1"}, TypeError, "noise is a real number"),
    ],
    ids=str,
)
def test_sizes_and_noise_are_checked(make, options, kind, message):
    with pytest.raises(kind, match=f"^{make.__name__}: {message}"):
        make(**options)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: datasets.moons(labels=(0, 1, 2)), ValueError, r"moons: labels has .* 2 classes, got \(0, 1, 2\)"),
        (lambda: datasets.xor(labels=(0, math.nan)), ValueError, "xor: labels"),
        (
            lambda: datasets.circles(labels=[Value(0.0), Value(1.0)]),
            TypeError,
            "circles: labels are numbers, got Values",
        ),
        (lambda: datasets.circles(factor=1.0), ValueError, "circles: factor.*got 1.0"),
        (lambda: datasets.spirals(classes=0), ValueError, "spirals: classes is at least 1"),
        (lambda: datasets.spirals(turns=None), TypeError, "spirals: turns is a real number"),
        (lambda: datasets.blobs(centers=0), ValueError, "blobs: centers is at least 1, got 0"),
        (lambda: datasets.blobs(centers=[1.0, 2.0]), ValueError, r"blobs: centers .* got shape \(2,\)"),
        (lambda: datasets.blobs(centers=[[math.inf, 2.0]]), ValueError, "blobs: centers is a finite array"),
        (lambda: datasets.linear(w=[]), ValueError, "linear: w"),
        (lambda: datasets.linear(w=[[1.0]]), ValueError, r"linear: w .* got shape \(1, 1\)"),
        (lambda: datasets.linear(b="1"), TypeError, "linear: b is a real number"),
        (lambda: datasets.gabor(phi=(1.0,)), ValueError, r"gabor: phi is \(φ0, φ1\), two finite numbers, got \(1.0,\)"),
        (lambda: datasets.gabor(phi=3), ValueError, "gabor: phi"),
        (lambda: datasets.gabor(span=0), ValueError, "gabor: span is above 0"),
    ],
)
def test_other_arguments_are_checked(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
