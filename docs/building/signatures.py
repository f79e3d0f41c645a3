"""How a public name is called, what it says of itself, and which lines it is."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = ["Described", "describe", "members"]

ROOT = Path(__file__).parents[2]
WIDTH = 88
"""Characters beyond which a signature has a line for each parameter."""


@dataclass(frozen=True)
class Described:
    """A public name as its page shows it."""

    name: str
    thing: Any
    title: str
    signature: str
    docstring: str
    place: str = ""
    line: int = 0
    source: str = ""


def describe(name: str, thing: Any, module: str = "") -> Described:
    """What a page says of a name; of a constant, what stands below it in the module."""
    docstring = inspect.getdoc(thing) or ""
    if isinstance(thing, property):
        docstring = inspect.getdoc(thing.fget) or ""
    if not callable(thing):
        return Described(name, thing, name, "", _below(name, module) if module else docstring)
    file, line, source = _source(thing)
    return Described(
        name, thing, name, _signature(name, thing), docstring, f"{file}:{line}" if file else "", line, source
    )


def _below(name: str, module: str) -> str:
    """The text below an assignment."""
    body = _tree(Path(str(import_module(module).__file__))).body
    for statement, following in pairwise(body):
        target = getattr(statement, "target", None)
        if getattr(target, "id", "") == name and isinstance(following, ast.Expr):
            return str(ast.literal_eval(following.value))
    return ""


def members(thing: Any) -> Iterator[Described]:
    """The public methods and properties of a class of ours, its own and those of its bases."""
    if not inspect.isclass(thing) or issubclass(thing, BaseException):
        return
    seen = set()
    for base in thing.__mro__:
        if not base.__module__.startswith(("microgrid", "viz")):
            continue
        for name, member in vars(base).items():
            wanted = inspect.isroutine(member) or isinstance(member, property | classmethod | staticmethod)
            wanted = wanted or type(member).__name__ in (
                "cached_property",
                "getset_descriptor",
                "cython_function_or_method",
            )
            if name.startswith("_") or name in seen or not wanted:
                continue
            seen.add(name)
            inner = getattr(member, "__func__", getattr(member, "func", member))
            if inspect.getdoc(inner):
                yield describe(name, inner)


def _signature(name: str, thing: Any) -> str:
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return _written(name, thing)
    if inspect.isclass(thing):
        signature = signature.replace(return_annotation=inspect.Signature.empty)
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(signature))
    if len(name) + len(text) <= WIDTH:
        return name + text
    inside = _split(text[1 : text.rindex(")")])
    return f"{name}(\n" + "".join(f"    {part},\n" for part in inside) + ")" + text[text.rindex(")") + 1 :]


def _split(text: str) -> Iterator[str]:
    """At commas outside of brackets and quotes."""
    part, depth, quoted = "", 0, ""
    for letter in text:
        if letter in "'\"":
            quoted = "" if quoted == letter else quoted or letter
        depth += (letter in "([{") - (letter in ")]}") if not quoted else 0
        if letter == "," and depth == 0 and not quoted:
            yield part.strip()
            part = ""
        else:
            part += letter
    if part.strip():
        yield part.strip()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _found(thing: Any) -> tuple[Path, ast.FunctionDef | ast.ClassDef] | None:
    """Where a function or class stands: by its name in the source, since compiled ones have no lines."""
    module = import_module(thing.__module__) if getattr(thing, "__module__", None) else None
    if module is None or not getattr(module, "__file__", None):
        return None
    path = Path(str(module.__file__))
    path = path if path.suffix == ".py" else path.with_name(path.name.partition(".")[0] + ".py")
    if not path.is_file() or not path.is_relative_to(ROOT):
        return None
    node: Any = _tree(path)
    for part in getattr(thing, "__qualname__", "").split("."):
        node = next(
            (child for child in ast.iter_child_nodes(node) if getattr(child, "name", None) == part), None
        )
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            return None
    return path, node


def _source(thing: Any) -> tuple[str, int, str]:
    found = _found(inspect.unwrap(thing) if callable(thing) else thing)
    if not found or isinstance(found[1], ast.ClassDef):
        return "", 0, ""
    path, node = found
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    lines = path.read_text(encoding="utf-8").splitlines()[first - 1 : node.end_lineno]
    return path.relative_to(ROOT).as_posix(), first, inspect.cleandoc("\n" + "\n".join(lines))


def _written(name: str, thing: Any) -> str:
    """As the source has it, of what is compiled."""
    found = _found(thing)
    if not found:
        return ""
    node = found[1]
    if isinstance(node, ast.ClassDef):
        made = [
            child for child in node.body if isinstance(child, ast.FunctionDef) and child.name == "__init__"
        ]
        return f"{name}({ast.unparse(made[0].args).removeprefix('self, ')})" if made else ""
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{name}({ast.unparse(node.args).removeprefix('self, ').removeprefix('self')}){result}"
