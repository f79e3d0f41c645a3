"""The pictures in both READMEs are those that their texts speak of, as they are drawn today."""

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from helpers import ROOT, needs_checkout

DOCS = ROOT / "docs"

pytestmark = needs_checkout


def gallery() -> object:
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_pages_show_every_picture_and_no_other() -> None:
    pages = [(ROOT / place).read_text(encoding="utf-8") for place in ("README.md", "viz/README.md")]
    drawn = gallery()
    for suffix, names in (("svg", [*drawn.GALLERY, *drawn.WALKS]), ("png", drawn.PHOTOGRAPHS)):
        shown = {name for text in pages for name in re.findall(rf"docs/gallery_(\w+)\.{suffix}\)", text)}
        assert shown == set(names)
        assert {path.stem.removeprefix("gallery_") for path in DOCS.glob(f"gallery_*.{suffix}")} == set(names)
    others = {path.name for path in DOCS.glob("*.*g") if not path.name.startswith("gallery_")}
    assert others == {"house.svg"}  # which docs/house.py draws


def test_the_files_say_what_is_drawn_today(tmp_path: Path) -> None:
    """Their texts; where these stand depends on the version of Graphviz."""
    drawn = gallery()
    for name in [*drawn.GALLERY, *drawn.WALKS]:
        kept = (DOCS / f"gallery_{name}.svg").read_text(encoding="utf-8")
        assert len(kept.encode()) < 70_000
        assert sorted(texts(kept)) == sorted(texts(drawn.draw(name, tmp_path).read_text(encoding="utf-8"))), name


def test_the_photographs_were_made_of_what_is_said_today() -> None:
    from PIL import Image

    drawn = gallery()
    for name in drawn.PHOTOGRAPHS:
        file = DOCS / f"gallery_{name}.png"
        assert file.stat().st_size < 50_000
        with Image.open(file) as image:
            assert image.width >= 800
            assert image.text["Description"] == drawn.description(name), name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tikz", marks=pytest.mark.latex), pytest.param("beamer", marks=pytest.mark.latex),
        pytest.param("page", marks=pytest.mark.browser),
    ],
)  # fmt: skip
def test_a_photograph_can_be_taken_again(name: str, tmp_path: Path) -> None:
    """It has about as much on it as the one that is kept."""
    import numpy as np
    from PIL import Image

    file = gallery().photograph(name, tmp_path)
    if file is None:
        pytest.skip("needs pdflatex and pdftoppm, or chromium")

    def ink(path: Path) -> float:
        with Image.open(path) as image:
            return float((np.asarray(image.convert("L").resize((300, 150))) < 200).mean())

    assert ink(file) == pytest.approx(ink(DOCS / file.name), rel=0.3)
