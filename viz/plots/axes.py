"""What all plots share: axes, unless they are passed; a user's words as words; colours that have an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from microgrid.base.messages import short

from ..style.text import clean, shorten
from ..style.theme import LECTURE

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text
    from numpy.typing import NDArray

__all__ = [
    "between", "few", "gradation", "grid", "halo", "legend", "legend_above", "pale", "panel", "panels",
    "write",
]  # fmt: skip

MOST_COLUMNS = 4
"""Of a legend over axes: more are read worse than two rows."""
LONGEST = 32
"""Characters of a layer's or an optimiser's name that are shown."""


def panel(
    ax: Axes | None, size: tuple[float, float] = (6.4, 4.0), *, lang: str, landscape: bool = False
) -> Any:
    """The Axes to draw on; new ones are in a Figure that pyplot does not know: nothing is left open.

    A `landscape` has three dimensions.  `lang` is that in which a new figure describes itself.
    """
    if ax is None:
        return panels(1, size, lang=lang, landscape=landscape)[0]
    if not hasattr(ax, "transData"):
        raise TypeError(f"ax is matplotlib's Axes, or None for new ones, got {type(ax).__name__} {short(ax)}")
    if landscape and not hasattr(ax, "set_zlabel"):
        raise ValueError('kind="3d" needs three axes: pass ax=figure.add_subplot(projection="3d"), or none')
    return ax


def panels(
    count: int, size: tuple[float, float], columns: int = 0, *, lang: str, landscape: bool = False
) -> NDArray[np.object_]:
    """New Axes beside each other, in rows of so many `columns`; `size` in inches."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from .shown import Landscape, Plot, Row, Sheet

    figure = Sheet(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    figure.lang = lang
    columns = columns or count
    kind = {"axes_class": Landscape if landscape else Plot}
    rows = figure.subplots(-(-count // columns), columns, squeeze=False, subplot_kw=kind)
    for unused in rows.flat[count:]:
        unused.remove()
    beside: NDArray[np.object_] = rows.ravel()[:count].view(Row)
    return beside


def grid(ax: Axes, x: str, y: str) -> None:
    """The labels of the axes, thin lines to read numbers by, and no box."""
    write(ax.xaxis.label, x)
    write(ax.yaxis.label, y)
    ax.grid(color=LECTURE.scope.stroke, linewidth=0.5, alpha=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def write(text: Text, words: str) -> None:
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
        write(text, shorten(clean(name), LONGEST))


def legend_above(ax: Axes, handles: Sequence[Artist], names: Sequence[str], **more: Any) -> None:
    """A legend over the axes, in as many columns as fit between the ends of the axes and of their labels.

    A wider one is cut off at the edges of the figure, or squeezes the axes.
    """
    if not handles:
        return
    ax.figure.canvas.figure.draw_without_rendering()  # which lays the axes out
    around, whole = ax.get_tightbbox() or ax.bbox, ax.figure.bbox
    left, right = max(around.x0, whole.x0), min(around.x1, whole.x1)
    inside = ax.get_window_extent()
    for columns in range(min(len(names), MOST_COLUMNS), 0, -1):
        more |= {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": columns}
        legend(ax, handles, names, **more)
        made = cast("Legend", ax.get_legend())
        width = made.get_window_extent().width
        if width <= right - left:
            break
    leftmost = left + width / 2
    middle = min(max(0.5 * (inside.x0 + inside.x1), leftmost), max(right - width / 2, leftmost))
    made.set_bbox_to_anchor(((middle - inside.x0) / inside.width, 1.0), ax.transAxes)


def halo(width: float = 3.0) -> list[Any]:
    """A white seam around lines and letters, so that they stand out from every ground."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground="white")]


def between(first: str, last: str) -> Any:
    """Colours from one over white to the other."""
    from matplotlib.colors import LinearSegmentedColormap

    stops = [first, "#ffffff", last] if first != "#ffffff" else [first, last]
    return LinearSegmentedColormap.from_list("", stops)


def pale(name: str) -> Any:
    """A map of colours with some white in each, for what lies behind others."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(0.75 * colormaps[name](range(256)) + 0.25)


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
