"""Training curves, and one page of a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from microgrid.base.phrases import LANG, Say, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend, panel, panels
from ..given import column, columns_of
from ..networks.watched import plots_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from microgrid.monitor import Monitor

__all__ = ["column_title", "curves", "trainings"]

UNSHOWN = ("lr", "seconds")
"""Columns of a history that are no result of training."""


def curves(
    history: Mapping[str, Sequence[float]],
    what: str = "loss",
    *,
    label: str = "",
    log: bool = False,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """A column of a History over the epochs, beside its column of validation if there is one.

    A dotted line marks `history.best_epoch`.  On axes that have curves already the next colours are taken,
    and the legend has both; `label` says whose these are.  ValueError if the history has no such column, or
    no epochs.

    >>> curves({"epoch": [1, 2], "loss": [0.5, 0.25]}).get_ylabel()
    'loss'
    """
    say, (epochs, _) = speaker(lang), column(history, what, log)
    ax = panel(ax, lang=lang)
    before = _named_lines(ax)
    colors = [color for color in PALETTE if color not in {line.get_color() for line in before}] or list(
        PALETTE
    )
    whose = (
        f"{label}: "
        if label
        else f"{1 + sum(line.get_linestyle() == '-' for line in before)}: "
        if before
        else ""
    )
    for key, name, color, dash in (
        (what, say("training"), colors[0], "-"),
        (f"validation_{what}", say("validation"), colors[1 % len(colors)], "--"),
    ):
        if key in history and (key == what or column(history, key, log)):
            marker = "o" if len(epochs) < 3 else ""
            (line,) = ax.plot(epochs, history[key], color=color, linestyle=dash, marker=marker)
            line.set_label(whose + (column_title(what, say) if what in UNSHOWN else name))
    best = getattr(history, "best_epoch", None)
    if best is not None:
        line = ax.axvline(best, color=colors[0] if before else LECTURE.dim, linestyle=":", linewidth=1.2)
        line.set_label(whose + say("best epoch, {epoch}", epoch=best))
    if log:
        ax.set_yscale("log")
    grid(ax, say("epoch"), column_title(what, say))
    lines = _named_lines(ax)
    if len(lines) > 1:
        legend(ax, lines, [str(line.get_label()) for line in lines])
    return ax


def trainings(
    history: Mapping[str, Sequence[float]],
    monitor: Monitor | None = None,
    *,
    log: bool = False,
    lang: str = LANG,
) -> NDArray[np.object_]:
    """What one looks at first, on one page: the loss, each metric, and the learning rate if it changes.

    With the monitor that `fit` was given also the length of the gradient, that of the steps over that of the
    weights, and dead ReLUs, where there are such.  Returns the Axes, an array; `log` is for the loss.

    >>> history = {"epoch": [1, 2], "loss": [0.5, 0.2], "accuracy": [0.5, 1.0], "validation_loss": [0.6, 0.4]}
    >>> [ax.get_ylabel() for ax in trainings(history)]
    ['loss', 'accuracy (share of samples)']
    """
    columns = [
        name
        for name in columns_of(history)
        if name not in ("epoch", *UNSHOWN) and not name.startswith("validation_")
    ]
    columns += [name for name in UNSHOWN[:1] if name in history and len(set(history[name])) > 1]
    if not columns:
        column(history, "loss")  # which says so
    watched = [] if monitor is None else plots_of(monitor)
    count = len(columns) + len(watched)
    across = min(3, count)
    page = panels(count, (0.8 + 4.4 * across, 3.6 * -(-count // across)), across, lang=lang)
    for ax, name in zip(page, columns):
        curves(history, name, log=log and name == "loss", ax=ax, lang=lang)
    for ax, plot in zip(page[len(columns) :], watched):
        plot(monitor, ax=ax, lang=lang)
    return page


def _named_lines(ax: Axes) -> list[Any]:
    """The lines that have a name, other than matplotlib's own such as _child0."""
    return [line for line in ax.get_lines() if not str(line.get_label()).startswith("_child")]


def column_title(what: str, say: Say) -> str:
    """What a column of a history is called on an axis."""
    known = {
        "lr": say("learning rate"),
        "seconds": say("time since the start (s)"),
        "accuracy": say("accuracy (share of samples)"),
        "loss": say("loss"),
    }
    return known.get(what, what.replace("_", " "))
