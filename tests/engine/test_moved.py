"""Module paths of earlier versions: they work, and say where the module is now."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import microgrid
from helpers import ROOT, needs_checkout
from microgrid.base.build import MOVED

PROJECT = Path(microgrid.__file__).parents[1]


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)


def test_an_old_path_gives_what_the_new_one_does_and_warns_in_one_line():
    ran = run(
        "from microgrid.symbolic import verify\n"
        "import microgrid.program, microgrid\n"
        "assert verify is microgrid.verify\n"
        "assert microgrid.program.Program is microgrid.Program"
    )
    assert ran.returncode == 0, ran.stderr
    first, second = (line for line in ran.stderr.splitlines() if "Warning" in line)
    assert first.startswith("<string>:1: DeprecationWarning: microgrid.symbolic is now microgrid.proof.verify")
    assert second.startswith("<string>:4: DeprecationWarning: microgrid.program is now microgrid.programs.program")


def test_parse_stays_the_function_when_the_old_module_is_imported():
    ran = run(
        "import microgrid.parse\n"
        "from microgrid.parse import free_names, parse\n"
        "from microgrid import parse as function\n"
        "import microgrid.parse as again\n"
        "assert parse is function is again is microgrid.parse\n"
        "assert free_names('a + b') and microgrid.parse('x*x', x=3.0)['result'].data == 9.0"
    )
    assert ran.returncode == 0, ran.stderr


def test_nobody_is_warned_who_uses_no_old_path():
    ran = run("import microgrid, microgrid.nn, microgrid.optim; microgrid.verify", "-W", "error")
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("old", [old for old in MOVED if old != "microgrid.parse"])
@pytest.mark.parametrize("code", ["import {old}", "import microgrid, microgrid.optim, microgrid.train"])
def test_a_module_is_found_with_dots_too(old, code):
    namespace = {}
    exec(code.format(old=old), namespace)
    new = import_module(MOVED[old])
    name = next(name for name in vars(new) if name[0] != "_")
    with pytest.warns(DeprecationWarning, match=f"^{old} is now {MOVED[old]},"):
        assert eval(compile(f"{old}.{name}", code + old, "eval"), namespace) is getattr(new, name)


def test_packages_have_still_no_other_attributes():
    for package in (microgrid, microgrid.nn, microgrid.optim, microgrid.train):
        with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'no_such_name'"):
            package.no_such_name  # noqa: B018


def test_who_looks_through_all_modules_gets_no_warning_and_imports_nothing():
    ran = run(
        "import inspect, pickle, sys, microgrid\n"
        "before = set(sys.modules)\n"
        "class Thing: __module__ = None\n"
        "assert pickle.whichmodule(Thing(), 'no_such_name') == '__main__'\n"
        "inspect.getmodule(inspect.currentframe())\n"
        "assert not {m for m in set(sys.modules) - before if m.startswith('microgrid')}",
        "-W", "error",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("old", MOVED)
def test_an_old_path_has_a_spec(old):
    assert find_spec(old).name == old


def test_several_names_of_one_line_are_one_warning_and_each_line_has_its_own():
    code = (
        "from microgrid.parse import free_names, parse\n"
        "from microgrid.parse import free_names, parse"
    )  # fmt: skip
    ran = run(code, "-W", "always")
    assert [line[:30] for line in ran.stderr.splitlines()] == [f"<string>:{k}: DeprecationWarning"[:30] for k in (1, 2)]


@pytest.mark.parametrize(
    ("old", "name"),
    [("conversion", "LARGEST"), ("rules", "prove_all"),
     *(("instructions", name) for name in ("MORE", "ROW", "RUN", "SUM"))],
)  # fmt: skip
def test_a_name_that_is_gone_is_looked_for_in_the_new_place(old, name):
    path = f"microgrid.{old}"
    with pytest.raises(ImportError, match=f"cannot import name '{name}' from '{path}, now {MOVED[path]}'"):
        exec(f"from {path} import {name}")
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"`{old}.{name}`" in changes


@pytest.mark.parametrize("old", MOVED)
def test_each_new_path_is_a_module_and_no_file_has_an_old_one(old):
    assert import_module(MOVED[old]).__name__ == MOVED[old]
    assert not PROJECT.joinpath(*old.split(".")).with_suffix(".py").exists()
    with pytest.raises(AttributeError, match=f"'{old}, now {MOVED[old]}' has no attribute"):
        import_module(old).no_such_name  # noqa: B018


@needs_checkout
def test_the_changelog_lists_them():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [old for old, new in MOVED.items() if f"| `{old}` | `{new}` |" not in text] == []
