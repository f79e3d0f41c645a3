"""What stands beside each other: paths over their steps, several on a surface, gradients of several networks."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from helpers.plotted import drawn, words
from microgrid import nn, optim, train
from microgrid.monitor import Monitor
from viz import plots


def bowl(a, b):
    return a * a + 4 * b * b


@pytest.fixture(scope="module")
def paths():
    return {f"η = {lr}": train.descend(bowl, (2.0, 1.0), partial(optim.SGD, lr=lr), 6) for lr in (0.1, 0.2)}


def lines(ax):
    return [line.get_xydata().T for line in ax.get_lines() if len(line.get_xdata())]


def test_the_loss_of_paths_is_drawn_over_their_steps(paths) -> None:
    ax = plots.compare(paths, log=True)
    for (steps, values), lr in zip(lines(ax), (0.1, 0.2)):
        k = np.arange(7)
        np.testing.assert_array_equal(steps, k)
        np.testing.assert_allclose(values, 4 * (1 - 2 * lr) ** (2 * k) + 4 * (1 - 8 * lr) ** (2 * k), rtol=1e-12)
    assert (ax.get_xlabel(), ax.get_ylabel(), words(ax)) == ("step", "loss", [*paths])


def test_variables_rates_and_gradients_of_paths_are_their_closed_forms(paths) -> None:
    k = np.arange(7)
    (_, a), *_ = lines(plots.compare(paths, "a"))
    np.testing.assert_allclose(a, 2 * 0.8**k, rtol=1e-12)
    (steps, rates), _ = lines(plots.compare(paths, "lr"))
    assert (steps.tolist(), set(rates)) == ([0, 1, 2, 3, 4, 5], {0.1})
    (_, lengths), _ = lines(plots.compare(paths, "gradient"))
    np.testing.assert_allclose(lengths, np.hypot(4 * 0.8**k, 8 * 0.2**k), rtol=1e-12)
    ax = plots.compare(paths, "gradient", lang="es")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("paso", "longitud del gradiente")


def test_parameters_are_a_line_for_each_in_the_paths_colour(paths) -> None:
    ax = plots.compare(paths, "parameters")
    drawn(ax)
    assert len(ax.get_lines()) == 4
    first, second, third, _ = (line.get_color() for line in ax.get_lines())
    assert first == second != third
    assert words(ax) == [*paths]


def test_weight_decay_is_seen_on_the_weights_of_trainings() -> None:
    """Without a gradient of the loss each step leaves (1 - ηλ) of a weight."""

    def trained(decay):
        model = nn.Neuron(1, nonlin=False)
        model.w[0].data = 1.0
        sgd = partial(optim.SGD, lr=0.5, weight_decay=decay)
        return train.fit(
            model, [[0.0]], [0.0], loss="mse", optimizer=sgd, epochs=5, record="parameters", progress=False
        ).path  # fmt: skip

    ax = plots.compare({"without": trained(0.0), "with": trained(0.2)}, "w.0")
    (_, kept), (_, decayed) = lines(ax)
    np.testing.assert_allclose(kept, 1.0)
    np.testing.assert_allclose(decayed, 0.9 ** np.arange(6), rtol=1e-12)


def test_several_paths_under_one_name_are_their_mean(paths) -> None:
    ax = plots.compare({"both": list(paths.values())}, "a")
    np.testing.assert_allclose(lines(ax)[0][1], 0.8 ** np.arange(7) + 0.6 ** np.arange(7), rtol=1e-12)
    assert words(ax) == ["both (mean and range of 2)"]


@pytest.mark.parametrize(
    ("given", "metric", "kind", "said"),
    [
        (lambda ps: ps, "c", ValueError, "has no 'c': it has loss, lr, gradient, a, b, parameters"),
        (lambda ps: {**ps, "h": {"loss": [1.0]}}, "loss", TypeError, "'η = 0.1' is a path, 'h' is none"),
    ],
)
def test_what_cannot_be_compared_is_said(paths, given, metric: str, kind, said: str) -> None:
    with pytest.raises(kind, match=said):
        plots.compare(given(paths), metric)


def test_several_paths_under_one_name_share_a_colour_on_a_surface() -> None:
    starts = [(2.0, 1.0), (-2.0, 0.5), (1.0, -1.0)]
    ways = {lr: [train.descend(bowl, s, partial(optim.SGD, lr=lr), 4) for s in starts] for lr in (0.05, 0.1)}
    ax = plots.surface(bowl, {f"η = {lr}": found for lr, found in ways.items()})
    drawn(ax)
    routes = [line for line in ax.get_lines() if len(line.get_xdata()) == 5]
    assert [tuple(line.get_xydata()[0]) for line in routes] == starts * 2
    assert len({line.get_color() for line in routes[:3]}) == 1 != len({line.get_color() for line in routes})
    assert words(ax) == ["η = 0.05", "η = 0.1", "minimum"]


def test_a_list_of_points_is_still_one_path() -> None:
    ax = plots.surface(bowl, {"by hand": [[2, 1], [1, 0.5]], "none": ((1, 1), (0, 0))})
    assert [len(line.get_xdata()) for line in ax.get_lines()][:6] == [2, 1, 1] * 2
    with pytest.raises(ValueError, match="'none' has no path"):
        plots.surface(bowl, {"none": []})


def test_gradients_of_several_networks_are_beside_each_other() -> None:
    models = {"two": nn.MLP(2, [3, 1]), "three": nn.MLP(2, [3, 3, 1], "tanh")}
    for model in models.values():
        model([1.0, -2.0]).backward()
    ax = plots.gradient_flow(models, lang="es")
    drawn(ax)
    for (_, lengths), model in zip(lines(ax), models.values()):
        expected = [np.linalg.norm([p.grad for p in layer.parameters()]) for layer in model.layers]
        np.testing.assert_allclose(lengths, expected)
    assert words(ax) == ["two", "three"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "3"]
    watched = {name: Monitor(model, loss="mse") for name, model in models.items()}
    for monitor in watched.values():
        monitor.observe([[1.0, -2.0]], [0.5])
        monitor.observe([[0.5, 1.0]], [0.5])
        assert [record.step for record in monitor.records] == [0, 1]
    (_, lengths), _ = lines(plots.gradient_flow(watched))
    np.testing.assert_allclose(lengths, [stats.gradient_norm for stats in watched["two"].records[-1].layers.values()])
    for mixed in ({}, {"a": models["two"], "b": watched["two"]}):
        with pytest.raises(ValueError, match="models by their names, or monitors"):
            plots.gradient_flow(mixed)


def test_shorter_paths_lie_on_longer_ones_with_dots() -> None:
    lines = plots.compare({"few": {"loss": [3, 2, 1]}, "many": {"loss": list(range(40, 0, -1))}}).get_lines()[:2]
    assert lines[0].get_zorder() > lines[1].get_zorder() >= 2
    assert [line.get_marker() for line in lines] == ["o", ""]
