"""Which files there are, and how they come into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ...base import files
from ...base.checks import one_of
from ..sheet import Sheet
from .latex import key, sheet_of_exercises
from .moodle import moodle
from .notebook import notebook
from .page import page
from .pdf import pdf
from .text import text, to_dict

__all__ = ["FORMATS", "save"]


def _json(sheet: Sheet) -> str:
    return json.dumps(to_dict(sheet), ensure_ascii=False, indent=1) + "\n"


Writer = Callable[[Sheet], str | bytes]

FORMATS: dict[str, dict[str, Writer]] = {
    "text": {
        "exercises.txt": lambda sheet: text(sheet, answers=False),
        "key.txt": lambda sheet: text(sheet, answers=True),
    },
    "json": {"exercises.json": _json},
    "html": {"exercises.html": page},
    "moodle": {"moodle.xml": moodle},
    "notebook": {"exercises.ipynb": notebook},
    "latex": {"exercises.tex": sheet_of_exercises, "key.tex": key},
    "pdf": {
        "exercises.pdf": lambda sheet: pdf(sheet_of_exercises(sheet)),
        "key.pdf": lambda sheet: pdf(key(sheet)),
    },
}
"""By name, the files and what stands in them."""
AT_ONCE = tuple(name for name in FORMATS if name != "pdf")
"""What is written where no format is named: PDF needs LaTeX, and time."""


def save(sheet: Sheet, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the files of the formats, all of them or none, and only once the derivatives are confirmed."""
    for name in formats:
        one_of(name, "format", FORMATS)
    writers = {file: writer for name in formats or AT_ONCE for file, writer in FORMATS[name].items()}
    _ = sheet.proof
    contents = {folder / file: writer(sheet) for file, writer in writers.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        files.replace(path, content)
    return list(contents)
