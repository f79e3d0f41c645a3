"""Titles: as few lines as the width of a page allows, in letters that stay a title's."""

from __future__ import annotations

import pytest

import viz
from helpers.graphs import lecture
from helpers.lecture_graphs import three_sigmoids
from viz.drawing.scene import Scene, Text
from viz.style.text_width import text_width

pytestmark = pytest.mark.filterwarnings("ignore:.*slide can be read")

TITLE = "Gradient descent on a line: how the squared error reaches the weight and bias"


def title(scene: Scene) -> list[Text]:
    return [text for group in scene.groups if group.kind == "title" for text in group.texts]


def scenes(words: str) -> dict[str, Scene]:
    return {
        "graph": viz.draw(lecture(), title=words, slide="16:9")._scene,
        "walk": viz.steps(three_sigmoids(), title=words, slide="16:9")._film.scene(2),
        "network": viz.network([2, 3, 1], title=words, slide="16:9")._scene,
    }


def test_a_title_whose_last_words_would_stand_alone_is_set_in_one_line() -> None:
    for name, scene in scenes(TITLE).items():
        (line,) = title(scene)
        width = text_width(line.text, line.font.size, bold=True)
        assert line.text == TITLE, name
        assert 0.85 * scene.size[0] < width <= scene.size[0] - 2 * line.at[0] + 0.1, name
        others = [item.font.size for item in scene.items() if isinstance(item, Text) and item is not line]
        assert line.font.size > max(others) or line.font.size >= 15, name


def test_short_and_very_long_titles_keep_their_letters() -> None:
    short, long = scenes("A line"), scenes(" ".join([TITLE] * 2))
    for name in short:
        (one,), several = title(short[name]), title(long[name])
        assert len(several) == 2 or several[0].font.size == pytest.approx(one.font.size, rel=0.25)
        assert " ".join(line.text for line in several) == " ".join([TITLE] * 2)
        assert one.font.size >= 16
