"""Labels as mathematics writes them: ``w1`` is w₁, ``yhat`` is ŷ and ``sigma_t`` is σₜ."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from microgrid import Value
from microgrid.naming.callers import variables_of_caller

from ..graph.trace import Trace, read

__all__ = ["GREEK", "mathematical", "named", "unicode_name"]

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lamda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip

ACCENTS = {
    "hat": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "bar": "\N{COMBINING MACRON}",
    "tilde": "\N{COMBINING TILDE}",
}
SUBSCRIPTS = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))

# One letter of either alphabet (Greek by name or as it is, with the micro sign that keyboards have for μ), an
# accent, and as its index digits (w12, w_12) or letters (w_ij); nothing longer: "loss1" and "bias" are words.
_NAME = re.compile(
    rf"(?P<letter>[A-Za-zΑ-Ωα-ωµ]|{'|'.join(GREEK)})(?:_?(?P<accent>{'|'.join(ACCENTS)}))?"
    r"(?:_?(?P<digits>\d{1,3}(?:,\d{1,3})*)|_(?P<letters>[aehijklmnoprstuvx]{1,3}))?"
)
_WORD = re.compile(r"(?P<word>[A-Za-z]{2,4})_(?P<low>[aehijklmnoprstuvx]\d{1,3})")
"""A short word with a letter and a number as its index: net_h1."""
_RAISED = re.compile(r"(?P<name>.*)\^(?P<number>\([\d,]*\d\))", re.DOTALL)
_LOWERED = re.compile(r"(?P<name>.*)_(?P<number>\(\d+\))", re.DOTALL)
_SUBSCRIPT = str.maketrans("0123456789()", "₀₁₂₃₄₅₆₇₈₉₍₎")
_SUPERSCRIPT = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
_FORMULA = re.compile(r"[\w\s+\-*/^().,\[\]=]+")
_PROSE = re.compile(r"\w\s+\w")


def named(y: Value, labels: str, digits: int) -> Trace:
    """The graph of y with names as the option `labels` has them; "names" are the variables of the caller."""
    trace = read(y, variables_of_caller() if labels == "names" else None, digits)
    return trace if labels == "plain" else mathematical(trace)


def mathematical(trace: Trace) -> Trace:
    """The trace with its labels as mathematics writes them."""
    labels = [unicode_name(node.label) for node in trace.nodes]
    spelled: dict[str, set[str]] = {}
    for node, label in zip(trace.nodes, labels, strict=True):
        spelled.setdefault(label, set()).add(node.label)
    # w1 and w_1 would look the same, and so stay as they are
    nodes = (
        node if label == node.label or len(spelled[label]) > 1 else replace(node, label=label)
        for node, label in zip(trace.nodes, labels, strict=True)
    )
    return replace(trace, nodes=tuple(nodes))


@lru_cache(maxsize=4096)
def unicode_name(label: str) -> str:
    """A name, or each name in a formula, with its index below and its accent above.  Words stay as they are.

    >>> [unicode_name(label) for label in ("w1", "yhat", "W_xh", "x1*w1", "sigma", "loss1", "a point of x1")]
    ['w₁', 'ŷ', 'Wₓₕ', 'x₁*w₁', 'σ', 'loss1', 'a point of x1']

    >>> unicode_name("net_h1"), unicode_name("log p1")
    ('netₕ₁', 'log p₁')

    What `microgrid.naming` puts after a name is raised, and what it puts after a formula stands low:

    >>> [unicode_name(name) for name in ("w21^(1)", "w12,3^(1)", "h2^(1,4)", "the loss^(2)")]
    ['w₂₁⁽¹⁾', 'w₁₂,₃⁽¹⁾', 'h₂⁽¹,⁴⁾', 'the loss⁽²⁾']
    >>> unicode_name("(x1*w1)_(2)")
    '(x₁*w₁)₍₂₎'
    """
    raised = _RAISED.fullmatch(label)
    if raised:
        return unicode_name(raised["name"]) + raised["number"].translate(_SUPERSCRIPT)
    if lowered := _LOWERED.fullmatch(label):
        return unicode_name(lowered["name"]) + lowered["number"].translate(_SUBSCRIPT)
    if label.startswith("log ") and _NAME.fullmatch(label[4:]):
        return "log " + _written(label[4:])
    if word := _WORD.fullmatch(label):
        return word["word"] + "".join(SUBSCRIPTS[char] for char in word["low"])
    if not _FORMULA.fullmatch(label) or _PROSE.search(label):
        return label
    return re.sub(r"[^\W\d]\w*(?:(?<=\d),(?=\d)\d+)*", lambda name: _written(name[0]), label)


def _written(name: str) -> str:
    parts = _NAME.fullmatch(name)
    if not parts:
        return name
    letter = GREEK.get(parts["letter"], parts["letter"])
    accented = unicodedata.normalize("NFC", letter + ACCENTS.get(parts["accent"] or "", ""))
    return accented + "".join(
        SUBSCRIPTS.get(char, char) for char in parts["digits"] or parts["letters"] or ""
    )
