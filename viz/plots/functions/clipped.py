"""Gradients as arrows, before and after they are clipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microgrid.arguments import ArrayLike
from microgrid.base.phrases import LANG, speaker
from microgrid.optim import clip_grad_norm_, clip_grad_value_

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend_above, panel
from ..given import finite

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["clipping"]


def clipping(
    gradients: ArrayLike,
    *,
    max_norm: float | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """Gradients (n, 2) of two parameters as arrows, each before and after it is clipped by itself.

    With `max_norm` by `optim.clip_grad_norm_`, which keeps the direction: the arrows end in a circle.  With
    `limit` by `optim.clip_grad_value_`, which turns them: they end in a square.  Neither is a ValueError,
    and so are gradients of another shape.

    >>> from viz import plots
    >>> plots.clipping([[3.0, 4.0]], max_norm=1.0).get_xlabel()
    '∂L/∂w₁'
    """
    import numpy as np
    from matplotlib.patches import Circle, Rectangle

    say = speaker(lang)
    before = np.atleast_2d(finite("gradients", gradients))
    if before.shape[1] != 2 or not len(before):
        raise ValueError(f"gradients is an array (n, 2), one row for each arrow, got {before.shape}")
    if (max_norm is None) == (limit is None):
        raise ValueError("clip by max_norm=, the longest gradient, or by limit=, the largest partial")
    after = before.copy()
    for row in after:
        if max_norm is not None:
            clip_grad_norm_(row, max_norm)
        else:
            clip_grad_value_(row, limit)  # type: ignore[arg-type]  # one of both is given
    ax = panel(ax, (4.8, 4.8), lang=lang)
    bound: Any = (
        Circle((0, 0), max_norm)
        if max_norm is not None
        else Rectangle((-limit, -limit), 2 * limit, 2 * limit)  # type: ignore[operator]
    )
    bound.set(facecolor=PALETTE[0], alpha=0.12, edgecolor="none")
    ax.add_patch(bound)
    handles = [
        _arrows(ax, before, LECTURE.dim, 0.006), _arrows(ax, after, PALETTE[1], 0.011), bound,
    ]  # fmt: skip
    kept = (
        say("length {n:g}", n=max_norm)
        if max_norm is not None
        else say("each partial at most {n:g}", n=limit)
    )
    reach = 1.12 * max(float(np.abs(before).max()), max_norm or limit or 0.0)
    grid(ax, "∂L/∂w₁", "∂L/∂w₂")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    legend_above(ax, handles, [say("gradient"), say("clipped"), kept])
    return ax


def _arrows(ax: Axes, tips: Any, color: str, width: float) -> Any:
    import numpy as np

    zeros = np.zeros(len(tips))
    return ax.quiver(
        zeros, zeros, *tips.T, color=color, angles="xy", scale_units="xy", scale=1, width=width, zorder=3
    )
