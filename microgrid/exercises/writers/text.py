"""Sheet as plain text and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...base.phrases import said, say
from ..exercise import Blank, Choice, Exercise
from ..sheet import Sheet
from ..wording import decimal, plain, typeset

__all__ = ["shown", "text", "to_dict"]


def text(sheet: Sheet, answers: bool) -> str:
    lines = [said(sheet.title, sheet.lang), "", sheet.spec.text, said(sheet.origin, sheet.lang), ""]
    for exercise in sheet:
        lines += _exercise(exercise, sheet.lang, answers)
    return "\n".join(lines)


def _exercise(exercise: Exercise, lang: str, answers: bool) -> Iterator[str]:
    yield said(exercise.title, lang)
    yield f"  {exercise.given_text()}"
    if exercise.known:
        yield f"  {said(exercise.known_text(), lang)}"
    for task in exercise.tasks:
        yield f"  {said(task, lang)}"
    for row in exercise.table:
        numbers = [("" if x is None else decimal(x)) for x in (row.value, row.gradient)]
        yield f"    {typeset(row.name):6} {numbers[0]:>9} {numbers[1]:>9}"
    for blank in exercise.blanks:
        yield from _blank(blank, lang, answers)
    yield ""


def _blank(blank: Blank | Choice, lang: str, answers: bool) -> Iterator[str]:
    if isinstance(blank, Choice):
        yield f"    {said(blank.question, lang)}"
        for k, option in enumerate(blank.options):
            mark = "*" if answers and option.right else " "
            yield f"    {mark} {chr(ord('a') + k)}) {said(option.text, lang)}"
        return
    if not answers:
        yield f"    {shown(blank, lang)} = ______"
        return
    yield f"    {shown(blank, lang)} = {decimal(blank.expected)}    {blank.solution}".rstrip()


def shown(blank: Blank, lang: str) -> str:
    """What is asked for, in words where it has to be."""
    if blank.asked.words is not None:
        return said(blank.asked.words, lang)
    return said(say("new {name}", name=blank.asked.text), lang) if blank.asked.new else blank.asked.text


def to_dict(sheet: Sheet) -> dict[str, Any]:
    return {
        "specification": sheet.source,
        "statements": sheet.spec.text,
        "parameters": list(sheet.spec.parameters),
        "seed": sheet.seed,
        "kinds": list(sheet.kinds),
        "lang": sheet.lang,
        "proof": sheet.proof.to_dict(),
        "exercises": [_data(exercise, sheet.lang) for exercise in sheet],
    }


def _data(exercise: Exercise, lang: str) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "number": exercise.number,
        "kind": exercise.kind,
        "given": {name: plain(x) for name, x in exercise.given.items()},
        "known": {name: plain(x) for name, x in exercise.known.items()},
        "rate": None if exercise.rate is None else plain(exercise.rate),
        "tasks": [said(task, lang) for task in exercise.tasks],
        "claim": exercise.claim,
        "table": [
            {
                "name": row.name,
                **{
                    key: None if x is None else plain(x)
                    for key, x in (("value", row.value), ("gradient", row.gradient))
                },
            }
            for row in exercise.table
        ],
        "blanks": [_blank_data(blank, lang) for blank in exercise.blanks],
    }


def _blank_data(blank: Blank | Choice, lang: str) -> dict[str, Any]:
    if isinstance(blank, Choice):
        options = [
            {"text": said(option.text, lang), "right": option.right, "feedback": said(option.feedback, lang)}
            for option in blank.options
        ]
        return {"key": blank.key, "question": said(blank.question, lang), "options": options}
    return {
        "key": blank.key,
        "asked": shown(blank, lang),
        "answer": plain(blank.expected),
        "tolerance": blank.tolerance,
        "solution": blank.solution,
        "hint": said(blank.hint, lang),
        "mistakes": [
            {"kind": mistake.kind, "answer": plain(mistake.value), "feedback": said(mistake.text, lang)}
            for mistake in blank.mistakes
        ],
    }
