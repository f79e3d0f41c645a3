"""`python -m benchmarks` measures the microgrid that is installed, says which, and refuses one without a kernel."""

import os
import shutil
import subprocess
import venv

import pytest

from helpers import ROOT, needs_checkout

pytestmark = needs_checkout


def package(folder, compiled, trace=None):
    """As much of a microgrid as is asked for its version; it notes that it was imported."""
    (folder / "microgrid" / "programs").mkdir(parents=True)
    note = f"open({str(trace)!r}, 'a').write('imported')\n" if trace else ""
    (folder / "microgrid" / "__init__.py").write_text(f"__version__, compiled = '9.9', {compiled}\n{note}")
    (folder / "microgrid" / "programs" / "__init__.py").touch()
    if compiled:
        (folder / "microgrid" / "programs" / "kernel.py").write_text("def levels(): return ('sse2',)\n")


class Machine:
    """A checkout, and a Python with nothing installed."""

    def __init__(self, folder):
        self.checkout, self.trace = folder / "checkout", folder / "trace"
        shutil.copytree(ROOT / "benchmarks", self.checkout / "benchmarks", ignore=shutil.ignore_patterns("*.pyc"))
        venv.create(folder / "venv", with_pip=False, symlinks=os.name != "nt")
        (self.site,) = (folder / "venv").rglob("site-packages")
        self.python = next((folder / "venv").glob("[bS]*/python*"))

    def run(self, *arguments, **changed):
        environment = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "MICROGRID_PURE")}
        command = [str(self.python), "-m", "benchmarks", "--quick", "--only", "import", *arguments]
        return subprocess.run(
            command, cwd=self.checkout, env=environment | changed, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_what_is_installed_is_measured_and_not_the_source_that_lies_there(machine):
    package(machine.checkout, compiled=False, trace=machine.trace)
    package(machine.site, compiled=True)
    ended = machine.run()
    assert (ended.returncode, ended.stderr) == (0, "")
    first = ended.stdout.splitlines()[0]
    assert str(machine.site) in first
    assert "9.9" in first
    assert "not compiled" not in first
    assert "import microgrid" in ended.stdout
    assert not machine.trace.exists()


@pytest.mark.parametrize("how", ["pth", "PYTHONPATH", "in place only"])
def test_a_checkout_that_is_compiled_in_place_is_measured(machine, how):
    package(machine.checkout, compiled=True)
    changed = {"PYTHONPATH": str(machine.checkout)} if how == "PYTHONPATH" else {}
    if how == "pth":
        (machine.site / "__editable__.microgrid.pth").write_text(f"{machine.checkout}\n")
    if how == "PYTHONPATH":  # whoever names it wants it
        package(machine.site, compiled=True, trace=machine.trace)
    ended = machine.run(**changed)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"in {machine.checkout}" in ended.stdout.splitlines()[0]
    assert not machine.trace.exists()


@pytest.mark.parametrize("value", ["", "0"])
def test_a_variable_that_does_not_ask_for_the_source_changes_nothing(machine, value):
    package(machine.site, compiled=True)
    ended = machine.run(MICROGRID_PURE=value)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_run_of_the_source_that_a_variable_asks_for_is_refused_with_the_cause(machine):
    package(machine.site, compiled=True)
    refused = machine.run(MICROGRID_PURE="1")
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert "MICROGRID_PURE" in line
    assert "unset" in line
    assert "--uncompiled" in line
    assert "install" not in line
    assert machine.run("--uncompiled", MICROGRID_PURE="1").returncode == 0


@pytest.mark.parametrize("installed", [True, False])
def test_a_run_without_the_kernel_is_refused_unless_it_is_asked_for(machine, installed):
    package(machine.checkout, compiled=False)
    if installed:
        package(machine.site, compiled=False)
    refused = machine.run()
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert "not compiled" in line
    assert "--uncompiled" in line
    asked = machine.run("--uncompiled")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "not compiled" in asked.stdout.splitlines()[0]
