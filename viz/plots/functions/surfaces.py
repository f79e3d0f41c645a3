"""A function of two parameters as a map or a landscape, with paths down it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from microgrid import Value
from microgrid.arguments import Floats
from microgrid.base.checks import one_of
from microgrid.base.phrases import LANG, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, halo, legend_above, pale, panel
from ..given import function, interval, route, several_names
from ..sampling import FINENESS, Sampled, margins, plane
from .critical import critical_points

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["surface"]

LEVELS = 14
"""About how many heights have a line."""
MANY_SIZES = 300.0
"""Above this ratio of a usual height to a small one the levels are logarithmic: even ones would leave the
valley, where the paths are, a single colour."""


def surface(
    f: Callable[[Value, Value], Value],
    paths: Any = None,
    *,
    kind: str = "contour",
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    log: bool | None = None,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """A function of two parameters with paths across it, its minima and its saddle points.

    `kind` is "contour", a map with round heights on its lines, or "3d", a landscape.  `f` takes two Values,
    or a list of them, and returns one; it is recorded once and replayed, or computed point by point, on fewer
    points if it is large, where it decides by data, which a warning says.  `paths` is what `train.descend`
    returns or an array (steps, 2), or a list of several, from several starts say, or several by their names,
    of which one may have such a list; each goes from a ring to a star.  The limits `xlim` and `ylim` are
    those of the paths with a margin unless given (without paths they must be).  `names` are those of the axes
    and of f, by default those that a path of `descend` has.  The heights are spaced by their logarithms where
    `log` says so, or where they span several sizes.  ValueError if f is finite nowhere on the map.

    >>> from viz import plots
    >>> ax = plots.surface(lambda a, b: a * a + 3 * b * b, [[2, 1], [1, 0.2], [0, 0]])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['minimum']
    """
    import numpy as np

    one_of(kind, "kind", ("contour", "3d"))
    f = function(f, "x", "y")
    say = speaker(lang)
    given = _by_name(paths)
    called = {name: f"the path {name!r}" if name else "the path" for name in given}
    routes = {name: [route(path, called[name]) for path in several] for name, several in given.items()}
    every = [points for several in routes.values() for points in several]
    sides = [
        _side(limits, [points[:, k] for points in every], letter)
        for k, (letter, limits) in enumerate({"x": xlim, "y": ylim}.items())
    ]
    along = np.concatenate([np.empty((0, 2)), *every])
    sampled = Sampled(lambda inputs: f(*inputs), plane(sides), along, "the function")
    for name, several in given.items():
        for path in several:
            sampled.check(path, called[name])
    points = plane(sides, sampled.affordable(FINENESS))
    side = round(len(points) ** 0.5)
    heights = np.ma.masked_invalid(sampled(points).reshape(side, side))
    if heights.mask.all():
        raise ValueError("the function is not finite anywhere on this map: choose other limits")
    x, y = (points[:, k].reshape(side, side) for k in (0, 1))
    scale = _Scale(heights, log)
    found = [list(path.names) for path in chain(*given.values()) if len(getattr(path, "names", ())) == 2]
    of_axes = [*(found[0] if found else ("w₁", "w₂")), say("loss")]
    if names is not None:
        of_axes = several_names(names, 3, more=", of both axes and of f")
    flat = kind == "contour"
    ax = panel(ax, (6.2, 4.7), landscape=not flat, lang=lang)
    if flat:
        bar = ax.figure.colorbar(scale.map(ax, x, y), ax=ax, ticks=scale.ticks, format=scale.format)
        grid(bar.ax, "", of_axes[2])
        bar.ax.grid(False)
    else:
        scale.landscape(ax, x, y)
    handles = [
        [_drawn(ax, points, sampled, color, flat) for points in several][-1]
        for several, color in zip(routes.values(), _colors())
    ]
    kinds = _critical(f, points, side) if sampled.replays else ()
    marked = [
        (_marked(ax, found, sampled, marker, flat), name)
        for found, marker, name in zip(kinds, ("P", "X"), (say("minimum"), say("saddle point")))
        if len(found)
    ]
    grid(ax, of_axes[0], of_axes[1])
    ax.grid(not flat)
    ax.set(xlim=sides[0], ylim=sides[1])
    if not flat:
        cast("Any", ax).set_zlabel(of_axes[2], parse_math=False, labelpad=8)
        ax.locator_params(nbins=5)
    handles += [mark for mark, _ in marked]
    named = [*(name for name in routes if name), *(name for _, name in marked)]
    handles = handles if all(routes) else handles[len(routes) :]
    legend_above(ax, handles, named, fontsize="small")
    return ax


def _critical(f: Callable[[Value, Value], Value], points: Floats, side: int) -> tuple[Floats, ...]:
    return critical_points(lambda inputs: f(*inputs), points, side)


class _Scale:
    """The heights of a map: which have lines and are told, and the colour of each."""

    def __init__(self, heights: Any, log: bool | None) -> None:
        import numpy as np
        from matplotlib.colors import LogNorm, Normalize
        from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

        self.heights = heights
        known = heights.compressed()
        low, high = float(known.min()), float(known.max())
        small = float(np.quantile(known, 0.02))
        self.log = bool(log) if log is not None else low >= 0 and small > 0 and high / small > MANY_SIZES
        if self.log and not small > 0:
            raise ValueError(f"log spaces heights above 0, and the function goes down to {low:.3g}")
        if self.log:
            bottom = max(low, small / 10) or small
            subs = (1.0, 2.0, 5.0) if high / bottom < 1e5 else (1.0,)
            with np.errstate(over="ignore"):  # next to the largest double the next one is beyond
                located = LogLocator(subs=subs, numticks=40).tick_values(bottom, high)
            self.norm: Normalize = LogNorm(bottom, high)
        else:
            located = MaxNLocator(LEVELS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            self.norm = Normalize(located[0], located[-1])
        ticks = np.asarray(located, dtype=float)
        self.ticks: Floats = ticks[(ticks > low) & (ticks < high)]
        self.format = FuncFormatter(lambda height, _: f"{height:g}")

    def map(self, ax: Axes, x: Floats, y: Floats) -> Any:
        image = ax.imshow(
            self.heights, cmap=pale("viridis"), norm=self.norm, extent=(x.min(), x.max(), y.min(), y.max()),
            origin="lower", interpolation="bilinear", aspect="auto",
        )  # fmt: skip
        if len(self.ticks):
            ax.contour(x, y, self.heights, levels=self.ticks, colors=["white"], linewidths=0.6, alpha=0.8)
        return image

    def landscape(self, ax: Any, x: Floats, y: Floats) -> None:
        import numpy as np

        every = max(1, len(x) // 60)
        shown = self.heights[::every, ::every].filled(np.nan)
        ax.plot_surface(
            x[::every, ::every], y[::every, ::every], shown, cmap="viridis", norm=self.norm, alpha=0.6,
            rcount=len(shown), ccount=len(shown), linewidth=0,
        )  # fmt: skip


def _by_name(paths: Any) -> dict[str, list[Any]]:
    """The paths by their names, a list for each; a single one has no name."""
    if paths is None:
        return {}
    if not isinstance(paths, Mapping) or hasattr(paths, "best_epoch"):
        return {"": list(paths) if _are_several(paths) and len(paths) else [paths]}
    several = {str(name): list(given) if _are_several(given) else [given] for name, given in paths.items()}
    for name, given in several.items():
        if not given:
            raise ValueError(f"{name!r} has no path")
    return several


def _are_several(given: Any) -> bool:
    """Whether it is a list of paths, not a path, which is a list of points."""
    if hasattr(given, "points") or not isinstance(given, list | tuple):
        return False
    import numpy as np

    return all(hasattr(path, "points") or np.ndim(path) == 2 for path in given)


def _colors() -> list[str]:
    """Of paths, those first that stand out from the map's."""
    return [PALETTE[k] for k in (1, 0, 3, 2, *range(4, len(PALETTE)))] * 8


def _drawn(ax: Any, points: Floats, sampled: Sampled, color: str, flat: bool) -> Artist:
    """A path, from a ring to a star."""
    at = points if flat else _raised(points, sampled)
    dot = "." if len(points) <= 80 else ""
    (line,) = ax.plot(
        *at.T, color=color, linewidth=1.6, marker=dot, markersize=5, path_effects=halo(3.4), zorder=5
    )
    ax.plot(*at[:1].T, color=color, marker="o", markerfacecolor="white", markersize=8, zorder=6)
    ax.plot(*at[-1:].T, color=color, marker="*", markeredgecolor="white", markersize=14, zorder=6)
    drawn: Artist = line
    return drawn


def _marked(ax: Any, points: Floats, sampled: Sampled, marker: str, flat: bool) -> Artist:
    at = points if flat else _raised(points, sampled)
    (mark,) = ax.plot(
        *at.T,
        linestyle="",
        marker=marker,
        markersize=8,
        color=LECTURE.text,
        markeredgecolor="white",
        zorder=4,
    )
    drawn: Artist = mark
    return drawn


def _raised(points: Floats, sampled: Sampled) -> Floats:
    """The points on the surface."""
    import numpy as np

    return np.column_stack([points, sampled(points)])


def _side(limits: tuple[float, float] | None, routes: list[Floats], letter: str) -> tuple[float, float]:
    import numpy as np

    if limits is not None:
        return interval(limits, f"{letter}lim")
    if not routes:
        raise ValueError(f"without paths the map has no limits: pass {letter}lim=(from, to)")
    return margins(np.concatenate(routes), 0.2)
