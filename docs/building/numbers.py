"""NumPy and matplotlib for the browser, of Pyodide's own release: fetched by the hashes of its lock file."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

__all__ = ["fetch"]

RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file}"
WANTED = ("numpy", "matplotlib", "tqdm")
SECONDS = 15.0


def fetch(lock: Path, kept: Path, folder: Path) -> int:
    """Write the wheels to a folder and return their size; 0, and a line says so, where one is missing."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    version = json.loads((lock.parent / "package.json").read_text(encoding="utf-8"))["version"]
    kept.mkdir(exist_ok=True)
    wheels = []
    for name in sorted(_closure(packages, WANTED)):
        file, digest = packages[name]["file_name"], packages[name]["sha256"]
        path = kept / file
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            try:
                with urlopen(RELEASE.format(version=version, file=file), timeout=SECONDS) as answer:
                    data = answer.read()
            except (URLError, OSError) as error:
                said = (
                    f"built without NumPy and matplotlib for the browser ({file}: {error}): cells that need"
                )
                print(f"{said} them say so", file=sys.stderr)
                return 0
            if hashlib.sha256(data).hexdigest() != digest:
                raise RuntimeError(f"{file} is not what pyodide-lock.json says: its hash differs")
            path.write_bytes(data)
        wheels.append(path)
    folder.mkdir(exist_ok=True)
    for path in wheels:
        shutil.copy(path, folder / path.name)
    return sum(path.stat().st_size for path in wheels)


def _closure(packages: dict[str, Any], names: tuple[str, ...]) -> set[str]:
    """The packages with all that they depend on."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            waiting += packages[name]["depends"]
    return found
