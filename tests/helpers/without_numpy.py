"""A Python in which NumPy and what draws with it cannot be imported, as in a browser: what code says there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import microgrid
from helpers import ROOT

BLOCKED = ("numpy", "matplotlib", "pygraphviz", "tqdm", "pandas", "IPython")
"""Of what microgrid imports, what a browser does not have."""
START = f"""\
import json, random, sys
for blocked in {BLOCKED!r}:
    sys.modules[blocked] = None
sys.path[:0] = [{str(Path(microgrid.__file__).parents[1])!r}, {str(ROOT / "tests")!r}]
"""


def run(code: str, *, seconds: float = 200, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code there, a lesson say, and return the finished process."""
    given = [sys.executable, "-c", START + code]
    settings = os.environ | {"PYTHONUTF8": "1"} | environment
    return subprocess.run(given, capture_output=True, encoding="utf-8", check=False, timeout=seconds, env=settings)


def said(code: str, *, seconds: float = 200, **environment: str) -> Any:
    """What code prints there, as JSON."""
    ran = run(code, seconds=seconds, **environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
