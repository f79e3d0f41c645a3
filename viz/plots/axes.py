"""What all plots share: axes, unless they are passed; a user's words as words; colours that have an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..style.text import clean, shorten
from ..style.theme import LECTURE

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

__all__ = ["few", "gradation", "grid", "legend", "panel", "panels", "say"]

LONGEST = 32
"""Characters of a layer's or an optimiser's name that are shown."""


def panel(ax: Axes | None, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """The Axes to draw on; new ones are in a Figure that pyplot does not know: nothing is left open."""
    own: Axes = panels(1, size)[0] if ax is None else ax
    return own


def panels(count: int, size: tuple[float, float]) -> NDArray[np.object_]:
    """New Axes beside each other; `size` in inches."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from .shown import Plot, Row, Sheet

    figure = Sheet(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    row = figure.subplots(1, count, squeeze=False, subplot_kw={"axes_class": Plot})[0]
    beside: NDArray[np.object_] = row.view(Row)
    return beside


def grid(ax: Axes, x: str, y: str) -> None:
    """The labels of the axes, thin lines to read numbers by, and no box."""
    say(ax.xaxis.label, x)
    say(ax.yaxis.label, y)
    ax.grid(color=LECTURE.scope.stroke, linewidth=0.5, alpha=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def say(text: Text, words: str) -> None:
    """Let a text of matplotlib's say these words, whatever signs are in them: "$" begins no formula."""
    text.set_parse_math(False)
    text.set_usetex(False)
    text.set_text(shorten(clean(str(words)), 2 * LONGEST))


def legend(ax: Axes, handles: Sequence[Artist], names: Sequence[str], **more: Any) -> None:
    """A legend of these names, also of those that matplotlib would hide because they begin with "_"."""
    if not handles:
        return
    made = ax.legend(handles, [str(k) for k in range(len(handles))], frameon=False, **more)
    for text, name in zip(made.get_texts(), names):
        say(text, shorten(clean(name), LONGEST))


def gradation(count: int) -> list[tuple[float, float, float, float]]:
    """Colours for an order, such as that of layers or steps: from dark to light, in greys too.

    They are those of viridis up to green, as white paper swallows the yellow.
    """
    from matplotlib import colormaps

    return [colormaps["viridis"](0.8 * k / max(1, count - 1)) for k in range(count)]


def few(count: int, most: int) -> list[int]:
    """So many places of `count` at most, evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(k * (count - 1) / (most - 1)) for k in range(most)})
