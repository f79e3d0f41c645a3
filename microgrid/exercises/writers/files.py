"""Which files there are, and how they come into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ...base import files
from ...base.checks import one_of
from ..sheet import Sheet
from .moodle import moodle
from .page import page
from .text import text, to_dict

__all__ = ["FORMATS", "save"]


def _json(sheet: Sheet) -> str:
    return json.dumps(to_dict(sheet), ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, tuple[str, Callable[[Sheet], str]]] = {
    "text": ("exercises.txt", lambda sheet: text(sheet, answers=False)),
    "key": ("key.txt", lambda sheet: text(sheet, answers=True)),
    "json": ("exercises.json", _json),
    "html": ("exercises.html", page),
    "moodle": ("moodle.xml", moodle),
}
"""By name, the file and what stands in it."""


def save(sheet: Sheet, folder: Path, formats: Sequence[str]) -> list[Path]:
    for name in formats:
        one_of(name, "format", FORMATS)
    written = []
    contents = {FORMATS[name][0]: FORMATS[name][1](sheet) for name in formats or FORMATS}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        files.replace(folder / name, content.encode())
        written.append(folder / name)
    return written
