"""What a classifier decides everywhere, and the samples with their classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from microgrid import Value
from microgrid.arguments import ArrayLike

from ..style.theme import LECTURE, PALETTE
from .axes import grid, legend, panel
from .sampling import FINENESS, Sampled, array, margins, plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["decision_boundary"]

MARKERS = "os^DvP*"
"""Of the classes, so that they differ without colours too."""


def decision_boundary(
    model: Callable[[list[Value]], Value | Sequence[Value]],
    X: ArrayLike,
    y: ArrayLike,
    *,
    threshold: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """What a model of two inputs decides everywhere, and the samples with their classes.

    A model of one output says yes above `threshold`: by default above 0, or, where labels are 0 and 1, above
    ½ if more samples are right with that, or as many and all outputs are probabilities.  That looks at the
    samples; the accuracy of `fit` asks the loss, so pass a threshold to both where they are to agree.  Of
    several outputs the largest decides, and classes are their numbers.  The model is recorded once and
    replayed, in evaluation mode if it has one; computed point by point, with a warning, where some of the
    points show that Python decides by data.
    """
    import numpy as np

    samples, classes = array("X", X, 2), array("y", y, 1)
    if samples.shape[1] != 2 or len(samples) != len(classes) or not len(samples):
        raise ValueError(
            f"X is an array (samples, 2) and y has a class for each, got {samples.shape} and {classes.shape}"
        )
    sides = [margins(samples[:, k], 0.12) for k in (0, 1)]
    with _evaluation(model):
        sampled = Sampled(model, plane(sides), samples, "the model", one=False)
        single, fineness = sampled.single, sampled.affordable(FINENESS)
        points = plane(sides, fineness)
        outputs, at_samples = sampled(points), sampled(samples)
    labels = np.unique(classes)
    if single:
        if threshold is None:
            at_zero, at_half = (((at_samples > limit) == (classes > 0)).sum() for limit in (0.0, 0.5))
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
    ax = panel(ax, (5.2, 4.4))
    shape = fineness, fineness
    px, py = points[:, 0].reshape(shape), points[:, 1].reshape(shape)
    for k, color in enumerate(PALETTE[: 2 if single else outputs.shape[1]]):
        ax.contourf(px, py, (decided == k).reshape(shape), levels=[0.5, 1.5], colors=[color], alpha=0.22)
    if single and outputs.min() < threshold < outputs.max():
        ax.contour(px, py, outputs.reshape(shape), levels=[threshold], colors=[LECTURE.text], linewidths=1.2)
    handles = []
    for k, label in enumerate(labels):
        of = classes == label
        color = PALETTE[(k if single else int(label)) % len(PALETTE)]
        handles.append(
            ax.scatter(
                samples[of, 0],
                samples[of, 1],
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
