"""A claim cut into tokens: our own grammar and Unicode by their characters, LaTeX by its commands."""

from __future__ import annotations

import re
import unicodedata
from math import isinf
from typing import NamedTuple

from ...errors import ExpressionError
from ...expressions.tokens import NUMBER
from .latex_words import ACCENTS, FONTS, REFUSED, SIGNS, SKIPPED, WORDS

__all__ = ["MAX_LENGTH", "Text", "Token", "is_latex", "plain_letters", "tokens"]

MAX_LENGTH = 50_000
"""Characters of a claim; a sum over 200 paths has some 20,000."""
MAX_NAME = 100
MAX_GROUPS = 20
"""Braces in one another, in the name of one node."""


class Token(NamedTuple):
    kind: str
    """number, name, partial, prime, raised (an exponent typed small), frac, sqrt, end, or the sign itself."""
    text: str
    position: int


class Text(NamedTuple):
    """A claim as it was typed, with its tokens; `juxtaposed` factors multiply where nobody writes a star."""

    text: str
    tokens: list[Token]
    juxtaposed: bool
    latex: bool


_SIGNS = {
    "·": "*", "\u0387": "*", "⋅": "*", "∙": "*", "•": "*", "×": "*", "∗": "*", "÷": "/", "−": "-",
    "–": "-", "∕": "/",
    "⁄": "/", "←": "<-", "≔": "<-", "∂": "partial", "𝜕": "partial", "′": "prime", "’": "prime", "'": "prime",
    "″": "second",
}  # fmt: skip
_SIGN = re.compile(r"\*\*|<-|:=|[-+*/^(),=|]")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾]+")
_HINTS = {
    "√": "; a root is written sqrt(x)", "[": "; use ( and )",
    "Σ": "", "∑": "; a sum over an index is refused: write its terms",
    "∇": "; a claim is about one derivative",
    "\\": "", "{": "; use ( and )", "≈": "; a claim says =", ";": "; write each claim by itself",
}  # fmt: skip
_LOW = "₀₁₂₃₄₅₆₇₈₉ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜₓᵤᵥ"


def is_latex(text: str) -> bool:
    """Whether a claim is LaTeX: a brace after _ alone is not, where products are written with a star."""
    return "\\" in text or "^{" in text or ("_{" in text and "*" not in text)


def tokens(text: str) -> Text:
    """Cut a claim; ExpressionError, with the place, for what is in no notation."""
    if not isinstance(text, str):
        raise TypeError(f"a claim is a str, such as 'dL/dw = 2*e*x', got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        message = f"a claim has at most {MAX_LENGTH:,} characters, this one {len(text):,}"
        raise ExpressionError(message, text, MAX_LENGTH)
    ending = _ENDING.match(text[::-1])
    shown = text[: len(text) - (ending.end() if ending else 0)].replace("&", " ")  # so that places stay
    if is_latex(shown):
        return Text(text, _Latex(shown).read(), True, True)
    return Text(text, _plain(shown), not text.isascii(), False)


_ENDING = re.compile(r"(?:\s|[.,]|\\\\)*")
"""What a sentence or a row of an align environment has after its formula."""


def plain_letters(name: str) -> str:
    """The form in which names of all notations are compared: ŷ, y_hat and yhat are one, and so are φ and phi.

    >>> plain_letters("ŷ"), plain_letters("w_1"), plain_letters("φ"), plain_letters("w₁")
    ('yhat', 'w1', 'phi', 'w1')
    """
    letters = []
    for char in unicodedata.normalize("NFKD", name):
        if char in _MARKS:
            letters.append(_MARKS[char])
        elif char in "_{} ":
            continue
        elif "GREEK" in (called := unicodedata.name(char, "")):
            word = called.split(" LETTER ")[-1].split(" ")[0].lower().replace("lamda", "lambda")
            letters.append(word.capitalize() if "CAPITAL" in called else word)
        else:
            letters.append(char)
    return "".join(letters)


_MARKS = {
    "\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot", "\u20d7": "vec",
    "\u0301": "acute", "\u0300": "grave", "\u0308": "ddot", "\u030c": "check", "\u0306": "breve",
}  # fmt: skip


def _plain(text: str) -> list[Token]:
    found: list[Token] = []
    start = 0
    while start < len(text):
        char = text[start]
        if char.isspace():
            start += 1
            continue
        if match := NUMBER.match(text, start):
            found.append(_number(text, match.end(), start))
            start = match.end()
        elif match := _RAISED.match(text, start):
            found.append(Token("raised", unicodedata.normalize("NFKC", match[0]).replace("−", "-"), start))
            start = match.end()
        elif match := _SIGN.match(text, start):
            sign = {"**": "^", ":=": "<-"}.get(match[0], match[0])
            found.append(Token(sign, match[0], start))
            start = match.end()
        elif char in _SIGNS:
            kinds = {"second": ["prime", "prime"]}.get(_SIGNS[char], [_SIGNS[char]])
            found += [Token(kind, char, start) for kind in kinds]
            start += 1
        elif _begins_name(char):
            end = start + 1
            while end < len(text) and _goes_on(text[end]) and not _is_next_factor(text[end - 1 : end + 1]):
                end += 1
            if text[end - 1] == "_" and (braced := _BRACED.match(text, end)):
                end = braced.end()
            found.append(_name(text, text[start:end], start))
            start = end
        else:
            raise ExpressionError(f"{char!r} is not part of a claim{_HINTS.get(char, '')}", text, start)
    return [*found, Token("end", "", len(text))]


_BRACED = re.compile(r"\{[^\W_](?:,?[^\W_])*\}")
_LOW_LETTERS = _LOW[10:]


def _is_next_factor(pair: str) -> bool:
    """Whether a name ends between two characters: after a low letter, as in zᵢx₁."""
    return pair[0] in _LOW_LETTERS and pair[1] not in _LOW and pair[1].isalpha()


def _begins_name(char: str) -> bool:
    return char.isalpha() or char == "_"


def _goes_on(char: str) -> bool:
    if char in "⁰¹²³⁴⁵⁶⁷⁸⁹":
        return False
    return char.isalnum() or char == "_" or char in _LOW or unicodedata.combining(char) > 0


def _name(text: str, name: str, start: int) -> Token:
    if len(name) > MAX_NAME:
        raise ExpressionError(f"a name has at most {MAX_NAME} characters, this one {len(name)}", text, start)
    return Token("name", unicodedata.normalize("NFKC", name), start)


def _number(text: str, end: int, start: int) -> Token:
    literal = text[start:end]
    if (
        len(literal) > MAX_NAME
        or isinf(float(literal))
        or (float(literal) == 0 and re.match(r"[0.]*[1-9]", literal))
    ):
        raise ExpressionError(
            "this number is longer, larger or smaller than a claim's numbers are", text, start
        )
    return Token("number", literal, start)


class _Latex:
    """Reads the commands of LaTeX that scalar formulas have."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: list[Token] = []

    def read(self) -> list[Token]:
        while self.at < len(self.text):
            start, char = self.at, self.text[self.at]
            if char.isspace() or char in "~&$":
                self.at += 1
            elif char == "\\":
                self.command(start)
            elif char.isalpha():
                self.name(start)
            elif char in "_{}":
                self.at += 1
                self.found.append(Token(char, char, start))
            elif match := NUMBER.match(self.text, start):
                lone = self.found and self.found[-1].kind in ("^", "_")
                end = start + 1 if lone else match.end()  # x^12 is x^1 times 2
                if not lone and "e" in match[0].lower():  # 2e3 is 2 times e times 3 in mathematics
                    end = start + re.match(r"[\d.]+", match[0]).end()  # type: ignore[union-attr]
                self.found.append(_number(self.text, end, start))
                self.at = end
            else:
                plain = _plain(self._one(start))[:-1]
                self.found += [token._replace(position=start) for token in plain]
                self.at += len(self._one(start))
        return [*self.found, Token("end", "", len(self.text))]

    def _one(self, start: int) -> str:
        match = re.compile(r"\*\*|<-|:=").match(self.text, start) or _RAISED.match(self.text, start)
        if match:
            return match[0]
        if self.text[start] not in _SIGNS and not _SIGN.match(self.text, start):
            char = self.text[start]
            raise ExpressionError(f"{char!r} is not part of a claim{_HINTS.get(char, '')}", self.text, start)
        return self.text[start]

    def word(self) -> str:
        """The command at this place, without its backslash."""
        match = re.compile(r"\\([A-Za-z]+\*?|.|$)", re.DOTALL).match(self.text, self.at)
        self.at = match.end() if match else len(self.text)
        return match[1] if match else ""

    def command(self, start: int) -> None:
        word = self.word()
        if word in SKIPPED:
            if word in ("left", "right") and self.text.startswith(".", self.at):
                self.at += 1
        elif word in SIGNS:
            self.found.append(Token(SIGNS[word], "\\" + word, start))
        elif word in ACCENTS or word in FONTS or word in WORDS:
            self.at = start
            self.name(start)
        elif word in REFUSED:
            raise ExpressionError(f"\\{word} is refused: {REFUSED[word]}", self.text, start)
        else:
            shown = "\\" + word[:20] if word.isprintable() else "this command"
            raise ExpressionError(
                f"{shown} is not among the LaTeX that scalar formulas have", self.text, start
            )

    def name(self, start: int) -> None:
        """A letter or a word with its accents, and what stands low or in raised brackets after it."""
        base = self._base(0)
        base += self._script()
        if match := re.compile(r"\s*\^\s*\{?\(([\d,]+)\)\}?").match(self.text, self.at):
            base += f"^({match[1]})"
            self.at = match.end()
            base = base if "_" in base else base + self._script()
        self.found.append(_name(self.text, base, start))

    def _script(self) -> str:
        match = re.compile(r"\s*_\s*").match(self.text, self.at)
        if not match:
            return ""
        self.at = match.end()
        return "_" + self._argument(0)

    def _base(self, depth: int) -> str:
        if depth > MAX_GROUPS:
            raise ExpressionError("braces inside one another that deep name no node", self.text, self.at)
        if not self.text.startswith("\\", self.at):
            begin, self.at = self.at, self.at + 1
            while self.at < len(self.text) and unicodedata.combining(self.text[self.at]):
                self.at += 1
            return self.text[begin : self.at]
        start, word = self.at, self.word()
        if word in ACCENTS:
            inside = self._argument(depth + 1)
            first, low, rest = inside.partition("_")
            return f"{first}{ACCENTS[word]}{low}{rest}"
        if word in FONTS:
            return self._argument(depth + 1)
        if word in WORDS:
            return WORDS[word]
        raise ExpressionError(f"\\{word[:20]} names no node", self.text, start)

    def _argument(self, depth: int) -> str:
        """What stands in braces, or the one letter, digit or command after a command."""
        text = self.text
        while self.at < len(text) and text[self.at].isspace():
            self.at += 1
        if self.at >= len(text):
            raise ExpressionError("the claim ends where a name was to follow", text, len(text))
        if depth > MAX_GROUPS:
            raise ExpressionError("braces inside one another that deep name no node", text, self.at)
        if text[self.at] != "{":
            if text[self.at] == "\\":
                return self._base(depth + 1)
            self.at += 1
            return text[self.at - 1]
        opened, name = self.at, ""
        self.at += 1
        while self.at < len(text) and text[self.at] != "}":
            if text[self.at] == "\\" or text[self.at] == "{":
                name += self._argument(depth + 1)
            else:
                name += text[self.at] if not text[self.at].isspace() else ""
                self.at += 1
        if self.at >= len(text):
            raise ExpressionError("this '{' is never closed", text, opened)
        self.at += 1
        return name
