"""Characters to tokens: how numbers, names and signs are written in an expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isinf
from typing import NamedTuple
from unicodedata import normalize

from ..errors import ExpressionError

__all__ = ["MAX_NAME", "NUMBER", "Token", "normal_name", "tokens"]

MAX_NAME = 100  # characters of a name


class Token(NamedTuple):
    kind: str  # "number", "name", "end" (of the text), or the sign itself; a line break is a ";"
    text: str
    position: int


NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""How a number is written: 1, 2.5, .5 and 1e-3, but not 1_000 or 0x10."""

# What slides have in place of the ASCII signs.  Python would take the first two for letters.
TYPOGRAPHY = {"·": "*", "\u0387": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "÷": "/", "−": "-", "–": "-"}

HINTS = {
    "^": ": a power is written **", "²": ": a power is written **2", "³": ": a power is written **3",
    "√": ": a root is written sqrt(x)", "|": ": an absolute value is written abs(x)",
    ".": ": a point stands only inside a number", "[": ": use ( and )", "{": ": use ( and )",
}  # fmt: skip

_TOKEN = re.compile(
    rf"(?P<blank>(?:[^\S\n\r]|\#[^\n\r]*)+) | (?P<line>[\n\r]) | (?P<number>{NUMBER.pattern})"
    rf"| (?P<sign>\*\*|[-+*/(),=;{''.join(TYPOGRAPHY)}])",
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[Token]:
    start = nesting = 0
    while start < len(text):
        match = _TOKEN.match(text, start)
        kind, end = (match.lastgroup, match.end()) if match else ("name", _name_end(text, start))
        piece = text[start:end]
        if kind == "number":
            _check_number(text, start, end)
            yield Token("number", piece, start)
        elif kind == "sign":
            sign = TYPOGRAPHY.get(piece, piece)
            nesting = max(0, nesting + (sign == "(") - (sign == ")"))
            yield Token(sign, piece, start)
        elif kind == "line" and nesting == 0:  # inside parentheses a statement goes on, as in Python
            yield Token(";", piece, start)
        elif kind == "name":
            if not piece.isidentifier():
                message = f"{text[start]!r} is not part of an expression{HINTS.get(text[start], '')}"
                raise ExpressionError(message, text, start)
            yield Token("name", normal_name(piece), start)
        start = end
    yield Token("end", "", len(text))


def normal_name(name: str) -> str:
    """The one form of a name that can be typed in several, as Python has it: ŷ is one character or two."""
    return normalize("NFKC", name)


def _name_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end] not in TYPOGRAPHY and f"a{text[end]}".isidentifier():
        end += 1
    if end - start > MAX_NAME:
        raise ExpressionError(
            f"a name has at most {MAX_NAME} characters, this one {end - start}", text, start
        )
    return end


def _check_number(text: str, start: int, end: int) -> None:
    literal, rest = text[start:end], text[end : _name_end(text, end)]
    if rest.isidentifier() and not rest.startswith("_"):
        message = f"{literal + rest!r} is neither a number nor a name; a product is written {literal}*{rest}"
        raise ExpressionError(message, text, start)
    if rest or text.startswith(".", end):
        raise ExpressionError("a number is written like 1, 2.5, .5 or 1e-3", text, start)
    if isinf(float(literal)):
        raise ExpressionError("this number exceeds the range of doubles (1.8e308)", text, start)
