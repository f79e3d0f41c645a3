"""Which texts the sources say, and with which fields: what each language has to have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

SPEAKERS = ("say", "_say", "count")
SENSES = re.compile(r" \[[^]]*\]$")
"""What stands after a template in a table, of those whose English says several things."""


def fields(template: str) -> list[tuple[str, str, str]]:
    """The fields of a template with their formats, in alphabetical order."""
    return sorted((name, form or "", kind or "") for _, name, form, kind in Formatter().parse(template) if name)


def has_words(template: str) -> bool:
    return re.search("[a-zA-Z]{2}", re.sub(r"\{.*?\}", "", template)) is not None


def templates(path: Path) -> Iterator[str]:
    """What is said in a file: the literals that `say` and `count` are given, at once or by way of a name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        named: dict[str, set[str]] = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, set()).update(literals(node.value))
        for call in ast.walk(scope):
            if isinstance(call, ast.Call) and speaker_of(call) in SPEAKERS:
                sense = "".join(f" [{literals(k.value).pop()}]" for k in call.keywords if k.arg == "sense")
                for argument in call.args:
                    texts = named.get(argument.id, ()) if isinstance(argument, ast.Name) else literals(argument)
                    yield from (text + sense for text in texts)


def speaker_of(call: ast.Call) -> str:
    """The name of what is called; `count` of a text is that of every str, and says nothing."""
    attribute = getattr(call.func, "attr", "")
    return str(getattr(call.func, "id", "" if attribute == "count" else attribute))


def literals(tree: ast.expr) -> set[str]:
    """The texts that an expression may be: a literal, or one of two."""
    if isinstance(tree, ast.IfExp):
        return literals(tree.body) | literals(tree.orelse)
    return {tree.value} if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else set()
