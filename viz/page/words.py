"""What the page of steps says, in both languages: words of its own, and those that pictures and reports have too."""

from __future__ import annotations

import json
import re
from pathlib import Path as File
from typing import Any

from microgrid.base.phrases import said, say
from microgrid.ops import TABLE

from ..graph.trace import Trace
from ..options import Options
from ..words.descriptions import Words
from ..words.language import speaker, translated
from ..words.numbers import Numbers
from ..words.scope_texts import NORM

__all__ = ["SHARED", "own_words", "page_words"]

FILE = File(__file__).with_name("stepper") / "words.json"

SHARED = {
    "input": "input", "parameter": "parameter", "constant": "constant", "op": "operation",
    "one_node": "{n} node", "several_node": "{n} nodes",
    "one_operation": "{n} operation", "several_operation": "{n} operations",
    "one_parameter": "1 parameter", "several_parameter": "{n:,} parameters",
    "part_parameter": "{n:,} of {of:,} parameters",
    "one_output": "1 output", "several_output": "{n:,} outputs", "part_output": "{n:,} of {of:,} outputs",
    "several_value": "{n:,} values, {low} to {high}", "part_value": "{n:,} of {of:,} values, {low} to {high}",
    "status_proved": "proved", "status_checked": "checked", "status_failed": "failed",
    "status_not attempted": "not attempted", "status_noted": "noted",
    "in_scope": "scope {scope}", "norm": NORM,
}  # fmt: skip
"""Templates of pictures and reports, by the page's names for them."""

SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "inf": "∞", "x**y": "x^y", "d/dy": "∂/∂y", "-": "−"}


def own_words() -> dict[str, dict[str, str]]:
    """What only the page says, by language."""
    words: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return words


def page_words(trace: Trace, options: Options) -> dict[str, Any]:
    """All that the page says, by language; `phrases` are those of the table that this graph may need."""
    rows = [TABLE[op] for op in dict.fromkeys(node.op for node in trace.nodes) if op in TABLE]
    phrases = {text: None for row in rows for text in (row.needs or row.domain, row.convention)}
    words: dict[str, Any] = {}
    for lang, texts in own_words().items():
        root = Words(trace, Numbers(options.precision), lang).heading(trace.root)
        words[lang] = texts | {
            name: _without_formats(translated(text, lang)) for name, text in SHARED.items()
        }
        words[lang] |= {
            "drawing": options.title or speaker(lang)("Computational graph of {name}", name=root),
            "phrases": {
                text: _in_signs(said(say(text), lang)) for text in phrases if text not in ("", "True")
            },
        }
    return words


def _without_formats(template: str) -> str:
    """The page writes its counts with commas itself."""
    return template.replace(":,}", "}")


def _in_signs(text: str) -> str:
    """A phrase with mathematical signs: ``−∞ at ±1`` for ``-inf at ±1``."""
    return re.sub(r">=|<=|!=|\binf\b|x\*\*y|d/dy|-(?=\d|inf\b)", lambda match: SIGNS[match[0]], text)
