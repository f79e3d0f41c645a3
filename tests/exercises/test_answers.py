"""Answers in a notebook, and the command that writes exercises."""

from __future__ import annotations

import json
import re
import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from microgrid import exercises
from microgrid.cli.commands import main
from microgrid.exercises.exercise import Choice

LINE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2; w in -3..3 step 0.5; b in -2..2; x in 1..5; y in 1..9"


def test_a_mistake_of_each_kind_has_its_own_answer() -> None:
    sheet = exercises.make("reuse", 8, seed=7)
    said = {
        mistake.kind: str(blank.judged(mistake.value)[1])
        for exercise in sheet for blank in exercise.blanks if hasattr(blank, "mistakes") for mistake in blank.mistakes
    }  # fmt: skip
    wanted = {"sign", "only_local", "only_gradient", "one_path", "not_accumulated", "no_rate", "uphill", "left_out"}
    assert wanted <= said.keys()
    assert len({said[kind] for kind in wanted}) == len(wanted)


def test_answers_are_checked_by_name() -> None:
    sheet = exercises.make(LINE, 4, seed=2, kinds=["backward"])
    blanks = {blank.key: blank for blank in sheet[3].blanks}
    right = {key: str(blank.expected) for key, blank in blanks.items()}
    assert exercises.answer("q4", **right)
    verdict = exercises.answer("q4", w=-blanks["w"].expected)
    assert not verdict
    assert "✗ ∂L/∂w: The size is right, but not the sign." in repr(verdict)
    assert "Still to be answered: e, yhat, b, z." in repr(verdict)
    spanish = exercises.make(LINE, 4, seed=2, kinds=["backward"], lang="es")
    assert repr(spanish.answer("q4", w=-blanks["w"].expected)).startswith("✗ ∂L/∂w: El tamaño es correcto")
    with pytest.raises(LookupError, match="does not ask for 'v': it asks for"):
        sheet.answer("q4", v=1)
    with pytest.raises(LookupError, match="they are q1 to q4"):
        sheet.answer("q5", w=1)
    for wrong in ("many", float("nan"), None, "1/0", "9" * 50, "1e999999999"):
        with pytest.raises((ValueError, TypeError), match="w is a"):
            sheet.answer("q4", w=wrong)
    assert sheet.answer("q4", e="−0,5") is not None


def test_a_verdict_names_what_was_asked_in_its_language() -> None:
    sheet = exercises.make("line", 1, seed=5, kinds=["wrong-number"], lang="es")
    choice, blank = sheet[0].blanks
    assert isinstance(choice, Choice)
    right = repr(sheet.answer("q1", wrong="abcdefgh"[choice.right], right=blank.expected)).splitlines()
    assert right[0].startswith("✓ ¿Qué número es erróneo? Correcto.")
    assert right[1].startswith("✓ el número correcto: Correcto")
    step = exercises.make("line", 1, seed=5, kinds=["update"], lang="es")
    assert repr(step.answer("q1", w=12345)).startswith("✗ w nuevo: ")


def test_what_the_command_refuses_is_named_as_it_is_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises", "line", "-n", "0", "-o", str(tmp_path / "out")]) != 0
    assert "-n is at least 1, got 0" in capsys.readouterr().err.replace("--n", "(two strokes)")


def test_too_few_says_that_ones_and_equal_factors_are_passed_over() -> None:
    with pytest.raises(exercises.TooFew, match="factors that are 1 or equal are passed over unless a list"):
        exercises.make("L = w*x; w in 1..2; x in 1..2", 3)
    assert exercises.make("L = w*x; w in 1, 2; x in 2, 3", 1)


@pytest.mark.parametrize("file", ["exercises.txt", "key.txt", "exercises.tex", "key.tex", "exercises.html"])
def test_paper_says_how_it_is_made_again(file: str, tmp_path: Path) -> None:
    exercises.make("reuse", 2, seed=734).save(tmp_path, ["text", "latex", "html"])
    text = (tmp_path / file).read_text(encoding="utf-8").replace("$", "")
    typed = text.replace("-{}", "-").replace(r"\ \allowbreak{}", " ")
    assert "microgrid exercises reuse -n 2 --seed 734" in typed


LISTED = "ŷ = w*x + b\nL = (ŷ − 2)**2;w in −3..3 step 0.5\nb, x in 2, 4, 5; eta in 0.5"


@pytest.mark.parametrize(("spec", "options"), [
    ("reuse", {}),
    ("2-2-1 sigmoid", {"kinds": ["backward", "forward"]}),
    ("line", {"kinds": ["update"], "params": ["x", "b"], "lang": "es"}),
    ("three-sigmoids", {"kinds": ["vanishing"], "only": 3}),
    (LISTED, {"lang": "es"}),
])  # fmt: skip
def test_the_command_on_the_sheet_makes_the_same_sheet(spec: str, options: dict[str, Any], tmp_path: Path) -> None:
    sheet = exercises.make(spec, 5, seed=11, **options)
    sheet.save(tmp_path / "first", ["text", "json", "moodle"])
    said = (tmp_path / "first" / "exercises.txt").read_text(encoding="utf-8")
    command = re.findall(r"^.*: (microgrid exercises .*)$", said, re.MULTILINE)
    assert len(command) == 1
    words = shlex.split(command[0])[1:]
    assert main([*words, "-o", str(tmp_path / "again"), "--formats", "text,json,moodle"]) == 0
    for file in ("exercises.txt", "key.txt", "moodle.xml", "exercises.json"):
        first, again = ((tmp_path / folder / file).read_text(encoding="utf-8") for folder in ("first", "again"))
        if "\n" in spec:  # a line that is typed has semicolons
            first, again = (_without_source(text) for text in (first, again))
        assert first == again


def _without_source(text: str) -> str:
    return re.sub(r'"specification": .*|microgrid-[0-9a-f]{8}-', "", text)


def test_the_command_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "new" / "out")
    assert main(["exercises", LINE, "-n", "6", "--seed", "7", "-o", out, "--formats", "json,text", "--lang", "es"]) == 0
    assert "Derivadas del grafo: verificado." in capsys.readouterr().out
    data = json.loads((tmp_path / "new" / "out" / "exercises.json").read_text(encoding="utf-8"))
    assert [each["number"] for each in data["exercises"]] == [1, 2, 3, 4, 5, 6]
    assert data["proof"]["ok"] is True
    again = exercises.make(data["specification"], 6, seed=data["seed"], lang=data["lang"])
    assert [str(Fraction(x)) for x in data["exercises"][2]["given"].values()] == list(map(str, again[2].given.values()))
    assert (tmp_path / "new" / "out" / "key.txt").read_text(encoding="utf-8").startswith("Ejercicios: ")


@pytest.mark.parametrize(("arguments", "said"), [
    (["L = (w*x)**2; w, x in 2..4", "-n", "200"], "give 6 exercises"),
    (["line", "--kinds", "sums"], "sums"),
    (["line", "-n", "0"], "at least 1"),
    (["line", "--formats", "docx"], "docx"),
    (["-w; w in 1..2", "-n5", "--params", "v"], "'v'"),
])  # fmt: skip
def test_what_cannot_be_made_ends_in_2(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exercises", *arguments, "-o", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine")
    assert main(["exercises", "line", "-o", str(tmp_path / "out")]) == 2
    assert "exercises need a directory" in capsys.readouterr().err


def test_a_notebook_checks_what_is_written_into_it(tmp_path: Path) -> None:
    """Its code runs, asks, and judges; the answers are not in the file."""
    sheet = exercises.make(LINE, 8, seed=2, params=["w"])
    (file,) = sheet.save(tmp_path, ["notebook"])
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    codes = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    exercises.make("reuse", 1)  # another sheet is the last until the notebook makes its own
    scope: dict[str, object] = {}
    exec(codes[0], scope)
    assert scope["sheet"].items == sheet.items  # type: ignore[attr-defined]
    for exercise, code in zip(sheet, codes[1:], strict=True):
        verdict = eval(code, scope)
        assert repr(verdict).startswith("Give your answers by name: ")
        assert not verdict
        right = {
            blank.key: repr(chr(97 + blank.right)) if isinstance(blank, Choice) else float(blank.expected)
            for blank in exercise.blanks
        }
        written = ", ".join(f"{key}={value}" for key, value in right.items())
        assert eval(code.replace('")', f'", {written})'), scope)
    texts = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "markdown"]
    assert all("attachment:graph.svg" in text for text in texts[1:])


def test_a_notebook_is_one_to_jupyter(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    (file,) = exercises.make("reuse", 8, lang="es").save(tmp_path, ["notebook"])
    nbformat.validate(nbformat.read(file, as_version=4))
