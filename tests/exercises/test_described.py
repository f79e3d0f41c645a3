"""What a sheet's picture says to those who cannot see it: this exercise's known numbers, and no answers."""

from __future__ import annotations

import base64
import json
import re
from html import unescape

import pytest

from helpers.moodle import read
from microgrid import exercises
from microgrid.exercises.exercise import Exercise
from microgrid.exercises.outputs import Exercises
from microgrid.exercises.wording import decimal, typeset
from microgrid.exercises.writers.moodle import moodle
from microgrid.exercises.writers.notebook import notebook
from microgrid.exercises.writers.page import page

NUMBER = re.compile(r"(\w+[̂]?\w*)(?: = [^;]*?)? (?:has value|tiene valor) (−?[\d.]+)")
SPECS = ["line", "reuse", "2-2-1 sigmoid", "L = max(w*x, b)**2; w, x, b in 2..9"]


def values(text: str) -> dict[str, str]:
    return dict(NUMBER.findall(text.rstrip(".")))


def shown(exercise: Exercise) -> dict[str, str]:
    """The values that the exercise shows, by the names of their nodes."""
    numbers = exercise.given | exercise.known | {r.name: r.value for r in exercise.table if r.value is not None}
    return {typeset(name): decimal(x) for name, x in numbers.items()}


def descriptions(sheet: Exercises) -> dict[str, list[str]]:
    questions = read(moodle(sheet))[1]
    cells = [cell for cell in json.loads(notebook(sheet))["cells"] if "attachments" in cell]
    files = [base64.b64decode(cell["attachments"]["graph.svg"]["image/svg+xml"]).decode() for cell in cells]
    data = re.search(r'id="data">(.*?)</script>', page(sheet), re.DOTALL)
    assert data
    return {
        "moodle": [unescape(re.findall('alt="([^"]*)"', question.html)[0]) for question in questions],
        "moodle file": [_described(question.files["graph.svg"].decode()) for question in questions],
        "notebook": [re.findall(r"!\[(.*)\]\(", cell["source"])[0] for cell in cells],
        "notebook file": [_described(file) for file in files],
        "page": [exercise["described"] for exercise in json.loads(data[1])["texts"][sheet.lang]["exercises"]],
    }


def _described(svg: str) -> str:
    return unescape(re.findall("<desc[^>]*>(.*?)</desc>", svg)[0])


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("spec", SPECS)
def test_a_description_has_the_numbers_that_its_exercise_shows_and_no_others(spec: str, lang: str) -> None:
    sheet = exercises.make(spec, 8, seed=5, lang=lang)
    for where, texts in descriptions(sheet).items():
        assert len(texts) == len(sheet), where
        for text, exercise in zip(texts, sheet, strict=True):
            assert values(text) == shown(exercise), (where, exercise.number)
            gradients = {typeset(r.name): decimal(r.gradient) for r in exercise.table if r.gradient is not None}
            assert dict(re.findall(r"∂\w+/∂([^ ]+) = (−?[\d.]*\d)", text)) == gradients
            assert "gradient" not in text


def test_without_an_exercise_a_description_has_no_number() -> None:
    picture = page(exercises.make("line", 2, seed=5))
    assert _described(picture) == (
        "A computational graph of 8 nodes: parameter w; input x; operation z = w · x; parameter b; "
        "operation ŷ = z + b; input y; operation e = ŷ − y; operation L = e²."
    )


def test_boxes_are_called_by_their_formula_and_role_though_a_formula_has_a_comma() -> None:
    picture = page(exercises.make("L = max(w*x, b)**2; w, x, b in 2..9", 2, seed=5))
    assert 'aria-label="L = max(w · x, b)², operation"' in picture
