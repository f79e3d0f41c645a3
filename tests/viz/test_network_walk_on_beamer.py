"""A walk over the diagram of neurons on LaTeX's small pages: the numbers of the other formats, or a word on it."""

from __future__ import annotations

import random
import re
import warnings

import pytest

import viz
from microgrid import nn
from viz.drawing.scene import Text
from viz.drawing.slide import READABLE


def walk(sizes: tuple[int, ...]) -> viz.Steps:
    random.seed(3)
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh")
    return viz.steps(model([0.5, -1.0, 0.3][: sizes[0]]), view="network")


def numbers(walk: viz.Steps, kinds: tuple[str, ...]) -> dict[tuple, str]:
    """What circles and arrows say in each frame."""
    said = {}
    for k in range(len(walk)):
        for group in walk._film.scene(k).groups:
            if group.kind.split()[0] in kinds:
                data = dict(group.data)
                ends = data.get("node") or data.get("of") or (data["tail"], data["head"])
                said[k, group.kind.split()[0], ends] = " ".join(text.text for text in group.texts)
    return said


@pytest.mark.filterwarnings("ignore:.*slide can be read")
@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 2, 1), (1, 3, 1)])
def test_circles_and_arrows_of_a_small_network_say_what_they_say_in_all_formats(sizes: tuple[int, ...]) -> None:
    steps = walk(sizes)
    small = steps._for_beamer
    kinds = "node", "number"
    assert numbers(small, kinds) == numbers(steps, kinds)
    sizes_of_text = [i.font.size for i in small._film.scene(len(small) - 1).items() if isinstance(i, Text)]
    assert min(sizes_of_text) >= READABLE


@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 5, 4, 1), (3, 9, 9, 1)])
def test_what_the_page_leaves_out_is_said_in_one_line(sizes: tuple[int, ...]) -> None:
    steps = walk(sizes)
    with pytest.warns(UserWarning, match="so that a beamer slide can be read") as caught:
        steps.tikz()
    (said,) = [str(one.message) for one in caught]
    assert "\n" not in said
    kinds = "node", "number", "bias"
    whole, own = numbers(steps, kinds), numbers(steps._for_beamer, kinds)
    circles = [sum(key[:2] == (0, "node") for key in all_of_it) for all_of_it in (own, whole)]
    assert (f"with {circles[0]} of {circles[1]} circles" in said) == (circles[0] < circles[1])
    shown = {key[2] for key in own if key[1] == "node"}
    ends = {key: {key[2]} if isinstance(key[2], str) else {*key[2]} for key in whole}
    last = len(steps) - 1
    values = max(k for k, frame in enumerate(steps) if frame.phase == "forward")
    both = [key for key in whole if key[0] in (values, last) and ends[key] <= shown and whole[key] != ""]
    gone = {key[1:] for key in both if not own.get(key)}
    shorter = {key[1:] for key in both if own.get(key) and own[key] != whole[key]}
    assert (re.findall(r"without (\d+) number", said) or ["0"]) == [str(len(gone))]
    assert (re.findall(r"fewer digits in (\d+) number", said) or ["0"]) == [str(len(shorter))]


def test_a_walk_that_is_whole_says_nothing() -> None:
    random.seed(3)
    model = nn.MLP(2, [1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        viz.steps(model([0.5, -1.0]), view="network").tikz()
