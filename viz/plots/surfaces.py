"""Plots of functions: what a classifier decides, losses with paths down them, fitted lines, descents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from microgrid import Value

from ..style.theme import LECTURE, PALETTE
from .axes import few, gradation, grid, legend, panel, panels
from .sampling import Sampled

__all__ = ["decision_boundary", "descent", "fitted_lines", "linear_fit", "loss_surface"]

FINENESS = 121
"""Points along each side of a plane, and..."""
LINE = 401
"""...along a line."""
MARKERS = "os^DvP*"


def decision_boundary(model: Any, X: Any, y: Any, *, threshold: float | None = None, ax: Any = None) -> Any:
    """What a model of two inputs decides everywhere, and the samples with their classes.

    A model of one output says yes above `threshold`: by default above 0, or, where labels are 0 and 1, above
    ½ if more samples are right with that, or as many and all outputs are probabilities.  That looks at the
    samples; the accuracy of `fit` asks the loss, so pass a threshold to both where they are to agree.  Of
    several outputs the largest decides, and classes are their numbers.  The model is recorded once and
    replayed, in evaluation mode if it has one; computed point by point, with a warning, where some of the
    points show that Python decides by data.
    """
    import numpy as np

    X, y = _array("X", X, 2), _array("y", y, 1)
    if X.shape[1] != 2 or len(X) != len(y) or not len(X):
        raise ValueError(
            f"X is an array (samples, 2) and y has a class for each, got {X.shape} and {y.shape}"
        )
    sides = [_margins(X[:, k], 0.12) for k in (0, 1)]
    with _evaluation(model):
        sampled = Sampled(model, _plane(sides), X, "the model", one=False)
        single, fineness = sampled.single, sampled.affordable(FINENESS)
        plane = _plane(sides, fineness)
        found, at_samples = sampled(plane), sampled(X)
    labels = np.unique(y)
    if single:
        if threshold is None:
            right = [((at_samples > limit) == (y > 0)).sum() for limit in (0.0, 0.5)]
            tie = 0.5 if found.min() >= 0 and found.max() <= 1 else 0.0
            better = tie if right[0] == right[1] else 0.5 * float(right[1] > right[0])
            threshold = better if labels.min() == 0 else 0.0
        decided = (found > threshold).astype(int)
    else:
        decided = found.argmax(axis=1)
        if found.shape[1] > len(PALETTE):
            raise ValueError(
                f"there are colours for {len(PALETTE)} classes, and the model has {found.shape[1]}"
            )
    ax = panel(ax, (5.2, 4.4))
    shape = fineness, fineness
    px, py = plane[:, 0].reshape(shape), plane[:, 1].reshape(shape)
    for k, color in enumerate(PALETTE[: 2 if single else found.shape[1]]):
        ax.contourf(px, py, (decided == k).reshape(shape), levels=[0.5, 1.5], colors=[color], alpha=0.22)
    if single and found.min() < threshold < found.max():
        ax.contour(px, py, found.reshape(shape), levels=[threshold], colors=[LECTURE.text], linewidths=1.2)
    handles = []
    for k, label in enumerate(labels):
        of = y == label
        color = PALETTE[(k if single else int(label)) % len(PALETTE)]
        handles.append(
            ax.scatter(
                *X[of].T,
                s=22,
                color=color,
                marker=MARKERS[k % len(MARKERS)],
                edgecolor="white",
                linewidth=0.5,
            )
        )
    grid(ax, "input x₀", "input x₁")
    ax.grid(False)
    ax.set(xlim=sides[0], ylim=sides[1])
    legend(ax, handles, [f"class {label:g}" for label in labels], loc="upper left", bbox_to_anchor=(1, 1))
    return ax


@contextmanager
def _evaluation(model: Any) -> Iterator[None]:
    """Inside, the outputs are as they are after training, where dropout drops nothing."""
    parts = [part for part in model.modules() if part.training] if hasattr(model, "modules") else []
    for part in parts:
        part.training = False
    try:
        yield
    finally:
        for part in parts:
            part.training = True


# ---------------------------------------------------------------- surfaces


def loss_surface(
    f: Callable[[Any, Any], Any],
    paths: Mapping[str, Any] | None = None,
    *,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    names: Sequence[str] = ("w₁", "w₂", "loss"),
    ax: Any = None,
) -> Any:
    """A function of two parameters as a map of its heights, with paths across it, as of several optimisers.

    `f` takes two Values and returns one; it is recorded once and replayed, or computed point by point, on
    fewer points if it is large, where it decides by data, which a warning says.  A path is an array (steps,
    2), from a ring to a star.  The limits are those of the paths with a margin unless given (without paths
    they must be).  `names` are those of the axes and of f.  Heights stand denser where more of the map lies.
    """
    import numpy as np

    routes = {name: _path(name, points) for name, points in (paths or {}).items()}
    given = (xlim, ylim)
    sides = [_side(given[k], [route[:, k] for route in routes.values()], "xy"[k]) for k in (0, 1)]
    along = np.concatenate([np.empty((0, 2)), *routes.values()])
    sampled = Sampled(lambda inputs: f(*inputs), _plane(sides), along, "the function")
    plane = _plane(sides, sampled.affordable(FINENESS))
    heights = sampled(plane).reshape(-1, round(len(plane) ** 0.5))
    known = heights[np.isfinite(heights)]
    if not known.size:
        raise ValueError("the function is not finite anywhere on this map: choose other limits")
    ax = panel(ax, (6.0, 4.6))
    px, py = plane[:, 0].reshape(heights.shape), plane[:, 1].reshape(heights.shape)
    levels = np.unique(np.quantile(known, np.linspace(0, 1, 22)))
    if len(levels) > 1:
        drawn = ax.contourf(px, py, np.ma.masked_invalid(heights), levels=levels, cmap="Greys", alpha=0.55)
        ax.contour(
            px, py, np.ma.masked_invalid(heights), levels=levels, colors=[LECTURE.dim], linewidths=0.35
        )
        bar = ax.figure.colorbar(drawn, ax=ax, format="%.3g", ticks=levels[few(len(levels), 6)])
        grid(bar.ax, "", names[2])
        bar.ax.grid(False)
    handles = []
    for k, route in enumerate(routes.values()):
        color = PALETTE[k % len(PALETTE)]
        dots = {"marker": ".", "markersize": 4} if len(route) <= 80 else {}
        handles += ax.plot(*route.T, color=color, linewidth=1.5, **dots)
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


def fitted_lines(X: Any, y: Any, path: Any, *, ax: Any = None) -> Any:
    """The data of a linear regression and the line β₀ + β₁x at up to six steps (β₀, β₁) of a path."""
    import numpy as np

    x, y = _line_data(X, y)
    route = _path("path", path)
    ax = panel(ax)
    dots = ax.scatter(x, y, s=20, color=LECTURE.text, zorder=3)
    ends, handles = np.array(_margins(x, 0.05)), []
    chosen = few(len(route), 6)
    for k, color in zip(chosen, gradation(len(chosen))):
        handles += ax.plot(ends, route[k, 0] + route[k, 1] * ends, color=color, linewidth=1.8)
    grid(ax, "x", "y")
    ax.set(xlim=ends, ylim=_margins(y, 0.6))
    legend(ax, [dots, *handles], ["data", *(f"step {k}" for k in chosen)])
    return ax


def linear_fit(X: Any, y: Any, path: Any) -> Any:
    """A linear regression's loss Σ(β₀ + β₁x - y)² with a path down it, and the path's lines, as two Axes.

    The steps that are lines are dots of the same colours on the path (after Prince 2023, figure 6.1).
    """
    x, targets = _line_data(X, y)
    route = _path("path", path)
    both = panels(2, (10.4, 4.2))
    left, right = both

    def loss(b0: Any, b1: Any) -> Any:
        return sum((b0 + b1 * u - t) ** 2 for u, t in zip(x.tolist(), targets.tolist()))

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
    f: Callable[[Any], Any], path: Any, *, xlim: tuple[float, float] | None = None, ax: Any = None
) -> Any:
    """A function of one parameter and the steps of a descent: along the tangent, then to the curve.

    `f` takes a Value and returns one, as that of `loss_surface` two; `path` is the points (steps,).  The
    slope of each tangent is computed by `backward`.
    """
    import numpy as np

    points = _array("path", path, 1)
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


def _slope(f: Callable[[Any], Any], x: float) -> tuple[float, float]:
    v = Value(x)
    found = f(v)
    found.backward()
    return found.data, v.grad


# ---------------------------------------------------------------- numbers


def _plane(sides: Sequence[tuple[float, float]], fineness: int = FINENESS) -> Any:
    import numpy as np

    return np.stack(np.meshgrid(*(np.linspace(*side, fineness) for side in sides)), axis=-1).reshape(-1, 2)


def _side(given: tuple[float, float] | None, routes: list[Any], letter: str) -> tuple[float, float]:
    import numpy as np

    if given is not None:
        if not (np.isfinite(given).all() and given[0] < given[1]):
            raise ValueError(f"{letter}lim is two numbers, the lower first, got {given}")
        return given
    if not routes:
        raise ValueError(f"without paths the map has no limits: pass {letter}lim=(from, to)")
    return _margins(np.concatenate(routes), 0.2)


def _margins(numbers: Any, share: float) -> tuple[float, float]:
    """The range of the numbers and some more on both sides."""
    low, high = float(numbers.min()), float(numbers.max())
    more = share * (high - low) or 1.0
    return low - more, high + more


def _path(name: str, points: Any) -> Any:
    route = _array(f"the path {name!r}", points, 2)
    if route.shape[1] != 2 or not len(route):
        raise ValueError(f"the path {name!r} is an array (steps, 2), got {route.shape}")
    return route


def _line_data(X: Any, y: Any) -> tuple[Any, Any]:
    import numpy as np

    x, y = np.asarray(X, dtype=float), _array("y", y, 1)
    x = x[:, 0] if x.ndim == 2 and x.shape[1] == 1 else x
    if x.shape != y.shape or not len(y):
        raise ValueError(f"a line is fitted to as many x as y, and some, got {x.shape} and {y.shape}")
    return x, y


def _array(what: str, numbers: Any, dimensions: int) -> Any:
    import numpy as np

    array = np.asarray(numbers, dtype=float)
    if array.ndim != dimensions or not np.isfinite(array).all():
        raise ValueError(
            f"{what} is an array of finite numbers with {dimensions} dimension(s), got {array.shape}"
        )
    return array
