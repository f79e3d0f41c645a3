"""Networks by their shape: 2-2-1 sigmoid as statements with ranges."""

from __future__ import annotations

import re

from ...base.phrases import Phrase, say
from ...errors import ExpressionError

__all__ = ["expression_of_shape", "is_shape"]

_SHAPE = re.compile(r"(?P<sizes>\d+(?:-\d+)+)(?:\s+(?P<activation>\w+))?")
ACTIVATIONS = ("relu", "sigmoid", "tanh", "identity")
MOST_UNITS = 12
"""Of a network whose numbers are found by hand."""
WHOLE, TENTHS = "-4..4", "-0.9..0.9 step 0.1"


def is_shape(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None


def expression_of_shape(text: str) -> tuple[Phrase, str, list[str]]:
    """What a network is called, its statements with their ranges, and its parameters.

    Unit 2 of layer 1 is h12 = relu(z12), and w123 leads to it from input 3; the last layer is linear.

    >>> expression_of_shape("2-1")[1]
    'yhat = b1 + w11*x1 + w12*x2; L = (yhat - y)**2; x1, x2, y in -4..4; b1, w11, w12 in -4..4'
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ExpressionError(f"a network's shape is written 2-2-1 or 2-2-1 sigmoid, got {text!r}")
    sizes, activation = [int(size) for size in match["sizes"].split("-")], match["activation"] or "relu"
    if activation not in ACTIVATIONS:
        raise ExpressionError(
            f"{activation!r} is no activation of exercises: there are {', '.join(ACTIVATIONS)}"
        )
    if not all(sizes) or sum(sizes) > MOST_UNITS or len(sizes) > 5:
        raise ExpressionError(
            f"a network for a sheet has 1 to {MOST_UNITS} units in at most 5 layers, got {text!r}"
        )
    statements, parameters = [], list[str]()
    below = [f"x{i}" for i in range(1, sizes[0] + 1)]
    for layer, size in enumerate(sizes[1:], 1):
        last = layer == len(sizes) - 1
        mark = "" if len(sizes) == 2 else str(layer)
        above = []
        for j in range(1, size + 1):
            unit = f"{mark}{j}"
            weights = [f"w{unit}{i}" for i in range(1, len(below) + 1)]
            parameters += [f"b{unit}", *weights]
            total = " + ".join([f"b{unit}", *(f"{w}*{x}" for w, x in zip(weights, below, strict=True))])
            if last or activation == "identity":
                name = ("yhat" if size == 1 else f"o{j}") if last else f"h{unit}"
                statements.append(f"{name} = {total}")
            else:
                name = f"h{unit}"
                statements += [f"z{unit} = {total}", f"{name} = {activation}(z{unit})"]
            above.append(name)
        below = above
    targets = ["y"] if len(below) == 1 else [f"y{j}" for j in range(1, len(below) + 1)]
    errors = " + ".join(f"({o} - {y})**2" for o, y in zip(below, targets, strict=True))
    inputs = [f"x{i}" for i in range(1, sizes[0] + 1)]
    small = activation in ("sigmoid", "tanh")
    statements += [
        f"L = {errors}",
        f"{', '.join([*inputs, *targets])} in {TENTHS if small else WHOLE}",
        f"{', '.join(parameters)} in {TENTHS if small else WHOLE}",
    ]
    name = say("network {shape} with {activation}", shape=match["sizes"], activation=activation)
    return name, "; ".join(statements), parameters
