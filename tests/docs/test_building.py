"""Pages and lessons as cells, links that lead somewhere, and the site as a whole."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from helpers import ROOT, needs_checkout

pytestmark = needs_checkout
sys.path.insert(0, str(ROOT / "docs"))

PAGES = ROOT / "docs" / "pages"
LESSON = """# %% [markdown]
# # A. A lesson
#
# Prose.

# %% tags=["needs-numpy"]
print(1)

# %% [markdown]
# This prints:
#
# ```
# 1
# ```
#
# More.
"""


def test_a_lesson_is_cells_whose_promises_are_left_to_their_outputs() -> None:
    cells = importlib.import_module("building.cells")
    parts = cells.of_lesson(LESSON)
    assert parts == ["# A. A lesson\n\nProse.", cells.Cell("print(1)", ("needs-numpy",)), "\nMore."]
    assert cells.title(parts) == "A. A lesson"


def test_a_page_has_a_cell_for_the_lines_up_to_each_output() -> None:
    cells = importlib.import_module("building.cells")
    raises = ">>> 1/0\nTraceback (most recent call last):\nZeroDivisionError: d\n"
    page = f"Text.\n\n```python\n>>> a = 1\n>>> a\n1\n{raises}\n```\nEnd."
    text, first, second, end = cells.of_page(page)
    assert (text, first.source, end) == ("Text.\n\n", "a = 1\na", "End.")
    assert (second.source, second.raises) == ("1/0", "ZeroDivisionError: d")


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.md")), ids=lambda path: str(path.relative_to(PAGES)))
def test_python_on_a_page_is_run_or_says_that_it_is_not_ours(path: Path) -> None:
    for block in re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        assert block.startswith(">>>"), "write it with >>>, so that it is run; ```py is code for another library"


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ('<a href="b.html">', ""),
        ('<a href="b.html#here">', ""),
        ('<a href="b.html#there">', "no such place"),
        ('<a href="c.html">', "no such file"),
        ('<a href="/b.html">', "not relative"),
        ('<a href="../b.html">', "leads out of the site"),
        ('<a href="https://example.org/">', ""),
        ('<img src="https://example.org/x.png">', "fetched from elsewhere"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "fetched from elsewhere"),
    ],
)
def test_links_are_followed(link: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(link, encoding="utf-8")
    (tmp_path / "b.html").write_text('<p id="here">', encoding="utf-8")
    wrong = importlib.import_module("building.links").broken(tmp_path)
    assert [re.search(r"\((.+)\)$", line)[1] for line in wrong] == ([fault] if fault else [])


def test_links_of_an_included_text_hold_from_the_page_that_includes_it(tmp_path: Path) -> None:
    included = importlib.import_module("building.included")
    text = "[a](architecture.md#errors) [b](../microgrid/ops.py) ![house](house.svg) [c](https://example.org)"
    moved = included.moved(text, "docs/promises.md", "inside/promises.md", tmp_path)
    assert moved == "[a](architecture.md#errors) b ![house](../pictures/house.svg) [c](https://example.org)"
    assert (tmp_path / "pictures" / "house.svg").is_file()


def test_source_is_shown_with_the_numbers_of_its_lines(tmp_path: Path) -> None:
    text = importlib.import_module("building.included").include(
        "{{ source microgrid/backward.py:chain }}", "a.md", tmp_path
    )
    lines = (ROOT / "microgrid" / "backward.py").read_text(encoding="utf-8").splitlines()
    number = int(re.search(r'linenums="(\d+)"', text)[1])
    assert lines[number - 1].startswith("def chain(")
    assert lines[number - 1] in text


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason='optional: python -m pip install ".[docs]"')
    pytest.importorskip("latex2mathml", reason='optional: python -m pip install ".[docs]"')
    folder = tmp_path_factory.mktemp("site") / "site"
    importlib.import_module("building.site").build(folder, say=lambda text: None)  # its links are checked there
    return folder


@pytest.mark.slow
@pytest.mark.xdist_group("site")
class TestSite:
    def test_both_languages_have_the_same_tree(self, site: Path) -> None:
        trees = [
            {path.relative_to(site / lang).as_posix() for path in (site / lang).rglob("*.html")
             if "pictures" not in path.parts} for lang in ("en", "es")
        ]  # fmt: skip
        assert trees[0] == trees[1]
        assert len(trees[0]) >= 40

    def test_what_is_not_translated_says_so(self, site: Path) -> None:
        page = (site / "es" / "inside" / "promises.html").read_text(encoding="utf-8")
        assert "aún no está en español" in page
        assert 'href="../../en/inside/promises.html"' in page

    def test_lessons_show_what_their_cells_print_and_draw(self, site: Path) -> None:
        for lang, said in (("en", "∂L/∂w"), ("es", "∂L/∂w")):
            page = (site / lang / "course" / "lesson-a.html").read_text(encoding="utf-8")
            assert page.count('class="mg-cell"') >= 10
            assert page.count('class="mg-figure"') >= 5
            assert said in page
            assert "picture: " not in re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)

    def test_each_cell_and_figure_has_a_place_of_its_own(self, site: Path) -> None:
        for page in site.glob("*/**/*.html"):
            text = page.read_text(encoding="utf-8")
            places = re.findall(r'id="((?:cell|figure)-\d+)"', text)
            assert len(places) == len(set(places))

    @pytest.mark.parametrize(("lang", "word"), [("en", "gradient"), ("es", "gradiente")])
    def test_it_can_be_searched(self, site: Path, lang: str, word: str) -> None:
        index = json.loads((site / lang / "search" / "search_index.json").read_text(encoding="utf-8"))
        assert index["config"]["lang"] == [lang]
        assert any(word in page["text"] for page in index["docs"])
