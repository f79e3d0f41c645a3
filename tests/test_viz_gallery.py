"""The pictures in viz/README.md are those that its text speaks of, as they are drawn today."""

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

pytestmark = pytest.mark.skipif(not (DOCS / "gallery.py").exists(), reason="optional: only the package is here")


def gallery() -> object:
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_page_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"\]\(\.\./docs/gallery_(\w+)\.svg\)", (ROOT / "viz" / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(gallery().GALLERY)
    assert sorted(path.stem.removeprefix("gallery_") for path in DOCS.glob("gallery_*.svg")) == sorted(shown)


def test_the_files_say_what_is_drawn_today() -> None:
    """Their texts; where these stand depends on the version of Graphviz."""
    drawn = gallery()
    for name in drawn.GALLERY:
        kept = (DOCS / f"gallery_{name}.svg").read_text(encoding="utf-8")
        assert len(kept.encode()) < 40_000
        assert sorted(texts(kept)) == sorted(texts(drawn.picture(name).svg())), name
