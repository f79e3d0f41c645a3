"""The walk as a web page: one file with the picture, the graph's numbers and the code that steps through them.

Nothing in it is fetched, and the browser runs and applies only what the page's own policy names by its hash.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path as File
from string import Template
from typing import Any

from microgrid import Value, verify
from microgrid.base.messages import warn
from microgrid.base.phrases import LANGUAGES, said
from microgrid.ops import TABLE
from microgrid.proof.report import MARKS, Report

from ..drawing.painter import paint
from ..drawing.scene import Path, Scene, Text
from ..formats.svg import svg
from ..graph.paths import MOST
from ..graph.trace import Node, Trace, read
from ..options import Options
from ..picture.boxes import gradient_line
from ..picture.selection import Choices
from ..style.text import shorten
from ..style.theme import THEMES, Theme
from ..walk.captions import LONGEST_MADE, LONGEST_PRODUCT, LONGEST_SUM, MESSAGES, MOST_LEAVES, MOST_PATHS
from ..walk.film import Arrangement
from ..walk.moments import Moment
from ..words import notation
from ..words.descriptions import Words
from ..words.names import Names
from ..words.numbers import Numbers
from .columns import differences, hidden, json_number, packed, pattern
from .rows_js import rows
from .words import own_words, page_words

__all__ = ["in_notebook", "step_page", "verdict"]

PARTS = File(__file__).with_name("stepper")
SECONDS = 3.0
"""For the derivatives as whole formulas: a page should not be long in coming."""
HEIGHT = 640
"""Of the page within a notebook, in CSS pixels."""
MOST_BOXES, MOST_STEPS = 2000, 5000
"""Up to which a browser opens a page in a few seconds."""
LARGEST_STILL = 1_000_000
"""Characters of a picture that a notebook holds once more, for where the page is left out."""
SCRIPTS = (
    "numbers.js",
    "graph.js",
    "folded.js",
    "walk.js",
    "picture.js",
    "panel.js",
    "scope.js",
    "table.js",
    "boxes.js",
    "predict.js",
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
) -> str:
    """The page for a trace whose gradients are those at the end of these moments; `report` is what `verify` said."""
    _tell_size(len(choices.units), len(moments))
    numbers = Numbers(options.precision)
    dark = options.theme if options.theme in ("dark", "print") else "dark"
    themes = [replace(options, theme=theme) for theme in (options.theme, dark)]
    scene, colors = _in_variables(*(paint(arranged.picture, arranged.places, themed) for themed in themes))
    style = _style(colors, THEMES[options.theme], THEMES[dark])
    script = _script(trace)
    title = options.title or Words(trace, numbers, options.lang).heading(trace.root)
    return _template().substitute(
        lang=options.lang,
        title=escape(title),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        picture=re.sub(' style="[^"]*"', "", svg(scene), count=1),  # which the policy would not let through
        no_script=escape(own_words()[options.lang]["no_script"]),
        graph=_json(_graph(trace, moments, options, choices, report)),
    )


def _tell_size(boxes: int, steps: int) -> None:
    """Warn of a page that will seem to hang when it is opened."""
    large = []
    if boxes > MOST_BOXES:
        large.append((f"{boxes:,} boxes", 'collapse="layer" draws each as one box'))
    if steps > MOST_STEPS:
        large.append((f"{steps:,} steps", 'by="layer" computes each in one step'))
    if large:
        sizes, ways = (" and ".join(texts) for texts in zip(*large, strict=True))
        way = f"where parts of the graph are recorded in microgrid.scope, {ways}"
        warn(f"the page has {sizes}, which browsers take long to open: {way}")


def verdict(y: Value, recorded: Trace) -> Report | None:
    """What `verify` says of the graph that was recorded; nothing if the graph has other numbers by now."""

    def numbers(trace: Trace) -> list[tuple[Any, ...]]:
        return [
            (node.op, node.constant, repr(node.data), node.parents, repr(node.partials))
            for node in trace.nodes
        ]

    return verify(y, seconds=SECONDS) if numbers(read(y)) == numbers(recorded) else None


def in_notebook(page: str, picture: str) -> str:
    """A page in a frame that keeps it apart from the notebook; where frames are left out, the picture below shows.

    Jupyter takes frames and SVG elements out of notebooks that it does not trust, but leaves images.
    """
    cell = "grid-area:1/1;min-width:0"  # both in one cell: without the frame there is no empty room below the picture
    found = re.search("<title[^>]*>(.*?)</title>", picture, re.DOTALL)
    title = found[1].replace('"', "&quot;") if found else ""
    source = "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
    style = f"{cell};max-width:100%;max-height:{HEIGHT}px;object-fit:contain"
    still = f'<img alt="{title}" src="{source}" style="{style}">'
    if len(picture) > LARGEST_STILL:
        still = f'<p style="{cell}">{title}</p>'
    content = page.replace("&", "&amp;").replace("'", "&#39;")  # its other quotes are many
    frame = (
        f'<iframe title="microgrid" sandbox="allow-scripts" style="{cell};width:100%;height:{HEIGHT}px;border:0" '
        f"srcdoc='{content}'></iframe>"
    )
    return f'<div style="display:grid;justify-items:start">{still}{frame}</div>'


@cache
def _read(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _template() -> Template:
    return Template(_read("template.html"))


def _hash(text: str) -> str:
    """How a Content Security Policy names a script or a style sheet."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


# ---------------------------------------------------------------- colours


def _in_variables(light: Scene, dark: Scene) -> tuple[Scene, dict[str, tuple[str, str]]]:
    """One drawing for both themes, its colours replaced by variables, and what those are: light and dark."""
    names: dict[tuple[str, str], str] = {}

    def name(first: str, second: str) -> str:
        return first if first == "none" else f"var({names.setdefault((first, second), f'--c{len(names)}')})"

    groups = []
    for group, other in zip(light.groups, dark.groups, strict=True):
        items: list[Path | Text] = []
        for pair in zip(group.items, other.items, strict=True):
            match pair:
                case Path(_, a) as path, Path(_, b):
                    look = replace(a, fill=name(a.fill, b.fill), stroke=name(a.stroke, b.stroke))
                    items.append(replace(path, paint=look))
                case Text() as text, Text() as other_text:
                    items.append(replace(text, color=name(text.color, other_text.color)))
        groups.append(replace(group, items=tuple(items)))
    scene = replace(light, groups=tuple(groups), background=name(light.background, dark.background))
    return scene, {variable: pair for pair, variable in names.items()}


def _style(colors: Mapping[str, tuple[str, str]], light: Theme, dark: Theme) -> str:
    """The style sheet, after the colours of both themes.  A page on paper is light."""
    blocks = []
    for which, theme in enumerate((light, dark)):
        values = {
            f"--{name}": getattr(theme, name) for name in ("background", "text", "gradient", "dim", "local")
        }
        values |= {"--line": theme.scope.stroke, "--raised": theme.scope.fill}
        values |= {name: pair[which] for name, pair in colors.items()}
        blocks.append(":root { " + " ".join(f"{name}: {value};" for name, value in values.items()) + " }")
    return f"\n{blocks[0]}\n@media screen and (prefers-color-scheme: dark) {{\n{blocks[1]}\n}}\n{_read('stepper.css')}"


# ---------------------------------------------------------------- code and data


def _script(trace: Trace) -> str:
    used = dict.fromkeys(node.op for node in trace.nodes if node.op in TABLE)
    code = [rows(TABLE[op] for op in used), *map(_read, SCRIPTS)]
    return '\n(() => {\n"use strict";\n' + "\n".join(code) + "\nstart();\n})();\n"


def _json(data: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or a line of JavaScript."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _graph(
    trace: Trace, moments: Sequence[Moment], options: Options, choices: Choices, report: Report | None
) -> dict[str, Any]:
    numbers, inside = Numbers(options.precision), hidden(trace, choices.units, moments)
    shown = [node for node in trace.nodes if node.index not in inside]
    folded = {"folded": packed(trace, choices.units, inside, numbers)} if inside else {}
    return {
        "lang": options.lang,
        "precision": options.precision,
        "limits": {
            "count": MOST,
            "paths": MOST_PATHS,
            "sum": LONGEST_SUM,
            "made": LONGEST_MADE,
            "leaves": MOST_LEAVES,
            "factors": LONGEST_PRODUCT,
        },
        "nodes": list(_nodes(trace, shown, numbers)),
        "moments": [_moment(moment, bool(inside)) for moment in moments],
        "messages": MESSAGES,
        "words": page_words(trace, options),
        "verdict": _verdict(report, Names(trace, numbers)[trace.root]) if report else None,
        "colored": options.color_by is not None,
        **folded,
    }


def _moment(moment: Moment, folded: bool) -> list[Any]:
    """Phase, scope, the operations computed, and the edges that pass a gradient on; as `differences` for a whole scope
    of a folded graph, with the operations in place of their edges, all of which it uses."""
    edges = [update.edge for update in moment.updates]
    if folded and moment.scope:
        passing = dict.fromkeys(node for node, _ in edges)
        return [moment.phase, moment.scope, differences(moment.computed), differences(passing)]
    return [moment.phase, moment.scope, moment.computed, edges]


def _nodes(trace: Trace, shown: Iterable[Node], numbers: Numbers) -> Iterator[dict[str, Any]]:
    """What the page knows of each node; texts that hold no computed number are made here, once."""
    names = Names(trace, numbers)
    for node in shown:
        row = TABLE.get(node.op)
        facts: dict[str, Any] = {
            "label": node.label,
            "name": names[node],
            "heading": notation.equation(trace, node, numbers),
            "target": names.derivative(trace.root, node),
            "derivative": _before_number(gradient_line(node, trace.root, numbers).text, node.grad, numbers),
            "role": node.role,
            "scope": "/".join(node.scope),
            "op": node.op,
            "constant": None if node.constant is None else json_number(node.constant),
            "data": json_number(node.data),
            "parents": node.parents,
            "partials": list(map(json_number, node.partials)),
        }
        if row:
            made = shorten(names.made(node), LONGEST_MADE)
            facts |= {
                "sign": notation.symbol(node, numbers),
                "needs": row.needs or row.domain,
                "convention": row.convention,
                "made": made,
                "called": node.label or (names[node] if names[node] != made else ""),
                "stale": not notation.is_current(trace, node),
                "pattern": pattern(names, node),
                "locals": [names.local(node, k) for k in range(len(node.parents))],
                "shared": [names.is_shared(node, k) for k in range(len(node.parents))],
                "formulas": list(_formulas(trace, node, numbers)),
            }
        yield facts


def _formulas(trace: Trace, node: Node, numbers: Numbers) -> Iterator[str]:
    """The local derivatives without their numbers."""
    for k in range(len(node.parents)):
        text = notation.local_derivative(trace, node, k, numbers)
        yield _before_number(text, node.partials[k], numbers).removesuffix(" = ")


def _before_number(text: str, x: float | None, numbers: Numbers) -> str:
    return "" if x is None else text.removesuffix(numbers(x))


def _verdict(report: Report, root: str) -> dict[str, Any]:
    """What `verify` found, its texts by language; `root` is what the page calls the result."""
    findings = [
        {
            "level": finding.level,
            "status": finding.status,
            "mark": MARKS[finding.status],
            "text": {lang: said(finding.text, lang) for lang in LANGUAGES},
            "details": {lang: [said(detail, lang) for detail in finding.details] for lang in LANGUAGES},
        }
        for finding in report.findings
    ]
    formulas = [f"∂{root}/∂{d.by} = {d.text}" for d in report.derivatives]
    return {"ok": report.ok, "verdict": str(report.verdict), "findings": findings, "formulas": formulas}
