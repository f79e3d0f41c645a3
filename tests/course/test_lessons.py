"""The lessons run as scripts, print what their text says they print, say the same in both languages, and open as
notebooks; what is not tagged needs-numpy runs without NumPy and matplotlib."""

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
from helpers.lessons import NEEDS_NUMPY, TUTORIALS, cells, code, lesson, lessons, promised, tags
from helpers.without_numpy import START

if not TUTORIALS.is_dir():
    pytest.skip(ONLY_THE_PACKAGE, allow_module_level=True)

# Without the kernel hundreds of steps of a GPT would take minutes; what it prints before them stays as promised.
SHORTENED = {} if microgrid.compiled else {"g_a_tiny_gpt": {"MICROGRID_STEPS": "0"}}
MOSTLY_NUMBERS = {"c", "e", "g", "h"}
"""Lessons of which more than a third may need NumPy."""


def named(path):
    return f"{path.stem}-{'es' if path.parent.name == 'es' else 'en'}"


EVERY_LESSON = pytest.mark.parametrize("path", lessons(), ids=named)


def run(path, workplace, source=None, **environment):
    """Run a lesson on the package under test, in an empty folder of its own; the finished process and that folder."""
    inside, temporary = workplace / "inside", workplace / "temporary"
    inside.mkdir(exist_ok=True)
    temporary.mkdir(exist_ok=True)
    if source is not None:
        path = workplace / path.name
        path.write_text(source, encoding="utf-8")
    package = str(Path(microgrid.__file__).parent.parent)
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": package, "TMPDIR": str(temporary)} | environment
    command = [sys.executable, "-W", "error", str(path)]
    done = subprocess.run(command, cwd=inside, env=environment, capture_output=True, encoding="utf-8", timeout=400)
    return done, inside


def told_after(all_cells, k):
    """The lines that the text after a cell of code promises."""
    text = ""
    for cell in all_cells[k + 1 :]:
        if cell.cell_type == "code":
            break
        text += cell.source + "\n"
    first = text.partition("\n## ")[0]
    return [line for block in re.findall(r"^```\n(.*?)^```$", first, re.M | re.S) for line in block.splitlines()]


def test_there_are_eight_lessons_in_both_languages_and_no_other_program():
    english, spanish = ([path.name for path in sorted(folder.glob("*.py"))] for folder in (TUTORIALS, TUTORIALS / "es"))
    assert english == spanish
    assert [name[:2] for name in english] == [f"{letter}_" for letter in "abcdefgh"]
    assert sorted(TUTORIALS.rglob("*.py")) == sorted(lessons())


@pytest.mark.slow
@EVERY_LESSON
def test_lesson_prints_what_it_promises_and_leaves_nothing_behind(path, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    done, inside = run(path, tmp_path, MICROGRID_PICTURES=str(pictures), **SHORTENED.get(path.stem, {}))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    printed = iter([line.rstrip() for line in done.stdout.splitlines()])
    lines = promised(path)
    assert len(lines) >= 5
    lines = lines[:2] if path.stem in SHORTENED else lines
    for line in lines:  # in this order: `in` reads the iterator on
        assert line in printed, f"{line!r} is promised but not printed (here)\n{done.stdout}"
    assert list(inside.iterdir()) == []
    saved = [Path(name) for name in re.findall(r"^picture: (.+)$", done.stdout, re.M)]
    assert bool(saved) == bool(re.search("^(import|from) viz", path.read_text(encoding="utf-8"), re.M))
    assert sorted(pictures.iterdir()) == sorted(set(saved))
    assert all("<svg" in file.read_text(encoding="utf-8") for file in saved if file.suffix == ".svg")


@pytest.mark.slow
@EVERY_LESSON
def test_what_is_not_tagged_runs_without_numpy_and_prints_the_same(path, tmp_path):
    every = cells(path)
    own = [k for k, cell in enumerate(every) if cell.cell_type == "code" and NEEDS_NUMPY not in tags(cell)]
    lines = [line for k in own for line in told_after(every, k)]
    done, _ = run(path, tmp_path, START + code(path, without=NEEDS_NUMPY), MICROGRID_PICTURES=str(tmp_path))
    assert done.returncode == 0, done.stderr
    printed = iter([line.rstrip() for line in done.stdout.splitlines()])
    for line in lines:
        assert line in printed, f"{line!r} is promised but not printed without NumPy (here)\n{done.stdout}"


@EVERY_LESSON
def test_few_cells_need_numpy(path):
    every = [cell for cell in cells(path) if cell.cell_type == "code"]
    tagged = [cell for cell in every if NEEDS_NUMPY in tags(cell)]
    assert {tag for cell in every for tag in tags(cell)} <= {NEEDS_NUMPY}
    if path.name[0] not in MOSTLY_NUMBERS:
        assert 3 * len(tagged) <= len(every)


class _Meant(ast.NodeTransformer):
    """A program without what languages differ in: texts, and the language of a picture or a report."""

    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "lang"]
        return node

    def visit_Constant(self, node):
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node):
        values = [ast.unparse(value) for value in node.values if isinstance(value, ast.FormattedValue)]
        return ast.Constant(sorted(values))


def meant(source):
    return ast.dump(_Meant().visit(ast.parse(source)))


@pytest.mark.parametrize("letter", "abcdefgh")
def test_both_languages_have_the_same_program(letter):
    english, spanish = (cells(lesson(letter, lang)) for lang in ("en", "es"))
    assert lesson(letter).name == lesson(letter, "es").name
    assert [cell.cell_type for cell in english] == [cell.cell_type for cell in spanish]
    for ours, theirs in zip(english, spanish, strict=True):
        assert tags(ours) == tags(theirs)
        if ours.cell_type == "code":
            assert meant(ours.source) == meant(theirs.source), theirs.source
        else:
            assert ours.source.count("```") == theirs.source.count("```")
            assert len(re.findall("^#", ours.source, re.M)) == len(re.findall("^#", theirs.source, re.M))


@EVERY_LESSON
def test_a_lesson_says_what_it_is_for_and_ends_with_exercises_and_solutions(path):
    texts = [cell.source for cell in cells(path) if cell.cell_type == "markdown"]
    assert texts[0].startswith(f"# {path.name[0].upper()}. ")
    headings = re.findall("^## (.+)$", "\n".join(texts), re.M)
    spanish = path.parent.name == "es"
    assert ("Ejercicios" if spanish else "Exercises") in " ".join(headings[-3:])
    assert headings[-1].startswith("Soluciones" if spanish else "Solutions")
    assert "This prints" not in "\n".join(texts) or not spanish


@pytest.mark.slow
def test_pictures_go_to_a_temporary_folder_unless_told_otherwise(tmp_path):
    done, inside = run(lessons()[0], tmp_path, MICROGRID_PICTURES="")
    assert done.returncode == 0, done.stderr
    for picture in re.findall(r"^picture: (.+)$", done.stdout, re.M):
        assert Path(picture).is_file()
        assert Path(picture).is_relative_to(tmp_path / "temporary")
    assert list(inside.iterdir()) == []


@EVERY_LESSON
def test_lesson_opens_as_a_notebook(path, tmp_path):
    notebook = jupytext.read(path, fmt="py:percent")
    file = tmp_path / "lesson.ipynb"
    jupytext.write(notebook, file)
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert len(sources) >= 5
    assert len(prose) >= 5
    compile("\n\n".join(sources), str(path), "exec")
    assert max(len(source.splitlines()) for source in sources) <= 25


@pytest.mark.slow
def test_a_lesson_run_as_a_notebook_shows_its_pictures(tmp_path, monkeypatch):
    """As IPython formats what a cell ends with: an image that says what it shows, and a PNG for paper."""
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="IPython is not installed")
    monkeypatch.setenv("MICROGRID_PICTURES", str(tmp_path))
    shell, shown, plots = shells.InteractiveShell(), [], 0
    for cell in cells(lesson("a")):
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source)
            done.raise_error()
            if done.result is not None:
                shown.append(shell.display_formatter.format(done.result)[0])
                plots += "plots." in cell.source
    pictures = [picture for picture in shown if "image/png" in picture]
    assert plots >= 5
    assert len(pictures) == len(list(tmp_path.iterdir()))
    images = [picture for picture in pictures if re.match('<img alt="[^"]{10,}', picture["text/html"])]
    assert len(images) == len(pictures) - 1  # the walk is a page
