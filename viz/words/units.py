"""What layers, their units and their parameters are called: in pictures of networks and of graphs alike."""

from __future__ import annotations

from microgrid.base.phrases import Phrase, join, say
from microgrid.ops import TABLE

from ..style.scripts import lowered

__all__ = ["activation_name", "layer_caption", "mean_of", "output_name"]

_SIGNS = {
    "mul": "×", "div": "÷", "add": "+", "maximum": "max", "minimum": "min", "sqrt": "√",
    "powc": say("power"), "pow": say("power"), "mean": say("mean"),
    "half_mse": "½ mse",
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


def mean_of(n: int) -> Phrase:
    """What is said of values that are means over a batch."""
    return say("mean of {n} samples", n=n)


def output_name(i: int, count: int) -> str:
    """ŷ, and of several ŷ₁, ŷ₂."""
    return "ŷ" if count == 1 else "ŷ" + lowered(i)
