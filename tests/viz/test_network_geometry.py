"""Where everything of a network diagram stands, read back from its SVG with the widths that a browser reports."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pytest

import viz
from helpers import geometry
from helpers.networks import MODELS, drawing, mlp, of_kind, outlines, residual
from viz.options import SLIDES

PAGES = [None, "16:9"]


@cache
def figure(name: str, slide: str | None) -> viz.Figure:
    make, x = MODELS[name]
    return viz.network(make(), x, slide=slide)


@pytest.fixture(scope="module")
def widths() -> geometry.Widths:
    return geometry.in_browser([figure(name, slide).svg() for name in MODELS for slide in PAGES])


@pytest.mark.parametrize("slide", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_on_anything_else(name: str, slide: str | None, widths: geometry.Widths) -> None:
    shown = drawing(figure(name, slide), widths)
    assert geometry.texts_outside(shown) == []
    assert geometry.overlaps(shown) == []
    assert geometry.arrows_through_boxes(shown) == []


@pytest.mark.parametrize("slide", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_columns_are_aligned_and_keep_their_order(name: str, slide: str | None) -> None:
    columns = defaultdict(list)
    for box in drawing(figure(name, slide)).boxes:
        columns[re.sub(r"\.?\d+$", "", box.key)].append(box.center)
    xs = []
    for centers in columns.values():
        assert max(x for x, _ in centers) - min(x for x, _ in centers) < 1
        assert [y for _, y in centers] == sorted(y for _, y in centers)
        xs.append(centers[0][0])
    assert len(set(xs)) == len(xs)


@pytest.mark.parametrize("name", MODELS)
def test_straight_arrows_join_the_circles_that_they_name(name: str) -> None:
    shown = drawing(figure(name, "16:9"))
    boxes = {box.key: box for box in shown.boxes}
    links = of_kind(figure(name, "16:9"), "link")
    assert len(links) == len(shown.arrows) > 0
    for group, arrow in zip(links, shown.arrows, strict=True):
        tail, head = boxes[group.get("data-tail")], boxes[group.get("data-head")]
        for end, box in ((arrow.lines[0][0], tail), (arrow.tips[0], head)):
            radius = (box.extent[2] - box.extent[0]) / 2
            distance = ((end[0] - box.center[0]) ** 2 + (end[1] - box.center[1]) ** 2) ** 0.5
            assert radius - 0.1 < distance < radius + 3


@pytest.mark.parametrize("shape", SLIDES)
@pytest.mark.parametrize("name", MODELS)
def test_a_slide_is_filled_and_can_be_read(name: str, shape: str) -> None:
    make, x = MODELS[name]
    for options in ({}, {"title": "A title above the network"}):
        picture = viz.network(make(), x, slide=shape, **options)
        shown = drawing(picture)
        assert shown.size == SLIDES[shape]
        assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', picture.svg())) >= 8
        parts = [box.extent for box in shown.boxes] + [text.rectangle for text in shown.others]
        left, top, right, bottom = (side(part[k] for part in parts) for k, side in enumerate((min, min, max, max)))
        shares = (right - left) / shown.size[0], (bottom - top) / shown.size[1]
        assert max(shares) >= 0.85
        assert min(shares) >= 0.55


@pytest.mark.parametrize("slide", PAGES)
def test_everything_stays_where_it_is_for_other_samples_weights_and_shows(slide: str | None) -> None:
    model = mlp(2, 5, 1)
    first = outlines(viz.network(model, [0.5, -1.0], slide=slide))
    assert outlines(viz.network(model, [-3.0, 25.125], slide=slide)) == first
    assert outlines(viz.network(model, [[1.0, 2.0], [-1.0, 0.5]], slide=slide)) == first
    assert outlines(viz.network(model, slide=slide)) == first
    for p in model.parameters():
        p.data *= -0.37
    model([0.5, -1.0]).backward()
    assert outlines(viz.network(model, [0.5, -1.0], slide=slide)) == first
    assert outlines(viz.network(model, [0.5, -1.0], slide=slide, show="gradients")) == first
    assert outlines(viz.network(model, [0.5, -1.0], slide=slide, weights="none", theme="dark")) == first


def test_the_same_model_gives_the_same_bytes() -> None:
    assert viz.network(residual(), [1.0, 2.0]).svg() == viz.network(residual(), [1.0, 2.0]).svg()


def test_above_twelve_units_the_first_ones_and_the_last_are_shown() -> None:
    picture = viz.network(mlp(2, 30, 12, 1))
    ids = [group.get("data-node", "") for group in of_kind(picture, "node")]
    assert [key for key in ids if key.startswith("h1.")] == [f"h1.{k}" for k in (*range(1, 11), 30)]
    assert len([key for key in ids if key.startswith("h2.")]) == 12
    assert len(of_kind(picture, "ellipsis")) == 1
    assert "30 units" in of_kind(picture, "caption")[1].findtext(".//{*}text[2]", "")
    assert len(of_kind(picture, "link")) == 2 * 11 + 11 * 12 + 12
    assert len(of_kind(viz.network(mlp(2, 30, 1), max_units=None), "node")) == 33
