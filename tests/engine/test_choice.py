"""Which engine runs: compiled, or its source where that is asked for, stale, or all there is."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import microgrid
from helpers import ONLY_THE_PACKAGE, ROOT

PACKAGE = Path(microgrid.__file__).parent
SAYS = "import microgrid, sys; v = microgrid.Value(3.0); (v * v).backward(); print(microgrid.compiled, v.grad)"

BUILT = all(list(PACKAGE.glob(f"{name}.*.so")) for name in ("engine", "programs/kernel"))
needs_compiled = pytest.mark.skipif(not BUILT, reason="optional: needs a compiled engine to copy")
needs_cython = pytest.mark.skipif(importlib.util.find_spec("Cython") is None, reason="needs Cython")


def run(*command, where, **environment):
    """A command that finds nothing of this package but what is in that directory."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MICROGRID_") and k != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=where,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def says(where, *options, **environment):
    done = run(*options, "-c", SAYS, where=where, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


@pytest.fixture
def copied(tmp_path):
    """The package with what is compiled beside it."""
    shutil.copytree(PACKAGE, tmp_path / "microgrid", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def comment(path):
    path.write_text(path.read_text() + "\n# edited\n")


# ---------------------------------------------------------------- at run time


@needs_compiled
def test_what_is_compiled_runs(copied):
    assert says(copied) == (["True", "6.0"], "")


@needs_compiled
@pytest.mark.parametrize("name", ["backward.py", "ops.py", "base/stack.pyx", "native/forward.h"])
def test_an_edited_source_runs_itself_and_says_so(copied, name):
    comment(copied / "microgrid" / name)
    said, warned = says(copied)
    assert said == ["False", "6.0"]
    assert "RuntimeWarning: microgrid's sources have changed since they were compiled" in warned
    assert "pip install -e ." in warned
    done = run("-W", "error", "-c", SAYS, where=copied)
    assert done.returncode != 0


@needs_compiled
def test_an_edited_source_is_what_runs(copied):
    path = copied / "microgrid" / "engine.py"
    path.write_text(path.read_text().replace('return f"Value(data=', 'return f"Edited(data='))
    done = run("-W", "ignore", "-c", "import microgrid; print(microgrid.Value(1.0))", where=copied)
    assert done.stdout == "Edited(data=1.0, grad=0.0)\n"


@needs_compiled
def test_a_file_that_is_not_compiled_may_change(copied):
    comment(copied / "microgrid" / "functions.py")
    assert says(copied) == (["True", "6.0"], "")


@needs_compiled
@pytest.mark.parametrize("name", ["engine", "programs/kernel"])
def test_one_compiled_module_missing_means_all(copied, name):
    for path in (copied / "microgrid").glob(f"{name}.*.so"):
        path.unlink()
    assert says(copied) == (["False", "6.0"], "")


@pytest.mark.parametrize("value", ["1", "yes"])
def test_the_source_runs_where_that_is_asked_for(copied, value):
    assert says(copied, MICROGRID_PURE=value) == (["False", "6.0"], "")
    comment(copied / "microgrid" / "engine.py")
    assert says(copied, MICROGRID_PURE=value) == (["False", "6.0"], "")


@pytest.mark.parametrize("value", ["", "0"])
def test_no_and_nothing_ask_for_nothing(copied, value):
    assert says(copied, MICROGRID_PURE=value)[0] == [str(BUILT), "6.0"]


@pytest.mark.parametrize("pure", ["0", "1"])
def test_info_says_what_runs(copied, pure):
    done = run("-m", "microgrid", "info", where=copied, MICROGRID_PURE=pure)
    assert done.returncode == 0, done.stderr
    said, built = done.stdout.splitlines(), BUILT and pure == "0"
    assert said[0] == f"microgrid   {microgrid.__version__} ({'compiled' if built else 'pure Python'})"
    assert said[1].startswith("programs on the native kernel (" if built else "programs on NumPy, because")
    if built and microgrid.compiled:
        x = microgrid.Value(1.0)
        assert said[1].removeprefix("programs on ") in str(microgrid.compile(x * x, inputs=[x]))


# ---------------------------------------------------------------- at build time


@pytest.fixture
def unbuilt(tmp_path):
    """The sources alone, as in an sdist."""
    if not (ROOT / "microgrid").is_dir():
        pytest.skip(ONLY_THE_PACKAGE)
    without = shutil.ignore_patterns("__pycache__", "*.so", "*.c", "*.pyd")
    for name in ("microgrid", "viz"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=without)
    native = tmp_path / "microgrid" / "native"
    for path in (ROOT / "microgrid" / "native").glob("*.[ch]"):
        shutil.copy(path, native)
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def build(where, **environment):
    """One module is translated and handed to the compiler: Cython for all of them takes half a minute."""
    setup = (where / "setup.py").read_text().replace("for name in build.COMPILED)", 'for name in ("base.nodes",))')
    lines = [line for line in setup.splitlines() if not line.startswith("    extension(")]
    (where / "setup.py").write_text("\n".join(lines))
    return run("setup.py", "-q", "build_ext", "--inplace", where=where, **environment)


@pytest.mark.slow
@needs_cython
def test_without_a_compiler_the_build_warns_and_the_source_runs(unbuilt):
    done = build(unbuilt, CC="/bin/false")
    assert done.returncode == 0, done.stderr
    assert "microgrid.base.nodes" in done.stderr
    assert "failed" in done.stderr
    assert says(unbuilt) == (["False", "6.0"], "")


@pytest.mark.slow
@needs_cython
def test_without_a_compiler_the_build_fails_where_one_is_required(unbuilt):
    done = build(unbuilt, CC="/bin/false", MICROGRID_REQUIRE_EXT="1")
    assert done.returncode != 0
    assert "/bin/false" in done.stderr


@pytest.mark.parametrize("without", ["MICROGRID_PURE", "Windows", "Cython"])
def test_a_build_that_would_compile_nothing_fails_where_the_compiled_modules_are_required(unbuilt, without):
    lacks = {"Windows": "sys.platform = 'win32'", "Cython": "build_ext = None"}.get(without, "")
    text = (unbuilt / "setup.py").read_text()
    (unbuilt / "setup.py").write_text(text.replace("\nHERE = ", f"\n{lacks}\nHERE = "))
    pure = "1" if without == "MICROGRID_PURE" else ""
    done = run(
        "setup.py", "-q", "build_ext", "--inplace", where=unbuilt, MICROGRID_PURE=pure, MICROGRID_REQUIRE_EXT="1"
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "MICROGRID_REQUIRE_EXT" in line
    assert without in line


def test_a_build_that_is_to_be_pure_compiles_nothing(unbuilt):
    done = run("setup.py", "-q", "build_ext", "--inplace", where=unbuilt, CC="/bin/false", MICROGRID_PURE="1")
    assert done.returncode == 0, done.stderr
    assert list(unbuilt.rglob("*.so")) == []
    assert says(unbuilt) == (["False", "6.0"], "")
