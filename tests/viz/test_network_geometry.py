"""Where everything of a network diagram stands, read back from its SVG with the widths that a browser reports."""

from __future__ import annotations

import math
import re
import time
import warnings
from collections import defaultdict
from functools import cache
from itertools import combinations, pairwise

import pytest

import viz
from helpers import geometry
from helpers.networks import MODELS, drawing, mlp, of_kind, outlines, residual
from microgrid import nn
from viz.options import SLIDES
from viz.style.text_width import text_width

PAGES = [None, "16:9"]


@cache
def figure(name: str, slide: str | None) -> viz.Figure:
    make, x = MODELS[name]
    return viz.network(make(), x, slide=slide)


@pytest.fixture(scope="module")
def widths() -> geometry.Widths:
    return geometry.in_browser([figure(name, slide).svg() for name in MODELS for slide in PAGES])


def through_circles(shown: geometry.Drawing) -> list[str]:
    """Arrows that touch a circle which they do not join."""
    wrong = []
    for arrow in shown.arrows:
        (line,), tip = arrow.lines, arrow.tips[0]
        straight = abs((line[-1][0] - line[0][0]) * (line[1][1] - line[0][1])
                       - (line[-1][1] - line[0][1]) * (line[1][0] - line[0][0])) < 0.5  # fmt: skip
        way = (line[0], tip) if straight else (*line, tip)
        for box in shown.boxes:
            radius = (box.extent[2] - box.extent[0]) / 2
            if all(abs(math.dist(box.center, end) - radius) > 3 for end in (line[0], tip)):
                nearest = min(distance(box.center, a, b) for a, b in pairwise(way))
                wrong += [f"{arrow.key} touches {box.key}"] if nearest < radius + 0.5 else []
    return wrong


def distance(point: geometry.Point, a: geometry.Point, b: geometry.Point) -> float:
    """From a point to a straight line between two."""
    (x, y), length = (b[0] - a[0], b[1] - a[1]), math.dist(a, b) ** 2
    share = ((point[0] - a[0]) * x + (point[1] - a[1]) * y) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (a[0] + share * x, a[1] + share * y))


@pytest.mark.parametrize("slide", PAGES)
@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_on_anything_else(name: str, slide: str | None, widths: geometry.Widths) -> None:
    shown = drawing(figure(name, slide), widths)
    assert geometry.texts_outside(shown) == []
    assert geometry.overlaps(shown) == []
    assert through_circles(shown) == []


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
            piece = name == "maxout" and box is head and box.key.startswith("h1.")  # has small circles on its left
            assert radius - 0.1 < distance < radius + (0.4 * radius if piece else 3)


@pytest.mark.parametrize("shape", ["16:9", "4:3"])
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
@pytest.mark.parametrize("size", [3, 4])
def test_arcs_keep_off_texts_and_land_from_above(size: int, slide: str | None) -> None:
    block = nn.Residual(nn.Linear(size, size, seed=2), "tanh")
    model = nn.Sequential(nn.Linear(2, size, seed=1), block, nn.Linear(size, 1, seed=3))
    picture = viz.network(model, [1.0, -0.5], slide=slide)
    shown = drawing(picture)
    texts = [text for _, text in shown.numbers] + list(shown.others)
    circles = {box.key: box.center for box in shown.boxes}
    links = of_kind(picture, "link")
    arcs = [(g, a) for g, a in zip(links, shown.arrows, strict=True) if "skip" in g.get("class", "")]
    assert len(arcs) == size
    for group, arrow in arcs:
        (line,) = arrow.lines
        steps = [(a, b, k / 8) for a, b in pairwise(line) for k in range(9)]
        points = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b, t in steps]
        for text in texts:
            left, top, right, bottom = text.rectangle
            assert not any(left < x < right and top < y < bottom for x, y in points), (arrow.key, text.text)
        head = circles[group.get("data-head", "")]
        assert line[-1][1] < arrow.tips[0][1] < head[1]
        # no stretch between two columns goes up or down by a row
        row = circles["h1.2"][1] - circles["h1.1"][1]
        assert max(y for _, y in points) - min(y for _, y in points) < row


def test_captions_of_many_columns_break_between_words_alone() -> None:
    kinds = ["tanh", "relu", "sigmoid", "softplus", "elu"]
    model = nn.Sequential(*[part for k in range(10) for part in (nn.Linear(1, 1, seed=k), kinds[k % 5])])
    picture = viz.network(model, [0.5], slide="16:9")
    captions = [[text.text or "" for text in g.findall(".//{*}text")] for g in of_kind(picture, "caption")]
    assert captions[0] == ["input"]
    for column, lines in enumerate(captions[1:], 1):
        words = ["tanh", "ReLU", "sigmoid", "softplus", "elu"][(column - 1) % 5]
        assert " ".join(lines).startswith(f"Linear 1→1, {words}")
    assert geometry.overlaps(drawing(picture)) == []


@pytest.mark.parametrize("pieces", [2, 3, 4])
def test_arrows_to_the_pieces_of_a_maxout_end_at_circles_of_their_own(pieces: int) -> None:
    picture = viz.network(nn.Sequential(nn.Maxout(3, 2, pieces, seed=1), nn.Linear(2, 1, seed=3)), [1.0, -0.5, 2.0])
    small = geometry.read(picture.svg(), text_width, boxes=("piece",), arrows=(), numbers=()).boxes
    assert len(small) == 2 * pieces
    radius = (small[0].extent[2] - small[0].extent[0]) / 2
    assert all(math.dist(a.center, b.center) > 2 * radius for i, a in enumerate(small) for b in small[:i])
    ends: dict[int, set[str]] = defaultdict(set)
    for group, arrow in zip(of_kind(picture, "link"), drawing(picture).arrows, strict=True):
        place = group.get("data-weight", "")
        if group.get("data-head", "").startswith("h1."):
            near = min(range(len(small)), key=lambda k: math.dist(small[k].center, arrow.tips[0]))
            assert radius < math.dist(small[near].center, arrow.tips[0]) < radius + 3
            ends[near].add(place.rpartition(".")[0])
    # all weights of a piece, and none of another, come to its circle
    assert sorted(map(len, ends.values())) == [1] * (2 * pieces)
    assert len({place for places in ends.values() for place in places}) == 2 * pieces


@pytest.mark.parametrize("slide", PAGES)
@pytest.mark.parametrize("sizes", [(2, 5, 1), (2, 16, 3, 3, 3, 1)], ids=str)
def test_everything_stays_where_it_is_for_other_samples_weights_and_shows(sizes, slide: str | None) -> None:
    model = mlp(*sizes)
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


@pytest.mark.parametrize("weights", ["numbers", "names"])
@pytest.mark.parametrize(("model", "most"), [(mlp(12, 12, 12, 1), 12), (mlp(24, 24), None)], ids=("columns", "many"))
def test_words_on_hundreds_of_arrows_are_placed_in_seconds_and_none_on_another(model, most, weights: str) -> None:
    before = time.process_time()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        picture = viz.network(model, weights=weights, max_units=most)
        written = of_kind(picture, "number")
    assert time.process_time() - before < 8
    arrows = len(of_kind(picture, "link"))
    left_out = arrows - len(written)
    assert left_out < arrows / 2
    lines = [str(one.message) for one in said]
    assert len(lines) == (left_out > 0)
    have = "1 arrow has" if left_out == 1 else f"{left_out:,} arrows have"
    assert all(line.startswith(f'{have} no room for what weights="{weights}"') for line in lines)
    rectangles = [text.rectangle for _, text in drawing(picture).numbers]
    assert [(a, b) for a, b in combinations(rectangles, 2) if geometry.overlap(a, b)] == []


@pytest.mark.parametrize("count", [8, 60, 800])
def test_a_title_of_many_lines_stays_on_the_slide(count: int) -> None:
    title = "word " * count
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        shown = drawing(viz.network([12, 12], title=title, slide="16:9"))
    assert shown.size == SLIDES["16:9"]
    assert geometry.texts_outside(shown) == []
    assert " ".join(text.text for text in shown.others).count("word") == count
    title_ends = max(text.rectangle[3] for text in shown.others if "word" in text.text)
    assert title_ends < min(box.extent[1] for box in shown.boxes)
    assert [str(one.message).partition(" would be")[0] for one in said] == ["the smallest text"] * (count == 800)
