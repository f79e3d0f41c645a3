"""What a monitor saw of each layer, step by step: gradients, the length of steps, and dead units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from microgrid.base.phrases import LANG, said, speaker

from ...style.theme import LECTURE
from ..axes import few, gradation, grid, legend, panel, write

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from microgrid.monitor import Monitor, Snapshot
    from microgrid.monitor.statistics import LayerStats
    from microgrid.nn.module import Model

__all__ = ["dead_units", "gradient_norms", "names_of_layers", "plots_of", "snapshots", "update_ratios"]

USUAL_RATIO = 1e-3
"""About where the update-to-weight ratio of healthy training lies (CS231n, Neural Networks Part 3)."""


def dead_units(monitor: Monitor, *, ax: Axes | None = None, lang: str = LANG) -> Axes:
    """The share of each layer's ReLUs that are 0 for the whole batch, over the steps."""
    say, ax = speaker(lang), panel(ax, lang=lang)
    _over_steps(ax, monitor, _dead, "ReLU", lang)
    ax.set_ylim(-3, 103)
    grid(ax, say("step"), say("dead ReLUs (% of the layer)"))
    return ax


def gradient_norms(monitor: Monitor, *, ax: Axes | None = None, lang: str = LANG) -> Axes:
    """The length of ∂L/∂activations in each layer, the mean over the samples, over the steps."""
    import numpy as np

    say, ax = speaker(lang), panel(ax, lang=lang)
    _over_steps(ax, monitor, _gradient, "gradient", lang)
    if all((np.asarray(line.get_ydata()) > 0).any() for line in ax.get_lines()):
        ax.set_yscale("log")
    grid(ax, say("step"), say("length of ∂L/∂activations"))
    return ax


def update_ratios(monitor: Monitor, *, ax: Axes | None = None, lang: str = LANG) -> Axes:
    """The length of each step over that of the weights it moved, by layer; a line is at the usual 1/1000."""
    say, ax = speaker(lang), panel(ax, lang=lang)
    _over_steps(ax, monitor, _ratio, "step that was noted (updated)", lang)
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
    write(note, say("1e-3, usual"))
    grid(ax, say("step"), say("length of update / length of weights"))
    return ax


def plots_of(monitor: Monitor) -> list[Callable[..., Axes]]:
    """Those plots of this module for which the monitor has numbers."""
    records = snapshots(monitor)
    found = ((gradient_norms, _gradient), (update_ratios, _ratio), (dead_units, _dead))
    return [plot for plot, quantity in found if _layers(records, quantity)]


def _dead(stats: LayerStats) -> float:
    return 100 * stats.dead


def _gradient(stats: LayerStats) -> float:
    return stats.gradient_norm


def _ratio(stats: LayerStats) -> float:
    return stats.update_to_weight


def _layers(records: Sequence[Snapshot], quantity: Callable[[LayerStats], float]) -> list[str]:
    """The layers that have a quantity at some step."""
    return [scope for scope in records[-1].layers if any(_known(r, scope, quantity) for r in records)]


def _over_steps(
    ax: Axes, monitor: Monitor, quantity: Callable[[LayerStats], float], needed: str, lang: str
) -> None:
    """A line for each layer that has the quantity."""
    records = snapshots(monitor)
    layers = _layers(records, quantity)
    if not layers:
        raise ValueError(f"none of the monitor's layers has a {needed}: there is nothing to draw")
    handles: list[Artist] = []
    for scope, color in zip(layers, gradation(len(layers))):
        known = [r for r in records if _known(r, scope, quantity)]
        dot = "o" if len(known) < 30 else ""
        steps, heights = [r.step for r in known], [quantity(r.layers[scope]) for r in known]
        handles += ax.plot(steps, heights, color=color, marker=dot, markersize=3)
    shown = few(len(layers), 8)
    called = names_of_layers(records, lang)
    legend(ax, [handles[k] for k in shown], [called[layers[k]] for k in shown])


def _known(record: Snapshot, scope: str, quantity: Callable[[LayerStats], float]) -> bool:
    return scope in record.layers and isfinite(quantity(record.layers[scope]))


def names_of_layers(records: Iterable[Snapshot], lang: str) -> dict[str, str]:
    """What is said of each layer, by its scope."""
    return {
        scope: said(stats.name, lang) or scope for record in records for scope, stats in record.layers.items()
    }


def snapshots(monitor: Monitor | Model) -> list[Snapshot]:
    """The monitor's records; ValueError if there are none."""
    if isinstance(monitor, type) or not hasattr(monitor, "records"):
        got = f"the class {monitor.__name__}" if isinstance(monitor, type) else type(monitor).__name__
        raise TypeError(f"monitor is a Monitor that fit was handed, fit(..., monitor=monitor), got {got}")
    records: list[Snapshot] = monitor.records
    if not records:
        raise ValueError(
            "the monitor holds no snapshots: hand it to fit(..., monitor=monitor), or call its observe()"
        )
    return records
