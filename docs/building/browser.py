"""The Python that runs cells in the browser: Pyodide, microgrid, sympy, Graphviz, and the playground.

`build_browser(site)` writes all of it to `<site>/browser/` and gives each page of the site its cells.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import numbers
from .packages import LIMIT, MODULES, Missing, fetched, found

__all__ = ["build_browser", "give_cells", "sizes"]

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "docs" / "browser"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
NOT_NEEDED = ("tests", "benchmarks", "__pycache__", "autolev", "fortran")
"""Folders of sympy and mpmath that nothing here imports."""
UNUSED = re.compile(
    r"(_pyrepl|multiprocessing|wsgiref|xmlrpc|ensurepip|venv|idlelib|tkinter|sqlite3|curses|dbm)/"
    r"|(imaplib|mailbox|smtplib|ftplib|poplib|pdb|bdb|pydoc|turtle)\.py"
    r"|encodings/(cp(?!437\.|1252\.)|mac_|iso8859_(?!1\b)|iso2022|koi|kz|ptcp|big5|gb|euc|shift"
    r"|johab|hz|hp|palm|tis)"
)
"""Of Python's library: what needs processes, sockets or a terminal, and the tables of old encodings."""
FIRST = ("pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip", "snapshot.bin.gz")
"""What is fetched, and counted, before the first picture."""
PROOF = "sympy.zip.gz"
SCRIPT = '<script defer src="{up}browser/cell.js"></script>'


def build_browser(site: Path) -> None:
    """Write `<site>/browser/`; without npm, or without network, say what is missing, and leave it out."""
    try:
        node = _node()
    except Missing as missing:
        print(f"the site is built without its Python for the browser: {missing}", file=sys.stderr)
        return
    folder = site / "browser"
    (folder / "pyodide").mkdir(parents=True, exist_ok=True)
    for name in CORE:
        shutil.copy(MODULES / "pyodide" / name, folder / "pyodide" / name)
    _slimmer(folder / "pyodide" / "python_stdlib.zip")
    shutil.copy(MODULES / "@viz-js" / "viz" / "dist" / "viz.js", folder / "viz.js")
    for path in SOURCE.iterdir():
        if path.suffix in (".js", ".css", ".html") or path.name in ("running.py", "playground.py"):
            shutil.copy(path, folder / path.name)
    made = _make(node, folder)
    wheels = numbers.fetch(MODULES / "pyodide" / "pyodide-lock.json", SOURCE / ".wheels", folder / "wheels")
    first = sum((folder / name).stat().st_size for name in FIRST if (folder / name).exists())
    built = {
        "snapshot": (folder / "snapshot.bin.gz").exists(),
        "first": first,
        "proof": (folder / PROOF).stat().st_size,
        "numbers": wheels,
    }
    (folder / "built.json").write_text(json.dumps(built), encoding="utf-8")
    if made["snapshot"]:
        print(f"without a snapshot of Python, which starts slower: {made['snapshot']}", file=sys.stderr)
    _for_offline(folder)
    give_cells(site)
    print(sizes(folder))


def _node() -> str:
    """The way to Node, once what package.json names is installed."""
    fetched("pyodide")
    return found("node")


def _make(node: str, folder: Path) -> dict[str, Any]:
    """Run make.mjs, which compiles in Pyodide what Pyodide will import."""
    own = {"leaveOut": ["__pycache__", "native"], "helpful": []}
    library = {"leaveOut": list(NOT_NEEDED), "helpful": []}
    sources = {
        "microgrid.zip": {
            "microgrid": {"path": str(ROOT / "microgrid"), **own},
            "viz": {"path": str(ROOT / "viz"), **own},
            "graphviz": {"path": _installed("graphviz"), **own},
        },
        "sympy.zip": {name: {"path": _installed(name), **library} for name in ("sympy", "mpmath")},
    }
    command = [node, str(SOURCE / "make.mjs"), str(MODULES), str(folder), json.dumps(sources)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8", timeout=LIMIT, check=False
        )
        if done.returncode:
            errors.seek(0)
            raise RuntimeError(f"make.mjs failed:\n{errors.read()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _slimmer(library: Path) -> None:
    """Leave out of Python's own library what no cell can use in a browser, or will."""
    with zipfile.ZipFile(library) as whole:
        files = [(name, whole.read(name)) for name in whole.namelist() if not UNUSED.match(name)]
    with zipfile.ZipFile(library, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as written:
        for name, data in files:
            written.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _installed(name: str) -> str:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed: install microgrid itself")
    return str(Path(spec.origin).parent)


def _for_offline(folder: Path) -> None:
    """Let the service worker keep all files, under a version that is a digest of them."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    kept = [name for name in files if name != "sw.js"]
    digest = hashlib.sha256()
    for name in kept:
        digest.update(name.encode() + (folder / name).read_bytes())
    script = (folder / "sw.js").read_text(encoding="utf-8")
    script = script.replace("__VERSION__", digest.hexdigest()[:16])
    script = script.replace(
        '"__FILES__"', json.dumps([name for name in kept if not name.startswith("wheels/")])[1:-1]
    )
    (folder / "sw.js").write_text(script, encoding="utf-8")


def give_cells(site: Path) -> None:
    """Name the script of cells in each page that has some."""
    for path in site.rglob("*.html"):
        if path.is_relative_to(site / "browser"):
            continue
        text = before = path.read_text(encoding="utf-8")
        up = "../" * len(path.relative_to(site).parents[1:])
        if 'class="mg-cell"' in text:
            text = text.replace("</body>", f"{SCRIPT.format(up=up)}\n</body>", 1)
        if text != before:
            path.write_text(text, encoding="utf-8")


def sizes(folder: Path) -> str:
    """What is fetched, gzipped: for the first picture, and with the first proof, in MB."""

    def zipped(names: list[str]) -> float:
        return sum(len(gzip.compress((folder / name).read_bytes(), 9)) for name in names) / 1e6

    first = [f"pyodide/{name}" for name in CORE if not name.endswith(".json")]
    first += [
        "viz.js",
        "playground.html",
        "playground.js",
        "playground.py",
        "running.py",
        "worker.js",
        "cell.js",
        "built.json",
    ]
    has_snapshot = (folder / "snapshot.bin.gz").exists()
    own = ["microgrid.zip.gz"]  # which a snapshot has imported, so that it comes after the first picture
    picture = zipped(first + (["snapshot.bin.gz"] if has_snapshot else own))
    proof = picture + zipped([PROOF] + (own if has_snapshot else []))
    return f"gzipped: {picture:.1f} MB for the first picture, {proof:.1f} MB with the first proof"
