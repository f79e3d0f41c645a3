"""The samples of a classifier with their classes, and which classes were taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from microgrid.arguments import ArrayLike, Floats
from microgrid.base.phrases import LANG, Say, speaker

from ...style.theme import LECTURE, PALETTE
from ..axes import between, grid, legend, legend_above, panel, write
from ..given import array, finite, several_names

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

__all__ = ["NAMES", "called", "classes_beside", "confusion", "data", "scattered"]

MARKERS = "os^DvP*"
"""Of the classes, so that they differ without colours too."""
NAMES = ("x₁", "x₂")
"""Of the inputs, as in pictures of networks."""


def data(
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """Samples as they are: points of a plane with their classes, or, of one input, the targets over it.

    `names` are those of the axes, `classes` those of the classes in order of their numbers.
    X is (samples, 1 or 2) and y has a number for each; other shapes are a ValueError, and so are more classes
    than colours.

    >>> from viz import plots
    >>> plots.data([[0, 0], [1, 1]], [0, 1], classes=["no", "yes"]).get_xlabel()
    'x₁'
    """
    import numpy as np

    say = speaker(lang)
    samples = finite("X", X)
    samples = samples[:, None] if samples.ndim == 1 else samples
    targets = None if y is None else array("y", y, 1)
    if not len(samples) or samples.shape[1] > 2 or (targets is not None and len(targets) != len(samples)):
        shapes = f"{samples.shape}" + ("" if targets is None else f" and {targets.shape}")
        raise ValueError(f"X is an array (samples, 1 or 2) and y has a number for each, got {shapes}")
    ax = panel(ax, (5.2, 4.4), lang=lang)
    if samples.shape[1] == 1:
        heights = np.zeros(len(samples)) if targets is None else targets
        ax.scatter(samples[:, 0], heights, s=22, color=PALETTE[0], edgecolor="white", linewidth=0.5)
        grid(ax, *several_names(names or ("x", "y"), 2))
        return ax
    of = np.zeros(len(samples)) if targets is None else targets
    labels = np.unique(of)
    if len(labels) > len(PALETTE):
        raise ValueError(f"y has {len(labels)} classes, and there are colours for {len(PALETTE)}")
    handles = scattered(ax, samples, of, list(range(len(labels))))
    grid(ax, *several_names(names or NAMES, 2))
    if targets is not None:
        classes_beside(ax, handles, called(labels, classes, say))
    return ax


def confusion(
    y: ArrayLike,
    predicted: ArrayLike,
    *,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """How often each class was taken for each: a row for the true class, a column for the predicted one.

    `predicted` are classes, or an array (samples, classes) of which the largest of a row is meant.
    ValueError for other numbers of predictions than of `y`, and for what is no class of it.

    >>> from viz import plots
    >>> [text.get_text() for text in plots.confusion([0, 0, 1], [0, 1, 1]).texts]
    ['1', '1', '0', '1']
    """
    import numpy as np

    say, true = speaker(lang), array("y", y, 1)
    said = finite("predicted", predicted)
    said = said.argmax(axis=1).astype(float) if said.ndim == 2 else said
    if len(true) != len(said) or not len(true):
        raise ValueError(f"there is a prediction for each sample, got {true.shape} and {said.shape}")
    labels = np.unique(np.concatenate([true, said]))
    if not set(said) <= set(true) and not (said == said.round()).all():
        raise ValueError("predicted are classes of y, got other numbers: round probabilities")
    counts = np.array([[((true == t) & (said == s)).sum() for s in labels] for t in labels])
    of_classes = called(labels, classes, say)
    side = 1.9 + 0.55 * len(labels)
    ax = panel(ax, (side + 0.6, side), lang=lang)
    ax.imshow(
        counts / np.maximum(1, counts.sum(axis=1, keepdims=True)),
        cmap=between("#ffffff", PALETTE[0]),
        vmin=0,
        vmax=1,
    )
    for row in range(len(labels)):
        for column in range(len(labels)):
            share = counts[row, column] / max(1, counts[row].sum())
            note = ax.text(
                column, row, "", ha="center", va="center", color="white" if share > 0.55 else LECTURE.text
            )
            write(note, str(counts[row, column]))
    grid(ax, say("predicted class"), say("true class"))
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    ax.set_xticks(range(len(labels)), of_classes, parse_math=False)
    ax.set_yticks(range(len(labels)), of_classes, parse_math=False)
    right = int(np.trace(counts))
    write(ax.set_title("", fontsize="medium"), say("{right} of {all} right", right=right, all=len(true)))
    return ax


# ---------------------------------------------------------------- what maps of classifiers share


def scattered(ax: Axes, samples: Floats, targets: Floats, colors: Sequence[int]) -> list[Artist]:
    import numpy as np

    return [
        ax.scatter(
            samples[targets == label, 0], samples[targets == label, 1], s=26,
            color=PALETTE[color % len(PALETTE)],
            marker=MARKERS[k % len(MARKERS)], edgecolor="white", linewidth=0.8, zorder=3,
        )
        for k, (label, color) in enumerate(zip(np.unique(targets), colors))
    ]  # fmt: skip


def called(labels: Floats, classes: Sequence[str] | None, say: Say) -> list[str]:
    """What the classes are called: by the names given, in order, or by their numbers."""
    if classes is None:
        return [say("class {label:g}", label=label) for label in labels]
    if isinstance(classes, str) or not isinstance(classes, Sequence):
        several_names([classes] if isinstance(classes, str) else classes, len(labels), "classes")
    if len(classes) == len(labels):
        return [str(name) for name in classes]
    if all(0 <= label < len(classes) and label == int(label) for label in labels):
        return [str(classes[int(label)]) for label in labels]
    raise ValueError(f"classes has a name for each of the {len(labels)} classes of y, got {len(classes)}")


def classes_beside(ax: Axes, handles: list[Artist], names: Sequence[str], above: bool = False) -> None:
    if above:
        legend_above(ax, handles, names)
    else:
        legend(ax, handles, names, loc="upper left", bbox_to_anchor=(1, 1))
