"""A picture's text as LaTeX: names and formulas in mathematics, the rest as text, nothing as a command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..style import scripts
from ..words.labels import GREEK

__all__ = ["latex", "missing"]

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "-": "{-}", "`": "{`}", "'": "{'}", "?": "{?}", "!": "{!}", ",": "{,}",
    "°": r"\(^\circ\)", "–": "--", "—": "---", "…": r"\dots{}", "¿": r"\textquestiondown{}",
    "¡": r"\textexclamdown{}", "«": r"\guillemotleft{}", "»": r"\guillemotright{}", "ß": r"\ss{}",
    "đ": r"\dj{}", "Đ": r"\DJ{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "œ": r"\oe{}", "Œ": r"\OE{}",
    "ŋ": r"\ng{}", "Ŋ": r"\NG{}", "ĳ": "ij", "Ĳ": "IJ",
}  # fmt: skip
"""What TeX takes for a command, or, where two follow each other as in ``--``, for another sign."""

SYMBOLS = {
    "−": "-", "·": r"\cdot{}", "×": r"\times{}", "÷": r"\div{}", "±": r"\pm{}", "∂": r"\partial{}",
    "∇": r"\nabla{}", "√": r"\surd{}", "∞": r"\infty{}", "‖": r"\|", "→": r"\to{}", "←": r"\leftarrow{}",
    "↑": r"\uparrow{}", "↓": r"\downarrow{}", "⊙": r"\odot{}",
    "≤": r"\le{}", "≥": r"\ge{}", "≠": r"\neq{}", "≈": r"\approx{}", "∑": r"\sum{}",
    "∏": r"\prod{}", "∫": r"\int{}", "ℒ": r"\mathcal{L}",
    "ℓ": r"\ell{}", "∈": r"\in{}", "½": r"\frac12{}", "′": "'", "″": "''", "ᵀ": r"^{T}",
} | {letter: "\\" + name + "{}" for name, letter in GREEK.items() if name != "lamda"}  # fmt: skip

ACCENTS = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde", "\u0307": r"\dot", "\u0308": r"\ddot"}
IN_TEXT = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
"""The commands that set an accent in a word: where the encoding is T1, lualatex reads no letter beyond ÿ."""
DOTLESS = {"i": r"\imath", "j": r"\jmath"}
NOT_IN_T1 = "ĦħĸĿŀŉŦŧ"
"""Letters of Europe that the encoding T1 lacks."""
RAISED, LOWERED = ({small: char for char, small in of.items()} for of in (scripts.RAISED, scripts.LOWERED))

_SUFFIX = f"(?P<below>[{''.join(LOWERED)}]*)(?P<above>[{''.join(RAISED)}]*)"
_FACTOR = rf"(?<=[{''.join(LOWERED)}])(?=[A-Za-zΑ-ω][{''.join(ACCENTS)}]?(?![A-Za-zΑ-ω]))"
"""Between the names of a product such as w₁x₂."""
_LETTER = re.compile(
    rf"(?P<letter>[^\W\d_])(?P<accent>[{''.join(ACCENTS)}]?){_SUFFIX}(?:{_FACTOR}|(?!−?[\w\u0300-\u036f]))"
)
_INDEX = re.compile(f"(?=[{''.join(LOWERED)}{''.join(RAISED)}]){_SUFFIX}")
_PROSE = re.compile(r"[^\W\d]{2,}\s+(?:[aeouyAEOUY]\s+)?[^\W\d]{2,}")
"""Two words, or two with one of Spanish's words of one letter between them."""


def latex(text: str) -> str:
    """A text as LaTeX shows it.

    >>> print(latex("∂L/∂w₁ = −12"), latex("ŷ²"), latex("50 % of loss_1"))
    \\(\\partial{}\\)\\(L\\)/\\(\\partial{}\\)\\(w_{1}\\) = \\(-\\)12 \\(\\hat{y}^{2}\\) 50 \\% of loss\\_1
    >>> print(latex("lotes y épocas"), latex("x y z"))
    lotes y épocas \\(x\\) \\(y\\) \\(z\\)
    """
    return "".join(written for _, written in _pieces(text))


def missing(text: str) -> list[str]:
    """The characters of a text for which LaTeX has no font of its own."""
    return [source for source, written in _pieces(text) if written == UNKNOWN]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a text that become one command each, with what they become."""
    is_prose = bool(_PROSE.search(text))
    rest, inside = unicodedata.normalize("NFD", text), False
    while rest:
        match = None if inside else _LETTER.match(rest)
        if match and is_prose and len(match[0]) == 1:  # the Spanish word "y", not the name y
            match = None
        match = match or _INDEX.match(rest)
        if match and (written := _mathematics(match)):
            yield match[0], written
            rest = rest[match.end() :]
            inside = False
            continue
        length = 2 if len(rest) > 1 and unicodedata.combining(rest[1]) else 1
        char = unicodedata.normalize("NFC", rest[:length])
        yield char, _character(char)
        inside = char[0].isalpha() and char not in SYMBOLS  # in a word; the e of 2e is a name
        rest = rest[length:]


UNKNOWN = r"\textbf{?}"


def _mathematics(match: re.Match[str]) -> str | None:
    """A letter with accent and index, or an index alone; None for a letter that mathematics does not have."""
    parts = match.groupdict()
    letter = parts.get("letter") or ""
    letter = SYMBOLS.get(letter, letter)
    if not letter.isascii():
        return None
    if parts.get("accent"):
        letter = f"{ACCENTS[parts['accent']]}{{{DOTLESS.get(letter, letter)}}}"
    below = "".join(LOWERED[char] for char in parts["below"])
    above = "".join(RAISED[char] for char in parts["above"])
    return rf"\({letter}{f'_{{{below}}}' if below else ''}{f'^{{{above}}}' if above else ''}\)"


def _character(char: str) -> str:
    """A letter, its accent included, or a sign."""
    if char in SPECIAL:
        return SPECIAL[char]
    if char in SYMBOLS:
        return rf"\({SYMBOLS[char]}\)"
    if char in LOWERED or char in RAISED:
        mark, plain = ("_", LOWERED[char]) if char in LOWERED else ("^", RAISED[char])
        return rf"\({mark}{{{plain}}}\)"
    if len(char) == 1 and (" " <= char <= "~" or "À" <= char <= "ÿ"):
        return char
    parts = unicodedata.normalize("NFD", char)
    letter, accents = parts[0], parts[1:]
    if "À" <= char <= "ž" and accents in IN_TEXT and char not in NOT_IN_T1:
        return rf"\{IN_TEXT[accents]}{{{letter}}}"
    if accents and accents[0] in ACCENTS and (letter in SYMBOLS or (letter.isascii() and letter.isalpha())):
        upright = SYMBOLS.get(letter) or rf"\mathsf{{{letter}}}"  # as the word around it
        return rf"\({ACCENTS[accents[0]]}{{{upright}}}\)"
    return UNKNOWN
