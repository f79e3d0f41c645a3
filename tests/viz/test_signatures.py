"""The options of `draw` and `steps` stand in one place, from which signatures, help and the command are made."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import viz
from helpers import ROOT
from microgrid import Value
from microgrid.cli.arguments import parsed

FUNCTIONS = {"draw": viz.draw, "steps": viz.steps}


def named(name: str) -> dict[str, inspect.Parameter]:
    """The parameters that are given by name."""
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    return {key: parameter for key, parameter in parameters.items() if parameter.kind == parameter.KEYWORD_ONLY}


def test_steps_take_what_draw_takes_but_a_part_and_say_what_a_step_is() -> None:
    assert set(named("draw")) - set(named("steps")) == {"around", "radius", "show"}
    assert set(named("steps")) - set(named("draw")) == {"by", "view"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_defaults_are_allowed_and_anything_else_is_told(name: str) -> None:
    y = Value(1.0, "x") * 2.0
    FUNCTIONS[name](y, **{key: parameter.default for key, parameter in named(name).items()})
    with pytest.raises(TypeError, match=f"{name} has no option 'colour': there are .*theme.*lang"):
        FUNCTIONS[name](y, colour="red")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_documentation_has_every_option(name: str) -> None:
    documentation = inspect.getdoc(FUNCTIONS[name])
    own = named(name) if name == "draw" else {"by", "lang"}
    assert [key for key in own if f"`{key}`" not in documentation] == []


@pytest.mark.parametrize(("command", "function"), [("draw", "draw"), ("step", "steps")])
def test_the_command_takes_them_and_leaves_what_is_not_typed_to_the_function(command: str, function: str) -> None:
    defaults = {key: parameter.default for key, parameter in named(function).items()}
    typed = vars(parsed([command, "x", "x=1"]))
    assert {key: value for key, value in typed.items() if defaults.get(key, value) != value} == {}
    assert not {"rankdir", "edges", "collapse"} & set(typed)
    assert vars(parsed([command, "x", "x=1", "--rankdir", "LR"]))["rankdir"] == "LR"


def test_explain_has_the_defaults_of_steps() -> None:
    own = inspect.signature(viz.explain).parameters
    assert {key: own[key].default for key in ("by", "lang", "precision")} == {
        key: named("steps")[key].default for key in ("by", "lang", "precision")
    }


TYPED = """
import viz
from microgrid import Value
y = Value(1.0)
viz.draw(y, theme="dark", path=["a", y], highlight="w", max_nodes=None).svg()
viz.steps(y, by="neuron", slide="4:3")[0].caption
viz.draw(y, theme=3)
viz.draw(y, colour="red")
viz.steps(y, around="z")
"""


def test_a_type_checker_knows_them(tmp_path: Path) -> None:
    (tmp_path / "lesson.py").write_text(TYPED)
    checker = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "setup.cfg"), str(tmp_path / "lesson.py")]
    done = subprocess.run(checker, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    told = [line.partition(": error: ")[2] for line in done.stdout.splitlines() if ": error: " in line]
    assert [line.split("  [")[0] for line in told] == [
        'Argument "theme" to "draw" has incompatible type "int"; expected "str"',
        'Unexpected keyword argument "colour" for "draw"',
        'Unexpected keyword argument "around" for "steps"',
    ]


DEFAULTS = {
    "rankdir": "LR", "theme": "lecture", "ops": "merged", "edges": "local", "labels": "math", "precision": 4,
    "title": None, "legend": False, "highlight": (), "path": None, "color_by": None, "node_style": None, "claim": None,
    "sums": "auto", "pieces": "named", "numbers": "auto", "parameters": "boxes", "formulas": "all",
    "slide": None, "collapse": "auto", "max_nodes": 5000, "timeout": 60.0, "engine": "auto", "lang": "en",
}  # fmt: skip
"""As they are published: whoever changes one changes the pictures that people have."""


@pytest.mark.parametrize(
    ("name", "own"),
    [("draw", {"around": None, "radius": None, "show": "all"}), ("steps", {"by": "auto", "view": "graph"})],
    ids=FUNCTIONS,
)
def test_the_defaults_are_those_that_were_published(name, own):
    assert {key: parameter.default for key, parameter in named(name).items()} == DEFAULTS | own
