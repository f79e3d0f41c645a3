"""Exercises as a web page: one file that marks itself, without a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from string import Template
from typing import Any

from ... import pictures
from ...base.phrases import LANGUAGES, message, said, say
from ..exercise import Blank, Choice, Exercise, Number
from ..mistakes import NEAR
from ..sheet import Sheet
from ..wording import decimal, typeset
from .graphs import Blanked, blanked, shown_numbers
from .text import shown

__all__ = ["page"]


_COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")
BACK = ("backward", "missing-path", "vanishing")
"""Kinds whose numbers are gradients of nodes."""


def page(sheet: Sheet) -> str:
    """The page, which needs no network: it begins in the sheet's language, and can be read in all."""
    texts = {lang: _texts(replace(sheet, lang=lang)) for lang in (sheet.lang, *LANGUAGES)}
    light, dark = (blanked(sheet, theme=theme).svg for theme in ("lecture", "dark"))
    picture, inks = _inked(light, dark)
    return _page(sheet.lang, texts, picture, inks)


def _texts(sheet: Sheet) -> dict[str, Any]:
    """All that the page says in a language."""
    picture = blanked(sheet)
    return {
        "title": said(sheet.title, sheet.lang),
        "origin": said(sheet.origin, sheet.lang),
        "words": _words(sheet.lang),
        "picture": picture.title,
        "boxes": {node: title for node, _, title in picture.boxes},
        "exercises": [_data(sheet, exercise, picture) for exercise in sheet],
    }


def _inked(light: str, dark: str) -> tuple[str, tuple[dict[str, str], dict[str, str]]]:
    """One picture for both themes, its colours variables, and what these are, light and dark."""
    there = iter(_COLOR.findall(dark))
    names = dict[tuple[str, str], str]()

    def named(color: re.Match[str]) -> str:
        return f"var({names.setdefault((color[0], next(there)), f'--c{len(names)}')})"

    picture = _COLOR.sub(named, light)
    return picture, (
        {name: pair[0] for pair, name in names.items()},
        {name: pair[1] for pair, name in names.items()},
    )


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


def _words(lang: str) -> dict[str, str]:
    """The page's own texts, by the names that its code and its elements have for them."""
    _, own, _ = pictures.page(lang, "lecture")
    names = ("right", "wrong", "shown", "not_read", "check", "reveal", "picture", "language")
    phrases = {
        "close": say("Close, but not close enough."),
        "score": say("{right} of {asked} right at once"),
        "filled": say("{right} of {all} right."),
        "empty": say("Write an answer first."),
        "exercises": say("Exercises"),
        "exercise": say("Exercise"),
        "back": say("Back", sense="to the exercise before"),
        "next": say("Next"),
        "print": say("Print"),
    }
    return {name: own[name] for name in names} | {name: said(text, lang) for name, text in phrases.items()}


def _page(
    lang: str, texts: Mapping[str, Any], picture: str, inks: tuple[dict[str, str], dict[str, str]]
) -> str:
    width = re.search(r'width="([\d.]+)"', picture)
    blocks = [f":root {{ --drawn: {width[1] if width else 0}px; }}"]
    for theme, own in zip(("lecture", "dark"), inks, strict=True):
        parts, _, colors = pictures.page(lang, theme)
        blocks.append(":root { " + " ".join(f"{name}: {x};" for name, x in (colors | own).items()) + " }")
    sheets = [parts.text_of("stepper/stepper.css"), parts.text_of("exercises/exercises.css")]
    on_dark = f"@media screen and (prefers-color-scheme: dark) {{\n{blocks[2]}\n}}"
    style = "\n".join(["", *blocks[:2], on_dark, *sheets, ""])
    code = f"{parts.text_of('stepper/numbers.js')}\n{parts.text_of('exercises/exercises.js')}"
    script = f'\n(() => {{\n"use strict";\n{code}\nstart();\n}})();\n'
    return Template(parts.text_of("exercises/page.html")).substitute(
        lang=lang,
        title=escape(texts[lang]["title"]),
        style=style,
        style_hash=parts.hashed(style),
        script=script,
        script_hash=parts.hashed(script),
        picture=re.sub(' style="[^"]*"', "", picture, count=1),  # which the policy would not let through
        data=parts.in_json({"near": NEAR, "lang": lang, "texts": texts}),
        languages=parts.languages(),
        origin=escape(texts[lang]["origin"]),
        no_script=escape(
            said(say("This page marks itself with JavaScript, which is switched off here."), lang)
        ),
    )
