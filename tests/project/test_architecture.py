"""The rules that keep the package readable: who imports whom, what is never called, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import microgrid
import viz

PACKAGE, VIZ = Path(microgrid.__file__).parent, Path(viz.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
DOCUMENT = PACKAGE.parent / "docs" / "architecture.md"
BOTH = FILES + sorted(VIZ.rglob("*.py"))
files = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
both = pytest.mark.parametrize("path", BOTH, ids=lambda path: str(path.relative_to(PACKAGE.parent)))


def imports(path: Path, everywhere: bool = True) -> set[str]:
    """The modules a file imports by absolute name; without `everywhere`, at its top level only."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    package = parts[:-1]
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.walk(tree) if everywhere else outside_functions(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def outside_functions(tree: ast.AST):
    for node in ast.iter_child_nodes(tree):
        yield node
        hidden = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not hidden and not typing:
            yield from outside_functions(node)


def levels(package: str) -> dict[str, int]:
    """The height of each room: the lines of the table in docs/architecture.md, of which the first is the highest."""
    table = re.search(rf"```rooms {package}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)[1]
    return {room: -line for line, rooms in enumerate(table.splitlines()) for room in rooms.split()}


HEIGHT = {package: levels(package) for package in ("microgrid", "viz")}


@both
def test_imports_point_downwards(path):
    package, room, *_ = path.relative_to(PACKAGE.parent).with_suffix("").parts
    modules = [module.split(".") for module in imports(path, everywhere=False)]
    used = {module[1] for module in modules if module[0] == package and len(module) > 1}
    height = HEIGHT[package]
    assert {other for other in used & set(height) if height[other] > height[room]} == set()


@pytest.mark.parametrize("package", [PACKAGE, VIZ], ids=lambda package: package.name)
def test_every_room_is_in_the_table(package):
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms == set(HEIGHT[package.name])


@files
def test_microgrid_imports_viz_by_its_one_bridge(path):
    if path != PACKAGE / "pictures.py":
        assert not any(module.split(".")[0] == "viz" for module in imports(path))


@pytest.mark.parametrize("path", sorted(VIZ.rglob("*.py")), ids=lambda path: path.name)
def test_viz_uses_only_public_names(path):
    used = [module for module in imports(path) if module.split(".")[0] == "microgrid"]
    assert [module for module in used if any(part.startswith("_") for part in module.split("."))] == []


HEAVY = ("sympy", "numpy", "mpmath", "graphviz", "pygraphviz", "matplotlib", "viz")


@files
def test_heavy_packages_are_imported_where_they_are_used(path):
    assert {module.split(".")[0] for module in imports(path, everywhere=False)} & set(HEAVY) == set()


def test_import_microgrid_loads_nothing_heavy():
    code = f"import sys, microgrid; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_computing_and_differentiating_loads_nothing_heavy():
    code = (
        "import sys; from microgrid import *; x = Value(2.0); y = (x.tanh() + x**2).relu(); y.backward(); grad(y, x); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@both
def test_a_file_is_short_enough_to_read(path):
    assert len(path.read_text().splitlines()) <= 390


@both
def test_no_text_is_ever_run(path):
    allowed = {"exec", "compile"} if path == PACKAGE / "base" / "formula.py" else set()
    assert called(ast.parse(path.read_text())) & {"eval", "exec", "compile", "__import__"} <= allowed


def called(tree: ast.AST) -> set[str]:
    """The plain names that are called."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


@both
def test_no_assert_guards_against_a_user(path):
    assert [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)] == []


@both
def test_a_module_opens_with_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("name", ["engine.py", "backward.py", "graph.py", "copying.py", "transforms.py"])
def test_nothing_that_walks_a_graph_calls_itself(name):
    for node in ast.walk(ast.parse((PACKAGE / name).read_text())):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            assert node.name not in called(node) - {"backward"}  # the method calls the function
