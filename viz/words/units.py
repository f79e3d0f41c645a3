"""What layers, their units and their parameters are called: in pictures of networks and of graphs alike."""

from __future__ import annotations

import re

from microgrid.base.phrases import Phrase, join, say
from microgrid.ops import TABLE

from .labels import unicode_name

__all__ = ["activation_name", "layer_caption", "layered_name", "mean_of", "output_name", "typeset"]

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")

_SIGNS = {
    "mul": "×", "div": "÷", "add": "+", "maximum": "max", "minimum": "min", "sqrt": "√",
    "powc": say("power"), "pow": say("power"), "mean": say("mean"),
}  # fmt: skip


def activation_name(op: str) -> str:
    """As lectures write it.

    >>> [activation_name(op) for op in ("relu", "leaky_relu", "tanh", "mul")]
    ['ReLU', 'leaky ReLU', 'tanh', '×']
    """
    if op in _SIGNS:
        return _SIGNS[op]
    if op in TABLE and TABLE[op].label:
        return TABLE[op].label
    return op.replace("_", " ").replace("relu", "ReLU")


def layer_caption(kind: str, nin: int | None, nout: int, *more: str) -> Phrase:
    """What stands under a column of units, or in the box of a layer: "Linear 2→8, ReLU".

    >>> layer_caption("Linear", 2, 8, "ReLU"), layer_caption("BatchNorm", None, 8)
    ('Linear 2→8, ReLU', 'BatchNorm 8')
    """
    sizes = f"{nout}" if nin is None else f"{nin}→{nout}"
    return join(", ", [say("{kind} {sizes}", kind=kind, sizes=sizes), *more])


def typeset(name: str) -> str:
    """A name as `microgrid.naming` has it, with indices below and the layer above.

    >>> [typeset(name) for name in ("w21^(1)", "w12,3^(1,2)", "gamma2^(1)", "yhat", "loss")]
    ['w₂₁⁽¹⁾', 'w₁₂,₃⁽¹,²⁾', 'γ₂⁽¹⁾', 'ŷ', 'loss']
    """
    parts = re.fullmatch(r"(?P<letter>[^\W\d]+)(?P<indices>[\d,]*)(?P<layer>(?:\^\([\d,]+\))?)", name)
    if not parts or not (parts["indices"] or parts["layer"]):
        return unicode_name(name)
    raised = parts["layer"].removeprefix("^").translate(_SUPERSCRIPT)
    return unicode_name(parts["letter"]) + parts["indices"].translate(_SUBSCRIPT) + raised


def mean_of(n: int) -> Phrase:
    """What is said of values that are means over a batch."""
    return say("mean of {n} samples", n=n)


def output_name(i: int, count: int) -> str:
    """ŷ, and of several ŷ₁, ŷ₂."""
    return "ŷ" if count == 1 else "ŷ" + str(i).translate(_SUBSCRIPT)


def layered_name(letter: str, *indices: int, layer: int) -> str:
    """The letter with its indices below and the layer above; with commas where an index has two digits.

    >>> layered_name("w", 2, 1, layer=1), layered_name("w", 12, 3, layer=2), layered_name("h", 2, layer=1)
    ('w₂₁⁽¹⁾', 'w₁₂,₃⁽²⁾', 'h₂⁽¹⁾')
    """
    separator = "," if any(index > 9 for index in indices) else ""
    return typeset(f"{letter}{separator.join(map(str, indices))}^({layer})")
