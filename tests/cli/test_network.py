"""`microgrid network`: sizes, or a model of a user's script, as a picture; mistakes end in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.command import Capture
from microgrid.cli.commands import main

LESSON = """
import random
from microgrid import nn
random.seed(1)
model = nn.MLP(2, [3, 1])
y = model([1.0, 2.0])
y.backward()
three = 3
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lesson.py").write_text(LESSON, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["2-8-8-1"], "h₈⁽²⁾"),
        (["lesson.py:model"], 'data-weight="layers.0.neurons.2.w.1"'),
        (["lesson.py:model", "--x", "0.5,-1"], "value 0.5"),
        (["lesson.py:model", "--x", "-1,0.5"], "value −1"),
        (["lesson.py:model", "--x", "0.5,-1; 2.5,0", "--lang", "es"], "media de 2 muestras"),
        (["lesson.py:y", "--show", "gradients"], "data-grad"),
        (["2-30-1", "--max-units", "none"], "h₂₉⁽¹⁾"),
    ],
)
def test_it_draws_what_is_named(arguments: list[str], shown: str, folder: Path) -> None:
    assert main(["network", *arguments, "-o", "net.svg"]) == 0
    assert shown in (folder / "net.svg").read_text(encoding="utf-8")


def test_options_are_those_of_the_function(folder: Path) -> None:
    assert main(["network", "2-2-1", "--slide", "16:9", "--no-legend", "--theme", "dark", "--title", "Mine"]) == 0
    svg = (folder / "network.svg").read_text(encoding="utf-8")
    assert 'width="720" height="405"' in svg
    assert "Mine" in svg
    assert 'class="legend"' not in svg


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lesson.py"], "such as lesson.py:model or 2-8-8-1, got 'lesson.py'"),
        (["3"], "a model is FILE.py:NAME or sizes"),
        (["2-0-1"], "layer 1 of the network 2-0-1 has 0 units"),
        (["lesson.py:nothing"], "lesson.py has no 'nothing'; its models are: model"),
        (["lesson.py:three"], "got int 3"),
        (["nowhere.py:model"], "nowhere.py: no such file"),
        (["lesson.py:model", "--x", "a,b"], "--x takes finite numbers"),
        (["lesson.py:model", "--x", "1"], "x has 1 number"),
        (["lesson.py:model", "--show", "values"], '--show "values" needs a sample: pass one as --x'),
        (["2-2-1", "--x", "1,2"], "a network of sizes has no numbers"),
        (["lesson.py:model", "--weights", "some"], "invalid choice: 'some'"),
        (["2-30-1", "--max-units", "none", "--slide", "16:9"], "or leave out --slide"),
        (["2-2-1", "-o", "nowhere/net.svg"], "no such directory"),
        (["2-2-1", "-o", "net.doc"], "cannot tell the format"),
    ],
)
def test_a_mistake_ends_in_one_line_and_no_file(
    arguments: list[str], message: str, folder: Path, capsys: Capture
) -> None:
    assert main(["network", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert os.listdir(folder) == ["lesson.py"]
