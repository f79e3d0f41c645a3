"""The tests themselves: what they share is in `helpers`, and each module can be moved or run alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import microgrid as mg
from helpers import ROOT
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


def test_the_lecture_graph_has_the_numbers_of_the_slide() -> None:
    nodes = {v.label: v for v in mg.graph.order(lecture())}
    assert {label: v.data for label, v in nodes.items()} == {
        "w": 2, "x": 3, "z": 6, "b": 1, "ŷ": 7, "y": 9, "e": -2, "L": 4,
    }  # fmt: skip
    assert nodes["w"].grad == -12
    assert nodes["b"].grad == -4
