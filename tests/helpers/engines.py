"""Both engines in one process: the one that runs, and, where that is compiled, the same sources uncompiled."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import warnings
from pathlib import Path
from types import ModuleType
from unittest import mock

import numpy as np
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
NAMES = [name for name, row in PLAIN.ops.TABLE.items() if row.value]
"""The operations of the table, without those that other tests defined."""
ENGINES = {"compiled": RUNNING, "plain": PLAIN} if microgrid.compiled else {"plain": PLAIN}

each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
needs_both = pytest.mark.skipif(not microgrid.compiled, reason="optional: compares the compiled engine with its source")

# ---------------------------------------------------------------- what is compared


def bits(x: float) -> str:
    return "nan" if x != x else x.hex()


def node(v, place):
    row = (v.op, v.role, v.constant if v.constant is None else bits(v.constant), v._op, v.label, v.scope)
    numbers = [bits(v.data), bits(v.grad), v.has_grad, [bits(p) for p in v.partials]]
    return type(v).__name__, *row, *numbers, [place.get(p) for p in v.parents], sorted(getattr(v, "__dict__", {}))


def seen(engine, x):
    """A result as numbers and texts that do not depend on which engine made it."""
    if isinstance(x, engine.Value):
        nodes = engine.graph.order(x)
        place = {v: k for k, v in enumerate(nodes)}
        return [node(v, place) for v in nodes]
    if isinstance(x, float):
        return type(x).__name__, bits(float(x))
    if isinstance(x, dict):
        return [(seen(engine, k), seen(engine, v)) for k, v in x.items()]
    if isinstance(x, list | tuple):
        return type(x).__name__, [seen(engine, item) for item in x]
    if isinstance(x, set):
        return len(x)
    if isinstance(x, np.ndarray):
        return x.shape, seen(engine, x.ravel().tolist())
    return type(x).__name__, text(x)


def text(x) -> str:
    """Python itself calls a compiled type by its full name, and an object by its address."""
    words = str(x).replace("microgrid_plain", "microgrid").replace("microgrid.engine.Value", "Value")
    return re.sub(r" at 0x[0-9a-f]+", "", words)


def outcome(engine, case):
    """What a case gives or raises, and what it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = seen(engine, case(engine))
        except Exception as error:
            chain = [error, error.__cause__, error.__context__]
            result = [(type(e).__name__, text(e), e.__suppress_context__) for e in chain if e is not None]
    place = case.__code__.co_filename
    return result, [(w.category.__name__, text(w.message), w.filename == place and w.lineno) for w in caught]


def same(case):
    assert outcome(RUNNING, case) == outcome(PLAIN, case)
