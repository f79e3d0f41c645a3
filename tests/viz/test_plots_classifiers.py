"""Maps of classifiers, their mistakes and their weights; several trainings beside each other; all in Spanish."""

from __future__ import annotations

import random
import re

import matplotlib.colors
import numpy as np
import pytest

from helpers.plotted import drawn, words
from microgrid import nn, optim
from microgrid.base.spanish import TABLE
from microgrid.monitor import Monitor
from microgrid.train import fit
from viz import plots
from viz.style.theme import PALETTE

W0, W = 4.1, np.array([-1.15, -0.21])
"""The perceptron of the first lecture: 0.94 at (0, 6), 0.01 at (6, 8)."""


def expit(x):
    return 1 / (1 + np.exp(-x))


def perceptron(x):
    return (W0 + W[0] * x[0] + W[1] * x[1]).sigmoid()


def test_a_probability_is_the_sigmoids_with_the_weights_at_right_angles_to_its_line() -> None:
    ax = plots.probability(perceptron, [[0, 6], [6, 8]], [1, 0], at=[[0, 6], [6, 8]])
    assert [t.get_text() for t in ax.texts if t.get_text()] == ["w", "0.94", "0.01"]
    image = ax.images[0]
    left, right, low, high = image.get_extent()
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(low, high, 121))
    np.testing.assert_allclose(image.get_array(), expit(W0 + W[0] * x + W[1] * y), rtol=1e-12)
    line = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(line @ W, -W0, atol=0.02)
    arrow = next(t for t in ax.texts if t.arrow_patch is not None)
    direction = (
        np.array(arrow.xy) - arrow.xyann if hasattr(arrow, "xyann") else np.array(arrow.xy) - arrow.get_position()
    )
    np.testing.assert_allclose(direction / np.linalg.norm(direction), W / np.linalg.norm(W), atol=1e-6)
    assert 0.1 < np.linalg.norm(direction) / min(right - left, high - low) < 0.3
    assert words(ax) == ["class 0", "class 1"]
    drawn(ax)


def test_of_a_curved_line_the_gradient_is_drawn() -> None:
    ax = plots.probability(lambda x: (x[0] * x[0] + x[1] * x[1] - 1).sigmoid(), [[-2, -2], [2, 2]])
    assert "∇p" in [t.get_text() for t in ax.texts]


def test_data_have_their_classes_names_and_colours() -> None:
    X = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    ax = plots.data(X, [1, 0, 1], names=["age", "$height$"], classes=["no", "yes"])
    assert (ax.get_xlabel(), ax.get_ylabel(), words(ax)) == ("age", "$height$", ["no", "yes"])
    assert [c.get_offsets().tolist() for c in ax.collections] == [[[2, 3]], [[0, 1], [4, 5]]]
    line = plots.data([0.0, 1.0], [3.0, 5.0])
    assert line.collections[0].get_offsets().tolist() == [[0, 3], [1, 5]]


def test_confusion_counts_each_class_taken_for_each() -> None:
    y, p = [0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0]
    want = [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    for predicted in (p, np.eye(3)[p]):
        ax = plots.confusion(y, predicted, classes=["a", "b", "c"])
        assert np.array([int(t.get_text()) for t in ax.texts]).reshape(3, 3).tolist() == want
        assert ax.get_title() == "4 of 6 right"
        assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b", "c"]


# ---------------------------------------------------------------- weights


def model():
    random.seed(3)
    return nn.Sequential(nn.Linear(3, 4), "relu", nn.Linear(4, 2))


def test_a_hinton_diagram_has_a_square_for_each_weight_as_large_as_it_is() -> None:
    m = model()
    rows = [[[w.data for w in row] + [b.data] for row, b in zip(layer.w, layer.b)] for layer in (m[0], m[2])]
    largest = max(abs(x) for layer in rows for row in layer for x in row)
    for ax, layer in zip(plots.weights(m), rows):
        want = np.array(layer)
        found = np.zeros_like(want)
        for sign, squares in zip((1, -1), ax.collections):
            color = PALETTE[0] if sign > 0 else PALETTE[1]
            assert matplotlib.colors.to_hex(squares.get_facecolor()[0]) == color.lower()
            for path in squares.get_paths():
                (x0, y0), (x1, y1) = path.vertices.min(axis=0), path.vertices.max(axis=0)
                found[round((y0 + y1) / 2), round((x0 + x1) / 2)] = sign * ((x1 - x0) / 0.94) ** 2
        np.testing.assert_allclose(found * largest, want, atol=1e-9)


def test_a_heat_map_and_histograms_have_all_weights() -> None:
    m = model()
    heat = plots.weights(m, "heatmap")
    first = np.array([[w.data for w in row] + [b.data] for row, b in zip(m[0].w, m[0].b)])
    np.testing.assert_array_equal(heat[0].images[0].get_array(), first)
    assert heat[0].images[0].get_clim() == heat[1].images[0].get_clim()
    counts = plots.weights(m, "histogram", bins=7)
    heights, _ = np.histogram(first, 7)
    assert [p.get_height() for p in counts[0].patches] == heights.tolist()
    assert [ax.get_title() for ax in counts] == ["layer 1", "layer 2"]


# ---------------------------------------------------------------- several trainings


class History(dict):
    best_epoch, stopped = 2, "stopped early, after epoch 3"


def test_compared_trainings_have_colours_of_their_own_and_their_landmarks() -> None:
    sgd = History(epoch=[1, 2, 3], loss=[3.0, 2.0, 1.0], validation_loss=[4.0, 2.5, 2.75])
    adam = {"epoch": [1, 2], "loss": [2.0, 0.5]}
    ax = plots.compare({"SGD": sgd, "Adam": adam})
    assert words(ax) == ["SGD", "Adam", "validation", "best epoch", "stopped early"]
    train, validation, best, stopped, other = ax.get_lines()[:5]
    assert (train.get_color(), validation.get_color(), other.get_color()) == (PALETTE[0], PALETTE[0], PALETTE[1])
    assert (validation.get_linestyle(), best.get_xydata().tolist()) == ("--", [[2, 2.5]])
    assert stopped.get_xydata().tolist() == [[3, 2.75]]
    drawn(ax)


def test_of_several_seeds_the_mean_and_the_range_are_drawn() -> None:
    rng = np.random.default_rng(0)
    losses = rng.random((10, 5))
    ax = plots.compare({"ten": [{"loss": row.tolist()} for row in losses], "one": {"loss": [1.0] * 5}})
    np.testing.assert_allclose(ax.get_lines()[0].get_ydata(), losses.mean(axis=0), rtol=1e-14)
    band = ax.collections[0].get_paths()[0].vertices
    assert {float(y) for y in band[:, 1]} == {*losses.min(axis=0), *losses.max(axis=0)}
    assert words(ax) == ["ten (mean and range of 10)", "one"]


def test_two_curves_on_one_axis_do_not_look_alike() -> None:
    one, two = ({"epoch": [1, 2], "loss": [1.0, x], "validation_loss": [1.0, 2 * x]} for x in (0.5, 0.25))
    ax = plots.curves(two, ax=plots.curves(one, label="SGD"))
    assert words(ax) == ["SGD: training", "SGD: validation", "2: training", "2: validation"]
    assert len({line.get_color() for line in ax.get_lines()}) == 4


def watched() -> tuple[Monitor, dict[str, list[float]]]:
    random.seed(0)
    m = nn.MLP(2, [4, 4, 1])
    monitor = Monitor(m)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(24, 2))
    y = (X[:, 0] > 0).astype(float)
    options = {"metrics": ["accuracy"], "validation": 0.25, "monitor": monitor, "seed": 0, "progress": False}
    rate = optim.CosineAnnealingLR
    return monitor, fit(
        m, X, y, loss="bce_with_logits", optimizer=lambda p: optim.SGD(p, lr=0.1), epochs=5, batch_size=6,
        schedule=lambda o: rate(o, 5), **options,
    )  # fmt: skip


def test_the_page_of_a_training_has_what_its_monitor_saw() -> None:
    monitor, history = watched()
    page = plots.trainings(history, monitor)
    assert [ax.get_ylabel() for ax in page] == [
        "loss", "accuracy (share of samples)", "learning rate", "length of ∂L/∂activations",
        "length of update / length of weights", "dead ReLUs (% of the layer)",
    ]  # fmt: skip
    norms = page[3].get_lines()[0].get_ydata()
    first = next(iter(monitor.records[0].layers))
    want = [np.linalg.norm(r.layers[first].gradients, axis=1).mean() for r in monitor.records]
    np.testing.assert_allclose(norms, want, rtol=1e-12)
    drawn(page[0])


def test_histograms_overlaid_and_over_time() -> None:
    monitor, _ = watched()
    layers = monitor.records[-1].layers
    ax = plots.histograms(monitor, "preactivations", form="overlaid", bins=9)
    for line, stats in zip(ax.get_lines(), layers.values()):
        z = stats.preactivations
        counts, edges = np.histogram(z[z != 0], np.linspace(*ax.get_xlim(), 10))
        np.testing.assert_allclose(line.get_ydata(), counts / counts.sum(), atol=1e-12)
        np.testing.assert_allclose(line.get_xdata(), (edges[1:] + edges[:-1]) / 2, atol=1e-12)
    name = next(iter(layers))
    over = plots.histograms(monitor, form="time", layer=name)
    assert [t.get_text() for t in over.get_yticklabels()] == [f"step {r.step}" for r in monitor.records]
    with pytest.raises(ValueError, match="no layer 'x': it has"):
        plots.histograms(monitor, layer="x")


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (
            lambda: plots.probability(lambda x: x[0] + x[1], [[1, 2], [3, 4]]),
            ValueError,
            "no probabilities",
        ),
        (lambda: plots.probability(perceptron, [[1, 2, 3]]), ValueError, r"X is an array \(samples, 2\)"),
        (lambda: plots.data([[1, 2, 3]]), ValueError, "samples, 1 or 2"),
        (lambda: plots.data([[1, 2]], [1], classes=["a", "b", "c"][:0]), ValueError, "a name for each of the 1"),
        (lambda: plots.data([[1, np.nan]]), ValueError, r"X\[0, 1\] is nan, and only finite numbers"),
        (lambda: plots.confusion([0, 1], [0]), ValueError, "a prediction for each sample"),
        (lambda: plots.confusion([0, 1], [0.3, 0.7]), ValueError, "round probabilities"),
        (lambda: plots.weights(model(), "pie"), ValueError, 'choose "hinton"'),
        (lambda: plots.compare({"epoch": [1], "loss": [1.0]}), TypeError, "histories by their names"),
        (lambda: plots.compare({}), TypeError, "histories by their names"),
        (lambda: plots.compare({"a": []}), ValueError, "'a' has no history"),
        (lambda: plots.compare({"a": {"epoch": [], "loss": []}}), ValueError, "history is empty"),
    ],
)
def test_a_mistake_is_told(make, kind, text: str) -> None:
    with pytest.raises(kind, match=text):
        make()


# ---------------------------------------------------------------- Spanish

SQUARE = [[0.0, 0.0], [1.0, 1.0]]
SPANISH = {
    "trainings": lambda: plots.trainings(*watched()[::-1], lang="es")[0].figure,
    "compare": lambda: plots.compare({"SGD": [{"loss": [1.0]}] * 2, "Adam": History(loss=[1.0] * 3)}, lang="es"),
    "gradient flow": lambda: plots.gradient_flow(watched()[0], lang="es"),
    "histograms": lambda: plots.histograms(watched()[0], log=True, lang="es"),
    "overlaid": lambda: plots.histograms(watched()[0], form="overlaid", lang="es"),
    "over time": lambda: plots.histograms(watched()[0], form="time", lang="es"),
    "weights": lambda: plots.weights(model(), lang="es")[0].figure,
    "heat map": lambda: plots.weights(model(), "heatmap", lang="es")[0].figure,
    "histogram of weights": lambda: plots.weights(model(), "histogram", lang="es")[0].figure,
    "activation": lambda: plots.activation("relu", lang="es"),
    "together": lambda: plots.activation("relu", "tanh", together=True, lang="es"),
    "softmax": lambda: plots.softmax([1, 2], lang="es"),
    "surface": lambda: plots.surface(lambda a, b: a**4 - a * a + b * b, SQUARE, lang="es"),
    "landscape": lambda: plots.surface(lambda a, b: a * a + b * b, {"GD": SQUARE}, kind="3d", lang="es"),
    "fit": lambda: plots.linear_fit([0, 1], [1, 2], SQUARE, lang="es")[0].figure,
    "descent": lambda: plots.descent(lambda x: x * x, [1.0, 0.5], lang="es"),
    "clipping": lambda: plots.clipping(SQUARE, max_norm=1, lang="es"),
    "data": lambda: plots.data(SQUARE, [0, 1], lang="es"),
    "boundary": lambda: plots.decision_boundary(lambda x: x[0] - 0.5, SQUARE, [0, 1], lang="es"),
    "probability": lambda: plots.probability(perceptron, SQUARE, [0, 1], lang="es"),
    "confusion": lambda: plots.confusion([0, 1], [0, 1], lang="es"),
}
OF_BOTH = {"SGD", "Adam", "GD", "softmax", "relu", "tanh", "ReLU", "logit", "log", "usual", "no"}
WORD = re.compile(r"[a-zA-Záéíóúñ]{2,}")
KNOWN = {word for text in TABLE.values() for word in WORD.findall(text)} | OF_BOTH


@pytest.mark.parametrize("make", SPANISH.values(), ids=SPANISH)
def test_every_word_of_a_spanish_plot_is_of_the_table(make) -> None:
    shown = make()
    figure = shown if hasattr(shown, "axes") and not hasattr(shown, "figure") else getattr(shown, "figure", shown)
    drawn(figure.axes[0])
    said = set()
    for ax in figure.axes:
        texts = [
            ax.get_xlabel(),
            ax.get_ylabel(),
            ax.get_title(),
            ax.get_title("left"),
            *(t.get_text() for t in ax.texts),
        ]
        texts += words(ax) if ax.get_legend() else []
        texts += [t.get_text() for t in (*ax.get_xticklabels(), *ax.get_yticklabels())]
        said |= {word for text in texts if "mathdefault" not in text for word in WORD.findall(text)}
    assert said - KNOWN == set()
    english = {word for template in TABLE for word in WORD.findall(template)} - {
        word for text in TABLE.values() for word in WORD.findall(text)
    }
    assert said & english == set()
