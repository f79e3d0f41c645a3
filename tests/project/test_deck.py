"""The talk that docs/deck.py makes, in each of its formats."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest
from pptx import Presentation

from helpers import ROOT


@pytest.fixture(scope="module")
def deck() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deck", ROOT / "docs" / "deck.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore:.*slide can be read")
def test_the_gradients_of_the_backward_slide_are_the_lectures(deck: ModuleType) -> None:
    """L = (ŷ − y)², ŷ = wx + b at w = 2, b = 1, (3, 9): ∂L/∂ŷ = 2(ŷ − y) = −4."""
    figure = deck.slides("16:9")[4]
    told = {}
    for group in figure._scene.groups:
        words = " ".join(item.text for item in group.texts)
        told |= {match[1]: float(match[2].replace("−", "-")) for match in re.finditer(r"∂L/∂(\S+) = (−?\d+)", words)}
    assert {name: told.get(name) for name in "wbxy"} == {"w": -12, "b": -4, "x": -8, "y": 4}


def test_the_deck_is_not_made_with_warnings(deck: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice() -> str:
        graph = deck.lecture()
        graph.backward()
        return ""

    monkeypatch.setattr(deck, "beamer", twice)
    with pytest.raises(UserWarning, match="gradients"):
        deck.main(tmp_path)


@pytest.mark.slow
def test_one_script_makes_twelve_slides_for_each_program(deck: ModuleType, tmp_path: Path) -> None:
    deck.main(tmp_path)
    page = (tmp_path / "talk.html").read_text(encoding="utf-8")
    assert len(re.findall("<section", page)) == 12
    steps = max(int(k) for k in re.findall(r'data-fragment-index="(\d+)"', page)) + 1
    slides = Presentation(str(tmp_path / "talk.pptx")).slides
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert len(set(titles)) == 12
    assert len(titles) == 12 + steps
    latex = (tmp_path / "talk.tex").read_text(encoding="utf-8")
    assert latex.count(r"\begin{frame}") == 12
    scales = [float(scale) for scale in re.findall(r"\\node\[.*scale=([\d.]+)\]", latex)]
    assert 10 * min(scales) >= 8
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-3000:]
    assert f"({12 + steps} pages" in said
    assert "Overfull" not in said
