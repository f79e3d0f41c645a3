"""Frames as a web page: one file with the picture once for each language, and what turns it.

Nothing in it is fetched or computed: each group is there once for each of its looks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from string import Template

from ..drawing.scene import Scene
from ..formats.svg import Written, document, write
from ..style.theme import THEMES
from ..walk.direction import sign
from ..walk.film import Reel
from .parts import colors, hashed, in_json, languages, text_of
from .words import words

__all__ = ["Told", "film_page", "told_walk"]

WORDS = ("back", "backward", "controls", "count", "first", "forward", "language", "last", "next", "pause",
         "play", "slider", "speed", "walk")  # fmt: skip
"""What the page says of its own."""


@dataclass(frozen=True)
class Told:
    """Frames in one language: the picture, in which a group says from which frame to which it is there.

    Of each frame there are the pass of a walk that it belongs to, what stands above its caption, and that.
    """

    title: str
    picture: str
    passes: Sequence[str]
    heads: Sequence[str]
    captions: Sequence[str]


def told_walk(film: Reel, picture: Scene, passes: Sequence[str], captions: Sequence[str], lang: str) -> Told:
    """A walk in one language: its frames, the picture without a caption, and of each frame its pass."""
    own = words(lang)
    heads = [f"{sign(phase, 'LR')} {own[f'caption phase {phase}']}".lstrip() for phase in passes]
    return Told(picture.title, _picture(film, picture, len(captions), lang), passes, heads, captions)


def film_page(walks: Mapping[str, Told], lang: str, theme: str) -> str:
    """The page, which begins in a language and can be turned to the others."""
    values = colors(THEMES[theme]) | {"--scheme": "dark" if theme == "dark" else "light"}
    ground = " ".join(f"{name}: {value};" for name, value in values.items())
    style = f"\n:root {{ {ground} }}\n{text_of('stepper/stepper.css')}\n{text_of('player/player.css')}"
    script = f'\n(() => {{\n"use strict";\n{text_of("player/player.js")}}})();\n'
    return Template(text_of("player/player.html")).substitute(
        lang=lang,
        title=escape(walks[lang].title),
        style=style,
        style_hash=hashed(style),
        script=script,
        script_hash=hashed(script),
        languages=languages(),
        pictures="\n".join(
            f'<div lang="{name}"{"" if name == lang else " hidden"}>\n{walk.picture}</div>'
            for name, walk in walks.items()
        ),
        no_script=escape(words(lang)["no_script"]),
        frames=in_json({"lang": lang, "walks": {name: _facts(walk, name) for name, walk in walks.items()}}),
    )


def _facts(told: Told, lang: str) -> dict[str, object]:
    """What the page says in a language: of its own, and of each frame."""
    own = words(lang)
    frames = [
        {"phase": head, "pass": phase, "turning": bool(sign(phase, "LR")), "caption": caption}
        for head, phase, caption in zip(told.heads, told.passes, told.captions, strict=True)
    ]
    return {"title": told.title, "words": {name: own[name] for name in WORDS}, "frames": frames}


def _picture(film: Reel, picture: Scene, count: int, lang: str) -> str:
    """All frames in one picture, which without the page's code shows the last."""
    written, body = Written(), list[str]()
    for looks in film.looks:
        for (start, group), (end, _) in pairwise([*looks, (count, looks[-1][1])]):
            if not group.items:
                continue
            text = write(group, written)
            if (start, end) != (0, count):
                hidden = "" if end == count else ' visibility="hidden"'
                text = f'<g data-from="{start}" data-to="{end}"{hidden}>{text}</g>'
            body.append(text)
    drawn = document(picture, f"{film.key}-{lang}", body)
    return re.sub(' style="[^"]*"', "", drawn, count=1)  # which the policy would not let through
