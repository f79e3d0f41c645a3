"""What the plots show, number by number, beside NumPy's; that a user's words stay words; that mistakes are told."""

from __future__ import annotations

import math
import random
import sys
from types import SimpleNamespace

import matplotlib.figure
import numpy as np
import pytest

import microgrid
from helpers.graphs import HOSTILE
from helpers.plotted import drawn, words
from microgrid import Value, nn
from microgrid.monitor import LayerStats, Monitor
from viz import plots
from viz.style.theme import PALETTE

NASTY = ["$x$", "$\\alpha", "_hidden", "a\nb", "\x07", "", "x" * 200]


class History(dict):
    best_epoch = 2


HISTORY = History(
    epoch=[1, 2, 3], loss=[3.0, 2.0, 1.0], validation_loss=[4.0, 2.5, 2.75], accuracy=[0.5, 0.75, 1.0], lr=[0.1] * 3
)


def stats(activations, gradients=None, op: str = "relu", ratio: float = math.nan) -> LayerStats:
    a = np.asarray(activations, float)
    g = a if gradients is None else np.asarray(gradients, float)
    return LayerStats(a, a - 1, g, (op,) * a.shape[1], ratio)


def watched(*snapshots: dict[str, LayerStats]) -> SimpleNamespace:
    return SimpleNamespace(records=[SimpleNamespace(epoch=k, step=10 * k, layers=s) for k, s in enumerate(snapshots)])


def trained() -> tuple[nn.MLP, Monitor]:
    random.seed(2)
    model = nn.MLP(2, [4, 3, 1])
    monitor, rng = Monitor(model, loss="mse"), np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=20)
    monitor.observe(epoch=0, step=0, X=X, y=y)
    return model, monitor


# ---------------------------------------------------------------- over time


def test_curves_are_the_columns_of_the_history() -> None:
    ax = plots.curves(HISTORY)
    training, validation, best = ax.get_lines()
    assert training.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert validation.get_xydata().tolist() == [[1, 4], [2, 2.5], [3, 2.75]]
    assert set(best.get_xdata()) == {2}
    assert words(ax) == ["training", "validation", "best epoch, 2"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "linear")
    assert [line.get_color() for line in (training, validation)] == list(PALETTE[:2])
    assert plots.curves(HISTORY, "accuracy").get_ylabel() == "accuracy (share of samples)"
    assert plots.curves({"epoch": [1], "seconds": [2.0]}, "seconds").get_ylabel() == "time since the start (s)"
    assert plots.curves(HISTORY, log=True).get_yscale() == "log"


def test_an_overview_has_the_loss_every_metric_and_a_learning_rate_that_changes() -> None:
    history = dict(HISTORY, f1=[0.1, 0.2, 0.3], validation_f1=[0.3, 0.2, 0.1], seconds=[1.0, 2.0, 3.0])
    found = plots.trainings(history, log=True)
    assert [ax.get_ylabel() for ax in found] == ["loss", "accuracy (share of samples)", "f1"]
    assert [ax.get_yscale() for ax in found] == ["log", "linear", "linear"]
    assert [len(ax.get_lines()) for ax in found] == [2, 1, 2]
    assert found[2].get_lines()[1].get_ydata().tolist() == [0.3, 0.2, 0.1]
    decaying = plots.trainings(dict(history, lr=[0.1, 0.1, 0.05]))
    assert [ax.get_ylabel() for ax in decaying][-1] == "learning rate"
    assert decaying[-1].get_lines()[0].get_ydata().tolist() == [0.1, 0.1, 0.05]
    assert {ax.figure for ax in decaying} == {decaying[0].figure}
    drawn(decaying[0])


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")  # which is matplotlib's to say
def test_names_that_mean_something_elsewhere_stay_text() -> None:
    for name in [*HOSTILE, *NASTY]:
        label = plots.curves({"epoch": [1, 2], name: [1.0, 2.0]}, name).yaxis.label
        assert not label.get_parse_math()
        assert not label.get_usetex()
    history = {"epoch": [1, 2], "".join(HOSTILE[:-1]): [1.0, 2.0]}
    assert drawn(plots.curves(history, "".join(HOSTILE[:-1])))[:4] == b"\x89PNG"


def test_dead_units_are_shares_in_per_cent_of_the_layers_with_relus() -> None:
    half, none = [[0.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 2.0]]
    monitor = watched(
        {"a": stats(none), "b": stats(half), "out": stats(none, op="add")},
        {"a": stats(half), "b": stats(half), "out": stats(none, op="add")},
    )
    ax = plots.dead_units(monitor)
    a, b = ax.get_lines()
    assert a.get_xydata().tolist() == [[0, 0], [10, 50]]
    assert b.get_xydata().tolist() == [[0, 50], [10, 50]]
    assert words(ax) == ["a", "b"]
    assert ax.get_ylabel() == "dead ReLUs (% of the layer)"


def test_update_ratios_are_those_that_were_noted() -> None:
    one = [[1.0]]
    monitor = watched(
        {"a": stats(one, ratio=0.01), "b": stats(one, ratio=0.5)}, {"a": stats(one, ratio=0.002), "b": stats(one)}
    )
    ax = plots.update_ratios(monitor)
    a, b, usual = ax.get_lines()
    assert a.get_xydata().tolist() == [[0, 0.01], [10, 0.002]]
    assert b.get_xydata().tolist() == [[0, 0.5]]  # the last step was not noted
    assert set(usual.get_ydata()) == {1e-3}
    assert ax.get_yscale() == "log"


# ---------------------------------------------------------------- across layers


def test_gradient_flow_has_the_mean_length_of_each_layers_gradients() -> None:
    monitor = watched(
        {"a": stats([[1.0, 1]], [[3.0, 4.0]]), "b": stats([[1.0]], [[2.0]])},
        {"a": stats([[1.0, 1]] * 2, [[3.0, 4.0], [0.0, 1.0]]), "b": stats([[1.0]], [[0.5]])},
    )
    ax = plots.gradient_flow(monitor)
    first, last = ax.get_lines()
    assert first.get_xydata().tolist() == [[0, 5], [1, 2]]
    assert last.get_xydata().tolist() == [[0, 3], [1, 0.5]]
    assert words(ax) == ["step 0", "step 10"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b"]
    assert ax.get_yscale() == "log"


def test_gradients_that_are_all_0_are_drawn_on_a_plain_axis_and_named_so() -> None:
    ax = plots.gradient_flow(watched({"a": stats([[0.0]]), "b": stats([[0.0]])}))
    assert ax.get_yscale() == "linear"
    assert words(ax) == ["step 0: all are 0"]
    drawn(ax)


def test_gradient_flow_of_a_model_has_the_lengths_of_its_layers_parameter_gradients() -> None:
    model, _ = trained()
    model([0.5, -1.0]).backward()
    (line,) = plots.gradient_flow(model).get_lines()
    lengths = [np.linalg.norm([p.grad for p in layer.parameters()]) for layer in model.layers]
    np.testing.assert_allclose(line.get_ydata(), lengths, rtol=1e-12)


@pytest.mark.parametrize("what", ["activations", "preactivations", "gradients"])
@pytest.mark.parametrize("log", [False, True])
def test_histograms_count_what_is_not_0_as_numpy_does(what: str, log: bool) -> None:
    _, monitor = trained()
    ax = plots.histograms(monitor, what, bins=17, log=log)
    layers = monitor.records[0].layers
    numbers = [getattr(s, what).ravel() for s in layers.values()]
    kept = [np.log10(abs(x[x != 0])) if log else x[x != 0] for x in numbers]
    low, high = min(map(np.min, kept)), max(map(np.max, kept))
    assert len(ax.patches) == len(layers) == 3
    for k, patch in enumerate(ax.patches):
        heights, edges, baseline = patch.get_data()
        counts, expected = np.histogram(kept[k], 17, (low, high))
        np.testing.assert_allclose(edges, expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose((heights - k) / (heights - k).max(), counts / counts.max(), atol=1e-12)
        assert baseline == k
    shares = [f"{100 * (x == 0).mean():.0f} % are 0" for x in numbers if (x == 0).any()]
    assert [text.get_text() for text in ax.texts] == shares
    assert what != "activations" or shares


def test_histograms_are_of_the_step_that_was_asked_for() -> None:
    monitor = watched({"a": stats([[1.0], [2.0]])}, {"a": stats([[5.0], [7.0]])})
    assert plots.histograms(monitor).get_xlim() == (5, 7)
    assert plots.histograms(monitor, step=0).get_xlim() == (1, 2)


def test_names_of_layers_stay_text_wherever_they_are_drawn() -> None:
    layers = {name: stats([[1.0, 2.0]], ratio=0.1) for name in NASTY}
    for plot in (plots.dead_units, plots.update_ratios, plots.gradient_flow, plots.histograms):
        ax = plot(watched(layers, layers))
        drawn(ax)
        texts = [*ax.get_xticklabels(), *ax.get_yticklabels()] if "layer" in ax.get_xlabel() + ax.get_ylabel() else []
        texts += ax.get_legend().get_texts() if ax.get_legend() else []
        named = [text for text in texts if "$" in text.get_text() and "mathdefault" not in text.get_text()]
        assert named
        assert not any(text.get_parse_math() for text in named)
        assert all(len(text.get_text()) <= 64 and "\n" not in text.get_text() for text in named)


def test_layers_are_counted_as_in_pictures() -> None:
    model, monitor = trained()
    model([1.0, 2.0]).backward()
    for ax in (plots.gradient_flow(model), plots.gradient_flow(monitor)):
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["layer 1", "layer 2", "layer 3"]
    assert words(plots.dead_units(monitor)) == ["layer 1", "layer 2"]
    assert [tick.get_text() for tick in plots.histograms(monitor).get_yticklabels()] == [
        "layer 1",
        "layer 2",
        "layer 3",
    ]


def test_of_many_layers_some_are_named_and_all_are_drawn() -> None:
    monitor = watched({f"layer{k}": stats([[1.0, 0.0]]) for k in range(50)})
    ax = plots.dead_units(monitor)
    assert len(ax.get_lines()) == 50
    assert len(words(ax)) == 8
    assert (words(ax)[0], words(ax)[-1]) == ("layer0", "layer49")
    ax = plots.histograms(monitor)
    assert len(ax.patches) == 50
    assert len(ax.get_yticklabels()) == 25


# ---------------------------------------------------------------- manners


def noted() -> Monitor:
    _, monitor = trained()
    monitor.updated(np.ones(31), np.full(31, 1.001))
    return monitor


SQUARE = [[0.0, 0.0], [1.0, 1.0]]
PLOTS = {
    "curves": lambda ax: plots.curves(HISTORY, ax=ax),
    "dead units": lambda ax: plots.dead_units(noted(), ax=ax),
    "update ratios": lambda ax: plots.update_ratios(noted(), ax=ax),
    "gradient flow": lambda ax: plots.gradient_flow(noted(), ax=ax),
    "histograms": lambda ax: plots.histograms(noted(), ax=ax),
    "boundary": lambda ax: plots.decision_boundary(lambda x: x[0] + x[1] - 1, SQUARE, [0, 1], ax=ax),
    "surface": lambda ax: plots.surface(lambda a, b: a * b, {"path": SQUARE}, ax=ax),
    "lines": lambda ax: plots.fitted_lines([0, 1], [1, 2], SQUARE, ax=ax),
    "descent": lambda ax: plots.descent(lambda x: x * x, [1.0, 0.5], ax=ax),
}


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_a_plot_draws_on_the_axes_it_is_given_says_what_they_are_and_leaves_pyplot_alone(plot) -> None:
    code = "matplotlib.pyplot"
    settings, figures = dict(matplotlib.rcParams), sys.modules[code].get_fignums() if code in sys.modules else []
    ax = matplotlib.figure.Figure().subplots()
    assert plot(ax) is ax
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert plot(None).figure is not ax.figure
    assert dict(matplotlib.rcParams) == settings
    assert figures == (sys.modules[code].get_fignums() if code in sys.modules else [])


def test_colours_by_order_grow_lighter() -> None:
    from viz.plots.axes import gradation

    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b, _ in gradation(12)]
    assert light == sorted(light)
    assert light[-1] < 0.75  # still seen on white


EMPTY = SimpleNamespace(records=[])
ONE = watched({"a": stats([[0.0]], op="add")})


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: plots.curves({"epoch": [], "loss": []}), ValueError, "history is empty"),
        (lambda: plots.curves(HISTORY, "recall"), ValueError, "no column 'recall': it has epoch, loss"),
        (lambda: plots.curves(HISTORY, matplotlib.figure.Figure().subplots()), TypeError, "Axes are passed as ax="),
        (lambda: plots.curves(HISTORY, matplotlib.figure.Figure().subplots(2)), TypeError, "Axes are passed as ax="),
        (lambda: plots.dead_units(EMPTY), ValueError, "no snapshots: hand it to fit"),
        (lambda: plots.gradient_flow(EMPTY), ValueError, "no snapshots"),
        (lambda: plots.gradient_flow(nn.MLP(1, [1])), ValueError, r"call loss.backward\(\) first"),
        (lambda: plots.dead_units(ONE), ValueError, "none of the monitor's layers has a ReLU"),
        (lambda: plots.update_ratios(ONE), ValueError, "step that was noted"),
        (lambda: plots.histograms(ONE), ValueError, "all activations at step 0 are 0 or not finite"),
        (lambda: plots.histograms(ONE, "weights"), ValueError, "what='weights' is unknown"),
        (lambda: plots.histograms(ONE, step=3), ValueError, "no snapshot was taken at step 3"),
        (lambda: plots.histograms(ONE, bins=0), ValueError, "bins is at least 1, got 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()


def test_a_history_and_a_monitor_of_real_training_are_drawn() -> None:
    model, monitor = trained()
    x, t = [Value(0.0), Value(0.0)], Value(0.0)
    program = microgrid.compile((model(x) - t) ** 2, inputs=[*x, t])
    before = program.parameters.copy()
    _, gradient = program.value_and_grad([[0.1, 0.2, 0.3]])
    program.parameters -= 0.1 * gradient
    monitor.updated(before, program.parameters)
    ax = plots.update_ratios(monitor)
    ratio = np.linalg.norm(0.1 * gradient[:12]) / np.linalg.norm(before[:12])
    assert ax.get_lines()[0].get_ydata()[0] == pytest.approx(ratio, rel=1e-10)
