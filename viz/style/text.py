"""A user's text as a picture may hold it: printable, on one line, and not too long."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

__all__ = ["UNSEEN", "clean", "shorten", "wrap"]

# Not printable in Python's eyes, but Persian and the scripts of India are misspelt without them.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
UNSEEN = f" {_JOINERS}"
"""What `clean` leaves that has no ink."""


def clean(text: str) -> str:
    """Replace what XML, DOT or the eye cannot take: control characters, bidirectional overrides, surrogates.

    >>> clean("a\\x07b\\nc")
    'a�b c'
    """
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isprintable() or char in _JOINERS:
        return char
    blank = char in "\t\n\r" or unicodedata.category(char) == "Zs"
    return " " if blank else "\N{REPLACEMENT CHARACTER}"


def shorten(text: str, limit: int) -> str:
    """Cut a text that is longer than `limit` characters, and show that by an ellipsis.

    >>> shorten("a rather long label", 10)
    'a rather…'
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def wrap(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Break a text into lines that fit, between words or, where one word is too long, within it.

    >>> wrap("a rather long title", lambda line: len(line) <= 8)
    ['a rather', 'long', 'title']
    >>> wrap("unpronounceable", lambda line: len(line) <= 8)
    ['unpronou', 'nceable']
    """
    if fits(text):
        return [text]
    lines = [""]
    for word in text.split():
        if lines[-1] and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for char in word:
            if lines[-1] and not fits(lines[-1] + char):
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line]
