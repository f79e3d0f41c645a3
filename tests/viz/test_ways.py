"""Ways of arrows between boxes: how they bend and cross, by closed forms."""

from __future__ import annotations

import math
from itertools import islice, pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import viz
from helpers.geometry import read
from microgrid import Value
from viz.placement.crowding import Crowd
from viz.placement.curves import aside
from viz.placement.turns import crossings

LINE = ((0.0, 0.0), (20.0, 0.0), (40.0, 0.0), (60.0, 0.0))


@pytest.mark.parametrize("size", [(0.0, 0.0), (6.0, 10.0)])
def test_a_way_aside_begins_and_ends_in_its_boxes_however_much_it_bends(size: tuple[float, float]) -> None:
    others = list(islice(aside((LINE,), size, size), 40))
    assert others
    bent = 0
    for ((start, *middle, end),) in others:
        for (x, y), (own_x, own_y) in ((start, LINE[0]), (end, LINE[-1])):
            assert abs(x - own_x) <= size[0] / 2 + 1e-9
            assert abs(y - own_y) <= size[1] / 2 + 1e-9
        straight = math.isclose(middle[0][1], start[1] + (end[1] - start[1]) / 3, abs_tol=0.5)
        bent += not straight
    assert bent


def arrow(tail: str, head: str) -> Any:
    return SimpleNamespace(tail=SimpleNamespace(name=tail), head=SimpleNamespace(name=head))


@pytest.mark.parametrize("level", [((0.0, 0.0), (60.0, 0.0)), ((60.0, 0.0), (0.0, 0.0))])
@pytest.mark.parametrize("crossing", [((30.0, -30.0), (30.0, 30.0)), ((30.0, 30.0), (30.0, -30.0))])
def test_arrows_cross_also_where_one_bends_on_the_other_whichever_way_they_go(level, crossing) -> None:
    def straight(a, b):
        return tuple((a[0] + t / 3 * (b[0] - a[0]), a[1] + t / 3 * (b[1] - a[1])) for t in range(4))

    picture = SimpleNamespace(arrows=[arrow("a", "b"), arrow("c", "d"), arrow("e", "f")])
    beside = straight((70.0, 5.0), (90.0, 5.0))
    assert crossings(picture, [[straight(*level)], [straight(*crossing)], [beside]]) == 1


def test_of_many_arrows_far_apart_few_parts_are_looked_at_beside_each() -> None:
    """So that it takes no longer than there are arrows, whatever their number."""
    crowd, count, apart = Crowd(), 200, 100.0
    crowd.fill([(tuple((apart * k + x, 0.0) for x, _ in LINE),) for k in range(count)])
    assert crowd.beside(0) == {}
    assert crowd._parts is not None
    lines = list(crowd._lines.values())
    xs, ys = (np.concatenate(coordinates) for coordinates in zip(*lines, strict=True))
    owners = np.repeat(np.arange(count), [len(line[0]) for line in lines])
    at, _ = crowd._parts.around((xs, ys), owners)
    assert len(at) <= len(xs)  # by chance, what has the same place in the table


def test_the_first_box_of_a_chain_is_as_far_from_the_next_as_all_others() -> None:
    y = Value(0.5, "a name that is long")
    for _ in range(4):
        y = y.tanh()
    boxes = sorted(read(viz.draw(y, engine="columns", edges="plain").svg()).boxes, key=lambda box: box.center)
    free = [b.extent[0] - a.extent[2] for a, b in pairwise(boxes)]
    assert len(free) == 4
    assert free == pytest.approx([free[0]] * 4, abs=0.5)
