"""The command that writes the slides of a lecture, and what it has written once for each lecture and language."""

from __future__ import annotations

import base64
import importlib
import re
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from . import ROOT

_KEPT: list[TemporaryDirectory[str]] = []
"""The folders of what has been written, until the tests are over."""


@cache
def script() -> ModuleType:
    sys.path.insert(0, str(ROOT / "docs"))
    return importlib.import_module("slides")


def letters() -> list[str]:
    return script().letters() if (ROOT / "docs").is_dir() else []


def deck(letter: str) -> Any:
    return script().deck(letter)


@cache
def written(letter: str, lang: str) -> dict[str, str]:
    """The document and the page, by their suffix; under "folder" where the plots are, too."""
    kept = TemporaryDirectory(prefix="microgrid-slides-")
    _KEPT.append(kept)
    folder = Path(kept.name)
    files = script().write(letter, lang, folder, ("tex", "html"))
    texts = {file.suffix: file.read_text(encoding="utf-8") for file in files if file.suffix != ".pdf"}
    return texts | {"folder": str(folder)}


def inner_pictures(page: str) -> list[str]:
    """The SVGs that are images of a page."""
    return [base64.b64decode(data).decode("utf-8") for data in re.findall(r"image/svg\+xml;base64,([^\"]+)", page)]


def texts(slide: Any, lang: str) -> list[str]:
    """What a slide says in a language: title, lines, formulas, code and notes."""
    form = importlib.import_module("decks.form")
    said = [slide.title, slide.notes]
    for line in slide.lines:
        said.append(line.latex if isinstance(line, form.Math) else line.text if isinstance(line, form.Code) else line)
    return [form.said(text, lang) for text in said if text]
