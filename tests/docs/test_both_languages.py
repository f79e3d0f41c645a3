"""Pages say the same in both languages: headings, tables and numbers; on how it works also code, names and figures."""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from helpers import ROOT, needs_checkout

pytestmark = needs_checkout
sys.path.insert(0, str(ROOT / "docs"))

PAGES = ROOT / "docs" / "pages"
SPANISH = sorted(path.relative_to(PAGES / "es").as_posix() for path in (PAGES / "es").rglob("*.md"))
PAIRS = [place for place in SPANISH if place != "glossary.md"]  # which says more to those who read Spanish
SAME = [place for place in PAIRS if place.startswith("inside/") or place == "users/micrograd.md"]
"""Where code is the same to the letter, also its names."""
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.#])\d+(?:[ ,]\d{3})*(?:\.\d+)?(?:e-?\d+)?(?!\w)")
SAID = re.compile(r"^(>>> print\(report)(?:\.text\(\"es\"\))?\)(?:\n(?!>>>).*)*", re.MULTILINE)
EVERY_PAGE = pytest.mark.parametrize("place", PAIRS)
HOW_IT_WORKS = pytest.mark.parametrize("place", SAME)


@pytest.fixture
def texts(place: str, tmp_path: Path) -> list[str]:
    """The page in English and in Spanish, with what it includes."""
    include = importlib.import_module("building.included").include
    sources = [(PAGES / lang / place).read_text(encoding="utf-8") for lang in ("en", "es")]
    return [include(source, place, tmp_path) for source in sources]


def prose(text: str) -> str:
    return re.sub(r"\]\([^)]*\)|\{#\w+\}|<!--.*?-->", "]", BLOCK.sub("", text))


def code(text: str) -> list[str]:
    """The blocks, without what is said in a language: comments, and what a call that names one prints."""
    blocks = [re.sub(r"  # .*", "", found[2]) for found in BLOCK.finditer(text)]
    return [SAID.sub(r"\1", block) for block in blocks]


def numbers(text: str) -> Counter[str]:
    found = NUMBER.findall(re.sub(r"`[^`]+`", "", prose(text)))
    return Counter(re.sub("[ ,]", "", number) for number in found)


def test_both_languages_have_how_it_works() -> None:
    assert {f"inside/{path.name}" for path in (PAGES / "en" / "inside").glob("*.md")} <= set(SAME)


@EVERY_PAGE
def test_headings_and_tables_are_as_many(texts: list[str]) -> None:
    for pattern in (r"^#+(?= )", r"^\|(?=.*\|$)"):
        english, spanish = (re.findall(pattern, BLOCK.sub("", text), re.MULTILINE) for text in texts)
        assert english == spanish, pattern
    english, spanish = ([row.count("|") for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)] for text in texts)
    assert english == spanish


@EVERY_PAGE
def test_numbers_are_the_same(texts: list[str]) -> None:
    english, spanish = map(numbers, texts)
    assert english == spanish


@HOW_IT_WORKS
def test_code_names_and_figures_are_the_same(texts: list[str]) -> None:
    english, spanish = map(code, texts)
    assert english == spanish
    english, spanish = (
        sorted(" ".join(name.split()) for name in re.findall(r"`[^`]+`", prose(text))) for text in texts
    )
    assert english == spanish
    assert texts[0].count("![") == texts[1].count("![")


def test_sections_that_messages_name_are_there_in_both_languages() -> None:
    english = (ROOT / "docs" / "from-micrograd.md").read_text(encoding="utf-8")
    spanish = (PAGES / "es" / "users" / "micrograd.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", english, re.MULTILINE)
    assert re.findall(r"^## ([\w]+)(?::.+)? \{#\1\}$", spanish, re.MULTILINE) == headings
