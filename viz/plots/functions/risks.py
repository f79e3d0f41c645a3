"""Losses over the prediction: how much a wrong one costs, and how steeply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import microgrid
from microgrid import Value
from microgrid.base.messages import number
from microgrid.base.phrases import LANG, Say, said, speaker
from microgrid.nn.losses import Loss, loss_function
from microgrid.pieces.table import TABLE

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend, panel, panels, write
from ..given import interval
from .slopes import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["losses"]

OF_CLASSES = ("cross_entropy", "kl_divergence", "nll", "cross_entropy_with_logits")
"""Losses of a number for each class, of which there are two here."""
OF_PROBABILITIES = ("bce", "cross_entropy", "kl_divergence", "nll")
OF_PROBABLE_TARGETS = ("bce", "bce_with_logits", *OF_CLASSES)
EDGE = 0.01
"""How near to 0 and 1 probabilities are drawn, where logarithms grow beyond any axis."""
REACH = 3.0
"""How far from the target other predictions are drawn."""


def losses(
    *names: str | Loss,
    target: float = 1.0,
    xlim: tuple[float, float] | None = None,
    together: bool = False,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Any:
    """Losses over the prediction of one sample, and their derivatives (dashed), which `backward` computes.

    `names` are those of losses in `nn.losses`, or functions of (predictions, targets).  Those of classes have
    two: the prediction is the probability, or the logit, of the second one, of which the target is the
    probability.  A dotted line is at the target, a ring at a kink.  One has Axes; several have a panel each,
    an array of Axes, or share one where they are together or `ax` is given.  The axis reaches from 0 to 1
    where there are losses of probabilities, unless `xlim` says otherwise.  No loss is a ValueError, and so is
    a target outside of [0, 1] where it is a probability.

    >>> from viz import plots
    >>> [ax.get_title() for ax in plots.losses("half_mse", "bce")]
    ['half the mean squared error', 'binary cross-entropy']
    """
    if not names:
        raise ValueError('losses draws at least one loss, such as losses("half_mse", "bce")')
    say, target = speaker(lang), number(target, where="target is a number")
    known = [name for name in names if isinstance(name, str)]
    for name in known:
        if name in OF_PROBABLE_TARGETS and not 0 <= target <= 1:
            raise ValueError(f"target is a probability for {name}, from 0 to 1, got {target:g}")
    if xlim is not None:
        side = interval(xlim, "xlim")
    elif any(name in OF_PROBABILITIES for name in known):
        side = (EDGE, 1 - EDGE)
    else:
        side = (target - REACH, target + REACH)
    curves = [Curve(_title(name, lang), partial(_at, name, target), side) for name in names]
    logits = all(str(name).endswith("with_logits") for name in names)
    prediction = say("logit z") if logits else say("prediction ŷ")
    if ax is not None or together or len(curves) == 1:
        ax = panel(ax, lang=lang)
        _draw(ax, curves, None if logits else target, prediction, say)
        return ax
    columns = min(3, len(curves))
    several = panels(len(curves), (3.6 * columns, 2.9 * -(-len(curves) // columns)), columns, lang=lang)
    for axes, curve in zip(several, curves):
        _draw(axes, [curve], None if logits else target, prediction, say)
    return several


def _title(name: str | Loss, lang: str) -> str:
    if isinstance(name, str):
        loss_function(name)  # which says so if there is none of this name
        return said(TABLE[name].title, lang)
    return str(getattr(name, "__name__", "L")).replace("<lambda>", "L")


def _at(name: str | Loss, target: float, prediction: Value) -> Value:
    """The loss of one sample."""
    loss: Callable[[Any, Any], Value] = loss_function(name)
    if name not in OF_CLASSES:
        return loss([prediction], [target])
    other: Any = 0.0 if str(name).endswith("with_logits") else 1 - prediction
    both = [Value(other) if isinstance(other, float) else other, prediction]
    if name == "nll":
        both = list(map(microgrid.log, both))
    return loss([both], [[1 - target, target]])


def _draw(ax: Axes, curves: Sequence[Curve], target: float | None, prediction: str, say: Say) -> None:
    import numpy as np

    handles: list[Any] = []
    alone = len(curves) == 1
    for curve, color in zip(curves, PALETTE * 4):
        handles += ax.plot(curve.x, curve.value, color=color, linewidth=2)
        slope = ax.plot(
            curve.x, curve.slope, color=PALETTE[1] if alone else color, linewidth=1.4, linestyle="--"
        )
        ax.plot(
            curve.kinks, curve.heights, linestyle="", marker="o", markersize=6,
            markerfacecolor="white", markeredgecolor=color, markeredgewidth=1.4,
        )  # fmt: skip
    names = ["L", "∂L/∂ŷ"] if alone else [curve.name for curve in curves]
    handles += slope if alone else []
    if target is not None:
        handles.append(ax.axvline(target, color=LECTURE.dim, linestyle=":", linewidth=1.4))
        names.append(f"y = {target:g}")
    grid(ax, prediction, "" if alone else say("loss L, and ∂L/∂ŷ dashed"))
    ax.axhline(0, color=LECTURE.dim, linewidth=0.7)
    ax.set_xlim(curves[0].x[0], curves[0].x[-1])
    values, slopes = (np.concatenate(part) for part in zip(*((c.value, c.slope) for c in curves)))
    low, top = float(np.nanmin(values)), 1.1 * float(np.nanquantile(values, 0.98)) or 1.0
    # slopes that shoot down are cut where values do not reach either
    ax.set_ylim(max(min(float(np.nanmin(slopes)), low) - 0.05 * top, -top), top)
    if alone:
        write(ax.set_title("", fontsize="medium"), curves[0].name)
    legend(ax, handles, names, fontsize="small")
