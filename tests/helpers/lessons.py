"""The lessons of the course: which there are, their cells, what their texts promise to be printed, and the tables
of the lecturer's pages.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from . import ROOT

TUTORIALS = ROOT / "tutorials"
PAGES = ROOT / "docs" / "pages"
NEEDS_NUMPY = "needs-numpy"
"""The tag of a cell that does nothing where there is no NumPy or no matplotlib."""


def lessons() -> list[Path]:
    """Those in English, then those in Spanish."""
    return [*sorted(TUTORIALS.glob("*.py")), *sorted(TUTORIALS.glob("es/*.py"))]


def lesson(letter: str, lang: str = "en") -> Path:
    (path,) = (TUTORIALS if lang == "en" else TUTORIALS / lang).glob(f"{letter}_*.py")
    return path


def cells(path: Path) -> list[Any]:
    import jupytext

    return list(jupytext.read(path, fmt="py:percent").cells)


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


@cache
def promised(path: Path) -> list[str]:
    """The lines of the ``` blocks of the text, which say what the cell above prints."""
    text = "\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")
    return [line for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S) for line in block.splitlines()]


def code(path: Path, *, without: str = "") -> str:
    """All cells with code, but those with that tag."""
    chosen = [cell for cell in cells(path) if cell.cell_type == "code" and without not in tags(cell)]
    return "\n\n".join(cell.source for cell in chosen)


def rows(path: Path) -> list[list[str]]:
    """The cells of the lines of a page's first table, without the head."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
