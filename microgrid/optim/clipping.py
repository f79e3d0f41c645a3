"""Keeping gradients short before a step, those of Values or a program's gradient array."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import fsum, inf, isfinite, isinf, isnan, nan, sqrt
from typing import Any

from .. import arguments
from ..arguments import Floats
from ..base.context import at_once
from ..base.messages import describe, number
from ..engine import Value
from ..errors import NonFiniteGradient
from .settings import positive

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_value_(parameters: Iterable[Value] | Floats, limit: float) -> None:
    """Bring every gradient into [-limit, limit], in place; an infinite one becomes the limit of its sign.

    `parameters` are Values, of which those without a gradient are left alone, or the gradient array of a
    program.  nan is a NonFiniteGradient and changes nothing (PyTorch keeps it).

    >>> import numpy
    >>> gradient = numpy.array([0.5, -8.0])
    >>> clip_grad_value_(gradient, 1.0); gradient.tolist()
    [0.5, -1.0]
    """
    limit = positive(limit, "the limit", 1)
    kernel = _kernel(parameters)
    if kernel is not None and kernel.clip_value(parameters, limit):
        return
    g, name, write = _gradients(parameters)
    if _has_nan(g):
        raise NonFiniteGradient(
            f"the gradient of {name([*map(isnan, g)].index(True))} is nan: no gradient was clipped"
        )
    write([min(max(x, -limit), limit) for x in g] if isinstance(g, list) else g.clip(-limit, limit))


def clip_grad_norm_(parameters: Iterable[Value] | Floats, max_norm: float, norm_type: float = 2.0) -> float:
    """Shorten the gradient, of all parameters together, to max_norm, in place; return the length it had.

    The gradients are multiplied by max_norm/(norm + 1e-6) where that is below 1, as in PyTorch; Keras's
    global_clipnorm has no 1e-6, and its clipnorm cuts each variable by itself.  The norm is (Σ |g|ᵖ)^(1/p)
    with p = norm_type above 0, the largest |g| for infinity.  `parameters` as in `clip_grad_value_`.  A norm
    that is not finite is a NonFiniteGradient and changes nothing (PyTorch's error_if_nonfinite=True); a
    norm_type of 0 or less is a ValueError.

    >>> import numpy
    >>> gradient = numpy.array([3.0, -4.0])
    >>> clip_grad_norm_(gradient, 1.0), gradient.round(5).tolist()
    (5.0, [0.6, -0.8])
    """
    max_norm = positive(max_norm, "max_norm", 1)
    p = number(norm_type, finite=False, where="norm_type is a real number")
    if not p > 0:
        raise ValueError(f"norm_type is a number above 0 or infinity, got {p}: 2 is usual")
    kernel = _kernel(parameters) if p == 2 else None
    clipped: float | None = None if kernel is None else kernel.clip_norm(parameters, max_norm)
    if clipped is not None:
        return clipped
    g, name, write = _gradients(parameters)
    norm = _norm(g, p)
    if isnan(norm) or isinf(norm):
        wrong = [i for i, x in enumerate(g) if not isfinite(x)]
        why = f"that of {name(wrong[0])} is {g[wrong[0]]}" if wrong else "beyond the largest double"
        raise NonFiniteGradient(f"the norm of the gradients is {norm}, {why}: no gradient was clipped")
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        write([x * scale for x in g] if isinstance(g, list) else g * scale)
    return norm


def _kernel(parameters: Any) -> Any:
    """What clips an array in C, with the same bits, if this is one and it was compiled."""
    if not hasattr(parameters, "dtype"):
        return None
    try:
        from .native import kernel
    except ImportError:
        return None
    return kernel


def _norm(g: list[float] | Floats, p: float) -> float:
    """Relative to the largest, so that no power leaves the range of doubles."""
    sizes = [abs(x) for x in g] if isinstance(g, list) else abs(g)
    if _has_nan(sizes):
        return nan
    largest = float(max(sizes, default=0.0) if isinstance(sizes, list) else sizes.max(initial=0.0))
    if p == inf or not 0 < largest < inf:
        return largest
    if isinstance(sizes, list):
        total = fsum((x / largest) ** p for x in sizes)
    else:
        import numpy as np

        with np.errstate(under="ignore"):
            sizes /= largest
            total = float((sizes * sizes if p == 2 else sizes**p).sum())
    return largest * (sqrt(total) if p == 2 else float(total ** (1 / p)))


def _has_nan(g: list[float] | Floats) -> bool:
    return any(map(isnan, g)) if isinstance(g, list) else bool((g != g).any())


def _gradients(
    parameters: Any,
) -> tuple[list[float] | Floats, Callable[[int], str], Callable[[Any], None]]:
    """The gradients, the name of the i-th, and what writes the clipped ones back.

    Those of Values are floats, which need no NumPy.
    """
    if hasattr(parameters, "value_and_grad"):
        raise TypeError("a program keeps no gradient: clip the array that value_and_grad returned")
    if hasattr(parameters, "dtype") and parameters.dtype.kind != "O":
        import numpy as np

        gradient = parameters
        if gradient.ndim != 1 or gradient.dtype != np.float64 or not gradient.flags.writeable:
            raise TypeError(
                "a gradient is clipped in place: it has to be a writeable float64 array of shape (n,), got "
                f"one of {gradient.dtype} and shape "
                f"{gradient.shape}{'' if gradient.flags.writeable else ', read-only'}"
            )
        return gradient, lambda i: f"parameters[{i}]", lambda clipped: np.copyto(gradient, clipped)
    values = [
        (i, v) for i, v in enumerate(arguments.leaves(parameters, "parameters", ValueError)) if v.has_grad
    ]

    def write(clipped: list[float]) -> None:
        # 0.0 would mean "none yet"; only a gradient that is 0 already stays so
        new = [(v, x) for (_, v), x in zip(values, clipped, strict=True) if x]
        at_once(arguments.changes([v for v, _ in new], [x for _, x in new], "grad"))

    def name(i: int) -> str:
        return f"parameters[{values[i][0]}], {describe(values[i][1])},"

    return [v.grad for _, v in values], name, write
