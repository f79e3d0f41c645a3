"""The weights of a model: each as a square or a colour, or all of a layer as a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from microgrid.base.checks import one_of, whole
from microgrid.base.phrases import LANG, Say, said, speaker
from microgrid.naming.scopes import UNIT, scope_name, scope_names, scope_path

from ...style.theme import LECTURE, PALETTE, mix
from ..axes import between, few, grid, panels, write
from ..given import parameters_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from microgrid.arguments import Floats
    from microgrid.nn.module import Model

__all__ = ["weights"]

KINDS = ("hinton", "heatmap", "histogram")
BAR = 1.5
"""The room of a bar of colours, in inches: taken from the panels their labels would meet."""
MOST_SQUARES = 2500
"""Weights of a layer above which squares are too small to be told apart."""


def weights(model: Model, kind: str = "hinton", *, bins: int = 30, lang: str = LANG) -> NDArray[np.object_]:
    """The weights of each layer on a panel: a row for each unit, a column for each input, then the bias.

    "hinton" draws squares, whose area is the size and whose colour the sign, "heatmap" colours, both on one
    scale for all layers; "histogram" counts them in `bins`.  Returns the Axes, an array.
    A model without parameters is a ValueError.

    >>> from microgrid import nn
    >>> from viz import plots
    >>> len(plots.weights(nn.MLP(2, [3, 1])))
    2
    """
    import numpy as np

    one_of(kind, "kind", KINDS)
    say = speaker(lang)
    parameters_of(model)
    layers = _layers(model)
    if not layers:
        raise ValueError("the model has no parameters: there are no weights to draw")
    largest = max(float(np.nanmax(np.abs(rows))) for rows in layers.values()) or 1.0
    names = scope_names(model.parameters(), {})
    columns = min(4, len(layers))
    beside = BAR if kind == "heatmap" else 0.0
    page = panels(len(layers), (3.3 * columns + beside, 3.0 * -(-len(layers) // columns)), columns, lang=lang)
    for ax, (name, rows) in zip(page, layers.items()):
        if kind == "histogram":
            _histogram(ax, rows, bins, say)
        elif kind == "hinton" and rows.size <= MOST_SQUARES:
            _squares(ax, rows, largest)
        else:
            _colors(ax, rows, largest)
        if kind != "histogram":
            _units(ax, rows, say)
        write(ax.set_title("", fontsize="medium"), said(scope_name(names, scope_path(name)), lang))
    if kind == "heatmap":
        bar = page[0].figure.colorbar(page[-1].images[0], ax=list(page), shrink=0.8)
        grid(bar.ax, "", say("weight"))
        bar.ax.grid(False)
    return page


def _layers(model: Model) -> dict[str, Floats]:
    """By layer, in order: a row for each unit, its weights and then its biases; nan where one has fewer."""
    import numpy as np

    rows: dict[str, dict[str, list[float]]] = {}
    for p in model.parameters():
        match = UNIT.fullmatch(p.scope)
        layer, unit = (match["outer"] or "", match["number"]) if match else (p.scope, "0")
        rows.setdefault(layer or "parameters", {}).setdefault(unit, []).append(p.data)
    widest = {layer: max(map(len, units.values())) for layer, units in rows.items()}
    return {
        layer: np.array([row + [np.nan] * (widest[layer] - len(row)) for row in units.values()])
        for layer, units in rows.items()
    }


def _squares(ax: Axes, rows: Floats, largest: float) -> None:
    """A Hinton diagram: a weight of the largest size fills its cell."""
    import numpy as np
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    for sign, color in ((1, PALETTE[0]), (-1, PALETTE[1])):
        squares = [
            Rectangle((j - side / 2, i - side / 2), side, side)
            for (i, j), w in np.ndenumerate(rows)
            if sign * w > 0 and (side := 0.94 * (abs(w) / largest) ** 0.5)
        ]
        ax.add_collection(PatchCollection(squares, facecolor=color, edgecolor="none"))
    ax.set_facecolor(mix(LECTURE.dim, "#ffffff", 0.12))
    ax.set(xlim=(-0.6, rows.shape[1] - 0.4), ylim=(rows.shape[0] - 0.4, -0.6), aspect="equal")


def _colors(ax: Axes, rows: Floats, largest: float) -> None:
    import numpy as np

    shown = np.ma.masked_invalid(rows)
    ax.imshow(
        shown, cmap=between(PALETTE[1], PALETTE[0]), vmin=-largest, vmax=largest, interpolation="nearest"
    )


def _units(ax: Axes, rows: Floats, say: Say) -> None:
    grid(ax, say("input, then bias"), say("unit"))
    ax.grid(False)
    for axis, count in ((ax.xaxis, rows.shape[1]), (ax.yaxis, rows.shape[0])):
        places = few(count, 6)
        axis.set_ticks(places, [str(place + 1) for place in places])


def _histogram(ax: Axes, rows: Floats, bins: int, say: Say) -> None:
    import numpy as np

    ax.hist(rows[np.isfinite(rows)], bins=whole(bins, "bins"), color=PALETTE[0], alpha=0.85)
    ax.axvline(0, color=LECTURE.dim, linewidth=0.8)
    grid(ax, say("weight"), say("how many"))
