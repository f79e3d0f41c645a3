"""What a user of the command line can do wrong: one line on stderr and exit code 2, and no file is harmed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import microgrid
from helpers.command import Capture
from microgrid.cli.commands import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


MISTAKES = [
    (["frobnicate"], "invalid choice: 'frobnicate'"),
    (["draw"], "required: EXPR"),
    (["draw", "x", "x=1", "--colour", "red"], "unrecognized arguments: --colour"),
    (["draw", "x", "x=1", "--theme", "neon"], "invalid choice: 'neon'"),
    (["draw", "x", "x=1", "--max-nodes", "many"], "argument --max-nodes: a whole number or none, got 'many'"),
    (["draw", "x", "+", "y"], "expected name=value such as x=3, got '+'"),
    (["draw", "x", "3"], "expected name=value such as x=3, got '3'"),
    (["draw", "x", "=3"], "expected name=value"),
    (["draw", "x", "2x=3"], "expected name=value"),
    (["draw", "x", "x="], "the value of 'x' has to be a finite number such as 2 or -1.5e-3, got ''"),
    (["draw", "x", "x=three"], "got 'three'"),
    (["draw", "x", "x=nan"], "got 'nan'"),
    (["draw", "x", "x=-inf"], "got '-inf'"),
    (["draw", "x", "x=1e999"], "got '1e999'"),
    (["draw", "x", "x=1_000"], "got '1_000'"),
    (["draw", "x", "x=1", "x=2"], "'x' is given twice"),
    (["draw", "x", "x=1", "q=2"], "value given for 'q', which the expression does not use"),
    (["draw", "x", "x=1", "--params", "w"], "--params names 'w', which is not among the values given"),
    (["draw", "x", "x=1", "sin=1"], "'sin' is an operation"),
    (["draw", "x*x", "x=1", "-o", "nowhere/graph.svg"], "nowhere: no such directory"),
    (["draw", "x*x", "x=1", "-o", "graph.jpeg"], "jpeg"),
    (["draw", "x*x", "x=1", "-o", "graph"], "graph"),
    (["draw", "x*x", "x=1", "-o", "."], ""),
    (["draw", "x*x*x*x", "x=1", "--max-nodes", "3"], "3"),
    (["draw", "x*x", "x=1", "--max-nodes", "-3"], "--max-nodes is at least 1, got -3"),
    (["draw", "x*x", "x=1", "--precision", "99"], "--precision is from 1 to 17, got 99"),
    (["draw", "x*x", "x=1", "--path", "x,x,x"], "--path is FROM,TO, or a node from which to go to the root, got 3"),
    (["draw", "log(x)", "x=-1"], "log('x' (-1.0))"),
    (["draw", "1/x", "x=0"], "division by zero"),
    (["step", "x*x", "x=1", "--lang", "la"], "invalid choice: 'la'"),
    (["step", "x*x", "x=1", "-o", "steps.png"], "a file for each"),
    (["step", "x*x", "x=1", "-o", "nowhere/step.html"], "nowhere: no such directory"),
    (["step", "x*x", "x=1", "-o", "nowhere/steps/{}.svg"], "nowhere: no such directory"),
    (["step", "x*x*x*x", "x=1", "--max-nodes", "3"], "3"),
    (["verify", "exp(x)", "x=1000"], "exceeds the range of doubles"),
    (["verify"], "nothing to verify"),
    (["verify", "no\nsuch\x1b[2J.py:y"], "no such\ufffd[2J.py: no such file"),
    (["verify", "x", "x=1", "--rules"], "takes no expression"),
    (["demo", "--dir", "taken"], "taken: "),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(row[0]) for row in MISTAKES])
def test_one_line_and_exit_code_2(folder: Path, capsys: Capture, arguments: list[str], message: str) -> None:
    (folder / "taken").write_text("a file")
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("microgrid: error: ")
    assert error.count("\n") == 1
    assert error.endswith("\n")
    assert message in error
    assert os.listdir(folder) == ["taken"]


@pytest.mark.parametrize(
    ("arguments", "caret"), [(["draw", "x^2", "x=1"], 1), (["draw", "w*x", "x=1"], 0), (["verify", "-x + ", "x=1"], 4)]
)
def test_a_mistake_in_an_expression_shows_its_place(capsys: Capture, arguments: list[str], caret: int) -> None:
    assert main(arguments) == 2
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.startswith("microgrid: error: ")
    assert second.strip() == arguments[1].strip()
    assert third.index("^") - 2 == caret


def test_hostile_text_costs_nothing(capsys: Capture) -> None:
    for text in ("__import__('os').system('true')", "(" * 5000, "9" * 1_000_000, "\x1b[2J", "x\0y", "\ud800"):
        assert main(["verify", text]) == 2
        assert capsys.readouterr().err.startswith("microgrid: error: ")


def test_debug_shows_the_traceback() -> None:
    with pytest.raises(microgrid.ExpressionError):
        main(["draw", "x^2", "x=1", "--debug"])


def test_an_existing_picture_survives_a_failed_run(folder: Path) -> None:
    (folder / "graph.svg").write_text("precious")
    assert main(["draw", "log(x)", "x=-1"]) == 2
    assert main(["draw", "x*x*x", "x=1", "--max-nodes", "2"]) == 2
    assert (folder / "graph.svg").read_text() == "precious"


def test_ieee_goes_on_where_the_domain_ends(capsys: Capture) -> None:
    assert main(["verify", "log(x)", "x=-1"]) == 2
    assert "--ieee goes on" in capsys.readouterr().err
    assert main(["verify", "log(x)", "x=-1", "--ieee"]) == 0
    assert "nan" in capsys.readouterr().out


def test_a_file_name_may_begin_with_a_minus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "x*y", "x=1", "y=-2", "-o", "-strange.dot"]) == 0
    assert main(["demo", "--dir", "-strange"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["-strange", "-strange.dot"]


def test_a_file_in_the_way_of_the_demo_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").write_text("not a directory")
    assert main(["demo", "--dir", "pictures"]) == 2
    assert "pictures: is a file" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="a shell closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize(
    ("command", "code"),
    [("verify 'x*x' x=3", 0), ("draw 'x*x' x=3 -o g.svg", 0), ("verify '2 +'", 2), ("--help", 0), ("info", 0)],
)
def test_a_closed_stream_is_no_traceback(tmp_path: Path, closed: str, command: str, code: int) -> None:
    ended = subprocess.run(
        f"{shlex.quote(sys.executable)} -m microgrid {command} {closed}", shell=True, cwd=tmp_path,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    assert ended.returncode == code
    if "draw" in command:
        assert (tmp_path / "g.svg").read_text().rstrip().endswith("</svg>")
    assert [p.name for p in tmp_path.iterdir()] == ["g.svg"] * ("draw" in command)
