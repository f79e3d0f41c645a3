"""The figures of the five lectures as pages: each row of docs/lectures.md with its call and its picture."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import lectures

from .captions import SUBJECTS
from .captions import slide as spanish
from .cells import Cell, Part, needs
from .drawn import drawn

__all__ = ["pages"]

HEADING = re.compile(r"^## ([A-E])\. (.+?)(?: \(([^)]+)\))?$", re.MULTILINE)
SLIDE = re.compile(r"\*\*(.+?)\*\*(?: \(([^)]+)\))?(?::? ?(.*))", re.DOTALL)
PICTURE = re.compile(r'<img src="([^"]+)"[^>]*>|\[as text\]\(([^)]+)\)')

SAID = {
    "en": ("Lecture {letter}: {subject}", "Run this first; the figures below are made by what it imports."),
    "es": ("Clase {letter}: {subject}",
           "Ejecuta esto primero: las figuras de abajo se hacen con lo que importa."),
}  # fmt: skip


def pages(lang: str, folder: Path) -> Iterator[tuple[str, list[Part]]]:
    """Places and parts of the pages, one for each lecture; pictures go to `folder`/pictures."""
    text = lectures.PAGE.read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for heading, end in zip(headings, [*(h.start() for h in headings[1:]), len(text)], strict=True):
        numbers = {int(n) for n in re.findall(r"^\| (\d+) \|", text[heading.end() : end], re.MULTILINE)}
        title, first = SAID[lang]
        subject = SUBJECTS[heading[1]] if lang == "es" else heading[2]
        parts: list[Part] = [f"# {title.format(letter=heading[1], subject=subject)}\n\n{first}"]
        parts.append(Cell(lectures.prelude().strip(), made=({"kind": "none"},)))
        for row in lectures.rows():
            if row.number in numbers:
                parts += _figure(row, lang, folder / "pictures")
        yield f"gallery/{heading[1].lower()}.md", parts


def _figure(row: lectures.Row, lang: str, folder: Path) -> list[Part]:
    found = SLIDE.match(row.slide)
    assert found, row.slide
    title, more, rest = found.groups()
    if lang == "es":
        title, rest = spanish(title)
    elif more and more.startswith("figure"):  # of the book; else the Spanish name
        title += f" ({more})"
    pictures, shown = drawn(lang), []
    for picture, report in PICTURE.findall(row.pictures):
        if report:
            shown.append({"kind": "text", "text": (pictures.folder / report).read_text(encoding="utf-8")})
        else:
            copied = picture.replace("/", "-")
            shutil.copy(pictures.folder / picture, folder / copied)
            shown.append({"kind": "image", "file": copied, "alt": title.replace('"', "&quot;")})
    rest = rest.lstrip(", ")
    caption = rest[:1].upper() + rest[1:] + "." if rest else ""
    code = pictures.code[row.number]
    return [f"## {row.number}. {title}\n\n{caption}", Cell(code, needs(code), made=tuple(shown))]
