"""The rules that keep the package readable: who imports whom, what is never called, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import microgrid
import viz
from helpers import ROOT, needs_checkout

PACKAGE, VIZ = Path(microgrid.__file__).parent, Path(viz.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
BOTH = FILES + sorted(VIZ.rglob("*.py"))
CYTHON = [path for pattern in ("*.pyx", "*.pxd") for path in sorted(PACKAGE.rglob(pattern))]
DOCUMENT = ROOT / "docs" / "architecture.md"
BRIDGE = PACKAGE / "pictures.py"
"""The one way from microgrid up to viz, which imports microgrid: the command line and `History.plot` take it."""

files = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
both = pytest.mark.parametrize("path", BOTH, ids=lambda path: str(path.relative_to(PACKAGE.parent)))
each_package = pytest.mark.parametrize("package", [PACKAGE, VIZ], ids=lambda package: package.name)


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in BOTH}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, everywhere: bool = True) -> set[str]:
    """The names a file imports, absolute; without `everywhere`, at its top level only and not for typing alone."""
    package = path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    tree = parsed(path)
    names = set()
    for node in ast.walk(tree) if everywhere else outside_functions(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        hidden = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not hidden and not typing:
            yield from outside_functions(node)


@cache
def imported_modules(path: Path) -> set[str]:
    """The modules of both packages that a file imports, or imports from, inside functions and for typing too."""
    if path == BRIDGE:
        return set()
    named = {name if name in MODULES else name.rpartition(".")[0] for name in imports(path)}
    return named & set(MODULES)


# ---------------------------------------------------------------- the rooms


@cache
def levels(package: str) -> dict[str, int]:
    """The height of each room: the lines of the table in docs/architecture.md, of which the first is the highest."""
    table = re.search(rf"```rooms {package}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)[1]
    return {room: -line for line, rooms in enumerate(table.splitlines()) for room in rooms.split()}


@needs_checkout
@both
def test_imports_point_downwards(path):
    package, room, *_ = path.relative_to(PACKAGE.parent).with_suffix("").parts
    height = levels(package)
    used = {name.split(".")[1] for name in imported_modules(path) if name.startswith(f"{package}.")}
    assert {other for other in used if height[other] > height[room]} == set()


def test_no_two_rooms_of_one_height_import_each_other():
    rooms = {}
    for name, path in MODULES.items():
        room = ".".join(name.split(".")[:2])
        rooms.setdefault(room, set()).update(".".join(other.split(".")[:2]) for other in imported_modules(path))
    assert circle({room: used - {room} for room, used in rooms.items()}) == []


def test_no_modules_import_each_other_for_typing_or_in_functions_either():
    assert circle({name: imported_modules(path) for name, path in MODULES.items()}) == []


def circle(used: dict[str, set[str]]) -> list[str]:
    """Names that use each other in a ring, if there are any."""
    try:
        TopologicalSorter(used).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_a_circle_would_be_found():
    assert sorted(set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}))) == ["a", "b", "c"]


@needs_checkout
@each_package
def test_every_room_is_in_the_table(package):
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms == set(levels(package.name))


@pytest.mark.parametrize(("package", "most"), [(PACKAGE, 29), (VIZ, 18)], ids=["microgrid", "viz"])
def test_the_top_of_a_package_can_be_overlooked(package, most):
    folders = [path for path in package.iterdir() if path.name != "__pycache__" and any(path.glob("*.[pch]*"))]
    assert len([*package.glob("*.py"), *folders]) <= most


FOLDERS = sorted({path.parent for path in BOTH} - {PACKAGE, VIZ})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE.parent)))
def test_a_room_has_three_to_twelve_files_and_says_what_happens_in_it(folder):
    assert 3 <= len([path for path in folder.iterdir() if path.suffix in (".py", ".pyx")]) <= 12
    first = ast.get_docstring(parsed(folder / "__init__.py")).split("\n\n")[0]
    assert first.endswith((".", ":"))


UPWARDS = {
    "microgrid/base/stack.pxd": {"microgrid.engine"},
    "microgrid/base/stack.pyx": {"microgrid.engine"},
    "microgrid/backward.pxd": {"microgrid.engine"},
}
"""What C has to know of nodes before there is a Value: nothing else names what lies above it."""


@needs_checkout
@pytest.mark.parametrize("path", CYTHON, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_these_cimports_point_upwards(path):
    height, place = levels("microgrid"), path.relative_to(PACKAGE.parent)
    package, room = place.parts[:-1], place.with_suffix("").parts[1]
    upwards = set()
    for dots, module in re.findall(r"^from (\.*)([\w.]*) cimport", path.read_text(encoding="utf-8"), re.M):
        base = package[: len(package) - len(dots) + 1] if dots else ()
        name = ".".join((*base, module)).strip(".")
        if name.startswith("microgrid.") and height[name.split(".")[1]] > height[room]:
            upwards.add(name)
    assert upwards == UPWARDS.get(place.as_posix(), set())


# ---------------------------------------------------------------- between the packages, and beyond


@files
def test_microgrid_imports_viz_by_its_one_bridge(path):
    if path != BRIDGE:
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


def test_import_microgrid_loads_only_what_a_first_graph_needs():
    """Each of these takes one to ten milliseconds, of forty."""
    later = ("hashlib", "importlib.abc", "tempfile", "json")
    ours = ("expressions", "naming.names", "nn.tables.summary", "nn.losses", "optim", "train", "programs", "claims")
    unwanted = (*later, *(f"microgrid.{name}" for name in ours))
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import microgrid; print({{*sys.modules}} & {{*{unwanted!r}}})"
    )
    run = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_computing_and_differentiating_loads_nothing_heavy():
    code = (
        "import sys; from microgrid import *; x = Value(2.0); y = (x.tanh() + x**2).relu(); y.backward(); grad(y, x); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


LONGER = {"microgrid/engine.py": 450, "microgrid/programs/lowering.py": 345}
"""Classes whose methods share C structures: in two files, each would have to import the other; and the one table."""


@both
def test_a_file_is_short_enough_to_read(path):
    most = LONGER.get(path.relative_to(PACKAGE.parent).as_posix(), 320)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


@both
def test_no_text_is_ever_run(path):
    allowed = {"exec", "compile"} if path == PACKAGE / "base" / "formula.py" else set()
    assert called(parsed(path)) & {"eval", "exec", "compile", "__import__"} <= allowed


def called(tree: ast.AST) -> set[str]:
    """The plain names that are called."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


@both
def test_no_assert_guards_against_a_user(path):
    assert [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)] == []


@both
def test_a_module_opens_with_what_it_is_for(path):
    assert ast.get_docstring(parsed(path))


@pytest.mark.parametrize("name", ["engine.py", "backward.py", "graph.py", "copying.py", "transforms.py"])
def test_nothing_that_walks_a_graph_calls_itself(name):
    for node in ast.walk(parsed(PACKAGE / name)):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            assert node.name not in called(node) - {"backward"}  # the method calls the function
