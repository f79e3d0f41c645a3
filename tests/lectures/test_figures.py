"""Every figure of the lectures' page: its calls as they stand there, in both languages, and its picture."""

from __future__ import annotations

import re

import pytest

from helpers import ROOT, needs_checkout
from helpers.figures import figures, rows, script, spoken, svg_texts, texts
from microgrid.base import spanish

pytestmark = needs_checkout

PICTURES = ROOT / "docs" / "lectures"
WORDS = re.compile(r"[a-záéíóúñü]{3,}", re.IGNORECASE)
SAME = {
    # names that are the same in Spanish, of what the library has and of optimisers
    "adadelta", "adagrad", "adam", "nag", "rmsprop", "sgd", "momentum",
    "sigmoid", "softmax", "maxout", "relu", "leaky", "elu", "gelu", "softplus", "tanh", "log", "val", "logit", "linear",
    "dropout", "mul", "add", "powc", "sin", "exp", "lambda", "yhat", "sympy", "var", "max",
}  # fmt: skip
"""Words of Spanish figures that no table translates."""
LETTERS = {"grad", "step", "data"}
"""Of what stays as PyTorch or Graphviz would write it."""


def words(lines: list[str]) -> set[str]:
    return {word.lower() for line in lines for word in WORDS.findall(line)}


SPANISH = words([*spanish.TABLE.values()])


def test_there_is_a_row_for_every_figure_and_all_are_numbered() -> None:
    assert list(rows()) == list(range(1, 55))
    page = script().PAGE.read_text(encoding="utf-8")
    assert len(re.findall(r"^\| \d+ \|", page, re.MULTILINE)) == 54  # none is missed by the pattern
    assert "open" not in words(page.splitlines())


def test_the_folder_has_the_pictures_of_the_page_and_no_other() -> None:
    page = script().PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"lectures/(\w+\.\w+)", page)) - {"lectures.py"}
    files = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert named == set(files)
    assert max(files.values()) < 75_000
    assert sum(files.values()) < 1_500_000


@pytest.mark.parametrize("number", rows() or [0])
def test_a_figure_is_made_by_five_lines_and_is_the_one_on_the_page(number: int) -> None:
    row = rows()[number]
    lines = row.code.splitlines()
    assert 1 <= len(lines) <= 5
    assert max(map(len, lines)) <= 116
    made = figures(number)
    files = script().names(row, made)
    assert made
    assert row.pictures == script().cell(row, files)
    for figure, name in zip(made, files):
        file = PICTURES / name
        if name.endswith("svg"):
            assert sorted(svg_texts(file.read_text(encoding="utf-8"))) == sorted(texts(figure)), name
        elif name.endswith("txt"):
            kept = file.read_text(encoding="utf-8")
            assert script().masked(kept) == script().masked(script().written(figure)), name
        else:
            from PIL import Image

            with Image.open(file) as image:
                assert image.width >= 300
                assert image.text["Description"] == script().said(figure), name


@pytest.mark.parametrize("number", rows() or [0])
def test_a_figure_in_spanish_has_no_english_word(number: int) -> None:
    """Each word is in the Spanish table, one that both languages have, or a name that the row gives."""
    own = words([rows()[number].code]) | SAME | (LETTERS if number == 15 else set())
    for translated, english in zip(figures(number, "es"), figures(number), strict=True):
        said = words(texts(translated))
        assert said <= SPANISH | own | {"grad"}, said - SPANISH - own
        assert not {word for word in words(texts(english)) if word not in own | SPANISH} & said


@pytest.mark.parametrize("number", rows() or [0])
def test_the_lines_that_the_spanish_gallery_shows_make_its_figures(number: int) -> None:
    """Run as they stand, with no language but the one that they name themselves."""
    made, code = spoken(number, "es")
    again = script().made(rows()[number]._replace(code=code))
    assert [texts(figure) for figure in again] == [texts(figure) for figure in made]
    assert code.replace(', lang="es"', "").count("\n") == rows()[number].code.count("\n")


@pytest.mark.parametrize("number", rows() or [0])
def test_a_plot_says_what_lies_along_its_axes(number: int) -> None:
    for figure in figures(number, "es"):
        for ax in getattr(figure, "axes", ()):
            along = (ax.get_xlabel(), ax.get_ylabel(), ax.get_title(), ax.get_title("left"), ax.get_legend())
            bar = ax.get_label() == "<colorbar>"
            assert ax.get_ylabel() if bar else ax.get_xlabel(), along
            assert any(along[1:]), along
