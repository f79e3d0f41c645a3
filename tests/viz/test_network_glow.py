"""The arrows that a step of a walk over neurons uses are lit, however many they are."""

from __future__ import annotations

import random

import pytest

import viz
from microgrid import nn
from viz.style.theme import THEMES, contrast


@pytest.mark.parametrize("theme", ["lecture", "light", "dark"])
@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 5, 4, 1), (2, 8, 8, 1)])
def test_each_arrow_of_a_step_is_lit_and_no_other(sizes: tuple[int, ...], theme: str) -> None:
    random.seed(3)
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh")
    walk = viz.steps(model([0.5, -1.0, 0.3][: sizes[0]]), view="network", theme=theme)
    ground = THEMES[theme].background
    for k, frame in enumerate(walk):
        kinds = [group.kind for group in walk._film.scene(k).groups]
        glows = [path for group in walk._film.scene(k).groups if group.kind == "glow" for path in group.paths]
        used = frame.phase in ("forward", "backward")
        arrows = sizes[frame.column - 1] * sizes[frame.column] if used else 0
        assert len(glows) == arrows
        assert all(contrast(path.paint.stroke, ground) > 1.3 for path in glows)
        way = [kind for kind in kinds if kind.startswith("link") and kind.endswith(f"active {frame.phase}")]
        assert len(way) == arrows
        lines = [kind == "glow" for kind in kinds]
        assert lines == sorted(lines, reverse=True)  # behind all else, so that none hides an arrow
