"""Functions as a lecture shows them: activations with derivatives, and what softmax makes of logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import microgrid
from microgrid import Value
from microgrid.arguments import ArrayLike
from microgrid.base.phrases import LANG, Say, speaker
from microgrid.nn.mlp import activate, activation_row

from ...style.theme import LECTURE, PALETTE
from ..axes import gradation, grid, legend, panel, panels, write
from ..given import array, function, interval, several_names
from .slopes import Curve, heights_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["activation", "softmax"]


def activation(
    *functions: str | Callable[[Value], Value],
    xlim: tuple[float, float] = (-6.0, 6.0),
    together: bool = False,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Any:
    """Functions of one number and their derivatives, which `backward` computes.

    Each is the name of an operation (of `microgrid.ops.TABLE`, those of `custom_op` among them) or a function
    of a Value.  One has Axes; several have a panel each, an array of Axes, or share one where they are
    together or `ax` is given.  Grey is where a function saturates: up to an end of the axis its slope stays
    below a twentieth of the steepest, or of 1, and falls.  A ring marks a kink, where no derivative exists,
    and a number the steepest slope, ¼ of the sigmoid's.  `xlim` are the ends
    of the axis.  No function is a ValueError.

    >>> from viz import plots
    >>> [text.get_text() for text in plots.activation("sigmoid").texts]
    ['0.25']
    """
    if not functions:
        raise ValueError('activation draws at least one function, such as activation("sigmoid", "relu")')
    say, side = speaker(lang), interval(xlim, "xlim")
    curves = [Curve(*_named(f), side) for f in functions]
    if ax is not None or together or len(curves) == 1:
        ax = panel(ax, lang=lang)
        if len(curves) == 1:
            _alone(ax, curves[0], say)
        else:
            _together(ax, curves, say)
        return ax
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)
    several = panels(len(curves), (3.6 * columns, 2.9 * rows), columns, lang=lang)
    for axes, curve in zip(several, curves):
        _alone(axes, curve, say)
    return several


def _named(f: str | Callable[[Value], Value]) -> tuple[str, Callable[[Value], Value]]:
    """What a function is called, and the function."""
    if callable(f):
        function(f, "x", what="an activation")
        called = str(getattr(f, "name", None) or getattr(f, "__name__", "f"))
        return "f" if called == "<lambda>" else called, f
    row = activation_row(f)
    return row.name, lambda v: activate(row, v, 0)


def _alone(ax: Axes, curve: Curve, say: Say) -> None:
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
    ax.set_ylim(*heights_of([curve]))
    title = ax.set_title("", fontsize="medium")
    write(title, curve.name)
    legend(ax, handles, names, fontsize="small")


def _mark_steepest(ax: Axes, curve: Curve, k: int) -> None:
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


def _together(ax: Axes, curves: Sequence[Curve], say: Say) -> None:
    handles: list[Artist] = []
    for k, curve in enumerate(curves):
        color = PALETTE[k % len(PALETTE)]
        handles += ax.plot(curve.x, curve.value, color=color, linewidth=2)
        ax.plot(curve.x, curve.slope, color=color, linewidth=1.3, linestyle="--")
    grid(ax, "x", say("f(x), and f′(x) dashed"))
    ax.axhline(0, color=LECTURE.dim, linewidth=0.7)
    ax.set_xlim(curves[0].x[0], curves[0].x[-1])
    ax.set_ylim(*heights_of(curves))
    legend(ax, handles, [curve.name for curve in curves])


# ---------------------------------------------------------------- softmax


def softmax(
    logits: ArrayLike,
    *,
    temperature: float | Sequence[float] = 1.0,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """The shares e^(zᵢ/T) / Σ e^(zⱼ/T) as bars, each with its number.

    Those of several temperatures T stand beside each other.  A bar stands above its logit, or above
    its name, of `names`.  ValueError for a temperature that is not above 0.

    >>> from viz import plots
    >>> [text.get_text() for text in plots.softmax([5, 6, 11, 7]).texts]
    ['0.00', '0.01', '0.97', '0.02']
    """
    import numpy as np

    say, numbers = speaker(lang), array("logits", logits, 1)
    several = hasattr(temperature, "__len__") and not isinstance(temperature, str)
    temperatures = array("temperature", temperature if several else [temperature], 1)
    if not len(numbers) or not len(temperatures) or not (temperatures > 0).all():
        raise ValueError("softmax needs at least one logit, and temperatures above 0")
    if names is not None:
        names = several_names(names, len(numbers), more=", one for each logit")
    ax = panel(ax, (max(4.2, 0.9 * len(numbers) * max(1, len(temperatures) * 0.6)), 3.4), lang=lang)
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
