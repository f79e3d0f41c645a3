"""Lines being fitted, and the steps of a descent along a curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from microgrid import Value
from microgrid.arguments import ArrayLike, Floats
from microgrid.base.phrases import LANG, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import gradation, grid, legend, panel, panels
from ..given import array, finite, function, interval, route
from ..sampling import Sampled, known_values, margins, value_and_slope
from .surfaces import surface

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["descent", "fitted_lines", "linear_fit"]

LINE = 401
"""Points along a line."""


def fitted_lines(X: ArrayLike, y: ArrayLike, path: Any, *, ax: Axes | None = None, lang: str = LANG) -> Axes:
    """The data of a linear regression and the line β₀ + β₁x at up to six steps (β₀, β₁) of a path."""
    import numpy as np

    say = speaker(lang)
    x, targets = _line_data(X, y)
    steps = _of_these(path, x, targets)
    ax = panel(ax, lang=lang)
    dots = ax.scatter(x, targets, s=20, color=LECTURE.text, zorder=3)
    ends = np.array(margins(x, 0.05))
    handles: list[Artist] = []
    chosen = _apart(steps, 6)
    for k, color in zip(chosen, gradation(len(chosen))):
        handles += ax.plot(ends, steps[k, 0] + steps[k, 1] * ends, color=color, linewidth=1.8)
    grid(ax, "x", "y")
    ax.set(xlim=ends, ylim=margins(targets, 0.6))
    legend(ax, [dots, *handles], [say("data"), *(say("step {k}", k=k) for k in chosen)])
    return ax


def _apart(steps: Floats, most: int) -> list[int]:
    """So many steps at most, the first and the last among them, evenly along the way."""
    import numpy as np

    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(steps, axis=0), axis=1))])
    found = np.searchsorted(way, np.linspace(0, way[-1], most)[1:-1]).tolist()
    return sorted({0, *found, len(steps) - 1})


def linear_fit(X: ArrayLike, y: ArrayLike, path: Any, *, lang: str = LANG) -> NDArray[np.object_]:
    """A linear regression's loss Σ(β₀ + β₁x - y)² with a path down it, and the path's lines, as two Axes.

    The steps that are lines are dots of the same colours on the path (after Prince 2023, figure 6.1).
    """
    say = speaker(lang)
    x, targets = _line_data(X, y)
    steps = _of_these(path, x, targets)
    both = left, right = panels(2, (10.8, 4.4), lang=lang)

    def loss(b0: Value, b1: Value) -> Value:
        total: Value = sum((b0 + b1 * u - t) ** 2 for u, t in zip(x.tolist(), targets.tolist()))
        return total

    surface(loss, steps, names=("β₀", "β₁", say("loss") + " Σ(β₀ + β₁x - y)²"), ax=left, lang=lang)
    chosen = _apart(steps, 6)
    left.scatter(
        *steps[chosen].T, s=46, color=gradation(len(chosen)), edgecolor="white", linewidth=0.8, zorder=7
    )
    fitted_lines(x, targets, steps, ax=right, lang=lang)
    return both


def _of_these(path: Any, x: Floats, targets: Floats) -> Floats:
    """The steps of a path; ValueError if the values that it knows are not those of a loss of these data.

    It may be the sum of the squares or their mean, or half of it: in proportion to the sum they are the same.
    """
    import numpy as np

    steps, values = route(path, "the path"), known_values(path)
    if values is None:
        return steps
    sums = ((steps[:, :1] + steps[:, 1:] * x - targets) ** 2).sum(axis=1)
    most = int(sums.argmax())
    scaled = sums * (values[most] / sums[most]) if sums[most] else sums
    # differences of large numbers are rounded to their digits, not to those of their squares' sum
    near = np.abs(scaled - values) <= 1e-6 * np.maximum(np.abs(values), 1e-9 * np.abs(values[most]))
    if not near.all():
        k = int(np.argmax(~near))
        raise ValueError(
            f"the path is not of these data: from step {most} to step {k} its loss goes from "
            f"{values[most]:g} to {values[k]:g}, and Σ(β₀ + β₁x - y)² from {sums[most]:g} to {sums[k]:g}; "
            "pass the data that it was fitted to, and (β₀, β₁) for each step"
        )
    return steps


# ---------------------------------------------------------------- one parameter


def descent(
    f: Callable[[Value], Value],
    path: Any,
    *,
    xlim: tuple[float, float] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """A function of one parameter and the steps of a descent: along the tangent, then to the curve.

    `f` takes a Value and returns one, as that of `surface` two; `path` is what `train.descend` returns, or
    the points (steps,).  The slope of each tangent is computed by `backward`.  The axis reaches the minimum
    that lies downhill of the last step, also where that stopped short of it, unless `xlim` says otherwise.
    ValueError for an empty path, one of several numbers a step, and an f that is finite nowhere on the axis.
    """
    import numpy as np

    say = speaker(lang)
    function(f, "x")
    points = finite("the path", getattr(path, "points", path))
    if points.ndim == 2 and points.shape[1] != 1:
        raise ValueError(
            f"the path has {points.shape[1]} numbers a step, and this takes one: plots.surface draws two"
        )
    points = points.ravel()
    if not len(points):
        raise ValueError("the path is empty: a descent has a point at least")
    minimum = _downhill(f, points)
    side = margins(np.append(points, minimum or []), 0.2) if xlim is None else interval(xlim, "xlim")
    along = np.linspace(*side, LINE)[:, None]
    sampled = Sampled(lambda inputs: f(*inputs), along, points[:, None], "the function")
    sampled.check(path, "the path")
    curved = sampled(along)
    if not np.isfinite(curved).any():
        raise ValueError("the function is not finite anywhere on this axis: choose another xlim")
    ax = panel(ax, lang=lang)
    (curve,) = ax.plot(along[:, 0], curved, color=LECTURE.dim, linewidth=1.5)
    heights, slopes = value_and_slope(f, points)
    ends = heights[:-1] + slopes[:-1] * np.diff(points)
    tangents, drops, lowest = None, None, None
    for k in range(len(points) - 1):
        (tangents,) = ax.plot(points[k : k + 2], [heights[k], ends[k]], color=PALETTE[1], linewidth=1.3)
        (drops,) = ax.plot(
            [points[k + 1]] * 2, [ends[k], heights[k + 1]], color=PALETTE[1], linestyle=":", linewidth=1
        )
    dots = ax.scatter(
        points, heights, color=gradation(len(points)), s=34, zorder=3, edgecolor="white", linewidth=0.6
    )
    if minimum is not None and side[0] <= minimum <= side[1]:
        at = minimum, float(sampled(np.array([[minimum]]))[0])
        (lowest,) = ax.plot(
            *at, linestyle="", marker="P", markersize=9, color=LECTURE.text, markeredgecolor="white"
        )
    grid(ax, say("parameter x"), "f(x)")
    ax.set_xlim(side)
    shown = [
        (curve, "f"),
        (dots, say("steps, dark to light")),
        (tangents, say("along the tangent")),
        (drops, say("to the curve")),
        (lowest, say("minimum")),
    ]
    legend(ax, [h for h, _ in shown if h is not None], [name for h, name in shown if h is not None])
    return ax


FARTHEST = 100.0
"""How far a minimum is looked for, in lengths of the path, or of how far that is from 0."""


def _downhill(f: Callable[[Value], Value], points: Floats) -> float | None:
    """The minimum downhill of a path's end; None if there is none near, or f is not smooth there."""
    import numpy as np

    last = float(points[-1])
    (_,), (slope,) = value_and_slope(f, points[-1:])
    length = max(float(np.ptp(points)), abs(last)) or 1.0
    if not np.isfinite(slope):
        return None
    if slope == 0.0:
        return last if _rises(f, last, 1e-3 * length) else None
    direction = -np.sign(slope)
    near, reach = last, 1e-3 * (float(np.ptp(points)) or length)
    while reach < FARTHEST * length:
        far = last + direction * reach
        there = value_and_slope(f, np.array([far]))[1][0]
        if not np.isfinite(there):
            return None
        if there * direction >= 0:
            return _between(f, near, far, direction)
        near, reach = far, 1.5 * reach
    return None


def _between(f: Callable[[Value], Value], near: float, far: float, direction: float) -> float:
    """Where between two points the slope changes its sign, by halving."""
    import numpy as np

    for _ in range(80):
        middle = 0.5 * (near + far)
        if value_and_slope(f, np.array([middle]))[1][0] * direction >= 0:
            far = middle
        else:
            near = middle
    return 0.5 * (near + far)


def _rises(f: Callable[[Value], Value], x: float, step: float) -> bool:
    """Whether a function goes up on both sides of a point."""
    import numpy as np

    _, (left, right) = value_and_slope(f, np.array([x - step, x + step]))
    return bool(left < 0 < right)


def _line_data(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    x, targets = finite("X", X), array("y", y, 1)
    x = x[:, 0] if x.ndim == 2 and x.shape[1] == 1 else x
    if x.shape != targets.shape or not len(targets):
        raise ValueError(f"a line is fitted to as many x as y, and some, got {x.shape} and {targets.shape}")
    return x, targets
