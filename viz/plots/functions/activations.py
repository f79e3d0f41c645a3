"""Functions as a lecture shows them: activations with derivatives, and what softmax makes of logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import microgrid
from microgrid import Value
from microgrid.arguments import ArrayLike
from microgrid.base.phrases import Say, speaker
from microgrid.nn.mlp import activate, activation_row

from ...style.theme import LECTURE, PALETTE
from ..axes import gradation, grid, legend, panel, panels, write
from ..sampling import array, interval, value_and_slope

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["activation", "softmax"]

LINE = 601
"""Points along a curve."""
FLAT = 0.05
"""Below this share of the steepest slope, or of 1 where it is steeper, a function counts as saturated."""


def activation(
    *functions: str | Callable[[Value], Value],
    xlim: tuple[float, float] = (-6.0, 6.0),
    together: bool = False,
    ax: Axes | None = None,
    lang: str = "en",
) -> Any:
    """Functions of one number and their derivatives, which `backward` computes.

    Each is the name of an operation (of `microgrid.ops.TABLE`, those of `custom_op` among them) or a function
    of a Value.  One has Axes; several have a panel each, an array of Axes, or share one where they are
    together or `ax` is given.  Grey is where a function saturates: up to an end of the axis its slope stays
    below a twentieth of the steepest, or of 1, and falls.  A ring marks a kink, where no derivative exists,
    and a number the steepest slope, ¼ of the sigmoid's.

    >>> from viz import plots
    >>> [text.get_text() for text in plots.activation("sigmoid").texts]
    ['0.25']
    """
    if not functions:
        raise ValueError('activation draws at least one function, such as activation("sigmoid", "relu")')
    say, side = speaker(lang), interval(xlim, "xlim")
    curves = [_Curve(*_named(f), side) for f in functions]
    if ax is not None or together or len(curves) == 1:
        ax = panel(ax)
        if len(curves) == 1:
            _alone(ax, curves[0], say)
        else:
            _together(ax, curves, say)
        return ax
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)
    several = panels(len(curves), (3.6 * columns, 2.9 * rows), columns)
    for axes, curve in zip(several, curves):
        _alone(axes, curve, say)
    return several


class _Curve:
    """A function and its derivative along a line, cut where the derivative jumps."""

    def __init__(self, name: str, f: Callable[[Value], Value], side: tuple[float, float]) -> None:
        import numpy as np

        self.name = name
        xs = np.linspace(*side, LINE)
        values, slopes = value_and_slope(f, xs)
        slopes[np.isnan(values)] = np.nan
        if not np.isfinite(values).any():
            raise ValueError(f"{name} is finite nowhere from {side[0]:g} to {side[1]:g}: choose another xlim")
        known = slopes[np.isfinite(slopes)]
        jumps = np.flatnonzero(np.abs(np.diff(slopes)) > 0.1 * np.ptp(known))
        ends = [_jump(f, xs[k], xs[k + 1], slopes[k], slopes[k + 1]) for k in jumps.tolist()]
        self.kinks = sorted({at for at in ends if at is not None})
        cuts = np.searchsorted(xs, self.kinks)
        self.heights = value_and_slope(f, np.array(self.kinks))[0]
        # a grid point on a kink has the convention for its slope, which is none of the curve's
        slopes[[k for k, at in zip(cuts, self.kinks) if xs[k] == at]] = np.nan
        self.x = np.insert(xs, cuts, self.kinks)
        self.value = np.insert(values, cuts, self.heights)
        self.slope = np.insert(slopes, cuts, np.nan)

    @property
    def steepest(self) -> int | None:
        """Where the slope is largest, unless that is at an end or on a plateau."""
        import numpy as np

        if np.isnan(self.slope).all():
            return None
        k = int(np.nanargmax(self.slope))
        near = np.isclose(self.slope, self.slope[k], rtol=1e-6, atol=1e-9).sum()
        return k if 0 < k < len(self.x) - 1 and near < 6 else None

    def saturated(self) -> list[tuple[float, float]]:
        """The ends of the axis along which the slope stays small."""
        import numpy as np

        sizes = np.abs(self.slope)
        steep = np.flatnonzero(~(np.isnan(sizes) | (sizes < FLAT * min(1.0, np.nanmax(sizes)))))
        if not len(steep) or np.isnan(self.value).any():
            return []
        flat = []
        for end, part in ((0, slice(0, steep[0])), (-1, slice(steep[-1] + 1, None))):
            # a slope that stays as it is, such as leaky ReLU's, is small but does not die out
            if len(sizes[part]) > 0.02 * LINE and sizes[end] <= 0.5 * np.nanmax(sizes[part]):
                flat.append((float(self.x[part][0]), float(self.x[part][-1])))
        return flat


def _named(f: str | Callable[[Value], Value]) -> tuple[str, Callable[[Value], Value]]:
    """What a function is called, and the function."""
    if callable(f):
        return str(getattr(f, "name", None) or getattr(f, "__name__", "f")), f
    row = activation_row(f)
    return row.name, lambda v: activate(row, v, 0)


def _jump(f: Callable[[Value], Value], a: float, b: float, low: float, high: float) -> float | None:
    """Where between two points the slope jumps, by halving; None if it only rises steeply."""
    import numpy as np

    first = abs(high - low)
    while True:
        middle = 0.5 * (a + b)
        if not a < middle < b:
            return float(b if abs(a) > abs(b) else a)
        slope = value_and_slope(f, np.array([middle]))[1][0]
        if abs(slope - low) > abs(high - slope):
            b, high = middle, slope
        else:
            a, low = middle, slope
        if not abs(high - low) > 0.5 * first:
            return None


def _alone(ax: Axes, curve: _Curve, say: Say) -> None:
    handles: list[Artist] = list(ax.plot(curve.x, curve.value, color=PALETTE[0], linewidth=2))
    handles += ax.plot(curve.x, curve.slope, color=PALETTE[1], linewidth=1.8, linestyle="--")
    names = ["f(x)", "f′(x)"]
    for k, (a, b) in enumerate(curve.saturated()):
        span = ax.axvspan(a, b, color=LECTURE.dim, alpha=0.13, linewidth=0)
        if k == 0:
            handles.append(span)
            names.append(say("saturated: f′ ≈ 0"))
    if curve.kinks:
        handles += ax.plot(
            curve.kinks, curve.heights, linestyle="", marker="o", markersize=6,
            markerfacecolor="white", markeredgecolor=PALETTE[0], markeredgewidth=1.4,
        )  # fmt: skip
        names.append(say("kink: no derivative"))
    if (steepest := curve.steepest) is not None:
        _mark_steepest(ax, curve, steepest)
    grid(ax, "x", "")
    ax.axhline(0, color=LECTURE.dim, linewidth=0.7)
    ax.set_xlim(curve.x[0], curve.x[-1])
    ax.set_ylim(*_heights([curve]))
    title = ax.set_title("", fontsize="medium")
    write(title, curve.name)
    legend(ax, handles, names, fontsize="small")


def _mark_steepest(ax: Axes, curve: _Curve, k: int) -> None:
    ax.plot([curve.x[0], curve.x[k]], [curve.slope[k]] * 2, color=PALETTE[1], linewidth=0.8, linestyle=":")
    note = ax.annotate(
        "",
        (curve.x[k], curve.slope[k]),
        (5, 3),
        textcoords="offset points",
        fontsize="small",
        color=PALETTE[1],
    )
    write(note, f"{curve.slope[k]:.3g}")


def _together(ax: Axes, curves: Sequence[_Curve], say: Say) -> None:
    handles: list[Artist] = []
    for k, curve in enumerate(curves):
        color = PALETTE[k % len(PALETTE)]
        handles += ax.plot(curve.x, curve.value, color=color, linewidth=2)
        ax.plot(curve.x, curve.slope, color=color, linewidth=1.3, linestyle="--")
    grid(ax, "x", say("f(x), and f′(x) dashed"))
    ax.axhline(0, color=LECTURE.dim, linewidth=0.7)
    ax.set_xlim(curves[0].x[0], curves[0].x[-1])
    ax.set_ylim(*_heights(curves))
    legend(ax, handles, [curve.name for curve in curves])


def _heights(curves: Sequence[_Curve]) -> tuple[float, float]:
    """Which heights are shown: all, but of a function that shoots up no more than its usual part."""
    import numpy as np

    heights = np.concatenate(
        [part[np.isfinite(part)] for curve in curves for part in (curve.value, curve.slope)]
    )
    low, high = np.quantile(heights, [0.02, 0.98])
    if np.ptp(heights) <= 2 * (high - low):
        low, high = heights.min(), heights.max()
    more = 0.08 * (high - low) or 0.5
    return float(low - more), float(high + more)


# ---------------------------------------------------------------- softmax


def softmax(
    logits: ArrayLike,
    *,
    temperature: float | Sequence[float] = 1.0,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """The shares e^(zᵢ/T) / Σ e^(zⱼ/T) as bars, each with its number.

    Those of several temperatures T stand beside each other.  A bar stands above its logit, or above
    its name.  ValueError for a temperature that is not above 0.

    >>> from viz import plots
    >>> [text.get_text() for text in plots.softmax([5, 6, 11, 7]).texts]
    ['0.00', '0.01', '0.97', '0.02']
    """
    import numpy as np

    say, numbers = speaker(lang), array("logits", logits, 1)
    temperatures = array("temperature", np.atleast_1d(np.asarray(temperature, dtype=float)), 1)
    if not len(numbers) or not len(temperatures) or not (temperatures > 0).all():
        raise ValueError("softmax needs at least one logit, and temperatures above 0")
    if names is not None and len(names) != len(numbers):
        raise ValueError(f"names has a name for each of the {len(numbers)} logits, got {len(names)}")
    ax = panel(ax, (max(4.2, 0.9 * len(numbers) * max(1, len(temperatures) * 0.6)), 3.4))
    colors = [PALETTE[0]] if len(temperatures) == 1 else gradation(len(temperatures))
    width = 0.8 / len(temperatures)
    handles: list[Any] = []
    for k, t in enumerate(temperatures.tolist()):
        places = np.arange(len(numbers)) + (k - 0.5 * (len(temperatures) - 1)) * width
        shares = [v.data for v in microgrid.softmax([Value(z) / t for z in numbers.tolist()])]
        bars = ax.bar(places, shares, 0.92 * width, color=colors[k])
        handles.append(bars)
        for place, share in zip(places, shares):
            note = ax.annotate(
                "", (place, share), (0, 2), textcoords="offset points", ha="center", fontsize="small"
            )
            write(note, f"{share:.2f}")
    grid(ax, say("logit z") if names is None else "", say("share e^(z/T) / Σ e^(z/T)"))
    ax.grid(False, axis="x")
    ax.set_ylim(0, 1.1)
    labels = [f"{z:g}" for z in numbers] if names is None else [str(name) for name in names]
    ax.set_xticks(range(len(numbers)), labels, parse_math=False)
    if len(temperatures) > 1:
        legend(ax, handles, [f"T = {t:g}" for t in temperatures])
    return ax
