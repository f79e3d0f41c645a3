"""What the page of the course lists: its lessons, their times, and the pages for the lecturer."""

from __future__ import annotations

import re
from pathlib import Path

from . import cells

__all__ = ["fill", "lessons"]

ROOT = Path(__file__).parents[2]
HEAD = {
    "en": "| lesson | time | for the lecturer |\n|---|---|---|",
    "es": "| lección | tiempo | para quien da la clase |\n|---|---|---|",
}
LESSON = {"en": "To the lesson", "es": "A la lección"}
PLAN = {"en": "aims, slides, questions", "es": "objetivos, diapositivas, preguntas"}
TIME = re.compile(
    r"\b(\d+(?:\s*(?:to|a|–|-)\s*\d+)?)[  ]?(minutes|minutos|min\b|hours?|horas?)", re.IGNORECASE
)


def lessons(lang: str) -> dict[str, Path]:
    """The scripts of the lessons by their letters."""
    folder = ROOT / "tutorials" if lang == "en" else ROOT / "tutorials" / lang
    return {path.stem.partition("_")[0]: path for path in sorted(folder.glob("*_*.py"))}


def fill(text: str, lang: str) -> str:
    """The text of a page with the table of lessons, or of all slides, in place of `{{ lessons }}`."""
    text = text.replace("{{ lessons }}", _table(lang)) if "{{ lessons }}" in text else text
    return text.replace("{{ slides }}", _slides(lang)) if "{{ slides }}" in text else text


def _table(lang: str) -> str:
    lines = [HEAD[lang]]
    for letter, path in (lessons("en") | lessons(lang)).items():
        parts = cells.of_lesson(path.read_text(encoding="utf-8"))
        opening = str(parts[0])
        time = TIME.search(opening)
        page = ROOT / "docs" / "pages" / "en" / "course" / f"{letter}.md"
        plan = f"[{PLAN[lang]}]({letter}.md)" if page.is_file() else ""
        lines.append(f"| [{cells.title(parts)}](lesson-{letter}.md) | {time[0] if time else ''} | {plan} |")
    return "\n".join(lines)


def _slides(lang: str) -> str:
    """The tables "slide by slide" of the lecturer's pages, under the titles of their lessons."""
    blocks = []
    for letter, path in lessons(lang).items():
        page = ROOT / "docs" / "pages" / lang / "course" / f"{letter}.md"
        if not page.is_file():
            continue
        tables = re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
        wide = [table for table in tables if table.count("|", 0, table.index("\n")) >= 6]
        if wide:
            title = cells.title(cells.of_lesson(path.read_text(encoding="utf-8")))
            blocks.append(f"## {title}\n\n[{LESSON[lang]}](lesson-{letter}.md)\n\n{wide[0]}")
    return "\n\n".join(blocks)
