"""Exercises as a web page: one file that marks itself, without a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from ... import pictures
from ...base.phrases import message, said, say
from ..exercise import Blank, Choice, Exercise, Number
from ..mistakes import NEAR
from ..sheet import Sheet
from ..wording import decimal, typeset
from .graphs import Blanked, blanked, shown_numbers
from .text import shown

__all__ = ["page"]


BACK = ("backward", "missing-path", "vanishing")
"""Kinds whose numbers are gradients of nodes."""


def page(sheet: Sheet) -> str:
    """The page, which needs no network."""
    picture = blanked(sheet)
    data = {"near": NEAR, "exercises": [_data(sheet, exercise, picture) for exercise in sheet]}
    origin = said(sheet.origin, sheet.lang)
    return _page(said(sheet.title, sheet.lang), origin, picture.svg, data, sheet.lang)


def _data(sheet: Sheet, exercise: Exercise, picture: Blanked) -> dict[str, Any]:
    values, gradients = shown_numbers(sheet, exercise)
    numbers = {f"value {k}": text for k, text in values.items()}
    numbers |= {f"gradient {k}": text for k, text in gradients.items()}
    place = sheet.calculation.index
    return {
        "number": exercise.number,
        "title": said(exercise.title, sheet.lang),
        "known": _unbroken(said(exercise.known_text(), sheet.lang)),
        "given": _unbroken(exercise.given_text()),
        "tasks": [_unbroken(said(task, sheet.lang)) for task in exercise.tasks],
        "table": _table(exercise, sheet.lang),
        "numbers": numbers,
        "described": picture.description(values, gradients),
        "blanks": [_blank(each, exercise.kind, place, sheet.lang) for each in exercise.blanks],
    }


def _table(exercise: Exercise, lang: str) -> list[list[str]]:
    """A worked graph as a table, for those who read no picture."""
    if not exercise.table:
        return []
    head = ["", said(say("value"), lang), said(say("gradient"), lang)]
    return [head, *([typeset(row.name), *map(_number, (row.value, row.gradient))] for row in exercise.table)]


def _number(x: Number | None) -> str:
    return "" if x is None else decimal(x)


def _unbroken(text: str) -> str:
    """Without line breaks beside an equals sign, or within a derivative."""
    return text.replace(" = ", "\u00a0=\u00a0").replace("/∂", "/\u2060∂")


def _blank(blank: Blank | Choice, kind: str, place: Mapping[str, int], lang: str) -> dict[str, Any]:
    if isinstance(blank, Choice):
        options = []
        for option in blank.options:
            verdict = say("Right.") if option.right else say("Not this one.")
            feedback = said(message(verdict, " ", option.feedback), lang)
            options.append({"text": said(option.text, lang), "right": option.right, "feedback": feedback})
        return {"question": said(blank.question, lang), "options": options}
    asked = blank.asked
    back = f"gradient {place.get(asked.by)}"
    slots = {"forward": f"value {place.get(asked.of)}"} | dict.fromkeys(BACK, back)
    return {
        "asked": shown(blank, lang),
        "name": blank.asked.text,
        "slot": slots.get(kind, ""),
        "expected": float(blank.expected),
        "answer": decimal(blank.expected),
        "tolerance": blank.tolerance,
        "mistakes": [[float(mistake.value), said(mistake.text, lang)] for mistake in blank.mistakes],
        "hint": said(blank.hint, lang),
        "solution": blank.solution,
    }


# ---------------------------------------------------------------- the file


def _page(title: str, origin: str, picture: str, data: Mapping[str, Any], lang: str) -> str:
    parts, own, colors = pictures.page(lang, "lecture")
    said_here = {
        "right": own["right"],
        "wrong": own["wrong"],
        "close": said(say("Close, but not close enough."), lang),
        "shown": own["shown"],
        "score": said(say("{right} of {asked} right at once"), lang),
        "not_read": own["not_read"],
        "filled": said(say("{right} of {all} right."), lang),
        "empty": said(say("Write an answer first."), lang),
    }
    ground = "; ".join(f"{name}: {value}" for name, value in colors.items())
    sheets = [parts.text_of("stepper/stepper.css"), parts.text_of("exercises/exercises.css")]
    style = "\n".join([f"\n:root {{ {ground}; }}", *sheets, ":root { color-scheme: light; }\n"])
    code = f"{parts.text_of('stepper/numbers.js')}\n{parts.text_of('exercises/exercises.js')}"
    script = f'\n(() => {{\n"use strict";\n{code}\nstart();\n}})();\n'
    return Template(parts.text_of("exercises/page.html")).substitute(
        lang=lang,
        title=escape(title),
        origin=escape(origin),
        style=style,
        style_hash=parts.hashed(style),
        script=script,
        script_hash=parts.hashed(script),
        picture=re.sub(' style="[^"]*"', "", picture, count=1),  # which the policy would not let through
        data=parts.in_json({**data, "lang": lang, "words": said_here}),
        graph=escape(own["picture"]),
        exercises=escape(said(say("Exercises"), lang)),
        exercise=escape(said(say("Exercise"), lang)),
        back=escape(said(say("Back", sense="to the exercise before"), lang)),
        next=escape(said(say("Next"), lang)),
        print=escape(said(say("Print"), lang)),
        check=escape(own["check"]),
        reveal=escape(own["reveal"]),
        no_script=escape(
            said(say("This page marks itself with JavaScript, which is switched off here."), lang)
        ),
    )
