"""Plots across the depth of a network: how gradients flow, and how activations and gradients are spread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import hypot
from typing import TYPE_CHECKING, Any

from microgrid.base.checks import one_of, whole
from microgrid.base.messages import short
from microgrid.base.phrases import LANG, Say, said, speaker
from microgrid.naming.scopes import UNIT, scope_name, scope_names, scope_path

from ...style.text import clean, shorten
from ...style.theme import LECTURE, PALETTE
from ..axes import few, gradation, grid, legend, panel, write
from .watched import names_of_layers, snapshots

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from microgrid.arguments import Floats
    from microgrid.monitor import Monitor, Snapshot
    from microgrid.nn.module import Model

__all__ = ["gradient_flow", "histograms"]

SIGNS = {"activations": "a", "preactivations": "z", "gradients": "∂L/∂a"}
"""Of a unit's activation, of what it is applied to, and of the gradient."""
FORMS = ("layers", "overlaid", "time")
HEIGHT = 0.92
"""Of a ridge, where 1 is the distance to the next."""


def gradient_flow(
    source: Monitor | Model | Mapping[str, Monitor | Model], *, ax: Axes | None = None, lang: str = LANG
) -> Axes:
    """The length of the gradient in each layer, from the first to the last, on a logarithmic axis.

    `source` is a Monitor or a model.  Of a Monitor: ∂L/∂activations, the mean over the samples, for up to
    five snapshots.  Of a model: ∂L/∂parameters after ``loss.backward()``, which tells what a step will move;
    ValueError if no parameter has a gradient yet.  Several by their names, all models or all monitors, are
    beside each other, with the numbers of their layers; of a monitor that is the last snapshot.

    >>> from microgrid import nn
    >>> model = nn.MLP(2, [3, 1])
    >>> model([1.0, 2.0]).backward()
    >>> [tick.get_text() for tick in gradient_flow(model).get_xticklabels()]
    ['layer 1', 'layer 2']
    """
    import numpy as np

    say = speaker(lang)
    for one in source.values() if isinstance(source, Mapping) else [source]:
        if isinstance(one, type) or not (hasattr(one, "records") or hasattr(one, "parameters")):
            got = (
                f"the class {one.__name__}" if isinstance(one, type) else f"{type(one).__name__} {short(one)}"
            )
            raise TypeError(
                "source is a Monitor, or a model after loss.backward(), or several by their names, got " + got
            )
    if isinstance(source, Mapping):
        ax = panel(ax, lang=lang)
        names, what = _beside(ax, source, say, lang)
    elif _is_model(source):
        lengths = _parameter_gradients(source, lang)
        ax = panel(ax, lang=lang)
        ax.plot(range(len(lengths)), list(lengths.values()), color=PALETTE[0], marker="o", markersize=4)
        names, what = list(lengths), say("length of ∂L/∂parameters")
    else:
        records = snapshots(source)
        ax = panel(ax, lang=lang)
        chosen = [records[k] for k in few(len(records), 5)]
        names = list(chosen[-1].layers)
        handles: list[Artist] = []
        steps: list[str] = []
        for record, color in zip(chosen, gradation(len(chosen))):
            places = [k for k, name in enumerate(names) if name in record.layers]
            norms = [record.layers[names[k]].gradient_norm for k in places]
            handles += ax.plot(places, norms, color=color, marker="o", markersize=4)
            at = say("step {k}", k=record.step)
            steps.append(at if any(norms) else say("{step}: all are 0", step=at))
        legend(ax, handles, steps)
        called, what = names_of_layers(records, lang), say("length of ∂L/∂activations")
        names = [called[name] for name in names]
    seen = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()])
    seen = seen[seen > 0]
    if seen.size:
        ax.set_yscale("log")
    if seen.size and seen.max() < 10 * seen.min():  # within a decade powers of ten say nothing
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("{x:g}")
    grid(ax, say("layer, from input to output"), what)
    _name_ticks(ax.xaxis, names, 12, rotation=30 if len(names) > 5 and not isinstance(source, Mapping) else 0)
    return ax


def _is_model(source: Any) -> bool:
    named = not hasattr(source, "records") and hasattr(source, "parameters")
    return named and not isinstance(source, type)


def _beside(ax: Axes, sources: Mapping[str, Monitor | Model], say: Say, lang: str) -> tuple[list[str], str]:
    """A line for each of several; the names of layers, which are their numbers, and what is drawn."""
    kinds = {_is_model(source) for source in sources.values()}
    if len(kinds) != 1:
        raise ValueError("gradient_flow compares models by their names, or monitors, and some of them")
    handles: list[Artist] = []
    most = 0
    for source, color in zip(sources.values(), PALETTE * 4):
        layers = snapshots(source)[-1].layers if not _is_model(source) else {}
        lengths = [stats.gradient_norm for stats in layers.values()]
        lengths = lengths or list(_parameter_gradients(source, lang).values())
        dot = "o" if len(lengths) <= 40 else ""
        handles += ax.plot(range(len(lengths)), lengths, color=color, marker=dot, markersize=4, linewidth=1.7)
        most = max(most, len(lengths))
    legend(ax, handles, [str(name) for name in sources])
    what = say("length of ∂L/∂parameters") if True in kinds else say("length of ∂L/∂activations")
    return [str(k + 1) for k in range(most)], what


def _parameter_gradients(model: Any, lang: str) -> dict[str, float]:
    """The length of each layer's gradient: of the parameters of a scope, or of its neurons or channels."""
    lengths: dict[str, float] = {}
    parameters = model.parameters()
    if not any(p.has_grad for p in parameters):
        raise ValueError("no parameter of the model has a gradient: call loss.backward() first")
    called = scope_names(parameters, {})
    for p in parameters:
        unit = UNIT.fullmatch(p.scope)
        scope = (unit["outer"] or "") if unit else p.scope
        name = said(scope_name(called, scope_path(scope)), lang) or "parameters"
        lengths[name] = hypot(lengths.get(name, 0.0), p.grad)
    return lengths


def histograms(
    monitor: Monitor,
    what: str = "activations",
    *,
    form: str = "layers",
    layer: str | None = None,
    step: int | None = None,
    log: bool = False,
    bins: int = 60,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """How the numbers of each layer are spread in one snapshot, the last unless `step` says which.

    `what` is "activations", "preactivations" or "gradients".  The form is "layers", which stand above each
    other, each as high at its peak; "overlaid", all as curves over one axis (after Glorot & Bengio 2010,
    figures 2, 6 and 7); or "time", the snapshots of one `layer`, the last unless it is named, "layer 1" or by
    its scope, above each other as TensorBoard has them.  With `log` it is the spread of their decimal
    logarithms, which shows gradients that vanish layer by layer.  Numbers that are exactly 0, a ReLU's most
    of all, are left out, and their share is written down.  ValueError for a `step` without a snapshot, and
    where all numbers are 0 or not finite.  `bins` is how many the spread is counted in.
    """
    import numpy as np

    one_of(what, "what", tuple(SIGNS))
    one_of(form, "form", FORMS)
    say, records = speaker(lang), snapshots(monitor)
    chosen = [record for record in records if step is None or record.step == step]
    if not chosen:
        raise ValueError(
            f"no snapshot was taken at step {step}: there are {[r.step for r in records[:8]]} ..."
        )
    bins = whole(bins, "bins")
    record = chosen[-1]
    if layer is not None:
        layer = _scope_of(layer, record, lang)
    if form == "time":
        one = layer or list(record.layers)[-1]
        shown = [records[k] for k in few(len(records), 12) if one in records[k].layers]
        numbers = {say("step {k}", k=r.step): getattr(r.layers[one], what).ravel() for r in shown}
        title = names_of_layers(shown, lang)[one]
    else:
        kept = [layer] if layer is not None else list(record.layers)
        called = names_of_layers([record], lang)
        numbers = {called[scope]: getattr(record.layers[scope], what).ravel() for scope in kept}
        title = say("step {k}", k=record.step)
    spread = {name: _shown(array, log) for name, array in numbers.items()}
    counted = np.concatenate(list(spread.values()))
    if not counted.size:
        raise ValueError(f"all {what} at step {record.step} are 0 or not finite: there is nothing to count")
    edges = np.histogram_bin_edges(counted, bins)
    ax = panel(ax, (6.4, max(2.6, 1.2 + 0.34 * len(numbers)) if form != "overlaid" else 4.0), lang=lang)
    sign = say("log₁₀ of the size of {sign}", sign=SIGNS[what]) if log else SIGNS[what]
    if form == "overlaid":
        _overlaid(ax, spread, edges)
        grid(ax, sign, say("share of the numbers"))
    else:
        _above_each_other(ax, numbers, spread, edges, say)
        grid(ax, sign, say("layer") if form == "layers" else "")
        ax.set_ylim(-0.1, len(numbers) + 0.1)
        _name_ticks(ax.yaxis, list(numbers), 30)
        ax.grid(False, axis="y")
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
    ax.set_xlim(edges[0], edges[-1])
    write(ax.set_title("", fontsize="medium", loc="left"), title)
    return ax


def _scope_of(layer: str, record: Snapshot, lang: str) -> str:
    """The scope of the layer of a name, as it is shown or as parameters have it."""
    shown = names_of_layers([record], lang)
    known = {
        name: scope for names in (names_of_layers([record], "en"), shown) for scope, name in names.items()
    }
    known |= {scope: scope for scope in record.layers}
    if layer not in known:
        raise ValueError(f"the monitor has no layer {short(layer)}: it has {', '.join(shown.values())}")
    return known[layer]


def _above_each_other(
    ax: Axes, numbers: dict[str, Floats], spread: dict[str, Floats], edges: Floats, say: Say
) -> None:
    import numpy as np

    for k, (name, color) in enumerate(zip(numbers, gradation(len(numbers)))):
        counts, _ = np.histogram(spread[name], edges)
        heights = HEIGHT * counts / max(1, counts.max())
        ax.stairs(k + heights, edges, baseline=k, fill=True, facecolor=color, edgecolor=color, alpha=0.55)
        ax.axhline(k, color=color, linewidth=0.6)
        if zeros := (numbers[name] == 0).mean():
            note = ax.annotate(
                "",
                (1, k),
                (3, 2),
                xycoords=ax.get_yaxis_transform(),
                textcoords="offset points",
                fontsize="small",
                color=LECTURE.dim,
                annotation_clip=False,
            )
            write(note, say("{share:.0f} % are 0", share=100 * zeros))


def _overlaid(ax: Axes, spread: dict[str, Floats], edges: Floats) -> None:
    """Curves through the middles of the bins, each layer's with all its numbers as 1."""
    import numpy as np

    middles = (edges[:-1] + edges[1:]) / 2
    handles: list[Artist] = []
    for numbers, color in zip(spread.values(), gradation(len(spread))):
        counts, _ = np.histogram(numbers, edges)
        handles += ax.plot(middles, counts / max(1, counts.sum()), color=color, linewidth=1.7)
    shown = few(len(spread), 8)
    legend(ax, [handles[k] for k in shown], [list(spread)[k] for k in shown])


def _shown(numbers: Floats, log: bool) -> Floats:
    import numpy as np

    kept = numbers[np.isfinite(numbers) & (numbers != 0)]
    shown: Floats = np.log10(np.abs(kept)) if log else kept
    return shown


def _name_ticks(axis: Any, names: list[str], most: int, rotation: float = 0) -> None:
    """Layers' names at 0, 1, ..., as many as there is room for, the first and the last among them."""
    turned = {"rotation": rotation, "ha": "right", "rotation_mode": "anchor"} if rotation else {}
    if rotation:
        ax = axis.axes
        room = ax.get_window_extent().width / ax.figure.dpi * 72
        most = min(most, max(2, int(room / TURNED)))
    places = _marked([_KIND.sub("", name) for name in names], most)
    axis.set_ticks(
        places, [shorten(clean(names[k]), 20) for k in places], parse_math=False, usetex=False, **turned
    )


_KIND = re.compile(r"\d+")
"""What tells layers of one kind apart."""
TURNED = 24
"""How many points across a name takes that is turned."""


def _marked(kinds: list[str], most: int) -> list[int]:
    """Which of the layers are named: evenly, and all of one kind if that takes but one step more."""
    last = len(kinds) - 1
    step = -(-len(kinds) // most)
    if 1 < step < last and kinds[step] != kinds[0] == kinds[step + 1]:
        step += 1
    places = list(range(0, last + 1, step))
    if places[-1] != last:
        if last - places[-1] < 0.75 * step and len(places) > 1:
            places.pop()
        places.append(last)
    return places
