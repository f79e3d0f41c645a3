"""Exercises as data for the web page that marks itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import pictures
from ...base.phrases import message, said, say, speaker
from ..exercise import Blank, Choice, Exercise
from ..mistakes import NEAR
from ..sheet import Sheet
from ..wording import decimal
from .graphs import blanked, shown_numbers
from .text import shown

__all__ = ["page"]


def page(sheet: Sheet) -> str:
    """The page, which needs no network."""
    data = {"near": NEAR, "exercises": [_data(sheet, exercise) for exercise in sheet]}
    return pictures.exercise_page()(said(sheet.title, sheet.lang), blanked(sheet).svg, data, sheet.lang)


def _data(sheet: Sheet, exercise: Exercise) -> dict[str, Any]:
    values, gradients = shown_numbers(sheet, exercise)
    numbers = {f"value {k}": text for k, text in values.items()}
    numbers |= {f"gradient {k}": text for k, text in gradients.items()}
    place = sheet.calculation.index
    return {
        "number": exercise.number,
        "title": said(exercise.title, sheet.lang),
        "known": _unbroken(said(exercise.known_text(), sheet.lang)),
        "given": _unbroken(exercise.given_text()),
        "tasks": [said(task, sheet.lang) for task in exercise.tasks],
        "numbers": numbers,
        "blanks": [_blank(each, exercise.kind, place, sheet.lang) for each in exercise.blanks],
    }


def _unbroken(text: str) -> str:
    """Without line breaks beside an equals sign."""
    return text.replace(" = ", "\u00a0=\u00a0")


def _blank(blank: Blank | Choice, kind: str, place: Mapping[str, int], lang: str) -> dict[str, Any]:
    if isinstance(blank, Choice):
        options = []
        for option in blank.options:
            verdict = say("Right.") if option.right else say("Not this one.")
            feedback = said(message(verdict, " ", option.feedback), lang)
            options.append({"text": said(option.text, lang), "right": option.right, "feedback": feedback})
        return {"question": said(blank.question, lang), "options": options}
    asked = blank.asked
    slots = {"forward": f"value {place.get(asked.of)}", "backward": f"gradient {place.get(asked.by)}"}
    return {
        "asked": shown(blank, speaker(lang)),
        "name": blank.asked.text,
        "slot": slots.get(kind, ""),
        "expected": float(blank.expected),
        "answer": decimal(blank.expected),
        "tolerance": blank.tolerance,
        "mistakes": [[float(mistake.value), said(mistake.text, lang)] for mistake in blank.mistakes],
        "hint": said(blank.hint, lang),
        "solution": blank.solution,
    }
