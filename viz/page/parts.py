"""What web pages are put together from: files beside this one, colours, data, and hashes for their policy."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from microgrid.base.phrases import LANGUAGES, said, say

from ..style.theme import Theme

__all__ = [
    "EMBEDDED",
    "Live",
    "SERVED",
    "bare",
    "colors",
    "hashed",
    "in_json",
    "languages",
    "served_error",
    "text_of",
]

FOLDER = Path(__file__).parent


@cache
def text_of(name: str) -> str:
    """A file of a page, by its folder and name."""
    return (FOLDER / name).read_text(encoding="utf-8")


def bare(text: str) -> str:
    r"""JavaScript or a style sheet without comments and indents, which a fifth of a page would be.

    Comments stand on lines of their own or end one that is whole, as `//`, or are `/* */`.

    >>> bare("// how\nif (x) {\n  y(); // now\n}")
    'if (x) {\ny();\n}'
    """
    told = re.compile(r"^\s*//.*\n|(?<=[;{},)]) // .*|/\*[^*]*\*/\n?", re.MULTILINE)
    return re.sub(r"^\s+", "", told.sub("", text), flags=re.MULTILINE)


def hashed(text: str) -> str:
    """How a Content Security Policy names a script or a style sheet."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def languages() -> str:
    """The languages to choose, each by what it calls itself."""
    return "".join(
        f'<option value="{lang}" lang="{lang}">{said(say("English"), lang)}</option>' for lang in LANGUAGES
    )


def colors(theme: Theme) -> dict[str, str]:
    """The variables that style sheets name the colours of a theme by."""
    names = ("background", "text", "gradient", "dim", "local")
    values = {f"--{name}": str(getattr(theme, name)) for name in names}
    return values | {
        "--line": theme.scope.stroke,
        "--raised": theme.scope.fill,
        "--active": theme.active.stroke,
    }


def in_json(data: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or a line of JavaScript."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


# ---------------------------------------------------------------- pages that are connected


@dataclass(frozen=True)
class Live:
    """What connects a page of steps to a notebook's kernel or to a server: a script that comes after the
    page's own code, and what that may do by the page's policy."""

    file: str
    policy: str = ""

    @property
    def script(self) -> str:
        return bare(text_of(f"live/{self.file}"))


EMBEDDED = Live("bridge.js")
"""In a frame of a notebook: it exchanges messages with the window around it, and with nobody else."""
SERVED = Live("reload.js", " connect-src 'self';")
"""From this machine's own server, which says when there is another page."""


def served_error(sentence: str, lang: str, title: str, advice: str) -> str:
    """What is shown in place of a page that cannot be made; it waits for the next as the page does."""
    style, script = text_of("live/error.css"), f"\n{SERVED.script}"
    return Template(text_of("live/error.html")).substitute(
        lang=lang,
        title=escape(title),
        sentence=escape(sentence),
        advice=escape(advice),
        style=style,
        style_hash=hashed(style),
        script=script,
        script_hash=hashed(script),
        policy=SERVED.policy,
    )
