"""The walk as a web page: one file with the picture, the graph's numbers and the code that steps through it.

Nothing in it is fetched, and the browser runs and applies only what the page's own policy names by its hash.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from string import Template
from typing import Any

from microgrid import Value, verify
from microgrid.base.messages import warn
from microgrid.base.phrases import Setting, join, message
from microgrid.ops import TABLE
from microgrid.proof.report import Report

from ..drawing.painter import paint
from ..drawing.scene import Path, Scene, Text
from ..formats.svg import svg
from ..graph.trace import Trace, read
from ..options import Options
from ..picture.selection import Choices
from ..style.theme import THEMES, Theme
from ..walk.direction import active_widths
from ..walk.film import Arrangement
from ..walk.moments import Moment
from ..words.descriptions import Words
from ..words.numbers import Numbers
from .graph_json import facts
from .parts import Live, bare, colors, hashed, in_json, languages, text_of
from .rows_js import rows
from .training import rule
from .unfolding import unfolding_facts, unfoldings
from .words import words

__all__ = ["in_notebook", "step_page", "still", "verdict"]

VERIFY_SECONDS = 3.0
"""For the derivatives as whole formulas: a page should not be long in coming."""
HEIGHT = 640
"""Of the page within a notebook, in CSS pixels."""
MOST_BOXES, MOST_STEPS = 2000, 5000
"""Up to which a browser opens a page in a few seconds."""
LARGEST_STILL = 1_000_000
"""Characters of a picture that a notebook holds once more, for where the page is left out."""
COMPUTING = (
    "numbers.js",
    "graph.js",
    "folded.js",
    "merged.js",
    "walk.js",
    "descent.js",
    "boxes.js",
    "questions.js",
    "address.js",
)
"""The scripts that know no browser: Node can test them."""
SHOWING = (
    "panel.js",
    "arrows.js",
    "scope.js",
    "table.js",
    "lines.js",
    "rectangles.js",
    "picture.js",
    "brief.js",
    "legend.js",
    "view.js",
    "compare.js",
    "find.js",
    "unfold.js",
    "predict.js",
    "train.js",
    "tour.js",
    "ink.js",
    "link.js",
    "share.js",
    "shown.js",
    "controls.js",
    "stepper.js",
)


def step_page(
    trace: Trace,
    moments: Sequence[Moment],
    options: Options,
    choices: Choices,
    arranged: Arrangement,
    report: Report | None,
    ask: str | Sequence[str] | None = None,
    live: Live | None = None,
) -> str:
    """The page for a trace with the gradients that these moments end with; `report` is what `verify` said,
    `ask` which numbers are to be predicted, and `live` what connects the page.
    """
    _warn_if_large(len(choices.units), len(moments))
    numbers = Numbers(options.precision)
    dark = options.theme if options.theme in ("dark", "print") else "dark"
    themes = [replace(options, theme=theme) for theme in (options.theme, dark)]
    inks = Inks()
    scene = inks.in_variables(*(paint(arranged.picture, arranged.places, themed) for themed in themes))
    opened = unfoldings(trace, (themes[0], themes[1]), choices)
    unfolded = [unfolding_facts(trace, options, one, inks.in_variables) for one in opened]
    style = _style(inks.variables, THEMES[options.theme], THEMES[dark])
    script = _script(trace, live.script if live else "")
    title = options.title or Words(trace, numbers, options.lang).heading(trace.root)
    return Template(_read("template.html")).substitute(
        lang=options.lang,
        title=escape(title),
        style=style,
        style_hash=hashed(style),
        script=script,
        script_hash=hashed(script),
        policy=live.policy if live else "",
        picture=re.sub(' style="[^"]*"', "", svg(scene), count=1),  # which the policy would not let through
        languages=languages(),
        no_script=escape(words(options.lang)["no_script"]),
        graph=in_json(facts(trace, moments, options, choices, report, ask) | {"unfolded": unfolded}),
    )


def _warn_if_large(boxes: int, steps: int) -> None:
    """Warn of a page that will seem to hang when it is opened."""
    large = []
    if boxes > MOST_BOXES:
        large.append((f"{boxes:,} boxes", message(Setting("collapse", "layer"), " draws each as one box")))
    if steps > MOST_STEPS:
        large.append((f"{steps:,} steps", message(Setting("by", "layer"), " computes each in one step")))
    if large:
        sizes, ways = (join(" and ", texts) for texts in zip(*large, strict=True))
        where = "where parts of the graph are recorded in microgrid.scope, "
        warn(message("the page has ", sizes, f", which browsers take long to open: {where}", ways))


def verdict(y: Value, recorded: Trace) -> Report | None:
    """What `verify` says of the graph that was recorded; nothing if the graph has other numbers by now."""

    def numbers(trace: Trace) -> list[tuple[Any, ...]]:
        return [
            (node.op, node.constant, repr(node.data), node.parents, repr(node.partials))
            for node in trace.nodes
        ]

    return verify(y, seconds=VERIFY_SECONDS) if numbers(read(y)) == numbers(recorded) else None


def in_notebook(page: str, picture: str) -> str:
    """A page in a frame that keeps it apart from the notebook; without frames, the picture below it shows.

    Jupyter takes frames and SVG elements out of notebooks that it does not trust, but leaves images.
    """
    cell = "grid-area:1/1;min-width:0"  # both in one cell, so that a frame left out leaves no empty room
    content = page.replace("&", "&amp;").replace("'", "&#39;")  # its other quotes are many
    frame = (
        f'<iframe title="microgrid" sandbox="allow-scripts allow-forms" '
        f"style=\"{cell};width:100%;height:{HEIGHT}px;border:0\" srcdoc='{content}'></iframe>"
    )
    return f'<div style="display:grid;justify-items:start">{still(picture, cell)}{frame}</div>'


def still(picture: str, style: str = "") -> str:
    """A picture, given as SVG, as an image no higher than the page; its title alone if it is large."""
    match = re.search("<title[^>]*>(.*?)</title>", picture, re.DOTALL)
    title = match[1].replace('"', "&quot;") if match else ""
    if len(picture) > LARGEST_STILL:
        return f'<p style="{style}">{title}</p>'
    source = "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
    style = f"{style};".lstrip(";") + f"max-width:100%;max-height:{HEIGHT}px;object-fit:contain"
    return f'<img alt="{title}" src="{source}" style="{style}">'


def _read(name: str) -> str:
    return bare(text_of(f"stepper/{name}"))


# ---------------------------------------------------------------- colours


class Inks:
    """The colours of drawings as variables, the same in all drawings of a page."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    @property
    def variables(self) -> dict[str, tuple[str, str]]:
        """What the variables are, light and dark."""
        return {variable: pair for pair, variable in self._names.items()}

    def _name(self, first: str, second: str) -> str:
        pair = first, second
        return first if first == "none" else f"var({self._names.setdefault(pair, f'--c{len(self._names)}')})"

    def in_variables(self, light: Scene, dark: Scene) -> Scene:
        """One drawing for both themes."""
        groups = []
        for group, other in zip(light.groups, dark.groups, strict=True):
            items: list[Path | Text] = []
            for pair in zip(group.items, other.items, strict=True):
                match pair:
                    case Path(_, a) as path, Path(_, b):
                        fill, stroke = self._name(a.fill, b.fill), self._name(a.stroke, b.stroke)
                        items.append(replace(path, paint=replace(a, fill=fill, stroke=stroke)))
                    case Text() as text, Text() as other_text:
                        items.append(replace(text, color=self._name(text.color, other_text.color)))
            groups.append(replace(group, items=tuple(items)))
        ground = self._name(light.background, dark.background)
        return replace(light, groups=tuple(groups), background=ground)


def _style(inks: Mapping[str, tuple[str, str]], light: Theme, dark: Theme) -> str:
    """The style sheet, after the colours of both themes.  A page on paper is light."""
    blocks = []
    for which, theme in enumerate((light, dark)):
        values = colors(theme) | {f"--{name}": f"{width:g}" for name, width in active_widths(theme).items()}
        values |= {name: pair[which] for name, pair in inks.items()}
        blocks.append(":root { " + " ".join(f"{name}: {value};" for name, value in values.items()) + " }")
    light_colors, dark_colors = blocks
    fill = light.active.fill
    lit = "" if fill == "none" else f"\n#picture g.node.active > path {{ fill: {fill}; }}"
    on_dark = f"@media screen and (prefers-color-scheme: dark) {{\n{dark_colors}\n}}"
    return f"\n{light_colors}\n{on_dark}\n{_read('share.css')}{_read('stepper.css')}{lit}"


# ---------------------------------------------------------------- code and data


def _script(trace: Trace, more: str) -> str:
    used = dict.fromkeys(node.op for node in trace.nodes if node.op in TABLE)
    code = [rows(TABLE[op] for op in used), rule(), *map(_read, COMPUTING + SHOWING)]
    return '\n(() => {\n"use strict";\n' + "\n".join(code) + f"\nstart();\n{more}}})();\n"
