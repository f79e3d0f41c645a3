"""What the lectures' plots show, beside closed forms and NumPy: curves, paths, histograms, heights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers import needs_checkout
from helpers.figures import axes, curves, figures, shown
from microgrid import datasets

pytestmark = needs_checkout


def dots(ax):
    """The points of a scatter, the steps of a descent."""
    return np.concatenate([np.asarray(part.get_offsets()) for part in ax.collections])


def routes(number: int, figure: int = 0, least: int = 3):
    """The paths on a surface, (steps, 2) each."""
    return [line.T for line in curves(axes(number, figure)[0], least)]


def marked(ax, marker: str):
    return np.array([p for line in ax.get_lines() if line.get_marker() == marker for p in line.get_xydata()])


# ---------------------------------------------------------------- lecture A


def test_02_the_perceptrons_plane_has_its_two_points_and_its_line() -> None:
    (ax,) = axes(2)
    assert {"0.94", "0.01", "w"} <= shown(2)
    (line,) = (c.get_paths()[0].vertices for c in ax.collections if hasattr(c, "levels"))
    assert np.abs(4.1 - 1.15 * line[:, 0] - 0.21 * line[:, 1]).max() < 0.01


def test_06_xor_is_learned() -> None:
    ((_, loss), *_) = curves(axes(6)[0])
    assert loss[0] > 0.6 > 0.02 > loss[-1]
    assert {"class 0", "class 1"} <= shown(6, 1)


@pytest.mark.parametrize(("figure", "number", "lr"), [(0, 7, 0.2), (0, 9, 0.02), (1, 9, 0.3), (2, 9, 1.05)])
def test_07_and_09_steps_down_the_parabola(figure: int, number: int, lr: float) -> None:
    points = dots(axes(number, figure)[0])
    x = (1 - 2 * lr) ** np.arange(len(points))
    np.testing.assert_allclose(points, np.column_stack([x, x * x]), atol=1e-12)
    np.testing.assert_allclose(marked(axes(number, figure)[0], "P"), [[0, 0]], atol=1e-9)


def test_08_one_start_ends_in_the_local_and_one_in_the_global_minimum() -> None:
    minima = sorted(np.roots([4, 0, -4, 1]).real)
    np.testing.assert_allclose(sorted(marked(axes(8)[0], "P")[:, 0]), [minima[0], minima[2]], atol=1e-9)
    points = dots(axes(8)[0])
    assert points[40, 0] == pytest.approx(minima[2], abs=0.02)  # from 0.3
    assert points[81, 0] == pytest.approx(minima[0], abs=1e-3)  # from 0
    f = np.polyval([1, 0, -2, 1, -1], points[[40, 81], 0])
    np.testing.assert_allclose(points[[40, 81], 1], f)
    assert f[1] < f[0]


def test_09_the_rates_beside_each_other() -> None:
    for (_, x), lr in zip(curves(axes(9, 3)[0]), (0.02, 0.3, 1.05), strict=True):
        np.testing.assert_allclose(x, (1 - 2 * lr) ** np.arange(9))


def test_10_the_path_on_a_loss_of_two_weights() -> None:
    steps = np.eye(2) - 0.1 * np.array([[2, 1], [1, 6]])
    expected = [np.linalg.matrix_power(steps, k) @ [-3, 2] for k in range(31)]
    np.testing.assert_allclose(routes(10)[0], expected, atol=1e-12)
    np.testing.assert_allclose(marked(axes(10)[0], "P"), [[0, 0]], atol=1e-9)
    (landscape,) = axes(10, 1)
    assert landscape.get_zlabel() == "loss"


def test_21_and_24_activations_have_their_derivatives() -> None:
    (ax,) = axes(21)
    assert "0.25" in shown(21)
    (x, y), (x1, slope) = curves(ax)[:2]
    np.testing.assert_allclose(slope, np.interp(x1, x, y) * (1 - np.interp(x1, x, y)), atol=1e-9)
    titles = [ax.get_title() for ax in axes(24)]
    assert titles == ["relu", "leaky_relu", "elu", "gelu", "softplus", "tanh"]
    slopes = {title: set(np.round(curves(ax)[1][1], 9)) for title, ax in zip(titles, axes(24))}
    assert slopes["relu"] - {np.nan} >= {0.0, 1.0}
    assert 0.01 in slopes["leaky_relu"]


def test_22_gradients_shrink_towards_the_input() -> None:
    widths = [np.sqrt((share * x**2).sum()) for x, share in curves(axes(22)[0])]
    assert len(widths) == 5
    assert widths[0] < widths[1] < widths[2] < widths[3] < widths[4]


def test_23_and_33_gradients_explode_towards_the_input() -> None:
    ((_, few),), ((_, many),) = curves(axes(23)[0]), curves(axes(33)[0])
    assert few[0] > 1e3 * few[-1]
    assert len(many) == 100
    assert 1e20 < many[0] < 1e30
    assert many[-1] == pytest.approx(1.0)  # the output itself
    assert axes(33)[0].get_yscale() == "log"


def test_25_gradients_of_two_hundred_layers_are_of_one_size_by_way_of_the_skips() -> None:
    (_, plain), (_, residual) = curves(axes(25, 1)[0])
    assert len(plain) == len(residual) == 200
    assert plain[:20].max() < 1e-6 < 1e-2 < plain[-20:].min()
    assert 1e-2 < np.quantile(residual, 0.05) < np.quantile(residual, 0.95) < 1e3


def test_26_monitoring_goes_over_the_steps() -> None:
    ratios = curves(axes(26)[0])
    assert len(ratios) == 3
    assert all((np.diff(steps) > 0).all() and (ratio < 0.05).all() for steps, ratio in ratios)
    assert "1e-3, usual" in shown(26)
    steps = [int(text.split()[1]) for text in shown(26, 1) if text.startswith("step ")]
    assert min(steps) == 0
    assert len(steps) >= 8


def test_27_softmax_of_the_lectures_logits() -> None:
    e = np.exp(np.array([5, 6, 11, 7.0]))
    heights = [bar.get_height() for bar in axes(27)[0].patches]
    np.testing.assert_allclose(heights, e / e.sum(), rtol=1e-12)
    assert {"0.00", "0.01", "0.97"} <= shown(27)


def line_of(X, y):
    return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y, rcond=None)[0]


def test_28_batch_minibatch_and_stochastic_from_one_start() -> None:
    X, y = datasets.linear(40, noise=0.5, seed=1)
    batch, mini, stochastic = routes(28)
    assert [len(batch), len(mini), len(stochastic)] == [1 + 6, 1 + 6 * 4, 1 + 6 * 40]
    assert {tuple(route[0]) for route in (batch, mini, stochastic)} == {(-1.0, -1.0)}
    A = np.column_stack([np.ones(len(X)), X])
    p = np.array([-1.0, -1.0])
    for point in batch:
        np.testing.assert_allclose(point, p, atol=1e-9)
        p = p - 0.1 * 2 / len(X) * A.T @ (A @ p - y)
    np.testing.assert_allclose(marked(axes(28)[0], "P"), [line_of(X, y)], atol=1e-6)


# ---------------------------------------------------------------- lecture B


def test_32_memory_grows_with_the_batch_and_the_layers() -> None:
    lines = curves(axes(32)[0])
    for sizes, taken in lines:  # each sample takes as much
        np.testing.assert_allclose(np.diff(taken) / np.diff(sizes), (taken[1] - taken[0]) / (sizes[1] - sizes[0]))
    ends = [taken[-1] for _, taken in lines]
    assert ends == sorted(ends)
    assert (ends[3] - ends[2]) / (ends[2] - ends[1]) == pytest.approx(2, rel=1e-3)  # four layers more, two more


def test_34_xavier_keeps_the_spread_and_a_small_uniform_loses_it() -> None:
    def spread(figure: int) -> list[float]:
        (ax,) = axes(34, figure)
        found = []
        for patch in ax.patches:
            heights, edges, base = patch.get_data()
            shares, middles = heights - base, (edges[:-1] + edges[1:]) / 2
            found.append(math.sqrt((shares * middles**2).sum() / shares.sum()))
        return found

    xavier, uniform = spread(0), spread(1)
    assert xavier[-1] > 0.4 * xavier[0]
    assert uniform[-1] < 0.15 * uniform[0]


def test_35_training_stops_after_the_best_validation_loss() -> None:
    (_, _), (epochs, validation) = curves(axes(35)[0])
    best = int(epochs[validation.argmin()])
    assert f"best epoch, {best}" in shown(35)
    assert epochs[-1] == best + 60 < 400


def test_37_arrows_are_clipped() -> None:
    g = np.array([(3, 1), (-1, 2.5), (0.5, -0.4)])
    lengths = np.linalg.norm(g, axis=1, keepdims=True)
    for figure, expected in enumerate((g * np.minimum(1, 1 / lengths), np.clip(g, -1, 1))):
        before, after = (np.column_stack([q.U, q.V]) for q in axes(37, figure)[0].collections)
        np.testing.assert_allclose(before, g)
        np.testing.assert_allclose(after, expected, rtol=1e-5)


# ---------------------------------------------------------------- lecture C


def test_38_maxout_bends_where_its_lines_meet() -> None:
    assert [ax.get_title() for ax in axes(38)] == ["sigmoid", "tanh", "relu", "leaky_relu", "maxout"]
    (_, maxout) = axes(38)[-2:]
    np.testing.assert_allclose(marked(maxout, "o")[:, 0], [-2 / 1.3, 2 / 0.7], atol=1e-9)
    np.testing.assert_allclose(marked(axes(38)[2], "o"), [[0, 0]], atol=1e-12)


def test_39_shares_of_dead_units_are_of_sixteen() -> None:
    shares = [share for _, share in curves(axes(39)[0])]
    assert len(shares) == 2
    for share in shares:
        np.testing.assert_allclose(share * 16 / 100, np.round(share * 16 / 100), atol=1e-9)
    assert max(share[-1] for share in shares) > max(share[0] for share in shares)


def test_42_three_surfaces_that_trouble_descent() -> None:
    (zigzag,), (stuck,), (slow,) = (routes(42, k) for k in range(3))
    k = np.arange(26)
    np.testing.assert_allclose(zigzag, np.column_stack([-4 * 0.88**k, (1 - 30 * 0.06) ** k]), atol=1e-9)
    assert (np.sign(zigzag[1:, 1]) != np.sign(zigzag[:-1, 1])).all()
    low, _, local = sorted(np.roots([4, 0, -4, 0.5]).real)
    assert stuck[-1, 0] == pytest.approx(local, abs=1e-3)
    np.testing.assert_allclose(sorted(marked(axes(42, 1)[0], "P")[:, 0]), [low, local], atol=1e-6)
    assert np.linalg.norm(slow[20]) < 0.05
    assert [0, 0] in np.round(marked(axes(42, 2)[0], "X"), 6).tolist()


def test_43_seven_optimisers_from_one_start() -> None:
    seven = routes(43)
    assert {tuple(route[0]) for route in seven} == {(-3.0, 1.0)}
    assert len(seven) == 7
    assert all(10 * b * b + a * a < 0.5 * 19 for a, b in (route[-1] for route in seven))
    names = {text.split(",")[0] for text in shown(43)}
    assert {"gradient descent", "momentum", "NAG", "Adagrad", "Adadelta", "RMSprop", "Adam"} <= names


def test_44_the_rate_halves_every_ten_epochs() -> None:
    ((epochs, rates), *_) = curves(axes(44)[0])
    np.testing.assert_allclose(rates, 0.001 * 0.5 ** ((epochs - 1) // 10))


def test_45_the_first_penalty_leaves_weights_and_the_other_zeros() -> None:
    def near_zero(figure: int) -> float:
        bars = [bar for ax in axes(45, figure) for bar in ax.patches]
        near = sum(bar.get_height() for bar in bars if bar.get_x() < 0.02 and bar.get_x() + bar.get_width() > -0.02)
        return near / sum(bar.get_height() for bar in bars)

    assert near_zero(1) > 0.6 > 1.5 * near_zero(0)


def test_46_the_log_of_a_training() -> None:
    loss, accuracy = axes(46)
    assert [loss.get_ylabel(), accuracy.get_ylabel()] == ["loss", "accuracy (share of samples)"]
    for ax in (loss, accuracy):
        assert [len(epochs) for epochs, _ in curves(ax)] == [100, 100]
    assert curves(accuracy)[0][1][-1] > 0.9
    for line, epoch in zip(figures(46)[1].splitlines(), (20, 40, 60, 80, 100), strict=True):
        numbers = [float(part.split(": ")[1]) for part in line.split(" - ")[1:]]
        columns = [column[epoch - 1] for ax in (loss, accuracy) for _, column in curves(ax)]
        expected = [columns[0], columns[2], columns[1], columns[3]]
        np.testing.assert_allclose(numbers, expected, atol=6e-5)
        assert line.startswith(f"Epoch {epoch}/100 - loss: ")


# ---------------------------------------------------------------- lectures D and E


def test_47_risks_are_lowest_at_the_target() -> None:
    lowest = []
    for ax in axes(47):
        p, risk = curves(ax)[0]
        assert p[risk.argmin()] == pytest.approx(0.7, abs=2e-3)
        lowest.append(risk.min())
    entropy = -0.7 * math.log(0.7) - 0.3 * math.log(0.3)
    np.testing.assert_allclose(lowest, [0, entropy, 0], atol=1e-5)


def test_48_a_step_of_one_flips_for_ever_and_a_half_arrives() -> None:
    np.testing.assert_array_equal(dots(axes(48)[0])[:, 0], [1, -1, 1, -1, 1, -1, 1])
    np.testing.assert_array_equal(dots(axes(48, 1)[0])[:, 0], [1, 0, 0, 0, 0, 0, 0])
    assert [line.split()[1] for line in figures(48)[2].splitlines()[1:]] == ["1", "-1"] * 3 + ["1"]


def test_51_decay_keeps_the_weights_smaller() -> None:
    lines = [weights for _, weights in curves(axes(51)[0])]
    free, decayed = np.array(lines[:3]), np.array(lines[3:])
    np.testing.assert_array_equal(free[:, 0], decayed[:, 0])
    assert np.linalg.norm(decayed[:, -1]) < 0.8 * np.linalg.norm(free[:, -1])


def test_52_the_path_of_a_regression_and_its_lines() -> None:
    X, y = datasets.linear(12, noise=0.4, seed=3)
    A, p = np.column_stack([np.ones(len(X)), X]), np.array([0.0, -1.0])
    (path,) = routes(52)
    for point in path:
        np.testing.assert_allclose(point, p, atol=1e-9)
        p = p - 0.02 * 2 * A.T @ (A @ p - y)
    last = axes(52)[1].get_lines()[-1].get_xydata()
    np.testing.assert_allclose(last[:, 1], path[-1, 0] + path[-1, 1] * last[:, 0], atol=1e-9)
    np.testing.assert_allclose(marked(axes(52)[0], "P"), [line_of(X, y)], atol=1e-6)


def test_53_descent_is_stuck_and_stochastic_descent_is_not_from_three_starts() -> None:
    X, y = datasets.gabor(30, seed=2)

    def loss(point):
        u = point[0] + 0.06 * point[1] * X[:, 0]
        return np.mean((np.sin(u) * np.exp(-u * u / 32) - y) ** 2)

    found = routes(53, least=20)
    lengths = [len(route) for route in found]
    assert lengths == [21] * 3 + [601] * 3
    stuck, out = [loss(route[-1]) for route in found[:3]], [loss(route[-1]) for route in found[3:]]
    assert max(out) < 0.6 * min(stuck)
    assert [tuple(route[0]) for route in found] == [(-6, 12), (4, 10), (-3, 20)] * 2


def test_54_the_loss_over_updates() -> None:
    X, y = datasets.linear(40, noise=0.5, seed=1)
    batch, mini, stochastic = curves(axes(54)[0])
    assert [len(steps) - 1 for steps, _ in (batch, mini, stochastic)] == [3, 12, 120]
    start = np.mean((-1 - X[:, 0] - y) ** 2)
    assert {round(loss[0], 9) for _, loss in (batch, mini, stochastic)} == {round(start, 9)}
    assert batch[1][-1] > mini[1][-1] > stochastic[1][-1]
