"""Plots over time: training curves, dead units, and how far each step moves the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from ..style.theme import LECTURE, PALETTE
from .axes import few, gradation, grid, legend, panel, panels, say

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from microgrid.monitor import Monitor, Snapshot
    from microgrid.monitor.statistics import LayerStats
    from microgrid.nn.module import Model

__all__ = ["curves", "dead_units", "overview", "update_ratios"]

UNITS = {
    "lr": "learning rate",
    "seconds": "time since the start (s)",
    "accuracy": "accuracy (share of samples)",
}
"""What columns of a history are called on an axis, where their name does not say it."""

UNSHOWN = ("lr", "seconds")
"""Columns of a history that are no result of training."""

USUAL_RATIO = 1e-3
"""About where the update-to-weight ratio of healthy training lies (CS231n, Neural Networks Part 3)."""


def curves(
    history: Mapping[str, Sequence[float]], what: str = "loss", *, log: bool = False, ax: Axes | None = None
) -> Axes:
    """A column of a History over the epochs, beside its column of validation if there is one.

    A dotted line marks `history.best_epoch`.  ValueError if the history has no such column, or no epochs.

    >>> curves({"epoch": [1, 2], "loss": [0.5, 0.25]}).get_ylabel()
    'loss'
    """
    if not isinstance(what, str):
        raise TypeError(f"a column is named by a text, got {type(what).__name__}: Axes are passed as ax=")
    if what not in history:
        raise ValueError(f"the history has no column {what!r}: it has {', '.join(map(str, history))}")
    epochs = list(history["epoch"]) if "epoch" in history else list(range(1, 1 + len(history[what])))
    if not epochs:
        raise ValueError("the history is empty: no epoch has ended yet")
    ax = panel(ax)
    handles: list[Artist] = []
    names: list[str] = []
    for key, name, color, dash in (
        (what, what if what in UNSHOWN else "training", PALETTE[0], "-"),
        (f"validation_{what}", "validation", PALETTE[1], "--"),
    ):
        if key in history:
            marker = "o" if len(epochs) < 3 else ""
            handles += ax.plot(epochs, history[key], color=color, linestyle=dash, marker=marker)
            names.append(name)
    best = getattr(history, "best_epoch", None)
    if best is not None:
        handles.append(ax.axvline(best, color=LECTURE.dim, linestyle=":", linewidth=1.2))
        names.append(f"best epoch, {best}")
    if log:
        ax.set_yscale("log")
    grid(ax, "epoch", UNITS.get(what, what.replace("_", " ")))
    if len(handles) > 1:
        legend(ax, handles, names)
    return ax


def overview(history: Mapping[str, Sequence[float]], *, log: bool = False) -> NDArray[np.object_]:
    """The loss and each metric of a History, and the learning rate if it changes: `curves` beside each other.

    Returns their Axes, an array; `log` is for the loss.

    >>> history = {"epoch": [1, 2], "loss": [0.5, 0.2], "accuracy": [0.5, 1.0], "validation_loss": [0.6, 0.4]}
    >>> [ax.get_ylabel() for ax in overview(history)]
    ['loss', 'accuracy (share of samples)']
    """
    shown = [
        name for name in history if name not in ("epoch", *UNSHOWN) and not name.startswith("validation_")
    ]
    shown += [name for name in UNSHOWN[:1] if name in history and len(set(history[name])) > 1]
    beside = panels(len(shown), (0.8 + 4.6 * len(shown), 4.0))
    for ax, name in zip(beside, shown):
        curves(history, name, log=log and name == "loss", ax=ax)
    return beside


def dead_units(monitor: Monitor, *, ax: Axes | None = None) -> Axes:
    """The length of each step over that of the weights it moved, by layer, and a line at the usual 1/1000."""
    ax = panel(ax)
    _over_steps(ax, monitor, lambda stats: 100 * stats.dead, "ReLU")
    ax.set_ylim(-3, 103)
    grid(ax, "step", "dead ReLUs (% of the layer)")
    return ax


def update_ratios(monitor: Monitor, *, ax: Axes | None = None) -> Axes:
    """The length of each step over that of the weights it moved, by layer; a line is at the usual 1/1000."""
    ax = panel(ax)
    _over_steps(ax, monitor, lambda stats: stats.update_to_weight, "step that was noted (updated)")
    ax.set_yscale("log")
    ax.axhline(USUAL_RATIO, color=LECTURE.dim, linestyle="--", linewidth=1)
    note = ax.annotate(
        "",
        (1, USUAL_RATIO),
        (-2, 3),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        ha="right",
        fontsize="small",
        color=LECTURE.dim,
    )
    say(note, "1e-3, usual")
    grid(ax, "step", "length of update / length of weights")
    return ax


def _over_steps(ax: Axes, monitor: Monitor, quantity: Callable[[LayerStats], float], needed: str) -> None:
    """A line for each layer that has the quantity."""
    records = snapshots(monitor)
    layers = [scope for scope in records[-1].layers if any(_known(r, scope, quantity) for r in records)]
    if not layers:
        raise ValueError(f"none of the monitor's layers has a {needed}: there is nothing to draw")
    handles: list[Artist] = []
    for scope, color in zip(layers, gradation(len(layers))):
        known = [r for r in records if _known(r, scope, quantity)]
        dot = "o" if len(known) < 30 else ""
        steps, heights = [r.step for r in known], [quantity(r.layers[scope]) for r in known]
        handles += ax.plot(steps, heights, color=color, marker=dot, markersize=3)
    shown = few(len(layers), 8)
    called = names_of_layers(records)
    legend(ax, [handles[k] for k in shown], [called[layers[k]] for k in shown])


def _known(record: Snapshot, scope: str, quantity: Callable[[LayerStats], float]) -> bool:
    return scope in record.layers and isfinite(quantity(record.layers[scope]))


def names_of_layers(records: Iterable[Snapshot]) -> dict[str, str]:
    """What is said of each layer, by its scope."""
    return {scope: stats.name or scope for record in records for scope, stats in record.layers.items()}


def snapshots(monitor: Monitor | Model) -> list[Snapshot]:
    """The monitor's records; ValueError if there are none."""
    records: list[Snapshot] = getattr(monitor, "records", [])
    if not records:
        raise ValueError(
            "the monitor holds no snapshots: hand it to fit(..., monitor=monitor), or call its observe()"
        )
    return records
