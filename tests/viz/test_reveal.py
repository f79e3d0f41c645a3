"""A walk as a section of a reveal.js presentation, shown by reveal.js in a browser."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import viz
from helpers import ROOT
from helpers.graphs import HOSTILE, lecture, named
from microgrid import parameter

REVEAL = Path(os.environ.get("REVEAL_JS", ROOT / "node_modules" / "reveal.js")) / "dist"
DECK = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{dist}/reveal.css">
<div class="reveal"><div class="slides"><section>First</section>{sections}</div></div>
<script src="{dist}/reveal.js"></script>
<script>Reveal.initialize({{width: 960, height: 540, transition: "none"}})</script>"""
SEEN = """() => {
  const shown = element => {
    for (let e = element; e && e.tagName !== "SECTION"; e = e.parentElement)
      if (getComputedStyle(e).visibility === "hidden" || getComputedStyle(e).opacity === "0") return false;
    return true;
  };
  const section = Reveal.getCurrentSlide();
  return [...section.querySelectorAll("text")].filter(shown).map(text => text.textContent).sort();
}"""
HEIGHT = "() => Reveal.getCurrentSlide().scrollHeight"
NOTES = "() => Reveal.getCurrentSlide().querySelector('.current-fragment').getAttribute('data-notes')"


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return sorted("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))


@pytest.mark.browser
@pytest.mark.skipif(not REVEAL.exists(), reason="needs reveal.js")
def test_each_fragment_shows_what_its_frame_shows_and_has_its_caption_as_notes(
    windows: Callable[..., Any], tmp_path: Path
) -> None:
    walks = [viz.steps(lecture(), slide="16:9"), viz.steps(lecture(), slide="16:9", lang="es")]
    sections = "".join(walk.reveal() for walk in walks)
    deck = tmp_path / "deck.html"
    deck.write_text(DECK.format(dist=REVEAL.as_uri(), sections=sections), encoding="utf-8")
    page = windows().new_page()
    page.goto(deck.as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    for walk in walks:
        page.evaluate("() => Reveal.next()")
        assert page.evaluate(HEIGHT) <= 540  # a pixel more, and a printed deck has empty pages
        assert page.evaluate(SEEN) == texts(walk.svg(0))
        for k in range(1, len(walk)):
            page.evaluate("() => Reveal.next()")
            assert page.evaluate(SEEN) == texts(walk.svg(k)), k
            assert page.evaluate(NOTES) == walk[k].caption
    page.close()


def test_nothing_is_loaded_and_nothing_runs(tmp_path: Path) -> None:
    (file,) = viz.steps(lecture()).save(tmp_path / "walk.html", standalone=False)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<section ")
    assert not re.search(r"<script|src=|href=|url\(|@import", text)


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_stay_text(label: str) -> None:
    walk = viz.steps(named(parameter(2.0, label) * 3.0, label))
    root = ElementTree.fromstring(walk.reveal())
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds <= {"section", "span", "svg", "title", "desc", "rect", "g", "path", "text"}
    assert root.get("data-notes") == walk[0].caption


def test_only_presentations_take_parts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a part of a presentation ends in \.tex or \.html$"):
        viz.steps(lecture()).save(tmp_path / "walk.gif", standalone=False)
    assert not list(tmp_path.iterdir())
