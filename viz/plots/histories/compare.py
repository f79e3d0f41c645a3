"""Several trainings or descents beside each other: of several optimisers, or of one with several seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from microgrid.base.messages import short
from microgrid.base.phrases import LANG, Say, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend, panel
from ..given import column, columns_of
from .curves import column_title
from .walked import columns, is_path, title

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from microgrid.train import Path

__all__ = ["compare"]

Histories: TypeAlias = "Path | Mapping[str, Sequence[float]] | Sequence[Path | Mapping[str, Sequence[float]]]"


def compare(
    histories: Mapping[str, Histories],
    metric: str = "loss",
    *,
    log: bool = False,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """The same column of several trainings, such as with several optimisers, each in its own colour.

    Validation is dashed; a star stands at the best epoch, a cross where training stopped early.  Several
    histories under one name, as of ten seeds, are their mean in a band from the lowest to the highest, up to
    where the shortest ends.  Paths, of `train.descend`, `compare_batches`, `fit(record=...)` and their like,
    are drawn over their steps: their "loss", the value of the function, "lr", "gradient", its length, a
    variable by its name, or "parameters", a line for each variable.

    >>> compare({"SGD": {"loss": [1.0, 0.5]}, "Adam": {"loss": [1.0, 0.2]}}).get_ylabel()
    'loss'
    """
    if not isinstance(histories, Mapping) or not histories or set(histories) >= {"epoch", metric}:
        raise TypeError('compare takes histories by their names, such as compare({"SGD": h1, "Adam": h2})')
    say, ax = speaker(lang), panel(ax, lang=lang)
    handles: list[Artist] = []
    names: list[str] = []
    marks: dict[str, Any] = {}
    paths = _paths(histories)
    for (name, given), color in zip(histories.items(), PALETTE * 4):
        several = _listed(name, given)
        if not paths:
            for history in several:
                column(history, metric, log)
        runs = [columns(path, metric, str(name)) for path in several] if paths else [[run] for run in several]
        for lines in zip(*runs):
            line = _with_band(ax, lines, metric, color, "-", 1.7 if len(runs[0]) == 1 else 1.1)
        handles.append(line)
        names.append(
            str(name) if len(several) == 1 else f"{name} " + say("(mean and range of {n})", n=len(several))
        )
        if not paths and all(f"validation_{metric}" in history for history in several):
            _with_band(ax, several, f"validation_{metric}", color, "--")
            marks[say("validation")] = {"linestyle": "--"}
        if not paths and len(several) == 1:
            marks |= _landmarks(ax, several[0], metric, color, say)
    explained = [ax.plot([], [], color=LECTURE.dim, **looks)[0] for looks in marks.values()]
    if log:
        ax.set_yscale("log")
    over = say("step") if paths else say("epoch")
    grid(ax, over, (title(metric, say) if paths else None) or column_title(metric, say))
    legend(ax, [*handles, *explained], [*names, *marks])
    return ax


def _listed(name: str, given: Any) -> list[Any]:
    """What is drawn under a name: histories, or paths."""
    if isinstance(given, Mapping) or is_path(given):
        return [given]
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(
            f"{short(name)} is a history, or a list of some, got {type(given).__name__} {short(given)}"
        )
    if not given:
        raise ValueError(f"{short(name)} has no history")
    kinds = {is_path(one) for one in given}
    if len(kinds) > 1:
        raise TypeError(f"{short(name)} has paths, over steps, and histories, over epochs: draw one kind")
    return list(given) if kinds == {True} else list(map(columns_of, given))


def _paths(histories: Mapping[str, Histories]) -> bool:
    """Whether these are paths; TypeError if some are and some are not."""
    found = {str(name): any(map(is_path, _listed(name, given))) for name, given in histories.items()}
    if len(set(found.values())) > 1:
        path, other = (
            next(name for name, kind in found.items() if kind is wanted) for wanted in (True, False)
        )
        raise TypeError(
            f"compare draws paths over steps and histories over epochs: {short(path)} is a path, "
            f"{short(other)} is none"
        )
    return any(found.values())


def _with_band(
    ax: Axes,
    histories: Sequence[Mapping[str, Sequence[float]]],
    key: str,
    color: str,
    dash: str,
    width: float = 1.7,
) -> Any:
    import numpy as np

    epochs = min((column(history, key)[0] for history in histories), key=len)
    rows = np.array([list(history[key])[: len(epochs)] for history in histories], dtype=float)
    middle = rows.mean(axis=0)
    marker = "o" if len(epochs) < FEW else ""
    # shorter ones lie on top: beneath a long one they would not be seen
    on_top = 2 + 1 / (1 + len(epochs))
    (line,) = ax.plot(
        epochs,
        middle,
        color=color,
        linestyle=dash,
        marker=marker,
        markersize=4.5,
        linewidth=width,
        zorder=on_top,
    )
    if len(rows) > 1:
        ax.fill_between(epochs, rows.min(axis=0), rows.max(axis=0), color=color, alpha=0.18, linewidth=0)
    return line


FEW = 6
"""Points below which each has a dot: a line of so few is short, or has corners."""
BEST: dict[str, Any] = {"marker": "*", "markersize": 13, "markeredgecolor": "white", "linestyle": ""}
STOPPED: dict[str, Any] = {"marker": "X", "markersize": 8, "markeredgecolor": "white", "linestyle": ""}


def _landmarks(
    ax: Axes, history: Mapping[str, Sequence[float]], metric: str, color: str, say: Say
) -> dict[str, Any]:
    """Mark the best epoch of a training, and where it stopped early; what is marked, and with which looks."""
    key = f"validation_{metric}" if f"validation_{metric}" in history else metric
    (epochs, numbers), best = column(history, key), getattr(history, "best_epoch", None)
    marks: dict[str, Any] = {}
    if best in epochs:
        ax.plot(best, numbers[epochs.index(best)], color=color, **BEST)
        marks[say("best epoch")] = BEST
    if str(getattr(history, "stopped", "")).startswith("stopped early"):
        ax.plot(epochs[-1], numbers[-1], color=color, **STOPPED)
        marks[say("stopped early")] = STOPPED
    return marks
