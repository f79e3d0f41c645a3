"""Every cell of the lessons that needs no NumPy shows in Chromium, which reaches no network, what CPython shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from helpers import needs_checkout
from helpers.cell_pages import MINUTES, PATIENT, READ, put, repeatable
from helpers.lessons import NEEDS_NUMPY, lesson
from helpers.pyodide import needs_pyodide

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_checkout, needs_pyodide]

LANGUAGES = os.environ.get("MICROGRID_LESSONS", "es").split()
"""The program is the same in both (tests/course/test_lessons.py): one is run each time, and both before a release."""


def written(site: Path, path: Path, lang: str, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Write the page of a lesson, as the site has it but for its prose, and return the cells that it has.

    Without programs on the PATH, pictures are laid out by pygraphviz, whose Graphviz is that of viz.js.
    """
    from building import running
    from building.cells import Cell, of_lesson
    from building.markup import Page

    monkeypatch.setattr(running, "CACHE", scratch)
    monkeypatch.setenv("PATH", str(scratch))

    parts = of_lesson(path.read_text(encoding="utf-8"))
    own = [part for part in parts if isinstance(part, Cell) and NEEDS_NUMPY not in part.tags]
    shown = running.outputs(f"{path.stem}-{lang}", lang, own, site / "pictures")
    monkeypatch.undo()
    page = Page(lang, path.stem, "../pictures")
    put(site, f"{lang}/{path.stem}.html", lang, page.markdown(own, shown))
    return own


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("letter", "abcdefgh")
def test_cells_of_a_lesson_show_what_cpython_shows(
    letter: str,
    lang: str,
    site: Path,
    base: str,
    browser: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = lesson(letter, lang)
    own = written(site, path, lang, tmp_path, monkeypatch)
    opened = browser.new_page()
    opened.goto(f"{base}/{lang}/{path.stem}.html")
    before = opened.evaluate(READ)
    assert len(before) == len(own)
    opened.evaluate(PATIENT)
    opened.evaluate("() => void microgridCells.runAll().then(() => (window.ended = true))")
    opened.wait_for_function("window.ended", timeout=MINUTES * 60_000)
    states = opened.evaluate("microgridCells.cells.map(cell => cell.node.dataset.state)")
    after = opened.evaluate(READ)
    for cell, state, there, here in zip(own, states, after, before, strict=True):
        assert state == "done", f"{cell.source}\n\n{there}"
        assert repeatable(there) == repeatable(here), cell.source
