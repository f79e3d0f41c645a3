"""Docstrings, which are written to be read in a terminal, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from textwrap import dedent

__all__ = ["markdown"]

SPAN = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
OPTION = re.compile(r"^(`\w+`(?:, `\w+`)*): ")
COLUMNS = re.compile(r"^ *\S.*? {3,}\S")
SPECIAL = re.compile(r"([\\*_\[\]#{}])")

Link = Callable[[str], str | None]


def markdown(docstring: str, link: Link = lambda name: None) -> str:
    """The docstring with its examples, tables and lists as such, and names that `link` knows as links.

    >>> print(markdown("Twice x*y.\\n\\n>>> twice(2)\\n4"))
    Twice x\\\\*y.
    <BLANKLINE>
    ```pycon
    >>> twice(2)
    4
    ```
    """
    return "\n\n".join(_written(block, link) for block in _blocks(docstring))


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines between blank ones, and from the first line of an example."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        starts = line.startswith(">>>") and block and not block[0].startswith(">>>")
        if (not line.strip() or starts) and block:
            yield block
            block = []
        if line.strip():
            block.append(line.rstrip())


def _written(block: Sequence[str], link: Link) -> str:
    if block[0].startswith(">>>"):
        return _fenced("pycon", block)
    if all(line.startswith("    ") for line in block):
        return _fenced("text", dedent("\n".join(block)).splitlines())
    if _is_table(block):
        return _fenced("text", block)
    if block[0].startswith("- "):
        return _prose("\n".join(block), link)
    if OPTION.match(block[0]):
        return "\n".join("- " + item for item in _options(block, link))
    return _prose("\n".join(block), link)


def _is_table(block: Sequence[str]) -> bool:
    """Whether words stand in columns: in most lines, or with what is said of each word far to the right."""
    columns = sum(bool(COLUMNS.match(line) or line.startswith(" " * 8)) for line in block)
    return columns >= 2 and columns >= len(block) / 2


def _options(block: Sequence[str], link: Link) -> Iterator[str]:
    items: list[str] = []
    for line in block:
        if OPTION.match(line) or not items:
            items.append(line)
        else:
            items[-1] += " " + line.strip()
    for item in items:
        yield _prose(item, link)


def _fenced(kind: str, lines: Sequence[str]) -> str:
    return "\n".join([f"```{kind}", *lines, "```"])


def _prose(text: str, link: Link) -> str:
    pieces = SPAN.split(text)
    return "".join(_span(piece, link) if n % 2 else _escaped(piece) for n, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text).replace("<", "&lt;").replace(">", "&gt;")


def _span(code: str, link: Link) -> str:
    target = link(code.strip("`"))
    return f"[{code}]({target})" if target else code
