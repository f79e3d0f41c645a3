"""Which texts the sources say, and with which fields: what both languages have to have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

SPEAKERS = ("say", "_say", "count")


def fields(template: str) -> list[tuple[str, str, str]]:
    """The fields of a template with their formats, in alphabetical order."""
    return sorted((name, form or "", kind or "") for _, name, form, kind in Formatter().parse(template) if name)


def has_words(template: str) -> bool:
    return re.search("[a-z]{2}", re.sub(r"\{.*?\}", "", template)) is not None


def templates(path: Path) -> Iterator[str]:
    """What is said in a file: the literals that `say` and `count` are given, at once or by way of a name."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            named: dict[str, set[str]] = {}
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    named.setdefault(node.targets[0].id, set()).update(literals(node.value))
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in SPEAKERS:
                    for argument in call.args:
                        yield from named.get(argument.id, ()) if isinstance(argument, ast.Name) else literals(argument)


def literals(tree: ast.expr) -> set[str]:
    """The texts that an expression may be: a literal, or one of two."""
    if isinstance(tree, ast.IfExp):
        return literals(tree.body) | literals(tree.orelse)
    return {tree.value} if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else set()
