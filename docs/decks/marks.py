"""The marks in a line: `code`, **what matters** and *a formula's letters*, as a format wants them written."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["NO_BREAK", "marked", "plain", "tied"]

CODE, BOLD, MATH = re.compile(r"`([^`]+)`"), re.compile(r"\*\*(.+?)\*\*"), re.compile(r"\*([^*]+)\*")
KEPT = "QZ{}QZ"
"""Stands for a part that is written already: letters that every format leaves as they are."""


def marked(
    line: str,
    text: Callable[[str], str],
    code: Callable[[str], str],
    math: Callable[[str], str],
    bold: tuple[str, str],
) -> str:
    """A line with each of its parts as it is written there.

    >>> marked("**all** of `w*x` and *y*", str.upper, str, lambda y: f"<i>{y}</i>", ("<b>", "</b>"))
    '<b>ALL</b> OF w*x AND <i>y</i>'
    """
    kept: list[str] = []

    def keep(written: str) -> str:
        kept.append(written)
        return KEPT.format(len(kept) - 1)

    line = CODE.sub(lambda match: keep(code(match[1])), line)
    line = BOLD.sub(lambda match: keep(bold[0]) + match[1] + keep(bold[1]), line)
    line = MATH.sub(lambda match: keep(math(match[1])), line)
    return re.sub(KEPT.format(r"(\d+)"), lambda match: kept[int(match[1])], text(line))


def plain(line: str) -> str:
    """Without marks."""
    return marked(line, str, str, str, ("", ""))


NO_BREAK = "\u00a0"


def tied(text: str) -> str:
    """With no new line before % and around signs such as =.

    >>> tied("y = 2 and 5 %").replace(NO_BREAK, "~")
    'y~=~2 and 5~%'
    """
    text = re.sub(r"(?<=\S) ([=<≤−]) (?=\S)", rf"{NO_BREAK}\1{NO_BREAK}", text)
    return text.replace(" %", f"{NO_BREAK}%")
