"""What classifiers of two inputs decide everywhere, and how sure they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from microgrid import Value
from microgrid.arguments import ArrayLike, Floats
from microgrid.base.messages import number
from microgrid.base.phrases import LANG, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import between, grid, halo, panel, write
from ..given import array, classifier, finite, several_names
from ..sampling import FINENESS, Sampled, margins, plane
from .samples import NAMES, called, classes_beside, scattered

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["checked", "decision_boundary", "probability"]

Model: TypeAlias = "Callable[[list[Value]], Value | Sequence[Value]]"


def decision_boundary(
    model: Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    threshold: float | None = None,
    names: Sequence[str] = NAMES,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """What a model of two inputs decides everywhere, and the samples with their classes.

    A model of one output says yes above `threshold`: by default above 0, or, where labels are 0 and 1, above
    ½ if more samples are right with that, or as many and all outputs are probabilities.  That looks at the
    samples; the accuracy of `fit` asks the loss, so pass a threshold to both where they are to agree.  Of
    several outputs the largest decides, and classes are their numbers.  `names` are those of the axes,
    `classes` those of the classes.  The model is recorded once and replayed, in evaluation mode if it has
    one; computed point by point, with a warning, where some of the points show that Python decides by data.
    More classes than there are colours are a ValueError.
    """
    import numpy as np

    say = speaker(lang)
    classifier(model)
    samples, targets, sides = checked(X, y)
    of_axes = several_names(names, 2)
    if threshold is not None:
        threshold = number(threshold, where="threshold is a real number")
    with _evaluation(model):
        sampled = Sampled(model, plane(sides), samples, "the model", one=False)
        single, fineness = sampled.single, sampled.affordable(FINENESS)
        points = plane(sides, fineness)
        outputs, at_samples = sampled(points), sampled(samples)
    labels = np.unique(targets)
    if len(labels) > len(PALETTE):
        raise ValueError(f"y has {len(labels)} classes, and there are colours for {len(PALETTE)}")
    if single:
        if threshold is None:
            at_zero, at_half = (((at_samples > limit) == (targets > 0)).sum() for limit in (0.0, 0.5))
            are_probabilities = outputs.min() >= 0 and outputs.max() <= 1
            half_is_better = at_half > at_zero or (at_half == at_zero and are_probabilities)
            threshold = 0.5 if labels.min() == 0 and half_is_better else 0.0
        decided = (outputs > threshold).astype(int)
    else:
        decided = outputs.argmax(axis=1)
        if outputs.shape[1] > len(PALETTE):
            raise ValueError(
                f"there are colours for {len(PALETTE)} classes, and the model has {outputs.shape[1]}"
            )
    ax = panel(ax, (5.2, 4.4), lang=lang)
    shape = fineness, fineness
    px, py = points[:, 0].reshape(shape), points[:, 1].reshape(shape)
    for k, color in enumerate(PALETTE[: 2 if single else outputs.shape[1]]):
        ax.contourf(px, py, (decided == k).reshape(shape), levels=[0.5, 1.5], colors=[color], alpha=0.22)
    if single and outputs.min() < threshold < outputs.max():
        ax.contour(px, py, outputs.reshape(shape), levels=[threshold], colors=[LECTURE.text], linewidths=1.2)
    colors = [k if single else int(label) for k, label in enumerate(labels)]
    handles = scattered(ax, samples, targets, colors)
    grid(ax, *of_axes)
    ax.grid(False)
    ax.set(xlim=sides[0], ylim=sides[1])
    classes_beside(ax, handles, called(labels, classes, say))
    return ax


def probability(
    model: Model,
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    at: ArrayLike = (),
    names: Sequence[str] = NAMES,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """How likely a model of two inputs and one output says 1, as a map from 0 to 1 with its ½ line.

    An arrow stands on the line at right angles to it, where the probability grows: of a perceptron it is the
    direction of its weights w, which the map says where it is the same all along the line.  The probability
    is written beside each of the points `at`.  Names and classes as in
    `decision_boundary`.  ValueError if the model's output leaves [0, 1].
    """
    import numpy as np

    say = speaker(lang)
    classifier(model)
    of_axes, known = several_names(names, 2), array("X", X, 2)
    marked = np.atleast_2d(finite("at", at)) if np.iterable(at) and len(at) else np.empty((0, 2))
    if marked.shape[1] != 2:
        raise ValueError(f"at has two numbers for each point, got the shape {marked.shape}")
    samples, targets, _ = checked(known, np.zeros(len(known)) if y is None else y)
    around = np.concatenate([samples, marked])
    sides = [margins(around[:, k], 0.15) for k in (0, 1)]
    with _evaluation(model):
        sampled = Sampled(model, plane(sides), around, "the model")
        fineness = sampled.affordable(FINENESS)
        points = plane(sides, fineness)
        outputs, written = sampled(points), sampled(marked) if len(marked) else marked
    if outputs.min() < 0 or outputs.max() > 1:
        raise ValueError(
            f"the model's outputs reach from {outputs.min():.3g} to {outputs.max():.3g}, which are no "
            "probabilities: let it end in a sigmoid, or use decision_boundary"
        )
    (left, right), (low, high) = sides
    ax = panel(ax, (6.0, min(8.0, max(3.0, 1.2 + 4.4 * (high - low) / (right - left)))), lang=lang)
    shape = fineness, fineness
    px, py, p = (numbers.reshape(shape) for numbers in (points[:, 0], points[:, 1], outputs))
    drawn = ax.imshow(
        p, cmap=between(PALETTE[0], PALETTE[1]), vmin=0, vmax=1, extent=(left, right, low, high),
        origin="lower", interpolation="bilinear", alpha=0.7, aspect="equal",  # a right angle is seen as one
    )  # fmt: skip
    bar = ax.figure.colorbar(drawn, ax=ax, ticks=[0, 0.25, 0.5, 0.75, 1], shrink=0.8)
    grid(bar.ax, "", say("probability of 1"))
    bar.ax.grid(False)
    if outputs.min() < 0.5 < outputs.max():
        line = ax.contour(px, py, p, levels=[0.5], colors=[LECTURE.text], linewidths=1.5)
        _normal(ax, sampled, np.asarray(line.get_paths()[0].vertices), sides)
    if y is not None:
        labels = np.unique(targets)
        handles = scattered(ax, samples, targets, list(range(len(labels))))
        classes_beside(ax, handles, called(labels, classes, say), above=True)
    for point, p_there in zip(marked, written):
        ax.plot(*point, marker="o", markersize=7, color=LECTURE.text, markerfacecolor="white")
        _label(ax, f"{p_there:.2f}", point, (7, 5))
    grid(ax, *of_axes)
    ax.grid(False)
    ax.set(xlim=sides[0], ylim=sides[1])
    return ax


# ---------------------------------------------------------------- parts


def checked(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats, list[tuple[float, float]]]:
    """The samples, their classes, and the sides of a map around them."""
    samples, targets = array("X", X, 2), array("y", y, 1)
    if samples.shape[1] != 2 or len(samples) != len(targets) or not len(samples):
        raise ValueError(
            f"X is an array (samples, 2) and y has a class for each, got {samples.shape} and {targets.shape}"
        )
    return samples, targets, [margins(samples[:, k], 0.12) for k in (0, 1)]


def _normal(ax: Axes, sampled: Sampled, line: Floats, sides: Sequence[tuple[float, float]]) -> None:
    """An arrow at the middle of a line, at right angles to it, to where the function grows."""
    import numpy as np

    slopes = np.array([sampled.slope(point) for point in line[:: max(1, len(line) // 8)]])
    lengths = np.linalg.norm(slopes, axis=1, keepdims=True)
    if not (lengths > 0).all():
        return
    directions = slopes / lengths
    middle = line[np.linalg.norm(line - np.mean(sides, axis=1), axis=1).argmin()]
    slope = sampled.slope(middle)
    reach = 0.18 * min(high - low for low, high in sides)
    tip = middle + reach * slope / np.linalg.norm(slope)
    arrow = {"arrowstyle": "-|>", "color": LECTURE.text, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", tip, middle, arrowprops=arrow)
    straight = (directions @ directions[0] > 1 - 1e-6).all()
    x, y = 11 * slope / np.linalg.norm(slope)
    _label(ax, "w" if straight else "∇p", tip, (x - 4, y - 4))


def _label(ax: Axes, text: str, point: Floats, offset: tuple[float, float]) -> None:
    """A text beside a point, readable on every ground."""
    note = ax.annotate(
        "",
        (float(point[0]), float(point[1])),
        offset,
        textcoords="offset points",
        color=LECTURE.text,
        weight="bold",
        path_effects=halo(),
    )
    write(note, text)


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
