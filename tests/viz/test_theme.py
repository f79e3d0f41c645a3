"""Every theme can be read: contrast by the formula of WCAG 2.2, and roles that do not rest on colour."""

import itertools

import pytest

from helpers.pictures import contrast
from viz.style.theme import FONTS, THEMES, Theme

ROLES = ("input", "parameter", "op", "constant")


def test_the_formula_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_can_be_read_on_what_it_stands_on(theme: Theme) -> None:
    pairs = [(kind, theme.boxes[role].fill) for role in ROLES for kind in ("name", "value", "gradient", "pending")]
    pairs += [("literal", theme.boxes["constant"].fill), ("symbol", theme.boxes["symbol"].fill)]
    pairs += [(kind, ground) for kind in ("local", "scope") for ground in (theme.background, theme.scope.fill)]
    pairs += [(kind, theme.background) for kind in ("title", "legend", "progress", "caption", "name")]
    if theme.active.fill != "none":
        pairs += [(kind, theme.active.fill) for kind in ("name", "value", "gradient")]
    assert {kind for kind, _ in pairs} == set(FONTS)
    for kind, ground in pairs:
        assert contrast(theme.ink(kind), ground) >= 4.5, (kind, ground)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_lines_can_be_seen(theme: Theme) -> None:
    for ground in (theme.background, theme.scope.fill):
        assert contrast(theme.edge, ground) >= 3
        for role in ("input", "parameter", "op"):
            assert contrast(theme.boxes[role].stroke, ground) >= 3
        assert contrast(theme.active.stroke, ground) >= 3


def test_print_has_no_colour() -> None:
    theme = THEMES["print"]
    colors = [theme.background, theme.text, theme.gradient, theme.dim, theme.local, theme.edge, theme.symbol]
    colors += [color for paint in (*theme.boxes.values(), theme.active) for color in (paint.fill, paint.stroke)]
    assert all(color[1:3] == color[3:5] == color[5:7] for color in colors)
    borders = [(theme.boxes[role].width, theme.boxes[role].dash) for role in ROLES]
    assert all(a != b for a, b in itertools.combinations(borders, 2))
