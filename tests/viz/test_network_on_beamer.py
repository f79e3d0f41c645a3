"""Diagrams of neurons on LaTeX's small pages."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

import viz
from helpers.pictures import says
from microgrid import nn


def model(*sizes: int) -> nn.MLP:
    random.seed(1)
    return nn.MLP(sizes[0], list(sizes[1:]))


def sizes_of_text(figure: viz.Figure) -> list[float]:
    return [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.svg())]


@pytest.mark.parametrize("slide", ["beamer", "beamer-4:3"])
@pytest.mark.parametrize("options", [{}, {"title": "A network of two hidden layers"}, {"lang": "es"}])
def test_two_layers_of_sixteen_go_onto_the_page(slide: str, options: dict[str, Any]) -> None:
    """ReLUs, whose legend has two rows, and the loss as a column of its own."""
    net = model(2, 16, 16, 1)
    loss = nn.losses.mse(net([0.5, -1.0]), 1.0)
    loss.backward()
    for subject in (net, loss):
        figure = viz.network(subject, slide=slide, **options)
        assert min(sizes_of_text(figure)) >= 8 - 0.01
        assert says(figure, "legend")
        height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', figure.svg())[1])
        assert height == pytest.approx((90 if slide == "beamer" else 96) * 72 / 25.4, abs=0.01)
        assert figure.choice == {}


def test_what_has_no_room_for_its_legend_is_drawn_without_and_says_so() -> None:
    net = model(2, 10, 10, 10, 10, 10, 1)
    y = nn.losses.mse(net([0.5, -1.0]), 1.0)
    figure = viz.network(y, slide="beamer-4:3", title="Six layers")
    with pytest.warns(UserWarning, match=r"drawn without its legend, .* beamer-4:3 slide .* legend=False"):
        figure.svg()
    assert figure.choice == {"legend": False}
    assert min(sizes_of_text(figure)) >= 8 - 0.01
    pinned = viz.network(y, slide="beamer-4:3", title="Six layers", legend=True)
    assert says(pinned, "legend")
    assert len(says(pinned, "node")) < len(says(figure, "node"))
