"""The pages on how it works say the same in both languages: headings, code, figures, tables and numbers."""

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
SAME = [f"inside/{name}.md" for name in ("architecture", "browser", "engine", "program", "promises", "proofs")]
SAME.append("users/micrograd.md")
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.#])\d+(?:[ ,]\d{3})*(?:\.\d+)?(?:e-?\d+)?(?!\w)")
SAID = re.compile(r"^(>>> print\(report)(?:\.text\(\"es\"\))?\)(?:\n(?!>>>).*)*", re.MULTILINE)
EVERY_PAGE = pytest.mark.parametrize("place", SAME)


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


@EVERY_PAGE
def test_headings_figures_and_tables_are_as_many(texts: list[str]) -> None:
    for pattern in (r"^#+(?= )", r"!\[", r"^\|(?=-|.*\|$)"):
        english, spanish = (re.findall(pattern, BLOCK.sub("", text), re.MULTILINE) for text in texts)
        assert english == spanish, pattern
    english, spanish = ([row.count("|") for row in re.findall(r"^\|.*\|$", text, re.M)] for text in texts)
    assert english == spanish


@EVERY_PAGE
def test_code_is_the_same(texts: list[str]) -> None:
    english, spanish = map(code, texts)
    assert english == spanish


@EVERY_PAGE
def test_names_in_code_and_numbers_are_the_same(texts: list[str]) -> None:
    names = [Counter(" ".join(name.split()) for name in re.findall(r"`[^`]+`", prose(text))) for text in texts]
    assert names[0] == names[1]
    assert numbers(texts[0]) == numbers(texts[1])


def test_sections_that_messages_name_are_there_in_both_languages() -> None:
    english = (ROOT / "docs" / "from-micrograd.md").read_text(encoding="utf-8")
    spanish = (PAGES / "es" / "users" / "micrograd.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", english, re.MULTILINE)
    assert re.findall(r"^## ([\w]+)(?::.+)? \{#\1\}$", spanish, re.MULTILINE) == headings
