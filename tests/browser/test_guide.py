"""Every cell of the guide and of the other written pages that needs no NumPy shows in Chromium what CPython shows."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from helpers import needs_checkout
from helpers.cell_pages import MINUTES, PATIENT, READ, put, repeatable
from helpers.lessons import NEEDS_NUMPY, PAGES
from helpers.pyodide import needs_pyodide

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_checkout, needs_pyodide]

NO_ATTRIBUTE = re.compile(r"^AttributeError: .*has no attribute '(\w+)'.*")
"""Nodes that are not compiled keep no attributes; Python says so in its words (docs/from-micrograd.md#attributes)."""

PLACES = re.compile(r'(?<= )(?:d|points|transform|viewBox|c?x[12]?|c?y[12]?|rx?|ry|width|height)=\\*"[^"]*"')
"""The attributes of a picture that say where something stands."""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
HUNDREDTH = 0.0101
"""Of a point, by which a place may differ: where it lies half-way between two, another Python rounds to the other."""

FORGET = """\
for _name in [name for name in globals() if not name.startswith("_")]:
    del globals()[_name]"""
"""Stands between the pages: one Python runs them all, and each begins with no names."""


def pages(lang: str, scratch: Path) -> dict[str, list[Any]]:
    """The cells of each page; in Spanish of those pages alone whose program is another one."""
    from building import course, included
    from building.cells import Cell, of_page

    found = {}
    for path in sorted((PAGES / lang).rglob("*.md")):
        place = path.relative_to(PAGES / lang).as_posix()
        text = included.include(course.fill(path.read_text(encoding="utf-8"), lang), place, scratch, lang)
        found[place] = [part for part in of_page(text) if isinstance(part, Cell)]
    if lang != "en":
        english = pages("en", scratch)
        found = {place: own for place, own in found.items() if own != english.get(place)}
    return {place: own for place, own in found.items() if own}


def comparable(shown: list[list[str]]) -> str:
    return str([[kind, NO_ATTRIBUTE.sub(r"no attribute \1", text)] for kind, text in repeatable(shown)])


def alike(ours: str, theirs: str) -> bool:
    """Whether pictures are the same, but for the last digit of places."""
    if PLACES.sub("", ours) != PLACES.sub("", theirs):
        return False
    ours, theirs = (" ".join(PLACES.findall(text)) for text in (ours, theirs))
    if NUMBER.sub("", ours) != NUMBER.sub("", theirs):
        return False
    pairs = zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True)
    return all(a == b or abs(float(a) - float(b)) < HUNDREDTH for a, b in pairs)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_cells_of_the_pages_show_what_cpython_shows(
    lang: str, site: Path, base: str, browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from building import running
    from building.cells import Cell
    from building.markup import Page

    own, places = [], []
    for place, cells in pages(lang, tmp_path / "pages").items():
        chosen = [cell for cell in cells if NEEDS_NUMPY not in cell.tags]
        own += [Cell(FORGET), *chosen]
        places += [place] * (len(chosen) + 1)
    assert sum(cell.source != FORGET for cell in own) > (40 if lang == "en" else 5)

    monkeypatch.setattr(running, "CACHE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))  # so that pygraphviz lays out, whose Graphviz is that of viz.js
    shown = running.outputs(f"guide-{lang}", lang, own, site / "pictures")
    monkeypatch.undo()
    put(site, f"{lang}/guide.html", lang, Page(lang, "guide", "../pictures").markdown(own, shown))

    opened = browser.new_page()
    opened.goto(f"{base}/{lang}/guide.html")
    before = opened.evaluate(READ)
    opened.evaluate(PATIENT)
    opened.evaluate("() => void microgridCells.runAll().then(() => (window.ended = true))")
    opened.wait_for_function("window.ended", timeout=MINUTES * 60_000)
    states = opened.evaluate("microgridCells.cells.map(cell => cell.node.dataset.state)")
    after = opened.evaluate(READ)
    amiss = []
    for place, cell, state, there, here in zip(places, own, states, after, before, strict=True):
        ours, theirs = comparable(here), comparable(there)
        same = alike(ours, theirs) if any(kind != "text" for kind, _ in here) else ours == theirs
        if state != ("failed" if cell.raises else "done") or not same:
            k = max(0, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs))) - 200)
            amiss.append(f"{place}: {cell.source}\n  there: {theirs[k : k + 400]}\n  here:  {ours[k : k + 400]}")
    assert not amiss, "\n\n".join(amiss)
