"""A user's text as a picture may hold it: printable, on one line, and not too long."""

from __future__ import annotations

from collections.abc import Callable

from microgrid.naming.labels import UNSEEN, clean

__all__ = ["UNSEEN", "clean", "shorten", "wrap"]


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
