"""What the command line tells a user to type can be typed, and helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import viz
from microgrid.cli.commands import main
from viz.drawing import engines
from viz.page import page

Capture = pytest.CaptureFixture[str]

REUSED = ["z1 = w1*x; z2 = w2*(z1 + x); yhat = w1*(z1 + z2)", "w1=0.8", "x=1.5", "w2=-0.5"]
LAYERS = """
from microgrid import Value, nn
y = nn.MLP(2, [3, 3, 1])([Value(0.5, "x1"), Value(-1.0, "x2")])
"""
LONG = "tanh(" * 30 + "x" + ")" * 30

WAYS_OUT = {
    "outside of a domain": (["draw", "log(x)", "x=-1"], ["--ieee"]),
    "not finite": (["verify", "exp(x)", "x=1000"], ["--ieee"]),
    "too large": (["draw", LONG, "x=1", "--max-nodes", "9"], ["--around", "x", "--radius", "1"]),
    "too large for any limit": (["draw", LONG, "x=1", "--max-nodes", "9"], ["--max-nodes", "none"]),
    "too large a walk": (["step", LONG, "x=1", "--max-nodes", "9"], ["--max-nodes", "none"]),
    "collapsed": (["draw", "lesson.py:y", "--max-nodes", "20"], ["--max-nodes", "none"]),
    "a walk that is collapsed": (
        ["step", "lesson.py:y", "--by", "neuron", "--max-nodes", "20", "-o", "a.svg"], ["--max-nodes", "none"]
    ),
    "small": (["draw", *REUSED, "--slide", "4:3", "--path", "w1"], ["--rankdir", "TB"]),
    "a small walk": (["step", *REUSED, "--slide", "4:3", "-o", "a.svg", "--path", "w1"], ["--rankdir", "TB"]),
    "no such label": (["draw", "y = w*x", "w=2", "x=3", "--highlight", "q"], ["--highlight", "w"]),
    "no such end": (["draw", "y = w*x", "w=2", "x=3", "--path", "w,q"], ["--path", "w,y"]),
    "backwards": (["draw", "y = w*x", "w=2", "x=3", "--path", "y,w"], ["--path", "w,y"]),
    "near what": (["draw", "y = w*x", "w=2", "x=3", "--radius", "1"], ["--around", "w"]),
    "a large page": (["step", "lesson.py:y", "--by", "operation"], ["--by", "layer", "--collapse", "layer"]),
    "a page": (["step", "x*x", "x=3", "--slide", "16:9"], ["-o", "step.pdf"]),
}  # fmt: skip

PYTHON = r"Value itself|None|[a-z]_[a-z]|\w\(\)|\b\w+="
"""What is not typed at a prompt."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson.py").write_text(LAYERS)


@pytest.mark.parametrize("name", WAYS_OUT)
@pytest.mark.filterwarnings("always::UserWarning")
def test_what_is_said_can_be_typed_and_helps(name: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_BOXES", 20)
    monkeypatch.setattr(page, "MOST_STEPS", 20)
    arguments, more = WAYS_OUT[name]
    main(arguments)
    said = capsys.readouterr().err
    assert said.startswith("microgrid: ")
    named = set(re.findall(r"--[a-z][a-z-]*", said))
    assert {option for option in more if option.startswith("--")} <= named <= options(arguments[0], capsys)
    assert not re.search(PYTHON, said)
    assert main([*arguments, *more]) == 0
    assert said.partition(":")[2][:25] not in capsys.readouterr().err


def options(command: str, capsys: Capture) -> set[str]:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    return set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))


@pytest.mark.filterwarnings("always::UserWarning")
def test_colours_of_gradients_that_were_left_out(capsys: Capture) -> None:
    drawn = ["draw", "x*x", "x=3", "--color-by", "grad"]
    assert main([*drawn, "--no-grad"]) == 0
    said = "microgrid: warning: --color-by colours nothing: there are no gradients yet, leave out --no-grad\n"
    assert capsys.readouterr().err == said
    assert main(drawn) == 0
    assert capsys.readouterr().err == ""


def test_two_nodes_of_one_label(capsys: Capture) -> None:
    Path("lesson.py").write_text("from microgrid import Value\ny = Value(1.0, 'b') * Value(2.0, 'b')\n")
    assert main(["draw", "lesson.py:y", "--around", "b"]) == 2
    said = "--around: 2 nodes have the label 'b': give the one that is meant a label of its own\n"
    assert capsys.readouterr().err == f"microgrid: error: {said}"


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Engines that fail as a test says, by default because there are none."""
    failure: list[Exception] = [viz.EngineNotFound("it is not installed")]

    def fail(source: str, seconds: float) -> str:
        raise failure[-1]

    monkeypatch.setattr(engines, "_dot", fail)
    monkeypatch.setattr(engines, "_pygraphviz", fail)
    return failure


def test_where_nothing_lays_out_the_graph_is_written_for_graphviz(no_engine: list[Exception], capsys: Capture) -> None:
    assert main(["draw", "x*x", "x=3"]) == 2
    command = re.search(r'--engine "auto", or microgrid (draw) (-o) (graph\.dot),', capsys.readouterr().err)
    assert main([command[1], "x*x", "x=3", *command.groups()[1:]]) == 0


@pytest.mark.parametrize("command", ["draw", "step"])
def test_a_layout_that_takes_too_long(command: str, no_engine: list[Exception], capsys: Capture) -> None:
    no_engine.append(TimeoutError())
    assert main([command, "x*x", "x=3", "--timeout", "2.5", "-o", "a.svg"]) == 2
    assert capsys.readouterr().err == (
        'microgrid: error: Graphviz was ended after --timeout 2.5 seconds: draw less (--collapse "neuron" or "layer", '
        '--edges "plain", in draw --around and --radius) or pass a larger --timeout\n'
    )


def test_the_ways_out_of_a_script_are_pythons(capsys: Capture) -> None:
    Path("lesson.py").write_text("import microgrid, viz\nviz.draw(microgrid.Value(1.0) * 2.0 * 3.0, max_nodes=2)\n")
    assert main(["verify", "lesson.py:y"]) == 2
    assert "or pass max_nodes=None" in capsys.readouterr().err
