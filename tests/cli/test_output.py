"""Where results go: standard output, the browser; what comes from standard input, in which language and colour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from microgrid.cli import output
from microgrid.cli.commands import main

Capture = pytest.CaptureFixture[bytes]

LECTURE = ["z = w*x; yhat = z + b; e = yhat - y; L = e**2", "w=2", "b=1", "x=3", "y=9"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "MICROGRID_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("arguments", "beginning"), [
    (["draw", *LECTURE, "-o", "-"], b"<svg "),
    (["draw", *LECTURE, "-o", "-.dot"], b"digraph"),
    (["draw", *LECTURE, "-o", "-.tex"], b"\\documentclass"),
    (["draw", *LECTURE, "-o", "-.html"], b"<"),
    (["draw", *LECTURE, "-o", "-.png"], b"\x89PNG"),
    (["step", *LECTURE, "-o", "-"], b"<!DOCTYPE html>"),
    (["network", "2-2-1", "-o", "-"], b"<svg "),
    (["train", "moons", "--model", "2-2-1", "--samples", "8", "-o", "-"], b"<!DOCTYPE html>"),
])  # fmt: skip
def test_a_hyphen_is_standard_output_and_nothing_else_is_on_it(
    arguments: list[str], beginning: bytes, capsysbinary: Capture, tmp_path: Path
) -> None:
    assert main(arguments) == 0
    piped = capsysbinary.readouterr().out
    assert piped.startswith(beginning)
    assert list(tmp_path.iterdir()) == []
    name = f"file{arguments[-1][1:] or ('.svg' if beginning == b'<svg ' else '.html')}"
    assert main([*arguments[:-1], name]) == 0
    assert (tmp_path / name).read_bytes() == piped
    assert f"{name}\n".encode() in capsysbinary.readouterr().out


def test_exercises_go_there_in_one_format(capsysbinary: Capture, tmp_path: Path) -> None:
    assert main(["exercises", "line", "-n", "2", "-o", "-"]) == 0
    assert len(json.loads(capsysbinary.readouterr().out)["exercises"]) == 2
    assert main(["exercises", "line", "-n", "2", "-o", "-", "--formats", "moodle"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<?xml")
    assert main(["exercises", "line", "-n", "2", "-o", "-", "--formats", "json,html"]) == 2
    assert b"-o - is for one format" in capsysbinary.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_gets_no_bytes(capsysbinary: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for command in (["draw", "x*x", "x=3", "-o", "-.pdf"], ["exercises", "line", "-o", "-", "--formats", "pdf"]):
        assert main(command) == 2
        assert capsysbinary.readouterr() == (
            b"",
            b"microgrid: error: .pdf is no text that a terminal could show: give -o a file, or pass it on with "
            b"> file.pdf\n",
        )


def test_what_is_wrong_leaves_standard_output_empty(capsysbinary: Capture) -> None:
    assert main(["draw", "log(x)", "x=-1", "-o", "-"]) == 2
    assert capsysbinary.readouterr().out == b""


def test_a_hyphen_for_the_expression_is_standard_input(tmp_path: Path) -> None:
    def piped(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "microgrid", *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)

    done = piped("z = w*x\nL = (z - 5)**2\n", "draw", "-", "w=2", "x=3", "-o", "a.svg")
    assert done.returncode == 0
    assert done.stdout.startswith("L = 1\n")
    assert "dL/dw = 6" in done.stdout
    done = piped("y = x**2", "derive", "-", "--by", "x")
    assert done.returncode == 0
    assert done.stdout.endswith("∂y/∂x = 2·x\n")
    assert piped("", "verify", "-").returncode == 2


# ---------------------------------------------------------------- the browser


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    urls: list[str] = []
    monkeypatch.setattr(output.webbrowser, "open", lambda url: bool(urls.append(url) or True))
    return urls


@pytest.mark.parametrize(("arguments", "file"), [
    (["draw", "x*x", "x=3", "-o", "a b.svg"], "a b.svg"),
    (["step", "x*x", "x=3"], "step.html"),
    (["network", "2-2-1"], "network.svg"),
    (["train", "moons", "--model", "2-2-1", "--samples", "8"], "train.html"),
    (["exercises", "line", "-n", "2", "--formats", "html"], "exercises/exercises.html"),
])  # fmt: skip
def test_what_was_written_is_opened(arguments: list[str], file: str, opened: list[str], tmp_path: Path) -> None:
    assert main([*arguments, "--open"]) == 0
    assert opened == [(tmp_path / file).as_uri()]
    assert (tmp_path / file).exists()
    assert main(arguments) == 0
    assert len(opened) == 1


@pytest.mark.parametrize(("arguments", "said"), [
    (["draw", "x*x", "x=3", "-o", "a.tex"], "--open shows one file, .gif, .html, .pdf, .png, .svg, and not a.tex"),
    (["step", "x*x", "x=3", "-o", "f/{:03d}.svg"], "--open shows one file"),
    (["draw", "x*x", "x=3", "-o", "-"], "--open shows a file, and -o - writes none: give it a name"),
    (["exercises", "line", "-n", "2", "--formats", "json"], "let --formats have html among them"),
])  # fmt: skip
def test_what_a_browser_cannot_show_is_said_before_anything_is_written(
    arguments: list[str], said: str, opened: list[str], capsysbinary: Capture, tmp_path: Path
) -> None:
    assert main([*arguments, "--open"]) == 2
    err = capsysbinary.readouterr().err.decode()
    assert said in err
    assert err.count("\n") == 1
    assert opened == []
    assert list(tmp_path.iterdir()) == []


def test_without_a_browser_it_is_said(monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture) -> None:
    monkeypatch.setattr(output.webbrowser, "open", lambda url: False)
    assert main(["draw", "x*x", "x=3", "--open"]) == 0
    assert b"microgrid: warning: there is no browser to open file:///" in capsysbinary.readouterr().err


# ---------------------------------------------------------------- colour


@pytest.mark.parametrize(("environment", "is_terminal", "is_colored"), [
    ({}, True, True), ({}, False, False), ({"NO_COLOR": "1"}, True, False), ({"FORCE_COLOR": "1"}, False, True),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False), ({"NO_COLOR": ""}, True, True),
    ({"TERM": "dumb"}, True, False),
])  # fmt: skip
def test_marks_are_coloured_on_a_terminal_unless_it_is_told_otherwise(
    environment: dict[str, str], is_terminal: bool, is_colored: bool, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    assert main(["verify", "x*x", "x=3"]) == 0
    text = capsys.readouterr().out
    assert ("\033[32m✓\033[0m" in text) == is_colored
    assert ("\033" in text) == is_colored
    assert main(["check", "y = x*x", "x=3", "--claim", "dy/dx = 3*x"]) == 1
    assert ("\033[31m✗\033[0m" in capsys.readouterr().out) == is_colored


# ---------------------------------------------------------------- what may have been meant


@pytest.mark.parametrize(("arguments", "said"), [
    (["drwa", "x", "x=1"], "invalid choice: 'drwa' (did you mean 'draw'?)"),
    (["draw", "x*x", "x=3", "--rankdr", "TB"], "unrecognized arguments: --rankdr (did you mean '--rankdir'?) TB"),
    (["step", "x*x", "x=3", "--theme", "drak"], "'drak' (did you mean 'dark'?)"),
    (["draw", "x*x", "x=3", "X=4"], "value given for 'X', which the expression does not use (did you mean 'x'?)"),
    (["verify", "sigmod(x)", "x=3"], "unknown operation 'sigmod' (did you mean 'sigmoid'?)"),
    (["train", "moon"], "DATA='moon' is unknown (did you mean 'moons'?): choose"),
    (["exercises", "percepton"], "there is no template 'percepton' (did you mean 'perceptron'?)"),
    (["exercises", "line", "--kinds", "forwrd"], "kind='forwrd' is unknown (did you mean 'forward'?)"),
])  # fmt: skip
def test_what_may_have_been_meant(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_name_in_a_script_may_have_been_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lesson.py").write_text("from microgrid import Value\nloss = Value(2.0, 'x') ** 2\n")
    assert main(["draw", "lesson.py:los"]) == 2
    assert "has no 'los' (did you mean 'loss'?); its Values are: loss" in capsys.readouterr().err


def test_what_is_unlike_everything_is_not_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qqq"]) == 2
    assert "did you mean" not in capsys.readouterr().err


# ---------------------------------------------------------------- the language of the environment

ASKED = """
import sys, viz
from microgrid import check, derive, parameter, verify
from viz import plots
L = (parameter(2.0, "w") * 3.0 - 5.0) ** 2
L.label = "L"
print(verify(L), check(L, "dL/dw = 6").text(), derive(L, "w").text(), viz.explain(L), sep="\\n")
print("page", '<html lang="es">' in viz.steps(L).html())
print(viz.steps(L, lang="en")[0].caption)
"""


def asked(language: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MICROGRID_LANG": language, "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "agg"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120)


def test_the_environment_sets_the_language_of_all_that_is_said() -> None:
    done = asked("es", "-c", ASKED)
    assert done.stderr == ""
    for text in ("verificado", "Las hojas tienen sus valores", "page True"):
        assert text in done.stdout
    assert "The leaves have their values" in done.stdout  # what is asked for comes first


def test_an_option_comes_before_the_environment() -> None:
    verified = ("-m", "microgrid", "verify", "x*x", "x=3")
    assert asked("es", *verified).stdout.startswith("x*x = 9.0 (2 nodos, 2 aristas): verificado")
    assert asked("es", *verified, "--lang", "en").stdout.startswith("x*x = 9.0 (2 nodes, 2 edges): verified")
    assert "Spanish (default)" in asked("es", "-m", "microgrid", "verify", "--help").stdout
    assert asked("", *verified).stdout.startswith("x*x = 9.0 (2 nodes, 2 edges): verified")


def test_a_language_of_the_environment_that_there_is_not_is_one_sentence() -> None:
    sentence = 'MICROGRID_LANG=\'xx\' is unknown: choose "en" or "es"'
    for command in (["verify", "x*x", "x=3"], ["draw", "x*x", "x=3"], ["demo"]):
        done = asked("xx", "-m", "microgrid", *command)
        assert (done.returncode, done.stderr, done.stdout) == (2, f"microgrid: error: {sentence}\n", "")
    assert asked("xx", "-m", "microgrid", "verify", "x*x", "x=3", "--lang", "en").returncode == 0
    assert f"ValueError: {sentence}" in asked("xx", "-c", ASKED).stderr


def test_the_usage_of_each_command_says_each_thing_once(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("draw", "step", "serve", "network", "verify", "train", "exercises"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        usage = capsys.readouterr().out.partition("\n\n")[0]
        assert usage.count("[options]") <= 1
        assert usage.count("[-o FILE]") == (command in ("draw", "step", "network", "train"))
