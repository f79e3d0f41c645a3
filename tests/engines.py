"""Both engines in one process: the one that runs, and, where that is compiled, the same sources uncompiled."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest

import microgrid


def load_plain(name: str) -> ModuleType:
    """The package a second time under another name, with MICROGRID_PURE=1 while it chooses."""
    place = Path(microgrid.__file__)
    spec = importlib.util.spec_from_file_location(name, place, submodule_search_locations=[str(place.parent)])
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    with mock.patch.dict(os.environ, MICROGRID_PURE="1"):
        spec.loader.exec_module(package)
    return package


RUNNING = microgrid
PLAIN = load_plain("microgrid_plain") if microgrid.compiled else microgrid
ENGINES = {"compiled": RUNNING, "plain": PLAIN} if microgrid.compiled else {"plain": PLAIN}

each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
needs_both = pytest.mark.skipif(not microgrid.compiled, reason="optional: compares the compiled engine with its source")
