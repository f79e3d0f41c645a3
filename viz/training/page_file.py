"""The page's file: what computes, what shows, the facts, and a policy that lets nothing else in."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import Any

from microgrid.ops import TABLE

from ..page.optimizers_js import optimizers
from ..page.parts import colors, hashed, in_json, languages, text_of
from ..page.rows_js import rows
from ..style.theme import THEMES, Theme
from .facts import kinds, operations_of
from .recorded import Trained
from .walk import hashes
from .words import words

__all__ = ["computing", "page"]

FOLDER = Path(__file__).parent / "page"
COMPUTING = ("twister.js", "tape.js", "training.js", "mlp.js", "serve.js")
"""The scripts that know no browser: a Worker runs them, and Node can test them."""
SHOWING = (
    "dom.js",
    "diagram.js",
    "plane.js",
    "curve.js",
    "tables.js",
    "settings.js",
    "samples.js",
    "layers.js",
    "neurons.js",
    "walk.js",
    "address.js",
    "trainer.js",
)
GIVEN = "serve, serveWorker, rebuilt, write, read, thousands, OPTIMIZERS, ROWS"
"""What the page itself uses of what computes."""


def page(trained: Trained, known: dict[str, Any], title: str, theme: str, walked: str) -> str:
    """The page, one file; `known` are its facts, and `walked` is the page of a walk that it opens, if any."""
    lang = known["lang"]
    dark = theme if theme in ("dark", "print") else "dark"
    style = _style(THEMES[theme], THEMES[dark])
    code = f"function computing() {{\n{computing(trained)}\nreturn {{{GIVEN}}};\n}}"
    sharing = text_of("stepper/link.js")
    showing = "\n".join([f"const {{{GIVEN}}} = computing();", sharing, *map(_own, SHOWING)])
    script = f'\n(() => {{\n"use strict";\n{code}\n{showing}\nstart();\n}})();\n'
    return Template(_own("trainer.html")).substitute(
        lang=lang,
        title=escape(title),
        style=style,
        styles=f"'{hashed(style)}'" + hashes(walked, "style-src"),
        script=script,
        scripts=f"'{hashed(script)}'" + hashes(walked, "script-src"),
        languages=languages(),
        no_script=escape(words(lang)["no_script"]),
        facts=in_json(known),
    )


def computing(trained: Trained, every: bool = False) -> str:
    """The code that trains: rows of operations, those that are used or `every` one, optimisers, and so on."""
    used = [name for name, row in TABLE.items() if row.value] if every else operations_of(trained)
    made = [text_of("stepper/numbers.js"), rows(TABLE[op] for op in used)]
    return "\n".join([*made, optimizers(kinds(trained).values()), *map(_own, COMPUTING)])


def _own(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _style(light: Theme, dark: Theme) -> str:
    """The style sheet, after the colours of both themes.  A page on paper is light."""
    blocks = [
        ":root { " + " ".join(f"{name}: {value};" for name, value in _colors(theme).items()) + " }"
        for theme in (light, dark)
    ]
    classes = "\n".join(
        f".sample.class{k} > * {{ fill: var(--class{k}); }}\n.curve.class{k} {{ stroke: var(--class{k}); }}"
        for k in range(len(light.routes))
    )
    on_dark = f"@media screen and (prefers-color-scheme: dark) {{\n{blocks[1]}\n}}"
    return f"\n{blocks[0]}\n{on_dark}\n{text_of('stepper/share.css')}\n{_own('trainer.css')}\n{classes}\n"


def _colors(theme: Theme) -> dict[str, str]:
    """The colours of network diagrams: of weights by their sign, which are those of the two classes too."""
    positive, negative, *others = (route.stroke for route in theme.routes)
    classes = [negative, positive, *others]
    return (
        colors(theme)
        | {"--positive": positive, "--negative": negative, "--edge": theme.edge}
        | {"--unit-line": theme.boxes["op"].stroke, "--input-line": theme.boxes["input"].stroke}
        | {f"--class{k}": color for k, color in enumerate(classes)}
    )
