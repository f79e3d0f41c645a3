"""What gets installed, and that the sources are as clean as the configuration asks."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

import microgrid
import viz
from helpers import ROOT, needs_checkout
from microgrid.base import build


def test_nothing_else_answers_to_our_names():
    names = packages_distributions()
    assert set(names["microgrid"]) == {"microgrid"}
    assert set(names["viz"]) == {"microgrid"}
    assert Path(viz.__file__).parent.parent == Path(microgrid.__file__).parent.parent


def test_the_metadata_is_complete():
    installed = distribution("microgrid")
    assert installed.version == microgrid.__version__
    assert installed.metadata["License-Expression"] == "MIT"
    assert installed.metadata["Requires-Python"] == ">=3.11"
    assert set(installed.metadata.get_all("Provides-Extra")) >= {"test", "plots", "dev", "bench"}
    assert [(entry.name, entry.value) for entry in installed.entry_points] == [("microgrid", "microgrid.cli:main")]


@pytest.mark.parametrize("package", [microgrid, viz], ids=["microgrid", "viz"])
def test_types_are_shipped(package):
    assert (Path(package.__file__).parent / "py.typed").is_file()


@needs_checkout
def test_a_package_holds_all_that_its_compiled_modules_are_compared_with(tmp_path: Path):
    """One file of them that is not shipped, and every installation runs uncompiled."""
    build_py = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(tmp_path / "lib")]
    egg_info = ["egg_info", "--egg-base", str(tmp_path)]
    subprocess.run([*build_py[:3], *egg_info, *build_py[3:]], cwd=ROOT, check=True, capture_output=True)
    wanted = {path.relative_to(ROOT).as_posix() for path in build.sources()}
    shipped = {path.relative_to(tmp_path / "lib").as_posix() for path in (tmp_path / "lib").rglob("*.*")}
    assert wanted - shipped == set()


def test_every_file_that_is_compiled_is_compared():
    """The folders are looked through by name, as that is quick: no declaration may lie in another."""
    declared = {path for end in ("pxd", "pyx") for path in build.PACKAGE.rglob(f"*.{end}")}
    assert declared
    assert declared <= {*build.sources()}
    assert {*build.PACKAGE.glob("native/*.[ch]")} <= {*build.sources()}


@needs_checkout
def test_pyproject_only_says_how_to_build():
    import tomllib

    written = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(written) == {"build-system", "tool"}
    assert set(written["tool"]) == {"cibuildwheel"}


@pytest.mark.slow
@needs_checkout
@pytest.mark.parametrize("tool", ["ruff check --no-cache", "ruff format --check --no-cache", "mypy"])
def test_the_sources_are_clean(tool):
    run = subprocess.run([sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
