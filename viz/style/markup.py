"""Text in XML, as `xml.sax.saxutils` writes it, which would import all that Python has for networks."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["escape", "quoteattr"]

WHITE = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def escape(text: str, entities: Mapping[str, str] = {}) -> str:
    """Text between tags; `entities` are written for characters besides <, > and &."""
    for character, entity in ({"&": "&amp;", ">": "&gt;", "<": "&lt;"} | dict(entities)).items():
        text = text.replace(character, entity)
    return text


def quoteattr(text: str) -> str:
    """Text as the value of an attribute, with its quotes.

    >>> print(quoteattr('a < b'), quoteattr('"x"'))
    "a &lt; b" '"x"'
    """
    text = escape(text, WHITE)
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'
