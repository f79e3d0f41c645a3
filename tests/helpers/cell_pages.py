"""Pages with cells, put into a site that is served, and what their cells show, as tests compare it."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

MINUTES = 5
"""After which the cells of a page have hung."""

READ = """async () => Promise.all(microgridCells.cells.map(async ({output}) => {
    const file = async (source) => (await fetch(source)).text();
    const found = [];
    for (const node of output.querySelectorAll("pre.mg-text, .mg-error > p, .mg-missing, img, iframe")) {
        if (node.matches("details pre, .mg-warning")) continue;
        if (node.matches("img")) found.push(["image", await file(node.src)]);
        else if (node.matches("iframe")) found.push(["page", node.srcdoc || await file(node.src)]);
        else found.push(["text", node.textContent.trimEnd()]);
    }
    return found;
}))"""
"""What each cell shows: texts, and pictures and pages as they are in their files."""

PATIENT = "microgridCells.ask('from viz.page import page; page.VERIFY_SECONDS = 120.0', [], () => {})"
"""Lets a busy machine end the proof of a page of steps, which would say that it was ended."""

MEASURED = re.compile(r"^(measured|medido):.*$", re.MULTILINE)
"""Times and sizes are those of whoever measures."""


LAST_DIGITS = re.compile(r"\d+\.\d{12,}(e[+-]?\d+)?")
"""Of a number in full, as a picture's titles say it: the C libraries' tanh and exp differ in the last."""
NAMED = re.compile(r"\bmg[0-9a-f]{10}\b")
"""The name of a picture, a digest of all that is in it."""


def repeatable(shown: list[list[str]]) -> list[list[str]]:
    """What is shown, but for what no two machines share."""
    return [[kind, _texts(text) if kind == "text" else _pictures(text)] for kind, text in shown]


def _texts(text: str) -> str:
    return MEASURED.sub(r"\1", text)


def _pictures(text: str) -> str:
    return LAST_DIGITS.sub(lambda number: f"{float(number[0]):.11g}", NAMED.sub("name", text))


def put(site: Path, place: str, lang: str, body: str) -> None:
    """Write a page as the build leaves it, whole at any moment, since several processes may write it."""
    from building.browser import give_cells

    head = '<head><meta charset="utf-8"><title>cells</title></head>'
    with tempfile.TemporaryDirectory(dir=site) as scratch:
        draft = Path(scratch) / place
        draft.parent.mkdir(parents=True)
        draft.write_text(f'<!doctype html><html lang="{lang}">{head}<body>{body}</body></html>', encoding="utf-8")
        give_cells(Path(scratch))
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, site / place)
