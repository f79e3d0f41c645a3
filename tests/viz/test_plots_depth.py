"""Plots across the depth of networks of many layers: names that can be read, numbers that are not too long."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from microgrid import nn
from microgrid.monitor import Monitor
from viz import plots


@pytest.mark.parametrize(("count", "width"), [(60, 6.4), (35, 6.4), (13, 6.4), (60, 2.6), (7, 2.6)])
@pytest.mark.parametrize("pairs", [True, False])
def test_names_of_many_layers_do_not_lie_on_each_other(count, width, pairs):
    random.seed(1)
    parts = [p for k in range(count) for p in (nn.Linear(3 if k else 2, 3), "tanh")]
    model = nn.Sequential(*parts, nn.Linear(3, 1)) if pairs else nn.MLP(2, [3] * count + [1])
    monitor = Monitor(model, loss="mse")
    monitor.observe(epoch=0, step=0, X=[[0.5, 1.0], [0.0, 2.0]], y=[1.0, 0.0])
    figure = Figure((width, 3.2))
    ax = plots.gradient_flow(monitor, ax=figure.subplots())
    figure.draw_without_rendering()
    labels = ax.get_xticklabels()
    assert len(labels) > (2 if width < 6 else 6)
    names = [text.get_text() for text in labels]
    assert names[0] == "layer 1"
    assert names[-1] == f"layer {count + 1}"
    if count > 13:
        assert {name.split()[0] for name in names} == {"layer"}
    # turned by 30 degrees, lines of text are as far apart as their ends, times the sine
    ends = [ax.transData.transform((place, 0))[0] for place in ax.get_xticks()]
    height = labels[0].get_fontsize() * figure.dpi / 72
    assert min(b - a for a, b in pairwise(ends)) * math.sin(math.radians(labels[0].get_rotation())) > height


def test_gradients_of_one_size_have_plain_numbers():
    model = nn.MLP(2, [8, 8, 1])
    monitor = Monitor(model, loss="mse")
    monitor.observe(epoch=0, step=0, X=[[0.5, 1.0]], y=[1.0])
    for stats in monitor.records[0].layers.values():
        stats.gradients[:] = 0.1
    ax = plots.gradient_flow(monitor)
    ax.figure.draw_without_rendering()
    told = [text.get_text() for text in (*ax.get_yticklabels(), *ax.get_yticklabels(minor=True)) if text.get_text()]
    assert told
    assert all("10^" not in text for text in told)


def watched() -> Monitor:
    monitor = Monitor(nn.MLP(2, [3, 1]), loss="mse")
    monitor.observe(epoch=0, step=0, X=[[0.5, 1.0], [0.0, 2.0]], y=[1.0, 0.0])
    return monitor


@pytest.mark.parametrize(("layer", "lang"), [("layer0", "en"), ("layer 1", "en"), ("capa 1", "es"), ("layer 1", "es")])
def test_a_layer_is_named_as_it_is_shown(layer: str, lang: str) -> None:
    monitor = watched()
    ax = plots.histograms(monitor, form="time", layer=layer, lang=lang)
    assert ax.get_title("left") == {"en": "layer 1", "es": "capa 1"}[lang]
    alone = plots.histograms(monitor, layer=layer, lang=lang)
    assert [text.get_text() for text in alone.get_yticklabels()] == [ax.get_title("left")]


def test_a_layer_that_is_not_there_is_refused_by_the_names_that_are_shown() -> None:
    with pytest.raises(ValueError, match="the monitor has no layer 'layer 9': it has layer 1, layer 2"):
        plots.histograms(watched(), layer="layer 9")


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("kind", ["hinton", "heatmap"])
@pytest.mark.parametrize("sizes", [[16, 16, 1], [1], [2, 1]])
def test_weights_have_whole_units_at_their_ticks_and_labels_apart(sizes, kind: str, lang: str) -> None:
    page = plots.weights(nn.MLP(2, sizes), kind, lang=lang)
    page[0].figure.draw_without_rendering()
    for ax, units in zip(page, sizes):
        for axis, most in ((ax.yaxis, units), (ax.xaxis, ax.get_xticks()[-1] + 1)):
            told = [text.get_text() for text in axis.get_ticklabels()]
            assert all(text.isdecimal() for text in told)
            assert (told[0], told[-1]) == ("1", str(int(most)))
            assert len(set(told)) == len(told)
    labels = [ax.xaxis.label.get_window_extent() for ax in page]
    assert all(a.x1 + 4 < b.x0 for a, b in pairwise(labels))
