"""Exercises as a Jupyter notebook whose cells check what is written into them."""

from __future__ import annotations

import base64
import json
from typing import Any

from ...base.phrases import said, say
from ..exercise import Blank, Choice, Exercise
from ..sheet import Sheet
from ..wording import decimal, typeset
from .graphs import Blanked, blanked, shown_numbers
from .text import shown

__all__ = ["notebook"]


def notebook(sheet: Sheet) -> str:
    """The notebook; answers are not in it: they are computed again where it runs."""
    picture = blanked(sheet)
    count = max(exercise.number for exercise in sheet) - sheet.first + 1
    arguments = [repr(sheet.source), repr(count), f"seed={sheet.seed}"]
    arguments += [f"kinds={list(sheet.kinds)!r}", f"lang={sheet.lang!r}"]
    if sheet.params:
        arguments.append(f"params={list(sheet.params)!r}")
    if sheet.first != 1:
        arguments.append(f"first={sheet.first}")
    how = said(say("Write your answers between the parentheses, as in z=6, and run the cell."), sheet.lang)
    cells = [
        _text(f"# {said(sheet.title, sheet.lang)}\n\n{how}", "title"),
        _code(f"from microgrid import exercises\n\nsheet = exercises.make({', '.join(arguments)})", "begin"),
    ]
    for exercise in sheet:
        cells.append(_question(sheet, exercise, picture))
        names = ", ".join(f"{blank.key}=..." for blank in exercise.blanks)
        cells.append(_code(f'# {names}\nexercises.answer("{exercise.id}")', exercise.id + "a"))
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _question(sheet: Sheet, exercise: Exercise, picture: Blanked) -> dict[str, Any]:
    lang = sheet.lang
    lines = [f"## {said(exercise.title, lang)}", "![](attachment:graph.svg)", exercise.given_text()]
    if exercise.known:
        lines.append(said(exercise.known_text(), lang))
    lines += [said(task, lang) for task in exercise.tasks]
    if exercise.table:
        lines.append(_table(exercise, lang))
    lines.append("\n".join(f"- {_asked(blank, lang)}" for blank in exercise.blanks))
    numbers = shown_numbers(sheet, exercise)
    svg = picture.filled(*numbers)
    lines[1] = f"![{picture.description(*numbers)}](attachment:graph.svg)"
    cell = _text("\n\n".join(lines), exercise.id)
    cell["attachments"] = {"graph.svg": {"image/svg+xml": base64.b64encode(svg.encode()).decode()}}
    return cell


def _table(exercise: Exercise, lang: str) -> str:
    rows = [f"| | {said(say('value'), lang)} | {said(say('gradient'), lang)} |", "|---|--:|--:|"]
    for row in exercise.table:
        value, gradient = ("" if x is None else decimal(x) for x in (row.value, row.gradient))
        rows.append(f"| {typeset(row.name)} | {value} | {gradient} |")
    return "\n".join(rows)


def _asked(blank: Blank | Choice, lang: str) -> str:
    if isinstance(blank, Choice):
        letters = (
            f"\n  - {chr(97 + k)}) {said(option.text, lang)}" for k, option in enumerate(blank.options)
        )
        return f"`{blank.key}`: {said(blank.question, lang)}{''.join(letters)}"
    return f"`{blank.key}`: {shown(blank, lang)}"


def _text(source: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _code(source: str, name: str) -> dict[str, Any]:
    return _text(source, name) | {"cell_type": "code", "execution_count": None, "outputs": []}
