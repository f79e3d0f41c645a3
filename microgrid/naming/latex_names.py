"""What nodes are called, in LaTeX."""

from __future__ import annotations

import re

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
_SPECIAL = {"\\": r"\backslash{}", "{": r"\{", "}": r"\}", "^": r"\char94{}", "~": r"\char126{}"} | {
    c: "\\" + c for c in "#$%&_"
}


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
    return r"\mathrm{" + "".join(_SPECIAL.get(c, c) for c in name) + "}"


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
