"""The lessons run as scripts, print what their text says they print, and open as notebooks."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

import microgrid
from helpers import ONLY_THE_PACKAGE
from helpers.lessons import NEEDS_NUMPY, TUTORIALS, cells, lessons, promised, tags

if not TUTORIALS.is_dir():
    pytest.skip(ONLY_THE_PACKAGE, allow_module_level=True)

LESSONS = lessons()
# Without the kernel three hundred steps of the GPT would take minutes; what it prints before them stays as promised.
SHORTENED = {} if microgrid.compiled else {"05_a_tiny_gpt": {"MICROGRID_STEPS": "0"}}
EVERY_LESSON = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: f"{lesson.parent.name[:2]}-{lesson.stem}")


def run(lesson, workplace, **environment):
    """Run a lesson on the package under test, in an empty folder of its own; the finished process and that folder."""
    inside, temporary = workplace / "inside", workplace / "temporary"
    inside.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    package = str(Path(microgrid.__file__).parent.parent)
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": package, "TMPDIR": str(temporary)} | environment
    command = [sys.executable, "-W", "error", str(lesson)]
    done = subprocess.run(command, cwd=inside, env=environment, capture_output=True, encoding="utf-8", timeout=180)
    return done, inside


BOTH = [lesson for lesson in LESSONS if (TUTORIALS / "es" / lesson.name).exists() and lesson.parent == TUTORIALS]


class _Unsaid(ast.NodeTransformer):
    """Code without its texts and the language in which it asks for them."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        values = [self.visit(value) for value in node.values if isinstance(value, ast.FormattedValue)]
        return ast.JoinedStr(sorted(values, key=ast.dump))  # another word order

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "lang"]
        return node


@pytest.mark.parametrize("lesson", BOTH, ids=lambda lesson: lesson.stem)
def test_a_lesson_has_the_same_code_in_both_languages(lesson):
    def unsaid(path):
        code = [cell for cell in cells(path) if cell.cell_type == "code"]
        return [(tags(cell), ast.dump(_Unsaid().visit(ast.parse(cell.source)))) for cell in code]

    english, spanish = unsaid(lesson), unsaid(TUTORIALS / "es" / lesson.name)
    assert len(english) == len(spanish)
    for k, (one, other) in enumerate(zip(english, spanish, strict=True), 1):
        assert one == other, f"cell {k}"


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson.stem[:2] in ("a_", "b_", "d_", "f_")])
def test_at_most_a_third_of_the_cells_needs_numpy(lesson):
    code = [cell for cell in cells(lesson) if cell.cell_type == "code"]
    assert 3 * sum(NEEDS_NUMPY in tags(cell) for cell in code) <= len(code)


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
    picture = re.findall(r"^picture: (.+)$", done.stdout, re.M)[0]
    assert Path(picture).is_file()
    assert Path(picture).is_relative_to(tmp_path / "temporary")
    assert list(inside.iterdir()) == []


KEY_NUMBERS = {
    "01_first_graph": ["∂L/∂w = -12.0", "∂L/∂b = -4.0", "= -4·1·3 = -12", "everything verified: True"],
    "02_weight_reuse_and_skip_connections": ["sum over the paths: 19", "what it misses: 10", "1048576 paths"],
    "03_training": ["337 parameters", "same gradient: True", "right about 99.0% of 100", "95.6% of 1000"],
    "04_inside_a_network": ["Xavier: gradients 1.6e-01 in layer 30, 9.4e-08 in layer 1"],
    "05_a_tiny_gpt": ["4096 parameters", "step 0: loss 3.6428", "step 300: loss 0.5544"],
}
"""Of lessons without a file of their own in tests/course."""


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson.stem in KEY_NUMBERS])
def test_the_text_promises_the_key_numbers(lesson):
    text = "\n".join(promised(lesson))
    for number in KEY_NUMBERS[lesson.stem]:
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
    for cell in cells(LESSONS[0]):
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source)
            done.raise_error()
            if done.result is not None:
                shown.append(shell.display_formatter.format(done.result)[0])
    assert shown
    picture = shown[0]
    assert set(picture) == {"text/html", "image/png", "text/plain"}
    assert re.match('<img alt="Computational graph of .*" style="max-width:100%;', picture["text/html"])
