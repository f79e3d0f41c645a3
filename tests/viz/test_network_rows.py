"""Many columns stand in rows on a slide, and what they say again and again is said once: read back from the SVG."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import viz
from helpers import geometry
from helpers.networks import mlp, of_kind
from helpers.pictures import SVG, texts
from microgrid import nn
from viz.network.repeats import cuts, repeats
from viz.options import SLIDES
from viz.style.text_width import text_width


def blocks(count: int, size: int) -> nn.Module:
    return nn.Sequential(*[nn.Residual(nn.Linear(size, size, seed=k), "tanh") for k in range(count)])


MODELS = {
    "ten blocks of one": (lambda: blocks(10, 1), [0.5]),
    "ten blocks of two": (lambda: blocks(10, 2), [0.5, -1.0]),
    "seven blocks of two": (lambda: blocks(7, 2), [0.5, -1.0]),
    "twenty layers": (lambda: mlp(1, *[1] * 20, activation="tanh"), [0.5]),
    "sixteen layers of two": (lambda: mlp(2, *[2] * 15, 1, activation="sigmoid"), [0.5, -1.0]),
}
TITLES = (None, "A title above the rows")


@cache
def figure(name: str, title: str | None = None, slide: str | None = "16:9", **options: object) -> viz.Figure:
    make, x = MODELS[name]
    return viz.network(make(), x, slide=slide, title=title, **options)


def read(picture: viz.Figure, widths: geometry.Widths = text_width) -> geometry.Drawing:
    return geometry.read(picture.svg(), widths, ("node", "again"), ("link", "return"), ("number",))


def circles(picture: viz.Figure) -> list[tuple[str, str, geometry.Box]]:
    """The id of each circle, whether it is a "node" or there "again", and where it is."""
    groups = [g for g in picture_groups(picture) if g.get("class", "").split()[0] in ("node", "again")]
    boxes = read(picture).boxes
    assert len(groups) == len(boxes)
    return [
        (g.get("data-node") or g.get("data-of") or "", g.get("class", "").split()[0], box)
        for g, box in zip(groups, boxes, strict=True)
    ]


def picture_groups(picture: viz.Figure):
    return list(ElementTree.fromstring(picture.svg()).iter(f"{SVG}g"))


@pytest.fixture(scope="module")
def widths() -> geometry.Widths:
    return geometry.in_browser([figure(name, title).svg() for name in MODELS for title in TITLES])


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("name", MODELS)
def test_a_slide_of_many_columns_is_filled_and_nothing_is_on_anything_else(name, title, widths) -> None:
    picture = figure(name, title)
    shown = read(picture, widths)
    assert shown.size == SLIDES["16:9"]
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', picture.svg())) >= 8
    assert geometry.texts_outside(shown) == []
    assert geometry.overlaps(shown) == []
    legend = {text for g in of_kind(picture, "legend") for text in texts(g)}
    parts = [box.extent for box in shown.boxes] + [t.rectangle for t in shown.others if t.text not in legend]
    left, top, right, bottom = (side(part[k] for part in parts) for k, side in enumerate((min, min, max, max)))
    assert (right - left) / shown.size[0] >= 0.85
    assert (bottom - top) / shown.size[1] >= 0.55


@pytest.mark.parametrize("name", MODELS)
def test_arrows_and_lines_between_rows_touch_no_circle_and_no_text(name: str, widths) -> None:
    picture = figure(name)
    shown = read(picture, widths)
    said = [text for box in shown.boxes for text in box.texts] + [text for _, text in shown.numbers]
    written = [text.rectangle for text in (*said, *shown.others)]
    arcs = [g.get("class") in ("return", "link skip") for g in [*of_kind(picture, "link"), *of_kind(picture, "return")]]
    for arrow, curved in zip(shown.arrows, arcs, strict=True):
        for line in arrow.lines:
            points = [along(a, b, k / 3) for a, b in pairwise(line) for k in range(4)]
            for box in shown.boxes:
                radius = (box.extent[2] - box.extent[0]) / 2
                assert min(math.dist(box.center, point) for point in points) > radius + 0.4
            for left, top, right, bottom in written if curved else ():
                assert not any(left < x < right and top < y < bottom for x, y in points)


def along(a: geometry.Point, b: geometry.Point, share: float) -> geometry.Point:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


@pytest.mark.parametrize("name", MODELS)
def test_rows_are_read_as_a_text_is(name: str) -> None:
    """Each column once and in order; a row begins with the circles with which the one before ended."""
    columns: dict[tuple[str, str], list[geometry.Point]] = defaultdict(list)
    said: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for key, kind, box in circles(figure(name)):
        column = re.sub(r"\.?\d+$", "", key)
        columns[kind, column].append(box.center)
        said[kind, column].append([text.text for text in box.texts])
    rows: list[list[geometry.Point]] = [[]]
    last: list[geometry.Point] = []
    for (kind, column), centers in columns.items():
        x = centers[0][0]
        assert all(abs(other - x) < 0.1 for other, _ in centers)
        assert [y for _, y in centers] == sorted(y for _, y in centers)
        if kind == "again":
            assert said["again", column] == said["node", column]
            assert columns["node", column] == last
            rows.append([])
        last = centers
        rows[-1].append((x, min(y for _, y in centers)))
    assert len(rows) == len([key for key in columns if key[0] == "again"]) + 1 > 1
    for row in rows:
        gaps = [b - a for (a, _), (b, _) in pairwise(row)]
        assert min(gaps) > 0
        assert max(gaps) - min(gaps) < 0.1
    assert [row[0][1] for row in rows] == sorted(row[0][1] for row in rows)
    returns = read(figure(name)).arrows[-len(rows) + 1 :]
    for arrow, before, row in zip(returns, rows[:-1], rows[1:], strict=True):
        assert arrow.lines[-1][0][0] > before[-1][0]
        assert arrow.tips[-1][0] < row[0][0]
        assert max(y for _, y in before) < max(y for _, y in arrow.lines[-1])


@pytest.mark.parametrize("name", MODELS)
def test_links_join_circles_of_one_row(name: str) -> None:
    places = defaultdict(list)
    for key, _, box in circles(figure(name)):
        places[key].append(box)
    links, arrows = of_kind(figure(name), "link"), read(figure(name)).arrows
    found = {(g.get("data-tail"), g.get("data-head")) for g in links}
    plain = {(g.get("data-tail"), g.get("data-head")) for g in of_kind(figure(name, slide=None), "link")}
    assert found == plain
    for group, arrow in zip(links, arrows, strict=False):
        for key, end in ((group.get("data-tail"), arrow.lines[0][0]), (group.get("data-head"), arrow.tips[0])):
            near = min(math.dist(end, box.center) - (box.extent[2] - box.extent[0]) / 2 for box in places[key])
            assert -0.1 < near < 3


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize(("lang", "sum_"), [("en", "sum, + skip"), ("es", "suma, + salto")])
def test_what_ten_blocks_say_is_said_once_for_each_row(size: int, lang: str, sum_: str) -> None:
    picture = viz.network(blocks(10, size), [0.5] * size, slide="16:9", lang=lang)
    captions = {g.get("data-columns"): texts(g) for g in of_kind(picture, "caption")}
    (_, entry), *braced = captions.items()
    assert entry == ["input" if lang == "en" else "entrada"]
    assert [(columns, " ".join(lines)) for columns, lines in braced] == [
        ("1 10", f"5 × (Linear {size}→{size}, tanh; {sum_})"),
        ("11 20", f"5 × (Linear {size}→{size}, tanh; {sum_})"),
    ]


def test_few_columns_say_each_what_they_are_and_stand_in_one_row() -> None:
    picture = viz.network(mlp(2, 8, 8, 8, 8, 1), [0.5, -1.0], slide="16:9")
    assert len(of_kind(picture, "caption")) == 6
    assert of_kind(picture, "return") == of_kind(picture, "again") == []


def test_columns_with_more_units_than_are_shown_say_how_many() -> None:
    words = ["input", *["Linear 30→30"] * 8]
    assert [(one.start, one.stop) for one in repeats(words)] == [(1, 9)]
    assert repeats(words, alone=[2, 4, 6, 8]) == []


def test_a_row_ends_where_nothing_passes_and_a_block_ends() -> None:
    from viz.network.read import read as read_network

    net = read_network(blocks(4, 1), [0.5])
    assert cuts(len(net.columns), net.links, []) == [2, 4, 6]
    plain = read_network(mlp(1, 1, 1, 1, 1))
    assert cuts(len(plain.columns), plain.links, []) == [1, 2, 3]
    assert cuts(7, [], repeats(["x", *"abcabc"])) == [1, 2, 3, 4, 5]
    assert cuts(10, [], repeats(["x", *"abcabcabc"])) == [3, 6]
