"""What `help` of a public package opens with: its public names, in groups, on one screen."""

import subprocess
import sys
from importlib import import_module
from inspect import getdoc

import pytest

PACKAGES = ["microgrid.nn", "microgrid.optim", "microgrid.train", "microgrid.monitor", "viz", "viz.plots"]
SCREEN = 45


def overview(package):
    """The docstring before its examples."""
    return getdoc(import_module(package)).partition(">>>")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_help_opens_with_every_public_name_on_one_screen(package):
    text = overview(package)
    words = set(text.replace(",", " ").replace("(", " ").split())
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
