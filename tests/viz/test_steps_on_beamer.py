"""A walk on LaTeX's small pages: the steps, digits and captions of all other formats."""

from __future__ import annotations

import re

import pytest

import viz
from helpers.lecture_graphs import LECTURE_GRAPHS
from viz.drawing.scene import Text
from viz.drawing.slide import READABLE

pytestmark = pytest.mark.filterwarnings("ignore:.*slide can be read")

NUMBER = re.compile(r"\d+\.\d+")


def told(walk: viz.Steps, k: int) -> list[str]:
    """The lines of a frame's caption, without its phase and its number."""
    return [item.text for item in walk._film.caption(k).items if isinstance(item, Text)][2:]


@pytest.mark.parametrize("name", ["line", "perceptron", "xor by hand", "reuse with mse"])
def test_captions_are_whole_statements_in_few_lines(name: str) -> None:
    walk = viz.steps(LECTURE_GRAPHS[name][0]())._for_beamer
    for k, frame in enumerate(walk):
        lines = told(walk, k)
        assert len(lines) <= (4 if frame.caption.count("\n") == 1 else 3)  # two operands have two lines each
        assert not any("…" in line for line in lines)
        written = " ".join(" ".join(lines).split())
        whole = [" ".join(line.split()) for line in frame.caption.split("\n")]
        kept = [line for line in whole if line in written]
        left = len(whole) - len(kept)
        assert kept[0] == whole[0]
        if left > 0 and kept != whole[:1]:
            (count,) = re.findall(r"and (\d+) (?:operand|operands|leaf|leaves) more$", written)
            assert int(count) == left
    assert walk._film.smallest >= READABLE - 0.01


@pytest.mark.parametrize("slide", ["16:9", "beamer"])
def test_no_slide_takes_digits_off_a_walk(slide: str) -> None:
    graph = LECTURE_GRAPHS["two-two-two"][0]
    walks = viz.steps(graph()), viz.steps(graph(), slide=slide)
    digits = [set(NUMBER.findall(" ".join(text for text in texts(walk)))) for walk in walks]
    assert "precision" not in walks[1].choice
    assert digits[1] <= digits[0]


@pytest.mark.parametrize("name", ["line", "perceptron", "three sigmoids", "softmax with cross-entropy"])
def test_what_fits_has_the_steps_of_all_formats(name: str) -> None:
    graph = LECTURE_GRAPHS[name][0]
    walk, small = viz.steps(graph()), viz.steps(graph(), slide="beamer")
    assert [frame.caption for frame in walk] == [frame.caption for frame in small]
    assert {frame.active for frame in walk} == {frame.active for frame in small}


def test_other_steps_than_those_of_all_formats_are_told_in_one_line(recwarn: pytest.WarningsRecorder) -> None:
    walk = viz.steps(LECTURE_GRAPHS["xor by hand"][0]())
    overlays = re.findall(r"\\only<\d+-(\d+)>", walk.tikz())
    last = max(map(int, overlays)) - 1
    (said,) = [str(warning.message) for warning in recwarn]
    assert f", in {last} steps in place of {len(walk) - 1}, so that a beamer slide can be read" in said
    assert "\n" not in said
    viz.steps(LECTURE_GRAPHS["perceptron"][0]()).tikz()
    assert "in place of" not in str(recwarn[-1].message)


def test_a_parameter_on_a_line_of_a_box_receives_at_the_head_of_an_arrow() -> None:
    """In each backward frame a head points at the line of each parameter that a gradient comes to."""
    walk = viz.steps(LECTURE_GRAPHS["xor by hand"][0](), slide="beamer")
    assert walk.choice["parameters"] == "listed"
    nodes, color = walk._trace.nodes, walk._film._theme.active.stroke
    seen = 0
    for k, frame in enumerate(walk):
        heads = {}
        for group in walk._film.scene(k).groups:
            rows = {text.at[1]: text for text in group.texts if text.text[0] == "w"}
            for path in group.paths if group.kind.startswith("node") else ():
                if path.paint.fill == color:  # no outline of a box has it
                    tip = path.commands[0][1][0]
                    (row,) = (row for y, row in rows.items() if abs(y - tip[1]) < row.font.size)
                    others = [point for _, points in path.commands[1:] for point in points]
                    assert row.at[0] + row.width <= tip[0] < min(x for x, _ in others)
                    heads[row.text.split(" = ")[0]] = tip
        wanted = {nodes[i].label for i in frame.active if nodes[i].role == "parameter"}
        assert set(heads) == (wanted if frame.phase == "backward" else set())
        seen += len(heads)
    assert seen == 6


def texts(walk: viz.Steps) -> list[str]:
    """All that the boxes of the last frame say."""
    groups = [group for group in walk._film.scene(len(walk) - 1).groups if group.kind.startswith("node")]
    return [text.text for group in groups for text in group.texts]
