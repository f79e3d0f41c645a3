"""`explain`: the walk of `steps` as text."""

from __future__ import annotations

from microgrid import Value
from microgrid.base.phrases import LANG

from ..picture.selection import Choices, folded, subject
from ..walk.options import StepsOptions
from ..words.labels import named
from .walked import Steps

__all__ = ["explain"]


def explain(
    y: Value,
    *,
    by: str = "auto",
    sums: str = "auto",
    pieces: str = "named",
    lang: str = LANG,
    precision: int = 4,
) -> str:
    """The walk of `steps` as text, a line for each step; all options but `precision` are those of `steps`.

    >>> from microgrid import Value
    >>> y = Value(3.0, "x").exp()
    >>> y.label = "y"
    >>> print(explain(y, precision=3))
    0  The leaves have their values; nothing has been computed yet.
    1  y = exp(x) = exp(3) = 20.1
    2  ∂y/∂y = 1: here the backward pass starts.
    3  ∂y/∂x = ∂y/∂y · ∂y/∂x = 1 · 20.1 = 20.1
    4  All gradients are known.
       ∂y/∂x = 20.1
    """
    options = StepsOptions(by=by, sums=sums, pieces=pieces, precision=precision, lang=lang)
    y, options = subject(y, options)
    trace = named(y, options.labels, options.precision)
    walked = Steps(trace, options, Choices(tuple(folded(trace, None, options)) if by == "auto" else ()))
    width = len(str(len(walked) - 1))
    indent = "\n" + " " * (width + 2)
    return "\n".join(f"{k:{width}}  {text}".replace("\n", indent) for k, text in enumerate(walked._texts()))
