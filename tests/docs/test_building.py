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


def test_every_caption_of_the_gallery_is_in_spanish_and_none_is_left_over() -> None:
    gallery, captions = (importlib.import_module(f"building.{name}") for name in ("gallery", "captions"))
    slides = [gallery.SLIDE.match(row.slide)[1] for row in importlib.import_module("lectures").rows()]
    assert sorted(slides) == sorted(captions.SLIDES)
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    shown = captions.translated(text)
    assert shown.count("![") == text.count("![")
    assert [english for english in captions.TEXTS if english not in text] == []
    assert [spanish for spanish in captions.TEXTS.values() if spanish not in shown] == []


def test_the_house_speaks_spanish() -> None:
    captions = importlib.import_module("building.captions")
    english = (ROOT / "docs" / "house.svg").read_text(encoding="utf-8")
    spanish = captions.house(english)
    assert "<title>Las habitaciones" in spanish
    assert spanish.count(" archivos<") == english.count(" files<") > 10
    assert " files<" not in spanish


def test_a_page_in_a_page_is_called_what_it_calls_itself(tmp_path: Path) -> None:
    nodes = importlib.import_module("microgrid").parse("L = w*x", w=2, x=3)
    walk = importlib.import_module("viz").steps(nodes["L"], lang="es")
    (shown,) = importlib.import_module("building.shown").display(walk, tmp_path / "walk", "es")
    assert (shown["kind"], shown["alt"]) == ("page", "L = w · x")
    assert "<title>L = w · x</title>" in (tmp_path / shown["file"]).read_text(encoding="utf-8")


def test_a_plot_of_ones_own_is_described_in_the_language_of_the_page(tmp_path: Path) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    figure.subplots().set(xlabel="t", ylabel="x")
    display = importlib.import_module("building.shown").display
    said = [display(figure, tmp_path / "plot", lang)[0]["alt"] for lang in ("en", "es")]
    assert said == ["Plot of x over t", "Gráfica de x frente a t"]


def test_what_pages_include_is_there(tmp_path: Path) -> None:
    include = importlib.import_module("building.included").include
    for path in sorted(PAGES.rglob("*.md")):
        place = path.relative_to(PAGES).as_posix().partition("/")[2]
        shown = include(path.read_text(encoding="utf-8"), place, tmp_path)
        assert re.findall(r"\{\{ (?!lessons|slides)\w+", shown) == [], path
    rows = re.compile(r"^\| `.+` \| `.+` \|$", re.MULTILINE)
    for page in ("pytorch", "keras", "jax"):
        texts = ((PAGES / lang / "users" / f"{page}.md").read_text(encoding="utf-8") for lang in ("en", "es"))
        first, second = (rows.findall(include(text, f"users/{page}.md", tmp_path)) for text in texts)
        assert first[:12] == second[:12]


def test_a_page_that_is_in_english_alone_has_a_spanish_title() -> None:
    first, second = ({path.relative_to(PAGES / lang).as_posix() for path in (PAGES / lang).rglob("*.md")}
                     for lang in ("en", "es"))  # fmt: skip
    assert second <= first
    assert set(importlib.import_module("building.words").TITLES) == first - second


def test_a_page_takes_a_picture_of_the_repository(tmp_path: Path) -> None:
    text = "![a]({{ picture docs/gallery_path.svg }})"
    shown = importlib.import_module("building.included").include(text, "guide/a.md", tmp_path)
    assert shown == "![a](../pictures/gallery_path.svg)"
    assert (tmp_path / "pictures" / "gallery_path.svg").is_file()


def test_what_doctest_is_told_is_not_shown_and_what_it_skips_is_no_cell() -> None:
    cells = importlib.import_module("building.cells")
    (cell,) = cells.of_page("```python\n>>> 1.5  # doctest: +ELLIPSIS\n1...\n\n```\n")
    assert cell.source == "1.5"
    skipped = "```python\n>>> 1  # doctest: +SKIP\n2\n\n```\n"
    assert cells.of_page(skipped) == [skipped]


def test_every_picture_and_page_is_a_figure_with_a_link() -> None:
    Page, Cell = (importlib.import_module(f"building.{where}") for where in ("markup", "cells"))
    page = Page.Page("en", "A page", "../pictures")
    made = ({"kind": "page", "file": "walk.html", "alt": "Steps of L"},)
    text = page.markdown(["![E[x] of x](x.svg)", Cell.Cell("viz.steps(L)", made=made)], [])
    assert [re.search(f'<figure[^>]*id="figure-{n}".*?href="#figure-{n}"', text) is not None for n in (1, 2)] == [
        True,
        True,
    ]
    assert 'alt="E[x] of x"' in text
    assert '<a href="../pictures/walk.html" target="_blank">' in text


@pytest.mark.slow
def test_the_site_is_whole(tmp_path: Path) -> None:
    """One test, so that it is built once, however many processes the tests have; links are followed by the build."""
    for name in ("mkdocs", "material", "latex2mathml"):
        pytest.importorskip(name, reason='optional: python -m pip install ".[docs]"')
    site = tmp_path / "site"
    importlib.import_module("building.site").build(site, say=lambda text: None)
    pages = {lang: _pages(site / lang) for lang in ("en", "es")}
    assert set(pages["en"]) == set(pages["es"])
    assert len(pages["en"]) >= 40
    for lang, word in (("en", "gradient"), ("es", "gradiente")):
        _has_cells_with_outputs(pages[lang])
        index = json.loads((site / lang / "search" / "search_index.json").read_text(encoding="utf-8"))
        assert index["config"]["lang"] == [lang]
        assert any(word in page["text"] for page in index["docs"])
    assert "está solo en inglés" in pages["es"]["changelog.html"]
    assert 'title="Enlace a esta sección"' in pages["es"]["start.html"]
    assert "Permanent link" not in pages["es"]["start.html"]
    shown = sorted((site / "es" / "pictures").glob("gallery_*.svg"))
    assert len(shown) == len([*(ROOT / "docs").glob("gallery_*.svg")])
    assert [path.name for path in shown if ' lang="es"' not in path.read_text(encoding="utf-8")[:1000]] == []
    names = {page["title"] for page in index["docs"]}  # of Spanish, which is read last
    assert {"bce", "fit", "draw", "CosineAnnealingLR"} <= {re.sub("<.*?>", "", name) for name in names}
    assert 'href="../en/changelog.html"' in pages["es"]["changelog.html"]


def _pages(folder: Path) -> dict[str, str]:
    """The texts of the pages by their places, without the pages that stand inside of them."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.html")}
    texts = {place: path.read_text(encoding="utf-8") for place, path in found.items()}
    return {place: text for place, text in texts.items() if not place.startswith("pictures/")}


def _has_cells_with_outputs(pages: dict[str, str]) -> None:
    lesson = pages["course/lesson-a.html"]
    assert lesson.count('class="mg-cell"') >= 10
    assert lesson.count('class="mg-figure"') >= 5
    assert "∂L/∂w" in lesson
    assert "picture: " not in re.sub(r"<code.*?</code>", "", lesson, flags=re.DOTALL)
    for text in pages.values():
        places = re.findall(r'id="((?:cell|figure)-\d+)"', text)
        assert len(places) == len(set(places))


def test_a_cell_that_uses_what_numpy_made_needs_it_too():
    from building import cells

    page = (
        "```python\n>>> import math\n>>> 1\n1\n>>> import json, numpy as np\n>>> x = np.ones(2); n = 2\n>>> n\n2\n"
        ">>> y = len(x)\n>>> y\n2\n>>> math.pi > y\nTrue\n>>> json.dumps(n)\n'2'\n>>> math.pi > 3\nTrue\n"
        ">>> x = 3\n>>> x\n3\n>>> x + 1\n4\n```\n"
    )
    tagged = [cell.source for cell in cells.of_page(page) if isinstance(cell, cells.Cell) and cell.tags]
    assert tagged[0].startswith("import json, numpy")
    assert tagged[1:3] == ["y = len(x)\ny", "math.pi > y"]
    assert tagged[3] == "json.dumps(n)"
    assert not {"math.pi > 3", "x + 1"} & set(tagged)
