"""The sheet and its key, set by LaTeX: every number stands where it belongs, and none that is asked is given away."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from microgrid import exercises
from microgrid.errors import MicrogridError
from microgrid.exercises.exercise import Blank, Choice
from microgrid.exercises.kinds.table import KINDS
from microgrid.exercises.specs.templates import TEMPLATES
from microgrid.exercises.wording import decimal
from microgrid.exercises.writers import pdf
from microgrid.exercises.writers.graphs import blanked, found_numbers, shown_numbers
from microgrid.exercises.writers.latex import chosen, key, sheet_of_exercises

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("pdftotext") is None, reason="needs pdflatex and pdftotext"
)


def text_of(document: str, folder: Path) -> str:
    (folder / "sheet.pdf").write_bytes(pdf.pdf(document))
    run = subprocess.run(["pdftotext", "-layout", "sheet.pdf", "-"], cwd=folder, capture_output=True, check=True)
    return run.stdout.decode()


@needs_latex
@pytest.mark.latex
@pytest.mark.parametrize(("spec", "lang"), [("line", "en"), ("reuse", "es"), ("three-sigmoids", "es"), ("2-2-1", "en")])
def test_a_sheet_and_its_key_are_set(spec: str, lang: str, tmp_path: Path) -> None:
    sheet = exercises.make(spec, len(KINDS), seed=4, lang=lang)
    text, answers = text_of(sheet_of_exercises(sheet), tmp_path), text_of(key(sheet), tmp_path)
    for exercise in sheet:
        title = f"{exercise.number}. "
        assert title in text
        assert title in answers
        for blank in exercise.blanks:
            if isinstance(blank, Blank):
                assert decimal(blank.expected).replace("−", "-") in answers.replace("−", "-")
    assert ("Soluciones" if lang == "es" else "Key to the exercises") in answers


def test_a_picture_has_a_slot_for_each_number() -> None:
    for spec in ("line", "softmax", "2-2-1", "two-two-two"):
        sheet = exercises.make(spec, 4, seed=4)
        named = sheet.calculation.named
        slots = re.findall(r'data-slot="(\w+) (\d+)"', blanked(sheet).svg)
        assert sorted(slots) == sorted((kind, str(k)) for k in named for kind in ("value", "gradient"))
        assert re.findall(r">\s*[−-]?\d+\.\d+\s*<", blanked(sheet).svg) == []
        _, options, _ = chosen(sheet)  # parameters may stand in the formulas alone, and then below the picture
        drawn = re.findall(r'data-slot="(\w+ \d+)"', blanked(sheet, **options).svg)
        document = sheet_of_exercises(sheet)
        assert sorted(re.findall(r"\\slot\{(\w+ \d+)\}", document)) == sorted(drawn)
        missing = {k for k in named if f"value {k}" not in drawn}
        assert missing <= {sheet.calculation.index[name] for name in sheet.spec.parameters}
        assert spec not in ("line", "softmax") or not missing


@pytest.mark.parametrize("spec", [*TEMPLATES, "2-2-1", "2-2-2", "3-3-2 tanh", "2-4-3"])
def test_letters_are_eight_points_high_and_the_picture_is_on_the_page(spec: str) -> None:
    """By the sizes in the drawing, its scale, and the page that is left by the margins."""
    document = sheet_of_exercises(exercises.make(spec, 1, seed=1))
    scale = float(re.findall(r"scalebox\{([\d.]+)\}", document)[0])
    base = float(re.findall(r"every node/.style=\{font=\\sffamily\\fontsize\{([\d.]+)\}", document)[0])
    sizes = [base * float(times) for times in re.findall(r"\\node\[[^]]*scale=([\d.]+)\]", document)]
    width, height = map(float, re.findall(r"\(0,0\) rectangle \(([\d.]+),([\d.]+)\)", document)[0])
    assert min(sizes) * scale > 8
    across = "landscape" in document
    page = (842 - 14 / 25.4 * 72, 595 - 27 / 25.4 * 72) if across else (595 - 42 / 25.4 * 72, 842 - 42 / 25.4 * 72)
    assert width * scale < page[0]
    assert height * scale < 0.75 * page[1]


def test_what_is_asked_for_does_not_stand_in_the_picture() -> None:
    sheet = exercises.make("reuse", 8, seed=4)
    for exercise in sheet:
        if exercise.kind not in ("forward", "backward"):
            continue
        shown, found = shown_numbers(sheet, exercise), found_numbers(sheet, exercise)
        which = exercise.kind == "backward"
        assert len(found[which]) - len(shown[which]) == len(exercise.blanks)
        picture = blanked(sheet).filled(*shown)
        assert picture.count("∂ŷ/∂") == 0


def test_a_key_names_the_right_choice() -> None:
    sheet = exercises.make("reuse", 16, seed=4)
    document = key(sheet)
    assert all(isinstance(blank, Blank | Choice) for each in sheet for blank in each.blanks)
    assert document.count(r"\begin{minipage}") == 16


def test_without_latex_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "which", lambda name: None)
    with pytest.raises(MicrogridError, match="write the format latex"):
        pdf.pdf("")


@needs_latex
@pytest.mark.latex
def test_what_latex_cannot_set_is_said() -> None:
    with pytest.raises(MicrogridError, match="LaTeX could not set the sheet: Undefined control sequence"):
        pdf.pdf(r"\documentclass{article}\begin{document}\nothing\end{document}")
