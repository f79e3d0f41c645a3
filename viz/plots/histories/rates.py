"""The loss while the learning rate grows, by which a rate is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from microgrid.base.phrases import LANG, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend, panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from microgrid.train import RateRange

__all__ = ["learning_rates"]


def learning_rates(found: RateRange, *, ax: Axes | None = None, lang: str = LANG) -> Axes:
    """The losses `found` by `train.lr_range` over the rate, their running mean, and the rate it suggests."""
    if not hasattr(found, "smoothed"):
        raise TypeError(f"found is what train.lr_range returns, got {type(found).__name__}")
    say = speaker(lang)
    ax = panel(ax, lang=lang)
    handles = ax.plot(found.rates, found.losses, color=LECTURE.dim, linewidth=0.8, alpha=0.7)
    handles += ax.plot(found.rates, found.smoothed, color=PALETTE[0], linewidth=2)
    names = [say("loss of the batch"), say("running mean")]
    if found.suggested is not None:
        handles.append(ax.axvline(found.suggested, color=PALETTE[1], linestyle="--", linewidth=1.3))
        names.append(say("falls fastest, at {rate:.2g}", rate=found.suggested))
    ax.set_xscale("log")
    grid(ax, say("learning rate"), say("loss"))
    legend(ax, handles, names)
    return ax
