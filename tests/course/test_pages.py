"""The lecturer's pages: their tables name sections, slides, figures and tests that there are, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers import ROOT, needs_checkout
from helpers.lessons import PAGES, cells, lesson, rows
from helpers.slides import deck

pytestmark = needs_checkout

WRITTEN = sorted(path for path in PAGES.glob("*/course/?.md"))
FIGURES = {"a": range(1, 29), "b": range(29, 38), "c": range(38, 47), "d": range(47, 52), "e": range(52, 55)}
EVERY_PAGE = pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.stem}-{path.parts[-3]}")


def numbers(text: str) -> set[int]:
    return {
        k
        for first, last in re.findall(r"(\d+)[a-f]?(?:[–-](\d+))?", text)
        for k in range(int(first), int(last or first) + 1)
    }


def whole(path: Path) -> bool:
    """Whether the page is one of those whose table goes from the lecture's slides to the lesson."""
    return path.stem in FIGURES and len(rows(path)[0]) == 6


@EVERY_PAGE
def test_the_tests_that_a_table_names_are_there(path: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", "\n".join(" ".join(row) for row in rows(path))))
    files = [file for room in ("course", "lectures") for file in (ROOT / "tests" / room).glob("*.py")]
    there = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert named
    assert not [name for name in named if f"def {name}(" not in there]


@EVERY_PAGE
def test_both_languages_have_the_page_with_as_many_rows_and_questions(path: Path) -> None:
    other = PAGES / ("en" if path.parts[-3] == "es" else "es") / "course" / path.name
    assert other.is_file()
    assert len(rows(path)) == len(rows(other))
    texts = [page.read_text(encoding="utf-8") for page in (path, other)]
    ours, theirs = (len(re.findall(r"^\*\*.+?\?.*?\*\*", text, re.M)) for text in texts)
    assert ours == theirs
    assert 5 <= ours <= 8 or not whole(path)


@pytest.mark.parametrize("path", [*filter(whole, WRITTEN)], ids=lambda path: f"{path.stem}-{path.parts[-3]}")
def test_a_row_names_a_section_of_the_lesson_slides_of_the_deck_and_figures(path: Path) -> None:
    text = "\n".join(cell.source for cell in cells(lesson(path.stem, path.parts[-3])) if cell.cell_type == "markdown")
    sections = re.findall(r"^##+ (.+)$", text, re.M)
    count, figures = 1 + len(deck(path.stem.upper()).slides), set()
    for row in rows(path):
        assert row[1] in sections
        assert numbers(row[2]) <= set(range(2, count + 1))
        figures |= numbers(row[3])
    assert figures == set(FIGURES[path.stem])
