"""The examples in docstrings of compiled modules, run on the compiled ones: doctest itself cannot find them there."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

import microgrid
from microgrid.base import build


def examples() -> list[doctest.DocTest]:
    """One for each docstring of a compiled module's source that has examples, with that module's names."""
    found = []
    for name in build.COMPILED:
        path = Path(microgrid.__file__).parent / f"{name.replace('.', '/')}.py"
        names = vars(importlib.import_module(f"microgrid.{name}"))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
                where = f"{name}.{getattr(node, 'name', '__doc__')}"
                line = getattr(node, "lineno", 0)
                found.append(doctest.DocTestParser().get_doctest(text, names, where, str(path), line))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("test", examples(), ids=lambda test: test.name)
def test_the_examples_hold(test):
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append, clear_globs=False)
    assert said == []


def test_the_class_shows_its_example():
    assert "engine.Value" in [test.name for test in examples()]
    assert ">>> L.backward()" in microgrid.Value.__doc__
