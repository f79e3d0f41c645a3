"""Exercises as a web page: one file that marks itself, without a network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from microgrid.base.phrases import said, say

from ..style.theme import THEMES
from .parts import colors, hashed, in_json, text_of
from .words import words

__all__ = ["exercise_page"]


def exercise_page(title: str, picture: str, data: Mapping[str, Any], lang: str) -> str:
    """The page of exercises as data, which `microgrid.exercises` makes, under the picture of their graph."""
    own = words(lang)
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
    ground = "; ".join(f"{name}: {value}" for name, value in colors(THEMES["lecture"]).items())
    style = (
        f"\n:root {{ {ground}; }}\n{text_of('stepper/stepper.css')}\n{text_of('exercises/exercises.css')}\n"
        ":root { color-scheme: light; }\n"
    )
    code = f"{text_of('stepper/numbers.js')}\n{text_of('exercises/exercises.js')}"
    script = f'\n(() => {{\n"use strict";\n{code}\nstart();\n}})();\n'
    return Template(text_of("exercises/page.html")).substitute(
        lang=lang,
        title=escape(title),
        style=style,
        style_hash=hashed(style),
        script=script,
        script_hash=hashed(script),
        picture=re.sub(' style="[^"]*"', "", picture, count=1),  # which the policy would not let through
        data=in_json({**data, "lang": lang, "words": said_here}),
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
