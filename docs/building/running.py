"""Runs the cells of a page in a Python of their own, and keeps what each prints and shows."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .cells import Cell

__all__ = ["CACHE", "LIMIT", "CellFailed", "outputs", "packages", "path"]

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "docs" / ".outputs"
"""What cells have shown; taken again as long as neither they nor the packages change."""
LIMIT = 300.0
"""Seconds that one page may take."""


class CellFailed(Exception):
    """A cell raised what its page does not announce."""


@cache
def packages() -> str:
    """A digest of all that cells may call."""
    digest = hashlib.sha256(sys.version.encode())
    for pattern in ("microgrid/**/*.py", "viz/**/*.py", "docs/building/shown.py"):
        for source in sorted(ROOT.glob(pattern)):
            digest.update(source.read_bytes())
    return digest.hexdigest()


@cache
def path() -> str:
    """Where cells find the packages: as installed, and so compiled; in the checkout if nowhere else."""
    given = list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    given = [str(Path(place).resolve()) for place in given]
    with tempfile.TemporaryDirectory() as elsewhere:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(given)}
        asked = [sys.executable, "-c", "import microgrid, viz"]
        found = subprocess.run(asked, cwd=elsewhere, env=environment, capture_output=True).returncode == 0
    return os.pathsep.join([*given, *([] if found else [str(ROOT)]), str(ROOT / "docs")])


def outputs(name: str, lang: str, cells: Sequence[Cell], folder: Path) -> list[list[dict[str, str]]]:
    """What each cell of a page shows: texts, errors, and names of files that are written to the folder."""
    if not cells:
        return []
    asked = json.dumps({"name": name, "lang": lang, "cells": [[cell.source, cell.raises] for cell in cells]})
    kept = CACHE / hashlib.sha256((asked + packages()).encode()).hexdigest()[:24]
    if not (kept / "outputs.json").exists():
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        _run(name, asked, kept)
    shown: list[list[dict[str, str]]] = json.loads((kept / "outputs.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    for file in kept.iterdir():
        if file.name != "outputs.json":
            shutil.copy(file, folder / file.name)
    return shown


def _run(name: str, asked: str, folder: Path) -> None:
    environment: dict[str, Any] = os.environ | {
        "PYTHONPATH": path(),
        "PYTHONUTF8": "1",
        "MPLBACKEND": "agg",
        "MICROGRID_PICTURES": str(folder / "saved"),
    }
    (folder / "saved").mkdir()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "building.shown", str(folder)],
            input=asked,
            env=environment,
            cwd=folder / "saved",
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired as late:
        shutil.rmtree(folder)
        raise CellFailed(f"{name}: its cells take more than {LIMIT:.0f} s") from late
    shutil.rmtree(folder / "saved")
    if done.returncode:
        shutil.rmtree(folder)
        raise CellFailed(f"{name}: {done.stderr.strip()}")
