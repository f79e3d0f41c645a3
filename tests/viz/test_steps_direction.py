"""Which way a step goes can be seen: in each backward frame the lit arrows point at the operands that receive."""

from __future__ import annotations

import math

import pytest

import viz
from helpers.geometry import Arrow, Box, read
from helpers.graphs import lecture, reuse
from helpers.pictures import SVG, texts
from helpers.walks import groups
from viz.style.theme import THEMES

OPTIONS = [
    {}, {"rankdir": "TB", "theme": "print"}, {"rankdir": "RL", "theme": "dark"}, {"ops": "separate"},
    {"slide": "16:9"}, {"edges": "plain"}, {"path": "w1"},
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:drawn in rows")
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_heads_are_where_a_step_leads(options: dict[str, object]) -> None:
    steps = viz.steps(reuse(), labels="plain", **options)
    parents = [node.parents for node in steps._trace.nodes]
    seen = {"forward": 0, "backward": 0}
    for frame in steps:
        svg = steps.svg(frame.index)
        drawn = read(svg)
        boxes = {box.key: box for box in drawn.boxes if box.kind != "symbol"}
        symbols = {box.key: box for box in drawn.boxes if box.kind == "symbol"}
        ways = {
            g.get("data-edge"): g.get("class") for g in groups(steps, frame.index) if "edge active" in g.get("class")
        }
        passed = {f"{node}:{k}" for node, k in frame.edges}
        assert set(ways) - {None} == passed
        assert set(ways.values()) <= {f"edge active {frame.phase}"}
        for arrow in drawn.arrows:
            if not arrow.key:
                continue  # between an operation's circle and its result
            node, k = map(int, arrow.key.split(":"))
            result, operand = symbols.get(str(node), boxes[str(node)]), boxes[str(parents[node][k])]
            turned = arrow.key in passed and frame.phase == "backward"
            _points_at(arrow, *((operand, result) if turned else (result, operand)))
            if arrow.key in passed:
                seen[frame.phase] += 1
    assert min(seen.values()) >= 6


def _points_at(arrow: Arrow, near: Box, far: Box) -> None:
    assert arrow.tips
    for tip in arrow.tips:
        assert _apart(tip, near) < 4  # half of a thick border
        assert _apart(tip, near) < _apart(tip, far)


def _apart(point: tuple[float, float], box: Box) -> float:
    (x0, y0), (x1, y1) = box.outline[-1], box.outline[0]  # the side that closes it
    last = [(x0 + (x1 - x0) * k / 24, y0 + (y1 - y0) * k / 24) for k in range(24)]
    return min(math.dist(point, other) for other in [*box.outline, *last])


@pytest.mark.parametrize("theme", THEMES)
def test_what_flows_back_is_a_double_line_in_the_one_colour_of_what_is_active(theme: str) -> None:
    steps, active = viz.steps(lecture(), theme=theme), THEMES[theme].active.stroke
    for frame in steps[1:-1]:
        for g in groups(steps, frame.index):
            if "active" not in g.get("class"):
                continue
            lines = [(p.get("stroke"), float(p.get("stroke-width"))) for p in g.iter(f"{SVG}path") if p.get("stroke")]
            (head,) = [p.get("fill") for p in g.iter(f"{SVG}path") if p.get("fill") != "none"]
            assert head == active
            widths = dict(lines)
            if frame.phase == "backward":
                assert set(widths) == {active, THEMES[theme].background}
                assert widths[active] - widths[THEMES[theme].background] > 3
                assert [stroke for stroke, _ in lines].index(active) == 0
            else:
                assert set(widths) == {active}


@pytest.mark.parametrize(
    ("rankdir", "there", "back"), [("LR", "→", "←"), ("RL", "←", "→"), ("TB", "↓", "↑"), ("BT", "↑", "↓")]
)
def test_words_say_the_way_too(rankdir: str, there: str, back: str) -> None:
    steps = viz.steps(lecture(), rankdir=rankdir)
    said = [texts(groups(steps, k)[-1])[0] for k in range(14)]
    assert said[0] == "Start"
    assert said[1:5] == [f"{there} Forward pass"] * 4
    assert said[5:13] == [f"{back} Backward pass"] * 8
    assert said[13] == "End"
