"""Where Beamer puts a walk: on the whole page whatever the theme, and on paper its last overlay alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import viz
from helpers.lecture_graphs import LECTURE_GRAPHS
from viz.drawing.scene import Text

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*slide can be read"),
    pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("pdftotext")), reason="needs pdflatex"),
]

THEMES = {
    "default": "",
    "Madrid": r"\usetheme{Madrid}",
    "sidebar": r"\usetheme{Berkeley}",
    "unequal margins": r"\setbeamersize{text margin left=3mm,text margin right=12mm}",
}
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">([^<]*)<')


def pages(folder: Path, walk: viz.Steps, options: str = "", preamble: str = "") -> list[list[tuple]]:
    """The words of each page that a walk takes in a presentation: left, top, right, bottom and the word."""
    (folder / "walk.tex").write_text(walk.tikz(), encoding="utf-8")
    (folder / "talk.tex").write_text(
        rf"\documentclass[aspectratio=169{options}]{{beamer}}\usepackage[T1]{{fontenc}}\usepackage{{tikz}}"
        f"\n{preamble}\n\\begin{{document}}\\input{{walk}}\\end{{document}}\n"
    )
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    said = subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=120).stdout
    assert b"Overfull" not in said
    read = ["pdftotext", "-bbox", "talk.pdf", "-"]
    text = subprocess.run(read, cwd=folder, capture_output=True, text=True, check=True).stdout
    words = [WORD.findall(page) for page in text.split("<page ")[1:]]
    return [[(*map(float, place), word) for *place, word in page] for page in words]


@pytest.mark.parametrize(("theme", "placed"), [*((theme, "") for theme in THEMES), ("Madrid", ",t")])
def test_a_walk_lies_on_the_page_as_it_was_drawn(theme: str, placed: str, tmp_path: Path) -> None:
    walk = viz.steps(LECTURE_GRAPHS["perceptron"][0](), slide="beamer")
    scene = walk._film.scene(len(walk) - 1)
    texts = [item for item in scene.items() if isinstance(item, Text)]
    *_, words = pages(tmp_path, walk, placed, THEMES[theme])
    width, height = scene.size
    assert all(left >= 0 and right <= width + 0.1 for left, _, right, _, _ in words)
    assert all(top >= 0 and bottom <= height + 0.1 for _, top, _, bottom, _ in words)
    # TeX's letters are not as wide as those of the drawing: what begins at a place tells where it lies
    begun = [text for text in texts if text.anchor != "middle"]
    assert len(begun) > 3
    first = min(begun, key=lambda text: (round(text.at[0]), text.at[1]))
    assert min(left for left, *_ in words) == pytest.approx(first.at[0], abs=2)
    (step,) = (text for text in texts if text.text.startswith(f"step {len(walk) - 1}"))
    (place,) = (word for word in words if word[4] == "step")
    assert place[0] == pytest.approx(step.at[0], abs=2)
    assert place[1] < step.at[1] < place[3] + 2


@pytest.mark.parametrize("mode", ["handout", "trans"])
def test_on_paper_a_walk_is_its_last_overlay(mode: str, tmp_path: Path) -> None:
    walk = viz.steps(LECTURE_GRAPHS["perceptron"][0](), slide="beamer")
    *_, last = pages(tmp_path, walk)
    (paper,) = pages(tmp_path, walk, f",{mode}")
    # which letters make a word depends on the fonts' boxes, and those on which letters a file has
    assert sorted("".join(word for *_, word in paper)) == sorted("".join(word for *_, word in last))
    assert [word for *_, word in paper].count("step") == 1
