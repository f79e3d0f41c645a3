"""What training has to remember: the nodes of the graph of a batch, and their bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import Context
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from microgrid import graph
from microgrid.arguments import Numbers
from microgrid.base.checks import whole
from microgrid.base.phrases import LANG, speaker
from microgrid.nn.losses import Loss, loss_function
from microgrid.nn.module import outputs

from ...style.theme import LECTURE, PALETTE
from ..axes import grid, legend, panel, write

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from microgrid.nn.module import Model

__all__ = ["memory"]

SIZES = (2, 8, 16, 32)
"""Of batches, unless told."""


def memory(
    models: Model | Mapping[str, Model],
    sizes: int | Sequence[int] = SIZES,
    *,
    example: Numbers | None = None,
    loss: str | Loss = "mse",
    ax: Axes | None = None,
    lang: str = LANG,
) -> Axes:
    """The bytes of the graph that a step of training records, over the size of the batch.

    `backward` needs all of it: each node has kept its value and its partials.  `models` are one, or several
    by their names, such as networks of more and more layers.  Batches of `example`, by default of ones, are
    recorded with their loss and counted by `microgrid.graph.counts`, up to three samples: each one more adds
    as much.  Beside its end a line has the number of nodes.  The models stay as they are.
    No model, or no size, is a ValueError.

    >>> from microgrid import nn
    >>> from viz import plots
    >>> plots.memory(nn.MLP(2, [3, 1]), sizes=[1, 2]).get_xlabel()
    'samples in the batch'
    """
    from matplotlib.ticker import EngFormatter

    say = speaker(lang)
    named = dict(models) if isinstance(models, Mapping) else {"": models}
    if isinstance(sizes, int):
        sizes = [sizes]
    batches = sorted({whole(size, "a size of a batch") for size in sizes})
    if not named or not batches:
        raise ValueError("memory draws at least one model, for at least one size of a batch")
    for name, model in named.items():
        if not callable(model) or isinstance(model, type):
            called = f"{name!r}" if name else "what is drawn"
            raise TypeError(
                f"{called} has to be a model, such as nn.MLP(2, [16, 1]), got {type(model).__name__}"
            )
    ax = panel(ax, (6.4, 4.0), lang=lang)
    handles: list[Any] = []
    for (name, model), color in zip(named.items(), PALETTE * 4):
        nodes, heights = zip(*_counted(model, name, example, batches, loss))
        handles += ax.plot(batches, heights, color=color, marker="o", markersize=4, linewidth=1.8)
        note = ax.annotate(
            "", (batches[-1], heights[-1]), (6, 0), textcoords="offset points", va="center",
            fontsize="small", color=LECTURE.text, annotation_clip=False,
        )  # fmt: skip
        write(note, say("{n} nodes", n=f"{nodes[-1]:,}".replace(",", "\u202f")))
    ax.yaxis.set_major_formatter(EngFormatter("B"))
    ax.set_xticks(batches, [str(size) for size in batches], parse_math=False)
    ax.set_ylim(bottom=0)
    grid(ax, say("samples in the batch"), say("memory of a step's graph"))
    if any(named):
        legend(ax, handles[::-1], list(named)[::-1])
    return ax


def _counted(
    model: Model, name: str, example: Numbers | None, sizes: Sequence[int], loss: str | Loss
) -> list[tuple[int, int]]:
    """The nodes and bytes of batches of these sizes."""
    if example is None:
        nin = getattr(model, "nin", None)
        if not isinstance(nin, int):
            called = f"{name!r}, a {type(model).__name__}," if name else type(model).__name__
            raise ValueError(
                f"{called} does not say how many inputs it takes: pass an example, example=[1.0, 2.0]"
            )
        example = [1.0] * nin
    counted = {size: _recorded(model, example, size, loss) for size in {min(sizes), 2, 3} if size <= 3}
    for size in range(4, max(sizes) + 1):
        counted[size] = counted[3] + (size - 3) * (counted[3] - counted[2])
    return [(int(nodes), int(taken)) for nodes, taken in (counted[size] for size in sizes)]


def _recorded(model: Model, example: Numbers, size: int, loss: str | Loss) -> NDArray[np.int64]:
    """Of one batch, in a context of its own and on a copy, as random streams and statistics move."""
    import numpy as np

    def record() -> graph.Counts:
        made = outputs(deepcopy(model), [example] * size)
        targets = [[0.0] * len(row) if isinstance(row, Sequence) else 0.0 for row in made]
        return graph.counts(loss_function(loss)(made, targets))

    found = Context().run(record)
    return np.array([found.nodes, found.bytes])
