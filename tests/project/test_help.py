"""What `help` of a public package opens with: its public names, in groups, on one screen."""

import re
import subprocess
import sys
from importlib import import_module
from inspect import getdoc, ismodule

import pytest

import microgrid

PACKAGES = [
    "microgrid", "microgrid.nn", "microgrid.optim", "microgrid.train", "microgrid.monitor", "viz", "viz.plots",
]  # fmt: skip
SCREEN = 45


def overview(package):
    """The docstring before its examples."""
    return getdoc(import_module(package)).partition(">>>")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_help_opens_with_every_public_name_on_one_screen(package):
    text = overview(package)
    words = set(re.findall(r"\w+", text))
    assert [name for name in import_module(package).__all__ if name not in words] == []
    assert len(text.splitlines()) <= SCREEN


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_public_is_there(package):
    """As soon as the package is imported, and without the libraries that only some of it needs."""
    names = "[name for name in package.__all__ if not hasattr(package, name)]"
    heavy = "{'sympy', 'numpy', 'matplotlib', 'graphviz', 'pygraphviz'} & {*sys.modules}"
    program = f"import sys, {package} as package; print({names}, {heavy})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] set()"


def test_what_a_star_import_leaves_out_and_the_modules_are_in_the_overview_of_microgrid():
    words = set(re.findall(r"\w+", overview("microgrid")))
    modules = {"nn", "optim", "train", "monitor", "datasets", "ops", "engine", "backward", "graph"}
    assert {"abs", "compile", "sum", *modules} - words == set()


def test_the_overview_of_microgrid_names_nothing_that_is_not_there():
    text = overview("microgrid")
    rows = re.findall(r"^(?:Functions|Activations|Of several) +(.*(?:\n {14}.*)*)", text, re.M)
    names = re.findall(r"\w+", " ".join(rows))
    assert len(names) > 40
    assert [name for name in names if not callable(getattr(microgrid, name))] == []
    assert [name for name in re.findall(r"microgrid\.(\w+)", text) if not ismodule(getattr(microgrid, name))] == []
