"""Functions as plots show them, beside closed forms: boundaries, surfaces with paths on them, lines, descents."""

from __future__ import annotations

import math
import warnings

import matplotlib
import numpy as np
import pytest

import microgrid
from helpers.plotted import drawn, words
from microgrid import Value, datasets, nn, optim, parameter, train
from viz import plots
from viz.style.theme import PALETTE


def line_model(w0: float, w1: float, b: float):
    class Line(nn.Module):
        def __init__(self) -> None:
            self.p = [parameter(w0), parameter(w1), parameter(b)]

        def __call__(self, x):
            return self.p[0] * x[0] + self.p[1] * x[1] + self.p[2]

    return Line()


def test_the_boundary_of_a_linear_model_is_its_line() -> None:
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    ax = plots.decision_boundary(line_model(1.0, 2.0, -1.2), X, [-1, -1, 1, 1])
    boundary = ax.collections[2].get_paths()[0].vertices
    assert len(boundary) > 50
    np.testing.assert_allclose(boundary @ [1.0, 2.0], 1.2, atol=1e-12)
    below, above = (region.get_paths()[0].vertices @ [1.0, 2.0] for region in ax.collections[:2])
    assert below.min() < below.max() < 1.25
    assert 1.15 < above.min() < above.max()
    no, yes = ax.collections[3:5]
    assert no.get_offsets().tolist() == [[0, 0], [1, 0]]
    assert yes.get_offsets().tolist() == [[0, 1], [1, 1]]
    assert words(ax) == ["class -1", "class 1"]


def test_probabilities_decide_at_a_half_and_logits_at_0() -> None:
    class Sigmoid(nn.Module):
        def parameters(self):
            return []

        def __call__(self, x):
            return (3 * x[0] - 1.5).sigmoid()

    X, y = [[0.0, 0.0], [1.0, 1.0]], [0, 1]
    half = plots.decision_boundary(Sigmoid(), X, y).collections[2].get_paths()[0].vertices
    np.testing.assert_allclose(half[:, 0], 0.5, atol=1e-3)
    third = plots.decision_boundary(Sigmoid(), X, y, threshold=1 / (1 + math.exp(0.9)))
    np.testing.assert_allclose(third.collections[2].get_paths()[0].vertices[:, 0], 0.2, atol=1e-3)
    logits = plots.decision_boundary(line_model(1.0, 0.0, -0.3), X, y).collections[2].get_paths()[0].vertices
    np.testing.assert_allclose(logits[:, 0], 0.3, atol=1e-12)


def test_of_several_outputs_the_largest_decides() -> None:
    class Three(nn.Module):
        def parameters(self):
            return []

        def __call__(self, x):
            return [x[0] * 0 + 0.25, x[0], -x[0]]

    ax = plots.decision_boundary(Three(), [[-1.0, 0.0], [0.0, 0.0], [1.0, 1.0]], [2, 0, 1])
    extents = [c.get_paths()[0].vertices[:, 0] for c in ax.collections[:3]]
    assert (extents[0].min(), extents[0].max()) == pytest.approx((-0.25, 0.25), abs=0.02)
    assert extents[1].min() == pytest.approx(0.25, abs=0.02)
    assert extents[2].max() == pytest.approx(-0.25, abs=0.02)
    assert [c.get_facecolor()[0].tolist() for c in ax.collections[3:]] == [
        list(matplotlib.colors.to_rgba(PALETTE[k])) for k in range(3)
    ]


def test_a_model_is_asked_in_evaluation_mode_and_left_as_it_was() -> None:
    class Moody(nn.Module):
        training, modes = True, []

        def eval(self):
            self.training = False

        def train(self):
            self.training = True

        def __call__(self, x):
            self.modes.append(self.training)
            return x[0] * x[1]

    model = Moody()
    plots.decision_boundary(model, [[0.0, 0.0], [1.0, 1.0]], [0, 1])
    assert set(model.modes) == {False}
    assert model.training


def test_a_surface_has_the_heights_of_its_function_and_the_points_of_its_paths() -> None:
    paths = {"SGD": [[2.0, 1.0], [1.0, 0.5], [0.5, 0.1]], "$Adam$": [[-1.0, -1.0], [0.0, 0.0]]}
    ax = plots.surface(lambda a, b: a * a + 3 * b * b, paths, names=("a", "b", "J"))
    filled, lines = ax.images[0], ax.collections[0]
    for level, path in zip(lines.levels, lines.get_paths()):
        if len(path.vertices):
            a, b = path.vertices.T
            np.testing.assert_allclose(a * a + 3 * b * b, level, atol=0.02)
    left, right, low, high = filled.get_extent()
    a, b = np.meshgrid(np.linspace(left, right, 121), np.linspace(low, high, 121))
    np.testing.assert_allclose(filled.get_array(), a * a + 3 * b * b, rtol=1e-12)
    assert (right, high) == pytest.approx((2.6, 1.4))  # the corner, 20 % beyond the paths
    assert [line.get_xydata().tolist() for line in ax.get_lines()[:6:3]] == list(paths.values())
    assert words(ax) == ["SGD", "$Adam$", "minimum"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
    assert ax.figure.axes[1].get_ylabel() == "J"
    width, height = ax.figure.get_size_inches()
    assert 1.1 < width / height < 1.6  # the map is nearly a square, and has the bar of heights beside it
    drawn(ax)


def test_where_a_function_is_not_finite_the_map_is_blank() -> None:
    ax = plots.surface(lambda a, b: a.log() + b, xlim=(-1.0, 1.0), ylim=(0.0, 1.0))
    assert min(v[0] for path in ax.collections[0].get_paths() for v in path.vertices) > 0
    drawn(ax)


def test_fitted_lines_are_the_lines_of_the_path() -> None:
    path = [[0.0, 1.0], [0.5, 1.5], [1.0, 2.0]]
    ax = plots.fitted_lines([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], path)
    assert ax.collections[0].get_offsets().tolist() == [[0, 1], [1, 3], [2, 5]]
    for (b0, b1), line in zip(path, ax.get_lines()):
        x, y = line.get_data()
        np.testing.assert_allclose(y, b0 + b1 * x)
        assert (x[0], x[-1]) == pytest.approx((-0.1, 2.1))
    assert words(ax) == ["data", "step 0", "step 1", "step 2"]


def test_beside_the_lines_stands_the_sum_of_squares_with_the_same_steps() -> None:
    x, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])
    path = np.column_stack([np.linspace(0, 1, 11), np.linspace(-1, 2, 11)])
    left, right = plots.linear_fit(x[:, None], y, path)
    assert left.get_xlabel() == "β₀"
    for level, outline in zip(left.collections[0].levels, left.collections[0].get_paths()):
        for b0, b1 in outline.vertices[::9]:
            assert ((b0 + b1 * x - y) ** 2).sum() == pytest.approx(level, abs=0.15)
    dots = left.collections[-1]
    np.testing.assert_allclose(dots.get_offsets(), path[::2])
    colors = [matplotlib.colors.to_rgba(line.get_color()) for line in right.get_lines()]
    np.testing.assert_allclose(dots.get_facecolor(), colors)
    drawn(left)


def test_a_descent_goes_along_the_tangent_and_then_to_the_curve() -> None:
    ax = plots.descent(lambda x: x * x, [1.0, -1.0, 1.0])
    curve, tangent, drop, *_ = ax.get_lines()
    x, y = curve.get_data()
    np.testing.assert_allclose(y, x * x, rtol=1e-12)
    assert tangent.get_xydata().tolist() == [[1, 1], [-1, -3]]  # 1 + 2·(-2)
    assert drop.get_xydata().tolist() == [[-1, -3], [-1, 1]]
    assert ax.collections[0].get_offsets().tolist() == [[1, 1], [-1, 1], [1, 1]]


def test_a_descent_of_one_point_is_a_point() -> None:
    ax = plots.descent(lambda x: x**3, [2.0], xlim=(0.0, 3.0))
    assert words(ax) == ["f", "steps, dark to light"]
    assert ax.get_xlim() == (0, 3)


def test_the_boundary_of_a_regression_on_0_and_1_is_where_more_samples_are_right():
    X, y = np.array([[-1.0, 0.0], [-0.5, 1.0], [0.5, 0.0], [1.0, 1.0]]), np.array([0, 0, 1, 1])

    def model(x):  # 0.1, 0.3, 0.7 and 0.9 at the samples, and below 0 and above 1 at the margins
        return 0.5 + 0.4 * x[0] + 0.0 * x[1]

    def threshold(ax):
        return [c.levels[0] for c in ax.collections if len(getattr(c, "levels", ())) == 1]

    assert threshold(plots.decision_boundary(model, X, y)) == [0.5]
    assert threshold(plots.decision_boundary(lambda x: x[0] + 0.0 * x[1], X, y)) == [0.0]


# ---------------------------------------------------------------- Python that decides by data


def bowl_and_ramp(a: Value, b: Value) -> Value:
    """Not one graph: a ramp far to the right, a bowl elsewhere."""
    return 3 * a if a.data > 0.7 else a * a + 3 * b * b


def test_a_surface_whose_function_decides_by_data_has_the_heights_of_each_branch() -> None:
    with pytest.warns(RuntimeWarning, match="the function computes some points otherwise than others"):
        ax = plots.surface(bowl_and_ramp, xlim=(-1.0, 1.0), ylim=(-1.0, 1.0))
    heights, levels = ax.images[0].get_array(), ax.collections[0].levels
    assert heights.max() == pytest.approx(4.0, rel=1e-12)  # the bowl's corner at (-1, 1), the ramp has at most 3
    for level, path in zip(levels, ax.collections[0].get_paths()):
        a, b = path.vertices.T if len(path.vertices) else ([], [])
        ramp = np.asarray(a) > 0.72
        np.testing.assert_allclose(3 * np.asarray(a)[ramp], level, rtol=1e-9)
        low = np.asarray(a) < 0.68
        np.testing.assert_allclose((np.square(a) + 3 * np.square(b))[low], level, atol=0.01)


def test_a_branch_that_only_the_path_comes_to_is_found() -> None:
    def spike(x: Value) -> Value:
        return x * 5 if abs(x.data - 0.123) < 1e-6 else x * x

    with pytest.warns(RuntimeWarning, match="Python decides by data"):
        plots.descent(spike, [1.0, 0.123, -1.0])


def test_a_descent_follows_each_branch() -> None:
    with pytest.warns(RuntimeWarning, match="otherwise than others"):
        ax = plots.descent(lambda x: x * x if x.data < 0 else 2 * x, [1.0, -1.0])
    x, y = ax.get_lines()[0].get_xydata().T
    np.testing.assert_allclose(y, np.where(x < 0, x * x, 2 * x), rtol=1e-14)


def test_a_boundary_of_a_model_that_decides_by_data_is_that_of_each_branch() -> None:
    def model(x: list[Value]) -> Value:
        return x[0] - 0.5 if x[1].data > 0 else x[0] + 0.5

    with pytest.warns(RuntimeWarning, match="the model computes some points otherwise"):
        ax = plots.decision_boundary(model, [[-1.0, -1.0], [1.0, 1.0]], [-1, 1])
    line = ax.collections[2].get_paths()[0].vertices
    above, below = line[line[:, 1] > 0.05], line[line[:, 1] < -0.05]
    np.testing.assert_allclose(above[:, 0], 0.5, atol=1e-9)
    np.testing.assert_allclose(below[:, 0], -0.5, atol=1e-9)


def test_functions_with_one_graph_are_replayed_kinks_poles_and_all() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.surface(lambda a, b: (a.relu() + abs(b)) * a.log(), xlim=(-1.0, 1.0), ylim=(-1.0, 1.0))
        plots.descent(lambda x: 1 / x, [1.0, 0.0, 2.0][:1], xlim=(-1.0, 1.0))


def test_a_large_function_that_decides_by_data_is_drawn_on_fewer_points() -> None:
    calls = []

    def slow(a: Value, b: Value) -> Value:
        calls.append(1)
        return microgrid.sum([a * b] * 5_000) if a.data > 0 else a + b

    with pytest.warns(RuntimeWarning, match="every point is computed in Python"):
        ax = plots.surface(slow, xlim=(-1.0, 1.0), ylim=(-1.0, 1.0))
    assert len(calls) < 600
    drawn(ax)


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: plots.decision_boundary(line_model(1, 1, 1), [[1.0]], [0]), ValueError, "array .samples, 2."),
        (lambda: plots.decision_boundary(line_model(1, 1, 1), [[1.0, 2]], [math.nan]), ValueError, "finite"),
        (lambda: plots.surface(lambda a, b: a), ValueError, "pass xlim="),
        (lambda: plots.surface(lambda a, b: a, xlim=(1, 0), ylim=(0, 1)), ValueError, "lower first"),
        (lambda: plots.surface(lambda a, b: 3.0, {"p": [[0, 0]]}), TypeError, "has to return a Value"),
        (lambda: plots.surface(lambda a, b: a, {"p": [[0, 0, 0]]}), ValueError, "'p' has 3 numbers"),
        (lambda: plots.surface(lambda a, b: a.log(), xlim=(-2, -1), ylim=(0, 1)), ValueError, "not finite any"),
        (lambda: plots.fitted_lines([1, 2], [1], [[0, 0]]), ValueError, "as many x as y"),
        (lambda: plots.descent(lambda x: x, []), ValueError, "path is empty"),
        (lambda: plots.surface(lambda a, b: [a, b], {"p": [[0, 0]]}), TypeError, "has to return a Value"),
        (lambda: plots.decision_boundary(lambda x: 3.0, [[1.0, 2]], [1]), TypeError, "the model has to return a Value"),
        (lambda: plots.decision_boundary(lambda x: (v + 1 for v in x), [[1.0, 2]], [1]), TypeError,
         "a Value, or a list of them, computed from the Values it is given, got <generator"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()


# ---------------------------------------------------------------- paths that descend made


def valley(a: Value, b: Value) -> Value:
    return a * a + 3 * b * b


def test_paths_of_descend_are_taken_as_they_are() -> None:
    path = train.descend(valley, (1.0, -1.0), lambda ps: optim.SGD(ps, lr=0.1), 10)
    drawn_points = [line.get_xydata().tolist() for line in plots.surface(valley, path).lines]
    assert path.points in drawn_points
    paths = train.compare_optimizers(valley, (1.0, -1.0), 5)
    ax = plots.surface(paths.f, paths)
    assert [text.get_text() for text in ax.get_legend().get_texts()][:7] == list(paths)
    single = train.descend(lambda x: x * x, 1.0, lambda ps: optim.SGD(ps, lr=0.1), 4)
    assert len(plots.descent(lambda x: x * x, single).collections[0].get_offsets()) == 5
    sizes = train.compare_batches(
        lambda b, w, x, y: (b + w * x - y) ** 2, (0, 0), [1, 2, 3, 4], [2, 4, 6, 8], lambda ps: optim.SGD(ps, 0.02), 3
    )
    assert len(plots.surface(sizes.f, sizes).get_legend().get_texts()) >= 3


def test_a_function_of_a_list_is_drawn_as_descend_takes_it() -> None:
    path = train.descend(lambda ps: valley(*ps), (1.0, -1.0), lambda ps: optim.SGD(ps, lr=0.1), 4)
    of_list, of_two = plots.surface(lambda ps: valley(*ps), path), plots.surface(valley, path)
    maps = [ax.images[0].get_array() for ax in (of_list, of_two)]
    np.testing.assert_allclose(*maps, rtol=1e-12)
    assert len(plots.animate(path, lambda ps: ps[0] * 0 + valley(*ps), frames=2)) == 2
    roots = plots.surface(lambda ps: microgrid.log(ps[0] - 1) + ps[1], xlim=(2, 3), ylim=(0, 1))
    assert float(roots.images[0].get_array()[0, -1]) == pytest.approx(math.log(2))


def test_paths_from_several_starts_are_a_list() -> None:
    paths = [train.descend(valley, (a, -1.0), lambda ps: optim.SGD(ps, lr=0.1), 3) for a in (1.0, -1.0)]
    drawn_points = [line.get_xydata().tolist() for line in plots.surface(valley, paths).lines]
    assert [path.points in drawn_points for path in paths] == [True, True]


@pytest.mark.parametrize("share", [1.0, 0.5, 1 / 3, 1 / 6])
def test_a_line_is_fitted_by_the_sum_of_squares_or_their_mean_and_by_batches(share: float) -> None:
    x, y = [0.0, 1.0, 3.0], [1.0, 2.0, 2.5]

    def loss(b0, b1):
        return share * sum((b0 + b1 * u - t) ** 2 for u, t in zip(x, y))

    def down(ps):
        return optim.SGD(ps, lr=0.02)

    path = train.descend(loss, (0.0, -1.0), down, 30)
    assert len(plots.linear_fit(x, y, path)) == 2
    batches = train.compare_batches(
        lambda b, w, u, t: share * (b + w * u - t) ** 2, (0, -1), x, y, down, 3, sizes={"SGD": 1}, seed=2
    )
    (stochastic,) = batches.values()
    assert (stochastic.stochastic, path.stochastic) == (True, False)
    assert len(plots.linear_fit(x, y, stochastic)) == 2


def test_the_path_of_a_training_is_drawn_over_its_loss_whatever_its_batches_had() -> None:
    class Line(nn.Module):
        def __init__(self) -> None:
            self.b, self.w = parameter(0.0, "b"), parameter(0.0, "w")

        def __call__(self, x):
            return self.b + self.w * x

    x, y = np.linspace(-1, 1, 10), np.linspace(-1, 3, 10)
    history = train.fit(
        Line(), x, y, loss="mse", optimizer=optim.Adam, epochs=5, batch_size=3, seed=1, record="parameters"
    )
    _, right = plots.linear_fit(x, y, history.path)
    assert len(right.lines) == 6
    ax = plots.surface(lambda b, w: microgrid.mean([(b + w * u - t) ** 2 for u, t in zip(x, y)]), history.path)
    assert history.path.points in [line.get_xydata().tolist() for line in ax.lines]


def test_a_path_down_another_function_is_refused() -> None:
    path = train.descend(valley, (1.0, -1.0), optim.Adam, 3)
    with pytest.raises(ValueError, match="is of another function: it starts at 4, where this one is 2"):
        plots.surface(lambda a, b: a * a + b * b, path)
    single = train.descend(lambda x: x * x, 2.0, optim.Adam, 3)
    with pytest.raises(ValueError, match="is of another function"):
        plots.descent(lambda x: x * x * x, single)
    with pytest.raises(ValueError, match="the path has one number a step, and this takes two"):
        plots.surface(lambda a, b: a, single)


GRADIENTS = [(3, 1), (-1, 2.5), (0.5, -0.4)]
ABOVE = {
    "batches": lambda lang: surface_of_batches(lang),
    "limit": lambda lang: plots.clipping(GRADIENTS, limit=1, lang=lang),
    "small limit": lambda lang: plots.clipping(GRADIENTS, limit=0.125, lang=lang),
    "length": lambda lang: plots.clipping(GRADIENTS, max_norm=0.125, lang=lang),
    "classes": lambda lang: plots.probability(
        lambda x: microgrid.sigmoid(x[0]), [[0, 0], [1, 0], [0, 1]], [0, 1, 2],
        classes=["the first of the classes", "the second of the classes", "the third of the classes"], lang=lang,
    ),
    "landscape": lambda lang: surface_of_batches(lang, kind="3d"),
}  # fmt: skip


def surface_of_batches(lang: str, **how):
    X, y = datasets.linear(40, noise=0.5, seed=1)
    paths = train.compare_batches(
        lambda b, w, x, y: (b + w * x - y) ** 2, (-1, -1), X, y, lambda ps: optim.SGD(ps, lr=0.1), 2, seed=1, lang=lang
    )
    return plots.surface(paths.f, paths, lang=lang, **how)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("plot", ABOVE.values(), ids=list(ABOVE))
def test_a_legend_above_is_nowhere_cut_off_and_squeezes_nothing(plot, lang: str) -> None:
    ax = plot(lang)
    ax.figure.draw_without_rendering()
    legend, whole, inside = (part.get_window_extent() for part in (ax.get_legend(), ax.figure, ax))
    assert whole.x0 <= legend.x0
    assert legend.x1 <= whole.x1
    assert legend.y1 <= whole.y1
    made = ax.get_legend()
    made.remove()
    ax.figure.draw_without_rendering()
    assert inside.width >= 0.9 * ax.get_window_extent().width - (0 if ax.get_aspect() == "auto" else legend.height)


def test_a_legend_of_many_paths_leaves_the_map_its_room() -> None:
    """Long names stand in fewer columns: beside each other they squeezed the map to a strip."""
    paths = train.compare_optimizers(valley, (1.0, -1.0), 5, lang="es")
    ax = plots.surface(paths.f, paths, lang="es")
    figure = ax.figure
    figure.draw_without_rendering()
    map_width, whole = ax.get_window_extent().width, figure.get_window_extent()
    assert map_width > 0.6 * whole.width
    legend = ax.get_legend().get_window_extent()
    assert whole.x0 <= legend.x0
    assert legend.x1 <= whole.x1
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
