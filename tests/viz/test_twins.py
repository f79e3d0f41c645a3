"""The neurons of a layer stand in their order, and their arrows still lead where they should."""

import itertools
import math
import random

import pytest

import viz
from microgrid import nn
from viz.drawing import layout
from viz.picture.boxes import Picture
from viz.picture.compose import compose
from viz.words.numbers import Numbers


def network(inputs: int, layers: list[int], **options: object) -> tuple[Picture, layout.Layout]:
    random.seed(1)
    y = nn.MLP(inputs, layers)([0.5, -1.0, 0.3, 2.0][:inputs])
    y.backward()
    figure = viz.draw(y, collapse="neuron", **options)
    picture = compose(figure._trace, figure._options, Numbers(4), figure._choices)
    return picture, layout.place(picture, figure._options.rankdir)


NETWORKS = [(2, [4, 4, 1]), (3, [8, 1]), (2, [3, 3, 2, 1]), (4, [12, 1])]


@pytest.mark.parametrize("rankdir", ["LR", "RL"])
@pytest.mark.parametrize(("inputs", "layers"), NETWORKS)
def test_neurons_are_in_order(inputs: int, layers: list[int], rankdir: str) -> None:
    picture, places = network(inputs, layers, rankdir=rankdir)
    for layer, width in enumerate(layers):
        boxes = [box for box in picture.boxes if box.scope == (f"layer{layer}",)]
        found = sorted(boxes, key=lambda box: places.centers[box.name][1])
        assert [box.lines[0].text for box in found] == [f"neuron{k}" for k in range(width)]


@pytest.mark.parametrize("edges", ["local", "plain"])
@pytest.mark.parametrize(("inputs", "layers"), NETWORKS)
def test_each_arrow_leads_from_its_box_by_way_of_its_label_to_its_box(
    inputs: int, layers: list[int], edges: str
) -> None:
    picture, places = network(inputs, layers, edges=edges)
    for arrow, route in zip(picture.arrows, places.curves, strict=True):
        ends = [(arrow.tail, route[0][0]), (arrow.head, route[-1][-1])]
        for box, point in ends:
            assert box.shape.contains(places.centers[box.name], box.size, point)
        if arrow.label:
            center, (width, height) = places.centers[arrow.label.name], arrow.label.size
            for x, y in (route[0][-1], route[1][0]):  # where the line is cut: on the border of its label
                distance = max(abs(x - center[0]) - width / 2, abs(y - center[1]) - height / 2)
                assert distance == pytest.approx(0, abs=1)


@pytest.mark.parametrize(("inputs", "layers"), NETWORKS)
def test_nothing_lies_on_anything(inputs: int, layers: list[int]) -> None:
    picture, places = network(inputs, layers)
    for a, b in itertools.combinations(picture.all_boxes, 2):
        (ax, ay), (bx, by) = places.centers[a.name], places.centers[b.name]
        apart = max(abs(ax - bx) - (a.size[0] + b.size[0]) / 2, abs(ay - by) - (a.size[1] + b.size[1]) / 2)
        assert apart > 1, (a.name, b.name)


def test_an_arrow_takes_its_derivative_along() -> None:
    """What stands on the arrow from one box to another is the derivative that the graph has there."""
    picture, places = network(3, [8, 1])
    for arrow, route in zip(picture.arrows, places.curves, strict=True):
        middle = [(route[0][-1][k] + route[1][0][k]) / 2 for k in (0, 1)]
        nearest = min(
            (other.label for other in picture.arrows),
            key=lambda label: math.dist(places.centers[label.name], middle),
        )
        assert nearest is arrow.label


def test_what_is_joined_differently_keeps_its_place() -> None:
    """Of a chain of layers none is beside another."""
    random.seed(1)
    y = nn.MLP(2, [2, 2, 1])([0.5, -1.0])
    figure = viz.draw(y, collapse="layer")
    picture = compose(figure._trace, figure._options, Numbers(4), figure._choices)
    found = {box.lines[0].text: layout.place(picture).centers[box.name][0] for box in picture.boxes}
    assert found["layer0"] < found["layer1"] < found["layer2"]
