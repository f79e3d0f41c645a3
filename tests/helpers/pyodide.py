"""The Python of browsers, Pyodide, run in Node: what code prints there."""

from __future__ import annotations

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pytest

import microgrid
import viz
from helpers import ROOT

MODULES = ROOT / "docs" / "browser" / "node_modules"
needs_pyodide = pytest.mark.skipif(
    which("node") is None or not (MODULES / "pyodide").is_dir(),
    reason="Pyodide is missing: npm ci --prefix docs/browser",
)


def folder(name: str) -> str:
    """Where a package of pure Python is installed."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent)


def printed(code: str, scratch: Path, *, seconds: float = 240) -> Any:
    """What code prints in Pyodide, which has microgrid, sympy and Graphviz, but no NumPy; as JSON."""
    script = scratch / "code.py"
    script.write_text(code, encoding="utf-8")
    paths = {name: folder(name) for name in ("sympy", "mpmath", "graphviz")}
    paths |= {package.__name__: str(Path(str(package.__file__)).parent) for package in (microgrid, viz)}
    command = ["node", str(ROOT / "tests" / "browser" / "python.mjs"), str(MODULES), json.dumps(paths), str(script)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=seconds)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)
