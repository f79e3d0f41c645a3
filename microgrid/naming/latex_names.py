"""What nodes are called, in LaTeX."""

from __future__ import annotations

import re
import unicodedata

from .names import is_closed

__all__ = ["latex_name", "latex_quotient"]

_RAISED = re.compile(r"(.*)\^\((\d[\d,]*)\)", re.DOTALL)
_LOWERED = re.compile(r"(.*)_\((\d+)\)", re.DOTALL)
_FORMULA = re.compile(r"(?=.*[-+*/(])(?!.*\w\s+\w)[\w\s+\-*/().,^]+", re.ASCII)
_TOKEN = re.compile(
    r"(?P<dots>\.\.\.)|_\((?P<low>\d+)\)|\*\*(?P<power>\d+)|(?P<sign>\*\*|\*)"
    r"|(?P<name>[A-Za-z_]\w*(?:\^\(\d[\d,]*\))?)|(?P<other>[\d.]+|.)",
    re.ASCII,
)
_SPECIAL = (
    {"…": r"\dots{}", "−": "-", "·": r"\cdot{}", "×": r"\times{}", "∂": r"\partial{}"}
    | {"\\": r"\backslash{}", "{": r"\{", "}": r"\}", "^": r"\char94{}", "~": r"\char126{}"}
    | {c: "\\" + c for c in "#$%&_"}
)
_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check",
}  # fmt: skip
_CAPITALS = {
    "alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K", "mu": "M",
    "nu": "N", "omicron": "O", "rho": "P", "tau": "T", "chi": "X",
}  # fmt: skip
_GREEK = {
    *_CAPITALS, "gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"
}  # fmt: skip


def latex_name(name: str) -> str:
    """A name in LaTeX: an index below, an accent above, what is raised raised; a formula as such, anything
    else upright, special characters escaped.

    >>> print(latex_name("w21^(1)"), latex_name("yhat"), latex_name("loss_1"), latex_name("(w1*x + b)**2"))
    w_{21}^{(1)} \\hat{y} \\mathrm{loss\\_1} (w_{1} \\cdot x + b)^{2}
    """
    if match := re.fullmatch(r"([A-Za-z])_?(\d+(?:,\d+)*)", name):
        return f"{match[1]}_{{{match[2]}}}"
    if match := re.fullmatch(r"([A-Za-z])_?hat", name):
        return rf"\hat{{{match[1]}}}"
    if re.fullmatch(r"[A-Za-z]", name):
        return name
    if match := _RAISED.fullmatch(name):
        return f"{latex_name(match[1])}^{{({match[2]})}}"
    if match := _LOWERED.fullmatch(name):
        return f"{latex_name(match[1])}_{{({match[2]})}}"
    if _FORMULA.fullmatch(name):
        return "".join(map(_written, _TOKEN.finditer(name)))
    return r"\mathrm{" + "".join(map(_character, unicodedata.normalize("NFC", name))) + "}"


def _character(char: str) -> str:
    """A character as every LaTeX sets it in mathematics; by its code point where there is no command."""
    if char in _SPECIAL or char.isascii():
        return _SPECIAL.get(char, char)
    letter, *marks = list(unicodedata.normalize("NFD", char))
    base = letter if letter.isascii() and letter.isalpha() else _greek(letter)
    if base and all(mark in _ACCENTS for mark in marks[:1]) and len(marks) < 2:
        return f"\\{_ACCENTS[marks[0]]}{{{base}}}" if marks else base
    return "?" if char == "\N{REPLACEMENT CHARACTER}" else rf"\langle\mathrm{{{ord(char):04X}}}\rangle{{}}"


def _greek(letter: str) -> str:
    """The command for a Greek letter, or the Latin letter that it looks like; "" for any other character."""
    _, _, name = unicodedata.name(letter, "").rpartition(" LETTER ")
    name = name.lower().replace("lamda", "lambda")
    if not unicodedata.name(letter, "").startswith("GREEK") or name not in _GREEK:
        return ""
    if letter.islower():
        return "o" if name == "omicron" else f"\\{name}{{}}"
    return _CAPITALS.get(name) or f"\\{name.capitalize()}{{}}"


def _written(token: re.Match[str]) -> str:
    parts = token.groupdict()
    if parts["name"]:
        return latex_name(parts["name"])
    if parts["power"]:
        return f"^{{{parts['power']}}}"
    if parts["low"]:
        return f"_{{({parts['low']})}}"
    if parts["sign"]:
        return r" \cdot " if parts["sign"] == "*" else "^"
    return r"\dots{}" if parts["dots"] else parts["other"]


def latex_quotient(of: str, by: str) -> str:
    """The derivative as a fraction, with brackets around a formula."""
    above, below = (latex_name(name) if is_closed(name) else f"({latex_name(name)})" for name in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"
