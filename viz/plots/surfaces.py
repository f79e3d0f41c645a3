"""Plots of functions to be minimised: losses with paths down them, lines being fitted, descents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from microgrid import Value
from microgrid.arguments import ArrayLike, Floats

from ..style.theme import LECTURE, PALETTE
from .axes import few, gradation, grid, legend, panel, panels
from .sampling import FINENESS, Sampled, array, margins, plane

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["descent", "fitted_lines", "linear_fit", "loss_surface"]

LINE = 401
"""Points along a line."""


def loss_surface(
    f: Callable[[Value, Value], Value],
    paths: Mapping[str, ArrayLike] | None = None,
    *,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    names: Sequence[str] = ("w₁", "w₂", "loss"),
    ax: Axes | None = None,
) -> Axes:
    """A function of two parameters as a map of its heights, with paths across it, as of several optimisers.

    `f` takes two Values and returns one; it is recorded once and replayed, or computed point by point, on
    fewer points if it is large, where it decides by data, which a warning says.  A path is an array (steps,
    2), from a ring to a star.  The limits are those of the paths with a margin unless given (without paths
    they must be).  `names` are those of the axes and of f.  Heights stand denser where more of the map lies.
    """
    import numpy as np

    routes = {name: _path(name, points) for name, points in (paths or {}).items()}
    sides = [
        _side(limits, [route[:, k] for route in routes.values()], letter)
        for k, (letter, limits) in enumerate({"x": xlim, "y": ylim}.items())
    ]
    along = np.concatenate([np.empty((0, 2)), *routes.values()])
    sampled = Sampled(lambda inputs: f(*inputs), plane(sides), along, "the function")
    points = plane(sides, sampled.affordable(FINENESS))
    heights = sampled(points).reshape(-1, round(len(points) ** 0.5))
    known = heights[np.isfinite(heights)]
    if not known.size:
        raise ValueError("the function is not finite anywhere on this map: choose other limits")
    ax = panel(ax, (6.0, 4.6))
    px, py = points[:, 0].reshape(heights.shape), points[:, 1].reshape(heights.shape)
    levels = np.unique(np.quantile(known, np.linspace(0, 1, 22)))
    if len(levels) > 1:
        drawn = ax.contourf(px, py, np.ma.masked_invalid(heights), levels=levels, cmap="Greys", alpha=0.55)
        ax.contour(
            px, py, np.ma.masked_invalid(heights), levels=levels, colors=[LECTURE.dim], linewidths=0.35
        )
        bar = ax.figure.colorbar(drawn, ax=ax, format="%.3g", ticks=levels[few(len(levels), 6)])
        grid(bar.ax, "", names[2])
        bar.ax.grid(False)
    handles: list[Artist] = []
    for k, route in enumerate(routes.values()):
        color = PALETTE[k % len(PALETTE)]
        dot = "." if len(route) <= 80 else ""
        handles += ax.plot(*route.T, color=color, linewidth=1.5, marker=dot, markersize=4)
        ax.plot(*route[:1].T, color=LECTURE.text, marker="o", markerfacecolor="white", markersize=7)
        ax.plot(*route[-1:].T, color=color, marker="*", markeredgecolor="white", markersize=13)
    grid(ax, names[0], names[1])
    ax.grid(False)
    ax.set(xlim=sides[0], ylim=sides[1])
    legend(
        ax,
        handles,
        list(routes),
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=min(4, max(1, len(routes))),
    )
    return ax


def fitted_lines(X: ArrayLike, y: ArrayLike, path: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """The data of a linear regression and the line β₀ + β₁x at up to six steps (β₀, β₁) of a path."""
    import numpy as np

    x, targets = _line_data(X, y)
    route = _path("path", path)
    ax = panel(ax)
    dots = ax.scatter(x, targets, s=20, color=LECTURE.text, zorder=3)
    ends = np.array(margins(x, 0.05))
    handles: list[Artist] = []
    chosen = few(len(route), 6)
    for k, color in zip(chosen, gradation(len(chosen))):
        handles += ax.plot(ends, route[k, 0] + route[k, 1] * ends, color=color, linewidth=1.8)
    grid(ax, "x", "y")
    ax.set(xlim=ends, ylim=margins(targets, 0.6))
    legend(ax, [dots, *handles], ["data", *(f"step {k}" for k in chosen)])
    return ax


def linear_fit(X: ArrayLike, y: ArrayLike, path: ArrayLike) -> NDArray[np.object_]:
    """A linear regression's loss Σ(β₀ + β₁x - y)² with a path down it, and the path's lines, as two Axes.

    The steps that are lines are dots of the same colours on the path (after Prince 2023, figure 6.1).
    """
    x, targets = _line_data(X, y)
    route = _path("path", path)
    both = left, right = panels(2, (10.4, 4.2))

    def loss(b0: Value, b1: Value) -> Value:
        total: Value = sum((b0 + b1 * u - t) ** 2 for u, t in zip(x.tolist(), targets.tolist()))
        return total

    loss_surface(loss, {"gradient descent": route}, names=("β₀", "β₁", "loss Σ(β₀ + β₁x - y)²"), ax=left)
    left.get_legend().remove()
    chosen = few(len(route), 6)
    left.scatter(
        *route[chosen].T, s=46, color=gradation(len(chosen)), edgecolor="white", linewidth=0.8, zorder=4
    )
    fitted_lines(x, targets, route, ax=right)
    return both


# ---------------------------------------------------------------- one parameter


def descent(
    f: Callable[[Value], Value],
    path: ArrayLike,
    *,
    xlim: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A function of one parameter and the steps of a descent: along the tangent, then to the curve.

    `f` takes a Value and returns one, as that of `loss_surface` two; `path` is the points (steps,).  The
    slope of each tangent is computed by `backward`.
    """
    import numpy as np

    points = array("path", path, 1)
    if not len(points):
        raise ValueError("the path is empty: a descent has a point at least")
    side = _side(xlim, [points], "x")
    along = np.linspace(*side, LINE)[:, None]
    sampled = Sampled(lambda inputs: f(*inputs), along, points[:, None], "the function")
    ax = panel(ax)
    (curve,) = ax.plot(along[:, 0], sampled(along), color=LECTURE.dim, linewidth=1.5)
    heights, slopes = np.array([_slope(f, x) for x in points.tolist()]).T
    ends = heights[:-1] + slopes[:-1] * np.diff(points)
    tangents, drops = None, None
    for k in range(len(points) - 1):
        (tangents,) = ax.plot(points[k : k + 2], [heights[k], ends[k]], color=PALETTE[1], linewidth=1.3)
        (drops,) = ax.plot(
            [points[k + 1]] * 2, [ends[k], heights[k + 1]], color=PALETTE[1], linestyle=":", linewidth=1
        )
    dots = ax.scatter(
        points, heights, color=gradation(len(points)), s=34, zorder=3, edgecolor="white", linewidth=0.6
    )
    grid(ax, "parameter x", "f(x)")
    ax.set_xlim(side)
    shown = [
        (curve, "f"),
        (dots, "steps, dark to light"),
        (tangents, "along the tangent"),
        (drops, "to the curve"),
    ]
    legend(ax, [h for h, _ in shown if h is not None], [name for h, name in shown if h is not None])
    return ax


def _slope(f: Callable[[Value], Value], x: float) -> tuple[float, float]:
    """The value of f at x, and its derivative."""
    v = Value(x)
    y = f(v)
    y.backward()
    return y.data, v.grad


# ---------------------------------------------------------------- numbers


def _side(limits: tuple[float, float] | None, routes: list[Floats], letter: str) -> tuple[float, float]:
    import numpy as np

    if limits is not None:
        if not (np.isfinite(limits).all() and limits[0] < limits[1]):
            raise ValueError(f"{letter}lim is two numbers, the lower first, got {limits}")
        return limits
    if not routes:
        raise ValueError(f"without paths the map has no limits: pass {letter}lim=(from, to)")
    return margins(np.concatenate(routes), 0.2)


def _path(name: str, points: ArrayLike) -> Floats:
    route = array(f"the path {name!r}", points, 2)
    if route.shape[1] != 2 or not len(route):
        raise ValueError(f"the path {name!r} is an array (steps, 2), got {route.shape}")
    return route


def _line_data(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    import numpy as np

    x, targets = np.asarray(X, dtype=float), array("y", y, 1)
    x = x[:, 0] if x.ndim == 2 and x.shape[1] == 1 else x
    if x.shape != targets.shape or not len(targets):
        raise ValueError(f"a line is fitted to as many x as y, and some, got {x.shape} and {targets.shape}")
    return x, targets
