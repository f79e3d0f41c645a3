"""What `viz.steps` takes beside the options of every picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from microgrid.base.messages import warn

from ..graph.folding import LEVELS, fold
from ..graph.trace import Trace
from ..options import SLIDES, Options, about
from ..picture.selection import collapsed
from .moments import GROUPINGS, grouping

__all__ = ["StepsOptions", "boxed"]


VIEWS = ("graph", "network")


@dataclass(frozen=True, kw_only=True)
class StepsOptions(Options):
    """The keyword arguments of `viz.steps`."""

    by: str = field(
        default="auto",
        metadata=about(
            "steps",
            "what a step computes: one operation, or all those of a neuron or layer; auto (default) is an "
            "operation unless there are very many",
            ("auto", *GROUPINGS),
        ),
    )
    view: str = field(
        default="graph",
        metadata=about("steps", "walk over the graph, or by layers over the network's neurons", VIEWS),
    )
    slide: str | None = field(
        default=None, metadata=about("slides", "fit the picture to a slide; the page is none", SLIDES)
    )

    def may_vary(self, name: str) -> bool:
        """Digits never do: at a step each format shows the same numbers."""
        return name != "precision" and super().may_vary(name)


def boxed(trace: Trace, options: StepsOptions) -> StepsOptions:
    """Where single nodes are too many to be drawn, what a frame stands for is a box."""
    level, count = grouping(trace, options.by), len(trace.nodes)
    if (
        options.collapse != "auto"
        or options.max_nodes is None
        or count <= options.max_nodes
        or level not in LEVELS
    ):
        return options
    boxes = len(fold(trace, level))
    if not boxes <= options.max_nodes < count:
        return options
    warn(collapsed(count, boxes, level, ", a box for what one step computes"))
    return options.changed(collapse=level)
