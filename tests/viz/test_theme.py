"""Every theme can be read: contrast by the formula of WCAG 2.2, and roles that do not rest on colour."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib import get_data_path
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags

import viz
from helpers.graphs import lecture
from helpers.pictures import SVG, contrast, groups, texts
from viz.style.theme import FONTS, THEMES, Theme

ROLES = ("input", "parameter", "op", "constant")


def test_the_formula_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_can_be_read_on_what_it_stands_on(theme: Theme) -> None:
    pairs = [
        (kind, theme.boxes[role].fill)
        for role in ROLES
        for kind in ("name", "value", "gradient", "pending", "parameter")
    ]
    pairs += [("literal", theme.boxes["constant"].fill), ("symbol", theme.boxes["symbol"].fill)]
    pairs += [(kind, ground) for kind in ("local", "scope") for ground in (theme.background, theme.scope.fill)]
    pairs += [(kind, theme.background) for kind in ("title", "legend", "phase", "progress", "caption", "name")]
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


def test_a_dashed_border_is_a_constant_in_every_theme() -> None:
    for theme in THEMES.values():
        assert {kind for kind, paint in theme.boxes.items() if paint.dash} == {"constant"}
        assert not theme.scope.dash
        assert not theme.active.dash


def test_print_tells_gradients_from_values_in_every_format(tmp_path: Path) -> None:
    """In italics, whose letters are as wide as the upright ones that boxes have room for."""
    figure = viz.draw(lecture(), theme="print")
    for group in groups(figure, "node"):
        slanted = [text.get("font-style") == "italic" for text in group.iter(f"{SVG}text")]
        assert slanted == [text.startswith(("∂", "grad")) for text in texts(group)]
    assert sum("slanted" in line for line in figure.tikz().splitlines() if "node[" in line) == 8
    pdf = figure.save(tmp_path / "print.pdf").read_bytes()
    assert b"DejaVuSans-Oblique" in pdf
    assert b"Oblique" not in viz.draw(lecture()).save(tmp_path / "lecture.pdf").read_bytes()
    upright, italic = (get_font(f"{get_data_path()}/fonts/ttf/DejaVuSans{face}.ttf") for face in ("", "-Oblique"))
    for char in "∂L/ŷw₁ =−0123456789.egrad":
        widths = []
        for font in (upright, italic):
            font.set_size(100, 72)
            widths.append(font.load_char(ord(char), flags=LoadFlags.NO_HINTING).linearHoriAdvance)
        assert widths[0] == widths[1], char


def test_print_has_gradients_in_italics_in_a_png(tmp_path: Path) -> None:
    """The pixels of two pictures that differ in nothing else."""
    theme = THEMES["print"]
    images = []
    for slanted in (theme.slanted, frozenset[str]()):
        THEMES["print"] = replace(theme, slanted=slanted)
        try:
            images.append(viz.draw(lecture(), theme="print").save(tmp_path / "a.png").read_bytes())
        finally:
            THEMES["print"] = theme
    assert images[0] != images[1]
