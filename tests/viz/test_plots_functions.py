"""Activations, softmax, clipping, critical points and the minimum of a descent, beside closed forms."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.plotted import drawn, words
from microgrid import custom_op
from viz import plots
from viz.plots.functions.critical import critical_points
from viz.plots.sampling import plane


def expit(x):
    return 1 / (1 + np.exp(-x))


def curve_and_slope(ax):
    return [line.get_xydata()[np.isfinite(line.get_ydata())].T for line in ax.get_lines()[:2]]


@pytest.mark.parametrize(
    ("name", "f", "slope"),
    [
        ("sigmoid", expit, lambda x: expit(x) * expit(-x)),
        ("tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2),
        ("relu", lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0)),
        ("leaky_relu", lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1, 0.01)),
        ("hardtanh", lambda x: np.clip(x, -1, 1), lambda x: 1.0 * (abs(x) < 1)),
    ],
)
def test_an_activation_and_its_derivative_are_those_of_the_books(name, f, slope) -> None:
    (x, y), (x1, y1) = curve_and_slope(plots.activation(name))
    np.testing.assert_allclose(y, f(x), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(y1, slope(x1), rtol=1e-13, atol=1e-15)
    assert (x[0], x[-1]) == (-6, 6)


@pytest.mark.parametrize(
    ("name", "at"), [("relu", [0]), ("hardtanh", [-1, 1]), ("abs", [0]), ("sigmoid", []), ("elu", []), ("sqrt", [])]
)
def test_kinks_are_found_and_only_kinks(name: str, at: list[float]) -> None:
    rings = [line for line in plots.activation(name).get_lines() if line.get_marker() == "o"]
    found = rings[0].get_xdata() if rings else []
    np.testing.assert_allclose(found, at, atol=1e-12)


def test_a_kink_between_the_points_of_the_curve_is_found_by_halving() -> None:
    def bend(x):
        return x.relu() if x.data > 0 else x * 0

    def shifted(x):
        return bend(x - 1 / 3)

    ring = next(line for line in plots.activation(shifted).get_lines() if line.get_marker() == "o")
    np.testing.assert_allclose(ring.get_xydata(), [[1 / 3, 0]], atol=1e-12)


def test_where_a_function_saturates_is_grey() -> None:
    def grey(name):
        return [(p.get_x(), p.get_x() + p.get_width()) for p in plots.activation(name).patches]

    low, high = grey("sigmoid")
    edge = math.acosh(1 / math.sqrt(0.05)) * 2  # where σ′ is a twentieth of ¼: sech²(x/2) = 0.05
    assert low == (-6, pytest.approx(-edge, abs=0.03))
    assert high == (pytest.approx(edge, abs=0.03), 6)
    assert grey("relu") == [(-6, pytest.approx(0, abs=0.03))]
    assert grey("leaky_relu") == grey("abs") == []


def test_the_steepest_slope_is_written_where_there_is_one() -> None:
    steepest = {
        name: [t.get_text() for t in plots.activation(name).texts] for name in ("sigmoid", "tanh", "relu", "exp")
    }
    assert steepest == {"sigmoid": ["0.25"], "tanh": ["1"], "relu": [], "exp": []}


def test_several_functions_have_panels_or_share_one() -> None:
    row = plots.activation("sigmoid", "relu", "tanh", "gelu")
    assert [ax.get_title() for ax in row] == ["sigmoid", "relu", "tanh", "gelu"]
    assert len(row[0].figure.axes) == 4
    both = plots.activation("sigmoid", "relu", together=True)
    assert words(both) == ["sigmoid", "relu"]
    assert [len(both.get_lines()), len({line.get_color() for line in both.get_lines()[:4]})] == [5, 2]
    drawn(both)


def test_a_custom_operation_and_any_function_of_a_value_have_their_names() -> None:
    cube = custom_op("cubeshown", value=lambda x: x**3, partials=[lambda x: 3 * x**2], sympy=lambda x: x**3)
    for shown in (cube, "cubeshown"):
        ax = plots.activation(shown, xlim=(-2, 2))
        (x, y), (x1, y1) = curve_and_slope(ax)
        np.testing.assert_allclose((y, y1), (x**3, 3 * x1**2), rtol=1e-13, atol=1e-15)
        assert ax.get_title() == "cubeshown"

    def swish(x):
        return x * x.sigmoid()

    assert plots.activation(swish).get_title() == "swish"


# ---------------------------------------------------------------- softmax


def test_softmax_bars_are_scipys_at_every_temperature() -> None:
    logits, temperatures = [5.0, 6.0, 11.0, 7.0], [0.5, 1.0, 4.0]
    ax = plots.softmax(logits, temperature=temperatures)
    for bars, t in zip(ax.containers, temperatures):
        np.testing.assert_allclose(
            [b.get_height() for b in bars],
            np.exp(np.array(logits) / t) / np.exp(np.array(logits) / t).sum(),
            rtol=1e-13,
        )
    assert [t.get_text() for t in ax.texts[4:8]] == ["0.00", "0.01", "0.97", "0.02"]
    assert words(ax) == ["T = 0.5", "T = 1", "T = 4"]
    named = plots.softmax(logits, names=["a", "$b$", "c", "d"])
    assert [label.get_text() for label in named.get_xticklabels()] == ["a", "$b$", "c", "d"]


# ---------------------------------------------------------------- clipping


def test_clipped_arrows_end_on_the_circle_or_in_the_square() -> None:
    g = np.array([[3.0, 4.0], [-0.1, 0.2]])
    before, after = plots.clipping(g, max_norm=1).collections
    assert np.column_stack([before.U, before.V]).tolist() == g.tolist()
    np.testing.assert_allclose(np.column_stack([after.U, after.V]), [[0.6, 0.8], [-0.1, 0.2]], rtol=1e-6)
    square = plots.clipping(g, limit=1).collections[1]
    assert np.column_stack([square.U, square.V]).tolist() == [[1, 1], [-0.1, 0.2]]


# ---------------------------------------------------------------- surfaces


def found(f, reach: float = 2.0, side: int = 61):
    points = plane([(-reach, reach), (-reach, reach)], side)
    return [sorted(map(tuple, kind.round(9).tolist())) for kind in critical_points(f, points, side)]


def test_minima_and_saddle_points_are_those_of_the_closed_form() -> None:
    assert found(lambda v: v[0] ** 4 - 2 * v[0] ** 2 + v[1] ** 2) == [[(-1, 0), (1, 0)], [(0, 0)]]
    assert found(lambda v: v[0] * v[1]) == [[], [(0, 0)]]
    rosenbrock = found(lambda v: (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2)
    assert rosenbrock == [[(1, 1)], []]
    assert found(lambda v: -(v[0] ** 2) - v[1] ** 2) == [[], []]  # a maximum
    assert found(lambda v: (v[0] + v[1]) ** 2) == [[], []]  # a valley
    himmelblau = found(lambda v: (v[0] ** 2 + v[1] - 11) ** 2 + (v[0] + v[1] ** 2 - 7) ** 2, 5.0, 121)
    np.testing.assert_allclose(
        himmelblau[0], [(-3.779310, -3.283186), (-2.805118, 3.131313), (3, 2), (3.584428, -1.848127)], atol=1e-6
    )
    assert len(himmelblau[1]) == 4


def test_marks_of_a_surface_stand_on_it_in_both_kinds() -> None:
    def f(a, b):
        return a**4 - 2 * a**2 + b**2

    flat = plots.surface(f, xlim=(-2, 2), ylim=(-2, 2))
    assert words(flat) == ["minimum", "saddle point"]
    minima, saddle = flat.get_lines()
    np.testing.assert_allclose(sorted(minima.get_xydata().tolist()), [[-1, 0], [1, 0]], atol=1e-9)
    np.testing.assert_allclose(saddle.get_xydata(), [[0, 0]], atol=1e-9)
    steep = plots.surface(f, [[1.5, 1.0], [1.0, 0.0]], kind="3d", xlim=(-2, 2), ylim=(-2, 2))
    path, _, _, minima, saddle = steep.get_lines()
    np.testing.assert_allclose(np.array(path.get_data_3d()).T, [[1.5, 1, 1.5625], [1, 0, -1]], atol=1e-12)
    np.testing.assert_allclose(minima.get_data_3d()[2], [-1, -1], atol=1e-9)
    drawn(steep)


@pytest.mark.parametrize(("scale", "log"), [(1, False), (1000, True)])
def test_heights_are_round_and_by_their_logarithms_where_they_span_several_sizes(scale: float, log: bool) -> None:
    ax = plots.surface(lambda a, b: 1 + a**2 + scale * b**2, xlim=(-2, 2), ylim=(-2, 2))
    levels = ax.collections[0].levels
    assert 5 <= len(levels) <= 18
    leading = {float(f"{level:.3e}".partition("e")[0]) for level in levels}
    assert leading <= {1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5}
    steps = np.diff(np.log(levels) if log else levels)
    assert steps.max() < 1.4 * steps.min() + 1e-9


# ---------------------------------------------------------------- descents


def test_a_descent_shows_the_minimum_it_is_about() -> None:
    def f(x):
        return x**4 - 2 * x**2 + x - 1

    def minimum(ax):
        return next(line for line in ax.get_lines() if line.get_marker() == "P").get_xydata()[0]

    right = max(np.roots([4, 0, -4, 1]))  # 0.8376
    slow = plots.descent(f, [0.3, 0.3018, 0.3037])
    assert minimum(slow) == pytest.approx([right, right**4 - 2 * right**2 + right - 1], rel=1e-9)
    assert slow.get_xlim()[1] > right
    left = min(np.roots([4, 0, -4, 1]))  # -1.1069
    assert minimum(plots.descent(f, [0.0, -0.05]))[0] == pytest.approx(left, rel=1e-9)
    assert minimum(plots.descent(lambda x: x * x, [1.0, 0.0]))[0] == 0
    assert not [line for line in plots.descent(lambda x: x * 2, [1.0, 0.0]).get_lines() if line.get_marker() == "P"]


def test_a_path_knows_its_function() -> None:
    path = SimpleNamespace(points=np.array([1.0, 0.5]), values=np.array([1.0, 0.25]))
    assert plots.descent(lambda x: x * x, path).get_xlim()[0] < 0
    with pytest.raises(ValueError, match="the path is of another function: it starts at 1, where this one is 2"):
        plots.descent(lambda x: 2 * x * x, path)
    path = SimpleNamespace(points=np.array([[1.0, 0.5]]), values=np.array([1.0]))
    with pytest.raises(ValueError, match="the path 'GD' is of another function"):
        plots.surface(lambda a, b: a + b, {"GD": path}, xlim=(-1, 1), ylim=(-1, 1))


def test_the_lines_of_a_fit_are_evenly_along_the_way() -> None:
    path = [[0.0, 0.0], [1.0, 0.0], *[[2.0 + k * 1e-3, 0.0] for k in range(30)]]
    assert words(plots.fitted_lines([0.0, 1.0], [0.0, 1.0], path)) == [
        "data", "step 0", "step 1", "step 2", "step 31"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: plots.activation(), ValueError, "at least one function"),
        (lambda: plots.activation("sigmoyd"), ValueError, "no activation 'sigmoyd'.*sigmoid"),
        (lambda: plots.activation("add"), ValueError, "there is no activation 'add'"),
        (lambda: plots.activation("log", xlim=(-2, -1)), ValueError, "log is finite nowhere from -2 to -1"),
        (lambda: plots.activation("relu", xlim=(1, 0)), ValueError, "xlim is two numbers, the lower first"),
        (lambda: plots.activation(lambda x: 3.0), TypeError, "has to return a Value"),
        (lambda: plots.softmax([]), ValueError, "at least one logit"),
        (lambda: plots.softmax([1, 2], temperature=0), ValueError, "temperatures above 0"),
        (lambda: plots.softmax([1, 2], names=["a"]), ValueError, "names is a list of 2 names, one for each"),
        (lambda: plots.softmax([1, math.nan]), ValueError, r"logits\[1\] is nan, and only finite numbers"),
        (lambda: plots.clipping([[1, 2]]), ValueError, "clip by max_norm="),
        (lambda: plots.clipping([[1, 2]], max_norm=1, limit=1), ValueError, "clip by max_norm="),
        (lambda: plots.clipping([[1, 2, 3]], max_norm=1), ValueError, "one row for each arrow"),
        (lambda: plots.surface(lambda a, b: a, kind="4d"), ValueError, 'choose "contour" or "3d"'),
        (lambda: plots.surface(lambda a, b: a, log=True, xlim=(-1, 1), ylim=(0, 1)), ValueError, "log spaces heights"),
        (
            lambda: plots.surface(lambda a, b: a, kind="3d", xlim=(-1, 1), ylim=(0, 1), ax=plots.softmax([1, 2])),
            ValueError, "needs three axes",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()
