"""The command line: every command on real files."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import microgrid
from helpers.command import Capture, run
from microgrid.cli.commands import main
from microgrid.ops import TABLE

LECTURE = "z = w*x; yhat = z + b; e = yhat - y; L = e**2"
VALUES = ["w=2", "b=1", "x=3", "y=9"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def script(folder: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (folder / "lesson.py").write_text(text, encoding="utf-8")
        return folder / "lesson.py"

    return write


# ---------------------------------------------------------------- the commands, as a user starts them


def test_the_lectures_picture(tmp_path: Path) -> None:
    done = run("draw", LECTURE, *VALUES, "--params", "w,b", "-o", "graph.svg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == [
        "L = 4",
        "w = 2 dL/dw = -12 parameter",
        "x = 3 dL/dx = -8 input",
        "b = 1 dL/db = -4 parameter",
        "y = 9 dL/dy = 4 input",
        "wrote graph.svg",
    ]
    picture = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert picture.rstrip().endswith("</svg>")
    assert all(name in picture for name in ("ŷ", "−12"))
    assert os.listdir(tmp_path) == ["graph.svg"]


def test_the_options_of_a_drawing(tmp_path: Path) -> None:
    """dy/dw of y = w·x + w at x = 3: by x and directly, 3 + 1."""
    values = ("y = w*x + w", "w=2", "x=3")
    done = run("draw", *values, "--path", "w,y", "--slide", "16:9", "-o", "path.svg", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "∂y/∂w = 3 + 1 = 4" in (tmp_path / "path.svg").read_text(encoding="utf-8")
    done = run("draw", *values, "--highlight", "w, q", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "microgrid: error: --highlight: no node of the graph has the label 'q': the labels are w, x, y\n"
    )
    done = run("draw", *values, "--around", "w", "--radius", "1", "--max-nodes", "1", cwd=tmp_path)
    assert done.returncode == 2
    assert "the graph has 4 nodes in 3 boxes and" in done.stderr


@pytest.mark.slow
def test_demo(tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(text in done.stdout for text in ("dL/dw = -12", "dL/db = -4"))
    beginnings = {"svg": b"<", "pdf": b"%PDF", "png": b"\x89PNG"}
    for suffix, beginning in beginnings.items():
        assert str(Path("microgrid-demo") / f"graph.{suffix}") in done.stdout
        assert (tmp_path / "microgrid-demo" / f"graph.{suffix}").read_bytes().startswith(beginning)
    assert (tmp_path / "microgrid-demo" / "steps.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert len(os.listdir(tmp_path / "microgrid-demo")) == 4


@pytest.mark.slow
def test_the_demo_in_spanish(tmp_path: Path) -> None:
    done = run("demo", "--lang", "es", "--dir", "d", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "¿Cuánto se equivoca" in done.stdout
    assert "verificado" in done.stdout
    assert '<html lang="es">' in (tmp_path / "d" / "steps.html").read_text(encoding="utf-8")


def test_a_terminal_that_cannot_show_the_letters(tmp_path: Path) -> None:
    done = run("draw", "ŷ = β·x", "β=2", "x=3", "-o", "β.svg", cwd=tmp_path, encoding="ascii")
    assert done.returncode == 0
    assert "? = 6" in done.stdout
    refused = run("draw", "ŷ + q", "x=3", cwd=tmp_path, encoding="ascii")
    assert refused.returncode == 2
    assert "unknown names" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_a_closed_pipe_and_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    command = [sys.executable, "-m", "microgrid"]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        closed = subprocess.run([*command, "info"], stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(writer)
    assert (closed.returncode, closed.stderr) == (0, b"")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would pass on that it is ignored
    with subprocess.Popen([*command, "verify", "slow.py:y"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as slow:
        assert slow.stderr is not None
        assert slow.stderr.readline() == "ready\n"
        slow.send_signal(signal.SIGINT)
        assert slow.communicate(timeout=30)[1] == "microgrid: interrupted\n"
    assert slow.returncode == 130


# ---------------------------------------------------------------- draw


def lines(capsys: Capture) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "html", "dot"])
def test_the_suffix_chooses_the_format(folder: Path, suffix: str) -> None:
    assert main(["draw", "x*x", "x=3", "-o", f"graph.{suffix}"]) == 0
    assert os.listdir(folder) == [f"graph.{suffix}"]
    assert (folder / f"graph.{suffix}").stat().st_size > 100


def test_pairs_may_stand_anywhere(folder: Path, capsys: Capture) -> None:
    assert main(["draw", "w*x + b", "w=-3", "--params", "w", "x=-0.5", "-o", "a.svg", "b=−1", "--theme", "dark"]) == 0
    assert lines(capsys)[0] == "w*x + b = 0.5"


def test_an_expression_may_begin_with_a_minus(folder: Path, capsys: Capture) -> None:
    assert main(["draw", "-x**2", "x=3"]) == 0
    assert lines(capsys) == ["-x**2 = -9", "x = 3 d(-x**2)/dx = -6 input", "wrote graph.svg"]
    assert main(["draw", "-o**2", "o=3"]) == 0
    assert lines(capsys)[0] == "-o**2 = -9"


def test_the_output_may_be_attached_to_its_option(folder: Path) -> None:
    assert main(["draw", "x**2", "x=3", "-ofile.dot"]) == 0
    assert (folder / "file.dot").exists()


def test_options_reach_the_picture(folder: Path) -> None:
    pictures = set()
    for options in ([], ["--rankdir", "TB"], ["--theme", "dark"], ["--ops", "separate"], ["--edges", "plain"],
                    ["--no-grad"], ["--title", "The lecture"], ["--legend"]):  # fmt: skip
        assert main(["draw", LECTURE, *VALUES, "-o", "graph.svg", *options]) == 0
        pictures.add((folder / "graph.svg").read_bytes())
    assert len(pictures) == 8


def test_no_gradients(folder: Path, capsys: Capture) -> None:
    assert main(["draw", "z = w*x", "w=2", "x=3", "--no-grad"]) == 0
    assert lines(capsys) == ["z = 6", "w = 2 input", "x = 3 input", "wrote graph.svg"]


def test_a_gradient_that_is_not_finite_warns_in_one_line(folder: Path, capsys: Capture) -> None:
    assert main(["draw", "sqrt(x)", "x=0"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("microgrid: warning: the gradient of 'x' (0.0) is not finite")
    assert error.count("\n") == 1


def test_a_statement_that_leads_nowhere_is_pointed_out(folder: Path, capsys: Capture) -> None:
    assert main(["draw", "a = x + 1; b = 2*y", "x=1", "y=3"]) == 0
    out, err = capsys.readouterr()
    assert err == "microgrid: warning: the last statement does not depend on x, a, which the graph leaves out\n"
    assert "x = 1" not in out


# ---------------------------------------------------------------- step


def test_a_page_to_step_through(folder: Path, capsys: Capture) -> None:
    assert main(["step", LECTURE, *VALUES, "--params", "w,b", "--lang", "es"]) == 0
    assert lines(capsys)[1:] == [
        "w = 2 dL/dw = -12 parámetro",
        "x = 3 dL/dx = -8 entrada",
        "b = 1 dL/db = -4 parámetro",
        "y = 9 dL/dy = 4 entrada",
        "14 pasos escritos en step.html",
    ]
    page = (folder / "step.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="es">')
    assert "∂L/∂w = −12" in page
    assert '"verdict":"verified"' in page


def test_a_file_for_each_step(folder: Path, capsys: Capture) -> None:
    assert main(["step", "x*x", "x=3", "--by", "operation", "-o", "frames/{:02d}.svg"]) == 0
    assert sorted(os.listdir(folder / "frames")) == ["00.svg", "01.svg", "02.svg", "03.svg", "04.svg", "05.svg"]
    assert lines(capsys)[-1] == "wrote 6 steps to frames/{:02d}.svg, 6 files"


# ---------------------------------------------------------------- verify, info, help


def test_verify(capsys: Capture) -> None:
    assert main(["verify", LECTURE, *VALUES]) == 0
    assert "verified" in capsys.readouterr().out
    assert main(["verify", "--json", LECTURE, "w=2", "--params", "w", "b=1", "x=3", "y=9"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert {(d["of"], d["by"], d["value"]) for d in report["derivatives"]} >= {("L", "w", -12.0), ("L", "b", -4.0)}


@pytest.mark.slow
def test_verify_rules(capsys: Capture) -> None:
    assert main(["verify", "--rules"]) == 0
    report = capsys.readouterr().out
    assert f"{sum(bool(row.value) for row in TABLE.values())} of " in report  # without those that tests define


def test_a_wrong_derivative_is_exit_code_1(script: Callable[[str], Path], capsys: Capture) -> None:
    script(
        "import microgrid, sympy\n"
        "square = microgrid.custom_op('wrongsquare', value=lambda x: x*x, partials=[lambda x: 3*x],\n"
        "                             sympy=lambda x: x**2)\n"
        "y = square(microgrid.Value(2.0, 'x'))\n"
    )
    try:
        assert main(["verify", "lesson.py:y"]) == 1
        assert "wrongsquare" in capsys.readouterr().out
    finally:
        microgrid.ops.TABLE.pop("wrongsquare", None)


def test_info(capsys: Capture) -> None:
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in (microgrid.__version__, "Python", "layout by", "numpy", "sympy", "mpmath"))


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["draw", "--help"], ["step", "-h"], ["verify", "-h"], ["demo", "-h"], ["info", "-h"]]
)
def test_help_has_examples(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "own"),
    [
        ("draw", {"large graphs": ["--around", "--radius"], "picture": ["--no-grad", "--show"]}),
        ("step", {"steps": ["--by", "--view"]}),
    ],
)
def test_help_tells_options_by_what_they_are_for(command: str, own: dict[str, list[str]], capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    sections = dict(re.findall(r"^(\w[\w ]*):\n((?: .*\n|\n)+)", capsys.readouterr().out, re.MULTILINE))
    found = {title: re.findall(r"^  (?:-\w.*, )?(--[a-z-]+)", text, re.MULTILINE) for title, text in sections.items()}
    wanted = {
        "options": ["--help", "--output", "--open", "--params", "--ieee", "--debug"],
        "steps": [],
        "picture": [
            "--theme",
            "--rankdir",
            "--ops",
            "--edges",
            "--sums",
            "--pieces",
            "--numbers",
            "--parameters",
            "--formulas",
            "--labels",
            "--precision",
            "--title",
            "--legend",
        ],
        "what stands out": ["--highlight", "--path", "--color-by"],
        "slides": ["--slide"],
        "large graphs": ["--collapse", "--max-nodes", "--timeout", "--engine"],
        "language": ["--lang"],
    }
    for title, options in wanted.items():
        assert sorted(found.pop(title, [])) == sorted([*options, *own.get(title, [])])
    assert not any(found.values())


def test_version(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"microgrid {microgrid.__version__}\n"


# ---------------------------------------------------------------- FILE.py:NAME

LESSON = """
import microgrid, neighbour, sys
print("the lesson speaks", sys.argv)
w, x = microgrid.parameter(2.0, "w"), microgrid.Value(3.0, "x")
z = w*x
loss = (z - neighbour.target)**2
loss.backward()
number = 3
"""


def test_a_value_from_a_script(script: Callable[[str], Path], folder: Path, capsys: Capture) -> None:
    script(LESSON)
    (folder / "neighbour.py").write_text("target = 9\n")
    path = list(sys.path)
    assert main(["draw", "lesson.py:loss"]) == 0
    out, err = capsys.readouterr()
    # the script has run backward already: that must not count twice; what it prints is not our output
    assert out.splitlines()[:2] == ["loss = 9", "  w = 2   dloss/dw = -18   parameter"]
    assert err == "the lesson speaks ['lesson.py']\n"
    assert sys.path == path
    assert main(["draw", "lesson.py:loss", "x=5", "w=1", "-o", "b.svg"]) == 0
    assert lines(capsys)[:2] == ["loss = 16", "w = 1 dloss/dw = -40 parameter"]


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (LESSON, ["lesson.py"], "say which Value of the script is meant, as in lesson.py:loss"),
        (LESSON, ["lesson.py:"], "lesson.py has no ''; its Values are: w, x, z, loss"),
        (LESSON, ["lesson.py:los"], "lesson.py has no 'los' (did you mean 'loss'?); its Values are: w, x, z, loss"),
        (LESSON, ["lesson.py:number"], "'number' in lesson.py is not a Value but int"),
        (LESSON, ["lesson.py:loss", "q=1"], "'q' is not in the graph; the leaves that can be set are: w, x"),
        (LESSON, ["lesson.py:loss", "loss=1"], "'loss' is computed; the leaves that can be set are: w, x"),
        (LESSON, ["lesson.py:loss", "--params", "w"], "--params goes with an expression"),
        ("import microgrid\n\ny = 1/0\n", ["lesson.py:y"], "lesson.py, line 3: ZeroDivisionError: division by zero"),
        ("def f():\n    return 1/0\nf()\n", ["lesson.py:y"], "lesson.py, line 2: ZeroDivisionError"),
        ("y = (\n", ["lesson.py:y"], "lesson.py, line 1: SyntaxError: '(' was never closed"),
        ("import nothing_like_it\n", ["lesson.py:y"], "lesson.py, line 1: ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", ["lesson.py:y"], "lesson.py, line 2: SystemExit: 3"),
        ("def f(): f()\nf()\n", ["lesson.py:y"], "lesson.py, line 1: RecursionError"),
        ("", ["missing.py:y"], "missing.py: no such file"),
    ],
)
def test_a_script_that_does_not_do(
    script: Callable[[str], Path], folder: Path, capsys: Capture, text: str, arguments: list[str], message: str
) -> None:
    script(text)
    (folder / "neighbour.py").write_text("target = 9\n")
    sys.modules.pop("neighbour", None)
    assert main(["verify", *arguments]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("microgrid: error: ")
    assert message in said


def test_ctrl_c_in_a_script(script: Callable[[str], Path], capsys: Capture) -> None:
    script("raise KeyboardInterrupt\n")
    assert main(["draw", "lesson.py:y"]) == 130
    assert capsys.readouterr().err == "microgrid: interrupted\n"
