"""What labels say: what of a text can be shown, and which the library gave, not a user."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from zlib import crc32

from ..engine import Value

__all__ = ["ELLIPSIS", "UNSEEN", "clean", "given", "is_given", "shortened", "shown"]

LONGEST_LABEL = 16
"""Of a label within a formula."""
ELLIPSIS = "..."
_NUMBER = re.compile(r".*(\^\(\d+(?:,\d+)*\)|_\(\d+\))", re.DOTALL)

# Not printable in Python's eyes, but Persian and the scripts of India are misspelt without them.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
LONGEST = 80
"""Characters of a label that are shown."""
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


@lru_cache(maxsize=4096)
def shown(text: str) -> str:
    """A label as it can be shown, or none where nothing of it would be seen.

    Of a long one no reader, and neither LaTeX nor Graphviz, takes more than its beginning.
    """
    cleaned = clean(text[: LONGEST + 1])
    if len(cleaned) > LONGEST:
        cleaned = cleaned[: LONGEST - 1] + "…"
    return cleaned if cleaned.strip(UNSEEN) else ""


def given(v: Value) -> Value:
    """Note on a leaf that its label is no user's choice.

    >>> from microgrid import parameter
    >>> w = given(parameter(0.5, "w0"))
    >>> first = is_given(w)
    >>> w.label = "slope"
    >>> first, is_given(w)
    (True, False)

    Whoever sets the same label has chosen it:

    >>> w = given(parameter(0.5, "w0"))
    >>> w.label = "w0"
    >>> is_given(w)
    False
    """
    v._da = _mark(v.label)
    return v


def is_given(v: Value) -> bool:
    return v._code == 0 and v._label != "" and v._da == _mark(v._label)


@lru_cache(maxsize=4096)
def _mark(label: str) -> float:
    """What a leaf holds where operations have a partial: a copy and a pickle keep it, and it shows whether
    the label is still the same."""
    return crc32(label.encode("utf-8", "surrogatepass")) + 0.5


def shortened(label: str) -> str:
    """A label as it stands in formulas; of a long one the number at its end is never cut."""
    if len(label) <= LONGEST_LABEL:
        return label
    match = _NUMBER.fullmatch(label)
    number = match[1] if match else ""
    return label[: LONGEST_LABEL - len(ELLIPSIS) - len(number)].rstrip() + ELLIPSIS + number
