"""Labels as mathematics writes them: ``w1`` is w₁, ``yhat`` is ŷ and ``sigma_t`` is σₜ."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from microgrid import Value
from microgrid.naming.callers import variables_of_caller

from ..graph.trace import Trace, read
from ..style.scripts import lowered, raised

__all__ = ["GREEK", "layered_name", "mathematical", "named", "typeset", "unicode_name"]

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

# One letter of either alphabet (Greek by name or as it is, with the micro sign that keyboards have for μ), an
# accent, and as its index digits (w12, w_12) or letters (w_ij); nothing longer: "loss1" and "bias" are words.
_NAME = re.compile(
    rf"(?P<letter>[A-Za-zΑ-Ωα-ωµ]|{'|'.join(GREEK)}|var(?=\d)|sd(?=\d))(?:_?(?P<accent>{'|'.join(ACCENTS)}))?"
    r"(?:_?(?P<digits>\d{1,3}(?:,\d{1,3})*)|_(?P<letters>[aehijklmnoprstuvx]{1,3}))?"
)
_WORD = re.compile(r"(?P<word>[A-Za-z]{2,4})_(?P<low>[aehijklmnoprstuvx]\d{1,3})")
"""A short word with a letter and a number as its index: net_h1."""
_RAISED = re.compile(r"(?P<name>.*)\^(?P<number>\([\d,]*\d\))", re.DOTALL)
_LOWERED = re.compile(r"(?P<name>.*)_(?P<number>\(\d+\))", re.DOTALL)
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
    if above := _RAISED.fullmatch(label):
        return unicode_name(above["name"]) + raised(above["number"])
    if below := _LOWERED.fullmatch(label):
        return unicode_name(below["name"]) + lowered(below["number"])
    if label.startswith("log ") and _NAME.fullmatch(label[4:]):
        return "log " + _written(label[4:])
    if word := _WORD.fullmatch(label):
        return word["word"] + lowered(word["low"])
    if not _FORMULA.fullmatch(label) or _PROSE.search(label):
        return label
    return re.sub(r"[^\W\d]\w*(?:(?<=\d),(?=\d)\d+)*", lambda name: _written(name[0]), label)


def _written(name: str) -> str:
    parts = _NAME.fullmatch(name)
    if not parts:
        return name
    letter = GREEK.get(parts["letter"], parts["letter"])
    accented = unicodedata.normalize("NFC", letter + ACCENTS.get(parts["accent"] or "", ""))
    return accented + lowered(parts["digits"] or parts["letters"] or "")


def typeset(name: str) -> str:
    """A name as `microgrid.naming` has it, with indices below and the layer above.

    >>> [typeset(name) for name in ("w21^(1)", "w12,3^(1,2)", "gamma2^(1)", "yhat", "loss")]
    ['w₂₁⁽¹⁾', 'w₁₂,₃⁽¹,²⁾', 'γ₂⁽¹⁾', 'ŷ', 'loss']
    """
    parts = re.fullmatch(r"(?P<letter>[^\W\d]+)(?P<indices>[\d,]*)(?P<layer>(?:\^\([\d,]+\))?)", name)
    if not parts or not (parts["indices"] or parts["layer"]):
        return unicode_name(name)
    above = raised(parts["layer"].removeprefix("^"))
    return unicode_name(parts["letter"]) + lowered(parts["indices"]) + above


def layered_name(letter: str, *indices: int, layer: int) -> str:
    """The letter with its indices below and the layer above; with commas where an index has two digits.

    >>> layered_name("w", 2, 1, layer=1), layered_name("w", 12, 3, layer=2), layered_name("h", 2, layer=1)
    ('w₂₁⁽¹⁾', 'w₁₂,₃⁽²⁾', 'h₂⁽¹⁾')
    """
    separator = "," if any(index > 9 for index in indices) else ""
    return typeset(f"{letter}{separator.join(map(str, indices))}^({layer})")
