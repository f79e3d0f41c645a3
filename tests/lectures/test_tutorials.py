"""The lessons run as scripts, print what their text says they print, and open as notebooks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

import microgrid
from helpers import ONLY_THE_PACKAGE, ROOT

if not (ROOT / "tutorials").is_dir():
    pytest.skip(ONLY_THE_PACKAGE, allow_module_level=True)

LESSONS = sorted((ROOT / "tutorials").glob("[0-9]*.py"))
# Without the kernel three hundred steps of the GPT would take minutes; what it prints before them stays as promised.
SHORTENED = {} if microgrid.compiled else {"05_a_tiny_gpt": {"MICROGRID_STEPS": "0"}}
EVERY_LESSON = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


def run(lesson, workplace, **environment):
    """Run a lesson on the package under test, in an empty folder of its own; the finished process and that folder."""
    inside, temporary = workplace / "inside", workplace / "temporary"
    inside.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    package = str(Path(microgrid.__file__).parent.parent)
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": package, "TMPDIR": str(temporary)} | environment
    command = [sys.executable, "-W", "error", str(lesson)]
    done = subprocess.run(command, cwd=inside, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    return done, inside


def promised(lesson):
    """The lines of the ``` blocks of the text, which say what the cell above prints."""
    notebook = jupytext.read(lesson, fmt="py:percent")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [line for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S) for line in block.splitlines()]


def test_the_lessons_are_numbered():
    names = [
        "01_first_graph",
        "02_weight_reuse_and_skip_connections",
        "03_training",
        "04_inside_a_network",
        "05_a_tiny_gpt",
    ]
    assert [lesson.stem for lesson in LESSONS] == names


@pytest.mark.slow
@EVERY_LESSON
def test_lesson_prints_what_it_promises_and_leaves_nothing_behind(lesson, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    done, inside = run(lesson, tmp_path, MICROGRID_PICTURES=str(pictures), **SHORTENED.get(lesson.stem, {}))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    printed = iter(done.stdout.splitlines())
    lines = promised(lesson)
    assert len(lines) >= 5
    lines = lines[:2] if lesson.stem in SHORTENED else lines
    for line in lines:  # in this order: `in` reads the iterator on
        assert line in printed, f"{line!r} is promised but not printed (here)\n{done.stdout}"
    assert list(inside.iterdir()) == []
    saved = [Path(path) for path in re.findall(r"^picture: (.+)$", done.stdout, re.M)]
    assert bool(saved) == bool(re.search("^(import|from) viz", lesson.read_text(encoding="utf-8"), re.M))
    assert sorted(pictures.iterdir()) == sorted(saved)
    assert all("<svg" in path.read_text(encoding="utf-8") for path in saved)


@pytest.mark.slow
def test_pictures_go_to_a_temporary_folder_unless_told_otherwise(tmp_path):
    done, inside = run(LESSONS[0], tmp_path, MICROGRID_PICTURES="")
    assert done.returncode == 0, done.stderr
    (picture,) = re.findall(r"^picture: (.+)$", done.stdout, re.M)
    assert Path(picture).is_file()
    assert Path(picture).is_relative_to(tmp_path / "temporary")
    assert list(inside.iterdir()) == []


@pytest.mark.parametrize(
    ("lesson", "numbers"),
    [
        (LESSONS[0], ["∂L/∂w = -12.0", "∂L/∂b = -4.0", "= -4·1·3 = -12", "everything verified: True"]),
        (LESSONS[1], ["sum over the paths: 19", "what it misses: 10", "1048576 paths", "everything verified: True"]),
        (
            LESSONS[2],
            ["337 parameters", "same gradient: True", "right about 99.0% of 100", "right about 95.6% of 1000"],
        ),
        (LESSONS[3], ["Xavier: gradients 1.6e-01 in layer 30, 9.4e-08 in layer 1", "zero: activations 0.0e+00"]),
        (LESSONS[4], ["4096 parameters", "step 0: loss 3.6428", "step 300: loss 0.5544"]),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_the_text_promises_the_key_numbers(lesson, numbers):
    text = "\n".join(promised(lesson))
    for number in numbers:
        assert number in text


@EVERY_LESSON
def test_lesson_opens_as_a_notebook(lesson, tmp_path):
    notebook = jupytext.read(lesson, fmt="py:percent")
    path = tmp_path / "lesson.ipynb"
    jupytext.write(notebook, path)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert len(code) >= 5
    assert len(prose) >= 5
    compile("\n\n".join(code), str(lesson), "exec")
    assert max(len(source.splitlines()) for source in code) <= 25


@pytest.mark.slow
def test_a_lesson_run_as_a_notebook_shows_its_pictures(tmp_path, monkeypatch):
    """As IPython formats what a cell ends with: an image that says what it shows, and a PNG for paper."""
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="IPython is not installed")
    monkeypatch.setenv("MICROGRID_PICTURES", str(tmp_path))
    shell, shown = shells.InteractiveShell(), []
    for cell in jupytext.read(LESSONS[0], fmt="py:percent").cells:
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source)
            done.raise_error()
            if done.result is not None:
                shown.append(shell.display_formatter.format(done.result)[0])
    (picture,) = shown
    assert set(picture) == {"text/html", "image/png", "text/plain"}
    assert re.match('<img alt="Computational graph of L = e².*" style="max-width:100%;', picture["text/html"])
