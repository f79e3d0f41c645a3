"""Where texts of a network diagram stand, by closed forms and by what can be measured in the picture."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import viz
from helpers import geometry
from helpers.geometry import Point
from helpers.networks import MODELS, POINT, drawing, mlp, of_kind
from helpers.pictures import SVG
from microgrid import Value, nn
from viz.network.painting.labels import ASIDE, Label, settle
from viz.network.read import read
from viz.style.text_width import text_width


def turned(points: list[Point], is_upright: bool) -> list[Point]:
    return [(y, x) if is_upright else (x, y) for x, y in points]


def arrow(tail: Point, tip: Point, size: Point, is_upright: bool) -> Label:
    return Label(*turned([tail, tip, size], is_upright))


@pytest.mark.parametrize("is_upright", [False, True])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_number_keeps_away_from_an_arrow_that_runs_beside_the_first_half_of_its_own(is_upright, side) -> None:
    long, thick, ends, apart = 20.0, 10.0, 120.0, side * (5.0 + ASIDE - 3)
    own = arrow((0, 0), (200, 0), (long, thick), is_upright)
    other = arrow((0, apart), (ends, apart), (long, thick), is_upright)
    (place,) = settle([own, other], [0], [], 0.0)
    ((x, y),) = turned([place], is_upright)
    assert y == 0
    assert ends + long / 2 + ASIDE <= x <= 200


@pytest.mark.parametrize("crossed", [40, 60, 80, 120, 140, 160])
def test_a_number_stands_where_no_arrow_crosses_its_own(crossed: int) -> None:
    own, other = Label((0, 0), (200, 0), (20, 10)), Label((crossed, -50), (crossed, 50), (20, 10))
    (place,) = settle([own, other], [0], [], 0.0)
    assert abs(place[0] - crossed) >= 10 + ASIDE
    assert 0 < place[0] < 200


def test_numbers_of_arrows_from_one_circle_stand_in_line_and_apart() -> None:
    fan = [Label((0, 0), (200, tip), (20, 10)) for tip in (-60, 0, 60)]
    places = settle(fan, [0, 1, 2], [(0, 0)], 10.0)
    (x, *others), ys = zip(*places, strict=True)
    assert others == [x, x]
    assert min(b - a for a, b in pairwise(ys)) >= 10


@pytest.mark.parametrize("slide", [None, "16:9"])
@pytest.mark.parametrize("units", [2, 5, 7, 9, 11, 13, 16])
def test_names_above_circles_touch_no_circle_and_no_number(units: int, slide: str | None) -> None:
    figure = viz.network(mlp(2, units, units, 1), POINT, slide=slide)
    assert geometry.overlaps(drawing(figure)) == []


def layers(size: int, k: int) -> list[object]:
    return [nn.Linear(size, size, seed=k), "tanh", nn.Linear(size, size, seed=-k), "sigmoid"]


@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize("count", [3, 5, 7])
@pytest.mark.parametrize("size", [1, 2])
def test_what_is_said_once_is_no_wider_than_the_columns_that_say_it(size: int, count: int, blocks: bool) -> None:
    several = [layers(size, k) for k in range(1, count + 1)]
    parts = [nn.Residual(*own) for own in several] if blocks else [part for own in several for part in own]
    figure = viz.network(nn.Sequential(*parts), [0.5] * size, slide="16:9", lang="es")
    braced = [g for g in of_kind(figure, "caption") if g.get("data-columns")]
    assert braced
    for group in braced:
        (brace,) = group.iter(f"{SVG}path")
        xs = [float(x) for x in re.findall(r"(-?[\d.]+)[ ,]-?[\d.]+", brace.get("d"))]
        for line in group.iter(f"{SVG}text"):
            assert text_width("".join(line.itertext()), float(line.get("font-size"))) <= max(xs) - min(xs)


def test_one_sample_is_what_the_model_is_called_with_and_several_are_a_batch() -> None:
    class Tripled(nn.Module):
        """Of each sample of a batch three times its output."""

        def __init__(self) -> None:
            self.inner = nn.Linear(2, 1, seed=1)

        def __call__(self, x: list[Value]) -> Value:
            return self.inner(x)

        def batch(self, rows: list[list[Value]]) -> list[Value]:
            return [self(row) * 3.0 for row in rows]

    model, x = Tripled(), [0.5, -1.0]
    (unit,) = read(model, x).columns[-1].units
    assert unit.value == (out := model([Value(x[0]), Value(x[1])]).data) != 0.0
    (unit,) = read(model, [x, x]).columns[-1].units
    assert unit.value == pytest.approx(3 * out)


@pytest.mark.parametrize("slide", [None, "16:9"])
@pytest.mark.parametrize("name", ["2-8-8-1", "dropout", "maxout"])
def test_the_legend_stands_below_all_captions_its_rows_in_order(name: str, slide: str | None) -> None:
    make, x = MODELS[name]
    figure = viz.network(make(), x, slide=slide)
    (legend,), captions = of_kind(figure, "legend"), of_kind(figure, "caption")
    ys = [float(line.get("y")) for line in legend.iter(f"{SVG}text")]
    assert ys == sorted(ys)
    assert len(set(ys)) <= 3 < len(ys)
    assert min(ys) - 12 > max(float(line.get("y")) for caption in captions for line in caption.iter(f"{SVG}text"))
    assert max(ys) < drawing(figure).size[1] - 5


@pytest.mark.parametrize("words", ["auto", "numbers", "names"])
@pytest.mark.parametrize("sizes", [[4, 3], [4, 3, 1], [4, 4, 4, 4, 4, 4, 1]], ids=str)
def test_no_number_hides_the_head_of_its_arrow(sizes: list[int], words: str) -> None:
    """The last ten points of an arrow are seen, whatever stands on it."""
    random.seed(3)
    svg = viz.network(nn.MLP(2, sizes), [0.5, -1.0], weights=words).svg()
    root = ET.fromstring(svg)
    found = {(g.get("data-tail"), g.get("data-head")): g for g in root.iter(f"{SVG}g") if g.get("class") == "number"}
    for g in root.iter(f"{SVG}g"):
        number = found.get((g.get("data-tail"), g.get("data-head")))
        if (g.get("class") or "").startswith("link") and number is not None:
            line, head = (points_of(path.get("d", "")) for path in g.findall(f"{SVG}path"))
            (x0, y0), (x1, y1) = line[0], head[0]
            length = math.dist((x0, y0), (x1, y1))
            x, y = x1 + (x0 - x1) * 10 / length, y1 + (y0 - y1) * 10 / length
            ground = points_of(number.find(f"{SVG}path").get("d", ""))
            left, right = (side(p[0] for p in ground) for side in (min, max))
            top, bottom = (side(p[1] for p in ground) for side in (min, max))
            assert not (left < x < right and top < y < bottom)
            assert not (left < x1 < right and top < y1 < bottom)


def points_of(d: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", d)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
