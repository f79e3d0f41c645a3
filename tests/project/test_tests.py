"""The tests themselves: what they share is in `helpers`, and each module can be moved or run alone."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

import microgrid as mg
from helpers import ONLY_THE_PACKAGE, ROOT, needs_checkout
from helpers.graphs import lecture

MODULES = sorted((ROOT / "tests").rglob("*.py"))
modules = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "tests")))
SIBLINGS = {path.stem for path in MODULES if path.stem.startswith("test_")}


@modules
def test_no_module_imports_from_a_test_module(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or path.parent.name == "helpers"
            imported |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
    assert imported & {*SIBLINGS, "tests", "conftest"} == set()


@modules
def test_where_the_checkout_is_stands_in_one_place(path: Path) -> None:
    places = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if ascends(node)]
    assert len(places) == (path == ROOT / "tests" / "helpers" / "__init__.py")


def ascends(node: ast.AST) -> bool:
    """Whether this is Path(__file__).parent or Path(__file__).parents."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("parent", "parents")
        and ast.unparse(node.value) in ("Path(__file__)", "Path(__file__).resolve()")
    )


@needs_checkout
def test_what_ci_installs_is_not_optional() -> None:
    """Else a broken installation would pass there: conftest.py counts what is skipped, but for what is optional."""
    commands = re.findall(r"command -v (\w+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    setup = ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    packages = re.findall(r"^[\w-]+", setup["options.extras_require"]["test"], re.MULTILINE)
    installed = {*commands, *packages, "axe-core"}
    assert installed >= {"node", "chromium", "pdflatex", "playwright"}
    reasons = [
        node.value
        for path in [ROOT / "conftest.py", *MODULES]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and str(node.value).startswith("optional: ")
    ]
    assert ONLY_THE_PACKAGE in reasons
    assert [reason for reason in reasons if installed & set(re.findall(r"[\w-]+", reason.lower()))] == []


def test_the_lecture_graph_has_the_numbers_of_the_slide() -> None:
    nodes = {v.label: v for v in mg.graph.order(lecture())}
    assert {label: v.data for label, v in nodes.items()} == {
        "w": 2, "x": 3, "z": 6, "b": 1, "ŷ": 7, "y": 9, "e": -2, "L": 4,
    }  # fmt: skip
    assert nodes["w"].grad == -12
    assert nodes["b"].grad == -4
