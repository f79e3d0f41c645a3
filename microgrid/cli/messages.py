"""Messages as the command line says them: on one line, and with each way out as it is typed there."""

from __future__ import annotations

import re

from ..base.messages import IEEE
from ..errors import ExpressionError
from .sources import ScriptError

__all__ = ["one_line", "spelled", "told"]

SPELLINGS = {
    re.escape(IEEE): "--ieee goes on with inf and nan",
    r"; or pass the Value itself$": "",
    r"pass the Value itself$": "give the one that is meant a label of its own",
    r"call backward\(\) first": "leave out --no-grad",
    r"call draw\(\.\.\.\)\.dot\(\)": "microgrid draw -o graph.dot",
    r"\(from, to\)": "FROM,TO",
}
"""What Python's users are told, as a pattern, and what is typed instead."""
NAMES = (
    "rankdir|theme|ops|edges|precision|title|legend|labels|color_by|collapse|slide|max_nodes|timeout|engine|lang|"
    "by|around|radius"
)
OPTION = rf'\b({NAMES})=(None|"[^"]*"|[\w.+-]*)'
"""An option as Python writes it, with a value or without one."""
NAME = r"^(highlight|path|around|precision|radius)\b(?=:| is )|\b(max_nodes|color_by)\b"
"""An option that a message begins with, or one whose name is no English word."""


def told(error: Exception) -> str:
    """What is wrong, without a traceback."""
    if isinstance(error, ExpressionError):
        return str(error)  # its caret needs the lines below
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if not isinstance(error, ScriptError):  # in a script the ways out are Python's
        text = spelled(text)
    return one_line(text) or type(error).__name__


def spelled(text: str) -> str:
    """The ways out that a message names, as the command line takes them.

    >>> spelled("... are too many: pass max_nodes=None to draw them all")
    '... are too many: pass --max-nodes none to draw them all'
    """
    for pattern, typed in SPELLINGS.items():
        text = re.sub(pattern, typed, text)
    text = re.sub(
        OPTION, lambda found: " ".join(filter(None, [_name(found), found[2].replace("None", "none")])), text
    )
    return re.sub(NAME, _name, text)


def _name(found: re.Match[str]) -> str:
    return f"--{(found[1] or found[2]).replace('_', '-')}"


def one_line(text: str) -> str:
    """Without the line breaks, and without what would steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
