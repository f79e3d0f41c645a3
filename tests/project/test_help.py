"""What `help` of a public package opens with: its public names, in groups, on one screen."""

from importlib import import_module
from inspect import getdoc

import pytest

PACKAGES = ["microgrid.nn", "microgrid.optim", "microgrid.train", "microgrid.monitor"]
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
    module = import_module(package)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
